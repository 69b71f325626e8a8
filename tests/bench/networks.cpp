#include "networks.hpp"

#include <fstream>

#include "network/initial_values.hpp"
#include "network/padding.hpp"
namespace nnrun::bench {
namespace fs = std::filesystem;

ScratchFolder::ScratchFolder() {
  std::string name = (fs::temp_directory_path() / "nnrun_bench_XXXXXX").string();
  if (!mkdtemp(name.data())) throw fs::filesystem_error("no temporary folder", name, {});
  path_ = name;
}
ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}
fs::path ScratchFolder::write(const std::string& name, const std::string& text) const {
  std::ofstream(path_ / name) << text;
  return path_ / name;
}

namespace {
/// Rows of inputs in eighths and 10 targets, one of them 1: 3 MB for 1,024 of 784.
std::string made_up(int rows, int inputs) {
  std::string text;
  for (int i = 0; i < inputs; ++i) text += "x" + std::to_string(i) + ",";
  for (int i = 0; i < 10; ++i) text += "t" + std::to_string(i) + (i < 9 ? "," : "\n");
  std::uint32_t random = 1;
  for (int row = 0; row < rows; ++row) {
    for (int i = 0; i < inputs; ++i) {
      random = random * 1664525 + 1013904223;
      text += std::to_string(static_cast<double>(random >> 29) / 8).substr(0, 5) + ",";
    }
    for (int i = 0; i < 10; ++i)
      text += std::string(i == row % 10 ? "1" : "0") + (i < 9 ? "," : "\n");
  }
  return text;
}
/// Writes the file unless it is there.
void make_up(const ScratchFolder& folder, const std::string& name, int rows, int inputs) {
  if (!fs::exists(folder.path() / name)) folder.write(name, made_up(rows, inputs));
}
}  // namespace

host::Experiment digits_like(const ScratchFolder& folder, const std::vector<std::size_t>& units,
                             std::size_t batch, const std::string& product,
                             const std::string& dtype, host::Registry& registry) {
  make_up(folder, "digits.csv", static_cast<int>(rows_of_digits), 784);
  std::string text = R"(
seed: 1
data: {type: csv, path: digits.csv, targets: [t0, t1, t2, t3, t4, t5, t6, t7, t8, t9]}
model:
  input: 784
  defaults: {activation: sigmoid, init: glorot_uniform}
  layers:
)";
  for (const std::size_t n : units)
    text += "    - {type: dense, units: " + std::to_string(n) + ", product: " + product + "}\n";
  text += "dtype: " + dtype + "\ntrain:\n  batch_size: " + std::to_string(batch) + R"(
  cost: sum_squared_error
  optimizer: {type: sgd, learning_rate: 0.01}
  epochs: 1000000
  shuffle: false
metrics: [accuracy]
)";
  return host::read_experiment(folder.write("digits.yaml", text), {}, registry);
}

host::Experiment images_like(const ScratchFolder& folder, host::Registry& registry) {
  make_up(folder, "digits.csv", static_cast<int>(rows_of_digits), 784);
  const std::string config =
      "extends: " NNRUN_SOURCE_DIR
      "/configs/mnist/lenet.yaml\n"
      "data: {type: csv, path: digits.csv, targets: [t0, t1, t2, t3, t4, t5, t6, t7, t8, t9]}\n"
      "train: {epochs: 1000000, shuffle: false}\n";
  return host::read_experiment(folder.write("images.yaml", config), {}, registry);
}

host::Experiment pictures_like(const ScratchFolder& folder, const std::vector<std::size_t>& filters,
                               const std::string& head, std::size_t batch,
                               host::Registry& registry) {
  make_up(folder, "pictures.csv", static_cast<int>(rows_of_pictures), 32 * 32 * 3);
  std::string text = R"(
seed: 1
data: {type: csv, path: pictures.csv, targets: [t0, t1, t2, t3, t4, t5, t6, t7, t8, t9]}
model:
  input: [32, 32, 3]
  defaults: {activation: relu}
  layers:
)";
  for (const std::size_t n : filters)
    text += n == 0 ? "    - {type: max_pooling2d}\n"
                   : "    - {type: conv2d, kernel_size: 3, padding: same, filters: " +
                         std::to_string(n) + "}\n";
  text += head + "    - {type: dense, units: 10, activation: softmax}\n";
  text +=
      "train: {cost: cross_entropy, optimizer: {type: sgd, learning_rate: 0.01}, epochs: 1000000, "
      "shuffle: false, batch_size: " +
      std::to_string(batch) + "}\nmetrics: [accuracy]\n";
  return host::read_experiment(folder.write("pictures.yaml", text), {}, registry);
}

host::Experiment chain(const ScratchFolder& folder, std::size_t inputs,
                       const std::vector<std::size_t>& units, host::Registry& registry) {
  std::string text = "data: diagonal\ndtype: float64\nmodel:\n  input: " + std::to_string(inputs) +
                     "\n  defaults: {activation: sigmoid}\n  layers:\n";
  for (const std::size_t n : units)
    text += "    - {type: dense, units: " + std::to_string(n) + "}\n";
  text += "train: {cost: sum_squared_error}\n";
  return host::read_experiment(folder.write("chain.yaml", text), {}, registry);
}

template <class T>
Start<T> start_of(const host::Experiment& experiment, bool inputs_first) {
  host::Random random(experiment.random, experiment.seed);
  const host::Graph graph = host::build_graph(experiment);
  const host::Buffer<T> flat(graph.n_parameters);
  host::initialize(graph, random, flat.data());
  Start<T> start;
  for (const host::NamedBlock& block : graph.blocks()) {
    const std::vector<T> numbers = host::gathered(block, flat.data());
    const nnrun_shape& shape = block.block->shape;
    if (!inputs_first || shape.rank != 2) {
      start.w.insert(start.w.end(), numbers.begin(), numbers.end());
      continue;
    }
    for (std::size_t i = 0; i < shape.sizes[1]; ++i)
      for (std::size_t u = 0; u < shape.sizes[0]; ++u)
        start.w.push_back(numbers[u * shape.sizes[1] + i]);
  }
  host::DataSource source(experiment);
  host::Preparation preparation = source.preparation(experiment);
  start.train = std::move(source.template read<T>(random, preparation)[NNRUN_TRAIN]);
  return start;
}
template Start<float> start_of(const host::Experiment&, bool);
template Start<double> start_of(const host::Experiment&, bool);

}  // namespace nnrun::bench
