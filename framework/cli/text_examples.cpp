#include "cli/text_examples.hpp"

#include <algorithm>
#include <numeric>

#include "base/text.hpp"
#include "network/random.hpp"
namespace nnrun::host {

std::optional<TextExamples> TextExamples::of(const ModelInUse& model) {
  const auto* const table =
      extension_of<nnrun_example_text>(*model.experiment().data.use.plugin, "nnrun.example_text/1");
  if (table == nullptr) return std::nullopt;
  TextExamples examples(model, *table);
  if (model.inputs() * examples.names_.outputs.size() != model.outputs()) return std::nullopt;
  return examples;
}

TextExamples::TextExamples(const ModelInUse& model, const nnrun_example_text& table)
    : model_(model), table_(&table), object_(model.experiment().data.use) {
  const char* const* characters = nullptr;
  std::size_t n = 0;
  object_.call("characters", table.characters, &characters, &n);
  names_.outputs.assign(characters, characters + n);
  names_.classes = names_.outputs;
  names_.kind = score_kind(model.experiment(), model.model());
}

bool TextExamples::is_text(const std::string& example) const {
  const auto commas = static_cast<std::size_t>(std::ranges::count(example, ','));
  return commas + 1 != model_.inputs() || !parse_double(example.substr(0, example.find(',')));
}

/// A network that reads forward alone does not see what stands behind the text. One that does would
/// answer the zeros there, too.
TextExamples::Next TextExamples::next(const std::string& text) const {
  const std::size_t inputs = model_.inputs(), each = names_.outputs.size();
  std::vector<double> x(inputs), y(model_.outputs());
  std::size_t used = 0;
  if (object_.status_of("read", table_->read, text.c_str(), &model_.model().graph().input, x.data(),
                        &used) != 0)
    throw UsageError(take_plugin_error());
  const auto answer = [&] {
    model_.predict(x.data(), 1, y.data());
    const auto from = y.begin() + static_cast<std::ptrdiff_t>((used - 1) * each);
    return std::vector<double>(from, from + static_cast<std::ptrdiff_t>(each));
  };
  Next next{.outputs = answer()};
  if (used < inputs) {
    std::fill(x.begin() + static_cast<std::ptrdiff_t>(used), x.end(),
              static_cast<double>(each - 1));
    if (answer() != next.outputs)
      throw UsageError(Problem{.what = "has " + std::to_string(used) +
                                       " characters: this network "
                                       "sees what follows them, and needs " +
                                       std::to_string(inputs),
                               .where = "'" + text + "'"});
    return next;
  }
  const auto is_first = [](char byte) { return (byte & 0xc0) != 0x80; };  // of a character
  next.is_cut = static_cast<std::size_t>(std::ranges::count_if(text, is_first)) > inputs;
  return next;
}

std::string TextExamples::continued(std::string text, std::size_t characters,
                                    std::uint64_t seed) const {
  Random random(model_.experiment().random, seed);
  Stream stream(random, "text", 0);
  const std::size_t before = text.size();
  for (std::size_t i = 0; i < characters; ++i) {
    const std::vector<double> chances = names_.probabilities_of(next(text).outputs);
    double chance = 0;
    stream.fill({&chance, 1});
    chance *= std::accumulate(chances.begin(), chances.end(), 0.);  // 1, but for rounding
    std::size_t k = 0;
    while (k + 1 < chances.size() && chance >= chances[k]) chance -= chances[k++];
    text += names_.outputs[k];
  }
  return text.substr(before);
}

}  // namespace nnrun::host
