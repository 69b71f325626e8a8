#include "batches.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <thread>

#include "diagnosis/machine_peak.hpp"
#include "peers/load.hpp"
#include "plain.hpp"
#include "rounds.hpp"
namespace nnrun::bench {
namespace {

constexpr float rate = 0.01f;

struct Network {
  std::vector<std::size_t> units;
  std::size_t batch;
  std::string dtype = "float32";
  std::string text() const {
    std::string all = "784";
    for (const std::size_t n : units) all += "-" + std::to_string(n);
    return all + ", batch " + std::to_string(batch) + ", " + dtype;
  }
  bool is_float() const { return dtype == "float32"; }
  /// Returns whether plain_batch.cpp has it.
  bool is_by_hand() const { return units.size() == 2 && batch == 32 && is_float(); }
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
            rate};
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

/// Adds the same training by other libraries, at so many threads.
void add_peers(std::vector<Contender>& contenders, const Network& network,
               const Start<float>& start, unsigned threads) {
  std::vector<std::size_t> units{784};
  units.insert(units.end(), network.units.begin(), network.units.end());
  const Task task = task_of(start, units, network.batch, rate, threads);
  const std::string at = threads == 1 ? "" : ", " + std::to_string(threads) + " threads";
  add_peer(contenders, "eigen", "by hand with Eigen" + at, task);
  add_peer(contenders, "openblas", "by hand with OpenBLAS" + at, task);
  add_peer(contenders, "onednn", "by hand with oneDNN" + at, task);
  add_peer(contenders, "torch", "libtorch" + at, task);
}

/// Adds to the table of all: our own product at one thread against the peak, and at two.
void add_lines(const Network& network, const std::vector<Contender>& contenders, double peak,
               Table& table) {
  const auto named = [&](const std::string& name) {
    return static_cast<std::size_t>(std::ranges::find(contenders, name, &Contender::name) -
                                    contenders.begin());
  };
  const std::size_t one = named("ordered, 1 thread"), two = named("ordered, 2 threads");
  std::vector<Contender> beside;
  for (const Contender& c : contenders)
    if (c.name.find("2 threads") == std::string::npos) beside.push_back(c);
  beside.push_back(
      {"all that a core can multiply", {}, network.multiplications() * rows_of_digits / peak});
  table.add(network.text(), beside, rows_of_digits,
            static_cast<std::size_t>(
                std::ranges::find(beside, "ordered, 1 thread", &Contender::name) - beside.begin()),
            beside.size() - 1);
  if (two == contenders.size()) return;
  std::vector<Contender> wide;
  for (const Contender& c : contenders)
    if (c.name.find("2 threads") != std::string::npos) wide.push_back(c);
  table.add(
      "the same, 2 threads: " + times_text(contenders[one].best / contenders[two].best) + " faster",
      wide, rows_of_digits,
      static_cast<std::size_t>(std::ranges::find(wide, "ordered, 2 threads", &Contender::name) -
                               wide.begin()));
}

/// Measures all that take so many threads in turn. Apart from those that take another number: some
/// libraries leave threads behind that wait at full speed.
std::vector<Contender> measured(const Network& network, host::Registry& registry,
                                const ScratchFolder& folder, int rounds, unsigned threads) {
  std::vector<std::unique_ptr<host::Trainer>> trainers;
  std::vector<Contender> contenders;
  std::optional<ByHand> by_hand;
  std::optional<Start<float>> start;
  for (const std::string product : {"eigen", "ordered"}) {
    const host::Experiment e =
        digits_like(folder, network.units, network.batch, product, network.dtype, registry);
    if (network.is_float() && !start) start = start_of<float>(e, true);
    if (threads == 1 && network.is_by_hand() && !by_hand) {
      by_hand.emplace(e);
      std::printf("\nmean cost of the first epoch: by hand %.9g, nnrun %.9g\n",
                  by_hand->scalar() / rows_of_digits, first_cost(*host::Trainer::create(e, 1)));
      contenders.push_back({"by hand, -O3 -fno-tree-vectorize",
                            [&] { return seconds_of([&] { by_hand->scalar(); }); }});
      contenders.push_back({"the same loops, -O3 -march=native",
                            [&] { return seconds_of([&] { by_hand->vector(); }); }});
    }
    trainers.push_back(host::Trainer::create(e, threads));
    contenders.push_back(
        trained(product + ", " + std::to_string(threads) + (threads == 1 ? " thread" : " threads"),
                *trainers.back()));
  }
  if (start) add_peers(contenders, network, *start, threads);
  alternate(contenders, rounds);
  for (Contender& c : contenders) c.seconds = {};  // what it needs goes now
  return contenders;
}

void compare(const Network& network, host::Registry& registry, const ScratchFolder& folder,
             int rounds, double peak, Table& table) {
  std::vector<Contender> contenders = measured(network, registry, folder, rounds, 1);
  if (std::thread::hardware_concurrency() > 1)
    for (Contender& c : measured(network, registry, folder, rounds, 2))
      contenders.push_back(std::move(c));
  print(network, contenders, peak);
  add_lines(network, contenders, peak, table);
}

}  // namespace

void batches(host::Registry& registry, const ScratchFolder& folder, int rounds, Table& table) {
  const double peak = host::fused_per_second(host::Dtype::float32);
  std::printf("\nBackpropagation with sigmoid, float32. The peak of a core: %.1f GFLOP/s\n",
              2 * peak / 1e9);
  for (const Network& network : {Network{{128, 10}, 32},
                                 {{128, 10}, 32, "float64"},
                                 {{128, 10}, 256},
                                 {{1024, 1024, 10}, 128},
                                 {{1024, 1024, 10}, 1024}})
    compare(network, registry, folder, network.units.size() == 2 ? rounds : rounds / 4 + 1,
            network.is_float() ? peak : peak / 2, table);
}

}  // namespace nnrun::bench
