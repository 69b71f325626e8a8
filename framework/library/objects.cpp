#include "library/objects.hpp"

#include "base/version.hpp"
#include "runs/scores.hpp"
#include "training/data_parts.hpp"
namespace nnrun::host {
namespace {

/// What plugins say while nobody of ours is in the thread is dropped: a library prints nothing.
void drop(int, const char*) {}

}  // namespace

LoadedPlugins::LoadedPlugins(const nnrun_options& options)
    : log{options.log, options.user}, registry([this](const std::string& warning) {
        if (log.take != nullptr) log.take(log.user, 1, warning.c_str());
      }) {
  require_known_flags(options.flags, NNRUN_BUILT_IN_ONLY | NNRUN_NO_NAMED_PLUGINS, "nnrun_options");
  set_plugin_log(drop);
  registry.tell_before_loading([this](const std::string& library, const std::string& config) {
    if (log.take != nullptr)
      log.take(log.user, 1, ("loading " + library + ", which " + config + " names").c_str());
  });
  const LogsHere logs(&log);
  for (const auto* table = options.built_in; table != nullptr && *table != nullptr; ++table)
    registry.add_built_in(*table);
  if ((options.flags & NNRUN_BUILT_IN_ONLY) != 0)
    registry.close();
  else if (options.plugin_path == nullptr)
    load_default_plugins(registry);
  else
    load_default_plugins(registry, options.plugin_path, "the plugin path");
  if ((options.flags & NNRUN_NO_NAMED_PLUGINS) != 0) registry.close();
}

void require_known_flags(std::uint32_t flags, std::uint32_t known, const char* name) {
  if ((flags & ~known) == 0) return;
  throw UsageError(Problem{
      .what = std::string(name) +
              " has flags that this library does not know: " + std::to_string(flags & ~known),
      .hint = "flags are those of " + std::string(name) + " in <nnrun/nnrun.h> of version " +
              version().number + ", or 0"});
}

}  // namespace nnrun::host

nnrun_scores::nnrun_scores(const nnrun::host::Measurement& done)
    : examples_(done.examples),
      part_(nnrun::host::part_names[done.part]),
      json_(nnrun::host::json_of(done)) {
  for (nnrun::host::NamedScore& score : nnrun::host::scores_of(done.score, done.experiment)) {
    names_.push_back(std::move(score.name));
    values_.push_back(score.value);
  }
  for (const std::string& name : names_) name_pointers_.push_back(name.c_str());
  for (const std::string& note : done.notes) notes_ += (notes_.empty() ? "" : "\n") + note;
  const std::string changes = nnrun::host::words_of_changes(done.changes);
  if (!changes.empty()) notes_ += (notes_.empty() ? "" : "\n") + changes;
  if (!done.caution.empty()) notes_ += (notes_.empty() ? "" : "\n") + done.caution;
}

nnrun_score_info nnrun_scores::info() const {
  return {.size = sizeof(nnrun_score_info),
          .examples = examples_,
          .part = part_,
          .n_scores = names_.size(),
          .names = name_pointers_.data(),
          .values = values_.data(),
          .notes = notes_.c_str(),
          .json = json_.c_str()};
}
