#include "exporting/c_file.hpp"

#include <algorithm>
#include <cctype>

#include "base/version.hpp"
#include "exporting/c_formula.hpp"
#include "exporting/c_functions.hpp"
#include "exporting/c_layers.hpp"
#include "exporting/c_preparation.hpp"
#include "exporting/c_product.hpp"
#include "exporting/c_recurrent.hpp"
#include "exporting/c_windows.hpp"
#include "exporting/digits.hpp"
namespace nnrun::host {
namespace {

using Kind = ExportedStep::Kind;
constexpr std::size_t most_on_stack = std::size_t{1} << 16;  // bytes

/// Arrays that steps share: one is free again when nothing more reads what is in it.
class Arrays {
 public:
  std::size_t take(std::size_t size) {
    const auto free = std::ranges::find(arrays_, false, &Array::taken);
    Array& own = free == arrays_.end() ? arrays_.emplace_back() : *free;
    own.taken = true;
    own.size = std::max(own.size, size);
    return static_cast<std::size_t>(&own - arrays_.data());
  }
  void give_back(std::size_t array) { arrays_[array].taken = false; }
  static std::string name(std::size_t array) { return "a" + n(array); }

  std::size_t size() const {
    std::size_t all = 0;
    for (const Array& array : arrays_) all += array.size;
    return all;
  }
  std::string declared(bool lasting) const {
    std::string out;
    for (std::size_t i = 0; i < arrays_.size(); ++i)
      out += std::string("  ") + (lasting ? "static " : "") + "N_number " + name(i) + "[" +
             n(arrays_[i].size) + "];\n";
    return out;
  }

 private:
  struct Array {
    std::size_t size = 0;
    bool taken = false;
  };
  std::vector<Array> arrays_;
};

/// The body of the function that answers.
class CBody {
 public:
  CBody(const ExportedNetwork& net, CText& text, const std::string& type) : net_(net), text_(text) {
    find_last_uses();
    values_.push_back({arrays_.take(net.preparation.outputs()), false});
    code_ = c_preparation(text, net, array_of(data_input), type);
    for (std::size_t k = 0; k < net.steps.size(); ++k) add_step(k);
    code_ += c_answer(text, net, array_of(static_cast<int>(net.steps.size()) - 1), type);
    is_lasting_ = arrays_.size() * (text.float32() ? 4 : 8) > most_on_stack;
  }
  std::string text() const {
    return arrays_.declared(is_lasting_) + "  size_t i;\n  int wrong = 0;\n" +
           (text_.lanes().empty() ? "" : "  (void)lanes;\n") + code_;
  }
  /// Returns whether calls share their arrays, so that only one may run at a time.
  bool is_lasting() const { return is_lasting_; }

 private:
  /// What a step gave. is_padded: there are numbers behind it, up to whole_units.
  struct Place {
    std::size_t array;
    bool is_padded;
  };
  const Place& place_of(int step) const { return values_[static_cast<std::size_t>(step + 1)]; }
  std::string array_of(int step) const { return Arrays::name(place_of(step).array); }

  bool is_copy(std::size_t k) const {
    const ExportedStep& step = net_.steps[k];
    return host::is_copy(step, net_.cols_of(step.inputs[0]));
  }
  /// A copy is its original under another name, whoever reads it.
  void find_last_uses() {
    originals_.push_back(0);
    last_use_.assign(net_.steps.size() + 1, 0);
    for (std::size_t k = 0; k < net_.steps.size(); ++k) {
      const auto original = [&](int i) { return originals_[static_cast<std::size_t>(i + 1)]; };
      originals_.push_back(is_copy(k) ? original(net_.steps[k].inputs[0]) : k + 1);
      if (is_copy(k)) continue;
      for (const int i : net_.steps[k].inputs) last_use_[original(i)] = k + 1;
    }
    last_use_[originals_.back()] = net_.steps.size() + 1;
  }
  void give_back_inputs(std::size_t k) {
    for (const int i : net_.steps[k].inputs) {
      const std::size_t original = originals_[static_cast<std::size_t>(i + 1)];
      if (last_use_[original] == k + 1) arrays_.give_back(values_[original].array);
    }
  }

  void add_step(std::size_t k) {
    const ExportedStep& step = net_.steps[k];
    code_ += "  /* " + c_comment(step.name) + " */\n";
    if (is_copy(k)) {
      const Place same = place_of(step.inputs[0]);
      return values_.push_back(same);
    }
    const bool in_place = step.kind == Kind::formula;
    std::vector<std::string> in;
    std::vector<std::size_t> sizes;
    bool padded = step.kind == Kind::dense && step.shape.size() == 1;
    for (const int i : step.inputs) {
      in.push_back(array_of(i));
      sizes.push_back(net_.cols_of(i));
    }
    if (in_place) {
      padded = step.features == step.cols && !step.formula.of_rows() &&
               std::ranges::all_of(step.inputs, [&](int i) { return place_of(i).is_padded; });
      give_back_inputs(k);
    }
    const std::size_t array = arrays_.take(padded ? whole_units(step.cols) : step.cols);
    const std::string spare = take_spare(step);
    if (!in_place) give_back_inputs(k);
    code_ += "  {\n" + body_of(step, k, in, sizes, Arrays::name(array), spare, padded) + "  }\n";
    values_.push_back({array, padded});
  }
  /// Returns an array that a step needs for itself alone; empty if it needs none.
  std::string take_spare(const ExportedStep& step) {
    const std::size_t size =
        step.kind == Kind::recurrent ? c_spare_of_recurrent(step) : c_spare_of_windows(step);
    if (size == 0) return "";
    const std::size_t array = arrays_.take(size);
    arrays_.give_back(array);
    return Arrays::name(array);
  }

  std::string body_of(const ExportedStep& step, std::size_t k, const std::vector<std::string>& in,
                      const std::vector<std::size_t>& sizes, const std::string& out,
                      const std::string& spare, bool padded) {
    switch (step.kind) {
      case Kind::dense:
        return c_dense(text_, step, k, sizes[0], in[0], out);
      case Kind::convolution:
        return c_convolution(text_, step, k, in[0], out, spare);
      case Kind::transposed:
        return c_transposed(text_, step, k, in[0], out);
      case Kind::largest:
      case Kind::mean:
        return c_pooling(step, in[0], out);
      case Kind::moves:
        return c_moves(text_, step, k, in, sizes, out);
      case Kind::embedding:
        return c_embedding(text_, step, k, in[0], out);
      case Kind::recurrent:
        return c_recurrent(text_, step, k, in[0], out, spare);
      case Kind::formula:
        break;
    }
    return formula_of(step, k, in, out, padded);
  }

  std::string formula_of(const ExportedStep& step, std::size_t k,
                         const std::vector<std::string>& in, const std::string& out, bool padded) {
    const std::size_t width = padded ? whole_units(step.cols) : step.features;
    std::vector<CInput> inputs;
    for (const std::string& array : in) inputs.push_back({array, CInput::At::output});
    for (const ExportedBlock& block : step.blocks) {
      std::vector<double> values = block.values;
      const auto at = values.size() == 1           ? CInput::At::one
                      : values.size() == step.cols ? CInput::At::output
                                                   : CInput::At::feature;
      if (at != CInput::At::one && padded) values.resize(width);
      const std::string name = "N_" + block.name + "_" + n(k);
      const bool used = std::ranges::any_of(step.formula.lines, [&](const FormulaLine& line) {
        return line.name() == "input" && line.input == inputs.size();
      });
      inputs.push_back({used ? text_.table(name, values) : name, at});
    }
    return c_formula(text_, step.formula, inputs, out, padded ? width : step.cols, width);
  }

  const ExportedNetwork& net_;
  CText& text_;
  Arrays arrays_;
  std::vector<Place> values_;           // of the prepared inputs, then of each step
  std::vector<std::size_t> originals_;  // likewise: the number of what it is a copy of, or its own
  std::vector<std::size_t> last_use_;   // likewise: of the last step that reads it
  std::string code_;
  bool is_lasting_ = false;
};

std::string listed(const char* lead, const std::vector<std::string>& names) {
  std::string out;
  constexpr std::size_t most = 40;
  for (std::size_t i = 0; i < names.size() && i < most; ++i)
    out += (out.empty() ? "" : ", ") + c_comment(names[i]);
  if (names.size() > most) out += ", ...";
  return out.empty() ? "" : "   " + std::string(lead) + out + "\n";
}

/// Returns a sentence as lines of a comment, in which it may stand.
std::string in_lines(const std::string& sentence) {
  constexpr std::size_t width = 92;
  std::string out, line;
  for (const std::string& word : split(sentence, ' ')) {
    if (!line.empty() && line.size() + word.size() >= width) {
      out += "   " + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return line.empty() ? "" : out + "   " + line + "\n";
}

/// Returns what else there is to call.
std::string words_on_functions(const ExportedNetwork& net) {
  std::string words;
  if (std::ranges::any_of(net.preparation.recipe().columns, &Column::is_category))
    words = "N_text(column, text) gives the number that stands for a text in the input. ";
  const std::vector<std::string>& classes = net.names.classes;
  if (!classes.empty())
    words += "N_class(output) names the class: " +
             (net.outputs() == 1
                  ? c_comment(classes.back()) + " where the output is above " +
                        shortest(net.border) + ", else " + c_comment(classes.front()) + "."
                  : "that of the largest output.");
  return words;
}

std::string heading(const ExportedNetwork& net, const std::string& type, bool lasting, bool lanes) {
  std::vector<std::string> inputs;
  for (const Column& column : net.preparation.recipe().columns) inputs.push_back(column.name);
  if (std::ranges::all_of(inputs, &std::string::empty)) inputs.clear();
  return "/* " + c_comment(net.name) + ", written by nnrun " + c_comment(version().number) +
         ".\n\n   void N_predict(const " + type + " input[" + n(net.inputs()) + "], " + type +
         " output[" + n(net.outputs()) + "]);\n\n" + listed("input: ", inputs) +
         listed("output: ",
                net.names.classes.size() == net.outputs() ? net.names.classes : net.names.targets) +
         in_lines(c_comment(words_on_inputs(net))) +
         in_lines(c_comment(words_on_missing(net, "NAN"))) + in_lines(words_on_functions(net)) +
         "   Its numbers are those of nnrun predict, to the last bit, also under gcc's "
         "-ffast-math\n   (clang then rounds otherwise), unless a program that is linked with that "
         "takes subnormal numbers for 0, or rounds by another mode (fesetround).\n" +
         (lanes ? "   It uses AVX2 and FMA where an x86-64 has them, unless -DN_PORTABLE says no.\n"
                : "") +
         (lasting ? "   Its arrays are static: one call at a time.\n" : "") +
         "   With -DN_SELF_TEST it has a main that checks examples: cc -DN_SELF_TEST FILE -lm */\n";
}

constexpr auto includes = R"(#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
)";
// Loops of the whole network are compiled for AVX2, too, but not for FMA: gcc's bug 107647 would
// fuse sums with products.
constexpr auto target = R"(#if defined(__GNUC__) && defined(__x86_64__) && !defined(N_PORTABLE)
#include <immintrin.h>
#define N_TARGET __attribute__((target("avx2,fma")))
#define N_LOOPS_TARGET __attribute__((target("avx2")))
#define N_LANES (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
#endif
)";
// A call for each number, or a loop that is written out, keeps a compiler from vectors.
constexpr auto inlining = R"(#if defined(__GNUC__) && !defined(__OPTIMIZE_SIZE__)
#define N_INLINE inline __attribute__((always_inline))
#else
#define N_INLINE inline
#endif
#if defined(__GNUC__) && __GNUC__ >= 8 && !defined(__clang__)
#define N_LOOP _Pragma("GCC unroll 1")
#else
#define N_LOOP
#endif
)";
constexpr auto pragmas =
    R"(/* No sum may be fused with a product, or added in another order: that gives other numbers. */
#if defined(__clang__)
#if defined(__x86_64__) || defined(__i386__)
#pragma float_control(precise, on) /* whatever -ffast-math says */
#elif defined(__FAST_MATH__)
#error "compile this file without -ffast-math: its numbers would be wrong"
#endif
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC push_options
#if __GNUC__ == 12 && __GNUC_MINOR__ < 3 && defined(__FMA__) /* GCC's bug 107647: it fuses all the same */
#if defined(__FAST_MATH__)
#pragma GCC optimize("no-tree-vectorize")
#endif
#pragma GCC optimize("no-tree-slp-vectorize")
#endif
#pragma GCC optimize("no-unsafe-math-optimizations", "no-associative-math", "no-reciprocal-math")
#pragma GCC optimize("no-finite-math-only", "signed-zeros") /* whatever -ffast-math says */
#pragma GCC optimize("fp-contract=off", "no-trapping-math", "no-math-errno")
#if defined(__OPTIMIZE__) && !defined(__OPTIMIZE_SIZE__)
#pragma GCC optimize("O3")
#endif
#endif
)";

/// Refuses processors whose numbers are wider than their type, as those of the x87 are.
std::string evaluation(bool float32) {
  return std::string(
             "#if defined(FLT_EVAL_METHOD) && (FLT_EVAL_METHOD == 2 || FLT_EVAL_METHOD == ") +
         (float32 ? "1" : "2") +
         " || \\\n    (FLT_EVAL_METHOD < 0 && !defined(__clang__)))\n#error \"numbers need to keep "
         "to "
         "their type, or they would be wrong: on 32-bit x86, -msse2 -mfpmath=sse\"\n#endif\n";
}

std::string self_test(const ExportedNetwork& net, const std::string& type) {
  const bool rounds = std::ranges::any_of(net.steps, [&](const auto&) {
    for (std::size_t i = 0; i < net.outputs(); ++i)
      if (net.preparation.recipe().scale_of_target(i) == TargetScale::log) return true;
    return false;
  });
  std::string in, out;
  for (const GoldenExample& e : net.examples) {
    for (const double x : e.input) in += (in.empty() ? "" : ", ") + CText::wide(x);
    for (const double y : e.output) out += (out.empty() ? "" : ", ") + CText::wide(y);
    in += "\n     ";
    out += "\n     ";
  }
  if (net.examples.empty()) in = out = "0";
  return "#ifdef N_SELF_TEST\n#include <stdio.h>\nint main(void) {\n  static const double in[] = "
         "{" +
         in + "};\n  static const double out[] = {" + out + "};\n  " + type +
         " x[N_INPUTS], y[N_OUTPUTS];\n" +
         "  size_t e, i;\n  unsigned wrong = 0;\n  for (e = 0; e < " + n(net.examples.size()) +
         "; ++e) {\n    for (i = 0; i < N_INPUTS; ++i) x[i] = (" + type +
         ")in[e * N_INPUTS + i];\n    N_predict(x, y);\n    for (i = 0; i < N_OUTPUTS; ++i) {\n"
         "      const double found = (double)y[i], expected = (double)(" +
         type + ")out[e * N_OUTPUTS + i];\n      if (" +
         (rounds ? "fabs(found - expected) <= 8 * DBL_EPSILON * fabs(expected)"
                 : "found >= expected && found <= expected") +
         ") continue;\n      if (found != found && expected != expected) continue;\n      "
         "printf(\"example %u, output %u: %.17g, not %.17g\\n\", (unsigned)e, "
         "(unsigned)i, found, expected);\n      ++wrong;\n    }\n  }\n  if (wrong) return 1;\n"
         "  puts(\"" +
         n(net.examples.size()) + " examples, the same " + (rounds ? "numbers" : "bits") +
         "\");\n  return 0;\n}\n#endif\n";
}

/// N_ becomes the prefix where a word begins with it; in capitals before capitals, of macros. Not
/// in what names of the user say: no_prefix stands in them.
std::string with_prefix(const std::string& text, const std::string& prefix) {
  std::string capitals = prefix, out;
  for (char& c : capitals) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == no_prefix) continue;
    const bool starts =
        i == 0 || !(std::isalnum(static_cast<unsigned char>(text[i - 1])) || text[i - 1] == '_');
    const bool option = i >= 2 && text.compare(i - 2, 2, "-D") == 0;
    if ((!starts && !option) || text.compare(i, 2, "N_") != 0) {
      out += text[i];
      continue;
    }
    const bool macro = std::isupper(static_cast<unsigned char>(text[i + 2])) != 0;
    out += (macro ? capitals : prefix) + "_";
    ++i;
  }
  return out;
}

/// Returns whether this is a word of C that the standard does not keep for itself.
bool is_c_word(const std::string& word) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !word.empty() && word.size() <= 40 && letter(word.front()) &&
         std::ranges::all_of(
             word, [&](char c) { return letter(c) || c == '_' || (c >= '0' && c <= '9'); });
}

void require_possible(const CFileOptions& options, bool float32) {
  if (!is_c_word(options.prefix))
    throw UsageError(
        Problem{.what = "the prefix needs to be a word of C, not '" + options.prefix + "'",
                .hint = "letters, digits and _, a letter first, 40 at most"});
  if (options.narrow && !float32)
    throw UsageError(
        Problem{.what = "arguments in float are for networks of float32; this one is of float64"});
}

/// Returns the function with this body, compiled twice where a processor may have AVX2.
std::string for_each_target(const std::string& type, const std::string& head,
                            const std::string& body) {
  const std::string arguments = "(const " + type + " *input, " + type + " *output";
  return "static N_INLINE void N_run" + arguments + ", int lanes) {\n" + body +
         "}\n#ifdef N_TARGET\nstatic inline N_LOOPS_TARGET void N_run_in_lanes" + arguments +
         ") {\n  N_run(input, output, 1);\n}\n#endif\n" + head +
         " {\n#ifdef N_TARGET\n  if (N_LANES) N_run_in_lanes(input, output);\n"
         "  else\n#endif\n  N_run(input, output, 0);\n}\n";
}

}  // namespace

std::string c_file(const ExportedNetwork& net, const CFileOptions& options) {
  require_possible(options, net.float32);
  CText text(net.float32);
  const std::string type = options.narrow ? "float" : "double",
                    head = options.inlined ? "static inline " : "",
                    signature = "void N_predict(const " + type + " *input, " + type + " *output)";
  const CBody body(net, text, type);
  const bool lanes = !text.lanes().empty();
  std::string out = heading(net, type, body.is_lasting(), lanes) +
                    "#ifndef N_INCLUDED\n#define N_INCLUDED\n" + includes + (lanes ? target : "") +
                    inlining + pragmas + evaluation(net.float32) +
                    "#ifdef __cplusplus\nextern \"C\" {\n#endif\n";
  out += "#define N_INPUTS " + n(net.inputs()) + "\n#define N_OUTPUTS " + n(net.outputs()) +
         "\ntypedef " + (net.float32 ? "float" : "double") + " N_number;\n" +
         c_functions_of_preparation(text.functions_of_preparation()) +
         c_functions(text.functions(), net.float32) + text.tables() + text.loops();
  if (lanes) out += "#ifdef N_TARGET\n" + text.lanes() + "#endif\n";
  if (!options.inlined) out += signature + ";\n";
  out += (lanes ? for_each_target(type, head + signature, body.text())
                : head + signature + " {\n" + body.text() + "}\n") +
         c_words(net, head, type) +
         "#ifdef __cplusplus\n}\n#endif\n#if defined(__GNUC__) && !defined(__clang__)\n#pragma GCC "
         "pop_options\n#endif\n";
  return with_prefix(out + self_test(net, type) + "#endif\n", options.prefix);
}

}  // namespace nnrun::host
