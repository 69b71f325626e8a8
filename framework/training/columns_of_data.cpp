#include "training/columns_of_data.hpp"

#include <algorithm>

#include "base/did_you_mean.hpp"
namespace nnrun::host {
namespace {

std::uint32_t flags_of(MissingRule missing, UnknownRule unknown) {
  std::uint32_t flags = unknown == UnknownRule::error ? 0 : NNRUN_KEEP_UNKNOWN;
  if (missing == MissingRule::drop) return flags | NNRUN_DROP_GAPS;
  return missing == MissingRule::error ? flags : flags | NNRUN_KEEP_GAPS;
}

std::uint32_t kind_of(ColumnType type) {
  switch (type) {
    case ColumnType::number:
      return NNRUN_COLUMN_NUMBER;
    case ColumnType::category:
      return NNRUN_COLUMN_CATEGORY;
    case ColumnType::unused:
      return NNRUN_COLUMN_UNUSED;
    default:
      return NNRUN_COLUMN_AS_FOUND;
  }
}

[[noreturn]] void refuse(const ColumnRule& rule, const std::string& what, std::string hint) {
  throw ConfigError(Problem{.what = "column '" + rule.name.value + "' " + what,
                            .place = rule.name.place,
                            .hint = std::move(hint)});
}

void require_sense_for_target(const ColumnRule& rule) {
  if (rule.scale)
    refuse(rule, "is a target, which 'scale' is not for", "write target_scale in data");
  if (rule.indicator || rule.unknown != UnknownRule::error ||
      (rule.missing != MissingRule::error && rule.missing != MissingRule::drop))
    refuse(rule, "is a target: no value is made up for it",
           "write {missing: drop}; in a series, fill it in in the file");
}

void require_sense_for_weights(const ColumnRule& rule) {
  const bool filled = rule.missing != MissingRule::error && rule.missing != MissingRule::drop;
  if (filled || rule.indicator || rule.scale || rule.unknown != UnknownRule::error ||
      (rule.type != ColumnType::as_found && rule.type != ColumnType::number))
    refuse(rule, "says what an example counts ('weights'): nothing else can be done with it",
           "write {missing: drop}, or remove it from 'columns'");
}

void require_sense_for_input(const ColumnRule& rule, const Column& column) {
  if (column.is_category && rule.scale)
    refuse(rule, "holds texts, which are not scaled: their inputs are 0 and 1", "remove 'scale'");
  if (column.is_category &&
      (rule.missing == MissingRule::mean || rule.missing == MissingRule::median))
    refuse(rule, "holds texts, which have no mean and no median",
           "write missing: most_frequent, or {constant: none}");
  if (!column.is_category && rule.unknown != UnknownRule::error)
    refuse(rule, "holds numbers: 'unknown' is for texts", "remove 'unknown'");
  if (column.is_category && rule.decimal != '\0')
    refuse(rule, "holds texts, which have no fractions", "remove 'decimal'");
}

}  // namespace

ToldColumns::ToldColumns(const ModelFile& trained, const std::vector<ColumnRule>& rules,
                         const Roles& roles)
    : trained_(true) {
  const auto or_dropped = [&](std::uint32_t flags, const std::string& name) {
    for (const ColumnRule& rule : rules)
      if (rule.name.value == name && rule.missing == MissingRule::drop)
        return flags | NNRUN_DROP_GAPS;
    return flags;
  };
  const auto flags_of_target = [&](const std::string& name) {
    return or_dropped(NNRUN_TARGET, name);
  };
  if (trained.recipe) {
    for (const Column& column : trained.recipe->columns) {
      // where a name is missing, columns go by their order
      if (column.name.empty()) break;
      if (std::ranges::count(trained.names.targets, column.name) > 0) continue;  // of a series
      add(column.name, flags_of(column.missing, column.unknown),
          column.is_category ? NNRUN_COLUMN_CATEGORY : NNRUN_COLUMN_NUMBER, column.texts,
          column.text_for_missing(), column.units);
    }
  } else {
    for (const std::string& name : trained.names.inputs) add(name, 0, NNRUN_COLUMN_NUMBER);
  }
  for (std::size_t i = 0; i < trained.names.targets.size(); ++i) {
    const std::string& name = trained.names.targets[i];
    const bool has_units = trained.recipe && i < trained.recipe->target_units.size();
    add(name, flags_of_target(name), NNRUN_COLUMN_NUMBER, {}, nullptr,
        has_units ? std::span<const std::string>(trained.recipe->target_units[i])
                  : std::span<const std::string>());
  }
  if (!trained.names.target.empty())
    add(trained.names.target, flags_of_target(trained.names.target), NNRUN_COLUMN_CATEGORY,
        trained.names.classes);
  const auto& [weights, series] = roles;
  if (!weights.empty()) add(weights, or_dropped(NNRUN_WEIGHT, weights), NNRUN_COLUMN_NUMBER);
  if (!series.empty()) add(series, NNRUN_SERIES, NNRUN_COLUMN_AS_FOUND);
  take_forms(rules);
}

ToldColumns::ToldColumns(const std::vector<ColumnRule>& rules, const Roles& roles) {
  const auto& [weights, series] = roles;
  bool is_told = weights.empty();
  for (const ColumnRule& rule : rules) {
    const std::uint32_t flags = flags_of(rule.missing, rule.unknown);
    const bool weighs = !weights.empty() && rule.name.value == weights;
    add(rule.name.value, weighs ? flags | NNRUN_WEIGHT : flags,
        weighs ? std::uint32_t{NNRUN_COLUMN_NUMBER} : kind_of(rule.type));
    is_told = is_told || weighs;
  }
  if (!is_told) add(weights, NNRUN_WEIGHT, NNRUN_COLUMN_NUMBER);
  if (!series.empty()) add(series, NNRUN_SERIES, NNRUN_COLUMN_AS_FOUND);
  take_forms(rules);
}

/// Takes how the fields of some columns are written, other than those of all.
void ToldColumns::take_forms(const std::vector<ColumnRule>& rules) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    nnrun_column& column = columns_[i];
    for (const ColumnRule& rule : rules) {
      if (rule.name.value != column.name) continue;
      column.decimal = static_cast<std::uint32_t>(rule.decimal);
      for (const std::string& gap : rule.gaps) gaps_[i].push_back(gap.c_str());
    }
    column.gaps = gaps_[i].data();
    column.n_gaps = static_cast<std::uint32_t>(gaps_[i].size());
  }
}

void ToldColumns::skip_rows() {
  if (!columns_.empty()) columns_.front().flags |= NNRUN_SKIP_ROWS;
}

void ToldColumns::add(const std::string& name, std::uint32_t flags, std::uint32_t kind,
                      const std::vector<std::string>& texts, const char* gap,
                      std::span<const std::string> units) {
  std::vector<const char*>& views = texts_.emplace_back();
  for (const std::string& text : texts) views.push_back(text.c_str());
  std::vector<const char*>& views_of_units = units_.emplace_back();
  for (const std::string& unit : units) views_of_units.push_back(unit.c_str());
  gaps_.emplace_back();
  if (gap != nullptr) gaps_.back().push_back(gap);
  columns_.push_back({.size = sizeof(nnrun_column),
                      .flags = flags,
                      .name = name.c_str(),
                      .kind = kind,
                      .n_texts = static_cast<std::uint32_t>(views.size()),
                      .texts = views.data(),
                      .gaps = nullptr,
                      .n_gaps = 0,
                      .decimal = 0,
                      .n_units = static_cast<std::uint32_t>(views_of_units.size()),
                      .units = views_of_units.data()});
}

void ToldColumns::tell(nnrun_data& data, bool whole) const {
  data.known = columns_.data();
  data.n_known = static_cast<std::uint32_t>(columns_.size());
  data.trained = !trained_ ? 0 : whole ? 2 : 1;
}

std::vector<Column> columns_of(const nnrun_data& data, const std::vector<std::string>& names) {
  std::size_t n = 1;
  for (std::uint32_t i = 0; i < data.input.rank; ++i) n *= data.input.sizes[i];
  std::vector<Column> columns = number_columns(n, names);
  const char* at = reinterpret_cast<const char*>(data.columns);
  for (std::size_t i = 0; at != nullptr && i < n; ++i, at += data.columns->size) {
    const auto& told = *reinterpret_cast<const nnrun_column*>(at);
    columns[i].is_category = told.kind == NNRUN_COLUMN_CATEGORY;
    if (columns[i].is_category) columns[i].texts = {told.texts, told.texts + told.n_texts};
    columns[i].units = units_of(told);
  }
  return columns;
}

std::vector<std::string> units_of(const nnrun_column& told) {
  if (told.size < offsetof(nnrun_column, units) + sizeof told.units) return {};
  return {told.units, told.units + told.n_units};
}

std::string name_in_blocks(const nnrun_data& data) {
  const char* at = reinterpret_cast<const char*>(data.columns);
  const std::size_t count = size_of(data.input);
  for (std::size_t i = 0; at != nullptr && i < count; ++i, at += data.columns->size) {
    const auto& told = *reinterpret_cast<const nnrun_column*>(at);
    if ((told.flags & NNRUN_IN_BLOCKS) != 0) return told.name;
  }
  return {};
}

std::vector<TargetScale> scales_of_targets(const std::vector<TargetRule>& rules,
                                           const std::vector<std::string>& targets) {
  std::vector<TargetScale> scales(targets.size(), TargetScale::none);
  for (const TargetRule& rule : rules) {
    const auto target = std::ranges::find(targets, rule.name.value);
    if (target == targets.end())
      throw ConfigError(Problem{
          .what = "'target_scale': there is no target '" + rule.name.value + "'",
          .place = rule.name.place,
          .hint = targets.empty() ? "targets have no names here: write target_scale: standard"
                                  : did_you_mean(rule.name.value, targets)});
    scales[static_cast<std::size_t>(target - targets.begin())] = rule.scale;
  }
  const bool any =
      std::ranges::any_of(scales, [](TargetScale s) { return s != TargetScale::none; });
  return any ? scales : std::vector<TargetScale>();
}

void require_sense(const std::vector<ColumnRule>& rules, const std::string& weights,
                   const std::vector<Column>& columns, const DataNames& names, bool table) {
  for (const ColumnRule& rule : rules) {
    const bool scales_only = rule.type == ColumnType::as_found &&
                             rule.missing == MissingRule::error &&
                             rule.unknown == UnknownRule::error && rule.gaps.empty();
    if (!table && !scales_only)
      refuse(rule, "can only be given a 'scale': this data set has numbers and nothing else",
             "use a csv file for texts and missing values");
    const bool target =
        rule.name.value == names.target || std::ranges::count(names.targets, rule.name.value) > 0;
    const auto column = std::ranges::find(columns, rule.name.value, &Column::name);
    // the data set has read texts of it, whose numbers mean nothing
    if (rule.type == ColumnType::unused && (target || column != columns.end()))
      refuse(
          rule, target ? "is a target, so it is not unused" : "is an input, so it is not unused",
          std::string("remove it from 'columns', or from '") + (target ? "targets'" : "inputs'"));
    if (!weights.empty() && rule.name.value == weights)
      require_sense_for_weights(rule);
    else if (target)
      require_sense_for_target(rule);
    else if (column != columns.end())
      require_sense_for_input(rule, *column);
    else if (rule.type != ColumnType::unused)
      refuse(rule, "is not an input", "name it in 'inputs', or remove it from 'columns'");
  }
}

}  // namespace nnrun::host
