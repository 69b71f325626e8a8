// The same training by other libraries: each is a module of its own, loaded when it is measured, so
// that none of them is needed and none gets in the way of another.
#pragma once
#include <cstddef>
#include <vector>
namespace nnrun::bench {

/// Dense layers with biases and sigmoid, squared error summed over the outputs, its mean over a
/// batch, plain gradient descent.
struct Task {
  std::vector<std::size_t> units;  ///< inputs first
  std::size_t batch;
  float rate;
  std::vector<float> w;  ///< layer by layer: weights, inputs × units, then biases
  const float *x, *t;    ///< must outlive the peer
  std::size_t n;
  unsigned threads;
};

/// A network over images: relu behind each convolution and each dense layer but the last, which
/// ends in softmax and cross entropy; its mean over a batch, by Adam or plain gradient descent.
struct ImageTask {
  struct Layer {
    enum Kind { convolution, max_pooling, mean, dense } kind;
    std::size_t units = 0, window = 0;  ///< filters; pixels of a side
    bool same = false;
  };
  std::size_t side, channels;
  std::vector<Layer> layers;
  std::size_t batch;
  double rate;
  bool adam;
  std::vector<float> w;  ///< layer by layer: weights as in files, then biases
  const float *x, *t;    ///< pixel by pixel, channels last; must outlive the peer
  std::size_t n;
  unsigned threads;
};

class Peer {
 public:
  virtual ~Peer() = default;
  /// Trains on every example once, in order. Returns the sum of the costs, where it is at hand.
  virtual double epoch() = 0;
  /// Answers every example, one after the other. Returns false where the library is not asked.
  virtual bool answer() { return false; }
};

}  // namespace nnrun::bench

/// What a module exports. Returns nullptr for a task that the library does not have.
extern "C" __attribute__((visibility("default"))) nnrun::bench::Peer* nnrun_peer(
    const nnrun::bench::Task& task);
/// What a module exports that has networks over images.
extern "C" __attribute__((visibility("default"))) nnrun::bench::Peer* nnrun_image_peer(
    const nnrun::bench::ImageTask& task);
