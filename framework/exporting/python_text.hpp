// The parts that a Python file is put together from: literals, tables, names of values.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "exporting/exported_network.hpp"
namespace nnrun::host {

class PythonText {
 public:
  explicit PythonText(bool float32) : float32_(float32) {}

  /// Adds an array of the network's numbers and returns its name.
  std::string table(const std::string& name, const std::vector<double>& values,
                    const std::vector<std::size_t>& shape);
  const std::string& tables() const { return tables_; }
  /// Notes that the file needs a function which NumPy lacks.
  void use(std::string_view function) { used_.insert(std::string(function)); }
  const std::set<std::string>& used() const { return used_; }

  static std::string literal(double x);
  static std::string list_of(const std::vector<double>& values);
  static std::string list_of(const std::vector<std::string>& texts);
  /// Returns sizes as Python has them: "(2, 3, )".
  static std::string shape_of(const std::vector<std::size_t>& shape);
  /// Returns the name of what a step gives, or the preparation: rows × numbers.
  static std::string value(int step);
  /// Returns the start of the line that gives a step its value.
  static std::string assign(std::size_t step);

 private:
  bool float32_;
  std::string tables_;
  std::set<std::string> used_;
};

}  // namespace nnrun::host
