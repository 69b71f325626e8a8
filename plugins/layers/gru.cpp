#include "recurrent_layer.hpp"

/// Gated recurrent unit (recurrent_steps.hpp has the formula). Settings as in Keras; in files, the
/// gates come in Keras's order z, r, h; PyTorch's is r, z, n. With reset_after, as in PyTorch,
/// there are two rows of biases, of inputs and of states; without, as in the paper, one.
struct Gru : RecurrentLayer<Gru> {
  static constexpr auto name = "gru", doc = "a state that gates mix with what each step gives";
  bool go_backwards = false, reset_after = true;
  static constexpr auto params() {
    return nnrun::params(
        units_param(), activation_param(), recurrent_activation_param(), bias_param(),
        nnrun::param(&Gru::reset_after, "reset_after",
                     "reset what the state gives, as Keras and PyTorch do; false: the state"),
        return_sequences_param(),
        nnrun::param(&Gru::go_backwards, "go_backwards",
                     "begin with the last step; outputs in the order in which they are made"),
        dropout_param(), recurrent_dropout_param(), truncate_param(), skip_param(),
        zero_output_param());
  }
  void check() {
    set(recurrent::Kind::gru);
    cell_.reset_after = reset_after, cell_.backwards = go_backwards;
  }
};
NNRUN_REGISTER(Gru)
