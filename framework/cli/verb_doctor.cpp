#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/interrupt.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "diagnosis/examination.hpp"
#include "report/curve.hpp"
#include "runs/opened_run.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr double usual_seconds = 5, most_seconds = 3600;
constexpr std::size_t bar_width = 32;

double seconds_of(const Arguments& arguments) {
  if (!arguments.has("--seconds")) return usual_seconds;
  const std::string text = arguments.text("--seconds");
  const auto seconds = parse_double(text);
  if (!seconds || !(*seconds >= 0.1) || !(*seconds <= most_seconds))
    throw UsageError(
        Problem{.what = "--seconds needs a number from 0.1 to 3600, not '" + text + "'"});
  return *seconds;
}

/// Returns the reports of a run's metrics.csv, as far as an examination looks at them.
std::vector<EpochReport> epochs_of(const std::filesystem::path& folder) {
  const Curve curve = read_curve(folder / "metrics.csv");
  std::vector<EpochReport> epochs;
  for (const auto& [name, values] : curve) {
    epochs.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      EpochReport& epoch = epochs[i];
      if (name == "epoch") epoch.epoch = static_cast<std::size_t>(values[i]);
      if (name == "train.cost") epoch.train.cost = values[i];
      if (name == "val.cost") epoch.validation = Score{values[i], {}};
      if (name == "test.cost") epoch.test = Score{values[i], {}};
    }
  }
  return epochs;
}

/// What is to be examined: a config, or a run and what it has left.
struct Patient {
  Experiment experiment;
  std::optional<FinishedRun> run{};
  StoredRecord record{};
  std::vector<Change> changes{};  ///< since the run
  std::string ending{};           ///< of a run without a model: how it ended
};

/// What remains to be said of a run that failed, where training it again went well so far.
Illness unexplained(const StoredRecord& record, const Course& course, double seconds) {
  return {"failed",
          Confidence::possible,
          {.what = "the run failed: " + record.error,
           .hint = "--seconds " + shortest(std::ceil(10 * seconds)) + " sees more",
           .note = "it did not in " + std::to_string(course.steps) + " steps from its start"}};
}

Patient patient_of(const Arguments& arguments, Registry& registry) {
  const std::string& named = arguments.targets[0];
  std::error_code none;
  if (!std::filesystem::is_directory(named, none) && !is_model_alone(named))
    return {read_experiment(named, arguments.overrides, registry)};
  OpenedRun run = open_run_as_it_ended(named, arguments.overrides, registry);
  if (run.is_model)
    throw UsageError(Problem{.what = "'" + named + "' is a model without its run",
                             .hint = "the doctor needs the folder of a run, or a config"});
  Patient patient{run.experiment, {}, run.record, run.changes};
  if (run.model.path.empty())
    patient.ending =
        run.record.error.empty() ? "it did not finish" : "it failed, " + run.record.error;
  else
    patient.run = {Model::read(run.experiment, run.model), epochs_of(run.folder)};
  return patient;
}

/// Says what is not as it was when the run was made.
void say_changes(Patient& patient, const Trainer& trainer, const Arguments& arguments,
                 const Terminal& talk) {
  if (!patient.ending.empty() && !arguments.quiet)
    talk.write(talk.yellow("note") + ": the run has no model, for " + patient.ending +
               ": this trains it again from its start\n");
  if (arguments.overrides.empty() && !patient.record.data_sha256.empty())
    std::ranges::move(changed_data(patient.record, trainer.data_sha256()),
                      std::back_inserter(patient.changes));
  note_changes(names_of(patient.changes), talk);
}

std::string cost_text(double cost) {
  return std::isfinite(cost) ? significant(cost, 3) : "not finite";
}

/// Draws the cost that each learning rate leaves: a long bar is a high cost.
std::string drawing_of(const Course& course, const Terminal& out) {
  if (course.trials.empty()) return {};
  const double full = std::max(std::abs(course.start), std::abs(course.reference()));
  std::string text = fmt::format("{:>13}  cost after {} steps, {} at the start\n", "learning rate",
                                 course.trial_steps, cost_text(course.start));
  for (const RateTrial& trial : course.trials) {
    const double share = std::isfinite(trial.cost) && full > 0 ? trial.cost / full : 1;
    const auto length = static_cast<std::size_t>(
        std::lround(std::clamp(share, 0., 1.) * static_cast<double>(bar_width)));
    std::string bar;
    for (std::size_t i = 0; i < length; ++i) bar += out.utf8() ? "━" : "=";
    const bool own = trial.rate == course.rate;
    text += fmt::format("{:>13}  {:<10}  {}\n", significant(trial.rate, 3), cost_text(trial.cost),
                        left_aligned(bar, own ? bar_width : 0) + (own ? "  this one" : ""));
  }
  return text + "\n";
}

std::string summary_of(const Examination& examined, double seconds) {
  const Course& c = examined.course;
  const std::size_t n = examined.illnesses.size();
  std::string text = n > 0                 ? std::to_string(n) + " found"
                     : c.has_seen_enough() ? "nothing found"
                                           : "too little seen to judge";
  text += c.is_recorded ? fmt::format(": a run of {} steps", c.steps)
                        : fmt::format(": {} of {} steps", c.steps, c.planned);
  text += fmt::format(", cost {} to {}", cost_text(c.start), cost_text(c.end));
  if (c.means) text += fmt::format(" (the mean of the targets: {})", cost_text(*c.means));
  text += ", in " + duration(seconds);
  if (!c.has_seen_enough())
    text += "; --seconds " + shortest(std::ceil(10 * seconds)) + " sees more";
  return text + "\n";
}

Json number_or_null(double x) {
  return std::isfinite(x) ? Json(x) : Json(nullptr);
}

Json json_of(const Illness& illness) {
  const Problem& problem = illness.problem;
  return {{"id", illness.id},     {"confidence", name_of(illness.confidence)},
          {"what", problem.what}, {"where", where_of(problem)},
          {"note", problem.note}, {"hint", problem.hint}};
}

Json json_of(const Examination& examined, const Experiment& experiment, double seconds) {
  const Course& c = examined.course;
  Json json{{"name", experiment.name}, {"findings", Json::array()}};
  for (const Illness& illness : examined.illnesses) json["findings"].push_back(json_of(illness));
  json["training"] = {{"recorded", c.is_recorded},
                      {"steps", c.steps},
                      {"planned_steps", c.planned},
                      {"seen_enough", c.has_seen_enough()},
                      {"cost_at_start", number_or_null(c.start)},
                      {"cost", number_or_null(c.end)},
                      {"cost_of_means", c.means ? Json(*c.means) : Json(nullptr)}};
  json["learning_rates"] = Json::array();
  for (const RateTrial& trial : c.trials)
    json["learning_rates"].push_back(
        {{"rate", trial.rate}, {"cost", number_or_null(trial.cost)}, {"steps", c.trial_steps}});
  json["weights"] = Json::array();
  for (const BlockMove& move : c.moves)
    if (move.learns)
      json["weights"].push_back({{"name", move.name},
                                 {"moved_by_first_steps", number_or_null(move.of_step)},
                                 {"moved", number_or_null(move.of_all)}});
  json["seconds"] = seconds;
  return json;
}

}  // namespace

/// nnrun doctor CONFIG | RUN: writes nothing.
Exit doctor(const Arguments& arguments, Registry& registry) {
  const Terminal out(stdout), talk(stderr);
  ExaminationLimits limits{.seconds = seconds_of(arguments)};
  Patient patient = patient_of(arguments, registry);
  const auto trainer = Trainer::create(patient.experiment, arguments.threads);
  say_changes(patient, *trainer, arguments, talk);
  watch_for_interrupts();
  const bool shows = !arguments.quiet && !arguments.json && talk.is_terminal();
  limits.stop = [] { return interrupt_signal() != 0; };
  if (shows) limits.progress = [&](const std::string& what) { talk.redraw(what); };
  const Clock::time_point start = Clock::now();
  Examination examined = examine(*trainer, limits, patient.run ? &*patient.run : nullptr);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (shows) talk.redraw("");
  if (interrupt_signal() != 0) throw Interrupted{128 + interrupt_signal()};
  if (!patient.run && !patient.record.error.empty() && examined.illnesses.empty())
    examined.illnesses.push_back(unexplained(patient.record, examined.course, seconds));
  if (arguments.json) {
    out.write_data(json_of(examined, trainer->experiment(), seconds)
                       .dump(-1, ' ', false, Json::error_handler_t::replace) +
                   "\n");
  } else {
    for (const Illness& illness : examined.illnesses)
      out.write(render(name_of(illness.confidence), {illness.problem}, out.colour()) + "\n");
    if (!arguments.quiet) out.write(drawing_of(examined.course, out));
    if (!arguments.quiet) out.write(summary_of(examined, seconds));
  }
  return examined.illnesses.empty() ? Exit::done : Exit::failed;
}

}  // namespace nnrun::host
