// An optimizer updates parameters from their gradient; its only memory is its slots.
#include <algorithm>

#include "checking/trial.hpp"
namespace nnrun::host {
namespace optimizer_trial {

using Numbers = std::vector<double>;
using Gradient = std::function<void(const Numbers& w, Numbers& g)>;

/// Parameters with their slots on the way down.
template <class T>
class Walk {
 public:
  Walk(const Object& optimizer, const Numbers& start)
      : optimizer_(optimizer),
        table_(optimizer.functions<nnrun_optimizer>()),
        w_(start),
        g_(w_.size()) {
    for (std::uint32_t i = 0; i < table_.n_slots; ++i) slots_.emplace_back(start.size());
    pointers_.resize(slots_.size());
  }
  void step(const Gradient& gradient, double rate, std::uint64_t number) {
    Numbers w = numbers(), g(w.size());
    gradient(w, g);
    for (std::size_t i = 0; i < g.size(); ++i) g_.data()[i] = static_cast<T>(g[i]);
    apply(0, padded(w_.size()), rate, number);
  }
  /// Updates one part of the vector, as one of several threads does.
  void apply(std::size_t from, std::size_t to, double rate, std::uint64_t number) {
    for (std::size_t s = 0; s < slots_.size(); ++s) pointers_[s] = slots_[s].data() + from;
    const nnrun_update update{sizeof update,    table_.n_slots, w_.data() + from, g_.data() + from,
                              pointers_.data(), to - from,      number,           rate};
    optimizer_.call("update", table_.update[dtype_of<T>], &update);
  }
  /// Copies parameters and slots of another walk.
  void take_over(const Walk& other) {
    const auto copy = [](const Guarded<T>& from, Guarded<T>& to) {
      std::copy_n(from.data(), padded(from.size()), to.data());
    };
    copy(other.w_, w_);
    for (std::size_t s = 0; s < slots_.size(); ++s) copy(other.slots_[s], slots_[s]);
  }
  Numbers numbers() const { return {w_.all().begin(), w_.all().end()}; }
  Guarded<T>& g() { return g_; }
  const Guarded<T>& w() const { return w_; }
  bool overrun() const {
    return w_.overrun() || std::ranges::any_of(slots_, [](const auto& s) { return s.overrun(); });
  }

 private:
  const Object& optimizer_;
  const nnrun_optimizer& table_;
  Guarded<T> w_, g_;
  std::vector<Guarded<T>> slots_;
  std::vector<void*> pointers_;
};

double rate_of(const Object& optimizer) {
  return optimizer.functions<nnrun_optimizer>().learning_rate;
}

void quadratic(const Numbers& w, Numbers& g) {
  for (std::size_t i = 0; i < w.size(); ++i) g[i] = (static_cast<double>(i) + 1) * (w[i] - 1);
}
double quadratic_cost(const Numbers& w) {
  double sum = 0;
  for (std::size_t i = 0; i < w.size(); ++i)
    sum += (static_cast<double>(i) + 1) * (w[i] - 1) * (w[i] - 1) / 2;
  return sum;
}
/// The slopes of Rosenbrock 1960: a curved valley with its lowest point at (1, 1).
void rosenbrock(const Numbers& w, Numbers& g) {
  g[0] = -400 * w[0] * (w[1] - w[0] * w[0]) - 2 * (1 - w[0]);
  g[1] = 200 * (w[1] - w[0] * w[0]);
}
double rosenbrock_cost(const Numbers& w) {
  const double a = w[1] - w[0] * w[0], b = 1 - w[0];
  return 100 * a * a + b * b;
}
const Numbers start{3, -2, 0.5, 4};

Finding slots(const Subject& subject) {
  const Object first(subject.use), second(subject.use);
  const double rate = rate_of(first);
  Walk<double> straight(first, start), resumed(second, start);
  for (std::uint64_t step = 1; step <= 10; ++step) straight.step(quadratic, rate, step);
  resumed.take_over(straight);
  for (std::uint64_t step = 11; step <= 20; ++step) straight.step(quadratic, rate, step);
  for (std::uint64_t step = 11; step <= 20; ++step) resumed.step(quadratic, rate, step);
  const std::string wrong = first_difference<double>(resumed.numbers(), straight.numbers());
  if (!wrong.empty()) return broken("after a resumption, " + wrong);
  const std::size_t n = first.functions<nnrun_optimizer>().n_slots;
  return kept(std::to_string(n) + (n == 1 ? " slot is" : " slots are") + " all of its memory");
}

/// One object takes two walks in turns: memory outside of the slots would mix them.
Finding turns(const Subject& subject) {
  const Object optimizer(subject.use);
  const double rate = rate_of(optimizer);
  const Numbers other{-1, 7, 2, -3};
  Walk<double> alone(optimizer, start), here(optimizer, start), there(optimizer, other);
  for (std::uint64_t step = 1; step <= 10; ++step) alone.step(quadratic, rate, step);
  for (std::uint64_t step = 1; step <= 10; ++step) {
    here.step(quadratic, rate, step);
    there.step(quadratic, rate, step);
  }
  const std::string wrong = first_difference<double>(here.numbers(), alone.numbers());
  return wrong.empty() ? kept() : broken("taking turns with other parameters, " + wrong);
}

Finding parts(const Subject& subject) {
  const Object optimizer(subject.use);
  if ((optimizer.functions<nnrun_optimizer>().flags & NNRUN_WHOLE_VECTOR) != 0)
    return skipped("it needs the whole vector");
  Numbers w;
  for (int i = 0; i < 24; ++i) w.push_back(std::sin(i));
  Walk<float> whole(optimizer, w), cut(optimizer, w);
  for (std::uint64_t step = 1; step <= 5; ++step) {
    whole.step(quadratic, 0.01, step);
    Numbers g(24);
    quadratic(cut.numbers(), g);
    for (std::size_t i = 0; i < 24; ++i) cut.g().data()[i] = static_cast<float>(g[i]);
    cut.apply(0, 8, 0.01, step);
    cut.apply(8, 24, 0.01, step);
  }
  const std::string wrong = first_difference<double>(cut.numbers(), whole.numbers());
  return wrong.empty() ? kept("the same bits") : broken("updated in parts, " + wrong);
}

Finding float_and_double(const Subject& subject) {
  const Object optimizer(subject.use);
  Walk<double> wide(optimizer, start);
  Walk<float> narrow(optimizer, start);
  for (std::uint64_t step = 1; step <= 5; ++step) {
    wide.step(quadratic, rate_of(optimizer), step);
    narrow.step(quadratic, rate_of(optimizer), step);
  }
  for (std::size_t i = 0; i < start.size(); ++i)
    if (!close(narrow.numbers()[i], wide.numbers()[i], 1e-4, 1e-5))
      return broken("after 5 steps a parameter in float is " + significant(narrow.numbers()[i], 6) +
                    ", in double " + significant(wide.numbers()[i], 6));
  return kept();
}

Finding padding(const Subject& subject) {
  const Object optimizer(subject.use);
  Walk<double> walk(optimizer, {3, -2, 0.5});
  for (std::uint64_t step = 1; step <= 5; ++step) walk.step(quadratic, 0.1, step);
  for (std::size_t i = 3; i < padded(3); ++i)
    if (walk.w().data()[i] != 0) return broken("padding becomes " + shown(walk.w().data()[i]));
  return walk.overrun() ? broken("writes past the last whole lane") : kept("stays 0");
}

/// Walks down a valley at the default rate; an optimizer fails only if it diverges at a tenth of it
/// too.
Finding descent(const Subject& subject, const Gradient& gradient,
                const std::function<double(const Numbers&)>& cost, const Numbers& from) {
  const Object optimizer(subject.use);
  const auto walk_down = [&](double rate) {
    Walk<double> walk(optimizer, from);
    for (std::uint64_t step = 1; step <= 500; ++step) walk.step(gradient, rate, step);
    return cost(walk.numbers());
  };
  const double before = cost(from), rate = rate_of(optimizer), after = walk_down(rate);
  const auto text = [&](double end, double by) {
    return "cost " + significant(before, 4) + " -> " +
           (std::isnan(end) ? "NaN" : significant(end, 2)) + " in 500 steps of rate " +
           shortest(by);
  };
  if (std::isfinite(after) && after <= before) return kept(text(after, rate));
  const double slower = walk_down(rate / 10);
  if (std::isfinite(slower) && slower <= before) return kept(text(slower, rate / 10));
  return broken("runs away: " + text(slower, rate / 10));
}
Finding on_quadratic(const Subject& subject) {
  return descent(subject, quadratic, quadratic_cost, start);
}
Finding on_rosenbrock(const Subject& subject) {
  return descent(subject, rosenbrock, rosenbrock_cost, {-0.5, 0.5});
}

Numbers compute(const Object& optimizer) {
  Walk<double> walk(optimizer, start);
  for (std::uint64_t step = 1; step <= 5; ++step) walk.step(quadratic, 0.01, step);
  return walk.numbers();
}

Finding not_a_number(const Subject& subject) {
  const Object optimizer(subject.use);
  Walk<double> walk(optimizer, start), whole(optimizer, start);
  const auto broken_slope = [](const Numbers& w, Numbers& g) {
    quadratic(w, g);
    g[0] = std::numeric_limits<double>::quiet_NaN();
  };
  walk.step(broken_slope, 0.01, 1);
  whole.step(quadratic, 0.01, 1);
  const bool coupled = (optimizer.functions<nnrun_optimizer>().flags & NNRUN_WHOLE_VECTOR) != 0;
  for (std::size_t i = 1; i < start.size() && !coupled; ++i)
    if (!same(walk.numbers()[i], whole.numbers()[i]))
      return broken("a NaN in slope 1 changes parameter " + std::to_string(i + 1));
  return kept("a NaN stays with its parameter");
}

HotCall hot_call(const Object& optimizer) {
  constexpr std::size_t many = 4096;
  auto walk = std::make_shared<Walk<double>>(optimizer, Numbers(many, 0.5));
  for (std::size_t i = 0; i < many; ++i)
    walk->g().data()[i] = std::sin(static_cast<double>(i)) / 100;
  const auto call = [walk, step = std::make_shared<std::uint64_t>(0)] {
    walk->apply(0, many, 1e-3, ++*step);
  };
  return {call, many};
}

constexpr Law all[]{{"slots", slots},
                    {"taking turns", turns},
                    {"parts and whole", parts},
                    {"float and double", float_and_double},
                    {"padding", padding},
                    {"quadratic", on_quadratic},
                    {"rosenbrock", on_rosenbrock},
                    two_threads<compute>,
                    {"NaN and Inf", not_a_number},
                    floating_point_mode<hot_call>,
                    no_allocation<hot_call>,
                    speed_of_calls<hot_call>};

}  // namespace optimizer_trial

std::span<const Law> optimizer_laws() {
  return optimizer_trial::all;
}

}  // namespace nnrun::host
