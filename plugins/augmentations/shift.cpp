#include <nnrun/plugin.hpp>

/// Moves an image by whole pixels, as many to each side as likely as any other number. What comes
/// in at the edges is fill_value. Without `diagonal`, along one side only: {pixels: 1, diagonal:
/// false} draws one of the five images by which Nielsen's chapter 6 expands MNIST.
struct Shift : nnrun::Augmentation {
  static constexpr auto name = "shift", doc = "moves an image by some pixels";
  static constexpr bool of_images = true;
  long long pixels = 1;
  bool diagonal = true;
  double fill_value = 0;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Shift::pixels, "pixels", "how far at most", {.min = 1, .max = 1e6}),
        nnrun::param(&Shift::diagonal, "diagonal",
                     "along both sides at once; false: along one, or not at all"),
        nnrun::param(&Shift::fill_value, "fill_value", "what comes in at the edges"));
  }
  std::size_t random_numbers(const nnrun_shape& shape) const {
    const nnrun::ImageShape image(shape);
    if (static_cast<std::size_t>(pixels) >= std::min(image.height, image.width))
      throw nnrun::Error("'pixels' is " + std::to_string(pixels) + ", but an image is " +
                             std::to_string(image.height) + " x " + std::to_string(image.width),
                         {}, "nothing of it would be left: write fewer");
    return diagonal ? 2 : 1;
  }
  void change(const auto& example) const {
    const nnrun::ImageShape image(example.shape);
    const auto [down, right] = distance(example.random);
    const auto height = static_cast<long long>(image.height),
               width = static_cast<long long>(image.width);
    auto* to = example.out;
    for (long long y = 0; y < height; ++y)
      for (long long x = 0; x < width; ++x, to += image.channels) {
        const long long v = y - down, u = x - right;
        if (v < 0 || v >= height || u < 0 || u >= width)
          std::fill_n(to, image.channels,
                      static_cast<std::remove_reference_t<decltype(*to)>>(fill_value));
        else
          std::copy_n(
              example.in + image.at(static_cast<std::size_t>(v), static_cast<std::size_t>(u)),
              image.channels, to);
      }
  }

 private:
  struct Distance {
    long long down, right;
  };
  Distance distance(std::span<const double> random) const {
    const auto drawn = [&](std::size_t i, long long n) {
      return static_cast<long long>(random[i] * static_cast<double>(n));
    };
    if (diagonal) return {drawn(0, 2 * pixels + 1) - pixels, drawn(1, 2 * pixels + 1) - pixels};
    const long long which = drawn(0, 4 * pixels + 1) - 1, far = which % pixels + 1;
    if (which < 0) return {0, 0};
    constexpr Distance sides[]{{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
    const Distance side = sides[which / pixels];
    return {side.down * far, side.right * far};
  }
};
NNRUN_REGISTER(Shift)
