// Why a number stopped being finite: the likely cause, the numbers that speak for it, what to try.
#pragma once
#include "training/fault.hpp"
#include "training/picture.hpp"
namespace nnrun::host {

/// What a diagnosis must know besides the numbers.
struct Circumstances {
  const Experiment& experiment;
  const Preparation& preparation;
  const DataNames& names;
  std::uint64_t step;  ///< from 1: the one that was not made, or the last one
  double rate;         ///< of the last step; 0: there was none
};

/// Returns the first cause that the numbers speak for, in this order: outputs that the cost cannot
/// take; a class that makes a number that is not finite from moderate ones; a learning rate of 10
/// or more; inputs, then targets, above 1000; initial parameters above 100; numbers that grow from
/// layer to layer; a learning rate.
Diagnosis diagnosis_of(const Fault& fault, const Picture& picture, const Circumstances& around);

/// The same for an update by these that left parameters that are not finite; the picture has no
/// layers.
Diagnosis diagnosis_of_update(const std::vector<const Object*>& updaters, const Picture& picture,
                              const Circumstances& around);

/// Returns `learning_rate 1 -> try 0.1`.
std::string smaller_rate(double rate);
/// Returns `write init: he_normal in dense_1`, where key is `init`: what suits its activation.
std::string better_start(const Node& node, const char* key);

}  // namespace nnrun::host
