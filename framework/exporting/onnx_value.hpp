// What a step gives, in the orders in which nodes of ONNX take it: made when they are asked for,
// and once. nnrun's numbers lie height × width × channels; ONNX's operators of images want channels
// first.
#pragma once
#include <string>
#include <vector>

#include "exporting/onnx_graph.hpp"
namespace nnrun::host {

class OnnxValue {
 public:
  enum class Order {
    row,            ///< (rows, numbers)
    channels_last,  ///< (rows, height, width, channels)
    channels_first  ///< (rows, channels, height, width)
  };

  /// name: a value of the graph that has a row's sizes in this order.
  OnnxValue(std::vector<std::size_t> shape, const std::string& name, Order order)
      : shape_(std::move(shape)) {
    of(order) = name;
  }

  const std::vector<std::size_t>& shape() const { return shape_; }
  std::size_t cols() const;
  /// Returns whether it is there in this order, so that it costs no node.
  bool has(Order order) const { return !of(order).empty(); }
  /// Returns the name of the value in this order.
  const std::string& in(Order order, OnnxGraph& graph);
  /// Returns its numbers in another shape, channels last; it must have as many.
  std::string in_shape(const std::vector<std::size_t>& shape, OnnxGraph& graph);
  /// The same numbers, in the same order, as a value of another shape.
  OnnxValue reshaped(const std::vector<std::size_t>& shape, OnnxGraph& graph);

 private:
  /// Sizes of 1 lie everywhere alike.
  Order own(Order order) const { return shape_.size() == 1 ? Order::row : order; }
  std::string& of(Order order) { return names_[static_cast<std::size_t>(own(order))]; }
  const std::string& of(Order order) const { return names_[static_cast<std::size_t>(own(order))]; }

  std::vector<std::size_t> shape_;
  std::string names_[3];
};

/// Returns the sizes that Reshape takes for rows of this shape.
std::vector<std::int64_t> onnx_shape(const std::vector<std::size_t>& shape);

}  // namespace nnrun::host
