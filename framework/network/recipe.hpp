// What is done to the rows of a data set on their way into a network, as plain data.
#pragma once
#include <algorithm>
#include <cmath>
#include <nnrun/csv_column.hpp>
#include <string>
#include <vector>

#include "config/experiment.hpp"
namespace nnrun::host {

/// A column of the data: one number of each raw row. Of a category, that is the index of its text;
/// one more than there are for a text that is not known. NaN: it is missing.
struct Column {
  std::string name = {};  ///< may be empty
  bool is_category = false;
  std::vector<std::string> texts = {};
  UnknownRule unknown = UnknownRule::error;
  MissingRule missing = MissingRule::error;
  std::string constant = {};
  bool indicator = false;
  Scale scale = Scale::none;
  std::vector<double> gaps = {};  ///< numbers that mean that the value is missing, such as -999
  /// What stood beside its numbers in the text file of training, such as cm; "" where nothing did.
  std::vector<std::string> units = {};

  /// Returns whether a raw number says that the value is missing.
  bool is_missing(double x) const { return std::isnan(x) || is_gap_number(gaps, x); }
  /// Returns whether a missing value is replaced by another one.
  bool is_filled() const { return missing != MissingRule::error && missing != MissingRule::drop; }
  /// Returns the text of the config that stands for a missing value where no row of the training
  /// file has it; nullptr if there is none.
  const char* text_for_missing() const {
    const bool has_own = is_category && missing == MissingRule::constant &&
                         std::find(texts.begin(), texts.end(), constant) == texts.end();
    return has_own ? constant.c_str() : nullptr;
  }
  bool is_plain() const {
    return !is_category && missing == MissingRule::error && !indicator && gaps.empty();
  }
};

/// Inputs of an example: each has an entry here, and in the file of a model.
inline constexpr std::size_t most_columns = std::size_t{1} << 22;

struct Recipe {
  std::vector<Column> columns;
  std::vector<Placed<std::string>> features;
  bool scales = false;  ///< some input is scaled
  /// Of products whose factors have other scales than each other; of no interest once fitted.
  Scale scale = Scale::none;
  double divide_by = 1;
  TargetScale target_scale = TargetScale::none;
  std::vector<TargetScale> target_scales = {};  ///< of each target, if they differ
  std::string target = {};                      ///< its name, for messages; may be empty
  /// What stood beside the numbers of each target; empty if nothing stood beside any number.
  std::vector<std::vector<std::string>> target_units = {};
  std::size_t window = 0;  ///< how many rows an example has, one after the other; 0: it is a row

  bool scales_targets() const {
    return target_scale != TargetScale::none || !target_scales.empty();
  }
  TargetScale scale_of_target(std::size_t i) const {
    return target_scales.empty() ? target_scale : target_scales[i];
  }
  /// Returns whether it says nothing but how many inputs there are, their names and their scale.
  bool is_plain() const;
};

/// Returns the recipe of a config for these columns.
Recipe recipe_of(const Experiment& experiment, std::vector<Column> columns);
/// Returns columns of numbers. names: may be empty.
std::vector<Column> number_columns(std::size_t n, const std::vector<std::string>& names);

/// Returns all of it as JSON, but for the names of columns that are nothing but names.
std::string to_json(const Recipe& recipe);
/// Returns by which scale inputs are scaled: `standard`, or a JSON list with a word for each column
/// if they differ; empty if nothing is scaled. Texts have no scale, and no say.
std::string scale_text(const Recipe& recipe);
/// Reads what to_json wrote. file: for messages. Throws RecordError for anything else.
Recipe read_recipe(const std::string& json, const std::string& file);

}  // namespace nnrun::host
