// How much memory whole runs take for their data, as the system counts it.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <tuple>

#include "base/scratch.hpp"
#include "support/example_data.hpp"
#include "support/limits.hpp"
namespace nnrun::testing {
namespace {

constexpr std::size_t most_besides = 64'000'000;  // bytes: the program, and what does not grow

/// Trains by a config, and returns the highest number of bytes that the process had in memory.
std::size_t peak_of(const Scratch& scratch, const std::string& config) {
  scratch.write("run.yaml", config);
  const std::string command = "exec '" NNRUN_BUILD_DIR "/nnrun' run.yaml >out 2>err </dev/null";
  const pid_t child = ::fork();
  if (child == 0) {
    if (::chdir(scratch.folder().c_str()) == 0)
      ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(126);
  }
  int status = 0;
  rusage used{};
  REQUIRE(::wait4(child, &status, 0, &used) == child);
  INFO(text_of(scratch / "err"));
  REQUIRE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  return static_cast<std::size_t>(used.ru_maxrss) * 1024;
}

std::string config_of(const std::string& data, const std::string& dtype, std::size_t targets) {
  return "name: large\ndtype: " + dtype + "\ndata: {" + data +
         ", scale: standard, split: {validation: 0.1, test: 0.1}}\nmodel: {layers: [{type: dense, "
         "units: " +
         std::to_string(targets) +
         "}]}\ntrain: {cost: mean_squared_error, steps: 10, optimizer: {type: sgd, learning_rate: "
         "0.001}}\n";
}

/// Writes rows, some at a time: this process is to stay small.
template <class Row>
void write_rows(const Scratch& scratch, const std::string& name, const std::string& start,
                std::size_t rows, Row row) {
  std::ofstream out(scratch / name, std::ios::binary);
  out << start;
  std::string some;
  std::uint32_t drawn = 1;
  for (std::size_t r = 0; r < rows; ++r) {
    row(some, [&] { return (drawn = drawn * 1664525 + 1013904223) >> 12; });
    if (some.size() > 1 << 16 || r + 1 == rows) {
      out << some;
      some.clear();
    }
  }
  REQUIRE(out.flush());
}

constexpr std::size_t columns = 20, rows = 700'000;

}  // namespace

TEST_CASE("a table that is scaled and cut takes its numbers' room and 64 MB at the most",
          "[cli][memory]") {
  if (sanitized) return;  // they need memory for themselves
  const auto [dtype, width, n] = GENERATE(std::tuple("float32", std::size_t{4}, rows),
                                          std::tuple("float64", std::size_t{8}, rows / 2));
  const Scratch scratch;
  std::string names;
  for (std::size_t c = 1; c < columns; ++c) names += "x" + std::to_string(c) + ",";
  write_rows(scratch, "x.csv", names + "y\n", n, [](std::string& text, auto draw) {
    for (std::size_t c = 0; c < columns; ++c) {
      text += std::to_string(draw() % 2000);
      text += c % 3 == 0 ? "" : c % 3 == 1 ? ".5" : ".125";
      text += c + 1 < columns ? ',' : '\n';
    }
  });
  CHECK(peak_of(scratch, config_of("type: csv, path: x.csv", dtype, 1)) <
        n * columns * width + most_besides);
}

TEST_CASE("an array that is scaled and cut takes its numbers' room and 64 MB at the most",
          "[cli][memory]") {
  if (sanitized) return;
  const Scratch scratch;
  const auto write = [&](const std::string& name, std::size_t width) {
    const std::string shape = "(" + std::to_string(rows) + ", " + std::to_string(width) + ")";
    write_rows(scratch, name, npy_bytes("'<f4'", shape, ""), rows,
               [&](std::string& bytes, auto draw) {
                 for (std::size_t c = 0; c < width; ++c)
                   bytes += bytes_of<float>({static_cast<float>(draw()) / 7.f});
               });
  };
  write("x.npy", columns - 1);
  write("t.npy", 1);
  CHECK(peak_of(scratch, config_of("type: npy, inputs: x.npy, targets: t.npy", "float32", 1)) <
        rows * columns * 4 + most_besides);
}

TEST_CASE("images that are scaled and cut take their numbers' room and 64 MB at the most",
          "[cli][memory]") {
  if (sanitized) return;
  constexpr std::size_t images = 18'000, pixels = 28 * 28, classes = 10;
  const Scratch scratch;
  write_rows(scratch, "images", idx_bytes({images, 28, 28}, ""), images,
             [](std::string& bytes, auto draw) {
               for (std::size_t i = 0; i < pixels; ++i) bytes += static_cast<char>(draw());
             });
  write_rows(scratch, "labels", idx_bytes({images}, ""), images,
             [](std::string& bytes, auto draw) { bytes += static_cast<char>(draw() % classes); });
  CHECK(peak_of(scratch, config_of("type: idx, images: images, labels: labels", "float32",
                                   classes)) < images * (pixels + classes) * 4 + most_besides);
}

}  // namespace nnrun::testing
