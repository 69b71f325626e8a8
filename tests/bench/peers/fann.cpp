// One example at a time: what FANN calls a batch is all the data at once.
#include <floatfann.h>

#include <algorithm>

#include "peers/peer.hpp"
namespace nnrun::bench {
namespace {

class Fann : public Peer {
 public:
  explicit Fann(const Task& task) {
    std::vector<unsigned> units(task.units.begin(), task.units.end());
    net_ = fann_create_standard_array(static_cast<unsigned>(units.size()), units.data());
    fann_set_training_algorithm(net_, FANN_TRAIN_INCREMENTAL);
    fann_set_activation_function_hidden(net_, FANN_SIGMOID);
    fann_set_activation_function_output(net_, FANN_SIGMOID);
    fann_set_activation_steepness_hidden(net_, 0.5f);  // 1 / (1 + e^-2sx)
    fann_set_activation_steepness_output(net_, 0.5f);
    fann_set_train_error_function(net_, FANN_ERRORFUNC_LINEAR);
    fann_set_learning_rate(net_, 2 * task.rate);  // its slope has no factor of 2
    set_weights(task);
    data_ = fann_create_train(static_cast<unsigned>(task.n), units.front(), units.back());
    for (std::size_t i = 0; i < task.n; ++i) {
      std::copy_n(task.x + i * units.front(), units.front(), data_->input[i]);
      std::copy_n(task.t + i * units.back(), units.back(), data_->output[i]);
    }
  }
  ~Fann() override {
    fann_destroy_train(data_);
    fann_destroy(net_);
  }
  Fann(const Fann&) = delete;
  Fann& operator=(const Fann&) = delete;
  double epoch() override {
    return static_cast<double>(fann_train_epoch(net_, data_)) * data_->num_data * data_->num_output;
  }
  bool answer() override {
    for (unsigned i = 0; i < data_->num_data; ++i) fann_run(net_, data_->input[i]);
    return true;
  }

 private:
  /// A layer's neurons come one after the other, then one that is 1: the bias of the next layer.
  void set_weights(const Task& task) {
    unsigned from = 0;
    const float* w = task.w.data();
    for (std::size_t k = 1; k < task.units.size(); ++k) {
      const auto in = static_cast<unsigned>(task.units[k - 1]),
                 out = static_cast<unsigned>(task.units[k]);
      for (unsigned i = 0; i <= in; ++i)
        for (unsigned u = 0; u < out; ++u) fann_set_weight(net_, from + i, from + in + 1 + u, *w++);
      from += in + 1;
    }
  }

  fann* net_ = nullptr;
  fann_train_data* data_ = nullptr;
};

}  // namespace
}  // namespace nnrun::bench

nnrun::bench::Peer* nnrun_peer(const nnrun::bench::Task& task) {
  if (task.batch > 1 || task.threads > 1) return nullptr;
  return new nnrun::bench::Fann(task);
}
