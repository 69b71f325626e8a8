// To which of several series each row of a file belongs, where they stand below each other, or
// mixed.
#pragma once
#include <algorithm>
#include <cstdint>
#include <nnrun/kinds/common.hpp>
#include <numeric>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

class SeriesOfRows {
 public:
  /// Takes the name of the next row's series. column, place: for messages.
  void add(std::string_view name, const std::string& column, const std::string& place) {
    constexpr std::size_t most = 1'000'000;
    if (name.empty())
      throw nnrun::Error("column '" + column + "': a row does not say to which series it belongs",
                         place, "fill it in, or take the row out");
    const auto [known, is_new] = numbers_.try_emplace(std::string(name), sizes_.size());
    if (is_new) sizes_.push_back(0);
    if (sizes_.size() > most)
      throw nnrun::Error(
          "column '" + column + "' names more than " + std::to_string(most) + " series", place);
    ++sizes_[known->second];
    of_row_.push_back(static_cast<std::uint32_t>(known->second));
  }
  /// To be called when all rows are added: puts them in order, series by series.
  void finish() {
    numbers_.clear();
    if (!std::ranges::is_sorted(of_row_)) {
      order_.resize(of_row_.size());
      std::iota(order_.begin(), order_.end(), 0u);
      std::ranges::stable_sort(order_, {}, [this](std::uint32_t row) { return of_row_[row]; });
    }
    of_row_ = {};
  }

  /// How many rows each series has; none if rows belong to no series.
  const std::vector<std::size_t>& sizes() const { return sizes_; }
  /// The rows, series by series; none if that is the order of the file.
  const std::vector<std::uint32_t>& order() const { return order_; }

 private:
  std::unordered_map<std::string, std::size_t> numbers_;
  std::vector<std::size_t> sizes_;
  std::vector<std::uint32_t> of_row_, order_;
};
