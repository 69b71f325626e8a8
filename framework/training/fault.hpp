// Finds the call that first gave a number that is not finite.
#pragma once
#include <cmath>
#include <nnrun/lanes.hpp>
#include <span>

#include "network/workspace.hpp"
namespace nnrun::host {

/// A call that turned finite numbers into ones that are not. No plugin: there is no such call.
struct Fault {
  const Object* plugin = nullptr;
  const char* method = nullptr;
  const Node* node = nullptr;  ///< whose values or slopes they are; nullptr: the cost's
  std::string moved{};         ///< the parameter that was moved just then, by how much; or empty
};

/// Why it came about, as far as numbers tell; see diagnosis_of.
struct Diagnosis {
  std::string cause, numbers;  ///< a line, which may be empty; a line or more
  std::string hint;
};

/// Returns the message for a fault: in which step, whose number, why, and what to try. step: from
/// 1.
Problem bad_number(const Fault& fault, double cost, std::size_t epoch, std::uint64_t step,
                   const Diagnosis& diagnosis);
/// Returns the message for parameters that an update by these updaters left infinite or nan.
Problem bad_update(const std::vector<const Object*>& updaters, std::size_t epoch,
                   std::uint64_t step, const Diagnosis& diagnosis);

/// Returns Σ x · 0 in lanes: x · 0 is 0, or NaN if x is not finite. Four sums, so that one addition
/// does not wait for another. n: whole lanes, or the rest of the last lane must be finite too.
template <class T>
NNRUN_INLINE Lane<T> sum_of_zeros(const T* x, std::size_t n) {
  Lane<T> a{}, b{}, c{}, d{};
  std::size_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    a += lane_at(x + i) * T(0);
    b += lane_at(x + i + lanes) * T(0);
    c += lane_at(x + i + 2 * lanes) * T(0);
    d += lane_at(x + i + 3 * lanes) * T(0);
  }
  for (; i < n; i += lanes) a += lane_at(x + i) * T(0);
  return (a + b) + (c + d);
}
template <class T>
NNRUN_CLONES bool all_finite(const T* x, std::size_t n) {
  return sum_of_lanes<T>(sum_of_zeros(x, n))[0] == T(0);
}
/// Adds Σ x · 0 to a lane: all that it has seen is finite as long as all_finite says so of it.
template <class T>
NNRUN_CLONES void see(const T* x, std::size_t n, T* seen) {
  lane_at(seen) += sum_of_zeros(x, n);
}

/// Returns the first fault, in graph order, among the values of a batch's blocks.
template <class T>
Fault fault_of_values(std::span<const Pass<T>> blocks) {
  for (std::size_t k = 0; k < blocks.front().steps().size(); ++k)
    for (const Pass<T>& block : blocks) {
      const typename Pass<T>::Step& s = block.steps()[k];
      const std::size_t n = s.call.rows * s.call.out.cols;
      bool finite = true;
      block.look_before_activation(s, [&](const T* z) { finite = all_finite(z, n); });
      if (!finite) return {&s.node->layer, "forward", s.node};
      if (!all_finite(s.a, n)) return {&s.node->activation, "forward", s.node};
    }
  return {};
}

/// Returns the first fault, from the output backwards, among the slopes of a batch's blocks, which
/// it computes. Those of the output must be set; cost: gave them.
template <class T>
Fault fault_of_slopes(std::span<Pass<T>> blocks, const Graph& graph, const Object& cost) {
  for (std::size_t k = graph.nodes.size(); k-- > 0;)
    for (Pass<T>& block : blocks) {
      const typename Pass<T>::Step& s = block.steps()[k];
      if (!s.has_slope) continue;
      const std::size_t n = s.call.rows * s.call.out.cols;
      if (!all_finite(s.da, n)) {
        for (const Node& reader : graph.nodes)  // the first reader added its share last
          for (const int input : reader.inputs)
            if (input == static_cast<int>(k)) return {&reader.layer, "backward_inputs", s.node};
        return {&cost, "slope", s.node};
      }
      block.backward_inputs_of(k);  // the activation may write over its slopes
      if (!all_finite(s.dz, n)) return {&s.node->activation, "backward", s.node};
    }
  return {};
}

}  // namespace nnrun::host
