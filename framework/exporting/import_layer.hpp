// A layer that stands for nodes of an ONNX file, and its settings as text of a config.
#pragma once
#include <string>
#include <vector>

#include "base/text.hpp"
#include "exporting/import_value.hpp"
namespace nnrun::host {

/// A layer of the config that is being made.
struct ImportedLayer {
  std::string name, type, settings, activation;
  std::vector<std::string> inputs;
  bool takes_bias = false;  ///< it was made without one, and may get one
  Sizes shape;

  std::string text() const {
    std::string from;
    for (const std::string& input : inputs) from += (from.empty() ? "" : ", ") + input;
    return "{name: " + name + ", type: " + type + settings + (takes_bias ? ", bias: false" : "") +
           ", inputs: [" + from + "], activation: " + (activation.empty() ? "none" : activation) +
           "}";
  }
};

inline std::string list_of(const Whole& numbers) {
  std::string all;
  for (const std::int64_t x : numbers) all += (all.empty() ? "" : ", ") + std::to_string(x);
  return "[" + all + "]";
}
inline std::string digits_of(double x) {
  std::string text = shortest(x);
  const std::size_t exponent = text.find('e');
  if (exponent != text.npos && text.find('.') == text.npos) text.insert(exponent, ".0");
  return text;
}

}  // namespace nnrun::host
