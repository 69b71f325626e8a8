#include "serving/viewer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
namespace nnrun::host {
namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 33'333us;
constexpr auto between_answers = 300ms;
// Where the training needs every core, looking takes one part in twenty of one.
constexpr int rest_if_crowded = 19, rest_if_not = 1;
constexpr Desk::Clock::duration longest_rest = 2s;  // a page shows that a large network trains, too

}  // namespace

Viewer::Viewer(unsigned threads, Desk& desk, Broadcast& broadcast,
               std::function<std::vector<std::string>()> rebuilt)
    : desk_(desk),
      broadcast_(broadcast),
      rest_(threads >= std::thread::hardware_concurrency() ? rest_if_crowded : rest_if_not),
      rebuilt_(std::move(rebuilt)) {
  thread_ = std::thread([this] { run(); });
}

Viewer::~Viewer() {
  broadcast_.close();
  desk_.close();
  thread_.join();
}

void Viewer::run() {
  Clock::time_point next = Clock::now();
  std::uint64_t heard = 0;
  while (broadcast_.wait_for_page()) {
    broadcast_.rest_until(next);
    // a run that stands still changes by a command only; the picture of it is made sharp first
    if (has_shown_ && !last_.playing && is_sharp_) desk_.wait_for_command(heard);
    tell_of_libraries();
    heard = desk_.commands_so_far();
    Snapshot now;
    if (!desk_.look(now)) return;
    const Clock::time_point start = Clock::now();
    try {
      show(now);
    } catch (const Error& error) {
      tell(error);
    }
    const Clock::duration took = Clock::now() - start;
    const Clock::duration rest = std::min(rest_ * took, longest_rest);
    next = std::max(start + between_looks, start + took + (last_.playing ? rest : 0s));
  }
}

void Viewer::show(Snapshot& now) {
  const bool is_other = now.eye != eye_;
  if (is_other) {
    eye_ = now.eye;
    broadcast_.set_start(eye_->hello().dump(), eye_->points().dump());
    answers_due_ = {};
  }
  const bool same = has_shown_ && !is_other && now.step == last_.step &&
                    now.changes == last_.changes && now.playing == last_.playing;
  const bool sharp = same && !now.playing;
  broadcast_.take(std::move(now.rows), !has_shown_ || now.branch != last_.branch);
  if (same && (is_sharp_ || !sharp)) return;
  broadcast_.set_frame(eye_->frame(now, sharp).dump());
  if (sharp || Clock::now() >= answers_due_) {
    if (const auto answers = eye_->answers(); !answers.is_null())
      broadcast_.set_answers(answers.dump());
    answers_due_ = Clock::now() + between_answers;
  }
  last_ = std::move(now);
  has_shown_ = true;
  is_sharp_ = sharp;
}

/// Looks whether libraries were built anew, once in a second.
void Viewer::tell_of_libraries() {
  if (Clock::now() < libraries_due_) return;
  libraries_due_ = Clock::now() + 1s;
  std::vector<std::string> now = rebuilt_();
  if (now == told_) return;
  told_ = std::move(now);
  broadcast_.set_news("rebuilt", nlohmann::ordered_json{{"libraries", told_}}.dump());
}

/// Tells pages what a plugin refused to compute.
void Viewer::tell(const Error& error) {
  broadcast_.set_frame(nlohmann::ordered_json{{"said", error.what()}}.dump());
  has_shown_ = is_sharp_ = true;
  last_.playing = false;
}

}  // namespace nnrun::host
