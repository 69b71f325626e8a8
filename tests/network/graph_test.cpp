#include "network/graph.hpp"

#include "loading/plugin_factory.hpp"
#include "network/buffer.hpp"
#include "network/initial_values.hpp"
#include "network/layer_plan.hpp"
#include "network/memory_needs.hpp"
#include "network/padding.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

std::string model(const std::string& layers, const std::string& input = "2") {
  return "data: diagonal\nmodel:\n  input: " + input + "\n  layers:\n" + layers +
         "train: {cost: sum_squared_error}\n";
}
host::Graph graph(const std::string& layers) {
  return host::build_graph(experiment(model(layers)));
}

std::vector<std::string> order_of(const std::string& layers) {
  const host::Experiment e = experiment(model(layers));
  std::vector<std::string> order;
  for (const std::size_t i : host::topological_order(e.model.layers))
    order.push_back(e.model.layers[i].name);
  return order;
}

}  // namespace

TEST_CASE("layers run after what they read, as listed where possible", "[network]") {
  CHECK(order_of("    - {name: c, type: add, inputs: [a, b]}\n"
                 "    - {name: a, type: dense, units: 2, inputs: [input]}\n"
                 "    - {name: b, type: dense, units: 2, inputs: [a]}\n") ==
        std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("a cycle is refused, naming its layers and its place", "[network]") {
  try {
    graph(
        "    - {name: both, type: add, inputs: [input, left]}\n"
        "    - {name: left, type: add, inputs: [input, both]}\n"
        "    - {name: out, type: dense, units: 1, inputs: [left]}\n");
    FAIL("accepted");
  } catch (const host::GraphError& e) {
    CHECK(e.problems()[0].what == "these layers feed each other: both <- left <- both");
    CHECK(e.problems()[0].place.line == 5);
    CHECK(e.status() == host::Exit::config);
  }
}

TEST_CASE("two outputs are refused, naming both", "[network]") {
  CHECK_THROWS_WITH(graph("    - {name: a, type: dense, units: 2}\n"
                          "    - {name: b, type: dense, units: 2, inputs: [input]}\n"),
                    Contains("no layer reads 'a', 'b', but a network has one output"));
}

TEST_CASE("inputs that do not fit a layer are refused with the layer's words", "[network]") {
  CHECK_THROWS_WITH(graph("    - {name: a, type: dense, units: 3}\n"
                          "    - {name: b, type: add, inputs: [a, input]}\n"),
                    Contains("layer 'b': add takes inputs of one shape, not 3 and 2"));
  CHECK_THROWS_WITH(graph("    - {name: b, type: add, inputs: [input]}\n"),
                    Contains("layer 'b': add takes two inputs or more, not one"));
  CHECK_THROWS_WITH(graph("    - {name: a, type: dense, units: 3}\n"
                          "    - {name: b, type: dense, units: 3, inputs: [a, input]}\n"),
                    Contains("layer 'b': dense takes one input, not 2"));
}

TEST_CASE("a plan that is wrong for any input is the plugin's fault, with layer, class and library",
          "[network]") {
  const PluginFactory factory;
  const auto file = factory.cpp("bad.so",
                                "#include <nnrun/plugin.hpp>\n"
                                "struct Bad : nnrun::Layer {\n"
                                "  static constexpr auto name = \"bad\", doc = \"\";\n"
                                "  void plan(nnrun_plan&) const {}\n"
                                "  void forward(const auto&) const {}\n"
                                "  void backward_inputs(const auto&) const {}\n"
                                "};\nNNRUN_REGISTER(Bad)\n");
  host::Registry own;
  own.load_folder(NNRUN_BUILD_DIR "/plugins");
  own.load(file);
  try {
    host::build_graph(host::read_experiment(
        factory.scratch().write("bad.yaml", model("    - {name: first, type: bad}\n")), {}, own));
    FAIL("accepted");
  } catch (const host::PluginError& e) {
    const std::string library = own.libraries().back()->shown();
    CHECK(e.problems()[0].what ==
          "layer 'first': layer 'bad' (bad.so) planned an output of 0 sizes; 1 to 4 are possible");
    CHECK(e.problems()[0].place.line == 5);
    CHECK(e.problems()[0].hint ==
          "tell the plugin's author; nnrun check " + library + " finds it too");
    CHECK(e.status() == host::Exit::plugin);
  }
}

TEST_CASE("blocks lie on whole lanes inside of the parameters, none over another", "[network]") {
  const auto fault = [](std::vector<nnrun_block> blocks, std::size_t n) {
    nnrun_plan plan{};
    plan.out = {1, {1}};
    plan.n_parameters = n;
    plan.n_blocks = static_cast<std::uint32_t>(blocks.size());
    std::ranges::copy(blocks, plan.blocks);
    return host::fault_of_plan(plan);
  };
  const auto block = [](const char* name, std::size_t offset, nnrun_shape shape,
                        std::array<std::size_t, 2> strides) {
    return nnrun_block{name, NNRUN_WEIGHTS, shape, {strides[0], strides[1]}, offset, 1, 1, 0};
  };
  const nnrun_block w = block("w", 0, {2, {3, 2}}, {1, 8}), b = block("b", 16, {1, {3}}, {1, 0});
  CHECK(fault({}, 0) == "");
  CHECK(fault({w, b}, 24) == "");
  CHECK(fault({w, b}, 16) == "block 'b' beyond n_parameters = 16");
  CHECK(fault({w, block("b", 8, {1, {3}}, {1, 0})}, 24) == "block 'b' over block 'w'");
  CHECK(fault({w, block("b", 12, {1, {3}}, {1, 0})}, 24) ==
        "block 'b' at 12, not on whole lanes of 8");
  CHECK(fault({block("w", 0, {2, {3, 2}}, {1, 2})}, 8) == "block 'w' over itself");
  CHECK(fault({block("w", 0, {2, {3, 2}}, {0, 0})}, 8) == "block 'w' over itself");
  CHECK(fault({block("w", 0, {2, {3, 0}}, {1, 8})}, 8) == "block 'w' of 3 x 0");
  CHECK(fault({block(nullptr, 0, {1, {3}}, {1, 0})}, 8) == "a block without a name");
  // the gates of one wide matrix, each row of it in two blocks
  const nnrun_block left = block("left", 0, {2, {3, 2}}, {1, 16}),
                    right = block("right", 8, {2, {3, 2}}, {1, 16});
  CHECK(fault({left, right}, 32) == "");
  // sizes whose products do not fit into 64 bits
  const std::size_t huge = std::size_t{1} << 63;
  CHECK(fault({block("w", 0, {2, {huge, huge}}, {huge, huge})}, 8) ==
        "block 'w' beyond n_parameters = 8");
  CHECK(fault({block("w", 0, {2, {huge, huge}}, {0, 0})}, 8) == "block 'w' over itself");
}

TEST_CASE("parameters stand in named blocks, units by inputs", "[network]") {
  const host::Graph g = graph("    - {type: dense, units: 5}\n    - {type: dense, units: 1}\n");
  const auto blocks = g.blocks();
  REQUIRE(blocks.size() == 4);
  CHECK(blocks[0].name == "dense_1/weights");
  CHECK(host::text_of(blocks[0].block->shape) == "5 x 2");
  CHECK(blocks[3].name == "dense_2/bias");
  CHECK(g.parameter_count() == 5 * 2 + 5 + 5 + 1);
  CHECK(g.n_parameters % 8 == 0);
}

TEST_CASE("gathering undoes scattering, and touches no padding", "[network]") {
  const host::Graph g = graph("    - {type: dense, units: 5}\n    - {type: dense, units: 1}\n");
  host::Buffer<double> w(g.n_parameters);
  double next = 1;
  std::size_t used = 0;
  for (const host::NamedBlock& block : g.blocks()) {
    std::vector<double> numbers(block.count);
    for (double& x : numbers) x = next++;
    host::scatter(block, numbers.data(), w.data());
    CHECK(host::gathered(block, w.data()) == numbers);
    used += block.count;
  }
  const auto all = w.all();
  CHECK(std::ranges::count_if(all, [](double x) { return x != 0; }) == static_cast<long>(used));
  // element (unit 1, input 0) of dense_1 is the third in the file, the second unit of row 0 here
  CHECK(w.data()[1] == 3);
}

TEST_CASE("an initial block does not depend on other layers", "[network]") {
  const auto first_weights = [](const std::string& layers) {
    const host::Experiment e = experiment(model(layers));
    const host::Graph g = host::build_graph(e);
    host::Random random(e.random, 3);
    host::Buffer<double> w(g.n_parameters);
    host::initialize(g, random, w.data());
    return host::gathered(g.blocks()[0], w.data());
  };
  CHECK(first_weights("    - {type: dense, units: 5}\n    - {type: dense, units: 1}\n") ==
        first_weights("    - {type: dense, units: 5}\n    - {type: dense, units: 7}\n"
                      "    - {type: dense, units: 1}\n"));
}

TEST_CASE("impossible sizes are refused before anything is allocated, with the arithmetic",
          "[network]") {
  const auto needs = [](const std::string& layers, std::size_t batch) {
    const host::Graph g = graph(layers);
    host::require_memory(host::needs_of(g, host::Dtype::float64, batch, 0), 19'000'000'000);
  };
  CHECK_THROWS_WITH(
      needs("    - {type: dense, units: 1000000000}\n    - {type: dense, units: 1}\n", 1),
      Contains("19 GB available: dense_1/weights 1000000000 x 2 float64 is 16 GB"));
  CHECK_THROWS_WITH(needs("    - {type: dense, units: 2000000000}\n"
                          "    - {type: dense, units: 2000000000}\n    - {type: dense, units: 1}\n",
                          1),
                    Contains("parameters are impossible: weights 2000000000 x 2000000000"));
  CHECK_THROWS_WITH(
      needs("    - {type: dense, units: 5}\n    - {type: dense, units: 1}\n", 1000000000000),
      Contains("a batch of 1000000000000 x 5 float64 in layer 'dense_1'"));
  CHECK_NOTHROW(needs("    - {type: dense, units: 5}\n    - {type: dense, units: 1}\n", 100));
}

TEST_CASE("sizes are written for people", "[network]") {
  CHECK(host::text_of_bytes(0) == "0 B");
  CHECK(host::text_of_bytes(999) == "999 B");
  CHECK(host::text_of_bytes(1500) == "1.5 kB");
  CHECK(host::text_of_bytes(12'340'000) == "12.3 MB");
  CHECK(host::text_of_bytes(32'000'000'000) == "32 GB");
}

}  // namespace nnrun::testing
