// Class numbers with their names, for data sets whose target is a class.
#pragma once
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <nnrun/kinds/common.hpp>
#include <string>
#include <vector>
namespace nnrun {

class ClassNames {
 public:
  static constexpr std::size_t most = 10000;  // a target number for each

  bool empty() const { return names_.empty(); }
  std::size_t size() const { return names_.size(); }
  const std::string& operator[](std::size_t i) const { return names_[i]; }
  /// Returns the names as nnrun_data takes them.
  const char* const* pointers() const { return pointers_.data(); }

  void set(std::vector<std::string> names) {
    names_ = std::move(names);
    std::vector<std::string> sorted = names_;
    std::ranges::sort(sorted);
    const auto twice = std::ranges::adjacent_find(sorted);
    if (twice != sorted.end()) throw Error("class '" + *twice + "' is named twice");
    pointers_.clear();
    first_ = empty() ? 0 : 1;
    for (std::size_t i = 0; i < size(); ++i) {
      pointers_.push_back(names_[i].c_str());
      if (names_[i] != std::to_string(i + 1)) first_ = 0;
    }
  }
  /// Names the classes from `first` up to and including the largest by their numbers.
  void count(std::size_t first, std::size_t largest) {
    std::vector<std::string> names;
    for (std::size_t i = first; i <= largest; ++i) names.push_back(std::to_string(i));
    set(std::move(names));
  }
  /// Returns a list for messages: "a, b, c", cut if it is long.
  std::string text() const {
    std::string all;
    for (const std::string& name : names_) {
      if (all.size() > 400) return all + ", …";
      all += (all.empty() ? "" : ", ") + name;
    }
    return all;
  }
  /// Returns the class number of a file's label. Classes called "1", "2", … have these labels,
  /// others count from 0. place: a function that returns where the label stands.
  std::uint16_t number(double label, const auto& place) const {
    const std::size_t known = (empty() ? most : size()) + first_;
    if (label >= static_cast<double>(first_) && label < static_cast<double>(known) &&
        label == std::floor(label))
      return static_cast<std::uint16_t>(label - static_cast<double>(first_));
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, label).ptr;
    throw Error("unknown class " + std::string(text, end) + ": expected a whole number from " +
                    std::to_string(first_) + " to " + std::to_string(known - 1),
                place(), empty() ? "" : "the classes are: " + this->text());
  }
  /// Reads the labels of a file of one number per example. They number the classes if these have no
  /// names yet, from 0 or, if no label is 0, from 1.
  template <class File>
  std::vector<std::uint16_t> read_numbers(File& file) {
    std::vector<std::uint16_t> numbers;
    std::array<double, 1024> chunk;
    for (std::size_t from = 0; from < file.count(); from += chunk.size()) {
      const std::size_t n = std::min(chunk.size(), file.count() - from);
      file.read(from, n, chunk.data());
      for (std::size_t i = 0; i < n; ++i)
        numbers.push_back(number(chunk[i], [&] { return file.place(from + i); }));
    }
    if (!empty()) return numbers;
    const auto [low, high] = std::ranges::minmax_element(numbers);
    const std::uint16_t first = *low == 1 ? 1 : 0;
    count(first, *high);
    for (std::uint16_t& n : numbers) n = static_cast<std::uint16_t>(n - first);
    return numbers;
  }
  /// Writes one row of targets: 1 at the class, else 0. Returns where the next row starts.
  double* one_hot(std::size_t number, double* t) const {
    std::fill_n(t, size(), 0.);
    t[number] = 1;
    return t + size();
  }

 private:
  std::vector<std::string> names_;
  std::vector<const char*> pointers_;
  std::size_t first_ = 0;  // label of the first class
};

}  // namespace nnrun
