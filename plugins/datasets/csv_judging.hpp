// Whether a column of texts is one of categories or of classes, and whether numbers may be classes.
#pragma once
#include <algorithm>
#include <cmath>
#include <nnrun/csv_column.hpp>
#include <nnrun/packed_rows.hpp>
#include <span>
#include <string>
#include <vector>

/// Returns whether texts repeat as bands, codes and percentages do.
inline bool repeats(const nnrun::CsvColumn& column, std::size_t rows) {
  const std::size_t different = column.texts().size();
  return different * 5 <= rows && different <= 50;
}

/// Throws Error for a target of many amounts that are not written as plain numbers: as classes
/// nothing can be learnt from them.
inline void require_classes(const nnrun::CsvColumn& column, std::size_t rows, const auto& reader) {
  if (column.is_declared() || repeats(column, rows) ||
      !std::ranges::all_of(column.texts(), nnrun::looks_like_number))
    return;
  const std::string &first = column.texts().front(),
                    settings = nnrun::CsvColumn::number_settings(first, reader.number_format());
  if (settings.empty()) return;
  throw nnrun::Error("target column '" + column.name() + "': '" + first +
                         "' is a number that is written with more than digits",
                     reader.file(),
                     settings + " in data; if it holds classes, name them: classes: [...]");
}

/// Throws Error for a column that nobody called a category and that cannot be a useful one.
inline void require_category(const nnrun::CsvColumn& column, std::size_t rows, const auto& reader) {
  if (column.is_declared()) return;
  if (repeats(column, rows)) return;
  const std::string &first = column.texts().front(), &which = column.name();
  const std::string name = nnrun::written_name(which);
  const std::string hint =
      "leave it out: columns: {" + name + ": unused}, or insist: columns: {" + name + ": category}";
  if (std::ranges::all_of(column.texts(), nnrun::looks_like_number)) {
    const std::string settings = column.number_settings(first, reader.number_format());
    throw nnrun::Error(
        "column '" + which + "': '" + first +
            "' is a date, or a number that is written with more than digits",
        reader.file(),
        (settings.empty() ? "write it as a plain number" : settings + " in data") + ", or " + hint);
  }
  if (rows >= 10 && column.texts().size() == rows)
    throw nnrun::Error("column '" + which + "': each row has a text of its own, such as '" +
                           first.substr(0, 40) + "', so none can be learnt from",
                       reader.file(), hint);
}

/// Sees whether numbers are few whole ones, and so may be classes.
class FewNumbers {
 public:
  /// Returns whether they are, with this one.
  bool take(double x) {
    const auto place = std::ranges::lower_bound(found_, x);
    if (place != found_.end() && *place == x) return few_;
    few_ = few_ && x == std::floor(x) && std::abs(x) <= 1e6 && found_.size() < most;
    if (few_) found_.insert(place, x);
    return few_;
  }
  /// Returns `classes: [1, 2, 3]`; nothing if there are too many, or other ones, or a single one.
  std::string text() const {
    if (!few_ || found_.size() < 2) return {};
    std::string text;
    for (const double x : found_)
      text += (text.empty() ? "classes: [" : ", ") + std::to_string(static_cast<long long>(x));
    return text + "]";
  }

 private:
  static constexpr std::size_t most = 20;
  std::vector<double> found_;
  bool few_ = true;
};
inline std::string classes_for(const nnrun::PackedRows& rows, std::size_t column) {
  FewNumbers few;
  rows.pass(column, [&](std::span<const double> numbers) {
    return std::ranges::all_of(numbers, [&](double x) { return few.take(x); });
  });
  return few.text();
}
