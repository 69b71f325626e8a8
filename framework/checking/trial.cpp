#include "checking/trial.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif
namespace nnrun::host {
namespace {

using Function = std::function<double(double)>;

/// Central differences, extrapolated once (Richardson): error h⁴ f⁗′ / 480, and rounding ε f / h.
/// Divides by the steps that were really made, since x ± h is rounded.
double central(const Function& f, double x, double h) {
  const auto divided = [&](double step) {
    const double above = x + step, below = x - step;
    return (f(above) - f(below)) / (above - below);
  };
  return (4 * divided(h / 2) - divided(h)) / 3;
}

/// Returns the slope on one side, to second order. h: negative for the left.
double one_sided(const Function& f, double x, double h) {
  return (4 * f(x + h) - 3 * f(x) - f(x + 2 * h)) / (2 * h);
}

/// Returns whether left and right slope differ for every small h, as for |x| at 0, whose central
/// difference is 0.
bool is_kink(const Function& f, double x) {
  return std::ranges::all_of(std::array{1e-4, 1e-6}, [&](double h) {
    const double left = one_sided(f, x, -h), right = one_sided(f, x, h);
    return std::abs(left - right) > 1e-3 * (1 + std::abs(left) + std::abs(right));
  });
}

std::vector<double> steps_at(double x) {
  std::vector<double> steps{1e-3, 1e-4, 1e-2, 1e-5};
  // where |x| is large, the digits of x ± 0.001 are few
  if (std::abs(x) > 16)
    for (const double part : {1e-3, 1e-5}) steps.push_back(part * std::abs(x));
  return steps;
}

constexpr double relative_slope = 1e-6, absolute_slope = 1e-8;

/// Returns the seconds of one call: the least of several.
double seconds_of(const std::function<void()>& call) {
  using clock = std::chrono::steady_clock;
  call();
  double best = 1;
  for (int i = 0; i < 5; ++i) {
    const auto start = clock::now();
    call();
    best = std::min(best, std::chrono::duration<double>(clock::now() - start).count());
  }
  return best;
}

}  // namespace

SlopeTrial try_slope(const Function& f, double x, double found) {
  SlopeTrial trial;
  // No single step suits all functions; a wrong slope agrees at none of them.
  bool first = true;
  for (const double h : steps_at(x)) {
    const double expected = central(f, x, h);
    if (first) trial.expected = expected;
    first = false;
    if (!close(found, expected, relative_slope, absolute_slope)) continue;
    trial.expected = expected;
    if (is_kink(f, x)) trial.verdict = SlopeTrial::Verdict::kink;
    return trial;
  }
  trial.verdict = SlopeTrial::Verdict::wrong;
  if (!std::isfinite(found)) return trial;
  for (const double h : {1e-4, 1e-5, 1e-6}) {
    const double left = one_sided(f, x, -h), right = one_sided(f, x, h);
    // where the slope itself has a kink (softsign at 0), central differences are of first order
    if (close(found, left, relative_slope, relative_slope) &&
        close(found, right, relative_slope, relative_slope))
      return {SlopeTrial::Verdict::agrees, left};
    const double margin = 1e-4 * (1 + std::abs(left) + std::abs(right));
    if (!(std::abs(left - right) > 10 * margin)) continue;
    if (found < std::min(left, right) - margin || found > std::max(left, right) + margin) continue;
    trial.verdict = SlopeTrial::Verdict::kink;
    break;
  }
  return trial;
}

void SlopeReport::add(const SlopeTrial& trial, const std::string& at, double found) {
  ++tried_;
  if (trial.verdict == SlopeTrial::Verdict::kink) {
    if (std::ranges::find(kinks_, at) == kinks_.end()) kinks_.push_back(at);
  } else if (trial.verdict == SlopeTrial::Verdict::wrong) {
    if (wrong_.empty())
      wrong_ = "at " + at + " the slope is " + significant(found, 6) + ", differences give " +
               significant(trial.expected, 6);
  } else if (std::isfinite(found)) {
    largest_ = std::max(largest_, std::abs(found - trial.expected) / std::max(1., std::abs(found)));
  }
}

Finding SlopeReport::finding() const {
  if (failed()) return broken(wrong_);
  if (!kinks_.empty()) {
    std::string text = "kink at " + kinks_.front();
    for (std::size_t i = 1; i < std::min<std::size_t>(kinks_.size(), 4); ++i)
      text += ", " + kinks_[i];
    if (kinks_.size() > 4) text += " and " + std::to_string(kinks_.size() - 4) + " more";
    return {LawStatus::kink, text};
  }
  return kept(std::to_string(tried_) + " slopes, differences at most " + significant(largest_, 1));
}

std::string shown(double x) {
  return std::isnan(x) ? "NaN" : shortest(x);
}

bool close(double found, double expected, double relative, double absolute) {
  if (same(found, expected)) return true;
  return std::abs(found - expected) <= relative * std::abs(expected) + absolute;
}

bool same(double found, double expected) {
  return found == expected || (std::isnan(found) && std::isnan(expected));
}

double TrialNumbers::next() {
  ++drawn_;
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

int TrialNumbers::fill(void* self, double* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<TrialNumbers*>(self)->next();
  return 0;
}

namespace {
Object made_ready(const Subject& subject) {
  Object object(subject.use);
  if (subject.ready != nullptr) subject.ready(object);
  return object;
}
}  // namespace

Finding in_two_threads(const Subject& subject, Compute compute) {
  const Object object = made_ready(subject);
  const std::vector<double> alone = compute(object);
  std::mutex mutex;
  std::string wrong;
  const auto work = [&] {
    std::string said;
    try {
      for (int i = 0; i < 200 && said.empty(); ++i)
        said = first_difference<double>(compute(object), alone);
    } catch (const Error& error) {
      said = error.what();
    }
    const std::lock_guard lock(mutex);
    if (wrong.empty()) wrong = said;
  };
  { const std::jthread first(work), second(work); }
  return wrong.empty() ? kept() : broken("beside another thread " + wrong);
}

Finding called_again(const Subject& subject, Compute compute, CallOther call_other) {
  const Object object = made_ready(subject);
  const std::vector<double> first = compute(object);
  std::string wrong = first_difference<double>(compute(object), first);
  if (!wrong.empty()) return broken("called again with the same numbers, " + wrong);
  call_other(object);
  wrong = first_difference<double>(compute(object), first);
  return wrong.empty() ? kept() : broken("after a call with other numbers, " + wrong);
}

Finding without_allocations(const Subject& subject, Prepare prepare) {
  if (subject.allocations == nullptr) return skipped("allocations are not counted here");
  const Object object = made_ready(subject);
  const HotCall hot = prepare(object);
  hot.call();
  constexpr std::size_t calls = 8;
  const std::size_t before = subject.allocations();
  for (std::size_t i = 0; i < calls; ++i) hot.call();
  const std::size_t count = subject.allocations() - before;
  if (count == 0) return kept();
  return broken(significant(static_cast<double>(count) / calls, 3) +
                (count == calls ? " allocation" : " allocations") + " in a call");
}

Finding keeps_floating_point_mode(const Subject& subject, Prepare prepare) {
  const Object object = made_ready(subject);
  const HotCall hot = prepare(object);
#if defined(__x86_64__)
  constexpr unsigned flags = 0x3f;  // what happened so far; the rest is the mode
  const unsigned before = _mm_getcsr();
  hot.call();
  const unsigned after = _mm_getcsr();
  _mm_setcsr(before);
  return (before & ~flags) == (after & ~flags)
             ? kept()
             : broken("a call changes the floating-point mode of its thread");
#else
  hot.call();
  return skipped("known for x86-64 only");
#endif
}

namespace {

/// Returns a class of the kind that authors know, whose speed is shown for comparison.
std::string familiar_class(std::string_view kind) {
  using Pair = std::pair<std::string_view, std::string_view>;
  constexpr std::array names{Pair{"activation", "sigmoid"},
                             Pair{"augmentation", "flip"},
                             Pair{"cost", "sum_squared_error"},
                             Pair{"initializer", "glorot_uniform"},
                             Pair{"layer", "dense"},
                             Pair{"metric", "accuracy"},
                             Pair{"optimizer", "sgd"},
                             Pair{"random", "philox"},
                             Pair{"regularizer", "l2"}};
  const auto found = std::ranges::find(names, kind, &Pair::first);
  return found == names.end() ? std::string() : std::string(found->second);
}

}  // namespace

Finding speed(const Subject& subject, Prepare prepare) {
  const auto per_element = [](const HotCall& hot) {
    return significant(seconds_of(hot.call) / hot.elements * 1e9, 2) + " ns";
  };
  const Object object = made_ready(subject);
  const HotCall own = prepare(object);
  const std::string familiar = familiar_class(subject.plugin().kind);
  std::string text = per_element(own);
  const Class* const other =
      subject.built_in ? subject.built_in->find(subject.plugin().kind, familiar) : nullptr;
  if (other != nullptr && subject.plugin().name != familiar) {
    Subject compared = subject_of(*other, nullptr, nullptr);
    compared.ready = subject.ready;
    const Object beside = made_ready(compared);
    text += ", " + familiar + " " + per_element(prepare(beside));
  }
  return kept(text);
}

}  // namespace nnrun::host
