// Arrays as plugins may expect them: aligned to 64 bytes, zeroed, with room for whole lanes at the
// end.
#pragma once
#include <nnrun/abi.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <span>
namespace nnrun::host {

/// Returns n rounded up to whole lanes.
constexpr std::size_t padded(std::size_t n) {
  return (n + NNRUN_LANES - 1) / NNRUN_LANES * NNRUN_LANES;
}

template <class T>
inline constexpr int dtype_of = sizeof(T) == sizeof(float) ? NNRUN_F32 : NNRUN_F64;

template <class T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t n) : size_(n) {
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max() / 2 / sizeof(T);
    if (n > most) throw std::bad_alloc();
    // calloc: the system takes no memory for what is never written, and most of a wide layer's
    // room for rows may not be
    const std::size_t room = padded(n) + 2 * NNRUN_LANES + alignment / sizeof(T);
    void* const memory = std::calloc(room, sizeof(T));
    if (memory == nullptr) throw std::bad_alloc();
    if (room * sizeof(T) >= 2 * huge_page) ask_for_huge_pages(memory, room * sizeof(T));
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    data_ = {reinterpret_cast<T*>((address + alignment - 1) / alignment * alignment), {memory}};
  }
  T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  std::span<T> all() const { return {data_.get(), size_}; }

 private:
  static constexpr std::size_t alignment = 64, huge_page = std::size_t{1} << 21;
  /// Examples by the million, read in any order, miss a cache of addresses less often then, and the
  /// system hands the memory out in fewer pieces. It may refuse: then nothing is different.
  static void ask_for_huge_pages(void* memory, std::size_t bytes) {
    const auto from = reinterpret_cast<std::uintptr_t>(memory);
    const std::uintptr_t first = (from + huge_page - 1) / huge_page * huge_page;
    const std::uintptr_t end = (from + bytes) / huge_page * huge_page;
    ::madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
  }
  struct Free {
    void* memory = nullptr;  // as it was allocated, before the alignment
    void operator()(T*) const { std::free(memory); }
  };
  std::unique_ptr<T[], Free> data_;
  std::size_t size_ = 0;
};

}  // namespace nnrun::host
