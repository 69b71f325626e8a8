// What predict prints of each row, in the form that was asked for.
#pragma once
#include <nnrun/csv.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/terminal.hpp"
#include "library/answer_names.hpp"
#include "runs/opened_run.hpp"
namespace nnrun::host {

/// How answers are printed: rows of CSV, the elements of one JSON object, or an object a line.
enum class AnswerForm { csv, json, json_lines };

/// Returns a text as JSON has it; what is not UTF-8 is replaced.
std::string quoted_for_json(const std::string& text);

/// Writes row after row, in pieces of bounded size. Throws RecordError if the output cannot be
/// written, ReaderLeft if nobody reads it.
class AnswerWriter {
 public:
  /// narrow: the numbers are of float32. brief: of classes, the likeliest and its probability
  /// alone.
  /// format: that of the run's own data, if they are text.
  AnswerWriter(AnswerForm form, AnswerNames names, const CsvFormat& format, bool narrow,
               bool brief);

  /// Writes what stands above the rows. kept: names of columns that are repeated in each row.
  void start(const OpenedRun& run, std::vector<std::string> kept);
  /// inputs: as JSON; empty if they are not to be repeated. kept: one for each name.
  void row(std::span<const std::string> inputs, std::span<const std::string_view> kept,
           std::span<const double> outputs);
  /// Writes a row without an answer.
  void row_without_answer(std::span<const std::string_view> kept, const Problem& problem);
  /// bad: how many rows got no answer.
  void end(std::size_t bad);
  /// Writes what is waiting.
  void flush();

  /// Rows that another thread wrote, for the one that puts them in order.
  struct Part {
    std::string text;
    std::vector<std::size_t> ends;  ///< of its rows, within the text
    std::size_t formulas = 0, infinite = 0;
  };
  /// Returns a writer of parts, once what stands above the rows is written.
  AnswerWriter for_parts() const;
  /// Returns the rows that it wrote since then.
  Part take_part();
  /// Writes what and when `row` would have: an error behind it leaves the same bytes.
  void add(const Part& part);

  std::size_t rows() const { return rows_; }
  /// Returns how many kept texts got a ' in front.
  std::size_t formulas() const { return formulas_; }
  /// Returns how many numbers of answers are not finite.
  std::size_t infinite() const { return infinite_; }
  bool is_of_classes() const { return !names_.classes.empty(); }
  /// Returns the class that the outputs mean; empty if one is NaN. The run must be of classes.
  std::string class_of(std::span<const double> outputs) const {
    const auto known = names_.class_of(outputs);
    return known ? names_.classes[*known] : "";
  }
  /// Returns the probability of that class, or its score.
  double probability_of(std::span<const double> outputs) const {
    return names_.probability_of(outputs);
  }

 private:
  void csv_names(const std::vector<std::string>& kept);
  void begin_row(std::span<const std::string> inputs, std::span<const std::string_view> kept);
  void end_row();
  void cell(std::string_view text);
  void numbers(std::span<const double> x);
  void number(double x);

  AnswerForm form_;
  AnswerNames names_;
  NumberFormat numbers_;                  // of fields that are kept
  char separator_ = ',', decimal_ = '.';  // of CSV
  bool narrow_, brief_;
  Terminal out_{stdout};
  std::vector<std::string> kept_names_;  // as JSON, if the form is
  std::string names_as_json_;            // of the outputs; empty: they have none
  std::size_t columns_ = 0;              // of answers, in CSV
  std::size_t rows_ = 0, formulas_ = 0, infinite_ = 0;
  std::string text_;
  std::vector<std::size_t> ends_;  // of rows, for a part
  bool is_for_parts_ = false;      // the text waits until it is taken
};

}  // namespace nnrun::host
