// The layers of one or two directions, and their settings.
#pragma once
#include "recurrent_call.hpp"

/// Self gives `recurrent::Kind kind() const`; it may change cell() in check().
template <class Self>
struct RecurrentLayer : nnrun::Layer {
  static constexpr auto operation = "recurrent";
  std::int64_t units = 1;
  const char *activation = "tanh", *recurrent_activation = "sigmoid";
  bool bias = true, return_sequences = false, zero_output_for_mask = false;
  double dropout = 0, recurrent_dropout = 0;
  std::span<const double> truncate{}, skip{};

  static constexpr auto units_param() {
    return nnrun::param(&RecurrentLayer::units, "units", "numbers of the state",
                        {.min = 1, .max = 2147483648., .required = true});
  }
  static constexpr auto activation_param() {
    return nnrun::param(&RecurrentLayer::activation, "activation",
                        "what the new numbers of the state go through",
                        {.choices = recurrent::bends});
  }
  static constexpr auto recurrent_activation_param() {
    return nnrun::param(&RecurrentLayer::recurrent_activation, "recurrent_activation",
                        "what the gates go through", {.choices = recurrent::bends});
  }
  static constexpr auto bias_param() {
    return nnrun::param(&RecurrentLayer::bias, "bias",
                        "add a number to what each gate is given, to be learnt");
  }
  static constexpr auto return_sequences_param() {
    return nnrun::param(&RecurrentLayer::return_sequences, "return_sequences",
                        "give the outputs of all steps, not of the last one alone");
  }
  static constexpr auto dropout_param() {
    return nnrun::param(&RecurrentLayer::dropout, "dropout",
                        "the share of inputs that is dropped in training, the same in all steps",
                        {.min = 0, .max = 1, .below_max = true});
  }
  static constexpr auto recurrent_dropout_param() {
    return nnrun::param(&RecurrentLayer::recurrent_dropout, "recurrent_dropout",
                        "the share of the state that weights do not get in training, the same in "
                        "all steps",
                        {.min = 0, .max = 1, .below_max = true});
  }
  static constexpr auto truncate_param() {
    return nnrun::param(&RecurrentLayer::truncate, "truncate",
                        "after how many steps slopes are cut on their way back; if missing, "
                        "nowhere",
                        {.min = 1, .max = 2147483648., .lone_number = true});
  }
  static constexpr auto skip_param() {
    return nnrun::param(&RecurrentLayer::skip, "skip",
                        "a step whose features all are this number leaves the state as it is, as "
                        "Keras's Masking has it; if missing, none does",
                        {.lone_number = true});
  }
  static constexpr auto zero_output_param() {
    return nnrun::param(&RecurrentLayer::zero_output_for_mask, "zero_output_for_mask",
                        "give 0 for a step that is skipped, not the state before it: then skip: 0 "
                        "in the next layer passes over it, too");
  }

  void plan(nnrun_plan& p) const {
    recurrent::require_sequence(p, Self::name);
    recurrent::plan(p, cell_);
    const std::size_t width = self().width();
    p.out = {1, {width}};
    if (return_sequences) p.out = {2, {p.in[0].sizes[0], width}};
  }
  std::size_t width() const { return cell_.units; }
  template <class T>
  void begin(const nnrun_plan& p, const nnrun::Stream& random, T* w) const {
    recurrent::begin(p, cell_, random, w);
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    each(c, [](auto call) { call.forward(); });
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    each(c, [](auto call) { call.backward_inputs(); });
  }
  template <class T>
  void backward_parameters(const nnrun::LayerCall<T>& c) const {
    each(c, [](auto call) { call.backward_parameters(); });
  }

 protected:
  /// Takes what all cells are told.
  void set(recurrent::Kind cell) {
    using recurrent::index_of;
    cell_.kind = cell;
    cell_.state = recurrent::Bend(index_of(recurrent::bends, activation));
    cell_.gate = recurrent::Bend(index_of(recurrent::bends, recurrent_activation));
    cell_.units = static_cast<std::size_t>(units);
    cell_.bias = bias, cell_.sequences = return_sequences;
    cell_.dropout = dropout, cell_.recurrent_dropout = recurrent_dropout;
    cell_.truncate = truncate.empty() ? 0 : static_cast<std::size_t>(lone(truncate, "truncate"));
    if (!truncate.empty() && truncate[0] != static_cast<double>(cell_.truncate))
      throw nnrun::Error("'truncate' takes a whole number");
    cell_.skip.reset();
    if (!skip.empty()) cell_.skip = lone(skip, "skip");
    cell_.zeros_skipped = zero_output_for_mask;
    if (zero_output_for_mask && (skip.empty() || !return_sequences))
      throw nnrun::Error("'zero_output_for_mask' is for return_sequences: true with 'skip'");
    products_ = ordered_products();
    kernels_ = gathered::kernels();
  }
  recurrent::Cell cell_;
  recurrent::Merge merge_ = recurrent::Merge::side_by_side;

 private:
  static double lone(std::span<const double> given, const std::string& setting) {
    if (given.size() > 1)
      throw nnrun::Error("'" + setting + "' takes one number, not " + std::to_string(given.size()));
    return given[0];
  }
  const Self& self() const { return static_cast<const Self&>(*this); }
  template <class T, class F>
  void each(const nnrun::LayerCall<T>& c, F f) const {
    recurrent::each_direction(cell_, merge_, products_, kernels_, c, f);
  }
  Products products_{};
  gathered::Kernels kernels_{};
};
