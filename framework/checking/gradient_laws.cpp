// A gradient plugin sees only an objective: here the cost of a small network whose slopes are
// written by hand.
#include <algorithm>

#include "checking/trial.hpp"
namespace nnrun::host {
namespace gradient_trial {

using Numbers = std::vector<double>;

/// 2 inputs, 3 tanh, 1 output, squared error, 4 examples: 13 parameters and 3 of padding.
template <class T>
class SmallNetwork {
 public:
  static constexpr std::size_t hidden = 3, n = 13, all = padded(n);

  SmallNetwork() : w_(n) {
    for (std::size_t i = 0; i < n; ++i)
      w_.data()[i] = static_cast<T>(std::sin(1.7 * static_cast<double>(i + 1)));
    face_ = {sizeof face_, dtype_of<T>, this,           all, cost_now, costs_now,
             slopes_now,   along_now,   numbers_.lent()};
  }
  SmallNetwork(const SmallNetwork&) = delete;
  SmallNetwork& operator=(const SmallNetwork&) = delete;
  const nnrun_objective* face() const { return &face_; }
  bool draws() const { return numbers_.drawn() > 0; }
  Numbers slopes() const {
    Numbers g(all);
    evaluate(w_.data(), &g);
    return g;
  }
  double cost() const { return evaluate(w_.data(), nullptr); }
  bool moved() const {
    for (std::size_t i = 0; i < n; ++i)
      if (w_.data()[i] != static_cast<T>(std::sin(1.7 * static_cast<double>(i + 1)))) return true;
    return false;
  }

 private:
  /// Returns the mean cost of the examples. g: for its slopes, or nullptr. w: weights and biases of
  /// the hidden layer, then those of the output.
  static double evaluate(const T* w, Numbers* g) {
    constexpr double x[4][2] = {{0.5, -1}, {1, 0.25}, {-0.75, 0.5}, {0.125, 1}};
    constexpr double t[4] = {1, 0, -0.5, 0.25};
    double sum = 0;
    for (int e = 0; e < 4; ++e) {
      double a[hidden], y = static_cast<double>(w[12]);
      for (std::size_t u = 0; u < hidden; ++u) {
        a[u] =
            std::tanh(static_cast<double>(w[2 * u]) * x[e][0] +
                      static_cast<double>(w[2 * u + 1]) * x[e][1] + static_cast<double>(w[6 + u]));
        y += static_cast<double>(w[9 + u]) * a[u];
      }
      sum += (y - t[e]) * (y - t[e]) / 4;
      if (g == nullptr) continue;
      const double dy = 2 * (y - t[e]) / 4;
      (*g)[12] += dy;
      for (std::size_t u = 0; u < hidden; ++u) {
        const double dz = dy * static_cast<double>(w[9 + u]) * (1 - a[u] * a[u]);
        (*g)[9 + u] += dy * a[u];
        (*g)[6 + u] += dz;
        (*g)[2 * u] += dz * x[e][0];
        (*g)[2 * u + 1] += dz * x[e][1];
      }
    }
    return sum;
  }
  static SmallNetwork& self(void* host) { return *static_cast<SmallNetwork*>(host); }
  static int cost_now(void* host, double* cost) {
    *cost = self(host).cost();
    return 0;
  }
  static int costs_now(void* host, double h, void* costs, double* here) {
    SmallNetwork& net = self(host);
    *here = net.cost();
    for (std::size_t i = 0; i < all; ++i) {
      T moved[all] = {};
      std::copy_n(net.w_.data(), n, moved);
      if (i < n) moved[i] += static_cast<T>(h);
      static_cast<T*>(costs)[i] = static_cast<T>(i < n ? evaluate(moved, nullptr) : *here);
    }
    return 0;
  }
  static int slopes_now(void* host, void* gradient, double* cost) {
    const Numbers g = self(host).slopes();
    for (std::size_t i = 0; i < all; ++i) static_cast<T*>(gradient)[i] = static_cast<T>(g[i]);
    return cost_now(host, cost);
  }
  static int along_now(void* host, const void* direction, double h, double* cost) {
    T moved[all] = {};
    for (std::size_t i = 0; i < n; ++i)
      moved[i] = self(host).w_.data()[i] + static_cast<T>(h) * static_cast<const T*>(direction)[i];
    *cost = evaluate(moved, nullptr);
    return 0;
  }

  Guarded<T> w_;
  TrialNumbers numbers_;
  nnrun_objective face_;
};

template <class T>
Numbers computed(const Object& gradient, SmallNetwork<T>& network, double* cost = nullptr) {
  constexpr std::size_t n = SmallNetwork<T>::all;
  const Guarded<T> g(n);
  std::fill_n(g.data(), n, T(7));
  double here = std::numeric_limits<double>::quiet_NaN();
  gradient.call("compute", gradient.functions<nnrun_gradient>().compute, network.face(), g.data(),
                &here);
  if (g.overrun()) gradient.fail("compute: it writes past the gradient");
  if (cost != nullptr) *cost = here;
  return {g.all().begin(), g.all().end()};
}

double length(const Numbers& a) {
  double sum = 0;
  for (const double x : a) sum += x * x;
  return std::sqrt(sum);
}
double distance(const Numbers& a, const Numbers& b) {
  Numbers difference(a.size());
  std::ranges::transform(a, b, difference.begin(), [](double x, double y) { return x - y; });
  return length(difference) / length(b);
}
double cosine(const Numbers& a, const Numbers& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum / (length(a) * length(b));
}

/// Checks agreement with the exact gradient; gradients that draw directions agree only on average.
Finding agreement(const Subject& subject) {
  const Object gradient(subject.use);
  SmallNetwork<double> network;
  const Numbers expected = network.slopes(), first = computed(gradient, network);
  if (!network.draws()) {
    const double d = distance(first, expected);
    const std::string text = "relative difference " + significant(d, 1) + " from backpropagation";
    const bool claims = (gradient.functions<nnrun_gradient>().flags & NNRUN_BACKPROPAGATES) != 0;
    if (claims && first != expected)
      return broken("says that it only backpropagates, but gives other numbers: " + text);
    return d <= 0.05 ? kept(text) : broken(text);  // differences err by h f″ / 2: 0.02 for h = 0.01
  }
  Numbers sum(first.size());
  for (int k = 0; k < 2000; ++k) {
    const Numbers g = computed(gradient, network);
    for (std::size_t i = 0; i < g.size(); ++i) sum[i] += g[i];
  }
  const double c = cosine(sum, expected);
  const std::string text =
      "draws directions: the mean of 2000 has cosine " + significant(c, 4) + " to backpropagation";
  return c > 0.9 ? kept(text) : broken(text);
}

Finding cost_and_padding(const Subject& subject) {
  const Object gradient(subject.use);
  SmallNetwork<double> network;
  double cost = 0;
  const Numbers g = computed(gradient, network, &cost);
  // a gradient that draws directions cannot know where padding is: the host clears it
  for (std::size_t i = network.n; i < network.all && !network.draws(); ++i)
    if (g[i] != 0) return broken("padding gets " + shown(g[i]) + ", not 0");
  if (network.moved()) return broken("leaves the parameters moved");
  if (!network.draws() && !close(cost, network.cost(), 1e-12, 0))
    return broken("gives the cost " + shown(cost) + ", not " + shown(network.cost()));
  return kept();
}

Finding float_and_double(const Subject& subject) {
  const Object gradient(subject.use);
  SmallNetwork<double> wide;
  SmallNetwork<float> narrow;
  const Numbers expected = computed(gradient, wide), found = computed(gradient, narrow);
  const double d = distance(found, expected);
  const std::string text = "relative difference " + significant(d, 1);
  // a difference of costs for a small h loses most digits of float
  return d < 0.1 ? kept(text) : broken(text);
}

Numbers compute(const Object& gradient) {
  SmallNetwork<double> network;
  return computed(gradient, network);
}
void call_other(const Object& gradient) {
  SmallNetwork<float> network;
  computed(gradient, network);
}

constexpr Law all[]{{"slopes", agreement},
                    {"cost and padding", cost_and_padding},
                    {"float and double", float_and_double},
                    no_memory_of_calls<compute, call_other>};

}  // namespace gradient_trial

std::span<const Law> gradient_laws() {
  return gradient_trial::all;
}

}  // namespace nnrun::host
