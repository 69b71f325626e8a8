// Named streams of random numbers over a random plugin.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "loading/object.hpp"
namespace nnrun::host {

class Random;

/// One stream of random numbers. Plugins are lent a pointer to it, so it cannot move.
class Stream {
 public:
  Stream(Random& random, std::string name, std::uint64_t index);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  const nnrun_stream* lent() const { return &face_; }
  void fill(std::span<double> out);
  /// Continues with number `position` of the stream of this name with another index.
  void restart(std::uint64_t index, std::uint64_t position = 0) {
    index_ = index;
    position_ = position;
  }

 private:
  static int uniform(void* self, double* out, std::size_t n);
  Random& random_;
  std::string name_;
  std::uint64_t index_, position_ = 0;
  nnrun_stream face_;
};

/// The random plugin of a run, seeded.
class Random {
 public:
  Random(const Use& plugin, std::uint64_t seed);
  const Object& object() const { return object_; }
  /// Returns the same plugin with another seed, before its first number.
  Random with_seed(std::uint64_t seed) const { return {plugin_, seed}; }
  /// Returns how many numbers were drawn so far. Only a sequential plugin depends on it.
  std::uint64_t& position() { return drawn_; }
  bool is_sequential() const {
    return (object_.functions<nnrun_random>().flags & NNRUN_SEQUENTIAL) != 0;
  }
  /// Continues after `position` numbers. A sequential plugin is seeded anew and draws them again.
  void set_position(std::uint64_t position);
  /// Writes 0 … n - 1 in an order drawn from a stream (Fisher and Yates, from the end).
  void shuffle(std::span<std::uint32_t> order, const std::string& name, std::uint64_t index);

 private:
  friend class Stream;
  Use plugin_;
  std::uint64_t seed_;
  Object object_;
  std::uint64_t drawn_ = 0;
};

}  // namespace nnrun::host
