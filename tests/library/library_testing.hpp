// Runs that the program trained, for tests of the library, which see nothing of the framework.
#pragma once
#include <array>
#include <catch2/catch.hpp>
#include <charconv>
#include <nlohmann/json.hpp>
#include <nnrun/run.hpp>
#include <sstream>

#include "support/program.hpp"
namespace nnrun::testing {

/// Returns a table of four numbers and a class, or a number.
inline std::string table(bool classes, std::size_t rows = 60) {
  std::string text = "a,b,c,d,y\n";
  for (std::size_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      const double x = std::sin(static_cast<double>(r * 37 + c * 11) * 0.37) * 3 + 5;
      sum += c % 2 == 0 ? x : -x;
      text += std::to_string(x) + ",";
    }
    text += classes ? (sum > 1    ? "high\n"
                       : sum < -1 ? "low\n"
                                  : "middle\n")
                    : std::to_string(sum) + "\n";
  }
  return text;
}

/// Returns the fewest digits that read back to the same float.
inline std::string shortest_float(double x) {
  std::array<char, 32> text{};
  std::to_chars(text.data(), text.data() + text.size() - 1, static_cast<float>(x));
  return text.data();
}

/// A network that the program trained on such a table, and the program that answers for it.
struct TrainedRun {
  Scratch scratch;
  std::string folder;

  explicit TrainedRun(const std::string& dtype = "float32", bool classes = true,
                      const std::string& layers = "{type: dense, units: 7, activation: tanh}",
                      const std::string& data = "scale: standard") {
    scratch.write("t.csv", table(classes));
    scratch.write("net.yaml",
                  "dtype: " + dtype + "\ndata: {type: csv, path: t.csv, " + data +
                      (classes ? ", targets: [y]}" : "}") + "\nmodel: {layers: [" + layers +
                      ", {type: dense" + (classes ? ", activation: softmax" : "") +
                      "}]}\ntrain: {cost: " + (classes ? "cross_entropy" : "mean_squared_error") +
                      ", epochs: 3, batch_size: 8, optimizer: {type: sgd, learning_rate: 0.0001}}\n");
    const Ended done = run("$nnrun net.yaml -q --out r", scratch.folder());
    CAPTURE(done.err);
    REQUIRE(done.status == 0);
    folder = (scratch / "r").string();
  }
  /// Returns what the program answers to an example, shortest digits that read back.
  std::vector<double> answer(const std::string& example) const {
    const Ended done = run("$nnrun predict r --json " + example, scratch.folder());
    return parsed(done.out)["predict"][0]["output"].get<std::vector<double>>();
  }
};

/// Returns answers as the program prints and another reads them: those of float32 with as many
/// digits as that needs.
inline std::vector<double> printed(std::span<const double> answers, const std::string& dtype) {
  std::vector<double> out(answers.begin(), answers.end());
  if (dtype == "float32")
    for (double& y : out) y = std::stod(shortest_float(y));
  return out;
}

inline Model opened(const Context& context, const std::string& name) {
  Result<Model> model = context.open(name);
  if (!model) FAIL(model.failure().text());
  return *model;
}

}  // namespace nnrun::testing
