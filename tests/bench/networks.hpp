// The networks that are measured, as experiments, and their numbers for the plain loops.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "config/experiment.hpp"
#include "training/data.hpp"
namespace nnrun::bench {

/// A folder for configs, data and runs; removed with all it holds.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

inline constexpr std::size_t rows_of_digits = 1024;
/// 784 inputs and layers of dense units over made-up numbers in a file; the last layer has 10.
/// product: ordered or eigen.
host::Experiment digits_like(const ScratchFolder& folder, const std::vector<std::size_t>& units,
                             std::size_t batch, const std::string& product,
                             const std::string& dtype, host::Registry& registry);
/// configs/mnist/lenet.yaml over the same numbers, as images of 28 × 28 × 1.
host::Experiment images_like(const ScratchFolder& folder, host::Registry& registry);
/// Convolutions of 3 × 3, padding same, relu, over 256 made-up images of 32 × 32 × 3; 0 stands for
/// a max pooling. head: the lines of the layers between them and ten units with softmax.
host::Experiment pictures_like(const ScratchFolder& folder, const std::vector<std::size_t>& filters,
                               const std::string& head, std::size_t batch,
                               host::Registry& registry);
inline constexpr std::size_t rows_of_pictures = 256;
/// Inputs and layers of dense units, sigmoid; only for sweeps, since its data do not fit.
host::Experiment chain(const ScratchFolder& folder, std::size_t inputs,
                       const std::vector<std::size_t>& units, host::Registry& registry);

/// What a trainer would start with.
template <class T>
struct Start {
  std::vector<T> w;  ///< block after block, without padding
  host::Examples<T> train;
};
/// inputs_first: weights become inputs × units, as the plain batch loops want them.
template <class T>
Start<T> start_of(const host::Experiment& experiment, bool inputs_first);

}  // namespace nnrun::bench
