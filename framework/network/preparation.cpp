#include "network/preparation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nnrun/math.hpp>
#include <utility>

#include "base/did_you_mean.hpp"
#include "base/text.hpp"
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

}  // namespace

Preparation::Preparation(const Experiment& experiment, std::size_t inputs,
                         std::vector<std::string> names)
    : texts_(experiment.data.features),
      names_(std::move(names)),
      inputs_(inputs),
      scale_(experiment.data.scale) {
  for (const Placed<std::string>& text : texts_) features_.push_back(understood(text));
}

/// Names of inputs win over formulas: `a*b` may be a column.
Preparation::Feature Preparation::understood(const Placed<std::string>& text) const {
  const std::string_view whole = trimmed(text.value);
  const auto named = std::ranges::find(names_, whole);
  if (named != names_.end())
    return {Map::as_it_is, static_cast<std::size_t>(named - names_.begin()), 0};
  if (const auto inside = argument_of("sin", whole)) return {Map::sine, input_of(*inside, text), 0};
  if (const auto inside = argument_of("cos", whole))
    return {Map::cosine, input_of(*inside, text), 0};
  if (whole.ends_with("^2")) {
    const std::size_t input = input_of(trimmed(whole.substr(0, whole.size() - 2)), text);
    return {Map::product, input, input};
  }
  if (const std::size_t star = whole.find('*'); star != whole.npos)
    return {Map::product, input_of(trimmed(whole.substr(0, star)), text),
            input_of(trimmed(whole.substr(star + 1)), text)};
  return {Map::as_it_is, input_of(whole, text), 0};
}

std::size_t Preparation::input_of(std::string_view name, const Placed<std::string>& text) const {
  const auto named = std::ranges::find(names_, name);
  if (named != names_.end()) return static_cast<std::size_t>(named - names_.begin());
  if (name.starts_with('x'))
    if (const auto number = parse_integer(name.substr(1)))
      if (*number >= 1 && static_cast<unsigned long long>(*number) <= inputs_)
        return static_cast<std::size_t>(*number - 1);
  std::vector<std::string> known = names_;
  if (known.empty())
    for (std::size_t i = 1; i <= std::min<std::size_t>(inputs_, 20); ++i)
      known.push_back("x" + std::to_string(i));
  throw ConfigError(Problem{
      .what = "feature '" + text.value + "': the data set has no input '" + std::string(name) + "'",
      .place = text.place,
      .hint = did_you_mean(name, known) + "\nfeatures are written x, x^2, x*y, sin(x), cos(x)"});
}

void Preparation::map(const double* raw, double* out) const {
  if (features_.empty()) {
    std::copy_n(raw, inputs_, out);
    return;
  }
  for (const Feature& f : features_) switch (f.map) {
      case Map::as_it_is:
        *out++ = raw[f.a];
        break;
      case Map::product:
        *out++ = raw[f.a] * raw[f.b];
        break;
      case Map::sine:
        *out++ = nnrun::sin(raw[f.a]);
        break;
      case Map::cosine:
        *out++ = nnrun::cos(raw[f.a]);
        break;
    }
}

std::string Preparation::name_of(std::size_t output) const {
  if (!texts_.empty()) return "feature '" + texts_[output].value + "'";
  return "input " + (names_.empty() ? std::to_string(output + 1) : "'" + names_[output] + "'");
}

void Preparation::fit(std::span<const double> rows) {
  if (scale_ == Scale::none) return;
  const std::size_t n = rows.size() / inputs_, width = outputs();
  const auto count = static_cast<double>(n);
  std::vector<double> row(width), low(width, std::numeric_limits<double>::infinity()), high(width),
      mean(width), squares(width);
  for (double& x : high) x = -std::numeric_limits<double>::infinity();
  const auto each = [&](auto take) {
    for (std::size_t r = 0; r < n; ++r) {
      map(rows.data() + r * inputs_, row.data());
      for (std::size_t c = 0; c < width; ++c) take(c, row[c]);
    }
  };
  each([&](std::size_t c, double x) {
    low[c] = std::min(low[c], x);
    high[c] = std::max(high[c], x);
    mean[c] += x / count;
  });
  if (scale_ == Scale::standard)  // second pass: a difference of large sums loses digits
    each([&](std::size_t c, double x) { squares[c] += (x - mean[c]) * (x - mean[c]) / count; });
  fit_ = {};
  for (std::size_t c = 0; c < width; ++c) {
    const bool standard = scale_ == Scale::standard;
    const double spread = standard ? std::sqrt(squares[c]) : high[c] - low[c];
    const bool constant = low[c] == high[c];  // becomes 0
    fit_.shifts.push_back(standard && !constant ? mean[c] : low[c]);
    fit_.factors.push_back(constant ? 1 : 1 / spread);
    if (!std::isfinite(fit_.shifts[c]) || !std::isfinite(spread) || !std::isfinite(fit_.factors[c]))
      throw DataError(
          Problem{.what = name_of(c) + " is too large or too small to be scaled",
                  .where = "'scale' of the data",
                  .hint = "it reaches from " + shortest(low[c]) + " to " + shortest(high[c])});
  }
}

void Preparation::apply(const double* raw, double* prepared) const {
  map(raw, prepared);
  for (std::size_t c = 0; c < outputs(); ++c) {
    if (!fit_.shifts.empty()) prepared[c] = (prepared[c] - fit_.shifts[c]) * fit_.factors[c];
    if (!std::isfinite(prepared[c]))
      throw DataError(Problem{.what = name_of(c) + " is not finite, from inputs that are",
                              .where = "the preparation of the data"});
  }
}

template <class T>
void Preparation::round(const double* prepared, T* to) const {
  for (std::size_t c = 0; c < outputs(); ++c) {
    to[c] = static_cast<T>(prepared[c]);
    if (!std::isfinite(to[c]))
      throw DataError(Problem{
          .what = name_of(c) + " is " + significant(prepared[c], 6) + ", too large for float32",
          .where = "the preparation of the data",
          .hint = "write dtype: float64"});
  }
}

template void Preparation::round(const double*, float*) const;
template void Preparation::round(const double*, double*) const;

}  // namespace nnrun::host
