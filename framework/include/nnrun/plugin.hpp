// The only header that the author of a plugin includes. A class derives from a kind, names itself,
// declares its settings, writes its formula and is registered:
//
//   #include <nnrun/plugin.hpp>
//   struct BentIdentity : nnrun::Activation {
//     static constexpr auto name = "bent_identity", doc = "x + bend (sqrt(x^2 + 1) - 1)";
//     double bend = 0.5;
//     static constexpr auto params() {
//       return nnrun::params(nnrun::param(&BentIdentity::bend, "bend", "0: a line",
//                                         {.min = 0, .max = 1}));
//     }
//     auto f(auto x) const { return x + bend * (sqrt(x * x + 1) - 1); }
//   };
//   NNRUN_REGISTER(BentIdentity)
//
//   g++ -std=c++20 -O3 -fPIC -shared -I… bent.cpp -o bent.so
//
// `static constexpr auto other_name = "bent"` gives a class of any kind a second name, used if no
// class has it as its name. A class may offer more than its kind asks for, by names that both sides
// know: `static const void* extension(std::string_view id)` returns the table of that id, or
// nullptr. The formulas of activations are offered by themselves, to be exported (traced.hpp);
// `static constexpr bool traced = false` leaves that out, for one that does not compile with it.
#pragma once
// Whatever flags a plugin is built with, it gives the same bits on every CPU, hence no fused
// multiply-add, and loops with comparisons become vectors.
#ifdef __clang__
#pragma clang fp contract(off)
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off", "no-trapping-math")
#endif
#include <nnrun/kinds/activation.hpp>
#include <nnrun/kinds/augmentation.hpp>
#include <nnrun/kinds/cost.hpp>
#include <nnrun/kinds/dataset.hpp>
#include <nnrun/kinds/exchange.hpp>
#include <nnrun/kinds/gradient.hpp>
#include <nnrun/kinds/initializer.hpp>
#include <nnrun/kinds/layer.hpp>
#include <nnrun/kinds/metric.hpp>
#include <nnrun/kinds/optimizer.hpp>
#include <nnrun/kinds/random.hpp>
#include <nnrun/kinds/regularizer.hpp>
#include <nnrun/kinds/schedule.hpp>
#include <nnrun/settings.hpp>
#include <nnrun/traced.hpp>
#include <string_view>

#ifdef __FAST_MATH__
#error \
    "nnrun: -ffast-math and -Ofast break nnrun::exp and switch denormals off for the whole process"
#endif

namespace nnrun::detail {

template <class C>
void* create(const nnrun_host* lent, const nnrun_value* values, std::uint32_t n) noexcept {
  remember_host(lent);
  C* object = nullptr;
  const int status = guard([&] {
    constexpr auto all = params_of<C>();
    if (n != std::tuple_size_v<decltype(all)>) throw Error("wrong number of settings");
    object = new C{};
    [[maybe_unused]] std::uint32_t i = 0;
    std::apply([&](auto... p) { (from_value(object->*p.member, values[i++]), ...); }, all);
    if constexpr (requires { object->check(); }) object->check();
  });
  if (status == 0) return object;
  delete object;
  return nullptr;
}
template <class C>
void destroy(void* self) noexcept {
  delete static_cast<C*>(self);
}

template <class C>
concept Extends = requires {
  C::extension(std::string_view());
};
/// What the author offers wins.
template <class C>
const void* extension(const char* id) noexcept {
  if constexpr (Extends<C>)
    if (const void* const own = C::extension(std::string_view(id))) return own;
  if constexpr (has_formula<C>())
    if (std::string_view(id) == NNRUN_FORMULA) return &formula_table<C>;
  return nullptr;
}
template <class C>
constexpr auto extension_function() -> decltype(nnrun_class::extension) {
  if constexpr (Extends<C> || has_formula<C>())
    return extension<C>;
  else
    return nullptr;
}

template <class C>
constexpr const char* other_name() {
  if constexpr (requires { C::other_name; })
    return C::other_name;
  else
    return nullptr;
}

template <class C>
inline constexpr auto settings = settings_of<C>();
template <class C>
inline constexpr auto functions = C::template functions_of<C>();
template <class C>
inline constexpr nnrun_class class_of{sizeof(nnrun_class),
                                      C::kind,
                                      C::name,
                                      C::doc,
                                      settings<C>.data(),
                                      static_cast<std::uint32_t>(settings<C>.size()),
                                      create<C>,
                                      destroy<C>,
                                      &functions<C>,
                                      extension_function<C>(),
                                      other_name<C>()};
}  // namespace nnrun::detail

// A pointer in a linker section: several classes per file, several files per library, no static
// constructor. Nothing refers to it but the section's bounds: `retain` keeps it from a linker that
// collects garbage. The registered type derives in an unnamed namespace, so that two plugins whose
// classes share a C++ name cannot share code, whatever the visibility flags.
#if __has_cpp_attribute(gnu::retain)
#define NNRUN_KEPT gnu::used, gnu::retain
#else
#define NNRUN_KEPT gnu::used
#endif
#define NNRUN_REGISTER(C)                                                                  \
  namespace {                                                                              \
  struct nnrun_registered_##C : C {};                                                      \
  [[gnu::section("nnrun_classes"), NNRUN_KEPT]] const nnrun_class* const nnrun_entry_##C = \
      &::nnrun::detail::class_of<nnrun_registered_##C>;                                    \
  }

#ifndef NNRUN_PLUGIN_NAME
#define NNRUN_PLUGIN_NAME ""
#endif
#ifndef NNRUN_PLUGIN_VERSION
#define NNRUN_PLUGIN_VERSION ""
#endif
#ifndef NNRUN_PLUGIN_LICENSE
#define NNRUN_PLUGIN_LICENSE ""
#endif
#ifdef __clang__
#define NNRUN_COMPILER "clang " __clang_version__
#else
#define NNRUN_COMPILER "g++ " __VERSION__
#endif
#ifdef __OPTIMIZE__
#define NNRUN_OPTIMIZED 1
#else
#define NNRUN_OPTIMIZED 0
#endif

extern "C" {
extern const nnrun_class* const __start_nnrun_classes[] __attribute__((weak, visibility("hidden")));
extern const nnrun_class* const __stop_nnrun_classes[] __attribute__((weak, visibility("hidden")));
__attribute__((weak, used, visibility("default"))) const nnrun_library* nnrun_plugin_v1(void) {
  static const nnrun_library library = {
      sizeof(nnrun_library), NNRUN_ABI_MAJOR,      NNRUN_ABI_MINOR, NNRUN_PLUGIN_NAME,
      NNRUN_PLUGIN_VERSION,  NNRUN_PLUGIN_LICENSE, NNRUN_COMPILER,  NNRUN_OPTIMIZED,
      __start_nnrun_classes, __stop_nnrun_classes};
  return &library;
}
}
