// What a page says of a run beside its scores: the layers, the data, the best epoch.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "training/trainer.hpp"
namespace nnrun::host {

struct LayerFacts {
  std::string name, type, output, activation;
  std::size_t parameters = 0;
};
struct PartFacts {
  std::string name;
  std::size_t examples = 0;
};
/// The epoch with the best score, of the part that choices are made by.
struct BestEpoch {
  std::size_t epoch = 0;
  double value = 0;
  std::size_t part = NNRUN_TRAIN;
  bool is_kept = false;  ///< its numbers are those of the model
  std::size_t ties = 0;  ///< how many other epochs have the same value
};
struct RunFacts {
  std::vector<LayerFacts> layers{};
  std::vector<PartFacts> parts{};
  std::string inputs{}, target{};  ///< in words
  std::optional<BestEpoch> best{};
  std::vector<std::string> fractions{};  ///< metrics that people are shown in percent
};

RunFacts facts_of(const Trainer& trainer);
/// metric: its name, or `cost`. Returns nothing for fewer than two epochs.
std::optional<BestEpoch> best_epoch_of(const Outcome& outcome, const Experiment& experiment,
                                       std::size_t part, const std::string& metric,
                                       bool higher_is_better);

nlohmann::ordered_json to_json(const RunFacts& facts);

}  // namespace nnrun::host
