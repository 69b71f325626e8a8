#include "npy_file.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <nnrun/kinds/common.hpp>
#include <utility>

namespace {

constexpr std::size_t most_npy_numbers = std::size_t{1} << 40, npy_chunk = std::size_t{1} << 16,
                      longest_header = std::size_t{1} << 16;

/// Parses the header's Python dict, as NumPy writes it.
class Dict {
 public:
  explicit Dict(std::string_view text) : text_(text) {}

  /// Returns what follows `'key':`; empty if there is no such key.
  std::string_view value(std::string_view key) const {
    for (const char quote : {'\'', '"'}) {
      const std::size_t at = text_.find(quote + std::string(key) + quote);
      if (at == std::string_view::npos) continue;
      std::string_view rest = text_.substr(at + key.size() + 2);
      skip_blanks(rest);
      if (!rest.starts_with(':')) continue;
      rest.remove_prefix(1);
      skip_blanks(rest);
      return rest;
    }
    return {};
  }
  static void skip_blanks(std::string_view& text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
  }

 private:
  std::string_view text_;
};

}  // namespace

NpyFile::NpyFile(const std::string& file, const std::string& array) : in_(file, array) {
  read_header();
  std::size_t numbers = 1;
  for (const std::size_t n : sizes_) {
    if (n == 0) throw nnrun::Error("a size is 0, so there is no example", path());
    if (n > most_npy_numbers / numbers)
      throw nnrun::Error("its sizes multiply to more than 2^40 numbers", path());
    numbers *= n;
  }
  cols_ = numbers / sizes_[0];
  const std::size_t promised = start_ + numbers * width_;
  if (in_.size() != promised)
    throw nnrun::Error("its header promises " + std::to_string(promised) + " bytes, the file has " +
                           std::to_string(in_.size()),
                       path(),
                       in_.size() < promised ? "the file is not whole: write it again" : "");
  if (!is_fortran_) return;
  if (in_.is_packed())
    throw nnrun::Error(
        "is compressed, and column after column (Fortran order), so that no row can "
        "be read without all",
        path(), "save numpy.ascontiguousarray(x), or by numpy.savez");
  in_.check();
}

void NpyFile::read_header() {
  char start[12] = {};
  in_.read(0, start, std::min(in_.size(), sizeof start));
  if (in_.size() < 10 || std::memcmp(start, "\x93NUMPY", 6) != 0)
    throw nnrun::Error("not an npy file: it does not start with \\x93NUMPY", path());
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(start[i]); };
  const unsigned major = byte(6);
  if (major < 1 || major > 3)
    throw nnrun::Error("written in version " + std::to_string(major) + "." +
                           std::to_string(byte(7)) + " of the format, expected 1 to 3",
                       in_.place(6));
  const std::size_t before = major == 1 ? 10 : 12;
  std::size_t length = 0;
  for (std::size_t i = before; i-- > 8;) length = length << 8 | byte(i);
  start_ = before + length;
  if (length > longest_header || start_ > in_.size())
    throw nnrun::Error("its header would have " + std::to_string(length) + " bytes, the file has " +
                           std::to_string(in_.size()),
                       in_.place(8));
  std::string header(length, '\0');
  in_.read(before, header.data(), length);
  understand(header);
}

void NpyFile::understand(std::string_view header) {
  const Dict dict(header);
  const auto refuse = [&](const std::string& why) {
    throw nnrun::Error("its header is not understood: " + why, in_.place(10));
  };
  std::string_view type = dict.value("descr");
  if (type.starts_with('['))
    throw nnrun::Error("holds records of several fields, expected an array of numbers", path(),
                       "save the fields that are wanted as an array: numpy.stack, numpy.save");
  if (type.empty() || (type[0] != '\'' && type[0] != '"')) refuse("no 'descr'");
  set_type(type.substr(1, type.find(type[0], 1) - 1));
  const std::string_view fortran = dict.value("fortran_order");
  if (!fortran.starts_with("True") && !fortran.starts_with("False")) refuse("no 'fortran_order'");
  std::string_view shape = dict.value("shape");
  if (!shape.starts_with('(')) refuse("no 'shape'");
  shape.remove_prefix(1);
  for (Dict::skip_blanks(shape); !shape.starts_with(')'); Dict::skip_blanks(shape)) {
    std::size_t n = 0;
    const auto [end, failed] = std::from_chars(shape.data(), shape.data() + shape.size(), n);
    if (failed != std::errc{}) refuse("a size in 'shape' is not a number");
    shape.remove_prefix(static_cast<std::size_t>(end - shape.data()));
    sizes_.push_back(n);
    Dict::skip_blanks(shape);
    if (shape.starts_with(','))
      shape.remove_prefix(1);
    else if (!shape.starts_with(')'))
      refuse("'shape' does not end");
  }
  if (sizes_.empty() || sizes_.size() > 5)
    throw nnrun::Error("has " + std::to_string(sizes_.size()) +
                           " dimensions, expected the examples and one to four of each",
                       path());
  is_fortran_ = fortran.starts_with("True") && sizes_.size() > 1;
}

void NpyFile::set_type(std::string_view type) {
  static constexpr std::pair<const char*, Stored> known[] = {
      {"f2", Stored::half},   {"f4", Stored::single}, {"f8", Stored::twice},
      {"i1", Stored::int8},   {"i2", Stored::int16},  {"i4", Stored::int32},
      {"i8", Stored::int64},  {"u1", Stored::uint8},  {"u2", Stored::uint16},
      {"u4", Stored::uint32}, {"u8", Stored::uint64}, {"b1", Stored::uint8}};
  const bool has_order = type.find_first_of("<>=|") == 0;
  const std::string_view plain = type.substr(has_order ? 1 : 0);
  const auto found = std::ranges::find(known, plain, &std::pair<const char*, Stored>::first);
  if (found == std::end(known))
    throw nnrun::Error(
        "holds " + std::string(plain.starts_with('O') ? "Python objects" : "another type") + " ('" +
            std::string(type) + "'), expected numbers: f2, f4, f8, i1 to i8, u1 to u8 or b1",
        path(),
        plain.starts_with('O') ? "save numpy.asarray(x, dtype='f8')" : "save x.astype('f8')");
  type_ = found->second;
  is_bool_ = plain[0] == 'b';
  is_big_endian_ = type[0] == '>';
  width_ = width_of(type_);
}

std::string NpyFile::place(std::size_t example) const {
  return in_.place(start_ + example * cols_ * width_);
}

void NpyFile::read(std::size_t from, std::size_t n, double* out) {
  if (is_fortran_) return read_columns(from, n, out);
  const std::size_t all = n * cols_;
  for (std::size_t done = 0, now; done < all; done += now) {
    now = std::min(all - done, npy_chunk / width_);
    const std::size_t wrong = take(start_ + (from * cols_ + done) * width_, now, out + done);
    if (wrong < now)
      refuse_number(from + (done + wrong) / cols_, (done + wrong) % cols_,
                    start_ + (from * cols_ + done + wrong) * width_);
  }
}

/// Reads numbers that lie side by side. Returns the index of the first that is not finite; n if all
/// are.
std::size_t NpyFile::take(std::size_t byte, std::size_t n, double* out) {
  bytes_.resize(n * width_);
  in_.read(byte, bytes_.data(), bytes_.size());
  const std::size_t wrong = widen(type_, is_big_endian_, bytes_.data(), n, out);
  if (is_bool_) std::transform(out, out + n, out, [](double x) { return x != 0 ? 1. : 0.; });
  return wrong;
}

/// Reads the same rows of each column: in Fortran order the first index counts fastest.
void NpyFile::read_columns(std::size_t from, std::size_t n, double* out) {
  std::vector<double> column(n);
  std::vector<std::size_t> index(sizes_.size());  // of the column; the first is not used
  for (std::size_t c = 0; c < cols_; ++c) {
    std::size_t place = 0;  // of the number within an example
    for (std::size_t k = 1; k < sizes_.size(); ++k) place = place * sizes_[k] + index[k];
    const std::size_t byte = start_ + (c * count() + from) * width_;
    if (const std::size_t wrong = take(byte, n, column.data()); wrong < n)
      refuse_number(from + wrong, place, byte + wrong * width_);
    for (std::size_t i = 0; i < n; ++i) out[i * cols_ + place] = column[i];
    for (std::size_t k = 1; k < sizes_.size() && ++index[k] == sizes_[k]; ++k) index[k] = 0;
  }
}

void NpyFile::refuse_number(std::size_t example, std::size_t number, std::size_t byte) const {
  throw nnrun::Error("number " + std::to_string(number + 1) + " of example " +
                         std::to_string(example + 1) + " is not finite",
                     in_.place(byte));
}
