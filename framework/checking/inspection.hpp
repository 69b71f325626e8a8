// Tries a library by the laws of its kinds. Its code runs in child processes only, so it may crash,
// hang or call exit.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/child.hpp"
#include "checking/given.hpp"
namespace nnrun::host {

/// The result of one law for one class.
struct LawRow {
  std::string law;
  Finding finding;
};
struct CheckedClass {
  std::string kind, name;
  std::vector<LawRow> rows;
};
struct CheckedLibrary {
  std::string file;  ///< as shown to people
  std::string sha256, interface, compiler, name, version;
  bool optimized = false;
  std::vector<std::string> warnings;
  std::vector<CheckedClass> classes;
  std::optional<Problem> refusal;  ///< why there are no classes
  std::size_t count(LawStatus status) const;
};

/// The limits of loading a library, and of each child that tries a class.
inline constexpr ChildLimits check_limits{.seconds = 10, .memory = std::uint64_t{1} << 30};

/// Returns the header of a library and its classes, without rows; warns of names that a class of
/// `known` has already. Throws ConfigError for a given setting that its class does not have, or
/// that does not fit.
CheckedLibrary inspect_library(const std::filesystem::path& file, const Registry& known,
                               const GivenSettings& given = {},
                               const ChildLimits& limits = check_limits);

/// Tries every class by the laws of its kind. built_in: the classes that speeds are compared with.
/// A law that ends its process gets a row that says how, and another process continues; a class
/// that does so three times is not tried further.
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
/// Runs `describe` in a child, in which the library is alone in the registry, and returns its text.
/// Warns of names that a class of `known` has already.
Scanned scan_library(const std::filesystem::path& file, const Registry& known,
                     const Describe& describe, const ChildLimits& limits = check_limits);
/// The same for several libraries, added to what `registry` has; the registry of this process does
/// not change.
Scanned scan_libraries(const std::vector<std::filesystem::path>& files, Registry& registry,
                       const Describe& describe, const ChildLimits& limits = check_limits);

/// Returns true for what can only be meant as a library: an ELF file, or a name that ends in .so.
bool looks_like_library(const std::filesystem::path& file);

}  // namespace nnrun::host
