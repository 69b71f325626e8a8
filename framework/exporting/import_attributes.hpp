// Attributes of a node of an ONNX file.
#pragma once
#include <string>
#include <string_view>

#include "exporting/import_value.hpp"
#include "exporting/onnx_reader.hpp"
namespace nnrun::host {

/// Attributes of a node, with what they are if they are not given.
class Attributes {
 public:
  explicit Attributes(const ReadNode& node) : node_(node) {}
  Whole ints(std::string_view name, const Whole& missing = {}) const {
    const ReadAttribute* const own = find(name);
    return own && !own->ints.empty() ? own->ints : missing;
  }
  std::int64_t integer(std::string_view name, std::int64_t missing) const {
    return ints(name, {missing})[0];
  }
  double number(std::string_view name, double missing) const {
    const ReadAttribute* const own = find(name);
    return own && !own->floats.empty() ? static_cast<double>(own->floats[0]) : missing;
  }
  std::string text(std::string_view name) const {
    const ReadAttribute* const own = find(name);
    return own && !own->texts.empty() ? std::string(own->texts[0]) : "";
  }
  std::vector<std::string> texts(std::string_view name) const {
    const ReadAttribute* const own = find(name);
    return own ? std::vector<std::string>(own->texts.begin(), own->texts.end())
               : std::vector<std::string>{};
  }
  std::vector<float> numbers(std::string_view name) const {
    const ReadAttribute* const own = find(name);
    return own ? own->floats : std::vector<float>{};
  }
  const ReadTensor* tensor(std::string_view name) const {
    const ReadAttribute* const own = find(name);
    return own && !own->tensors.empty() ? &own->tensors[0] : nullptr;
  }

 private:
  const ReadAttribute* find(std::string_view name) const {
    const auto found = node_.attributes.find(name);
    return found == node_.attributes.end() ? nullptr : &found->second;
  }
  const ReadNode& node_;
};

/// The types of ONNX that a cast may name.
namespace OnnxTypes {
inline constexpr std::int64_t float32 = 1, int32 = 6, int64 = 7, boolean = 9, float64 = 11;
}
/// Throws NoLayer unless constants can be cast to the type.
void require_type(std::int64_t type);

}  // namespace nnrun::host
