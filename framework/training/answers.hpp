// What a trained network answers to examples of a part, one by one: those that it puts into another
// class, and what its layers make of one.
#pragma once
#include <algorithm>

#include "network/model.hpp"
#include "training/examples.hpp"
namespace nnrun::host {

struct WrongAnswer {
  std::vector<double> inputs;  ///< prepared
  std::size_t is, said;        ///< its class, and that of the largest output
  double output;               ///< the largest
};
struct WrongAnswers {
  std::size_t examples = 0, wrong = 0;
  std::vector<WrongAnswer> surest{};  ///< with the largest outputs, the largest first
};

/// Returns where a row has its largest number.
template <class T>
std::size_t largest_of(const T* row, std::size_t n) {
  return static_cast<std::size_t>(std::max_element(row, row + n) - row);
}

/// Returns how many examples of classes are put into another one, and those of which the network is
/// surest, `most` of them. outputs: of all of them, if they are known.
template <class T>
WrongAnswers wrong_answers_of(ModelOf<T>& model, const Examples<T>& examples, std::size_t most,
                              const T* outputs = nullptr) {
  const std::size_t in = model.graph().input_cols, out = model.graph().output().cols;
  WrongAnswers all{.examples = examples.count};
  const auto surer = [](const WrongAnswer& a, const WrongAnswer& b) { return a.output > b.output; };
  for (std::size_t from = 0; from < examples.count; from += Model::most_rows) {
    const std::size_t n = std::min(Model::most_rows, examples.count - from);
    const T* y =
        outputs != nullptr ? outputs + from * out : model.outputs(examples.inputs(from, n, in), n);
    for (std::size_t i = from; i < from + n; ++i, y += out) {
      const std::size_t said = largest_of(y, out),
                        is = largest_of(examples.t.data() + i * out, out);
      if (said == is) continue;
      ++all.wrong;
      const auto output = static_cast<double>(y[said]);
      if (all.surest.size() == most && !(output > all.surest.back().output)) continue;
      const T* const x = examples.inputs(i, 1, in);
      WrongAnswer answer{{x, x + in}, is, said, output};
      all.surest.insert(std::ranges::upper_bound(all.surest, answer, surer), std::move(answer));
      if (all.surest.size() > most) all.surest.pop_back();
    }
  }
  return all;
}

/// Some examples of a part, prepared; row-major.
struct ShownExamples {
  std::size_t count = 0;
  std::vector<double> inputs{}, targets{};
  std::vector<double> weights{}, divisors{};  ///< as in Examples; empty: 1
};

/// Returns up to `most` examples of a part, as far apart from each other as they can be.
template <class T>
ShownExamples shown_examples_of(const Examples<T>& examples, std::size_t in, std::size_t out,
                                std::size_t most) {
  ShownExamples shown{.count = std::min(most, examples.count)};
  for (std::size_t k = 0; k < shown.count; ++k) {
    const std::size_t i = k * examples.count / shown.count;
    const T *const x = examples.inputs(i, 1, in), *const t = examples.t.data() + i * out;
    shown.inputs.insert(shown.inputs.end(), x, x + in);
    shown.targets.insert(shown.targets.end(), t, t + out);
    if (examples.weight.data() != nullptr)
      shown.weights.push_back(static_cast<double>(examples.weight.data()[i]));
    if (examples.divisor.data() != nullptr)
      shown.divisors.push_back(static_cast<double>(examples.divisor.data()[i]));
  }
  return shown;
}

/// Outputs beside the targets of some examples of a part, as the network has both; row-major.
struct AnsweredExamples {
  std::size_t count = 0;
  std::vector<double> outputs{}, targets{};
};

/// Returns those of up to `most` examples, spread over all of the part.
template <class T>
AnsweredExamples answered_examples_of(ModelOf<T>& model, const Examples<T>& examples,
                                      std::size_t most) {
  const std::size_t in = model.graph().input_cols, out = model.graph().output().cols;
  AnsweredExamples all{.count = std::min(most, examples.count)};
  Buffer<T> x(std::min(Model::most_rows, all.count) * in);
  for (std::size_t from = 0; from < all.count; from += Model::most_rows) {
    const std::size_t n = std::min(Model::most_rows, all.count - from);
    for (std::size_t k = 0; k < n; ++k) {
      const std::size_t i = (from + k) * examples.count / all.count;
      const T* const t = examples.t.data() + i * out;
      std::copy_n(examples.inputs(i, 1, in), in, x.data() + k * in);
      all.targets.insert(all.targets.end(), t, t + out);
    }
    const T* const y = model.outputs(x.data(), n);
    all.outputs.insert(all.outputs.end(), y, y + n * out);
  }
  return all;
}

/// What a layer makes of some examples of a part; row-major.
struct LayerOutputs {
  std::size_t count = 0;
  std::vector<double> inputs{}, outputs{};
};

/// Returns those of up to `most` examples, spread over all of the part.
template <class T>
LayerOutputs layer_outputs_of(ModelOf<T>& model, const Examples<T>& examples, std::size_t node,
                              std::size_t most) {
  const std::size_t in = model.graph().input_cols, out = model.graph().nodes[node].cols;
  LayerOutputs all{.count = std::min(most, examples.count)};
  for (std::size_t k = 0; k < all.count; ++k) {
    const T* const x = examples.x.data() + k * examples.count / all.count * in;
    model.outputs(x, 1);
    const T* const y = model.outputs_of(node);
    all.inputs.insert(all.inputs.end(), x, x + in);
    all.outputs.insert(all.outputs.end(), y, y + out);
  }
  return all;
}

/// What a layer makes of an example.
struct LayerAnswer {
  std::size_t node;  ///< of the graph; all of them: the example itself
  std::vector<double> outputs;
};

/// Returns the first example, prepared, and what these nodes of the graph make of it.
template <class T>
std::vector<LayerAnswer> layer_answers_of(ModelOf<T>& model, const Examples<T>& examples,
                                          const std::vector<std::size_t>& nodes) {
  const Graph& graph = model.graph();
  const T* const x = examples.inputs(0, 1, graph.input_cols);
  model.outputs(x, 1);
  std::vector<LayerAnswer> answers{{graph.nodes.size(), {x, x + graph.input_cols}}};
  for (const std::size_t node : nodes) {
    const T* const y = model.outputs_of(node);
    answers.push_back({node, {y, y + graph.nodes[node].cols}});
  }
  return answers;
}

}  // namespace nnrun::host
