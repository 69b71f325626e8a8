// One step: the gradient of a batch, then the update, unless a number is not finite.
//
// Whether all numbers are finite is known last in a step, and a small network would wait for it for
// a tenth of its time. So steps can be made unchecked: what they have seen is judged once for all
// of them, and if some number was not finite they are undone and made again, each one checked.
#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "network/padding.hpp"
#include "training/descent.hpp"
#include "training/diagnosis.hpp"
#include "training/sharded_gradient.hpp"
#include "training/way_back.hpp"
namespace nnrun::host {

template <class T>
class Stepper {
 public:
  /// Keeps references to all of them; the parts may be read later. most_rows: of a batch, or of a
  /// shard of one. processes: those that share the shards; nullptr: there is no other.
  Stepper(const Experiment& experiment, ModelOf<T>& model, const Object& cost,
          const DataShape& data, const std::array<Examples<T>, NNRUN_PARTS>& parts,
          std::size_t batch_rows, std::size_t most_rows, Random& random, unsigned threads,
          Processes* processes)
      : experiment_(experiment),
        model_(model),
        parts_(parts),
        gradient_(experiment.train.gradient),
        compute_(gradient_.functions<nnrun_gradient>().compute),
        only_backpropagates_((gradient_.functions<nnrun_gradient>().flags & NNRUN_BACKPROPAGATES) !=
                             0),
        w_(model.parameters()),
        g_(w_.size() +
           (is_sharded(experiment) ? ShardedGradient<T>::room_behind(model.state().size()) : 0)),
        graph_(model.graph()),
        team_(useful_threads(threads, most_rows, model.graph())),
        objective_(model.graph(), cost, most_rows, w_.data(), team_, model.state().data(), &random),
        descent_(model.graph(), experiment, data, batch_rows, w_.data(), g_.data(), &team_),
        way_back_(w_.all(), model.state().all(), descent_) {
    if (is_sharded(experiment))
      sharded_.emplace(graph_, experiment.train.shards.value, objective_, model.state().all(),
                       g_.data(), w_.size(), team_, processes);
  }

  /// Makes a step and returns the batch's cost before the update. Throws TrainingError, with the
  /// parameters unchanged, if the cost or the gradient is not finite. epoch: from 1, for messages.
  double run(const Batch<T>& batch, std::uint64_t epoch) {
    const double cost = compute(batch);
    if (!std::isfinite(cost) || !is_gradient_finite()) [[unlikely]] {
      require_finite_parameters(epoch);
      refuse(epoch, cost, objective_.find_fault(g_.data()));
    }
    update();
    return cost;
  }
  /// The same for a batch of `rows` rows that is cut into shards; see ShardedGradient::compute.
  template <class BatchOf, class Done>
  double run_sharded(std::size_t rows, std::uint64_t epoch, BatchOf batch_of, Done done) {
    const std::uint64_t step = descent_.steps() + 1;
    const double cost = sharded_->compute(rows, step, batch_of, done);
    if (!std::isfinite(cost) || !is_gradient_finite()) [[unlikely]] {
      require_finite_parameters(epoch);
      refuse(epoch, cost, sharded_->find_fault(rows, step, batch_of));
    }
    descent_.step();
    sharded_->observe();
    return cost;
  }
  /// Says whether sums of layers go to other processes before all layers are done.
  void set_early(bool early) { sharded_->set_early(early); }
  bool can_be_early() const { return sharded_ && sharded_->can_be_early(); }
  AddingUp adding_up() const { return sharded_ ? sharded_->adding_up() : AddingUp{}; }
  /// Returns whether steps may be made unchecked.
  bool can_undo() const { return way_back_.is_open(); }
  /// Copies all that steps change, and forgets what it has seen.
  void mark() {
    way_back_.mark();
    std::fill_n(seen_, lanes, T(0));
    seen_costs_ = 0;
  }
  /// Makes a step whatever its numbers are, and remembers whether they were finite.
  double run_unchecked(const Batch<T>& batch) {
    const double cost = compute(batch);
    seen_costs_ += cost * 0;
    for (const LearningStretch& s : descent_.learning()) see(g_.data() + s.from, s.count, seen_);
    update();
    return cost;
  }
  /// Returns whether all costs and gradients since the mark were finite.
  bool has_seen_finite() const { return seen_costs_ == 0 && all_finite(seen_, lanes); }
  /// Undoes the steps since the mark.
  void go_back() {
    way_back_.go_back();
    objective_.forget_batch();
    std::ranges::fill(g_.all(), T(0));  // clipping may have spoiled its padding, too
  }
  /// Returns the outputs of the last batch.
  const T* outputs() const { return objective_.outputs(); }

  /// Returns a batch's gradient by another plugin. No parameter changes.
  GradientSample differentiate(const Use& use, const Batch<T>& batch) {
    using Clock = std::chrono::steady_clock;
    const Object gradient(use);
    GradientSample sample;
    const Clock::time_point start = Clock::now();
    objective_.set_batch(batch, descent_.steps() + 1);
    sample.cost = compute(gradient, gradient.functions<nnrun_gradient>().compute);
    sample.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    for (const NamedBlock& block : graph_.blocks()) {
      std::vector<T> numbers = gathered(block, g_.data());
      if (block.node->frozen) std::ranges::fill(numbers, T(0));  // whatever the plugin wrote there
      sample.blocks.emplace_back(numbers.begin(), numbers.end());
    }
    return sample;
  }

  /// Throws TrainingError if a parameter is not finite. Checked at the end of an epoch, and when a
  /// cost or gradient is not finite, not in every step.
  void require_finite_parameters(std::uint64_t epoch) const {
    if (!all_finite(w_.data(), w_.size())) refuse_update(epoch);
  }

  unsigned threads() const { return team_.size(); }
  Team& team() { return team_; }
  Descent<T>& descent() { return descent_; }
  const Descent<T>& descent() const { return descent_; }

 private:
  /// Writes the batch's gradient to g_ and returns its cost.
  double compute(const Batch<T>& batch) {
    objective_.set_batch(batch, descent_.steps() + 1);
    return only_backpropagates_ ? objective_.backpropagate(g_.data())
                                : compute(gradient_, compute_);
  }
  void update() {
    descent_.step();
    if (graph_.n_state > 0) objective_.observe();
  }
  bool is_gradient_finite() const {
    for (const LearningStretch& s : descent_.learning())
      if (!all_finite(g_.data() + s.from, s.count)) return false;
    return true;
  }
  /// Writes the gradient of the objective's batch to g_ and returns its cost.
  double compute(const Object& gradient, decltype(nnrun_gradient::compute) function) {
    double cost = 0;
    const int status = gradient.status_of("compute", function, objective_.face(), g_.data(), &cost);
    if (status != 0) [[unlikely]] {
      if (const std::exception_ptr failure = objective_.take_failure())
        std::rethrow_exception(failure);
      gradient.fail("compute");
    }
    objective_.clear_fixed(g_.data());
    return cost;
  }
  [[noreturn]] void refuse(std::uint64_t epoch, double cost, Fault fault) {
    if (fault.plugin == nullptr) fault = {&gradient_, "compute"};
    Picture picture;
    objective_.add_to(picture);
    add_vectors_to(picture);
    picture.gradient = picture_of(picture.blocks, g_.data());
    const std::uint64_t step = descent_.steps() + 1;
    throw TrainingError(
        bad_number(fault, cost, epoch, step, diagnosis_of(fault, picture, circumstances(step))));
  }
  [[noreturn]] void refuse_update(std::uint64_t epoch) const {
    const std::vector<const Object*> updaters = descent_.updaters();
    Picture picture;
    add_vectors_to(picture);
    const Circumstances around = circumstances(descent_.steps());
    throw TrainingError(
        bad_update(updaters, epoch, around.step, diagnosis_of_update(updaters, picture, around)));
  }
  void add_vectors_to(Picture& picture) const {
    const Examples<T>& train = parts_[NNRUN_TRAIN];
    each_input(train, [&](std::span<const T> rows) {
      if (const Extreme found = extreme_of<T>(rows, graph_.input_cols);
          found.size > picture.input.size)
        picture.input = found;
    });
    picture.target = extreme_of<T>(train.t.all(), graph_.output().cols);
    picture.blocks = graph_.blocks();
    picture.parameters = picture_of(picture.blocks, w_.data());
  }
  Circumstances circumstances(std::uint64_t step) const {
    return {experiment_, model_.preparation(), model_.names(), step,
            descent_.steps() > 0 ? descent_.learning_rate() : 0};
  }

  const Experiment& experiment_;
  const ModelOf<T>& model_;
  const std::array<Examples<T>, NNRUN_PARTS>& parts_;
  Object gradient_;
  decltype(nnrun_gradient::compute) compute_;
  bool only_backpropagates_;
  const Buffer<T>& w_;
  Buffer<T> g_;
  const Graph& graph_;
  Team team_;
  Objective<T> objective_;
  Descent<T> descent_;
  WayBack<T> way_back_;
  std::optional<ShardedGradient<T>> sharded_;  // only if batches are cut into shards
  alignas(64) T seen_[lanes] = {};
  double seen_costs_ = 0;
};

}  // namespace nnrun::host
