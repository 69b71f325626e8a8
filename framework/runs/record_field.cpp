#include "runs/record_field.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_text = 1 << 20;

/// Returns what a value is, for messages. Long ones are not repeated.
std::string found(const Json& json) {
  constexpr std::size_t longest = 40;
  if (json.is_object()) return "a map";
  if (json.is_array()) return "a list of " + std::to_string(json.size());
  if (json.is_string() && json.get_ref<const std::string&>().size() > longest)
    return "a text of " + std::to_string(json.get_ref<const std::string&>().size()) + " bytes";
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

void RecordField::refuse(const std::string& expected) const {
  throw RecordError(Problem{
      .what = key_.empty() ? "this should be " + expected + ", not " + found(*json_)
                           : "'" + key_ + "' should be " + expected + ", not " + found(*json_),
      .where = file_->string(),
      .hint = "nnrun wrote this file, and something changed it: put it back"});
}

std::string RecordField::key_of(const std::string& key) const {
  return key_.empty() ? key : key_ + "." + key;
}

void RecordField::require_map() const {
  if (!json_->is_object()) refuse("a map");
}

RecordField RecordField::at(const std::string& key) const {
  require_map();
  const auto found = json_->find(key);
  if (found == json_->end())
    throw RecordError(Problem{.what = "'" + key_of(key) + "' is missing",
                              .where = file_->string(),
                              .hint = "nnrun wrote this file, and something changed it: put it "
                                      "back"});
  return {*file_, *found, key_of(key)};
}

std::optional<RecordField> RecordField::find(const std::string& key) const {
  require_map();
  const auto found = json_->find(key);
  if (found == json_->end() || found->is_null()) return std::nullopt;
  return RecordField(*file_, *found, key_of(key));
}

std::vector<std::string> RecordField::keys() const {
  require_map();
  std::vector<std::string> keys;
  for (const auto& entry : json_->items()) keys.push_back(entry.key());
  return keys;
}

std::vector<RecordField> RecordField::items(std::size_t most) const {
  if (!json_->is_array()) refuse("a list");
  if (json_->size() > most) refuse("a list of at most " + std::to_string(most));
  std::vector<RecordField> items;
  for (std::size_t i = 0; i < json_->size(); ++i)
    items.push_back({*file_, (*json_)[i], key_ + "[" + std::to_string(i) + "]"});
  return items;
}

std::string RecordField::text() const {
  if (!json_->is_string()) refuse("a text");
  const auto& text = json_->get_ref<const std::string&>();
  if (text.size() > longest_text)
    refuse("a text of at most " + std::to_string(longest_text) + " bytes");
  return text;
}

std::string RecordField::one_of(const std::vector<std::string>& words) const {
  const bool known = json_->is_string() &&
                     std::ranges::find(words, json_->get_ref<const std::string&>()) != words.end();
  if (!known) refuse(words.size() == 1 ? words.front() : "one of " + join(words, ", "));
  return text();
}

std::uint64_t RecordField::count(std::uint64_t most) const {
  if (!json_->is_number_unsigned() || json_->get<std::uint64_t>() > most)
    refuse(most == UINT64_MAX ? "a whole number"
                              : "a whole number of at most " + std::to_string(most));
  return json_->get<std::uint64_t>();
}

double RecordField::number() const {
  if (!json_->is_number() || !std::isfinite(json_->get<double>())) refuse("a number");
  return json_->get<double>();
}

double RecordField::number_or_nan() const {
  return json_->is_null() ? std::numeric_limits<double>::quiet_NaN() : number();
}

bool RecordField::flag() const {
  if (!json_->is_boolean()) refuse("true or false");
  return json_->get<bool>();
}

bool RecordField::is_list() const {
  return json_->is_array();
}

std::vector<std::string> RecordField::texts(std::size_t most) const {
  std::vector<std::string> texts;
  for (const RecordField& item : items(most)) texts.push_back(item.text());
  return texts;
}

std::vector<double> RecordField::numbers_or_nan(std::size_t most) const {
  if (!json_->is_array()) refuse("a list of numbers");
  if (json_->size() > most) refuse("a list of at most " + std::to_string(most));
  std::vector<double> numbers;
  for (const Json& item : *json_) {
    if (!item.is_null() && !(item.is_number() && std::isfinite(item.get<double>())))
      refuse("a list of numbers");
    numbers.push_back(item.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                     : item.get<double>());
  }
  return numbers;
}

}  // namespace nnrun::host
