#include <algorithm>
#include <nnrun/plugin.hpp>

/// y = Σ xₖ: the sum of inputs of one shape, a skip connection's end (He et al. 2015).
struct Add : nnrun::Layer {
  static constexpr auto name = "add", doc = "the sum of its inputs, which have one shape";

  void plan(nnrun_plan& plan) const {
    if (plan.n_in < 2) throw nnrun::Error("add takes two inputs or more, not one");
    for (std::uint32_t k = 1; k < plan.n_in; ++k)
      if (!same(plan.in[k], plan.in[0]))
        throw nnrun::Error("add takes inputs of one shape, not " + text(plan.in[0]) + " and " +
                           text(plan.in[k]));
    plan.out = plan.in[0];
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    for (std::size_t k = 1; k < c.inputs(); ++k)
      sum(k == 1 ? c.in(0) : c.out(), c.in(k), c.out(), c.rows() * c.cols());
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    for (std::size_t k = 0; k < c.inputs(); ++k)
      if (T* dx = c.d_in(k)) {
        const std::size_t n = c.rows() * c.cols();
        if (c.adds(k))
          sum(dx, c.d_out(), dx, n);
        else
          std::copy_n(c.d_out(), nnrun::padded(n), dx);
      }
  }

 private:
  template <class T>
  NNRUN_CLONES static void sum(const T* a, const T* b, T* out, std::size_t n) {
    nnrun::each(
        n, [=](std::size_t i) __attribute__((always_inline)) { out[i] = a[i] + b[i]; });
  }
  static bool same(const nnrun_shape& a, const nnrun_shape& b) {
    return a.rank == b.rank && std::equal(a.sizes, a.sizes + a.rank, b.sizes);
  }
  static std::string text(const nnrun_shape& s) {
    std::string out;
    for (std::uint32_t i = 0; i < s.rank; ++i) out += (i ? " x " : "") + std::to_string(s.sizes[i]);
    return out;
  }
};
NNRUN_REGISTER(Add)
