// The trained network as a thing: graph, parameters, state, and how raw inputs become its inputs.
// Training borrows one; evaluating and predicting need nothing else.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "network/model_file.hpp"
#include "network/preparation.hpp"
#include "network/random.hpp"
#include "network/workspace.hpp"
namespace nnrun::host {

/// A block of parameters or of state in its file order.
struct BlockValues {
  std::string name;
  std::vector<std::size_t> shape;
  std::vector<std::byte> bytes;  ///< of the model's dtype, little-endian
};

class Model {
 public:
  static constexpr std::size_t most_rows = 256;  ///< that run forward at a time

  /// The network that the experiment describes, all numbers 0. Throws GraphError, PluginError, and
  /// GraphError at `model.input` where the preparation makes inputs of another number.
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
  virtual Dtype dtype() const = 0;

  /// Draws the first numbers, in the order of the layers.
  virtual void draw(Random& random) = 0;
  /// Takes over the numbers of a file, by name and shape. Throws ConfigError at `place` where the
  /// file has not exactly what the network needs.
  void load(const TensorFile& file, const Place& place);
  /// Takes over the numbers that `model.weights` names, if it names some. Throws DataError at the
  /// key where the file cannot be read, and what load throws.
  void load_start(const Experiment& experiment);
  /// Parameters and state, layer by layer.
  virtual std::vector<BlockValues> blocks() const = 0;
  /// Writes all of it to a new file; `more` is added to the metadata.
  void write(const std::filesystem::path& file, Metadata more, Sync sync) const;

  /// Takes any number of rows of raw inputs, one behind the other, and writes as many rows of
  /// outputs. Throws DataError where a prepared input is not finite.
  virtual void predict(std::span<const double> inputs, std::span<double> outputs) = 0;
  /// The same for rows one at a time, so that each has the bits that it has alone.
  std::vector<std::vector<double>> predict_each(const std::vector<std::vector<double>>& inputs);

 protected:
  Model(Graph graph, Preparation preparation, DataNames names);

 private:
  /// Replaces a block, in its file order.
  virtual void set(const NamedBlock& block, std::span<const double> values) = 0;

  Graph graph_;
  Preparation preparation_;
  DataNames names_;
};

/// A model in its own precision, for training.
template <class T>
class ModelOf final : public Model {
 public:
  ModelOf(Graph graph, Preparation preparation, DataNames names);

  Dtype dtype() const override { return static_cast<Dtype>(dtype_of<T>); }
  void draw(Random& random) override;
  std::vector<BlockValues> blocks() const override;
  void predict(std::span<const double> inputs, std::span<double> outputs) override;

  const Buffer<T>& parameters() const { return w_; }
  const Buffer<T>& state() const { return state_; }
  /// Outputs for up to most_rows rows of prepared inputs, valid until the next call.
  const T* outputs(const T* x, std::size_t rows) {
    pass_.set_batch(x, rows);
    return pass_.forward();
  }

 private:
  void set(const NamedBlock& block, std::span<const double> values) override;

  Buffer<T> w_, state_;
  Workspace<T> workspace_;
  Pass<T> pass_;
  Buffer<T> x_;
  std::vector<double> prepared_;
};

/// The scaling of the file for these inputs; empty where the config does not scale. Throws
/// RecordError where the file does not have it.
Preparation::Fit fit_of(const Experiment& experiment, const ModelFile& file,
                        const Preparation& preparation);

/// Throws what Model::load_start would, without a model.
void require_weights(const Experiment& experiment, const Graph& graph);

/// Hexadecimal SHA-256 of the blocks' bytes, one after the other.
std::string weights_sha256(const std::vector<BlockValues>& blocks);

}  // namespace nnrun::host
