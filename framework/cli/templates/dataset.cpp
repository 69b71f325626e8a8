#include <fstream>
#include <nnrun/csv.hpp>
#include <nnrun/plugin.hpp>
#include <vector>

/// Rows of a text file whose last column is the target. The host does the rest: the config's
/// `split` holds examples back for the test, `scale` and `features` prepare the inputs.
struct NewThing : nnrun::Dataset {
  static constexpr auto name = "new_thing", doc = "a CSV file whose last column is the target";
  const char* path = "";
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&NewThing::path, "path", "file with a row of column names",
                                      {.required = true, .path = true}));
  }

  void open(nnrun_data& data) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw nnrun::Error("the file cannot be read", path);
    nnrun::CsvReader csv(file, path, ',');
    columns_ = csv.names();
    if (columns_.size() < 2) throw nnrun::Error("needs an input and a target", path);
    while (csv.next())
      for (std::size_t i = 0; i < columns_.size(); ++i) numbers_.push_back(csv.number(i));
    for (const std::string& column : columns_) names_.push_back(column.c_str());

    data.input = {1, {columns_.size() - 1}};
    data.target = {1, {1}};
    data.examples[NNRUN_TRAIN] = numbers_.size() / columns_.size();
    data.input_names = names_.data();
    data.target_names = &names_.back();
  }

  void read(const nnrun::Stream&, nnrun::Part, std::size_t from, std::size_t n, double* x,
            double* t) const {
    const double* number = numbers_.data() + from * columns_.size();
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t c = 0; c + 1 < columns_.size(); ++c) *x++ = *number++;
      *t++ = *number++;
    }
  }

 private:
  std::vector<std::string> columns_;
  std::vector<const char*> names_;
  std::vector<double> numbers_;  // row after row
};
NNRUN_REGISTER(NewThing)
