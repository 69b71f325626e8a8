// Layers: outputs from inputs and parameters, and both gradients.
#pragma once
#include <nnrun/kinds/common.hpp>

namespace nnrun {

/// A typed view of one call. Shapes: in(k) and d_in(k) rows × in_cols(k), out and d_out rows ×
/// cols.
template <class T>
struct LayerCall {
  const nnrun_layer_call& call;
  std::size_t rows() const { return call.rows; }
  std::size_t cols() const { return call.out.cols; }
  std::size_t inputs() const { return call.n_in; }
  std::size_t in_cols(std::size_t k) const { return call.in[k].cols; }
  const T* in(std::size_t k) const { return static_cast<const T*>(call.in[k].v); }
  /// Where the slopes of input k go; nullptr if they are not wanted.
  T* d_in(std::size_t k) const { return static_cast<T*>(call.in[k].d); }
  /// Whether to add to d_in(k) instead of writing it.
  bool adds(std::size_t k) const { return call.in[k].accumulate != 0; }
  T* out() const { return static_cast<T*>(call.out.v); }
  const T* d_out() const { return static_cast<const T*>(call.out.d); }
  const T* w() const { return static_cast<const T*>(call.w); }
  T* dw() const { return static_cast<T*>(call.dw); }
  /// Shapes of an input and of the output, as planned.
  const nnrun_shape& in_shape(std::size_t k) const { return call.plan->in[k]; }
  const nnrun_shape& shape() const { return call.plan->out; }
  /// True in training. False in validation, tests and predictions: outputs are those of a trained
  /// network, only forward is called, and d_in, d_out, dw, kept, kept_rows and noise are nullptr.
  bool training() const { return call.training != 0; }
  /// Numbers that are learned without a gradient; only `observe` may write them.
  T* state() const { return static_cast<T*>(call.state); }
  /// plan.kept numbers that forward leaves for the rest of the step; nullptr unless training.
  T* kept() const { return static_cast<T*>(call.kept); }
  /// rows × plan.kept_per_row of them; nullptr unless training.
  T* kept_rows() const { return static_cast<T*>(call.kept_rows); }
  /// rows × plan.noise_per_row numbers in [0, 1); nullptr unless training.
  const T* noise() const { return static_cast<const T*>(call.noise); }
  /// plan.scratch numbers for this call alone, uninitialized before it.
  T* scratch() const { return static_cast<T*>(call.scratch); }
};

/// Returns the product of a shape's sizes.
inline std::size_t size_of(const nnrun_shape& shape) {
  std::size_t n = 1;
  for (std::uint32_t i = 0; i < shape.rank; ++i) n *= shape.sizes[i];
  return n;
}

namespace detail {

template <class C>
int plan(void* self, nnrun_plan* plan) noexcept {
  return guard([&] { static_cast<const C*>(self)->plan(*plan); });
}
// The functions of a class, and the same compiled once per level.
#define NNRUN_LAYER_ENTRIES(NAME, CLONES)                                                        \
  template <class C, class T>                                                                    \
  struct NAME {                                                                                  \
    CLONES static int forward(void* self, const nnrun_layer_call* call) noexcept {               \
      return guard([&] { static_cast<const C*>(self)->forward(LayerCall<T>{*call}); });          \
    }                                                                                            \
    CLONES static int backward_inputs(void* self, const nnrun_layer_call* call) noexcept {       \
      return guard([&] { static_cast<const C*>(self)->backward_inputs(LayerCall<T>{*call}); });  \
    }                                                                                            \
    CLONES static int backward_parameters(void* self, const nnrun_layer_call* call) noexcept {   \
      return guard(                                                                              \
          [&] { static_cast<const C*>(self)->backward_parameters(LayerCall<T>{*call}); });       \
    }                                                                                            \
    CLONES static int perturb(void* self, const nnrun_layer_call* call, double h,                \
                              void* to) noexcept {                                               \
      return guard(                                                                              \
          [&] { static_cast<const C*>(self)->perturb(LayerCall<T>{*call}, T(h), out<T>(to)); }); \
    }                                                                                            \
    CLONES static int spread(void* self, const nnrun_layer_call* call, const void* v,            \
                             std::size_t groups, std::size_t stride, void* rows) noexcept {      \
      return guard([&] {                                                                         \
        static_cast<const C*>(self)->spread(LayerCall<T>{*call}, in<T>(v), groups, stride,       \
                                            out<T>(rows));                                       \
      });                                                                                        \
    }                                                                                            \
  };
NNRUN_LAYER_ENTRIES(LayerEntries, )
NNRUN_LAYER_ENTRIES(ClonedLayerEntries, NNRUN_CLONES)
#undef NNRUN_LAYER_ENTRIES

template <class C, class T>
int layer_observe(void* self, const nnrun_layer_call* call) noexcept {
  return guard([&] { static_cast<const C*>(self)->observe(LayerCall<T>{*call}); });
}
template <class C, class T>
constexpr auto observe_function() -> int (*)(void*, const nnrun_layer_call*) {
  if constexpr (requires(const C c, LayerCall<T> call) { c.observe(call); })
    return layer_observe<C, T>;
  else
    return nullptr;
}
template <class C, class T>
int layer_begin(void* self, const nnrun_plan* plan, const nnrun_stream* stream, void* w) noexcept {
  return guard([&] { static_cast<const C*>(self)->begin(*plan, Stream(stream), out<T>(w)); });
}
template <class C, class T>
constexpr auto begin_function() -> decltype(&layer_begin<C, T>) {
  if constexpr (requires(const C c, const nnrun_plan& p, const Stream& s, T* w) {
                  c.begin(p, s, w);
                })
    return layer_begin<C, T>;
  else
    return nullptr;
}
template <class C>
constexpr std::uint32_t layer_flags() {
  std::uint32_t flags = 0;
  if constexpr (requires { C::couples_rows; }) flags |= C::couples_rows ? NNRUN_COUPLES_ROWS : 0u;
  if constexpr (requires { C::has_units; }) flags |= C::has_units ? NNRUN_UNITS : 0u;
  if constexpr (requires { C::slopes_in_use; })
    flags |= C::slopes_in_use ? NNRUN_SLOPES_IN_USE : 0u;
  return flags;
}

template <class C>
constexpr bool has_cloned_entries() {
  if constexpr (requires { C::cloned; })
    return C::cloned;
  else
    return false;
}

template <class C, class T>
constexpr nnrun_layer_functions layer_functions() {
  using Call = LayerCall<T>;
  static_assert(
      requires(const C c, Call call, nnrun_plan& p) {
        c.plan(p);
        c.forward(call);
        c.backward_inputs(call);
      },
      "a layer gives plan(nnrun_plan&), forward(call) and backward_inputs(call), all const");
  using Entries =
      std::conditional_t<has_cloned_entries<C>(), ClonedLayerEntries<C, T>, LayerEntries<C, T>>;
  nnrun_layer_functions f{Entries::forward, Entries::backward_inputs, nullptr, nullptr, nullptr};
  if constexpr (requires(const C c, Call call) { c.backward_parameters(call); })
    f.backward_parameters = Entries::backward_parameters;
  if constexpr (requires(const C c, Call call, T* p) { c.perturb(call, T(0), p); })
    f.perturb = Entries::perturb;
  if constexpr (requires(const C c, Call call, T* p) {
                  c.spread(call, p, std::size_t(0), std::size_t(0), p);
                })
    f.spread = Entries::spread;
  return f;
}
}  // namespace detail

/// Give `void plan(nnrun_plan&) const` and the templates `forward(const LayerCall<T>&) const` and
/// `backward_inputs(const LayerCall<T>&) const`; layers with parameters also
/// `backward_parameters(const LayerCall<T>&) const`. `perturb` and `spread` are optional: they make
/// finite differences fast (see abi.h). A layer with state (plan.state_blocks) gives `void
/// observe(const LayerCall<T>&) const`, called once after each step; one whose rows depend on each
/// other in training says `static constexpr bool couples_rows = true`. A layer that multiplies more
/// often than it has parameters gives the number in plan.work_per_row, so that threads share its
/// work. One whose sums over rows have the same bits however a batch is cut says plan.free_cuts =
/// 1: then the host may cut as suits the machine. One that is x W + b by the kernels of
/// <nnrun/affine.hpp> says plan.affine. One whose parameters begin with more than
/// initializers and constants give has `void begin(const nnrun_plan&, const Stream&, T* w) const`.
/// One with state whose backward_inputs works
/// without call.training() too, so that layers before it can learn while it is frozen, says `static
/// constexpr bool slopes_in_use = true`. One whose outputs are unbounded sums says `static
/// constexpr bool has_units = true`: it gets the default activation of a config. `static constexpr
/// bool cloned = true` compiles its functions, with all that they call and is not
/// `[[gnu::noinline]]`, once per level of instructions, as those of formulas are: worth it for
/// short functions, which a call of a clone would slow down.
struct Layer {
  static constexpr auto kind = "layer/1";
  template <class C>
  static constexpr nnrun_layer functions_of() {
    using namespace detail;
    return {sizeof(nnrun_layer),
            layer_flags<C>(),
            detail::plan<C>,
            {layer_functions<C, float>(), layer_functions<C, double>()},
            {observe_function<C, float>(), observe_function<C, double>()},
            {begin_function<C, float>(), begin_function<C, double>()}};
  }
};

}  // namespace nnrun
