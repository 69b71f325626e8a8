#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "cli/interrupt.hpp"
#include "cli/shared_training.hpp"
#include "cli/sharing_view.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "diagnosis/machine_peak.hpp"
#include "diagnosis/step_times.hpp"
#include "training/step_needs.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

/// The bytes of a run, and of this process at most.
struct MemoryUse {
  std::uint64_t parameters = 0;  ///< with the gradient and the optimizer's slots
  std::uint64_t workspace = 0;   ///< what layers make of a batch, their slopes, and scratch
  std::uint64_t data = 0, peak = 0;
};

struct Timing {
  StepTimes parts;
  double reading = 0;          ///< of the data, and all else before the first step
  double step = 0, alone = 0;  ///< on all threads, and on one
  double peak = 0;             ///< multiply-additions of one core in a second
  unsigned threads = 1;
  MemoryUse memory;

  double rest() const { return alone - parts.of_parts(); }
  double examples_per_second() const { return static_cast<double>(parts.rows) / step; }
  /// Returns the share of the threads' time in which one waits for another, or shares out work.
  double waiting() const { return threads > 1 ? 1 - alone / (step * threads) : 0; }
  double share_of_peak(double multiplications, double seconds, unsigned cores = 1) const {
    return seconds > 0 && peak > 0 ? multiplications / seconds / (peak * cores) : 0;
  }
  double multiplications(const LayerTime& layer) const {
    return static_cast<double>(layer.multiplications * layer.passes * parts.rows);
  }
  double multiplications() const {
    double all = 0;
    for (const LayerTime& layer : parts.layers) all += multiplications(layer);
    return all;
  }
};

MemoryUse memory_of(const Trainer& trainer) {
  const Experiment& experiment = trainer.experiment();
  const std::shared_ptr<const Model> model = trainer.model();
  const Graph& graph = model->graph();
  const std::size_t width = experiment.dtype == Dtype::float32 ? 4 : 8;
  const Object optimizer(experiment.train.optimizer.use);
  const std::size_t slots = optimizer.functions<nnrun_optimizer>().n_slots;
  MemoryUse use;
  for (const NamedBlock& block : graph.saved_blocks())
    use.parameters += block.count * width * (block.is_state ? 1 : 2 + slots);
  Bytes all = 0;
  for (const Need& need :
       needs_of_training(graph, experiment, experiment.train.batch_size, slots, trainer.threads()))
    all += need.bytes * need.copies;
  use.workspace = static_cast<std::uint64_t>(all) - use.parameters;
  for (const std::size_t examples : trainer.data().examples)
    use.data += examples * (graph.input_cols + graph.output().cols) * width;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  use.peak = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  return use;
}

void require_going_on() {
  if (interrupt_signal() != 0) throw Interrupted{128 + interrupt_signal()};
}

Timing timing_of(const Experiment& experiment, unsigned threads,
                 const std::function<void(const char*)>& say) {
  Timing timing;
  say("reading the data");
  const Clock::time_point start = Clock::now();
  auto trainer = Trainer::create(experiment, threads);
  timing.reading = std::chrono::duration<double>(Clock::now() - start).count();
  timing.threads = trainer->threads();
  say("making steps");
  timing.step = timing.alone = time_of_step(*trainer);
  timing.memory = memory_of(*trainer);
  require_going_on();
  if (timing.threads > 1) {
    trainer.reset();  // two of them might not fit
    trainer = Trainer::create(experiment, 1);
    timing.alone = time_of_step(*trainer);
    require_going_on();
  }
  say("measuring the parts of a step");
  timing.parts = times_of_parts(*trainer);
  require_going_on();
  timing.peak = fused_per_second(experiment.dtype);
  return timing;
}

/// Returns the time of a part, which may be some nanoseconds.
std::string time_text(double seconds) {
  if (std::abs(seconds) >= 1e-6) return (seconds < 0 ? "-" : "") + duration(std::abs(seconds));
  return fmt::format("{:.1f} ns", 1e9 * seconds);
}

std::string percent(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

using Row = std::vector<std::string>;

Row row_of(const LayerTime& layer, const Timing& t) {
  const auto part = [](const std::optional<double>& seconds) {
    return seconds ? time_text(*seconds) : std::string("-");
  };
  return {fmt::format("{} ({}{})", layer.name, layer.type,
                      layer.activation.empty() ? "" : ", " + layer.activation),
          std::to_string(layer.multiplications),
          time_text(layer.forward),
          part(layer.backward),
          part(layer.gradient),
          t.parts.layers_count ? percent(layer.seconds() / t.alone) : "-",
          percent(t.share_of_peak(t.multiplications(layer), layer.seconds()))};
}

std::string words_of(const Timing& t) {
  std::string text;
  if (!t.parts.layers_count)
    text +=
        "The gradient is not made by backpropagation: the layers' times are those of one pass\n"
        "forward, and no part of the sum.\n";
  text += fmt::format("{} in training, without evaluation\n", rate(t.examples_per_second()));
  if (t.threads > 1)
    text += fmt::format(
        "{} threads make a step in {}, {:.2f} times as fast; {} of their time is "
        "waiting and sharing out\n",
        t.threads, time_text(t.step), t.alone / t.step, percent(t.waiting()));
  text += fmt::format("before the first step {}", time_text(t.reading));
  if (t.parts.shuffle > 0)
    text += fmt::format("; shuffling, once an epoch, {}", time_text(t.parts.shuffle));
  text += fmt::format("\na core makes {:.1f} G multiply-additions/s at most, as measured\n",
                      t.peak / 1e9);
  text += fmt::format(
      "memory  parameters {} (with gradient and optimizer), workspace {}, data {}; "
      "this process at most {}\n",
      text_of_bytes(t.memory.parameters), text_of_bytes(t.memory.workspace),
      text_of_bytes(t.memory.data), text_of_bytes(t.memory.peak));
  return text;
}

std::string text_of(const Timing& t, const Experiment& experiment, const Terminal& out) {
  std::vector<Row> rows{{"one step on one thread", "Multiplications", "forward", "backward",
                         "gradient", "of the step", "of the peak"}};
  for (const LayerTime& layer : t.parts.layers) rows.push_back(row_of(layer, t));
  for (const OtherTime& other : t.parts.others)
    rows.push_back(
        {other.what, "", time_text(other.seconds), "", "", percent(other.seconds / t.alone), ""});
  rows.push_back({"rest", "", time_text(t.rest()), "", "", percent(t.rest() / t.alone), ""});
  rows.push_back(
      {"whole step", "", time_text(t.alone), "", "", percent(1),
       t.parts.layers_count ? percent(t.share_of_peak(t.multiplications(), t.alone)) : ""});
  return fmt::format("{}  batch {} · {} · {} thread{}\n", out.bold(experiment.name), t.parts.rows,
                     experiment.dtype == Dtype::float32 ? "float32" : "float64", t.threads,
                     t.threads == 1 ? "" : "s") +
         aligned_table(rows, out) + words_of(t);
}

Json json_of(const LayerTime& layer, const Timing& t) {
  const auto part = [](const std::optional<double>& x) { return x ? Json(*x) : Json(nullptr); };
  return {{"name", layer.name},
          {"type", layer.type},
          {"activation", layer.activation.empty() ? Json(nullptr) : Json(layer.activation)},
          {"multiplications", layer.multiplications},
          {"forward", layer.forward},
          {"backward", part(layer.backward)},
          {"gradient", part(layer.gradient)},
          {"seconds", layer.seconds()},
          {"share_of_peak", t.share_of_peak(t.multiplications(layer), layer.seconds())}};
}

Json json_of(const Timing& t, const Experiment& experiment) {
  Json json{{"name", experiment.name},
            {"dtype", experiment.dtype == Dtype::float32 ? "float32" : "float64"},
            {"batch", t.parts.rows},
            {"threads", t.threads},
            {"layers", Json::array()},
            {"parts", Json::array()}};
  for (const LayerTime& layer : t.parts.layers) json["layers"].push_back(json_of(layer, t));
  for (const OtherTime& other : t.parts.others)
    json["parts"].push_back({{"name", other.what}, {"seconds", other.seconds}});
  json["layers_are_parts"] = t.parts.layers_count;
  json["sum_of_parts"] = t.parts.of_parts();
  json["rest"] = t.rest();
  json["step_on_one_thread"] = t.alone;
  json["step"] = t.step;
  json["waiting"] = t.waiting();
  json["examples_per_second"] = t.examples_per_second();
  json["before_first_step"] = t.reading;
  json["shuffle"] = t.parts.shuffle;
  json["peak"] = t.peak;
  json["share_of_peak"] =
      t.parts.layers_count ? Json(t.share_of_peak(t.multiplications(), t.alone)) : Json(nullptr);
  json["memory"] = {{"parameters", t.memory.parameters},
                    {"workspace", t.memory.workspace},
                    {"data", t.memory.data},
                    {"peak", t.memory.peak}};
  return json;
}

/// Says on a terminal what is being measured.
class Saying {
 public:
  explicit Saying(const Arguments& arguments)
      : shows_(!arguments.quiet && !arguments.json && talk_.is_terminal()) {}
  void operator()(const char* what) const {
    if (shows_) talk_.redraw(what);
  }

 private:
  Terminal talk_{stderr};
  bool shows_;
};

void show_timing(const Timing& timing, const SharingTimes* sharing, const Experiment& experiment,
                 const Arguments& arguments, const Saying& progress) {
  const Terminal out(stdout), talk(stderr);
  progress("");
  if (arguments.json) {
    Json json = json_of(timing, experiment);
    if (sharing != nullptr) json["sharing"] = json_of(*sharing);
    return out.write_data(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  }
  out.write(text_of(timing, experiment, out));
  if (sharing == nullptr) return;
  out.write(text_of(*sharing, out));
  talk.write(render("warning", warnings_of(*sharing), talk.colour()));
}

/// Returns it as a training that goes on for as long as it is measured.
Experiment prolonged(Experiment experiment) {
  experiment.train.epochs = std::max<std::size_t>(experiment.train.epochs, 1000);
  return experiment;
}

/// Measures a step of this process alone, while the others wait, then what they share. A signal
/// ends each process as it is: nothing is written.
Exit lead_timing(const Experiment& experiment, const Arguments& arguments, SharedTraining& shared) {
  Processes& processes = *shared.processes();
  const Experiment longer = prolonged(experiment);
  auto trainer = Trainer::create(longer, shared.threads(), &processes);
  if (processes.count() == 1)
    throw UsageError(Problem{
        .what = "one process has nobody to share a step with",
        .hint = "start several: mpirun -n 2 nnrun time CONFIG --exchange mpi, or --exchange "
                "'{type: local, processes: 2}'"});
  shared.begin(*trainer, true);
  trainer.reset();  // two of them might not fit
  const Saying progress(arguments);
  const Timing timing = timing_of(experiment, shared.threads(), progress);
  progress("sharing steps");
  trainer = Trainer::create(longer, shared.threads(), &processes);
  SharingTimes sharing;
  measure_exchange(processes, *trainer, sharing);
  sharing.alone = timing.step;
  for (const OtherTime& other : timing.parts.others)
    if (other.what == "optimizer" || other.what == "state")
      sharing.update += other.seconds / timing.threads;
  sharing.step = measure_shared_steps(processes, *trainer);
  shared.end();
  show_timing(timing, &sharing, experiment, arguments, progress);
  return Exit::done;
}

Exit show_shared_times(const Arguments& arguments, Registry& registry) {
  const auto lead_it = [&](const Experiment& experiment, SharedTraining& shared) {
    return lead_timing(experiment, arguments, shared);
  };
  const auto follow = [](const Experiment& experiment, SharedTraining& shared) {
    shared.follow(prolonged(experiment), [&](Trainer& trainer) {
      shared.begin(trainer, true);
      SharingTimes unused;
      measure_exchange(*shared.processes(), trainer, unused);
      trainer.advance({});
    });
  };
  return work_together(arguments, registry, arguments.targets[0], {lead_it, follow});
}

}  // namespace

/// nnrun time CONFIG: writes nothing.
Exit show_times(const Arguments& arguments, Registry& registry) {
  if (arguments.has("--exchange")) return show_shared_times(arguments, registry);
  refuse_lone_watchdog(arguments);
  const Experiment experiment =
      read_experiment(arguments.targets[0], arguments.overrides, registry);
  watch_for_interrupts();
  const Saying progress(arguments);
  const Timing timing = timing_of(experiment, arguments.threads, progress);
  show_timing(timing, nullptr, experiment, arguments, progress);
  return Exit::done;
}

}  // namespace nnrun::host
