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
    run("rm -rf again", scratch.folder());
  }
}

}  // namespace
}  // namespace nnrun::testing
