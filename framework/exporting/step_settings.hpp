// What the settings of a layer say of a step: windows of images, and cells of sequences.
#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "exporting/exported_network.hpp"
#include "network/graph.hpp"
namespace nnrun::host {

/// The settings of a layer, by name.
class StepSettings {
 public:
  explicit StepSettings(const Use& use) : use_(use) {}
  std::string text(std::string_view name) const;
  bool flag(std::string_view name) const;
  /// Returns one number for each side: height, width. Of sequences there is one, of the width.
  std::pair<std::size_t, std::size_t> sides(std::string_view name, std::size_t missing) const;
  std::size_t count(std::string_view name) const { return sides(name, 1).second; }
  /// Returns the first number of a list; none if it is empty.
  std::optional<double> lone(std::string_view name) const;

 private:
  const Use& use_;
};

/// Returns the windows of a layer from its shapes and settings. Of a convolution that is turned
/// round, they go over its output.
WindowPlan windows_of(const Node& node, const Use& use, ExportedStep::Kind kind);
/// Returns what a recurrent layer does.
RecurrentPlan recurrent_of(const Node& node, const Use& use);

}  // namespace nnrun::host
