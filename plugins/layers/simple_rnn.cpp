#include "recurrent_layer.hpp"

/// h = f(x W + h' U + b), step by step. Settings and numbers as in Keras; weights in files are
/// units × inputs, as in PyTorch's RNN (whose two biases are added up here).
struct SimpleRnn : RecurrentLayer<SimpleRnn> {
  static constexpr auto name = "simple_rnn", doc = "a state that each step of a sequence changes";
  bool go_backwards = false;
  static constexpr auto params() {
    return nnrun::params(
        units_param(), activation_param(), bias_param(), return_sequences_param(),
        nnrun::param(&SimpleRnn::go_backwards, "go_backwards",
                     "begin with the last step; outputs in the order in which they are made"),
        dropout_param(), recurrent_dropout_param(), truncate_param(), skip_param(),
        zero_output_param());
  }
  void check() {
    set(recurrent::Kind::simple_rnn);
    cell_.backwards = go_backwards;
  }
};
NNRUN_REGISTER(SimpleRnn)
