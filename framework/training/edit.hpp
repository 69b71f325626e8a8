// What somebody changes of a run while it trains.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "config/experiment.hpp"
namespace nnrun::host {

/// One parameter that is set by hand.
struct WeightEdit {
  std::string block;               ///< its name in the model's file, such as `dense_1/weights`
  std::vector<std::size_t> index;  ///< one number for each size of the block
  double value = 0;
};

/// A change between two steps: of keys of the config, or else of one parameter.
struct Edit {
  std::uint64_t step = 0;       ///< that was the last before it
  std::vector<Override> set{};  ///< over the config as it was
  WeightEdit weight{};          ///< where `set` is empty
};

}  // namespace nnrun::host
