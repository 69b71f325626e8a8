// The functions of exported C files against those of <nnrun/math.hpp>.
#include "exporting/c_functions.hpp"

#include <dlfcn.h>

#include <bit>
#include <catch2/catch.hpp>
#include <nnrun/number.hpp>

#include "base/scratch.hpp"
namespace nnrun::testing {
namespace {

const std::set<std::string> names{"abs",   "cos",     "erf",  "erfc", "exp",      "expm1", "log",
                                  "log1p", "sigmoid", "sign", "sin",  "softplus", "sqrt",  "tanh"};

/// The functions, compiled; each as NAME_of, which takes an array.
template <class T>
struct Compiled {
  Scratch scratch;
  void* library;
  Compiled() {
    const bool narrow = sizeof(T) == sizeof(float);
    std::string source =
        "#include <float.h>\n#include <math.h>\n#include <stddef.h>\n#include <stdint.h>\n"
        "#include <string.h>\n#pragma GCC optimize(\"fp-contract=off\")\n#define N_INLINE "
        "inline\ntypedef " +
        std::string(narrow ? "float" : "double") + " N_number;\n" +
        host::c_functions(names, narrow);
    for (const std::string& name : names)
      source += "void " + name + "_of(N_number *x, size_t n);\nvoid " + name +
                "_of(N_number *x, size_t n) { size_t i; for (i = 0; i < n; ++i) x[i] = N_" + name +
                "(x[i]); }\n";
    const auto file = scratch.write("f.c", source), out = scratch / "f.so";
    const std::string command =
        "cc -std=c99 -O2 -Wall -Wextra -Wconversion -pedantic -Werror "
        "-Wno-unknown-pragmas -fPIC -shared " +
        file.string() + " -o " + out.string() + " -lm";
    REQUIRE(std::system(command.c_str()) == 0);
    library = ::dlopen(out.c_str(), RTLD_NOW | RTLD_LOCAL);
    REQUIRE(library != nullptr);
  }
  void apply(const std::string& name, std::vector<T>& x) const {
    const auto f =
        reinterpret_cast<void (*)(T*, std::size_t)>(::dlsym(library, (name + "_of").c_str()));
    REQUIRE(f != nullptr);
    f(x.data(), x.size());
  }
};

template <class T>
T own(const std::string& name, T x) {
  if (name == "abs") return std::abs(x);
  if (name == "cos") return nnrun::cos(x);
  if (name == "erf") return nnrun::erf(x);
  if (name == "erfc") return nnrun::erfc(x);
  if (name == "exp") return nnrun::exp(x);
  if (name == "expm1") return nnrun::expm1(x);
  if (name == "log") return nnrun::log(x);
  if (name == "log1p") return nnrun::log1p(x);
  if (name == "sigmoid") return nnrun::sigmoid(x);
  if (name == "sign") return nnrun::sign(nnrun::Num<T>(x)).v;
  if (name == "sin") return nnrun::sin(x);
  if (name == "softplus") return nnrun::softplus(x);
  if (name == "sqrt") return nnrun::sqrt(x);
  return nnrun::tanh(x);
}

/// Returns numbers of all sizes, most of them where functions change, and those that are no number.
template <class T>
std::vector<T> tried() {
  const T inf = std::numeric_limits<T>::infinity();
  std::vector<T> x{0, -T(0), inf, -inf, std::numeric_limits<T>::quiet_NaN()};
  for (int i = -100000; i <= 100000; ++i) x.push_back(static_cast<T>(i) * T(0.0009765));
  for (T size = std::numeric_limits<T>::denorm_min(); size < inf;
       size = std::max(size * T(1.013), std::nextafter(size, inf)))
    x.insert(x.end(), {size, -size});
  return x;
}

template <class T>
void compare() {
  const Compiled<T> compiled;
  std::size_t all = 0;
  for (const std::string& name : names) {
    CAPTURE(name, sizeof(T));
    const std::vector<T> x = tried<T>();
    std::vector<T> found = x;
    compiled.apply(name, found);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const T expected = own(name, x[i]);
      const bool same = std::isnan(expected) ? std::isnan(found[i])
                                             : found[i] == expected &&
                                                   std::signbit(found[i]) == std::signbit(expected);
      if (!same && wrong++ == 0) CHECK(std::pair(x[i], found[i]) == std::pair(x[i], expected));
    }
    CHECK(wrong == 0);
    all += x.size();
  }
  std::printf("figure: %zu values of exported functions, the same bits\n", all);
}

TEST_CASE("exported functions give the bits of nnrun's own", "[exporting]") {
  compare<float>();
  compare<double>();
}

}  // namespace
}  // namespace nnrun::testing
