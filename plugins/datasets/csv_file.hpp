// A text file of numbers under a row of column names.
#pragma once
#include <string>
#include <string_view>
#include <vector>

class CsvFile {
 public:
  /// Reads the file and its first row. Throws nnrun::Error with the file and line.
  CsvFile(std::string path, char separator);
  const std::vector<std::string>& names() const { return names_; }
  /// The numbers of these columns, row by row. Throws nnrun::Error at the first field that is not a
  /// finite number, row of another width, missing column or missing row.
  std::vector<double> numbers(const std::vector<std::string>& columns) const;

 private:
  std::vector<std::string_view> fields(std::string_view line) const;
  std::string place(std::size_t line) const { return path_ + ':' + std::to_string(line); }
  std::string path_, text_;
  char separator_;
  std::vector<std::string> names_;
};
