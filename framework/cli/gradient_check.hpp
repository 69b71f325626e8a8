// Two ways to differentiate, on the first batch of a config, beside each other.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "training/trainer.hpp"
namespace nnrun::host {

struct ComparedGradients {
  std::string names[2];
  GradientSample samples[2];
};

/// `A,B`: names of gradient plugins, at their defaults, or as the config has them where it uses
/// one. Throws UsageError for names that no plugin provides.
ComparedGradients compare_gradients(const std::string& names, const Experiment& experiment,
                                    const Registry& registry, Trainer& trainer);

/// A line per block: the largest difference, and the length of the difference over the length of
/// the second gradient; then cost and time of each.
std::string text_of(const ComparedGradients& compared, const Graph& graph);
nlohmann::ordered_json json_of(const ComparedGradients& compared, const Graph& graph);

}  // namespace nnrun::host
