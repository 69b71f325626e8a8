// A run that somebody changes while it trains. What it computes follows from the config that it
// started from and from the list of changes: with both it can be made again, to the bit.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "training/carried_state.hpp"
#include "training/edit.hpp"
#include "training/forwarding_trainer.hpp"
namespace nnrun::host {

class EditedTrainer final : public ForwardingTrainer {
 public:
  /// What is told when the config changes.
  struct Watch {
    std::function<void()> before{};  ///< nothing may use the trainer's data any more
    std::function<void()> after{};
  };

  /// start: what a run starts from. Throws as Trainer::create does.
  EditedTrainer(const Experiment& start, Registry& registry, unsigned threads);
  /// The same with changes that are to be made when their steps are reached.
  EditedTrainer(const Experiment& start, std::vector<Edit> edits, Registry& registry,
                unsigned threads);
  void watch(Watch watch) { watch_ = std::move(watch); }

  /// What some settings make of the config.
  struct Plan {
    std::vector<Override> set;
    std::string from;  ///< the text of the config as it was
    Experiment before, after;
  };
  /// Returns what this makes of the config as it is now. Throws ConfigError, PluginError, or
  /// UsageError for a key that must not change.
  Plan plan(const std::vector<Override>& set) const;
  /// Changes the config now, which is planned anew if it is another one than then. Changes that
  /// were to come later are forgotten. Returns false, and changes nothing, if the run cannot go on
  /// with what it has learnt. Throws what `plan` and creating a trainer throw; then nothing has
  /// changed.
  bool change(Plan plan);
  bool change(const std::vector<Override>& set) { return change(plan(set)); }
  /// Throws UsageError if there is no such parameter, or the value is not finite.
  void change(const WeightEdit& weight);
  /// Starts anew with what this makes of the config, as if there had been no other. Throws as
  /// `change` does.
  void start_anew(Plan plan);
  void start_anew(const std::vector<Override>& set) { start_anew(plan(set)); }
  /// Goes to a state of this run: after so many steps, with the changes that were made there.
  void go_to(std::uint64_t step, std::span<const StateNumbers> saved);

  const std::string& start() const { return start_; }  ///< config, with every default
  /// Returns the changes of this run, in order: those that were made, then those that are to come.
  const std::vector<Edit>& edits() const { return edits_; }
  std::size_t made() const { return made_; }
  /// Returns what makes the config of now of the one that the run was given.
  std::vector<Override> sets() const;

  /// Makes the changes that are to come on the way.
  bool advance(const Listener& listener, std::uint64_t most_steps) override;
  Outcome finish() override;

 private:
  Trainer& inner() const override { return *inner_; }
  Experiment read(const std::string& text, const std::vector<Override>& set) const;
  void note(Edit edit);
  void make(const Edit& edit);
  Plan renewed(Plan plan) const;
  bool make_config(const Plan& plan);
  void make_weight(const WeightEdit& weight);
  void replace(std::unique_ptr<Trainer> trainer);
  void make_due(const Listener& listener, const std::function<bool()>& stop);
  std::uint64_t steps_to_next() const;

  Registry& registry_;
  unsigned threads_;
  Watch watch_;
  std::string start_;
  std::vector<Edit> edits_;
  std::vector<Override> sets_before_;  // what made the start of the config that it was given
  std::vector<std::string> texts_;     // the config after each change that was made
  std::size_t made_ = 0;
  std::string text_;  // the config as it is now, but for the sizes that the data say
  std::unique_ptr<Trainer> inner_;
};

}  // namespace nnrun::host
