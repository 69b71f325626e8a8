// Networks that are trained for a moment, exported, compiled and run.
#pragma once
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "support/program.hpp"
namespace nnrun::testing {

/// Returns a table of numbers with a column `y` behind them.
inline std::string table_of(std::size_t columns, std::size_t rows = 40) {
  std::string text;
  for (std::size_t c = 0; c < columns; ++c) text += "x" + std::to_string(c) + ",";
  text += "y\n";
  for (std::size_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (std::size_t c = 0; c < columns; ++c) {
      const double x = std::sin(static_cast<double>(r * 37 + c * 11) * 0.37) * 2;
      sum += x;
      text += std::to_string(x) + ",";
    }
    text += std::to_string(std::tanh(sum)) + "\n";
  }
  return text;
}

inline constexpr const char* cc = "cc -std=c99 -O2 -Wall -Wextra -Wconversion -pedantic -Werror ";

/// Trains a network for an epoch, exports it, and returns what the self-test of the C file says.
inline std::string exported(const Scratch& scratch, const std::string& layers,
                            const std::string& dtype, const std::string& data = "scale: standard",
                            const std::string& more =
                                "train: {cost: mean_squared_error, batch_size: 8, "
                                "optimizer: {type: sgd, learning_rate: 0.001}}\n",
                            const std::string& options = "") {
  scratch.write("net.yaml", "dtype: " + dtype + "\ndata: {type: csv, path: t.csv, " + data +
                                "}\nmodel:\n" + layers + more);
  const Ended done =
      run("rm -rf r net.c self; $nnrun -q net.yaml --out r >said && "
          "$nnrun export r --c net.c --python net.py -q " +
              options + " && " + cc + "-DNET_SELF_TEST net.c -o self -lm && ./self",
          scratch.folder());
  CAPTURE(done.out, done.err);
  CHECK(done.status == 0);
  return done.out;
}
inline const std::vector<std::string> dtypes{"float32", "float64"};

/// Returns a python3 that has NumPy; empty if there is none.
inline std::string python(const Scratch& scratch) {
  for (const char* const one : {"python3", "/usr/bin/python3"})
    if (run(std::string(one) + " -c 'import numpy'", scratch.folder()).status == 0) return one;
  return "";
}
/// What the Python file that was exported last says of its examples.
inline void check_python(const Scratch& scratch) {
  const std::string program = python(scratch);
  if (program.empty()) {
    WARN("skipped: no python3 has NumPy");
    return;
  }
  const Ended done = run(program + " net.py", scratch.folder());
  CAPTURE(done.err);
  CHECK(done.out == "16 examples agree\n");
}

/// What other compilers than cc say of the file that was exported last.
inline void check_compilers(const Scratch& scratch, const std::string& options) {
  const auto is_there = [&](const std::string& command) {
    return run(command, scratch.folder()).status == 0;
  };
  const std::string strict = " -Wall -Wextra -Wconversion -pedantic -Werror ";
  for (const std::string compiler :
       {"clang -std=c99", "g++ -std=c++11 -x c++", "cc -std=c99 -DNET_PORTABLE", "cc -Os",
        "cc -ffast-math", "cc -ffp-contract=fast -march=native"}) {
    if (!is_there("command -v " + compiler.substr(0, compiler.find(' ')))) continue;
    CAPTURE(compiler);
    const Ended done =
        run(compiler + " " + options + strict + "-DNET_SELF_TEST net.c -o other -lm && ./other",
            scratch.folder());
    CAPTURE(done.err);
    CHECK_THAT(done.out, Catch::EndsWith(" examples, the same bits\n"));
  }
  const std::string small = "arm-none-eabi-gcc -std=c99 -O2 -mcpu=cortex-m4 -mthumb ";
  scratch.write("headers.c", "#include <math.h>\n#include <string.h>\n");
  if (!is_there(small + "-E headers.c -o headers.i")) return;  // nor without its C library
  const Ended done = run(small + strict + "-c net.c -o small.o", scratch.folder());
  CAPTURE(done.err);
  CHECK(done.status == 0);
}

}  // namespace nnrun::testing
