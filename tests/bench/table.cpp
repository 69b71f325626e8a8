#include "table.hpp"

#include <cmath>
#include <cstdio>
namespace nnrun::bench {
namespace {

std::string printed(const char* format, double x) {
  char text[64];
  std::snprintf(text, sizeof text, format, x);
  return text;
}

}  // namespace

std::string time_text(double seconds) {
  if (seconds < 1e-6) return printed("%.0f ns", seconds * 1e9);
  if (seconds < 1e-3) return printed("%.3g µs", seconds * 1e6);
  return seconds < 1 ? printed("%.3g ms", seconds * 1e3) : printed("%.3g s", seconds);
}
std::string times_text(double ratio) {
  return "× " + printed(ratio < 100 ? "%.3g" : "%.0f", ratio);
}

void Table::add(const std::string& workload, const std::string& nnrun, const std::string& limit,
                const std::string& others) {
  lines_.push_back({workload, nnrun, limit, others});
}
void Table::add(const std::string& workload, const std::vector<Contender>& contenders,
                double examples, std::size_t nnrun, std::size_t limit) {
  const double own = contenders[nnrun].best;
  std::string against, others;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const Contender& c = contenders[i];
    if (i == nnrun || std::isinf(c.best)) continue;
    if (i == limit)
      against = times_text(own / c.best) + " of " + time_text(c.best / examples);
    else
      others += (others.empty() ? "" : "; ") + c.name + ' ' + time_text(c.best / examples) + ", " +
                times_text(c.best / own);
  }
  add(workload, time_text(own / examples), against, others);
}

void Table::print() const {
  if (lines_.empty()) return;
  std::printf(
      "\n| workload | nnrun | of the limit | beside it: time, and in multiples of nnrun's "
      "|\n|---|---|---|---|\n");
  for (const Line& line : lines_)
    std::printf("| %s | %s | %s | %s |\n", line.workload.c_str(), line.nnrun.c_str(),
                line.limit.c_str(), line.others.c_str());
}

}  // namespace nnrun::bench
