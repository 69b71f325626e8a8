#include "exporting/python_file.hpp"

#include <algorithm>

#include "base/version.hpp"
#include "exporting/digits.hpp"
#include "exporting/python_formula.hpp"
#include "exporting/python_layers.hpp"
#include "exporting/python_preparation.hpp"
namespace nnrun::host {
namespace {

/// Returns a function for columns of texts; nothing where there are none.
std::string python_texts(const ExportedNetwork& net) {
  const std::vector<Column>& columns = net.preparation.recipe().columns;
  std::string cases, numbers, places;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (!columns[c].is_category) continue;
    places += (places.empty() ? "" : ", ") + n(c);
    std::string known;
    for (const TextOfNumber& one : texts_of_numbers(columns[c]))
      known += (known.empty() ? "" : ", ") + PythonText::literal(one.number) + ": " + n(one.index) +
               ".0";
    if (!known.empty())
      numbers =
          "\n\ndef number(word):\n    try:\n        return float(word) if set(word) <= "
          "set(\"0123456789+-.eE\") else None\n    except ValueError:\n        return None\n";
    cases +=
        "    if column == " + n(c) + ":\n        if word in TEXTS_" + n(c) +
        ":\n            return float(TEXTS_" + n(c) + ".index(word))\n        if word in " +
        PythonText::list_of(missing_texts(net, c)) + ":\n            return np.nan\n" +
        (known.empty() ? ""
                       : "        numbers = {" + known +
                             "}\n        if number(word) in numbers:\n            return "
                             "numbers[number(word)]\n") +
        "        return " +
        (columns[c].unknown == UnknownRule::error ? "-1.0" : n(columns[c].texts.size()) + ".0") +
        "\n";
  }
  if (cases.empty()) return "";
  return numbers +
         "\n\ndef text(column, word):\n    \"\"\"Returns the number of a text in a column of "
         "texts, "
         "to be put into the row; -1: nnrun refuses\n    this text, which training did not see, "
         "and "
         "the answers are nan. A missing value is nan.\n    " +
         words_on_texts(net, "\n    ", true) + "\n    \"\"\"\n" + cases +
         "    raise ValueError(f\"column {column!r} has no texts: give the number of one that "
         "has, " +
         places + "\")\n";
}

/// Returns what may stand in a docstring.
std::string in_docstring(const std::string& words) {
  std::string out;
  for (const char c : words)
    out += c == '\\' || c == '"' || static_cast<unsigned char>(c) < 0x20 ? '_' : c;
  return out;
}

std::string sentences_in_python(const ExportedNetwork& net) {
  std::string lines;
  for (const std::string& words : {words_on_inputs(net), words_on_missing(net, "nan")})
    if (!words.empty()) lines += in_docstring(words) + "\n";
  return lines;
}

/// Returns (28, 28).
std::string listed_shape(const std::vector<std::size_t>& shape) {
  std::string out;
  for (const std::size_t side : shape) out += (out.empty() ? "" : ", ") + n(side);
  return "(" + out + ")";
}

std::string python_heading(const ExportedNetwork& net) {
  std::string out = "\"\"\"" + in_docstring(net.name) + ", written by nnrun " + version().number +
                    ". Needs NumPy alone.\n\npredict(examples) answers rows of " + n(net.inputs()) +
                    (net.inputs() == 1 ? " number" : " numbers") +
                    ". python3 FILE checks examples.\n" + sentences_in_python(net) +
                    "\"\"\"\nimport base64\nimport sys\n\nimport numpy as np\n\nNUMBER = np." +
                    (net.float32 ? "float32" : "float64") + "\n";
  std::vector<std::string> names;
  for (const Column& column : net.preparation.recipe().columns) names.push_back(column.name);
  if (!std::ranges::all_of(names, &std::string::empty))
    out += "INPUTS = " + PythonText::list_of(names) + "\n";
  if (!net.names.classes.empty())
    out += "CLASSES = " + PythonText::list_of(net.names.classes) + "\n";
  for (std::size_t c = 0; c < names.size(); ++c)
    if (const Column& column = net.preparation.recipe().columns[c]; column.is_category)
      out += "# column " + n(c) +
             " is the number of a text here; another text: " + n(column.texts.size()) +
             ", a missing one: nan\nTEXTS_" + n(c) + " = " + PythonText::list_of(column.texts) +
             "\n";
  out += python_texts(net);
  return out +
         "\n\ndef numbers(text, shape):\n    return np.frombuffer(base64.b64decode(text), "
         "NUMBER).reshape(shape)\n\n\n";
}

/// Returns the shape of an example that is more than a row; empty if it is a row.
std::vector<std::size_t> shape_of_example(const ExportedNetwork& net) {
  const Preparation& preparation = net.preparation;
  if (preparation.rows() > 1) return {preparation.rows(), preparation.row_inputs()};
  if (is_straight(preparation) && net.shape.size() > 1) return net.shape;
  return {};
}

/// Returns functions that take examples of any shape as rows, and answer them.
std::string python_predict(const ExportedNetwork& net) {
  const std::vector<std::size_t> shape = shape_of_example(net);
  std::vector<std::size_t> sides = shape.empty() ? std::vector{net.inputs()} : shape;
  std::erase(sides, std::size_t{1});
  const bool has_texts =
      std::ranges::any_of(net.preparation.recipe().columns, &Column::is_category);
  const std::string numbers = n(net.inputs()) + (net.inputs() == 1 ? " number" : " numbers"),
                    taken =
                        "rows of " + numbers +
                        (shape.empty() ? "" : ", or arrays of the shape " + listed_shape(shape));
  return "\n\ndef rows_of(examples):\n    try:\n        x = np.asarray(examples, np.float64)\n"
         "    except (OverflowError, TypeError, ValueError) as e:\n        raise "
         "ValueError(f\"predict takes " +
         taken + (has_texts ? " (text(column, word) is the number of a text)" : "") +
         ": {e}\") from None\n"
         "    sides = tuple(side for side in x.shape if side != 1)\n"
         "    one = " +
         PythonText::shape_of(sides) +
         "\n    is_rows = x.ndim in (1, 2) and x.shape[-1] == " + n(net.inputs()) +
         "\n    if not is_rows and sides not in (one, sides[:1] + one):\n"
         "        raise ValueError(f\"predict takes " +
         taken + ", not an array of the shape {x.shape}\")\n    return x.reshape(-1, " +
         n(net.inputs()) + ")\n\n\ndef predict(examples):\n    \"\"\"Returns a row of " +
         n(net.outputs()) +
         " for each example: nan for one that nnrun predict refuses.\n\n    Takes " + taken +
         ", one or many.\n    \"\"\"\n    x = rows_of(examples)\n"
         "    with np.errstate(all=\"ignore\"):\n        return answers_to(x)\n";
}

std::string python_self_test(const ExportedNetwork& net) {
  std::string in, out;
  for (const GoldenExample& e : net.examples) {
    in += "\n        " + PythonText::list_of(e.input) + ",";
    out += "\n        " + PythonText::list_of(e.output) + ",";
  }
  const std::string near = net.float32 ? "rtol=1e-4, atol=1e-6" : "rtol=1e-10, atol=1e-13";
  return "\n\nif __name__ == \"__main__\":\n    if len(sys.argv) > 1:\n        sys.exit(\"this "
         "file "
         "takes no arguments: it checks examples; import it for predict(examples)\")\n    examples "
         "= np.array([" +
         in + "\n    ]).reshape(-1, " + n(net.inputs()) + ")\n    answers = np.array([" + out +
         "\n    ]).reshape(-1, " + n(net.outputs()) +
         ")\n    found = predict(examples)\n    np.testing.assert_allclose(found, "
         "answers, " +
         near + ")\n    print(len(examples), \"examples agree\")\n";
}

std::string python_comment(const std::string& name) {
  std::string comment;
  for (const char c : name) comment += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  return "    # " + comment + "\n";
}

}  // namespace

std::string python_file(const ExportedNetwork& net) {
  PythonText text(net.float32);
  std::string body = python_preparation(net);
  for (std::size_t k = 0; k < net.steps.size(); ++k)
    body += python_comment(net.steps[k].name) + python_layer(text, net, k);
  body += python_answer(net);
  return python_heading(net) + text.tables() + python_functions(text) + "\n\ndef answers_to(x):\n" +
         body + python_predict(net) + python_self_test(net);
}

}  // namespace nnrun::host
