#include "network/moved_numbers.hpp"

#include <cmath>

#include "base/text.hpp"
#include "network/buffer.hpp"
#include "network/graph.hpp"
namespace nnrun::host {

namespace {

/// Returns the outputs of one row for inputs that `next` gives, with parameters of 0.
template <class F>
std::vector<double> outputs_for(const Object& layer, const nnrun_plan& plan, F next) {
  std::vector<Buffer<double>> inputs;
  std::vector<nnrun_tensor> tensors;
  for (std::uint32_t k = 0; k < plan.n_in; ++k) {
    const std::size_t cols = size_of(plan.in[k]);
    inputs.emplace_back(cols);
    for (std::size_t i = 0; i < cols; ++i) inputs.back().data()[i] = next();
    tensors.push_back({inputs.back().data(), nullptr, cols, 0});
  }
  const std::size_t cols = size_of(plan.out);
  const Buffer<double> out(cols), w(plan.n_parameters), state(plan.n_state), scratch(plan.scratch);
  nnrun_layer_call call{};
  call.size = sizeof call;
  call.n_in = plan.n_in;
  call.rows = 1;
  call.in = tensors.data();
  call.out = {out.data(), nullptr, cols, 0};
  call.w = w.data();
  call.tiles = 1;
  call.plan = &plan;
  call.state = plan.n_state > 0 ? state.data() : nullptr;
  call.scratch = plan.scratch > 0 ? scratch.data() : nullptr;
  layer.call("forward", layer.functions<nnrun_layer>().by_dtype[NNRUN_F64].forward, &call);
  return {out.data(), out.data() + cols};
}

}  // namespace

std::vector<std::size_t> moved_numbers(const Object& layer, const nnrun_plan& plan) {
  double next = 0;  // input i is the number i + 1
  std::vector<std::size_t> from;
  for (const double y : outputs_for(layer, plan, [&] { return ++next; })) {
    if (!(y >= 0 && y <= next) || y != std::floor(y))
      throw PluginError(Problem{.what = layer.plugin().label +
                                        " says that it moves numbers, but makes " + shortest(y) +
                                        " of whole numbers from 1 to " + shortest(next)});
    from.push_back(y == 0 ? moved_zero : static_cast<std::size_t>(y) - 1);
  }
  return from;
}

std::vector<double> added_numbers(const Object& layer, const nnrun_plan& plan) {
  return outputs_for(layer, plan, [] { return 0.; });
}

}  // namespace nnrun::host
