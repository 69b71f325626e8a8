// How a plugin library is refused.
#pragma once
#include <string>
#include <utility>

#include "base/error.hpp"
namespace nnrun::host {

[[noreturn]] inline void refuse(std::string what, std::string hint = {}) {
  throw PluginError(
      {.what = std::move(what), .place = {}, .where = {}, .label = {}, .hint = std::move(hint)});
}

}  // namespace nnrun::host
