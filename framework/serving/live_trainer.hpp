// A trainer that does what pages ask for: it waits, goes slowly, goes back. What it computes is
// what the trainer in it computes, to the bit.
#pragma once
#include <exception>
#include <functional>

#include "serving/desk.hpp"
#include "serving/kept_states.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

/// Long because a trainer has many functions, which all go to the one in it but for `advance`.
class LiveTrainer final : public Trainer {
 public:
  /// Keeps references. ending: asked all the time; true ends what is going on. most_bytes: what
  /// states to go back to may take.
  LiveTrainer(Trainer& inner, Desk& desk, std::function<bool()> ending, std::size_t most_bytes);

  /// Obeys pages until the listener stops it, `most_steps` after the present one were made, or it
  /// is to end; then the run stands at the furthest step that it reached. A run that is over waits.
  /// Throws what stopped the training if that is how it is to end.
  bool advance(const Listener& listener, std::uint64_t most_steps) override;

  const Experiment& experiment() const override { return inner_.experiment(); }
  std::shared_ptr<Model> model() const override { return inner_.model(); }
  const DataShape& data() const override { return inner_.data(); }
  unsigned threads() const override { return inner_.threads(); }
  std::uint64_t steps() const override { return inner_.steps(); }
  std::uint64_t steps_per_epoch() const override { return inner_.steps_per_epoch(); }
  bool would_leave_examples_out() const override { return inner_.would_leave_examples_out(); }
  const History& history() const override { return inner_.history(); }
  const RunState& state() const override { return inner_.state(); }
  void restore(std::span<const StateNumbers> saved) override { inner_.restore(saved); }
  Outcome finish() override { return inner_.finish(); }
  GradientSample differentiate(const Use& gradient) override {
    return inner_.differentiate(gradient);
  }
  std::vector<std::pair<double, double>> input_ranges() const override {
    return inner_.input_ranges();
  }
  std::pair<double, double> target_range() const override { return inner_.target_range(); }
  double cost_of_means() const override { return inner_.cost_of_means(); }
  TargetSummary targets() const override { return inner_.targets(); }
  WrongAnswers wrong_answers(std::size_t part, std::size_t most) override {
    return inner_.wrong_answers(part, most);
  }
  std::vector<LayerAnswer> layer_answers(std::size_t part,
                                         const std::vector<std::size_t>& nodes) override {
    return inner_.layer_answers(part, nodes);
  }
  std::vector<std::size_t> answered_classes() override { return inner_.answered_classes(); }
  ShownExamples shown_examples(std::size_t part, std::size_t most) const override {
    return inner_.shown_examples(part, most);
  }
  std::vector<std::string> weight_words() const override { return inner_.weight_words(); }
  std::string data_sha256() const override { return inner_.data_sha256(); }

 private:
  using Clock = Desk::Clock;

  void attend();
  void obey(const Command& command);
  void go_to(std::uint64_t step);
  void note_furthest();
  void return_to_furthest();
  void give();
  void keep();
  std::uint64_t steps_due() const;
  Clock::time_point next_due() const;
  void make_steps(const Listener& listener, std::uint64_t most);
  double steps_per_second() const;

  Trainer& inner_;
  Desk& desk_;
  std::function<bool()> ending_;
  KeptStates kept_;
  Clock::time_point keep_due_{};
  const Listener* told_ = nullptr;  // what hears of epochs; valid in `advance`
  bool playing_ = false, over_ = false;
  std::uint64_t furthest_ = 0;  // where it stood when it first went back from there; it is kept
  bool furthest_is_over_ = false;
  std::uint64_t left_ = 0;         // steps that were asked for one by one
  double epochs_per_second_ = 30;  // 0: as fast as it goes
  // since when it plays at this speed, and the steps since then
  Clock::time_point since_{};
  std::uint64_t made_ = 0;
  std::exception_ptr failure_;
  std::string said_;
  std::uint64_t changes_ = 0, branch_ = 0;
  std::size_t rows_given_ = 0;
};

}  // namespace nnrun::host
