// What every data set obeys, and the data sets that are drawn.
#include <cmath>
#include <map>
#include <numeric>

#include "support/example_data.hpp"
#include "support/program.hpp"
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

TEST_CASE("adding marks a number in each half, and asks for their sum", "[plugins][dataset]") {
  const std::int64_t length = GENERATE(2, 7, 100);
  CAPTURE(length);
  const Read data = read("adding", {{"length", length}, {"train", std::int64_t{500}}});
  CHECK(host::text_of(data.shape.input) == std::to_string(length) + " x 2");
  const auto steps = static_cast<std::size_t>(length);
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < 500; ++i) {
    const double* const x = data.parts[NNRUN_TRAIN].x.data() + i * 2 * steps;
    double marked = 0;
    std::size_t marks[2] = {};
    for (std::size_t k = 0; k < steps; ++k) {
      REQUIRE((x[2 * k] >= 0 && x[2 * k] < 1));
      REQUIRE((x[2 * k + 1] == 0 || x[2 * k + 1] == 1));
      marked += x[2 * k] * x[2 * k + 1];
      marks[k < steps / 2 ? 0 : 1] += x[2 * k + 1] == 1;
    }
    REQUIRE((marks[0] == 1 && marks[1] == 1));
    const double t = data.parts[NNRUN_TRAIN].t.data()[i];
    REQUIRE(t == marked);
    sum += t, squares += (t - 1) * (t - 1);
  }
  CHECK(sum / 500 == Approx(1).margin(0.1));  // 5 deviations of the mean
  CHECK(squares / 500 == Approx(1. / 6).margin(0.05));
}

TEST_CASE("characters gives pieces of a text, and what follows each character",
          "[plugins][dataset]") {
  const Scratch scratch;
  const auto file = scratch.write("t.txt", "ab\u00e9ab\u20acb\U0001F600").string();
  const std::string all = "ab\u00e9\u20ac\U0001F600";
  const Read data =
      read("characters", {{"path", file}, {"length", std::int64_t{2}}, {"vocabulary", all}});
  // a b é € 😀 are 0 … 4; 8 characters are three pieces of two, and one to follow
  const host::Examples<double>& train = data.parts[NNRUN_TRAIN];
  REQUIRE(train.count == 3);
  CHECK(host::text_of(data.shape.target) == "2 x 5");
  CHECK(numbers(train.x) == std::vector<double>{0, 1, 2, 0, 1, 3});
  const std::size_t next[] = {1, 2, 0, 1, 3, 1};
  for (std::size_t i = 0; i < 30; ++i) CHECK(train.t.data()[i] == (next[i / 5] == i % 5 ? 1 : 0));
  const Read close = read("characters", {{"path", file},
                                         {"length", std::int64_t{2}},
                                         {"stride", std::int64_t{1}},
                                         {"vocabulary", all}});
  CHECK(close.parts[NNRUN_TRAIN].count == 6);
  const Read named = read("characters", {{"path", file},
                                         {"length", std::int64_t{2}},
                                         {"vocabulary", std::string("\U0001F600\u20ac\u00e9ba")}});
  CHECK(numbers(named.parts[NNRUN_TRAIN].x) == std::vector<double>{4, 3, 2, 4, 3, 1});
}

TEST_CASE("pieces of a text that share characters are cut in order, with a gap between the parts",
          "[plugins][dataset]") {
  const Scratch scratch;
  std::string text;
  for (int i = 0; i < 101; ++i) text += static_cast<char>('a' + i % 26);
  scratch.write("t.txt", text);
  const auto said_or_read = [&](const std::string& settings) {
    scratch.write("c.yaml",
                  "data: {type: characters, path: t.txt, vocabulary: abcdefghijklmnopqrstuvwxyz, "
                  "length: 10, " +
                      settings +
                      "}\nmodel: {layers: [{type: embedding, input_dim: 26, output_dim: 2}, {type: "
                      "dense, units: 26, axis: last, activation: softmax}]}\ntrain: {cost: "
                      "cross_entropy, epochs: 1}\n");
    return run("$nnrun check c.yaml", scratch.folder());
  };
  // 31 pieces start at 0, 3, … 90; each shares characters with the three behind it
  const Ended cut = said_or_read("stride: 3, split: {validation: 0.2, test: 0.2}");
  CHECK_THAT(cut.out, Catch::Contains("25 rows: 16 to train, 3 to validate, 6 to test"));
  CHECK_THAT(cut.out + cut.err,
             Catch::Contains("examples share numbers with those behind them, so parts are cut in "
                             "order, and 6 between them left out"));
  const Read parts = read("characters", {{"path", (scratch / "t.txt").string()},
                                         {"vocabulary", std::string("abcdefghijklmnopqrstuvwxyz")},
                                         {"length", std::int64_t{10}},
                                         {"stride", std::int64_t{3}}});
  CHECK(parts.shape.overlap == 3);
  CHECK_THAT(said_or_read("stride: 3, split: {folds: 2, fold: 1}").err,
             Catch::Contains("would put the same numbers into several parts: each example shares "
                             "some with 3 behind it"));
  CHECK_THAT(said_or_read("stride: 1, split: {validation: 0.95}").err,
             Catch::Contains("no example is left in the training part"));
  CHECK_THAT(said_or_read("split: {validation: 0.2}").err, !Catch::Contains("share numbers"));
}

TEST_CASE("a text may be tested on another", "[plugins][dataset]") {
  const Scratch scratch;
  const auto file = [&](const std::string& name, const std::string& text) {
    return scratch.write(name, text).string();
  };
  const Settings settings{{"path", file("a.txt", "abcab")},
                          {"test", file("b.txt", "ccb")},
                          {"validation", file("v.txt", "bac")},
                          {"length", std::int64_t{2}},
                          {"vocabulary", std::string("abc")}};
  const Read read = testing::read("characters", settings);
  CHECK(numbers(read.parts[NNRUN_TRAIN].x) == std::vector<double>{0, 1, 2, 0});
  CHECK(numbers(read.parts[NNRUN_TEST].x) == std::vector<double>{2, 2});
  CHECK(numbers(read.parts[NNRUN_TEST].t) == std::vector<double>{0, 0, 1, 0, 1, 0});
  CHECK(numbers(read.parts[NNRUN_VALIDATION].x) == std::vector<double>{1, 0});
  file("b.txt", "ccd");
  CHECK_THAT(said([&] { testing::read("characters", settings); }, scratch),
             Catch::Contains("character 'd' is not in 'vocabulary'\n  --> b.txt:1"));
  file("b.txt", "cc");
  CHECK_THAT(said([&] { testing::read("characters", settings); }, scratch),
             Catch::Contains("has 2 characters, but a piece of 2") && Catch::Contains("--> b.txt"));
  scratch.write("c.yaml",
                "data: {type: characters, path: a.txt, length: 2, vocabulary: abc}\n"
                "model: {layers: [{type: embedding, input_dim: 3, output_dim: 2}, {type: lstm, "
                "units: 2, return_sequences: true}, {type: dense, axis: last, activation: "
                "softmax}]}\ntrain: {cost: cross_entropy}\n");
  REQUIRE(run("$nnrun c.yaml -q --out r && rm a.txt", scratch.folder()).status == 0);
  file("b.txt", "abcabcab");
  const Ended tested = run("$nnrun eval r --data test=b.txt", scratch.folder());
  CAPTURE(tested.err);
  CHECK(tested.status == 0);
  CHECK_THAT(tested.out, Catch::Contains("(3 examples"));
}

TEST_CASE("texts that characters cannot take are refused with file and line",
          "[plugins][dataset]") {
  const Scratch scratch;
  const auto said_of = [&](const std::string& text, const std::string& vocabulary,
                           std::int64_t length) {
    const auto file = scratch.write("t.txt", text).string();
    return said(
        [&] {
          read("characters", {{"path", file}, {"vocabulary", vocabulary}, {"length", length}});
        },
        scratch);
  };
  CHECK(said_of("one\ntwo\n", "one\nt", 3) ==
        "error: character 'w' is not in 'vocabulary'\n  --> t.txt:2\n");
  CHECK(said_of("a\n\n\u20ac", "a\n", 1) ==
        "error: character U+20AC is not in 'vocabulary'\n  --> t.txt:3\n");
  CHECK(said_of("c\u20ac\"\\\na", "", 1) ==
        "error: needs 'vocabulary': which characters there may be\n  --> t.txt\n"
        "   = help: of this text it is\n"
        "           vocabulary: \"\\n\\\"\\\\ac\\U000020AC\"\n");
  CHECK(said_of("abc", "abc", 3) ==
        "error: has 3 characters, but a piece of 3 needs one more than that\n  --> t.txt\n"
        "   = help: write a shorter length\n");
  for (const std::string vocabulary : {"", "a"})
    CHECK(said_of("", vocabulary, 3) ==
          "error: is empty\n  --> t.txt\n   = help: name a text to learn from\n");
  CHECK(said_of(std::string("ab\nc\0d", 6), "", 1) ==
        "error: has a byte 0, so it is not a text\n  --> t.txt:2\n   = help: take it out\n");
  CHECK(said_of("ab\nc\xff", "", 1) ==
        "error: is not UTF-8\n  --> t.txt:2\n   = help: convert the file first\n");
  CHECK(said_of("abab", "aba", 1).starts_with("error: 'vocabulary' has a character twice\n"));
}

}  // namespace nnrun::testing
