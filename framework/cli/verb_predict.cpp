#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/commands.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/csv_text.hpp"
#include "cli/input_columns.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "runs/opened_run.hpp"
#include "training/meaning.hpp"
namespace nnrun::host {
namespace {

using Clock = std::chrono::steady_clock;

std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Prints outputs row by row, as CSV or as the elements of a JSON list, in pieces of bounded size.
class OutputWriter {
 public:
  /// border: above it, a single output of two classes is the second.
  OutputWriter(const Terminal& out, const OpenedRun& run, std::size_t width, double border,
               bool json)
      : out_(out), run_(run), width_(width), border_(border), json_(json) {}

  void start() {
    if (json_) {
      text_ = "{\"run\":" + json_text(run_.folder.string());
      if (!run_.changes.empty())
        text_ += ",\"changed\":" + nlohmann::json(names_of(run_.changes)).dump();
      text_ += ",\"predict\":[";
      return;
    }
    const DataNames& model = run_.model.names;
    const std::vector<std::string> names = is_yes_or_no() ? std::vector{model.classes[1]}
                                           : model.classes.size() == width_ ? model.classes
                                                                            : model.targets;
    for (std::size_t i = 0; i < width_; ++i) {
      if (i > 0) text_ += ',';
      text_ += names.size() == width_ ? csv_text(names[i]) : "y" + std::to_string(i + 1);
    }
    text_ += is_yes_or_no() || model.classes.size() == width_ ? ",class\n" : "\n";
  }
  /// inputs: as JSON; empty if they are not to be repeated.
  void row(const std::vector<std::string>& inputs, const double* outputs) {
    if (json_) {
      text_ += rows_ > 0 ? ",{" : "{";
      if (!inputs.empty()) {
        text_ += "\"input\":[" + join(inputs, ",") + "],";
      }
      text_ += "\"output\":[";
    }
    numbers(outputs, width_, run_.experiment.dtype == Dtype::float32);
    if (json_) text_ += ']';
    if (const std::string* const name = class_of(outputs))
      text_ += json_ ? ",\"class\":" + json_text(*name) : ',' + csv_text(*name);
    text_ += json_ ? '}' : '\n';
    ++rows_;
    if (text_.size() > 1 << 16) flush();
  }
  void end() {
    if (json_) text_ += "]}\n";
    flush();
  }
  std::size_t rows() const { return rows_; }

  /// Returns nullptr if the run has no classes.
  const std::string* class_of(const double* outputs) const {
    if (is_yes_or_no()) return &run_.model.names.classes[outputs[0] > border_ ? 1 : 0];
    if (run_.model.names.classes.size() != width_) return nullptr;
    return &run_.model.names.classes[static_cast<std::size_t>(
        std::max_element(outputs, outputs + width_) - outputs)];
  }

 private:
  bool is_yes_or_no() const { return width_ == 1 && run_.model.names.classes.size() == 2; }
  void numbers(const double* x, std::size_t n, bool narrow) {
    char digits[32];
    for (std::size_t i = 0; i < n; ++i) {
      if (i > 0) text_ += ',';
      if (json_ && !std::isfinite(x[i])) {
        text_ += "null";
        continue;
      }
      const auto [end, failed] =
          narrow ? std::to_chars(digits, digits + sizeof digits, static_cast<float>(x[i]))
                 : std::to_chars(digits, digits + sizeof digits, x[i]);
      text_.append(digits, end);
    }
  }
  void flush() {
    out_.write_data(text_);
    text_.clear();
  }

  const Terminal& out_;
  const OpenedRun& run_;
  std::size_t width_, rows_ = 0;
  double border_;
  bool json_;
  std::string text_;
};

class Prediction {
 public:
  Prediction(const Arguments& arguments, const OpenedRun& run)
      : arguments_(arguments),
        run_(run),
        model_(Model::read(run.experiment, run.model)),
        width_(model_->graph().output().cols),
        border_(meaning_of(run.experiment.train.cost, model_->graph().output(), run.model.targets)
                    .output_border),
        text_(run.experiment.data.use),
        columns_(model_->preparation().recipe(), text_) {}

  void examples() {
    std::vector<std::vector<double>> inputs;
    for (std::size_t i = 1; i < arguments_.targets.size(); ++i)
      inputs.push_back(numbers_of(arguments_.targets[i]));
    const std::vector<std::vector<double>> outputs = model_->predict_each(inputs);
    OutputWriter writer(out_, run_, width_, border_, arguments_.json);
    if (arguments_.json) {
      writer.start();
      for (std::size_t i = 0; i < inputs.size(); ++i)
        writer.row(shown(inputs[i], true), outputs[i].data());
      return writer.end();
    }
    std::vector<std::vector<std::string>> words;
    for (const std::vector<double>& input : inputs) words.push_back(shown(input, false));
    out_.write(predictions_text(words, outputs));
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (const std::string* const name = writer.class_of(outputs[i].data()))
        out_.write((i == 0 ? "class   " : "        ") + *name + "\n");
  }

  void file(std::istream& in, const std::string& name) {
    const Clock::time_point start = Clock::now();
    OutputWriter writer(out_, run_, width_, border_, arguments_.json);
    try {
      CsvReader rows(in, name, text_.format);
      columns_.find(rows, text_.format.header);
      writer.start();
      std::vector<double> x, y(Model::most_rows * width_);
      const auto predict = [&] {
        model_->predict(x, y);
        for (std::size_t r = 0; r < x.size() / columns_.size(); ++r)
          writer.row({}, y.data() + r * width_);
        x.clear();
      };
      while (rows.next()) {
        columns_.read(rows, x);
        if (x.size() == Model::most_rows * columns_.size()) predict();
      }
      predict();
      writer.end();
    } catch (const nnrun::Error& e) {
      throw DataError(Problem{.what = e.what(), .where = e.where(), .hint = e.hint()});
    }
    if (arguments_.quiet || arguments_.json) return;
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    Terminal(stderr).write(std::to_string(writer.rows()) + " rows in " + duration(seconds) + ", " +
                           rate(static_cast<double>(writer.rows()) / seconds) + "\n");
  }

 private:
  std::vector<double> numbers_of(const std::string& text) {
    std::vector<double> numbers;
    if (columns_.only_numbers()) {
      numbers = only_numbers_of(text);
    } else {
      try {
        numbers = columns_.read_example(text);
      } catch (const nnrun::Error& e) {
        throw UsageError(Problem{.what = e.what(), .where = "'" + text + "'", .hint = e.hint()});
      }
    }
    const std::size_t wanted = columns_.size();
    if (numbers.size() == wanted) return numbers;
    const auto found = static_cast<std::size_t>(std::ranges::count(text, ',')) + 1;
    std::error_code none;
    const bool is_file = std::filesystem::is_regular_file(text, none);
    throw UsageError(
        Problem{.what = "an example of this run has " + std::to_string(wanted) +
                        (columns_.only_numbers() ? " number" : " value") +
                        (wanted == 1 ? "" : "s") + ", '" + text + "' has " + std::to_string(found),
                .hint = is_file ? "for the rows of a file, write --csv " + text
                        : run_.model.names.inputs.empty() ? ""
                                                          : join(run_.model.names.inputs, ",")});
  }
  static std::vector<double> only_numbers_of(const std::string& text) {
    std::vector<double> numbers;
    std::string_view rest = text;
    for (;;) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const auto number = parse_double(rest.substr(0, comma));
      if (!number)
        throw UsageError(
            Problem{.what = "an example is numbers with commas between, not '" + text + "'",
                    .hint = "for example 0.5,0.1"});
      numbers.push_back(*number);
      if (comma == rest.size()) return numbers;
      rest.remove_prefix(comma + 1);
    }
  }

  /// Returns the inputs as they were given. json: as JSON has them.
  std::vector<std::string> shown(const std::vector<double>& input, bool json) const {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < input.size(); ++i) {
      const std::vector<std::string>& texts = columns_[i].texts();
      const auto text = [&](std::size_t n) { return n < texts.size() ? texts[n] : "other"; };
      if (std::isnan(input[i]))
        words.emplace_back(json ? "null" : "?");
      else if (!columns_[i].is_category())
        words.push_back(shortest(input[i]));
      else
        words.push_back(json ? json_text(text(static_cast<std::size_t>(input[i])))
                             : text(static_cast<std::size_t>(input[i])));
    }
    return words;
  }

  const Arguments& arguments_;
  const OpenedRun& run_;
  std::shared_ptr<Model> model_;
  std::size_t width_;
  double border_;
  TextSettings text_;
  InputColumns columns_;
  Terminal out_{stdout};
};

}  // namespace

/// Prints a recorded run's outputs for examples on the command line or for the rows of a CSV file.
Exit predict(const Arguments& arguments, Registry& registry) {
  const Terminal talk(stderr);
  const bool has_examples = arguments.targets.size() > 1;
  const std::string csv = arguments.text("--csv");
  if (has_examples == !csv.empty())
    throw UsageError(Problem{.what = has_examples ? "predict takes examples or --csv, not both"
                                                  : "predict needs examples, or a file with --csv",
                             .hint = "nnrun predict " + arguments.targets[0] + " 0.5,0.1"});
  const bool quiet = arguments.quiet || arguments.json;
  const OpenedRun run = open_run(arguments.targets[0], arguments.overrides, registry);
  if (!quiet) note_changes(names_of(run.changes), talk);
  Prediction prediction(arguments, run);
  if (has_examples) {
    prediction.examples();
  } else if (csv == "-") {
    prediction.file(std::cin, "standard input");
  } else {
    std::ifstream in(csv, std::ios::binary);
    if (!in || std::filesystem::is_directory(csv))
      throw DataError(
          Problem{.what = in ? "a folder, not a file" : system_reason(errno), .where = csv});
    if (in.peek() == 0x1f)
      throw DataError(Problem{.what = "a compressed file",
                              .where = csv,
                              .hint = "zcat " + shell_word(csv) + " | nnrun predict " +
                                      shell_word(arguments.targets[0]) + " --csv -"});
    prediction.file(in, csv);
  }
  return Exit::done;
}

}  // namespace nnrun::host
