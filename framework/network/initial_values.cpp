#include "network/initial_values.hpp"

#include <algorithm>
#include <cmath>

#include "network/buffer.hpp"
namespace nnrun::host {

template <class T>
void initialize(const Graph& graph, Random& random, T* w, std::type_identity_t<T>* state) {
  std::vector<double> numbers;
  for (const NamedBlock& named : graph.saved_blocks()) {
    const nnrun_block& block = *named.block;
    numbers.assign(named.count, block.initial);
    if (!named.is_state && block.role != NNRUN_OTHER) {
      const Object init(block.role == NNRUN_BIAS ? named.node->bias_init : named.node->init);
      // one stream per block: adding a layer elsewhere does not change this one's initial values
      Stream stream(random, "init/" + named.name, 0);
      const auto& functions = init.functions<nnrun_initializer>();
      init.call("fill", functions.fill, stream.lent(), &block.shape, block.fan_in, block.fan_out,
                numbers.data());
      const auto bad = std::ranges::find_if_not(numbers, [](double x) { return std::isfinite(x); });
      if (bad != numbers.end())
        throw PluginError(Problem{.what = "initializer '" + init.plugin().name + "' gave " +
                                          std::to_string(*bad) + " for " + named.name,
                                  .where = init.plugin().library->shown()});
    }
    T* const to = named.is_state ? state : w;
    for_each_element(named,
                     [&](std::size_t at, std::size_t k) { to[at] = static_cast<T>(numbers[k]); });
  }
  for (const Node& node : graph.nodes)
    if (const auto begin = appended(node.functions(), &nnrun_layer::begin, dtype_of<T>)) {
      Stream stream(random, "init/" + node.name, 0);
      node.layer.call("begin", begin, &node.plan, stream.lent(), w + node.offset);
    }
}

template void initialize(const Graph&, Random&, float*, float*);
template void initialize(const Graph&, Random&, double*, double*);

}  // namespace nnrun::host
