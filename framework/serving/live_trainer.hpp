// A trainer that does what pages ask for: it waits, goes slowly, goes back. What it computes is
// what the trainer in it computes, to the bit.
#pragma once
#include <exception>
#include <functional>

#include "serving/desk.hpp"
#include "training/edited_trainer.hpp"
#include "training/kept_states.hpp"
namespace nnrun::host {

class LiveTrainer final : public ForwardingTrainer {
 public:
  /// What else is asked and told.
  struct Watch {
    std::function<bool()> ending;  ///< asked all the time; true ends what is going on
    /// Returns what looks at a network; called for each that the run has.
    std::function<std::shared_ptr<Eye>(EditedTrainer&, const PlaneColumns&)> eye;
    std::function<void()> edited{};  ///< the list of changes is another
    /// A page asks for libraries as they are now. Returns why that cannot be; empty: it is to be.
    std::function<std::string()> reload{};
  };

  /// Keeps references. most_bytes: what states to go back to may take.
  LiveTrainer(EditedTrainer& inner, Desk& desk, Watch watch, std::size_t most_bytes);

  /// Obeys pages until the listener stops it, `most_steps` after the present one were made, or it
  /// is to end; then the run stands at the furthest step that it reached. A run that is over waits.
  /// Throws what stopped the training if that is how it is to end.
  bool advance(const Listener& listener, std::uint64_t most_steps) override;

 private:
  using Clock = Desk::Clock;

  Trainer& inner() const override { return inner_; }
  void attend();
  void obey(const Command& command);
  void change(const Command& command);
  void change_config(const Command& command);
  void wait_for_epoch(const std::string& key);
  void look_over(const PlaneColumns& columns);
  void start_anew(EditedTrainer::Plan plan);
  void end_epoch();
  void note_change();
  void look_again();
  Listener on_the_way() const;
  std::uint64_t steps_to_end_of_epoch() const;
  double epochs() const;
  void go_to(std::uint64_t step);
  void note_furthest();
  void return_to_furthest();
  void give();
  void keep();
  std::uint64_t steps_due() const;
  Clock::time_point next_due() const;
  void make_steps(const Listener& listener, std::uint64_t most);
  double steps_per_second() const;

  EditedTrainer& inner_;
  Desk& desk_;
  Watch watch_;
  PlaneColumns plane_;
  std::shared_ptr<Eye> eye_;
  std::shared_ptr<Model> seen_;  // the network that it looks at
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
  std::string said_, note_;
  std::uint64_t changes_ = 0, branch_ = 0;
  std::size_t rows_given_ = 0;
};

}  // namespace nnrun::host
