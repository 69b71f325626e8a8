#include "idx_file.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <nnrun/input_file.hpp>
#include <nnrun/kinds/common.hpp>

namespace {

constexpr std::size_t most_idx_numbers = std::size_t{1} << 40, idx_chunk = std::size_t{1} << 16;
constexpr std::size_t deflate_ratio = 1032;  // compressed data never unpack to more (zlib.net,
                                             // "Maximum compression factor")

/// Returns false for types that there are not.
bool find_type(unsigned type, Stored& stored) {
  switch (type) {
    case 0x08:
      stored = Stored::uint8;
      return true;
    case 0x09:
      stored = Stored::int8;
      return true;
    case 0x0B:
      stored = Stored::int16;
      return true;
    case 0x0C:
      stored = Stored::int32;
      return true;
    case 0x0D:
      stored = Stored::single;
      return true;
    case 0x0E:
      stored = Stored::twice;
      return true;
    default:
      return false;
  }
}

std::uint64_t big_endian(const unsigned char* bytes, std::size_t n) {
  std::uint64_t x = 0;
  for (std::size_t i = 0; i < n; ++i) x = x << 8 | bytes[i];
  return x;
}

std::string hex(const unsigned char* bytes, std::size_t n) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0) text += ' ';
    text += "0123456789abcdef"[bytes[i] >> 4];
    text += "0123456789abcdef"[bytes[i] & 15];
  }
  return text;
}

/// Returns a hint.
const char* what_starts_with(const unsigned char* start) {
  if (start[0] == 0x1f && start[1] == 0x8b)
    return "it is compressed twice: unpack it once, by gunzip";
  if (start[0] == '<') return "it is a web page: the download failed";
  if (start[0] == 'P' && start[1] == 'K') return "it is a zip file: unpack it";
  return "";
}

std::string at_byte(const std::string& path, std::size_t offset) {
  return path + " at byte " + std::to_string(offset);
}

}  // namespace

IdxFile::IdxFile(std::string path) : path_(std::move(path)) {
  nnrun::require_file(path_);
  errno = 0;
  file_.reset(gzopen(path_.c_str(), "rb"));
  if (!file_) throw nnrun::Error(errno ? std::strerror(errno) : "out of memory", path_);
  opened_ = nnrun::FileAsOpened(path_);
  gzbuffer(file_.get(), 1 << 13);  // larger reads of a plain file go past it
  read_header();
  check_size();
}

void IdxFile::read_header() {
  unsigned char start[4];
  read_bytes(start, sizeof start);
  if (start[0] != 0 || start[1] != 0 || !find_type(start[2], type_) || start[3] < 1 || start[3] > 5)
    throw nnrun::Error("not an IDX file: it starts with " + hex(start, 4) +
                           ", expected 00 00, a type from 08 to 0e and a rank from 01 to 05",
                       at_byte(path_, 0), what_starts_with(start));
  width_ = width_of(type_);
  std::size_t numbers = 1;
  for (std::size_t i = 0; i < start[3]; ++i) {
    unsigned char bytes[4];
    read_bytes(bytes, sizeof bytes);
    const std::size_t size = big_endian(bytes, 4);
    if (size == 0 || size > most_idx_numbers / numbers)
      throw nnrun::Error(size == 0 ? "a size is 0, so there is no example"
                                   : "its sizes multiply to more than 2^40 numbers",
                         at_byte(path_, 4 + 4 * i));
    numbers *= size;
    sizes_.push_back(size);
  }
  cols_ = numbers / sizes_[0];
}

/// Throws nnrun::Error unless the data that the header promises are there, before memory is
/// allocated for them.
void IdxFile::check_size() const {
  const std::size_t promised = offset_of(count());
  std::error_code failed;  // then the size is the largest
  const auto size = static_cast<std::size_t>(std::filesystem::file_size(path_, failed));
  const bool plain = gzdirect(file_.get()) == 1;
  if (plain ? size == promised : promised / deflate_ratio <= size) return;
  throw nnrun::Error("its header promises " + std::to_string(promised) + " bytes" +
                         (plain ? "" : " unpacked") + ", the file has " + std::to_string(size) +
                         (plain ? "" : ", which cannot unpack to as many"),
                     path_, size < promised ? "the file is not whole: get it again" : "");
}

std::size_t IdxFile::offset_of(std::size_t example) const {
  return 4 + 4 * sizes_.size() + example * cols_ * width_;
}

std::string IdxFile::place(std::size_t example) const {
  return path_ + ", row " + std::to_string(example + 1);
}

template <class Number>
void IdxFile::read(std::size_t from, std::size_t n, Number* out) {
  const std::size_t start = offset_of(from);
  const auto wanted = static_cast<z_off_t>(start);
  if (gztell(file_.get()) != wanted && gzseek(file_.get(), wanted, SEEK_SET) != wanted)
    fail_reading();
  const std::size_t all = n * cols_;
  for (std::size_t done = 0, now; done < all; done += now) {
    now = std::min(all - done, idx_chunk / width_);
    bytes_.resize(now * width_);
    read_bytes(bytes_.data(), bytes_.size());
    const std::size_t wrong = widen(type_, true, bytes_.data(), now, out + done);
    if (wrong < now)
      throw nnrun::Error("not a finite number", at_byte(path_, start + (done + wrong) * width_));
  }
  if (from + n == count()) check_end();
  opened_.require_same();  // before any of these numbers is used
}
template void IdxFile::read(std::size_t, std::size_t, float*);
template void IdxFile::read(std::size_t, std::size_t, double*);

void IdxFile::read_bytes(void* to, std::size_t n) {
  const auto before = static_cast<std::size_t>(gztell(file_.get()));
  const int got = gzread(file_.get(), to, static_cast<unsigned>(n));
  if (got == static_cast<int>(n)) return;
  opened_.require_same();  // says more than that it is too short
  int code = Z_OK;
  gzerror(file_.get(), &code);
  if (got < 0 || code != Z_OK) fail_reading();
  throw nnrun::Error("the file ends too early: " + std::to_string(n) + " bytes expected, " +
                         std::to_string(got) + " found",
                     at_byte(path_, before), "the file is not whole: get it again");
}

/// Reads to the end of a gzip file, the only place where its checksum is verified.
void IdxFile::check_end() {
  char one;
  const int got = gzread(file_.get(), &one, 1);
  int code = Z_OK;
  gzerror(file_.get(), &code);
  if (got < 0 || (code != Z_OK && code != Z_STREAM_END)) fail_reading();
  if (got > 0)
    throw nnrun::Error("the file has more numbers than its header says",
                       at_byte(path_, offset_of(count())));
}

void IdxFile::fail_reading() const {
  int code = Z_OK;
  const char* const said = gzerror(file_.get(), &code);
  const std::string why = code == Z_BUF_ERROR    ? "the compressed data end too early"
                          : code == Z_DATA_ERROR ? "the compressed data are damaged"
                          : code == Z_ERRNO      ? std::strerror(errno)
                                                 : std::string("cannot be read: ") + said;
  throw nnrun::Error(why,
                     path_ + ", after " + std::to_string(gztell(file_.get())) + " unpacked bytes",
                     "the file is not whole: get it again");
}
