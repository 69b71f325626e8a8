#include <nnrun/plugin.hpp>

/// Adds a normal number to each input, mean 0: for examples of any shape.
struct Noise : nnrun::Augmentation {
  static constexpr auto name = "noise", doc = "adds a normal number to each input";
  double stddev = 0.1;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Noise::stddev, "stddev",
                                      "its standard deviation, in units of the network's inputs",
                                      {.min = 0}));
  }
  std::size_t random_numbers(const nnrun_shape& shape) const {
    std::size_t n = 1;
    for (std::uint32_t i = 0; i < shape.rank; ++i) n *= shape.sizes[i];
    return n;
  }
  void change(const auto& example) const {
    using T = std::remove_reference_t<decltype(*example.out)>;
    for (std::size_t i = 0; i < example.size; ++i)
      example.out[i] = static_cast<T>(static_cast<double>(example.in[i]) +
                                      stddev * nnrun::normal_from_uniform(example.random[i]));
  }
};
NNRUN_REGISTER(Noise)
