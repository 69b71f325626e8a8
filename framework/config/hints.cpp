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
/// A word may stand in several rows: the first one counts that is about what is looked for. Capital
/// letters and _ do not count.
constexpr std::array other_words{
    // keys
    Synonyms{"cost", "loss loss_fn loss_function criterion objective"},
    Synonyms{"learning_rate", "lr eta step_size"},
    Synonyms{"every", "step_size"},
    Synonyms{"batch_size", "batch minibatch"},
    Synonyms{"length",
             "steps seq_len seq_length sequence_length timesteps time_steps window_length lookback "
             "look_back"},
    Synonyms{"epochs", "num_epochs max_epochs n_epochs nb_epoch max_iter"},
    Synonyms{"units", "neurons size hidden hidden_size hidden_units out_features output_dim"},
    Synonyms{"bias", "use_bias fit_intercept"},
    Synonyms{"init", "initializer kernel_initializer weight_init"},
    Synonyms{"bias_init", "bias_initializer"},
    Synonyms{"activation", "nonlinearity"},
    Synonyms{"frozen", "freeze"},
    Synonyms{"learning_rate_factor", "lr_factor lr_mult lr_multiplier learning_rate_multiplier"},
    Synonyms{"data", "dataset"},
    Synonyms{"model", "network"},
    Synonyms{"train", "training"},
    Synonyms{"gradient", "method backward"},
    Synonyms{"seed", "random_seed random_state"},
    Synonyms{"dtype", "precision"},
    Synonyms{"random", "rng generator"},
    Synonyms{"extends", "base inherits"},
    Synonyms{"input", "input_shape input_size input_dim in_features"},
    Synonyms{"targets", "labels label"},
    Synonyms{"validation", "validation_split val_split"},
    Synonyms{"test", "test_size test_split"},
    Synonyms{"scale", "normalize standardize"},
    Synonyms{"target_scale", "scale_targets scale_target normalize_targets"},
    Synonyms{"gaps", "na_values null_values"},
    Synonyms{"category", "categorical nominal text texts string enum"},
    Synonyms{"number", "numeric numerical"},
    Synonyms{"columns", "missing fillna impute"},
    Synonyms{"epsilon", "eps"},
    Synonyms{"pool_size", "kernel_size window_size"},
    Synonyms{"kernel_size", "pool_size filter_size"},
    Synonyms{"shape", "target_shape"},
    Synonyms{"size", "image_size target_size img_size"},
    Synonyms{"channels", "color_mode colour_mode n_channels"},
    Synonyms{"divide_by", "rescale rescaling"},
    Synonyms{"rate", "p"},
    Synonyms{"regularizer", "kernel_regularizer"},
    Synonyms{"float32", "float single"},
    Synonyms{"float64", "double"},
    // costs and metrics
    Synonyms{"mean_squared_error", "mse l2_loss quadratic"},
    Synonyms{"mean_absolute_error", "mae l1_loss"},
    Synonyms{"root_mean_squared_error", "rmse"},
    Synonyms{"mean_absolute_percentage_error", "mape"},
    Synonyms{"binary_cross_entropy",
             "bce bce_loss bce_with_logits bce_with_logits_loss logistic_loss"},
    Synonyms{"cross_entropy",
             "categorical_cross_entropy sparse_categorical_cross_entropy softmax_cross_entropy ce "
             "nll nll_loss"},
    Synonyms{"kl_divergence", "kl_div kl_div_loss kld kullback_leibler_divergence"},
    Synonyms{"huber", "smooth_l1 smooth_l1_loss huber_loss"},
    Synonyms{"log_cosh", "logcosh_loss"},
    Synonyms{"accuracy",
             "acc binary_accuracy categorical_accuracy sparse_categorical_accuracy accuracy_score"},
    Synonyms{"balanced_accuracy", "balanced_acc balanced_accuracy_score"},
    Synonyms{"top_k_accuracy", "top_k top_5 top_5_accuracy top_k_categorical_accuracy"},
    Synonyms{"auc", "auroc roc_auc roc_auc_score area_under_curve"},
    Synonyms{"f1", "f1_score f_score f_measure"},
    Synonyms{"precision", "ppv precision_score"},
    Synonyms{"recall", "sensitivity tpr recall_score"},
    Synonyms{"r2", "r2_score r_squared r_square"},
    Synonyms{"matthews_correlation", "mcc matthews matthews_corrcoef phi_coefficient"},
    Synonyms{"cohen_kappa", "kappa cohen_kappa_score"},
    Synonyms{"confusion_matrix", "confusion cm"},
    Synonyms{"exact_match", "subset_accuracy exact_match_ratio"},
    // layers
    Synonyms{"dense", "linear fully_connected fc affine"},
    Synonyms{"conv2d", "conv convolution convolution2d"},
    Synonyms{"conv2d_transpose", "conv_transpose conv_transpose2d deconv deconvolution"},
    Synonyms{"depthwise_conv2d", "depthwise depthwise_conv"},
    Synonyms{"max_pooling2d", "max_pool max_pool2d"},
    Synonyms{"average_pooling2d", "avg_pool avg_pool2d"},
    Synonyms{"global_average_pooling2d",
             "gap global_avg_pool global_avg_pool2d adaptive_avg_pool2d"},
    Synonyms{"global_max_pooling2d", "global_max_pool global_max_pool2d adaptive_max_pool2d"},
    Synonyms{"max_pooling1d", "max_pool1d"},
    Synonyms{"average_pooling1d", "avg_pool1d"},
    Synonyms{"zero_padding2d", "pad padding zero_pad zero_pad2d"},
    Synonyms{"up_sampling2d", "upsample upsampling_nearest2d"},
    Synonyms{"batch_norm", "batch_norm1d batch_norm2d batch_normalization"},
    Synonyms{"layer_norm", "layer_normalization"},
    Synonyms{"simple_rnn", "rnn elman vanilla_rnn"},
    Synonyms{"bidirectional", "bilstm bigru birnn"},
    Synonyms{"concatenate", "concat cat merge"},
    Synonyms{"multiply", "mul"},
    // activations and initial values
    Synonyms{"identity", "none"},
    Synonyms{"silu", "swish"},
    Synonyms{"sigmoid", "logistic"},
    Synonyms{"leaky_relu", "lrelu"},
    Synonyms{"hard_tanh", "clip hardtanh"},
    Synonyms{"glorot_uniform", "xavier xavier_uniform glorot"},
    Synonyms{"glorot_normal", "xavier_normal"},
    Synonyms{"he_normal", "kaiming kaiming_normal he"},
    Synonyms{"he_uniform", "kaiming_uniform"},
    Synonyms{"lecun_normal", "lecun"},
    Synonyms{"truncated_normal", "trunc_normal"},
    Synonyms{"normal", "random_normal gauss"},
    Synonyms{"uniform", "random_uniform"},
    Synonyms{"zeros", "zero"},
    Synonyms{"constant", "ones"},
    // optimizers, schedules, penalties, gradients
    Synonyms{"sgd", "gd gradient_descent stochastic_gradient_descent"},
    Synonyms{"momentum", "nesterov nag sgd_momentum"},
    Synonyms{"cosine", "cosine_annealing cosine_annealing_lr cosine_decay"},
    Synonyms{"step", "step_lr step_decay"},
    Synonyms{"multistep", "multi_step_lr piecewise_constant"},
    Synonyms{"exponential", "exponential_lr exponential_decay"},
    Synonyms{"polynomial", "linear linear_lr linear_decay polynomial_decay"},
    Synonyms{"one_cycle", "one_cycle_lr"},
    Synonyms{"reduce_on_plateau", "plateau reduce_lr_on_plateau"},
    Synonyms{"l2", "ridge weight_decay"},
    Synonyms{"l1", "lasso"},
    Synonyms{"l1_l2", "elastic_net"},
    Synonyms{"backprop", "backpropagation autodiff autograd"},
    Synonyms{"finite_difference", "numerical finite_differences"},
    // data and what changes them
    Synonyms{"csv", "tsv table pandas dataframe excel xlsx"},
    Synonyms{"npy", "numpy npz array"},
    Synonyms{"idx", "mnist fashion_mnist emnist"},
    Synonyms{"cifar10", "cifar"},
    Synonyms{"image_folder", "images image_dataset image_directory"},
    Synonyms{"characters", "chars text"},
    Synonyms{"flip", "horizontal_flip random_flip random_horizontal_flip hflip"},
    Synonyms{"rotation", "rotate random_rotation"},
    Synonyms{"shift", "translate translation random_crop"},
    Synonyms{"noise", "gaussian_noise"},
    Synonyms{"cutout", "random_erasing erasing"},
};

/// A word of other tools for what is done in another way here.
struct Remark {
  std::string_view theirs, needs, hint, meant;  // needs: a word of what is looked for
};
constexpr std::array remarks{
    Remark{"trainable requires_grad", "frozen",
           "'frozen' says the opposite: write frozen: true for a layer that does not learn",
           "frozen"},
    Remark{"masking mask", "lstm",
           "recurrent layers pass over padded steps by themselves: write skip in lstm, gru or "
           "simple_rnn",
           ""},
    Remark{"time_distributed", "dense",
           "layers of images and sequences do that by themselves: for dense, write axis: last", ""},
    Remark{"separable_conv1d separable_conv2d", "depthwise_conv2d",
           "write depthwise_conv2d, and behind it conv2d with kernel_size: 1", ""},
    Remark{"spatial_dropout spatial_dropout1d spatial_dropout2d dropout1d dropout2d", "dropout",
           "write {type: dropout, rate: 0.2, spatial: true}", ""},
    Remark{"cropping cropping1d cropping2d center_crop", "zero_padding2d",
           "no layer cuts borders off: cut the pictures, or write padding: valid in the layers "
           "before it",
           ""},
    Remark{"axis dim normalized_shape", "epsilon",
           "the last axis is normalized, where features and channels are", ""},
    Remark{"permute transpose", "reshape",
           "no layer changes the order of axes: move them in the data, such as by np.moveaxis", ""},
    Remark{"rescaling rescale", "batch_norm",
           "divide pixels in the data: image_folder, idx and cifar10 do by divide_by: 255", ""},
    Remark{"center affine scale", "momentum",
           "scale and shift are always learnt here: freeze the layer to keep them 1 and 0", ""},
    Remark{"merge_mode", "merge", "write merge: concat, sum, average or multiply", "merge"},
    Remark{"input_layer input", "dense",
           "the network's input is not a layer: model.input says its size, or leave it to the data",
           ""},
    Remark{"train training train_size train_split", "fold",
           "what validation and test leave is trained with: write {validation: 0.15, test: 0.15}",
           ""},
    Remark{"log_loss", "binary_cross_entropy",
           "write binary_cross_entropy, or cross_entropy for several classes", ""},
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

/// Returns a word without capital letters and _.
std::string bare(std::string_view word) {
  std::string out = folded(word);
  std::erase(out, '_');
  return out;
}

/// Returns whether a bare word is among some with blanks between, in which _ does not count.
bool is_one_of(std::string_view bare_word, std::string_view words) {
  std::size_t at = 0;  // of the bare word
  bool same = true;
  for (const char c : words) {
    if (c == '_') continue;
    if (c == ' ') {
      if (same && at == bare_word.size()) return true;
      at = 0;
      same = true;
      continue;
    }
    same = same && at < bare_word.size() && bare_word[at] == c;
    ++at;
  }
  return same && at == bare_word.size();
}

/// Returns our word for one of theirs, one that is known if there is any; empty if there is none.
std::string ours_for(std::string_view word, std::span<const std::string> known) {
  const std::string theirs = bare(word);
  std::string first;
  for (const auto& [ours, others] : other_words) {
    if (!is_one_of(theirs, others)) continue;
    if (contains(known, ours)) return std::string(ours);
    if (first.empty()) first = ours;
  }
  return first;
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
  std::string ours = contains(names, word) ? word : ours_for(word, names);
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
  const std::string word = folded(written), ours = ours_for(word, known);
  for (const Remark& remark : remarks)
    if (is_one_of(bare(word), remark.theirs) && contains(known, remark.needs))
      return {std::string(remark.hint), std::string(remark.meant), true};
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
