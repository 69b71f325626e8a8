#include "comparison/children.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/heap.hpp"
#include "base/text.hpp"
#include "comparison/attempt.hpp"
#include "comparison/comparison_folder.hpp"
#include "report/plane.hpp"
#include "runs/recorded_run.hpp"
#include "training/fold_words.hpp"
#include "training/open_sizes.hpp"
#include "training/trainer.hpp"
#include "training/warnings.hpp"
namespace nnrun::host {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::ptrdiff_t most_planes = 10;  // seeds with a plane: a page shows no more
constexpr int child_failed = 1;

// A process costs a few milliseconds: longer runs do not gain by sharing one.
constexpr std::chrono::milliseconds short_run(200);
// What a run took stays with the process in part, and would seem to be the next one's.
constexpr std::uint64_t small_run = 16 << 20;

/// Returns the error that is being handled, as a message which tells whether its reason is outside
/// of the run.
Message message_of_failure() {
  try {
    throw;
  } catch (const Error& error) {
    return message_of(error).with("outside", is_outside(error));
  } catch (const std::exception& error) {
    return message_of(RecordError(problem_of(error))).with("outside", is_outside(error));
  }
}

Message progress_message(const Progress& p) {
  const double epoch = static_cast<double>(p.done) / static_cast<double>(p.examples);
  const double share = (static_cast<double>(p.epoch - 1) + epoch) / static_cast<double>(p.epochs);
  return Message("progress").with("share", share).with("cost", p.cost);
}

void hold_out(Experiment& experiment, std::size_t folds, std::size_t fold) {
  experiment.data.split.folds = folds;
  experiment.data.split.fold = fold;
}

/// Reports progress at most ten times a second.
Listener telling(const Child::Send& send, Clock::time_point start) {
  Listener listener;
  listener.progress = [&send, told = start](const Progress& progress) mutable {
    if (Clock::now() - told < std::chrono::milliseconds(100)) return;
    told = Clock::now();
    send(progress_message(progress));
  };
  return listener;
}

void train_run(const ComparisonPlan& plan, const PlannedRun& run,
               const std::filesystem::path& folder, Clock::time_point start,
               const Child::Send& send) {
  const Experiment experiment = experiment_of(plan, run);
  RecordedRun recorded(RunFolder::create_at(folder, Sync::later), experiment, plan.command_line,
                       start);
  const auto trainer = Trainer::create(experiment, 1);
  recorded.train(*trainer, telling(send, start), run.folder.string(), [&] {
    if (run.fold > 1) return;
    if (std::ranges::find(plan.seeds, run.seed) - plan.seeds.begin() >= most_planes) return;
    if (const auto plane = sample_plane(*trainer, run.seed))
      write_new_file(folder / "decision.json", to_json(*plane).dump(), Sync::later);
  });
}

}  // namespace

int send_sizes(const ComparisonPlan& plan, std::size_t from, const Child::Send& send) {
  try {
    for (std::size_t i = from; i < plan.configs.size(); ++i) {
      Experiment experiment = plan.configs[i].experiment;
      if (plan.folds.count > 0) hold_out(experiment, plan.folds.count, 1);
      const auto trainer = Trainer::create(experiment, 1);
      const Experiment& sized = trainer->experiment();
      const DataShape& data = trainer->data();
      if (std::vector<Problem> warnings = warnings_of(sized, *trainer); !warnings.empty())
        send(Message("warnings")
                 .with("problems", message_of(Error(Exit::done, std::move(warnings))).bytes()));
      Message sizes("sizes");
      for (const std::size_t size : sized.model.input.value) sizes.with("input", size);
      sizes.with("units", units_of_output(sized).value_or(0))
          .with("parameters", trainer->model()->graph().parameter_count())
          .with("training", data.examples[NNRUN_TRAIN])
          .with("validation", data.examples[NNRUN_VALIDATION])
          .with("test", data.examples[NNRUN_TEST])
          .with("set_aside", data.folds.set_aside);
      for (const std::string& note : words_of_folds(data.folds)) sizes.with("note", note);
      send(sizes);
    }
    return 0;
  } catch (...) {
    send(message_of_failure());
    return child_failed;
  }
}

ConfigSizes sizes_in(const Message& message) {
  ConfigSizes sizes{message.count("parameters"),
                    {message.count("training"), message.count("validation"), message.count("test")},
                    {},
                    message.count("units"),
                    message.count("set_aside"),
                    {}};
  for (const std::string_view size : message.all("input"))
    sizes.input.push_back(static_cast<std::size_t>(parse_integer(size).value_or(0)));
  if (sizes.input.empty() || sizes.input.size() > NNRUN_MAX_RANK)
    throw BadMessage(Problem{.what = "a child process sent an impossible input"});
  for (const std::string_view note : message.all("note")) sizes.notes.emplace_back(note);
  return sizes;
}

std::vector<Problem> warnings_in(const Message& message) {
  return error_of(Message::of(message.text("problems"))).problems();
}

Experiment experiment_of(const ComparisonPlan& plan, const PlannedRun& run) {
  Experiment experiment = plan.configs[run.config].experiment;
  experiment.seed = run.seed;
  if (run.fold > 0) hold_out(experiment, plan.folds.count, run.fold);
  return experiment;
}

int train_in_child(const ComparisonPlan& plan, std::span<const PlannedRun> runs,
                   const std::vector<bool>& may_share, const Orders& orders,
                   const std::string& process, const Child::Send& send) try {
  take_huge_heap();
  const std::uint64_t memory_before = peak_memory();
  while (const auto number = orders.next()) {
    const Clock::time_point start = Clock::now();
    const PlannedRun& run = runs[*number];
    restart_peak_memory();
    train_run(plan, run, ComparisonFolder::unfinished(run.folder, process), start, send);
    const bool was_short = Clock::now() - start < short_run,
               was_small = peak_memory() < memory_before + small_run;
    if (!was_short || !was_small || !may_share[run.config]) break;
    send(Message("ended"));
  }
  return 0;
} catch (...) {
  send(message_of_failure());
  return child_failed;
}

bool may_share_process(const ComparisonPlan& plan, const ComparedConfig& config) {
  return !plan.one_at_a_time && came_with_program(config.experiment);
}

RunProgress progress_in(const Message& message) {
  return {message.number("share"), message.number("cost")};
}

}  // namespace nnrun::host
