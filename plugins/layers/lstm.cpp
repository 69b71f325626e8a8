#include "recurrent_layer.hpp"

/// Long short-term memory (recurrent_steps.hpp has the formula). Settings as in Keras; in files,
/// the gates come in the order i, f, c (PyTorch: g), o, as in both. Keras's `kernel` and
/// `recurrent_kernel` are the other way round: inputs × gates. PyTorch's two biases are added up
/// here.
struct Lstm : RecurrentLayer<Lstm> {
  static constexpr auto name = "lstm",
                        doc = "a state that gates keep over many steps of a sequence";
  bool go_backwards = false, unit_forget_bias = true;
  static constexpr auto params() {
    return nnrun::params(
        units_param(), activation_param(), recurrent_activation_param(), bias_param(),
        nnrun::param(&Lstm::unit_forget_bias, "unit_forget_bias",
                     "add 1 to what the biases of forget gates start with"),
        return_sequences_param(),
        nnrun::param(&Lstm::go_backwards, "go_backwards",
                     "begin with the last step; outputs in the order in which they are made"),
        dropout_param(), recurrent_dropout_param(), truncate_param(), skip_param(),
        zero_output_param());
  }
  void check() {
    set(recurrent::Kind::lstm);
    cell_.forget = unit_forget_bias, cell_.backwards = go_backwards;
  }
};
NNRUN_REGISTER(Lstm)
