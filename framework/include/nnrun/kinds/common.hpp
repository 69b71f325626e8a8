// What every kind needs: errors that stop at the boundary, views of rows, streams of numbers.
#pragma once
#include <algorithm>
#include <atomic>
#include <concepts>
#include <exception>
#include <nnrun/lanes.hpp>
#include <nnrun/normal.hpp>
#include <nnrun/number.hpp>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace nnrun {

/// Throw it to refuse something. what: lower case, no full stop; where: a file:line; hint: what to
/// do.
class Error : public std::exception {
 public:
  explicit Error(std::string what, std::string where = {}, std::string hint = {})
      : what_(std::move(what)), where_(std::move(where)), hint_(std::move(hint)) {}
  const char* what() const noexcept override { return what_.c_str(); }
  const char* where() const { return where_.c_str(); }
  const char* hint() const { return hint_.c_str(); }

 private:
  std::string what_, where_, hint_;
};

namespace detail {
/// The host has already reported what went wrong; only the status is passed on.
struct AlreadyReported {};

/// Returns `a, b, c`, of many names the first, and of long ones the start.
inline std::string list_of_names(const std::vector<std::string>& names) {
  constexpr std::size_t longest = 60, longest_list = 400;
  std::string all;
  for (const std::string& name : names) {
    if (all.size() > longest_list) return all + ", …";
    std::size_t end = std::min(name.size(), longest);
    while (end > 0 && end < name.size() && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80)
      --end;
    all += (all.empty() ? "" : ", ") + name.substr(0, end) + (end < name.size() ? "…" : "");
  }
  return all;
}

/// What the error begins with that says which column a file does not have, and its hint: the host
/// looks for them, to point at the config and to say which was meant.
inline constexpr std::string_view no_column = "no column '", columns_there = "the file has: ";
}  // namespace detail

/// The next numbers of a random stream.
class Stream {
 public:
  explicit Stream(const nnrun_stream* lent) : lent_(lent) {}
  /// Uniform in [0, 1).
  double operator()() const {
    double x;
    fill({&x, 1});
    return x;
  }
  /// Uniform in [low, high).
  double operator()(double low, double high) const { return low + (high - low) * (*this)(); }
  /// Normal; takes one number of the stream.
  double normal(double mean = 0, double deviation = 1) const {
    return mean + deviation * normal_from_uniform((*this)());
  }
  void fill(std::span<double> out) const {
    if (lent_->uniform(lent_->host, out.data(), out.size()) != 0) throw detail::AlreadyReported{};
  }
  void normal(std::span<double> out, double mean, double deviation) const {
    fill(out);
    for (double& x : out) x = mean + deviation * normal_from_uniform(x);
  }

 private:
  const nnrun_stream* lent_;
};

/// The range of outputs or targets, such as {0, infinity}.
using Range = nnrun_range;

namespace detail {

/// Returns the host that created the first object, NULL before. Static: each source file has its
/// own, since a registered class is local to its file.
static inline std::atomic<const nnrun_host*>& first_host() {
  static constinit std::atomic<const nnrun_host*> lent{nullptr};
  return lent;
}
/// Remembers the host, once: several threads may create objects.
static inline void remember_host(const nnrun_host* lent) noexcept {
  const nnrun_host* none = nullptr;
  first_host().compare_exchange_strong(none, lent);
}
static inline void report(const char* what, const char* where, const char* hint) noexcept {
  if (const nnrun_host* const lent = first_host().load()) lent->error(what, where, hint);
}

/// Turns the exception that is being handled into a message. Not inlined: entries that are compiled
/// several times stay short.
[[gnu::noinline, gnu::cold]] static inline void report_exception() noexcept {
  try {
    throw;
  } catch (const AlreadyReported&) {
  } catch (const Error& e) {
    report(e.what(), e.where(), e.hint());
  } catch (const std::exception& e) {
    report(e.what(), nullptr, nullptr);
  } catch (...) {
    report("threw something that is not a std::exception", nullptr, nullptr);
  }
}

/// Runs f. Turns what it throws into a message and a status: no exception may cross the boundary.
template <class F>
NNRUN_INLINE int guard(F&& f) noexcept {
  try {
    f();
    return 0;
  } catch (...) {
    report_exception();
    return 1;
  }
}

/// A class whose settings choose between formulas has `choose(visit)`, which calls visit with one
/// of them: outside the loops, since a choice inside would keep a long formula from being
/// vectorized.
template <class C>
concept Chooses = requires(const C c) {
  c.choose([](const auto&) {});
};
template <class C, class Visit>
NNRUN_INLINE void with_formula(const C& c, Visit visit) {
  if constexpr (Chooses<C>)
    c.choose(visit);
  else
    visit(c);
}

struct HasDf {
  int df;
};
template <class C>
struct AmbiguousDf : C, HasDf {};
/// Tests whether C has a member `df`, even a template: inheriting another one makes the name
/// ambiguous.
template <class C>
concept NamesDf = !std::is_final_v<C> && !requires {
  &AmbiguousDf<C>::df;
};

/// False, but only once a template is instantiated.
template <class>
inline constexpr bool never = false;

template <class T>
const T* in(const void* p) {
  return static_cast<const T*>(p);
}
template <class T>
T* out(void* p) {
  return static_cast<T*>(p);
}

}  // namespace detail
}  // namespace nnrun
