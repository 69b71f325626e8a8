#include <array>
#include <nnrun/csv.hpp>
#include <nnrun/input_file.hpp>
#include <nnrun/plugin.hpp>

#include "class_names.hpp"

/// Numbers from text files with a row of column names: a training file, and a validation and a test
/// file if they are given. All files must have the columns of the first, in any order. A target
/// column of texts is a class: one target number per class, 1 for the right one.
struct Csv : nnrun::Dataset {
  static constexpr auto name = "csv",
                        doc = "a text file with a row of names, then a row per example";
  const char *path = "", *validation = "", *test = "", *separator = ",";
  bool header = true;
  std::span<const char*const> inputs, targets, classes;
  static constexpr const char* separators[] = {",", ";", "tab"};
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Csv::path, "path", "file to train on", {.required = true, .path = true}),
        nnrun::param(&Csv::validation, "validation", "file to validate on", {.path = true}),
        nnrun::param(&Csv::test, "test", "file to test on", {.path = true}),
        nnrun::param(&Csv::inputs, "inputs", "names of the input columns; without: all the others"),
        nnrun::param(&Csv::targets, "targets", "names of the target columns; without: the last"),
        nnrun::param(&Csv::classes, "classes",
                     "what the target column may hold; without: its texts, sorted",
                     {.classes = true}),
        nnrun::param(&Csv::separator, "separator", "what stands between two fields",
                     {.choices = separators, .separator = true}),
        nnrun::param(&Csv::header, "header",
                     "the first row names the columns; false: they are x1, x2, …"));
  }

  void open(nnrun_data& data) {
    names_.set({classes.begin(), classes.end()});
    number_names();
    const char* files[NNRUN_PARTS] = {path, validation, test};
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
      if (!*files[part]) continue;
      read_file(files[part], part);
      data.examples[part] = parts_[part].size() / columns_.size();
    }
    for (const std::string& column : columns_) column_names_.push_back(column.c_str());
    data.input = {1, {n_inputs_}};
    data.target = {1, {categorical_ ? names_.size() : columns_.size() - n_inputs_}};
    data.input_names = column_names_.data();
    data.target_names = categorical_ ? nullptr : column_names_.data() + n_inputs_;
    data.classes = categorical_ ? names_.pointers() : nullptr;
  }
  void read(const nnrun::Stream&, nnrun::Part part, std::size_t from, std::size_t n, double* x,
            double* t) const {
    const std::size_t width = columns_.size();
    const double* row = parts_[static_cast<std::size_t>(part)].data() + from * width;
    for (const double* const end = row + n * width; row != end; row += width) {
      x = std::copy(row, row + n_inputs_, x);
      t = categorical_ ? names_.one_hot(static_cast<std::size_t>(row[n_inputs_]), t)
                       : std::copy(row + n_inputs_, row + width, t);
    }
  }

 private:
  static constexpr std::size_t most_numbers = std::size_t{1} << 29;
  void read_file(const char* file, std::size_t part) {
    std::ifstream in = nnrun::open_input(file);
    nnrun::CsvReader rows(in, file, *separator == 't' ? '\t' : *separator, header);
    if (header && rows.names_are_numbers())
      throw nnrun::Error("the first row has numbers, not names of columns", rows.place(),
                         "write a row of names in front, or header: false");
    if (part == NNRUN_TRAIN) choose_columns(rows, file);
    std::vector<std::size_t> at;
    for (const std::string& column : columns_) at.push_back(rows.column(column));
    std::vector<double>& numbers = parts_[part];
    while (rows.next()) {
      if (part == NNRUN_TRAIN && numbers.empty()) detect_classes(rows, at);
      if (numbers.size() + at.size() > most_numbers)
        throw nnrun::Error("holds more than " + std::to_string(most_numbers) + " numbers, 4 GiB",
                           rows.place(), "use an npy file, or fewer columns");
      const std::size_t plain = categorical_ ? n_inputs_ : at.size();
      for (std::size_t i = 0; i < plain; ++i) numbers.push_back(number(rows, at[i], i));
      if (categorical_) numbers.push_back(class_of(rows, at[n_inputs_]));
    }
    if (numbers.empty()) throw nnrun::Error("has column names, but no examples", file);
    if (part == NNRUN_TRAIN && categorical_ && names_.empty()) sort_classes();
  }

  /// Chooses the columns: inputs first, then targets.
  void choose_columns(const nnrun::CsvReader& rows, const char* file) {
    std::vector<std::string> wanted(targets.begin(), targets.end());
    if (wanted.empty()) wanted.push_back(rows.names().back());
    columns_.assign(inputs.begin(), inputs.end());
    if (columns_.empty())
      std::ranges::copy_if(rows.names(), std::back_inserter(columns_),
                           [&](const std::string& column) {
                             return std::ranges::find(wanted, column) == wanted.end();
                           });
    if (columns_.empty()) throw nnrun::Error("every column is a target: no input is left", file);
    if (std::ranges::count(columns_, ""))
      throw nnrun::Error("a column has no name, so it may be no input but the number of the row",
                         rows.place(), "name it, or name the input columns in 'inputs'");
    n_inputs_ = columns_.size();
    columns_.insert(columns_.end(), wanted.begin(), wanted.end());
    std::vector<std::string> sorted = columns_;
    std::ranges::sort(sorted);
    if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
      throw nnrun::Error("column '" + *twice + "' is chosen twice", file);
  }

  /// Decides by the first row whether the target is a class.
  void detect_classes(const nnrun::CsvReader& rows, const std::vector<std::size_t>& at) {
    categorical_ = !names_.empty();
    for (std::size_t i = n_inputs_; i < at.size(); ++i)
      categorical_ = categorical_ || (!rows.field(at[i]).empty() && !rows.is_number(at[i]));
    if (categorical_ && columns_.size() - n_inputs_ > 1)
      throw nnrun::Error("a target of classes must be the only target, here are " +
                             std::to_string(columns_.size() - n_inputs_),
                         rows.place(), "name one column in 'targets'");
  }

  double number(const nnrun::CsvReader& rows, std::size_t column, std::size_t i) const {
    if (rows.is_number(column) || rows.field(column).empty()) return rows.number(column);
    try {
      return rows.number(column);
    } catch (const nnrun::Error& e) {
      throw nnrun::Error(e.what(), e.where(),
                         i < n_inputs_
                             ? "an input must be a number: choose the columns with 'inputs'"
                             : "the first row has a number here; if the column holds classes, "
                               "write classes: [...]");
    }
  }

  double class_of(const nnrun::CsvReader& rows, std::size_t column) {
    const std::string found(rows.text(column));
    if (found.empty()) return rows.number(column);  // throws
    const auto place = std::ranges::lower_bound(numbers_, found, {}, &Numbered::text);
    if (place != numbers_.end() && place->text == found) return static_cast<double>(place->number);
    if (!names_.empty())
      throw nnrun::Error(
          "column '" + rows.names()[column] + "': unknown class '" + found.substr(0, 40) + "'",
          rows.place(), "the classes are: " + names_.text());
    if (numbers_.size() == ClassNames::most)
      throw nnrun::Error("column '" + rows.names()[column] + "' has more than " +
                             std::to_string(ClassNames::most) + " different texts",
                         rows.place(), "name the target column in 'targets'");
    numbers_.insert(place, {found, numbers_.size()});
    return static_cast<double>(numbers_.size() - 1);
  }

  void number_names() {
    for (std::size_t i = 0; i < names_.size(); ++i) numbers_.push_back({names_[i], i});
    std::ranges::sort(numbers_, {}, &Numbered::text);
  }
  /// Renumbers the classes, which have the order of the file, in the order of their sorted names.
  void sort_classes() {
    std::vector<std::string> sorted;
    std::vector<double> now(numbers_.size());
    for (Numbered& known : numbers_) {
      now[known.number] = static_cast<double>(sorted.size());
      known.number = sorted.size();
      sorted.push_back(known.text);
    }
    std::vector<double>& numbers = parts_[NNRUN_TRAIN];
    for (std::size_t i = n_inputs_; i < numbers.size(); i += columns_.size())
      numbers[i] = now[static_cast<std::size_t>(numbers[i])];
    names_.set(std::move(sorted));
  }

  struct Numbered {
    std::string text;
    std::size_t number;
  };
  std::vector<std::string> columns_;
  std::size_t n_inputs_ = 0;
  std::vector<const char*> column_names_;
  bool categorical_ = false;
  ClassNames names_;
  std::vector<Numbered> numbers_;  // of the classes, by text
  std::array<std::vector<double>, NNRUN_PARTS> parts_;
};
NNRUN_REGISTER(Csv)
