#include <nnrun/plugin.hpp>

/// Each parameter has its own step, longer while the gradient keeps its sign; when the sign turns,
/// it is shorter and skipped once. Riedmiller & Braun 1993, in the form of Igel & Hüsken 2000
/// (iRprop⁻), PyTorch's. The learning rate is the first step. For full batches, since it uses only
/// signs.
struct Rprop : nnrun::Optimizer {
  static constexpr auto name = "rprop",
                        doc = "steps by the sign of the gradient, longer while it stays";
  static constexpr const char* slots[] = {"last_gradient", "step"};
  double decrease = 0.5, increase = 1.2, smallest = 1e-6, largest = 50;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Rprop::decrease, "decrease", "factor of the step when the sign turns",
                     {.min = 0, .max = 1, .above_min = true, .below_max = true}),
        nnrun::param(&Rprop::increase, "increase", "factor of the step while the sign stays",
                     {.min = 1, .above_min = true}),
        nnrun::param(&Rprop::smallest, "smallest", "least step", {.min = 0}),
        nnrun::param(&Rprop::largest, "largest", "greatest step", {.min = 0, .above_min = true}));
  }
  double prepare(const nnrun::Step& s) const { return s.number == 1 ? s.rate : 0; }
  void update(auto& w, auto g, auto& last, auto& step, double first) const {
    const auto turn = sign(g) * sign(last);
    const auto factor = turn > 0 ? increase : (turn < 0 ? decrease : 1);
    step = min(max((step + first) * factor, smallest), largest);
    last = turn < 0 ? 0 * g : g;
    w = w - sign(last) * step;
  }
};
NNRUN_REGISTER(Rprop)
