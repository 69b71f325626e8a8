#include "cli/compare_progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/view.hpp"
#include "report/read_run.hpp"
namespace nnrun::host {

CompareProgress::CompareProgress(const ComparisonPlan& plan, std::size_t all, bool quiet)
    : plan_(plan), all_(all), quiet_(quiet) {}

CompareProgress::~CompareProgress() {
  wipe();
}

std::string CompareProgress::name_of(const PlannedRun& run) const {
  return plan_.configs[run.config].name + " " + words_for_run(run.seed, run.fold);
}

void CompareProgress::started(const PlannedRun& run) {
  lines_.push_back({run});
  draw(false);
}

void CompareProgress::moved(const PlannedRun& run, RunProgress progress) {
  for (Line& line : lines_)
    if (line.run.folder == run.folder) line.progress = progress;
  draw(false);
}

void CompareProgress::ended(const PlannedRun& run) {
  lines_.remove_if([&](const Line& line) { return line.run.folder == run.folder; });
  ++done_;
  if (quiet_) return;
  const ReportRun ended = read_run(run.folder, run.seed);
  failed_ += !ended.done();
  if (talk_.is_terminal()) return draw(done_ == all_);
  std::string line =
      "run " + std::to_string(done_) + "/" + std::to_string(all_) + "  " + name_of(run) + "  ";
  line += ended.done() ? result_of(ended) : ended.status + ": " + ended.error;
  talk_.write(line + "\n");
}

std::string CompareProgress::result_of(const ReportRun& run) const {
  const auto value = value_in(run, plan_.part, plan_.metric);
  return plan_.metric + " " +
         (!value           ? "-"
          : plan_.fraction ? fmt::format("{:.2f} %", *value * 100)
                           : for_people(*value)) +
         "  " + duration(run.seconds ? run.seconds->train : 0);
}

std::string CompareProgress::left() const {
  double done = static_cast<double>(done_);
  for (const Line& line : lines_) done += line.progress.share;
  const double took = std::chrono::duration<double>(Clock::now() - start_).count();
  if (done <= 0 || took < 1) return "";
  return "  " + duration(took * (static_cast<double>(all_) / done - 1)) + " left";
}

void CompareProgress::wipe() {
  if (drawn_ == 0) return;
  talk_.redraw("", drawn_);
  drawn_ = 0;
}

void CompareProgress::draw(bool now) {
  constexpr std::size_t narrow = 60, most_lines = 16;
  if (quiet_ || !talk_.is_terminal()) return;
  if (!now && Clock::now() - last_ < std::chrono::milliseconds(50)) return;
  last_ = Clock::now();
  std::string text = "runs " + std::to_string(done_) + "/" + std::to_string(all_) +
                     (failed_ > 0 ? "  " + std::to_string(failed_) + " failed" : "") + left();
  std::size_t count = 1;
  if (talk_.width() >= narrow)
    for (const Line& line : lines_) {
      if (count > most_lines) break;
      text += "\n" + fmt::format("  {}  {:.0f} %{}", name_of(line.run),
                                 std::clamp(line.progress.share, 0., 1.) * 100,
                                 std::isfinite(line.progress.cost) && line.progress.share > 0
                                     ? "  cost " + for_people(line.progress.cost)
                                     : "");
      ++count;
    }
  talk_.redraw(text, drawn_);
  drawn_ = count;
}

}  // namespace nnrun::host
