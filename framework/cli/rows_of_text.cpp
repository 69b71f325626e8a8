#include <algorithm>
#include <numeric>
#include <optional>
#include <sstream>

#include "base/commands.hpp"
#include "base/text.hpp"
#include "cli/data_options.hpp"
#include "cli/rows_to_predict.hpp"
#include "training/missing_column.hpp"
namespace nnrun::host {
namespace {

/// Returns how a file is read, in words.
std::string how_it_is_written(const CsvFormat& format) {
  const NumberFormat& numbers = format.numbers;
  return std::string(format.encoding) + ", decimal " +
         (numbers.decimal == ',' ? "comma" : "point") +
         (numbers.thousands == '\0' ? ""
          : numbers.thousands == ' '
              ? ", blanks between thousands"
              : std::string(", ") + numbers.thousands + " between thousands") +
         (format.separator == CsvFormat::found_separator
              ? ", the separator that its first row shows"
          : format.separator == '\t' ? ", separated by tabs"
          : format.separator == ' '  ? ", separated by blanks"
                                     : std::string(", separated by ") + format.separator);
}

/// Returns the words for --set. A dot in a name would be taken for that of a path.
std::string unknown_ignored(const std::string& column) {
  return shell_word(column.find('.') == column.npos
                        ? "data.columns." + column + ".unknown=ignore"
                        : "data.columns={\"" + column + "\": {unknown: ignore}}");
}

constexpr std::size_t text_in_part = std::size_t{1} << 16;  // of rows that a thread takes

class TextRows final : public ReaderOfParts {
 public:
  TextRows(std::unique_ptr<std::istream> in, const std::string& name, const TextSettings& settings,
           InputColumns columns, const KeptColumns& kept)
      : in_(std::move(in)), format_(settings.format), columns_(std::move(columns)) {
    as_data_error([&] { rows_.emplace(*in_, name, format_); });
    // one column, or names in another encoding: the file may be written in another way
    as_data_error(
        [&] {
          for (const std::string& words : kept.words) keep(words);
          if (!kept.series.empty()) series_at_ = rows_->column(kept.series);
          columns_.find(*rows_, format_.header, kept_at_);
        },
        rows_->names().size() == 1 || format_.encoding != "utf-8");
    if (kept.all) {
      kept_at_.resize(rows_->names().size());
      std::iota(kept_at_.begin(), kept_at_.end(), std::size_t{0});
    }
    fields_.resize(kept_at_.size());
    order_.emplace(rows_->names(), kept);
  }
  /// Reads rows that were taken off the same file.
  explicit TextRows(const TextRows& whole)
      : format_(whole.format_),
        columns_(whole.columns_),
        kept_at_(whole.kept_at_),
        fields_(whole.fields_.size()),
        whole_(whole.whole_ != nullptr ? whole.whole_ : &*whole.rows_) {}

  std::unique_ptr<RowsInParts> in_parts() override;
  void begin(RowsTaken rows) override {
    in_ = std::make_unique<std::istringstream>(std::move(rows.text));
    rows_.emplace(*whole_, *in_, rows.line);
  }
  bool take(RowsTaken& taken) {
    as_data_error([&] { taken.line = rows_->take_rows(taken.text, text_in_part); });
    return taken.line > 0;
  }

  bool next() override {
    wrong_.reset();
    bool more = true;
    as_data_error([&] {
      try {
        more = rows_->next();
      } catch (const CsvRowError& e) {  // which of its fields is which nobody knows
        wrong_ = problem_of(e, true);
      }
    });
    if (!more) return false;
    if (!wrong_ && order_) order_->add(*rows_);
    for (std::size_t i = 0; i < kept_at_.size(); ++i)
      fields_[i] = wrong_ ? std::string_view() : rows_->field(kept_at_[i]);
    return true;
  }
  std::span<const double> inputs() override {
    if (wrong_) throw DataError(*wrong_);
    x_.clear();
    for (std::size_t i = 0; i < columns_.size(); ++i) try {
        x_.push_back(columns_.read(*rows_, i));
      } catch (const nnrun::Error& e) {
        // a fraction after a comma may be the way in which the file is written
        Problem problem =
            problem_of(e, columns_.field(*rows_, i).find(',') != std::string_view::npos);
        if (columns_.is_unknown_text(*rows_, i)) problem.hint += words_for_unknown(columns_[i]);
        throw DataError(std::move(problem));
      }
    return x_;
  }
  std::string place() const override { return rows_->place(); }
  std::vector<std::string> kept_names() const override {
    std::vector<std::string> names;
    for (const std::size_t at : kept_at_) names.push_back(rows_->names()[at]);
    return names;
  }
  std::span<const std::string_view> kept() const override { return fields_; }
  std::string note() const override { return rows_->words_on_lines(); }
  std::vector<std::string> doubts() override { return order_->doubts(); }
  std::string_view series() const override {
    return series_at_ && !wrong_ ? rows_->field(*series_at_) : std::string_view();
  }

 private:
  /// The file may be written in another way than the run's own data: then the note says so.
  Problem problem_of(const nnrun::Error& e, bool with_format) const {
    Problem problem{.what = e.what(), .where = e.where(), .hint = e.hint()};
    suggest_column(problem);
    const std::string options = data_options_in(problem.hint);
    if (!options.empty() && options.find("encoding=") == options.npos)  // which comes below
      problem.hint += "\nfor this file alone: " + options;
    if (!with_format) return problem;
    problem.note = "read as the run's data are: " + how_it_is_written(format_);
    problem.hint += std::string(problem.hint.empty() ? "" : "\n") +
                    "if this file is written in another way, add --data encoding=" +
                    (format_.encoding == "utf-8" ? "windows-1252" : "utf-8") +
                    ", --data decimal=" + (format_.numbers.decimal == ',' ? '.' : ',') +
                    " or --data separator=tab";
    return problem;
  }
  void as_data_error(auto work, bool with_format = true) const try {
    work();
  } catch (const nnrun::Error& e) {
    throw DataError(problem_of(e, with_format));
  }

  /// Keeps the column of a name, or those of several with commas between.
  void keep(const std::string& words) {
    const bool is_name = std::ranges::count(rows_->names(), words) > 0;
    for (const std::string& name : is_name ? std::vector{words} : split(words, ',')) {
      const std::size_t at = rows_->column(name);
      if (std::ranges::count(kept_at_, at) == 0) kept_at_.push_back(at);
    }
  }

  std::unique_ptr<std::istream> in_;
  CsvFormat format_;
  InputColumns columns_;
  std::optional<CsvReader> rows_;
  std::vector<std::size_t> kept_at_;
  std::optional<std::size_t> series_at_;
  std::vector<std::string_view> fields_;
  std::optional<OrderOfRows> order_;
  std::optional<Problem> wrong_;  // with the present row as a whole
  std::vector<double> x_;
  const CsvReader* whole_ = nullptr;  // of the file, if these are some of its rows
};

class PartsOfText final : public RowsInParts {
 public:
  explicit PartsOfText(TextRows& whole) : whole_(whole) {}
  bool take(RowsTaken& rows) override { return whole_.take(rows); }
  std::unique_ptr<ReaderOfParts> reader() const override {
    return std::make_unique<TextRows>(whole_);
  }

 private:
  TextRows& whole_;
};

std::unique_ptr<RowsInParts> TextRows::in_parts() {
  return std::make_unique<PartsOfText>(*this);
}

}  // namespace

std::vector<std::string> OrderOfRows::doubts() {
  std::vector<std::string> words;
  if (!order_) return words;
  order_->finish();
  for (const RowsInTime::Doubt& doubt : order_->doubts())
    words.push_back(doubt.what + ", " +
                    (doubt.count > 1 ? "in " + std::to_string(doubt.count) + " rows, first in row "
                                     : "first in row ") +
                    std::to_string(doubt.row + 1) + ": " + doubt.hint);
  return words;
}

std::string words_for_unknown(const CsvColumn& column) {
  return "\n--set " + unknown_ignored(column.name()) + " takes it for no text";
}

std::unique_ptr<RowsToPredict> rows_of_text(std::unique_ptr<std::istream> in,
                                            const std::string& name, const TextSettings& settings,
                                            InputColumns columns, const KeptColumns& kept) {
  return std::make_unique<TextRows>(std::move(in), name, settings, std::move(columns), kept);
}

}  // namespace nnrun::host
