// Data sets: examples with their targets, drawn or read from files.
#pragma once
#include <nnrun/kinds/common.hpp>

namespace nnrun {

enum class Part : std::uint32_t {
  train = NNRUN_TRAIN,
  validation = NNRUN_VALIDATION,
  test = NNRUN_TEST
};

namespace detail {
template <class C>
int open_data(void* self, nnrun_data* data) noexcept {
  static_assert(
      requires(C c, nnrun_data & d, Stream s, double* p) {
        c.open(d);
        c.read(s, Part::train, std::size_t(0), std::size_t(0), p, p);
      },
      "a data set gives open(nnrun_data&) and read(stream, part, from, n, x, t)");
  return guard([&] { static_cast<C*>(self)->open(*data); });
}
template <class C>
int read_data(void* self, const nnrun_stream* stream, std::uint32_t part, std::size_t from,
              std::size_t n, double* x, double* t) noexcept {
  return guard(
      [&] { static_cast<C*>(self)->read(Stream(stream), static_cast<Part>(part), from, n, x, t); });
}
}  // namespace detail

/// Give `void open(nnrun_data&)`, which fills in shapes and counts, and `void read(const Stream&,
/// Part, size_t from, size_t n, double* x, double* t)`, which writes n examples. One thread reads
/// part after part, in order, each example once.
struct Dataset {
  static constexpr auto kind = "dataset/1";
  template <class C>
  static constexpr nnrun_dataset functions_of() {
    return {sizeof(nnrun_dataset), 0, detail::open_data<C>, detail::read_data<C>};
  }
};

}  // namespace nnrun
