#include "runs/edits_file.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t largest_file = std::size_t{1} << 26;

Json json_of(const Edit& edit) {
  Json json{{"step", edit.step}};
  if (edit.set.empty()) {
    json["block"] = edit.weight.block;
    json["index"] = edit.weight.index;
    json["value"] = edit.weight.value;
  }
  for (const Override& set : edit.set) json["set"][set.path] = set.value;
  return json;
}

bool is_count(const Json& json) {
  return json.is_number_unsigned();
}

/// Returns nothing for what is not an edit.
std::optional<Edit> edit_of(const Json& json) {
  if (!json.is_object() || !json.contains("step") || !is_count(json["step"])) return std::nullopt;
  Edit edit{.step = json["step"].get<std::uint64_t>()};
  if (const auto set = json.find("set"); set != json.end()) {
    if (json.size() != 2 || !set->is_object() || set->empty()) return std::nullopt;
    for (const auto& [path, value] : set->items()) {
      if (!value.is_string()) return std::nullopt;
      edit.set.push_back({path, value.get<std::string>()});
    }
    return edit;
  }
  const auto block = json.find("block"), index = json.find("index"), value = json.find("value");
  if (json.size() != 4 || block == json.end() || !block->is_string() || index == json.end() ||
      !index->is_array() || index->size() > NNRUN_MAX_RANK || value == json.end() ||
      !value->is_number())
    return std::nullopt;
  edit.weight = {block->get<std::string>(), {}, value->get<double>()};
  for (const Json& i : *index) {
    if (!is_count(i)) return std::nullopt;
    edit.weight.index.push_back(i.get<std::size_t>());
  }
  return edit;
}

}  // namespace

std::string text_of(const std::vector<Edit>& edits) {
  std::string text;
  for (const Edit& edit : edits)
    text += json_of(edit).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  return text;
}

std::vector<Edit> read_edits(const fs::path& file) {
  std::vector<Edit> edits;
  std::size_t number = 0;
  for (const std::string& line : split(read_file(file, largest_file), '\n')) {
    ++number;
    if (line.empty()) continue;
    std::optional<Edit> edit = edit_of(parse_json(line));
    if (!edit || (!edits.empty() && edit->step < edits.back().step))
      throw RecordError(
          Problem{.what = edit ? "this change is of an earlier step than the one before"
                               : "this is not a change of a run",
                  .where = file.string() + ":" + std::to_string(number)});
    edits.push_back(std::move(*edit));
  }
  return edits;
}

bool was_edited(const fs::path& run) {
  std::error_code none;
  return fs::exists(run / edits_file, none);
}

std::unique_ptr<EditedTrainer> edited_trainer(const fs::path& run, const StoredRecord& record,
                                              Registry& registry, unsigned threads) {
  std::vector<Edit> edits = read_edits(run / edits_file);
  const Experiment start = read_recorded_config(run / start_file, {}, record, registry);
  return std::make_unique<EditedTrainer>(start, std::move(edits), registry, threads);
}

RecordedEdits note_resumption(const fs::path& run, std::uint64_t steps,
                              const std::vector<Override>& overrides) {
  if (!was_edited(run)) return {};
  std::vector<Edit> edits = read_edits(run / edits_file);
  std::erase_if(edits, [&](const Edit& edit) { return edit.step > steps; });
  Edit now{.step = steps};
  for (const Override& set : overrides)  // the others change nothing that is computed
    if (set.path.starts_with("train.") && !set.path.starts_with("train.checkpoint"))
      now.set.push_back(set);
  if (!now.set.empty()) edits.push_back(std::move(now));
  const std::string text = text_of(edits);
  write_file(run / edits_file, text, Existing::replaced);
  return edits_of(read_file(run / start_file, largest_file), text, edits.size());
}

void follow_changes(EditedTrainer& trainer, RecordedRun& recorded, Experiment& experiment) {
  trainer.watch({.before = [&] { recorded.expect_change(); },
                 .after =
                     [&] {
                       experiment = trainer.experiment();
                       recorded.take_change(trainer);
                     }});
}

void write_edits(const EditedTrainer& trainer, RecordedRun& recorded) {
  std::vector<Edit> made = trainer.edits();
  made.resize(trainer.made());
  recorded.write_edits(trainer.start(), text_of(made), made.size());
}

}  // namespace nnrun::host
