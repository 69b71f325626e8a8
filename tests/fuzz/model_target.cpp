#include "fuzz/target.hpp"
#include "network/model.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

constexpr std::string_view network = R"(name: n
data: {type: csv, path: none.csv, scale: standard}
model:
  input: 2
  layers:
    - {type: dense, units: 2, activation: tanh}
    - {type: batch_norm}
    - {type: dense, units: 1}
train: {cost: sum_squared_error, gradient: backprop, optimizer: {type: sgd, learning_rate: 0.1}}
)";

/// A file that was read can be written again, with the same content.
void write_again(const host::TensorFile& read) {
  const auto copy = fuzz_folder() / "copy.safetensors";
  std::filesystem::remove(copy);
  host::write_safetensors(copy, read.tensors, read.metadata, host::Sync::later);
  const host::TensorFile again = host::read_safetensors(copy);
  require_promise(again.metadata == read.metadata, "metadata read back");
  require_promise(std::ranges::equal(again.tensors, read.tensors,
                                     [](const host::Tensor& a, const host::Tensor& b) {
                                       return a.name == b.name && a.dtype == b.dtype &&
                                              a.shape == b.shape &&
                                              std::ranges::equal(a.bytes, b.bytes);
                                     }),
                  "tensors read back");
}

}  // namespace

void fuzz_model(std::string_view input) {
  const auto file = fuzz_folder().write("model.safetensors", input);
  write_again(host::read_safetensors(file));
  static const host::Experiment narrow = experiment("dtype: float32\n" + std::string(network)),
                                wide = experiment("dtype: float64\n" + std::string(network));
  const host::ModelFile model = host::read_model(file);
  for (const host::Experiment* e : {&narrow, &wide}) {
    const auto read = host::Model::read(*e, model);
    read->predict_each({std::vector<double>(read->preparation().inputs(), 0.5)});
  }
}

}  // namespace nnrun::testing
