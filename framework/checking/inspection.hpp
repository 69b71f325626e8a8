// A library tried by the laws of its kinds. Its code runs in child processes only, so that it may
// crash, hang or call exit.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/child.hpp"
#include "checking/given.hpp"
namespace nnrun::host {

/// One law of one class, as it turned out.
struct LawRow {
  std::string law;
  Finding finding;
};
struct CheckedClass {
  std::string kind, name;
  std::vector<LawRow> rows;
};
struct CheckedLibrary {
  std::string file;  ///< as people are told
  std::string sha256, interface, compiler, name, version;
  bool optimized = false;
  std::vector<std::string> warnings;
  std::vector<CheckedClass> classes;
  std::optional<Problem> refusal;  ///< why there are no classes
  std::size_t count(LawStatus status) const;
};

/// Of a load, and of each child that tries a class.
inline constexpr ChildLimits check_limits{.seconds = 10, .memory = std::uint64_t{1} << 30};

/// Returns the header of a library and its classes, without rows; warns of names that a class of
/// `known` has already. Throws ConfigError for a given setting that its class does not have, or
/// that does not fit.
CheckedLibrary inspect_library(const std::filesystem::path& file, const Registry& known,
                               const GivenSettings& given = {},
                               const ChildLimits& limits = check_limits);

/// Tries every class of it by the laws of its kind. `built_in`: what speeds are compared with. A
/// law that ends its process has a row that says how, and the next is tried in another; a class
/// that does so three times is left alone.
void try_laws(CheckedLibrary& library, const Registry& built_in, std::size_t (*allocations)(),
              const GivenSettings& given = {}, const ChildLimits& limits = check_limits);

/// A description of libraries, made without letting their code into this process.
struct Scanned {
  std::string text;
  std::vector<std::string> warnings;
  std::optional<Problem> refusal;  ///< why there is no text
  /// Throws PluginError where there is none.
  const std::string& require_text() const;
};
using Describe = std::function<std::string(const Registry&)>;
/// Returns what `describe` says of a library in a child, where it is alone in the registry. Warns
/// of names that a class of `known` has already.
Scanned scan_library(const std::filesystem::path& file, const Registry& known,
                     const Describe& describe, const ChildLimits& limits = check_limits);
/// The same of libraries beside what `registry` has, which stays as it is in this process.
Scanned scan_libraries(const std::vector<std::filesystem::path>& files, Registry& registry,
                       const Describe& describe, const ChildLimits& limits = check_limits);

/// Returns true for what can only be meant as a library: an ELF file, or a name that ends in .so.
bool looks_like_library(const std::filesystem::path& file);

}  // namespace nnrun::host
