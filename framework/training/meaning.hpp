// What metrics are told of a run's numbers: on which side of what an output is a yes.
#pragma once
#include <optional>

#include "network/graph.hpp"
#include "network/targets.hpp"
#include "training/data.hpp"
namespace nnrun::host {

class Trainer;

/// Returns what outputs and targets mean, by what the cost and the output's activation declare.
nnrun_meaning meaning_of(const Use& cost, const Node& output, const Targets& targets);

/// Returns above what an output is a yes, if a metric was told.
std::optional<double> threshold_of(const Use& metric);

/// Returns above what the output of a run is a yes, by the first metric that has a threshold, or by
/// the cost; nothing unless there is one output, that says yes or no.
std::optional<double> output_border_of(const Trainer& trainer);

/// Returns what the targets of all parts are. output: the shape of what is to answer them.
/// scaled: they are numbers, whatever their scale makes of them.
template <class T>
Targets targets_of(const std::array<Examples<T>, NNRUN_PARTS>& parts, const DataShape& data,
                   const nnrun_shape& output, const Use& cost, bool scaled);

/// Throws ConfigError if classes have an order, and outputs are not the probabilities that it
/// needs.
void require_order(const Node& output, const DataNames& names);

/// Tells metrics what outputs and targets mean. Throws ConfigError at the place of one whose
/// settings do not fit.
void prepare(const std::vector<Object>& metrics, const nnrun_meaning& meaning);

}  // namespace nnrun::host
