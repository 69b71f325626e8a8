// The parts that a C file is put together from: literals, tables, buffers, functions that are used.
// Names begin with N_, which becomes the prefix in the end.
#pragma once
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>
namespace nnrun::host {

class CText {
 public:
  explicit CText(bool float32) : float32_(float32) {}

  /// Returns a number of the network, and one of double, in the fewest digits that read back to it.
  std::string number(double x) const { return literal(x, float32_); }
  static std::string wide(double x) { return literal(x, false); }

  /// Adds a constant array and returns its name.
  std::string table(const std::string& name, std::span<const double> values);
  /// The same of a table that only functions of lanes read.
  std::string table_of_lanes(const std::string& name, std::span<const double> values);
  std::string wide_table(const std::string& name, std::span<const double> values);
  std::string count_table(const std::string& name, std::span<const std::size_t> values);
  const std::string& tables() const { return tables_; }
  /// Adds functions that read tables, and those that the vectors of x86-64 run.
  void add_function(const std::string& code) { loops_ += code; }
  void add_lanes(const std::string& code) { lanes_ += code; }
  const std::string& loops() const { return loops_; }
  const std::string& lanes() const { return lanes_; }

  /// Returns the name of a function of nnrun's, which the file gets.
  std::string function(std::string_view name) { return "N_" + add(functions_, name); }
  std::string function_of_preparation(std::string_view name) {
    return float32_ ? "N_double_" + add(wide_functions_, name) : function(name);
  }
  const std::set<std::string>& functions() const { return functions_; }
  const std::set<std::string>& functions_of_preparation() const { return wide_functions_; }

  /// Returns code that adds the product of two numbers to a sum.
  std::string add_product(const std::string& sum, const std::string& a, const std::string& b,
                          bool fused) const;
  bool float32() const { return float32_; }

 private:
  static std::string literal(double x, bool narrow);
  static const std::string& add(std::set<std::string>& names, std::string_view name) {
    return *names.insert(std::string(name)).first;
  }
  template <class T, class F>
  std::string table_of(const char* type, const std::string& name, std::span<const T> values,
                       F text);

  bool float32_;
  std::string tables_, loops_, lanes_;
  std::set<std::string> functions_, wide_functions_;
};

/// Stands in texts of the user before the _ of N_, which is not for the prefix.
constexpr char no_prefix = '\1';
/// Returns a text as a literal of C.
std::string c_string(std::string_view text);
/// Returns a text that may stand in a comment of C.
std::string c_comment(std::string_view text);

}  // namespace nnrun::host
