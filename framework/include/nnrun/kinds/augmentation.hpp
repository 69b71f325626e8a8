// Augmentations: inputs of training examples, changed by chance whenever they are seen.
#pragma once
#include <nnrun/kinds/common.hpp>

namespace nnrun {

/// One training example, as it is and as training is to see it.
template <class T>
struct Augmented {
  const T* in;
  T* out;  ///< every number is written; not `in`
  const nnrun_shape& shape;
  std::size_t size;                ///< numbers of the example
  std::span<const double> random;  ///< as many as the class asked for, uniform in [0, 1)
};

/// The sizes of an example that is an image: height × width × channels, or height × width.
struct ImageShape {
  std::size_t height, width, channels;

  /// Throws Error for any other shape.
  explicit ImageShape(const nnrun_shape& shape)
      : height(shape.sizes[0]),
        width(shape.sizes[1]),
        channels(shape.rank == 3 ? shape.sizes[2] : 1) {
    if (shape.rank == 2 || shape.rank == 3) return;
    throw Error("needs images, height x width x channels, but an example has " +
                    std::to_string(shape.rank) + (shape.rank == 1 ? " size" : " sizes"),
                {}, "write model: {input: [height, width, channels]}");
  }
  std::size_t at(std::size_t y, std::size_t x) const { return (y * width + x) * channels; }
};

namespace detail {
template <class C>
constexpr std::uint32_t augmentation_flags() {
  if constexpr (requires { C::of_images; })
    return C::of_images ? NNRUN_OF_IMAGES : 0u;
  else
    return 0;
}
template <class C>
int plan_augmentation(void* self, const nnrun_shape* shape, std::size_t* n_random) noexcept {
  static_assert(
      requires(const C c, const nnrun_shape& s, const Augmented<double>& e) {
        c.random_numbers(s);
        c.change(e);
      },
      "an augmentation gives size_t random_numbers(const nnrun_shape& shape) const and void "
      "change(const auto& example) const");
  return guard([&] { *n_random = static_cast<const C*>(self)->random_numbers(*shape); });
}
template <class C, class T>
int augment(void* self, const nnrun_augmentation_call* call) noexcept {
  return guard([&] {
    for (std::size_t r = 0; r < call->rows; ++r)
      static_cast<const C*>(self)->change(Augmented<T>{
          in<T>(call->in) + r * call->cols, out<T>(call->out) + r * call->cols, *call->shape,
          call->cols, std::span(call->random + r * call->n_random, call->n_random)});
  });
}
}  // namespace detail

/// Give `size_t random_numbers(const nnrun_shape&) const`, which says how many numbers an example
/// of this shape takes, or throws Error if it cannot be changed, and `void change(const auto&
/// example) const`, a function of the example and of these numbers alone: then a resumed run sees
/// the same, on any number of threads. The inputs are those of the network, prepared. With `static
/// constexpr bool of_images = true`, examples of a series are refused.
struct Augmentation {
  static constexpr auto kind = "augmentation/1";
  template <class C>
  static constexpr nnrun_augmentation functions_of() {
    return {sizeof(nnrun_augmentation),
            detail::augmentation_flags<C>(),
            detail::plan_augmentation<C>,
            {detail::augment<C, float>, detail::augment<C, double>}};
  }
};

}  // namespace nnrun
