#include "serving/command.hpp"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.hpp"
#include "base/json_text.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;
using What = Command::What;

struct Word {
  std::string_view name;
  What what;
  std::string_view number;  ///< the field that it has besides `do`; empty: none
};
constexpr std::array words{Word{"play", What::play, ""},
                           Word{"pause", What::pause, ""},
                           Word{"again", What::again, ""},
                           Word{"step", What::step, "steps"},
                           Word{"epoch", What::epoch, "epochs"},
                           Word{"back", What::back, "step"},
                           Word{"speed", What::speed, "epochs_per_second"}};

constexpr double most_steps = 1e9, most_speed = 1e6, last_step = 9007199254740992.;  // 2^53

[[noreturn]] void refuse(std::string what) {
  throw UsageError(Problem{.what = std::move(what),
                           .hint = R"(as in {"do": "play"} or {"do": "step", "steps": 10})"});
}

/// Returns the number of a field, from `least` to `most`.
double number_of(const Json& json, std::string_view field, double least, double most, bool whole) {
  const auto found = json.find(std::string(field));
  const double number = found != json.end() && found->is_number() ? found->get<double>() : NAN;
  if (!(number >= least && number <= most) || (whole && number != std::floor(number)))
    refuse("'" + std::string(field) + "' is not a " + (whole ? "whole " : "") + "number from " +
           Json(least).dump() + " to " + Json(most).dump());
  return number;
}

}  // namespace

Command read_command(std::string_view text) {
  const Json json = parse_json(text);
  if (!json.is_object() || !json.contains("do") || !json["do"].is_string())
    refuse("a command is an object with a text 'do'");
  const std::string& name = json["do"].get_ref<const std::string&>();
  const auto* const word = std::ranges::find(words, name, &Word::name);
  if (word == words.end()) refuse("'" + name + "' is not a command");
  for (const auto& [field, value] : json.items())
    if (field != "do" && field != word->number)
      refuse("'" + name + "' has no field '" + field + "'");
  Command command{.what = word->what};
  if (word->what == What::back)
    command.step = static_cast<std::uint64_t>(number_of(json, word->number, 0, last_step, true));
  else if (word->what == What::speed)
    command.epochs_per_second = number_of(json, word->number, 0, most_speed, false);
  else if (json.contains(std::string(word->number)))
    command.steps = static_cast<std::uint64_t>(number_of(json, word->number, 1, most_steps, true));
  return command;
}

}  // namespace nnrun::host
