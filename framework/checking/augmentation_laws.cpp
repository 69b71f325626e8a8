// An augmentation is a function of an example and of the random numbers that it is given.
#include <algorithm>

#include "checking/trial.hpp"
#include "network/graph.hpp"
namespace nnrun::host {
namespace augmentation_trial {

constexpr std::size_t rows = 5;

/// A shape that the class takes, and how many random numbers it asks for.
struct AugmentationPlan {
  nnrun_shape shape;
  std::size_t cols, n_random;
};

/// Returns whether the class takes a shape; sets how many random numbers it asks for.
bool takes(const Object& object, const nnrun_shape& shape, std::size_t& n_random) {
  if (object.status_of("plan", object.functions<nnrun_augmentation>().plan, &shape, &n_random) == 0)
    return true;
  take_plugin_error();
  return false;
}
/// Returns the first that it takes: an image, or numbers without an order.
AugmentationPlan plan_of(const Object& object) {
  for (const nnrun_shape& shape : {nnrun_shape{3, {9, 8, 2}}, nnrun_shape{2, {9, 8}},
                                   nnrun_shape{1, {24}}, nnrun_shape{4, {3, 4, 5, 2}}}) {
    std::size_t n_random = 0;
    if (takes(object, shape, n_random)) return {shape, size_of(shape), n_random};
  }
  throw NotTried{"it takes none of 9x8x2, 9x8, 24 and 3x4x5x2"};
}

std::vector<double> numbers(std::size_t n, std::uint64_t seed) {
  TrialNumbers drawn(seed);
  std::vector<double> out(n);
  for (double& x : out) x = drawn.next();
  return out;
}

/// Buffers of one call.
template <class T>
struct AugmentationTrial {
  AugmentationPlan plan;
  std::size_t n;
  Guarded<T> in, out;
  std::vector<double> random;
  AugmentationTrial(const Object& object, std::size_t n_rows, std::uint64_t seed = 1)
      : plan(plan_of(object)),
        n(n_rows),
        in(numbers(n * plan.cols, seed)),
        out(n * plan.cols),
        random(numbers(n * plan.n_random, seed + 1)) {
    std::ranges::fill(std::span(out.data(), out.size()), std::numeric_limits<T>::quiet_NaN());
  }
  /// Changes some of the rows.
  void run(const Object& object, std::size_t from, std::size_t count) {
    const nnrun_augmentation_call call{sizeof call,
                                       count,
                                       plan.cols,
                                       &plan.shape,
                                       in.data() + from * plan.cols,
                                       out.data() + from * plan.cols,
                                       random.data() + from * plan.n_random,
                                       plan.n_random};
    object.call("change", object.functions<nnrun_augmentation>().change[dtype_of<T>], &call);
  }
};

Finding shapes(const Subject& subject) {
  const Object object(subject.use);
  const AugmentationPlan plan = plan_of(object);
  std::size_t again = 0;
  if (!takes(object, plan.shape, again) || again != plan.n_random)
    return broken("asked twice, it takes " + std::to_string(plan.n_random) + " and " +
                  std::to_string(again) + " random numbers for an example");
  return kept(text_of(plan.shape) + ": " + std::to_string(plan.n_random) +
              (plan.n_random == 1 ? " random number" : " random numbers"));
}

template <class T>
std::string fault_of_numbers(const Object& object) {
  AugmentationTrial<T> trial(object, rows);
  const std::vector<T> before(trial.in.all().begin(), trial.in.all().end());
  trial.run(object, 0, rows);
  if (trial.out.overrun()) return "writes past the end of its rows";
  if (!std::ranges::equal(before, trial.in.all())) return "changes the examples that it is given";
  for (std::size_t i = 0; i < trial.out.size(); ++i)
    if (!std::isfinite(trial.out.data()[i]))
      return "number " + std::to_string(i + 1) + " is " +
             shown(static_cast<double>(trial.out.data()[i])) + ", or is not written";
  return "";
}
Finding numbers_law(const Subject& subject) {
  const Object object(subject.use);
  std::string wrong = fault_of_numbers<float>(object);
  if (wrong.empty()) wrong = fault_of_numbers<double>(object);
  return wrong.empty() ? kept("all are written, and no other") : broken(wrong);
}

Finding float_and_double(const Subject& subject) {
  const Object object(subject.use);
  AugmentationTrial<float> narrow(object, rows);
  AugmentationTrial<double> wide(object, rows);
  narrow.run(object, 0, rows);
  wide.run(object, 0, rows);
  for (std::size_t i = 0; i < wide.out.size(); ++i) {
    const auto found = static_cast<double>(narrow.out.data()[i]);
    // inputs lie between 0 and 1: some roundings of 6e-8 each
    if (!close(found, wide.out.data()[i], 1e-5, 1e-5))
      return broken("number " + std::to_string(i + 1) + " is " + shown(found) + " in float, " +
                    shown(wide.out.data()[i]) + " in double");
  }
  return kept();
}

/// A row alone, with its own random numbers, must be as in the batch.
Finding one_row(const Subject& subject) {
  const Object object(subject.use);
  AugmentationTrial<double> batch(object, rows), alone(object, rows);
  batch.run(object, 0, rows);
  for (std::size_t r = rows; r-- > 0;) alone.run(object, r, 1);
  const std::string wrong = first_difference<double>(alone.out.all(), batch.out.all());
  return wrong.empty() ? kept() : broken("row by row, " + wrong);
}

std::vector<double> compute(const Object& object) {
  AugmentationTrial<double> trial(object, rows);
  trial.run(object, 0, rows);
  return {trial.out.all().begin(), trial.out.all().end()};
}
void call_other(const Object& object) {
  AugmentationTrial<double>(object, 3, 77).run(object, 0, 3);
}

HotCall hot_call(const Object& object) {
  auto trial = std::make_shared<AugmentationTrial<float>>(object, 100);
  return {[&object, trial] { trial->run(object, 0, trial->n); },
          static_cast<double>(trial->out.size())};
}

Finding numbers_at_edges(const Subject& subject) {
  return at_edges_too(subject, numbers_law);
}

constexpr Law all[]{
    {"shapes", shapes},      {"numbers", numbers_at_edges}, {"float and double", float_and_double},
    {"one row", one_row},    two_threads<compute>,          no_memory_of_calls<compute, call_other>,
    no_allocation<hot_call>, floating_point_mode<hot_call>, speed_of_calls<hot_call>};

}  // namespace augmentation_trial

std::span<const Law> augmentation_laws() {
  return augmentation_trial::all;
}

}  // namespace nnrun::host
