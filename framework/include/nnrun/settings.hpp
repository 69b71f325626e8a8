// Settings: one line per member makes it a key of the config, with type, default, range and doc.
#pragma once
#include <nnrun/abi.h>

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <tuple>
#include <type_traits>

namespace nnrun {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// What a setting accepts. Numbers: from min to max; `above_min` and `below_max` exclude the ends.
struct Accepts {
  double min = -infinity, max = infinity;
  bool above_min = false, below_max = false;
  bool logarithmic = false;  ///< for sweeps
  bool required = false;     ///< has no default
  bool path = false;         ///< a string that names a file
  std::span<const char* const> choices{};
  bool classes = false;    ///< of a data set: NNRUN_CLASSES in abi.h
  bool separator = false;  ///< of a data set: NNRUN_SEPARATOR in abi.h, and so on
  bool header = false, encoding = false, decimal = false, gaps = false;
  bool thousands = false, comment = false, symbols = false;
  bool class_weights = false;  ///< of a cost: NNRUN_CLASS_WEIGHTS in abi.h
  bool label_weights = false;  ///< of a cost: NNRUN_LABEL_WEIGHTS in abi.h
  bool lone_number = false;    ///< of numbers: a config may write `5` for `[5]`
};

template <class Owner, class Member>
struct Param {
  Member Owner::*member;
  const char *name, *doc;
  Accepts accepts;
};

/// One setting. Members may be bool, whole numbers, double, const char*, std::span<const double> or
/// std::span<const char* const>; texts and lists live as long as the object.
template <class Owner, class Member>
constexpr Param<Owner, Member> param(Member Owner::*member, const char* name, const char* doc,
                                     Accepts accepts = {}) {
  return {member, name, doc, accepts};
}
template <class... P>
constexpr std::tuple<P...> params(P... p) {
  return {p...};
}

namespace detail {

template <class M>
constexpr std::uint32_t type_of(const Accepts& accepts) {
  if constexpr (std::same_as<M, bool>)
    return NNRUN_BOOL;
  else if constexpr (std::integral<M>)
    return NNRUN_INT;
  else if constexpr (std::floating_point<M>)
    return NNRUN_FLOAT;
  else if constexpr (std::same_as<M, const char*>)
    return accepts.path ? NNRUN_PATH : NNRUN_STRING;
  else if constexpr (std::same_as<M, std::span<const double>>)
    return NNRUN_FLOATS;
  else if constexpr (std::same_as<M, std::span<const char* const>>)
    return NNRUN_STRINGS;
  else
    static_assert(!sizeof(M), "a setting is bool, integer, double, const char* or a span");
}

template <class M>
constexpr nnrun_value to_value(const M& m, const Accepts& accepts) {
  nnrun_value v{};
  v.type = type_of<M>(accepts);
  if constexpr (std::integral<M>)
    v.u.i = static_cast<std::int64_t>(m);
  else if constexpr (std::floating_point<M>)
    v.u.f = m;
  else if constexpr (std::same_as<M, const char*>)
    v.u.s = m;
  else
    v.count = static_cast<std::uint32_t>(m.size());
  if constexpr (std::same_as<M, std::span<const double>>) v.u.floats = m.data();
  if constexpr (std::same_as<M, std::span<const char* const>>) v.u.strings = m.data();
  return v;
}

template <class M>
void from_value(M& m, const nnrun_value& v) {
  if constexpr (std::same_as<M, bool>)
    m = v.u.i != 0;
  else if constexpr (std::integral<M>)
    m = static_cast<M>(v.u.i);
  else if constexpr (std::floating_point<M>)
    m = static_cast<M>(v.u.f);
  else if constexpr (std::same_as<M, const char*>)
    m = v.u.s;
  else if constexpr (std::same_as<M, std::span<const double>>)
    m = {v.u.floats, v.count};
  else
    m = {v.u.strings, v.count};
}

/// Returns the range that a config may use: what the author accepts, within what the member can
/// hold.
template <class M>
constexpr Accepts within_member(Accepts a) {
  if constexpr (std::integral<M> && !std::same_as<M, bool>) {
    // a double holds whole numbers up to 2^53 exactly
    constexpr double top =
        sizeof(M) < 8 ? double(std::numeric_limits<M>::max()) : 9007199254740992.;
    constexpr double bottom = std::unsigned_integral<M> ? 0. : -top;
    if (a.min < bottom) a.min = bottom, a.above_min = false;
    if (a.max > top) a.max = top, a.below_max = false;
  }
  return a;
}

template <class C, class Owner, class M>
constexpr nnrun_setting describe(const C& defaults, const Param<Owner, M>& p) {
  const Accepts a = within_member<M>(p.accepts);
  const std::uint32_t flags =
      (a.required ? NNRUN_REQUIRED : 0u) | (a.above_min ? NNRUN_ABOVE_MIN : 0u) |
      (a.below_max ? NNRUN_BELOW_MAX : 0u) | (a.logarithmic ? NNRUN_LOGARITHMIC : 0u) |
      (a.classes ? NNRUN_CLASSES : 0u) | (a.separator ? NNRUN_SEPARATOR : 0u) |
      (a.header ? NNRUN_HEADER : 0u) | (a.encoding ? NNRUN_ENCODING : 0u) |
      (a.decimal ? NNRUN_DECIMAL : 0u) | (a.gaps ? NNRUN_GAPS : 0u) |
      (a.thousands ? NNRUN_THOUSANDS : 0u) | (a.comment ? NNRUN_COMMENT : 0u) |
      (a.symbols ? NNRUN_SYMBOLS : 0u) | (a.class_weights ? NNRUN_CLASS_WEIGHTS : 0u) |
      (a.label_weights ? NNRUN_LABEL_WEIGHTS : 0u) | (a.lone_number ? NNRUN_LONE_NUMBER : 0u);
  return {sizeof(nnrun_setting),
          type_of<M>(a),
          flags,
          p.name,
          p.doc,
          to_value(defaults.*p.member, a),
          a.min,
          a.max,
          a.choices.data(),
          static_cast<std::uint32_t>(a.choices.size())};
}

template <class C>
constexpr auto params_of() {
  if constexpr (requires { C::params(); })
    return C::params();
  else
    return std::tuple<>{};
}

template <class C>
constexpr auto settings_of() {
  return std::apply(
      [](auto... p) {
        [[maybe_unused]] const C defaults{};
        return std::array<nnrun_setting, sizeof...(p)>{describe(defaults, p)...};
      },
      params_of<C>());
}

}  // namespace detail
}  // namespace nnrun
