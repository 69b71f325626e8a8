#include "exporting/onnx_reader.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t most_nodes = 100'000, most_rank = 8, longest_name = 1024;
constexpr std::uint64_t oldest_opset = 7, newest_opset = 21;

/// What is wrong with a file; read_onnx says where.
struct Refusal {
  std::string what;
};
[[noreturn]] void refuse(const std::string& what) {
  throw Refusal{what};
}

std::uint64_t take_varint(std::string_view& bytes) {
  std::uint64_t x = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (bytes.empty()) refuse("is cut short");
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    if (shift == 63 && byte > 1) break;
    x |= std::uint64_t{byte & 127u} << shift;
    if (byte < 128) return x;
  }
  refuse("has a number of more than 64 bits");
}

/// A field of a message: a number, or bytes.
struct Field {
  std::uint64_t id;
  unsigned wire;
  std::uint64_t number;
  std::string_view bytes;
  bool is_number() const { return wire == 0; }
  bool is_bytes() const { return wire == 2; }
};

template <class F>
void each_field(std::string_view message, F f) {
  while (!message.empty()) {
    const std::uint64_t tag = take_varint(message);
    Field field{tag >> 3, static_cast<unsigned>(tag & 7), 0, {}};
    if (field.id == 0 || field.id > 1 << 16) refuse("has an impossible field");
    if (field.wire != 0 && field.wire != 1 && field.wire != 2 && field.wire != 5)
      refuse("has a field of an unknown form");
    if (field.wire == 0 || field.wire == 2) field.number = take_varint(message);
    if (field.wire != 0) {
      const std::uint64_t n = field.wire == 2 ? field.number : field.wire == 1 ? 8 : 4;
      if (n > message.size()) refuse("is cut short");
      field.bytes = message.substr(0, static_cast<std::size_t>(n));
      message.remove_prefix(static_cast<std::size_t>(n));
    }
    f(field);
  }
}

std::string_view name_in(const Field& field) {
  if (!field.is_bytes()) refuse("has a name that is not a text");
  if (field.bytes.size() > longest_name) refuse("has a name of more than 1024 bytes");
  return field.bytes;
}

/// Adds the integers of a field, packed or single.
void add_integers(const Field& field, std::vector<std::int64_t>& to) {
  if (field.is_number()) return to.push_back(static_cast<std::int64_t>(field.number));
  if (!field.is_bytes()) refuse("has an integer of an unknown form");
  for (std::string_view rest = field.bytes; !rest.empty();)
    to.push_back(static_cast<std::int64_t>(take_varint(rest)));
}

float float_at(std::string_view bytes) {
  float x;
  std::memcpy(&x, bytes.data(), sizeof x);
  return x;
}

std::size_t bytes_of_number(std::uint64_t type) {
  if (type == 1 || type == 6) return 4;
  if (type == 7 || type == 11) return 8;
  return type == 9 ? 1 : 0;
}

/// Holds a tensor's numbers against its sizes.
void require_whole(const ReadTensor& tensor, std::string_view name) {
  const std::string who = "tensor " + single_quoted(std::string(name));
  const std::size_t each = bytes_of_number(tensor.type);
  if (each == 0) refuse("has " + who + ", which is not of float, double, int64, int32 or bool");
  std::uint64_t bytes = each, count = 1;
  for (const std::size_t size : tensor.shape)
    if (__builtin_mul_overflow(count, size, &count)) refuse("has " + who + " of impossible size");
  if (__builtin_mul_overflow(count, bytes, &bytes)) refuse("has " + who + " of impossible size");
  const bool fits = tensor.counts.empty() ? bytes == tensor.bytes.size()
                                          : count == tensor.counts.size() && tensor.bytes.empty();
  if (!fits)
    refuse("has " + who + ", whose sizes say " + std::to_string(bytes) + " bytes, but there are " +
           std::to_string(tensor.counts.empty() ? tensor.bytes.size() : tensor.counts.size() * 8));
}

/// Sizes are bounded by the bytes behind them, but not those of a tensor without numbers.
ReadTensor tensor_in(std::string_view message, std::string_view& name) {
  ReadTensor tensor;
  std::vector<std::int64_t> sizes;
  const auto numbers = [&](const Field& field, bool right_type) {
    if (!right_type || !field.is_bytes()) refuse("has a tensor of numbers of an unknown form");
    if (!tensor.bytes.empty()) refuse("has a tensor with two lists of numbers");
    tensor.bytes = field.bytes;
  };
  each_field(message, [&](const Field& field) {
    if (field.id == 1) add_integers(field, sizes);
    if (sizes.size() > most_rank) refuse("has a tensor of more than 8 sizes");
    if (field.id == 2) tensor.type = field.number;
    if (field.id == 8) name = name_in(field);
    if (field.id == 3) refuse("has a tensor in segments");
    if (field.id == 4) numbers(field, true);   // float_data
    if (field.id == 9) numbers(field, true);   // raw_data
    if (field.id == 10) numbers(field, true);  // double_data
    if (field.id == 5 || field.id == 7) add_integers(field, tensor.counts);
    if (field.id == 13 || (field.id == 14 && field.number != 0))
      refuse("keeps numbers in another file, which is not opened");
  });
  for (const std::int64_t size : sizes) {
    if (size < 0) refuse("has a tensor of negative size");
    tensor.shape.push_back(static_cast<std::size_t>(size));
  }
  require_whole(tensor, name);
  return tensor;
}

std::string_view attribute_in(std::string_view message, ReadAttribute& to) {
  std::string_view name, ignored;
  each_field(message, [&](const Field& field) {
    if (field.id == 1) name = name_in(field);
    if (field.id == 2 && field.wire == 5) to.floats.push_back(float_at(field.bytes));
    if (field.id == 7 && field.wire == 5) to.floats.push_back(float_at(field.bytes));
    if (field.id == 7 && field.is_bytes())
      for (std::size_t i = 0; i + 4 <= field.bytes.size(); i += 4)
        to.floats.push_back(float_at(field.bytes.substr(i)));
    if (field.id == 3 || field.id == 8) add_integers(field, to.ints);
    if ((field.id == 4 || field.id == 9) && field.is_bytes()) to.texts.push_back(field.bytes);
    if (field.id == 5 && field.is_bytes()) to.tensors.push_back(tensor_in(field.bytes, ignored));
    if (field.id == 6 || field.id == 11)
      refuse("has graphs inside of nodes, as If, Loop and Scan do");
    if (field.id == 22 || field.id == 23) refuse("has sparse tensors");
  });
  return name;
}

ReadNode node_in(std::string_view message) {
  ReadNode node;
  each_field(message, [&](const Field& field) {
    if (field.id == 1) node.inputs.push_back(name_in(field));
    if (field.id == 2) node.outputs.push_back(name_in(field));
    if (field.id == 3) node.name = name_in(field);
    if (field.id == 4) node.op = name_in(field);
    if (field.id == 7) node.domain = name_in(field);
    if (field.id != 5 || !field.is_bytes()) return;
    ReadAttribute attribute;
    const std::string_view name = attribute_in(field.bytes, attribute);
    if (!node.attributes.emplace(name, std::move(attribute)).second)
      refuse("has a node with two attributes " + single_quoted(std::string(name)));
  });
  return node;
}

/// ValueInfo { name, type { tensor { element type, shape { sizes } } } }
ReadValue value_in(std::string_view message) {
  ReadValue value;
  const auto each_below = [](std::string_view in, std::uint64_t id, auto f) {
    each_field(in, [&](const Field& field) {
      if (field.id == id && field.is_bytes()) f(field.bytes);
    });
  };
  each_field(message, [&](const Field& field) {
    if (field.id == 1) value.name = name_in(field);
    if (field.id != 2 || !field.is_bytes()) return;
    each_below(field.bytes, 1, [&](std::string_view tensor) {
      each_below(tensor, 2, [&](std::string_view shape) {
        value.has_shape = true;
        each_below(shape, 1, [&](std::string_view size) {
          std::uint64_t own = 0;
          each_field(size,
                     [&](const Field& f) { own = f.id == 1 && f.is_number() ? f.number : own; });
          value.shape.push_back(static_cast<std::size_t>(own));
          if (value.shape.size() > most_rank) refuse("has an input of more than 8 sizes");
        });
      });
    });
  });
  return value;
}

void read_graph(std::string_view graph, ReadOnnx& model) {
  each_field(graph, [&](const Field& field) {
    if (!field.is_bytes()) return;
    if (field.id == 15) refuse("has sparse tensors");
    if (field.id == 1) {
      if (model.nodes.size() == most_nodes) refuse("has more than 100,000 nodes");
      model.nodes.push_back(node_in(field.bytes));
    }
    if (field.id == 5) {
      std::string_view name;
      ReadTensor tensor = tensor_in(field.bytes, name);
      if (!model.tensors.emplace(name, std::move(tensor)).second)
        refuse("has two tensors " + single_quoted(std::string(name)));
    }
    if (field.id == 11) model.inputs.push_back(value_in(field.bytes));
    if (field.id == 12) model.outputs.push_back(value_in(field.bytes));
  });
  std::erase_if(model.inputs, [&](const ReadValue& v) { return model.tensors.contains(v.name); });
}

/// ONNX's own rule, which leaves no cycles: a node reads what is there before it.
void require_order(const ReadOnnx& model) {
  std::set<std::string_view> known;
  const auto add = [&](std::string_view name) {
    if (!known.insert(name).second) refuse("makes " + single_quoted(std::string(name)) + " twice");
  };
  for (const auto& [name, tensor] : model.tensors) add(name);
  for (const ReadValue& input : model.inputs) add(input.name);
  for (const ReadNode& node : model.nodes) {
    for (const std::string_view in : node.inputs)
      if (!in.empty() && !known.contains(in))
        refuse("has node " + single_quoted(std::string(node.name)) + ", which reads " +
               single_quoted(std::string(in)) + ", but nothing before it makes that");
    for (const std::string_view out : node.outputs)
      if (!out.empty()) add(out);
  }
  for (const ReadValue& out : model.outputs)
    if (!known.contains(out.name))
      refuse("has the output " + single_quoted(std::string(out.name)) + ", which nothing makes");
}

void read_opset(std::string_view message, ReadOnnx& model) {
  std::string_view domain;
  std::uint64_t version = 0;
  each_field(message, [&](const Field& field) {
    if (field.id == 1) domain = name_in(field);
    if (field.id == 2) version = field.number;
  });
  if (domain.empty() || domain == "ai.onnx") model.opset = version;
}

void read_property(std::string_view message, ReadOnnx& model) {
  std::string key, value;
  each_field(message, [&](const Field& field) {
    if (field.id == 1) key = name_in(field);
    if (field.id == 2 && field.is_bytes()) value = field.bytes;
  });
  if (!model.metadata.emplace(key, value).second) refuse("says " + single_quoted(key) + " twice");
}

ReadOnnx read_model_of(std::string_view file) {
  ReadOnnx model;
  bool has_graph = false;
  std::string_view graph;
  each_field(file, [&](const Field& field) {
    if (!field.is_bytes()) return;
    if (field.id == 7) {
      if (has_graph) refuse("has two graphs");
      has_graph = true;
      graph = field.bytes;
    }
    if (field.id == 25) refuse("has functions of its own, which nnrun does not read");
    if (field.id == 8) read_opset(field.bytes, model);
    if (field.id == 14) read_property(field.bytes, model);
  });
  if (!has_graph) refuse("has no graph: it is not an ONNX file");
  if (model.opset < oldest_opset || model.opset > newest_opset)
    refuse("has opset " + std::to_string(model.opset) + "; nnrun reads " +
           std::to_string(oldest_opset) + " to " + std::to_string(newest_opset));
  read_graph(graph, model);
  require_order(model);
  return model;
}

template <class T>
void append_numbers(std::string_view bytes, std::vector<double>& to) {
  for (std::size_t i = 0; i + sizeof(T) <= bytes.size(); i += sizeof(T)) {
    T x;
    std::memcpy(&x, bytes.data() + i, sizeof x);
    to.push_back(static_cast<double>(x));
  }
}

}  // namespace

std::size_t ReadTensor::size() const {
  std::size_t count = 1;
  for (const std::size_t own : shape) count *= own;
  return count;
}

std::vector<double> ReadTensor::numbers() const {
  std::vector<double> all;
  if (!counts.empty()) return {counts.begin(), counts.end()};
  if (type == 1) append_numbers<float>(bytes, all);
  if (type == 6) append_numbers<std::int32_t>(bytes, all);
  if (type == 7) append_numbers<std::int64_t>(bytes, all);
  if (type == 9) append_numbers<std::uint8_t>(bytes, all);
  if (type == 11) append_numbers<double>(bytes, all);
  return all;
}

ReadOnnx read_onnx(std::string_view file, const std::string& where) try {
  return read_model_of(file);
} catch (const Refusal& refusal) {
  throw RecordError(Problem{.what = "the ONNX file " + refusal.what, .where = where});
}

std::string sha256_of_nodes(const ReadOnnx& file) {
  std::string text;
  const auto add = [&](std::string_view word) {
    text += std::to_string(word.size()) + ":";
    text += word;
  };
  for (const ReadNode& node : file.nodes) {
    for (const std::string_view word : {node.domain, node.op}) add(word);
    for (const auto* const names : {&node.inputs, &node.outputs}) {
      for (const std::string_view name : *names) add(name);
      text += ";";
    }
    for (const auto& [name, own] : node.attributes) {
      add(name);
      for (const std::int64_t x : own.ints) text += std::to_string(x) + " ";
      for (const float x : own.floats) text += shortest(static_cast<double>(x)) + " ";
      for (const std::string_view word : own.texts) add(word);
      for (const ReadTensor& tensor : own.tensors) add(tensor.bytes);
    }
  }
  for (const auto& [name, tensor] : file.tensors) {
    if (!name.starts_with('/')) continue;  // a parameter, which may be trained on
    add(name);
    add(tensor.bytes);
  }
  for (const ReadValue& value : file.outputs) add(value.name);
  for (const auto& [key, value] : file.metadata) {
    if (!key.starts_with("nnrun.") || key == "nnrun.nodes_sha256") continue;
    add(key);
    add(value);
  }
  return sha256_of(std::as_bytes(std::span(text)));
}

}  // namespace nnrun::host
