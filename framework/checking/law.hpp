// What every class of a kind must obey, and how it is tested: one law, one row of a table.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "loading/object.hpp"
#include "loading/registry.hpp"
namespace nnrun::host {

enum class LawStatus { ok, kink, fail, skipped };

/// The result of one law. kink: kept, except at named places where no slope exists.
struct Finding {
  LawStatus status = LawStatus::ok;
  std::string detail{};
};
inline Finding kept(std::string detail = {}) {
  return {LawStatus::ok, std::move(detail)};
}
inline Finding broken(std::string detail) {
  return {LawStatus::fail, std::move(detail)};
}
inline Finding skipped(std::string detail) {
  return {LawStatus::skipped, std::move(detail)};
}

/// The class on trial.
struct Subject {
  Use use;                           ///< with its defaults, and examples where it has none
  const Registry* built_in;          ///< to compare speeds with; may lack everything
  std::size_t (*allocations)();      ///< how many so far; nullptr: not counted
  std::vector<std::string> guessed;  ///< required settings whose example may not suit: paths, texts
  bool given = false;                ///< the command line gave settings
  bool defaults = true;              ///< every setting has a default of the class, none is empty
  /// Calls what the host calls before all other functions of an object; nullptr: there is nothing.
  void (*ready)(const Object&) = nullptr;
  const Class& plugin() const { return *use.plugin; }
};

/// Thrown by a law that cannot be tried because another one is broken.
struct NotTried {
  std::string why;
};

struct Law {
  const char* name;
  /// May throw Error, which breaks the law, or NotTried.
  Finding (*find)(const Subject&);
};

/// Returns the laws of a kind, in the order of the table; the first is `settings`. Empty for an
/// unknown kind.
std::vector<Law> laws_of(const std::string& kind);

/// Tries a law with the settings of the subject, then with one setting at a time at an edge of what
/// it allows. Edges that the class refuses are left out.
Finding at_edges_too(const Subject& subject, Finding (*find)(const Subject&));

/// Returns a class with its defaults, and an example for each setting that it requires.
Subject subject_of(const Class& plugin, const Registry* built_in, std::size_t (*allocations)());

// One file per kind.
std::span<const Law> activation_laws();
std::span<const Law> augmentation_laws();
std::span<const Law> cost_laws();
std::span<const Law> dataset_laws();
std::span<const Law> exchange_laws();
std::span<const Law> gradient_laws();
std::span<const Law> initializer_laws();
std::span<const Law> layer_laws();
std::span<const Law> metric_laws();
std::span<const Law> optimizer_laws();
std::span<const Law> random_laws();
std::span<const Law> regularizer_laws();
std::span<const Law> schedule_laws();

}  // namespace nnrun::host
