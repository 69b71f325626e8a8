// A network with its numbers: graph, parameters, state, and the preparation of raw inputs. Training
// borrows one; evaluation and prediction need nothing else.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "network/model_file.hpp"
#include "network/predictor.hpp"
#include "network/random.hpp"
namespace nnrun::host {

/// The values of a block of parameters or of state, in file order.
struct BlockValues {
  std::string name;
  std::vector<std::size_t> shape;
  std::vector<std::byte> bytes;  ///< of the model's dtype, little-endian
};

class Model {
 public:
  static constexpr std::size_t most_rows = 256;  ///< that run forward at a time

  /// Creates the network that the experiment describes, with all numbers 0. Throws GraphError,
  /// PluginError, and GraphError at `model.input` if the preparation gives another number of
  /// inputs.
  static std::shared_ptr<Model> create(const Experiment& experiment, Preparation preparation,
                                       DataNames names);
  /// The same with the numbers of a file. Throws what load throws.
  static std::shared_ptr<Model> read(const Experiment& experiment, const ModelFile& file);
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;
  virtual ~Model() = default;

  const Graph& graph() const { return graph_; }
  const Preparation& preparation() const { return preparation_; }
  Preparation& preparation() { return preparation_; }
  const DataNames& names() const { return names_; }
  /// What the targets of its training part are; not known before they were read.
  const Targets& targets() const { return targets_; }
  void set_targets(const Targets& targets) { targets_ = targets; }
  /// Returns how many numbers it answers a row with: its outputs, or, of classes with an order, how
  /// likely each of them is.
  std::size_t answers() const { return graph_.output().cols + (names_.ordered ? 1 : 0); }
  /// Returns how many of them are one answer: those of the last axis, if the targets are classes of
  /// that axis, otherwise all.
  std::size_t answer_width() const {
    const nnrun_shape& shape = graph_.output().plan.out;
    return targets_.of_last_axis ? shape.sizes[shape.rank - 1] : answers();
  }
  virtual Dtype dtype() const = 0;
  /// Returns whether answers are numbers of float32: those that are worked out from outputs, in the
  /// units of the data or as probabilities of classes in order, are double.
  bool answers_in_float32() const {
    return dtype() == Dtype::float32 && !preparation_.scales_targets() && !names_.ordered;
  }

  /// Draws the initial parameters, layer by layer.
  virtual void draw(Random& random) = 0;
  /// Loads the numbers of a file, by name and shape. Throws ConfigError at `place` unless the file
  /// has exactly what the network needs, all of it finite.
  void load(const TensorFile& file, const Place& place);
  /// The same of a recorded model, naming its file.
  void load(const ModelFile& file);
  /// Loads what `model.weights` takes of a file, if it names one. Throws DataError at the key if
  /// the file cannot be read, and ConfigError if it does not fit.
  void load_start(const Experiment& experiment);
  /// Returns parameters and state, layer by layer.
  virtual std::vector<BlockValues> blocks() const = 0;
  /// Writes the model to a file; `more` is added to the metadata.
  void write(const std::filesystem::path& file, Metadata more, Sync sync,
             Existing existing = Existing::refused) const;

  /// Takes any number of contiguous rows of raw inputs and writes as many rows of answers, in the
  /// units of the data. Throws DataError if a prepared input is not finite or too large.
  virtual void predict(std::span<const double> inputs, std::span<double> answers) = 0;
  /// Does the same in two steps. Prepares one raw row, to be number `at` of most_rows; throws as
  /// predict does, and may be called again. Runs the first `rows` of them and writes the answers to
  /// those from number `first` on, as many as `answers` has room for.
  virtual void prepare(std::span<const double> row, std::size_t at) = 0;
  virtual void run_prepared(std::size_t rows, std::size_t first, std::span<double> answers) = 0;
  /// Returns how many rows run forward together where rows are answered one by one, however many
  /// there are: it decides the last digits. 1 where the weights stay in the cache; networks of more
  /// multiplications run blocks, which is many times faster.
  std::size_t rows_at_once() const;
  /// Returns how many rows run where one is answered alone.
  std::size_t rows_for_one() const;
  /// Runs the first `rows` prepared rows so, and writes as run_prepared does.
  void answer_prepared(std::size_t rows, std::size_t first, std::span<double> answers);
  /// Does what predict does, one row at a time, with the digits that a row has among others.
  std::vector<std::vector<double>> predict_each(const std::vector<std::vector<double>>& inputs);

 protected:
  Model(Graph graph, Preparation preparation, DataNames names);

 private:
  /// Replaces the values of a block, given in file order.
  virtual void set(const NamedBlock& block, std::span<const double> values) = 0;

  Graph graph_;
  Preparation preparation_;
  DataNames names_;
  Targets targets_;
};

/// A model in its own precision, for training.
template <class T>
class ModelOf final : public Model {
 public:
  ModelOf(Graph graph, Preparation preparation, DataNames names);

  Dtype dtype() const override { return static_cast<Dtype>(dtype_of<T>); }
  void draw(Random& random) override;
  std::vector<BlockValues> blocks() const override;
  void predict(std::span<const double> inputs, std::span<double> answers) override;
  void prepare(std::span<const double> row, std::size_t at) override;
  void run_prepared(std::size_t rows, std::size_t first, std::span<double> answers) override;

  const Buffer<T>& parameters() const { return w_; }
  const Buffer<T>& state() const { return state_; }
  /// Returns what a predictor of this model needs, which the model must outlive.
  NumbersInUse<T> in_use() const {
    return {graph(), preparation(), w_.data(), state_.data(), names().ordered};
  }
  /// Returns the outputs for up to most_rows rows of prepared inputs, valid until the next call.
  const T* outputs(const T* x, std::size_t rows) { return predictor_.outputs(x, rows); }
  /// Returns what a node of the graph makes of these rows.
  const T* outputs_of(std::size_t node) const { return predictor_.outputs_of(node); }
  /// Returns what the cost takes of these rows.
  const T* for_cost() const { return predictor_.for_cost(); }

 private:
  void set(const NamedBlock& block, std::span<const double> values) override;

  Buffer<T> w_, state_;
  Predictor<T> predictor_;
};

/// Throws what Model::load_start would, without a model.
void require_weights(const Experiment& experiment, const Graph& graph);

/// Returns the hexadecimal SHA-256 of the blocks' bytes, one block after the other.
std::string weights_sha256(const std::vector<BlockValues>& blocks);

}  // namespace nnrun::host
