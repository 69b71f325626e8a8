// Written by hand around a library's matrix product, as one would who wants it fast: the update is
// part of the product of the gradient.
#pragma once
#include <algorithm>
#include <nnrun/math.hpp>
#include <vector>

#include "peers/peer.hpp"
namespace nnrun::bench {

/// A product of row-major matrices, C = scale · op(A) op(B) + keep · C: op(A) is m × k, op(B) k ×
/// n.
struct Product {
  bool a_transposed, b_transposed;
  std::size_t m, n, k;
  float scale, keep;
  const float *a, *b;
  std::size_t a_row, b_row;  ///< from one row in memory to the next
  float* c;
};

/// use_threads: tells the library how many, before each epoch, since it has one number for all.
template <void multiply(const Product&), void use_threads(unsigned)>
class ByHand : public Peer {
 public:
  explicit ByHand(const Task& task) : task_(task), w_(task.w) {
    std::size_t at = 0;
    for (std::size_t k = 1; k < task.units.size(); ++k) {
      layers_.push_back({task.units[k - 1], task.units[k], at, {}, {}});
      at += (task.units[k - 1] + 1) * task.units[k];
      layers_.back().y.resize(task.batch * task.units[k]);
      layers_.back().dz.resize(task.batch * task.units[k]);
    }
  }
  double epoch() override {
    use_threads(task_.threads);
    double total = 0;
    for (std::size_t from = 0; from + task_.batch <= task_.n; from += task_.batch) {
      const float* const x = task_.x + from * task_.units.front();
      forward(x);
      total += slopes_of_cost(task_.t + from * task_.units.back());
      backward(x);
    }
    return total;
  }

 private:
  struct Layer {
    std::size_t in, out, at;  // at: of its weights; its biases stand behind them
    std::vector<float> y, dz;
  };

  void forward(const float* x) {
    for (Layer& layer : layers_) {
      const float *const w = w_.data() + layer.at, *const b = w + layer.in * layer.out;
      for (std::size_t r = 0; r < task_.batch; ++r)
        std::copy_n(b, layer.out, layer.y.data() + r * layer.out);
      multiply({false, false, task_.batch, layer.out, layer.in, 1, 1, x, w, layer.in, layer.out,
                layer.y.data()});
      for (float& y : layer.y) y = sigmoid(y);
      x = layer.y.data();
    }
  }
  double slopes_of_cost(const float* t) {
    Layer& last = layers_.back();
    float total = 0;
    for (std::size_t i = 0; i < last.y.size(); ++i) {
      const float error = last.y[i] - t[i];
      total += error * error;
      last.dz[i] = 2 * error / static_cast<float>(task_.batch) * last.y[i] * (1 - last.y[i]);
    }
    return static_cast<double>(total);
  }
  void backward(const float* x) {
    for (std::size_t k = layers_.size(); k-- > 0;) {
      Layer& layer = layers_[k];
      float *const w = w_.data() + layer.at, *const b = w + layer.in * layer.out;
      if (k > 0) {  // before the weights change
        Layer& below = layers_[k - 1];
        multiply({false, true, task_.batch, layer.in, layer.out, 1, 0, layer.dz.data(), w,
                  layer.out, layer.out, below.dz.data()});
        for (std::size_t i = 0; i < below.y.size(); ++i)
          below.dz[i] *= below.y[i] * (1 - below.y[i]);
      }
      multiply({true, false, layer.in, layer.out, task_.batch, -task_.rate, 1,
                k > 0 ? layers_[k - 1].y.data() : x, layer.dz.data(), layer.in, layer.out, w});
      for (std::size_t r = 0; r < task_.batch; ++r)
        for (std::size_t u = 0; u < layer.out; ++u)
          b[u] -= task_.rate * layer.dz[r * layer.out + u];
    }
  }

  Task task_;
  std::vector<float> w_;
  std::vector<Layer> layers_;
};

}  // namespace nnrun::bench
