// How the raw rows of the data become the inputs of the network, and its outputs answers: division,
// missing values, categories, feature maps, then scaling. The one place that knows it.
#pragma once
#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "network/recipe.hpp"
#include "network/rows_to_fit.hpp"
namespace nnrun::host {

class Preparation {
 public:
  /// What is learned from the training part. Empty where nothing is to be learned.
  struct Fit {
    std::vector<double> shifts, factors;  ///< of inputs: prepared = (x - shift) * factor
    std::vector<double> fills;            ///< in place of missing values; one per column
    std::vector<double> target_shifts, target_factors;  ///< likewise, of targets

    bool operator==(const Fit&) const = default;
  };

  Preparation() = default;
  /// Throws ConfigError for a feature that is not understood, at its place.
  explicit Preparation(Recipe recipe);
  /// The same for `inputs` numbers. names: of them, or empty.
  Preparation(const Experiment& experiment, std::size_t inputs,
              const std::vector<std::string>& names)
      : Preparation(recipe_of(experiment, number_columns(inputs, names))) {}

  const Recipe& recipe() const { return recipe_; }
  /// Returns false if inputs go to the network as they are, or divided by a number.
  bool changes() const { return !is_plain_ || recipe_.scales; }
  double divide_by() const { return recipe_.divide_by; }
  bool scales_targets() const { return recipe_.scales_targets(); }
  /// Return how many numbers a row has, raw and prepared.
  std::size_t row_inputs() const { return recipe_.columns.size(); }
  std::size_t row_outputs() const { return slots_.size(); }
  /// Return how many numbers an example has: a row, or the rows of a window.
  std::size_t inputs() const { return row_inputs() * rows(); }
  std::size_t outputs() const { return row_outputs() * rows(); }
  std::size_t rows() const { return std::max<std::size_t>(1, recipe_.window); }
  /// Returns whether a raw number of a row may be NaN.
  bool may_be_missing(std::size_t column) const { return recipe_.columns[column].is_filled(); }

  /// Learns from raw rows of the training part and from their targets what is not in use already.
  /// Throws DataError if numbers overflow, or nothing is there to learn from.
  void fit(const RowsToFit& rows, std::size_t n_targets = 0);
  /// Returns whether nothing is left to learn, which texts alone, say, do not need.
  bool is_fitted() const { return inputs_fitted_ && targets_fitted_; }
  const Fit& fitted() const { return fit_; }
  /// Uses what another run learned.
  void use(const Fit& fit) {
    use_for_inputs(fit);
    use_for_targets(fit);
  }
  /// The same of inputs alone, and of targets alone.
  void use_for_inputs(const Fit& fit);
  void use_for_targets(const Fit& fit);
  /// Returns what is wrong with a fit of other sizes than this preparation needs; empty if nothing.
  std::string fault_of(const Fit& fit, std::size_t n_targets) const;
  /// The same of inputs alone, and of targets alone.
  std::string fault_of_inputs(const Fit& fit) const;
  std::string fault_of_targets(const Fit& fit, std::size_t n_targets) const;

  /// Throws DataError for a number of an example that a program gave, and which no row of a file
  /// can have: missing in a column that is not filled in, or a text that there is not.
  void require_example(const double* raw) const;
  /// Prepares one example. Throws DataError if a result is not finite.
  void apply(const double* raw, double* prepared) const;
  void apply_to_row(const double* raw, double* prepared) const;
  /// Rounds `n` numbers of a prepared example to T. Throws DataError for one that is too large.
  template <class T>
  void round(const double* prepared, std::size_t n, T* to) const;
  /// Scales the targets of one example, in place. Throws DataError if one has no logarithm.
  void scale_targets(double* targets, std::size_t n) const;
  /// Returns an output, or a scaled target, in the units of the data.
  double in_units(double y, std::size_t column) const {
    if (!scales_targets()) return y;
    const double x = y / fit_.target_factors[column] + fit_.target_shifts[column];
    return recipe_.scale_of_target(column) == TargetScale::log ? std::exp(x) : x;
  }
  /// Returns `input 'age'` or `feature 'x^2'`, whichever an output is made of.
  std::string name_of(std::size_t output) const;
  /// Returns how many inputs of the network each column makes, in words: "city 3, size 1".
  std::string counts_in_words() const;

  enum class Map { as_it_is, product, sine, cosine, equals, is_missing };
  struct Slot {  ///< an input of the network
    Map map;
    std::size_t a, b;  ///< columns
    double text = 0;   ///< equals: index of the text
    Scale scale = Scale::none;
    std::size_t feature = 0;  ///< it is made of
    bool is_number_of(std::size_t column) const { return map == Map::as_it_is && a == column; }
  };
  const std::vector<Slot>& slots() const { return slots_; }

 private:
  void require_inputs() const;
  void add_slots(std::size_t column, std::size_t feature);
  void add_feature(std::size_t feature);
  std::size_t input_of(std::string_view name, const Placed<std::string>& text) const;
  std::size_t number_of(std::string_view name, const Placed<std::string>& text) const;
  /// Returns a raw number of a column after filling and division.
  double value(double x, std::size_t column) const {
    if (!fit_.fills.empty() && recipe_.columns[column].is_missing(x)) return fit_.fills[column];
    return recipe_.divide_by == 1 ? x : x / recipe_.divide_by;
  }
  /// a, b: the raw numbers of its columns.
  double mapped(const Slot& slot, double a, double b) const;
  double mapped(const Slot& slot, const double* raw) const {
    return mapped(slot, raw[slot.a], raw[slot.b]);
  }
  double scaled_target(double x, std::size_t column, std::size_t n) const;
  double fill_of(std::size_t column, const RowsToFit& rows) const;
  void fit_inputs(const RowsToFit& rows);
  void fit_scale(const RowsToFit& rows);
  std::vector<double> mapped_column(const Slot& slot, const RowsToFit& rows) const;
  void fit_targets(const RowsToFit& rows, std::size_t n);

  Recipe recipe_;
  bool is_plain_ = true, inputs_fitted_ = true, targets_fitted_ = true;
  std::vector<Slot> slots_;
  Fit fit_;
};

}  // namespace nnrun::host
