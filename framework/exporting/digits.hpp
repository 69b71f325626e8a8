// Counts as text, which exporters write on every line.
#pragma once
#include <cstddef>
#include <string>
namespace nnrun::host {

inline std::string n(std::size_t count) {
  return std::to_string(count);
}

}  // namespace nnrun::host
