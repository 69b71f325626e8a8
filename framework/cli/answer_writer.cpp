#include "cli/answer_writer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/csv_text.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t bytes_at_once = std::size_t{1} << 16;

}  // namespace

std::string quoted_for_json(const std::string& text) {
  return nlohmann::ordered_json(text).dump(-1, ' ', false,
                                           nlohmann::ordered_json::error_handler_t::replace);
}

/// A program that writes a comma before fractions reads such a file, with other separators.
AnswerWriter::AnswerWriter(AnswerForm form, AnswerNames names, const CsvFormat& format, bool narrow,
                           bool brief)
    : form_(form),
      names_(std::move(names)),
      numbers_(format.numbers),
      narrow_(narrow),
      brief_(brief && is_of_classes()) {
  if (form != AnswerForm::csv || format.numbers.decimal != ',') return;
  decimal_ = ',';
  const bool open = format.separator == CsvFormat::found_separator || format.separator == ',' ||
                    format.separator == ' ';  // between blanks no answer could be empty
  separator_ = open ? ';' : format.separator;
}

void AnswerWriter::start(const OpenedRun& run, std::vector<std::string> kept) {
  if (form_ == AnswerForm::csv) return csv_names(kept);
  for (std::string& name : kept) name = quoted_for_json(name);
  kept_names_ = std::move(kept);
  if (!names_.are_made_up && !brief_)
    names_as_json_ =
        "\"names\":" + nlohmann::ordered_json(names_.outputs)
                           .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  if (form_ == AnswerForm::json_lines) return;
  text_ += "{\"run\":" + quoted_for_json(run.folder.string());
  if (!names_as_json_.empty()) text_ += "," + names_as_json_;
  if (!run.changes.empty())
    text_ += ",\"changed\":" + nlohmann::ordered_json(names_of(run.changes)).dump();
  text_ += ",\"predict\":[";
}

/// An answer gets another name where a column that is kept has its own.
void AnswerWriter::csv_names(const std::vector<std::string>& kept) {
  std::vector<std::string> answers;
  const std::string target = names_.target.empty() ? "class" : names_.target;
  if (brief_) {
    answers = {target, target + (names_.kind == ScoreKind::other ? " score" : " probability")};
  } else {
    answers = names_.outputs;
    if (is_of_classes()) answers.emplace_back("class");
  }
  for (std::string& name : answers)
    while (std::ranges::count(kept, name) > 0) name.insert(0, "predicted ");
  columns_ = answers.size();
  std::size_t written = 0;
  for (const std::vector<std::string>* const list : {&kept, &std::as_const(answers)})
    for (const std::string& name : *list)
      text_.append(written++ > 0 ? 1 : 0, separator_).append(csv_text(name, separator_));
  text_ += '\n';
}

void AnswerWriter::row(std::span<const std::string> inputs, std::span<const std::string_view> kept,
                       std::span<const double> outputs) {
  begin_row(inputs, kept);
  const bool csv = form_ == AnswerForm::csv;
  const auto add_class = [&] {
    const std::string name = class_of(outputs);
    text_ += csv ? csv_text(name, separator_) : "\"class\":" + quoted_for_json(name);
  };
  const auto add_probability = [&] {
    if (!csv && names_.kind == ScoreKind::other) return;
    text_ += csv ? std::string(1, separator_) : ",\"probability\":";
    number(probability_of(outputs));
  };
  if (!brief_) {
    if (!csv) text_ += "\"output\":[";
    numbers(outputs);
    if (!csv) text_ += ']';
    if (form_ == AnswerForm::json_lines && !names_as_json_.empty()) text_ += "," + names_as_json_;
    if (is_of_classes()) text_ += separator_;
  }
  if (is_of_classes()) add_class();
  if (is_of_classes() && (brief_ || !csv)) add_probability();
  end_row();
}

void AnswerWriter::row_without_answer(std::span<const std::string_view> kept,
                                      const Problem& problem) {
  begin_row({}, kept);
  if (form_ == AnswerForm::csv)
    text_.append(columns_ - 1, separator_);
  else
    text_ += "\"error\":" + quoted_for_json(problem.what) +
             ",\"where\":" + quoted_for_json(problem.where);
  // a row that is nothing but one empty field would be an empty line, which readers pass over
  if (form_ == AnswerForm::csv && columns_ == 1 && kept.empty()) text_ += "\"\"";
  end_row();
}

void AnswerWriter::begin_row(std::span<const std::string> inputs,
                             std::span<const std::string_view> kept) {
  if (form_ == AnswerForm::csv) {
    for (const std::string_view field : kept) cell(field);
    return;
  }
  text_ += form_ == AnswerForm::json && rows_ > 0 ? ",{" : "{";
  for (std::size_t i = 0; i < kept_names_.size(); ++i)
    text_.append(i == 0 ? "\"kept\":{" : ",")
        .append(kept_names_[i])
        .append(":")
        .append(quoted_for_json(std::string(kept[i])));
  if (!kept_names_.empty()) text_ += "},";
  for (std::size_t i = 0; i < inputs.size(); ++i)
    text_.append(i == 0 ? "\"input\":[" : ",").append(inputs[i]);
  if (!inputs.empty()) text_ += "],";
}

void AnswerWriter::end_row() {
  if (form_ != AnswerForm::csv) text_ += '}';
  if (form_ != AnswerForm::json) text_ += '\n';
  ++rows_;
  if (is_for_parts_)
    ends_.push_back(text_.size());
  else if (text_.size() > bytes_at_once)
    flush();
}

AnswerWriter AnswerWriter::for_parts() const {
  AnswerWriter writer = *this;
  writer.is_for_parts_ = true;
  writer.take_part();
  return writer;
}

/// Each row of JSON stands behind another one: `add` knows whether there is one.
AnswerWriter::Part AnswerWriter::take_part() {
  Part part{std::exchange(text_, {}), std::exchange(ends_, {}), std::exchange(formulas_, 0),
            std::exchange(infinite_, 0)};
  rows_ = 1;
  return part;
}

void AnswerWriter::add(const Part& part) {
  std::size_t at = form_ == AnswerForm::json && rows_ == 0 ? 1 : 0;  // the first has no comma
  for (const std::size_t end : part.ends) {
    text_.append(part.text, at, end - at);
    at = end;
    ++rows_;
    if (text_.size() > bytes_at_once) flush();
  }
  formulas_ += part.formulas;
  infinite_ += part.infinite;
}

/// Adds a field that is kept, and a comma.
void AnswerWriter::cell(std::string_view text) {
  const bool plain = text.empty() || (text.find(separator_) == text.npos &&
                                      text.find_first_of("\"\n\r") == text.npos &&
                                      std::string_view("=+-@\t").find(text[0]) == text.npos);
  if (plain) {
    text_ += text;
  } else if (double x = 0; nnrun::is_number(text, x, numbers_)) {  // -5 $, say
    text_ += csv_cell(std::string(text), separator_);
  } else {
    formulas_ += is_formula(std::string(text));
    text_ += csv_text(std::string(text), separator_);
  }
  text_ += separator_;
}

void AnswerWriter::end(std::size_t bad) {
  if (form_ == AnswerForm::json)
    text_ += bad > 0 ? "],\"without_answer\":" + std::to_string(bad) + "}\n" : "]}\n";
  flush();
}

void AnswerWriter::flush() {
  if (text_.empty()) return;
  out_.write_data(text_);
  text_.clear();
  if (Terminal::reader_left()) throw ReaderLeft{};
}

void AnswerWriter::numbers(std::span<const double> x) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (i > 0) text_ += separator_;
    number(x[i]);
  }
}

void AnswerWriter::number(double x) {
  infinite_ += !std::isfinite(x);
  if (form_ != AnswerForm::csv && !std::isfinite(x)) {
    text_ += "null";
    return;
  }
  if (std::isnan(x)) x = std::numeric_limits<double>::quiet_NaN();  // the sign says nothing
  char digits[32];
  const auto [end, failed] =
      narrow_ ? std::to_chars(digits, digits + sizeof digits, static_cast<float>(x))
              : std::to_chars(digits, digits + sizeof digits, x);
  if (decimal_ != '.') std::replace(digits, end, '.', decimal_);
  text_.append(digits, end);
}

}  // namespace nnrun::host
