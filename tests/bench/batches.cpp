#include "batches.hpp"

#include <cstdio>
#include <memory>
#include <optional>

#include "plain.hpp"
#include "rounds.hpp"
namespace nnrun::bench {
namespace {

struct Network {
  std::vector<std::size_t> units;
  std::size_t batch;
  std::string text() const {
    std::string all = "784";
    for (const std::size_t n : units) all += "-" + std::to_string(n);
    return all + ", batch " + std::to_string(batch);
  }
  /// Returns the multiplications of an example: forward, for the weights, and, but for the first
  /// layer, for the inputs.
  double multiplications() const {
    double all = 0;
    for (std::size_t k = 0, in = 784; k < units.size(); in = units[k++])
      all += static_cast<double>((k == 0 ? 2 : 3) * in * units[k]);
    return all;
  }
};

/// The triple loops that plain_batch.cpp has for one of the networks.
class ByHand {
 public:
  explicit ByHand(const host::Experiment& experiment) : start_(start_of<float>(experiment, true)) {}
  double scalar() { return scalar_784_128_10(run()); }
  double vector() { return vector_784_128_10(run()); }

 private:
  Batches run() {
    return {start_.w.data(),
            start_.train.x.data(),
            start_.train.t.data(),
            start_.train.count,
            32,
            0.01f};
  }
  Start<float> start_;
};

void print(const Network& network, const std::vector<Contender>& contenders, double peak) {
  std::printf("\n| %s | examples/s | of the peak | x |\n|---|---|---|---|\n",
              network.text().c_str());
  for (const Contender& c : contenders) {
    const double each = c.best / static_cast<double>(rows_of_digits);
    std::printf("| %s | %.0f | %.0f %% | %.2f |\n", c.name.c_str(), 1 / each,
                100 * network.multiplications() / each / peak, contenders[0].best / c.best);
  }
}

void compare(const Network& network, host::Registry& registry, const ScratchFolder& folder,
             int rounds, double peak) {
  std::vector<std::unique_ptr<host::Trainer>> trainers;
  std::vector<Contender> contenders;
  std::optional<ByHand> by_hand;
  for (const std::string product : {"eigen", "ordered"}) {
    const host::Experiment e = digits_like(folder, network.units, network.batch, product, registry);
    if (network.units.size() == 2 && network.batch == 32 && !by_hand) {
      by_hand.emplace(e);
      std::printf("\nmean cost of the first epoch: by hand %.9g, nnrun %.9g\n",
                  by_hand->scalar() / rows_of_digits, first_cost(*host::Trainer::create(e, 1)));
      contenders.push_back({"by hand, -O3 -fno-tree-vectorize",
                            [&] { return seconds_of([&] { by_hand->scalar(); }); }});
      contenders.push_back({"the same loops, -O3 -march=native",
                            [&] { return seconds_of([&] { by_hand->vector(); }); }});
    }
    for (const unsigned threads : {1u, 2u}) {
      trainers.push_back(host::Trainer::create(e, threads));
      contenders.push_back(trained(
          product + ", " + std::to_string(threads) + (threads == 1 ? " thread" : " threads"),
          *trainers.back()));
    }
  }
  alternate(contenders, rounds);
  print(network, contenders, peak);
}

}  // namespace

void batches(host::Registry& registry, const ScratchFolder& folder, int rounds) {
  const double peak = fused_per_second();
  std::printf("\nBackpropagation with sigmoid, float32. The peak of a core: %.1f GFLOP/s\n",
              2 * peak / 1e9);
  for (const Network& network : {Network{{128, 10}, 32},
                                 {{128, 10}, 256},
                                 {{1024, 1024, 10}, 128},
                                 {{1024, 1024, 10}, 1024}})
    compare(network, registry, folder, network.units.size() == 2 ? rounds : rounds / 4 + 1, peak);
}

}  // namespace nnrun::bench
