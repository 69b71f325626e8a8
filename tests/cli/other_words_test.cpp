// What people write who know other tools: every such word leads to ours.
#include <catch2/catch.hpp>

#include "base/said.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

/// What `nnrun check` says of a small config with one word in its place.
std::string said_of(const std::string& set) {
  const Scratch scratch;
  scratch.write("c.yaml",
                "data: circle\nmodel:\n  layers:\n    - {type: dense, units: 4, activation: tanh}\n"
                "    - {type: dense, units: 1}\ntrain: {cost: mean_squared_error}\n");
  const Ended ended = run("$nnrun check c.yaml --set '" + set + "'", scratch.folder());
  CAPTURE(set, ended.err);
  CHECK(ended.status == 3);
  return ended.err;
}

}  // namespace

TEST_CASE("words of other tools lead to ours, for the kind that is meant", "[cli][words]") {
  const auto [key, words] = GENERATE(table<std::string, std::vector<std::array<std::string, 2>>>({
      {"metrics=[WORD]",
       {{"acc", "accuracy"},
        {"mae", "mean_absolute_error"},
        {"mse", "mean_squared_error"},
        {"RMSE", "root_mean_squared_error"},
        {"roc_auc", "auc"},
        {"r2_score", "r2"},
        {"matthews", "matthews_correlation"},
        {"sparse_categorical_accuracy", "accuracy"}}},
      {"train.cost=WORD",
       {{"mse", "mean_squared_error"},
        {"MAE", "mean_absolute_error"},
        {"L1Loss", "mean_absolute_error"},
        {"bce", "binary_cross_entropy"},
        {"BCEWithLogitsLoss", "binary_cross_entropy"},
        {"categorical_crossentropy", "cross_entropy"},
        {"sparse_categorical_crossentropy", "cross_entropy"},
        {"NLLLoss", "cross_entropy"},
        {"KLDivLoss", "kl_divergence"},
        {"smooth_l1", "huber"}}},
      {"model.layers=[{type: WORD, units: 1}]",
       {{"linear", "dense"},
        {"Linear", "dense"},
        {"rnn", "simple_rnn"},
        {"MaxPool2D", "max_pooling2d"},
        {"MaxPooling2D", "max_pooling2d"},
        {"AdaptiveAvgPool2d", "global_average_pooling2d"},
        {"BatchNormalization", "batch_norm"},
        {"LayerNorm", "layer_norm"},
        {"ConvTranspose2d", "conv2d_transpose"},
        {"concat", "concatenate"}}},
      {"model.defaults={activation: WORD}", {{"logistic", "sigmoid"}}},
      {"model.defaults={init: WORD}",
       {{"xavier", "glorot_uniform"},
        {"xavier_normal", "glorot_normal"},
        {"kaiming", "he_normal"},
        {"HeUniform", "he_uniform"}}},
      {"model.defaults={regularizer: WORD}", {{"ridge", "l2"}, {"lasso", "l1"}}},
      {"train.optimizer=WORD", {{"gradient_descent", "sgd"}, {"nesterov", "momentum"}}},
      {"train.schedule=WORD",
       {{"CosineAnnealingLR", "cosine"},
        {"StepLR", "step"},
        {"ReduceLROnPlateau", "reduce_on_plateau"},
        {"linear", "polynomial"}}},
      {"train.gradient=WORD", {{"autograd", "backprop"}}},
      {"data.augment=[WORD]", {{"horizontal_flip", "flip"}, {"rotate", "rotation"}}},
      {"data=WORD", {{"mnist", "idx"}, {"pandas", "csv"}, {"numpy", "npy"}}},
  }));
  for (const auto& [word, ours] : words)
    CHECK_THAT(said_of(replaced(key, "WORD", word)),
               Contains("unknown ") && Contains("did you mean '" + ours + "'?"));
}

TEST_CASE("a setting that others call so leads to ours, not to a key of another map",
          "[cli][words]") {
  for (const std::string word : {"steps", "seq_len", "sequence_length"})
    CHECK_THAT(said_of("data={type: characters, path: t.txt, " + word + ": 10}"),
               Contains("has no setting '" + word + "'") && Contains("did you mean 'length'?"));
  CHECK_THAT(said_of("steps=10"), Contains("'steps' belongs in train"));
}

TEST_CASE("what is done in another way here is said in a sentence", "[cli][words]") {
  CHECK_THAT(said_of("model.layers=[{type: Masking}]"),
             Contains("recurrent layers pass over padded steps by themselves: write skip in lstm"));
  CHECK_THAT(said_of("model.layers=[{type: InputLayer}]"),
             Contains("the network's input is not a layer: model.input says its size"));
  CHECK_THAT(said_of("model.layers=[{type: dense, units: 1, trainable: false}]"),
             Contains("'frozen' says the opposite"));
  CHECK_THAT(said_of("model.layers=[{type: SeparableConv2D, filters: 2}]"),
             Contains("write depthwise_conv2d, and behind it conv2d with kernel_size: 1"));
  CHECK_THAT(said_of("model.layers=[{type: spatial_dropout2d, rate: 0.1}]"),
             Contains("write {type: dropout, rate: 0.2, spatial: true}"));
  CHECK_THAT(said_of("model.layers=[{type: Cropping2D}]"), Contains("no layer cuts borders off"));
  CHECK_THAT(said_of("model.layers=[{type: batch_norm, axis: 1}]"),
             Contains("has no setting 'axis'") && Contains("the last axis is normalized"));
  CHECK_THAT(
      said_of("model.layers=[{type: bidirectional, layer: {type: gru, units: 4}}]"),
      Contains("write layer: simple_rnn, or another name; what is set for it stands beside it"));
  // a good word elsewhere may look like a slip
  CHECK_THAT(said_of("model.layers=[{type: lstm, units: 2, activation: gelu}]"),
             Contains("did you mean 'relu'? (one of: ") && Contains("tanh"));
  CHECK_THAT(said_of("train.cost=log_loss"), Contains("'log_loss' is a metric"));
}

}  // namespace nnrun::testing
