#include "serving/command.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.hpp"
#include "base/json_text.hpp"
#include "config/paths.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;
using What = Command::What;

struct Word {
  std::string_view name;
  What what;
  std::vector<std::string_view> fields{};  ///< that it may have besides `do`
};
const std::array words{Word{"play", What::play},
                       Word{"pause", What::pause},
                       Word{"again", What::again},
                       Word{"step", What::step, {"steps"}},
                       Word{"epoch", What::epoch, {"epochs"}},
                       Word{"back", What::back, {"step"}},
                       Word{"speed", What::speed, {"epochs_per_second"}},
                       Word{"set", What::set, {"values", "anew"}},
                       Word{"weight", What::weight, {"block", "index", "value"}},
                       Word{"plane", What::plane, {"x", "y"}},
                       Word{"reload", What::reload}};

constexpr std::size_t most_values = 200;
constexpr std::uint64_t most_steps = 1'000'000'000, most_speed = 1'000'000,
                        last_step = std::uint64_t{1} << 53;

[[noreturn]] void refuse(std::string what) {
  throw UsageError(Problem{.what = std::move(what),
                           .hint = R"(as in {"do": "play"} or {"do": "step", "steps": 10})"});
}

/// Returns the number of a field, from `least` to `most`.
double number_of(const Json& json, std::string_view field, std::uint64_t least, std::uint64_t most,
                 bool whole) {
  const auto found = json.find(std::string(field));
  const double number = found != json.end() && found->is_number() ? found->get<double>() : NAN;
  if (!(number >= static_cast<double>(least) && number <= static_cast<double>(most)) ||
      (whole && number != std::floor(number)))
    refuse("'" + std::string(field) + "' is not a " + (whole ? "whole " : "") + "number from " +
           std::to_string(least) + " to " + std::to_string(most));
  return number;
}

/// Reads {"train.batch_size": "64", ...}: each value as --set takes it.
std::vector<Override> overrides_of(const Json& json) {
  const auto values = json.find("values");
  if (values == json.end() || !values->is_object() || values->empty() ||
      values->size() > most_values)
    refuse("'values' is not an object of keys and their values");
  std::vector<Override> set;
  for (const auto& [path, value] : values->items()) {
    if (!value.is_string() || path.empty()) refuse("the value of '" + path + "' is not a text");
    set.push_back({path, value.get<std::string>()});
  }
  return set;
}

std::string text_of(const Json& json, const char* field) {
  const auto found = json.find(field);
  if (found == json.end() || !found->is_string())
    refuse("'" + std::string(field) + "' is not a text");
  return found->get<std::string>();
}

WeightEdit weight_of(const Json& json) {
  WeightEdit weight;
  weight.block = text_of(json, "block");
  const auto index = json.find("index");
  if (index == json.end() || !index->is_array() || index->size() > NNRUN_MAX_RANK)
    refuse("'index' is not a list of numbers");
  for (const Json& i : *index)
    weight.index.push_back(
        static_cast<std::size_t>(number_of(Json{{"index", i}}, "index", 0, last_step, true)));
  const auto value = json.find("value");
  if (value == json.end() || !value->is_number()) refuse("'value' is not a number");
  weight.value = value->get<double>();
  return weight;
}

bool flag_of(const Json& json, const char* field) {
  const auto found = json.find(field);
  if (found == json.end()) return false;
  if (!found->is_boolean()) refuse("'" + std::string(field) + "' is neither true nor false");
  return found->get<bool>();
}

}  // namespace

std::string refusal_text(const Error& error) {
  Problem problem = error.problems().front();
  // what a page sets is no file that one could look into
  if (problem.place.source && problem.place.source->name == command_line) problem.place = {};
  const std::string where = where_of(problem);
  return problem.what + (where.empty() ? "" : " (" + where + ")") +
         (problem.hint.empty() ? "" : "; " + problem.hint);
}

Command read_command(std::string_view text) {
  const Json json = parse_json(text);
  if (!json.is_object() || !json.contains("do") || !json["do"].is_string())
    refuse("a command is an object with a text 'do'");
  const std::string& name = json["do"].get_ref<const std::string&>();
  const auto* const word = std::ranges::find(words, name, &Word::name);
  if (word == words.end()) refuse("'" + name + "' is not a command");
  for (const auto& [field, value] : json.items())
    if (field != "do" && std::ranges::find(word->fields, field) == word->fields.end())
      refuse("'" + name + "' has no field '" + field + "'");
  Command command{.what = word->what};
  switch (word->what) {
    case What::back:
      command.step = static_cast<std::uint64_t>(number_of(json, "step", 0, last_step, true));
      break;
    case What::speed:
      command.epochs_per_second = number_of(json, "epochs_per_second", 0, most_speed, false);
      break;
    case What::step:
    case What::epoch:
      if (const std::string_view field = word->fields.front(); json.contains(std::string(field)))
        command.steps = static_cast<std::uint64_t>(number_of(json, field, 1, most_steps, true));
      break;
    case What::set:
      command.set = overrides_of(json);
      command.anew = flag_of(json, "anew");
      break;
    case What::weight:
      command.weight = weight_of(json);
      break;
    case What::plane:
      command.plane = {text_of(json, "x"), text_of(json, "y")};
      break;
    default:
      break;
  }
  if (command.may_be_refused()) command.answer = std::make_shared<std::promise<std::string>>();
  return command;
}

}  // namespace nnrun::host
