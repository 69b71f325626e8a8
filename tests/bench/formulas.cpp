#include "formulas.hpp"

#include <cstdio>
#include <memory>

#include "loading/object.hpp"
#include "network/buffer.hpp"
#include "rounds.hpp"
namespace nnrun::bench {
namespace {

constexpr std::size_t rows = 32, cols = 128, n = rows * cols, calls = 200;

host::Use given(const host::Registry& registry, const char* kind, const char* name,
                const char* formula) {
  host::Use use = host::with_defaults(*registry.find(kind, name));
  if (formula != nullptr) use.settings[0] = std::string(formula);
  return use;
}

template <class T>
struct Numbers {
  host::Buffer<T> z{n}, a{n}, da{n}, dz{n}, t{n}, per_row{rows};
  Numbers() {
    for (std::size_t i = 0; i < n; ++i) {
      z.data()[i] = static_cast<T>(static_cast<double>(i % 251) / 50 - 2.5);
      da.data()[i] = static_cast<T>(0.5 + static_cast<double>(i % 7));
      t.data()[i] = static_cast<T>(i % 2);
    }
  }
};

template <class T>
Contender activation_of(const host::Object& f, Numbers<T>& x, const std::string& name, bool back) {
  const auto& functions = f.functions<nnrun_activation>().by_dtype[host::dtype_of<T>];
  return {name, [&f, &x, functions, back] {
            return seconds_of([&] {
              for (std::size_t i = 0; i < calls; ++i)
                if (back)
                  f.call("backward", functions.backward, x.z.data(), x.a.data(), x.da.data(),
                         x.dz.data(), rows, cols);
                else
                  f.call("forward", functions.forward, x.z.data(), x.a.data(), rows, cols);
            });
          }};
}
template <class T>
Contender cost_of(const host::Object& f, Numbers<T>& x, const std::string& name, bool slopes) {
  const auto& functions = f.functions<nnrun_cost>().by_dtype[host::dtype_of<T>];
  return {name, [&f, &x, functions, slopes] {
            return seconds_of([&] {
              for (std::size_t i = 0; i < calls; ++i)
                if (slopes)
                  f.call("slope", functions.slope, x.z.data(), x.t.data(), cols, 1., x.dz.data(),
                         x.per_row.data(), rows, cols);
                else
                  f.call("value", functions.value, x.z.data(), x.t.data(), cols, x.per_row.data(),
                         rows, cols);
            });
          }};
}

struct Pair {
  const char *kind, *compiled, *formula;
};
constexpr Pair pairs[] = {{"activation", "silu", "x * sigmoid(x)"},
                          {"activation", "tanh", "tanh(x)"},
                          {"activation", "sigmoid", "sigmoid(x)"},
                          {"activation", "relu", "max(x, 0)"},
                          {"activation", "elu", "where(x > 0, x, expm1(x))"},
                          {"activation", "gaussian", "exp(-(x * x))"},
                          {"cost", "sum_squared_error", "(y - t)^2"},
                          {"cost", "log_cosh", "abs(y - t) + softplus(-2 * abs(y - t)) - log(2)"}};

template <class T>
void measure(host::Registry& registry, int rounds, const char* dtype) {
  std::printf("\nFormulas of a config beside compiled ones, %s, one thread, 32 x 128 numbers\n",
              dtype);
  Numbers<T> numbers;
  for (const Pair& pair : pairs) {
    const host::Object compiled(given(registry, pair.kind, pair.compiled, nullptr)),
        formula(given(registry, pair.kind, "formula", pair.formula));
    const bool is_cost = std::string_view(pair.kind) == "cost";
    for (const bool back : {false, true}) {
      const auto one = [&](const host::Object& f, const char* name) {
        return is_cost ? cost_of<T>(f, numbers, name, back)
                       : activation_of<T>(f, numbers, name, back);
      };
      std::vector<Contender> both{one(compiled, pair.compiled), one(formula, pair.formula)};
      alternate(both, rounds);
      std::printf("  %-18s %-9s %7.3f ns, as a formula %7.3f ns: %.2f of its speed\n",
                  pair.compiled, back ? "slope" : "value", both[0].best / (n * calls) * 1e9,
                  both[1].best / (n * calls) * 1e9, both[0].best / both[1].best);
    }
  }
}

}  // namespace

void formulas(host::Registry& registry, int rounds) {
  measure<float>(registry, rounds, "float32");
  measure<double>(registry, rounds, "float64");
}

}  // namespace nnrun::bench
