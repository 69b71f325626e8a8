// The progress of a comparison's runs: moving lines on a terminal, a line per run in a log.
#pragma once
#include <chrono>
#include <list>
#include <string>

#include "cli/terminal.hpp"
#include "comparison/children.hpp"
namespace nnrun::host {

class CompareProgress {
 public:
  /// all: how many runs there will be
  CompareProgress(const ComparisonPlan& plan, std::size_t all, bool quiet);
  ~CompareProgress();
  void started(const PlannedRun& run);
  void moved(const PlannedRun& run, RunProgress progress);
  void ended(const PlannedRun& run);

 private:
  struct Line {
    PlannedRun run;
    RunProgress progress{0, 0};
  };
  using Clock = std::chrono::steady_clock;
  void draw(bool now);
  void wipe();
  std::string name_of(const PlannedRun& run) const;
  std::string result_of(const ReportRun& run) const;
  std::string left() const;

  const ComparisonPlan& plan_;
  std::size_t all_, done_ = 0, failed_ = 0, drawn_ = 0;
  bool quiet_;
  Terminal talk_{stderr};
  std::list<Line> lines_;
  Clock::time_point start_ = Clock::now(), last_ = {};
};

}  // namespace nnrun::host
