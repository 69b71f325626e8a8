// What it takes to share a training between processes: measured on those that there are, and what
// follows for other numbers of them.
#pragma once
#include "training/processes.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

/// What one step takes, as a clock saw it.
struct SharedStep {
  double seconds = 0;
  double waited = 0;  ///< of these, for other processes: messages, and those that were not as fast
  double adding = 0;  ///< what adding up over them took; more than `waited` if some of it was early
  bool early = false;  ///< sums of layers went before all layers were done
};

struct SharingTimes {
  std::uint32_t processes = 1;
  std::size_t rows = 0, shards = 1;  ///< of a batch
  std::size_t bytes = 0;             ///< that are added up
  double alone = 0;                  ///< a step of one process that has no others beside it
  double update = 0;                 ///< of that, what every process does for itself
  double exchange = 0;               ///< adding up over all processes, by itself
  double message = 0, byte = 0;      ///< seconds, of that
  SharedStep step;                   ///< on all processes

  /// Returns a process alone's step in seconds, divided by what a step of n processes would take
  /// each of them, if it were shared without loss.
  double efficiency() const { return alone / (processes * step.seconds); }
  double hidden() const;  ///< the share of the exchange that steps did not wait for

  /// What is to be expected of n processes, each connected to the others as these are, and as fast
  /// as these. A batch of more rows: times as many.
  double exchange_of(std::uint32_t n) const;
  double step_of(std::uint32_t n, double times_rows = 1) const;
  double step_alone(double times_rows) const;
  double efficiency_of(std::uint32_t n, double times_rows = 1) const {
    return step_alone(times_rows) / (n * step_of(n, times_rows));
  }
  /// Returns that of a batch that has as many rows for each process as one process alone has now.
  double weak_efficiency_of(std::uint32_t n) const { return step_alone(1) / step_of(n, n); }
  /// Returns the rows of the smallest batch, in steps of an eighth, with which n processes would be
  /// as efficient as that; 0: there is none.
  std::size_t rows_for(double efficiency, std::uint32_t n) const;

 private:
  double share_of(std::uint32_t n) const;
  double slowness() const;
  double uneven() const;
};

/// Measures what adding up a gradient of this trainer takes: nothing else, and by itself. Every
/// process calls it.
void measure_exchange(Processes& processes, const Trainer& trainer, SharingTimes& times);

/// Makes steps until some are measured, in the process of rank 0, while the others `advance`.
SharedStep measure_shared_steps(Processes& processes, Trainer& trainer);

}  // namespace nnrun::host
