#include "runs/checkpoint.hpp"

#include <algorithm>
#include <functional>
#include <system_error>

#include "base/text.hpp"
#include "base/version.hpp"
#include "runs/run_record.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t digits = 12;
constexpr std::string_view name_start = "step-", name_end = ".safetensors";
constexpr const char* checkpoint_kind = "checkpoint of a run";
constexpr const char* format_version = "1";

std::size_t width_of(const std::string& dtype) {
  return dtype.ends_with("64") ? 8 : 4;
}

TensorFile read_numbers(const fs::path& file) {
  try {
    return read_safetensors(file);
  } catch (const ConfigError& error) {  // larger than the memory: no fault of the config
    throw RecordError(error.problems());
  }
}

void require_origin(const fs::path& file, const Metadata& metadata,
                    const CheckpointOrigin& origin) {
  const auto text = [&](const char* key) {
    const auto found = metadata.find(key);
    return found == metadata.end() ? std::string() : found->second;
  };
  const auto refuse = [&](const std::string& why) {
    throw RecordError(Problem{.what = "'" + file.string() + "' " + why});
  };
  if (text("kind") != checkpoint_kind) refuse("is not the checkpoint of a run");
  if (text("version") != format_version)
    refuse("is of version '" + text("version") + "', this program reads version " + format_version);
  if (text("course_sha256") != origin.course_sha256) refuse("belongs to another config");
  if (text("data_sha256") != origin.data_sha256) refuse("belongs to other data");
}

}  // namespace

fs::path checkpoint_folder(const fs::path& run) {
  return run / "checkpoints";
}

std::string checkpoint_name(std::uint64_t step) {
  const std::string number = std::to_string(step);
  return std::string(name_start) +
         std::string(number.size() < digits ? digits - number.size() : 0, '0') + number +
         std::string(name_end);
}

std::vector<std::uint64_t> checkpoint_steps(const fs::path& folder) {
  std::vector<std::uint64_t> steps;
  std::error_code none;
  for (fs::directory_iterator entry(folder, none), end; !none && entry != end;
       entry.increment(none)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(name_start) || !name.ends_with(name_end)) continue;
    std::string number = name.substr(name_start.size());
    number.resize(number.size() - std::min(number.size(), name_end.size()));
    number.erase(0, std::min(number.find_first_not_of('0'), number.size()));
    const auto step = number.empty() ? 0 : parse_integer(number).value_or(-1);
    if (step >= 0 && checkpoint_name(static_cast<std::uint64_t>(step)) == name)
      steps.push_back(static_cast<std::uint64_t>(step));
  }
  std::ranges::sort(steps, std::greater());
  return steps;
}

std::string course_sha256(const Experiment& experiment) {
  const std::string yaml = resolved_yaml(course_of(experiment));
  return sha256_of(std::as_bytes(std::span(yaml)));
}

void write_checkpoint(const fs::path& file, const Trainer& trainer, const Experiment& experiment,
                      const CheckpointOrigin& origin) {
  std::vector<Tensor> tensors;
  for (const StateNumbers& numbers : trainer.state().numbers())
    tensors.push_back({numbers.name,
                       numbers.dtype,
                       {numbers.bytes.size() / width_of(numbers.dtype)},
                       numbers.bytes});
  const History& history = trainer.history();
  write_safetensors(file, tensors,
                    {{"kind", checkpoint_kind},
                     {"version", format_version},
                     {"name", experiment.name},
                     {"seed", std::to_string(experiment.seed)},
                     {"step", std::to_string(trainer.steps())},
                     {"epoch", std::to_string(history.empty() ? 0 : history.back().epoch)},
                     {"course_sha256", origin.course_sha256},
                     {"data_sha256", origin.data_sha256},
                     {"instruction_set", instruction_set()},
                     {"nnrun", nnrun::host::version().number},
                     {"plugins", needed_plugins_json(experiment, Folders::none)}},
                    Sync::now, Existing::replaced);
}

void restore_checkpoint(const fs::path& file, Trainer& trainer, const CheckpointOrigin& origin) {
  const TensorFile saved = read_numbers(file);
  require_origin(file, saved.metadata, origin);
  std::vector<StateNumbers> numbers;
  for (const Tensor& tensor : saved.tensors)
    numbers.push_back({tensor.name, tensor.dtype, tensor.bytes});
  try {
    trainer.restore(numbers);
  } catch (const RecordError& error) {
    throw RecordError(Problem{.what = "'" + file.string() + "': " + error.problems().front().what});
  }
}

}  // namespace nnrun::host
