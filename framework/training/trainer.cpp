#include "training/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nnrun/lanes.hpp>
#include <thread>

#include "base/text.hpp"
#include "network/memory.hpp"
#include "network/parameters.hpp"
#include "training/descent.hpp"
#include "training/evaluation.hpp"
#include "training/objective.hpp"
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

/// Everything that can be wrong with the sizes of a run, before anything of size is allocated.
const Graph& checked(const Graph& graph, const DataSource& data, const Experiment& experiment) {
  data.require_fit(graph.input, graph.output().cols, experiment);
  const auto* const optimizer =
      static_cast<const nnrun_optimizer*>(experiment.train.optimizer.use.plugin->table->functions);
  std::vector<Need> needs =
      needs_of(graph, experiment.dtype, experiment.train.batch_size, optimizer->n_slots);
  std::ranges::move(data.needs(experiment.dtype), std::back_inserter(needs));
  require_memory(needs, available_memory());
  return graph;
}

/// A cost may refuse the number of outputs: said before anything is trained, with its place.
template <class T>
void require_fit(const Object& cost, std::size_t outputs) {
  const Buffer<T> y(outputs), t(outputs), per_row(1);
  const auto value = cost.functions<nnrun_cost>().by_dtype[dtype_of<T>].value;
  if (cost.status_of("value", value, y.data(), t.data(), outputs, per_row.data(), 1, outputs) == 0)
    return;
  Problem said = last_error_of_plugin();
  said.what = "cost '" + cost.plugin().name +
              "': " + (said.what.empty() ? "refused these outputs without a reason" : said.what);
  said.place = cost.place();
  throw ConfigError(std::move(said));
}

/// No more threads than blocks and tiles can use, and one where a step is too short to share.
unsigned useful_threads(unsigned wanted, std::size_t batch_rows, const Graph& graph) {
  const std::size_t parameters = graph.n_parameters;
  // some 20 microseconds of multiplications: what waking a thread may cost
  if (static_cast<double>(batch_rows) * static_cast<double>(parameters) < 2e5) return 1;
  const std::size_t block = block_rows(batch_rows, graph.couples_rows());
  const std::size_t shares =
      std::max<std::size_t>((batch_rows + block - 1) / block, tile_count(parameters, batch_rows));
  const unsigned machine = std::max(1u, std::thread::hardware_concurrency());
  return static_cast<unsigned>(std::min<std::size_t>(wanted ? wanted : machine, shares));
}

template <class T>
class TrainerOf final : public Trainer {
 public:
  TrainerOf(const Experiment& experiment, unsigned threads)
      : experiment_(experiment),
        random_(experiment.random, experiment.seed),
        graph_(build_graph(experiment)),
        cost_(experiment.train.cost),
        gradient_(experiment.train.gradient),
        compute_(gradient_.functions<nnrun_gradient>().compute),
        metrics_(create_all(experiment.metrics)),
        source_(experiment),
        batch_rows_(std::min(experiment.train.batch_size, source_.shape().examples[NNRUN_TRAIN])),
        w_(checked(graph_, source_, experiment_).n_parameters),
        g_(graph_.n_parameters),
        state_(graph_.n_state),
        team_(useful_threads(threads, batch_rows_, graph_)),
        objective_(graph_, cost_, batch_rows_, w_.data(), team_, state_.data(), &random_),
        evaluation_(graph_, cost_, metrics_, w_.data(), state_.data()),
        descent_(graph_, experiment, source_.shape(), batch_rows_, w_.data(), g_.data()),
        limits_(experiment) {
    require_fit<T>(cost_, graph_.output().cols);
    initialize(graph_, random_, w_.data(), state_.data());
    parts_ = source_.template read<T>(random_);
    if (experiment.train.early_stopping) patience_.emplace(experiment, source_.shape());
    const Examples<T>& train = parts_[NNRUN_TRAIN];
    if (!metrics_.empty()) outputs_ = Buffer<T>(train.count * graph_.output().cols);
    if (experiment.train.shuffle) {
      order_.resize(train.count);
      batch_x_ = Buffer<T>(batch_rows_ * graph_.input_cols);
      batch_t_ = Buffer<T>(batch_rows_ * graph_.output().cols);
    }
  }

  const Graph& graph() const override { return graph_; }
  const DataShape& data() const override { return source_.shape(); }
  const Preparation& preparation() const override { return source_.preparation(); }
  unsigned threads() const override { return team_.size(); }

  Outcome train(const Listener& listener) override {
    Outcome outcome;
    if (experiment_.train.measure_after) report(EpochReport{}, outcome, listener);
    for (std::size_t epoch = 1;
         epoch <= descent_.planned_epochs() && !limits_.reached(spent(outcome)); ++epoch) {
      const std::size_t seen = run_epoch(epoch, listener, outcome);
      if (outcome.interrupted) break;
      require_finite_parameters(epoch);
      epoch_is_whole_ = seen == parts_[NNRUN_TRAIN].count;
      EpochReport epoch_report;
      epoch_report.epoch = epoch;
      epoch_report.train.cost = epoch_cost_ / static_cast<double>(seen);
      report(epoch_report, outcome, listener);
      descent_.observe(outcome.epochs.back());
      if (patience_ && patience_->runs_out(outcome.epochs.back(), w_.all(), state_.all())) {
        outcome.stopped_early = epoch < descent_.planned_epochs();
        break;
      }
    }
    if (patience_) outcome.best_epoch = patience_->best_epoch();
    if (!outcome.epochs.empty()) outcome.result = outcome.epochs.back();
    if (restores_best()) {
      patience_->restore(w_.all(), state_.all());
      outcome.result = *std::ranges::find(outcome.epochs, outcome.best_epoch, &EpochReport::epoch);
    }
    if (!outcome.interrupted && outcome.result && evaluation_.has_tables())
      add_tables(*outcome.result);
    outcome.steps = descent_.steps();
    return outcome;
  }

  GradientSample differentiate(const Use& use) override {
    const Object gradient(use);
    const Examples<T>& train = parts_[NNRUN_TRAIN];
    objective_.look_at({train.x.data(), train.t.data(), batch_rows_}, descent_.steps() + 1);
    GradientSample sample;
    const Clock::time_point start = Clock::now();
    sample.cost = compute(gradient, gradient.functions<nnrun_gradient>().compute);
    sample.seconds = seconds_since(start);
    for (const NamedBlock& block : graph_.blocks()) {
      const std::vector<T> numbers = gathered(block, g_.data());
      sample.blocks.emplace_back(numbers.begin(), numbers.end());
    }
    return sample;
  }

  std::vector<std::vector<double>> predict(
      const std::vector<std::vector<double>>& inputs) override {
    const std::size_t in = graph_.input_cols, out = graph_.output().cols;
    Buffer<T> x(in);
    std::vector<double> prepared(in);
    std::vector<std::vector<double>> outputs;
    for (const std::vector<double>& input : inputs) {
      source_.preparation().apply(input.data(), prepared.data());
      std::ranges::transform(prepared, x.data(), [](double v) { return static_cast<T>(v); });
      const T* const y = evaluation_.outputs(x.data(), 1);
      outputs.emplace_back(y, y + out);
    }
    return outputs;
  }

  std::vector<std::pair<double, double>> input_ranges() const override {
    if (source_.preparation().changes()) return source_.input_ranges();
    return column_ranges<T>(parts_[NNRUN_TRAIN].x.all(), graph_.input_cols);
  }

  std::pair<double, double> target_range() const override {
    const Examples<T>& train = parts_[NNRUN_TRAIN];
    const auto [low, high] =
        std::ranges::minmax(std::span<const T>(train.t.data(), train.count * graph_.output().cols));
    return {static_cast<double>(low), static_cast<double>(high)};
  }

  std::vector<BlockValues> parameters() const override {
    std::vector<BlockValues> all;
    for (const NamedBlock& block : graph_.saved_blocks()) {
      const nnrun_shape& shape = block.block->shape;
      const std::vector<T> numbers = gathered(block, block.is_state ? state_.data() : w_.data());
      const auto bytes = std::as_bytes(std::span(numbers));
      all.push_back(
          {block.name, {shape.sizes, shape.sizes + shape.rank}, {bytes.begin(), bytes.end()}});
    }
    return all;
  }
  void set_parameters(const NamedBlock& block, std::span<const double> values) override {
    const std::vector<T> numbers(values.begin(), values.end());
    scatter(block, numbers.data(), block.is_state ? state_.data() : w_.data());
  }
  std::string data_sha256() const override { return hash_of(parts_); }

 private:
  /// `seconds`: of the present epoch.
  Spent spent(const Outcome& outcome, double seconds = 0) const {
    return {descent_.steps(), outcome.examples, outcome.seconds + seconds};
  }
  bool restores_best() const { return patience_ && patience_->keeps(); }

  /// Returns how many examples were seen: all, unless the listener or a limit stopped it.
  std::size_t run_epoch(std::size_t epoch, const Listener& listener, Outcome& outcome) {
    const std::size_t count =
        limits_.allowed(parts_[NNRUN_TRAIN].count, batch_rows_, spent(outcome));
    const std::size_t steps = (count + batch_rows_ - 1) / batch_rows_;
    if (experiment_.train.shuffle) random_.shuffle(order_, "shuffle", epoch);
    epoch_cost_ = 0;
    double seconds = 0;
    std::size_t done = 0;
    // as many steps at a time as take some 20 ms: the clock is not read in between
    std::size_t step = 0, chunk = 1;
    while (step < steps && !outcome.interrupted && !limits_.reached(spent(outcome, seconds))) {
      const std::size_t end = std::min(steps, step + chunk);
      const Clock::time_point start = Clock::now();
      for (; step < end; ++step) run_step(epoch, step * batch_rows_, count);
      const double took = seconds_since(start);
      seconds += took;
      done = std::min(count, step * batch_rows_);
      if (listener.stop && listener.stop()) outcome.interrupted = true;
      if (listener.progress)
        listener.progress({epoch, descent_.planned_epochs(), done, count, seconds,
                           epoch_cost_ / static_cast<double>(done)});
      if (took < 0.01) chunk *= 2;
      if (took > 0.04) chunk = std::max<std::size_t>(1, chunk / 2);
    }
    outcome.seconds += seconds;
    outcome.examples += done;
    return done;
  }

  /// Scores of every part, training as it was measured or anew.
  void report(EpochReport r, Outcome& outcome, const Listener& listener) {
    r.epochs = descent_.planned_epochs();
    r.step = descent_.steps();
    r.examples = outcome.examples;
    r.seconds = outcome.seconds;
    if (experiment_.train.measure_after)
      r.train = evaluation_.score(parts_[NNRUN_TRAIN]);
    else if (epoch_is_whole_)
      r.train.metrics = evaluation_.measure(outputs_.data(), parts_[NNRUN_TRAIN]);
    else  // there are no outputs of the other examples
      r.train.metrics = evaluation_.score(parts_[NNRUN_TRAIN]).metrics;
    r.validation = score_of(NNRUN_VALIDATION);
    r.test = score_of(NNRUN_TEST);
    outcome.epochs.push_back(std::move(r));
    if (listener.epoch) listener.epoch(outcome.epochs.back());
  }

  /// The parameters are those of the report.
  void add_tables(EpochReport& r) {
    if (experiment_.train.measure_after || restores_best())
      r.train.tables = evaluation_.score_with_tables(parts_[NNRUN_TRAIN]).tables;
    else
      r.train.tables = evaluation_.tables(outputs_.data(), parts_[NNRUN_TRAIN]);
    if (r.validation) r.validation = evaluation_.score_with_tables(parts_[NNRUN_VALIDATION]);
    if (r.test) r.test = evaluation_.score_with_tables(parts_[NNRUN_TEST]);
  }

  void run_step(std::size_t epoch, std::size_t from, std::size_t count) {
    const std::size_t rows = std::min(batch_rows_, count - from);
    objective_.look_at(batch(from, rows), descent_.steps() + 1);
    const double cost = compute(gradient_, compute_);
    if (!std::isfinite(cost) || !all_finite(g_.data(), g_.size())) [[unlikely]]
      refuse_step(epoch, cost);
    descent_.step();
    if (graph_.n_state > 0) objective_.observe();
    epoch_cost_ += cost * static_cast<double>(rows);
    if (!metrics_.empty()) keep_outputs(from, rows);
  }

  /// The gradient of the batch that the objective looks at, into g_; returns its cost.
  double compute(const Object& gradient, decltype(nnrun_gradient::compute) function) {
    double cost = 0;
    const int status = gradient.status_of("compute", function, objective_.face(), g_.data(), &cost);
    if (status != 0) [[unlikely]] {
      if (const std::exception_ptr failure = objective_.take_failure())
        std::rethrow_exception(failure);
      gradient.fail("compute");
    }
    objective_.forget_padding(g_.data());
    return cost;
  }

  /// The data as it lies, or rows gathered in this epoch's order.
  Batch<T> batch(std::size_t from, std::size_t rows) const {
    const Examples<T>& train = parts_[NNRUN_TRAIN];
    const std::size_t in = graph_.input_cols, out = graph_.output().cols;
    if (order_.empty()) return {train.x.data() + from * in, train.t.data() + from * out, rows};
    for (std::size_t r = 0; r < rows; ++r) {
      std::copy_n(train.x.data() + order_[from + r] * in, in, batch_x_.data() + r * in);
      std::copy_n(train.t.data() + order_[from + r] * out, out, batch_t_.data() + r * out);
    }
    return {batch_x_.data(), batch_t_.data(), rows};
  }

  /// Metrics of an epoch are taken from the outputs that training made anyway.
  void keep_outputs(std::size_t from, std::size_t rows) {
    const std::size_t out = graph_.output().cols;
    const T* const y = objective_.outputs();
    if (order_.empty()) {  // whole lanes: the next batch writes over what is too much
      T* const to = outputs_.data() + from * out;
      for (std::size_t i = 0; i < rows * out; i += lanes) lane_at(to + i) = lane_at(y + i);
      return;
    }
    for (std::size_t r = 0; r < rows; ++r)
      std::copy_n(y + r * out, out, outputs_.data() + order_[from + r] * out);
  }

  /// Parameters are looked at when they show, and at the end of an epoch, not in every step.
  void require_finite_parameters(std::size_t epoch) const {
    if (!all_finite(w_.data(), w_.size()))
      throw TrainingError(bad_update(descent_.updaters(), epoch, descent_.steps(),
                                     experiment_.train.optimizer.learning_rate));
  }
  [[noreturn]] void refuse_step(std::size_t epoch, double cost) {
    require_finite_parameters(epoch);
    Fault fault = objective_.find_fault();
    if (fault.plugin == nullptr) fault = {&gradient_, "compute"};
    throw TrainingError(bad_number(fault, cost, epoch, descent_.steps() + 1,
                                   experiment_.train.optimizer.learning_rate));
  }

  std::optional<Score> score_of(std::size_t part) {
    if (parts_[part].count == 0) return std::nullopt;
    return evaluation_.score(parts_[part]);
  }

  const Experiment& experiment_;
  Random random_;
  Graph graph_;
  Object cost_, gradient_;
  decltype(nnrun_gradient::compute) compute_;
  std::vector<Object> metrics_;
  DataSource source_;
  std::size_t batch_rows_;
  Buffer<T> w_, g_, state_;
  Team team_;
  Objective<T> objective_;
  Evaluation<T> evaluation_;
  Descent<T> descent_;
  const Limits limits_;
  std::optional<Patience<T>> patience_;  // where early stopping is wanted
  std::array<Examples<T>, NNRUN_PARTS> parts_;
  std::vector<std::uint32_t> order_;  // of this epoch; empty: as the data lies
  Buffer<T> batch_x_, batch_t_, outputs_;
  double epoch_cost_ = 0;
  bool epoch_is_whole_ = true;
};

}  // namespace

std::unique_ptr<Trainer> Trainer::create(const Experiment& experiment, unsigned threads) {
  if (experiment.dtype == Dtype::float32)
    return std::make_unique<TrainerOf<float>>(experiment, threads);
  return std::make_unique<TrainerOf<double>>(experiment, threads);
}

}  // namespace nnrun::host
