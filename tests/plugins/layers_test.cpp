// Layers that join, move or bend numbers: what the laws do not cover.
#include <cmath>
#include <numeric>

#include "network/graph.hpp"
#include "network/workspace.hpp"
#include "plugins/image_layer.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using host::Buffer;
using Numbers = std::vector<double>;

host::Experiment net(const std::string& layers, const std::string& input = "2") {
  return experiment("data: diagonal\ndtype: float64\nmodel:\n  input: " + input + "\n  layers:\n" +
                    layers + "train: {cost: sum_squared_error}\n");
}

/// Inputs of one shape, one row of each, through a layer and back.
struct Joined {
  Numbers y;
  std::vector<Numbers> dx;
};
Joined joined(const std::string& name, const std::vector<Numbers>& x, const Numbers& dy) {
  const host::Object layer(use("layer", name));
  const std::size_t cols = x[0].size();
  const std::vector<nnrun_shape> shapes(x.size(), nnrun_shape{1, {cols}});
  nnrun_plan plan{};
  plan.size = sizeof plan;
  plan.n_in = static_cast<std::uint32_t>(x.size());
  plan.in = shapes.data();
  const auto& table = layer.functions<nnrun_layer>();
  layer.call("plan", table.plan, &plan);
  std::vector<Buffer<double>> v, d;
  std::vector<nnrun_tensor> in;
  for (const Numbers& one : x) {
    std::ranges::copy(one, v.emplace_back(cols).data());
    in.push_back({v.back().data(), d.emplace_back(cols).data(), cols, 0});
  }
  Buffer<double> out(cols), slopes(cols);
  std::ranges::copy(dy, slopes.data());
  nnrun_layer_call call{};
  call.size = sizeof call;
  call.n_in = plan.n_in;
  call.rows = 1;
  call.in = in.data();
  call.out = {out.data(), slopes.data(), cols, 0};
  const nnrun_layer_functions& f = table.by_dtype[NNRUN_F64];
  layer.call("forward", f.forward, &call);
  layer.call("backward_inputs", f.backward_inputs, &call);
  Joined found{{out.data(), out.data() + cols}, {}};
  for (const Buffer<double>& one : d) found.dx.emplace_back(one.data(), one.data() + cols);
  return found;
}

std::string said(const std::string& layers, const std::string& input = "2") {
  try {
    host::build_graph(net(layers, input));
  } catch (const host::Error& e) {
    return host::render(e, false).substr(0, host::render(e, false).find('\n')) +
           (e.problems()[0].hint.empty() ? "" : " | " + e.problems()[0].hint);
  }
  return "nothing";
}

}  // namespace

TEST_CASE("joining layers give the numbers of their formulas", "[plugins][layer]") {
  const std::vector<Numbers> x{{1, -2, 3}, {4, 5, -6}, {2, 7, 0.5}};
  const Numbers dy{1, 10, 100};
  CHECK(joined("add", x, dy).y == Numbers{7, 10, -2.5});
  CHECK(joined("multiply", x, dy).y == Numbers{8, -70, -9});
  CHECK(joined("multiply", x, dy).dx ==
        std::vector<Numbers>{{8, 350, -300}, {2, -140, 150}, {4, -100, -1800}});
  CHECK(joined("maximum", x, dy).y == Numbers{4, 7, 3});
  CHECK(joined("maximum", x, dy).dx == std::vector<Numbers>{{0, 0, 100}, {1, 0, 0}, {0, 10, 0}});
  const std::vector<Numbers> two{{1, 5}, {4, 2}};
  CHECK(joined("average", two, {1, 2}).y == Numbers{2.5, 3.5});
  CHECK(joined("average", two, {1, 2}).dx == std::vector<Numbers>{{0.5, 1}, {0.5, 1}});
  CHECK(joined("subtract", two, {1, 2}).y == Numbers{-3, 3});
  CHECK(joined("subtract", two, {1, 2}).dx == std::vector<Numbers>{{1, 2}, {-1, -2}});
}

TEST_CASE("of equal largest numbers the first has the slope, and NaN is not hidden",
          "[plugins][layer]") {
  CHECK(joined("maximum", {{3, 1}, {3, 2}, {3, 2}}, {1, 1}).dx ==
        std::vector<Numbers>{{1, 0}, {0, 1}, {0, 0}});
  const double nan = std::nan("");
  for (const double y : joined("maximum", {{1, nan}, {nan, 1}, {2, 2}}, {1, 1}).y)
    CHECK(std::isnan(y));
}

TEST_CASE("concatenate joins along the last size, row by row of the shape", "[plugins][layer]") {
  const host::Experiment e =
      net("    - {name: a, type: reshape, shape: [3, 2]}\n"
          "    - {name: b, type: reshape, shape: [3, 1], inputs: [half]}\n"
          "    - {name: half, type: dense, units: 3, activation: none, inputs: [input]}\n"
          "    - {name: all, type: concatenate, inputs: [a, b]}\n",
          "6");
  const host::Graph graph = host::build_graph(e);
  CHECK(host::text_of(graph.output().plan.out) == "3 x 3");
  Buffer<double> w(graph.n_parameters), x(12);
  const host::NamedBlock block = graph.blocks()[0];  // unit k sees input k alone
  host::for_each_element(
      block, [&](std::size_t at, std::size_t i) { w.data()[at] = i / 6 == i % 6 ? 100 : 0; });
  for (std::size_t i = 0; i < 12; ++i) x.data()[i] = static_cast<double>(i + 1);
  host::Workspace<double> workspace(graph, 2, w.data(), nullptr, false);
  host::Pass<double> pass = workspace.pass();
  pass.set_batch(x.data(), 2);
  const double* const y = pass.forward();
  CHECK(Numbers(y, y + 18) == Numbers{1, 2, 100, 3, 4, 200, 5, 6, 300,  //
                                      7, 8, 700, 9, 10, 800, 11, 12, 900});
}

TEST_CASE("scale starts as the identity and prelu with He's slope", "[plugins][layer]") {
  const host::Graph graph = host::build_graph(net("    - {type: scale}\n    - {type: prelu}\n"));
  const std::vector<host::NamedBlock> blocks = graph.blocks();
  REQUIRE(blocks.size() == 3);
  CHECK(blocks[0].name == "scale_1/weights");
  CHECK(blocks[0].block->initial == 1);
  CHECK(blocks[1].name == "scale_1/bias");
  CHECK(blocks[1].block->initial == 0);
  CHECK(blocks[2].name == "prelu_1/slope");
  CHECK(blocks[2].block->initial == 0.25);
  CHECK(host::build_graph(net("    - {type: scale, bias: false}\n")).parameter_count() == 2);
}

TEST_CASE("dense along the last axis takes each place by itself", "[plugins][layer]") {
  for (const std::string product : {"ordered", "eigen"})
    for (const std::size_t units : {1u, 7u, 20u}) {
      CAPTURE(product, units);
      Settings settings{{"units", static_cast<std::int64_t>(units)}, {"product", product}};
      ImageLayer<float> places("dense", settings, {1, {3}}, 4 * 2 * 5);
      settings.emplace_back("axis", std::string("last"));
      ImageLayer<float> images("dense", settings, {3, {2, 5, 3}}, 4);  // the same numbers
      CHECK(host::text_of(images.plan.out) == "2 x 5 x " + std::to_string(units));
      CHECK(images.plan.work_per_row == 2 * 5 * 3 * units);
      for (ImageLayer<float>* const layer : {&places, &images})
        for (const bool add : {false, true}) {
          layer->forward();
          layer->backward_inputs(add);
          layer->backward_parameters(add);
        }
      CHECK(all_of(images.y) == all_of(places.y));
      CHECK(all_of(images.dx) == all_of(places.dx));
      CHECK(all_of(images.dw) == all_of(places.dw));
      for (std::size_t i = 0; i < images.y.size(); ++i) {
        const std::size_t unit = i % units;
        double sum = static_cast<double>(images.w.data()[images.at(1, {unit})]);
        for (std::size_t k = 0; k < 3; ++k)
          sum += static_cast<double>(images.x.data()[i / units * 3 + k]) *
                 static_cast<double>(images.w.data()[images.at(0, {unit, k})]);
        CHECK(static_cast<double>(images.y.data()[i]) == Approx(sum).margin(1e-5));
      }
      const std::vector<float> all = all_of(images.y);
      std::fill_n(images.y.data(), images.y.size(), 0.f);
      for (std::size_t row = images.rows; row-- > 0;)
        images.run(&nnrun_layer_functions::forward, row, 1);  // one example is several rows
      if (product == "ordered") CHECK(all_of(images.y) == all);
      for (std::size_t i = 0; i < all.size(); ++i)  // Eigen adds as suits the number of rows
        CHECK(images.y.data()[i] == Approx(all[i]).margin(1e-5));
    }
}

TEST_CASE("layers of images say what an image is, and what does not fit into it",
          "[plugins][layer]") {
  const std::string conv = "    - {name: c, type: conv2d, filters: 4, kernel_size: 5";
  const std::string takes =
                        "error: layer 'c': conv2d takes images of height x width x channels, not ",
                    reshape =
                        " | put {type: reshape, shape: SHAPE} before it, or, if it is the first "
                        "layer, write 'input: SHAPE' below model";
  const auto hint = [&](const std::string& shape) {
    std::string text = reshape;
    for (std::size_t at; (at = text.find("SHAPE")) != text.npos;) text.replace(at, 5, shape);
    return text;
  };
  CHECK(said(conv + "}\n", "[28, 28]") == takes + "28 x 28" + hint("[28, 28, 1]"));
  CHECK(said(conv + "}\n", "784") == takes + "784" + hint("[28, 28, 1]"));
  CHECK(said(conv + "}\n", "3072") == takes + "3072" + hint("[32, 32, 3]"));
  CHECK(said(conv + "}\n", "[1, 4, 9, 1]") == takes + "1 x 4 x 9 x 1" + hint("[6, 6, 1]"));
  CHECK(
      said(conv + "}\n", "[1, 28, 28]") ==
      "error: layer 'c': windows of 5 x 5 do not fit into images of 1 x 28 | an input is height x "
      "width x channels: the channels come last");
  CHECK(
      said(conv + ", dilation_rate: [1, 2]}\n", "[7, 8, 1]") ==
      "error: layer 'c': windows of 5 x 9 do not fit into images of 7 x 8 | make them smaller, or "
      "write padding: same");
  CHECK(said(conv + ", groups: 2}\n", "[7, 8, 3]") ==
        "error: layer 'c': conv2d cannot cut 3 channels into 2 groups | 'groups' must divide the "
        "channels of the input, and 'filters'");
  CHECK(said(conv + ", groups: 3}\n", "[7, 8, 3]") ==
        "error: layer 'conv2d': 'filters' must be a multiple of 'groups', and 4 is not one of 3");
  CHECK(said(conv + ", strides: [1, 2, 3]}\n", "[7, 8, 3]") ==
        "error: layer 'conv2d': 'strides' takes one number, or two, for height and width, not 3");
  CHECK(said(conv + ", strides: 1.5}\n", "[7, 8, 3]") ==
        "error: layer 'conv2d': 'strides' takes whole numbers only");
  CHECK(said(conv + ", strides: 0}\n", "[7, 8, 3]") ==
        "error: 'strides' must be in [1, 4096], not 0");
  CHECK(
      said("    - {name: c, type: conv2d, filters: 2147483648, kernel_size: 4096, padding: same}\n",
           "[7, 8, 3]") ==
      "error: layer 'c': weights of 2147483648 x 3 x 4096 x 4096 are impossible");
}

TEST_CASE("one size of a reshape may be what is left", "[plugins][layer]") {
  const auto reshaped = [](const std::string& shape) {
    return said("    - {name: r, type: reshape, shape: " + shape +
                    "}\n    - {type: conv2d, filters: 2, kernel_size: 1}\n",
                "[4, 6]");
  };
  CHECK(reshaped("[2, -1, 3]") == "nothing");
  CHECK(reshaped("[-1, 24, 1]") == "nothing");
  CHECK_THAT(reshaped("[-1, 6]"), Catch::Contains("conv2d takes images of height x width x "
                                                  "channels, not 4 x 6"));
  CHECK_THAT(
      reshaped("[5, -1, 1]"),
      Catch::Contains("an input of 4 x 6 has 24 numbers, which 5 does not divide, so no size "
                      "is left for -1"));
  CHECK_THAT(reshaped("[25, -1, 1]"), Catch::Contains("which 25 does not divide"));
  CHECK_THAT(reshaped("[-1, -1, 1]"),
             Catch::Contains("one size of 'shape' may be -1, not several"));
  CHECK_THAT(reshaped("[-2, 12, 1]"), Catch::Contains("or -1 for what is left"));
}

TEST_CASE("depthwise_conv2d and conv2d_transpose say what cannot be", "[plugins][layer]") {
  const std::string each = "    - {name: c, type: depthwise_conv2d, kernel_size: 5",
                    turned = "    - {name: c, type: conv2d_transpose, filters: 4, kernel_size: 4";
  CHECK(
      said(each + "}\n", "[9, 4, 3]") ==
      "error: layer 'c': windows of 5 x 5 do not fit into images of 9 x 4 | make them smaller, or "
      "write padding: same");
  CHECK(said(each + ", strides: 0}\n", "[7, 8, 3]") ==
        "error: 'strides' must be in [1, 4096], not 0");
  CHECK(said(each + ", depth_multiplier: 2147483648}\n", "[7, 8, 1024]") ==
        "error: layer 'c': 2147483648 filters for each of 1024 channels are impossible");
  CHECK(said(each + "}\n", "[28, 28]") ==
        "error: layer 'c': depthwise_conv2d takes images of height x width x channels, not 28 x 28 "
        "| put {type: reshape, shape: [28, 28, 1]} before it, or, if it is the first layer, write "
        "'input: [28, 28, 1]' below model");
  CHECK(said(turned + ", strides: 0}\n", "[7, 8, 3]") ==
        "error: 'strides' must be in [1, 4096], not 0");
  CHECK(said(turned + ", groups: 2}\n", "[7, 8, 3]") ==
        "error: layer 'c': conv2d_transpose cannot cut 3 channels into 2 groups | 'groups' must "
        "divide the channels of the input, and 'filters'");
  CHECK(said(turned + ", groups: 3}\n", "[7, 8, 3]") ==
        "error: layer 'conv2d_transpose': 'filters' must be a multiple of 'groups', and 4 is not "
        "one of 3");
  CHECK(said(turned + ", strides: [3, 2], output_padding: 2}\n", "[7, 8, 3]") ==
        "error: layer 'conv2d_transpose': 'output_padding' must be less than 'strides'");
  CHECK(said(turned + ", strides: 2, padding: same, output_padding: 0}\n", "[7, 8, 3]") ==
        "error: layer 'c': windows of 4 x 4 with padding: same leave no room for all pixels of 7 x "
        "8 x 3 | leave out 'output_padding', or make it 1 or more");
  CHECK(said(turned + ", strides: 4096}\n", "[40000, 40000, 1]") ==
        "error: layer 'c': an image of 163840000 x 163840000 x 4, with the zeros around it, is "
        "impossible");
}

TEST_CASE("layers of sequences say what a sequence is, and what does not fit into it",
          "[plugins][layer]") {
  const std::string conv = "    - {name: c, type: conv1d, filters: 4, kernel_size: 5}\n";
  CHECK(said(conv, "12") ==
        "error: layer 'c': conv1d takes sequences of steps x channels, not 12 | behind a recurrent "
        "layer, write return_sequences: true in that one; for places in a vocabulary, put {type: "
        "embedding, input_dim: how many there are, output_dim: 8} before it; for a series of "
        "single numbers, write 'input: [12, 1]' below model");
  CHECK(said(conv, "[6, 6, 1]") ==
        "error: layer 'c': conv1d takes sequences of steps x channels, not 6 x 6 x 1 | for images "
        "there is conv2d");
  CHECK(
      said(conv, "[4, 6]") ==
      "error: layer 'c': windows of 5 do not fit into sequences of 4 | make them smaller, or write "
      "padding: same");
  CHECK(
      said("    - {name: p, type: global_max_pooling1d}\n", "[6, 6, 1]") ==
      "error: layer 'p': global_max_pooling1d takes sequences of steps x channels, not 6 x 6 x 1 | "
      "for images there is global_max_pooling2d");
}

TEST_CASE("layers say which inputs they take", "[plugins][layer]") {
  const std::string two =
      "    - {name: a, type: dense, units: 2, activation: none}\n"
      "    - {name: b, type: dense, units: 3, activation: none}\n";
  CHECK(said(two + "    - {name: j, type: subtract, inputs: [a, a, a]}\n    - {name: z, type: "
                   "dense, units: 1, inputs: [b]}\n    - {type: concatenate, inputs: [j, z]}\n") ==
        "error: layer 'j': subtract takes 2 inputs, not 3");
  CHECK(said("    - {name: j, type: maximum}\n") ==
        "error: layer 'j': maximum takes two inputs or more, not one");
  CHECK(said(two + "    - {name: j, type: multiply, inputs: [a, b]}\n") ==
        "error: layer 'j': multiply takes inputs of one shape, not 2 and 3");
  CHECK(said(two + "    - {name: j, type: flatten, inputs: [a, b]}\n") ==
        "error: layer 'j': flatten takes one input, not 2 | join them by a layer such as 'add' "
        "first");
  CHECK(said(two + "    - {name: c, type: reshape, shape: [3, 1]}\n    - {name: j, type: "
                   "concatenate, inputs: [a, c]}\n") ==
        "error: layer 'j': concatenate takes inputs that differ in their last size only, not 2 "
        "and 3 x 1 | a layer 'flatten' in front of each makes them rows of numbers");
  CHECK(said("    - {name: j, type: reshape, shape: [3, 2]}\n", "[2, 2]") ==
        "error: layer 'j': an input of 2 x 2 has 4 numbers, which do not fit into 3 x 2");
  CHECK(said("    - {type: reshape, shape: [1.5]}\n") ==
        "error: layer 'reshape': a size of 'shape' must be a whole number from 1 to 2147483648, or "
        "-1 for what is left");
  CHECK(said("    - {type: dense, units: 2147483649}\n") ==
        "error: 'units' must be at most 2147483648, not 2147483649");
  CHECK(said("    - {type: reshape, shape: []}\n") ==
        "error: layer 'reshape': 'shape' takes 1 to 4 sizes, not 0");
  CHECK(said("    - {type: dense, units: 1, activation: prelu}\n") ==
        "error: unknown activation 'prelu' | 'prelu' is a layer: write {type: prelu} behind this "
        "one");
}

TEST_CASE("flatten gives the numbers channel by channel where asked", "[plugins][layer]") {
  const nnrun_shape in{3, {2, 2, 3}};
  const Numbers by_channel{0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11};
  ImageLayer<double> turned("flatten", {{"order", std::string("channels_first")}}, in, 1),
      row("flatten", {{"order", std::string("channels_first")}}, {1, {3}}, 1);
  for (ImageLayer<double>* const one : {&turned, &row}) {
    std::iota(one->x.data(), one->x.data() + one->x.size(), 0.);
    one->forward();
  }
  CHECK(all_of(turned.y) == by_channel);
  CHECK(all_of(row.y) == Numbers{0, 1, 2});
  ImageLayer<float> layer("flatten", {{"order", std::string("channels_first")}}, in, 2);
  CHECK(host::text_of(layer.plan.out) == "12");
  for (const bool add : {false, true}) {
    const std::vector<float> before = all_of(layer.dx);
    layer.backward_inputs(add);
    for (std::size_t i = 0; i < 24; ++i) {
      const auto at = static_cast<std::size_t>(by_channel[i % 12]) + i / 12 * 12;
      CHECK(layer.dx.data()[at] == (add ? before[at] : 0) + layer.dy.data()[i]);
    }
  }
}

TEST_CASE("spatial dropout drops whole channels, each image its own", "[plugins][layer]") {
  ImageLayer<float> layer("dropout", {{"rate", 0.25}, {"spatial", true}}, {3, {3, 2, 5}}, 7);
  REQUIRE(layer.plan.noise_per_row == 5);
  layer.forward();
  layer.backward_inputs(false);
  std::size_t dropped = 0;
  for (std::size_t i = 0; i < layer.y.size(); ++i) {
    const bool drops = layer.noise.data()[i / 30 * 5 + i % 5] < 0.25f;
    const float scale = drops ? 0.f : static_cast<float>(1 / 0.75);
    dropped += drops;
    CHECK(layer.y.data()[i] == layer.x.data()[i] * scale);
    CHECK(layer.dx.data()[i] == layer.dy.data()[i] * scale);
  }
  CHECK((dropped > 0 && dropped < layer.y.size()));
  layer.run(&nnrun_layer_functions::forward, 0, 7, false, 0, 1, false);
  CHECK(all_of(layer.y) == all_of(layer.x));  // outside of training
}

}  // namespace nnrun::testing
