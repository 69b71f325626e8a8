#pragma once
#include <algorithm>
#include <limits>
#include <nnrun/plugin.hpp>
#include <string_view>
#include <vector>

inline constexpr double not_defined = std::numeric_limits<double>::quiet_NaN();

/// For how many examples a class was the answer, was the true one, or both.
struct Counts {
  double predicted = 0, actual = 0, right = 0;
};

template <class T>
std::size_t largest_of(std::span<const T> row) {
  return static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
}

template <class T>
bool any_unknown(nnrun::Rows<const T> y) {
  std::size_t unknown = 0;  // counted to the end: that is vectorised
  for (std::size_t i = 0; i < y.rows * y.cols; ++i) unknown += y.data[i] != y.data[i];
  return unknown > 0;
}

/// What metrics share that compare answers with targets. Classes: the largest output is the answer,
/// the largest target the true class. Labels, and a single output: yes above the border that
/// belongs to the outputs, or above `threshold`.
struct OfAnswers : nnrun::Metric {
  static constexpr bool fraction = true, higher_is_better = true;
  static constexpr nnrun::Range targets{-1, 1};
  static constexpr auto question = "on which side of a half an output lies";
  double threshold = -nnrun::infinity;  // not given
  nnrun::Meaning meaning{.size = sizeof(nnrun::Meaning),
                         .targets = NNRUN_ONE_HOT,
                         .outputs = NNRUN_SCORES,
                         .cols = 0,
                         .output_border = 0.5,
                         .target_border = 0.5};

  void prepare(const nnrun::Meaning& m) {
    meaning = m;
    if (threshold == -nnrun::infinity) return;
    if (m.cols > 1 && m.targets != NNRUN_LABELS)
      throw nnrun::Error("'threshold' is for one output or for labels, but these are classes", "",
                         "leave it out: the largest output is the answer");
    if (m.outputs == NNRUN_PROBABILITIES && !(threshold >= 0 && threshold <= 1))
      throw nnrun::Error("'threshold' is not from 0 to 1, where the outputs lie", "",
                         "30 % is threshold: 0.3");
    meaning.output_border = threshold;
  }

  static constexpr auto params() {
    return nnrun::params(nnrun::param(&OfAnswers::threshold, "threshold", about_threshold));
  }

 protected:
  static constexpr auto about_threshold =
      "an output above it is a yes; if left out, 0.5 for probabilities and 0 for scores";

  /// Returns whether each of several columns is a yes or no of its own.
  bool are_labels(std::size_t cols) const { return cols > 1 && meaning.targets == NNRUN_LABELS; }
  template <class T>
  bool is_answered(T y) const {
    return y > static_cast<T>(meaning.output_border);
  }
  template <class T>
  bool is_true(T t) const {
    return t > static_cast<T>(meaning.target_border);
  }

  /// Returns the counts of each class. A single output: of no and of yes; labels: of the yes of
  /// each.
  template <class T>
  std::vector<Counts> counts_of(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    if (y.cols == 1) return no_and_yes(yes_of(y, t, 0), y.rows);
    std::vector<Counts> counts(y.cols);
    if (are_labels(y.cols)) {
      for (std::size_t c = 0; c < y.cols; ++c) counts[c] = yes_of(y, t, c);
      return counts;
    }
    for (std::size_t r = 0; r < y.rows; ++r) {
      const std::size_t predicted = largest_of(y[r]), actual = largest_of(t[r]);
      ++counts[predicted].predicted;
      ++counts[actual].actual;
      counts[predicted].right += predicted == actual;
    }
    return counts;
  }

  /// Returns the counts of the yes of one column.
  template <class T>
  Counts yes_of(nnrun::Rows<const T> y, nnrun::Rows<const T> t, std::size_t column) const {
    std::size_t predicted = 0, actual = 0, right = 0;
    for (std::size_t i = column; i < y.rows * y.cols; i += y.cols) {
      const bool answer = is_answered(y.data[i]), truth = is_true(t.data[i]);
      predicted += answer;
      actual += truth;
      right += answer && truth;
    }
    return {static_cast<double>(predicted), static_cast<double>(actual),
            static_cast<double>(right)};
  }

  /// Returns the counts of no and of yes for one label of several.
  static std::vector<Counts> no_and_yes(const Counts& yes, std::size_t rows) {
    const auto n = static_cast<double>(rows);
    return {{n - yes.predicted, n - yes.actual, n - yes.predicted - yes.actual + yes.right}, yes};
  }

  /// Returns the mean over those that are defined, or `not_defined`.
  template <class Values, class Share>
  static double mean_of(const Values& values, Share share) {
    double sum = 0, n = 0;
    for (const auto& value : values)
      if (const double x = share(value); !std::isnan(x)) sum += x, ++n;
    return n > 0 ? sum / n : not_defined;
  }

  /// Returns of(counts of all classes), or with labels the mean of of(counts of no and yes): not
  /// defined if it is not for one of them, so that the same labels count in every part of the data.
  template <class T, class Of>
  double over_classes(nnrun::Rows<const T> y, nnrun::Rows<const T> t, Of of) const {
    if (any_unknown(y)) return not_defined;
    const std::vector<Counts> counts = counts_of(y, t);
    if (!are_labels(y.cols)) return of(counts, static_cast<double>(y.rows));
    double sum = 0;
    for (const Counts& c : counts) sum += of(no_and_yes(c, y.rows), static_cast<double>(y.rows));
    return sum / static_cast<double>(counts.size());
  }
};
