#include "training/carried_state.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <set>

#include "training/monitor.hpp"
namespace nnrun::host {
namespace {

using Raw = std::vector<std::byte>;

/// Returns the keys that one of two configs has, or both with different values.
std::vector<std::string> differing_keys(const Experiment& a, const Experiment& b) {
  const auto x = resolved_keys(a), y = resolved_keys(b);
  std::set<std::string> keys;
  for (const auto* const one : {&x, &y})
    for (const auto& [key, value] : *one) {
      const auto here = x.find(key), there = y.find(key);
      if (here == x.end() || there == y.end() || here->second != there->second) keys.insert(key);
    }
  return {keys.begin(), keys.end()};
}

bool is_at_or_below(std::string_view key, std::string_view path) {
  return key.starts_with(path) && (key.size() == path.size() || key[path.size()] == '.');
}

/// Returns whether the key, somewhere in its path, has this part.
bool has_part(std::string_view key, std::string_view part) {
  for (std::size_t at = key.find(part); at != key.npos; at = key.find(part, at + 1)) {
    const std::size_t end = at + part.size();
    if (at > 0 && key[at - 1] == '.' && (end == key.size() || key[end] == '.')) return true;
  }
  return false;
}

/// Copies the numbers whose index both blocks have.
void copy_common(const NamedBlock& from, const NamedBlock& to, std::size_t width, const Raw& old,
                 Raw& now) {
  const nnrun_block &a = *from.block, &b = *to.block;
  if (a.shape.rank != b.shape.rank) return;
  std::size_t i[NNRUN_MAX_RANK] = {};
  for_each_element(to, [&](std::size_t at, std::size_t) {
    std::size_t there = from.at;
    bool both = true;
    for (std::uint32_t d = 0; d < b.shape.rank; ++d) {
      both = both && i[d] < a.shape.sizes[d];
      there += i[d] * a.strides[d];
    }
    if (both) std::memcpy(now.data() + at * width, old.data() + there * width, width);
    for (std::uint32_t d = b.shape.rank; d-- > 0;) {
      if (++i[d] < b.shape.sizes[d]) break;
      i[d] = 0;
    }
  });
}

/// Carries over a flat vector of parameters, or of what belongs to each of them, or of states.
void carry_flat(const Graph& before, const Graph& after, bool states, std::size_t width,
                const Raw& old, Raw& now) {
  const std::vector<NamedBlock> from = before.saved_blocks();
  for (const NamedBlock& to : after.saved_blocks()) {
    if (to.is_state != states) continue;
    const auto same = std::ranges::find_if(from, [&](const NamedBlock& block) {
      return block.name == to.name && block.is_state == states;
    });
    if (same != from.end()) copy_common(*same, to, width, old, now);
  }
}

/// Returns the value that a schedule watches, of each epoch so far.
Raw watched(const Trainer& before, const Experiment& experiment) {
  const Monitor monitor(experiment.train.schedule.monitor, experiment, before.data());
  std::vector<double> values;
  for (std::size_t i = 0; i < before.history().size(); ++i)
    if (const EpochReport report = before.history()[i]; report.epoch > 0)
      values.push_back(monitor.value_of(report));
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

std::size_t width_of(const Trainer& trainer) {
  return trainer.model()->dtype() == Dtype::float32 ? 4 : 8;
}

}  // namespace

StateCopy::StateCopy(std::span<const StateNumbers> numbers) {
  for (const StateNumbers& entry : numbers)
    entries_.push_back({entry.name, entry.dtype, {entry.bytes.begin(), entry.bytes.end()}});
}
std::vector<StateNumbers> StateCopy::numbers() const {
  std::vector<StateNumbers> numbers;
  for (const Entry& entry : entries_) numbers.push_back({entry.name, entry.dtype, entry.bytes});
  return numbers;
}
Raw* StateCopy::find(std::string_view name) {
  const auto entry = std::ranges::find(entries_, name, &Entry::name);
  return entry == entries_.end() ? nullptr : &entry->bytes;
}
std::string key_that_starts_anew(const Experiment& before, const Experiment& after) {
  constexpr std::array paths{"seed",
                             "random",
                             "dtype",
                             "metrics",
                             "train.measure",
                             "train.early_stopping.monitor",
                             "train.early_stopping.restore_best",
                             "model.weights"};
  for (const std::string& key : differing_keys(before, after)) {
    const auto is_path = [&](const char* path) { return is_at_or_below(key, path); };
    if (std::ranges::any_of(paths, is_path)) return key;
    if (key.starts_with("model.layers") && (has_part(key, "init") || has_part(key, "bias_init")) &&
        before.model.layers.size() == after.model.layers.size())
      return key;
  }
  return {};
}

std::string key_that_waits(const Experiment& before, const Experiment& after) {
  for (const std::string& key : differing_keys(before, after))
    if (is_at_or_below(key, "data") || is_at_or_below(key, "train.shuffle") ||
        key == "train.mean_over")
      return key;
  return {};
}

namespace {

/// Returns whether costs and metrics before cannot be compared with those after.
bool changes_scores(const Experiment& before, const Experiment& after) {
  return std::ranges::any_of(differing_keys(before, after), [](const std::string& key) {
    return is_at_or_below(key, "data") || is_at_or_below(key, "train.cost") ||
           key == "train.mean_over";
  });
}

}  // namespace

StateCopy carried_state(const Trainer& before, const Trainer& after) {
  StateCopy old(before.state().numbers()), state(after.state().numbers());
  const Graph &from = before.model()->graph(), &to = after.model()->graph();
  // what was the best so far is so no longer if it was measured otherwise, or of another size
  const bool keeps_best = from.n_parameters == to.n_parameters && from.n_state == to.n_state &&
                          !changes_scores(before.experiment(), after.experiment());
  for (const StateNumbers& numbers : after.state().numbers()) {
    const Raw* const then = old.find(numbers.name);
    Raw& now = *state.find(numbers.name);
    const std::string_view name = numbers.name;
    if (name == "schedule/history") {
      now = watched(before, after.experiment());
    } else if (then == nullptr) {
      continue;
    } else if (name == "model/state") {
      carry_flat(from, to, true, width_of(after), *then, now);
    } else if (name == "model/parameters" || name == "regularizers" ||
               name.starts_with("optimizer/")) {
      carry_flat(from, to, false, width_of(after), *then, now);
    } else if (name.starts_with("best/") ? keeps_best : now.size() == then->size()) {
      now = *then;
    } else if (name == "history") {
      now = *then;
    }
  }
  return state;
}

}  // namespace nnrun::host
