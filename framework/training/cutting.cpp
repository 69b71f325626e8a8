#include "training/cutting.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "training/data_parts.hpp"
#include "training/target_classes.hpp"
namespace nnrun::host {
namespace {

/// Returns how many of n a fraction takes, to the nearest.
std::size_t share(double fraction, std::size_t n) {
  return static_cast<std::size_t>(std::llround(fraction * static_cast<double>(n)));
}

}  // namespace

Cutting::Cutting(const DataSpec& data, const std::string& data_set)
    : split_(data.split),
      in_windows_(data.windows.has_value()),
      place_(data.use.place),
      where_("data set '" + data_set + "'") {
  if (in_windows_) split_.shuffle = false;
}

void Cutting::count_in(DataShape& shape) const {
  if (in_windows_ && has_folds())
    throw ConfigError(Problem{
        .what = "folds cannot cut a series: with 'windows', parts follow each other in time",
        .place = place_});
  if (cuts() && shape.overlap > 0) require_order(shape);
  const std::size_t all = shape.examples[NNRUN_TRAIN];
  if (split_.folds == 0) {
    cut_off(shape, NNRUN_VALIDATION, split_.validation, all);
    cut_off(shape, NNRUN_TEST, split_.test, all);
  } else {
    cut_off(shape, NNRUN_TEST, split_.test, all);
    hold_out_fold(shape);
    cut_off(shape, NNRUN_VALIDATION, split_.validation, shape.examples[NNRUN_TRAIN]);
  }
  if (cuts() && shape.overlap > 0) part_from_each_other(shape);
}

/// Throws ConfigError for a split that draws examples: of those that share numbers, the ones of one
/// part would know those of another.
void Cutting::require_order(const DataShape& shape) const {
  if (split_.folds == 0 && !split_.stratify) return;
  throw ConfigError(
      Problem{.what = std::string(split_.folds > 0 ? "'folds'" : "'stratify'") + " of " + where_ +
                      " would put the same numbers into several parts: each example shares some "
                      "with " +
                      std::to_string(shape.overlap) + " behind it",
              .place = place_,
              .hint = "remove it; {validation: 0.1, test: 0.2} is cut from the end"});
}

/// Takes examples out of the parts before validation and test, so that none shares numbers with
/// another part. Throws DataError if a part is left empty.
void Cutting::part_from_each_other(DataShape& shape) const {
  std::size_t before = NNRUN_TRAIN, out = 0;
  for (const std::size_t part : {std::size_t{NNRUN_VALIDATION}, std::size_t{NNRUN_TEST}}) {
    if ((part == NNRUN_VALIDATION ? split_.validation : split_.test) == 0) continue;
    std::size_t& examples = shape.examples[before];
    if (examples <= shape.overlap)
      throw DataError(Problem{
          .what = "no example is left in the " + std::string(part_words[before]) + " part: of " +
                  std::to_string(examples) + ", the last " + std::to_string(shape.overlap) +
                  " share numbers with the " + part_words[part] + " part",
          .where = where_,
          .hint = "take other shares, or examples that overlap less"});
    examples -= shape.overlap;
    out += shape.overlap;
    before = part;
  }
  shape.note += std::string(shape.note.empty() ? "" : "; ") +
                "examples share numbers with those behind them, so parts are cut in order, and " +
                std::to_string(out) + " between them left out";
}

/// Moves a fraction of each series to another part. Returns how many rows these are.
std::size_t Cutting::take_from_series(DataShape& shape, std::size_t part, double fraction) const {
  if (shape.examples[part] > 0) return 0;  // which is refused
  std::vector<std::size_t>& left = shape.series[NNRUN_TRAIN];
  const std::vector<std::size_t>& validation = shape.series[NNRUN_VALIDATION];
  std::vector<std::size_t> taken;
  for (std::size_t k = 0; k < left.size(); ++k) {
    const std::size_t before = part == NNRUN_TEST && split_.validation > 0 ? validation[k] : 0;
    taken.push_back(std::min(left[k], share(fraction, left[k] + before)));
    left[k] -= taken[k];
  }
  shape.series[part] = taken;
  return std::accumulate(taken.begin(), taken.end(), std::size_t{0});
}

/// Moves a fraction of so many examples from the training part to another one.
void Cutting::cut_off(DataShape& shape, std::size_t part, double fraction,
                      std::size_t examples) const {
  if (fraction == 0) return;
  const std::size_t taken = shape.series[NNRUN_TRAIN].empty()
                                ? share(fraction, examples)
                                : take_from_series(shape, part, fraction);
  if (shape.examples[part] > 0)
    throw ConfigError(Problem{.what = "the data set has a " + std::string(part_words[part]) +
                                      " part of its own, so 'split' cannot cut one",
                              .place = place_,
                              .hint = "remove it from 'split'"});
  if (taken == 0 || taken >= shape.examples[NNRUN_TRAIN])
    throw DataError(Problem{.what = "a split of " + std::to_string(examples) +
                                    (examples == 1 ? " example" : " examples") +
                                    " leaves an empty part",
                            .where = where_});
  shape.examples[part] = taken;
  shape.examples[NNRUN_TRAIN] -= taken;
}

/// Makes a fold the test part; the data's own is left alone.
void Cutting::hold_out_fold(DataShape& shape) const {
  const std::size_t all = shape.examples[NNRUN_TRAIN];
  if (split_.folds > all)
    throw DataError(Problem{.what = std::to_string(split_.folds) + " folds cannot be cut from " +
                                    std::to_string(all) + (all == 1 ? " example" : " examples"),
                            .where = where_,
                            .hint = "take fewer folds: 5 or 10 are usual"});
  shape.folds.set_aside = shape.examples[NNRUN_TEST];
  shape.examples[NNRUN_TEST] = size_of_fold(all, split_.folds, split_.fold);
  shape.examples[NNRUN_TRAIN] -= shape.examples[NNRUN_TEST];
}

void Cutting::refuse_to_stratify() const {
  throw ConfigError(Problem{.what = "'stratify' needs classes, but the targets have more than " +
                                    std::to_string(TargetClasses::most) + " different values",
                            .place = place_,
                            .hint = "remove it from 'split'"});
}

/// Cuts each series by time, and examples that share numbers with a gap before each part.
std::vector<std::uint8_t> Cutting::parts_in_order(std::size_t count, const DataShape& shape) const {
  std::vector<std::uint8_t> parts;
  const std::array cuts{true, split_.validation > 0, split_.test > 0};
  const bool is_series = !shape.series[NNRUN_TRAIN].empty();
  const auto cut_series = [&](const auto& examples_of) {
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
      if (!cuts[part]) continue;
      if (part != NNRUN_TRAIN && !is_series) parts.insert(parts.end(), shape.overlap, no_part);
      parts.insert(parts.end(), examples_of(part), static_cast<std::uint8_t>(part));
    }
  };
  for (std::size_t k = 0; k < shape.series[NNRUN_TRAIN].size(); ++k)
    cut_series([&](std::size_t part) { return shape.series[part][k]; });
  if (!is_series) cut_series([&](std::size_t part) { return shape.rows[part]; });
  parts.resize(count, no_part);
  return parts;
}

std::vector<std::uint8_t> Cutting::parts_of(std::size_t count, std::span<const double> targets,
                                            Random& random, DataShape& shape) const {
  if (!shape.series[NNRUN_TRAIN].empty() || shape.overlap > 0) return parts_in_order(count, shape);
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  if (split_.folds > 0 && random.is_sequential())
    throw ConfigError(Problem{.what = "folds cannot be drawn by '" + random.object().plugin().name +
                                      "': its numbers depend on how many the network has drawn",
                              .place = random.object().place(),
                              .hint = "write random: philox"});
  if (split_.shuffle) random.shuffle(order, "split", 0);
  std::array<std::size_t, NNRUN_PARTS> sizes = shape.rows;
  if (split_.validation == 0) sizes[NNRUN_VALIDATION] = 0;  // the data set may have one
  if (split_.test == 0) sizes[NNRUN_TEST] = 0;
  const auto by_class_or_order = [&] {
    TargetClasses classes;
    if (split_.stratify) classes = classes_of(targets, size_of(shape.target));
    if (classes.too_many) refuse_to_stratify();
    draw_test_part(order, sizes, classes, random);
    return split_.stratify ? cut_by_class(order, sizes, classes.of_example)
                           : cut_in_order(order, sizes);
  };
  const Cut cut =
      split_.folds > 0 ? fold_of(targets, std::move(order), random, shape) : by_class_or_order();
  std::vector<std::uint8_t> parts(count, no_part);
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    for (const std::uint32_t i : cut[part]) parts[i] = static_cast<std::uint8_t>(part);
  return parts;
}

/// Moves the examples that a run with `test_seed` would test on behind all others, from where the
/// test part is cut.
void Cutting::draw_test_part(std::vector<std::uint32_t>& order,
                             const std::array<std::size_t, NNRUN_PARTS>& sizes,
                             const TargetClasses& classes, const Random& random) const {
  if (split_.test_seed == 0) return;
  Random other = random.with_seed(split_.test_seed);
  std::vector<std::uint32_t> drawn(order.size());
  std::iota(drawn.begin(), drawn.end(), 0u);
  other.shuffle(drawn, "split", 0);
  const Cut cut =
      split_.stratify ? cut_by_class(drawn, sizes, classes.of_example) : cut_in_order(drawn, sizes);
  std::ranges::stable_partition(
      order, [&](std::uint32_t i) { return !std::ranges::binary_search(cut[NNRUN_TEST], i); });
}

/// Sets aside what the split's own test part holds without folds, then holds a fold of the rest
/// out: by class where it says `stratify`, or where examples have classes and no order to keep.
Cut Cutting::fold_of(std::span<const double> targets, std::vector<std::uint32_t> order,
                     const Random& random, DataShape& shape) const {
  const std::size_t out = size_of(shape.target);
  const std::size_t aside = split_.test > 0 ? shape.folds.set_aside : 0;
  TargetClasses classes;
  if (split_.stratify || (split_.shuffle && are_classes(targets, out, shape.names)))
    classes = classes_of(targets, out);
  if (classes.too_many && split_.stratify) refuse_to_stratify();
  if (classes.too_many) classes = {};
  const std::array<std::size_t, NNRUN_PARTS> sizes{order.size() - aside, 0, aside};
  if (aside > 0) draw_test_part(order, sizes, classes, random);
  const Cut own =
      split_.stratify ? cut_by_class(order, sizes, classes.of_example) : cut_in_order(order, sizes);
  std::vector<std::uint32_t> rest;
  std::ranges::copy_if(order, std::back_inserter(rest), [&](std::uint32_t i) {
    return std::ranges::binary_search(own[NNRUN_TRAIN], i);
  });
  shape.folds.by_class = !classes.of_example.empty();
  for (const std::uint32_t first : rare_classes(classes, rest, split_.folds))
    shape.folds.rare.push_back(name_of_class(targets.subspan(first * out, out), shape.names));
  return cut_fold(
      rest, {split_.folds, split_.fold, split_.validation > 0 ? shape.rows[NNRUN_VALIDATION] : 0},
      classes.of_example);
}

}  // namespace nnrun::host
