// What the laws of several kinds measure in the same way: slopes, differences, threads,
// allocations, speed.
#pragma once
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "checking/law.hpp"
#include "network/buffer.hpp"
namespace nnrun::host {

// ---- slopes ----

/// The slope of f at a number by differences, to compare with the slope that a class gives.
struct SlopeTrial {
  enum class Verdict { agrees, kink, wrong };
  Verdict verdict = Verdict::agrees;
  double expected = 0;  ///< by central differences
};

/// f: a function of one number, evaluated in double. found: the slope that the class gives at x.
SlopeTrial try_slope(const std::function<double(double)>& f, double x, double found);

/// Collects slopes of one class into a finding: the first that is wrong, or the kinks.
class SlopeReport {
 public:
  /// at: the place as shown to people, `0` or `(0.5, 1)`.
  void add(const SlopeTrial& trial, const std::string& at, double found);
  bool failed() const { return !wrong_.empty(); }
  Finding finding() const;

 private:
  std::size_t tried_ = 0;
  double largest_ = 0;  // difference, relative to the larger of 1 and the slope
  std::vector<std::string> kinks_;
  std::string wrong_;
};

// ---- numbers that should be equal ----

/// Returns a number as shown to people: shortest digits, NaN without a sign.
std::string shown(double x);
/// Returns whether two numbers are equal within relative · |expected| + absolute. NaN equals NaN,
/// an infinity itself.
bool close(double found, double expected, double relative, double absolute);
/// Returns whether two numbers have the same bits, or both are NaN.
bool same(double found, double expected);
/// Returns the first difference of two lists, as `number 3 is 0.5, not 0.25`; empty if they are
/// equal.
template <class T>
std::string first_difference(std::span<const T> found, std::span<const T> expected) {
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (!same(static_cast<double>(found[i]), static_cast<double>(expected[i])))
      return "number " + std::to_string(i + 1) + " is " + shown(static_cast<double>(found[i])) +
             ", not " + shown(static_cast<double>(expected[i]));
  return "";
}

/// A buffer with guard numbers behind it, which must not be written.
template <class T>
class Guarded {
 public:
  explicit Guarded(std::size_t n) : n_(n), numbers_(padded(n) + guards) { guard(); }
  Guarded(std::span<const double> from) : Guarded(from.size()) {
    for (std::size_t i = 0; i < n_; ++i) data()[i] = static_cast<T>(from[i]);
  }
  T* data() const { return numbers_.data(); }
  std::size_t size() const { return n_; }
  std::span<const T> all() const { return {data(), n_}; }
  /// Returns whether something was written past the last whole lane.
  bool overrun() const {
    for (std::size_t i = 0; i < guards; ++i)
      if (data()[padded(n_) + i] != mark) return true;
    return false;
  }

 private:
  static constexpr std::size_t guards = 8;
  static constexpr T mark = T(-7.25e5);
  void guard() {
    for (std::size_t i = 0; i < guards; ++i) data()[padded(n_) + i] = mark;
  }
  std::size_t n_;
  Buffer<T> numbers_;
};

// ---- calls ----

/// Numbers in [0, 1) for trials that need some: the same in every run (splitmix64).
class TrialNumbers {
 public:
  explicit TrialNumbers(std::uint64_t seed = 1) : state_(seed), face_{sizeof face_, this, fill} {}
  TrialNumbers(const TrialNumbers&) = delete;
  TrialNumbers& operator=(const TrialNumbers&) = delete;
  double next();
  const nnrun_stream* lent() const { return &face_; }
  std::size_t drawn() const { return drawn_; }

 private:
  static int fill(void* self, double* out, std::size_t n);
  std::uint64_t state_;
  std::size_t drawn_ = 0;
  nnrun_stream face_;
};

/// A call as training makes it over and over. Its buffers live as long as it does.
struct HotCall {
  std::function<void()> call;
  double elements;  ///< numbers that it computes
};

/// What a kind provides for the laws of calls: all numbers of a call, a call with other numbers,
/// and the hot call of an object.
using Compute = std::vector<double> (*)(const Object&);
using CallOther = void (*)(const Object&);
using Prepare = HotCall (*)(const Object&);

/// Checks that two threads at once compute what one alone does, many times.
Finding in_two_threads(const Subject& subject, Compute compute);
/// Checks that a call gives the same again after another one: classes must not remember calls.
Finding called_again(const Subject& subject, Compute compute, CallOther call_other);
/// Checks that calls after the first do not allocate.
Finding without_allocations(const Subject& subject, Prepare prepare);
/// Checks that the call leaves the floating-point mode alone.
Finding keeps_floating_point_mode(const Subject& subject, Prepare prepare);
/// Returns the time per element: `0.9 ns, sigmoid 0.8 ns`.
Finding speed(const Subject& subject, Prepare prepare);

// The same as functions for a kind's table.
template <Compute compute>
inline constexpr Law two_threads{
    "two threads", [](const Subject& subject) { return in_two_threads(subject, compute); }};
template <Compute compute, CallOther call_other>
inline constexpr Law no_memory_of_calls{"no memory of calls", [](const Subject& subject) {
                                          return called_again(subject, compute, call_other);
                                        }};
template <Prepare prepare>
inline constexpr Law floating_point_mode{"floating-point mode", [](const Subject& subject) {
                                           return keeps_floating_point_mode(subject, prepare);
                                         }};
template <Prepare prepare>
inline constexpr Law no_allocation{
    "no allocation", [](const Subject& subject) { return without_allocations(subject, prepare); }};
template <Prepare prepare>
inline constexpr Law speed_of_calls{"speed",
                                    [](const Subject& subject) { return speed(subject, prepare); }};

}  // namespace nnrun::host
