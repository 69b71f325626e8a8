#include <nnrun/plugin.hpp>

/// Turns an image about its middle, by an angle that is uniform in [-degrees, degrees). A pixel is
/// weighed from the four that lie around the place that it comes from (bilinear); beyond the edge
/// is fill_value.
struct Rotation : nnrun::Augmentation {
  static constexpr auto name = "rotation", doc = "turns an image about its middle";
  static constexpr bool of_images = true;
  double degrees = 10, fill_value = 0;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Rotation::degrees, "degrees", "how far at most, either way",
                     {.min = 0, .max = 180}),
        nnrun::param(&Rotation::fill_value, "fill_value", "what comes in at the edges"));
  }
  std::size_t random_numbers(const nnrun_shape& shape) const {
    const nnrun::ImageShape image(shape);
    return 1;
  }
  void change(const auto& example) const {
    using T = std::remove_reference_t<decltype(*example.out)>;
    const nnrun::ImageShape image(example.shape);
    const double angle = (2 * example.random[0] - 1) * degrees * 0x1.1df46a2529d39p-6;  // pi / 180
    const double c = nnrun::cos(angle), s = nnrun::sin(angle);
    const double middle_y = 0.5 * static_cast<double>(image.height - 1),
                 middle_x = 0.5 * static_cast<double>(image.width - 1);
    T* to = example.out;
    for (std::size_t y = 0; y < image.height; ++y)
      for (std::size_t x = 0; x < image.width; ++x, to += image.channels) {
        const double dy = static_cast<double>(y) - middle_y, dx = static_cast<double>(x) - middle_x;
        weigh(example.in, image, middle_y + c * dy - s * dx, middle_x + s * dy + c * dx, to);
      }
  }

 private:
  /// Writes the pixel that lies at (y, x), which may be between others or outside.
  template <class T>
  void weigh(const T* in, const nnrun::ImageShape& image, double y, double x, T* to) const {
    const double top = std::floor(y), left = std::floor(x), down = y - top, right = x - left;
    const double weights[] = {(1 - down) * (1 - right), (1 - down) * right, down * (1 - right),
                              down * right};
    const auto pixel = [&](std::size_t corner) -> const T* {
      const double v = top + static_cast<double>(corner / 2),
                   u = left + static_cast<double>(corner % 2);
      if (v < 0 || v >= static_cast<double>(image.height) || u < 0 ||
          u >= static_cast<double>(image.width))
        return nullptr;
      return in + image.at(static_cast<std::size_t>(v), static_cast<std::size_t>(u));
    };
    const T* const corners[] = {pixel(0), pixel(1), pixel(2), pixel(3)};
    for (std::size_t channel = 0; channel < image.channels; ++channel) {
      double sum = 0;
      for (std::size_t k = 0; k < 4; ++k)
        sum += weights[k] *
               (corners[k] != nullptr ? static_cast<double>(corners[k][channel]) : fill_value);
      to[channel] = static_cast<T>(sum);
    }
  }
};
NNRUN_REGISTER(Rotation)
