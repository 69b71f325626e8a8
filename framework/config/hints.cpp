#include "config/hints.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.hpp"
namespace nnrun::host {
namespace {

struct Pair {
  std::string_view first, second;
};

/// Their word, ours.
constexpr std::array other_words{
    Pair{"loss", "cost"},
    Pair{"criterion", "cost"},
    Pair{"objective", "cost"},
    Pair{"lr", "learning_rate"},
    Pair{"eta", "learning_rate"},
    Pair{"step_size", "learning_rate"},
    Pair{"batch", "batch_size"},
    Pair{"batchsize", "batch_size"},
    Pair{"minibatch", "batch_size"},
    Pair{"n_epochs", "epochs"},
    Pair{"num_epochs", "epochs"},
    Pair{"max_epochs", "epochs"},
    Pair{"neurons", "units"},
    Pair{"size", "units"},
    Pair{"hidden", "units"},
    Pair{"hidden_size", "units"},
    Pair{"out_features", "units"},
    Pair{"channels", "filters"},
    Pair{"out_channels", "filters"},
    Pair{"use_bias", "bias"},
    Pair{"initializer", "init"},
    Pair{"kernel_initializer", "init"},
    Pair{"weight_init", "init"},
    Pair{"bias_initializer", "bias_init"},
    Pair{"nonlinearity", "activation"},
    Pair{"dataset", "data"},
    Pair{"network", "model"},
    Pair{"training", "train"},
    Pair{"optimiser", "optimizer"},
    Pair{"method", "gradient"},
    Pair{"backward", "gradient"},
    Pair{"random_seed", "seed"},
    Pair{"precision", "dtype"},
    Pair{"rng", "random"},
    Pair{"generator", "random"},
    Pair{"metric", "metrics"},
    Pair{"plugin", "plugins"},
    Pair{"base", "extends"},
    Pair{"inherits", "extends"},
    Pair{"input_shape", "input"},
    Pair{"input_size", "input"},
    Pair{"validation_split", "validation"},
    Pair{"normalize", "scale"},
    Pair{"standardize", "scale"},
    Pair{"eps", "epsilon"},
    Pair{"mse", "mean_squared_error"},
    Pair{"bce", "binary_cross_entropy"},
    Pair{"cross_entropy", "categorical_cross_entropy"},
    Pair{"linear", "dense"},
    Pair{"fully_connected", "dense"},
    Pair{"gd", "sgd"},
    Pair{"float", "float32"},
    Pair{"single", "float32"},
    Pair{"double", "float64"},
    Pair{"xavier", "glorot_uniform"},
    Pair{"kaiming", "he_normal"},
};

/// Keys of the config, and the map that holds them.
constexpr std::array homes{
    Pair{"cost", "train"},
    Pair{"gradient", "train"},
    Pair{"optimizer", "train"},
    Pair{"batch_size", "train"},
    Pair{"epochs", "train"},
    Pair{"shuffle", "train"},
    Pair{"learning_rate", "train.optimizer"},
    Pair{"input", "model"},
    Pair{"layers", "model"},
    Pair{"defaults", "model"},
    Pair{"weights", "model"},
    Pair{"activation", "model.defaults, or in a layer"},
    Pair{"init", "model.defaults, or in a layer"},
    Pair{"bias_init", "model.defaults, or in a layer"},
    Pair{"units", "a layer"},
    Pair{"split", "data"},
    Pair{"features", "data"},
    Pair{"scale", "data"},
    Pair{"stratify", "data.split"},
    Pair{"validation", "data.split"},
    Pair{"seed", "the config itself"},
    Pair{"dtype", "the config itself"},
    Pair{"random", "the config itself"},
    Pair{"metrics", "the config itself"},
    Pair{"predict", "the config itself"},
    Pair{"plugins", "the config itself"},
    Pair{"extends", "the config itself"},
    Pair{"data", "the config itself"},
    Pair{"model", "the config itself"},
    Pair{"train", "the config itself"},
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

/// "'learning_rate' belongs in train.optimizer" for lr, learning_rate and laerning_rate.
std::string home_of(const std::string& word) {
  std::vector<std::string> keys;
  for (const Pair& home : homes) keys.emplace_back(home.first);
  std::string ours = nearest(word, keys).value_or("");
  for (const Pair& pair : other_words)
    if (word == pair.first && contains(keys, pair.second)) ours = pair.second;
  const auto home = std::ranges::find(homes, ours, &Pair::first);
  if (home == homes.end()) return {};
  return "'" + ours + "' belongs in " + std::string(home->second);
}

}  // namespace

std::string hint_for(std::string_view written, std::span<const std::string> known) {
  // `units:5` in braces is one word
  const std::size_t colon = written.find(':');
  if (colon != written.npos && contains(known, written.substr(0, colon)))
    return std::string("write '")
        .append(written.substr(0, colon))
        .append(": ")
        .append(written.substr(colon + 1))
        .append("'");

  const std::string word = folded(written);
  for (const auto& [theirs, ours] : other_words)
    if (word == theirs && contains(known, ours)) return "did you mean '" + std::string(ours) + "'?";
  if (nearest(written, known)) return did_you_mean(written, known);
  const auto begins = [&](const std::string& name) { return name.starts_with(word); };
  if (word.size() > 2 && std::ranges::count_if(known, begins) == 1)
    return "did you mean '" + *std::ranges::find_if(known, begins) + "'?";

  const std::string elsewhere = home_of(word);
  return elsewhere.empty() ? did_you_mean(written, known) : elsewhere;
}

}  // namespace nnrun::host
