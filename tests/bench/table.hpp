// What all sections found, in one Markdown table.
#pragma once
#include <string>
#include <vector>

#include "rounds.hpp"
namespace nnrun::bench {

class Table {
 public:
  /// Adds a line. others: what is beside it, with ratios.
  void add(const std::string& workload, const std::string& nnrun, const std::string& limit,
           const std::string& others);
  /// The same for contenders that train: nanoseconds an example. nnrun: its index; limit: that of
  /// what it is measured against, or none. What is not timed (infinite) is left out.
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  void add(const std::string& workload, const std::vector<Contender>& contenders, double examples,
           std::size_t nnrun, std::size_t limit = none);
  void print() const;

 private:
  struct Line {
    std::string workload, nnrun, limit, others;
  };
  std::vector<Line> lines_;
};

/// Returns 92 ns, 12.3 µs or 1.25 s.
std::string time_text(double seconds);
/// Returns × 2.05.
std::string times_text(double ratio);

}  // namespace nnrun::bench
