#include "training/edited_trainer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <iterator>

#include "base/text.hpp"
#include "config/compose.hpp"
#include "config/named_files.hpp"
namespace nnrun::host {
namespace {

/// Returns whether some text, as it is read, has a variable of the environment in it.
bool names_environment(const ConfigNode& node) {
  const auto is_entry = [](const ConfigEntry& entry) {
    return entry.key.find("${") != std::string::npos || names_environment(entry.value);
  };
  return node.text.find("${") != std::string::npos ||
         std::ranges::any_of(node.items, names_environment) ||
         std::ranges::any_of(node.entries, is_entry);
}

/// What a change of a run must not name: code, files, and what is not of one run.
void require_changeable(const Override& set) {
  constexpr std::array never{"name", "plugins", "extends", "sweep", "predict"};
  const std::string first = set.path.substr(0, set.path.find('.'));
  if (std::ranges::find(never, first) != never.end())
    throw UsageError(Problem{.what = "'" + first + "' cannot be changed while a run trains",
                             .hint = "end it, and start another with --set " + first + "=..."});
  if ((set.path + ".").starts_with("model.defaults."))
    throw UsageError(
        Problem{.what = "'model.defaults' cannot be changed while a run trains: each layer has its "
                        "own by then",
                .hint = "set model.layers.NAME" + set.path.substr(std::strlen("model.defaults")) +
                        " of each layer instead"});
  Problems problems;
  if (names_environment(compose({set}, problems)))
    throw UsageError(Problem{.what = "a change of '" + set.path + "' cannot read the environment"});
}

/// Throws UsageError unless all files of a config are files of the one before.
void require_known_files(const Experiment& before, const Experiment& after) {
  const std::vector<NamedFile> known = named_files(before);
  for (const NamedFile& file : named_files(after))
    if (std::ranges::find(known, file.path, &NamedFile::path) == known.end())
      throw UsageError(
          Problem{.what = "'" + file.key + "' cannot name another file while a run " + "trains: '" +
                          file.path.string() + "'",
                  .hint = "end it, and start another with --set " + file.key + "=..."});
}

bool has_same_reports(const Trainer& a, const Trainer& b) {
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    if ((a.data().examples[part] > 0) != (b.data().examples[part] > 0)) return false;
  return true;
}

/// Adds settings in place of earlier ones of the same keys.
void add_sets(const std::vector<Override>& set, std::vector<Override>& all) {
  for (const Override& one : set) {
    std::erase_if(all, [&](const Override& before) { return before.path == one.path; });
    all.push_back(one);
  }
}

const NamedBlock& block_named(const std::vector<NamedBlock>& blocks, const WeightEdit& weight) {
  const auto block = std::ranges::find(blocks, weight.block, &NamedBlock::name);
  bool fits = block != blocks.end() && block->block->shape.rank == weight.index.size();
  for (std::size_t d = 0; fits && d < weight.index.size(); ++d)
    fits = weight.index[d] < block->block->shape.sizes[d];
  if (fits) return *block;
  std::string index;
  for (const std::size_t i : weight.index) index += (index.empty() ? "" : ", ") + std::to_string(i);
  throw UsageError(
      Problem{.what = "the network has no parameter '" + weight.block + "' at [" + index + "]",
              .hint = "nnrun summary lists its layers"});
}

}  // namespace

EditedTrainer::EditedTrainer(const Experiment& start, Registry& registry, unsigned threads)
    : EditedTrainer(start, {}, registry, threads) {}

EditedTrainer::EditedTrainer(const Experiment& start, std::vector<Edit> edits, Registry& registry,
                             unsigned threads)
    : registry_(registry),
      threads_(threads),
      start_(resolved_yaml(start)),
      edits_(std::move(edits)),
      text_(start_),
      inner_(Trainer::create(start, threads)) {}

Experiment EditedTrainer::read(const std::string& text, const std::vector<Override>& set) const {
  return read_experiment(std::make_shared<const Source>(Source{"the config of this run", text}),
                         set, registry_);
}

EditedTrainer::Plan EditedTrainer::plan(const std::vector<Override>& set) const {
  std::ranges::for_each(set, require_changeable);
  Plan plan{set, text_, read(text_, {}), read(text_, set)};
  require_known_files(inner_->experiment(), plan.after);
  return plan;
}

/// A change that was to come may have been made since.
EditedTrainer::Plan EditedTrainer::renewed(Plan plan) const {
  return plan.from == text_ ? std::move(plan) : this->plan(plan.set);
}

bool EditedTrainer::change(Plan plan) {
  plan = renewed(std::move(plan));
  if (!make_config(plan)) return false;
  edits_.resize(made_);
  note({.step = steps(), .set = std::move(plan.set)});
  return true;
}

void EditedTrainer::change(const WeightEdit& weight) {
  make_weight(weight);
  edits_.resize(made_);
  const auto is_same = [&](const Edit& edit) {
    return edit.set.empty() && edit.step == steps() && edit.weight.block == weight.block &&
           edit.weight.index == weight.index;
  };
  if (made_ > 0 && is_same(edits_.back()))
    edits_.back().weight = weight;
  else
    note({.step = steps(), .weight = weight});
}

void EditedTrainer::note(Edit edit) {
  edits_.push_back(std::move(edit));
  texts_.resize(made_++);
  texts_.push_back(text_);
}

/// Makes the change that is to come next.
void EditedTrainer::make(const Edit& edit) {
  if (edit.set.empty())
    make_weight(edit.weight);
  else if (!make_config(plan(edit.set)))
    throw UsageError(Problem{.what = "the change of '" + edit.set.front().path + "' after step " +
                                     std::to_string(edit.step) +
                                     " is one that a run cannot go on from"});
  texts_.resize(made_++);
  texts_.push_back(text_);
}

bool EditedTrainer::make_config(const Plan& plan) {
  if (!key_that_starts_anew(plan.before, plan.after).empty()) return false;
  std::unique_ptr<Trainer> next = Trainer::create(plan.after, threads_);
  if (!has_same_reports(*inner_, *next)) return false;
  next->restore(carried_state(*inner_, *next).numbers());
  text_ = resolved_yaml(plan.after);
  replace(std::move(next));
  return true;
}

void EditedTrainer::make_weight(const WeightEdit& weight) {
  if (!std::isfinite(weight.value) ||
      (model()->dtype() == Dtype::float32 && !std::isfinite(static_cast<float>(weight.value))))
    throw UsageError(Problem{.what = "a parameter must be a finite number"});
  const std::vector<NamedBlock> blocks = model()->graph().blocks();
  const NamedBlock& named = block_named(blocks, weight);
  std::size_t at = named.at;
  for (std::size_t d = 0; d < weight.index.size(); ++d)
    at += weight.index[d] * named.block->strides[d];
  StateCopy state(this->state().numbers());
  std::byte* const bytes = state.find("model/parameters")->data();
  if (model()->dtype() == Dtype::float32) {
    const auto value = static_cast<float>(weight.value);
    std::memcpy(bytes + at * sizeof value, &value, sizeof value);
  } else {
    std::memcpy(bytes + at * sizeof weight.value, &weight.value, sizeof weight.value);
  }
  inner_->restore(state.numbers());
}

void EditedTrainer::replace(std::unique_ptr<Trainer> trainer) {
  if (watch_.before) watch_.before();
  inner_ = std::move(trainer);
  if (watch_.after) watch_.after();
}

std::vector<Override> EditedTrainer::sets() const {
  std::vector<Override> all = sets_before_;
  for (std::size_t i = 0; i < made_; ++i) add_sets(edits_[i].set, all);
  return all;
}

void EditedTrainer::start_anew(Plan plan) {
  plan = renewed(std::move(plan));
  std::unique_ptr<Trainer> next = Trainer::create(plan.after, threads_);
  sets_before_ = sets();
  add_sets(plan.set, sets_before_);
  start_ = text_ = resolved_yaml(plan.after);
  edits_.clear();
  texts_.clear();
  made_ = 0;
  replace(std::move(next));
}

void EditedTrainer::go_to(std::uint64_t step, std::span<const StateNumbers> saved) {
  const auto is_later = [&](const Edit& edit) { return edit.step > step; };
  const auto made =
      static_cast<std::size_t>(std::ranges::find_if(edits_, is_later) - edits_.begin());
  const std::string& text = made == 0 ? start_ : texts_[made - 1];
  if (text == text_) {
    inner_->restore(saved);
  } else {
    std::unique_ptr<Trainer> next = Trainer::create(read(text, {}), threads_);
    next->restore(saved);
    text_ = text;
    replace(std::move(next));
  }
  made_ = made;
}

std::uint64_t EditedTrainer::steps_to_next() const {
  if (made_ == edits_.size()) return every_step;
  return edits_[made_].step - std::min(edits_[made_].step, steps());
}

/// Makes the changes that are due at this step. An epoch whose last step was made ends before.
void EditedTrainer::make_due(const Listener& listener, const std::function<bool()>& stop) {
  Listener told = listener;
  told.stop = nullptr;
  while (steps_to_next() == 0 && !(stop && stop())) {
    inner_->advance(told, 0);
    make(edits_[made_]);
  }
}

Outcome EditedTrainer::finish() {
  const bool is_newer =
      made_ > 0 && (history().empty() || edits_[made_ - 1].step >= history().back().step);
  if (is_newer) inner_->measure_anew();
  return inner_->finish();
}

bool EditedTrainer::advance(const Listener& listener, std::uint64_t most_steps) {
  if (steps() == 0 && history().empty()) inner_->advance(listener, 0);  // measures the start
  const std::uint64_t end = steps() + std::min(most_steps, every_step - steps());
  bool stopped = false;
  Listener told = listener;
  told.stop = [&] { return stopped = stopped || (listener.stop && listener.stop()); };
  for (;;) {
    make_due(listener, listener.stop);
    if (steps_to_next() == 0) return false;
    const std::uint64_t before = steps();
    const bool over = inner_->advance(told, std::min(end - before, steps_to_next()));
    const bool is_due = steps_to_next() == 0;
    make_due(listener, stopped ? nullptr : listener.stop);
    if (stopped || steps() >= end) return over && !is_due;
    if (!is_due && (over || steps() == before)) return over;
  }
}

}  // namespace nnrun::host
