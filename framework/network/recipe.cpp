#include "network/recipe.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "config/columns.hpp"
#include "config/text_settings.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_gaps = 1000;

/// The fields of a JSON text. Each function throws RecordError for what is not as it was written.
class RecipeReader {
 public:
  explicit RecipeReader(const std::string& file) : file_(file) {}

  Recipe read(const Json& json) const {
    if (!json.is_object()) refuse("is not a map");
    Recipe recipe;
    recipe.divide_by = number(json, "divide_by", 1);
    if (!(recipe.divide_by > 0)) refuse("'divide_by' is not above 0");
    const Json& columns = at(json, "columns");
    if (!columns.is_array() || columns.empty() || columns.size() > most_columns)
      refuse("'columns' is not a list of columns");
    for (const Json& column : columns) recipe.columns.push_back(read_column(column));
    require_different(recipe.columns);
    if (json.contains("features"))
      for (const std::string& feature : texts(json, "features"))
        recipe.features.push_back({feature, {}});
    recipe.scales = json.contains("scales");
    if (json.contains("window")) recipe.window = read_window(json, recipe);
    if (json.contains("target_scale")) read_target_scale(json, recipe);
    if (json.contains("target_units")) read_target_units(json, recipe);
    return recipe;
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw RecordError(Problem{.what = "'preparation' " + what, .where = file_});
  }

 private:
  const Json& at(const Json& map, const char* key) const {
    if (!map.contains(key)) refuse("has no '" + std::string(key) + "'");
    return map.at(key);
  }
  std::string text(const Json& map, const char* key) const {
    const Json& value = at(map, key);
    if (!value.is_string()) refuse("has a '" + std::string(key) + "' that is not a text");
    return printable(value.get<std::string>());
  }
  std::string printable(std::string value) const {
    if (std::ranges::any_of(value, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
      refuse("holds a control character");
    return value;
  }
  std::vector<std::string> texts(const Json& map, const char* key) const {
    const Json& list = at(map, key);
    if (!list.is_array()) refuse("has '" + std::string(key) + "' that are not a list");
    std::vector<std::string> out;
    for (const Json& value : list) {
      if (!value.is_string()) refuse("has '" + std::string(key) + "' that are not texts");
      out.push_back(printable(value.get<std::string>()));
    }
    return out;
  }
  double number(const Json& map, const char* key, double fallback) const {
    if (!map.contains(key)) return fallback;
    if (!map.at(key).is_number()) refuse("has a '" + std::string(key) + "' that is not a number");
    const double x = map.at(key).get<double>();
    if (!std::isfinite(x)) refuse("has a '" + std::string(key) + "' that is not finite");
    return x;
  }
  std::vector<double> gaps(const Json& json) const {
    const Json& list = json.at("gaps");
    if (!list.is_array() || list.size() > most_gaps ||
        !std::ranges::all_of(
            list, [](const Json& x) { return x.is_number() && std::isfinite(x.get<double>()); }))
      refuse("has 'gaps' that are not a list of numbers");
    return list.get<std::vector<double>>();
  }
  std::size_t read_window(const Json& json, const Recipe& recipe) const {
    const double window = number(json, "window", 0);
    if (!(window >= 1) || window != std::floor(window) ||
        window > static_cast<double>(most_columns) / static_cast<double>(recipe.columns.size()))
      refuse("has a 'window' that is not a number of rows");
    return static_cast<std::size_t>(window);
  }
  void read_target_scale(const Json& json, Recipe& recipe) const {
    const auto scale_of = [&](const std::string& word) {
      const auto scale = target_scale_of(word);
      if (!scale) refuse("'target_scale' is not known");
      return *scale;
    };
    if (!json.at("target_scale").is_array()) {
      recipe.target_scale = scale_of(text(json, "target_scale"));
      return;
    }
    for (const std::string& word : texts(json, "target_scale"))
      recipe.target_scales.push_back(scale_of(word));
    if (recipe.target_scales.empty()) refuse("has an empty 'target_scale'");
  }
  void read_target_units(const Json& json, Recipe& recipe) const {
    const Json& targets = json.at("target_units");
    if (!targets.is_array() || targets.size() > most_columns)
      refuse("has 'target_units' that are not a list");
    for (const Json& units : targets)
      recipe.target_units.push_back(texts(Json{{"target_units", units}}, "target_units"));
  }
  Column read_column(const Json& json) const {
    if (!json.is_object()) refuse("has a column that is not a map");
    Column column;
    if (json.contains("name")) column.name = text(json, "name");
    column.is_category = json.contains("texts");
    if (column.is_category) column.texts = texts(json, "texts");
    if (json.contains("unknown")) {
      const auto rule = unknown_of(text(json, "unknown"));
      if (!rule) refuse("has an 'unknown' that is not known");
      column.unknown = *rule;
    }
    if (json.contains("missing")) {
      const auto rule = missing_of(text(json, "missing"));
      if (!rule) refuse("has a 'missing' that is not known");
      column.missing = *rule;
    }
    if (json.contains("constant")) column.constant = text(json, "constant");
    column.indicator = json.contains("indicator");
    if (json.contains("gaps")) column.gaps = gaps(json);
    if (column.is_category && !column.gaps.empty()) refuse("has 'gaps' of a column of texts");
    if (json.contains("units")) column.units = texts(json, "units");
    return column;
  }

  void require_different(const std::vector<Column>& columns) const {
    std::set<std::string_view> names;
    for (const Column& column : columns) {
      if (!column.name.empty() && !names.insert(column.name).second)
        refuse("has two columns of one name");
      if (std::set<std::string_view>(column.texts.begin(), column.texts.end()).size() !=
          column.texts.size())
        refuse("has a text twice in a column");
    }
  }

  const std::string& file_;
};

Json json_of(const Column& column) {
  Json json = Json::object();
  if (!column.name.empty()) json["name"] = column.name;
  if (column.is_category) json["texts"] = column.texts;
  if (column.unknown != UnknownRule::error) json["unknown"] = word_of(column.unknown);
  if (column.missing != MissingRule::error) json["missing"] = word_of(column.missing);
  if (column.missing == MissingRule::constant) json["constant"] = column.constant;
  if (column.indicator) json["indicator"] = true;
  if (!column.gaps.empty()) json["gaps"] = column.gaps;
  if (!column.units.empty()) json["units"] = column.units;
  return json;
}

/// Returns the text of a category that is the same number as a constant: 1.0 for 1; the constant
/// itself if none is, or several are.
std::string text_of_constant(const Column& column, const NumberFormat& how) {
  double x = 0, y = 0;
  if (std::ranges::count(column.texts, column.constant) > 0 ||
      (!is_number(column.constant, x, how) && !nnrun::is_number(column.constant, x)))
    return column.constant;
  const auto is_same = [&](const std::string& text) { return is_number(text, y, how) && x == y; };
  const auto found = std::ranges::find_if(column.texts, is_same);
  return std::ranges::count_if(column.texts, is_same) == 1 ? *found : column.constant;
}

}  // namespace

bool Recipe::is_plain() const {
  return features.empty() && divide_by == 1 && !scales_targets() && window == 0 &&
         target_units.empty() &&
         std::ranges::all_of(columns, [](const Column& c) { return c.units.empty(); }) &&
         std::ranges::all_of(columns, &Column::is_plain);
}

std::vector<Column> number_columns(std::size_t n, const std::vector<std::string>& names) {
  std::vector<Column> columns(n);
  for (std::size_t i = 0; i < names.size(); ++i) columns[i].name = names[i];
  return columns;
}

Recipe recipe_of(const Experiment& experiment, std::vector<Column> columns) {
  const DataSpec& data = experiment.data;
  Recipe recipe{.columns = std::move(columns),
                .features = data.features,
                .scale = data.scale,
                .target_scale = data.target_scale};
  if (data.windows) recipe.window = data.windows->length;
  const TextSettings text(data);
  for (Column& column : recipe.columns) {
    column.scale = column.is_category ? Scale::none : data.scale;
    if (!column.is_category) {
      std::vector<std::string> gaps = text.gaps_of(column.name);
      gaps.insert(gaps.begin(), text.gaps.begin(), text.gaps.end());
      column.gaps =
          numbers_among(gaps, format_of_column(text.format.numbers, text.decimal_of(column.name)));
    }
    const auto rule = std::ranges::find_if(
        data.columns, [&](const ColumnRule& r) { return r.name.value == column.name; });
    if (rule != data.columns.end()) {
      column.unknown = rule->unknown;
      column.missing = rule->missing;
      column.constant = rule->constant;
      if (column.is_category) column.constant = text_of_constant(column, text.format.numbers);
      column.indicator = rule->indicator;
      if (rule->scale && !column.is_category) column.scale = *rule->scale;
    }
    recipe.scales = recipe.scales || column.scale != Scale::none;
  }
  return recipe;
}

std::string to_json(const Recipe& recipe) {
  Json json;
  if (recipe.divide_by != 1) json["divide_by"] = recipe.divide_by;
  json["columns"] = Json::array();
  for (const Column& column : recipe.columns) json["columns"].push_back(json_of(column));
  for (const Placed<std::string>& feature : recipe.features)
    json["features"].push_back(feature.value);
  if (recipe.scales) json["scales"] = true;
  if (recipe.window > 0) json["window"] = recipe.window;
  if (recipe.target_scale != TargetScale::none) json["target_scale"] = word_of(recipe.target_scale);
  for (const TargetScale scale : recipe.target_scales)
    json["target_scale"].push_back(word_of(scale));
  if (!recipe.target_units.empty()) json["target_units"] = recipe.target_units;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string scale_text(const Recipe& recipe) {
  if (!recipe.scales) return "";
  std::set<Scale> scales;
  Json words = Json::array();
  for (const Column& column : recipe.columns) {
    if (!column.is_category) scales.insert(column.scale);
    words.push_back(word_of(column.scale));
  }
  return scales.size() == 1 ? word_of(*scales.begin()) : words.dump();
}

/// Looks for a key that is there twice: programs take the one or the other. Json::parse with a
/// callback would take time by the square of what a list holds.
class KeysTwice final : public Json::json_sax_t {
 public:
  bool found() const { return found_; }
  bool start_object(std::size_t) override {
    maps_.emplace_back();
    return true;
  }
  bool key(std::string& name) override {
    found_ = found_ || !maps_.back().insert(name).second;
    return true;
  }
  bool end_object() override {
    maps_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(Json::binary_t&) override { return true; }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }

 private:
  std::vector<std::set<std::string>> maps_;
  bool found_ = false;
};

bool has_a_key_twice(const std::string& text) {
  KeysTwice keys;
  Json::sax_parse(text, &keys);
  return keys.found();
}

Recipe read_recipe(const std::string& text, const std::string& file) {
  const RecipeReader reader(file);
  const Json json = parse_json(text);
  if (!json.is_discarded() && has_a_key_twice(text)) reader.refuse("has a key twice");
  return reader.read(json);
}

}  // namespace nnrun::host
