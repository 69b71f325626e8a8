// Arrays as plugins may expect them: aligned to 64 bytes, zeroed, with room for whole lanes at the
// end.
#pragma once
#include <nnrun/abi.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
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
    const std::size_t bytes = (padded(n) + 2 * NNRUN_LANES) * sizeof(T) / 64 * 64 + 64;
    data_.reset(static_cast<T*>(std::aligned_alloc(64, bytes)));
    if (!data_) throw std::bad_alloc();
    std::memset(data_.get(), 0, bytes);
  }
  T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  std::span<T> all() const { return {data_.get(), size_}; }

 private:
  struct Free {
    void operator()(T* p) const { std::free(p); }
  };
  std::unique_ptr<T[], Free> data_;
  std::size_t size_ = 0;
};

}  // namespace nnrun::host
