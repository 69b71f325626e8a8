// A checkpoint: everything that a run changes, in a file of which each byte is accounted for.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "network/safetensors.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

/// What a checkpoint says of its run besides the numbers.
struct CheckpointOrigin {
  std::string course_sha256;  ///< of the config without what may differ when a run goes on
  std::string data_sha256;    ///< of all examples
};

/// Returns the folder of a run's checkpoints.
std::filesystem::path checkpoint_folder(const std::filesystem::path& run);
/// Returns `step-000000000123.safetensors`.
std::string checkpoint_name(std::uint64_t step);
/// Returns the steps of the checkpoints in a folder, the newest first; none if it does not exist.
std::vector<std::uint64_t> checkpoint_steps(const std::filesystem::path& folder);

/// Returns the SHA-256 of the config without what may differ when a run goes on.
std::string course_sha256(const Experiment& experiment);

/// Writes a file safely, in place of one of that name. Throws RecordError.
void write_checkpoint(const std::filesystem::path& file, const Trainer& trainer,
                      const Experiment& experiment, const CheckpointOrigin& origin);

/// Sets a trainer to a checkpoint. Throws RecordError that says why the file is refused: it is
/// damaged, of another run, or its numbers are impossible; what Trainer::restore says then holds.
void restore_checkpoint(const std::filesystem::path& file, Trainer& trainer,
                        const CheckpointOrigin& origin);

}  // namespace nnrun::host
