// What people are told when something is refused.
#pragma once
#include <string>
#include <string_view>

#include "base/error.hpp"
namespace nnrun::testing {

inline std::string replaced(std::string text, std::string_view old, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(old, at)) != std::string::npos; at += by.size())
    text.replace(at, old.size(), by);
  return text;
}

/// Returns the error of this class as people see it; "nothing" if there is none.
template <class E>
std::string said(const auto& action) {
  try {
    action();
  } catch (const E& error) {
    return render(error, false);
  }
  return "nothing";
}

}  // namespace nnrun::testing
