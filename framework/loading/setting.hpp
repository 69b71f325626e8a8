// What the description of a setting says of numbers.
#pragma once
#include <nnrun/abi.h>
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

}  // namespace nnrun::host
