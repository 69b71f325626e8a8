#include "training/predictor.hpp"

#include <algorithm>

#include "network/parameters.hpp"
#include "training/evaluation.hpp"
namespace nnrun::host {
namespace {

template <class T>
class PredictorOf final : public Predictor {
 public:
  PredictorOf(const Experiment& experiment, const Preparation& preparation)
      : experiment_(experiment),
        preparation_(preparation),
        graph_(checked(build_graph(experiment), experiment, preparation)),
        cost_(experiment.train.cost),
        metrics_(objects(experiment.metrics)),
        w_(graph_.n_parameters),
        state_(graph_.n_state),
        evaluation_(graph_, cost_, metrics_, w_.data(), state_.data()),
        x_(most_rows * graph_.input_cols),
        prepared_(graph_.input_cols) {}

  const Graph& graph() const override { return graph_; }
  void set_parameters(const NamedBlock& block, std::span<const double> values) override {
    const std::vector<T> numbers(values.begin(), values.end());
    scatter(block, numbers.data(), block.is_state ? state_.data() : w_.data());
  }

  void predict(std::span<const double> inputs, std::span<double> outputs) override {
    const std::size_t rows = inputs.size() / preparation_.inputs(), width = prepared_.size();
    for (std::size_t r = 0; r < rows; ++r) {
      preparation_.apply(inputs.data() + r * preparation_.inputs(), prepared_.data());
      std::ranges::transform(prepared_, x_.data() + r * width,
                             [](double x) { return static_cast<T>(x); });
    }
    std::copy_n(evaluation_.outputs(x_.data(), rows), rows * graph_.output().cols, outputs.data());
  }

  /// A sequential generator gives the first parameters, then the data: in this order again.
  Score score(DataSource& data, std::size_t part, const std::function<void()>& load) override {
    require_memory(data.needs(experiment_.dtype), available_memory());
    Random random(experiment_.random, experiment_.seed);
    initialize(graph_, random, w_.data(), state_.data());
    const auto parts = data.read<T>(random);
    load();
    return evaluation_.score_with_tables(parts[part]);
  }

 private:
  static_assert(most_rows == Evaluation<T>::rows);
  static std::vector<Object> objects(const std::vector<Use>& uses) {
    std::vector<Object> all;
    for (const Use& use : uses) all.emplace_back(use);
    return all;
  }
  static Graph checked(Graph graph, const Experiment& experiment, const Preparation& preparation) {
    if (graph.input_cols != preparation.outputs())
      throw GraphError(Problem{.what = "the model's input is " + text_of(graph.input) +
                                       ", but its preparation makes " +
                                       std::to_string(preparation.outputs()),
                               .place = experiment.model.input.place});
    require_memory(needs_of(graph, experiment.dtype, most_rows, 0), available_memory());
    return graph;
  }

  const Experiment& experiment_;
  const Preparation& preparation_;
  Graph graph_;
  Object cost_;
  std::vector<Object> metrics_;
  Buffer<T> w_, state_;
  Evaluation<T> evaluation_;
  Buffer<T> x_;
  std::vector<double> prepared_;
};

}  // namespace

std::unique_ptr<Predictor> Predictor::create(const Experiment& experiment,
                                             const Preparation& preparation) {
  if (experiment.dtype == Dtype::float32)
    return std::make_unique<PredictorOf<float>>(experiment, preparation);
  return std::make_unique<PredictorOf<double>>(experiment, preparation);
}

}  // namespace nnrun::host
