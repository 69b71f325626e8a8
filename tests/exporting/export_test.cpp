// Exported C files, compiled and run: they give the bits of predict.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <sstream>

#include "exporting/exported_files.hpp"
#include "loading/plugin_factory.hpp"
#include "support/example_data.hpp"
#include "support/plugins.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

std::string digits17(double x) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", x);
  return text;
}

using Catch::Contains;
using Catch::StartsWith;

TEST_CASE("every activation is exported with its bits, as are joins and norms", "[exporting]") {
  const Scratch scratch;
  scratch.write("t.csv", table_of(4));
  std::string layers = "  input: 4\n  layers:\n", names;
  for (const std::string& name : registry().names("activation")) {
    layers += "    - {name: of_" + name +
              ", type: dense, units: 5, inputs: [input], activation: " + name + "}\n";
    names += (names.empty() ? "" : ", ") + ("of_" + name);
  }
  layers += "    - {name: all, type: concatenate, inputs: [" + names +
            "]}\n"
            "    - {name: a, type: dense, units: 6}\n"
            "    - {name: b, type: prelu}\n"
            "    - {name: c, type: scale, bias: false, inputs: [a]}\n"
            "    - {name: d, type: batch_norm, inputs: [a]}\n"
            "    - {name: e, type: layer_norm, inputs: [b]}\n"
            "    - {name: f, type: maximum, inputs: [b, c, d]}\n"
            "    - {name: g, type: average, inputs: [c, d, e]}\n"
            "    - {name: h, type: multiply, inputs: [f, g]}\n"
            "    - {name: i, type: subtract, inputs: [h, e], activation: tanh}\n"
            "    - {name: j, type: add, inputs: [i, a, f]}\n"
            "    - {type: dropout, rate: 0.2}\n"
            "    - {type: scale}\n"
            "    - {type: dense, units: 1}\n";
  for (const std::string& dtype : dtypes) {
    CHECK(exported(scratch, layers, dtype) == "16 examples, the same bits\n");
    check_python(scratch);
  }
}

TEST_CASE("dense layers of any width are exported with their bits", "[exporting]") {
  const Scratch scratch;
  scratch.write("t.csv", table_of(9));
  for (const std::string& dtype : dtypes) {
    CHECK(exported(scratch,
                   "  input: 9\n  layers:\n"
                   "    - {type: dense, units: 33, activation: mish}\n"
                   "    - {type: dense, units: 16, bias: false, activation: relu}\n"
                   "    - {type: dense, units: 1}\n"
                   "    - {type: dense, units: 20, activation: gelu}\n"
                   "    - {type: dense, units: 2, bias: false}\n"
                   "    - {type: dense, units: 1}\n",
                   dtype) == "16 examples, the same bits\n");
    // more than 2^18 multiplications: predict runs it in blocks
    CHECK(exported(scratch,
                   "  input: 9\n  layers:\n"
                   "    - {type: dense, units: 520, activation: tanh}\n"
                   "    - {type: dense, units: 515, activation: softsign}\n"
                   "    - {type: dense, units: 1}\n",
                   dtype) == "16 examples, the same bits\n");
  }
}

TEST_CASE("a window over the rows of a series is prepared row by row", "[exporting]") {
  const Scratch scratch;
  scratch.write("t.csv", table_of(3));
  for (const std::string& dtype : dtypes)
    for (const std::string more : {"", ", features: [x0, x0*x1, x2]"}) {
      CHECK(exported(
                scratch,
                "  layers:\n    - {type: conv1d, filters: 4, kernel_size: 2, activation: relu}\n"
                "    - {type: flatten}\n    - {type: dense, units: 1}\n",
                dtype,
                "scale: standard, windows: {length: 5}" + more) == "16 examples, the same bits\n");
      check_python(scratch);
    }
}

/// A table with texts, gaps and two kinds of targets.
std::string mixed_table() {
  std::string text = "size,city,built,price,sold\n";
  const char* const cities[] = {"Basel", "Bern", "Zurich", "St. \"Gallen\"?\?/"};
  for (int i = 0; i < 60; ++i) {
    std::string city = cities[i % 4];
    if (i % 4 == 3) city = "\"St. \"\"Gallen\"\"?\?/\"";
    text += std::to_string(30 + i * 7 % 90) + "," + (i % 9 == 4 ? "" : city) + "," +
            (i % 5 == 2 ? "" : std::to_string(1900 + i)) + "," +
            std::to_string(1000 + i * 31 % 700) + "," + (i % 3 ? "yes" : "no") + "\n";
  }
  return text;
}

TEST_CASE("a row is prepared as it was in training, and answered in its own units", "[exporting]") {
  const Scratch scratch;
  scratch.write("t.csv", mixed_table());
  const std::string columns =
      "columns: {built: {missing: median, indicator: true}, city: {missing: {constant: none}, "
      "unknown: other}";
  const std::string layers = "  layers: [{type: dense, units: 3, activation: tanh}, {type: dense";
  for (const std::string& dtype : dtypes) {
    CHECK_THAT(exported(scratch, layers + "}]\n", dtype,
                        "targets: [price], target_scale: log, scale: robust, " + columns +
                            ", sold: unused}"),
               Contains("16 examples, the same numbers\n"));  // exp of libm may be another
    CHECK_THAT(exported(scratch, layers + "}]\n", dtype,
                        "targets: [price], target_scale: standard, scale: min_max, features: "
                        "[size^2, size*built, sin(size), cos(built), city, built], " +
                            columns + ", sold: unused}"),
               Contains("16 examples, the same bits\n"));
    check_python(scratch);
    CHECK_THAT(exported(scratch, layers + ", activation: sigmoid}]\n", dtype,
                        "targets: [sold], " + columns + ", price: unused}",
                        "train: {cost: binary_cross_entropy}\n"),
               Contains("16 examples, the same bits\n"));
    check_python(scratch);
  }
  const std::string c = text_of(scratch / "net.c");
  CHECK_THAT(c, Contains("double net_text(size_t column, const char *text)"));
  CHECK_THAT(c, Contains("const char *net_class(const double *output)"));
  CHECK_THAT(c, Contains("\"St. \\\"Gallen\\\"\\077\\077/\""));
}

TEST_CASE("exported files know the numbers that mean a missing value", "[exporting]") {
  const Scratch scratch;
  std::string table = "a,b,c,y\n";
  for (int i = 0; i < 60; ++i)
    table += (i % 5 == 1 ? "-999" : std::to_string(i % 13)) + "," +
             (i % 7 == 2 ? "-99.9" : std::to_string(i % 11)) + "," + std::to_string(i % 3) + "," +
             std::to_string(i % 9) + "\n";
  scratch.write("t.csv", table);
  scratch.write("rows.csv", "a,b,c\n-999,3,1\n4,-99.9,1\n-99.9,-999,2\n4,3,-999\n");
  const std::string layers =
                        "  layers: [{type: dense, units: 3, activation: tanh}, {type: dense}]\n",
                    gaps = "gaps: [NA, -999, -99.9], scale: standard",
                    ask =
                        "#include <stdio.h>\n#include \"net.c\"\nint main(void) {\n  NUMBER "
                        "rows[][3] = {{-999, 3, 1}, {4, (NUMBER)-99.9, 1}, {(NUMBER)-99.9, -999, "
                        "2}, {4, 3, -999}}, y;\n  size_t i;\n  for (i = 0; i < 4; ++i) {\n    "
                        "net_predict(rows[i], &y);\n    y == y ? printf(\"%.17g\\n\", "
                        "(double)y) : puts(\"nan\");\n  }\n  return 0;\n}\n";
  const auto asked = [&](const std::string& number) {
    scratch.write("ask.c", "#define NUMBER " + number + "\n" + ask);
    return run(std::string(cc) + "ask.c -o ask -lm && ./ask", scratch.folder()).out;
  };
  for (const std::string& dtype : dtypes) {
    CHECK_THAT(exported(scratch, layers, dtype,
                        gaps + ", columns: {a: {missing: mean, indicator: true}, b: {missing: "
                               "{constant: 2}}}"),
               Contains("16 examples, the same bits\n"));
    check_python(scratch);
    // the rows of a table, of which the last is refused
    const Ended said =
        run("$nnrun predict r --csv rows.csv -q --on-error empty --json", scratch.folder());
    std::string answers;
    const auto rows = parsed(said.out)["predict"];
    for (const auto& row : rows) {
      if (!row.contains("output")) {
        answers += "nan\n";
        continue;
      }
      const double y = row["output"][0].get<double>();  // as short as the precision allows
      answers +=
          digits17(dtype == "float32" ? static_cast<double>(static_cast<float>(y)) : y) + "\n";
    }
    CHECK(std::ranges::count(answers, '\n') == 4);
    CHECK(answers.ends_with("\nnan\n"));
    CHECK(asked("double") == answers);
    if (const std::string program = python(scratch); !program.empty())
      CHECK(run(program + " -c 'import net; rows = [[-999, 3, 1], [4, -99.9, 1], [-99.9, -999, 2], "
                          "[4, 3, -999]]\nimport numpy as np\na, b = net.predict(rows), "
                          "net.predict(np.float32(rows))\nassert np.array_equal(a, b, "
                          "equal_nan=True)\nprint(np.isnan(a[:, 0]))'",
                scratch.folder())
                .out == "[False False False  True]\n");
    CHECK_THAT(text_of(scratch / "net.c"),
               Contains("   A missing value is NAN, of a number also -999 or -99.9, and filled in "
                        "for: a, b. Other rows\n   that nnrun predict refuses are answered with "
                        "NAN.\n"));
    CHECK_THAT(
        text_of(scratch / "net.py"),
        Contains("\nA missing value is nan, of a number also -999 or -99.9, and filled in "
                 "for: a, b. Other rows that nnrun predict refuses are answered with nan.\n"));
  }
  // arguments in float
  CHECK_THAT(exported(scratch, layers, "float32",
                      gaps + ", columns: {a: {missing: mean}, b: {missing: mean}}",
                      "train: {cost: mean_squared_error}\n", "--float"),
             Contains("16 examples, the same bits\n"));
  const std::string narrow = asked("float");
  CHECK(std::ranges::count(narrow, '\n') == 4);
  CHECK(std::ranges::count(narrow, 'n') == 2);  // of nan
  // where none is filled in, all are refused
  std::erase(table, '-');  // 999 and 99.9 are no gaps
  scratch.write("t.csv", table);
  CHECK_THAT(exported(scratch, layers, "float64", gaps), Contains("16 examples, the same bits\n"));
  check_python(scratch);
  CHECK(asked("double") == "nan\nnan\nnan\nnan\n");
  CHECK_THAT(text_of(scratch / "net.c"),
             Contains("   -999 or -99.9 in a column of numbers is a missing value. Such a row and "
                      "other rows that\n   nnrun predict refuses are answered with NAN.\n"));
}

TEST_CASE("exported files know texts and missing ones as the run's data spell them",
          "[exporting]") {
  const Scratch scratch;
  std::string table = "city,floor,y\n";
  for (int i = 0; i < 40; ++i)
    table += std::string(i % 4 == 0   ? "Bern"
                         : i % 4 == 1 ? "Basel"
                         : i % 4 == 2 ? "gone"
                                      : "?") +
             (i % 3 ? ",1," : ",x,") + std::to_string(i % 5) + "\n";
  scratch.write("t.csv", table);
  exported(scratch, "  layers: [{type: dense, units: 1}]\n", "float64",
           "gaps: [gone, '?'], columns: {city: {type: category, missing: most_frequent}, floor: "
           "{type: category, unknown: other}}");
  // the texts of a row, and what the program says of it
  const std::vector<std::pair<std::string, std::string>> rows{
      {"Bern", "1"},
      {"Basel", "x"},
      {"gone", "1"},
      {"?", "x"},
      {"", "1"},
      {"NA", "1"},
      {"Bern", "2"},
      {"Bern", "gone"},
      // one number in other spellings, and what is another one, or none
      {"Bern", "1.0"},
      {"Bern", "01"},
      {"Bern", "+1"},
      {"Bern", "0.1e1"},
      {"Bern", "10e-1"},
      {"Bern", "-1"},
      {"Bern", "10"},
      {"Bern", "1e"},
      {"Bern", "1.0.0"},
      {"Bern", "1 2"}};
  std::string answers, c, in_python;
  for (const auto& [city, floor] : rows) {
    const Ended done =
        run("$nnrun predict r --json -- '" + city + "," + floor + "'", scratch.folder());
    answers += done.status == 0
                   ? digits17(parsed(done.out)["predict"][0]["output"][0].get<double>()) + "\n"
                   : "nan\n";
    c += "{\"" + city + "\", \"" + floor + "\"}, ";
    in_python += "('" + city + "', '" + floor + "'), ";
  }
  CHECK(std::count(answers.begin(), answers.end(), 'n') == 4);  // NA, and no floor
  scratch.write(
      "ask.c",
      "#include <stdio.h>\n#include \"net.c\"\nint main(void) {\n  const char *rows[][2] = "
      "{" +
          c +
          "};\n  size_t i;\n  for (i = 0; i < sizeof rows / sizeof *rows; ++i) {\n    "
          "double x[2], y;\n    x[0] = net_text(0, rows[i][0]);\n    x[1] = net_text(1, "
          "rows[i][1]);\n    net_predict(x, &y);\n    y == y ? printf(\"%.17g\\n\", y) : "
          "printf(\"nan\\n\");\n  }\n  return 0;\n}\n");
  CHECK(run(cc + std::string("ask.c -o ask -lm && ./ask"), scratch.folder()).out == answers);
  CHECK_THAT(text_of(scratch / "net.c"),
             Contains("take spaces around one away.\n   A number may be spelled otherwise: 1.0 or "
                      "01 for 1. */"));
  // a number that is no text's, which the library refuses
  scratch.write("half.c",
                "#include <stdio.h>\n#include \"net.c\"\nint main(void) {\n  double x[2] = {0, "
                "0.5}, y;\n  net_predict(x, &y);\n  return y == y;\n}\n");
  CHECK(run(cc + std::string("half.c -o half -lm && ./half"), scratch.folder()).status == 0);
  const std::string program = python(scratch);
  if (program.empty()) return;
  scratch.write("ask.py",
                "import net\nfor city, floor in [" + in_python +
                    "]:\n    print('%.17g' % net.predict([[net.text(0, city), net.text(1, "
                    "floor)]])[0, 0])\n");
  std::istringstream found(run(program + " ask.py", scratch.folder()).out), wanted(answers);
  for (std::string one, other; std::getline(wanted, one);) {
    REQUIRE(std::getline(found, other));
    CHECK((one == "nan" ? other == "nan" : std::stod(other) == Approx(std::stod(one))));
  }
  CHECK(run(program + " -c 'import net; print(net.predict([[0, 0.5]]))'", scratch.folder()).out ==
        "[[nan]]\n");
}

TEST_CASE("rows given to an exported file get the answers of predict", "[exporting]") {
  const Scratch scratch;
  scratch.write("t.csv", table_of(4));
  scratch.write("drive.c", R"(#include <stdio.h>
void own_predict(const double *, double *);
int main(void) {
  double x[4], y;
  while (scanf("%lf,%lf,%lf,%lf", x, x + 1, x + 2, x + 3) == 4) {
    own_predict(x, &y);
    printf("%.17g\n", y);
  }
  return 0;
})");
  std::string rows;
  for (int i = 0; i < 300; ++i)
    for (int c = 0; c < 4; ++c)
      rows += std::to_string(std::sin(i * 7.3 + c) * 3) + (c < 3 ? "," : "\n");
  scratch.write("rows.csv", "x0,x1,x2,x3\n" + rows);
  scratch.write("rows.txt", rows);
  const std::string layers =
      "  input: 4\n  layers: [{type: dense, units: 7, activation: silu}, {type: dense, units: "
      "1}]\n";
  std::size_t equal = 0;
  for (const std::string& dtype : dtypes) {
    exported(scratch, layers, dtype);
    const Ended answers = run("$nnrun predict r --csv rows.csv -q", scratch.folder()),
                others = run("$nnrun export r --c own.c --prefix own -q && " + std::string(cc) +
                                 "own.c drive.c -o drive -lm && ./drive < rows.txt",
                             scratch.folder());
    CAPTURE(answers.err, others.err);
    std::istringstream one(answers.out), other(others.out);
    std::string name, expected, found;
    std::getline(one, name);
    while (std::getline(one, expected)) {
      REQUIRE(std::getline(other, found));
      if (dtype == "float32")
        CHECK(std::stof(found) == std::stof(expected));
      else
        CHECK(std::stod(found) == std::stod(expected));
      ++equal;
    }
  }
  CHECK(equal == 600);
}

TEST_CASE("a number of a formula that float32 makes infinite is told, and exported so",
          "[exporting]") {
  const Scratch scratch;
  scratch.write("t.csv", table_of(2));
  CHECK_THAT(exported(scratch,
                      "  layers: [{type: dense, units: 2, activation: {formula: \"min(x, 1e300) * "
                      "0.5\"}}, {type: dense, units: 1}]\n",
                      "float32"),
             Contains("16 examples, the same bits\n"));
  check_python(scratch);
  const Ended said = run("$nnrun export r --c net.c --onnx net.onnx", scratch.folder());
  CHECK(
      said.err ==
      "note: dense_1: formula has the number 1e+300, which is infinite in float32, as in predict: "
      "write dtype: float64\n");
}

TEST_CASE("an exported file can be included, take float, and be C++", "[exporting]") {
  const Scratch scratch;
  scratch.write("t.csv", table_of(4));
  const std::string layers =
      "  input: 4\n  layers: [{type: dense, units: 7, activation: gelu}, {type: dense, units: "
      "1}]\n";
  CHECK(exported(scratch, layers, "float32", "scale: standard, target_scale: standard",
                 "train: {cost: mean_squared_error}\n", "--static-inline --float") != "");
  CHECK_THAT(text_of(scratch / "net.c"),
             Contains("static inline void net_predict(const float *input, float *output)"));
  scratch.write("two.c",
                "#include \"net.c\"\nfloat f(const float *x);\n"
                "float f(const float *x) { float y; net_predict(x, &y); return y; }\n");
  CHECK(run(std::string(cc) + "-c two.c", scratch.folder()).status == 0);
  const Ended narrow =
      run(std::string(cc) + "-DNET_SELF_TEST net.c -o self -lm && ./self", scratch.folder());
  CHECK(narrow.out == "16 examples, the same bits\n");
  const Ended cpp =
      run("$nnrun export r --c net.c -q && g++ -std=c++11 -x c++ -O2 -Wall -Wextra "
          "-Wconversion -pedantic -Werror -DNET_SELF_TEST net.c -o self && ./self",
          scratch.folder());
  CAPTURE(cpp.err);
  CHECK(cpp.out == "16 examples, the same bits\n");
}

#ifdef __x86_64__
TEST_CASE("gcc makes vectors of the loops of an exported file", "[exporting]") {
  const Scratch scratch;
  if (run("cc --version | grep -q 'Free Software Foundation'", scratch.folder()).status != 0) {
    WARN("skipped: cc is not gcc");
    return;
  }
  scratch.write("t.csv", table_of(32));
  const std::string dtype = GENERATE(from_range(dtypes));
  exported(scratch,
           "  input: [8, 4]\n  layers: [{type: lstm, units: 16, return_sequences: true}, {type: "
           "max_pooling1d}, {type: flatten}, {type: dense, units: 16, activation: mish}, {type: "
           "dense, units: 1}]\n",
           dtype);
  const Ended built =
      run("cc -std=c99 -O2 -fopt-info-vec-optimized -c net.c -o net.o 2>&1", scratch.folder());
  CAPTURE(built.out);
  REQUIRE(built.status == 0);
  std::istringstream lines(text_of(scratch / "net.c"));
  std::size_t number = 0, loop = 0, loops = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find("for (") != line.npos) loop = number;
    for (const char* const part :
         {" = net_tanh(", " = net_sigmoid(", " = net_exp(", " ? s[c] : p[c];"}) {
      if (line.find(part) == line.npos) continue;
      CAPTURE(line);
      CHECK_THAT(built.out, Contains("net.c:" + std::to_string(loop) + ":"));
      ++loops;
    }
  }
  CHECK(loops >= 6);
}
#endif

TEST_CASE("clang compiles an exported file to the same bits", "[exporting]") {
  const Scratch scratch;
  if (run("command -v clang", scratch.folder()).status != 0) {
    WARN("skipped: there is no clang");
    return;
  }
  scratch.write("t.csv", table_of(4));
  exported(scratch,
           "  input: 4\n  layers: [{type: dense, units: 7, activation: mish}, {type: layer_norm}, "
           "{type: dense, units: 1, activation: sin}]\n",
           "float32");
  const Ended built =
      run("clang -std=c99 -O2 -march=native -Wall -Wextra -Wconversion -pedantic "
          "-Werror -DNET_SELF_TEST net.c -o self -lm && ./self",
          scratch.folder());
  CAPTURE(built.err);
  CHECK(built.out == "16 examples, the same bits\n");
#ifdef __x86_64__  // clang rounds otherwise then, but must not take operations apart
  const Ended fast =
      run("clang -O2 -ffast-math -march=native -DNET_SELF_TEST net.c -o self -lm; ./self",
          scratch.folder());
  CAPTURE(fast.out, fast.err);
  std::istringstream lines(fast.out);
  for (std::string line; std::getline(lines, line);) {
    double found = 0, expected = 0;
    if (std::sscanf(line.c_str(), "example %*u, output %*u: %lf, not %lf", &found, &expected) == 2)
      CHECK(found == Approx(expected).epsilon(1e-5));
    else
      CHECK(line == "16 examples, the same bits");
  }
  CHECK(fast.out != "");
#endif
}

TEST_CASE("where numbers would be wider than their type, an exported file does not compile",
          "[exporting]") {
  const Scratch scratch;
  scratch.write("t.csv", table_of(4));
  exported(scratch, "  input: 4\n  layers: [{type: dense, units: 2}, {type: dense, units: 1}]\n",
           "float64");
  // what <float.h> of a 32-bit x86 says
  const std::string wide = "cc -std=c99 -U__FLT_EVAL_METHOD__ -D__FLT_EVAL_METHOD__=2 -c net.c";
  const Ended done = run(wide, scratch.folder());
  CHECK(done.status != 0);
  CHECK_THAT(done.err, Contains("numbers need to keep to their type, or they would be wrong: on "
                                "32-bit x86, -msse2 -mfpmath=sse"));
}

TEST_CASE("the formula of a user's plugin is exported; what has none is named", "[exporting]") {
  const PluginFactory factory;
  const std::string head = "#include <nnrun/plugin.hpp>\n",
                    activation =
                        "struct Bent : nnrun::Activation {\n"
                        "  static constexpr auto name = \"bent\", doc = \"\";\n"
                        "  double bend = 0.5;\n"
                        "  static constexpr auto params() { return "
                        "nnrun::params(nnrun::param(&Bent::bend, \"bend\", "
                        "\"\")); }\n"
                        "  auto f(auto x) const { return x + bend * (sqrt(x * x + 1) - 1); }\n};\n"
                        "NNRUN_REGISTER(Bent)\n";
  factory.cpp("bent.so", head + activation);
  factory.scratch().write("t.csv", table_of(3));
  const auto layers = [](const std::string& name) {
    return "  input: 3\n  layers: [{type: dense, units: 7, activation: " + name +
           "}, {type: dense, units: 1}]\nplugins: [bent.so]\n";
  };
  CHECK(exported(factory.scratch(), layers("{type: bent, bend: 0.3}"), "float32") ==
        "16 examples, the same bits\n");
  factory.cpp("bent.so", head +
                             "struct Bent : nnrun::Activation {\n"
                             "  static constexpr auto name = \"bent\", doc = \"\";\n"
                             "  static constexpr bool traced = false;\n  double bend = 0.5;\n"
                             "  static constexpr auto params() { return nnrun::params("
                             "nnrun::param(&Bent::bend, \"bend\", \"\")); }\n"
                             "  auto f(auto x) const { return x; }\n};\n"
                             "NNRUN_REGISTER(Bent)\n");
  const std::string said = refused(
      "rm -rf r && $nnrun -q net.yaml --out r >said && "
      "$nnrun export r --c no.c",
      4, factory.folder());
  CHECK_THAT(said,
             Contains("layer 'dense_1' cannot be exported: activation 'bent' (bent.so) offers no "
                      "formula") &&
                 Contains("its class would give auto f(auto x) const"));
  CHECK_FALSE(std::filesystem::exists(factory.folder() / "no.c"));
}

TEST_CASE("the Python file takes examples in the shape of the network, and refuses others",
          "[exporting]") {
  const Scratch scratch;
  if (python(scratch).empty()) return;
  const auto answers = [&](const std::string& lines) {
    scratch.write("ask.py",
                  "import numpy as np\nimport net\n"
                  "def said(x):\n    try:\n        print(*net.predict(x).shape)\n"
                  "    except ValueError as error:\n        print(error)\n"
                  "def same(x, y):\n    print(np.array_equal(net.predict(x), "
                  "net.predict(y)))\n" +
                      lines);
    const Ended done = run(python(scratch) + " -W error ask.py", scratch.folder());
    CAPTURE(done.err);
    CHECK(done.status == 0);
    return done.out;
  };
  scratch.write("t.csv", table_of(12));
  exported(scratch,
           "  input: [4, 3, 1]\n  layers: [{type: conv2d, filters: 2, kernel_size: 2}, {type: "
           "flatten}, {type: dense, units: 2}, {type: dense, units: 1, activation: sigmoid}]\n",
           "float32", "scale: standard");
  CHECK(answers("x = np.arange(24) / 9\n"
                "for s in (2, 12), (2, 4, 3), (2, 4, 3, 1), (1, 2, 4, 3, 1): same(x.reshape(s), "
                "x.reshape(2, 12))\n"
                "for s in (12,), (4, 3), (4, 3, 1), (1, 4, 3): same(x[:12].reshape(s), x[:12])\n"
                "for s in (0, 12), (0, 4, 3): said(np.zeros(s))\n"
                "for s in (24,), (3, 4), (2, 3, 4), (2, 2, 4, 3), (): said(np.zeros(s))\n") ==
        "True\nTrue\nTrue\nTrue\nTrue\nTrue\nTrue\nTrue\n0 1\n0 1\n"
        "predict takes rows of 12 numbers, or arrays of the shape (4, 3, 1), not an array of the "
        "shape (24,)\n"
        "predict takes rows of 12 numbers, or arrays of the shape (4, 3, 1), not an array of the "
        "shape (3, 4)\n"
        "predict takes rows of 12 numbers, or arrays of the shape (4, 3, 1), not an array of the "
        "shape (2, 3, 4)\n"
        "predict takes rows of 12 numbers, or arrays of the shape (4, 3, 1), not an array of the "
        "shape (2, 2, 4, 3)\n"
        "predict takes rows of 12 numbers, or arrays of the shape (4, 3, 1), not an array of the "
        "shape ()\n");
  scratch.write("t.csv", table_of(3));
  exported(scratch, "  layers: [{type: flatten}, {type: dense, units: 1}]\n", "float64",
           "windows: {length: 5}");
  CHECK(answers("said(np.zeros((5, 4)))\nsaid(np.zeros((2, 5, 4)))\nsaid(np.zeros(20))\n"
                "said(np.zeros((4, 5)))\n") ==
        "1 1\n2 1\n1 1\npredict takes rows of 20 numbers, or arrays of the shape (5, 4), not an "
        "array of the shape (4, 5)\n");
  const std::string ragged =
      answers("said([['a'] * 20])\nsaid([[1, 2], [3]])\nsaid([[10 ** 400]])\n");
  std::istringstream lines(ragged);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(ragged);
    CHECK_THAT(line,
               StartsWith("predict takes rows of 20 numbers, or arrays of the shape (5, 4): "));
  }
  CHECK(std::ranges::count(ragged, '\n') == 3);
  scratch.write("t.csv", table_of(1));
  exported(scratch,
           "  layers: [{type: dense, units: 3, activation: tanh}, {type: dense, units: "
           "1, activation: {formula: \"exp(9 * x)\"}}]\n",
           "float64");
  // numbers that overflow are infinite, as predict has them, without a word of NumPy's
  CHECK(
      answers("said(0.5)\nsaid([0.5])\nsaid([1, 2, 3])\nsaid([[1], [2]])\nsaid([[1, 2], [3, 4]])\n"
              "print(np.isnan(net.predict([[1e308], [np.nan], [np.inf]])).ravel())\n") ==
      "1 1\n1 1\n3 1\n2 1\npredict takes rows of 1 number, not an array of the shape (2, 2)\n"
      "[False  True  True]\n");
  const Ended arguments = run(python(scratch) + " net.py 1,2", scratch.folder());
  CHECK(arguments.status == 1);
  CHECK(arguments.err ==
        "this file takes no arguments: it checks examples; import it for "
        "predict(examples)\n");
}

TEST_CASE("exported files say in which order and range pixels are given", "[exporting]") {
  const Scratch scratch;
  std::string pixels;
  for (int i = 0; i < 8 * 36; ++i) pixels += static_cast<char>(i * 7);
  scratch.write("colours.npy", npy_bytes("'|u1'", "(8, 4, 3, 3)", pixels));
  scratch.write("greys.npy", npy_bytes("'|u1'", "(8, 9, 4)", pixels));
  scratch.write("t.npy", npy_bytes("'|u1'", "(8, 1)", std::string("\0\1\0\1\0\1\0\1", 8)));
  const auto words_for = [&](const std::string& input, const std::string& layers) {
    scratch.write("i.yaml", "data: {type: npy, inputs: " + input +
                                ", targets: t.npy, divide_by: 255}\nmodel: {layers: [" + layers +
                                "{type: flatten}, {type: dense, units: 1}]}\ntrain: {cost: "
                                "mean_squared_error, epochs: 1}\n");
    const Ended done = run(
        "rm -rf r; $nnrun -q i.yaml --out r && $nnrun export r --c net.c --python net.py --onnx "
        "net.onnx -q",
        scratch.folder());
    CAPTURE(done.err);
    CHECK(done.status == 0);
    std::string c = text_of(scratch / "net.c");
    for (std::size_t at; (at = c.find("\n   ")) != c.npos;) c.replace(at, 4, " ");  // as one line
    return std::array{c, text_of(scratch / "net.py"), text_of(scratch / "net.onnx")};
  };
  for (const std::string& file :
       words_for("colours.npy", "{type: conv2d, filters: 2, kernel_size: 2}, "))
    CHECK_THAT(file,
               Contains("An example is 4 x 3 x 3 numbers, height x width x channels: row by row, "
                        "and pixel by pixel with its channels side by side. They are those of the "
                        "data, from 0 to 255: they are divided by 255 here."));
  for (const std::string& file : words_for("greys.npy", ""))
    CHECK_THAT(file,
               Contains("An example is 9 x 4 numbers, row by row. They are those of the data, "
                        "from 0 to 255: they are divided by 255 here."));
}

TEST_CASE("layers that onnxruntime does not run in float64 are told", "[exporting]") {
  const Scratch scratch;
  scratch.write("t.csv", table_of(12));
  exported(scratch,
           "  input: [4, 3, 1]\n  layers: [{type: conv2d, filters: 2, kernel_size: 2}, {type: "
           "flatten}, {type: dense, units: 1}]\n",
           "float64");
  CHECK(run("$nnrun export r --onnx net.onnx", scratch.folder()).err ==
        "note: onnxruntime does not run conv2d_1 in float64; with --set dtype=float32, the file is "
        "one that it runs\n");
  CHECK(run("$nnrun export r --onnx net.onnx --set dtype=float32", scratch.folder()).err == "");
  CHECK(run("$nnrun export r --c net.c", scratch.folder()).err == "");
}

TEST_CASE("names of the user stay as they are beside the prefix", "[exporting]") {
  const Scratch scratch;
  scratch.write("t.csv",
                "N_city,x\u202e,N_kind\nN_a,1,N_u\nb N_c,2,-DN_v\nN_a,3,N_u\nb N_c,4,-DN_v\n");
  scratch.write("net.yaml",
                "name: N_net\nseed: 1\ndata: {type: csv, path: t.csv, targets: [N_kind]}\n"
                "model: {layers: [{type: dense, activation: softmax}]}\n"
                "train: {cost: cross_entropy, optimizer: sgd, epochs: 1}\n");
  refused("$nnrun -q net.yaml --out r >said && $nnrun export r --c net.c -q", 0, scratch.folder());
  const std::string code = text_of(scratch / "net.c");
  for (const char* text : {"N_net, written by", "N_city", "strcmp(text, \"N_a\")",
                           "strcmp(text, \"b N_c\")", "\"N_u\"", "\"-DN_v\"", "net_predict",
                           "   net_text(column, text) gives the number", "net_class(output)"}) {
    CAPTURE(text);
    CHECK(code.find(text) != code.npos);
  }
  CHECK(code.find('\1') == code.npos);
  CHECK(code.find("x ") != code.npos);
  CHECK(code.find("\u202e") == code.npos);  // gcc warns of what is shown in another order
}

TEST_CASE("export writes behind links, and through pipes and devices", "[exporting]") {
  const Scratch scratch;
  scratch.write("t.csv", table_of(2));
  exported(scratch, "  input: 2\n  layers: [{type: dense, units: 1}]\n", "float64");
  const Ended ended =
      run("set -e; $nnrun export r -q --c plain.c; touch there; ln -s there link.c; mkfifo pipe; "
          "$nnrun export r -q --c link.c; test -L link.c; cmp plain.c there; (cat pipe > got) & "
          "$nnrun export r -q --c pipe; wait; test -p pipe; cmp plain.c got; ln -s none new.c; "
          "$nnrun export r -q --c new.c; cmp plain.c none; ! $nnrun export r -q --c /dev/full; "
          "test -c /dev/full",
          scratch.folder());
  CAPTURE(ended.err);
  CHECK(ended.status == 0);
  CHECK_THAT(ended.err, Contains("no space left on device"));
}

TEST_CASE("export refuses what it cannot do before it writes anything", "[exporting]") {
  const Scratch scratch;
  scratch.write("t.csv", table_of(2));
  const std::string layers = "  input: 2\n  layers: [{type: dense, units: 1}]\n";
  exported(scratch, layers, "float64");
  const auto said = [&](const std::string& words, int status) {
    return refused("$nnrun export " + words, status, scratch.folder());
  };
  CHECK_THAT(said("r", 2),
             Contains("export needs --c FILE, --python FILE or --onnx FILE: what to write") &&
                 Contains("nnrun export r --c net.c"));
  CHECK_THAT(said("--c x.c", 2), Contains("export needs a run"));
  CHECK_THAT(said("r --c x.c --prefix 2x", 2),
             Contains("the prefix needs to be a word of C, not '2x'"));
  CHECK_THAT(said("r --c x.c --float", 2),
             Contains("arguments in float are for networks of float32; this one is of "
                      "float64"));
  for (const std::string option : {"--float", "--static-inline", "--prefix own"})
    CHECK_THAT(said("r --python x.py " + option, 2),
               Contains(option.substr(0, option.find(' ')) + " is of --c: no C file is written"));
  // what would be lost
  const std::string model = text_of(scratch / "r/model.safetensors"),
                    config = text_of(scratch / "r/config.yaml");
  scratch.write("m.safetensors", model);
  CHECK_THAT(said("m.safetensors --python x.py --c m.safetensors", 2),
             Contains("'m.safetensors' is a model, which the file would replace"));
  CHECK_THAT(said("m.safetensors --c r/config.yaml", 2),
             Contains("'r/config.yaml' belongs to the record of a run"));
  CHECK_THAT(said("r --onnx r/model.safetensors", 2), Contains("is a model"));
  CHECK_THAT(said("r --c ./t.csv", 2),
             Contains("'./t.csv' is data.path of the run: it would be lost"));
  CHECK_THAT(said("r --c x.c --python x.c", 2), Contains("'x.c' cannot be two files"));
  CHECK_THAT(said("r --c -", 2), Contains("'-' is no name of a file to write"));
  CHECK(text_of(scratch / "r/model.safetensors") == model);
  CHECK(text_of(scratch / "r/config.yaml") == config);
  CHECK_FALSE(std::filesystem::exists(scratch / "x.py"));
  CHECK_THAT(said("r --c nowhere/x.c", 1), Contains("nowhere/x.c"));
  CHECK_FALSE(std::filesystem::exists(scratch / "x.c"));
  const nlohmann::json json = parsed(run("$nnrun export r --c x.c --json", scratch.folder()).out);
  CHECK(json["files"][0]["format"] == "c");
  CHECK(json["files"][0]["file"] == "x.c");
  CHECK(json["examples"] == 16);
}

TEST_CASE("an ONNX file is written the same from its run, and from its model alone",
          "[exporting]") {
  const Scratch scratch;
  scratch.write("t.csv", table_of(4));
  exported(scratch,
           "  input: 4\n  layers: [{type: dense, units: 7, activation: relu}, {type: dense, units: "
           "1}]\n",
           "float32");
  const Ended done =
      run("$nnrun export r --onnx a.onnx --json && cp r/model.safetensors m.safetensors && "
          "$nnrun export m.safetensors --onnx b.onnx -q && cmp a.onnx b.onnx >&2",
          scratch.folder());
  CAPTURE(done.err);
  CHECK(done.status == 0);
  CHECK(parsed(done.out)["files"][0]["format"] == "onnx");
  const std::string file = text_of(scratch / "a.onnx");
  for (const char* text : {"dense_1/weights", "dense_1: relu/Relu", "nnrun.config", "x3"})
    CHECK_THAT(file, Contains(text));
}

}  // namespace
}  // namespace nnrun::testing
