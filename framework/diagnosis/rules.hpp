// What keeps a run from learning, by rules over what was measured.
#pragma once
#include "diagnosis/course.hpp"
#include "diagnosis/data_sample.hpp"
#include "diagnosis/finding.hpp"
namespace nnrun::host {

/// All that rules look at.
struct Evidence {
  const Experiment& experiment;
  const Trainer& trainer;
  const Graph& graph;  ///< that of the probe, with the layers of the looks
  const DataSample& sample;
  const Course& course;

  /// Returns whether the network has found something in the data.
  bool has_learned_much() const;
};

/// Return what does not fit together or cannot begin, what is not scaled, which learning rate would
/// do better, what became of the layers and of the course, and what else is wrong with the data:
/// called in this order, causes come before what follows from them.
std::vector<Illness> illnesses_of_start(const Evidence& evidence);
std::vector<Illness> illnesses_of_scale(const Evidence& evidence);
std::vector<Illness> illnesses_of_rate(const Evidence& evidence);
std::vector<Illness> illnesses_of_layers(const Evidence& evidence);
std::vector<Illness> illnesses_of_data(const Evidence& evidence);
/// Returns what only the absence of other causes speaks for.
std::vector<Illness> illnesses_by_exclusion(const Evidence& evidence);

/// Return `12 %` of 0.12, and a number with three digits.
std::string percent_text(double share);
std::string number_text(double x);

}  // namespace nnrun::host
