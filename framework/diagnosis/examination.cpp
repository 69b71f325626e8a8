#include "diagnosis/examination.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

#include "diagnosis/rules.hpp"
namespace nnrun::host {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t sample_rows = 1000;
constexpr double least_part_of_training = 0.4;  // of the time, however long looking at data takes

/// Of findings of one kind, the first is the nearest to the cause.
void append(std::vector<Illness> more, std::vector<Illness>& all) {
  const std::size_t before = all.size();
  for (Illness& illness : more)
    if (std::none_of(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(before),
                     [&](const Illness& one) {
                       return std::string_view(one.id) == illness.id &&
                              one.confidence <= illness.confidence;
                     }))
      all.push_back(std::move(illness));
}

/// Of findings that would have the learning rate changed, the first says how.
void keep_one_rate(const Place& place, std::vector<Illness>& all) {
  constexpr std::array<std::string_view, 4> of_rates{"learning_rate", "saturated_units",
                                                     "dead_units", "cost_rose"};
  bool is_first = true;
  std::erase_if(all, [&](const Illness& illness) {
    const Place& own = illness.problem.place;
    return std::ranges::count(of_rates, illness.id) > 0 && own.source == place.source &&
           own.line == place.line && own.column == place.column && !std::exchange(is_first, false);
  });
}

}  // namespace

Examination examine(Trainer& trainer, const ExaminationLimits& limits, const FinishedRun* run) {
  const Clock::time_point begin = Clock::now();
  if (limits.progress) limits.progress("looking at the data");
  const DataSample sample = sample_of(trainer);
  const auto probe = Probe::create(trainer, sample_rows);
  ExaminationLimits rest = limits;
  rest.seconds =
      std::max(limits.seconds * least_part_of_training,
               limits.seconds - std::chrono::duration<double>(Clock::now() - begin).count());
  Examination result;
  result.course = run ? course_of_run(trainer, *probe, *run->model, run->epochs, rest)
                      : course_of_training(trainer, *probe, rest);
  const Evidence evidence{trainer.experiment(), trainer, probe->graph(), sample, result.course};
  std::vector<Illness>& all = result.illnesses;
  append(illnesses_of_start(evidence), all);
  std::vector<Illness> of_examples = illnesses_of_examples(evidence);
  const bool nothing_to_learn = std::ranges::any_of(
      of_examples, [](const Illness& one) { return one.confidence == Confidence::certain; });
  append(std::move(of_examples), all);
  // of such examples, the rest is what follows
  if (!nothing_to_learn)
    for (const auto of : {illnesses_of_scale, illnesses_of_restraints, illnesses_of_rate,
                          illnesses_of_layers, illnesses_of_end, illnesses_of_data})
      append(of(evidence), all);
  std::ranges::stable_sort(all, {}, &Illness::confidence);
  const bool is_explained = std::ranges::any_of(
      all, [](const Illness& illness) { return illness.confidence != Confidence::possible; });
  if (!is_explained) append(illnesses_by_exclusion(evidence), all);
  std::ranges::stable_sort(all, {}, &Illness::confidence);
  keep_one_rate(rate_place(evidence), all);
  // their nodes are the probe's, which is gone in a moment
  result.course.layers.clear();
  result.course.layers_at_start.clear();
  return result;
}

}  // namespace nnrun::host
