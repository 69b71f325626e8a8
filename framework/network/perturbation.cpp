#include "network/perturbation.hpp"
namespace nnrun::host {

bool reaches(const Graph& graph, std::size_t from, std::size_t to) {
  std::vector<bool> reached(to + 1);  // nodes are in order: one pass from `from` on
  reached[from] = true;
  for (std::size_t k = from + 1; k <= to; ++k)
    for (const int i : graph.nodes[k].inputs)
      if (i != data_input && reached[static_cast<std::size_t>(i)]) reached[k] = true;
  return from != to && reached[to];
}

namespace {
/// Returns how many numbers one perturbation of a node takes in all later nodes together.
std::size_t width_after(const Graph& graph, std::size_t node) {
  std::size_t width = 1;
  for (std::size_t k = node + 1; k < graph.nodes.size(); ++k)
    if (reaches(graph, node, k)) width += graph.nodes[k].cols;
  return width;
}
}  // namespace

std::vector<std::vector<PerturbedRange>> plan_sweeps(const Graph& graph, std::size_t limit) {
  std::vector<std::vector<PerturbedRange>> sweeps;
  std::size_t room = 0;
  for (std::size_t k = 0; k < graph.nodes.size(); ++k) {
    const nnrun_plan& plan = graph.nodes[k].plan;
    if (plan.n_parameters == 0) continue;
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

}  // namespace nnrun::host
