#include "convolutions.hpp"

#include <chrono>
#include <cstdio>
#include <iterator>

#include "batches.hpp"
#include "diagnosis/machine_peak.hpp"
#include "loading/object.hpp"
#include "network/buffer.hpp"
#include "network/graph.hpp"
#include "plain.hpp"
#include "rounds.hpp"
namespace nnrun::bench {
namespace {

using host::Buffer;

template <class T>
Buffer<T> numbers(std::size_t n) {
  Buffer<T> made(n);
  for (std::size_t i = 0; i < n; ++i)
    made.data()[i] = static_cast<T>(i * 2654435761 % 1024) / 512 - 1;
  return made;
}

/// A layer of filters over made-up numbers, with its calls prepared.
template <class T>
class Layer {
 public:
  Layer(host::Registry& registry, const Filters& v, const std::string& name = "conv2d",
        const std::string& padding = "valid")
      : object_(use(registry, v, name, padding)), shape_{3, {v.side, v.side, v.channels}} {
    plan_.size = sizeof plan_;
    plan_.n_in = 1;
    plan_.in = &shape_;
    object_.call("plan", object_.functions<nnrun_layer>().plan, &plan_);
    const std::size_t in = v.images * host::size_of(shape_),
                      out = v.images * host::size_of(plan_.out);
    x = numbers<T>(in), dx = Buffer<T>(in), y = Buffer<T>(out), dy = numbers<T>(out);
    w = numbers<T>(plan_.n_parameters), dw = Buffer<T>(plan_.n_parameters);
    scratch_ = Buffer<T>(plan_.scratch), kept_ = Buffer<T>(v.images * plan_.kept_per_row);
    input_ = {x.data(), dx.data(), host::size_of(shape_), 0};
    call_.size = sizeof call_;
    call_.n_in = 1;
    call_.rows = v.images;
    call_.in = &input_;
    call_.out = {y.data(), dy.data(), host::size_of(plan_.out), 0};
    call_.w = w.data();
    call_.dw = dw.data();
    call_.tiles = call_.training = 1;
    call_.plan = &plan_;
    call_.scratch = scratch_.data();
    if (plan_.kept_per_row > 0) call_.kept_rows = kept_.data();
  }
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  using Pass = int (*nnrun_layer_functions::*)(void*, const nnrun_layer_call*);
  void run(Pass pass) {
    object_.call("a pass", object_.functions<nnrun_layer>().by_dtype[host::dtype_of<T>].*pass,
                 &call_);
  }
  Contender timed(const char* name, Pass pass) {
    return {name, [this, pass] { return seconds_of([this, pass] { run(pass); }); }};
  }
  double multiplications() const {
    return static_cast<double>(plan_.work_per_row) * static_cast<double>(call_.rows);
  }
  Buffer<T> x, dx, y, dy, w, dw;

 private:
  static host::Use use(host::Registry& registry, const Filters& v, const std::string& name,
                       const std::string& padding) {
    host::Use use{registry.find("layer", name), {}, {}};
    for (std::uint32_t i = 0; i < use.plugin->table->n_settings; ++i) {
      const nnrun_setting& setting = host::setting_of(*use.plugin, i);
      if (setting.name == std::string("filters"))
        use.settings.emplace_back(static_cast<std::int64_t>(v.filters));
      else if (setting.name == std::string("kernel_size"))
        use.settings.emplace_back(std::vector<double>{static_cast<double>(v.window)});
      else if (setting.name == std::string("padding"))
        use.settings.emplace_back(padding);
      else
        use.settings.push_back(host::default_of(setting));
    }
    return use;
  }
  host::Object object_;
  nnrun_shape shape_;
  nnrun_plan plan_{};
  nnrun_tensor input_{};
  nnrun_layer_call call_{};
  Buffer<T> scratch_, kept_;
};

/// Prints what each pass makes of what a core can do in registers, `fused` a second.
template <class T>
void print_shares(host::Registry& registry, int rounds, double fused, const std::string& name,
                  const Filters& v) {
  Layer<T> layer(registry, v, name, "same");
  std::vector<Contender> passes{
      layer.timed("forward", &nnrun_layer_functions::forward),
      layer.timed("inputs", &nnrun_layer_functions::backward_inputs),
      layer.timed("parameters", &nnrun_layer_functions::backward_parameters)};
  alternate(passes, rounds);
  std::printf("  %-16s %-7s %2zu x %2zu x %3zu", name.c_str(),
              sizeof(T) == sizeof(float) ? "float32" : "float64", v.side, v.side, v.channels);
  for (const Contender& pass : passes)
    std::printf("  %s %3.0f %%", pass.name.c_str(),
                100 * layer.multiplications() / pass.best / fused);
  std::printf("\n");
}

}  // namespace

void shares_of_peak(host::Registry& registry, int rounds) {
  const double fused = host::fused_per_second(host::Dtype::float32);
  std::printf("\n3 x 3 same, as many filters as channels, one thread: share of %.1f GFLOP/s\n",
              2 * fused / 1e9);
  for (const Filters& v : {Filters{16, 32, 16, 3, 16}, Filters{16, 32, 32, 3, 32},
                           Filters{16, 16, 64, 3, 64}, Filters{16, 8, 128, 3, 128}}) {
    print_shares<float>(registry, rounds, fused, "conv2d", v);
    print_shares<double>(registry, rounds, fused / 2, "conv2d", v);
  }
  for (const Filters& v : {Filters{16, 32, 16, 3, 16}, Filters{16, 16, 64, 3, 64}})
    print_shares<float>(registry, rounds, fused, "depthwise_conv2d", v);
}

void convolutions(host::Registry& registry, int rounds) {
  constexpr std::pair<const char*, Filters> shapes[] = {
      {"28 x 28 x 1, 6 of 5 x 5", {32, 28, 1, 5, 6}},
      {"12 x 12 x 6, 16 of 5 x 5", {32, 12, 6, 5, 16}},
      {"28 x 28 x 1, 20 of 5 x 5", {32, 28, 1, 5, 20}},
      {"34 x 34 x 32, 32 of 3 x 3", {8, 34, 32, 3, 32}},
      {"18 x 18 x 64, 64 of 3 x 3", {8, 18, 64, 3, 64}}};
  std::printf("\nconv2d, float32, one thread: 10^9 multiplications and additions a second\n");
  for (const auto& [title, v] : shapes) {
    Layer<float> layer(registry, v);
    const float *x = layer.x.data(), *w = layer.w.data(), *dy = layer.dy.data();
    std::vector<Contender> passes{
        layer.timed("forward", &nnrun_layer_functions::forward),
        layer.timed("inputs", &nnrun_layer_functions::backward_inputs),
        layer.timed("parameters", &nnrun_layer_functions::backward_parameters),
        {"", [&] { return seconds_of([&] { plain_forward(v, x, w, layer.y.data()); }); }},
        {"", [&] { return seconds_of([&] { plain_backward_inputs(v, dy, w, layer.dx.data()); }); }},
        {"",
         [&] { return seconds_of([&] { plain_backward_weights(v, x, dy, layer.dw.data()); }); }}};
    alternate(passes, rounds);
    std::printf("  %-26s", title);
    for (std::size_t k = 0; k < 3; ++k)
      std::printf("  %s %5.1f, plain %4.1f, x %4.1f", passes[k].name.c_str(),
                  2e-9 * layer.multiplications() / passes[k].best,
                  2e-9 * layer.multiplications() / passes[k + 3].best,
                  passes[k + 3].best / passes[k].best);
    std::printf("\n");
  }
}

double pools_and_relu(host::Registry& registry, int rounds) {
  const host::Object relu(host::Use{registry.find("activation", "relu"), {}, {}});
  const auto& functions = relu.functions<nnrun_activation>().by_dtype[NNRUN_F32];
  constexpr std::size_t batch = 64;
  double seconds = 0;
  for (const Filters& v : {Filters{batch, 28, 6, 0, 0}, Filters{batch, 10, 16, 0, 0}}) {
    Layer<float> pool(registry, v, "max_pooling2d");
    const std::size_t n = pool.x.size();
    float *const x = pool.x.data(), *const dx = pool.dx.data();  // relu writes over what it takes
    std::vector<Contender> passes{
        pool.timed("", &nnrun_layer_functions::forward),
        pool.timed("", &nnrun_layer_functions::backward_inputs),
        {"",
         [&] {
           return seconds_of(
               [&] { relu.call("forward", functions.forward, x, x, batch, n / batch); });
         }},
        {"", [&] {
           return seconds_of(
               [&] { relu.call("backward", functions.backward, x, x, dx, dx, batch, n / batch); });
         }}};
    alternate(passes, rounds);
    for (const Contender& pass : passes) seconds += pass.best / batch;
  }
  return seconds;
}

}  // namespace nnrun::bench
