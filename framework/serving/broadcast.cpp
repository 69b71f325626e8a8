#include "serving/broadcast.hpp"

#include <nlohmann/json.hpp>
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;
using Lock = std::unique_lock<std::mutex>;

constexpr std::size_t most_rows = 4000;  // of the curves
constexpr auto patience = std::chrono::seconds(2);

std::string event(const char* name, const std::string& data) {
  return "event: " + std::string(name) + "\ndata: " + data + "\n\n";
}

}  // namespace

void Broadcast::set_start(const std::string& hello, const std::string& points) {
  const Lock lock(mutex_);
  start_ = event("hello", hello) + event("points", points);
  ++start_number_;
  frame_.reset();
  answers_.reset();
}

void Broadcast::take(std::vector<CurveRow> rows, bool all) {
  const Lock lock(mutex_);
  if (all) {
    rows_.clear();
    ++curve_number_;
  }
  for (CurveRow& row : rows)
    if (row.epoch % every_ == 0 || row.epoch <= 1) rows_.push_back(std::move(row));
  while (rows_.size() > most_rows) {
    every_ *= 2;
    std::erase_if(rows_,
                  [&](const CurveRow& row) { return row.epoch > 1 && row.epoch % every_ != 0; });
    ++curve_number_;
  }
}

void Broadcast::set_frame(std::string json) {
  {
    const Lock lock(mutex_);
    frame_ = std::make_shared<const std::string>(event("frame", json));
    ++frame_number_;
  }
  changed_.notify_all();
}

void Broadcast::set_answers(std::string json) {
  {
    const Lock lock(mutex_);
    answers_ = std::make_shared<const std::string>(event("answers", json));
    ++answers_number_;
  }
  changed_.notify_all();
}

void Broadcast::set_news(const std::string& name, const std::string& json) {
  {
    const Lock lock(mutex_);
    news_ = event(name.c_str(), json);
    ++news_number_;
  }
  changed_.notify_all();
}

bool Broadcast::wait_for_page() {
  Lock lock(mutex_);
  changed_.wait(lock, [&] { return closed_ || pages_ > 0; });
  return !closed_;
}

void Broadcast::rest_until(std::chrono::steady_clock::time_point then) {
  Lock lock(mutex_);
  changed_.wait_until(lock, then, [&] { return closed_; });
}

bool Broadcast::come() {
  {
    const Lock lock(mutex_);
    if (pages_ >= most_pages) return false;
    ++pages_;
  }
  changed_.notify_all();
  return true;
}

void Broadcast::leave() {
  {
    const Lock lock(mutex_);
    --pages_;
  }
  changed_.notify_all();
}

void Broadcast::wait_until_left() {
  Lock lock(mutex_);
  changed_.wait_for(lock, patience, [&] { return closed_ || pages_ == 0; });
}

/// Called with the lock held.
std::string Broadcast::curve_event(Told& told) const {
  const bool all = told.curve != curve_number_;
  const std::size_t from = all ? 0 : told.rows;
  if (!all && from == rows_.size()) return "";
  Json rows = Json::array();
  for (std::size_t i = from; i < rows_.size(); ++i) {
    Json row{rows_[i].step, rows_[i].epoch};
    for (const double x : rows_[i].values) row.push_back(x);
    rows.push_back(std::move(row));
  }
  told.curve = curve_number_;
  told.rows = rows_.size();
  return event("curve", Json{{"all", all}, {"rows", std::move(rows)}}.dump());
}

std::string Broadcast::news(Told& told) {
  std::shared_ptr<const std::string> frame, answers;
  std::string text;
  {
    Lock lock(mutex_);
    const auto something_new = [&] {
      return told.hello != start_number_ || frame_number_ != told.frame ||
             answers_number_ != told.answers || news_number_ != told.news;
    };
    changed_.wait_for(lock, patience, [&] { return closed_ || something_new(); });
    if (closed_) return "";
    if (!something_new()) return ": still here\n\n";
    if (std::exchange(told.hello, start_number_) != start_number_) {
      text = start_;
      told.curve = 0;  // a page draws all curves anew
    }
    if (std::exchange(told.news, news_number_) != news_number_) text += news_;
    text += curve_event(told);
    if (std::exchange(told.frame, frame_number_) != frame_number_) frame = frame_;
    if (std::exchange(told.answers, answers_number_) != answers_number_) answers = answers_;
  }
  if (frame) text += *frame;
  if (answers) text += *answers;
  return text;
}

void Broadcast::close() {
  {
    const Lock lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

bool Broadcast::is_closed() const {
  const Lock lock(mutex_);
  return closed_;
}

}  // namespace nnrun::host
