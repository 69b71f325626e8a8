// What is done to the inputs of training examples whenever they are seen, one after the other.
#pragma once
#include <memory>
#include <utility>

#include "network/buffer.hpp"
#include "network/memory_needs.hpp"
#include "network/random.hpp"
namespace nnrun::host {

/// A class of `data.augment`, and how many random numbers an example takes of it.
struct PlannedAugmentation {
  Object object;
  std::size_t n_random;
};
/// Throws ConfigError at the place of a class that refuses examples of this shape, or is of images
/// while they are of a series.
std::vector<PlannedAugmentation> plan_augmentations(const std::vector<Use>& uses,
                                                    const nnrun_shape& shape, bool of_series);
/// Returns what they need in training, for batches of so many rows.
std::vector<Need> needs_of(const std::vector<PlannedAugmentation>& planned, std::size_t rows,
                           std::size_t cols, Dtype dtype);

template <class T>
class Augmenter {
 public:
  /// random: must outlive it.
  Augmenter(std::vector<PlannedAugmentation> planned, const nnrun_shape& shape, std::size_t cols,
            std::size_t batch_rows, Random& random)
      : shape_(shape), cols_(cols) {
    std::size_t most = 0;
    for (PlannedAugmentation& one : planned) {
      stages_.push_back(std::make_unique<Stage>(std::move(one), random, stages_.size() + 1));
      most = std::max(most, stages_.back()->planned.n_random);
    }
    if (!stages_.empty()) other_ = Buffer<T>(batch_rows * cols);
    random_.resize(batch_rows * most);
  }

  bool is_empty() const { return stages_.empty(); }
  /// Changes the inputs of the examples that stand at from, from + 1, … of an epoch. Returns where
  /// they are then: x or elsewhere, until the next call.
  const T* change(T* x, std::size_t from, std::size_t rows, std::uint64_t epoch) {
    T* to = other_.data();
    for (const std::unique_ptr<Stage>& stage : stages_) {
      const std::size_t n = stage->planned.n_random;
      stage->stream.restart(epoch, from * n);
      stage->stream.fill(std::span(random_).first(rows * n));
      const nnrun_augmentation_call call{sizeof call, rows, cols_,          &shape_,
                                         x,           to,   random_.data(), n};
      const Object& object = stage->planned.object;
      object.call("change", object.functions<nnrun_augmentation>().change[dtype_of<T>], &call);
      std::swap(x, to);
    }
    return x;
  }

 private:
  struct Stage {  // cannot move: the stream is lent
    PlannedAugmentation planned;
    Stream stream;
    Stage(PlannedAugmentation own, Random& random, std::size_t number)
        : planned(std::move(own)), stream(random, "augment/" + std::to_string(number), 0) {}
  };
  nnrun_shape shape_;
  std::size_t cols_;
  std::vector<std::unique_ptr<Stage>> stages_;
  Buffer<T> other_;
  std::vector<double> random_;
};

}  // namespace nnrun::host
