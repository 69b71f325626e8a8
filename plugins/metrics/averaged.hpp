#pragma once
#include "answers.hpp"

/// Precision, recall and f1: a share of the counts of one class, and how it is averaged over
/// several. C gives `share(counts)`, `not_defined` for 0 / 0.
template <class C>
struct Averaged : OfAnswers {
  const char* average = "auto";
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Averaged::average, "average", about_average, {.choices = ways}),
        nnrun::param(&Averaged::threshold, "threshold", about_threshold));
  }

  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    if (any_unknown(y)) return not_defined;
    const std::vector<Counts> counts = counts_of(y, t);
    switch (way(y.cols)) {
      case binary:
        return C::share(counts[1]);
      case macro:
        return macro_of(counts);
      case micro:
        return C::share(sum_of(counts));
      default:
        return weighted_of(counts);
    }
  }
  template <class T>
  void per_class(nnrun::Rows<const T> y, nnrun::Rows<const T> t, std::span<double> out) const {
    const bool unknown = any_unknown(y);
    const std::vector<Counts> counts = counts_of(y, t);
    for (std::size_t c = 0; c < out.size(); ++c)
      out[c] = unknown ? not_defined : C::share(counts[c]);
  }
  void prepare(const nnrun::Meaning& m) {
    OfAnswers::prepare(m);
    if (way(m.cols) == binary && (m.cols > 2 || are_labels(m.cols)))
      throw nnrun::Error(
          "'average: binary' is for one output, and there are " + std::to_string(m.cols), "",
          "write average: macro, micro or weighted");
  }
  const char* word() const {
    constexpr const char* words[] = {"", "macro", "micro", "weighted"};
    return words[way(meaning.cols)];
  }

 private:
  static constexpr const char* ways[] = {"auto", "binary", "macro", "micro", "weighted"};
  static constexpr auto about_average =
      "binary: of the yes; macro: mean over the classes; micro: all counted together; weighted: by "
      "how often a class occurs; auto: binary for one output, macro for several";
  enum Way { binary, macro, micro, weighted };
  Way way(std::size_t cols) const {
    const std::string_view name(average);
    if (name == "auto") return cols == 1 ? binary : macro;
    return name == "binary" ? binary : name == "macro" ? macro : name == "micro" ? micro : weighted;
  }
  /// A class that was neither predicted nor true is left out. Of the others, one that is not
  /// defined counts 0, as in scikit-learn.
  static double macro_of(const std::vector<Counts>& counts) {
    return mean_of(counts, [](const Counts& c) {
      if (c.predicted + c.actual == 0) return not_defined;
      const double share = C::share(c);
      return std::isnan(share) ? 0 : share;
    });
  }
  static Counts sum_of(const std::vector<Counts>& counts) {
    Counts sum;
    for (const Counts& c : counts)
      sum.predicted += c.predicted, sum.actual += c.actual, sum.right += c.right;
    return sum;
  }
  static double weighted_of(const std::vector<Counts>& counts) {
    double sum = 0, weights = 0;
    for (const Counts& c : counts)
      if (c.actual > 0) sum += c.actual * C::share(c), weights += c.actual;
    return weights > 0 ? sum / weights : not_defined;
  }
};
