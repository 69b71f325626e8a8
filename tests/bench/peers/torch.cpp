#include <torch/torch.h>

#include "peers/peer.hpp"
namespace nnrun::bench {
namespace {

class Torch : public Peer {
 public:
  explicit Torch(const Task& task)
      : batch_(static_cast<std::int64_t>(task.batch)), threads_(static_cast<int>(task.threads)) {
    const float* w = task.w.data();
    for (std::size_t k = 1; k < task.units.size(); ++k) {
      const auto in = static_cast<std::int64_t>(task.units[k - 1]),
                 out = static_cast<std::int64_t>(task.units[k]);
      torch::nn::Linear layer(in, out);
      net_->push_back(layer);
      net_->push_back(torch::nn::Sigmoid());
      const torch::NoGradGuard not_a_step;
      layer->weight.copy_(matrix(w, in, out).t());
      layer->bias.copy_(matrix(w + in * out, 1, out).view({out}));
      w += (in + 1) * out;
    }
    const auto n = static_cast<std::int64_t>(task.n);
    x_ = matrix(task.x, n, static_cast<std::int64_t>(task.units.front())).clone();
    t_ = matrix(task.t, n, static_cast<std::int64_t>(task.units.back())).clone();
    descent_ =
        std::make_unique<torch::optim::SGD>(net_->parameters(), static_cast<double>(task.rate));
  }
  double epoch() override {
    torch::set_num_threads(threads_);
    double total = 0;
    for (std::int64_t from = 0; from + batch_ <= x_.size(0); from += batch_) {
      descent_->zero_grad();
      const torch::Tensor cost =
          (net_->forward(x_.narrow(0, from, batch_)) - t_.narrow(0, from, batch_)).square().sum();
      (cost / static_cast<double>(batch_)).backward();
      descent_->step();
      total += cost.item<double>();
    }
    return total;
  }

 private:
  static torch::Tensor matrix(const float* at, std::int64_t rows, std::int64_t columns) {
    return torch::from_blob(const_cast<float*>(at), {rows, columns}, torch::kFloat32);
  }

  std::int64_t batch_;
  int threads_;
  torch::nn::Sequential net_;
  torch::Tensor x_, t_;
  std::unique_ptr<torch::optim::SGD> descent_;
};

}  // namespace
}  // namespace nnrun::bench

nnrun::bench::Peer* nnrun_peer(const nnrun::bench::Task& task) {
  return new nnrun::bench::Torch(task);
}
