// Where the time of a step goes.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "training/trainer.hpp"
namespace nnrun::host {

/// The seconds of a layer in one step of a batch; `backward`: slopes of its inputs, and of its
/// activation; `gradient`: those of its parameters. None: the step does not do that, or, of
/// `gradient`, `backward` has it: of one example, one call makes both.
struct LayerTime {
  std::string name, type, activation;
  std::size_t multiplications = 0;  ///< of one example's forward pass
  double forward = 0;
  std::optional<double> backward{}, gradient{};
  std::size_t passes = 1;  ///< how many times as many multiplications all of that is

  double seconds() const { return forward + backward.value_or(0) + gradient.value_or(0); }
};
/// Something else that a step does.
struct OtherTime {
  std::string what;
  double seconds = 0;
};

struct StepTimes {
  std::size_t rows = 0;  ///< of a batch
  std::vector<LayerTime> layers;
  std::vector<OtherTime> others;
  bool layers_count = true;  ///< false: the gradient is not by backpropagation, and holds them
  double shuffle = 0;        ///< of an epoch's examples, once for all of its steps

  double of_parts() const;
};

/// Returns the multiplications of one example's forward pass through a layer.
std::size_t multiplications_of(const Node& node);

/// Measures each part of a step by itself, in loops that repeat it: in numbers of its own, so no
/// step of the trainer is made.
StepTimes times_of_parts(const Trainer& trainer);

/// Returns the seconds of a step of training, without evaluation: the least of some rounds from the
/// trainer's state on, to which it is put back.
double time_of_step(Trainer& trainer);

}  // namespace nnrun::host
