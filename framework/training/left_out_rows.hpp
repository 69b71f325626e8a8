// Rows that a data set gives, but that cannot be trained on or measured: which they are, and why.
#pragma once
#include <nnrun/abi.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/error.hpp"
namespace nnrun::host {

/// What is wrong with an example of a part, as the data set counts them.
struct RowFault {
  std::size_t example;
  Problem problem;  ///< without its place
};

class LeftOutRows {
 public:
  /// Adds a row, unless it is known already.
  void add(std::size_t part, const RowFault& fault);
  bool contains(std::size_t part, std::size_t example) const {
    return rows_[part].contains(static_cast<std::uint32_t>(example));
  }
  std::size_t count(std::size_t part) const { return rows_[part].size(); }
  bool empty() const;
  /// Returns the number among all examples of the part of the one with this number among those that
  /// are not left out.
  std::size_t example_at(std::size_t part, std::size_t taken) const;
  /// Returns `2 rows that cannot be scored are left out: in.csv:3 (why), in.csv:9`. place_of: says
  /// where an example stands.
  std::string words(
      const std::function<std::string(std::size_t part, std::size_t example)>& place_of) const;

 private:
  std::array<std::set<std::uint32_t>, NNRUN_PARTS> rows_;
  struct First {
    std::pair<std::size_t, std::size_t> at;  // part and example
    std::string why;
  };
  std::optional<First> first_;
};

}  // namespace nnrun::host
