#include "network/perturbation_plan.hpp"

#include <algorithm>

#include "network/buffer.hpp"
namespace nnrun::host {
namespace {

/// Returns whether the output of `from` flows into `to`.
bool reaches(const Graph& graph, std::size_t from, std::size_t to) {
  std::vector<bool> reached(to + 1);  // nodes are in order: one pass from `from` on
  reached[from] = true;
  for (std::size_t k = from + 1; k <= to; ++k)
    for (const int i : graph.nodes[k].inputs)
      if (i != data_input && reached[static_cast<std::size_t>(i)]) reached[k] = true;
  return from != to && reached[to];
}

/// Returns how many numbers one perturbation of a node takes in all later nodes together.
std::size_t width_after(const Graph& graph, std::size_t node) {
  std::size_t width = 1;
  for (std::size_t k = node + 1; k < graph.nodes.size(); ++k)
    if (reaches(graph, node, k)) width += graph.nodes[k].cols;
  return width;
}

std::vector<std::vector<PerturbedRange>> cut(const Graph& graph, std::size_t limit) {
  std::vector<std::vector<PerturbedRange>> sweeps;
  std::size_t room = 0;
  for (std::size_t k = 0; k < graph.nodes.size(); ++k) {
    const nnrun_plan& plan = graph.nodes[k].plan;
    if (!graph.nodes[k].learns()) continue;
    // a cut falls between groups, and between whole lanes
    const std::size_t stride = plan.groups ? plan.n_parameters / plan.groups : 1;
    const std::size_t unit = stride % NNRUN_LANES == 0 ? stride : stride * NNRUN_LANES;
    const std::size_t width = width_after(graph, k) + (plan.groups ? 0 : graph.nodes[k].cols);
    for (std::size_t from = 0; from < plan.n_parameters;) {
      const std::size_t left = plan.n_parameters - from;
      std::size_t count = std::min(left, std::max(unit, room / width / unit * unit));
      if (sweeps.empty() || count * width > room) {
        sweeps.emplace_back();
        room = limit;
        count = std::min(left, std::max(unit, room / width / unit * unit));
      }
      // a node occurs once in a sweep
      if (!sweeps.back().empty() && sweeps.back().back().node == k) sweeps.emplace_back();
      sweeps.back().push_back({k, from, count});
      room -= std::min(room, count * width);
      from += count;
    }
  }
  return sweeps;
}

/// Returns the columns that a layer with one input and `spread` can take as they are; else nullptr.
const PerturbedSection* spread_input(const PerturbationSweep& sweep, const Graph& graph, int dtype,
                                     std::size_t k, const PerturbedSection& s) {
  const Node& node = graph.nodes[k];
  const bool can = node.functions().by_dtype[dtype].spread && node.inputs.size() == 1;
  if (s.range.node == k || !can || node.inputs[0] == data_input) return nullptr;
  const PerturbedSection* const from = find_section(sweep, node.inputs[0], s.range.node);
  return from && from->groups ? from : nullptr;
}

PerturbationSweep laid_out(const std::vector<PerturbedRange>& ranges, const Graph& graph,
                           int dtype) {
  PerturbationSweep sweep;
  sweep.nodes.resize(graph.nodes.size());
  for (std::size_t k = 0; k < graph.nodes.size(); ++k) {
    const Node& node = graph.nodes[k];
    PerturbedNode& out = sweep.nodes[k];
    out.size = padded(node.cols);
    for (const PerturbedRange& range : ranges) {
      const bool own = range.node == k;
      if (!own && !reaches(graph, range.node, k)) continue;
      const std::size_t groups = own && node.elementwise() ? node.plan.groups : 0;
      const std::size_t stride = groups ? node.plan.n_parameters / groups : 0;
      out.sections.push_back({range, out.size, groups ? range.count / stride : 0, stride, nullptr});
      out.size += padded(groups ? range.count : range.count * node.cols);
    }
  }
  for (std::size_t k = 0; k < graph.nodes.size(); ++k)
    for (PerturbedSection& s : sweep.nodes[k].sections)
      s.input = spread_input(sweep, graph, dtype, k, s);
  return sweep;
}

}  // namespace

std::vector<PerturbationSweep> plan_sweeps(const Graph& graph, int dtype, std::size_t limit) {
  std::vector<PerturbationSweep> sweeps;
  for (const auto& ranges : cut(graph, limit)) sweeps.push_back(laid_out(ranges, graph, dtype));
  return sweeps;
}

const PerturbedSection* find_section(const PerturbationSweep& sweep, int input, std::size_t node) {
  if (input == data_input) return nullptr;
  for (const PerturbedSection& s : sweep.nodes[static_cast<std::size_t>(input)].sections)
    if (s.range.node == node) return &s;
  return nullptr;
}

SweepSizes sizes_of(const std::vector<PerturbationSweep>& sweeps, const Graph& graph) {
  SweepSizes sizes;
  for (std::size_t k = 0; k < graph.nodes.size(); ++k) {
    const Node& node = graph.nodes[k];
    std::size_t& size = sizes.nodes.emplace_back();
    sizes.parameters = std::max(sizes.parameters, node.plan.n_parameters);
    if (sizes.written_rows.size() < node.inputs.size())
      sizes.written_rows.resize(node.inputs.size());
    for (const PerturbationSweep& sweep : sweeps) {
      size = std::max(size, sweep.nodes[k].size);
      for (const PerturbedSection& s : sweep.nodes[k].sections) {
        sizes.rows = std::max(sizes.rows, s.range.count);
        if (s.range.node == k || s.input) continue;  // only layers that take no columns need rows
        for (std::size_t i = 0; i < node.inputs.size(); ++i)
          sizes.written_rows[i] =
              std::max(sizes.written_rows[i], s.range.count * size_of(node.in_shapes[i]));
      }
    }
  }
  sizes.costs = sizes.rows;
  for (const PerturbationSweep& sweep : sweeps)
    sizes.costs = std::max(sizes.costs, sweep.nodes.back().size);
  return sizes;
}

}  // namespace nnrun::host
