#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <nnrun/csv.hpp>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/csv_text.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "loading/declarations.hpp"
#include "runs/opened_run.hpp"
namespace nnrun::host {
namespace {

using Clock = std::chrono::steady_clock;

std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Prints outputs row by row, as CSV or as the elements of a JSON list, in pieces of bounded size.
class OutputWriter {
 public:
  OutputWriter(const Terminal& out, const OpenedRun& run, std::size_t width, bool json)
      : out_(out), run_(run), width_(width), json_(json) {}

  void start() {
    if (json_) {
      text_ = "{\"run\":" + json_text(run_.folder.string());
      if (!run_.changes.empty())
        text_ += ",\"changed\":" + nlohmann::json(names_of(run_.changes)).dump();
      text_ += ",\"predict\":[";
      return;
    }
    const DataNames& model = run_.model.names;
    const std::vector<std::string>& names =
        model.classes.size() == width_ ? model.classes : model.targets;
    for (std::size_t i = 0; i < width_; ++i) {
      if (i > 0) text_ += ',';
      text_ += names.size() == width_ ? csv_text(names[i]) : "y" + std::to_string(i + 1);
    }
    text_ += model.classes.size() == width_ ? ",class\n" : "\n";
  }
  /// inputs: empty if they are not to be repeated.
  void row(std::span<const double> inputs, const double* outputs) {
    if (json_) {
      text_ += rows_ > 0 ? ",{" : "{";
      if (!inputs.empty()) {
        text_ += "\"input\":[";
        numbers(inputs.data(), inputs.size(), false);
        text_ += "],";
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
    if (run_.model.names.classes.size() != width_) return nullptr;
    return &run_.model.names.classes[static_cast<std::size_t>(
        std::max_element(outputs, outputs + width_) - outputs)];
  }

 private:
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
  bool json_;
  std::string text_;
};

class Prediction {
 public:
  Prediction(const Arguments& arguments, const OpenedRun& run)
      : arguments_(arguments),
        run_(run),
        model_(Model::read(run.experiment, run.model)),
        width_(model_->graph().output().cols) {}

  void examples() {
    std::vector<std::vector<double>> inputs;
    for (std::size_t i = 1; i < arguments_.targets.size(); ++i)
      inputs.push_back(numbers_of(arguments_.targets[i]));
    const std::vector<std::vector<double>> outputs = model_->predict_each(inputs);
    OutputWriter writer(out_, run_, width_, arguments_.json);
    if (arguments_.json) {
      writer.start();
      for (std::size_t i = 0; i < inputs.size(); ++i) writer.row(inputs[i], outputs[i].data());
      return writer.end();
    }
    out_.write(predictions_text(inputs, outputs));
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (const std::string* const name = writer.class_of(outputs[i].data()))
        out_.write((i == 0 ? "class   " : "        ") + *name + "\n");
  }

  void file(std::istream& in, const std::string& name, char separator) {
    const Clock::time_point start = Clock::now();
    OutputWriter writer(out_, run_, width_, arguments_.json);
    try {
      CsvReader rows(in, name, separator);
      const std::vector<std::size_t> at = columns(rows);
      writer.start();
      std::vector<double> x, y(Model::most_rows * width_);
      const auto predict = [&] {
        model_->predict(x, y);
        for (std::size_t r = 0; r < x.size() / at.size(); ++r)
          writer.row({}, y.data() + r * width_);
        x.clear();
      };
      while (rows.next()) {
        for (const std::size_t column : at) x.push_back(rows.number(column));
        if (x.size() == Model::most_rows * at.size()) predict();
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
  std::vector<double> numbers_of(const std::string& text) const {
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
      if (comma == rest.size()) break;
      rest.remove_prefix(comma + 1);
    }
    const std::size_t wanted = model_->preparation().inputs();
    if (numbers.size() != wanted)
      throw UsageError(Problem{
          .what = "an example of this run has " + std::to_string(wanted) +
                  (wanted == 1 ? " number" : " numbers") + ", '" + text + "' has " +
                  std::to_string(numbers.size()),
          .hint = run_.model.names.inputs.empty() ? "" : join(run_.model.names.inputs, ",")});
    return numbers;
  }

  /// Finds columns by name if the run knows names; otherwise takes all, in order.
  std::vector<std::size_t> columns(const CsvReader& rows) const {
    std::vector<std::size_t> at;
    for (const std::string& name : run_.model.names.inputs) at.push_back(rows.column(name));
    if (!at.empty()) return at;
    if (rows.names().size() != model_->preparation().inputs())
      throw DataError(Problem{.what = "the run has " +
                                      std::to_string(model_->preparation().inputs()) +
                                      " inputs without names, the file has " +
                                      std::to_string(rows.names().size()) + " columns",
                              .where = rows.place()});
    for (std::size_t i = 0; i < model_->preparation().inputs(); ++i) at.push_back(i);
    return at;
  }

  const Arguments& arguments_;
  const OpenedRun& run_;
  std::shared_ptr<Model> model_;
  std::size_t width_;
  Terminal out_{stdout};
};

/// Returns the separator of the run's own data if they are CSV.
char separator_of(const Use& data) {
  for (std::size_t i = 0; i < data.settings.size(); ++i)
    if (const auto* const text = std::get_if<std::string>(&data.settings[i]);
        text && !text->empty() && means(*data.plugin, setting_of(*data.plugin, i), NNRUN_SEPARATOR))
      return *text == "tab" ? '\t' : text->front();
  return ',';
}

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
    prediction.file(std::cin, "standard input", separator_of(run.experiment.data.use));
  } else {
    std::ifstream in(csv, std::ios::binary);
    if (!in || std::filesystem::is_directory(csv))
      throw DataError(
          Problem{.what = in ? "a folder, not a file" : system_reason(errno), .where = csv});
    prediction.file(in, csv, separator_of(run.experiment.data.use));
  }
  return Exit::done;
}

}  // namespace nnrun::host
