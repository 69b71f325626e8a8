// Networks with images and sequences, trained for five steps by PyTorch 1.13 and here, from the
// same numbers: those are sin(0.7 i + c) times a factor, in the order in which PyTorch holds them.
#include <cmath>

#include "network/safetensors.hpp"
#include "support/example_data.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

using Numbers = std::vector<double>;

Numbers waves(std::size_t n, double c, double factor) {
  Numbers numbers;
  for (std::size_t i = 0; i < n; ++i)
    numbers.push_back(factor * std::sin(0.7 * static_cast<double>(i) + c));
  return numbers;
}
/// Turns channels × places into places × channels, image by image.
Numbers channels_last(const Numbers& images, std::size_t channels, std::size_t places) {
  Numbers turned(images.size());
  for (std::size_t i = 0; i < images.size(); ++i) {
    const std::size_t image = i / (channels * places), c = i / places % channels, at = i % places;
    turned[(image * places + at) * channels + c] = images[i];
  }
  return turned;
}
/// Exchanges the first and the second third: PyTorch has the gates of gru as r z n, Keras as z r h.
Numbers gates_as_keras(Numbers rows) {
  const auto third = static_cast<std::ptrdiff_t>(rows.size() / 3);
  std::swap_ranges(rows.begin(), rows.begin() + third, rows.begin() + third);
  return rows;
}
Numbers joined(Numbers a, const Numbers& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

struct Block {
  const char* name;
  std::vector<std::size_t> shape;
  Numbers numbers;
};

struct Net {
  const char *title, *layers, *rate;
  std::vector<std::size_t> input;  // of 3 examples
  Numbers x;
  std::vector<Block> blocks;
  Numbers before, after;  // outputs
  double first, last;     // costs of the first and the fifth step
};

std::vector<Net> nets() {
  const Numbers sequences = waves(3 * 5 * 3, 0.5, 1);
  const Block out{"dense_1/weights", {2, 4}, waves(8, 1.3, 0.5)},
      out_bias{"dense_1/bias", {2}, waves(2, 1.6, 0.5)};
  return {{"Conv2d, relu, max_pool2d, Linear",
           "{type: conv2d, filters: 3, kernel_size: 3, padding: same, activation: relu}, "
           "{type: max_pooling2d}, {type: flatten, order: channels_first}, {type: dense, units: 2}",
           "0.02",
           {4, 4, 2},
           channels_last(waves(3 * 2 * 4 * 4, 0.5, 1), 2, 16),
           {{"conv2d_1/weights", {3, 2, 3, 3}, waves(54, 0.1, 0.3)},
            {"conv2d_1/bias", {3}, waves(3, 0.4, 0.3)},
            {"dense_1/weights", {2, 12}, waves(24, 0.7, 0.3)},
            {"dense_1/bias", {2}, waves(2, 1.0, 0.3)}},
           {1.03021773573448, 0.146989193127047, 0.940381280749274, -0.00382719621832572,
            1.13431726613525, 0.00420370015081545},
           {0.288852009296146, 0.397525940982028, 0.53595916812865, 0.230126297715767,
            0.431116968817664, 0.2077943677714},
           0.977780115579403,
           0.440765650548727},
          {"LSTM, Linear; one bias for each gate",
           "{type: lstm, units: 4}, {type: dense, units: 2}",
           "0.1",
           {5, 3},
           sequences,
           {{"lstm_1/kernel", {16, 3}, waves(48, 0.1, 0.5)},
            {"lstm_1/recurrent_kernel", {16, 4}, waves(64, 0.4, 0.5)},
            {"lstm_1/bias", {16}, waves(16, 0.7, 0.5)},
            out,
            out_bias},
           {0.530294110102019, 0.298520461297677, 0.471835150925576, 0.370759913161676,
            0.565650808757784, 0.286320487811809},
           {0.463746354696696, 0.335487021888435, 0.447253631079077, 0.413671518678363,
            0.504329466671146, 0.274524917669306},
           0.536814060344351,
           0.497139151685559},
          {"GRU, Linear",
           "{type: gru, units: 4}, {type: dense, units: 2}",
           "0.1",
           {5, 3},
           sequences,
           {{"gru_1/kernel", {12, 3}, gates_as_keras(waves(36, 0.1, 0.5))},
            {"gru_1/recurrent_kernel", {12, 4}, gates_as_keras(waves(48, 0.4, 0.5))},
            {"gru_1/bias",
             {2, 12},
             joined(gates_as_keras(waves(12, 0.7, 0.5)), gates_as_keras(waves(12, 1.0, 0.5)))},
            out,
            out_bias},
           {0.727588492814156, -0.0643794131881685, 0.754295160942945, -0.0483992912126796,
            0.752217533122458, -0.0143378787589436},
           {0.41725376079376, 0.423161013281095, 0.540270845978549, 0.38462486908914,
            0.46055132757112, 0.199687391984817},
           0.776101203190356,
           0.412462400719216},
          {"RNN, Linear; one bias for each unit",
           "{type: simple_rnn, units: 4}, {type: dense, units: 2}",
           "0.1",
           {5, 3},
           sequences,
           {{"simple_rnn_1/kernel", {4, 3}, waves(12, 0.1, 0.5)},
            {"simple_rnn_1/recurrent_kernel", {4, 4}, waves(16, 0.4, 0.5)},
            {"simple_rnn_1/bias", {4}, waves(4, 0.7, 0.5)},
            out,
            out_bias},
           {1.01900132476579, -0.18559268177695, 0.924133342849809, -0.0790946547451323,
            0.771355695823661, 0.0587426878159398},
           {0.283399132931654, 0.41326454764417, 0.783860809001024, 0.562176424783773,
            0.362894477402071, 0.00202141916649545},
           1.01378595600838,
           0.23664646844906}};
}

std::vector<Net> more_nets() {
  const Numbers images = channels_last(waves(3 * 2 * 4 * 4, 0.5, 1), 2, 16);
  const Block out_bias{"dense_1/bias", {2}, waves(2, 1.0, 0.3)};
  Numbers scale = waves(3, 0.3, 0.5);
  for (double& x : scale) x += 1;
  return {{"ConvTranspose2d, tanh, Linear",
           "{type: conv2d_transpose, filters: 3, kernel_size: 3, strides: 2, activation: tanh}, "
           "{type: flatten, order: channels_first}, {type: dense, units: 2}",
           "0.02",
           {4, 4, 2},
           images,
           {{"conv2d_transpose_1/weights", {2, 3, 3, 3}, waves(54, 0.1, 0.3)},
            {"conv2d_transpose_1/bias", {3}, waves(3, 0.4, 0.3)},
            {"dense_1/weights", {2, 243}, waves(486, 0.7, 0.1)},
            out_bias},
           {0.284484620468159, 0.285320958091402, 0.534045759034976, 0.516938862079724,
            0.46915734184998, 0.508802855632166},
           {0.135701294100312, 0.370604282251359, 0.971089493384253, 0.762783748674864,
            0.177628287885826, -0.146707959231662},
           0.570267955228073,
           0.13968983235782},
          {"Conv2d with groups for two filters a channel, tanh, avg_pool2d, Linear",
           "{type: depthwise_conv2d, kernel_size: 3, padding: same, depth_multiplier: 2, "
           "activation: tanh}, {type: average_pooling2d}, {type: flatten, order: channels_first}, "
           "{type: dense, units: 2}",
           "0.02",
           {4, 4, 2},
           images,
           {{"depthwise_conv2d_1/weights", {4, 1, 3, 3}, waves(36, 0.1, 0.3)},
            {"depthwise_conv2d_1/bias", {4}, waves(4, 0.4, 0.3)},
            {"dense_1/weights", {2, 16}, waves(32, 0.7, 0.3)},
            out_bias},
           {0.277083855703535, 0.349917104844116, 0.221582678224546, 0.300461432211556,
            0.264043005853067, 0.378199977414348},
           {0.31877665922393, 0.301254450797353, 0.344968085454857, 0.319519521731788,
            0.310865612628612, 0.303226813108985},
           0.612381484953158,
           0.541012046458938},
          // in use, by the averages of batch_norm.cpp, worked out from PyTorch's batches
          {"Conv2d, batch_norm of each channel, tanh, Linear",
           "{type: conv2d, filters: 3, kernel_size: 3}, {type: batch_norm, momentum: 0.9, "
           "activation: tanh}, {type: flatten, order: channels_first}, {type: dense, units: 2}",
           "0.02",
           {4, 4, 2},
           images,
           {{"conv2d_1/weights", {3, 2, 3, 3}, waves(54, 0.1, 0.3)},
            {"conv2d_1/bias", {3}, waves(3, 0.4, 0.3)},
            {"batch_norm_1/gamma", {3}, scale},
            {"batch_norm_1/beta", {3}, waves(3, 0.6, 0.5)},
            {"batch_norm_1/moving_mean", {3}, {0, 0, 0}},
            {"batch_norm_1/moving_variance", {3}, {1, 1, 1}},
            {"batch_norm_1/moving_weight", {1}, {0}},
            {"dense_1/weights", {2, 12}, waves(24, 0.7, 0.3)},
            out_bias},
           {0.17790428023685, 0.780055003310891, 0.670242058478165, -0.115479564874398,
            0.181589235273293, 0.426906872723881},
           {0.135691825262092, 0.513816718258561, 0.925567909672305, 0.428372480520374,
            0.143208853838982, -0.307700292404843},
           0.641052322039409,
           0.109831763325491},
          {"Embedding, Linear",
           "{type: embedding, input_dim: 5, output_dim: 3}, {type: flatten}, {type: dense, units: "
           "2}",
           "0.1",
           {4},
           {0, 1, 4, 4, 1, 0, 1, 4, 4, 1, 0, 1},
           {{"embedding_1/weights", {5, 3}, waves(15, 0.1, 0.5)},
            {"dense_1/weights", {2, 12}, waves(24, 0.7, 0.3)},
            out_bias},
           {0.496318601134744, 0.127772760179102, 0.0556563724001111, 0.45035090267753,
            0.367485120270309, 0.565803329503453},
           {0.428321936765633, 0.30221394190905, 0.392133678017015, 0.503169448123855,
            0.531791956588604, 0.219788798760684},
           0.916075750194938,
           0.523638775805333},
          {"LSTM in both directions, Linear; one bias for each gate",
           "{type: bidirectional, layer: lstm, units: 4}, {type: dense, units: 2}",
           "0.1",
           {5, 3},
           waves(3 * 5 * 3, 0.5, 1),
           {{"bidirectional_1/forward_kernel", {16, 3}, waves(48, 0.1, 0.5)},
            {"bidirectional_1/forward_recurrent_kernel", {16, 4}, waves(64, 0.4, 0.5)},
            {"bidirectional_1/forward_bias", {16}, waves(16, 0.7, 0.5)},
            {"bidirectional_1/backward_kernel", {16, 3}, waves(48, 0.2, 0.5)},
            {"bidirectional_1/backward_recurrent_kernel", {16, 4}, waves(64, 0.5, 0.5)},
            {"bidirectional_1/backward_bias", {16}, waves(16, 0.8, 0.5)},
            {"dense_1/weights", {2, 8}, waves(16, 1.3, 0.5)},
            {"dense_1/bias", {2}, waves(2, 1.6, 0.5)}},
           {0.541614104734271, 0.413459544130573, 0.361900947733914, 0.276497881411462,
            0.447128957578925, 0.312637000848089},
           {0.51523078217664, 0.434867904689001, 0.425855110596211, 0.340048707563701,
            0.392418470993599, 0.234233245444377},
           0.561532464123232,
           0.473933246829293}};
}

std::string shape_text(const std::vector<std::size_t>& input) {
  std::string text = "(3";
  for (const std::size_t n : input) text += ", " + std::to_string(n);
  return text + ")";
}
host::Experiment experiment_of(const Net& net, const Scratch& scratch) {
  scratch.write("x.npy", npy_bytes("'<f8'", shape_text(net.input), bytes_of(net.x)));
  scratch.write("t.npy", npy_bytes("'<f8'", "(3, 2)", bytes_of(waves(6, 0.2, 1))));
  std::vector<host::Tensor> tensors;
  for (const Block& block : net.blocks)
    tensors.push_back({block.name, "F64", block.shape, std::as_bytes(std::span(block.numbers))});
  host::write_safetensors(scratch / "w.safetensors", tensors, {});
  const std::string folder = scratch.folder().string() + "/";
  return experiment("dtype: float64\ndata: {type: npy, inputs: " + folder +
                    "x.npy, targets: " + folder + "t.npy}\nmodel: {weights: " + folder +
                    "w.safetensors, layers: [" + net.layers +
                    "]}\ntrain: {cost: sum_squared_error, batch_size: 3, epochs: 5, optimizer: "
                    "{type: sgd, learning_rate: " +
                    net.rate + "}}\n");
}
Numbers outputs(host::Trainer& trainer, const Numbers& x) {
  Numbers y(6);
  trainer.model()->predict(x, y);
  return y;
}
void require_close(const Numbers& found, const Numbers& wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i)
    CHECK(found[i] == Approx(wanted[i]).epsilon(1e-12).margin(1e-13));
}

}  // namespace

TEST_CASE("five steps from PyTorch's numbers end at PyTorch's numbers", "[training][pytorch]") {
  const bool more = GENERATE(false, true);
  for (const Net& net : more ? more_nets() : nets()) {
    CAPTURE(net.title);
    const Scratch scratch;
    const auto trainer = host::Trainer::create(experiment_of(net, scratch), 1);
    require_close(outputs(*trainer, net.x), net.before);
    trainer->advance({});
    require_close(outputs(*trainer, net.x), net.after);
    const host::Outcome outcome = trainer->finish();
    require_close({outcome.epochs.of_epoch(1).train.cost, outcome.epochs.of_epoch(5).train.cost},
                  {net.first, net.last});
  }
}

}  // namespace nnrun::testing
