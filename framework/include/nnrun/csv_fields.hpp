// The fields of a row of a text file.
#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace nnrun {

/// Returns whether a byte may stand around a field.
inline bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}
/// Removes what stands around a field without quotes.
inline std::string_view trimmed(std::string_view field) {
  while (!field.empty() && is_blank(field.front())) field.remove_prefix(1);
  while (!field.empty() && is_blank(field.back())) field.remove_suffix(1);
  return field;
}

/// Returns whether fields end at a byte: where blanks separate them, at a tab as well.
inline bool ends_field(char c, char separator) {
  return c == separator || (c == '\t' && separator == ' ');
}

/// Looks at a row that grows, each byte once.
class OpenQuotes {
 public:
  /// Returns whether a quoted field of the row is not closed.
  bool are_in(std::string_view row, char separator) {
    for (; at_ < row.size(); ++at_) {
      const char c = row[at_];
      if (state_ == State::quoted) {
        if (c != '"') continue;
        if (at_ + 1 < row.size() && row[at_ + 1] == '"')
          ++at_;
        else
          state_ = State::plain;
      } else if (ends_field(c, separator)) {
        state_ = State::start;
      } else if (state_ == State::start && c != ' ') {
        state_ = c == '"' ? State::quoted : State::plain;
      }
    }
    return state_ == State::quoted;
  }

 private:
  enum class State { start, plain, quoted } state_ = State::start;
  std::size_t at_ = 0;
};

/// The fields of a row: views of it, and of copies where a quote is written twice. Where a blank
/// separates them, several do so as one, and tabs as well.
class CsvFields {
 public:
  explicit CsvFields(char separator) : separator_(separator) {}

  /// Takes a row whose quotes are closed. Returns false if text stands behind a closing one.
  bool split(std::string_view row) {
    fields_.clear();
    row_ = row;
    if (row.find('"') == row.npos) {
      if (separator_ == ' ') return split_at_blanks(row);
      split_plain(row);
      return true;
    }
    row_ = {};
    copies_.clear();
    copies_.reserve(row.size());  // so that views of it stay
    if (separator_ == ' ') return split_at_blanks(row);
    for (;;) {
      const std::size_t start = std::min(row.find_first_not_of(' '), row.size());
      if (start < row.size() && row[start] == '"') {
        row.remove_prefix(start + 1);
        take_quoted(row);
        while (!row.empty() && row[0] != separator_ && is_blank(row[0])) row.remove_prefix(1);
        if (!row.empty() && row[0] != separator_) return false;
      } else {
        const std::size_t end = std::min(row.find(separator_), row.size());
        fields_.push_back(trimmed(row.substr(0, end)));
        row.remove_prefix(end);
      }
      if (row.empty()) return true;
      row.remove_prefix(1);
    }
  }
  /// Makes as many fields as there are names, if only empty ones at the end, or columns without a
  /// name, are in the way: some programs write them. Returns whether that is so.
  bool fit(const std::vector<std::string>& names) {
    while (fields_.size() > names.size() && fields_.back().empty()) fields_.pop_back();
    while (fields_.size() < names.size() && names[fields_.size()].empty()) fields_.emplace_back();
    return fields_.size() == names.size();
  }

  std::string_view operator[](std::size_t i) const { return fields_[i]; }
  /// Returns bytes that may be read, with the field in them.
  std::string_view around(std::size_t i) const { return row_.empty() ? fields_[i] : row_; }
  std::size_t size() const { return fields_.size(); }
  char separator() const { return separator_; }

 private:
  bool split_at_blanks(std::string_view row) {
    for (row = trimmed(row); !row.empty(); row = trimmed(row)) {
      if (row[0] == '"') {
        row.remove_prefix(1);
        take_quoted(row);
        if (!row.empty() && !is_blank(row[0])) return false;
      } else {
        const std::size_t end = std::min(row.find_first_of(" \t\r"), row.size());
        fields_.push_back(row.substr(0, end));
        row.remove_prefix(end);
      }
    }
    if (fields_.empty()) fields_.emplace_back();
    return true;
  }
  /// Looks for separators in 64 bytes at a time: fields are so short that a search for the end of
  /// each takes longer.
  void split_plain(std::string_view row) {
    std::size_t start = 0;
    for (std::size_t from = 0; from < row.size(); from += 64) {
      const std::string_view rest = row.substr(from);
      std::uint64_t found =
          rest.size() < 64 ? separators_in_tail(rest) : separators_in(rest.data());
      for (; found != 0; found &= found - 1) {
        const std::size_t end = from + static_cast<std::size_t>(std::countr_zero(found));
        fields_.push_back(trimmed(row.substr(start, end - start)));
        start = end + 1;
      }
    }
    fields_.push_back(trimmed(row.substr(start)));
  }
  /// Returns a bit for each of 64 bytes: whether it is a separator. Eight bytes are one number
  /// here: the top bit of each is set where it equals the separator, then all eight are gathered.
  std::uint64_t separators_in(const char* bytes) const {
    static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");
    constexpr std::uint64_t ones = 0x0101010101010101, low = 0x7f * ones;
    std::uint64_t found = 0;
    for (unsigned i = 0; i < 64; i += 8) {
      std::uint64_t eight;
      std::memcpy(&eight, bytes + i, 8);
      eight ^= ones * static_cast<unsigned char>(separator_);
      const std::uint64_t top_where_zero = ~(((eight & low) + low) | eight | low);
      found |= ((top_where_zero >> 7) * 0x0102040810204080 >> 56) << i;
    }
    return found;
  }
  std::uint64_t separators_in_tail(std::string_view rest) const {
    char bytes[64];
    std::memset(bytes, ~separator_, sizeof bytes);
    std::memcpy(bytes, rest.data(), rest.size());
    return separators_in(bytes);
  }

  /// Adds the field at the start of the row, up to its closing quote, and removes both.
  void take_quoted(std::string_view& row) {
    std::size_t end = row.find('"');
    const std::size_t copied = copies_.size();
    while (end + 1 < row.size() && row[end + 1] == '"') {
      copies_.append(row, 0, end + 1);
      row.remove_prefix(end + 2);
      end = row.find('"');
    }
    if (copies_.size() == copied) {
      fields_.push_back(row.substr(0, end));
    } else {
      copies_.append(row, 0, end);
      fields_.push_back(std::string_view(copies_).substr(copied));
    }
    row.remove_prefix(end + 1);
  }

  char separator_;
  std::string_view row_;  // without quotes, so that all fields lie in it; else empty
  std::vector<std::string_view> fields_;
  std::string copies_;
};

}  // namespace nnrun
