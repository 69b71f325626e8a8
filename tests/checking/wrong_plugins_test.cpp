// Plugins that are wrong on purpose: each is a named row, and the process that checks goes on.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>

#include "checking/inspection.hpp"
#include "cli/allocations.hpp"
#include "loading/plugin_factory.hpp"
#include "support/limits.hpp"
namespace nnrun::testing {
namespace {

constexpr host::ChildLimits brief{.seconds = 2, .memory = std::uint64_t{1} << 30};

std::string text_of(const PluginFactory& factory, std::string text) {
  return replaced(std::move(text), factory.folder().string(), "$");
}

/// Returns the rows that failed or were not tried, a line `law: detail` each; or how the library
/// was refused.
std::string failed_rows(const PluginFactory& factory, const std::filesystem::path& file,
                        const host::ChildLimits& limits = brief) {
  host::CheckedLibrary checked = host::inspect_library(file, host::Registry(), {}, limits);
  host::try_laws(checked, host::Registry(), host::count_allocations(), {}, limits);
  if (checked.refusal) return text_of(factory, "refused: " + checked.refusal->what + "\n");
  std::string rows;
  for (const host::CheckedClass& c : checked.classes) {
    for (const host::LawRow& row : c.rows)
      if (row.finding.status == host::LawStatus::fail ||
          row.finding.detail.starts_with("not tried"))
        rows += row.law + ": " + text_of(factory, row.finding.detail) + "\n";
    const std::size_t laws = host::laws_of(c.kind).size();  // a row each, or one for the rest
    CHECK((c.rows.size() == laws || rows.ends_with("not tried: it ended three times\n") ||
           rows.starts_with("load: ")));
  }
  return rows;
}

/// Returns the rows of a class with this body.
std::string rows_of(const std::string& kind, const std::string& body,
                    const std::string& before = {}) {
  const PluginFactory factory;
  return failed_rows(factory,
                     factory.cpp("bad.so",
                                 "#include <nnrun/plugin.hpp>\n"
                                 "#include <csignal>\n#include <cstdlib>\n"
                                 "#include <stdexcept>\n#include <vector>\n" +
                                     before + "struct Bad : nnrun::" + kind +
                                     " {\n"
                                     "  static constexpr auto name = \"bad\", doc = \"\";\n" +
                                     body + "};\nNNRUN_REGISTER(Bad)\n"));
}
std::string rows_of_formula(const std::string& body) {
  return rows_of("Activation", "  auto f(auto x) const { " + body + " }\n");
}

/// A layer that copies its one input, with some parts replaced.
struct LayerParts {
  std::string plan = "", forward = "", before_slopes = "if (!c.d_in(0)) return;";
};
std::string rows_of_layer(const LayerParts& parts) {
  return rows_of("Layer",
                 "  void plan(nnrun_plan& p) const {\n"
                 "    if (p.n_in != 1) throw nnrun::Error(\"takes one input\");\n"
                 "    p.out = p.in[0];\n" +
                     parts.plan +
                     "  }\n"
                     "  template <class T> void forward(const nnrun::LayerCall<T>& c) const {\n" +
                     parts.forward +
                     "    std::copy_n(c.in(0), c.rows() * c.cols(), c.out());\n  }\n"
                     "  template <class T> void backward_inputs(const nnrun::LayerCall<T>& c) "
                     "const {\n    " +
                     parts.before_slopes +
                     "\n    for (std::size_t i = 0; i < c.rows() * c.cols(); ++i)\n"
                     "      c.d_in(0)[i] = (c.adds(0) ? c.d_in(0)[i] : T(0)) + c.d_out()[i];\n"
                     "  }\n",
                 "#include <algorithm>\n");
}

}  // namespace

TEST_CASE("a right plugin breaks no law", "[checking]") {
  CHECK(rows_of_formula("return x + 0.5 * (sqrt(x * x + 1) - 1);") == "");
}

TEST_CASE("a layer that uses outside of training what only training has is found", "[checking]") {
  CHECK(rows_of_layer({}) == "");
  const std::string crash =
      "ended by SIGSEGV (segmentation fault) in forward of layer 'bad' (bad.so)\n";
  for (const char* asked : {"kept", "kept_rows", "noise"}) {
    CAPTURE(asked);
    const std::string name = asked;
    const std::string wants = name == "kept"        ? "    p.kept = 8;\n"
                              : name == "kept_rows" ? "    p.kept_per_row = 1;\n"
                                                    : "    p.noise_per_row = 1;\n";
    const std::string uses = name == "noise" ? "    if (c.noise()[0] > 2) return;\n"
                                             : "    c." + name + "()[0] = c.in(0)[0];\n";
    CHECK_THAT(rows_of_layer({.plan = wants, .forward = uses}),
               Catch::StartsWith("evaluation: " + crash));
    CHECK(rows_of_layer({.plan = wants, .forward = "    if (c.training())\n" + uses}) == "");
  }
  CHECK_THAT(
      rows_of_layer({.forward = "    static double calls = 0;\n"
                                "    if (!c.training()) { std::fill_n(c.out(), c.rows() * "
                                "c.cols(), T(++calls)); return; }\n"}),
      Catch::StartsWith("evaluation: outside of training, called again, number 1 is 2, not 1\n"));
  CHECK_THAT(rows_of_layer({.forward = "    if (!c.training()) { std::fill_n(c.out(), c.rows() * "
                                       "c.cols(), T(0) / T(0)); return; }\n"}),
             Catch::StartsWith("evaluation: outside of training it gives NaN\n"));
}

TEST_CASE("an activation that leaves the range that it declares is found", "[checking]") {
  const std::string range = "  static constexpr nnrun::Range outputs{0, 1};\n";
  CHECK(rows_of("Activation", range + "  auto f(auto x) const { return sigmoid(x); }\n") == "");
  CHECK_THAT(rows_of("Activation", range + "  auto f(auto x) const { return tanh(x); }\n"),
             Catch::StartsWith("finite numbers: the value at -") &&
                 Catch::Contains(", not from 0 to 1 as it declares"));
}

TEST_CASE("an activation that says it works in place, and does not, is found", "[checking]") {
  const std::string says = "  static constexpr bool in_place = true;\n",
                    formula = "  auto f(auto x) const { return x * x; }\n";
  CHECK(rows_of("Activation", formula + "  auto df(auto x, auto) const { return 2 * x; }\n") == "");
  CHECK_THAT(
      rows_of("Activation", says + formula + "  auto df(auto x, auto) const { return 2 * x; }\n"),
      Catch::StartsWith("in place: in place, f("));
  CHECK_THAT(rows_of("Activation", says + formula), Catch::StartsWith("in place: in place, f("));
  // rows: the sum is read again after the first number is written over
  const auto rows = [&](const std::string& sum) {
    return rows_of("Activation",
                   says +
                       "  template <class T> void forward(std::span<const T> z, std::span<T> a) "
                       "const {\n    T sum = 0;\n" +
                       sum +
                       "  }\n  template <class T> void backward(std::span<const T>, "
                       "std::span<const T>, std::span<const T> da, std::span<T> dz) const {\n"
                       "    T all = 0;\n    for (const T d : da) all += d;\n"
                       "    for (std::size_t i = 0; i < dz.size(); ++i) dz[i] = da[i] - all / "
                       "static_cast<T>(dz.size());\n  }\n");
  };
  CHECK(rows("    for (const T x : z) sum += x / static_cast<T>(z.size());\n"
             "    for (std::size_t i = 0; i < z.size(); ++i) a[i] = z[i] - sum;\n") == "");
  CHECK_THAT(rows("    for (std::size_t i = 0; i < z.size(); ++i) {\n      sum = 0;\n"
                  "      for (const T x : z) sum += x / static_cast<T>(z.size());\n"
                  "      a[i] = z[i] - sum;\n    }\n"),
             Catch::StartsWith("in place: in place, f("));
}

TEST_CASE("a layer that looks at outputs which it says that it forgets is found", "[checking]") {
  const std::string forgets = "    p.forgets_outputs = 1;\n",
                    looks = "if (!c.d_in(0) || c.out()[0] != c.in(0)[0]) return;";
  CHECK(rows_of_layer({.plan = forgets}) == "");
  CHECK(rows_of_layer({.before_slopes = looks}) == "");
  CHECK_THAT(rows_of_layer({.plan = forgets, .before_slopes = looks}),
             Catch::StartsWith("forgotten outputs: where something else is written over its "
                               "outputs, "));
}

TEST_CASE("an activation that does something else together with a layer is found", "[checking]") {
  const auto rows = [](const std::string& change) {
    return rows_of(
        "Activation",
        "  auto f(auto x) const { return tanh(x); }\n"
        "  template <class C> static constexpr nnrun_activation functions_of() {\n"
        "    auto table = nnrun::Activation::functions_of<C>();\n" +
            change + "    return table;\n  }\n",
        "template <class T> int wrong(void*, const nnrun_layer_call* c, void* a) {\n"
        "  for (std::size_t u = 0; u < c->out.cols; ++u) static_cast<T*>(a)[u] = 0.5;\n"
        "  return 0;\n}\n"
        "inline int nothing(void*, const nnrun_layer_call*, const void*, const void*) {\n"
        "  return 0;\n}\n");
  };
  CHECK(rows("") == "");
  CHECK(rows("    table.affine[0] = table.affine[1] = {};\n") == "");
  CHECK(rows("    table.affine[0] = {};\n    table.affine[1].backward = nullptr;\n") ==
        "with a layer: it does something together with a layer, but has 1 of the four functions: "
        "forward and backward, in float and double\n");
  CHECK_THAT(rows("    table.affine[1].forward = wrong<double>;\n"),
             Catch::StartsWith("with a layer: together with a layer of 2 inputs and 1 unit z is 0, "
                               "one after the other "));
  CHECK_THAT(rows("    table.affine[0].backward = nothing;\n"),
             Catch::StartsWith("with a layer: together with a layer of 2 inputs and 1 unit a slope "
                               "dz is 0, one after the other ") &&
                 Catch::EndsWith(", in float\n"));
}

TEST_CASE("a layer that is not the x W + b that it says is found", "[checking]") {
  CHECK(rows_of_layer({.plan = "    p.affine = 1;\n"}) ==
        "plan: planned affine = 1 with n_parameters = 0, not 32; given an input of 4\n");
  CHECK(
      rows_of_layer({.plan = "    p.affine = 1;\n    p.kept = 8;\n"}) ==
      "plan: planned affine = 1 with state, noise, or numbers that are kept: it may be x W + b and "
      "no more; given an input of 4\n");
  CHECK(rows_of_layer({.plan = "    p.affine = 3;\n"}) ==
        "plan: planned affine = 3; 0, 1 and 2 are possible; given an input of 4\n");
  CHECK_THAT(rows_of_layer({.plan = "    p.n_parameters = p.in[0].rank == 1 ? 32 : 0;\n"
                                    "    p.affine = p.in[0].rank == 1;\n"}),
             Catch::StartsWith("affine: it says that it is x W + b, but of one row number 1 is "));
}

TEST_CASE("a layer that reads of scratch what it did not write, or leaves it, is found",
          "[checking]") {
  const std::string wants = "    p.scratch = 3;\n", own = "    T* s = c.scratch();\n";
  CHECK(rows_of_layer({.plan = wants, .forward = own + "    s[0] = s[1] = s[2] = c.in(0)[0];\n"}) ==
        "");
  CHECK(rows_of_layer({.plan = wants,
                       .forward = own +
                                  "    if (s[2] != 0) { std::fill_n(c.out(), c.rows() * c.cols(), "
                                  "s[2]); return; }\n"}) ==
        "scratch: where scratch held 1 before the call, number 1 is 1, not 0.9916648104524686\n");
  CHECK(rows_of_layer({.plan = wants, .forward = own + "    s[8] = 1;\n"}) ==
        "scratch: it writes behind the end of scratch\n");
  CHECK(rows_of_layer({.plan = "    p.scratch = std::size_t(0) - 1;\n"}) ==
        "plan: planned scratch = 18446744073709551615; at most 1099511627776 are possible; given "
        "an input of 4\n");
}

TEST_CASE("a plan that is wrong for any input is found, and nothing else is tried with it",
          "[checking]") {
  CHECK(rows_of_layer({.plan = "    p.out.rank = 0;\n"}) ==
        "plan: planned an output of 0 sizes; 1 to 4 are possible; given an input of 4\n");
  const auto planned = [](const std::string& parameters, const std::string& block) {
    return rows_of_layer({.plan = "    p.n_parameters = " + parameters +
                                  ";\n    p.n_blocks = 1;\n    p.blocks[0] = {" + block + "};\n"});
  };
  CHECK(planned("4", "\"w\", NNRUN_WEIGHTS, {1, {4}}, {1}, 0, 4, 4, 0") ==
        "plan: planned n_parameters = 4, not on whole lanes of 8; given an input of 4\n");
  CHECK(planned("16", "\"w\", NNRUN_WEIGHTS, {1, {4}}, {1}, 4, 4, 4, 0") ==
        "plan: planned block 'w' at 4, not on whole lanes of 8; given an input of 4\n");
  CHECK(planned("8", "\"w\", NNRUN_WEIGHTS, {1, {9}}, {1}, 0, 4, 4, 0") ==
        "plan: planned block 'w' beyond n_parameters = 8; given an input of 4\n");
  // good for a vector, not for an image
  CHECK_THAT(rows_of_layer({.plan = "    if (p.in[0].rank == 3) p.out.sizes[1] = 0;\n"}),
             Catch::StartsWith("plan: planned an output of 6 x 0 x 2; given an input of 6 x 6 x "
                               "2\n"));
}

TEST_CASE("a layer that writes slopes that are not wanted is found", "[checking]") {
  CHECK(rows_of_layer({.before_slopes = ""}) ==
        "unwanted slopes: ended by SIGSEGV (segmentation fault) in backward_inputs of layer 'bad' "
        "(bad.so)\n");
}

TEST_CASE("a setting whose name no config could give is found", "[checking]") {
  const auto with_setting = [](const std::string& kind, const std::string& setting,
                               const std::string& body) {
    return rows_of(kind,
                   "  double a = 1;\n  static constexpr auto params() { return "
                   "nnrun::params(nnrun::param(&Bad::a, \"" +
                       setting + "\", \"\")); }\n" + body);
  };
  CHECK(with_setting("Activation", "type", "  auto f(auto x) const { return a * x; }\n") ==
        "settings: 'type' is a name that nnrun takes for itself; of this kind: type\n");
  CHECK(
      with_setting("Optimizer", "learning_rate",
                   "  void update(auto& w, auto g, const auto& k) const { w = w - a * k.rate * g; "
                   "}\n") ==
      "settings: 'learning_rate' is a name that nnrun takes for itself; of this kind: type, "
      "learning_rate\n");
}

TEST_CASE("a class that refuses its own defaults is broken by that, and tried no further",
          "[checking]") {
  const std::string rest = "  auto f(auto x) const { return a * x; }\n  double a = 1;\n";
  const auto checking = [&](const std::string& param, const std::string& check) {
    return rows_of("Activation",
                   "  static constexpr auto params() { return "
                   "nnrun::params(nnrun::param(&Bad::a, \"a\", \"\"" +
                       param + ")); }\n  void check() const { " + check + " }\n" + rest);
  };
  CHECK(checking("", "throw nnrun::Error(\"a must not be 1\", \"\", \"write a: 2\");") ==
        "settings: refuses its own defaults: a must not be 1; write a: 2\n");
  // a path that users are to give, and an example of ours, are not defaults
  CHECK(rows_of("Activation",
                "  const char* file = \"\";\n  static constexpr auto params() { return "
                "nnrun::params(nnrun::param(&Bad::file, \"file\", \"\", {.path = true})); }\n"
                "  void check() const { throw nnrun::Error(\"needs 'file'\"); }\n"
                "  auto f(auto x) const { return x; }\n") == "");
  CHECK(checking(", {.required = true}", "throw nnrun::Error(\"a is odd\");") == "");
}

TEST_CASE("values that are not finite at the edge of a setting are found, with the setting",
          "[checking]") {
  const auto with = [](const std::string& kind, const std::string& limits,
                       const std::string& formula) {
    return rows_of(kind,
                   "  double sharpness = 1;\n  static constexpr auto params() { return "
                   "nnrun::params(nnrun::param(&Bad::sharpness, \"sharpness\", \"\", {" +
                       limits + "})); }\n" + formula);
  };
  CHECK(with("Activation", ".min = 0, .max = 2",
             "  auto f(auto x) const { return x * (sharpness / sharpness); }\n") ==
        "finite numbers: with sharpness: 0: the value at -8 is NaN\n");
  CHECK(with("Activation", ".min = 0, .max = 2, .above_min = true",
             "  auto f(auto x) const { return x * (sharpness / sharpness); }\n") == "");
  CHECK(with("Cost", ".min = 0.5, .max = 1000",
             "  auto f(auto y, auto t) const { return exp(sharpness * (y - t)) * 0.001; }\n") ==
        "finite numbers: with sharpness: 1000: the cost at output 1, target 0 is not "
        "finite\n");
}

TEST_CASE("one edge is counted as one", "[checking]") {
  const PluginFactory factory;
  const auto file =
      factory.cpp("one.so",
                  "#include <nnrun/plugin.hpp>\nstruct One : nnrun::Activation {\n"
                  "  static constexpr auto name = \"one\", doc = \"\";\n  double a = 1;\n"
                  "  static constexpr auto params() {\n"
                  "    return nnrun::params(nnrun::param(&One::a, \"a\", \"\", {.min = 0}));\n  }\n"
                  "  auto f(auto x) const { return a * x; }\n};\nNNRUN_REGISTER(One)\n");
  host::CheckedLibrary checked = host::inspect_library(file, host::Registry(), {}, brief);
  host::try_laws(checked, host::Registry(), nullptr, {}, brief);
  CHECK(checked.classes[0].rows[0].finding.detail == "1 setting, 1 edge tried");
}

TEST_CASE("a wrong formula is found and its number named", "[checking]") {
  CHECK(rows_of("Activation",
                "  auto f(auto x) const { return 0.5 * x * x; }\n"
                "  auto df(auto x, auto) const { return 2 * x; }\n") ==
        "slope: at -8 the slope is -16, differences give -8\n");
  CHECK(rows_of_formula("return sizeof(x) == sizeof(float) ? 1.5 * x : 1.0 * x;") ==
        "float and double: at -8 the value in float is -12, in double -8\n"
        "formula: at 1e-40 in float the formula is 9.99994610111476e-41, the value "
        "1.499991915167214e-40\n");
  const std::string nan = rows_of_formula("return sin(x) / x;");
  CHECK_THAT(nan, Catch::Contains("finite numbers: the value at 0 is NaN\n"));
}

TEST_CASE("a row that leaks into another is found", "[checking]") {
  const PluginFactory factory;
  const auto file = factory.c("leaks.so",
                              "#include <nnrun/abi.h>\n"
                              "static int leak(void* self, const void* z, void* a, size_t rows, "
                              "size_t cols) {\n"
                              "  for (size_t i = 0; i < rows * cols; ++i)\n"
                              "    ((double*)a)[i] = 2 * ((const double*)z)[i] + "
                              "(i >= cols ? ((const double*)z)[0] : 0);\n"
                              "  return 0;\n"
                              "}\n"
                              "#define FORWARD leak");
  const std::string rows = failed_rows(factory, file);
  CHECK_THAT(rows, Catch::Contains("row and batch: row 2 alone gives 0 and slope 2, in a batch 0.3 "
                                   "and 2\n") &&
                       Catch::Contains("NaN and Inf: a NaN in row 1 changes row 2\n"));
}

TEST_CASE("what a class keeps between calls, or allocates in them, is found", "[checking]") {
  const std::string backward =
      "  template <class T> void backward(std::span<const T>, std::span<const T>, "
      "std::span<const T> da, std::span<T> dz) const {\n"
      "    for (std::size_t i = 0; i < da.size(); ++i) dz[i] = da[i];\n  }\n";
  CHECK(rows_of("Activation",
                "  template <class T> void forward(std::span<const T> z, std::span<T> a) const {\n"
                "    const std::vector<T> copy(z.begin(), z.end());\n"
                "    for (std::size_t i = 0; i < z.size(); ++i) a[i] = copy[i];\n  }\n" +
                    backward) == (host::count_allocations() == nullptr
                                      ? ""  // a sanitizer has its own malloc
                                      : "no allocation: 64 allocations in a call\n"));
  const std::string rows =
      rows_of("Activation",
              "  mutable double last = 0;\n"
              "  template <class T> void forward(std::span<const T> z, std::span<T> a) const {\n"
              "    for (std::size_t i = 0; i < z.size(); ++i) a[i] = z[i] + T(last);\n"
              "    last += 1;\n  }\n" +
                  backward);
  CHECK_THAT(rows, Catch::Contains("no memory of calls: called again with the same numbers, number "
                                   "1 is 6.3, not 0.3\n"));
}

TEST_CASE("a data set that differs on the second read, an optimizer that keeps a static, are found",
          "[checking]") {
  CHECK(
      rows_of("Dataset",
              "  void open(nnrun_data& d) const {\n"
              "    d.input = {1, {2}}; d.target = {1, {1}}; d.examples[NNRUN_TRAIN] = 3;\n  }\n"
              "  void read(const nnrun::Stream&, nnrun::Part, std::size_t, std::size_t n, double* "
              "x, double* t) const {\n"
              "    static double drawn = 0;\n"
              "    for (std::size_t i = 0; i < 2 * n; ++i) x[i] = ++drawn;\n"
              "    for (std::size_t i = 0; i < n; ++i) t[i] = 1;\n  }\n") ==
      "same seed: read a second time, number 1 is 13, not 7 in the training part\n");
  CHECK(
      rows_of("Dataset",
              "  double drawn = 0;\n"
              "  void open(nnrun_data& d) const {\n"
              "    d.input = {1, {1}}; d.target = {1, {1}}; d.examples[NNRUN_TRAIN] = 3;\n"
              "    d.reads_again = 1;\n  }\n"
              "  void read(const nnrun::Stream&, nnrun::Part, std::size_t, std::size_t n, double* "
              "x, double* t) {\n"
              "    for (std::size_t i = 0; i < n; ++i) x[i] = ++drawn, t[i] = 1;\n  }\n") ==
      "reads again: says that it reads again, but training example 3 has other numbers the second "
      "time\n");
  const auto rows_of_tenths = [&](const std::string& claim) {
    return rows_of(
        "Dataset",
        "  void open(nnrun_data& d) const {\n"
        "    d.input = {1, {2}}; d.target = {1, {1}}; d.examples[NNRUN_TRAIN] = 3;\n  }\n"
        "  void read(const nnrun::Stream&, nnrun::Part, std::size_t from, std::size_t n, "
        "auto* x, double* t) const {\n"
        "    for (std::size_t i = 0; i < 2 * n; ++i) x[i] = 0.1 * (from + i);\n"
        "    for (std::size_t i = 0; i < n; ++i) t[i] = 1;\n  }\n" +
            claim +
            "  static const void* extension(std::string_view id) {\n"
            "    return nnrun::float_inputs<Bad>(id);\n  }\n");
  };
  const std::string floats = "  bool inputs_are_floats() const { return true; }\n";
  CHECK(rows_of_tenths(floats) ==
        "float inputs: read as float, number 2 is 0.10000000149011612, not 0.1 in the training "
        "part\n");
  CHECK(rows_of_tenths(floats + "  bool inputs_are_whole() const { return true; }\n") ==
        "float inputs: says that inputs are whole numbers up to 2^24, but one is "
        "0.1 in the training part\n");
  const std::string rows =
      rows_of("Optimizer",
              "  static constexpr double learning_rate = 0.01;\n"
              "  void update(auto& w, auto g, const auto& step) const {\n"
              "    static double speed = 0;\n"
              "    speed = 0.9 * speed + 0.1;\n    w = w - step.rate * speed * g;\n  }\n");
  CHECK_THAT(rows,
             Catch::StartsWith("slots: after a resumption, number 1 is ") &&
                 Catch::Contains("taking turns: taking turns with other parameters, number 1 "));
}

TEST_CASE("a class that ends its process is a row that says how, three times at most",
          "[checking]") {
  const auto in_forward = [](const std::string& statement) {
    return rows_of_formula("if (x > 7.9) " + statement + " return 1.0 * x;");
  };
  const auto three = [](const std::string& how) {
    return "slope: " + how + "\nfloat and double: " + how + "\nrow and batch: " + how +
           "\n12 more laws: not tried: it ended three times\n";
  };
  CHECK(in_forward("raise(SIGSEGV);") ==
        three("ended by SIGSEGV (segmentation fault) in forward of activation 'bad' (bad.so)"));
  CHECK(in_forward("std::exit(0);") ==
        three("called exit(0) in forward of activation 'bad' (bad.so)"));
  CHECK(in_forward("std::abort();") ==
        three("ended by SIGABRT (aborted) in forward of activation 'bad' (bad.so)"));
  CHECK(in_forward("for (volatile int i = 0;;) i = i;") ==
        three(loops_hear_signals ? "took longer than 2 s in forward of activation 'bad' (bad.so)"
                                 : "took longer than 2 s"));
  CHECK_THAT(in_forward("throw std::runtime_error(\"boom\");"),
             Catch::StartsWith("slope: activation 'bad' failed in forward: boom ($/bad.so)\n"));
  CHECK_THAT(in_forward("throw 42;"),
             Catch::StartsWith("slope: activation 'bad' failed in forward: threw something that is "
                               "not a std::exception ($/bad.so)\n"));
  CHECK(rows_of("Activation",
                "  void stop() const noexcept { throw std::runtime_error(\"boom\"); }\n"
                "  auto f(auto x) const { if (x > 7.9) stop(); return 1.0 * x; }\n") ==
        three("ended by SIGABRT (aborted) in forward of activation 'bad' (bad.so): uncaught "
              "exception: boom"));
}

TEST_CASE("after a law that ends the process the next is tried", "[checking]") {
  CHECK(rows_of_formula("if (!(x <= 0) && !(x > 0)) raise(SIGSEGV); return 2.0 * x;") ==
        "formula: ended by SIGSEGV (segmentation fault) in formula of activation 'bad' (bad.so)\n"
        "NaN and Inf: ended by SIGSEGV (segmentation fault) in forward of activation 'bad' "
        "(bad.so)\n");
  CHECK(rows_of(
            "Activation",
            "  auto f(auto x) const { if (!(x <= 0) && !(x > 0)) std::abort(); return x * 0.5; }\n"
            "  auto df(auto x, auto) const { return x > 7.9 ? 1.0 : 0.5; }\n") ==
        "slope: at 8 the slope is 1, differences give 0.5\n"
        "formula: ended by SIGABRT (aborted) in formula of activation 'bad' (bad.so)\n"
        "NaN and Inf: ended by SIGABRT (aborted) in forward of activation 'bad' (bad.so)\n");
}

TEST_CASE("a class that ends its process before any law is left alone", "[checking]") {
  for (const char* kind : {"Activation", "Cost", "Optimizer"}) {
    const std::string formula =
        kind == std::string("Activation") ? "  auto f(auto x) const { return x; }\n"
        : kind == std::string("Cost")
            ? "  auto f(auto y, auto t) const { return (y - t) * (y - t); }\n"
            : "  void update(auto& w, auto g, const auto& k) const { w = w - k.rate * g; }\n";
    const std::string rows = rows_of(kind, "  void check() const { std::exit(7); }\n" + formula);
    CAPTURE(kind);
    CHECK_THAT(rows, Catch::StartsWith("settings: called exit(7) in create of ") &&
                         Catch::EndsWith(" more laws: not tried: it ended three times\n"));
    CHECK(std::ranges::count(rows, '\n') == 4);
  }
  // a library that loads once, when it is inspected, and never again
  const Scratch scratch;
  const std::string mark = (scratch / "loaded").string();
  CHECK(rows_of("Activation", "  auto f(auto x) const { return x; }\n",
                "#include <cstdio>\n[[gnu::constructor]] static void at_load() {\n"
                "  if (std::FILE* f = std::fopen(\"" +
                    mark +
                    "\", \"r\")) std::fclose(f), std::abort();\n"
                    "  std::fclose(std::fopen(\"" +
                    mark + "\", \"w\"));\n}\n") ==
        "load: ended by SIGABRT (aborted) while '$/bad.so' was loaded\n");
}

TEST_CASE("a library that ends its process as it is loaded is refused with a sentence",
          "[checking]") {
  const auto at_load = [](const std::string& statement) {
    return rows_of("Activation", "  auto f(auto x) const { return x; }\n",
                   "[[gnu::constructor]] static void at_load() { " + statement + " }\n");
  };
  CHECK(at_load("raise(SIGSEGV);") ==
        "refused: '$/bad.so' ended by SIGSEGV (segmentation fault) while '$/bad.so' was loaded\n");
  CHECK(at_load("std::exit(0);") ==
        "refused: '$/bad.so' called exit(0) while '$/bad.so' was loaded\n");
  if (loops_hear_signals)
    CHECK(at_load("for (volatile int i = 0;;) i = i;") ==
          "refused: '$/bad.so' took longer than 2 s while '$/bad.so' was loaded\n");
}

TEST_CASE("a scan describes a library, or how it died", "[checking]") {
  const PluginFactory factory;
  const auto names = [](const host::Registry& registry) {
    return registry.names("activation").front();
  };
  CHECK(host::scan_library(factory.c("good.so"), host::Registry(), names, brief).text == "twice");
  const auto dies = factory.c("dies.so",
                              "#include <stdlib.h>\n"
                              "__attribute__((constructor)) static void f(void) { abort(); }");
  const host::Scanned scanned = host::scan_library(dies, host::Registry(), names, brief);
  REQUIRE(scanned.refusal);
  CHECK(text_of(factory, scanned.refusal->what) ==
        "'$/dies.so' ended by SIGABRT (aborted) while '$/dies.so' was loaded");
}

namespace {
/// Returns the rows of `local` with this in place of some of its text.
std::string rows_of_exchange(std::string_view text, const std::string& instead, int processes) {
  const PluginFactory factory;
  std::ifstream file(std::filesystem::path(NNRUN_SOURCE_DIR) / "plugins/exchanges/local.cpp");
  std::string source{std::istreambuf_iterator<char>(file), {}};
  const auto put = [&](std::string_view what, const std::string& by) {
    const std::size_t at = source.find(what);
    REQUIRE(at != source.npos);
    source.replace(at, what.size(), by);
  };
  put(text, instead);
  put("int processes = 2;", "int processes = " + std::to_string(processes) + ";");
  put("return nnrun::params(nnrun::param(&Local::processes, \"processes\",\n"
      "                                      \"how many; each has threads of its own\",\n"
      "                                      {.min = 1, .max = 64, .required = true}));",
      "return nnrun::params();");
  return failed_rows(factory, factory.cpp("bad.so", source), {.seconds = 30, .memory = 0});
}
constexpr std::string_view body_of_move =
    "    if (to == rank_ && from == rank_) {\n"
    "      std::copy_n(out.begin(), std::min(out.size(), in.size()), in.begin());\n"
    "      return;\n"
    "    }\n";
}  // namespace

TEST_CASE("an exchange that hangs, mixes transfers or loses bytes is found out", "[checking]") {
  CHECK(rows_of_exchange(body_of_move, std::string(body_of_move), 3) == "");
  // sends all before it receives: two large messages wait for each other
  const std::string hangs =
      rows_of_exchange(body_of_move,
                       std::string(body_of_move) +
                           "    while (!out.empty()) {\n      send_some(to, out);\n"
                           "      if (!out.empty()) wait_for(to, true, from, false);\n    }\n",
                       2);
  CHECK_THAT(hangs, Catch::StartsWith("moves: ") &&
                        Catch::EndsWith(" from rank 1: has not ended after 3 s\n"));
  // keeps one message, and hands on the one before
  CHECK(rows_of_exchange(
            body_of_move,
            std::string(body_of_move) + "    static std::vector<std::byte> kept(9);\n"
                                        "    if (in.size() == 9) {\n"
                                        "      std::vector<std::byte> now(9);\n"
                                        "      move(to, out, from, std::span(now).first(8));\n"
                                        "      move(to, {}, from, std::span(now).last(1));\n"
                                        "      std::ranges::copy(kept, in.begin());\n"
                                        "      kept = now;\n      return;\n    }\n",
            3) == "moves: 0 bytes to rank 0, 9 from rank 2: byte 1 is not what was sent\n");
  // takes a message from whoever has sent one
  CHECK(rows_of_exchange(
            body_of_move,
            std::string(body_of_move) +
                "    if (in.size() == 9)\n"
                "      for (std::uint32_t peer = 0; peer < peers_.size(); ++peer) {\n"
                "        char some;\n"
                "        if (peers_[peer] < 0 || ::recv(peers_[peer], &some, 1, MSG_PEEK) < 1)"
                " continue;\n        from = peer;\n        break;\n      }\n",
            3) == "moves: 0 bytes to rank 0, 9 from rank 2: byte 1 is not what was sent\n");
}

}  // namespace nnrun::testing
