// What every data set obeys, and the data sets that are drawn.
#include <cmath>
#include <map>
#include <numeric>

#include "support/example_data.hpp"
#include "support/published_data.hpp"
namespace nnrun::testing {
namespace {

struct Points {
  std::vector<double> x, t;  // of both parts
  std::size_t train = 0;
  std::size_t size() const { return t.size(); }
  double at(std::size_t i, std::size_t axis) const { return x[2 * i + axis]; }
};
Points points(const std::string& name, double noise, std::int64_t examples = 2000) {
  const Read data = read(name, {{"noise", noise}, {"examples", examples}});
  Points all;
  for (const auto& part : data.parts) {
    for (const double x : numbers(part.x)) all.x.push_back(x);
    for (const double t : numbers(part.t)) all.t.push_back(t);
  }
  all.train = data.parts[NNRUN_TRAIN].count;
  return all;
}

}  // namespace

TEST_CASE("a data set gives the same numbers for the same seed, all finite", "[plugins][dataset]") {
  const auto name = GENERATE(from_range(names("dataset")));
  CAPTURE(name);
  const Scratch scratch;
  const host::Use data = example_dataset(name, scratch);
  CHECK(host::hash_of(read(data).parts) == host::hash_of(read(data).parts));
}

TEST_CASE("diagonal's target is 1 where x is less than y", "[plugins][dataset]") {
  const Read data = read("diagonal", {{"train", std::int64_t{3000}}, {"test", std::int64_t{10}}});
  const host::Examples<double>& train = data.parts[NNRUN_TRAIN];
  REQUIRE(train.count == 3000);  // more than one chunk
  REQUIRE(data.parts[NNRUN_TEST].count == 10);
  std::size_t above = 0;
  for (std::size_t i = 0; i < 3000; ++i) {
    const double x = train.x.data()[2 * i], y = train.x.data()[2 * i + 1];
    REQUIRE(train.t.data()[i] == (x < y ? 1 : 0));
    above += x < y;
  }
  CHECK((above > 1350 && above < 1650));  // 5 standard deviations around one half
}

TEST_CASE("the Playground's sets are cut in halves, mixed, and change with the seed",
          "[plugins][dataset]") {
  const std::string name = GENERATE("circle", "xor", "gauss", "spiral", "plane", "reg_gauss");
  CAPTURE(name);
  const Read data = read(name, {});
  const std::size_t all = name == "plane" || name == "reg_gauss" ? 1200 : 500;
  CHECK(data.parts[NNRUN_TRAIN].count == all / 2);
  CHECK(data.parts[NNRUN_TEST].count == all / 2);
  CHECK(data.shape.names.inputs == std::vector<std::string>{"x", "y"});
  const auto labels = numbers(data.parts[NNRUN_TRAIN].t);
  const double sum = std::accumulate(labels.begin(), labels.end(), 0.);
  CHECK(std::abs(sum) < static_cast<double>(all) / 5);  // 5 standard deviations of ±1, halved sets
  const host::Use use_ = use("dataset", name);
  CHECK(host::hash_of(read(use_, 1).parts) != host::hash_of(read(use_, 2).parts));
  const Read odd = read(name, {{"examples", std::int64_t{7}}, {"test", 0.25}});
  CHECK(odd.parts[NNRUN_TRAIN].count == 5);
  CHECK(odd.parts[NNRUN_TEST].count == 2);
}

TEST_CASE("without noise the Playground's labels follow their formulas", "[plugins][dataset]") {
  const Points circle = points("circle", 0), xor_ = points("xor", 0), plane = points("plane", 0);
  std::size_t inside = 0;
  for (std::size_t i = 0; i < circle.size(); ++i) {
    const double r = std::hypot(circle.at(i, 0), circle.at(i, 1));
    REQUIRE((r < 2.5 || (r >= 3.5 && r < 5)));
    REQUIRE(circle.t[i] == (r < 2.5 ? 1 : -1));
    inside += r < 2.5;
  }
  CHECK(inside == circle.size() / 2);
  for (std::size_t i = 0; i < xor_.size(); ++i) {
    const double x = xor_.at(i, 0), y = xor_.at(i, 1);
    REQUIRE((std::abs(x) >= 0.3 && std::abs(x) <= 5.3 && std::abs(y) >= 0.3));
    REQUIRE(xor_.t[i] == ((x > 0) == (y > 0) ? 1 : -1));
  }
  for (std::size_t i = 0; i < plane.size(); ++i) {
    REQUIRE((std::abs(plane.at(i, 0)) <= 6 && std::abs(plane.at(i, 1)) <= 6));
    REQUIRE(plane.t[i] == Approx((plane.at(i, 0) + plane.at(i, 1)) / 10).margin(1e-15));
  }
}

TEST_CASE("reg_gauss has hills and valleys of height 1 and radius 2", "[plugins][dataset]") {
  const Points data = points("reg_gauss", 0, 20000);
  for (std::size_t i = 0; i < data.size(); ++i) {
    const double x = data.at(i, 0), y = data.at(i, 1);
    // the nearest centre is the one of largest magnitude
    const double cx = 4 * std::clamp(std::round(x / 4), -1., 1.), cy = y > 0 ? 2.5 : -2.5;
    const double sign = (cx == 0) == (cy < 0) ? 1 : -1;
    const double hill = sign * std::max(0., 1 - std::hypot(x - cx, y - cy) / 2);
    REQUIRE(data.t[i] == Approx(hill).margin(1e-12));
  }
}

TEST_CASE("spiral's points lie on two arms of 1.75 turns, both in both parts",
          "[plugins][dataset]") {
  const Points data = points("spiral", 0, 500);
  std::map<double, std::vector<double>> radii;
  std::size_t first_arm_trained = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const double x = data.at(i, 0), y = data.at(i, 1), r = std::hypot(x, y);
    radii[data.t[i]].push_back(r);
    first_arm_trained += i < data.train && data.t[i] == 1;
    const double angle = 3.5 * M_PI * r / 5 + (data.t[i] == 1 ? 0 : M_PI);
    REQUIRE(x == Approx(r * std::sin(angle)).margin(1e-9));
    REQUIRE(y == Approx(r * std::cos(angle)).margin(1e-9));
  }
  CHECK((first_arm_trained > 75 && first_arm_trained < 175));
  for (auto& [label, r] : radii) {
    std::ranges::sort(r);
    REQUIRE(r.size() == 250);
    for (std::size_t i = 0; i < r.size(); ++i)
      REQUIRE(r[i] == Approx(5. * static_cast<double>(i) / 250).margin(1e-9));
  }
}

TEST_CASE("gauss has clouds around (2, 2) and (-2, -2) of the variance that noise says",
          "[plugins][dataset]") {
  const auto [noise, variance] =
      GENERATE(std::pair{0., 0.5}, std::pair{50., 4.}, std::pair{10., 1.2});
  const std::int64_t n = 40000;
  const Points data = points("gauss", noise, n);
  double sums[2] = {}, squares = 0;
  for (std::size_t i = 0; i < data.size(); ++i)
    for (const std::size_t axis : {0u, 1u}) {
      const double d = data.at(i, axis) - 2 * data.t[i];
      sums[data.t[i] > 0] += d;
      squares += d * d;
    }
  // five standard errors: of a mean √(variance/n), of a variance variance·√(2/n)
  for (const double sum : sums)
    CHECK(std::abs(sum / static_cast<double>(n)) <
          5 * std::sqrt(variance / static_cast<double>(n)));
  CHECK(squares / static_cast<double>(2 * n) == Approx(variance).epsilon(5 * std::sqrt(1. / n)));
}

TEST_CASE("noise turns the labels of circle and xor, and moves the points of spiral",
          "[plugins][dataset]") {
  const Points circle = points("circle", 50), spiral = points("spiral", 50, 500);
  std::size_t turned = 0;
  for (std::size_t i = 0; i < circle.size(); ++i)
    turned += (std::hypot(circle.at(i, 0), circle.at(i, 1)) < 2.5) != (circle.t[i] == 1);
  CHECK((turned > 200 && turned < 900));
  double furthest = 0;
  for (std::size_t i = 0; i < spiral.size(); ++i) {
    // an arm's point of this label at the nearest radius is at most √2 · ½ away
    double nearest = 1e9;
    for (std::size_t k = 0; k < 250; ++k) {
      const double r = 5. * static_cast<double>(k) / 250,
                   angle = 3.5 * M_PI * r / 5 + (spiral.t[i] == 1 ? 0 : M_PI);
      nearest = std::min(nearest, std::max(std::abs(spiral.at(i, 0) - r * std::sin(angle)),
                                           std::abs(spiral.at(i, 1) - r * std::cos(angle))));
    }
    furthest = std::max(furthest, nearest);
    REQUIRE(nearest <= 0.5 + 1e-12);
  }
  CHECK(furthest > 0.1);
}

TEST_CASE("the Playground's own points obey the formula of circle",
          "[plugins][dataset][.data/playground]") {
  const auto folder = data_folder("playground");
  if (!folder) return;
  const Read data = read("csv", {{"path", (*folder / "circle_train.csv").string()}});
  REQUIRE(data.parts[NNRUN_TRAIN].count == 250);
  for (std::size_t i = 0; i < 250; ++i) {
    const double* const x = data.parts[NNRUN_TRAIN].x.data() + 2 * i;
    REQUIRE(data.parts[NNRUN_TRAIN].t.data()[i] == (std::hypot(x[0], x[1]) < 2.5 ? 1 : -1));
  }
}

}  // namespace nnrun::testing
