// A recorded run trained again, and what came out compared with its record.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "runs/repetition.hpp"
namespace nnrun::host {

enum class Verdict { identical, close, different };

/// The first value that is not the recorded one. column: of metrics.csv, `result.` and its place in
/// run.json, or its place in model.safetensors; an empty text: there is no such value.
struct FirstDifference {
  std::uint64_t epoch = 0;
  std::string column, recorded, now;
};

struct Verification {
  Verdict verdict = Verdict::identical;
  int digits = most_digits;  ///< that all weights and metrics have in common
  std::optional<FirstDifference> first_difference;
  std::vector<Change> changes;  ///< of what the run was made with
  std::string recorded_weights, weights;
  /// The checksum of the weights in model.safetensors, if it is not the recorded one.
  std::string other_model;

  static constexpr int most_digits = 17;  ///< a double has no more
  static constexpr int close_digits = 3;  ///< what another instruction set may leave
};

/// Makes the steps that the run made, as it made them, and writes nothing. Throws what training
/// throws. If the listener stops it, what it returns means nothing.
Verification verify_run(const OpenedRun& run, Trainer& trainer, const Listener& listener);

}  // namespace nnrun::host
