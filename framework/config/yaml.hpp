// Text to tree. The YAML library is known to yaml.cpp alone.
#pragma once
#include <memory>

#include "config/problems.hpp"
#include "config/tree.hpp"
namespace nnrun::host {

/// How large a config may be, however many files it is spread over.
struct Budget {
  std::size_t nodes = 100'000;
};
inline constexpr std::size_t largest_config = 256 * 1024;  ///< bytes of one file
inline constexpr std::size_t deepest_config = 64;          ///< maps and lists inside each other
inline constexpr std::size_t largest_map = 1000;           ///< keys; look-up is linear

/// Parses a YAML text strictly; the messages in yaml.cpp say what is refused. skip: the first bytes
/// belong to something else, the path of a --set. An empty text is a null node. Adds to problems
/// what leaves a usable tree; throws ConfigError for the rest.
ConfigNode parse_yaml(const std::shared_ptr<const Source>& source, std::size_t skip, Budget& budget,
                      Problems& problems);

}  // namespace nnrun::host
