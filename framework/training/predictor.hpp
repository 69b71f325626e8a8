// A trained network used again: no gradient, no optimizer.
#pragma once
#include <memory>
#include <span>

#include "network/graph.hpp"
#include "training/data.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

class Predictor {
 public:
  static constexpr std::size_t most_rows = 256;  ///< of one call

  /// `experiment` and `preparation` must outlive it. Throws GraphError, PluginError, ConfigError.
  static std::unique_ptr<Predictor> create(const Experiment& experiment,
                                           const Preparation& preparation);
  virtual ~Predictor() = default;

  virtual const Graph& graph() const = 0;
  /// Replaces a block, in its file order; `values` must have its count.
  virtual void set_parameters(const NamedBlock& block, std::span<const double> values) = 0;
  /// Rows of inputs before their preparation, at most most_rows; room for as many rows of outputs.
  virtual void predict(std::span<const double> inputs, std::span<double> outputs) = 0;
  /// Cost, metrics and tables of a part of the data, which are read. Call it before parameters are
  /// set: `load` sets them when the random plugin has gone the way that it went in training.
  virtual Score score(DataSource& data, std::size_t part, const std::function<void()>& load) = 0;
};

}  // namespace nnrun::host
