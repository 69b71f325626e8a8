// A schedule is a function of the moment: the factor of the learning rate.
#include "checking/trial.hpp"
namespace nnrun::host {
namespace schedule_trial {

/// Returns the factor after `step` of 100 updates, ten per epoch. The monitored value does not
/// change.
double factor(const Object& schedule, std::uint64_t step, std::uint64_t steps = 100) {
  const std::uint64_t per_epoch = steps < 10 ? 1 : steps / 10;
  const std::vector<double> history(step / per_epoch, 1.);
  const nnrun_moment moment{sizeof moment, 0, step, steps, per_epoch, history.data(),
                            history.size()};
  double out = std::numeric_limits<double>::quiet_NaN();
  schedule.call("factor", schedule.functions<nnrun_schedule>().factor, &moment, &out);
  return out;
}

Finding range(const Subject& subject) {
  const Object schedule(subject.use);
  double least = 1e300, most = 0;
  for (const std::uint64_t steps : {1u, 7u, 100u})
    for (std::uint64_t step = 0; step <= steps; ++step) {
      const double f = factor(schedule, step, steps);
      if (!std::isfinite(f) || f < 0)
        return broken("the factor after step " + std::to_string(step) + " of " +
                      std::to_string(steps) + " is " + shown(f));
      least = std::min(least, f), most = std::max(most, f);
    }
  return kept("from " + significant(least, 3) + " to " + significant(most, 3));
}

std::vector<double> compute(const Object& schedule) {
  std::vector<double> factors;
  for (std::uint64_t step = 0; step < 100; ++step) factors.push_back(factor(schedule, step));
  return factors;
}

/// Asks for factors in another order, as a resumed run does.
Finding moment_alone(const Subject& subject) {
  const Object schedule(subject.use), fresh(subject.use);
  const std::vector<double> expected = compute(schedule);
  for (std::uint64_t step = 100; step-- > 0;)
    if (const double f = factor(fresh, step); !same(f, expected[step]))
      return broken("after step " + std::to_string(step) + " it gives " + shown(f) + " or " +
                    shown(expected[step]) + ", as the calls before went");
  return kept();
}
void call_other(const Object& schedule) {
  factor(schedule, 3, 7);
}

constexpr Law all[]{{"range", range},
                    {"moment alone", moment_alone},
                    two_threads<compute>,
                    no_memory_of_calls<compute, call_other>};

}  // namespace schedule_trial

std::span<const Law> schedule_laws() {
  return schedule_trial::all;
}

}  // namespace nnrun::host
