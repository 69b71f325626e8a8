#include "diagnosis/examination.hpp"

#include <algorithm>
#include <chrono>

#include "diagnosis/rules.hpp"
namespace nnrun::host {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t sample_rows = 1000;
constexpr double least_part_of_training = 0.4;  // of the time, however long looking at data takes

void append(std::vector<Illness> more, std::vector<Illness>& all) {
  std::ranges::move(more, std::back_inserter(all));
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
  for (const auto of : {illnesses_of_start, illnesses_of_scale, illnesses_of_rate,
                        illnesses_of_layers, illnesses_of_end, illnesses_of_data})
    append(of(evidence), all);
  std::ranges::stable_sort(all, {}, &Illness::confidence);
  const bool is_explained = std::ranges::any_of(
      all, [](const Illness& illness) { return illness.confidence != Confidence::possible; });
  if (!is_explained) append(illnesses_by_exclusion(evidence), all);
  std::ranges::stable_sort(all, {}, &Illness::confidence);
  // their nodes are the probe's, which is gone in a moment
  result.course.layers.clear();
  result.course.layers_at_start.clear();
  return result;
}

}  // namespace nnrun::host
