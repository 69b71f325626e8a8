#include <cmath>

#include "network/buffer.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using host::Buffer;

/// Parameters with their slots, stepped by a gradient that depends on them.
template <class T>
class Descent {
 public:
  Descent(const host::Object& optimizer, std::vector<double> start)
      : optimizer_(optimizer), n_(start.size()), w_(n_), g_(n_) {
    std::ranges::transform(start, w_.data(), [](double x) { return static_cast<T>(x); });
    for (std::uint32_t i = 0; i < functions().n_slots; ++i) slots_.emplace_back(n_);
  }
  T* w() { return w_.data(); }
  std::vector<Buffer<T>>& slots() { return slots_; }
  template <class Slope>
  void step(Slope slope, double rate, std::uint64_t number) {
    for (std::size_t i = 0; i < n_; ++i)
      g_.data()[i] = static_cast<T>(slope(static_cast<double>(w_.data()[i]), i));
    apply(0, host::padded(n_), rate, number);
  }
  /// Updates one part of the vector, as one of several threads does.
  void apply(std::size_t from, std::size_t to, double rate, std::uint64_t number) {
    std::vector<void*> slots;
    for (auto& slot : slots_) slots.push_back(slot.data() + from);
    const nnrun_update u{sizeof u,     functions().n_slots, w_.data() + from, g_.data() + from,
                         slots.data(), to - from,           number,           rate};
    optimizer_.call("update", functions().update[host::dtype_of<T>], &u);
  }
  const nnrun_optimizer& functions() const { return optimizer_.functions<nnrun_optimizer>(); }
  T* g() { return g_.data(); }

 private:
  const host::Object& optimizer_;
  std::size_t n_;
  Buffer<T> w_, g_;
  std::vector<Buffer<T>> slots_;
};

double quadratic(double w, std::size_t i) {
  return (static_cast<double>(i) + 1) * (w - 1);
}

}  // namespace

TEST_CASE("every optimizer goes downhill on a quadratic", "[plugins][optimizer]") {
  const auto name = GENERATE(from_range(names("optimizer")));
  CAPTURE(name);
  const host::Object optimizer(use("optimizer", name));
  Descent<double> d(optimizer, {3, -2, 0.5, 4});
  const double rate = d.functions().learning_rate;
  const auto cost = [&] {
    double sum = 0;
    for (std::size_t i = 0; i < 4; ++i)
      sum += (static_cast<double>(i) + 1) * (d.w()[i] - 1) * (d.w()[i] - 1) / 2;
    return sum;
  };
  const double start = cost();
  for (std::uint64_t step = 1; step <= 500; ++step) d.step(quadratic, rate, step);
  CHECK(cost() < start);
}

TEST_CASE("no average of an optimizer stays among numbers that processors are slow with",
          "[plugins][optimizer]") {
  const auto name = GENERATE(from_range(names("optimizer")));
  CAPTURE(name);
  if (name == "lion") return;  // steps by the sign of the smallest average, too
  const host::Object optimizer(use("optimizer", name));
  Descent<float> d(optimizer, {0.5});
  // an average that shrinks by a tenth in each step is below all normal numbers after some 850
  for (std::uint64_t step = 1; step <= 1500; ++step)
    d.step([&](double, std::size_t) { return step == 1 ? 0.25 : 0.; }, 0.001, step);
  for (const Buffer<float>& slot : d.slots())
    CHECK(std::fpclassify(slot.data()[0]) != FP_SUBNORMAL);
}

TEST_CASE("an optimizer's slots are all of its memory", "[plugins][optimizer]") {
  const auto name = GENERATE(from_range(names("optimizer")));
  CAPTURE(name);
  const host::Object first(use("optimizer", name)), second(use("optimizer", name));
  Descent<double> straight(first, {3, -2, 0.5}), saved(first, {3, -2, 0.5});
  for (std::uint64_t step = 1; step <= 20; ++step) straight.step(quadratic, 0.01, step);
  for (std::uint64_t step = 1; step <= 10; ++step) saved.step(quadratic, 0.01, step);
  Descent<double> resumed(second, {saved.w()[0], saved.w()[1], saved.w()[2]});
  for (std::size_t s = 0; s < saved.slots().size(); ++s)
    std::copy_n(saved.slots()[s].data(), 3, resumed.slots()[s].data());
  for (std::uint64_t step = 11; step <= 20; ++step) resumed.step(quadratic, 0.01, step);
  for (std::size_t i = 0; i < 3; ++i) CHECK(resumed.w()[i] == straight.w()[i]);
}

TEST_CASE("an optimizer's parts give the same bits as the whole", "[plugins][optimizer]") {
  const auto name = GENERATE(from_range(names("optimizer")));
  CAPTURE(name);
  const host::Object optimizer(use("optimizer", name));
  if (optimizer.functions<nnrun_optimizer>().flags & NNRUN_WHOLE_VECTOR) return;  // whole only
  std::vector<double> start;
  for (int i = 0; i < 24; ++i) start.push_back(std::sin(i));
  Descent<float> whole(optimizer, start), parts(optimizer, start);
  for (std::uint64_t step = 1; step <= 5; ++step) {
    whole.step(quadratic, 0.01, step);
    for (std::size_t i = 0; i < 24; ++i)
      parts.g()[i] = static_cast<float>(quadratic(static_cast<double>(parts.w()[i]), i));
    parts.apply(0, 8, 0.01, step);
    parts.apply(8, 24, 0.01, step);
  }
  for (std::size_t i = 0; i < 24; ++i) CHECK(parts.w()[i] == whole.w()[i]);
}

TEST_CASE("padding stays zero under every optimizer", "[plugins][optimizer]") {
  const auto name = GENERATE(from_range(names("optimizer")));
  CAPTURE(name);
  const host::Object optimizer(use("optimizer", name));
  Descent<double> d(optimizer, {3, -2, 0.5});
  for (std::uint64_t step = 1; step <= 5; ++step) d.step(quadratic, 0.1, step);
  for (std::size_t i = 3; i < 8; ++i) CHECK(d.w()[i] == 0);
}

TEST_CASE("sgd subtracts the rate times the gradient", "[plugins][optimizer]") {
  const host::Object sgd(use("optimizer", "sgd"));
  Descent<double> d(sgd, {1, 2});
  d.step([](double, std::size_t i) { return i == 0 ? 0.5 : -4; }, 0.25, 1);
  CHECK(d.w()[0] == 0.875);
  CHECK(d.w()[1] == 3);
}

}  // namespace nnrun::testing
