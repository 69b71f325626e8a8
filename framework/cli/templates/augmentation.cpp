#include <nnrun/plugin.hpp>

/// Multiplies all numbers of a training example by the same factor, drawn anew whenever it is seen.
/// It depends on the example and its random numbers alone, so that a resumed run sees the same.
struct NewThing : nnrun::Augmentation {
  static constexpr auto name = "new_thing", doc = "multiplies an example by a number near 1";
  double range = 0.1;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&NewThing::range, "range", "how far from 1 at most",
                                      {.min = 0, .max = 1}));
  }
  /// How many random numbers an example of this shape takes; throws nnrun::Error to refuse it.
  std::size_t random_numbers(const nnrun_shape&) const { return 1; }
  void change(const auto& example) const {
    using T = std::remove_reference_t<decltype(*example.out)>;
    const T factor = static_cast<T>(1 + range * (2 * example.random[0] - 1));
    for (std::size_t i = 0; i < example.size; ++i) example.out[i] = factor * example.in[i];
  }
};
NNRUN_REGISTER(NewThing)
