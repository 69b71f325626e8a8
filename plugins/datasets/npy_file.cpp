#include "npy_file.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <nnrun/input_file.hpp>
#include <nnrun/kinds/common.hpp>

static_assert(std::endian::native == std::endian::little, "numbers are copied as they lie");

namespace {

constexpr std::size_t most_npy_numbers = std::size_t{1} << 40, npy_chunk = std::size_t{1} << 20,
                      longest_header = std::size_t{1} << 16;

template <class T>
double as(const char* bytes) {
  T x;
  std::memcpy(&x, bytes, sizeof x);
  return static_cast<double>(x);
}

double npy_number(char kind, std::size_t width, const char* bytes) {
  switch (kind) {
    case 'f':
      return width == 4 ? as<float>(bytes) : as<double>(bytes);
    case 'i':
      return width == 1   ? as<std::int8_t>(bytes)
             : width == 2 ? as<std::int16_t>(bytes)
             : width == 4 ? as<std::int32_t>(bytes)
                          : as<std::int64_t>(bytes);
    case 'u':
      return width == 1   ? as<std::uint8_t>(bytes)
             : width == 2 ? as<std::uint16_t>(bytes)
             : width == 4 ? as<std::uint32_t>(bytes)
                          : as<std::uint64_t>(bytes);
    default:
      return *bytes != 0;
  }
}

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

NpyFile::NpyFile(std::string path) : path_(std::move(path)) {
  file_ = nnrun::open_input(path_);
  std::error_code failed;  // then the size is the largest
  const auto size = static_cast<std::size_t>(std::filesystem::file_size(path_, failed));
  read_header(size);
  std::size_t numbers = 1;
  for (const std::size_t n : sizes_) {
    if (n == 0) throw nnrun::Error("a size is 0, so there is no example", path_);
    if (n > most_npy_numbers / numbers)
      throw nnrun::Error("its sizes multiply to more than 2^40 numbers", path_);
    numbers *= n;
  }
  cols_ = numbers / sizes_[0];
  const std::size_t promised = start_ + numbers * width_;
  if (size != promised)
    throw nnrun::Error("its header promises " + std::to_string(promised) + " bytes, the file has " +
                           std::to_string(size),
                       path_, size < promised ? "the file is not whole: write it again" : "");
}

void NpyFile::read_header(std::size_t file_size) {
  unsigned char start[12] = {};
  file_.read(reinterpret_cast<char*>(start), sizeof start);
  if (file_.gcount() < 10 || std::memcmp(start, "\x93NUMPY", 6) != 0)
    throw nnrun::Error("not an npy file: it does not start with \\x93NUMPY", path_,
                       "an npz file is a zip archive of npy files: unzip it");
  const unsigned major = start[6];
  if (major < 1 || major > 3)
    throw nnrun::Error("written in version " + std::to_string(major) + "." +
                           std::to_string(start[7]) + " of the format, expected 1 to 3",
                       path_ + " at byte 6");
  const std::size_t before = major == 1 ? 10 : 12;
  std::size_t length = 0;
  for (std::size_t i = before; i-- > 8;) length = length << 8 | start[i];
  start_ = before + length;
  if (length > longest_header || start_ > file_size)
    throw nnrun::Error("its header would have " + std::to_string(length) + " bytes, the file has " +
                           std::to_string(file_size),
                       path_ + " at byte 8");
  std::string header(length, '\0');
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(before));
  if (!file_.read(header.data(), static_cast<std::streamsize>(length)))
    throw nnrun::Error("cannot be read", path_ + " at byte " + std::to_string(before));
  understand(header);
}

void NpyFile::understand(std::string_view header) {
  const Dict dict(header);
  const auto refuse = [&](const std::string& why) {
    throw nnrun::Error("its header is not understood: " + why, path_ + " at byte 10");
  };
  std::string_view type = dict.value("descr");
  if (type.starts_with('['))
    throw nnrun::Error("holds records of several fields, expected an array of numbers", path_,
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
                       path_);
  if (fortran.starts_with("True") && sizes_.size() > 1)
    throw nnrun::Error("its numbers are in Fortran order, column after column, expected C order",
                       path_, "save numpy.ascontiguousarray(x)");
}

void NpyFile::set_type(std::string_view type) {
  const auto refuse = [&](const std::string& what, const char* hint) {
    throw nnrun::Error("holds " + what + " ('" + std::string(type) +
                           "'), expected numbers: f4, f8, i1 to i8, u1 to u8 or b1",
                       path_, hint);
  };
  if (type.find('O') != std::string_view::npos)
    refuse("Python objects", "save numpy.asarray(x, dtype='f8')");
  if (type.starts_with('>'))
    refuse("numbers in big-endian byte order", "save x.astype(x.dtype.newbyteorder('<'))");
  if (type.size() == 3) {
    kind_ = type[1];
    width_ = static_cast<std::size_t>(type[2] - '0');
    const bool whole = width_ == 1 || width_ == 2 || width_ == 4 || width_ == 8;
    if (((kind_ == 'i' || kind_ == 'u') && whole) || (kind_ == 'b' && width_ == 1) ||
        (kind_ == 'f' && (width_ == 4 || width_ == 8)))
      return;
  }
  refuse("another type", "save x.astype('f8')");
}

std::string NpyFile::place(std::size_t example) const {
  return path_ + " at byte " + std::to_string(start_ + example * cols_ * width_);
}

void NpyFile::read(std::size_t from, std::size_t n, double* out) {
  const std::size_t first = start_ + from * cols_ * width_;
  file_.seekg(static_cast<std::streamoff>(first));
  const std::size_t all = n * cols_;
  for (std::size_t done = 0; done < all;) {
    const std::size_t now = std::min(all - done, npy_chunk / width_);
    bytes_.resize(now * width_);
    if (!file_.read(bytes_.data(), static_cast<std::streamsize>(bytes_.size())))
      throw nnrun::Error("cannot be read", place(from));
    for (std::size_t i = 0; i < now; ++i, ++done) {
      out[done] = npy_number(kind_, width_, bytes_.data() + i * width_);
      if (!std::isfinite(out[done]))
        throw nnrun::Error("number " + std::to_string(done % cols_ + 1) + " of example " +
                               std::to_string(from + done / cols_ + 1) + " is not finite",
                           path_ + " at byte " + std::to_string(first + done * width_));
    }
  }
}
