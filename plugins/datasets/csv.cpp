#include <algorithm>
#include <array>
#include <nnrun/plugin.hpp>
#include <vector>

#include "csv_file.hpp"

/// Numbers from text files with a row of column names: a training file, and a validation and a test
/// file where there are any. All files must have the columns of the first, in any order.
struct Csv : nnrun::Dataset {
  static constexpr auto name = "csv",
                        doc = "a text file with a row of names, then a row per example";
  const char *path = "", *validation = "", *test = "", *separator = ",";
  std::span<const char*const> inputs, targets;
  static constexpr const char* separators[] = {",", ";", "tab"};
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Csv::path, "path", "file to train on", {.required = true, .path = true}),
        nnrun::param(&Csv::validation, "validation", "file to validate on", {.path = true}),
        nnrun::param(&Csv::test, "test", "file to test on", {.path = true}),
        nnrun::param(&Csv::inputs, "inputs", "names of the input columns; without: all the others"),
        nnrun::param(&Csv::targets, "targets", "names of the target columns; without: the last"),
        nnrun::param(&Csv::separator, "separator", "what stands between two numbers",
                     {.choices = separators}));
  }

  void open(nnrun_data& data) {
    const char* files[NNRUN_PARTS] = {path, validation, test};
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
      if (!*files[part]) continue;
      CsvFile file(files[part], *separator == 't' ? '\t' : *separator);
      if (part == 0) choose_columns(file);
      parts_[part] = file.numbers(columns_);
      data.examples[part] = parts_[part].size() / columns_.size();
    }
    for (const std::string& column : columns_) names_.push_back(column.c_str());
    data.input = {1, {n_inputs_}};
    data.target = {1, {columns_.size() - n_inputs_}};
    data.input_names = names_.data();
    data.target_names = names_.data() + n_inputs_;
  }
  void read(const nnrun::Stream&, nnrun::Part part, std::size_t from, std::size_t n, double* x,
            double* t) const {
    const std::vector<double>& numbers = parts_[static_cast<std::size_t>(part)];
    const auto width = static_cast<std::ptrdiff_t>(columns_.size());
    const auto cut = static_cast<std::ptrdiff_t>(n_inputs_);
    for (auto row = numbers.begin() + static_cast<std::ptrdiff_t>(from) * width; n > 0;
         --n, row += width) {
      x = std::copy(row, row + cut, x);
      t = std::copy(row + cut, row + width, t);
    }
  }

 private:
  /// Inputs first, then targets.
  void choose_columns(const CsvFile& file) {
    std::vector<std::string> wanted(targets.begin(), targets.end());
    if (wanted.empty()) wanted.push_back(file.names().back());
    columns_.assign(inputs.begin(), inputs.end());
    if (columns_.empty())
      std::ranges::copy_if(file.names(), std::back_inserter(columns_),
                           [&](const std::string& column) {
                             return std::ranges::find(wanted, column) == wanted.end();
                           });
    if (columns_.empty()) throw nnrun::Error("every column is a target: no input is left", path);
    n_inputs_ = columns_.size();
    columns_.insert(columns_.end(), wanted.begin(), wanted.end());
    std::vector<std::string> sorted = columns_;
    std::ranges::sort(sorted);
    if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
      throw nnrun::Error("column '" + *twice + "' is chosen twice", path);
  }
  std::vector<std::string> columns_;
  std::size_t n_inputs_ = 0;
  std::vector<const char*> names_;
  std::array<std::vector<double>, NNRUN_PARTS> parts_;
};
NNRUN_REGISTER(Csv)
