#include "array_bytes.hpp"

#include <algorithm>
#include <array>

namespace {

constexpr std::size_t longest_directory = std::size_t{1} << 24, packed_chunk = std::size_t{1} << 16;
constexpr std::size_t most_unpacked = 1032;  // bytes of one: zlib.net, "Maximum compression factor"
constexpr std::uint64_t beyond = 0xffffffff;  // the size is among the extra fields

std::uint64_t little_endian(std::string_view bytes, std::size_t at, std::size_t n) {
  std::uint64_t x = 0;
  for (std::size_t i = n; i-- > 0;) x = x << 8 | static_cast<unsigned char>(bytes.at(at + i));
  return x;
}

/// Takes sizes and the offset of an entry; replaces those that need 64 bits.
void take_wide(std::string_view extra, const std::array<std::size_t*, 3>& numbers) {
  while (extra.size() >= 4) {
    const std::size_t id = little_endian(extra, 0, 2),
                      length = std::min<std::size_t>(little_endian(extra, 2, 2), extra.size() - 4);
    std::string_view field = extra.substr(4, length);
    extra.remove_prefix(4 + length);
    if (id != 1) continue;
    for (std::size_t* const number : numbers)
      if (*number == beyond && field.size() >= 8) {
        *number = little_endian(field, 0, 8);
        field.remove_prefix(8);
      }
  }
}

}  // namespace

ArrayBytes::ArrayBytes(const std::string& path, const std::string& array)
    : name_(path), in_(nnrun::open_input(path)) {
  std::error_code failed;  // then the size is the largest
  file_size_ = static_cast<std::size_t>(std::filesystem::file_size(path, failed));
  if (raw(0, std::min<std::size_t>(file_size_, 4)) != "PK\3\4") {
    if (!array.empty())
      refuse("is not an npz file, so it has no array '" + array + "'", "do not name an array");
    part_.size = part_.packed = file_size_;
    return;
  }
  part_ = chosen(parts_of_archive(), array);
  name_ += ", array '" + part_.name + "'";
  locate(part_);
  has_sum_ = true;
  if (part_.method == 0) return;
  unpacking_ = std::make_unique<nnrun::Unpacking>(-15);  // without a header
}

void ArrayBytes::refuse(const std::string& what, const std::string& hint) const {
  throw nnrun::Error(what, name_, hint);
}

std::string ArrayBytes::place(std::size_t byte) const {
  return name_ + " at byte " + std::to_string(byte);
}

std::string ArrayBytes::raw(std::size_t from, std::size_t n) {
  if (from > file_size_ || n > file_size_ - from)
    refuse("the archive ends too early", "the file is not whole: write it again");
  std::string bytes(n, '\0');
  in_.clear();
  in_.seekg(static_cast<std::streamoff>(from));
  if (n > 0 && !in_.read(bytes.data(), static_cast<std::streamsize>(n)))
    refuse("cannot be read", "");
  return bytes;
}

/// Returns what the directory at the end of the archive lists.
std::vector<ArrayBytes::Part> ArrayBytes::parts_of_archive() {
  const std::string whole = "the file is not whole: write it again";
  const std::size_t tail = std::min<std::size_t>(file_size_, 22 + 0xffff);
  const std::string end = raw(file_size_ - tail, tail);
  const std::size_t at = end.rfind("PK\5\6");
  if (at == end.npos || at + 22 > end.size())
    refuse("starts like an npz file, but has no directory at its end", whole);
  std::size_t size = little_endian(end, at + 12, 4), start = little_endian(end, at + 16, 4);
  if (start == beyond && at >= 20 && end.compare(at - 20, 4, "PK\6\7") == 0) {
    const std::string wide = raw(little_endian(end, at - 12, 8), 56);
    size = little_endian(wide, 40, 8);
    start = little_endian(wide, 48, 8);
  }
  if (size > longest_directory) refuse("has a directory of more than 16 MiB", "");
  const std::string directory = raw(start, size);
  std::vector<Part> parts;
  for (std::size_t entry = 0; entry + 46 <= size;) {
    const std::size_t name = little_endian(directory, entry + 28, 2),
                      extra = little_endian(directory, entry + 30, 2),
                      comment = little_endian(directory, entry + 32, 2);
    if (directory.compare(entry, 4, "PK\1\2") != 0 || name + extra > size - entry - 46)
      refuse("its directory is damaged", whole);
    if ((little_endian(directory, entry + 8, 2) & 1) != 0) refuse("is encrypted", "");
    Part& part = parts.emplace_back();
    part.name = directory.substr(entry + 46, name);
    if (part.name.ends_with(".npy")) part.name.resize(name - 4);
    part.method = static_cast<unsigned>(little_endian(directory, entry + 10, 2));
    part.sum = static_cast<std::uint32_t>(little_endian(directory, entry + 16, 4));
    part.packed = little_endian(directory, entry + 20, 4);
    part.size = little_endian(directory, entry + 24, 4);
    part.start = little_endian(directory, entry + 42, 4);
    take_wide(std::string_view(directory).substr(entry + 46 + name, extra),
              {&part.size, &part.packed, &part.start});
    entry += 46 + name + extra + comment;
  }
  return parts;
}

ArrayBytes::Part ArrayBytes::chosen(std::vector<Part> parts, const std::string& array) const {
  std::string names;
  for (const Part& part : parts) {
    if (names.size() > 400) {
      names += ", …";
      break;
    }
    names += (names.empty() ? "" : ", ") + part.name;
  }
  if (parts.empty()) refuse("holds no array", "");
  if (array.empty() && parts.size() > 1)
    refuse("holds " + std::to_string(parts.size()) + " arrays, and none is named",
           "name one, such as inputs_array: " + parts[0].name + "; the file has: " + names);
  const auto found = std::ranges::find(parts, array.empty() ? parts[0].name : array, &Part::name);
  if (found == parts.end()) refuse("no array '" + array + "'", "the file has: " + names);
  if (std::ranges::count(parts, found->name, &Part::name) > 1)
    refuse("holds several arrays '" + found->name + "'", "write the file again");
  return std::move(*found);
}

/// Finds where the bytes of a part start, and checks its sizes.
void ArrayBytes::locate(Part& part) {
  const std::string header = raw(part.start, 30);
  if (!header.starts_with("PK\3\4"))
    refuse("its directory is damaged", "the file is not whole: write it again");
  part.start += 30 + little_endian(header, 26, 2) + little_endian(header, 28, 2);
  if (part.method != 0 && part.method != 8)
    refuse("is compressed by method " + std::to_string(part.method) + ", expected 0 or 8",
           "write it by numpy.savez or numpy.savez_compressed");
  if (part.start > file_size_ || part.packed > file_size_ - part.start ||
      (part.method == 0 && part.packed != part.size) || part.size / most_unpacked > part.packed)
    refuse("promises " + std::to_string(part.size) + " bytes, which are not there",
           "the file is not whole: write it again");
}

void ArrayBytes::read(std::size_t from, char* to, std::size_t n) {
  if (from != at_) go_to(from);
  next(to, n);
}

void ArrayBytes::check() {
  if (!has_sum_) return;
  go_to(0);
  std::vector<char> bytes(packed_chunk);
  while (at_ < size()) next(bytes.data(), std::min(bytes.size(), size() - at_));
}

void ArrayBytes::go_to(std::size_t from) {
  in_.clear();
  if (!is_packed()) {
    at_ = from;
    in_.seekg(static_cast<std::streamoff>(part_.start + at_));
    return;
  }
  if (from < at_ || at_ == 0) {
    unpacking_->restart();
    (*unpacking_)->avail_in = 0;
    at_ = taken_ = 0;
    in_.seekg(static_cast<std::streamoff>(part_.start));
  }
  std::vector<char> bytes(packed_chunk);
  while (at_ < from) next(bytes.data(), std::min(bytes.size(), from - at_));
}

void ArrayBytes::next(char* to, std::size_t n) {
  if (!is_packed()) {
    if (at_ == 0) in_.seekg(static_cast<std::streamoff>(part_.start));
    if (!in_.read(to, static_cast<std::streamsize>(n)))
      throw nnrun::Error("cannot be read", place(at_));
    return add_to_sum(to, n);
  }
  if (at_ == 0 && taken_ == 0) in_.seekg(static_cast<std::streamoff>(part_.start));
  nnrun::Unpacking& unpacking = *unpacking_;
  unpacking->next_out = reinterpret_cast<Bytef*>(to);
  unpacking->avail_out = static_cast<uInt>(n);
  while (unpacking->avail_out > 0) {
    if (unpacking->avail_in == 0) {
      packed_.resize(std::min(packed_chunk, part_.packed - taken_));
      if (packed_.empty() ||
          !in_.read(packed_.data(), static_cast<std::streamsize>(packed_.size())))
        refuse("the compressed data end too early", "the file is not whole: write it again");
      taken_ += packed_.size();
      unpacking->next_in = reinterpret_cast<Bytef*>(packed_.data());
      unpacking->avail_in = static_cast<uInt>(packed_.size());
    }
    if (unpacking.unpack(name_) && unpacking->avail_out > 0)
      refuse("the compressed data end too early", "the file is not whole: write it again");
  }
  add_to_sum(to, n);
}

void ArrayBytes::add_to_sum(const char* bytes, std::size_t n) {
  const std::size_t end = at_ + n;
  if (has_sum_ && at_ <= summed_ && end > summed_) {  // the start may be known from before
    sum_ = crc32(sum_, reinterpret_cast<const Bytef*>(bytes + (summed_ - at_)),
                 static_cast<uInt>(end - summed_));
    summed_ = end;
    if (summed_ == size() && sum_ != part_.sum)
      refuse("its checksum is wrong", "the file is damaged: write it again");
  }
  at_ += n;
}
