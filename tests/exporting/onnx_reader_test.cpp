// ONNX files of strangers: what is cut short, changed or impossible is refused, or read.
#include <algorithm>
#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "exporting/onnx_import.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

/// Returns whether a file was read as a network; throws whatever is not a refusal.
bool is_read(const std::string& bytes) {
  try {
    host::imported_network(host::read_onnx(bytes, "a.onnx"), "a.onnx");
    return true;
  } catch (const host::Error&) {
    return false;
  }
}

TEST_CASE("every truncation and every changed bit of an ONNX file is read or refused",
          "[exporting]") {
  const Scratch scratch;
  const std::string make = "python3 '" NNRUN_SOURCE_DIR "/tests/exporting/foreign_onnx.py' .";
  if (run(make, scratch.folder()).status != 0) {
    WARN("skipped: there is no python3");
    return;
  }
  for (const char* name : {"gemm.onnx", "channels_first.onnx"}) {
    const std::string file = text_of(scratch / name);
    CHECK(is_read(file));
    std::size_t read = 0;
    for (std::size_t n = 0; n < file.size(); ++n) read += is_read(file.substr(0, n));
    CHECK(read < file.size() / 10);
    for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
      std::string changed = file;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
      is_read(changed);
    }
  }
}

TEST_CASE("an ONNX file that is impossible is refused with the reason", "[exporting]") {
  const auto refusal = [](const std::string& bytes) -> std::string {
    try {
      host::read_onnx(bytes, "a.onnx");
    } catch (const host::Error& e) {
      return e.problems().front().what;
    }
    return "read";
  };
  CHECK(refusal("") == "the ONNX file has no graph: it is not an ONNX file");
  CHECK(refusal("x") == "the ONNX file is cut short");
  CHECK(refusal(std::string("\x3a\xff\xff\xff\x7f", 5)) == "the ONNX file is cut short");
  // graph { tensor { sizes 2^40 and 2^40, float } }, opset 13
  const std::string large = std::string("\x08\x80\x80\x80\x80\x80\x20", 7),
                    tensor = large + large + std::string("\x10\x01", 2),
                    graph = std::string("\x2a") + static_cast<char>(tensor.size()) + tensor,
                    opset = std::string("\x42\x02\x10\x0d", 4);
  CHECK_THAT(refusal(std::string("\x3a") + static_cast<char>(graph.size()) + graph + opset),
             Contains("of impossible size"));
  CHECK_THAT(refusal(std::string("\x3a\x00\x42\x02\x10\x63", 6)),
             Contains("has opset 99; nnrun reads 7 to 21"));
}

TEST_CASE("operators that would give other numbers are refused with the reason", "[exporting]") {
  const std::vector<float> numbers(16, 0.5F);
  const std::string_view bytes(reinterpret_cast<const char*>(numbers.data()), 16 * sizeof(float));
  const auto whole = [](std::vector<std::int64_t> ints) {
    return host::ReadAttribute{.ints = std::move(ints)};
  };
  const auto text = [](std::string_view word) { return host::ReadAttribute{.texts = {word}}; };
  /// Returns why a network is refused that ends with the node; "read" if it is not.
  const auto refusal = [&](host::ReadNode node, std::vector<std::size_t> row = {4}) -> std::string {
    host::ReadOnnx file{.opset = 13};
    row.insert(row.begin(), 0);
    file.inputs = {{"x", row, true}};
    file.outputs = {{"y", {}, false}};
    file.tensors["w"] = {{4, 4}, 1, bytes.substr(0, 64), {}};
    file.tensors["w4"] = {{2, 2, 1, 1}, 1, bytes.substr(0, 16), {}};
    file.tensors["column"] = {{4, 1}, 1, bytes.substr(0, 16), {}};
    file.tensors["none"] = {{4, 0}, 1, bytes.substr(0, 0), {}};
    file.tensors["four"] = {{4}, 1, bytes.substr(0, 16), {}};
    file.tensors["two"] = {{2}, 1, bytes.substr(0, 8), {}};
    file.tensors["one"] = {{}, 1, bytes.substr(0, 4), {}};
    if (row.size() > 2)
      file.nodes.push_back({"conv", "Conv", "", {"x", "w4"}, {"h"}, {}});
    else
      file.nodes.push_back({"gemm", "Gemm", "", {"x", "w"}, {"h"}, {}});
    node.name = "n";
    node.outputs = {"y"};
    file.nodes.push_back(std::move(node));
    try {
      host::imported_network(file, "a.onnx");
    } catch (const host::Error& e) {
      return e.problems().front().what;
    }
    return "read";
  };
  const auto node = [](std::string_view op, std::vector<std::string_view> inputs,
                       std::map<std::string_view, host::ReadAttribute> attributes = {}) {
    return host::ReadNode{"", op, "", std::move(inputs), {}, std::move(attributes)};
  };
  CHECK(refusal(node("Cast", {"h"}, {{"to", whole({1})}})) == "read");
  for (const std::int64_t type : {6, 7, 9, 10})
    CHECK_THAT(refusal(node("Cast", {"h"}, {{"to", whole({type})}})),
               Contains("makes other numbers than float32 or float64"));
  CHECK(refusal(node("Gemm", {"h", "w", "four"})) == "read");
  CHECK_THAT(refusal(node("Gemm", {"h", "w", "column"})), Contains("has a bias of 4 numbers"));
  for (const std::string_view op : {"Gemm", "MatMul"})
    CHECK_THAT(refusal(node(op, {"h", "none"})), Contains("has weights of no units"));
  CHECK_THAT(refusal(node("MatMul", {"h", "h"})), Contains("multiplies two values of the network"));
  CHECK_THAT(refusal(node("MatMul", {"h", "four"})), Contains("takes the last axis away"));
  CHECK(refusal(node("Dropout", {"h"})) == "read");
  CHECK_THAT(refusal(node("Dropout", {"h", "", "one"})), Contains("as in training"));
  const std::vector<std::string_view> norm{"h", "two", "two", "two", "two"};
  CHECK(refusal(node("BatchNormalization", norm), {2, 3, 3}) == "read");
  CHECK_THAT(refusal(node("BatchNormalization", norm, {{"training_mode", whole({1})}}), {2, 3, 3}),
             Contains("as in training"));
  const auto pool = [&](std::int64_t counted) {
    return refusal(node("AveragePool", {"h"},
                        {{"kernel_shape", whole({3, 3})},
                         {"auto_pad", text("SAME_UPPER")},
                         {"count_include_pad", whole({counted})}}),
                   {2, 4, 4});
  };
  CHECK(pool(0) == "read");
  CHECK_THAT(pool(1), Contains("counts the zeros around an image"));
  CHECK_THAT(refusal(node("Transpose", {"h"}, {{"perm", whole({1, 0})}})),
             Contains("ends with numbers in an order that nnrun lacks"));
  CHECK(refusal(node("Transpose", {"h"}, {{"perm", whole({0, 1})}})) == "read");
}

TEST_CASE("an activation that an ONNX file writes out as several nodes is imported as one",
          "[exporting]") {
  const Scratch scratch;
  const std::string make = "python3 '" NNRUN_SOURCE_DIR "/tests/exporting/foreign_onnx.py' .";
  if (run(make, scratch.folder()).status != 0) {
    WARN("skipped: there is no python3");
    return;
  }
  using Activations = std::vector<std::string>;
  const auto activations = [&](const char* name) {
    const std::string file = text_of(scratch / name);
    Activations all;
    for (const std::string& layer :
         host::imported_network(host::read_onnx(file, name), name).layers) {
      const std::size_t at = layer.find("activation: ") + 12;
      all.push_back(layer.substr(at, layer.size() - 1 - at));
    }
    return all;
  };
  CHECK(activations("gelu.onnx") == Activations{"gelu", "gelu", "gelu", "none"});
  CHECK(activations("gelu_operators.onnx") ==
        Activations{"gelu", "{type: gelu, approximate: tanh}"});
  const std::string silu = "{type: silu, beta: 1}";
  // a convolution, flatten, two dense layers, silu beside another reader of its input, add
  CHECK(activations("silu.onnx") == Activations{silu, "none", "mish", "none", silu, "none"});
  CHECK(std::ranges::count(activations("gates.onnx"), silu) == 0);
}

TEST_CASE("an exported network that is imported answers with the same bits", "[exporting]") {
  const Scratch scratch;
  scratch.write("t.csv", "size,city,y\n1,a,2\n2,b,3\n3,a,5\n4,b,6\n5,a,8\n");
  scratch.write("rows.csv", "size,city\n1.5,a\n2.5,b\n");
  for (const char* dtype : {"float32", "float64"}) {
    scratch.write("net.yaml", std::string("dtype: ") + dtype +
                                  "\ndata: {type: csv, path: t.csv, targets: [y], scale: standard, "
                                  "target_scale: standard}\nmodel: {layers: [{type: dense, units: "
                                  "3, activation: mish}, {type: layer_norm}, {type: dense}]}\n"
                                  "train: {cost: mean_squared_error}\n");
    const Ended done =
        run("rm -rf r d && $nnrun -q net.yaml --out r >said && $nnrun export r --onnx n.onnx -q && "
            "$nnrun import n.onnx --to d && $nnrun predict r --csv rows.csv -q >a 2>said && "
            "$nnrun predict d/weights.safetensors --csv rows.csv -q >b 2>said && cmp a b && "
            "$nnrun -q d/config.yaml --set data.path=t.csv --out again",
            scratch.folder());
    CAPTURE(done.out, done.err);
    CHECK(done.status == 0);
    CHECK_THAT(done.out, Contains(" 2 inputs, 1 output, "));
    // the command that it names is one that answers
    const std::size_t next = done.out.find("nnrun predict d/");
    REQUIRE(next != done.out.npos);
    CHECK(run("$" + done.out.substr(next, done.out.find('\n', next) - next), scratch.folder())
              .status == 0);
    // its scales are those of the config that it brings
    CHECK_THAT(done.err, !Contains("prepared") && !Contains("scaled as"));
    // with another operator, the words of the file count no more, only what it does
    std::string changed = text_of(scratch / "n.onnx");
    std::size_t found = 0;
    for (std::size_t at = 0; (at = changed.find("ReduceMean", at)) != changed.npos; ++found)
      changed.replace(at, 10, "ReduceProd");
    CHECK(found > 0);
    scratch.write("changed.onnx", changed);
    CHECK(run("$nnrun import changed.onnx --to e", scratch.folder()).status != 0);
    // nor do they with another config
    changed = text_of(scratch / "n.onnx");
    const std::size_t own = changed.find("activation: mish");
    REQUIRE(own != changed.npos);
    changed.replace(own, 16, "activation: tanh");
    scratch.write("changed.onnx", changed);
    CHECK_THAT(refused("$nnrun import changed.onnx --to e", 1, scratch.folder()),
               Contains("nnrun wrote this file, and it was changed since"));
    run("rm -rf again", scratch.folder());
  }
}

}  // namespace
}  // namespace nnrun::testing
