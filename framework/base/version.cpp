#include "base/version.hpp"

#include <fmt/core.h>
#include <nettle/version.h>

#include <boost/version.hpp>
#include <nlohmann/json.hpp>

#include "version_of_build.hpp"
namespace nnrun::host {

Version version() {
  const auto dotted = [](int a, int b, int c) { return fmt::format("{}.{}.{}", a, b, c); };
  return {
      build::number,
      build::git,
#ifdef __clang__
      "clang " __clang_version__,
#else
      "g++ " __VERSION__,
#endif
      build::flags,
      build::type,
      {{"boost", dotted(BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
       {"yaml-cpp", build::yaml_cpp},
       {"eigen", build::eigen},
       {"cli11", build::cli11},
       {"fmt", dotted(FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
       {"nlohmann-json", dotted(NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                                NLOHMANN_JSON_VERSION_PATCH)},
       {"nettle", dotted(NETTLE_VERSION_MAJOR, NETTLE_VERSION_MINOR, 0)}}};
}

std::string instruction_set() {
#if defined(__clang__) && __clang_major__ < 17  // does not know the levels' names
  return build::processor;
#elif defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return "x86-64-v4";
  if (__builtin_cpu_supports("x86-64-v3")) return "x86-64-v3";
  if (__builtin_cpu_supports("x86-64-v2")) return "x86-64-v2";
  return "x86-64";
#else
  return build::processor;
#endif
}

}  // namespace nnrun::host
