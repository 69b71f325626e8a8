// Compares shapes of inputs, and shows them to people.
#pragma once
#include <algorithm>
#include <nnrun/plugin.hpp>
#include <string>

namespace shapes {

inline bool same(const nnrun_shape& a, const nnrun_shape& b) {
  return a.rank == b.rank && std::equal(a.sizes, a.sizes + a.rank, b.sizes);
}
/// Returns a shape as text: `28 x 28`.
inline std::string text(const nnrun_shape& s) {
  std::string out;
  for (std::uint32_t i = 0; i < s.rank; ++i) out += (i ? " x " : "") + std::to_string(s.sizes[i]);
  return out;
}
inline void require_one_input(const nnrun_plan& plan, const std::string& name) {
  if (plan.n_in != 1)
    throw nnrun::Error(name + " takes one input, not " + std::to_string(plan.n_in), "",
                       "join them by a layer such as 'add' first");
}
/// Returns a hint for an input that is not a sequence of steps.
inline std::string how_to_give_a_sequence(const nnrun_shape& in) {
  const auto size = [&](std::size_t i) { return std::to_string(in.sizes[i]); };
  if (in.rank == 3)
    return "put {type: reshape, shape: [" + size(0) + ", " +
           std::to_string(in.sizes[1] * in.sizes[2]) +
           "]} before it: then each line of an image is a step";
  return "behind a recurrent layer, write return_sequences: true in that one; for places in a "
         "vocabulary, put {type: embedding, input_dim: how many there are, output_dim: 8} before "
         "it; for a series of single numbers, write 'input: [" +
         std::to_string(nnrun::size_of(in)) + ", 1]' below model";
}

}  // namespace shapes
