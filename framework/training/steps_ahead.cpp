#include "training/steps_ahead.hpp"

#include <algorithm>

#include "loading/object.hpp"
namespace nnrun::host {
namespace {

/// What each node of a network makes of an example.
using NodeOutputs = std::vector<std::vector<double>>;

template <class T>
NodeOutputs outputs_of(Model& model, const std::vector<double>& example) {
  std::vector<double> answers(model.answers());
  model.predict(example, answers);
  NodeOutputs all;
  const std::vector<Node>& nodes = model.graph().nodes;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const T* const from = static_cast<ModelOf<T>&>(model).outputs_of(i);
    all.emplace_back(from, from + nodes[i].cols);
  }
  return all;
}

NodeOutputs outputs_of(Model& model, const std::vector<double>& example) {
  return model.dtype() == Dtype::float32 ? outputs_of<float>(model, example)
                                         : outputs_of<double>(model, example);
}

/// Returns whether two outputs of a node differ in a step before the last one, if it has as many
/// steps as an example.
bool differs_before_end(const Node& node, std::size_t steps, const std::vector<double>& a,
                        const std::vector<double>& b) {
  const nnrun_shape& shape = node.plan.out;
  if (shape.rank < 2 || shape.sizes[0] != steps) return false;
  const auto last = static_cast<std::ptrdiff_t>(a.size() / steps * (steps - 1));
  return !std::equal(a.begin(), a.begin() + last, b.begin());
}

}  // namespace

void add_steps_ahead(const Experiment& experiment, const Model& model,
                     std::vector<Problem>& warnings) {
  const auto* const texts =
      extension_of<nnrun_example_text>(*experiment.data.use.plugin, "nnrun.example_text/1");
  const Node& output = model.graph().output();
  const std::size_t steps = model.preparation().inputs();
  if (texts == nullptr || steps < 2 || output.cols % steps != 0) return;
  const std::size_t characters = output.cols / steps;
  if (characters < 2) return;
  const std::shared_ptr<Model> fresh =
      Model::create(experiment, model.preparation(), model.names());
  Random random(experiment.random, experiment.seed);
  fresh->draw(random);
  // 0 may be padding, which layers pass over
  std::vector<double> example(steps, 1);
  const NodeOutputs before = outputs_of(*fresh, example);
  example.back() = characters > 2 ? 2 : 0;
  const NodeOutputs after = outputs_of(*fresh, example);
  const auto answers = static_cast<std::ptrdiff_t>(characters * (steps - 1));
  if (std::equal(before.back().begin(), before.back().begin() + answers, after.back().begin()))
    return;
  const std::vector<Node>& nodes = model.graph().nodes;
  const Node* first = nullptr;
  for (std::size_t i = 0; i < nodes.size() && first == nullptr; ++i)
    if (differs_before_end(nodes[i], steps, before[i], after[i])) first = &nodes[i];
  if (first == nullptr) first = &output;  // another layer has changed the number of steps
  warnings.push_back(
      {.what = first->name +
               " sees the characters that the network is to foretell: what it learns is of no "
               "use at the end of a text",
       .place = first->place,
       .hint = "take layers that read forward alone: padding: causal in conv1d, no bidirectional, "
               "no go_backwards"});
}

}  // namespace nnrun::host
