#include "convolutions.hpp"

#include <chrono>
#include <cstdio>
#include <iterator>

#include "loading/object.hpp"
#include "network/buffer.hpp"
#include "network/graph.hpp"
#include "plain.hpp"
#include "rounds.hpp"
namespace nnrun::bench {
namespace {

using host::Buffer;

Buffer<float> numbers(std::size_t n) {
  Buffer<float> made(n);
  for (std::size_t i = 0; i < n; ++i)
    made.data()[i] = static_cast<float>(i * 2654435761 % 1024) / 512 - 1;
  return made;
}

/// conv2d over made-up numbers, with its calls prepared.
class Layer {
 public:
  Layer(host::Registry& registry, const Filters& v)
      : object_(use(registry, v)), shape_{3, {v.side, v.side, v.channels}} {
    plan_.size = sizeof plan_;
    plan_.n_in = 1;
    plan_.in = &shape_;
    object_.call("plan", object_.functions<nnrun_layer>().plan, &plan_);
    const std::size_t in = v.images * host::size_of(shape_),
                      out = v.images * host::size_of(plan_.out);
    x = numbers(in), dx = Buffer<float>(in), y = Buffer<float>(out), dy = numbers(out);
    w = numbers(plan_.n_parameters), dw = Buffer<float>(plan_.n_parameters);
    scratch_ = Buffer<float>(plan_.scratch);
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
  }
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  void run(int (*nnrun_layer_functions::*pass)(void*, const nnrun_layer_call*)) {
    object_.call("a pass", object_.functions<nnrun_layer>().by_dtype[NNRUN_F32].*pass, &call_);
  }
  double multiplications() const {
    return static_cast<double>(plan_.work_per_row) * static_cast<double>(call_.rows);
  }
  Buffer<float> x, dx, y, dy, w, dw;

 private:
  static host::Use use(host::Registry& registry, const Filters& v) {
    host::Use use{registry.find("layer", "conv2d"), {}, {}};
    for (std::uint32_t i = 0; i < use.plugin->table->n_settings; ++i) {
      const nnrun_setting& setting = host::setting_of(*use.plugin, i);
      if (setting.name == std::string("filters"))
        use.settings.emplace_back(static_cast<std::int64_t>(v.filters));
      else if (setting.name == std::string("kernel_size"))
        use.settings.emplace_back(std::vector<double>{static_cast<double>(v.window)});
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
  Buffer<float> scratch_;
};

}  // namespace

void convolutions(host::Registry& registry, int rounds) {
  constexpr std::pair<const char*, Filters> shapes[] = {
      {"28 x 28 x 1, 6 of 5 x 5", {32, 28, 1, 5, 6}},
      {"12 x 12 x 6, 16 of 5 x 5", {32, 12, 6, 5, 16}},
      {"28 x 28 x 1, 20 of 5 x 5", {32, 28, 1, 5, 20}},
      {"34 x 34 x 32, 32 of 3 x 3", {8, 34, 32, 3, 32}},
      {"18 x 18 x 64, 64 of 3 x 3", {8, 18, 64, 3, 64}}};
  std::printf("\nconv2d, float32, one thread: 10^9 multiplications and additions a second\n");
  for (const auto& [title, v] : shapes) {
    Layer layer(registry, v);
    const float *x = layer.x.data(), *w = layer.w.data(), *dy = layer.dy.data();
    std::vector<Contender> passes{
        {"forward",
         [&] { return seconds_of([&] { layer.run(&nnrun_layer_functions::forward); }); }},
        {"inputs",
         [&] { return seconds_of([&] { layer.run(&nnrun_layer_functions::backward_inputs); }); }},
        {"parameters",
         [&] {
           return seconds_of([&] { layer.run(&nnrun_layer_functions::backward_parameters); });
         }},
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

}  // namespace nnrun::bench
