#include "recurrent.hpp"

#include <cstdio>

#include "batches.hpp"
#include "diagnosis/machine_peak.hpp"
#include "loading/object.hpp"
#include "network/buffer.hpp"
#include "network/graph.hpp"
#include "rounds.hpp"
namespace nnrun::bench {
namespace {

using host::Buffer;

struct Size {
  const char* layer;
  std::size_t rows, steps, features, units;
};

/// A recurrent layer over made-up numbers, with its calls prepared.
template <class T>
class Sequences {
 public:
  Sequences(host::Registry& registry, const Size& v)
      : object_(use(registry, v)), shape_{2, {v.steps, v.features}}, rows_(v.rows) {
    plan_.size = sizeof plan_;
    plan_.n_in = 1;
    plan_.in = &shape_;
    object_.call("plan", object_.functions<nnrun_layer>().plan, &plan_);
    const std::size_t in = v.rows * host::size_of(shape_), out = v.rows * host::size_of(plan_.out);
    x_ = numbers(in), dx_ = Buffer<T>(in), y_ = Buffer<T>(out), dy_ = numbers(out);
    w_ = Buffer<T>(plan_.n_parameters), dw_ = Buffer<T>(plan_.n_parameters);
    for (std::uint32_t b = 0; b < plan_.n_blocks; ++b)
      host::for_each_element(plan_.blocks[b], plan_.blocks[b].offset,
                             [&](std::size_t at, std::size_t i) {
                               w_.data()[at] = T(i * 2654435761 % 1024) / 8192 - T(0.0625);
                             });
    kept_ = Buffer<T>(v.rows * plan_.kept_per_row), scratch_ = Buffer<T>(plan_.scratch);
    input_ = {x_.data(), dx_.data(), host::size_of(shape_), 0};
    call_.size = sizeof call_;
    call_.n_in = 1;
    call_.rows = v.rows;
    call_.in = &input_;
    call_.out = {y_.data(), dy_.data(), host::size_of(plan_.out), 0};
    call_.w = w_.data();
    call_.dw = dw_.data();
    call_.tiles = call_.training = 1;
    call_.plan = &plan_;
    call_.kept_rows = kept_.data();
    call_.scratch = scratch_.data();
  }
  Sequences(const Sequences&) = delete;
  Sequences& operator=(const Sequences&) = delete;

  /// Runs a pass, or forward as a trained network does.
  void run(int (*nnrun_layer_functions::*pass)(void*, const nnrun_layer_call*),
           bool training = true) {
    call_.training = training;
    call_.kept_rows = training ? kept_.data() : nullptr;
    object_.call("a pass", object_.functions<nnrun_layer>().by_dtype[host::dtype_of<T>].*pass,
                 &call_);
  }
  double multiplications() const {
    return static_cast<double>(plan_.work_per_row) * static_cast<double>(rows_);
  }

 private:
  static Buffer<T> numbers(std::size_t n) {
    Buffer<T> made(n);
    for (std::size_t i = 0; i < n; ++i) made.data()[i] = T(i * 2654435761 % 1024) / 512 - 1;
    return made;
  }
  static host::Use use(host::Registry& registry, const Size& v) {
    host::Use use{registry.find("layer", v.layer), {}, {}};
    for (std::uint32_t i = 0; i < use.plugin->table->n_settings; ++i) {
      const nnrun_setting& setting = host::setting_of(*use.plugin, i);
      if (setting.name == std::string("units"))
        use.settings.emplace_back(static_cast<std::int64_t>(v.units));
      else if (setting.name == std::string("return_sequences"))
        use.settings.emplace_back(true);
      else
        use.settings.push_back(host::default_of(setting));
    }
    return use;
  }
  host::Object object_;
  nnrun_shape shape_;
  std::size_t rows_;
  nnrun_plan plan_{};
  nnrun_tensor input_{};
  nnrun_layer_call call_{};
  Buffer<T> x_, dx_, y_, dy_, w_, dw_, kept_, scratch_;
};

template <class T>
void print(host::Registry& registry, const Size& v, int rounds, double peak) {
  Sequences<T> layer(registry, v);
  using F = nnrun_layer_functions;
  // backward writes over what forward left, so that they go round together
  std::vector<Contender> passes{
      {"forward", [&] { return seconds_of([&] { layer.run(&F::forward); }); }},
      {"inputs", [&] { return seconds_of([&] { layer.run(&F::backward_inputs); }); }},
      {"parameters", [&] { return seconds_of([&] { layer.run(&F::backward_parameters); }); }},
      {"in use", [&] { return seconds_of([&] { layer.run(&F::forward, false); }); }}};
  alternate(passes, rounds);
  std::printf("  %-10s %s  %3zu rows, %3zu x %3zu, %3zu units ", v.layer,
              sizeof(T) == 4 ? "float32" : "float64", v.rows, v.steps, v.features, v.units);
  const double most = peak * sizeof(float) / sizeof(T);
  for (const Contender& pass : passes)
    std::printf("  %s %3.0f %%", pass.name.c_str(),
                100 * layer.multiplications() / pass.best / most);
  std::printf("  all %3.0f %%\n", 300 * layer.multiplications() /
                                      (passes[0].best + passes[1].best + passes[2].best) / most);
}

}  // namespace

void recurrent(host::Registry& registry, int rounds) {
  const double peak = host::fused_per_second(host::Dtype::float32);
  std::printf("\nRecurrent layers, one thread, as a share of the peak of a core, %.1f GFLOP/s\n",
              2 * peak / 1e9);
  for (const Size& v :
       {Size{"lstm", 32, 50, 128, 128}, Size{"lstm", 32, 50, 8, 128}, Size{"lstm", 32, 100, 2, 32},
        Size{"gru", 32, 50, 128, 128}, Size{"simple_rnn", 32, 50, 128, 128}}) {
    print<float>(registry, v, rounds, peak);
    print<double>(registry, v, rounds, peak);
  }
}

}  // namespace nnrun::bench
