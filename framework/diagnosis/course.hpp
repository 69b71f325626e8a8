// How a run goes: a short training from its start, and a few steps at other learning rates. Or what
// a recorded run has left.
#pragma once
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "diagnosis/probe.hpp"
namespace nnrun::host {

/// The cost of the sample after some steps at a learning rate; not finite if training stopped.
struct RateTrial {
  double rate = 0, cost = 0;
  double held_out = 0;  ///< the same of the part that counts; that of training if there is no other
};
/// What became of a block of parameters: how much of its size a step moved it at first, and all
/// steps together; and its size then, compared with before.
struct BlockMove {
  std::string name;
  std::size_t node = 0;  ///< of the graph
  bool is_weights = false, learns = false;
  bool begins_equal = false;  ///< each of its numbers is the same at the start
  /// Of weights: how many times as large as its inputs a sum of them is at the start.
  double gain = 0;
  double size = 0;  ///< of its numbers at the start, a root mean square
  double of_step = 0, of_all = 0, growth = 1;
};

struct Course {
  double start = 0, end = 0;    ///< the cost of the sample
  std::optional<double> means;  ///< were each answer the mean of the targets
  std::uint64_t steps = 0, planned = 0;
  bool is_over = false, is_recorded = false;
  std::vector<std::pair<std::uint64_t, double>> costs;  ///< of the sample, step by step
  std::vector<RateTrial> trials;                        ///< by rate; empty: too few steps
  std::size_t trial_steps = 0;
  std::uint64_t stopped_at = 0;  ///< steps after which early stopping ended the first trial; or 0
  double gradient = 0;           ///< its size at the start, where it is clipped
  double first_steps = 0;        ///< how far one of the first steps goes
  double rate = 0;               ///< the config's
  std::vector<BlockMove> moves;
  std::vector<EpochReport> epochs;
  std::optional<Problem> failure;  ///< what stopped the training
  std::vector<LayerLook> layers_at_start, layers;
  Skill skill, held_out;  ///< of the sample, and of the part that counts, if there is another
  SurestErrors surest{};  ///< of that part, if there is another
  std::size_t held_out_examples = 0;
  double held_out_cost = 0;   ///< as in a trial
  double held_out_means = 0;  ///< the same, were each answer the mean of the training targets
  std::vector<std::size_t> answered;
  std::vector<double> metrics_of_constant;

  /// Returns the cost of an answer that looks at no input, as far as it is known.
  double reference() const { return means && *means < start ? *means : start; }
  /// Returns the part of it that a cost has taken off; below 0 if it is worse.
  double learned_at(double cost) const {
    const double from = reference();
    return std::isfinite(cost) && from != 0 ? (from - cost) / std::abs(from) : -1;
  }
  double learned() const { return learned_at(end); }
  /// Returns how many steps the run makes: fewer than planned if something ends it before.
  std::uint64_t run_steps() const {
    return is_over && steps > 0 ? std::min(steps, planned) : planned;
  }
  /// Returns the same of the config's rate, after as many steps as other rates were tried for, too.
  double learned_at_own_rate() const;
  /// Returns whether so much was seen that finding nothing says something.
  bool has_seen_enough() const;
};

/// How long an examination may take, and who is told of it.
struct ExaminationLimits {
  double seconds = 5;
  std::function<bool()> stop{};                        ///< asked all the time; true ends it
  std::function<void(const std::string&)> progress{};  ///< what is being done
};

/// Trains from the start, at other rates first. The trainer is as after that training.
Course course_of_training(Trainer& trainer, Probe& probe, const ExaminationLimits& limits);
/// The same of a run that ended with this model. The trainer is as at its start then.
Course course_of_run(Trainer& trainer, Probe& probe, const Model& end,
                     const std::vector<EpochReport>& epochs, const ExaminationLimits& limits);

}  // namespace nnrun::host
