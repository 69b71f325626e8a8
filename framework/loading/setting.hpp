// What the description of a setting allows, and how it is shown to people.
#pragma once
#include <nnrun/abi.h>

#include <string>
#include <vector>

#include "loading/object.hpp"
namespace nnrun::host {

inline bool is_number(const nnrun_setting& setting) {
  return setting.type == NNRUN_INT || setting.type == NNRUN_FLOAT;
}

/// Returns whether x lies within the limits of the setting.
inline bool allows(const nnrun_setting& setting, double x) {
  const bool low = (setting.flags & NNRUN_ABOVE_MIN) != 0 ? x > setting.min : x >= setting.min;
  const bool high = (setting.flags & NNRUN_BELOW_MAX) != 0 ? x < setting.max : x <= setting.max;
  return low && high;
}

/// Returns whether the setting says what classes count, so that a word or a map may stand for its
/// numbers.
inline bool weighs_classes(const nnrun_setting& setting) {
  return (setting.flags & (NNRUN_CLASS_WEIGHTS | NNRUN_LABEL_WEIGHTS)) != 0 &&
         setting.type == NNRUN_FLOATS;
}
/// Returns whether a number may stand for a list of one.
inline bool takes_lone_number(const nnrun_setting& setting) {
  return (setting.flags & NNRUN_LONE_NUMBER) != 0 && setting.type == NNRUN_FLOATS;
}
inline constexpr const char* balanced_word = "balanced";

/// Returns the texts that the setting allows; empty: any.
inline std::vector<std::string> choices_of(const nnrun_setting& setting) {
  return {setting.choices, setting.choices + setting.n_choices};
}

/// Returns the type in words: "whole number", "list of texts".
std::string type_words(const nnrun_setting& setting);
/// Returns the range: "[0, 1)", "at least 0"; empty if every number is allowed.
std::string range_words(const nnrun_setting& setting);
/// Returns a default as lists show it; an empty text is "none".
std::string words_of(const Value& value);

}  // namespace nnrun::host
