#include <torch/torch.h>

#include "peers/peer.hpp"
namespace nnrun::bench {
namespace {

class TorchImages : public Peer {
 public:
  explicit TorchImages(const ImageTask& task) : task_(task), next_(task.w.data()) {
    auto side = whole(task.side), channels = whole(task.channels);
    std::int64_t columns = 0;  // of what is no longer an image
    for (const ImageTask::Layer& layer : task.layers) {
      const auto units = whole(layer.units), window = whole(layer.window);
      switch (layer.kind) {
        case ImageTask::Layer::convolution:
          add_convolution(channels, units, window, layer.same);
          channels = units;
          if (!layer.same) side -= window - 1;
          break;
        case ImageTask::Layer::max_pooling:
          net_->push_back(torch::nn::MaxPool2d(window));
          side /= window;
          break;
        case ImageTask::Layer::mean:
          net_->push_back(torch::nn::AdaptiveAvgPool2d(1));
          side = 1;
          break;
        case ImageTask::Layer::dense:
          if (columns == 0) net_->push_back(torch::nn::Flatten());
          add_dense(columns == 0 ? side : 1, columns == 0 ? channels : columns, units,
                    &layer == &task.layers.back());
          columns = units;
      }
    }
    const auto n = whole(task.n), pixels = whole(task.side);
    x_ = numbers(task.x, {n, pixels, pixels, whole(task.channels)})
             .permute({0, 3, 1, 2})
             .contiguous();
    t_ = numbers(task.t, {n, columns}).clone();
    if (task.adam)
      descent_ = std::make_unique<torch::optim::Adam>(net_->parameters(), task.rate);
    else
      descent_ = std::make_unique<torch::optim::SGD>(net_->parameters(), task.rate);
  }
  double epoch() override {
    torch::set_num_threads(static_cast<int>(task_.threads));
    double total = 0;
    const auto n = whole(task_.n), batch = whole(task_.batch);
    for (std::int64_t from = 0; from + batch <= n; from += batch) {
      descent_->zero_grad();
      const torch::Tensor y = torch::log_softmax(net_->forward(x_.narrow(0, from, batch)), 1),
                          cost = -(y * t_.narrow(0, from, batch)).sum();
      (cost / static_cast<double>(batch)).backward();
      descent_->step();
      total += cost.item<double>();
    }
    return total;
  }

 private:
  static std::int64_t whole(std::size_t n) { return static_cast<std::int64_t>(n); }
  static torch::Tensor numbers(const float* at, torch::IntArrayRef shape) {
    return torch::from_blob(const_cast<float*>(at), shape, torch::kFloat32);
  }
  /// Takes the next of the parameters.
  torch::Tensor take(torch::IntArrayRef shape) {
    const torch::Tensor taken = numbers(next_, shape);
    next_ += taken.numel();
    return taken;
  }
  void add_convolution(std::int64_t channels, std::int64_t filters, std::int64_t window,
                       bool same) {
    torch::nn::Conv2d layer(
        torch::nn::Conv2dOptions(channels, filters, window).padding(same ? window / 2 : 0));
    net_->push_back(layer);
    net_->push_back(torch::nn::ReLU());
    const torch::NoGradGuard not_a_step;
    layer->weight.copy_(take({filters, channels, window, window}));
    layer->bias.copy_(take({filters}));
  }
  /// Its inputs are the pixels of an image here, where channels are first.
  void add_dense(std::int64_t side, std::int64_t channels, std::int64_t units, bool last) {
    torch::nn::Linear layer(side * side * channels, units);
    net_->push_back(layer);
    if (!last) net_->push_back(torch::nn::ReLU());
    const torch::NoGradGuard not_a_step;
    layer->weight.copy_(
        take({units, side, side, channels}).permute({0, 3, 1, 2}).reshape({units, -1}));
    layer->bias.copy_(take({units}));
  }

  ImageTask task_;
  const float* next_;
  torch::nn::Sequential net_;
  torch::Tensor x_, t_;
  std::unique_ptr<torch::optim::Optimizer> descent_;
};

}  // namespace
}  // namespace nnrun::bench

nnrun::bench::Peer* nnrun_image_peer(const nnrun::bench::ImageTask& task) {
  return new nnrun::bench::TorchImages(task);
}
