// What a run measures after each epoch.
#pragma once
#include <nnrun/abi.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>
namespace nnrun::host {

/// Cost and metrics over one pass; metrics in the order of the config.
struct Score {
  double cost = 0;
  std::vector<double> metrics;
  /// Only in the last report of a part, one for each metric, empty where it has none: a square
  /// table, row-major; a number for each of several classes; what its name leaves open.
  std::vector<std::vector<double>> tables{}, per_class{};
  std::vector<std::string> words{};
  std::string positive{};  ///< the class of two that a single output says yes to; likewise
};

struct EpochReport {
  std::size_t epoch = 0, epochs = 0;     ///< from 1; of the run as planned
  std::uint64_t step = 0, examples = 0;  ///< since the start of the run
  double seconds = 0;                    ///< of training, without evaluation, since the start
  Score train;                           ///< measured while training
  std::optional<Score> validation, test;

  /// nullptr where the part has no examples.
  const Score* score(std::size_t part) const {
    if (part == NNRUN_TRAIN) return &train;
    const std::optional<Score>& other = part == NNRUN_VALIDATION ? validation : test;
    return other ? &*other : nullptr;
  }
};

}  // namespace nnrun::host
