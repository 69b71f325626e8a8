#include "diagnosis/sharing_times.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "training/early_sums.hpp"
namespace nnrun::host {
namespace {

// Of adding up, by itself: so many rounds, each of them so long, and the fastest counts.
constexpr std::size_t rounds = 5;
constexpr double seconds_of_round = 0.04;
// Of steps: as many pieces as take some time, after the run has chosen when sums go.
constexpr double seconds_of_steps = 1;
constexpr std::size_t fewest_pieces = 3;

/// Returns what adding up so many numbers takes, as rank 0 sees it.
template <class T>
double seconds_of_adding_up(Processes& processes, std::size_t shards, std::size_t numbers) {
  const std::size_t n = padded(numbers);
  const ShardRows own = processes.shards_of(processes.rank(), shards);
  Buffer<T> sum(n + NNRUN_LANES);
  Team team(1);
  ShardSums<T> sums(sum.data(), n, static_cast<std::uint32_t>(own.from),
                    static_cast<std::uint32_t>(own.count), team);
  sums.restart();
  for (std::size_t i = 0; i < own.count; ++i) {
    std::fill_n(sums.room(), n, T(0));
    sums.take(0);
  }
  const auto repeat = [&](std::uint64_t times) {
    times = processes.next_steps({times, false}).count;  // all begin at once
    return seconds_in([&] {
             for (std::uint64_t i = 0; i < times; ++i) processes.add_up(sums, shards);
           }) /
           static_cast<double>(times);
  };
  repeat(1);  // memory is touched, connections are made
  double best = repeat(1);
  const auto times =
      static_cast<std::uint64_t>(std::clamp(seconds_of_round / std::max(best, 1e-9), 1., 1e4));
  for (std::size_t round = 0; round < rounds; ++round) best = std::min(best, repeat(times));
  return best;
}

}  // namespace

double SharingTimes::hidden() const {
  return step.adding > 0 ? std::max(0., 1 - step.waited / step.adding) : 0;
}

double SharingTimes::exchange_of(std::uint32_t n) const {
  if (n <= 1) return 0;
  const Traffic traffic = traffic_of(bytes, n, shards);
  return traffic.messages * message + traffic.bytes * byte;
}

/// Returns the largest share of a batch that one of n processes has.
double SharingTimes::share_of(std::uint32_t n) const {
  return static_cast<double>((shards + n - 1) / n) / static_cast<double>(shards);
}

/// Returns how many times as long one of these processes computes, beside the others, as alone.
double SharingTimes::slowness() const {
  if (processes == 1) return 1;
  const double computed = step.seconds - step.waited;
  const double expected = (alone - update) * share_of(processes) + update;
  return std::max(1., computed / expected);
}

/// Returns how long a process waits beyond the messages, because another one is not as fast.
double SharingTimes::uneven() const {
  return std::max(0., step.waited - exchange * (1 - hidden()));
}

double SharingTimes::step_alone(double times_rows) const {
  return (alone - update) * times_rows + update;
}

double SharingTimes::step_of(std::uint32_t n, double times_rows) const {
  if (n <= 1) return step_alone(times_rows);
  const double computes = (alone - update) * times_rows * share_of(n) + update;
  return computes * slowness() + exchange_of(n) * (1 - hidden()) + uneven();
}

std::size_t SharingTimes::rows_for(double efficiency, std::uint32_t n) const {
  constexpr double most = 1 << 20;
  for (double times = 1; times <= most; times *= 1.125)
    if (efficiency_of(n, times) >= efficiency)
      return static_cast<std::size_t>(std::ceil(times * static_cast<double>(rows)));
  return 0;
}

void measure_exchange(Processes& processes, const Trainer& trainer, SharingTimes& times) {
  const std::shared_ptr<const Model> model = trainer.model();
  const Graph& graph = model->graph();
  const std::size_t shards = trainer.experiment().train.shards.value,
                    numbers = graph.n_parameters + graph.n_state;
  const bool is_single = trainer.experiment().dtype == Dtype::float32;
  const auto seconds = [&](std::size_t n) {
    return is_single ? seconds_of_adding_up<float>(processes, shards, n)
                     : seconds_of_adding_up<double>(processes, shards, n);
  };
  times.processes = processes.count();
  times.shards = shards;
  times.rows =
      std::min(trainer.experiment().train.batch_size, trainer.data().examples[NNRUN_TRAIN]);
  times.bytes = numbers * (is_single ? sizeof(float) : sizeof(double)) + sizeof(double);
  const double little = seconds(NNRUN_LANES);
  times.exchange = seconds(numbers);
  const Traffic few = traffic_of(NNRUN_LANES * sizeof(float), times.processes, shards),
                all = traffic_of(times.bytes, times.processes, shards);
  times.message = little / few.messages;
  times.byte = std::max(0., times.exchange - all.messages * times.message) / all.bytes;
}

SharedStep measure_shared_steps(Processes& processes, Trainer& trainer) {
  SharedStep best{.seconds = std::numeric_limits<double>::infinity()};
  double of_pieces = 0, before = 0;
  std::size_t pieces = 0;
  std::uint64_t steps = trainer.steps();
  AddingUp last = trainer.adding_up();
  Listener listener;
  listener.progress = [&](const Progress& progress) {
    const AddingUp now = trainer.adding_up();
    const auto made = static_cast<double>(trainer.steps() - std::exchange(steps, trainer.steps()));
    const double took = progress.seconds - std::exchange(before, progress.seconds);
    const AddingUp then = std::exchange(last, now);
    const SharedStep step{took / made, (now.waited - then.waited) / made,
                          (now.seconds - then.seconds) / made, now.early > then.early};
    const bool is_chosen = trainer.has_chosen_when();
    if (is_chosen) {
      of_pieces += took;
      ++pieces;
    }
    if ((is_chosen && pieces == 1) || step.seconds < best.seconds) best = step;
  };
  listener.epoch = [&](const EpochReport&) { before = 0; };
  listener.stop = [&] { return of_pieces > seconds_of_steps && pieces >= fewest_pieces; };
  if (!trainer.advance(listener)) processes.next_steps({0, false});
  return best;
}

}  // namespace nnrun::host
