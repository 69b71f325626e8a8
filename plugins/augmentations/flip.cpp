#include <nnrun/plugin.hpp>
#include <string_view>

/// Mirrors an image, half of the times: left and right, or top and bottom, or each by itself.
struct Flip : nnrun::Augmentation {
  static constexpr auto name = "flip", doc = "mirrors half of the images";
  static constexpr bool of_images = true;
  const char* mode = "horizontal";
  static constexpr const char* modes[] = {"horizontal", "vertical", "both"};
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Flip::mode, "mode",
                                      "horizontal: left and right; vertical: top and bottom; both: "
                                      "each by itself",
                                      {.choices = modes}));
  }
  std::size_t random_numbers(const nnrun_shape& shape) const {
    const nnrun::ImageShape image(shape);
    return std::string_view(mode) == "both" ? 2 : 1;
  }
  void change(const auto& example) const {
    const nnrun::ImageShape image(example.shape);
    const bool across = *mode != 'v' && example.random[0] < 0.5,
               over = *mode != 'h' && example.random.back() < 0.5;
    auto* to = example.out;
    for (std::size_t y = 0; y < image.height; ++y)
      for (std::size_t x = 0; x < image.width; ++x, to += image.channels)
        std::copy_n(example.in +
                        image.at(over ? image.height - 1 - y : y, across ? image.width - 1 - x : x),
                    image.channels, to);
  }
};
NNRUN_REGISTER(Flip)
