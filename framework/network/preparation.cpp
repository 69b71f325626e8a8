#include "network/preparation.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <nnrun/math.hpp>
#include <utility>

#include "base/did_you_mean.hpp"
#include "base/text.hpp"
#include "network/spread.hpp"
namespace nnrun::host {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Returns what stands between `sin(` and `)`.
std::optional<std::string_view> argument_of(std::string_view function, std::string_view text) {
  if (!text.starts_with(function) || !text.ends_with(')')) return std::nullopt;
  text.remove_prefix(function.size());
  if (!text.starts_with('(')) return std::nullopt;
  return trimmed(text.substr(1, text.size() - 2));
}

std::string fault_of_count(const char* what, std::size_t found, std::size_t needed) {
  if (found == needed) return {};
  return std::string("has ") + std::to_string(found) + " numbers for " + what + ", not " +
         std::to_string(needed);
}
bool can_scale(double factor) {
  return factor > 0 && std::isnormal(factor);
}

std::string name_of_column(const Recipe& recipe, std::size_t column) {
  const std::string& name = recipe.columns[column].name;
  return name.empty() ? std::to_string(column + 1) : "'" + name + "'";
}

}  // namespace

Preparation::Preparation(Recipe recipe) : recipe_(std::move(recipe)) {
  is_plain_ = recipe_.features.empty() && !scales_targets() && recipe_.window == 0 &&
              std::ranges::all_of(recipe_.columns, &Column::is_plain);
  inputs_fitted_ = !recipe_.scales && std::ranges::none_of(recipe_.columns, &Column::is_filled);
  targets_fitted_ = !scales_targets();
  slots_.reserve(recipe_.columns.size());
  if (recipe_.features.empty())
    for (std::size_t i = 0; i < recipe_.columns.size(); ++i) add_slots(i, 0);
  for (std::size_t i = 0; i < recipe_.features.size(); ++i) add_feature(i);
  require_inputs();
}

/// Throws DataError if categories without texts leave no input; ConfigError for an indicator that
/// no feature has.
void Preparation::require_inputs() const {
  if (slots_.empty() && !recipe_.columns.empty())
    throw DataError(Problem{.what = "column " + name_of_column(recipe_, 0) +
                                    " has no value in the training part, and no input is left",
                            .where = "'columns' of the data"});
  for (std::size_t c = 0; c < recipe_.columns.size() && !recipe_.features.empty(); ++c)
    if (recipe_.columns[c].indicator && recipe_.features[0].place.line > 0 &&
        std::ranges::none_of(
            slots_, [c](const Slot& slot) { return slot.map == Map::is_missing && slot.a == c; }))
      throw ConfigError(
          Problem{.what = "column " + name_of_column(recipe_, c) +
                          " has an indicator, but features do not have it as an input",
                  .place = recipe_.features[0].place,
                  .hint = "write its name alone as a feature, too, or indicator: false"});
}

/// A category is an input for each of its texts: 1 for the one that is there.
void Preparation::add_slots(std::size_t c, std::size_t feature) {
  const Column& column = recipe_.columns[c];
  const auto add = [&](Map map, double text) {
    slots_.push_back({map, c, 0, text, map == Map::as_it_is ? column.scale : Scale::none, feature});
  };
  if (!column.is_category) {
    add(Map::as_it_is, 0);
  } else {
    const std::size_t n = column.texts.size();
    for (std::size_t i = 0; i < n; ++i) add(Map::equals, static_cast<double>(i));
    if (column.unknown == UnknownRule::other) add(Map::equals, static_cast<double>(n));
    if (column.missing == MissingRule::constant &&
        std::ranges::find(column.texts, column.constant) == column.texts.end())
      add(Map::equals, static_cast<double>(n + 1));
  }
  if (column.indicator) add(Map::is_missing, 0);
}

/// Names of inputs win over formulas: `a*b` may be a column.
void Preparation::add_feature(std::size_t feature) {
  const Placed<std::string>& text = recipe_.features[feature];
  const std::string_view whole = trimmed(text.value);
  const auto add = [&](Map map, std::size_t a, std::size_t b) {
    const bool differ = map == Map::product && recipe_.columns[a].scale != recipe_.columns[b].scale;
    const Scale scale = differ ? recipe_.scale : recipe_.columns[a].scale;
    slots_.push_back({map, a, b, 0, scale, feature});
  };
  const auto named = std::ranges::find(recipe_.columns, whole, &Column::name);
  if (named != recipe_.columns.end() && !whole.empty())
    return add_slots(static_cast<std::size_t>(named - recipe_.columns.begin()), feature);
  if (const auto inside = argument_of("sin", whole))
    return add(Map::sine, number_of(*inside, text), 0);
  if (const auto inside = argument_of("cos", whole))
    return add(Map::cosine, number_of(*inside, text), 0);
  if (whole.ends_with("^2")) {
    const std::size_t input = number_of(trimmed(whole.substr(0, whole.size() - 2)), text);
    return add(Map::product, input, input);
  }
  if (const std::size_t star = whole.find('*'); star != whole.npos)
    return add(Map::product, number_of(trimmed(whole.substr(0, star)), text),
               number_of(trimmed(whole.substr(star + 1)), text));
  add_slots(input_of(whole, text), feature);
}

std::size_t Preparation::number_of(std::string_view name, const Placed<std::string>& text) const {
  const std::size_t column = input_of(name, text);
  if (recipe_.columns[column].is_category)
    throw ConfigError(Problem{.what = "feature '" + text.value + "': '" + std::string(name) +
                                      "' holds texts, so it has no square, product or sine",
                              .place = text.place,
                              .hint = "write its name alone"});
  return column;
}

std::size_t Preparation::input_of(std::string_view name, const Placed<std::string>& text) const {
  const auto named = std::ranges::find(recipe_.columns, name, &Column::name);
  if (named != recipe_.columns.end() && !name.empty())
    return static_cast<std::size_t>(named - recipe_.columns.begin());
  if (name.starts_with('x'))
    if (const auto number = parse_integer(name.substr(1)))
      if (*number >= 1 && static_cast<unsigned long long>(*number) <= row_inputs())
        return static_cast<std::size_t>(*number - 1);
  std::vector<std::string> known;
  for (const Column& column : recipe_.columns)
    if (!column.name.empty()) known.push_back(column.name);
  if (known.empty())
    for (std::size_t i = 1; i <= std::min<std::size_t>(row_inputs(), 20); ++i)
      known.push_back("x" + std::to_string(i));
  throw ConfigError(Problem{
      .what = "feature '" + text.value + "': the data set has no input '" + std::string(name) + "'",
      .place = text.place,
      .hint = did_you_mean(name, known) + "\nfeatures are written x, x^2, x*y, sin(x), cos(x)"});
}

double Preparation::mapped(const Slot& slot, double a, double b) const {
  switch (slot.map) {
    case Map::as_it_is:
      return value(a, slot.a);
    case Map::product:
      return value(a, slot.a) * value(b, slot.b);
    case Map::sine:
      return nnrun::sin(value(a, slot.a));
    case Map::cosine:
      return nnrun::cos(value(a, slot.a));
    case Map::equals:
      return value(a, slot.a) == slot.text ? 1 : 0;
    case Map::is_missing:
      return recipe_.columns[slot.a].is_missing(a) ? 1 : 0;
  }
  return 0;
}

std::string Preparation::name_of(std::size_t output) const {
  const Slot& slot = slots_[output % slots_.size()];
  if (!recipe_.features.empty()) return "feature '" + recipe_.features[slot.feature].value + "'";
  return "input " + name_of_column(recipe_, slot.a);
}

std::string Preparation::counts_in_words() const {
  std::string words;
  for (std::size_t c = 0; c < row_inputs(); ++c) {
    const auto n = std::ranges::count(slots_, c, &Slot::a);
    if (words.size() > 200) return words + ", …";
    words += (words.empty() ? "" : ", ") + name_of_column(recipe_, c) + ": " + std::to_string(n);
  }
  return words;
}

/// Learns from the numbers after division, of the rows that have one.
double Preparation::fill_of(std::size_t c, const RowsToFit& rows) const {
  const Column& column = recipe_.columns[c];
  if (column.missing == MissingRule::constant) {
    if (!column.is_category) {
      const auto number = parse_double(column.constant);
      if (number) return *number;
      throw DataError(Problem{.what = "column " + name_of_column(recipe_, c) +
                                      " holds numbers, so its constant cannot be '" +
                                      column.constant + "'",
                              .where = "'columns' of the data"});
    }
    const auto known = std::ranges::find(column.texts, column.constant);
    return known == column.texts.end() ? static_cast<double>(column.texts.size() + 1)
                                       : static_cast<double>(known - column.texts.begin());
  }
  std::vector<double> numbers = rows.column(c);
  std::erase_if(numbers, [&](double x) { return column.is_missing(x); });
  for (double& x : numbers) x /= recipe_.divide_by;
  if (numbers.empty())
    throw DataError(Problem{.what = "column " + name_of_column(recipe_, c) +
                                    " has no value in the training part to fill gaps from",
                            .where = "'columns' of the data"});
  if (column.missing == MissingRule::mean) return mean_of(numbers);
  return column.missing == MissingRule::median ? quantile_of(numbers, 0.5)
                                               : most_frequent_of(numbers);
}

void Preparation::fit(const RowsToFit& rows, std::size_t n_targets) {
  if (!inputs_fitted_) fit_inputs(rows);
  if (!targets_fitted_ && scales_targets()) fit_targets(rows, n_targets);
  inputs_fitted_ = targets_fitted_ = true;
}

void Preparation::use_for_inputs(const Fit& fit) {
  fit_.shifts = fit.shifts;
  fit_.factors = fit.factors;
  fit_.fills = fit.fills;
  inputs_fitted_ = true;
}

void Preparation::use_for_targets(const Fit& fit) {
  fit_.target_shifts = fit.target_shifts;
  fit_.target_factors = fit.target_factors;
  targets_fitted_ = true;
}

void Preparation::fit_inputs(const RowsToFit& rows) {
  std::vector<double> fills(row_inputs());
  bool any = false;
  for (std::size_t c = 0; c < row_inputs(); ++c)
    if (recipe_.columns[c].is_filled()) {
      fills[c] = fill_of(c, rows);
      any = true;
      if (recipe_.columns[c].is_category && recipe_.columns[c].missing != MissingRule::constant &&
          recipe_.columns[c].missing != MissingRule::most_frequent)
        throw DataError(Problem{.what = "column " + name_of_column(recipe_, c) +
                                        " holds texts, which have no mean and no median",
                                .where = "'columns' of the data",
                                .hint = "write missing: most_frequent, or {constant: none}"});
    }
  if (any) fit_.fills = std::move(fills);
  if (recipe_.scales) fit_scale(rows);
}

void Preparation::fit_scale(const RowsToFit& rows) {
  const std::size_t n = rows.count(), width = row_outputs();
  std::vector<Spread> spreads(width);
  const auto each = [&](auto take) {
    rows.each([&](const double* row) {
      for (std::size_t c = 0; c < width; ++c) take(spreads[c], mapped(slots_[c], row));
    });
  };
  each([n](Spread& spread, double x) { spread.add(x, n); });
  each([n](Spread& spread, double x) { spread.add_square(x, n); });
  for (std::size_t c = 0; c < width; ++c) {
    std::vector<double> column;
    if (slots_[c].scale == Scale::robust) column = mapped_column(slots_[c], rows);
    const auto [shift, factor] = scaling_of(slots_[c].scale, spreads[c], n, column);
    fit_.shifts.push_back(shift);
    fit_.factors.push_back(factor);
    if (!std::isfinite(shift) || !std::isfinite(factor) || factor == 0)
      throw DataError(Problem{.what = name_of(c) + " is too large or too small to be scaled",
                              .where = "'scale' of the data",
                              .hint = "it reaches from " + shortest(spreads[c].low) + " to " +
                                      shortest(spreads[c].high)});
  }
}

std::vector<double> Preparation::mapped_column(const Slot& slot, const RowsToFit& rows) const {
  std::vector<double> column = rows.column(slot.a);
  const std::vector<double> other =
      slot.map == Map::product ? rows.column(slot.b) : std::vector<double>();
  for (std::size_t i = 0; i < column.size(); ++i)
    column[i] = mapped(slot, column[i], other.empty() ? 0 : other[i]);
  return column;
}

void Preparation::fit_targets(const RowsToFit& rows, std::size_t n) {
  constexpr std::array scales{Scale::none, Scale::standard, Scale::min_max, Scale::standard};
  fit_.target_shifts.assign(n, 0);  // so that scaled_target gives the logarithms alone
  fit_.target_factors.assign(n, 1);
  for (std::size_t c = 0; c < n; ++c) {
    Spread spread;
    std::vector<double> column = rows.column(row_inputs() + c);
    for (double& x : column) x = scaled_target(x, c, n);
    for (const double x : column) spread.add(x, column.size());
    for (const double x : column) spread.add_square(x, column.size());
    const Scale scale = scales[static_cast<std::size_t>(recipe_.scale_of_target(c))];
    const auto [shift, factor] = scaling_of(scale, spread, column.size(), column);
    if (!std::isfinite(shift) || !std::isfinite(factor) || factor == 0)
      throw DataError(Problem{
          .what = "the targets are too large or too small to be scaled",
          .where = "'target_scale' of the data",
          .hint = "they reach from " + shortest(spread.low) + " to " + shortest(spread.high)});
    fit_.target_shifts[c] = shift;
    fit_.target_factors[c] = factor;
  }
}

std::string Preparation::fault_of(const Fit& fit, std::size_t n_targets) const {
  const std::string fault = fault_of_inputs(fit);
  return fault.empty() ? fault_of_targets(fit, n_targets) : fault;
}

std::string Preparation::fault_of_targets(const Fit& fit, std::size_t n_targets) const {
  const std::size_t scaled = scales_targets() ? n_targets : 0;
  if (!recipe_.target_scales.empty() && recipe_.target_scales.size() != n_targets)
    return fault_of_count("the scaling of targets", recipe_.target_scales.size(), n_targets);
  for (const std::string& found :
       {fault_of_count("the scaling of targets", fit.target_shifts.size(), scaled),
        fault_of_count("the scaling of targets", fit.target_factors.size(), scaled)})
    if (!found.empty()) return found;
  return std::ranges::all_of(fit.target_factors, can_scale)
             ? ""
             : "scales targets by an impossible factor";
}

std::string Preparation::fault_of_inputs(const Fit& fit) const {
  const bool fills = std::ranges::any_of(recipe_.columns, &Column::is_filled);
  const std::size_t scaled = recipe_.scales ? row_outputs() : 0, filled = fills ? row_inputs() : 0;
  for (const std::string& found : {fault_of_count("the scaling", fit.shifts.size(), scaled),
                                   fault_of_count("the scaling", fit.factors.size(), scaled),
                                   fault_of_count("missing values", fit.fills.size(), filled)})
    if (!found.empty()) return found;
  if (!std::ranges::all_of(fit.factors, can_scale))
    return "scales an input by an impossible factor";
  for (std::size_t c = 0; c < fit.fills.size(); ++c) {
    const Column& column = recipe_.columns[c];
    if (!column.is_filled() || !column.is_category) continue;
    const auto n = static_cast<double>(column.texts.size());
    const bool has_own = column.missing == MissingRule::constant &&
                         std::ranges::find(column.texts, column.constant) == column.texts.end();
    const double fill = fit.fills[c];
    if (has_own ? fill != n + 1 : fill != std::floor(fill) || fill < 0 || fill >= n)
      return "fills in a text of '" + column.name + "' that there is not";
  }
  return {};
}

void Preparation::require_example(const double* raw) const {
  for (std::size_t i = 0; i < rows() * row_inputs(); ++i) {
    const Column& column = recipe_.columns[i % row_inputs()];
    const double x = raw[i];
    const auto refuse = [&](const std::string& what) {
      throw DataError(Problem{.what = "input " + name_of_column(recipe_, i % row_inputs()) + what,
                              .where = "the preparation of the data"});
    };
    if (std::isnan(x) && !column.is_filled()) refuse(" is not finite");
    if (column.is_missing(x) && !column.is_filled())
      refuse(" is " + shortest(x) +
             ", which means that it is missing: the run does not fill it in");
    if (std::isnan(x) || !column.is_category) continue;
    const auto texts = static_cast<double>(column.texts.size());
    const double last = column.unknown == UnknownRule::error ? texts - 1 : texts;
    if (!(x >= 0 && x <= last && x == std::floor(x)))
      refuse(" is " + shortest(x) + ", and its texts are numbered from 0 to " + shortest(last));
  }
}

void Preparation::apply(const double* raw, double* prepared) const {
  for (std::size_t row = 0; row < rows(); ++row)
    apply_to_row(raw + row * row_inputs(), prepared + row * row_outputs());
}

void Preparation::apply_to_row(const double* raw, double* prepared) const {
  const bool as_given = fit_.fills.empty() && recipe_.divide_by == 1;
  for (std::size_t c = 0; c < slots_.size(); ++c) {
    const Slot& slot = slots_[c];
    const double x = raw[slot.a];
    if (as_given && slot.map == Map::as_it_is)  // the two that a table has most of
      prepared[c] = x;
    else if (as_given && slot.map == Map::equals)
      prepared[c] = x == slot.text ? 1 : 0;
    else
      prepared[c] = mapped(slot, raw);
    if (!fit_.shifts.empty()) prepared[c] = (prepared[c] - fit_.shifts[c]) * fit_.factors[c];
    if (std::isfinite(prepared[c])) continue;
    const bool given = std::isfinite(x) && (slot.map != Map::product || std::isfinite(raw[slot.b]));
    throw DataError(
        Problem{.what = name_of(c) + " is not finite" + (given ? ", from inputs that are" : ""),
                .where = "the preparation of the data"});
  }
}

template <class T>
void Preparation::round(const double* prepared, std::size_t n, T* to) const {
  for (std::size_t c = 0; c < n; ++c) {
    to[c] = static_cast<T>(prepared[c]);
    if (std::isfinite(to[c])) continue;
    const std::size_t slot = c % row_outputs();
    std::string scaled;
    double x = prepared[c];
    if (!fit_.shifts.empty()) {
      scaled = " once it is scaled";
      x = x / fit_.factors[slot] + fit_.shifts[slot];
    }
    if (recipe_.features.empty()) x *= recipe_.divide_by;
    throw DataError(Problem{
        .what = name_of(c) + " is " + significant(x, 6) + ", too large for float32" + scaled,
        .where = "the preparation of the data",
        .hint = "write dtype: float64"});
  }
}

void Preparation::scale_targets(double* targets, std::size_t n) const {
  for (std::size_t c = 0; scales_targets() && c < n; ++c)
    targets[c] = scaled_target(targets[c], c, n);
}

double Preparation::scaled_target(double x, std::size_t column, std::size_t n) const {
  if (recipe_.scale_of_target(column) == TargetScale::log) {
    if (!(x > 0))
      throw DataError(Problem{
          .what = (n == 1 ? "a target" : "target " + std::to_string(column + 1) + " of a row") +
                  std::string(" is ") + shortest(x) + ", which has no logarithm",
          .where = "'target_scale' of the data",
          .hint = n == 1 ? "write target_scale: standard"
                         : "write standard for that target in target_scale"});
    x = std::log(x);
  }
  return (x - fit_.target_shifts[column]) * fit_.target_factors[column];
}

template void Preparation::round(const double*, std::size_t, float*) const;
template void Preparation::round(const double*, std::size_t, double*) const;

}  // namespace nnrun::host
