#include "augmentations.hpp"

#include <cstdio>
#include <memory>

#include "rounds.hpp"
#include "training/augmentation.hpp"
namespace nnrun::bench {
namespace {

constexpr std::size_t images = 1000, batch = 50;
constexpr nnrun_shape shape{3, {28, 28, 1}};

}  // namespace

void augmentations(host::Registry& registry, int rounds) {
  const std::size_t cols = 28 * 28;
  host::Random random(host::with_defaults(*registry.find("random", "philox")), 1);
  host::Buffer<float> x(batch * cols);
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i % 251) / 251;
  std::vector<std::unique_ptr<host::Augmenter<float>>> all;
  std::vector<Contender> contenders;
  for (const std::string& name : registry.names("augmentation")) {
    const std::vector<host::Use> uses{host::with_defaults(*registry.find("augmentation", name))};
    host::Augmenter<float>& one = *all.emplace_back(std::make_unique<host::Augmenter<float>>(
        host::plan_augmentations(uses, shape, false), shape, cols, batch, random));
    contenders.push_back({name, [&one, &x] {
                            return seconds_of([&] {
                              for (std::size_t from = 0; from < images; from += batch)
                                one.change(x.data(), from, batch, 1);
                            });
                          }});
  }
  alternate(contenders, rounds);
  std::printf("\nAugmentation of images of 28 x 28, float32, one thread\n");
  for (const Contender& c : contenders)
    std::printf("  %-34s %10.2f us/image\n", c.name.c_str(), c.best / images * 1e6);
}

}  // namespace nnrun::bench
