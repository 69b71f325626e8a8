#include "training/descent.hpp"

#include <algorithm>
#include <cmath>
namespace nnrun::host {
namespace {

/// Returns where the elements of a block begin and end in the flat vector, in whole lanes. A block
/// follows the one before it, so the rest of the last lane is padding.
std::pair<std::size_t, std::size_t> extent(const NamedBlock& named) {
  const nnrun_block& block = *named.block;
  std::size_t last = 0;
  for (std::uint32_t d = 0; d < block.shape.rank; ++d)
    last += (block.shape.sizes[d] - 1) * block.strides[d];
  return {named.at, padded(last + 1)};
}

std::vector<RegularizedRange> regularized_ranges(const Graph& graph, const Experiment& experiment,
                                                 int dtype) {
  std::vector<RegularizedRange> ranges;
  for (const NamedBlock& block : graph.blocks()) {
    const auto spec =
        std::ranges::find(experiment.model.layers, block.node->name, &LayerSpec::name);
    const Use& use = block.block->role == NNRUN_WEIGHTS ? spec->regularizer
                     : block.block->role == NNRUN_BIAS  ? spec->bias_regularizer
                                                        : Use{};
    if (!use || block.node->frozen) continue;
    const auto [from, count] = extent(block);
    Object regularizer(use);
    const auto* const functions = &regularizer.functions<nnrun_regularizer>().by_dtype[dtype];
    ranges.push_back({std::move(regularizer), functions, from, count, block.node->rate_factor});
  }
  return ranges;
}

}  // namespace

template <class T>
Descent<T>::Descent(const Graph& graph, const Experiment& experiment, const DataShape& data,
                    std::size_t batch_rows, T* w, T* g, Team* team)
    : team_(team),
      optimizer_(experiment.train.optimizer.use),
      apply_(optimizer_.functions<nnrun_optimizer>().update[dtype_of<T>]),
      base_rate_(experiment.train.optimizer.learning_rate),
      clip_value_(experiment.train.clip_value),
      clip_norm_(experiment.train.clip_norm),
      warmup_(experiment.train.schedule.warmup),
      steps_per_epoch_((data.examples[NNRUN_TRAIN] + batch_rows - 1) / batch_rows),
      w_(w),
      g_(g),
      regularized_(regularized_ranges(graph, experiment, dtype_of<T>)) {
  planned_steps_ = steps_per_epoch_ * experiment.train.epochs;
  if (experiment.train.steps > 0 &&
      (!experiment.train.epochs_given || experiment.train.steps < planned_steps_))
    planned_steps_ = experiment.train.steps;
  if (experiment.train.schedule.use) {
    schedule_ = Object(experiment.train.schedule.use);
    monitor_.emplace(experiment.train.schedule.monitor, experiment, data);
  }
  const auto& functions = optimizer_.functions<nnrun_optimizer>();
  for (std::uint32_t i = 0; i < functions.n_slots; ++i) {
    slots_.emplace_back(graph.n_parameters);
    slot_pointers_.push_back(slots_.back().data());
  }
  if (!regularized_.empty()) regularizer_state_ = Buffer<T>(graph.n_parameters);
  update_ = {sizeof update_,        functions.n_slots,  w_, g_,
             slot_pointers_.data(), graph.n_parameters, 0,  base_rate_};
  learning_ = graph.learning_stretches();
  // below, waiting for other threads takes longer than what they save
  constexpr std::size_t worth_sharing = 1 << 15;
  if (graph.n_parameters < worth_sharing || is_whole_only() || (team_ && team_->size() == 1))
    team_ = nullptr;
  is_split_ = graph.n_parameters > 0 &&
              (team_ != nullptr || learning_.size() != 1 ||
               learning_.front().count != graph.n_parameters || learning_.front().rate_factor != 1);
  if (is_split_) split(experiment);
  is_plain_ =
      regularized_.empty() && clip_value_ == 0 && clip_norm_ == 0 && !schedule_ && !is_split_;
}

template <class T>
bool Descent<T>::is_whole_only() const {
  return (optimizer_.functions<nnrun_optimizer>().flags & NNRUN_WHOLE_VECTOR) != 0;
}

/// Prepares a call of the optimizer for each stretch, or for each thread's part of it.
template <class T>
void Descent<T>::split(const Experiment& experiment) {
  if (is_whole_only() && learning_.size() > 1)
    throw ConfigError(Problem{
        .what = "optimizer '" + optimizer_.plugin().name +
                "' looks at all parameters at once, so they must learn at one rate, without "
                "frozen layers between them",
        .place = experiment.train.optimizer.use.place,
        .hint = "freeze the first layers only, without learning_rate_factor, or take another "
                "optimizer, such as adam"});
  for (const LearningStretch& stretch : learning_) {
    const std::size_t threads = team_ ? team_->size() : 1,
                      each = padded((stretch.count + threads - 1) / threads);
    for (std::size_t from = 0; from < stretch.count; from += each)
      add_part(stretch.from + from, std::min(each, stretch.count - from), stretch.rate_factor);
  }
  for (Part& part : parts_) part.update.slots = part.slots.data();
}

template <class T>
void Descent<T>::add_part(std::size_t from, std::size_t count, double rate_factor) {
  Part& part = parts_.emplace_back(Part{rate_factor, {}, update_});
  for (const Buffer<T>& slot : slots_) part.slots.push_back(slot.data() + from);
  part.update.w = w_ + from;
  part.update.g = g_ + from;
  part.update.n = count;
}

template <class T>
void Descent<T>::update_parts() {
  for (Part& part : parts_) {
    part.update.step = update_.step;
    part.update.rate = update_.rate * part.rate_factor;
  }
  const auto update = [this](std::size_t i, unsigned) {
    optimizer_.call("update", apply_, &parts_[i].update);
  };
  if (team_) return team_->share(parts_.size(), update);
  for (std::size_t i = 0; i < parts_.size(); ++i) update(i, 0);
}

template <class T>
void Descent<T>::step() {
  if (!is_plain_) return step_with_options();
  ++update_.step;
  optimizer_.call("update", apply_, &update_);
}

template <class T>
void Descent<T>::step_with_options() {
  for (const RegularizedRange& r : regularized_)
    r.regularizer.call("add", r.functions->add, w_ + r.from, g_ + r.from,
                       regularizer_state_.data() + r.from, r.count);
  if (clip_value_ > 0 || clip_norm_ > 0) clip();  // penalties are part of what is clipped
  if (schedule_) update_.rate = base_rate_ * factor();
  ++update_.step;
  if (is_split_) [[unlikely]]
    update_parts();
  else
    optimizer_.call("update", apply_, &update_);
  for (const RegularizedRange& r : regularized_)
    if (r.functions->after)
      r.regularizer.call("after", r.functions->after, w_ + r.from,
                         regularizer_state_.data() + r.from, update_.rate * r.rate_factor, r.count);
}

template <class T>
std::vector<const Object*> Descent<T>::updaters() const {
  std::vector<const Object*> all{&optimizer_};
  for (const RegularizedRange& r : regularized_) all.push_back(&r.regularizer);
  return all;
}

template <class T>
void Descent<T>::observe(const EpochReport& report) {
  if (monitor_) history_.push_back(monitor_->value_of(report));
}

template <class T>
void Descent<T>::add_to(RunState& state) {
  state.add("step", update_.step);
  const char* const* const names = optimizer_.functions<nnrun_optimizer>().slot_names;
  for (std::size_t i = 0; i < slots_.size(); ++i)
    state.add(std::string("optimizer/") + names[i], slots_[i].all());
  if (!regularized_.empty()) state.add("regularizers", regularizer_state_.all());
  if (monitor_) state.add("schedule/history", history_);
}

template <class T>
std::string Descent<T>::fault(std::uint64_t epochs) const {
  const bool fits = !monitor_ || history_.size() == epochs;
  return fits ? "" : "'schedule/history' does not have a number for each epoch";
}

/// Rises linearly from 1 / warmup to 1, then follows the schedule over the rest of the run.
template <class T>
double Descent<T>::factor() const {
  if (update_.step < warmup_)
    return static_cast<double>(update_.step + 1) / static_cast<double>(warmup_);
  const nnrun_moment moment{
      sizeof moment,
      monitor_->higher_is_better(),
      update_.step - warmup_,
      std::max<std::uint64_t>(1, planned_steps_ - std::min(warmup_, planned_steps_)),
      steps_per_epoch_,
      history_.data(),
      history_.size()};
  double factor = 1;
  schedule_.call("factor", schedule_.functions<nnrun_schedule>().factor, &moment, &factor);
  if (!(factor >= 0) || !std::isfinite(factor)) {
    throw PluginError(Problem{.what = "schedule '" + schedule_.plugin().name +
                                      "' gave the factor " + std::to_string(factor) + " in step " +
                                      std::to_string(update_.step + 1),
                              .where = schedule_.plugin().library->file.string()});
  }
  return factor;
}

/// Clips each number, then the length of the whole gradient (Pascanu et al. 2013, algorithm 1).
/// What is frozen counts in neither.
template <class T>
void Descent<T>::clip() {
  const auto each = [&](auto f) {
    for (const LearningStretch& s : learning_)
      for (std::size_t i = s.from; i < s.from + s.count; ++i) f(g_[i]);
  };
  if (clip_value_ > 0) {
    const T limit = static_cast<T>(clip_value_);
    each([&](T& g) { g = std::clamp(g, -limit, limit); });
  }
  if (clip_norm_ == 0) return;
  double sums[NNRUN_LANES] = {};
  for (const LearningStretch& s : learning_)
    for (std::size_t i = s.from; i < s.from + s.count; i += NNRUN_LANES)
      for (std::size_t j = 0; j < NNRUN_LANES; ++j)
        sums[j] += static_cast<double>(g_[i + j]) * static_cast<double>(g_[i + j]);
  double square = 0;
  for (const double sum : sums) square += sum;
  const double norm = std::sqrt(square);
  if (norm <= clip_norm_) return;
  const T scale = static_cast<T>(clip_norm_ / norm);
  each([&](T& g) { g *= scale; });
}

template class Descent<float>;
template class Descent<double>;

}  // namespace nnrun::host
