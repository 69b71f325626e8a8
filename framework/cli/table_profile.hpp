// What a text file of rows holds, column by column: the facts from which a config for it is
// written.
#pragma once
#include <cstddef>
#include <limits>
#include <map>
#include <nnrun/csv.hpp>
#include <string>
#include <unordered_map>
#include <vector>
namespace nnrun::host {

struct ColumnProfile {
  static constexpr std::size_t most_different = 1000;

  std::string name;  ///< may be empty
  std::size_t gaps = 0, numbers = 0, texts = 0;
  std::unordered_map<std::string, std::size_t> counts;  ///< of texts; at most most_different
  std::size_t without_count = 0;                        ///< texts beyond these
  std::string first_text, first_place;                  ///< that is not a number, and where it is
  std::map<double, std::size_t> different;  ///< how often each number is there; likewise
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  bool whole = true;             ///< all numbers are
  bool counts_rows = true;       ///< each number is one more than that of the row before
  std::size_t with_comma = 0;    ///< texts such as 12,5
  std::size_t of_thousands = 0;  ///< of these, 12,500; or numbers such as 12.500
  std::size_t with_point = 0;    ///< numbers such as 12.5
  std::size_t like_numbers = 0;  ///< texts such as dates, 1'000, 10 %
  std::size_t with_zeros = 0;    ///< whole numbers such as 01277
  bool has_lines = false;        ///< some text goes over lines

  /// Returns whether separators stand between thousands: three digits follow each.
  bool is_of_thousands() const {
    return of_thousands > 0 && of_thousands == with_comma + with_point;
  }

  std::size_t values() const { return numbers + texts; }
};

struct TableProfile {
  std::string file;
  std::size_t rows = 0;
  CsvFormat format;
  std::vector<ColumnProfile> columns;
};

/// Reads a file and finds how it is written: separator, names, decimal comma,
/// letters of Windows. Throws DataError with the line of what cannot be read.
TableProfile profile_of(const std::string& file);

}  // namespace nnrun::host
