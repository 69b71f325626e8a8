#include "exporting/onnx_value.hpp"

#include <functional>
#include <numeric>
namespace nnrun::host {

std::vector<std::int64_t> onnx_shape(const std::vector<std::size_t>& shape) {
  std::vector<std::int64_t> sizes{-1};
  for (const std::size_t size : shape) sizes.push_back(static_cast<std::int64_t>(size));
  return sizes;
}

std::size_t OnnxValue::cols() const {
  return std::accumulate(shape_.begin(), shape_.end(), std::size_t{1}, std::multiplies<>());
}

const std::string& OnnxValue::in(Order order, OnnxGraph& graph) {
  std::string& name = of(order);
  if (!name.empty()) return name;
  const auto last = static_cast<std::int64_t>(shape_.size());
  if (order == Order::row) {
    name = graph.node("Reshape",
                      {in(Order::channels_last, graph), graph.counts(onnx_shape({cols()}))});
  } else if (order == Order::channels_first) {
    std::vector<std::int64_t> places{0, last};
    for (std::int64_t k = 1; k < last; ++k) places.push_back(k);
    name = graph.node("Transpose", {in(Order::channels_last, graph)}, {{"perm", places}});
  } else if (has(Order::channels_first)) {
    std::vector<std::int64_t> places{0};
    for (std::int64_t k = 2; k <= last; ++k) places.push_back(k);
    places.push_back(1);
    name = graph.node("Transpose", {of(Order::channels_first)}, {{"perm", places}});
  } else {
    name = graph.node("Reshape", {of(Order::row), graph.counts(onnx_shape(shape_))});
  }
  return name;
}

std::string OnnxValue::in_shape(const std::vector<std::size_t>& shape, OnnxGraph& graph) {
  if (shape == shape_) return in(Order::channels_last, graph);
  return graph.node("Reshape",
                    {in(has(Order::channels_last) ? Order::channels_last : Order::row, graph),
                     graph.counts(onnx_shape(shape))});
}

OnnxValue OnnxValue::reshaped(const std::vector<std::size_t>& shape, OnnxGraph& graph) {
  if (shape == shape_) return *this;
  return {shape, in(Order::row, graph), Order::row};
}

}  // namespace nnrun::host
