// A table in the format of NumPy: an array of records, whose fields are columns of numbers or
// texts, as `nnrun convert` and numpy.save write it. It reads like a CsvReader, row after row, and
// goes to any row.
#pragma once
#include <nnrun/csv.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "npy_header.hpp"

class NpyTable {
 public:
  /// Returns whether a file starts as npy files do. Throws nnrun::Error if it cannot be read.
  static bool is_one(const std::string& file);
  /// Returns whether a file that may be of any kind is a table: an npy file of records.
  static bool is_of_records(const std::string& file);
  /// Reads the header and checks it against the size of the file. Everything throws nnrun::Error
  /// with the file.
  /// numbers: how they are written in texts.
  explicit NpyTable(const std::string& file, nnrun::NumberFormat numbers = {});

  const std::vector<std::string>& names() const { return names_; }
  const std::string& file() const { return in_.name(); }
  std::size_t count() const { return count_; }
  bool is_text(std::size_t column) const { return columns_[column].chars > 0; }
  /// Returns the index of a column.
  std::size_t column(std::string_view name) const;

  bool next();                  ///< goes to the next row; at first to the first one
  void go_to(std::size_t row);  ///< that there is
  // of the present row, as CsvColumn asks for it; views are valid until the next one
  std::string_view field(std::size_t column) const;
  std::string_view text(std::size_t column) const;
  bool is_number(std::size_t column) const {
    double x = 0;
    return is_number(column, x);
  }
  /// Of a column of numbers, false where a value is missing (NaN).
  bool is_number(std::size_t column, double& x) const { return is_number(column, x, numbers_); }
  /// how: numbers in texts are written.
  bool is_number(std::size_t column, double& x, const nnrun::NumberFormat& how) const;
  /// Returns whether it is a number that a double surely has.
  bool is_short_number(std::size_t column, double& x) const {
    return !is_text(column) && is_number(column, x) && std::abs(x) < 0x1p53;
  }
  const nnrun::NumberFormat& number_format() const { return numbers_; }
  std::size_t row() const { return row_; }
  std::string place() const { return file() + ", row " + std::to_string(row_ + 1); }
  std::string place_of_names() const { return file(); }

 private:
  struct Column {
    std::size_t at = 0;     // bytes from the start of a record
    StoredType type{};      // of a number
    std::size_t chars = 0;  // of a text; 0: it is a number
    bool is_wide = false;   // its characters take four bytes
  };
  void take(const NpyHeader& header);
  const char* bytes(std::size_t column) const {
    return some_.data() + (row_ - from_) * width_ + columns_[column].at;
  }
  double number(std::size_t column) const;

  ArrayBytes in_;
  nnrun::FileAsOpened opened_;
  std::size_t start_ = 0, width_ = 0, count_ = 0;  // of the records; of one
  std::vector<std::string> names_;
  std::vector<std::size_t> by_name_;  // indices of names_, in the order of the names
  std::vector<Column> columns_;       // as names_
  nnrun::NumberFormat numbers_;
  std::size_t row_ = 0, next_ = 0;
  std::vector<char> some_;  // records from from_ on
  std::size_t from_ = 0, n_ = 0;
  mutable std::vector<std::string> shown_;  // of each column, where a field is no part of the file
};
