#include "training/evaluation.hpp"

#include "network/joined_cost.hpp"
#include "network/memory_needs.hpp"
#include "network/model_preparation.hpp"
#include "training/class_weights.hpp"
#include "training/meaning.hpp"
namespace nnrun::host {
namespace {

template <class T>
PartScore score_as(const Experiment& experiment, const ModelFile& file, Model& model,
                   DataSource& data, std::size_t part, std::string* data_sha256) {
  std::vector<Object> metrics;
  for (const Use& use : experiment.metrics) metrics.emplace_back(use);
  // a sequential generator gave the first parameters, then the data: the order must be the same
  Random random(experiment.random, experiment.seed);
  model.draw(random);
  if (file.targets.known) data.expect(file.targets);
  auto parts = data.read<T>(random, model.preparation());
  if (data_sha256) *data_sha256 = hash_of(parts);
  model.load(file);
  require_fit_of(file, model);
  const Use& cost_use = experiment.train.cost;
  const Targets targets = file.targets.known
                              ? file.targets
                              : targets_of(parts, data.shape(), model.graph().output().plan.out,
                                           cost_use, model.preparation().scales_targets());
  model.set_targets(targets);
  const std::size_t cols = model.graph().output().cols;
  const ClassWeights weights = class_weights_of(cost_use, file, model.graph());
  const Object cost = cost_of(weights.cost, model.graph());
  set_divisors(parts, weights, divides_by_weights(experiment), cols);
  prepare(metrics, meaning_of(cost_use, model.graph().output(), targets));
  Evaluation<T> evaluation(static_cast<ModelOf<T>&>(model), cost, metrics);
  PartScore scored{evaluation.score_with_details(parts[part])};
  scored.naive = evaluation.score_of_last(parts[part]);
  return scored;
}

/// The file describes its preparation, or the config and the data do.
Preparation preparation_of(const Experiment& experiment, const ModelFile& file,
                           const DataSource& data) {
  if (file.recipe) return preparation_of(experiment, file);
  Preparation preparation = data.preparation(experiment);
  preparation.use(preparation_of(experiment, file).fitted());
  return preparation;
}

}  // namespace

PartScore score_of(const Experiment& experiment, const ModelFile& file, DataSource& data,
                   std::size_t part, std::string* data_sha256) {
  Preparation preparation = preparation_of(experiment, file, data);
  const auto model = Model::create(experiment, std::move(preparation), file.names);
  data.fit_to(model->graph(), experiment.train.cost);
  data.require_fit(model->graph(), model->preparation(), experiment);
  data.require_room({}, model->preparation(), experiment, false);
  return experiment.dtype == Dtype::float32
             ? score_as<float>(experiment, file, *model, data, part, data_sha256)
             : score_as<double>(experiment, file, *model, data, part, data_sha256);
}

template class Evaluation<float>;
template class Evaluation<double>;

}  // namespace nnrun::host
