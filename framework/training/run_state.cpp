#include "training/run_state.hpp"

#include <algorithm>

#include "base/error.hpp"
namespace nnrun::host {

std::vector<StateNumbers> RunState::numbers() const {
  std::vector<StateNumbers> numbers;
  for (const Entry& entry : entries_)
    numbers.push_back({entry.name, entry.dtype, entry.bytes(present)});
  return numbers;
}

void RunState::restore(std::span<const StateNumbers> saved) const {
  const auto refuse = [](const std::string& name, const std::string& what) {
    throw RecordError(
        Problem{.what = "the saved state does not fit this run: '" + name + "' " + what,
                .hint = "it belongs to another config or to other data"});
  };
  for (const StateNumbers& numbers : saved)
    if (std::ranges::find(entries_, numbers.name, &Entry::name) == entries_.end())
      refuse(numbers.name, "is not part of it");
  std::vector<const StateNumbers*> found;
  for (const Entry& entry : entries_) {
    const auto numbers = std::ranges::find(saved, entry.name, &StateNumbers::name);
    if (numbers == saved.end()) refuse(entry.name, "is missing");
    if (numbers->dtype != entry.dtype)
      refuse(entry.name, "is " + numbers->dtype + ", not " + entry.dtype);
    const std::size_t width = entry.dtype.ends_with("64") ? 8 : 4, count = numbers->bytes.size();
    const std::size_t has = entry.bytes(present).size();
    if (count % width != 0 || (!entry.grows && count != has))
      refuse(entry.name, "has " + std::to_string(count / width) + " numbers, not " +
                             std::to_string(has / width));
    found.push_back(&*numbers);
  }
  for (std::size_t i = 0; i < entries_.size(); ++i)
    std::ranges::copy(found[i]->bytes, entries_[i].bytes(found[i]->bytes.size()).begin());
}

}  // namespace nnrun::host
