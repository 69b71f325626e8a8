#include "training/trainer.hpp"

#include <algorithm>
#include <chrono>

#include "base/doing.hpp"
#include "network/joined_cost.hpp"
#include "network/memory_needs.hpp"
#include "network/model_preparation.hpp"
#include "training/batches.hpp"
#include "training/class_weights.hpp"
#include "training/history.hpp"
#include "training/meaning.hpp"
#include "training/open_sizes.hpp"
#include "training/position.hpp"
#include "training/reports.hpp"
#include "training/rows_of_config.hpp"
#include "training/sharing.hpp"
#include "training/step_needs.hpp"
#include "training/stepper.hpp"
#include "training/stopping.hpp"
namespace nnrun::host {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<Object> create_all(const std::vector<Use>& uses) {
  std::vector<Object> objects;
  for (const Use& use : uses) objects.emplace_back(use);
  return objects;
}

/// Creates the model for this data. Checks all sizes of the run before anything large is allocated.
template <class T>
std::shared_ptr<ModelOf<T>> model_for(const Experiment& experiment, Graph graph, DataSource& data,
                                      unsigned threads, std::uint32_t processes_here) {
  data.fit_to(graph, experiment.train.cost);
  Preparation preparation = preparation_at_start(experiment, graph, data.preparation(experiment),
                                                 size_of(data.shape().target), data.shape().names);
  data.require_fit(graph, preparation, experiment);
  const auto& optimizer = functions_of<nnrun_optimizer>(*experiment.train.optimizer.use.plugin);
  const std::size_t rows =
      std::min(experiment.train.batch_size, data.shape().examples[NNRUN_TRAIN]);
  std::vector<Need> needs = needs_of_training(graph, experiment, rows, optimizer.n_slots, threads);
  const std::size_t output_rows =
      std::min(Model::most_rows, std::ranges::max(data.shape().examples));
  std::ranges::move(needs_of_outputs(graph, experiment.dtype, output_rows),
                    std::back_inserter(needs));
  std::ranges::move(needs_of_run(graph, experiment, rows, optimizer.n_slots, threads, output_rows),
                    std::back_inserter(needs));
  const nnrun_shape shape = data.shape_of_prepared(preparation, graph.input);
  std::ranges::move(needs_of(plan_augmentations(experiment.data.augment, shape,
                                                experiment.data.windows.has_value()),
                             rows, graph.input_cols, experiment.dtype),
                    std::back_inserter(needs));
  data.require_room(std::move(needs), preparation, experiment, true, processes_here);
  return std::make_shared<ModelOf<T>>(std::move(graph), std::move(preparation), data.shape().names);
}

/// Throws ConfigError at the cost's place if the cost refuses this number of outputs.
template <class T>
void require_fit(const Object& cost, std::size_t outputs) {
  const Buffer<T> y(outputs), t(outputs), per_row(1);
  const auto value = cost.functions<nnrun_cost>().by_dtype[dtype_of<T>].value;
  if (cost.status_of("value", value, y.data(), t.data(), outputs, per_row.data(), 1, outputs) == 0)
    return;
  Problem said = take_plugin_error();
  said.what = "cost '" + cost.plugin().name +
              "': " + (said.what.empty() ? "refused these outputs without a reason" : said.what);
  said.place = cost.place();
  throw ConfigError(std::move(said));
}

/// A few lines long for a class: it is the loop, with the list of all that the loop moves.
template <class T>
class TrainerOf final : public Trainer {
 public:
  TrainerOf(Experiment experiment, Graph graph, DataSource data, unsigned threads,
            Processes* processes)
      : experiment_(std::move(experiment)),
        processes_(processes),
        random_(experiment_.random, experiment_.seed),
        cost_(cost_of(experiment_.train.cost, graph)),
        metrics_(create_all(experiment_.metrics)),
        source_(std::move(data)),
        model_(model_for<T>(experiment_, std::move(graph), source_, threads,
                            processes ? processes->count_here() : 1)),
        batch_rows_(std::min(experiment_.train.batch_size, source_.shape().examples[NNRUN_TRAIN])),
        own_rows_(rows_of_this_process(experiment_, batch_rows_, processes)),
        shard_rows_(ShardCut(batch_rows_, experiment_.train.shards.value).most_rows()),
        stepper_(experiment_, *model_, cost_, source_.shape(), parts_, batch_rows_, shard_rows_,
                 random_, threads, processes),
        augmenter_(augmenter()),
        reports_(*model_, cost_, metrics_, parts_),
        limits_(experiment_) {
    if (experiment_.train.early_stopping) patience_.emplace(experiment_, source_.shape());
    require_monitor(experiment_.train.checkpoint.best);
    require_fit<T>(cost_, model_->graph().answer_cols);
    require_order(model_->graph().output(), source_.shape().names);
    model_->draw(random_);
    model_->load_start(experiment_);
    parts_ = source_.template read<T>(random_, model_->preparation());
    require_predictable();
    target_range_ = target_range_of(train_part(), model_->graph().output().cols);
    model_->set_targets(targets_of(parts_, source_.shape(), model_->graph().output().plan.out,
                                   experiment_.train.cost, model_->preparation().scales_targets()));
    weigh_classes();
    prepare(metrics_,
            meaning_of(experiment_.train.cost, model_->graph().output(), model_->targets()));
    require_own_draws();
    batches_.emplace(train_part(), own_rows_, model_->graph().input_cols,
                     model_->graph().output().cols, experiment_.train.shuffle, !metrics_.empty(),
                     augmenter_, block_order(), &stepper_.team());
    history_ = History(shape_of_reports());
    drawn_before_ = random_.position();
    list_state();
  }

  const Experiment& experiment() const override { return experiment_; }
  std::shared_ptr<Model> model() const override { return model_; }
  const DataShape& data() const override { return source_.shape(); }
  unsigned threads() const override { return stepper_.threads(); }
  unsigned processes() const override { return is_shared() ? processes_->count() : 1; }
  AddingUp adding_up() const override {
    AddingUp all = stepper_.adding_up();
    all.training = shared_seconds_;
    return all;
  }
  bool has_chosen_when() const override { return !stepper_.can_be_early() || early_.is_made(); }
  std::uint64_t steps() const override { return descent().steps(); }
  std::uint64_t steps_per_epoch() const override { return descent().steps_per_epoch(); }
  WithinEpoch within_epoch() const override {
    const std::uint64_t left = train_part().count - position_.seen;
    return {position_.seen, (left + batch_rows_ - 1) / batch_rows_};
  }
  bool would_leave_examples_out() const override {
    return position_.seen == 0 && position_.last_is_whole == 0 && !is_ended_by_limit() &&
           !is_out_of_patience();
  }
  const History& history() const override { return history_; }
  const RunState& state() const override { return state_; }

  bool advance(const Listener& listener, std::uint64_t most_steps) override {
    const Doing here("training");
    if (experiment_.train.measure_after && history_.empty()) report(0, listener);
    while (!is_over()) {
      if (!advance_epoch(listener, most_steps)) {
        stepper_.require_finite_parameters(position_.epochs + 1);
        return false;
      }
      end_epoch(listener);
      if (listener.stop && !is_over() && listener.stop()) return false;
    }
    return true;
  }

  void restore(std::span<const StateNumbers> saved) override {
    state_.restore(saved);
    reports_.forget_outputs();
    require_possible();
    random_.set_position(random_.position());
  }

  void set_learning_rate(double rate) override { stepper_.descent().set_learning_rate(rate); }

  void measure_anew() override { was_changed_ = true; }

  Outcome finish() override {
    if (is_shared() && processes_->leads() && !is_over()) processes_->next_steps({0, false});
    Outcome outcome;
    outcome.interrupted = !is_over();
    outcome.stopped_early = is_out_of_patience() && position_.epochs < descent().planned_epochs();
    if (patience_) outcome.best_epoch = patience_->best_epoch();
    outcome.result = final_report(outcome.train_is_final);
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
      outcome.naive[part] = reports_.of_last(part);
    outcome.epochs = std::move(history_);
    outcome.steps = descent().steps();
    outcome.examples = position_.examples + position_.seen;
    outcome.seconds = position_.seconds + position_.epoch_seconds;
    return outcome;
  }

  GradientSample differentiate(const Use& gradient) override {
    return stepper_.differentiate(gradient,
                                  rows_of(train_part(), 0, shard_rows_, model_->graph().input_cols,
                                          model_->graph().output().cols));
  }

  const std::vector<std::pair<double, double>>& input_ranges() const override {
    if (!input_ranges_) input_ranges_ = ranges_of_inputs();
    return *input_ranges_;
  }

  std::pair<double, double> target_range() const override { return target_range_; }

  double cost_of_means() const override { return reports_.cost_of_means(); }

  std::vector<std::size_t> answered_classes() override {
    const std::uint32_t kind = model_->targets().kind;
    const Node& output = model_->graph().output();
    if (kind != (output.cols == 1 ? NNRUN_LABELS : NNRUN_ONE_HOT)) return {};
    return reports_.answered(
        meaning_of(experiment_.train.cost, output, model_->targets()).output_border);
  }

  TargetSummary targets() const override {
    if (!targets_) targets_ = summary_of(parts_, source_.shape(), model_->preparation());
    return *targets_;
  }

  WrongAnswers wrong_answers(std::size_t part, std::size_t most) override {
    return wrong_answers_of(*model_, parts_[part], most, reports_.known_outputs(part));
  }
  std::vector<LayerAnswer> layer_answers(std::size_t part,
                                         const std::vector<std::size_t>& nodes) override {
    return layer_answers_of(*model_, parts_[part], nodes);
  }
  LayerOutputs layer_outputs(std::size_t part, std::size_t node, std::size_t most) override {
    return layer_outputs_of(*model_, parts_[part], node, most);
  }

  ShownExamples shown_examples(std::size_t part, std::size_t most) const override {
    return shown_examples_of(parts_[part], model_->graph().input_cols,
                             model_->graph().output().cols, most);
  }
  AnsweredExamples answered_examples(std::size_t part, std::size_t most) override {
    return answered_examples_of(*model_, parts_[part], most);
  }
  std::vector<std::string> weight_words() const override {
    return words_of_weights(class_weights_, parts_, source_.shape(), experiment_);
  }

  std::string data_sha256() const override { return hash_of(parts_); }

 private:
  std::vector<std::pair<double, double>> ranges_of_inputs() const {
    if (model_->preparation().changes()) return source_.input_ranges();
    auto ranges = train_part().stored
                      ? source_.input_ranges()
                      : column_ranges<T>(train_part().x.all(), model_->graph().input_cols);
    for (auto& [low, high] : ranges) {
      low *= model_->preparation().divide_by();
      high *= model_->preparation().divide_by();
    }
    return ranges;
  }

  Augmenter<T> augmenter() {
    const Graph& graph = model_->graph();
    const nnrun_shape shape = source_.shape_of_prepared(model_->preparation(), graph.input);
    return {
        plan_augmentations(experiment_.data.augment, shape, experiment_.data.windows.has_value()),
        shape, graph.input_cols, own_rows_, random_};
  }
  bool is_shared() const { return processes_ != nullptr && processes_->count() > 1; }
  /// Throws ConfigError if several processes would have to draw from one sequence of numbers.
  void require_own_draws() const {
    const auto draws = [](const Node& node) { return node.plan.noise_per_row > 0; };
    if (is_shared() && random_.is_sequential() &&
        (!augmenter_.is_empty() || std::ranges::any_of(model_->graph().nodes, draws)))
      throw ConfigError(
          Problem{.what = "several processes cannot draw the noise of their examples from '" +
                          random_.object().plugin().name + "', which is one sequence of numbers",
                  .place = random_.object().place(),
                  .hint = "write random: philox"});
  }
  std::optional<BlockOrder> block_order() {
    const BlockShuffle& how = experiment_.train.shuffle_blocks;
    if (!experiment_.train.shuffle || !how.is_given()) return std::nullopt;
    return std::optional<BlockOrder>(std::in_place, train_part().count, how, random_);
  }
  /// Gives the cost the numbers of what classes count, which may follow from the training part.
  void weigh_classes() {
    Targets targets = model_->targets();
    class_weights_ = class_weights_of(experiment_.train.cost, source_.shape().names, targets,
                                      train_part(), model_->graph());
    targets.class_weights = class_weights_.found;
    model_->set_targets(targets);
    if (!class_weights_.given) {
      cost_ = cost_of(class_weights_.cost, model_->graph());
      require_fit<T>(cost_, model_->graph().answer_cols);
    }
    set_divisors(parts_, class_weights_, divides_by_weights(experiment_),
                 model_->graph().output().cols);
  }
  void list_state() {
    position_.add_to(state_, batches_->has_divisors());
    state_.add("random/position", random_.position());
    state_.add("model/parameters", model_->parameters().all());
    if (model_->state().size() > 0) state_.add("model/state", model_->state().all());
    stepper_.descent().add_to(state_);
    if (patience_) patience_->add_to(state_);
    batches_->add_to(state_);
    history_.add_to(state_);
  }

  /// Throws DataError for a row of `predict` that overflows: here, not when the run is over.
  void require_predictable() const {
    const Preparation& preparation = model_->preparation();
    std::vector<double> prepared(preparation.outputs());
    std::vector<T> rounded(preparation.outputs());
    for (const PredictRow& row : experiment_.predict) {
      preparation.apply(row.numbers.data(), prepared.data());
      preparation.round(prepared.data(), prepared.size(), rounded.data());
    }
  }
  const Examples<T>& train_part() const { return parts_[NNRUN_TRAIN]; }
  const Descent<T>& descent() const { return stepper_.descent(); }

  ReportShape shape_of_reports() const {
    const auto& examples = source_.shape().examples;
    return {metrics_.size(), examples[NNRUN_VALIDATION] > 0, examples[NNRUN_TEST] > 0,
            descent().planned_epochs()};
  }
  void require_monitor(const Placed<std::string>& column) const {
    if (!column.value.empty()) Monitor(column, experiment_, source_.shape());
  }

  /// Throws RecordError if the restored numbers cannot be those of this run.
  void require_possible() {
    const std::size_t count = train_part().count, first = experiment_.train.measure_after ? 0 : 1;
    const std::uint64_t epochs = position_.epochs;
    // each fault is looked for only if those before were not found
    std::string fault = history_.fault(history_.empty() ? 1 : first, epochs);
    if (fault.empty()) fault = position_.fault(count, history_);
    if (fault.empty()) fault = batches_->fault();
    // one or more examples a step: a batch may have had another size earlier in the epoch
    if (fault.empty() &&
        (steps_of_epoch() > position_.seen || (steps_of_epoch() == 0) != (position_.seen == 0)))
      fault = "'step' does not agree with 'history' and 'epoch/seen'";
    if (fault.empty()) fault = descent().fault(epochs);
    if (fault.empty() && patience_)
      fault = patience_->fault(epochs, model_->parameters().size() + model_->state().size());
    if (fault.empty() && !all_finite(model_->parameters().data(), model_->parameters().size()))
      fault = "'model/parameters' is not finite";
    if (fault.empty() && random_.is_sequential() && !is_plausible(random_.position()))
      fault = "'random/position' is out of bounds";
    if (!fault.empty())
      throw RecordError(Problem{.what = "the saved state does not fit this run: " + fault});
  }
  /// Returns whether a sequential generator can have drawn so many numbers: it is to draw as many
  /// again, which must end. The bound is far above what any gradient draws in a step.
  bool is_plausible(std::uint64_t position) const {
    const double in_a_step = 65536. * static_cast<double>(model_->parameters().size() + 1);
    const double most =
        static_cast<double>(position_.epochs + 1) * static_cast<double>(train_part().count) +
        static_cast<double>(descent().steps() + 1) * in_a_step;
    return position >= drawn_before_ && static_cast<double>(position - drawn_before_) <= most;
  }

  bool is_out_of_patience() const { return patience_ && patience_->is_out(position_.epochs); }
  bool is_ended_by_limit() const { return position_.seen == 0 && limits_.reached(spent()); }
  bool is_over() const {
    return is_out_of_patience() || position_.epochs >= descent().planned_epochs() ||
           is_ended_by_limit();
  }
  Spent spent() const {
    return {descent().steps(), position_.examples + position_.seen,
            position_.seconds + position_.epoch_seconds};
  }
  /// Returns the steps of the present epoch so far.
  std::uint64_t steps_of_epoch() const {
    return descent().steps() - (history_.empty() ? 0 : history_.back().step);
  }
  bool restores_best() const { return patience_ && patience_->keeps(); }

  /// Continues the present epoch. Returns whether it is over: all examples were seen, or a limit is
  /// reached.
  bool advance_epoch(const Listener& listener, std::uint64_t& most_steps) {
    const std::uint64_t epoch = position_.epochs + 1;
    const std::size_t count =
        limits_.allowed(train_part().count, position_.seen, batch_rows_, spent());
    // as many steps at a time as take some 20 ms: the clock is not read in between
    std::uint64_t chunk = 1;
    while (position_.seen < count && !limits_.reached(spent())) {
      if (most_steps == 0) return false;
      if (position_.seen == 0) batches_->begin_epoch(random_, epoch);
      std::uint64_t steps = std::min(chunk, most_steps);
      if (is_shared()) [[unlikely]] {
        const Processes::NextSteps next =
            processes_->next_steps({steps, stepper_.can_be_early() && early_.next()});
        if (next.count == 0) return false;
        steps = next.count;
        stepper_.set_early(next.early);
      }
      const Clock::time_point start = Clock::now();
      const std::size_t before = position_.seen;
      const std::uint64_t made = run_steps(epoch, count, steps);
      most_steps -= made;
      double took = seconds_since(start);
      if (is_shared()) [[unlikely]] {
        shared_seconds_ += took;
        early_.take(took / static_cast<double>(made));
        if (batches_->keeps_outputs())
          share_outputs(*processes_, experiment_, *batches_,
                        {before, position_.seen, batch_rows_, epoch},
                        model_->graph().output().cols);
        took = processes_->after_steps(took);
        stepper_.require_finite_parameters(epoch);  // in every process, as rank 0 may stop here
      }
      position_.epoch_seconds += took;
      if (listener.progress)
        listener.progress({epoch, descent().planned_epochs(), position_.seen, count,
                           position_.epoch_seconds, mean_cost_of_epoch()});
      if (listener.stop && listener.stop()) return false;
      if (took < 0.01) chunk *= 2;
      if (took > 0.04) chunk = std::max<std::uint64_t>(1, chunk / 2);
    }
    return true;
  }

  void end_epoch(const Listener& listener) {
    stepper_.require_finite_parameters(position_.epochs + 1);
    const double cost = mean_cost_of_epoch();
    position_.last_is_whole = position_.seen == train_part().count;
    position_.epochs += 1;
    position_.examples += std::exchange(position_.seen, 0);
    position_.seconds += std::exchange(position_.epoch_seconds, 0);
    position_.epoch_cost = position_.epoch_divisor = 0;
    const EpochReport last = report(cost, listener);
    stepper_.descent().observe(last);
    if (patience_) patience_->observe(last, model_->parameters().all(), model_->state().all());
  }

  /// Appends a report of this moment. cost: of the training part, as it was measured.
  EpochReport report(double cost, const Listener& listener) {
    EpochReport r = unmeasured_report();
    if (experiment_.train.measure_after)
      r.train = reports_.train();
    else
      r.train = {cost, reports_.train_metrics(whole_outputs())};
    reports_.add_others(r);
    history_.append(r);
    if (listener.epoch) listener.epoch(r);
    return r;
  }
  EpochReport unmeasured_report() const {
    const Spent spent = this->spent();
    EpochReport r;
    r.epoch = position_.epochs;
    r.epochs = descent().planned_epochs();
    r.step = spent.steps;
    r.examples = spent.examples;
    r.seconds = spent.seconds;
    return r;
  }

  /// Restores the best epoch's numbers if they are to be. Returns the report of the parameters that
  /// then are the model's, with tables. train_is_final: as in Outcome.
  std::optional<EpochReport> final_report(bool& train_is_final) {
    const bool best = restores_best();
    train_is_final = experiment_.train.measure_after;
    if (!best && (!is_over() || was_changed_)) {  // the parameters have moved since the last report
      train_is_final = true;
      EpochReport r = unmeasured_report();
      reports_.measure(r);
      return r;
    }
    if (!best && history_.empty()) return {};
    EpochReport r = best ? history_.of_epoch(patience_->best_epoch()) : history_.back();
    if (best) {
      patience_->restore(model_->parameters().all(), model_->state().all());
      reports_.forget_outputs();
      // its report was made while parameters changed, far from those that are back, perhaps
      if (r.epoch < position_.epochs && !std::exchange(train_is_final, true))
        r.train = reports_.train();
    }
    const bool anew = experiment_.train.measure_after || best;
    reports_.add_details(r, anew ? nullptr : whole_outputs());
    return r;
  }
  /// Returns that of the examples seen so far.
  double mean_cost_of_epoch() const {
    if (!batches_->has_divisors())
      return position_.epoch_cost / static_cast<double>(position_.seen);
    return position_.epoch_divisor > 0 ? position_.epoch_cost / position_.epoch_divisor : 0;
  }
  /// Returns nullptr if the last epoch ended before it had seen every example.
  const T* whole_outputs() const { return position_.last_is_whole ? batches_->outputs() : nullptr; }

  /// Makes up to `most` steps of the present epoch, and returns how many.
  std::uint64_t run_steps(std::uint64_t epoch, std::size_t count, std::uint64_t most) {
    const std::uint64_t before = descent().steps();
    reports_.forget_outputs();
    if (is_sharded(experiment_))
      for (std::uint64_t i = 0; i < most && position_.seen < count; ++i)
        run_sharded_step(epoch, count);
    else if (!run_unchecked(count, most))
      for (std::uint64_t i = 0; i < most && position_.seen < count; ++i)
        run_step(count, [&](const Batch<T>& batch) { return stepper_.run(batch, epoch); });
    return descent().steps() - before;
  }
  /// Makes the same steps without looking at each one's numbers. Returns false, with everything as
  /// it was before, if a number was not finite or a plugin threw, perhaps because of one.
  bool run_unchecked(std::size_t count, std::uint64_t most) {
    if (most == 1 || !stepper_.can_undo()) return false;
    const Position start = position_;
    const std::uint64_t drawn = random_.position();
    stepper_.mark();
    try {
      for (std::uint64_t i = 0; i < most && position_.seen < count; ++i)
        run_step(count, [&](const Batch<T>& batch) { return stepper_.run_unchecked(batch); });
      if (stepper_.has_seen_finite()) return true;
    } catch (...) {  // it is thrown again by the step that is to blame
    }
    stepper_.go_back();
    position_ = start;
    if (random_.position() != drawn) random_.set_position(drawn);
    return false;
  }
  void run_sharded_step(std::uint64_t epoch, std::size_t count) {
    const std::size_t from = position_.seen, rows = std::min(batch_rows_, count - from);
    const double divisor = batches_->divisor_of(from, rows, epoch);
    const auto batch_of = [&](const ShardRows& shard) {
      Batch<T> batch = batches_->at(from + shard.from, shard.count, epoch);
      batch.divisor = divisor;
      batch.first = shard.from;
      return batch;
    };
    const auto keep = [&](const ShardRows& shard, const T* y) {
      if (batches_->keeps_outputs()) batches_->keep_outputs(y, from + shard.from, shard.count);
    };
    const double cost = stepper_.run_sharded(rows, epoch, batch_of, keep);
    position_.epoch_cost += cost * divisor;
    if (batches_->has_divisors()) position_.epoch_divisor += divisor;
    position_.seen += rows;
  }
  template <class F>
  void run_step(std::size_t count, F step) {
    const std::size_t from = position_.seen, rows = std::min(batch_rows_, count - from);
    const Batch<T> batch = batches_->at(from, rows, position_.epochs + 1);
    const double cost = step(batch);
    position_.epoch_cost += cost * batch.divisor;
    if (batches_->has_divisors()) position_.epoch_divisor += batch.divisor;
    if (batches_->keeps_outputs()) batches_->keep_outputs(stepper_.outputs(), from, rows);
    position_.seen += rows;
  }

  const Experiment experiment_;
  Processes* const processes_;  // nullptr: this one is alone
  Random random_;
  Object cost_;
  std::vector<Object> metrics_;
  DataSource source_;
  std::shared_ptr<ModelOf<T>> model_;
  // of a batch; the most of one that this process has; that one shard has
  std::size_t batch_rows_, own_rows_, shard_rows_;
  Stepper<T> stepper_;
  Augmenter<T> augmenter_;
  Reports<T> reports_;
  const Limits limits_;
  std::optional<Patience<T>> patience_;  // only with early stopping
  std::array<Examples<T>, NNRUN_PARTS> parts_;
  std::pair<double, double> target_range_;        // of the training part
  mutable std::optional<TargetSummary> targets_;  // once it was asked for
  mutable std::optional<std::vector<std::pair<double, double>>> input_ranges_;  // likewise
  ClassWeights class_weights_;
  std::optional<Batches<T>> batches_;  // of the training part, once it was read
  EarlyChoice early_;
  double shared_seconds_ = 0;  // of steps, since this trainer was created
  Position position_;
  bool was_changed_ = false;  // by something else than steps, since the last report
  History history_;
  std::uint64_t drawn_before_ = 0;  // random numbers, before the first step
  RunState state_;
};

}  // namespace

std::unique_ptr<Trainer> Trainer::create(const Experiment& experiment, unsigned threads,
                                         Processes* processes, const ReadingListener& reading) {
  const Doing here("preparing to train");
  Experiment own = experiment;
  std::optional<DataSource> data;
  if (leaves_sizes_open(own)) set_sizes(own, data.emplace(own));
  Graph graph = build_graph(own);
  if (!data) data.emplace(own);
  data->tell(reading);
  read_rows(own, data->shape().columns);
  if (own.dtype == Dtype::float32)
    return std::make_unique<TrainerOf<float>>(std::move(own), std::move(graph), std::move(*data),
                                              threads, processes);
  return std::make_unique<TrainerOf<double>>(std::move(own), std::move(graph), std::move(*data),
                                             threads, processes);
}

}  // namespace nnrun::host
