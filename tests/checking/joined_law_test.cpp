// What is joined computes the same as what it is joined of.
#include "checking/joined_law.hpp"

#include "loading/plugin_factory.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

/// Returns what the law finds of a cost of an author, whose slope from the scores is this.
host::Finding found(const std::string& slope_from_scores) {
  const PluginFactory factory;
  host::Registry own;
  own.load(factory.cpp("own.so", R"(
#include <nnrun/plugin.hpp>
#include <cmath>
struct Own : nnrun::Cost {
  static constexpr auto name = "own", doc = "";
  static constexpr nnrun::Range outputs{0, 1}, targets{0, 1};
  static constexpr auto joined_by = "from_scores", joins = "sigmoid";
  bool from_scores = false;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Own::from_scores, "from_scores", ""));
  }
  template <class T>
  T value(std::span<const T> y, std::span<const T> t) const {
    return slope(y, t, std::span<T>());
  }
  template <class T>
  T slope(std::span<const T> y, std::span<const T> t, std::span<T> dy) const {
    T sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const T p = from_scores ? 1 / (1 + std::exp(-y[i])) : y[i];
      sum -= t[i] * std::log(p) + (1 - t[i]) * std::log(1 - p);
      if (!dy.empty()) dy[i] = from_scores ? )" +
                                     slope_from_scores + R"( : (p - t[i]) / (p * (1 - p));
    }
    return sum;
  }
};
NNRUN_REGISTER(Own)
)"));
  return host::joined_law(host::subject_of(*own.find("cost", "own"), &registry(), nullptr));
}

}  // namespace

TEST_CASE("a cost that is joined has the slopes of the two", "[checking]") {
  const host::Finding right = found("p - t[i]");
  CHECK(right.status == host::LawStatus::ok);
  CHECK(right.detail == "with sigmoid");
  const host::Finding wrong = found("2 * (p - t[i])");
  CHECK(wrong.status == host::LawStatus::fail);
  CHECK_THAT(wrong.detail, Catch::StartsWith("the slope from the scores is ") &&
                               Catch::Contains(" at score -1.5, through 'sigmoid' it is -0.81"));
}

TEST_CASE("every shipped class that joins keeps that law", "[checking]") {
  std::size_t tried = 0;
  for (const std::string kind : {"cost", "activation"})
    for (const std::string& name : registry().names(kind)) {
      CAPTURE(name);
      const host::Finding finding =
          host::joined_law(host::subject_of(*registry().find(kind, name), &registry(), nullptr));
      CHECK(finding.status != host::LawStatus::fail);
      CAPTURE(finding.detail);
      tried += finding.detail.starts_with("with ");
    }
  CHECK(tried >= 4);  // two activations and their costs
}

}  // namespace nnrun::testing
