// Where the perturbations of a network lie while their costs are worked out.
//
// The parameters of a layer move its outputs one column at a time, so all of them are evaluated as
// rows of one batch from that layer on, instead of running the whole network once per parameter. At
// each node the perturbations of earlier layers follow the base row in sections:
//   columns: groups × stride numbers; number (g, c) means "the base row, but column c is this"
//   rows:    count × cols, whole rows
// Numbers stand in parameter order, so the last section *is* a piece of the vector of costs. Long
// sections are cut: a sweep takes as many perturbations as fit into a bounded buffer.
#pragma once
#include <vector>

#include "network/graph.hpp"
namespace nnrun::host {

/// Parameters from … from + count - 1 of a node, evaluated together.
struct PerturbedRange {
  std::size_t node, from, count;
};
/// The perturbations of one range at one node.
struct PerturbedSection {
  PerturbedRange range;
  std::size_t at;              ///< in numbers, after the base row
  std::size_t groups, stride;  ///< groups 0: whole rows
  /// The same range at the one input, where the layer can take its columns as they are.
  const PerturbedSection* input = nullptr;
};
struct PerturbedNode {
  std::vector<PerturbedSection> sections;
  std::size_t size = 0;  ///< numbers, with the base row
};
/// One way through all nodes, in graph order.
struct PerturbationSweep {
  std::vector<PerturbedNode> nodes;
};

/// Cuts all parameters into sweeps whose buffers hold at most `limit` numbers, if the layers allow
/// it. dtype: NNRUN_F32 or NNRUN_F64.
std::vector<PerturbationSweep> plan_sweeps(const Graph& graph, int dtype, std::size_t limit);

/// Returns the section of a node's perturbations at an input, nullptr if there is none.
const PerturbedSection* find_section(const PerturbationSweep& sweep, int input, std::size_t node);

/// What all sweeps need at most, in numbers.
struct SweepSizes {
  std::vector<std::size_t> nodes;         ///< of each node
  std::vector<std::size_t> written_rows;  ///< rows written out for each position of an input
  std::size_t rows = 1;                   ///< of one section
  std::size_t parameters = 0;             ///< of one node
  std::size_t costs = 1;
};
SweepSizes sizes_of(const std::vector<PerturbationSweep>& sweeps, const Graph& graph);

}  // namespace nnrun::host
