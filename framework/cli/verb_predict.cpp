#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "base/commands.hpp"
#include "base/text.hpp"
#include "cli/answering.hpp"
#include "cli/answers_in_parts.hpp"
#include "cli/csv_text.hpp"
#include "cli/interrupt.hpp"
#include "cli/pipe_input.hpp"
#include "cli/rows_to_predict.hpp"
#include "cli/table_words.hpp"
#include "cli/text_examples.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "library/run_overrides.hpp"
namespace nnrun::host {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array file_options{"--csv", "--jsonl", "--npy", "--idx"};
constexpr std::size_t most_warnings = 5;  // of rows without an answer

AnswerForm form_of(const Arguments& arguments) {
  if (arguments.has("--json-lines")) return AnswerForm::json_lines;
  return arguments.json ? AnswerForm::json : AnswerForm::csv;
}

/// Returns the format of the run's own table, in which answers are written: not that of a file
/// which the command line says is written in another way.
CsvFormat own_format(const Arguments& arguments, const TextSettings& text) {
  const bool is_other =
      std::ranges::count(arguments.overrides, "data.decimal", &Override::path) > 0;
  return is_other ? CsvFormat{} : text.format;
}

class Prediction {
 public:
  Prediction(const Arguments& arguments, const OpenedRun& run)
      : arguments_(arguments),
        run_(run),
        use_(run.experiment, Model::read(run.experiment, run.model), {}, ""),
        model_(&use_.model()),
        text_(run.experiment.data),
        texts_(TextExamples::of(use_)),
        columns_(model_->preparation().recipe(), text_),
        writer_(form_of(arguments), answers_texts() ? texts_->names() : use_.names(),
                own_format(arguments, text_), model_->answers_in_float32(),
                arguments.has("--brief")),
        answering_(use_, writer_) {}

  /// Throws UsageError that says what an example of this run is.
  [[noreturn]] void ask_for_examples() const {
    const std::string command = "nnrun predict " + shell_word(arguments_.targets[0]) + " ";
    const std::size_t wanted = columns_.size();
    std::string hint = command;
    if (texts_)
      hint += "'some text'";
    else if (model_->preparation().recipe().window > 0)
      hint += "--csv FILE, with rows that follow each other in time";
    else if (is_of_files())
      hint += "FILE, with one example in it";
    else if (wanted > most_shown)
      hint += "--csv FILE, with " + std::to_string(wanted) + " columns";
    else
      hint += shell_word(example_words()) +
              (run_.model.names.inputs.empty() ? "" : ", with a value in place of each name");
    throw UsageError(
        Problem{.what = "predict needs examples, or a file with --csv, --jsonl, --npy or --idx",
                .hint = hint});
  }
  void examples() {
    if (arguments_.targets.size() == 1) ask_for_examples();
    if (arguments_.has("--continue")) return continue_texts();
    if (answers_texts()) return follow_texts();
    std::vector<std::vector<double>> inputs;
    std::vector<bool> is_file;
    for (std::size_t i = 1; i < arguments_.targets.size(); ++i) {
      const auto of_file = numbers_of_file(arguments_.targets[i]);
      is_file.push_back(of_file.has_value());
      inputs.push_back(of_file ? *of_file : numbers_of(arguments_.targets[i]));
    }
    const auto words_for = [&](std::size_t i, bool json) -> std::vector<std::string> {
      const std::string& file = arguments_.targets[i + 1];
      if (is_file[i]) return {json ? quoted_for_json(file) : file};
      return shown(inputs[i], json);
    };
    for (const std::vector<double>& input : inputs) look_at(input, largest_);
    doubt_division(Terminal(stderr));
    std::vector<std::vector<double>> outputs;
    for (const std::vector<double>& input : inputs) {
      outputs.emplace_back(use_.outputs());
      answer(input, outputs.back(), arguments_.targets[outputs.size()]);
    }
    doubt_numbers(outputs);
    if (form_of(arguments_) != AnswerForm::csv) {
      writer_.start(run_, {});
      for (std::size_t i = 0; i < inputs.size(); ++i)
        writer_.row(words_for(i, true), {}, outputs[i]);
      return writer_.end(0);
    }
    const Terminal out(stdout);
    const bool brief = arguments_.has("--brief") && writer_.is_of_classes();
    std::vector<std::vector<std::string>> words;
    for (std::size_t i = 0; i < inputs.size(); ++i) words.push_back(words_for(i, false));
    std::vector<std::vector<double>> numbers = outputs;
    if (brief)
      for (std::vector<double>& y : numbers) y = {writer_.probability_of(y)};
    out.write(predictions_text(words, numbers, model_->answers_in_float32()));
    for (std::size_t i = 0; writer_.is_of_classes() && i < inputs.size(); ++i)
      out.write((i == 0 ? "class   " : "        ") + writer_.class_of(outputs[i]) + "\n");
    const AnswerNames& names = use_.names();
    if (writer_.is_of_classes() && names.outputs.size() == 1 && !brief && !arguments_.quiet)
      Terminal(stderr).write(std::string("note: the number is the ") +
                             (names.kind == ScoreKind::other ? "score" : "probability") + " of " +
                             names.outputs[0] + "\n");
  }

  /// Warns of answers that are no numbers, which a model of others may give.
  static void doubt_numbers(const std::vector<std::vector<double>>& outputs) {
    const auto is_finite = [](double y) { return std::isfinite(y); };
    if (!std::ranges::all_of(outputs,
                             [&](const auto& y) { return std::ranges::all_of(y, is_finite); }))
      Terminal(stderr).write(
          "warning: an answer is not finite: too large for a number, or not a number\n");
  }

  /// Throws what predict throws, with the example if there are several.
  void answer(const std::vector<double>& input, std::vector<double>& output,
              const std::string& example) {
    try {
      use_.predict(input.data(), 1, output.data());
    } catch (const DataError& error) {
      Problem problem = error.problems()[0];
      if (arguments_.targets.size() > 2 && problem.where.empty())
        problem.where = "'" + short_name(example) + "'";
      throw DataError(std::move(problem));
    }
  }

  /// Answers texts by what may follow each.
  void follow_texts() {
    std::vector<std::vector<double>> outputs;
    for (const std::string& text : texts()) {
      const TextExamples::Next next = texts_->next(text);
      note_cut(text, next);
      outputs.push_back(next.outputs);
    }
    if (form_of(arguments_) != AnswerForm::csv) {
      writer_.start(run_, {});
      for (std::size_t i = 0; i < outputs.size(); ++i)
        writer_.row(std::array{quoted_for_json(texts()[i])}, {}, outputs[i]);
      return writer_.end(0);
    }
    std::size_t width = 0;
    for (const std::string& text : texts()) width = std::max(width, quoted_for_json(text).size());
    for (std::size_t i = 0; i < outputs.size(); ++i)
      Terminal(stdout).write((i == 0 ? "predict " : "        ") +
                             left_aligned(quoted_for_json(texts()[i]), width) +
                             likeliest(outputs[i], arguments_.has("--brief") ? 1 : 5) + "\n");
  }
  /// Writes texts and what follows them, character by character.
  void continue_texts() {
    const std::size_t characters = whole_number("--continue", 1, 10000);
    const std::uint64_t seed =
        arguments_.has("--seed") ? whole_number("--seed", 0, 1e15) : run_.experiment.seed;
    if (!answers_texts())
      throw UsageError(Problem{.what = "--continue is for runs on texts, such as those of "
                                       "'characters': this one's examples are numbers"});
    if (texts_->names().kind == ScoreKind::other)
      throw UsageError(Problem{.what = "--continue needs probabilities, which this run's outputs "
                                       "are not",
                               .hint = "train with activation: softmax and cost: cross_entropy"});
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const std::string& text : texts()) {
      note_cut(text, texts_->next(text));
      const std::string continued = texts_->continued(text, characters, seed);
      if (form_of(arguments_) == AnswerForm::csv) Terminal(stdout).write(text + continued + "\n");
      all.push_back({{"input", {text}}, {"continued", continued}});
      if (arguments_.has("--json-lines")) Terminal(stdout).write(all.back().dump() + "\n");
    }
    if (!arguments_.json) return;
    nlohmann::ordered_json json{{"run", run_.folder.string()}};
    if (!run_.changes.empty()) json["changed"] = names_of(run_.changes);
    json["predict"] = all;
    Terminal(stdout).write(json.dump() + "\n");
  }

  Exit csv(const std::string& file) {
    if (is_regular(file) && is_stored_table(file)) {
      refuse_overrides({"data.separator", "data.encoding", "data.header", "data.comment"},
                       "is for tables of text");
      return answer(
          in_windows(rows_of_table(file, text_, std::move(columns_), kept_columns()), file));
    }
    if (file.ends_with(".npy") && is_regular(file))
      throw UsageError(Problem{.what = "'" + file + "' is an array, not a table",
                               .hint = "--npy " + shell_word(file)});
    const std::string name = file == "-" ? "standard input" : file;
    is_pipe_ = !is_regular(file);
    return answer(in_windows(rows_of_text(open_text(file, name, [this] { before_waiting(); }), name,
                                          text_, std::move(columns_), kept_columns()),
                             name));
  }
  Exit json_lines(const std::string& file) {
    refuse_overrides({"data.separator", "data.encoding", "data.header", "data.comment"},
                     "is for tables: lines of JSON are UTF-8, with names of their own");
    const std::string name = file == "-" ? "standard input" : file;
    is_pipe_ = !is_regular(file);
    std::vector<std::string> kept;
    for (const std::string& words : arguments_.values("--keep"))
      for (const std::string& key : split(words, ','))
        if (key != "all")
          kept.push_back(key);
        else
          throw UsageError(Problem{.what = "--keep all is for --csv: lines of JSON may have keys "
                                           "of their own",
                                   .hint = "name those to repeat: --keep id,name"});
    return answer(in_windows(rows_of_json(open_text(file, name, [this] { before_waiting(); }), name,
                                          text_, std::move(columns_), std::move(kept), group()),
                             name));
  }
  Exit arrays(const std::string& option, const std::string& file) {
    if (is_regular(file) && is_stored_table(file))
      throw UsageError(
          Problem{.what = "'" + file + "' is a table, whose columns have names, not an array",
                  .hint = "--csv " + shell_word(file)});
    if (!group().empty())
      throw UsageError(Problem{.what = option + " has no column '" + group() +
                                       "', which says to which series a row belongs",
                               .hint = "write a table, for --csv"});
    refuse_overrides({"data.separator", "data.encoding", "data.header", "data.comment",
                      "data.decimal", "data.thousands", "data.symbols", "data.gaps"},
                     "is for tables, not for arrays of numbers");
    const std::vector<Column>& columns = model_->preparation().recipe().columns;
    const auto text = std::ranges::find_if(columns, &Column::is_category);
    if (text != columns.end())
      throw UsageError(Problem{.what = option + " is for runs on numbers alone: '" + text->name +
                                       "' of this run holds texts",
                               .hint = "write a table, for --csv"});
    const std::size_t inputs = model_->preparation().inputs();
    const nnrun_shape& shape = model_->graph().input;
    const bool fills = std::ranges::any_of(columns, &Column::is_filled);
    return answer(option == "--npy" ? rows_of_npy(file, named_array(), inputs, shape, fills)
                                    : rows_of_idx(file, inputs, shape));
  }

 private:
  static constexpr std::size_t most_shown = 20;  // values of an example

  /// Returns an example with the names of inputs for values, or numbers if they have none.
  std::string example_words() const {
    std::vector<std::string> words;
    for (const std::string& name : run_.model.names.inputs)
      words.push_back(csv_text(start_of(name), columns_.between_values()));
    if (words.empty()) words.assign(std::min(columns_.size(), most_shown), "0.5");
    return join(words, std::string(1, columns_.between_values()));
  }
  bool is_of_files() const {
    const Use& data = run_.experiment.data.use;
    return extension_of<nnrun_example_file>(*data.plugin, "nnrun.example_file/1") != nullptr;
  }
  std::span<const std::string> texts() const { return std::span(arguments_.targets).subspan(1); }
  bool answers_texts() const {
    return texts_ && !texts().empty() &&
           std::ranges::all_of(texts(), [&](const std::string& s) { return texts_->is_text(s); });
  }
  void note_cut(const std::string& text, const TextExamples::Next& next) const {
    if (next.is_cut && !arguments_.quiet)
      Terminal(stderr).write("note: the last " + std::to_string(use_.inputs()) + " characters of " +
                             quoted_for_json(text) + " are read\n");
  }
  /// Returns the characters of the largest outputs, with their probabilities.
  std::string likeliest(std::span<const double> outputs, std::size_t most) const {
    const std::vector<double> chances = texts_->names().probabilities_of(outputs);
    std::vector<std::size_t> order(chances.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](auto a, auto b) { return chances[a] > chances[b]; });
    order.resize(std::min(order.size(), most));
    std::string words;
    for (const std::size_t k : order)
      words += "  " + quoted_for_json(texts_->names().outputs[k]) + " " +
               left_aligned(significant(chances[k], 4), 8);
    return words.substr(0, words.find_last_not_of(' ') + 1);
  }
  std::size_t whole_number(const char* option, double least, double most) const {
    const auto number = parse_integer(arguments_.text(option));
    if (!number || static_cast<double>(*number) < least || static_cast<double>(*number) > most)
      throw UsageError(Problem{.what = std::string(option) + " needs a whole number from " +
                                       shortest(least) + " to " + shortest(most) + ", not '" +
                                       arguments_.text(option) + "'"});
    return static_cast<std::size_t>(*number);
  }
  static bool is_regular(const std::string& file) {
    std::error_code none;
    return std::filesystem::is_regular_file(file, none);
  }
  std::unique_ptr<RowsToPredict> in_windows(std::unique_ptr<RowsToPredict> rows,
                                            const std::string& name) const {
    const std::size_t window = model_->preparation().recipe().window;
    return window > 0 ? windows_of_rows(std::move(rows), window, name, group()) : std::move(rows);
  }
  /// Returns what says to which series a row belongs; empty if nothing does.
  std::string group() const {
    const std::optional<WindowSpec>& windows = run_.experiment.data.windows;
    return windows ? windows->group.value : "";
  }
  /// Throws UsageError if the command line gives one of these keys.
  void refuse_overrides(std::initializer_list<std::string_view> keys,
                        const std::string& why) const {
    for (const Override& said : arguments_.overrides)
      if (std::ranges::find(keys, said.path) != keys.end())
        throw UsageError(Problem{.what = "'" + said.path + "' " + why, .hint = "leave it out"});
  }
  Exit answer(std::unique_ptr<RowsToPredict> rows) {
    const Clock::time_point start = Clock::now();
    watch_for_interrupts();
    writer_.start(run_, rows->kept_names());
    const std::size_t bad =
        arguments_.threads > 1 && !is_pipe_ ? answer_in_parts(*rows) : answer_in_turn(*rows);
    writer_.end(bad);
    tell(std::chrono::duration<double>(Clock::now() - start).count(), bad, *rows);
    return bad > 0 && bad == writer_.rows() ? Exit::data : Exit::done;
  }
  /// Both answer all rows, and return how many got no answer.
  std::size_t answer_in_turn(RowsToPredict& rows) {
    std::size_t bad = 0;
    try {
      while (rows.next()) {
        if (interrupt_signal() != 0) before_waiting();
        answer_row(rows, answering_, largest_,
                   [&](const Problem& problem) { warn_of(problem, bad++); });
      }
    } catch (const DataError&) {  // the rows before it have their answers, as several threads give
      answering_.finish();
      throw;
    }
    answering_.finish();
    return bad;
  }
  std::size_t answer_in_parts(RowsToPredict& rows) {
    const std::unique_ptr<RowsInParts> parts = rows.in_parts();
    AnswersInParts answers(*parts, use_, writer_, arguments_.threads,
                           [this](RowsToPredict& some, Answering& answering, AnsweredPart& part) {
                             while (some.next())
                               answer_row(some, answering, part.largest,
                                          [&](const Problem& problem) {
                                            if (part.bad++ < most_warnings)
                                              part.problems.push_back(problem);
                                          });
                           });
    std::size_t bad = 0;
    while (!answers.is_over()) {
      if (interrupt_signal() != 0) before_waiting();
      const std::optional<AnsweredPart> part = answers.next();
      if (!part) continue;
      for (const Problem& problem : part->problems) warn_of(problem, bad++);
      bad += part->bad - part->problems.size();
      largest_ = std::max(largest_, part->largest);
      writer_.add(part->written);
      if (part->failed) std::rethrow_exception(part->failed);
    }
    return bad;
  }
  /// Answers the present row. without_answer(problem): is called if it has no answer, unless that
  /// is an error, which is thrown. Several threads call it, each with rows of its own.
  void answer_row(RowsToPredict& rows, Answering& answering, double& largest,
                  auto without_answer) const {
    try {
      const std::span<const double> inputs = rows.inputs();
      look_at(inputs, largest);
      answering.add(inputs, rows.kept());
    } catch (const DataError& e) {
      Problem problem = e.problems().front();
      problem.where = rows.place();
      if (arguments_.text("--on-error") != "empty") {
        problem.hint += std::string(problem.hint.empty() ? "" : "\n") +
                        "--on-error empty answers the other rows, and leaves this one empty";
        throw DataError(std::move(problem));
      }
      without_answer(problem);
      answering.add_without_answer(rows.kept(), std::move(problem));
    }
  }
  static void warn_of(const Problem& problem, std::size_t bad) {
    if (bad < most_warnings)
      Terminal(stderr).write("warning: no answer for " + problem.where + ": " + problem.what +
                             "\n");
  }
  /// Notes how large inputs are, if the model divides them.
  void look_at(std::span<const double> inputs, double& largest) const {
    if (model_->preparation().divide_by() == 1) return;
    for (const double x : inputs) largest = std::max(largest, std::abs(x));
  }
  /// Warns of inputs that were divided already, to judge by their size.
  void doubt_division(const Terminal& talk) const {
    if (largest_ == 0 || largest_ > 1) return;
    const std::string by = shortest(model_->preparation().divide_by());
    talk.write("warning: no input is above " + shortest(largest_) +
               ", and the model divides them by " + by +
               ": if they were divided already, multiply them by " + by + "\n");
  }
  /// Rows from a slow pipe are answered as they come.
  void before_waiting() {
    answering_.finish();
    writer_.flush();
    if (interrupt_signal() != 0) throw Interrupted{128 + interrupt_signal()};
  }
  void tell(double seconds, std::size_t bad, RowsToPredict& all) const {
    const Terminal talk(stderr);
    doubt_division(talk);
    for (const std::string& doubt : all.doubts()) talk.write("warning: " + doubt + "\n");
    const std::string note = all.note();
    const std::string rows =
        std::to_string(writer_.rows()) + (writer_.rows() == 1 ? " row" : " rows");
    if (bad > 0) talk.write("warning: " + std::to_string(bad) + " of " + rows + " got no answer\n");
    if (!note.empty()) talk.write("note: " + note + "\n");
    if (writer_.infinite() > 0)
      talk.write(
          "warning: " + std::to_string(writer_.infinite()) +
          (writer_.infinite() == 1 ? " number of the answers is" : " numbers of the answers are") +
          " not finite: too large for a number, or not a number\n");
    if (writer_.formulas() > 0)
      talk.write("note: " + std::to_string(writer_.formulas()) +
                 " kept texts would be formulas in a spreadsheet: they have a ' in front\n");
    if (arguments_.quiet || form_of(arguments_) != AnswerForm::csv) return;
    if (run_.experiment.data.windows) talk.write(words_of_windows(*run_.experiment.data.windows));
    if (arguments_.has("--brief") && writer_.is_of_classes())
      talk.write("note: the last column is of the class beside it, whichever that is\n");
    talk.write(rows + " in " + duration(seconds) + ", " +
               rate(static_cast<double>(writer_.rows()) / seconds) + "\n");
  }
  /// Returns which row an answer of a series is for.
  static std::string words_of_windows(const WindowSpec& windows) {
    const std::string to = windows.horizon == 0   ? "is for the last of "
                           : windows.horizon == 1 ? "is for the row after the last of "
                                                  : "is for " + std::to_string(windows.horizon) +
                                                        " rows after the last of ";
    return "each answer " + to + std::to_string(windows.length) + " rows" +
           (windows.group.value.empty()
                ? "; the first is from the first " + std::to_string(windows.length) +
                      ", the last from the last\n"
                : " of its series by '" + windows.group.value + "'\n");
  }
  /// Returns the array of an npz file that --data inputs_array names; empty if none is named.
  std::string named_array() const {
    const auto said = std::ranges::find(arguments_.overrides, "data.inputs_array", &Override::path);
    return said == arguments_.overrides.end() ? "" : said->value;
  }
  KeptColumns kept_columns() const {
    KeptColumns kept{.series = group()};
    if (run_.experiment.data.windows) kept.targets_in_time = use_.names().outputs;
    for (const std::string& words : arguments_.values("--keep"))
      if (words == "all")
        kept.all = true;
      else
        kept.words.push_back(words);
    return kept;
  }

  /// Returns the inputs of an example that is a file of its own, such as a picture; nothing if the
  /// run's examples are not, or there is no such file.
  std::optional<std::vector<double>> numbers_of_file(const std::string& text) const {
    const Use& data = run_.experiment.data.use;
    const auto* const table =
        extension_of<nnrun_example_file>(*data.plugin, "nnrun.example_file/1");
    std::error_code none;
    if (table == nullptr) return std::nullopt;
    if (!std::filesystem::is_regular_file(text, none)) {
      if (parse_double(text.substr(0, text.find(',')))) return std::nullopt;
      if (std::filesystem::is_directory(text, none))
        throw UsageError(
            Problem{.what = "'" + text + "' is a folder",
                    .hint = "name the files in it, such as " + text +
                            "/*.png, or write nnrun eval RUN --data test=FOLDER for folders of "
                            "classes"});
      throw UsageError(Problem{.what = "'" + text + "' is not there, or not a file",
                               .hint = "an example of this run is the name of a file"});
    }
    std::vector<double> numbers(model_->preparation().inputs());
    const Object object(data);
    if (object.status_of("read", table->read, text.c_str(), &model_->graph().input,
                         numbers.data()) != 0)
      throw DataError(take_plugin_error());
    return numbers;
  }
  std::vector<double> numbers_of(const std::string& text) {
    if (const std::size_t window = model_->preparation().recipe().window; window > 0)
      throw UsageError(
          Problem{.what = "an example of this run is " + std::to_string(window) +
                          " rows, one after the other, not one",
                  .hint = file_hint(text).value_or("write them into a file: nnrun predict " +
                                                   arguments_.targets[0] + " --csv FILE")});
    std::vector<double> numbers = columns_.only_numbers() ? only_numbers_of(text) : values_of(text);
    const std::size_t wanted = columns_.size();
    if (numbers.size() == wanted) return numbers;
    const char between = columns_.between_values();
    const bool has_it = text.find(between) != text.npos;
    const auto found =
        static_cast<std::size_t>(std::ranges::count(text, has_it ? between : ',')) + 1;
    throw UsageError(Problem{
        .what = "an example of this run has " + std::to_string(wanted) +
                (columns_.only_numbers() ? " number" : " value") + (wanted == 1 ? "" : "s") +
                ", '" + text + "' has " + std::to_string(found),
        .hint = file_hint(text).value_or(
            pasted_hint(text).value_or(join(run_.model.names.inputs, std::string(1, between))))});
  }
  /// Returns how to write a row that was pasted from a table with another separator; nothing if it
  /// is none.
  std::optional<std::string> pasted_hint(const std::string& text) const {
    const char between = columns_.between_values();
    for (const char separator : {';', '\t', '|', ' '}) {
      CsvFields fields(separator);
      if (separator == between || !fields.split(text) || fields.size() != columns_.size()) continue;
      std::vector<std::string> values;
      for (std::size_t i = 0; i < fields.size(); ++i)
        values.push_back(csv_cell(std::string(fields[i]), between));
      return std::string(between == ',' ? "commas" : "semicolons") +
             " stand between the values: " + shell_word(join(values, std::string(1, between)));
    }
    return std::nullopt;
  }
  /// Returns how to answer the rows of a file; nothing if it is not one.
  static std::optional<std::string> file_hint(const std::string& text) {
    std::error_code none;
    if (!std::filesystem::is_regular_file(text, none)) return std::nullopt;
    const std::string end = std::filesystem::path(text).extension().string();
    if (end == ".png" || end == ".pgm" || end == ".ppm" || end == ".jpg" || end == ".jpeg")
      return "a run answers pictures if it was trained on folders of them (type: image_folder); "
             "this one takes numbers: --npy, --idx or --csv";
    const std::string option = end == ".npy"                           ? "--npy "
                               : end == ".jsonl"                       ? "--jsonl "
                               : text.find("idx") != std::string::npos ? "--idx "
                                                                       : "--csv ";
    return "for the rows of a file, write " + option + text;
  }
  std::vector<double> values_of(const std::string& text) try {
    return columns_.read_example(text);
  } catch (const nnrun::Error& e) {
    const std::string_view hint = e.hint();
    const auto asks_for = [&](char decimal) {
      return columns_.between_values() == ';' &&
             hint.find(std::string("decimal: \"") + decimal) != hint.npos;
    };
    throw DataError(
        Problem{.what = e.what(),
                .where = "'" + text + "'",
                .hint = asks_for('.') ? "the run's data have a comma before fractions: write it so"
                        : asks_for(',') ? "the run's data have a comma before fractions: write ; "
                                          "between values"
                                        : e.hint()});
  }
  std::vector<double> only_numbers_of(const std::string& text) {
    std::vector<double> numbers;
    std::string_view rest = text;
    const auto commas = static_cast<std::size_t>(std::ranges::count(text, ','));
    const bool has_all = commas > 0 && commas + 1 == columns_.size();
    for (;;) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const std::string_view field = trimmed(rest.substr(0, comma));
      const auto number = parse_double(field);
      if (!number && (has_all || columns_.is_gap(field))) return values_of(text);  // says which one
      if (!number) {
        Problem problem{.what = "an example is numbers with commas between, not '" + text + "'",
                        .hint = columns_.size() > most_shown
                                    ? "an example of this run is " +
                                          std::to_string(columns_.size()) + " numbers"
                                    : example_words()};
        const std::optional<std::string> of_file = file_hint(text);
        if (!of_file) throw DataError(std::move(problem));
        problem.hint = *of_file;
        throw UsageError(std::move(problem));
      }
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
        words.push_back(json ? quoted_for_json(text(static_cast<std::size_t>(input[i])))
                             : text(static_cast<std::size_t>(input[i])));
    }
    return words;
  }

  const Arguments& arguments_;
  const OpenedRun& run_;
  ModelInUse use_;
  const Model* model_;
  TextSettings text_;
  std::optional<TextExamples> texts_;
  InputColumns columns_;
  AnswerWriter writer_;
  Answering answering_;
  double largest_ = 0;    // input, if they are divided
  bool is_pipe_ = false;  // its rows are answered as they come
};

/// Returns the option that names the file to predict; empty if there is none. Throws UsageError for
/// several, or for options that do not go together.
std::string file_option_of(const Arguments& arguments) {
  std::vector<std::string> given;
  for (const char* const option : file_options)
    if (arguments.has(option)) given.emplace_back(option);
  if (!given.empty() && arguments.targets.size() > 1)
    throw UsageError(Problem{.what = "predict takes examples or " + given[0] + ", not both"});
  if (arguments.has("--continue") && !given.empty())
    throw UsageError(Problem{.what = "predict takes --continue or " + given[0] + ", not both"});
  if (arguments.has("--seed") && !arguments.has("--continue"))
    throw UsageError(Problem{.what = "--seed is for --continue, which draws characters"});
  if (given.size() > 1)
    throw UsageError(Problem{.what = "predict takes " + join(given, " or ") + ", not both"});
  if (arguments.has("--keep") && (given.empty() || (given[0] != "--csv" && given[0] != "--jsonl")))
    throw UsageError(Problem{.what = "--keep is for the columns of --csv and the keys of --jsonl"});
  if (arguments.has("--on-error") && arguments.text("--on-error") != "empty" &&
      arguments.text("--on-error") != "refuse")
    throw UsageError(Problem{.what = "--on-error is refuse or empty, not '" +
                                     arguments.text("--on-error") + "'"});
  if (arguments.has("--on-error") && given.empty())
    throw UsageError(Problem{.what =
                                 "--on-error is for the rows of a file: examples that cannot be "
                                 "answered are refused"});
  if (arguments.json && arguments.has("--json-lines"))
    throw UsageError(Problem{.what = "--json is one object, --json-lines one for each row: "
                                     "give one of them"});
  return given.empty() ? "" : given[0];
}

}  // namespace

/// Prints a recorded run's outputs for examples on the command line or for the rows of a file.
Exit predict(const Arguments& arguments, Registry& registry) {
  const Terminal talk(stderr);
  const std::string option = file_option_of(arguments), file = arguments.text(option);
  OpenedRun run = open_run(arguments.targets[0], arguments.overrides, registry);
  follow_overrides(run, arguments.overrides);
  if (!arguments.quiet && form_of(arguments) == AnswerForm::csv)
    note_changes(names_of(run.changes), talk);
  Prediction prediction(arguments, run);
  try {
    if (option == "--csv") return prediction.csv(file);
    if (option == "--jsonl") return prediction.json_lines(file);
    if (!option.empty()) return prediction.arrays(option, file);
    prediction.examples();
  } catch (const ReaderLeft&) {  // it has seen enough
  }
  return Exit::done;
}

}  // namespace nnrun::host
