#include <nnrun/plugin.hpp>

/// Covers a square of an image with fill_value. Its middle is any pixel, so that parts of it may
/// lie outside (DeVries and Taylor 2017).
struct Cutout : nnrun::Augmentation {
  static constexpr auto name = "cutout", doc = "covers a square of an image";
  static constexpr bool of_images = true;
  long long size = 8;
  double fill_value = 0;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Cutout::size, "size", "pixels along a side", {.min = 1, .max = 1e6}),
        nnrun::param(&Cutout::fill_value, "fill_value", "what covers it"));
  }
  std::size_t random_numbers(const nnrun_shape& shape) const {
    const nnrun::ImageShape image(shape);
    const auto longest = static_cast<long long>(std::max(image.height, image.width));
    if (size / 2 >= longest - 1 && size - size / 2 >= longest)
      throw nnrun::Error("'size' is " + std::to_string(size) + ", but an image is " +
                             std::to_string(image.height) + " x " + std::to_string(image.width),
                         {}, "nothing of it would be left: write a smaller one");
    return 2;
  }
  void change(const auto& example) const {
    using T = std::remove_reference_t<decltype(*example.out)>;
    const nnrun::ImageShape image(example.shape);
    const auto [top, bottom] = span_of(example.random[0], image.height);
    const auto [left, right] = span_of(example.random[1], image.width);
    std::copy_n(example.in, example.size, example.out);
    for (std::size_t y = top; y < bottom; ++y)
      std::fill_n(example.out + image.at(y, left), (right - left) * image.channels,
                  static_cast<T>(fill_value));
  }

 private:
  struct Ends {
    std::size_t first, end;
  };
  Ends span_of(double random, std::size_t n) const {
    const auto middle = static_cast<long long>(random * static_cast<double>(n));
    const long long first = middle - size / 2;
    return {static_cast<std::size_t>(std::max(0LL, first)),
            static_cast<std::size_t>(std::min(static_cast<long long>(n), first + size))};
  }
};
NNRUN_REGISTER(Cutout)
