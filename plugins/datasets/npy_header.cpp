#include "npy_header.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>
#include <nnrun/kinds/common.hpp>
#include <nnrun/text_file.hpp>
#include <utility>

namespace {

constexpr std::size_t longest_npy_header = std::size_t{1} << 16,
                      longest_record_header = std::size_t{1} << 22;

/// Parses the header's Python dict, as NumPy writes it.
class NpyDict {
 public:
  /// refuse(why): throws.
  NpyDict(std::string_view text, auto refuse) : text_(text), refuse_(refuse) {}

  void read(NpyHeader& to) {
    std::string_view rest = value(text_, "descr");
    if (rest.starts_with('[')) {
      to.is_record = true;
      to.types = fields(rest);
      if (to.types.empty()) refuse_("a record without fields");
    } else {
      if (rest.empty() || (rest[0] != '\'' && rest[0] != '"')) refuse_("no 'descr'");
      to.types = {{"", text_in(rest), false}};
    }
    // fields may be called as the keys are: these come behind, or all before
    const std::string_view others = value(rest, "shape").empty() ? text_ : rest;
    const std::string_view fortran = value(others, "fortran_order");
    if (!fortran.starts_with("True") && !fortran.starts_with("False"))
      refuse_("no 'fortran_order'");
    to.is_fortran = fortran.starts_with("True");
    std::string_view shape = value(others, "shape");
    if (!shape.starts_with('(')) refuse_("no 'shape'");
    shape.remove_prefix(1);
    for (skip_blanks(shape); !shape.starts_with(')'); skip_blanks(shape)) {
      std::size_t n = 0;
      const auto [end, failed] = std::from_chars(shape.data(), shape.data() + shape.size(), n);
      if (failed != std::errc{}) refuse_("a size in 'shape' is not a number");
      shape.remove_prefix(static_cast<std::size_t>(end - shape.data()));
      to.sizes.push_back(n);
      skip_blanks(shape);
      if (shape.starts_with(','))
        shape.remove_prefix(1);
      else if (!shape.starts_with(')'))
        refuse_("'shape' does not end");
    }
  }

 private:
  static void skip_blanks(std::string_view& text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  /// Returns what follows `'key':`; empty if there is no such key.
  static std::string_view value(std::string_view text, std::string_view key) {
    for (const char quote : {'\'', '"'}) {
      const std::string wanted = quote + std::string(key) + quote;
      for (std::size_t at = text.find(wanted); at != text.npos; at = text.find(wanted, at + 1)) {
        std::string_view rest = text.substr(at + wanted.size());
        skip_blanks(rest);
        if (!rest.starts_with(':')) continue;
        rest.remove_prefix(1);
        skip_blanks(rest);
        return rest;
      }
    }
    return {};
  }
  /// Takes a text in quotes off, as Python's repr writes it.
  std::string text_in(std::string_view& rest) const {
    if (rest.empty() || (rest[0] != '\'' && rest[0] != '"')) refuse_("a text is expected");
    const char quote = rest[0];
    std::string text;
    std::size_t at = 1;
    for (; at < rest.size() && rest[at] != quote; ++at) {
      if (rest[at] != '\\') {
        text += rest[at];
        continue;
      }
      const char c = ++at < rest.size() ? rest[at] : '\0';
      const std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
      if (digits == 0 && c != '\\' && c != '\'' && c != '"') refuse_("an escape in a text");
      if (digits == 0) {
        text += c;
        continue;
      }
      std::uint32_t code = 0;
      const std::string_view hex = rest.substr(at + 1, digits);
      const auto [end, failed] = std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
      if (failed != std::errc{} || end != hex.data() + digits || code > 0x10ffff)
        refuse_("an escape in a text");
      nnrun::append_utf8(code, text);
      at += digits;
    }
    if (at >= rest.size()) refuse_("a text does not end");
    rest.remove_prefix(at + 1);
    return text;
  }
  void take(std::string_view& rest, char c) const {
    skip_blanks(rest);
    if (!rest.starts_with(c)) refuse_(std::string("'") + c + "' is expected in 'descr'");
    rest.remove_prefix(1);
    skip_blanks(rest);
  }
  std::vector<NpyHeader::Type> fields(std::string_view& rest) const {
    std::vector<NpyHeader::Type> found;
    take(rest, '[');
    while (!rest.starts_with(']')) {
      take(rest, '(');
      NpyHeader::Type& field = found.emplace_back();
      if (rest.starts_with('(')) {  // a title, which nothing is done with, and the name
        take(rest, '(');
        text_in(rest);
        take(rest, ',');
        field.name = text_in(rest);
        take(rest, ')');
      } else {
        field.name = text_in(rest);
      }
      take(rest, ',');
      if (rest.starts_with('[')) refuse_("a record within a record");
      field.text = text_in(rest);
      skip_blanks(rest);
      if (rest.starts_with(',')) {
        take(rest, ',');
        field.has_sizes = rest.starts_with('(');
        rest.remove_prefix(std::min(rest.size(), field.has_sizes ? rest.find(')') + 1 : 0));
      }
      take(rest, ')');
      if (rest.starts_with(',')) take(rest, ',');
      if (rest.empty()) refuse_("'descr' does not end");
    }
    take(rest, ']');
    return found;
  }

  std::string_view text_;
  std::function<void(const std::string&)> refuse_;
};

}  // namespace

NpyHeader NpyHeader::read(ArrayBytes& in) {
  char first[12] = {};
  in.read(0, first, std::min(in.size(), sizeof first));
  if (in.size() < 10 || std::memcmp(first, "\x93NUMPY", 6) != 0)
    throw nnrun::Error("not an npy file: it does not start with \\x93NUMPY", in.name());
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(first[i]); };
  const unsigned major = byte(6);
  if (major < 1 || major > 3)
    throw nnrun::Error("written in version " + std::to_string(major) + "." +
                           std::to_string(byte(7)) + " of the format, expected 1 to 3",
                       in.place(6));
  const std::size_t before = major == 1 ? 10 : 12;
  std::size_t length = 0;
  for (std::size_t i = before; i-- > 8;) length = length << 8 | byte(i);
  NpyHeader header;
  header.start = before + length;
  const auto too_long = [&] {
    return nnrun::Error("its header would have " + std::to_string(length) +
                            " bytes, the file has " + std::to_string(in.size()),
                        in.place(8));
  };
  if (length > longest_record_header || header.start > in.size()) throw too_long();
  std::string text(length, '\0');
  in.read(before, text.data(), length);
  NpyDict(text, [&](const std::string& why) {
    throw nnrun::Error("its header is not understood: " + why, in.place(10));
  }).read(header);
  if (length > longest_npy_header && !header.is_record) throw too_long();
  return header;
}

bool StoredType::find(std::string_view text) {
  static constexpr std::pair<const char*, Stored> known[] = {
      {"f2", Stored::half},   {"f4", Stored::single}, {"f8", Stored::twice},
      {"i1", Stored::int8},   {"i2", Stored::int16},  {"i4", Stored::int32},
      {"i8", Stored::int64},  {"u1", Stored::uint8},  {"u2", Stored::uint16},
      {"u4", Stored::uint32}, {"u8", Stored::uint64}, {"b1", Stored::uint8}};
  const bool has_order = text.find_first_of("<>=|") == 0;
  const std::string_view plain = text.substr(has_order ? 1 : 0);
  const auto found = std::ranges::find(known, plain, &std::pair<const char*, Stored>::first);
  if (found == std::end(known)) return false;
  stored = found->second;
  is_bool = plain[0] == 'b';
  is_big_endian = text[0] == '>';
  return true;
}
