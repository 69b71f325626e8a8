#include "network/model.hpp"

#include <algorithm>

#include "base/commands.hpp"
#include "base/doing.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "network/initial_values.hpp"
#include "network/memory_needs.hpp"
#include "network/model_preparation.hpp"
#include "network/padding.hpp"
#include "network/taken_blocks.hpp"
namespace nnrun::host {
namespace {

/// Reads the file that `model.weights` names; errors get the place of the key.
TensorFile weights_of(const Experiment& experiment) try {
  return read_safetensors(experiment.model.weights.file.value);
} catch (const Error& e) {
  const std::filesystem::path& file = experiment.model.weights.file.value;
  Problem problem = e.problems().front();
  problem.place = experiment.model.weights.file.place;
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored) &&
      std::filesystem::exists(file.parent_path() / "config.yaml", ignored))
    problem.hint = "nnrun train --resume " + shell_word(file.parent_path().string()) +
                   " makes the model of that run";
  throw DataError(std::move(problem));
}

void require_inputs(const Graph& graph, const Preparation& preparation, const Place& place) {
  if (graph.input_cols == preparation.outputs()) return;
  throw GraphError(Problem{.what = "the model's input is " + text_of(graph.input) +
                                   ", but its preparation makes " +
                                   std::to_string(preparation.outputs()),
                           .place = place});
}

/// A preparation that was learned elsewhere comes from a file.
void require_fitting(const Preparation& preparation, std::size_t outputs) {
  if (!preparation.is_fitted()) return;
  const std::string fault = preparation.fault_of(preparation.fitted(), outputs);
  if (!fault.empty())
    throw RecordError(Problem{.what = "the model " + fault,
                              .where = "the preparation of the data",
                              .hint = "the file is damaged, or was made by something else"});
}

}  // namespace

Model::Model(Graph graph, Preparation preparation, DataNames names)
    : graph_(std::move(graph)), preparation_(std::move(preparation)), names_(std::move(names)) {}

std::shared_ptr<Model> Model::create(const Experiment& experiment, Preparation preparation,
                                     DataNames names) {
  const Doing here("creating the network");
  Graph graph = build_graph(experiment);
  require_inputs(graph, preparation, experiment.model.input.place);
  require_fitting(preparation, graph.output().cols);
  require_memory(needs_of_outputs(graph, experiment.dtype, most_rows));
  if (experiment.dtype == Dtype::float32)
    return std::make_shared<ModelOf<float>>(std::move(graph), std::move(preparation),
                                            std::move(names));
  return std::make_shared<ModelOf<double>>(std::move(graph), std::move(preparation),
                                           std::move(names));
}

std::shared_ptr<Model> Model::read(const Experiment& experiment, const ModelFile& file) {
  auto model = create(experiment, preparation_of(experiment, file), file.names);
  require_fit_of(file, *model);
  model->load(file);
  model->set_targets(file.targets);
  return model;
}

void Model::load(const TensorFile& file, const Place& place) {
  for (const auto& [block, tensor] : all_blocks(file, graph_, dtype(), place))
    set(block, numbers_of(*tensor));
}

void Model::load(const ModelFile& file) try {
  load(file.file, Place{});
} catch (const ConfigError& e) {
  Problem problem = e.problems().front();
  problem.where = file.path.string();
  throw ConfigError(std::move(problem));
}

void Model::load_start(const Experiment& experiment) {
  if (!experiment.model.weights.is_given()) return;
  const TensorFile file = weights_of(experiment);
  for (const auto& [block, tensor] : taken_blocks(file, graph_, experiment))
    set(block, numbers_of(*tensor));
}

void Model::write(const std::filesystem::path& file, Metadata metadata, Sync sync,
                  Existing existing) const {
  const Doing here("writing the model");
  const std::vector<BlockValues> blocks = this->blocks();
  std::vector<Tensor> tensors;
  for (const BlockValues& block : blocks)
    tensors.push_back(
        {block.name, dtype() == Dtype::float32 ? "F32" : "F64", block.shape, block.bytes});
  describe(preparation_, names_, targets_, tensors, metadata);
  write_safetensors(file, tensors, metadata, sync, existing);
}

std::size_t Model::rows_at_once() const {
  constexpr double most_work_alone = 1 << 18;
  return graph_.work_per_row() <= most_work_alone ? 1 : most_rows;
}

/// Where no cut of two rows or more shows, as many run as there are.
std::size_t Model::rows_for_one() const {
  if (rows_at_once() == 1) return 1;
  return graph_.free_cuts() ? 2 : most_rows;
}

void Model::answer_prepared(std::size_t rows, std::size_t first, std::span<double> answers) {
  run_prepared(std::max(rows, rows_for_one()), first, answers);
}

std::vector<std::vector<double>> Model::predict_each(
    const std::vector<std::vector<double>>& inputs) {
  std::vector<std::vector<double>> all;
  for (const std::vector<double>& input : inputs) {
    prepare(input, 0);
    answer_prepared(1, 0, all.emplace_back(answers()));
  }
  return all;
}

template <class T>
ModelOf<T>::ModelOf(Graph graph, Preparation preparation, DataNames names)
    : Model(std::move(graph), std::move(preparation), std::move(names)),
      w_(this->graph().n_parameters),
      state_(this->graph().n_state),
      predictor_(in_use(), most_rows) {}

template <class T>
void ModelOf<T>::draw(Random& random) {
  initialize(graph(), random, w_.data(), state_.data());
}

template <class T>
std::vector<BlockValues> ModelOf<T>::blocks() const {
  std::vector<BlockValues> all;
  for (const NamedBlock& block : graph().saved_blocks()) {
    const nnrun_shape& shape = block.block->shape;
    const std::vector<T> numbers = gathered(block, block.is_state ? state_.data() : w_.data());
    const auto bytes = std::as_bytes(std::span(numbers));
    all.push_back(
        {block.name, {shape.sizes, shape.sizes + shape.rank}, {bytes.begin(), bytes.end()}});
  }
  return all;
}

template <class T>
void ModelOf<T>::set(const NamedBlock& block, std::span<const double> values) {
  const std::vector<T> numbers(values.begin(), values.end());
  scatter(block, numbers.data(), block.is_state ? state_.data() : w_.data());
}

template <class T>
void ModelOf<T>::predict(std::span<const double> inputs, std::span<double> answers) {
  const std::size_t raw = preparation().inputs(), out = this->answers(), rows = inputs.size() / raw;
  for (std::size_t from = 0; from < rows; from += most_rows) {
    const std::size_t n = std::min(most_rows, rows - from);
    for (std::size_t r = 0; r < n; ++r) prepare(inputs.subspan((from + r) * raw, raw), r);
    run_prepared(n, 0, answers.subspan(from * out, n * out));
  }
}

template <class T>
void ModelOf<T>::prepare(std::span<const double> row, std::size_t at) {
  predictor_.prepare(row.data(), at);
}

template <class T>
void ModelOf<T>::run_prepared(std::size_t rows, std::size_t first, std::span<double> answers) {
  predictor_.run(rows, first, answers.size() / this->answers(), answers.data());
}

void require_weights(const Experiment& experiment, const Graph& graph) {
  if (experiment.model.weights.is_given()) taken_blocks(weights_of(experiment), graph, experiment);
}

std::string weights_sha256(const std::vector<BlockValues>& blocks) {
  std::vector<std::byte> all;
  for (const BlockValues& block : blocks)
    all.insert(all.end(), block.bytes.begin(), block.bytes.end());
  return sha256_of(all);
}

template class ModelOf<float>;
template class ModelOf<double>;

template class Pass<float>;
template class Pass<double>;
template class Workspace<float>;
template class Workspace<double>;
template class Predictor<float>;
template class Predictor<double>;

}  // namespace nnrun::host
