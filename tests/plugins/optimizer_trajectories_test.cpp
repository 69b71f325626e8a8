// Optimizers against their definitions, written out as the papers and PyTorch's documentation have
// them: one parameter at a time, every correction where it stands in the text.
#include <array>
#include <cmath>
#include <functional>

#include "base/said.hpp"
#include "network/buffer.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

constexpr std::size_t size = 4;
using Numbers = std::array<double, size>;
using Settings = std::vector<std::pair<std::string, host::Value>>;

/// Returns the slopes of Σ (w₀ − 1)² + 10 (w₁ − w₀²)² + |w₂|³ + cos w₃: curved, badly scaled, and
/// they change sign.
Numbers slopes(const Numbers& w) {
  return {2 * (w[0] - 1) - 40 * w[0] * (w[1] - w[0] * w[0]), 20 * (w[1] - w[0] * w[0]),
          3 * w[2] * std::abs(w[2]), -std::sin(w[3])};
}
constexpr Numbers start{-0.7, 1.3, 2.5, 0.4};

/// Returns the parameters after each step of the plugin.
std::vector<Numbers> walk(const std::string& name, const Settings& settings, double rate,
                          int steps = 100) {
  const host::Object optimizer(use("optimizer", name, settings));
  const auto& functions = optimizer.functions<nnrun_optimizer>();
  host::Buffer<double> w(size), g(size);
  std::copy(start.begin(), start.end(), w.data());
  std::vector<host::Buffer<double>> kept;
  std::vector<void*> slots;
  for (std::uint32_t i = 0; i < functions.n_slots; ++i) kept.emplace_back(size);
  for (auto& slot : kept) slots.push_back(slot.data());
  std::vector<Numbers> way;
  for (int step = 1; step <= steps; ++step) {
    Numbers now;
    std::copy_n(w.data(), size, now.begin());
    const Numbers slope = slopes(now);
    std::copy(slope.begin(), slope.end(), g.data());
    const nnrun_update u{sizeof u,
                         functions.n_slots,
                         w.data(),
                         g.data(),
                         slots.data(),
                         host::padded(size),
                         static_cast<std::uint64_t>(step),
                         rate};
    optimizer.call("update", functions.update[NNRUN_F64], &u);
    std::copy_n(w.data(), size, now.begin());
    way.push_back(now);
  }
  return way;
}

/// What a definition keeps per parameter between steps.
struct State {
  double w, g, t;
  double a = 0, b = 0, c = 0;
};
using Definition = std::function<void(State&)>;

void follows(const std::string& name, const Settings& settings, double rate,
             const Definition& definition) {
  CAPTURE(name);
  const std::vector<Numbers> found = walk(name, settings, rate);
  std::array<State, size> states{};
  for (std::size_t i = 0; i < size; ++i) states[i].w = start[i];
  for (std::size_t step = 0; step < found.size(); ++step) {
    const Numbers slope = slopes({states[0].w, states[1].w, states[2].w, states[3].w});
    for (std::size_t i = 0; i < size; ++i) {
      states[i].g = slope[i];
      states[i].t = static_cast<double>(step + 1);
      definition(states[i]);
      CAPTURE(step, i);
      // the same operations in another order: roundings of 1e-16, amplified over 100 steps
      REQUIRE(found[step][i] == Approx(states[i].w).epsilon(1e-9).margin(1e-12));
    }
  }
}

}  // namespace

TEST_CASE("momentum follows Polyak's and Nesterov's definitions", "[plugins][optimizer]") {
  for (const bool nesterov : {false, true})
    for (const double decay : {0., 0.1})
      follows("momentum", {{"momentum", 0.8}, {"nesterov", nesterov}, {"weight_decay", decay}},
              0.005, [&](State& s) {
                double g = s.g;
                if (decay != 0) g = g + decay * s.w;
                if (s.t > 1)
                  s.a = 0.8 * s.a + g;
                else
                  s.a = g;
                if (nesterov)
                  g = g + 0.8 * s.a;
                else
                  g = s.a;
                s.w = s.w - 0.005 * g;
              });
}

TEST_CASE("momentum 0 is sgd, bit for bit", "[plugins][optimizer]") {
  CHECK(walk("momentum", {{"momentum", 0.}}, 0.01) == walk("sgd", {}, 0.01));
}

TEST_CASE("adagrad, adadelta and rmsprop follow their definitions", "[plugins][optimizer]") {
  for (const double decay : {0., 0.1}) {
    follows("adagrad", {{"weight_decay", decay}}, 0.3, [&](State& s) {
      const double g = s.g + decay * s.w;
      s.a = s.a + g * g;
      s.w = s.w - 0.3 * g / (std::sqrt(s.a) + 1e-10);
    });
    follows("adadelta", {{"weight_decay", decay}}, 1, [&](State& s) {
      const double g = s.g + decay * s.w;
      s.a = s.a * 0.9 + g * g * (1 - 0.9);
      const double step = std::sqrt(s.b + 1e-6) / std::sqrt(s.a + 1e-6) * g;
      s.b = s.b * 0.9 + step * step * (1 - 0.9);
      s.w = s.w - step;
    });
    follows("rmsprop", {{"weight_decay", decay}}, 0.02, [&](State& s) {
      const double g = s.g + decay * s.w;
      s.a = 0.99 * s.a + (1 - 0.99) * g * g;
      s.w = s.w - 0.02 * g / (std::sqrt(s.a) + 1e-8);
    });
  }
}

TEST_CASE("adam, adamw, amsgrad and adamax follow their definitions", "[plugins][optimizer]") {
  const double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, rate = 0.05;
  for (const double decay : {0., 0.1}) {
    follows("adam", {{"weight_decay", decay}}, rate, [&](State& s) {
      const double g = s.g + decay * s.w;
      s.a = beta1 * s.a + (1 - beta1) * g;
      s.b = beta2 * s.b + (1 - beta2) * g * g;
      const double m_hat = s.a / (1 - std::pow(beta1, s.t));
      const double v_hat = s.b / (1 - std::pow(beta2, s.t));
      s.w = s.w - rate * m_hat / (std::sqrt(v_hat) + epsilon);
    });
    follows("adamw", {{"weight_decay", decay}}, rate, [&](State& s) {
      s.w = s.w - rate * decay * s.w;
      s.a = beta1 * s.a + (1 - beta1) * s.g;
      s.b = beta2 * s.b + (1 - beta2) * s.g * s.g;
      const double m_hat = s.a / (1 - std::pow(beta1, s.t));
      const double v_hat = s.b / (1 - std::pow(beta2, s.t));
      s.w = s.w - rate * m_hat / (std::sqrt(v_hat) + epsilon);
    });
    follows("amsgrad", {{"weight_decay", decay}}, rate, [&](State& s) {
      const double g = s.g + decay * s.w;
      s.a = beta1 * s.a + (1 - beta1) * g;
      s.b = beta2 * s.b + (1 - beta2) * g * g;
      s.c = std::max(s.c, s.b);
      const double m_hat = s.a / (1 - std::pow(beta1, s.t));
      const double v_hat = s.c / (1 - std::pow(beta2, s.t));
      s.w = s.w - rate * m_hat / (std::sqrt(v_hat) + epsilon);
    });
    follows("adamax", {{"weight_decay", decay}}, rate, [&](State& s) {
      const double g = s.g + decay * s.w;
      s.a = beta1 * s.a + (1 - beta1) * g;
      s.b = std::max(beta2 * s.b, std::abs(g) + epsilon);
      s.w = s.w - rate * s.a / ((1 - std::pow(beta1, s.t)) * s.b);
    });
  }
}

TEST_CASE("adam's settings are those of its definition", "[plugins][optimizer]") {
  const double beta1 = 0.5, beta2 = 0.9, epsilon = 0.1, rate = 0.02;
  follows("adam", {{"beta1", beta1}, {"beta2", beta2}, {"epsilon", epsilon}}, rate, [&](State& s) {
    s.a = beta1 * s.a + (1 - beta1) * s.g;
    s.b = beta2 * s.b + (1 - beta2) * s.g * s.g;
    const double m_hat = s.a / (1 - std::pow(beta1, s.t));
    const double v_hat = s.b / (1 - std::pow(beta2, s.t));
    s.w = s.w - rate * m_hat / (std::sqrt(v_hat) + epsilon);
  });
}

TEST_CASE("nadam and radam follow their definitions", "[plugins][optimizer]") {
  const double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, rate = 0.05;
  for (const double decay : {0., 0.1}) {
    const auto mu = [&](double t) { return beta1 * (1 - 0.5 * std::pow(0.96, t * 0.004)); };
    follows("nadam", {{"weight_decay", decay}}, rate, [&](State& s) {
      const double g = s.g + decay * s.w;
      s.a = beta1 * s.a + (1 - beta1) * g;
      s.b = beta2 * s.b + (1 - beta2) * g * g;
      double product = 1;
      for (double i = 1; i <= s.t; ++i) product *= mu(i);
      const double m_hat =
          mu(s.t + 1) * s.a / (1 - product * mu(s.t + 1)) + (1 - mu(s.t)) * g / (1 - product);
      const double v_hat = s.b / (1 - std::pow(beta2, s.t));
      s.w = s.w - rate * m_hat / (std::sqrt(v_hat) + epsilon);
    });
    follows("radam", {{"weight_decay", decay}}, rate, [&](State& s) {
      const double g = s.g + decay * s.w;
      s.a = beta1 * s.a + (1 - beta1) * g;
      s.b = beta2 * s.b + (1 - beta2) * g * g;
      const double m_hat = s.a / (1 - std::pow(beta1, s.t));
      const double longest = 2 / (1 - beta2) - 1;
      const double length = longest - 2 * s.t * std::pow(beta2, s.t) / (1 - std::pow(beta2, s.t));
      if (length > 5) {
        const double l = std::sqrt(1 - std::pow(beta2, s.t)) / (std::sqrt(s.b) + epsilon);
        const double r = std::sqrt((length - 4) * (length - 2) * longest /
                                   ((longest - 4) * (longest - 2) * length));
        s.w = s.w - rate * m_hat * r * l;
      } else {
        s.w = s.w - rate * m_hat;
      }
    });
  }
}

TEST_CASE("lion and rprop follow their definitions", "[plugins][optimizer]") {
  const auto sign = [](double x) { return x > 0 ? 1. : (x < 0 ? -1. : 0.); };
  for (const double decay : {0., 0.1})
    follows("lion", {{"weight_decay", decay}}, 0.01, [&](State& s) {
      const double u = sign(0.9 * s.a + (1 - 0.9) * s.g);
      s.a = 0.99 * s.a + (1 - 0.99) * s.g;
      s.w = s.w - 0.01 * (u + decay * s.w);
    });
  follows("rprop", {{"largest", 0.2}}, 0.05, [&](State& s) {
    if (s.t == 1) s.b = 0.05;  // the step; a: the gradient before
    double g = s.g;
    if (s.a * g > 0) {
      s.b = std::min(s.b * 1.2, 0.2);
    } else if (s.a * g < 0) {
      s.b = std::max(s.b * 0.5, 1e-6);
      g = 0;
    }
    s.w = s.w - sign(g) * s.b;
    s.a = g;
  });
}

TEST_CASE("first steps are what is worked out by hand", "[plugins][optimizer]") {
  // the slope of w₂ = 2.5 is 3 · 2.5² = 18.75
  const auto first = [](const std::string& name, double rate, const Settings& settings = {}) {
    return walk(name, settings, rate, 1)[0][2];
  };
  CHECK(first("momentum", 0.01) == Approx(2.5 - 0.1875));
  CHECK(first("momentum", 0.01, {{"nesterov", true}}) == Approx(2.5 - 0.1875 * 1.9));
  for (const char* name : {"adagrad", "adam", "amsgrad", "adamax", "lion", "rprop"})
    CHECK(first(name, 0.1) == Approx(2.4));     // g / |g|: the rate itself
  CHECK(first("rmsprop", 0.1) == Approx(1.5));  // g / √(0.01 g²) = 10
  CHECK(first("adamw", 0.1) == Approx(2.5 - 0.1 * 0.01 * 2.5 - 0.1));
  CHECK(first("radam", 0.01) == Approx(2.5 - 0.1875));                 // m̂ = g, no root yet
  CHECK(first("adadelta", 1) == Approx(2.5 - 1e-3 / std::sqrt(0.1)));  // √ε / √(0.1 g²) · g
  // μ₁ = μ₂ = 0.45 but for ψ: 0.45 · 0.1 g / (1 − 0.45²) + 0.55 g / 0.55 = 1.0564 g
  CHECK(first("nadam", 0.1, {{"momentum_decay", 0.}}) == Approx(2.5 - 0.1 * 1.0564263));
}

TEST_CASE("a setting of another optimizer is answered with that optimizer", "[config]") {
  const auto said_of = [](const std::string& setting) {
    return said<host::ConfigError>([&] {
      experiment(
          "data: diagonal\nmodel: {input: 2, layers: [{type: dense, units: 1}]}\ntrain: "
          "{cost: mean_squared_error, optimizer: {type: sgd, " +
          setting + ": 0.9}}\n");
    });
  };
  CHECK_THAT(said_of("momentum"),
             Catch::Contains("help: 'momentum' is a setting of optimizer 'momentum': write type: "
                             "momentum\n"));
  CHECK_THAT(said_of("weight_decay"),
             Catch::Contains("'weight_decay' is a setting of optimizer 'adadelta', 'adagrad', "));
  // a slip of the pen is nearer than another class
  CHECK_THAT(said_of("learning_rat"), Catch::Contains("did you mean 'learning_rate'?"));
}

}  // namespace nnrun::testing
