// A layer that needs a workspace during a call.
#include "loading/plugin_factory.hpp"
#include "network/memory_needs.hpp"
#include "support/plugins.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

/// Sums inputs, each times its own weight. Every call first writes the weights to scratch in
/// reverse order and then uses them, so that what another call left there would show.
const char* const turned = R"(
#include <nnrun/plugin.hpp>
struct Turned : nnrun::Layer {
  static constexpr auto name = "turned", doc = "weights, turned round in scratch";
  std::int64_t outputs = 3;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Turned::outputs, "outputs", "how many", {.min = 1}));
  }
  void plan(nnrun_plan& p) const {
    const std::size_t n = nnrun::size_of(p.in[0]), m = std::size_t(outputs);
    p.out = {1, {m}};
    p.n_parameters = nnrun::padded(n * m);
    p.n_blocks = 1;
    p.blocks[0] = {"weights", NNRUN_WEIGHTS, {2, {m, n}}, {n, 1}, 0, n, m, 0};
    p.scratch = n * m;
    p.work_per_row = 1000000;
  }
  template <class T> const T* turn(const nnrun::LayerCall<T>& c) const {
    const std::size_t n = c.in_cols(0), m = c.cols();
    T* s = c.scratch();
    for (std::size_t i = 0; i < n * m; ++i) s[i] = T(0) / T(0);
    for (std::size_t j = 0; j < m; ++j)
      for (std::size_t i = 0; i < n; ++i) s[i * m + j] = c.w()[j * n + i];
    return s;
  }
  template <class T> void forward(const nnrun::LayerCall<T>& c) const {
    const T* s = turn(c);
    for (std::size_t r = 0; r < c.rows(); ++r)
      for (std::size_t j = 0; j < c.cols(); ++j) {
        T sum = 0;
        for (std::size_t i = 0; i < c.in_cols(0); ++i)
          sum += c.in(0)[r * c.in_cols(0) + i] * s[i * c.cols() + j];
        c.out()[r * c.cols() + j] = sum;
      }
  }
  template <class T> void backward_inputs(const nnrun::LayerCall<T>& c) const {
    const T* s = turn(c);
    for (std::size_t r = 0; c.d_in(0) && r < c.rows(); ++r)
      for (std::size_t i = 0; i < c.in_cols(0); ++i) {
        T& d = c.d_in(0)[r * c.in_cols(0) + i];
        if (!c.adds(0)) d = 0;
        for (std::size_t j = 0; j < c.cols(); ++j)
          d += c.d_out()[r * c.cols() + j] * s[i * c.cols() + j];
      }
  }
  template <class T> void backward_parameters(const nnrun::LayerCall<T>& c) const {
    for (std::size_t j = 0; j < c.cols(); ++j)
      if (j % c.call.tiles == c.call.tile)
        for (std::size_t i = 0; i < c.in_cols(0); ++i) {
          T sum = c.call.accumulate ? c.dw()[j * c.in_cols(0) + i] : T(0);
          for (std::size_t r = 0; r < c.rows(); ++r)
            sum += c.d_out()[r * c.cols() + j] * c.in(0)[r * c.in_cols(0) + i];
          c.dw()[j * c.in_cols(0) + i] = sum;
        }
  }
};
NNRUN_REGISTER(Turned)
)";

struct Loaded {
  PluginFactory factory;
  host::Registry plugins;
  std::filesystem::path library = factory.cpp("turned.so", turned);
  Loaded() {
    plugins.load_folder(NNRUN_BUILD_DIR "/plugins");
    plugins.load(library);
  }
  host::Experiment experiment() {
    return host::read_experiment(
        factory.scratch().write("turned.yaml",
                                "dtype: float64\n"
                                "data: diagonal\n"
                                "model:\n"
                                "  input: 2\n"
                                "  layers:\n"
                                "    - {type: dense, units: 5, product: eigen, activation: tanh}\n"
                                "    - {type: turned, outputs: 7, activation: tanh}\n"
                                "    - {type: turned, outputs: 1, activation: sigmoid}\n"
                                "train: {cost: half_squared_error, batch_size: 100}\n"),
        {}, plugins);
  }
};

}  // namespace

TEST_CASE("a layer with scratch gives the gradient that differences give", "[network]") {
  Loaded loaded;
  const host::Experiment e = loaded.experiment();
  const auto trainer = host::Trainer::create(e, 1);
  std::vector<std::vector<std::vector<double>>> found;
  for (const char* gradient : {"backprop", "central_difference"}) {
    host::Use use{loaded.plugins.find("gradient", gradient), {}, {}};
    for (std::uint32_t i = 0; i < use.plugin->table->n_settings; ++i)
      use.settings.push_back(host::default_of(host::setting_of(*use.plugin, i)));
    found.push_back(trainer->differentiate(use).blocks);
  }
  REQUIRE(found[0].size() == 4);
  for (std::size_t b = 0; b < found[0].size(); ++b)
    for (std::size_t i = 0; i < found[0][b].size(); ++i)
      CHECK(found[0][b][i] == Approx(found[1][b][i]).margin(1e-7));
}

TEST_CASE("threads have scratch of their own, and give the same bits", "[network][threads]") {
  Loaded loaded;
  const host::Experiment e = loaded.experiment();
  std::vector<double> costs;
  for (const unsigned threads : {1u, 2u, 3u}) {
    const auto trainer = host::Trainer::create(e, threads);
    CHECK(trainer->threads() == threads);  // by work_per_row: there are 60 parameters
    const auto outcome = trainer->train({});
    costs.push_back(outcome.result->train.cost);
  }
  CHECK(costs[1] == costs[0]);
  CHECK(costs[2] == costs[0]);
}

TEST_CASE("the scratch of every thread is counted, of the layer that asks for most", "[network]") {
  Loaded loaded;
  const host::Experiment e = loaded.experiment();
  const host::Graph graph = host::build_graph(e);
  CHECK(graph.scratch() == 35);
  CHECK(graph.work_per_row() ==
        2'000'000 + 24);  // dense: 2 x 5 weights and 5 biases, in lanes of 8
  const auto needs = host::needs_of(graph, host::Dtype::float64, 100, 0, 3);
  const host::LayerSpec& most = e.model.layers[1];
  const auto scratch =
      std::ranges::find(needs, "the scratch of layer '" + most.name + "'", &host::Need::what);
  REQUIRE(scratch != needs.end());
  CHECK(scratch->place.line == most.place.line);
  CHECK(scratch->bytes == 35 * 8);
  CHECK(scratch->copies == 3);
}

}  // namespace nnrun::testing
