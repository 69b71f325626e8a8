// What a class declares works for every author's plugin, whatever its settings are called.
#include <catch2/catch.hpp>

#include "loading/plugin_factory.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

const char* const own = R"(
#include <nnrun/plugin.hpp>
/// Each output is a weight of its own times the sum of the inputs.
struct Wide : nnrun::Layer {
  static constexpr auto name = "wide", doc = "sums";
  static constexpr bool has_units = true;
  std::int64_t width = 1;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Wide::width, "width", "outputs", {.min = 1}));
  }
  void plan(nnrun_plan& p) const {
    const std::size_t n = std::size_t(width);
    p.out = {1, {n}};
    p.n_parameters = nnrun::padded(n);
    p.n_blocks = 1;
    p.blocks[0] = {"gain", NNRUN_OTHER, {1, {n}}, {1}, 0, 1, 1, 0.5};
  }
  template <class T> T sum(const nnrun::LayerCall<T>& c, std::size_t r) const {
    T sum = 0;
    for (std::size_t i = 0; i < c.in_cols(0); ++i) sum += c.in(0)[r * c.in_cols(0) + i];
    return sum;
  }
  template <class T> void forward(const nnrun::LayerCall<T>& c) const {
    for (std::size_t r = 0; r < c.rows(); ++r)
      for (std::size_t j = 0; j < c.cols(); ++j) c.out()[r * c.cols() + j] = c.w()[j] * sum(c, r);
  }
  template <class T> void backward_inputs(const nnrun::LayerCall<T>&) const {}
  template <class T> void backward_parameters(const nnrun::LayerCall<T>& c) const {
    for (std::size_t j = 0; c.call.tile == 0 && j < c.cols(); ++j) {
      if (c.call.accumulate == 0) c.dw()[j] = 0;
      for (std::size_t r = 0; r < c.rows(); ++r)
        c.dw()[j] += c.d_out()[r * c.cols() + j] * sum(c, r);
    }
  }
};
NNRUN_REGISTER(Wide)
struct Bent : nnrun::Activation {
  static constexpr auto name = "bent_of_mine", other_name = "curved", doc = "a curve";
  auto f(auto x) const { return x / sqrt(1 + x * x); }
};
NNRUN_REGISTER(Bent)
struct Points : nnrun::Dataset {
  static constexpr auto name = "points_of_mine", doc = "two classes";
  std::span<const char* const> labels{};
  const char* between = ",";
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Points::labels, "labels", "names", {.classes = true}),
                         nnrun::param(&Points::between, "between", "text", {.separator = true}));
  }
  static constexpr const char* found[] = {"low", "high"};
  void open(nnrun_data& data) const {
    data.input = data.target = {1, {2}};
    data.examples[NNRUN_TRAIN] = data.examples[NNRUN_TEST] = labels.size() == 2 ? 4 : 8;
    data.classes = found;
  }
  void read(const nnrun::Stream&, nnrun::Part, std::size_t from, std::size_t n, double* x,
            double* t) const {
    for (std::size_t i = 0; i < n; ++i) {
      const bool high = (from + i) % 2 == 1;
      x[2 * i] = x[2 * i + 1] = high ? 1 : -1;
      t[2 * i] = !high;
      t[2 * i + 1] = high;
    }
  }
};
NNRUN_REGISTER(Points)
struct Score : nnrun::Metric {
  static constexpr auto name = "score", adjective = "sure", doc = "minus the first output";
  double value(auto y, auto) const { return -double(y[0][0]); }
};
NNRUN_REGISTER(Score)
)";

struct Setup {
  PluginFactory factory;
  Setup() {
    factory.cpp("own.so", own);
    for (const char* const name : {"mine", "other"})
      factory.scratch().write(std::string(name) + ".yaml",
                              "plugins: [own.so]\n"
                              "name: " +
                                  std::string(name) +
                                  "\n"
                                  "data: {type: points_of_mine, between: ;}\n"
                                  "model:\n"
                                  "  input: 2\n"
                                  "  defaults: {activation: curved}\n"
                                  "  layers: [{type: wide, width: 2}]\n"
                                  "train: {cost: mean_squared_error, epochs: 2, batch_size: " +
                                  (name[0] == 'm' ? "4" : "8") +
                                  "}\n"
                                  "metrics: [score]\n");
  }
  Ended run(const std::string& command) const { return testing::run(command, factory.folder()); }
};

}  // namespace

TEST_CASE("a layer that says it has units takes the default activation, by its other name",
          "[cli]") {
  const Setup setup;
  const Ended ended = setup.run("$nnrun summary mine.yaml");
  CAPTURE(ended.err);
  CHECK(ended.status == 0);
  CHECK_THAT(ended.out, Catch::Contains("wide_1 (wide)") && Catch::Contains("bent_of_mine"));
}

TEST_CASE("a data set is read again with the classes and the separator of the run", "[cli]") {
  const Setup setup;
  const Ended trained = setup.run("$nnrun mine.yaml --out mine");
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  CHECK_THAT(trained.out, Catch::Contains("(8 examples"));
  CHECK_THAT(setup.run("$nnrun eval mine").out, Catch::Contains("(4 examples)"));  // was given two
  setup.factory.scratch().write("in.csv", "x1;x2\n1;1\n");
  CHECK(setup.run("$nnrun predict mine --csv in.csv").status == 0);
}

TEST_CASE("a comparison's verdict uses the metric's adjective", "[cli]") {
  const Setup setup;
  const Ended ended = setup.run("$nnrun compare mine.yaml other.yaml --seeds 2");
  CAPTURE(ended.err);
  CHECK(ended.status == 0);
  CHECK_THAT(ended.out, Catch::Contains("No config is clearly more sure than 'mine' at 2 seeds."));
}

}  // namespace nnrun::testing
