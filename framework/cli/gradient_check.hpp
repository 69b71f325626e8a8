// Two ways to differentiate, compared on the first batch of a config.
#pragma once
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "training/trainer.hpp"
namespace nnrun::host {

struct ComparedGradients {
  std::string names[2];
  GradientSample samples[2];
  std::string cut_by{};  ///< the first layer that cuts slopes through time; empty: none does
};

/// names: `A,B`, two gradient plugins, each with the settings of the config if that uses it,
/// otherwise with its defaults. Throws UsageError for names that no plugin provides. say: is told
/// if it may take long.
ComparedGradients compare_gradients(const std::string& names, const Experiment& experiment,
                                    const Registry& registry, Trainer& trainer,
                                    const std::function<void(const std::string&)>& say);

/// Returns a line per block with the largest difference and the length of the difference relative
/// to that of the second gradient, then the cost and time of each.
std::string text_of(const ComparedGradients& compared, const Graph& graph);
nlohmann::ordered_json json_of(const ComparedGradients& compared, const Graph& graph);

}  // namespace nnrun::host
