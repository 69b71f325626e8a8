#include "fuzz/target.hpp"
#include "runs/checkpoint.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

constexpr auto course = R"(name: n
dtype: float32
data: {type: circle, examples: 16, split: {validation: 0.25}}
model:
  input: 2
  layers:
    - {type: dense, units: 2, activation: tanh}
    - {type: batch_norm}
    - {type: dense, units: 1}
train:
  cost: sum_squared_error
  gradient: backprop
  optimizer: {type: adam, learning_rate: 0.1}
  schedule: {type: reduce_on_plateau, patience: 1}
  batch_size: 2
  epochs: 9
  early_stopping: {monitor: val.cost, patience: 3, restore_best: true}
)";

}  // namespace

/// What is accepted is a state from which a run goes on, and which can be kept again.
void fuzz_checkpoint(std::string_view input) {
  static const host::Experiment run = experiment(course);
  static const std::unique_ptr<host::Trainer> trainer = host::Trainer::create(run, 1);
  const host::CheckpointOrigin origin{"course", "data"};
  const auto file = fuzz_folder().write("step.safetensors", input);
  host::restore_checkpoint(file, *trainer, origin);
  host::write_checkpoint(fuzz_folder() / "again.safetensors", *trainer, run, origin);
  try {
    host::restore_checkpoint(fuzz_folder() / "again.safetensors", *trainer, origin);
  } catch (const host::Error& error) {
    require_promise(false, host::render(error, false).c_str());
  }
  trainer->advance({}, 3);
}

}  // namespace nnrun::testing
