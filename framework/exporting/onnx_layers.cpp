#include "exporting/onnx_layers.hpp"

#include <algorithm>
#include <limits>

#include "exporting/onnx_formula.hpp"
namespace nnrun::host {
namespace {

using Kind = ExportedStep::Kind;
using Order = OnnxValue::Order;
using Integers = std::vector<std::int64_t>;

std::int64_t whole(std::size_t n) {
  return static_cast<std::int64_t>(n);
}

/// Returns a number for each side that there is: height and width, or the steps of a sequence.
Integers of_sides(const WindowPlan& w, bool image, std::size_t WindowSide::*member) {
  if (image) return {whole(w.y.*member), whole(w.x.*member)};
  return {whole(w.x.*member)};
}

std::int64_t after(const WindowSide& s) {
  return whole(s.extent() - s.before - s.in);
}

OnnxAttributes window_attributes(const WindowPlan& w, bool image, bool dilates) {
  OnnxAttributes all{{"kernel_shape", of_sides(w, image, &WindowSide::window)},
                     {"strides", of_sides(w, image, &WindowSide::stride)}};
  if (dilates) all.push_back({"dilations", of_sides(w, image, &WindowSide::dilation)});
  Integers pads{whole(w.x.before), after(w.x)};
  if (image) pads = {whole(w.y.before), whole(w.x.before), after(w.y), after(w.x)};
  if (std::ranges::any_of(pads, [](std::int64_t n) { return n != 0; }))
    all.push_back({"pads", pads});
  return all;
}

}  // namespace

OnnxValue OnnxLayers::value() {
  switch (step_.kind) {
    case Kind::formula:
      return formula();
    case Kind::moves:
      return onnx_moves(graph_, step_, in_);
    case Kind::dense:
      return dense();
    case Kind::convolution:
      return convolution();
    case Kind::transposed:
      return transposed();
    case Kind::largest:
    case Kind::mean:
      return pooling();
    case Kind::embedding:
      return embedding();
    case Kind::recurrent:
      return onnx_recurrent(graph_, step_, *in_[0], blocks_);
  }
  return *in_[0];
}

/// Returns whether all inputs are there with their channels first, and nothing needs them last.
bool OnnxLayers::formula_runs_channels_first() const {
  return step_.shape.size() > 1 && !step_.formula.of_rows() &&
         std::ranges::all_of(in_,
                             [&](const OnnxValue* value) {
                               return value->shape() == step_.shape &&
                                      value->has(Order::channels_first);
                             }) &&
         std::ranges::all_of(step_.blocks, [&](const ExportedBlock& block) {
           return block.values.size() == 1 || block.values.size() == step_.features;
         });
}

OnnxValue OnnxLayers::formula() {
  const bool first = formula_runs_channels_first();
  std::vector<std::size_t> shape = step_.shape;
  if (shape.back() != step_.features) shape = {step_.cols / step_.features, step_.features};
  std::vector<std::string> inputs;
  for (OnnxValue* const value : in_)
    inputs.push_back(first ? value->in(Order::channels_first, graph_)
                           : value->in_shape(shape, graph_));
  for (std::size_t k = 0; k < blocks_.size(); ++k) {
    const ExportedBlock& block = step_.blocks[k];
    const bool used = std::ranges::any_of(step_.formula.lines, [&](const FormulaLine& line) {
      return line.name() == "input" && line.input == inputs.size();
    });
    std::vector<std::size_t> own{block.values.size()};
    if (block.values.size() == step_.cols) own = shape;
    if (first && block.values.size() > 1) own.resize(step_.shape.size(), 1);
    Integers sizes;
    for (const std::size_t size : own) sizes.push_back(whole(size));
    inputs.push_back(used && own != block.shape
                         ? graph_.node("Reshape", {blocks_[k], graph_.counts(sizes)})
                         : blocks_[k]);
  }
  const std::string y = onnx_formula(graph_, step_.formula, inputs);
  if (first) return {step_.shape, y, Order::channels_first};
  return OnnxValue(shape, y, Order::channels_last).reshaped(step_.shape, graph_);
}

OnnxValue OnnxLayers::dense() {
  const Order order = step_.shape.size() == 1 ? Order::row : Order::channels_last;
  const std::string x = in_[0]->in(order, graph_);
  // in double, onnxruntime up to 1.17 joins Gemm and Relu to an operator that it then lacks
  if (order == Order::row && graph_.numbers() == OnnxType::float32) {
    std::vector<std::string> inputs{x, weights()};
    if (blocks_.size() > 1) inputs.push_back(blocks_[1]);
    return {step_.shape, graph_.node("Gemm", inputs, {{"transB", std::int64_t{1}}}), order};
  }
  const std::string turned = graph_.node("Transpose", {weights()}, {{"perm", Integers{1, 0}}});
  std::string y = graph_.node("MatMul", {x, turned});
  if (blocks_.size() > 1) y = graph_.node("Add", {y, blocks_[1]});
  return {step_.shape, y, order};
}

OnnxValue OnnxLayers::convolution() {
  OnnxAttributes attributes = window_attributes(step_.windows, step_.shape.size() == 3, true);
  attributes.push_back({"group", whole(step_.windows.groups)});
  std::vector<std::string> inputs{image(), weights()};
  if (blocks_.size() > 1) inputs.push_back(blocks_[1]);
  return {step_.shape, graph_.node("Conv", inputs, attributes), Order::channels_first};
}

/// What the windows do not reach at the end of a side is added; what they reach too far is cut off.
OnnxValue OnnxLayers::transposed() {
  const WindowPlan& w = step_.windows;
  Integers pads, more;
  for (const WindowSide* const s : {&w.y, &w.x}) pads.push_back(whole(s->before));
  for (const WindowSide* const s : {&w.y, &w.x}) {
    const std::int64_t over = whole((s->out - 1) * s->stride + (s->window - 1) * s->dilation + 1) -
                              whole(s->before) - whole(s->in);
    pads.push_back(std::max<std::int64_t>(over, 0));
    more.push_back(std::max<std::int64_t>(-over, 0));
  }
  std::vector<std::string> inputs{image(), weights()};
  if (blocks_.size() > 1) inputs.push_back(blocks_[1]);
  const OnnxAttributes attributes{{"kernel_shape", of_sides(w, true, &WindowSide::window)},
                                  {"strides", of_sides(w, true, &WindowSide::stride)},
                                  {"dilations", of_sides(w, true, &WindowSide::dilation)},
                                  {"group", whole(w.groups)},
                                  {"pads", pads},
                                  {"output_padding", more}};
  return {step_.shape, graph_.node("ConvTranspose", inputs, attributes), Order::channels_first};
}

OnnxValue OnnxLayers::pooling() {
  const bool largest = step_.kind == Kind::largest, image_given = in_[0]->shape().size() == 3;
  if (step_.shape.size() == 1) {  // of the whole image
    std::string y;
    if (graph_.numbers() == OnnxType::float32)
      y = graph_.node(largest ? "GlobalMaxPool" : "GlobalAveragePool", {image()});
    else  // which onnxruntime does in double, too
      y = graph_.node(largest ? "ReduceMax" : "ReduceMean", {image()},
                      {{"axes", image_given ? Integers{2, 3} : Integers{2}}});
    return {step_.shape, graph_.node("Reshape", {y, graph_.counts(onnx_shape(step_.shape))}),
            Order::row};
  }
  const std::string y = graph_.node(largest ? "MaxPool" : "AveragePool", {image()},
                                    window_attributes(step_.windows, image_given, false));
  return {step_.shape, y, Order::channels_first};
}

OnnxValue OnnxLayers::embedding() {
  // a number that is no index answers NaN: Gather would count from the end, or fail
  const std::string x = in_[0]->in(Order::channels_last, graph_), zero = graph_.scalar(0),
                    known = graph_.node(
                        "And",
                        {graph_.node("And",
                                     {graph_.node("GreaterOrEqual", {x, zero}),
                                      graph_.node("Less", {x, graph_.scalar(static_cast<double>(
                                                                  step_.blocks[0].shape[0]))})}),
                         graph_.node("Equal", {x, graph_.node("Floor", {x})})}),
                    indices = graph_.node("Cast", {graph_.node("Where", {known, x, zero})},
                                          {{"to", static_cast<std::int64_t>(OnnxType::int64)}}),
                    words = graph_.node("Gather", {weights(), indices}),
                    nothing = graph_.node(
                        "Where",
                        {known, zero, graph_.scalar(std::numeric_limits<double>::quiet_NaN())}),
                    last = graph_.counts({-1});
  return {step_.shape, graph_.node("Add", {words, graph_.node("Unsqueeze", {nothing, last})}),
          Order::channels_last};
}

}  // namespace nnrun::host
