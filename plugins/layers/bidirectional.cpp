#include "recurrent_layer.hpp"

/// Two recurrent layers of one kind, of which the second begins with the last step: Schuster and
/// Paliwal 1997. Outputs of a step come together at its place.
struct Bidirectional : RecurrentLayer<Bidirectional> {
  static constexpr auto name = "bidirectional",
                        doc = "two recurrent layers, one from each end of a sequence";
  const char *layer = "lstm", *merge = "concat";
  bool unit_forget_bias = true, reset_after = true;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Bidirectional::layer, "layer", "what each of the two is",
                     {.choices = recurrent::kinds}),
        units_param(),
        nnrun::param(&Bidirectional::merge, "merge", "what becomes of the outputs of both",
                     {.choices = recurrent::merges}),
        activation_param(), recurrent_activation_param(), bias_param(),
        nnrun::param(&Bidirectional::unit_forget_bias, "unit_forget_bias", "as in lstm"),
        nnrun::param(&Bidirectional::reset_after, "reset_after", "as in gru"),
        return_sequences_param(), dropout_param(), recurrent_dropout_param(), truncate_param(),
        skip_param(), zero_output_param());
  }
  void check() {
    set(recurrent::Kind(recurrent::index_of(recurrent::kinds, layer)));
    cell_.forget = unit_forget_bias, cell_.reset_after = reset_after, cell_.directions = 2;
    merge_ = recurrent::Merge(recurrent::index_of(recurrent::merges, merge));
    cell_.keeps_outputs = merge_ == recurrent::Merge::multiply;
  }
  std::size_t width() const {
    return merge_ == recurrent::Merge::side_by_side ? 2 * cell_.units : cell_.units;
  }
};
NNRUN_REGISTER(Bidirectional)
