// Arrays as plugins may expect them: aligned to 64 bytes, zeroed, with room for whole lanes at the
// end.
#pragma once
#include <nnrun/abi.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>
#include <span>
#include <utility>
namespace nnrun::host {

/// Returns n rounded up to whole lanes.
constexpr std::size_t padded(std::size_t n) {
  return (n + NNRUN_LANES - 1) / NNRUN_LANES * NNRUN_LANES;
}

template <class T>
inline constexpr int dtype_of = sizeof(T) == sizeof(float) ? NNRUN_F32 : NNRUN_F64;

/// Zeros, aligned to 64 bytes. The system takes no memory for what is never written, and most of a
/// wide layer's room for rows may not be.
class Zeros {
 public:
  Zeros() = default;
  /// Throws std::bad_alloc if there is no memory.
  explicit Zeros(std::size_t bytes) {
    if (bytes >= wide) {
      take_huge_pages(bytes);
      return;
    }
    start_ = std::calloc(1, bytes + alignment);
    if (start_ == nullptr) throw std::bad_alloc();
    const auto address = reinterpret_cast<std::uintptr_t>(start_);
    data_ = reinterpret_cast<void*>((address + alignment - 1) / alignment * alignment);
  }
  Zeros(Zeros&& other) noexcept { *this = std::move(other); }
  Zeros& operator=(Zeros&& other) noexcept {
    std::swap(start_, other.start_);
    std::swap(data_, other.data_);
    std::swap(mapped_, other.mapped_);
    return *this;
  }
  ~Zeros() { mapped_ > 0 ? void(::munmap(start_, mapped_)) : std::free(start_); }
  void* data() const { return data_; }

 private:
  static constexpr std::size_t alignment = 64, huge_page = std::size_t{1} << 21,
                               wide = std::size_t{1} << 19;

  /// Small pages lie anywhere in memory, so that some sets of the second cache get more than they
  /// hold, others in each process; and examples by the million, read in any order, miss a cache of
  /// addresses. The system may refuse huge pages: then nothing is different.
  void take_huge_pages(std::size_t bytes) {
    constexpr std::size_t steps = 31, step = 4096 + 256;
    const std::size_t room = (bytes + steps * step + huge_page - 1) / huge_page * huge_page;
    mapped_ = room + huge_page;
    start_ = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start_ == MAP_FAILED) {
      start_ = nullptr;
      mapped_ = 0;
      throw std::bad_alloc();
    }
    const auto address = reinterpret_cast<std::uintptr_t>(start_);
    const std::uintptr_t first = (address + huge_page - 1) / huge_page * huge_page;
    ::madvise(reinterpret_cast<void*>(first), room, MADV_HUGEPAGE);
    // arrays that begin alike would meet in the same sets
    data_ = reinterpret_cast<void*>(first + first / huge_page % steps * step);
  }

  void *start_ = nullptr, *data_ = nullptr;
  std::size_t mapped_ = 0;
};

template <class T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t n) : size_(n) {
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max() / 4 / sizeof(T);
    if (n > most) throw std::bad_alloc();
    memory_ = Zeros((padded(n) + 2 * NNRUN_LANES) * sizeof(T));
  }
  T* data() const { return static_cast<T*>(memory_.data()); }
  std::size_t size() const { return size_; }
  std::span<T> all() const { return {data(), size_}; }

 private:
  Zeros memory_;
  std::size_t size_ = 0;
};

}  // namespace nnrun::host
