// LeNet of configs/mnist/lenet.yaml by hand: what a careful author reaches for these sizes alone.
#pragma once
#include <cstddef>
#include <memory>
#include <vector>
namespace nnrun::bench {

class HandLenet {
 public:
  /// Takes the parameters in the order of files: each layer's weights, then its biases.
  explicit HandLenet(const std::vector<float>& start);
  ~HandLenet();
  /// Trains an epoch, in batches of 64 in the order of the rows, whose rest is left out. Returns
  /// the sum of the costs.
  double train(const float* x, const float* t, std::size_t count);

 private:
  struct Numbers;
  std::unique_ptr<Numbers> numbers_;
};

}  // namespace nnrun::bench
