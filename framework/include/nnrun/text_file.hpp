// Text from a file in any of the encodings that tables come in, as UTF-8.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <istream>
#include <nnrun/kinds/common.hpp>
#include <string>
#include <string_view>

namespace nnrun {

/// Writes a character of Unicode in UTF-8 behind a text.
inline void append_utf8(std::uint32_t c, std::string& to) {
  const auto put = [&](std::uint32_t byte) { to += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xc0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xe0 | c >> 12);
    } else {
      put(0xf0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3f));
    }
    put(0x80 | (c >> 6 & 0x3f));
  }
  put(0x80 | (c & 0x3f));
}

/// Returns the index of the first byte that is not UTF-8; npos if all of it is.
inline std::size_t first_not_utf8(std::string_view text) {
  const auto* const at = reinterpret_cast<const unsigned char*>(text.data());
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char c = at[i];
    if (c < 0x80) {
      ++i;
      continue;
    }
    const std::size_t more = c >= 0xc2 && c < 0xe0   ? 1
                             : c >= 0xe0 && c < 0xf0 ? 2
                             : c >= 0xf0 && c < 0xf5 ? 3
                                                     : 0;
    if (more == 0 || more >= text.size() - i) return i;
    for (std::size_t k = 1; k <= more; ++k)
      if ((at[i + k] & 0xc0) != 0x80) return i;
    const bool overlong = (c == 0xe0 && at[i + 1] < 0xa0) || (c == 0xf0 && at[i + 1] < 0x90);
    const bool surrogate = c == 0xed && at[i + 1] >= 0xa0, beyond = c == 0xf4 && at[i + 1] >= 0x90;
    if (overlong || surrogate || beyond) return i;
    i += more + 1;
  }
  return std::string_view::npos;
}

/// The blocks of a stream, as UTF-8. A byte order mark is left out; that of UTF-16 is understood
/// whatever the encoding. Text that is to be UTF-8 goes through as it is, right or wrong.
class TextFile {
 public:
  static constexpr std::array encodings{"utf-8", "latin1", "windows-1252", "utf-16"};

  /// encoding: one of `encodings`. file: its name in messages.
  TextFile(std::istream& in, std::string file, std::string_view encoding)
      : in_(in), file_(std::move(file)) {
    if (encoding == "latin1") how_ = How::latin1;
    if (encoding == "windows-1252") how_ = How::windows;
    if (encoding == "utf-16") how_ = How::utf16_little;
  }

  struct AsItIs {};
  /// Reads what is UTF-8 already, from within a text.
  TextFile(std::istream& in, std::string file, AsItIs)
      : in_(in), file_(std::move(file)), started_(true) {}

  /// Returns the next block; empty at the end. It is valid until the next call. Throws Error if the
  /// stream fails, or ends within a character.
  std::string_view next() {
    // where a pipe gave less than was asked for, more may come; the end is where it gives nothing
    in_.clear(in_.rdstate() & std::ios::badbit);
    in_.read(raw_ + kept_, static_cast<std::streamsize>(sizeof raw_ - kept_));
    std::string_view block(raw_, kept_ + static_cast<std::size_t>(in_.gcount()));
    if (in_.bad()) throw Error("cannot be read further", file_);
    const bool last = block.size() == std::exchange(kept_, 0);
    if (!std::exchange(started_, true)) block.remove_prefix(mark_of(block));
    switch (how_) {
      case How::as_it_is:
        return block;
      case How::latin1:
      case How::windows:
        return decoded(block);
      default:
        return decoded_pairs(block, last);
    }
  }

 private:
  enum class How { as_it_is, latin1, windows, utf16_little, utf16_big };

  /// Returns the length of the byte order mark, and notes what it says.
  std::size_t mark_of(std::string_view block) {
    if (block.starts_with("\xEF\xBB\xBF")) {
      how_ = How::as_it_is;
      return 3;
    }
    if (block.starts_with(std::string_view("\xFF\xFE\0\0", 4)))
      throw Error("is in UTF-32, which is not read", file_,
                  "type\niconv -f UTF-32 -t UTF-8 '" + file_ + "' > utf8.csv");
    if (block.starts_with("\xFF\xFE")) how_ = How::utf16_little;
    if (block.starts_with("\xFE\xFF")) how_ = How::utf16_big;
    return block.starts_with("\xFF\xFE") || block.starts_with("\xFE\xFF") ? 2 : 0;
  }

  std::string_view decoded(std::string_view block) {
    // what windows-1252 has in place of the control characters from 80 to 9f; 0: nothing
    static constexpr std::uint16_t from_80[32]{
        0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
    text_.clear();
    for (const char c : block) {
      const auto byte = static_cast<unsigned char>(c);
      const bool other = how_ == How::windows && byte >= 0x80 && byte < 0xa0;
      if (other && from_80[byte - 0x80] == 0)
        throw Error("holds a byte that windows-1252 does not have", file_,
                    "type, with the letters that it is in (MACINTOSH, SHIFT_JIS in Japan, GB18030 "
                    "in China, WINDOWS-1251 in Russia, ...),\niconv -f MACINTOSH -t UTF-8 '" +
                        file_ + "' > utf8.csv");
      add(other ? from_80[byte - 0x80] : byte);
    }
    return text_;
  }

  /// What is left of a character at the end of the block waits for the next one.
  std::string_view decoded_pairs(std::string_view block, bool last) {
    text_.clear();
    const auto unit = [&](std::size_t i) -> std::uint32_t {
      const auto a = static_cast<unsigned char>(block[i]),
                 b = static_cast<unsigned char>(block[i + 1]);
      return how_ == How::utf16_big ? a << 8 | b : b << 8 | a;
    };
    std::size_t i = 0;
    while (i + 1 < block.size()) {
      std::uint32_t c = unit(i);
      if (c >= 0xdc00 && c < 0xe000) throw Error("is not UTF-16: half a character", file_);
      if (c >= 0xd800 && c < 0xdc00) {
        if (i + 3 >= block.size()) break;
        const std::uint32_t low = unit(i + 2);
        if (low < 0xdc00 || low >= 0xe000) throw Error("is not UTF-16: half a character", file_);
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        i += 2;
      }
      add(c);
      i += 2;
    }
    kept_ = block.size() - i;
    if (last && kept_ > 0) throw Error("ends within a character of UTF-16", file_);
    std::memmove(raw_, block.data() + i, kept_);
    if (text_.empty() && !last) return next();
    return text_;
  }

  void add(std::uint32_t c) { append_utf8(c, text_); }

  std::istream& in_;
  std::string file_;
  How how_ = How::as_it_is;
  bool started_ = false;
  std::size_t kept_ = 0;  // bytes at the start of raw_ that wait for the rest of their character
  char raw_[1 << 16];
  std::string text_;
};

}  // namespace nnrun
