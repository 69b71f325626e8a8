#include "config/hints.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <vector>

#include "base/did_you_mean.hpp"
#include "base/text.hpp"
#include "config/keys.hpp"
namespace nnrun::host {
namespace {

/// Our word for a thing, and those of other tools.
struct Synonyms {
  std::string_view ours, theirs;
};
constexpr std::array other_words{
    Synonyms{"cost", "loss criterion objective"},
    Synonyms{"learning_rate", "lr eta step_size"},
    Synonyms{"batch_size", "batch minibatch"},
    Synonyms{"epochs", "num_epochs max_epochs"},
    Synonyms{"units", "neurons size hidden hidden_size out_features"},
    Synonyms{"bias", "use_bias"},
    Synonyms{"init", "initializer kernel_initializer weight_init"},
    Synonyms{"bias_init", "bias_initializer"},
    Synonyms{"activation", "nonlinearity"},
    Synonyms{"frozen", "freeze"},
    Synonyms{"learning_rate_factor", "lr_factor lr_mult lr_multiplier learning_rate_multiplier"},
    Synonyms{"data", "dataset"},
    Synonyms{"model", "network"},
    Synonyms{"train", "training"},
    Synonyms{"gradient", "method backward"},
    Synonyms{"seed", "random_seed"},
    Synonyms{"dtype", "precision"},
    Synonyms{"random", "rng generator"},
    Synonyms{"extends", "base inherits"},
    Synonyms{"input", "input_shape input_size"},
    Synonyms{"validation", "validation_split"},
    Synonyms{"scale", "normalize standardize"},
    Synonyms{"target_scale", "scale_targets scale_target normalize_targets"},
    Synonyms{"gaps", "na_values null_values"},
    Synonyms{"category", "categorical nominal text texts string enum"},
    Synonyms{"number", "numeric numerical"},
    Synonyms{"columns", "missing fillna impute"},
    Synonyms{"epsilon", "eps"},
    Synonyms{"mean_squared_error", "mse"},
    Synonyms{"binary_cross_entropy", "bce"},
    Synonyms{"cross_entropy", "categorical_cross_entropy categorical_crossentropy"},
    Synonyms{"dense", "linear fully_connected"},
    Synonyms{"conv2d", "conv convolution convolution2d"},
    Synonyms{"max_pooling2d", "maxpool maxpool2d max_pool2d maxpooling2d"},
    Synonyms{"average_pooling2d", "avgpool avgpool2d avg_pool2d averagepooling2d"},
    Synonyms{"batch_norm", "batchnorm batchnorm1d batchnorm2d batch_normalization"},
    Synonyms{"layer_norm", "layernorm layer_normalization"},
    Synonyms{"pool_size", "kernel_size window_size"},
    Synonyms{"kernel_size", "pool_size filter_size"},
    Synonyms{"sgd", "gd"},
    Synonyms{"float32", "float single"},
    Synonyms{"float64", "double"},
    Synonyms{"glorot_uniform", "xavier"},
    Synonyms{"he_normal", "kaiming"},
};

std::string folded(std::string_view word) {
  std::string out(word);
  for (char& c : out) {
    if (c == '-' || c == ' ') c = '_';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool contains(std::span<const std::string> known, std::string_view word) {
  return std::ranges::find(known, word) != known.end();
}

constexpr std::string_view in_layers = "model.layers[]";

/// True for keys such as `path` of a plugin and `min` of a range, which mean many other things too:
/// written elsewhere, they do not stand for these.
bool is_of_an_item(const Key& key) {
  return (key.parent().ends_with("[]") && key.parent() != in_layers) ||
         key.parent() == "model.weights";
}

/// Returns our word for one of theirs; empty if there is none.
std::string ours_for(const std::string& word) {
  for (const auto& [ours, theirs] : other_words)
    if ((" " + std::string(theirs) + " ").find(" " + word + " ") != std::string::npos)
      return std::string(ours);
  return {};
}

/// Returns the maps that have a key: "model.defaults", "a layer".
std::vector<std::string> homes_of(std::string_view word) {
  if (word == "units") return {"a layer"};  // a setting, but one that nearly every config has
  std::vector<std::string> homes;
  for (const Key& key : keys()) {
    const std::string_view parent = key.parent();
    if (key.name() != word || is_of_an_item(key)) continue;
    if (key.layer_use) homes.emplace_back("model.defaults");
    homes.emplace_back(parent.empty()        ? "the config itself"
                       : parent == in_layers ? "a layer"
                                             : parent);
  }
  return homes;
}

/// Returns "'learning_rate' belongs in train.optimizer" for lr, learning_rate and laerning_rate.
std::string home_of(const std::string& word) {
  std::vector<std::string> names{"units"};
  for (const Key& key : keys())
    if (!is_of_an_item(key)) names.emplace_back(key.name());
  std::string ours = ours_for(word);
  if (!contains(names, ours)) ours = nearest(word, names).value_or("");
  if (ours.empty()) return {};
  return "'" + ours + "' belongs in " + join(homes_of(ours), ", or in ");
}

}  // namespace

Guess guess_for(std::string_view written, std::span<const std::string> known) {
  // `units:5` in braces is one word
  const std::size_t colon = written.find(':');
  if (colon != written.npos && contains(known, written.substr(0, colon))) {
    const std::string key(written.substr(0, colon));
    return {"write '" + key + ": " + std::string(written.substr(colon + 1)) + "'", key};
  }
  const std::string word = folded(written), ours = ours_for(word);
  if ((word == "trainable" || word == "requires_grad") && contains(known, "frozen"))
    return {"'frozen' says the opposite: write frozen: true for a layer that does not learn",
            "frozen"};
  if (contains(known, ours)) return {"did you mean '" + ours + "'?", ours};
  if (const auto near = nearest(written, known)) return {did_you_mean(written, known), *near};
  std::vector<std::string> longer;
  if (word.size() > 2)
    std::ranges::copy_if(known, std::back_inserter(longer),
                         [&](const std::string& name) { return name.starts_with(word); });
  if (longer.size() == 1) return {"did you mean '" + longer[0] + "'?", longer[0]};
  if (longer.size() > 1 && longer.size() <= 4)
    return {"did you mean '" + join(longer, "' or '") + "'?", ""};
  const std::string elsewhere = home_of(word);
  return {elsewhere.empty() ? did_you_mean(written, known) : elsewhere, ""};
}

}  // namespace nnrun::host
