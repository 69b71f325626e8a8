#include "diagnosis/step_times.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

#include "network/joined_cost.hpp"
#include "training/batches.hpp"
#include "training/descent.hpp"
#include "training/kept_states.hpp"
#include "training/objective.hpp"
namespace nnrun::host {
namespace {

using StepClock = std::chrono::steady_clock;

// A round takes so long that reading the clock does not show; the least of some is what the machine
// takes when nothing else is in its way.
constexpr double seconds_of_round = 5e-4, seconds_of_part = 0.06;
constexpr std::size_t most_rounds = 9;
// Of a run: as many steps as take some time, several times over.
constexpr double seconds_of_steps = 0.05, seconds_of_run = 1;
// Examples that shuffling and gathering are measured with: 64 MB of numbers.
constexpr std::size_t most_kept_numbers = 8'000'000;

double seconds_from(StepClock::time_point start) {
  return std::chrono::duration<double>(StepClock::now() - start).count();
}

/// Returns the seconds of one of the calls that repeat(n) makes n of.
template <class Repeat>
double seconds_of(Repeat repeat) {
  std::size_t calls = 1;
  double best = 0;
  for (;; calls *= 2) {
    const StepClock::time_point start = StepClock::now();
    repeat(calls);
    best = seconds_from(start);
    if (best >= seconds_of_round || calls >= (std::size_t{1} << 24)) break;
  }
  const StepClock::time_point begin = StepClock::now();
  for (std::size_t round = 1; round < most_rounds && seconds_from(begin) < seconds_of_part;
       ++round) {
    const StepClock::time_point start = StepClock::now();
    repeat(calls);
    best = std::min(best, seconds_from(start));
  }
  return best / static_cast<double>(calls);
}

template <class T>
class PartsOf {
 public:
  explicit PartsOf(const Trainer& trainer)
      : trainer_(trainer),
        experiment_(trainer.experiment()),
        model_(std::dynamic_pointer_cast<ModelOf<T>>(
            Model::create(experiment_, trainer.model()->preparation(), trainer.model()->names()))),
        random_(experiment_.random, experiment_.seed),
        cost_(cost_of(experiment_.train.cost, model_->graph())),
        gradient_(experiment_.train.gradient),
        rows_(std::min(experiment_.train.batch_size, trainer.data().examples[NNRUN_TRAIN])),
        g_(model_->parameters().size()) {
    const auto& own = dynamic_cast<const ModelOf<T>&>(*trainer.model());
    std::ranges::copy(own.parameters().all(), model_->parameters().all().begin());
    std::ranges::copy(own.state().all(), model_->state().all().begin());
    take_examples();
  }

  StepTimes measure() {
    times_.rows = rows_;
    times_.layers_count = (gradient_.functions<nnrun_gradient>().flags & NNRUN_BACKPROPAGATES) != 0;
    measure_data();
    Workspace<T> workspace(graph(), rows_, model_->parameters().data(), model_->state().data(),
                           true);
    Pass<T> pass = workspace.pass();
    CostCalls<T> costs(cost_, graph(), rows_);
    pass.set_batch(examples_.x.data(), rows_);
    if (times_.layers_count) measure_noise(workspace);
    pass.forward();
    if (times_.layers_count) measure_cost(pass, costs);
    for (std::size_t k = 0; k < graph().nodes.size(); ++k) measure_layer(pass, pass.steps()[k]);
    if (!times_.layers_count) measure_gradient();
    measure_update(pass);
    return std::move(times_);
  }

 private:
  const Graph& graph() const { return model_->graph(); }
  void add(std::string what, double seconds) {
    times_.others.push_back({std::move(what), seconds});
  }

  void take_examples() {
    const std::size_t in = graph().input_cols, out = graph().output().cols;
    const std::size_t most = std::max(rows_, most_kept_numbers / (in + out));
    const ShownExamples shown = trainer_.shown_examples(NNRUN_TRAIN, most);
    examples_ = {.x = Buffer<T>(shown.inputs.size()),
                 .t = Buffer<T>(shown.targets.size()),
                 .count = shown.count};
    const auto round = [](double x) { return static_cast<T>(x); };
    std::ranges::transform(shown.inputs, examples_.x.data(), round);
    std::ranges::transform(shown.targets, examples_.t.data(), round);
  }

  /// Gathering batches in the order of an epoch, and what augmentation adds to that.
  void measure_data() {
    const double plain = seconds_of_batches({});
    add("data", plain);
    if (experiment_.train.shuffle) {
      std::vector<std::uint32_t> order(examples_.count);
      for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
      const double all = static_cast<double>(trainer_.data().examples[NNRUN_TRAIN]);
      times_.shuffle = all / static_cast<double>(examples_.count) * seconds_of([&](std::size_t n) {
                         for (std::size_t i = 0; i < n; ++i) random_.shuffle(order, "shuffle", i);
                       });
    }
    if (experiment_.data.augment.empty()) return;
    const double changed = seconds_of_batches(experiment_.data.augment);
    add("augmentation", std::max(0., changed - plain));
  }
  double seconds_of_batches(const std::vector<Use>& augment) {
    Augmenter<T> augmenter(plan_augmentations(augment, graph().input, false), graph().input,
                           graph().input_cols, rows_, random_);
    Batches<T> batches(examples_, rows_, graph().input_cols, graph().output().cols,
                       experiment_.train.shuffle, false, augmenter);
    batches.begin_epoch(random_, 1);
    std::size_t from = 0;
    const T* volatile used = nullptr;
    return seconds_of([&](std::size_t n) {
      for (std::size_t i = 0; i < n; ++i, from += rows_) {
        if (from + rows_ > examples_.count) from = 0;
        used = batches.at(from, rows_, 1).x;
      }
    });
  }

  void measure_noise(Workspace<T>& workspace) {
    double seconds = 0;
    for (std::size_t k = 0; k < graph().nodes.size(); ++k)
      if (T* const to = workspace.noise(k)) {
        std::vector<double> numbers(rows_ * graph().nodes[k].plan.noise_per_row);
        Stream stream(random_, "noise/" + graph().nodes[k].name, 0);
        seconds += seconds_of([&](std::size_t n) {
          for (std::size_t i = 0; i < n; ++i) {
            stream.restart(i);
            stream.fill(numbers);
            std::ranges::transform(numbers, to, [](double x) {
              return std::min(static_cast<T>(x), T(1) - std::numeric_limits<T>::epsilon());
            });
          }
        });
      }
    if (seconds > 0) add("noise", seconds);
  }

  void measure_cost(Pass<T>& pass, CostCalls<T>& costs) {
    typename Pass<T>::Step& last = pass.steps().back();
    const double share = 1 / static_cast<double>(rows_);
    add("cost", seconds_of([&](std::size_t n) {
          for (std::size_t i = 0; i < n; ++i)
            if (last.has_slope)
              costs.slopes(pass.for_cost(), examples_.t.data(), share, last.da, 0, rows_);
            else
              costs.values(pass.for_cost(), examples_.t.data(), 0, rows_);
        }));
    if (last.has_slope) pass.backward_inputs();  // so that all slopes are numbers
  }

  /// Repeats a call of one of the pass's objects.
  template <class Call>
  static double seconds_of_call(Pass<T>& pass, Call call) {
    return seconds_of([&](std::size_t n) {
      pass.in_a_row([&](CallsInARow& row) {
        for (std::size_t i = 0; i < n; ++i)
          if (!call(row)) return false;
        return true;
      });
    });
  }

  void measure_layer(Pass<T>& pass, typename Pass<T>::Step& s) {
    const auto& layer = s.layer.functions;
    const auto& activation = s.activation.functions;
    LayerTime time{.name = s.node->name,
                   .type = s.node->layer.plugin().name,
                   .activation = s.activation ? s.node->activation.plugin().name : "",
                   .multiplications = multiplications_of(*s.node)};
    time.forward =
        seconds_of_call(pass, [&](CallsInARow& row) { return Pass<T>::outputs_of(row, s); });
    if (s.has_parameters) s.call.dw = g_.data() + s.node->offset;
    const bool at_once = Pass<T>::has_all_slopes_at_once(s);
    if (times_.layers_count && s.has_slope && (s.activation_has_slope || s.inputs_wanted)) {
      // written over again and again, slopes would become denormal numbers, which take longer
      const Buffer<T> da(s.call.rows * s.node->cols);
      std::ranges::copy_n(s.da, static_cast<std::ptrdiff_t>(da.size()), da.data());
      time.backward = seconds_of_call(pass, [&](CallsInARow& row) {
        if (at_once)
          return row.call(s.activation, "backward", s.affine.backward, &s.call, s.a, da.data());
        return (!s.activation_has_slope ||
                row.call(s.activation, "backward", activation.backward, s.z, s.a, da.data(), s.dz,
                         s.call.rows * s.pieces, s.node->activation_cols)) &&
               (!s.inputs_wanted ||
                row.call(s.layer, "backward_inputs", layer.backward_inputs, &s.call));
      });
      time.passes += s.inputs_wanted;
    }
    if (times_.layers_count && s.has_parameters) {
      if (!at_once)
        time.gradient = seconds_of_call(pass, [&](CallsInARow& row) {
          return row.call(s.layer, "backward_parameters", layer.backward_parameters, &s.call);
        });
      time.passes += 1;
    }
    times_.layers.push_back(std::move(time));
  }

  /// The whole gradient, with its costs and noise, where it is not made layer by layer.
  void measure_gradient() {
    Team team(1);
    Objective<T> objective(graph(), cost_, rows_, model_->parameters().data(), team,
                           model_->state().data(), &random_);
    const auto compute = gradient_.functions<nnrun_gradient>().compute;
    const Batch<T> batch = rows_of(examples_, 0, rows_, graph().input_cols, graph().output().cols);
    add("gradient", seconds_of([&](std::size_t n) {
          for (std::size_t i = 0; i < n; ++i) {
            double cost = 0;
            objective.set_batch(batch, 1);
            gradient_.call("compute", compute, objective.face(), g_.data(), &cost);
          }
        }));
  }

  /// The update, always from the first step, so that no schedule comes to its end.
  void measure_update(Pass<T>& pass) {
    Descent<T> descent(graph(), experiment_, trainer_.data(), rows_, model_->parameters().data(),
                       g_.data());
    const auto moment = descent.moment();
    for (T& g : g_.all()) g *= T(1e-6);  // it has been added up in every round
    add("optimizer", seconds_of([&](std::size_t n) {
          for (std::size_t i = 0; i < n; ++i) {
            descent.set_moment(moment);
            descent.step();
          }
        }));
    if (graph().n_state == 0) return;
    add("state", seconds_of([&](std::size_t n) {
          for (std::size_t i = 0; i < n; ++i) pass.observe();
        }));
  }

  const Trainer& trainer_;
  const Experiment& experiment_;
  std::shared_ptr<ModelOf<T>> model_;
  Random random_;
  Object cost_, gradient_;
  std::size_t rows_;
  Buffer<T> g_;
  Examples<T> examples_;
  StepTimes times_;
};

/// Counts the seconds of training that a trainer reports, which are without evaluation.
struct TrainingSeconds {
  double of_epochs = 0, of_this = 0;
  Listener listener() {
    Listener listener;
    listener.progress = [this](const Progress& progress) { of_this = progress.seconds; };
    listener.epoch = [this](const EpochReport& report) {
      of_epochs = report.seconds;
      of_this = 0;
    };
    return listener;
  }
  double all() const { return of_epochs + of_this; }
};

}  // namespace

std::size_t multiplications_of(const Node& node) {
  if (node.plan.work_per_row != 0) return node.plan.work_per_row;
  std::size_t all = 0;
  for (const nnrun_block& block : std::span(node.plan.blocks, node.plan.n_blocks))
    if (block.role == NNRUN_WEIGHTS) all += size_of(block.shape);
  return all;
}

double StepTimes::of_parts() const {
  double all = 0;
  for (const LayerTime& layer : layers)
    if (layers_count) all += layer.seconds();
  for (const OtherTime& other : others) all += other.seconds;
  return all;
}

StepTimes times_of_parts(const Trainer& trainer) {
  if (trainer.model()->dtype() == Dtype::float32) return PartsOf<float>(trainer).measure();
  return PartsOf<double>(trainer).measure();
}

double time_of_step(Trainer& trainer) {
  KeptStates start(0);
  const std::uint64_t at = trainer.steps();
  start.keep(at, trainer.state());
  std::uint64_t most = 1;
  double best = std::numeric_limits<double>::infinity();
  const StepClock::time_point begin = StepClock::now();
  for (std::size_t round = 0; round < most_rounds && seconds_from(begin) < seconds_of_run;) {
    trainer.restore(start.at_or_before(at).second);
    TrainingSeconds seconds;
    const bool is_over = trainer.advance(seconds.listener(), most);
    best = std::min(best, seconds.all() / static_cast<double>(trainer.steps() - at));
    if (is_over || seconds.all() >= seconds_of_steps)
      ++round;
    else
      most *= 4;
  }
  trainer.restore(start.at_or_before(at).second);
  return best;
}

}  // namespace nnrun::host
