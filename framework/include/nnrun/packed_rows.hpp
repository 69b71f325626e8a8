// Rows of numbers in memory, as many as there turn out to be, each number in as few bytes as keep
// all of its bits.
#pragma once
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <nnrun/lanes.hpp>
#include <span>
#include <utility>
#include <vector>

namespace nnrun {
namespace detail {

/// Memory that goes back to the system when it is freed, which that of a heap seldom does. All of
/// it is taken at once, and as a huge page where it can be one: page by page takes longer than
/// reading the numbers.
class Region {
 public:
  static constexpr std::size_t huge_page = std::size_t{1} << 21;

  /// bytes: whole pages. Throws std::bad_alloc if there is no memory.
  explicit Region(std::size_t bytes) : bytes_(bytes) {
    const bool is_wide = bytes >= huge_page;
    const std::size_t mapped = is_wide ? bytes + huge_page : bytes;
    void* const memory =
        ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    data_ = static_cast<char*>(memory);
    if (is_wide) {  // a huge page begins at a multiple of its size
      const std::size_t before = -reinterpret_cast<std::uintptr_t>(memory) % huge_page;
      if (before > 0) ::munmap(memory, before);
      data_ += before;
      ::munmap(data_ + bytes, huge_page - before);
      ::madvise(data_, bytes, MADV_HUGEPAGE);
    }
    ::madvise(data_, bytes, populate);
  }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region() { ::munmap(data_, bytes_); }
  char* data() const { return data_; }

 private:
  static constexpr int populate = 23;  // MADV_POPULATE_WRITE; older systems do it page by page

  char* data_;
  std::size_t bytes_;
};

/// How the numbers of a column are kept: as whole numbers that a power of ten divides, which most
/// numbers in text files are; as float; or as they are.
struct Packing {
  enum Kind : std::uint8_t { decimal, single, twice } kind = twice;
  std::uint8_t decimals = 0;

  static constexpr std::array powers{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
  static constexpr std::int32_t gap = std::numeric_limits<std::int32_t>::min();  // NaN
  std::size_t width() const { return kind == twice ? 8 : 4; }
};

inline bool has_bits_of(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// Writes numbers with so many decimals as whole ones. Returns whether all come back to the same
/// bits.
NNRUN_INLINE bool to_whole(const double* x, std::size_t n, double power, std::int32_t* to) {
  constexpr double most = 2147483647;
  std::uint64_t other = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double whole = x[i] * power + std::copysign(0.5, x[i]);
    to[i] = static_cast<std::int32_t>(std::max(-most, std::min(most, whole)));
    const auto bits = std::bit_cast<std::uint64_t>(x[i]);
    // a whole number is never -0; g++ 12 takes it for one that was rounded, which is
    other |= (std::bit_cast<std::uint64_t>(to[i] / power) ^ bits) | (to[i] == 0 ? bits : 0);
  }
  return other == 0;
}

/// Writes n numbers, `stride` apart, as whole numbers with so many decimals. Returns whether they
/// can be.
NNRUN_CLONES inline bool pack_decimals(const double* x, std::size_t n, std::size_t stride,
                                       std::size_t decimals, char* to) {
  constexpr std::size_t most = 64;
  double some[most];
  std::int32_t whole[most];
  for (std::size_t from = 0, now; from < n; from += now) {
    now = std::min(n - from, most);
    std::uint64_t gaps = 0;
    for (std::size_t i = 0; i < now; ++i) {
      some[i] = x[(from + i) * stride];
      gaps |= std::uint64_t{std::isnan(some[i])} << i;
    }
    for (std::size_t i = 0; gaps != 0 && i < now; ++i) some[i] = gaps >> i & 1 ? 0 : some[i];
    if (!to_whole(some, now, Packing::powers[decimals], whole)) return false;
    for (std::size_t i = 0; gaps != 0 && i < now; ++i)
      if (gaps >> i & 1) whole[i] = Packing::gap;
    std::memcpy(to + from * sizeof *whole, whole, now * sizeof *whole);
  }
  return true;
}
inline bool pack_singles(const double* x, std::size_t n, std::size_t stride, char* to) {
  for (std::size_t i = 0; i < n; ++i) {
    const auto kept = static_cast<float>(x[i * stride]);
    if (!has_bits_of(kept, x[i * stride]) && !std::isnan(kept)) return false;
    std::memcpy(to + i * sizeof kept, &kept, sizeof kept);
  }
  return true;
}
/// Packs in the smallest way that keeps every bit.
inline Packing pack(const double* x, std::size_t n, std::size_t stride, char* to) {
  for (std::size_t decimals = 0; decimals < Packing::powers.size(); ++decimals)
    if (pack_decimals(x, n, stride, decimals, to))
      return {Packing::decimal, static_cast<std::uint8_t>(decimals)};
  if (pack_singles(x, n, stride, to)) return {Packing::single, 0};
  for (std::size_t i = 0; i < n; ++i) std::memcpy(to + i * sizeof *x, x + i * stride, sizeof *x);
  return {};
}

template <class Kept, class Number>
void unpack_as(const char* from, std::size_t n, std::size_t stride, double* to, Number number) {
  for (std::size_t i = 0; i < n; ++i) {
    Kept kept;
    std::memcpy(&kept, from + i * sizeof kept, sizeof kept);
    to[i * stride] = number(kept);
  }
}
inline void unpack(Packing how, const char* from, std::size_t n, std::size_t stride, double* to) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const double power = Packing::powers[how.decimals];
  if (how.kind == Packing::single)
    unpack_as<float>(from, n, stride, to, [](float x) { return double{x}; });
  else if (how.kind == Packing::twice)
    unpack_as<double>(from, n, stride, to, [](double x) { return x; });
  else if (how.decimals == 0)
    unpack_as<std::int32_t>(from, n, stride, to,
                            [](std::int32_t x) { return x == Packing::gap ? nan : x; });
  else
    unpack_as<std::int32_t>(from, n, stride, to,
                            [=](std::int32_t x) { return x == Packing::gap ? nan : x / power; });
}

}  // namespace detail

/// Rows lie in blocks, column by column; a block goes when its rows are not needed any more. The
/// block that is being filled is not packed yet.
class PackedRows {
 public:
  PackedRows() = default;
  PackedRows(PackedRows&&) = default;  // not copied: two would write into one region
  PackedRows& operator=(PackedRows&&) = default;

  /// Takes how many numbers a row has. Only while it is empty.
  void set_width(std::size_t width) {
    width_ = width;
    block_rows_ = std::max<std::size_t>(1, block_numbers / width);
  }
  std::size_t count() const { return count_; }
  bool empty() const { return count_ == 0; }

  /// Returns room for another row, valid until the next one is added.
  double* add() {
    if (count_ == (blocks_.size() + 1) * block_rows_) pack_open();
    const std::size_t at = (count_++ - blocks_.size() * block_rows_) * width_;
    if (at + width_ > open_.size())
      open_.resize(std::min(block_rows_ * width_, std::max(at + width_, 2 * at)));
    return &open_[at];
  }
  void remove_last() { --count_; }  ///< the row that was added last

  /// Writes rows, contiguous.
  void read(std::size_t from, std::size_t n, double* to) const {
    while (n > 0) {
      const std::size_t block = from / block_rows_, first = from % block_rows_,
                        now = std::min(n, block_rows_ - first);
      if (block == blocks_.size()) {
        std::copy_n(open_.data() + first * width_, now * width_, to);
      } else {
        const char* column = blocks_[block].pages.get();
        for (std::size_t c = 0; c < width_; ++c) {
          const detail::Packing how = blocks_[block].columns[c];
          detail::unpack(how, column + first * how.width(), now, width_, to + c);
          column += block_rows_ * how.width();
        }
      }
      from += now;
      n -= now;
      to += now * width_;
    }
  }
  /// Calls take(numbers) for a column, from the first row on, with as many at a time as lie side by
  /// side, until it returns false.
  template <class Take>
  void pass(std::size_t column, Take take) const {
    std::vector<double> numbers(block_rows_);
    for (std::size_t block = 0; block < blocks_.size(); ++block) {
      detail::unpack(blocks_[block].columns[column], start_of(block, column), block_rows_, 1,
                     numbers.data());
      if (!take(std::span<const double>(numbers))) return;
    }
    const std::size_t rest = count_ - blocks_.size() * block_rows_;
    for (std::size_t i = 0; i < rest; ++i) numbers[i] = open_[i * width_ + column];
    if (rest > 0) take(std::span<const double>(numbers).first(rest));
  }
  /// Replaces the numbers of a column, which are whole and small, by others that are.
  template <class Other>
  void replace(std::size_t column, Other other) {
    std::vector<double> numbers(block_rows_);
    for (std::size_t block = 0; block < blocks_.size(); ++block) {
      char* const at = start_of(block, column);
      detail::unpack(blocks_[block].columns[column], at, block_rows_, 1, numbers.data());
      for (double& x : numbers) x = other(x);
      detail::pack(numbers.data(), block_rows_, 1, at);
    }
    const std::size_t rest = count_ - blocks_.size() * block_rows_;
    for (std::size_t i = 0; i < rest; ++i) {
      double& x = open_[i * width_ + column];
      x = other(x);
    }
  }
  /// Frees the rows before this one, as far as nothing else is in their blocks.
  void forget_before(std::size_t row) {
    for (const std::size_t end = std::min(row / block_rows_, blocks_.size()); forgotten_ < end;
         ++forgotten_)
      blocks_[forgotten_].pages.reset();
  }

 private:
  static constexpr std::size_t block_numbers = std::size_t{1} << 15;  // within the second cache
  struct Block {
    std::vector<detail::Packing> columns;
    std::shared_ptr<char> pages;
  };

  char* start_of(std::size_t block, std::size_t column) const {
    char* at = blocks_[block].pages.get();
    for (std::size_t c = 0; c < column; ++c) at += block_rows_ * blocks_[block].columns[c].width();
    return at;
  }
  void pack_open() {
    packed_.resize(block_rows_ * width_ * sizeof(double));
    std::vector<detail::Packing> columns(width_);
    char* to = packed_.data();
    for (std::size_t c = 0; c < width_; ++c) {
      columns[c] = detail::pack(open_.data() + c, block_rows_, width_, to);
      to += block_rows_ * columns[c].width();
    }
    const auto bytes = static_cast<std::size_t>(to - packed_.data());
    if (blocks_.size() == blocks_.capacity())  // first: memory that is taken must find its block
      blocks_.reserve(2 * blocks_.size() + 1);
    blocks_.push_back({std::move(columns), take(bytes)});
    std::memcpy(blocks_.back().pages.get(), packed_.data(), bytes);
  }

  /// Returns memory for another block: more of the last one's region, or the start of a new one.
  /// Regions grow with the table. Each goes when all of its blocks are gone.
  std::shared_ptr<char> take(std::size_t bytes) {
    constexpr std::size_t page = 4096, line = 64;
    std::shared_ptr<detail::Region> region;
    if (bytes > left_ || blocks_.empty() || blocks_.back().pages == nullptr) {
      const std::size_t least = std::max(bytes, std::min(given_, detail::Region::huge_page)),
                        all = (least + page - 1) / page * page;
      left_ = 0;  // if there is no memory
      region = std::make_shared<detail::Region>(all);
      next_ = region->data();
      left_ = all;
    }
    char* const piece = next_;
    const std::size_t taken = std::min(left_, (bytes + line - 1) / line * line);
    next_ += taken;
    left_ -= taken;
    given_ += bytes;
    if (region) return {region, piece};
    return {blocks_.back().pages, piece};
  }

  std::size_t width_ = 1, block_rows_ = block_numbers, count_ = 0, forgotten_ = 0;
  std::vector<Block> blocks_;
  char* next_ = nullptr;  // what is left of the last region
  std::size_t left_ = 0, given_ = 0;
  std::vector<double> open_;  // the rows behind those of blocks_, row by row
  std::vector<char> packed_;
};

}  // namespace nnrun
