#include <algorithm>
#include <numeric>

#include "exporting/onnx_layers.hpp"
#include "network/moved_numbers.hpp"
namespace nnrun::host {
namespace {

using Order = OnnxValue::Order;
using Integers = std::vector<std::int64_t>;
using Places = std::vector<std::size_t>;

bool is_copy(const Places& from, std::size_t inputs) {
  if (from.size() != inputs) return false;
  for (std::size_t i = 0; i < inputs; ++i)
    if (from[i] != i) return false;
  return true;
}

/// Returns the places of a joint along the last axis.
Places joined(const std::vector<OnnxValue*>& inputs) {
  std::size_t places = inputs[0]->cols() / inputs[0]->shape().back();
  Places all;
  for (std::size_t p = 0; p < places; ++p) {
    std::size_t begin = 0;
    for (const OnnxValue* const value : inputs) {
      const std::size_t width = value->shape().back();
      for (std::size_t c = 0; c < width; ++c) all.push_back(begin + p * width + c);
      begin += value->cols();
    }
  }
  return all;
}

bool differ_in_channels_alone(const std::vector<OnnxValue*>& inputs) {
  const Places& one = inputs[0]->shape();
  return std::ranges::all_of(inputs, [&](const OnnxValue* value) {
    return value->shape().size() == one.size() &&
           std::equal(one.begin(), one.end() - 1, value->shape().begin());
  });
}

/// Returns the places of numbers with all of the first channel first.
Places channel_by_channel(const Places& shape) {
  const std::size_t channels = shape.back(),
                    all = std::accumulate(shape.begin(), shape.end(), std::size_t{1},
                                          std::multiplies<>());
  Places from;
  for (std::size_t c = 0; c < channels; ++c)
    for (std::size_t p = c; p < all; p += channels) from.push_back(p);
  return from;
}

/// An image in the middle of zeros.
struct Border {
  std::size_t above, left;
};
Places within(const Border& border, const Places& in, const Places& out) {
  Places from;
  for (std::size_t y = 0; y < out[0]; ++y)
    for (std::size_t x = 0; x < out[1]; ++x)
      for (std::size_t c = 0; c < out[2]; ++c) {
        const bool inside = y >= border.above && y < border.above + in[0] && x >= border.left &&
                            x < border.left + in[1];
        from.push_back(inside ? ((y - border.above) * in[1] + x - border.left) * in[2] + c
                              : moved_zero);
      }
  return from;
}
Places enlarged(const Places& in, const Places& out) {
  const std::size_t down = out[0] / in[0], across = out[1] / in[1];
  Places from;
  for (std::size_t y = 0; y < out[0]; ++y)
    for (std::size_t x = 0; x < out[1]; ++x)
      for (std::size_t c = 0; c < out[2]; ++c)
        from.push_back((y / down * in[1] + x / across) * in[2] + c);
  return from;
}

/// Moves of ONNX's own, where one of them is meant; else a Gather of every number.
class Moves {
 public:
  Moves(OnnxGraph& graph, const ExportedStep& step, const std::vector<OnnxValue*>& inputs)
      : graph_(graph), step_(step), in_(inputs) {}

  OnnxValue value() {
    if (in_.size() == 1 && is_copy(step_.moved, in_[0]->cols()))
      return in_[0]->reshaped(step_.shape, graph_);
    if (in_.size() > 1 && differ_in_channels_alone(in_) && step_.moved == joined(in_))
      return concatenated();
    if (in_.size() == 1 && in_[0]->shape().size() > 1 && step_.shape.size() == 1 &&
        step_.moved == channel_by_channel(in_[0]->shape()))
      return {step_.shape,
              graph_.node("Reshape", {in_[0]->in(Order::channels_first, graph_),
                                      graph_.counts(onnx_shape(step_.shape))}),
              Order::row};
    const bool images = in_.size() == 1 && in_[0]->shape().size() == 3 && step_.shape.size() == 3 &&
                        step_.shape[2] == in_[0]->shape()[2];
    if (images && is_padded()) return padded();
    if (images && is_enlarged()) return enlarged_image();
    return gathered();
  }

 private:
  const Places& given() const { return in_[0]->shape(); }
  Order best_order() const {
    return std::ranges::all_of(
               in_, [](const OnnxValue* value) { return value->has(Order::channels_first); })
               ? Order::channels_first
               : Order::channels_last;
  }

  OnnxValue concatenated() {
    const Order order = best_order();
    std::vector<std::string> names;
    for (OnnxValue* const value : in_) names.push_back(value->in(order, graph_));
    const std::int64_t axis = order == Order::channels_first ? 1 : -1;
    return {step_.shape, graph_.node("Concat", names, {{"axis", axis}}), order};
  }

  Border border() const {
    const auto first = std::ranges::find(step_.moved, std::size_t{0});
    const auto at = static_cast<std::size_t>(first - step_.moved.begin()) / step_.shape[2];
    return {at / step_.shape[1], at % step_.shape[1]};
  }
  bool is_padded() const { return step_.moved == within(border(), given(), step_.shape); }
  OnnxValue padded() {
    const Order order = best_order();
    const Border b = border();
    const auto whole = [](std::size_t n) { return static_cast<std::int64_t>(n); };
    const std::int64_t above = whole(b.above), left = whole(b.left),
                       below = whole(step_.shape[0] - given()[0] - b.above),
                       right = whole(step_.shape[1] - given()[1] - b.left);
    const Integers pads = order == Order::channels_first
                              ? Integers{0, 0, above, left, 0, 0, below, right}
                              : Integers{0, above, left, 0, 0, below, right, 0};
    return {step_.shape, graph_.node("Pad", {in_[0]->in(order, graph_), graph_.counts(pads)}),
            order};
  }

  /// Resize of onnxruntime takes float32 alone.
  bool is_enlarged() const {
    return graph_.numbers() == OnnxType::float32 && step_.shape[0] % given()[0] == 0 &&
           step_.shape[1] % given()[1] == 0 && step_.moved == enlarged(given(), step_.shape);
  }
  OnnxValue enlarged_image() {
    const double scales[] = {1, 1, static_cast<double>(step_.shape[0] / given()[0]),
                             static_cast<double>(step_.shape[1] / given()[1])};
    const std::size_t four = 4;
    const std::string y = graph_.node("Resize",
                                      {in_[0]->in(Order::channels_first, graph_), "",
                                       graph_.constant(scales, {&four, 1}, OnnxType::float32)},
                                      {{"mode", "nearest"},
                                       {"coordinate_transformation_mode", "asymmetric"},
                                       {"nearest_mode", "floor"}});
    return {step_.shape, y, Order::channels_first};
  }

  OnnxValue gathered() {
    std::vector<std::string> names;
    std::size_t all = 0;
    for (OnnxValue* const value : in_) {
      names.push_back(value->in(Order::row, graph_));
      all += value->cols();
    }
    std::string row =
        names.size() == 1 ? names[0] : graph_.node("Concat", names, {{"axis", std::int64_t{1}}});
    if (std::ranges::find(step_.moved, moved_zero) != step_.moved.end())
      row = graph_.node("Pad", {row, graph_.counts({0, 0, 0, 1})});  // a zero behind the row
    Integers from;
    for (const std::size_t m : step_.moved)
      from.push_back(static_cast<std::int64_t>(m == moved_zero ? all : m));
    return OnnxValue({step_.cols},
                     graph_.node("Gather", {row, graph_.counts(from)}, {{"axis", std::int64_t{1}}}),
                     Order::row)
        .reshaped(step_.shape, graph_);
  }

  OnnxGraph& graph_;
  const ExportedStep& step_;
  const std::vector<OnnxValue*>& in_;
};

}  // namespace

OnnxValue onnx_moves(OnnxGraph& graph, const ExportedStep& step,
                     const std::vector<OnnxValue*>& inputs) {
  return Moves(graph, step, inputs).value();
}

}  // namespace nnrun::host
