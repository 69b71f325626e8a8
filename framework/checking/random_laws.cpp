// Random numbers and the initializers that draw them: the same for the same seed.
#include <algorithm>

#include "checking/trial.hpp"
namespace nnrun::host {
namespace random_trial {

using Numbers = std::vector<double>;

Object seeded(const Subject& subject, std::uint64_t seed) {
  Object random(subject.use);
  random.call("seed", random.functions<nnrun_random>().seed, seed);
  return random;
}
Numbers draw(const Object& random, const char* name, std::uint64_t index, std::uint64_t from,
             std::size_t n) {
  Numbers out(n, -1);
  random.call("uniform", random.functions<nnrun_random>().uniform, name, index, from, out.data(),
              n);
  return out;
}
bool sequential(const Object& random) {
  return (random.functions<nnrun_random>().flags & NNRUN_SEQUENTIAL) != 0;
}

Finding range(const Subject& subject) {
  constexpr std::size_t n = 100000;
  const Numbers x = draw(seeded(subject, 3), "data/train", 0, 0, n);
  double sum = 0;
  for (const double v : x) {
    if (!(v >= 0 && v < 1)) return broken("gives " + shown(v) + ", which is not in [0, 1)");
    sum += v;
  }
  const double mean = sum / n;
  // the mean of n numbers has the deviation √(1 / 12 n), 0.0009: more than 6 of them off by chance
  // once in 10⁹ seeds
  const std::string text = "mean of 100000: " + significant(mean, 5);
  return std::abs(mean - 0.5) < 6 * std::sqrt(1. / 12 / n) ? kept(text) : broken(text);
}

Finding same_seed(const Subject& subject) {
  const std::string wrong =
      first_difference<double>(draw(seeded(subject, 5), "shuffle", 2, 0, 100),
                               draw(seeded(subject, 5), "shuffle", 2, 0, 100));
  return wrong.empty() ? kept() : broken("drawn again with the same seed, " + wrong);
}

Finding other_seed(const Subject& subject) {
  const Numbers first = draw(seeded(subject, 1), "shuffle", 0, 0, 8);
  for (const std::uint64_t seed : {0u, 2u, 11u, 111u})
    if (draw(seeded(subject, seed), "shuffle", 0, 0, 8) == first)
      return broken("seeds 1 and " + std::to_string(seed) + " give the same numbers");
  return kept();
}

Finding streams(const Subject& subject) {
  const Object random = seeded(subject, 7);
  if (sequential(random)) return skipped("it is one sequence");
  const Numbers first = draw(random, "init/a", 0, 0, 8);
  if (draw(random, "init/b", 0, 0, 8) == first) return broken("streams of two names are the same");
  if (draw(random, "init/a", 1, 0, 8) == first)
    return broken("streams of two indices are the same");
  return kept();
}

Finding pieces(const Subject& subject) {
  const Object whole = seeded(subject, 9), cut = seeded(subject, 9);
  const Numbers expected = draw(whole, "data/train", 0, 0, 100);
  Numbers found;
  for (const std::size_t n : {1u, 2u, 3u, 7u, 87u}) {
    const Numbers piece = draw(cut, "data/train", 0, found.size(), n);
    found.insert(found.end(), piece.begin(), piece.end());
  }
  std::string wrong = first_difference<double>(found, expected);
  if (!wrong.empty()) return broken("drawn in pieces, " + wrong);
  if (sequential(cut)) return kept("one sequence");
  const Numbers tail(expected.begin() + 40, expected.end());
  wrong = first_difference<double>(draw(cut, "data/train", 0, 40, 60), tail);
  return wrong.empty() ? kept("from any place") : broken("drawn from number 41 on, " + wrong);
}

HotCall hot_call(const Object& random) {
  random.call("seed", random.functions<nnrun_random>().seed, 1);
  auto out = std::make_shared<Numbers>(1000);
  const auto call = [&random, out, from = std::make_shared<std::uint64_t>(0)] {
    random.call("uniform", random.functions<nnrun_random>().uniform, "data/train", 0, *from,
                out->data(), out->size());
    *from += out->size();
  };
  return {call, 1000};
}

constexpr Law all[]{{"range", range},     {"same seed", same_seed}, {"other seeds", other_seed},
                    {"streams", streams}, {"pieces", pieces},       speed_of_calls<hot_call>};

}  // namespace random_trial

namespace initializer_trial {

using Numbers = std::vector<double>;
constexpr double untouched = -7.25e300;

Numbers filled(const Object& initializer, std::size_t units, std::size_t inputs,
               std::uint64_t seed = 1) {
  TrialNumbers numbers(seed);
  const nnrun_shape shape{2, {units, inputs}};
  Numbers w(units * inputs + NNRUN_LANES, untouched);
  initializer.call("fill", initializer.functions<nnrun_initializer>().fill, numbers.lent(), &shape,
                   inputs, units, w.data());
  return w;
}

Finding numbers(const Subject& subject) {
  const Object initializer(subject.use);
  constexpr std::size_t n = 35;
  const Numbers w = filled(initializer, 7, 5);
  double sum = 0, square = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    if (i >= n && w[i] != untouched) return broken("writes past the end of its block");
    if (i >= n) continue;
    if (w[i] == untouched) return broken("leaves number " + std::to_string(i + 1) + " unwritten");
    if (!std::isfinite(w[i]))
      return broken("number " + std::to_string(i + 1) + " is " + shown(w[i]));
    sum += w[i], square += w[i] * w[i];
  }
  const double mean = sum / n;
  return kept("7 x 5: mean " + significant(mean, 2) + ", deviation " +
              significant(std::sqrt(std::max(0., square / n - mean * mean)), 2));
}

Finding same_seed(const Subject& subject) {
  const Object first(subject.use), second(subject.use);
  const Numbers expected = filled(first, 7, 5);
  std::string wrong = first_difference<double>(filled(first, 7, 5), expected);
  if (wrong.empty()) {
    filled(second, 2, 9);
    wrong = first_difference<double>(filled(second, 7, 5), expected);
  }
  return wrong.empty() ? kept() : broken("filled again with the same seed, " + wrong);
}

Finding shapes(const Subject& subject) {
  const Object initializer(subject.use);
  for (const auto& [units, inputs] : {std::pair{1u, 1u}, {1u, 9u}, {9u, 1u}, {30u, 20u}})
    for (const double w : filled(initializer, units, inputs))
      if (!std::isfinite(w))
        return broken("a block of " + std::to_string(units) + " x " + std::to_string(inputs) +
                      " gets " + shown(w));
  return kept();
}

HotCall hot_call(const Object& initializer) {
  return {[&initializer] { filled(initializer, 50, 20); }, 1000};
}

constexpr Law all[]{
    {"numbers", numbers}, {"same seed", same_seed}, {"shapes", shapes}, speed_of_calls<hot_call>};

}  // namespace initializer_trial

std::span<const Law> random_laws() {
  return random_trial::all;
}
std::span<const Law> initializer_laws() {
  return initializer_trial::all;
}

}  // namespace nnrun::host
