// The lines of a text file, as views of what was read: a line is copied only where a block ends
// within it, or where it goes on.
#pragma once
#include <nnrun/text_file.hpp>

namespace nnrun {

class TextLines {
 public:
  static constexpr std::size_t longest = std::size_t{1} << 24;

  /// `in` must outlive it; file: its name in messages; encoding: one of TextFile::encodings.
  TextLines(std::istream& in, const std::string& file, std::string_view encoding)
      : blocks_(in, file, encoding), file_(file) {}

  /// Reads lines of a text, as UTF-8, that end and are counted as in `whole`; the first of them has
  /// this number.
  TextLines(std::istream& in, const TextLines& whole, std::size_t number)
      : blocks_(in, whole.file_, TextFile::AsItIs{}),
        file_(whole.file_),
        line_end_(whole.line_end_),
        number_(number - 1),
        is_part_(true) {}

  /// Goes to the next line; returns false at the end. Throws Error if it is too long.
  bool next() {
    const std::size_t end = block_.find(line_end_);
    if (end == block_.npos) {
      joined_.clear();
      return join();
    }
    line_ = block_.substr(0, end);
    block_.remove_prefix(end + 1);
    ++number_;
    return true;
  }
  /// Makes the next line a part of the present one, with a line end between them; returns false at
  /// the end. first: the line that the row starts with. Throws Error if both are too long.
  bool join_next(std::size_t first) {
    if (line_.data() != joined_.data()) joined_ = line_;
    joined_ += '\n';
    return join(first);
  }
  /// Returns the present line without its end, valid until the next one.
  std::string_view line() const { return line_; }
  /// Returns the line behind the present one if all of it is read already; else nothing.
  std::string_view line_ahead() const {
    const std::size_t end = block_.find(line_end_);
    return end == block_.npos ? std::string_view() : block_.substr(0, end);
  }
  /// Returns the number of the line that was read last; the first is 1.
  std::size_t number() const { return number_; }
  char line_end() const { return line_end_; }

 private:
  /// Adds what is left of a line to joined_, which becomes the present line. first: that of a row
  /// which goes on; 0: it is a row of its own.
  bool join(std::size_t first = 0) {
    for (bool any = false;; any = true) {
      if (block_.empty()) {
        block_ = blocks_.next();
        if (number_ == 0 && !any && !is_part_) line_end_ = line_end_in(block_);
        if (block_.empty()) {
          line_ = joined_;
          if (any) ++number_;
          return any;
        }
      }
      const std::size_t end = block_.find(line_end_), n = std::min(end, block_.size());
      if (joined_.size() + n > longest) refuse_length(first);
      joined_.append(block_, 0, n);
      block_.remove_prefix(n);
      if (end == block_.npos) continue;
      block_.remove_prefix(1);
      line_ = joined_;
      ++number_;
      return true;
    }
  }
  [[noreturn]] void refuse_length(std::size_t first) const {
    if (first == 0)
      throw Error("a line of more than 16 MiB", file_ + ":" + std::to_string(number_ + 1));
    throw Error("a row of more than 16 MiB, with line ends in quotes",
                file_ + ":" + std::to_string(first),
                "if it is not one row, a quote in it is not closed");
  }
  /// Old programs end lines with CR alone.
  static char line_end_in(std::string_view block) {
    const std::size_t cr = block.find('\r');
    return block.find('\n') == block.npos && cr != block.npos && cr + 1 < block.size() ? '\r'
                                                                                       : '\n';
  }

  TextFile blocks_;
  std::string file_;
  char line_end_ = '\n';
  std::string_view block_;  // what is left of it
  std::string joined_;
  std::string_view line_;
  std::size_t number_ = 0;
  bool is_part_ = false;
};

}  // namespace nnrun
