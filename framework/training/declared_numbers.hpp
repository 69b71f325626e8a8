// Which numbers costs take and activations give: what classes declare, and what calling them shows.
#pragma once
#include <limits>
#include <string>

#include "network/graph.hpp"
namespace nnrun::host {

inline constexpr double unbounded = std::numeric_limits<double>::infinity();

/// Returns whether a range is one: of what is not declared, both ends are 0.
inline bool is_known(const nnrun_range& range) {
  return range.low < range.high;
}
inline bool contains(const nnrun_range& outer, const nnrun_range& inner) {
  return outer.low <= inner.low && inner.high <= outer.high;
}
/// Returns `from 0 to 1`, `from 0 on` or `up to 1`.
std::string range_text(const nnrun_range& range);
/// The same of numbers that were scaled: only as many digits as are sure.
std::string rounded_range_text(const nnrun_range& range);

/// What classes declare about their numbers; empty and unknown if they declare nothing.
struct CostFacts {
  std::string name, fitting, joined_by;  // fitting: the activation that it wants
  nnrun_range outputs, targets;          // that it takes
  bool signs, joins;                     // joins: applies that activation itself
  bool zeros_too;                        // of signs: a target of 0 is one of -1
};
struct ActivationFacts {
  std::string name;  // empty: none
  nnrun_range outputs;
  bool is_elementwise, sums_to_one;  // along its last axis
  nnrun_range signs;  // of one that declares no range: 0 is an end that none is beyond
};

CostFacts facts_of_cost(const Use& use);
ActivationFacts facts_of_activation(const Node& node);
/// Returns the outputs that a layer's activation declares.
nnrun_range range_of(const Node& node);

/// Returns whether an output costs the same, whatever it is, where its target is 0: a cost of
/// classes looks at the right one alone.
bool ignores_zeros(const Use& use, std::size_t outputs);
/// Returns whether a cost that is a formula is no lower beyond a range of outputs than at its ends,
/// though targets lie there: it compares outputs with something else that it makes of them.
bool stays_within(const Use& use, const nnrun_range& outputs, const nnrun_range& targets);

/// Returns the outputs that a cost takes; an empty range if it does not say, or if it applies the
/// fitting activation itself.
nnrun_range outputs_taken_by(const Use& cost);
/// Returns what to write so that the outputs are such.
std::string fitting_output(const CostFacts& cost);

}  // namespace nnrun::host
