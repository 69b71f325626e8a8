#include "cli/epoch_lines.hpp"

#include <algorithm>
#include <utility>

#include "cli/view.hpp"
namespace nnrun::host {

EpochLines::EpochLines(const Experiment& experiment, const Trainer& trainer,
                       const Terminal& terminal)
    : experiment_(experiment),
      terminal_(terminal),
      examples_(trainer.data().examples[NNRUN_TRAIN]),
      seconds_before_(trainer.history().empty() ? 0 : trainer.history().back().seconds) {}

std::string EpochLines::line_of(const EpochReport& report, double seconds_before) const {
  return epoch_line(report, experiment_, report.seconds - seconds_before, examples_, terminal_);
}

std::string EpochLines::next(const EpochReport& report) {
  const double before = std::exchange(seconds_before_, report.seconds);
  const Clock::time_point now = Clock::now();
  if (reports_++ >= always_shown && now - last_shown_ < pause) return {};
  last_shown_ = now;
  shown_.push_back(report.epoch);
  return line_of(report, before);
}

std::vector<std::string> EpochLines::rest(const History& history, std::uint64_t best_epoch,
                                          const std::string& csv) const {
  if (shown_.size() == reports_) return {};
  const auto line = [&](std::uint64_t epoch) {
    return line_of(history.of_epoch(epoch), history.of_epoch(epoch - 1).seconds);
  };
  const std::uint64_t last = history.back().epoch;
  std::vector<std::string> lines;
  const bool is_new = best_epoch > shown_.front() && best_epoch != last;
  if (is_new && !std::ranges::binary_search(shown_, best_epoch))
    lines.push_back("best   " + line(best_epoch));
  if (shown_.back() != last) lines.push_back(line(last));
  if (const std::size_t left_out = reports_ - shown_.size() - lines.size(); left_out > 0)
    lines.push_back("(" + std::to_string(left_out) + (left_out == 1 ? " epoch is" : " epochs are") +
                    " not shown: all are in " + csv + ")");
  return lines;
}

}  // namespace nnrun::host
