// What the pointers of <nnrun/nnrun.h> point to.
#pragma once
#include <nnrun/nnrun.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>

#include "library/measurement.hpp"
#include "library/model_in_use.hpp"
#include "library/model_texts.hpp"
#include "loading/object.hpp"
#include "loading/registry.hpp"

namespace nnrun::host {

/// The plugins of a context, and where they log. Models keep it: their classes are in it.
struct LoadedPlugins {
  explicit LoadedPlugins(const nnrun_options& options);
  LoadedPlugins(const LoadedPlugins&) = delete;
  LoadedPlugins& operator=(const LoadedPlugins&) = delete;

  LogOfPart log;
  std::mutex mutex;  ///< of the registry, which loads libraries as it is asked for classes
  Registry registry;
};

/// Calls f for a struct of the caller, which may be shorter or longer than this library's: returns
/// one with what both have. Throws UsageError for one without its size.
template <class Struct>
Struct taken_from(const Struct* of_caller, const char* name) {
  Struct own{};
  own.size = sizeof own;
  if (of_caller == nullptr) return own;
  if (of_caller->size < sizeof of_caller->size || of_caller->size > 4096)
    throw UsageError(Problem{.what = std::string(name) + " has no size",
                             .hint = "begin it with sizeof(" + std::string(name) + ")"});
  std::memcpy(&own, of_caller, std::min<std::size_t>(of_caller->size, sizeof own));
  return own;
}
/// Throws UsageError if a struct of the caller has a flag beside the known ones: what it asks for
/// would not be done.
void require_known_flags(std::uint32_t flags, std::uint32_t known, const char* name);
/// Writes as much of a struct as that of the caller has room for, which keeps its size.
template <class Struct>
void give_to(Struct* of_caller, Struct own) {
  own.size = of_caller->size;
  std::memcpy(of_caller, &own, std::min<std::size_t>(of_caller->size, sizeof own));
}

}  // namespace nnrun::host

struct nnrun_context {
  std::shared_ptr<nnrun::host::LoadedPlugins> plugins;
};
struct nnrun_model {
  std::shared_ptr<nnrun::host::LoadedPlugins> plugins;
  std::shared_ptr<nnrun::host::ModelInUse> use;
  nnrun::host::ModelTexts texts;

  nnrun_model(std::shared_ptr<nnrun::host::LoadedPlugins> from,
              std::shared_ptr<nnrun::host::ModelInUse> model)
      : plugins(std::move(from)), use(std::move(model)), texts(*use) {}
};
struct nnrun_session {
  std::shared_ptr<nnrun::host::LoadedPlugins> plugins;
  std::shared_ptr<nnrun::host::ModelInUse> model;
  nnrun::host::ModelInUse::Session session;
};
struct nnrun_scores {
  explicit nnrun_scores(const nnrun::host::Measurement& done);
  nnrun_scores(const nnrun_scores&) = delete;
  nnrun_scores& operator=(const nnrun_scores&) = delete;
  nnrun_score_info info() const;

 private:
  std::size_t examples_;
  const char* part_;
  std::vector<std::string> names_;
  std::vector<const char*> name_pointers_;
  std::vector<double> values_;
  std::string notes_, json_;
};
