#include "training/target_shapes.hpp"

#include <algorithm>

#include "base/text.hpp"
namespace nnrun::host {
namespace {

std::size_t last_of(const nnrun_shape& shape) {
  return shape.sizes[shape.rank - 1];
}
/// Returns all sizes but the last.
nnrun_shape places_of(nnrun_shape shape) {
  --shape.rank;
  return shape;
}
std::string units(std::size_t n) {
  return "units: " + std::to_string(n);
}

}  // namespace

std::string hint_of_axes(const nnrun_shape& targets, const nnrun_shape& outputs) {
  if (targets.rank > 1 && outputs.rank == targets.rank &&
      text_of(places_of(targets)) == text_of(places_of(outputs)))
    return "the last layer needs " + units(last_of(targets));
  if (targets.rank > 1)
    return "for an answer at each of " + text_of(places_of(targets)) +
           " places, end with {type: dense, " + units(last_of(targets)) +
           ", axis: last}, behind layers that keep these axes: recurrent ones with "
           "return_sequences: true, no flatten";
  if (outputs.rank < 2) return "";
  const std::size_t n = size_of(targets), each = last_of(outputs);
  if (n == size_of(places_of(outputs)))
    return "if targets are classes, write them one-hot: np.eye(" + std::to_string(each) +
           ")[classes]; if they are numbers, the last layer needs units: 1";
  return "for one answer to the whole, put {type: flatten} before the last layer, which needs " +
         units(n) + ", or leave out return_sequences in the last recurrent layer";
}

std::optional<Problem> turned_targets(const nnrun_shape& targets, const nnrun_shape& outputs) {
  if (lie_alike(targets, outputs)) return {};
  return Problem{.what = "the network's outputs are " + text_of(outputs) +
                         ", but targets of the data set are " + text_of(targets) +
                         ": the numbers lie in another order",
                 .hint =
                     "move the axes of the array of targets: classes and channels come last, "
                     "as np.moveaxis(y, 1, -1) puts them"};
}

}  // namespace nnrun::host
