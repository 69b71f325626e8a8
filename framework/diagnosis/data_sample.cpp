#include "diagnosis/data_sample.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <string_view>
#include <unordered_map>

#include "diagnosis/thresholds.hpp"
#include "training/augmentation.hpp"
namespace nnrun::host {
namespace {

// Numbers of a sample: 40 MB. Work of finding neighbours: a fraction of a second.
constexpr std::size_t most_numbers = 5'000'000, most_rows = 20'000, most_neighbour_rows = 1000;
constexpr double most_differences = 5e7;
constexpr std::size_t nearest = 5, most_values = 100, most_classes = 100;

std::string_view bytes_of(const double* row, std::size_t n) {
  return {reinterpret_cast<const char*>(row), n * sizeof(double)};
}

SampleColumn column_of(const DataSample& sample, std::size_t i) {
  double sum = 0, squares = 0;
  std::size_t not_zero = 0;
  std::set<double> values;
  const std::size_t n = sample.count();
  for (std::size_t r = 0; r < n; ++r) {
    const double x = sample.row(NNRUN_TRAIN, r)[i];
    sum += x;
    squares += x * x;
    not_zero += x != 0;
    if (values.size() < most_values) values.insert(x);
  }
  const double mean = sum / static_cast<double>(n), square = squares / static_cast<double>(n);
  return {std::sqrt(square), std::sqrt(std::max(0., square - mean * mean)), values.size(),
          not_zero};
}

/// Finds the nearest examples of one in a few hundred, by columns of one spread where they are
/// those of a table.
class Neighbours {
 public:
  explicit Neighbours(const DataSample& sample) : sample_(sample) {
    const double rows = std::sqrt(most_differences / static_cast<double>(sample.inputs));
    n_ = std::min({sample.count(), most_neighbour_rows, static_cast<std::size_t>(rows)});
    for (std::size_t k = 0; k < n_; ++k)
      rows_.push_back(k * sample.count() / std::max<std::size_t>(1, n_));
    for (const std::size_t r : rows_) append(sample.row(NNRUN_TRAIN, r), x_);
  }

  NeighbourSkill skill() {
    asked_ = x_;
    return skill_of_asked(true);
  }
  /// The same of examples whose inputs are changed, beside the others as they are. To be called
  /// after `skill`, which says how near those are.
  template <class Change>
  NeighbourSkill skill_of_changed(Change change) {
    asked_.clear();
    for (const std::size_t r : rows_) append(change(sample_.row(NNRUN_TRAIN, r)), asked_);
    return skill_of_asked(false);
  }

 private:
  void append(const double* row, std::vector<float>& to) const {
    for (std::size_t i = 0; i < sample_.inputs; ++i) {
      const double spread = sample_.is_table ? sample_.columns[i].spread : 1;
      to.push_back(spread > 0 ? static_cast<float>(row[i] / spread) : 0);
    }
  }
  NeighbourSkill skill_of_asked(bool are_unchanged) {
    if (n_ < thresholds::fewest_for_neighbours) return {};
    return sample_.classes.count > 0 ? skill_of_classes(are_unchanged) : skill_of_numbers();
  }
  struct Nearest {
    std::array<std::size_t, nearest> rows;
    float distance;  // of the first one
  };
  /// Returns the nearest others of example k, the nearest first.
  Nearest of(std::size_t k) const {
    std::array<std::size_t, nearest> found{};
    std::array<float, nearest> distances;
    distances.fill(std::numeric_limits<float>::infinity());
    for (std::size_t j = 0; j < n_; ++j) {
      if (j == k) continue;
      float d = distance(k, j);
      if (!(d < distances.back())) continue;
      std::size_t at = nearest - 1;
      for (; at > 0 && d < distances[at - 1]; --at) {
        distances[at] = distances[at - 1];
        found[at] = found[at - 1];
      }
      distances[at] = d;
      found[at] = j;
    }
    return {found, distances[0]};
  }
  float distance(std::size_t a, std::size_t b) const {
    const std::size_t in = sample_.inputs;
    const float *const x = asked_.data() + a * in, *const y = x_.data() + b * in;
    float sum = 0;
    for (std::size_t i = 0; i < in; ++i) sum += (x[i] - y[i]) * (x[i] - y[i]);
    return sum;
  }

  NeighbourSkill skill_of_classes(bool are_unchanged) {
    const auto class_of = [&](std::size_t k) { return sample_.classes.of_rows[rows_[k]]; };
    std::vector<double> sizes(sample_.classes.count), weights(sample_.classes.count);
    double right = 0;
    std::size_t agree = 0;
    std::vector<Answer> answers;
    for (std::size_t k = 0; k < n_; ++k) {
      const auto [found, distance] = of(k);
      std::vector<double> votes(sample_.classes.count);
      for (const std::size_t j : found) votes[class_of(j)] += sample_.counted(rows_[j]);
      agree += class_of(found[0]) == class_of(k);
      const auto likeliest =
          static_cast<std::size_t>(std::ranges::max_element(votes) - votes.begin());
      const double counted = sample_.counted(rows_[k]);
      if (likeliest == class_of(k)) right += counted;
      weights[class_of(k)] += counted;
      sizes[class_of(k)] += 1;
      answers.push_back({class_of(k), likeliest, distance});
    }
    const auto n = static_cast<double>(n_);
    NeighbourSkill all{.examples = n_};
    for (const double size : sizes) all.chance += size / n * (size - 1) / (n - 1);
    all.agreement = static_cast<double>(agree) / n;
    const double counted = std::accumulate(weights.begin(), weights.end(), 0.);
    if (counted > 0) all.skill = {right / counted, std::ranges::max(weights) / counted, true};
    if (are_unchanged) note_distances(answers);
    if (sizes.size() <= most_classes) all.look_like = look_like(answers);
    return all;
  }
  /// What the neighbours of an example say.
  struct Answer {
    std::size_t own, likeliest;  // classes
    float distance;              // of the nearest one
  };
  std::vector<std::vector<std::size_t>> look_like(const std::vector<Answer>& answers) const {
    const std::size_t classes = sample_.classes.count;
    std::vector<std::vector<std::size_t>> counts(classes, std::vector<std::size_t>(classes));
    for (const Answer& one : answers)
      if (one.distance <= near_[one.likeliest]) ++counts[one.own][one.likeliest];
    return counts;
  }
  /// Notes how near each other most examples of a class are, of those that are told rightly.
  void note_distances(const std::vector<Answer>& answers) {
    std::vector<std::vector<float>> of_classes(sample_.classes.count);
    for (const Answer& one : answers)
      if (one.own == one.likeliest) of_classes[one.own].push_back(one.distance);
    near_.assign(of_classes.size(), -1);
    for (std::size_t c = 0; c < of_classes.size(); ++c) {
      std::vector<float>& distances = of_classes[c];
      std::ranges::sort(distances);
      if (!distances.empty()) near_[c] = distances[distances.size() * 3 / 4];
    }
  }
  NeighbourSkill skill_of_numbers() const {
    const std::size_t out = sample_.outputs;
    std::vector<double> means(out);
    for (const std::size_t r : rows_)
      for (std::size_t o = 0; o < out; ++o)
        means[o] += sample_.target(r)[o] / static_cast<double>(n_);
    double rest = 0, spread = 0;
    for (std::size_t k = 0; k < n_; ++k) {
      const auto found = of(k).rows;
      for (std::size_t o = 0; o < out; ++o) {
        double mean = 0;
        for (const std::size_t j : found) mean += sample_.target(rows_[j])[o] / nearest;
        const double t = sample_.target(rows_[k])[o];
        rest += (t - mean) * (t - mean);
        spread += (t - means[o]) * (t - means[o]);
      }
    }
    return {.skill = {spread > 0 ? 1 - rest / spread : 0, 0, spread > 0}, .examples = n_};
  }

  const DataSample& sample_;
  std::size_t n_ = 0;
  std::vector<std::size_t> rows_;
  std::vector<float> x_, asked_;
  std::vector<float> near_;  // by class: as far is the nearest of most of its examples
};

SampleWeights weights_of(const ShownExamples& examples, const SampleClasses& classes) {
  SampleWeights all{.of_classes = std::vector<double>(classes.count),
                    .examples_of_classes = classes.sizes(),
                    .examples = examples.count};
  if (examples.weights.empty()) return all;
  for (std::size_t r = 0; r < classes.of_rows.size(); ++r)
    all.of_classes[classes.of_rows[r]] += examples.weights[r];
  std::vector<double> sorted = examples.weights;
  std::ranges::sort(sorted, std::greater{});
  all.n_heaviest = std::max<std::size_t>(
      1, static_cast<std::size_t>(thresholds::far_rows * static_cast<double>(sorted.size())));
  const double sum = std::accumulate(sorted.begin(), sorted.end(), 0.);
  double of_heaviest = 0;
  for (std::size_t i = 0; i < all.n_heaviest; ++i) {
    of_heaviest += sorted[i];
    if (of_heaviest > thresholds::far_targets * sum) all.n_heaviest = i + 1;  // ends this
  }
  all.of_heaviest = sum > 0 ? of_heaviest / sum : 0;
  return all;
}

/// Leaves out what counts nothing, unless nothing counts.
void keep_what_counts(ShownExamples& examples, std::size_t in, std::size_t out) {
  std::size_t kept = 0;
  for (std::size_t r = 0; r < examples.count; ++r) kept += counts(examples, r);
  if (kept == examples.count || kept == 0) return;
  std::size_t to = 0;
  for (std::size_t r = 0; r < examples.count; ++r) {
    if (!counts(examples, r)) continue;
    std::copy_n(examples.inputs.begin() + static_cast<std::ptrdiff_t>(r * in), in,
                examples.inputs.begin() + static_cast<std::ptrdiff_t>(to * in));
    std::copy_n(examples.targets.begin() + static_cast<std::ptrdiff_t>(r * out), out,
                examples.targets.begin() + static_cast<std::ptrdiff_t>(to * out));
    if (!examples.weights.empty()) examples.weights[to] = examples.weights[r];
    ++to;
  }
  examples.inputs.resize(kept * in);
  examples.targets.resize(kept * out);
  examples.weights.resize(std::min(kept, examples.weights.size()));
  examples.divisors.clear();
  examples.count = kept;
}

}  // namespace

DataSample sample_of(const Trainer& trainer) {
  const Graph& graph = trainer.model()->graph();
  DataSample sample{.inputs = graph.input_cols, .outputs = graph.output().cols};
  sample.is_table = graph.input.rank == 1 && trainer.data().input.rank == 1;
  sample.is_indices = graph.indices().count > 0;
  const std::size_t rows =
      std::clamp<std::size_t>(most_numbers / (sample.inputs + sample.outputs), 1, most_rows);
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    sample.parts[part] = trainer.shown_examples(part, rows);
  const Targets& targets = trainer.model()->targets();
  const ShownExamples& train = sample.parts[NNRUN_TRAIN];
  sample.weights = weights_of(train, classes_of(train, sample.outputs, targets));
  for (ShownExamples& part : sample.parts) keep_what_counts(part, sample.inputs, sample.outputs);
  sample.classes = classes_of(train, sample.outputs, targets);
  sample.class_weights = class_weights_in(trainer).numbers;
  for (std::size_t i = 0; i < sample.inputs; ++i) sample.columns.push_back(column_of(sample, i));
  if (!sample.is_indices) sample.neighbours = Neighbours(sample).skill();
  return sample;
}

NeighbourSkill neighbours_of_changed(const DataSample& sample, const Trainer& trainer,
                                     const Use& augmentation) {
  if (sample.is_indices) return {};
  const nnrun_shape& shape = trainer.model()->graph().input;
  Random random(trainer.experiment().random, trainer.experiment().seed);
  Augmenter<double> augmenter(plan_augmentations({augmentation}, shape, false), shape,
                              sample.inputs, 1, random);
  Buffer<double> row(sample.inputs);
  std::size_t position = 0;
  Neighbours neighbours(sample);
  neighbours.skill();
  return neighbours.skill_of_changed([&](const double* inputs) {
    std::copy_n(inputs, sample.inputs, row.data());
    return augmenter.change(row.data(), position++, 1, 1);
  });
}

std::size_t rows_shared(const DataSample& sample, std::size_t part, std::size_t with) {
  std::set<std::string_view> rows;
  for (std::size_t r = 0; r < sample.parts[with].count; ++r)
    rows.insert(bytes_of(sample.row(with, r), sample.inputs));
  std::size_t shared = 0;
  for (std::size_t r = 0; r < sample.parts[part].count; ++r)
    shared += rows.contains(bytes_of(sample.row(part, r), sample.inputs));
  return shared;
}

NearCopies near_copies_in_training(const DataSample& sample, std::size_t part) {
  NearCopies copies;
  const std::size_t in = sample.inputs, n = sample.parts[part].count;
  const double rows =
      most_differences / static_cast<double>(std::max<std::size_t>(1, in * sample.count()));
  copies.looked_up = std::min(n, static_cast<std::size_t>(rows) + 1);
  if (!sample.is_table) return {};
  for (std::size_t k = 0; k < copies.looked_up; ++k) {
    const double* const x = sample.row(part, k * n / copies.looked_up);
    const auto is_near = [&](const double* other) {
      for (std::size_t i = 0; i < in; ++i)
        if (!(std::abs(x[i] - other[i]) <= thresholds::near_copy * sample.columns[i].spread))
          return false;
      return true;
    };
    bool found = false;
    for (std::size_t r = 0; r < sample.count() && !found; ++r)
      found = is_near(sample.row(NNRUN_TRAIN, r));
    copies.found += found;
  }
  return copies;
}

std::size_t contradictory_rows(const DataSample& sample) {
  std::unordered_map<std::string_view, std::vector<std::size_t>> counts;
  for (std::size_t r = 0; r < sample.classes.of_rows.size(); ++r) {
    std::vector<std::size_t>& of_row = counts[bytes_of(sample.row(NNRUN_TRAIN, r), sample.inputs)];
    of_row.resize(sample.classes.count);
    ++of_row[sample.classes.of_rows[r]];
  }
  std::size_t others = 0;
  for (const auto& [row, of_row] : counts) {
    std::size_t all = 0;
    for (const std::size_t n : of_row) all += n;
    others += all - std::ranges::max(of_row);
  }
  return others;
}

namespace {

/// Returns the correlation of two numbers that each row has.
template <class X, class Y>
double correlation_of(std::size_t rows, X of_x, Y of_t) {
  const auto n = static_cast<double>(rows);
  double x = 0, t = 0, xx = 0, tt = 0, xt = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    x += of_x(r) / n;
    t += of_t(r) / n;
  }
  for (std::size_t r = 0; r < rows; ++r) {
    const double dx = of_x(r) - x, dt = of_t(r) - t;
    xx += dx * dx;
    tt += dt * dt;
    xt += dx * dt;
  }
  // of a number that is always the same, what is left is rounding
  const auto varies = [n](double squares, double mean) {
    return std::sqrt(squares / n) > 1e-9 * std::abs(mean);
  };
  return varies(xx, x) && varies(tt, t) ? xt / std::sqrt(xx * tt) : 0;
}

}  // namespace

double correlation(const DataSample& sample, std::size_t input, std::size_t target) {
  return correlation_of(
      sample.count(), [&](std::size_t r) { return sample.row(NNRUN_TRAIN, r)[input]; },
      [&](std::size_t r) { return sample.target(r)[target]; });
}

double correlation_of_inputs(const DataSample& sample, std::size_t a, std::size_t b) {
  return correlation_of(
      sample.count(), [&](std::size_t r) { return sample.row(NNRUN_TRAIN, r)[a]; },
      [&](std::size_t r) { return sample.row(NNRUN_TRAIN, r)[b]; });
}

double told_by_values(const DataSample& sample, std::size_t first_input, std::size_t n_inputs) {
  std::unordered_map<std::string_view, std::vector<std::size_t>> counts;
  for (std::size_t r = 0; r < sample.count(); ++r) {
    std::vector<std::size_t>& of_value =
        counts[bytes_of(sample.row(NNRUN_TRAIN, r) + first_input, n_inputs)];
    if (n_inputs == 1 && counts.size() > sample.classes.count) return 0;
    of_value.resize(sample.classes.count);
    ++of_value[sample.classes.of_rows[r]];
  }
  std::set<std::size_t> told;
  std::size_t right = 0;
  for (const auto& [value, of_value] : counts) {
    const auto most = std::ranges::max_element(of_value);
    if (*most < 2) continue;  // of one alone, others say nothing
    right += *most;
    told.insert(static_cast<std::size_t>(most - of_value.begin()));
  }
  if (told.size() != sample.classes.count) return 0;
  return static_cast<double>(right) / static_cast<double>(sample.count());
}

}  // namespace nnrun::host
