#include "diagnosis/probe.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "diagnosis/thresholds.hpp"
#include "network/flat_numbers.hpp"
#include "network/joined_cost.hpp"
#include "training/class_weights.hpp"
#include "training/evaluation.hpp"
#include "training/meaning.hpp"
namespace nnrun::host {
namespace {

// Multiplications of a forward pass over a sample: some hundredths of a second.
constexpr double most_work = 5e7;
constexpr std::size_t fewest_rows = 32;

std::size_t rows_within(const Graph& graph, std::size_t most) {
  const double rows = most_work / std::max(1., graph.work_per_row());
  return std::min(most, std::max(fewest_rows, static_cast<std::size_t>(std::min(rows, 1e9))));
}

bool has_weights(const Node& node) {
  const std::span blocks(node.plan.blocks, node.plan.n_blocks);
  return node.learns() && std::ranges::any_of(blocks, [](const nnrun_block& block) {
           return block.role == NNRUN_WEIGHTS;
         });
}

std::vector<Object> created(const std::vector<Use>& uses) {
  std::vector<Object> objects;
  for (const Use& use : uses) objects.emplace_back(use);
  return objects;
}

template <class T>
Buffer<T> rounded(const std::vector<double>& numbers) {
  if (numbers.empty()) return {};
  Buffer<T> to(numbers.size());
  std::ranges::transform(numbers, to.data(), [](double x) { return static_cast<T>(x); });
  return to;
}
template <class T>
Examples<T> rounded(const ShownExamples& shown) {
  return {.x = rounded<T>(shown.inputs),
          .t = rounded<T>(shown.targets),
          .count = shown.count,
          .weight = rounded<T>(shown.weights),
          .divisor = rounded<T>(shown.divisors)};
}

template <class T>
double mean_square(const T* x, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  return n == 0 ? 0 : sum / static_cast<double>(n);
}

/// Returns whether outputs are those of a tanh within a layer.
bool ends_in_tanh(const Node& node) {
  const std::string& type = node.layer.plugin().name;
  return type == "simple_rnn" || type == "gru";
}

template <class T>
double share_at_one(const T* x, std::size_t n) {
  const auto at_one = std::count_if(x, x + n, [](T v) { return std::abs(v) > T(0.999); });
  return share_of(static_cast<std::size_t>(at_one), n);
}

/// Returns whether the channels of the last axis agree, to rounding, for every example.
template <class T>
bool channels_agree(const T* a, std::size_t n, std::size_t channels) {
  if (channels < 2) return false;
  for (std::size_t i = 0; i < n; i += channels)
    for (std::size_t j = 1; j < channels; ++j)
      if (!(std::abs(a[i + j] - a[i]) <= T(1e-6) * std::abs(a[i]))) return false;
  return true;
}

/// Returns whether all rows agree, to rounding.
template <class T>
bool rows_agree(const T* a, std::size_t rows, std::size_t cols) {
  if (rows < 2) return false;
  for (std::size_t i = cols; i < rows * cols; ++i)
    if (!(std::abs(a[i] - a[i % cols]) <= T(1e-6) * std::max(T(1e-3), std::abs(a[i % cols]))))
      return false;
  return true;
}

/// Returns the share of slopes behind an activation of which nothing is left before it.
template <class T>
double share_without_slope(const T* behind, const T* before, std::size_t n) {
  std::size_t all = 0, lost = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (behind[i] == 0) continue;
    ++all;
    lost += std::abs(before[i]) <= T(thresholds::no_slope_left) * std::abs(behind[i]);
  }
  return share_of(lost, all);
}

template <class T>
class ProbeOf final : public Probe {
 public:
  ProbeOf(const Trainer& trainer, std::size_t most)
      : experiment_(trainer.experiment()),
        targets_(trainer.model()->targets()),
        model_(std::dynamic_pointer_cast<ModelOf<T>>(
            Model::create(experiment_, trainer.model()->preparation(), trainer.model()->names()))),
        random_(experiment_.random, experiment_.seed),
        class_weights_(class_weights_in(trainer)),
        cost_(cost_of(class_weights_.cost, model_->graph())),
        metrics_(created(experiment_.metrics)),
        evaluation_(*model_, cost_, metrics_) {
    model_->set_targets(targets_);
    meaning_ = meaning_of(experiment_.train.cost, model_->graph().output(), targets_);
    prepare(metrics_, meaning_);
    const std::size_t rows = rows_within(model_->graph(), most);
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
      shown_[part] = trainer.shown_examples(part, rows);
      samples_[part] = rounded<T>(shown_[part]);
      classes_[part] = classes_of(shown_[part], out_cols(), targets_);
    }
    make_pass();
    take(*trainer.model());
  }

  const Graph& graph() const override { return model_->graph(); }

  void take(const Model& model) override {
    const auto& other = dynamic_cast<const ModelOf<T>&>(model);
    std::ranges::copy(other.parameters().all(), model_->parameters().all().begin());
    std::ranges::copy(other.state().all(), model_->state().all().begin());
  }

  double cost(std::size_t part) override {
    return samples_[part].count == 0 ? 0 : evaluation_.score(samples_[part]).cost;
  }

  /// The cost itself takes them, also where training joins it with the last activation.
  double cost_of_means(std::size_t part) const override {
    const Examples<T>&train = samples_[NNRUN_TRAIN], &sample = samples_[part];
    if (sample.count == 0) return 0;
    const std::size_t out = out_cols();
    std::vector<double> means(out), counted(out);
    for (std::size_t i = 0; i < train.count * out; ++i) {
      const double weight = weight_of(i / out, i % out);
      means[i % out] += weight * static_cast<double>(train.t.data()[i]);
      counted[i % out] += weight;
    }
    for (std::size_t c = 0; c < out; ++c) means[c] /= counted[c];
    Buffer<T> y(sample.count * out);
    for (std::size_t i = 0; i < y.size(); ++i) y.data()[i] = static_cast<T>(means[i % out]);
    const Object cost(class_weights_.cost);
    CostCalls<T> costs(cost, graph(), sample.count);
    costs.values(y.data(), sample.t.data(), 0, sample.count);
    double sum = 0;
    for (std::size_t r = 0; r < sample.count; ++r) {
      const double weight = shown_[part].weights.empty() ? 1 : shown_[part].weights[r];
      if (weight > 0) sum += weight * static_cast<double>(costs.of_rows()[r]);
    }
    return sum / sample.divisor_of(0, sample.count);
  }

  Skill skill(std::size_t part) override {
    if (shown_[part].count == 0 || classes_[NNRUN_TRAIN].count == 0) return skill_of_numbers(part);
    const std::vector<Answer> answers = answers_to(part);
    double right = 0;
    std::vector<double> sizes(classes_[part].count);
    for (std::size_t r = 0; r < answers.size(); ++r) {
      const double n = counted(shown_[part], classes_[part], class_weights_.numbers, r);
      const std::size_t own = classes_[part].of_rows[r];
      if (answers[r].said == own) right += n;
      sizes[own] += n;
    }
    const double all = std::accumulate(sizes.begin(), sizes.end(), 0.);
    if (!(all > 0)) return {};
    return {right / all, std::ranges::max(sizes) / all, true};
  }

  SurestErrors surest_errors(std::size_t part) override {
    if (shown_[part].count == 0 || classes_[NNRUN_TRAIN].count == 0) return {};
    const std::vector<Answer> answers = answers_to(part);
    std::vector<std::pair<double, bool>> by_margin;  // and whether it is wrong
    for (std::size_t r = 0; r < answers.size(); ++r)
      if (counts(shown_[part], r))
        by_margin.emplace_back(answers[r].margin, answers[r].said != classes_[part].of_rows[r]);
    std::ranges::sort(by_margin, std::greater{}, [](const auto& one) { return one.first; });
    SurestErrors errors{.all = by_margin.size(),
                        .surest = static_cast<std::size_t>(thresholds::surest_part *
                                                           static_cast<double>(by_margin.size()))};
    for (std::size_t i = 0; i < by_margin.size(); ++i) {
      errors.wrong += by_margin[i].second;
      errors.wrong_surest += i < errors.surest && by_margin[i].second;
    }
    return errors;
  }

  std::vector<std::size_t> answered() override {
    std::vector<std::size_t> times(classes_[NNRUN_TRAIN].count);
    if (times.empty()) return times;
    const std::vector<Answer> answers = answers_to(NNRUN_TRAIN);
    for (std::size_t r = 0; r < answers.size(); ++r)
      times[answers[r].said] += counts(shown_[NNRUN_TRAIN], r);
    return times;
  }

  std::vector<double> metrics_of_constant() override {
    const SampleClasses& classes = classes_[NNRUN_TRAIN];
    if (classes.count == 0 || metrics_.empty()) return {};
    const std::vector<std::size_t> sizes = classes.sizes();
    const auto most = static_cast<std::size_t>(std::ranges::max_element(sizes) - sizes.begin());
    const Examples<T>& sample = samples_[NNRUN_TRAIN];
    Buffer<T> y(sample.count * out_cols());
    const auto row = static_cast<std::size_t>(std::ranges::find(classes.of_rows, most) -
                                              classes.of_rows.begin());
    for (std::size_t i = 0; i < y.size(); ++i)
      y.data()[i] = sample.t.data()[row * out_cols() + i % out_cols()];
    return evaluation_.measure(y.data(), sample);
  }

  std::vector<LayerLook> look() override {
    const Examples<T>& sample = samples_[NNRUN_TRAIN];
    Pass<T>& pass = *pass_;
    pass.set_batch(sample.x.data(), sample.count);
    draw_noise();
    pass.forward();
    if (graph().output().has_slope) {
      costs_->slopes(pass.for_cost(), sample.t.data(), 1. / static_cast<double>(sample.count),
                     pass.steps().back().da, 0, sample.count);
      pass.backward_inputs();
    }
    std::vector<LayerLook> layers;
    for (std::size_t k = 0; k < graph().nodes.size(); ++k) layers.push_back(look_at(k));
    return layers;
  }

  std::vector<std::vector<double>> parameters() const override {
    std::vector<std::vector<double>> all;
    for (const NamedBlock& block : graph().blocks()) {
      std::vector<double>& numbers = all.emplace_back();
      for_each_element(block, [&](std::size_t i, std::size_t) {
        numbers.push_back(static_cast<double>(model_->parameters().data()[i]));
      });
    }
    return all;
  }

 private:
  /// Returns what a target of a row of the training part counts.
  double weight_of(std::size_t row, std::size_t column) const {
    const std::vector<double>& counted = class_weights_.numbers;
    const T* const t = samples_[NNRUN_TRAIN].t.data() + row * out_cols();
    double weight = shown_[NNRUN_TRAIN].weights.empty() ? 1 : shown_[NNRUN_TRAIN].weights[row];
    if (counted.empty()) return weight;
    if (class_weights_.per_label)
      return weight * counted.at(static_cast<double>(t[column]) > targets_.border ? 1 : 0);
    double of_class = 0;  // of each answer, where an example has several
    for (std::size_t c = column - column % counted.size(), i = 0; i < counted.size(); ++i)
      of_class += counted[i] * static_cast<double>(t[c + i]);
    return weight * of_class;
  }
  std::size_t out_cols() const { return model_->graph().output().cols; }

  void make_pass() {
    const std::size_t rows = std::max<std::size_t>(1, samples_[NNRUN_TRAIN].count);
    workspace_.emplace(graph(), rows, model_->parameters().data(), model_->state().data(), true);
    pass_.emplace(workspace_->pass());
    costs_.emplace(cost_, graph(), rows);
  }
  void draw_noise() {
    for (std::size_t k = 0; k < graph().nodes.size(); ++k)
      if (T* const to = workspace_->noise(k)) {
        Stream stream(random_, "noise/" + graph().nodes[k].name, 1);
        std::vector<double> numbers(pass_->rows() * graph().nodes[k].plan.noise_per_row);
        stream.fill(numbers);
        for (std::size_t i = 0; i < numbers.size(); ++i)  // below 1, also when rounded
          to[i] = static_cast<T>(std::min(numbers[i], 1 - 1e-6));
      }
  }

  LayerLook look_at(std::size_t k) const {
    const typename Pass<T>::Step& s = pass_->steps()[k];
    const std::size_t n = s.call.rows * s.node->cols;
    LayerLook look{.picture = picture_of(std::span<const Pass<T>>(&*pass_, 1), k)};
    if (!s.node->activation && ends_in_tanh(*s.node)) look.picture.saturated = share_at_one(s.a, n);
    look.output_size = std::sqrt(mean_square(s.a, n));
    if (s.has_slope) look.slope_size = std::sqrt(mean_square(s.dz, n));
    const nnrun_shape& out = s.node->plan.out;
    look.units_alike = channels_agree(s.a, n, out.sizes[out.rank - 1]);
    look.rows_alike = rows_agree(s.a, s.call.rows, s.node->cols);
    if (s.has_slope && s.node->activation && s.da != s.dz)
      look.without_slope = share_without_slope(s.da, s.dz, n);
    look.has_weights = has_weights(*s.node);
    return look;
  }

  /// A class, and by how much its output is above that of the next one, or beyond the border.
  struct Answer {
    std::size_t said;
    double margin;
  };
  Answer answer_in(const T* y) const {
    const std::size_t out = out_cols();
    if (out == 1) {
      const double beyond = static_cast<double>(*y) - meaning_.output_border;
      return {beyond > 0, std::abs(beyond)};
    }
    const std::size_t said = largest_of(y, out);
    double next = -std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < out; ++c)
      if (c != said) next = std::max(next, static_cast<double>(y[c]));
    return {said, static_cast<double>(y[said]) - next};
  }
  std::vector<Answer> answers_to(std::size_t part) {
    const Examples<T>& sample = samples_[part];
    const std::size_t out = out_cols(), in = graph().input_cols;
    std::vector<Answer> answers;
    for (std::size_t from = 0; from < sample.count; from += Model::most_rows) {
      const std::size_t n = std::min(Model::most_rows, sample.count - from);
      const T* y = model_->outputs(sample.x.data() + from * in, n);
      for (std::size_t r = 0; r < n; ++r, y += out) answers.push_back(answer_in(y));
    }
    return answers;
  }

  /// R² over all outputs together.
  Skill skill_of_numbers(std::size_t part) {
    const Examples<T>& sample = samples_[part];
    if (sample.count < 2 || targets_.kind != NNRUN_NUMBERS || graph().cost_takes_scores) return {};
    const std::size_t out = out_cols(), in = graph().input_cols;
    std::vector<double> means(out);
    std::size_t counted = 0;
    for (std::size_t r = 0; r < sample.count; ++r) {
      if (!counts(shown_[part], r)) continue;
      ++counted;
      for (std::size_t o = 0; o < out; ++o)
        means[o] += static_cast<double>(sample.t.data()[r * out + o]);
    }
    for (double& mean : means) mean /= static_cast<double>(counted);
    double rest = 0, spread = 0;
    for (std::size_t from = 0; from < sample.count; from += Model::most_rows) {
      const std::size_t n = std::min(Model::most_rows, sample.count - from);
      const T* y = model_->outputs(sample.x.data() + from * in, n);
      for (std::size_t i = 0; i < n * out; ++i) {
        if (!counts(shown_[part], from + i / out)) continue;
        const auto t = static_cast<double>(sample.t.data()[from * out + i]),
                   error = t - static_cast<double>(y[i]), from_mean = t - means[i % out];
        rest += error * error;
        spread += from_mean * from_mean;
      }
    }
    return {spread > 0 ? 1 - rest / spread : 0, 0, spread > 0 && std::isfinite(rest)};
  }

  const Experiment& experiment_;
  Targets targets_;
  std::shared_ptr<ModelOf<T>> model_;
  Random random_;
  ClassWeights class_weights_;
  Object cost_;
  std::vector<Object> metrics_;
  Evaluation<T> evaluation_;
  nnrun_meaning meaning_{};
  std::array<ShownExamples, NNRUN_PARTS> shown_;
  std::array<Examples<T>, NNRUN_PARTS> samples_;
  std::array<SampleClasses, NNRUN_PARTS> classes_;
  std::optional<Workspace<T>> workspace_;
  std::optional<Pass<T>> pass_;
  std::optional<CostCalls<T>> costs_;
};

}  // namespace

SampleClasses classes_of(const ShownExamples& examples, std::size_t cols, const Targets& targets) {
  const bool one_hot = targets.kind == NNRUN_ONE_HOT && cols > 1 && !targets.of_last_axis,
             label = targets.kind == NNRUN_LABELS && cols == 1;
  if (!one_hot && !label) return {};
  SampleClasses classes{.count = one_hot ? cols : 2};
  for (std::size_t r = 0; r < examples.count; ++r) {
    const double* const t = examples.targets.data() + r * cols;
    classes.of_rows.push_back(one_hot ? largest_of(t, cols) : *t > targets.border);
  }
  return classes;
}

ClassWeights class_weights_in(const Trainer& trainer) {
  ModelFile model;
  model.names = trainer.model()->names();
  model.targets = trainer.model()->targets();
  return class_weights_of(trainer.experiment().train.cost, model, trainer.model()->graph());
}

std::unique_ptr<Probe> Probe::create(const Trainer& trainer, std::size_t most) {
  if (trainer.model()->dtype() == Dtype::float32)
    return std::make_unique<ProbeOf<float>>(trainer, most);
  return std::make_unique<ProbeOf<double>>(trainer, most);
}

}  // namespace nnrun::host
