#include "exporting/onnx_graph.hpp"

#include <cstring>

#include "exporting/digits.hpp"
namespace nnrun::host {
namespace {

// Numbers of fields, as onnx.proto has them.
namespace field {
constexpr int node = 1, tensor = 5, input = 11, output = 12, graph_name = 2;  // GraphProto
constexpr int node_input = 1, node_output = 2, node_name = 3, op = 4, attribute = 5, domain = 7;
constexpr int dimension = 1, type = 2, tensor_name = 8, raw = 9;  // TensorProto
}  // namespace field

/// Writes an attribute's value, with the number of its type.
struct AttributeValue {
  ProtobufMessage& to;
  void operator()(std::int64_t x) const { to.integer(3, x).number(20, 2); }
  void operator()(float x) const { to.real(2, x).number(20, 1); }
  void operator()(const std::string& text) const { to.text(4, text).number(20, 3); }
  void operator()(const std::vector<std::int64_t>& list) const {
    for (const std::int64_t x : list) to.integer(8, x);
    to.number(20, 7);
  }
  void operator()(const std::vector<float>& list) const {
    for (const float x : list) to.real(7, x);
    to.number(20, 6);
  }
  void operator()(const std::vector<std::string>& list) const {
    for (const std::string& text : list) to.text(9, text);
    to.number(20, 8);
  }
};

template <class T>
void append(std::string& bytes, T value) {
  static_assert(std::endian::native == std::endian::little);
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::string bytes_of(std::span<const double> values, OnnxType type) {
  std::string bytes;
  bytes.reserve(values.size() * 8);
  for (const double x : values)
    if (type == OnnxType::float32)
      append(bytes, static_cast<float>(x));
    else if (type == OnnxType::int64)
      append(bytes, static_cast<std::int64_t>(x));
    else
      append(bytes, x);
  return bytes;
}

ProtobufMessage value_info(const std::string& name, OnnxType type,
                           std::span<const std::size_t> sizes) {
  ProtobufMessage shape, tensor, of_type, info;
  shape.message(1, ProtobufMessage().text(2, "rows"));
  for (const std::size_t size : sizes) shape.message(1, ProtobufMessage().number(1, size));
  tensor.number(1, static_cast<std::uint64_t>(type)).message(2, shape);
  of_type.message(1, tensor);
  return info.text(1, name).message(2, of_type);
}

}  // namespace

std::string OnnxGraph::value_name(const std::string& op) {
  return "/" + part_ + "/" + op + "_" + n(++count_);
}

std::string OnnxGraph::free_name(const std::string& wanted) {
  std::string name = wanted;
  for (std::size_t k = 1; !names_.insert(name).second; ++k) name = wanted + "_" + n(k);
  return name;
}

std::string OnnxGraph::node(const std::string& op, const std::vector<std::string>& inputs,
                            const OnnxAttributes& attributes, const std::string& domain) {
  std::string out = value_name(op);
  node_to(op, inputs, {out}, attributes, domain);
  return out;
}

void OnnxGraph::node_to(const std::string& op, const std::vector<std::string>& inputs,
                        const std::vector<std::string>& outputs, const OnnxAttributes& attributes,
                        const std::string& domain) {
  ProtobufMessage node;
  for (const std::string& name : inputs) {
    node.text(field::node_input, name);
    if (const auto constant = waiting_.extract(name))
      add_tensor(name, constant.mapped().bytes, constant.mapped().shape, constant.mapped().type);
  }
  for (const std::string& name : outputs) node.text(field::node_output, name);
  const std::string& last = outputs.back();
  node.text(field::node_name, last.starts_with('/') ? last : "/" + last).text(field::op, op);
  for (const auto& [name, value] : attributes) {
    ProtobufMessage attribute;
    attribute.text(1, name);
    std::visit(AttributeValue{attribute}, value);
    node.message(field::attribute, attribute);
  }
  if (!domain.empty()) node.text(field::domain, domain);
  nodes_.message(field::node, node);
}

std::string OnnxGraph::constant(std::span<const double> values, std::span<const std::size_t> shape,
                                OnnxType type) {
  return constant_of(bytes_of(values, type), shape, type);
}

std::string OnnxGraph::counts(const std::vector<std::int64_t>& values) {
  std::string bytes;
  for (const std::int64_t x : values) append(bytes, x);
  const std::size_t size = values.size();
  return constant_of(bytes, {&size, 1}, OnnxType::int64);
}

std::string OnnxGraph::constant_of(const std::string& bytes, std::span<const std::size_t> shape,
                                   OnnxType type) {
  std::string key = n(static_cast<std::size_t>(type));
  for (const std::size_t size : shape) key += " " + n(size);
  std::string& name = constants_[key + ":" + bytes];
  if (name.empty()) {
    name = "/constant_" + n(constants_.size());
    waiting_[name] = {bytes, {shape.begin(), shape.end()}, type};
  }
  return name;
}

std::string OnnxGraph::tensor(const std::string& name, std::span<const double> values,
                              std::span<const std::size_t> shape, OnnxType type) {
  add_tensor(name, bytes_of(values, type), shape, type);
  return name;
}

void OnnxGraph::add_tensor(const std::string& name, const std::string& bytes,
                           std::span<const std::size_t> shape, OnnxType type) {
  ProtobufMessage tensor;
  for (const std::size_t size : shape) tensor.number(field::dimension, size);
  tensor.number(field::type, static_cast<std::uint64_t>(type))
      .text(field::tensor_name, name)
      .text(field::raw, bytes);
  tensors_.message(field::tensor, tensor);
}

void OnnxGraph::input(const std::string& name, OnnxType type, std::span<const std::size_t> sizes) {
  inputs_.message(field::input, value_info(name, type, sizes));
}
void OnnxGraph::output(const std::string& name, OnnxType type, std::span<const std::size_t> sizes) {
  outputs_.message(field::output, value_info(name, type, sizes));
}

ProtobufMessage OnnxGraph::message(const std::string& name) const {
  return nodes_.followed_by(ProtobufMessage().text(field::graph_name, name))
      .followed_by(tensors_)
      .followed_by(inputs_)
      .followed_by(outputs_);
}

}  // namespace nnrun::host
