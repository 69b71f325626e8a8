// What the description of a setting says, of values and in words.
#pragma once
#include <nnrun/abi.h>

#include <string>
#include <vector>

#include "loading/object.hpp"
namespace nnrun::host {

inline bool is_number(const nnrun_setting& setting) {
  return setting.type == NNRUN_INT || setting.type == NNRUN_FLOAT;
}

/// Does it lie within the limits of the setting?
inline bool allows(const nnrun_setting& setting, double x) {
  const bool low = (setting.flags & NNRUN_ABOVE_MIN) != 0 ? x > setting.min : x >= setting.min;
  const bool high = (setting.flags & NNRUN_BELOW_MAX) != 0 ? x < setting.max : x <= setting.max;
  return low && high;
}

/// The only texts that the setting allows; empty: all are.
inline std::vector<std::string> choices_of(const nnrun_setting& setting) {
  return {setting.choices, setting.choices + setting.n_choices};
}

/// "whole number", "list of texts"
std::string type_words(const nnrun_setting& setting);
/// "[0, 1)", "at least 0"; empty where every number is allowed.
std::string range_words(const nnrun_setting& setting);
/// A default as lists show it; an empty text is "none".
std::string words_of(const Value& value);

}  // namespace nnrun::host
