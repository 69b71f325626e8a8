// Of layers that are drawn as a block: how their outputs are spread over some training examples,
// and the slopes of the cost that reach them.
#pragma once
#include <numeric>
#include <optional>

#include "network/cost_calls.hpp"
#include "network/joined_cost.hpp"
#include "network/random.hpp"
#include "serving/drawn_net.hpp"
#include "serving/histogram.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

template <class T>
class LayerStrips {
 public:
  /// Keeps references to the model and the net.
  LayerStrips(const Trainer& trainer, ModelOf<T>& model, const DrawnNet& net)
      : model_(model),
        net_(net),
        random_(trainer.experiment().random, trainer.experiment().seed),
        cost_(cost_of(trainer.experiment().train.cost, model.graph())) {
    if (std::ranges::none_of(net.layers, [](const DrawnLayer& l) { return l.units == 0; })) return;
    const Graph& graph = model.graph();
    const double rows = most_work / std::max(1., graph.work_per_row());
    const ShownExamples shown = trainer.shown_examples(
        NNRUN_TRAIN, std::clamp(static_cast<std::size_t>(rows), fewest_rows, most_rows));
    if (shown.count == 0) return;
    count_ = shown.count;
    x_ = rounded(shown.inputs);
    t_ = rounded(shown.targets);
    workspace_.emplace(graph, count_, model.parameters().data(), model.state().data(), true);
    pass_.emplace(workspace_->pass());
    costs_.emplace(cost_, graph, count_);
  }

  bool is_empty() const { return !pass_; }

  /// Returns one of each drawn layer: null of those that are drawn unit by unit.
  nlohmann::ordered_json json() {
    pass_->set_batch(x_.data(), count_);
    draw_noise();
    pass_->forward();
    const Graph& graph = model_.graph();
    const bool has_slopes = graph.output().has_slope;
    if (has_slopes) {
      costs_->slopes(pass_->for_cost(), t_.data(), 1. / static_cast<double>(count_),
                     pass_->steps().back().da, 0, count_);
      pass_->backward_inputs();
    }
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const DrawnLayer& layer : net_.layers) {
      all.push_back(nullptr);
      if (layer.units > 0) continue;
      const auto& step = pass_->steps()[layer.node];
      const std::size_t n = count_ * graph.nodes[layer.node].cols;
      all.back() = {{"outputs", spread_of(step.a, n, step.node->cols)}};
      if (has_slopes && step.has_slope)
        all.back()["slopes"] = spread_of(step.dz, n, step.node->cols);
    }
    return all;
  }

 private:
  // Multiplications of a forward pass: some hundredths of a second, with that of slopes.
  static constexpr double most_work = 2e7;
  static constexpr std::size_t fewest_rows = 4, most_rows = 100, most_numbers = 20'000;

  static Buffer<T> rounded(const std::vector<double>& numbers) {
    Buffer<T> to(numbers.size());
    std::ranges::transform(numbers, to.data(), [](double x) { return static_cast<T>(x); });
    return to;
  }
  static nlohmann::ordered_json spread_of(const T* numbers, std::size_t n, std::size_t width) {
    std::vector<float> some;
    // a step that shares no factor with the width of a row comes to every unit
    std::size_t each = n / most_numbers + 1;
    while (std::gcd(each, width) > 1) ++each;
    for (std::size_t i = 0; i < n; i += each)
      if (const auto x = static_cast<float>(numbers[i]); std::isfinite(x)) some.push_back(x);
    return Histogram(some).json();
  }
  /// The same at every look, so that a picture changes by what was learned alone.
  void draw_noise() {
    const std::vector<Node>& nodes = model_.graph().nodes;
    for (std::size_t k = 0; k < nodes.size(); ++k)
      if (T* const to = workspace_->noise(k)) {
        Stream stream(random_, "noise/" + nodes[k].name, 1);
        std::vector<double> numbers(count_ * nodes[k].plan.noise_per_row);
        stream.fill(numbers);
        for (std::size_t i = 0; i < numbers.size(); ++i)  // below 1, also when rounded
          to[i] = static_cast<T>(std::min(numbers[i], 1 - 1e-6));
      }
  }

  ModelOf<T>& model_;
  const DrawnNet& net_;
  Random random_;
  Object cost_;
  std::size_t count_ = 0;
  Buffer<T> x_, t_;
  std::optional<Workspace<T>> workspace_;
  std::optional<Pass<T>> pass_;
  std::optional<CostCalls<T>> costs_;
};

}  // namespace nnrun::host
