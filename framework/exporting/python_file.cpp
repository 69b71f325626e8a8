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
  std::string cases, numbers;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (!columns[c].is_category) continue;
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
        PythonText::list_of(missing_texts(net, columns[c])) + ":\n            return np.nan\n" +
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
         "    raise ValueError(f\"column {column} has no texts\")\n";
}

/// Returns what may stand in a docstring.
std::string in_docstring(const std::string& words) {
  std::string out;
  for (const char c : words)
    out += c == '\\' || c == '"' || static_cast<unsigned char>(c) < 0x20 ? '_' : c;
  return out;
}

std::string words_on_missing_in_python(const ExportedNetwork& net) {
  const std::string words = words_on_missing(net, "nan");
  return words.empty() ? "" : in_docstring(words) + "\n";
}

std::string python_heading(const ExportedNetwork& net) {
  std::string out = "\"\"\"" + in_docstring(net.name) + ", written by nnrun " + version().number +
                    ". Needs NumPy alone.\n\npredict(rows) answers rows of " + n(net.inputs()) +
                    " numbers. python3 FILE checks examples.\n" + words_on_missing_in_python(net) +
                    "\"\"\"\nimport base64\n\nimport numpy as "
                    "np\n\nNUMBER = np." +
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

std::string python_explanation(const ExportedNetwork& net) {
  return "    \"\"\"Returns a row of " + n(net.outputs()) +
         " for each row of inputs: nan for one that nnrun predict refuses.\"\"\"\n    x = "
         "np.atleast_2d(np.asarray(rows, np.float64))\n";
}

std::string python_self_test(const ExportedNetwork& net) {
  std::string in, out;
  for (const GoldenExample& e : net.examples) {
    in += "\n        " + PythonText::list_of(e.input) + ",";
    out += "\n        " + PythonText::list_of(e.output) + ",";
  }
  const std::string near = net.float32 ? "rtol=1e-4, atol=1e-6" : "rtol=1e-10, atol=1e-13";
  return "\n\nif __name__ == \"__main__\":\n    examples = np.array([" + in +
         "\n    ]).reshape(-1, " + n(net.inputs()) + ")\n    answers = np.array([" + out +
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
  return python_heading(net) + text.tables() + python_functions(text) + "\n\ndef predict(rows):\n" +
         python_explanation(net) + body + python_self_test(net);
}

}  // namespace nnrun::host
