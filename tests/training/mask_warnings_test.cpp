// Padding that a config means to pass over: warnings where nothing does.
#include <catch2/catch.hpp>

#include "support/program.hpp"
namespace nnrun::testing {

using Catch::Contains;

TEST_CASE("zeros for padding that no layer passes over are warned of", "[training]") {
  const Scratch scratch;
  std::string csv = "a,b,c,y\n";
  for (int i = 0; i < 40; ++i)
    csv += std::to_string(i % 5) + "," + std::to_string(i % 3) + "," + std::to_string(i % 2) + "," +
           std::to_string(i % 2) + "\n";
  scratch.write("t.csv", csv);
  const auto told = [&](const std::string& embedding, const std::string& gru,
                        const std::string& data = "") {
    scratch.write("c.yaml", "data: {type: csv, path: t.csv, targets: [y]" + data +
                                "}\nmodel: {layers: [" + embedding + "{type: gru, units: 2" + gru +
                                "}, {type: dense, units: 1}]}\ntrain: {cost: mean_squared_error, "
                                "epochs: 1}\n");
    const Ended ended = run("rm -rf r; $nnrun c.yaml -q --out r", scratch.folder());
    CAPTURE(ended.err);
    CHECK(ended.status == 0);
    return ended.err;
  };
  const std::string plain = "{type: embedding, input_dim: 5, output_dim: 2}, ",
                    masked = "{type: embedding, input_dim: 5, output_dim: 2, mask_zero: true}, ";
  CHECK_THAT(told(plain, ""), !Contains("warning"));
  CHECK_THAT(told(masked, ", skip: 0"), !Contains("warning"));
  CHECK_THAT(told(masked, ""),
             Contains("warning: embedding_1 gives zeros for padding, but no "
                      "layer passes over them: they are steps like others\n") &&
                 Contains("help: write skip: 0 in the recurrent layer behind it"));
  CHECK_THAT(told(plain, ", skip: 0"),
             Contains("warning: gru_1 skips steps of one number, but there will be none: the "
                      "vectors of embedding_1 are learnt\n") &&
                 Contains("help: write mask_zero: true there"));
  // behind a layer that skips, what came before stands in the steps that it skipped
  const auto behind = [&](const std::string& layer) {
    return told(masked, ", skip: 0, return_sequences: true}, {" + layer);
  };
  const std::string ended =
      " reads the steps that gru_1 skips like others: there stands what came before them\n";
  CHECK_THAT(behind("type: lstm, units: 2"), Contains("warning: lstm_1" + ended));
  CHECK_THAT(behind("type: global_average_pooling1d"),
             Contains("warning: global_average_pooling1d_1" + ended));
  CHECK_THAT(behind("type: dropout, rate: 0.1}, {type: bidirectional, layer: gru, units: 2"),
             Contains("warning: bidirectional_1" + ended));
  CHECK_THAT(behind("type: lstm, units: 2, skip: 0"),
             Contains("warning: lstm_1 skips steps of one number, but there will be none: gru_1 "
                      "gives numbers that are learnt\n"));
  const std::string zeros = "zero_output_for_mask: true}, {";
  CHECK_THAT(
      told(masked, ", skip: 0, return_sequences: true, " + zeros + "type: lstm, units: 2, skip: 0"),
      !Contains("warning"));
  CHECK_THAT(told(masked, ", skip: 0, return_sequences: true, " + zeros + "type: lstm, units: 2"),
             Contains("lstm_1 reads the steps that gru_1 skips like others: there are zeros\n") &&
                 Contains("and skip: 0 in lstm_1"));
  CHECK_THAT(
      told(masked, ", skip: 0, return_sequences: true, " + zeros + "type: global_max_pooling1d"),
      Contains("there are zeros\n"));
  CHECK_THAT(told(masked + "{type: layer_norm}, ", ", skip: 0"),
             Contains("gru_1 skips steps of one number, but there will be none: layer_norm_1 gives "
                      "numbers that are learnt\n"));
  CHECK_THAT(told(masked + "{type: dropout, rate: 0.1}, ", ", skip: 0"), !Contains("warning"));
  const std::string windows = ", windows: {length: 3, horizon: 0}";
  CHECK_THAT(told("", ", skip: 0", windows + ", scale: standard"),
             Contains("but there will be none: the inputs are scaled\n"));
  CHECK_THAT(told("", ", skip: 0", windows), !Contains("there will be none"));
  CHECK_THAT(run("$nnrun c.yaml -q --out r --set data.augment=[flip]", scratch.folder()).err,
             Contains("augmentation 'flip' is of images, but examples of 'windows' are steps of a "
                      "series"));
}

}  // namespace nnrun::testing
