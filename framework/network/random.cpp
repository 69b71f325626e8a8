#include "network/random.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "base/text.hpp"
namespace nnrun::host {

Stream::Stream(Random& random, std::string name, std::uint64_t index)
    : random_(random),
      name_(std::move(name)),
      index_(index),
      face_{sizeof(nnrun_stream), this, uniform} {}

int Stream::uniform(void* self, double* out, std::size_t n) {
  const HostCall back;
  Stream& s = *static_cast<Stream*>(self);
  const Object& random = s.random_.object();
  const auto draw = random.functions<nnrun_random>().uniform;
  const int status =
      random.status_of("uniform", draw, s.name_.c_str(), s.index_, s.position_, out, n);
  s.position_ += n;
  s.random_.drawn_ += n;
  if (status != 0) return status;
  // whoever picks by a number outside of [0, 1) would write outside of its memory
  const double* const wrong =
      std::find_if_not(out, out + n, [](double x) { return x >= 0 && x < 1; });
  if (wrong == out + n) return 0;
  try {
    throw std::range_error("the random numbers of '" + random.plugin().name +
                           "' must be in [0, 1), but one is " + shortest(*wrong));
  } catch (...) {
    remember_exception();
  }
  return 1;
}

void Stream::fill(std::span<double> out) {
  if (uniform(this, out.data(), out.size()) != 0) random_.object().fail("uniform");
}

Random::Random(const Use& plugin, std::uint64_t seed)
    : plugin_(plugin), seed_(seed), object_(plugin) {
  object_.call("seed", object_.functions<nnrun_random>().seed, seed);
}

void Random::set_position(std::uint64_t position) {
  if (is_sequential()) {
    *this = Random(plugin_, seed_);
    Stream stream(*this, "", 0);
    double numbers[256];
    for (std::uint64_t left = position; left > 0;) {
      const std::size_t n = std::min<std::uint64_t>(256, left);
      stream.fill({numbers, n});
      left -= n;
    }
  }
  drawn_ = position;
}

void Random::shuffle(std::span<std::uint32_t> order, const std::string& name, std::uint64_t index) {
  std::iota(order.begin(), order.end(), 0u);
  Stream stream(*this, name, index);
  double numbers[256];
  std::size_t left = 0;
  for (std::size_t n = order.size(); n > 1; --n) {
    if (left == 0) {
      left = std::min<std::size_t>(256, n - 1);
      stream.fill({numbers, left});
    }
    // a number below 1 times n, rounded down, is below n: n is at most 2^32, far from 2^53
    const auto k = static_cast<std::size_t>(numbers[--left] * static_cast<double>(n));
    std::swap(order[n - 1], order[k]);
  }
}

}  // namespace nnrun::host
