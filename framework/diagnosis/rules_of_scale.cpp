// What is not scaled, or in a way that does not suit the numbers.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "base/text.hpp"
#include "diagnosis/rules.hpp"
#include "diagnosis/thresholds.hpp"
namespace nnrun::host {
namespace {

using namespace thresholds;

/// Returns whether weights meet the inputs as they are: behind a layer that normalizes, their size
/// does not matter.
bool weights_see_inputs(const Graph& graph) {
  std::vector<bool> is_raw(graph.nodes.size());
  for (std::size_t k = 0; k < graph.nodes.size(); ++k) {
    const Node& node = graph.nodes[k];
    const bool reads = std::ranges::any_of(
        node.inputs, [&](int i) { return i == data_input || is_raw[static_cast<std::size_t>(i)]; });
    if (!reads) continue;
    const std::span blocks(node.plan.blocks, node.plan.n_blocks);
    if (std::ranges::any_of(blocks, [](const auto& b) { return b.role == NNRUN_WEIGHTS; }))
      return true;
    is_raw[k] = node.plan.n_parameters == 0 && !node.activation;
  }
  return false;
}

/// Returns how to scale inputs, where the data set itself divides by something, by that.
std::string how_to_scale(const Evidence& e) {
  if (e.sample.is_table) return "write scale: standard in data";
  return e.experiment.data.use.plugin && e.trainer.data().divide_by == 1
             ? "write scale: min_max in data, or divide_by: 255 if they are pixels"
             : "write scale: standard in data";
}

/// The numbers of a column of a table, sorted; empty if they are few, or yes and no.
std::vector<double> measured(const Evidence& e, std::size_t input) {
  if (!e.sample.is_table || e.sample.columns[input].values < values_of_measurement) return {};
  std::vector<double> x;
  for (std::size_t r = 0; r < e.sample.count(); ++r)
    x.push_back(e.sample.row(NNRUN_TRAIN, r)[input]);
  std::ranges::sort(x);
  return x;
}

/// Returns an end of what a column holds, whose numbers an input of the network is made of, as the
/// data have it; empty if that is not known.
std::string number_in_data(const Evidence& e, std::size_t input, bool is_highest) {
  const auto& ranges = e.trainer.input_ranges();
  const std::vector<Preparation::Slot>& slots = e.trainer.model()->preparation().slots();
  std::size_t column = input;
  if (input < slots.size()) {
    if (slots[input].map != Preparation::Map::as_it_is) return "";
    column = slots[input].a;
  }
  if (column >= ranges.size()) return "";
  return shortest(is_highest ? ranges[column].second : ranges[column].first);
}

/// A value at an end of sorted numbers that stands far from all others.
struct Mark {
  bool is_highest;
  double value, share, distance;  // distance: in what the others reach over
};
std::optional<Mark> mark_in(const std::vector<double>& x) {
  if (x.empty()) return {};
  for (const bool is_highest : {false, true}) {
    const double mark = is_highest ? x.back() : x.front();
    const auto [from, to] = std::equal_range(x.begin(), x.end(), mark);
    const auto n = static_cast<std::size_t>(to - from);
    if (share_of(n, x.size()) < marked_rows || n * 2 > x.size()) continue;
    const double low = is_highest ? x.front() : *to, high = is_highest ? *(from - 1) : x.back();
    if (std::abs(mark - (is_highest ? high : low)) > mark_distance * (high - low))
      return Mark{is_highest, mark, share_of(n, x.size()),
                  std::abs(mark - (low + high) / 2) / (high - low)};
  }
  return {};
}
std::string note_on(const Mark& mark, std::size_t rows) {
  return "it is there in " + percent_text(mark.share) + " of " + std::to_string(rows) +
         " examples, and " + number_text(mark.distance) +
         " times as far from the middle of the others as they reach";
}

/// A number that stands for a missing value, such as -9999.
Found marks(const Evidence& e) {
  for (std::size_t i = 0; i < e.sample.inputs; ++i) {
    const std::vector<double> x = measured(e, i);
    const std::optional<Mark> mark = mark_in(x);
    if (!mark) continue;
    const std::string number = number_in_data(e, i, mark->is_highest);
    return Illness{
        "mark",
        e.has_learned_much() ? Confidence::possible : Confidence::likely,
        {.what = "one value of " + name_of_input(e, i) +
                 " lies far from all others, as a mark for a missing value does" +
                 (number.empty() ? "" : ": " + number),
         .place = place_of(e, "data.columns." + column_name(e, i)),
         .hint = "if it is one, write data: {columns: {" + column_key(e, i) + ": {gaps: [" +
                 (number.empty() ? "…" : number) + "], missing: median}}}",
         .note = note_on(*mark, x.size())}};
  }
  return {};
}

/// A row so far out that float32 does not tell the others apart once they were scaled: all but it
/// are one number. What is a yes or no is not so large in the file.
bool is_all_but_one(const Evidence& e, std::size_t input) {
  const SampleColumn& column = e.sample.columns[input];
  const std::size_t n = e.sample.count();
  if (column.values != 2 || e.experiment.data.scale == Scale::none) return false;
  const std::vector<double> x = numbers_in_data(e, input);
  if (x.empty()) return false;
  const auto highest = static_cast<std::size_t>(std::ranges::count(x, std::ranges::max(x)));
  return std::min(highest, n - highest) <= std::max<std::size_t>(1, n / 1000) &&
         std::ranges::max(x) - std::ranges::min(x) > no_flag;
}

/// A few rows so far out that scaling by all of them leaves nothing of the others.
Found outliers(const Evidence& e) {
  for (std::size_t i = 0; i < e.sample.inputs; ++i) {
    if (!e.sample.is_table || e.sample.count() < fewest_for_leak) return {};
    if (is_all_but_one(e, i))
      return Illness{
          "outliers",
          Confidence::likely,
          {.what = "a row is so far out in " + name_of_input(e, i) +
                   " that nothing is left of the differences of all others: once they are scaled, "
                   "they are one number",
           .place = place_of(e, "data.scale"),
           .hint = "look at this row: mend it or leave it out",
           .note = "its numbers lie from " + number_in_data(e, i, false) + " to " +
                   number_in_data(e, i, true)}};
    if (e.sample.columns[i].values < 3) continue;
    std::vector<double> x;
    for (std::size_t r = 0; r < e.sample.count(); ++r) x.push_back(e.sample.row(NNRUN_TRAIN, r)[i]);
    std::ranges::sort(x);
    const double quarter = x[x.size() / 4], three = x[x.size() * 3 / 4], half = x[x.size() / 2],
                 most = std::max(x.back() - half, half - x.front());
    const auto is_far = [&](double v) {
      return std::abs(v - half) > far_out / 10 * (three - quarter);
    };
    const auto n = static_cast<std::size_t>(std::ranges::count_if(x, is_far));
    if (!(three > quarter) || most <= far_out * (three - quarter) ||
        share_of(n, x.size()) > rows_far_out)
      continue;
    return Illness{
        "outliers",
        e.course.learned() < learned_nearly_all ? Confidence::likely : Confidence::possible,
        {.what = "a few rows are so far out in " + name_of_input(e, i) +
                 " that nothing is left of the differences of all others",
         .place = place_of(e, "data.scale"),
         .hint = e.experiment.data.scale == Scale::robust
                     ? "look at these rows: mend them or leave them out"
                     : "look at these rows, or write scale: robust, which a few rows do not move",
         .note = std::to_string(n) + " of " + std::to_string(x.size()) +
                 " examples; the farthest lies " + number_text(most / (three - quarter)) +
                 " times as far out as the middle half of them reaches"}};
  }
  return {};
}

/// Two groups of sizes, each narrow beside how far they are from each other.
struct TwoSizes {
  double factor = 0;  ///< of the larger numbers, a power of ten
  double share = 0;   ///< of the numbers that are larger
  double low = 0, high = 0;
};
std::optional<TwoSizes> two_sizes_in(const std::vector<double>& numbers) {
  std::vector<double> sizes;  // logarithms
  for (const double x : numbers)
    if (x != 0) sizes.push_back(std::log10(std::abs(x)));
  if (sizes.size() < fewest_for_leak || sizes.size() * 2 < numbers.size()) return {};
  std::ranges::sort(sizes);
  const auto mean_of = [&](std::size_t from, std::size_t to) {
    double sum = 0;
    for (std::size_t i = from; i < to; ++i) sum += sizes[i];
    return sum / static_cast<double>(to - from);
  };
  const auto spread_of = [&](std::size_t from, std::size_t to, double mean) {
    double squares = 0;
    for (std::size_t i = from; i < to; ++i) squares += (sizes[i] - mean) * (sizes[i] - mean);
    return std::sqrt(squares / static_cast<double>(to - from));
  };
  // two means: from the middle of the range, each number goes to the nearer one
  double border = (sizes.front() + sizes.back()) / 2, low = 0, high = 0;
  std::size_t cut = 0;
  for (int round = 0; round < 20; ++round) {
    cut = static_cast<std::size_t>(std::ranges::upper_bound(sizes, border) - sizes.begin());
    if (cut == 0 || cut == sizes.size()) return {};
    low = mean_of(0, cut);
    high = mean_of(cut, sizes.size());
    border = (low + high) / 2;
  }
  const double apart = high - low, share = share_of(sizes.size() - cut, sizes.size());
  const auto [narrowest, widest] =
      std::minmax({spread_of(0, cut, low), spread_of(cut, sizes.size(), high)});
  if (narrowest < one_size || std::min(share, 1 - share) < other_unit_rows ||
      apart < clearly_apart * widest || std::round(apart) < 2 ||
      std::abs(apart - std::round(apart)) > near_power_of_ten)
    return {};
  return TwoSizes{std::pow(10., std::round(apart)), share, std::pow(10., low), std::pow(10., high)};
}

/// A column of which some rows are in another unit: grams among kilograms.
Found mixed_units(const Evidence& e) {
  for (std::size_t i = 0; i < e.sample.inputs; ++i) {
    if (!e.sample.is_table || e.sample.columns[i].values < values_of_measurement) continue;
    const std::optional<TwoSizes> two = two_sizes_in(numbers_in_data(e, i));
    if (!two) continue;
    const std::string times = shortest(two->factor);
    return Illness{
        "mixed_units",
        e.course.learned() < learned_nearly_all ? Confidence::likely : Confidence::possible,
        {.what = percent_text(two->share) + " of the numbers of " + name_of_input(e, i) +
                 " are about " + times + " times as large as the others: another unit, perhaps",
         .place = place_of_column(e, i),
         .hint = "write all rows of the column in one unit",
         .note = "in the middle, some are " + number_text(two->low) + " in size and the others " +
                 number_text(two->high) + ", with next to nothing between"}};
  }
  return {};
}

/// Returns the targets as the data have them, sorted; empty if they are not one number each, are
/// logarithms, or were learned.
std::vector<double> targets_to_doubt(const Evidence& e) {
  const Preparation& preparation = e.trainer.model()->preparation();
  const DataSpec& data = e.experiment.data;
  const bool is_log = data.target_scale == TargetScale::log || !data.target_scales.empty();
  if (e.sample.classes.count > 0 || e.sample.outputs != 1 || is_log || e.has_learned_much() ||
      e.trainer.model()->targets().kind != NNRUN_NUMBERS || e.sample.count() < fewest_for_leak)
    return {};
  std::vector<double> t;
  for (std::size_t r = 0; r < e.sample.count(); ++r)
    t.push_back(preparation.in_units(*e.sample.target(r), 0));
  std::ranges::sort(t);
  return t;
}

/// A number in place of a target that is not known.
Found marked_targets(const Evidence& e) {
  const std::vector<double> t = targets_to_doubt(e);
  const std::optional<Mark> mark = mark_in(t);
  if (!mark || mark->distance == std::numeric_limits<double>::infinity()) return {};
  return Illness{
      "mark",
      Confidence::likely,
      {.what = "one target lies far from all others, as a mark for a missing value does: " +
               shortest(mark->value),
       .place = place_of(e, "data.gaps"),
       .hint = "if it is one, remove these rows: nobody knows their answers",
       .note = note_on(*mark, t.size())}};
}

/// A few targets so far out that all others count next to nothing in a cost of squares.
Found far_out_targets(const Evidence& e) {
  std::vector<double> t = targets_to_doubt(e);
  const std::string_view cost = e.experiment.train.cost.plugin->name;
  if (t.empty() || cost.find("squared_error") == cost.npos) return {};
  const double half = t[t.size() / 2], quarter = t[t.size() / 4], three = t[t.size() * 3 / 4];
  std::ranges::sort(t, std::greater{}, [half](double x) { return std::abs(x - half); });
  const auto few =
      std::max<std::size_t>(1, static_cast<std::size_t>(far_rows * static_cast<double>(t.size())));
  double squares = 0, of_few = 0;
  for (std::size_t i = 0; i < t.size(); ++i) {
    squares += (t[i] - half) * (t[i] - half);
    if (i < few) of_few = squares;
  }
  if (!(three > quarter) || !(of_few > far_targets * squares)) return {};
  return Illness{
      "target_outliers",
      Confidence::likely,
      {.what = "a few targets are so far out that they decide the cost alone",
       .place = place_of(e, "train.cost"),
       .hint = "look at these rows; if they are right, write cost: huber or mean_absolute_error, "
               "which do not square what is far out",
       .note = std::to_string(few) + " of " + std::to_string(t.size()) + " targets make " +
               percent_text(of_few / squares) + " of all squares; the farthest is " +
               number_text(t.front()) + ", the middle half lies from " + number_text(quarter) +
               " to " + number_text(three)}};
}

/// A slip of the hand: without a row or two, targets are near each other.
Found slipped_target(const Evidence& e) {
  const std::vector<double> t = targets_to_doubt(e);
  if (t.empty()) return {};
  const double half = t[t.size() / 2], quarter = t[t.size() / 4], three = t[t.size() * 3 / 4];
  const bool is_highest = t.back() - half > half - t.front();
  const double farthest = is_highest ? t.back() : t.front();
  const auto n = static_cast<std::size_t>(std::ranges::count_if(
      t, [&](double x) { return std::abs(x - half) > far_out / 10 * (three - quarter); }));
  if (!(three > quarter) || std::abs(farthest - half) <= far_out * (three - quarter) ||
      share_of(n, t.size()) > rows_far_out)
    return {};
  const std::optional<TargetEnds>& ends = e.trainer.data().target_ends;
  const TargetEnd* const end = ends ? &(*ends)[is_highest] : nullptr;
  const bool is_it = end != nullptr && std::abs(end->value - farthest) <= 1e-4 * std::abs(farthest);
  return Illness{
      "target_outliers",
      Confidence::likely,
      {.what = (n == 1 ? "one target is" : std::to_string(n) + " targets are") +
               std::string(" so far out that nothing is left of the differences of all others: ") +
               (is_it ? shortest(end->value) + ", at " + end->place : number_text(farthest)),
       .place = place_of(e, "data"),
       .hint = std::string("mend or leave out such rows; if they are right, ") +
               (t.front() > 0 ? "write target_scale: log in data, or " : "") + "look at them apart",
       .note = "the middle half of " + std::to_string(t.size()) + " targets lies from " +
               number_text(quarter) + " to " + number_text(three)}};
}

/// Prices, incomes, counts: what matters is how many times as large one is as another.
Found skewed_targets(const Evidence& e) {
  const std::vector<double> t = targets_to_doubt(e);
  if (t.empty()) return {};
  const double half = t[t.size() / 2];
  // numbers that were scaled are rounded: what was 0 is a little more
  const auto ranges = e.trainer.targets().ranges;
  if (!(t.front() > 0) || ranges.empty() || !(ranges[0].first > 0) ||
      t.back() <= skewed_target * half)
    return {};
  return Illness{"target_scale",
                 Confidence::likely,
                 {.what = "targets differ by powers of ten: the largest decide the cost alone",
                  .place = place_of(e, "data.target_scale"),
                  .hint = "write target_scale: log in data: it is undone in answers and metrics",
                  .note = "from " + number_text(t.front()) + " to " + number_text(t.back()) +
                          ", half of them below " + number_text(half)}};
}

Found large_inputs(const Evidence& e) {
  if (e.sample.is_indices || !weights_see_inputs(e.graph)) return {};
  const auto largest = std::ranges::max_element(e.sample.columns, {}, &SampleColumn::size);
  if (largest == e.sample.columns.end() || largest->size <= large_input) return {};
  const auto i = static_cast<std::size_t>(largest - e.sample.columns.begin());
  const std::size_t large = static_cast<std::size_t>(std::ranges::count_if(
      e.sample.columns, [](const SampleColumn& c) { return c.size > large_input; }));
  return Illness{
      "input_scale",
      // at such inputs, other rates and bounds of the gradient only put off what is not finite
      e.course.failure       ? Confidence::certain
      : e.has_learned_much() ? Confidence::possible
                             : Confidence::likely,
      {.what = "inputs are not scaled: the size of " + name_of_input(e, i) + " is " +
               number_text(largest->size) + ", where weights start for inputs near 1",
       .place = place_of(e, "data.scale"),
       .hint = how_to_scale(e),
       .note = std::to_string(large) + " of " + std::to_string(e.sample.inputs) +
               " inputs are larger than " + shortest(large_input) + " (root mean square)"}};
}

/// Pixels that were divided twice, say: the first layer gives its biases, and next to nothing else.
Found small_inputs(const Evidence& e) {
  if (e.sample.is_indices || !weights_see_inputs(e.graph) || e.has_learned_much()) return {};
  const auto largest = std::ranges::max_element(e.sample.columns, {}, &SampleColumn::size);
  if (largest == e.sample.columns.end() || !(largest->size > 0) || largest->size >= small_input)
    return {};
  return Illness{
      "input_scale",
      Confidence::likely,
      {.what = "inputs are tiny: none is larger than " + number_text(largest->size) +
               " (root mean square), where weights start for inputs near 1",
       .place = place_of(e, e.trainer.data().divide_by == 1 ? "data.scale" : "data.divide_by"),
       .hint = e.trainer.data().divide_by == 1
                   ? "write scale: standard in data"
                   : "divide_by may be too large; if not, write scale: standard in data"}};
}

Found uneven_columns(const Evidence& e) {
  if (e.sample.is_indices || !e.sample.is_table || !weights_see_inputs(e.graph) ||
      e.has_learned_much())
    return {};
  const SampleColumn *large = nullptr, *small = nullptr;
  for (const SampleColumn& c : e.sample.columns) {
    if (c.values < 3) continue;  // a yes or no, or nothing at all
    if (!large || c.spread > large->spread) large = &c;
    if (!small || c.spread < small->spread) small = &c;
  }
  if (!large || !(large->spread > uneven_inputs * small->spread)) return {};
  const auto index = [&](const SampleColumn* c) {
    return static_cast<std::size_t>(c - e.sample.columns.data());
  };
  return Illness{
      "input_scale",
      Confidence::likely,
      {.what = "inputs are of very different size: one learning rate cannot suit both",
       .place = place_of(e, "data.scale"),
       .hint = "write scale: standard in data",
       .note = name_of_input(e, index(large)) + " spreads by " + number_text(large->spread) + ", " +
               name_of_input(e, index(small)) + " by " + number_text(small->spread)}};
}

}  // namespace

bool has_wrong_targets(const Evidence& evidence) {
  return marked_targets(evidence) || slipped_target(evidence);
}

std::vector<Illness> illnesses_of_scale(const Evidence& evidence) {
  std::vector<Illness> all;
  for (const IllnessRule rule :
       {marks, outliers, mixed_units, large_inputs, uneven_columns, small_inputs})
    if (Found found = rule(evidence)) {
      all.push_back(std::move(*found));
      break;  // the others tell what follows from it
    }
  for (const IllnessRule rule : {marked_targets, slipped_target, skewed_targets, far_out_targets})
    if (Found found = rule(evidence)) {
      all.push_back(std::move(*found));
      break;
    }
  return all;
}

}  // namespace nnrun::host
