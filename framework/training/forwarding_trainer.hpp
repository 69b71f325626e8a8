// A trainer that is another one, but for how it advances.
#pragma once
#include "training/trainer.hpp"
namespace nnrun::host {

class ForwardingTrainer : public Trainer {
 public:
  const Experiment& experiment() const override { return inner().experiment(); }
  std::shared_ptr<Model> model() const override { return inner().model(); }
  const DataShape& data() const override { return inner().data(); }
  unsigned threads() const override { return inner().threads(); }
  std::uint64_t steps() const override { return inner().steps(); }
  std::uint64_t steps_per_epoch() const override { return inner().steps_per_epoch(); }
  WithinEpoch within_epoch() const override { return inner().within_epoch(); }
  bool would_leave_examples_out() const override { return inner().would_leave_examples_out(); }
  const History& history() const override { return inner().history(); }
  const RunState& state() const override { return inner().state(); }
  void restore(std::span<const StateNumbers> saved) override { inner().restore(saved); }
  void set_learning_rate(double rate) override { inner().set_learning_rate(rate); }
  void measure_anew() override { inner().measure_anew(); }
  Outcome finish() override { return inner().finish(); }
  GradientSample differentiate(const Use& gradient) override {
    return inner().differentiate(gradient);
  }
  const std::vector<std::pair<double, double>>& input_ranges() const override {
    return inner().input_ranges();
  }
  std::pair<double, double> target_range() const override { return inner().target_range(); }
  double cost_of_means() const override { return inner().cost_of_means(); }
  TargetSummary targets() const override { return inner().targets(); }
  WrongAnswers wrong_answers(std::size_t part, std::size_t most) override {
    return inner().wrong_answers(part, most);
  }
  std::vector<LayerAnswer> layer_answers(std::size_t part,
                                         const std::vector<std::size_t>& nodes) override {
    return inner().layer_answers(part, nodes);
  }
  LayerOutputs layer_outputs(std::size_t part, std::size_t node, std::size_t most) override {
    return inner().layer_outputs(part, node, most);
  }
  std::vector<std::size_t> answered_classes() override { return inner().answered_classes(); }
  ShownExamples shown_examples(std::size_t part, std::size_t most) const override {
    return inner().shown_examples(part, most);
  }
  AnsweredExamples answered_examples(std::size_t part, std::size_t most) override {
    return inner().answered_examples(part, most);
  }
  std::vector<std::string> weight_words() const override { return inner().weight_words(); }
  std::string data_sha256() const override { return inner().data_sha256(); }

 private:
  virtual Trainer& inner() const = 0;
};

}  // namespace nnrun::host
