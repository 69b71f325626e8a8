// Everything that a run changes, as a list of named numbers. Each part of a trainer adds its own;
// whatever is not in the list is the same at the start of every step.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>
namespace nnrun::host {

/// Some numbers of a run, which lie elsewhere.
struct StateNumbers {
  std::string name;
  std::string dtype;                 ///< F32, F64, U32 or U64, as safetensors calls them
  std::span<const std::byte> bytes;  ///< little-endian
};

/// Keeps pointers to the variables of a trainer, and must not outlive it.
class RunState {
 public:
  /// Adds one number.
  template <class X>
  void add(std::string name, X& number) {
    add(std::move(name), std::span<X>(&number, 1));
  }
  /// Adds numbers whose count stays as it is now.
  template <class X>
  void add(std::string name, std::span<X> numbers) {
    entries_.push_back({std::move(name), dtype_name<X>(), false,
                        [numbers](std::size_t) { return std::as_writable_bytes(numbers); }});
  }
  /// Adds numbers whose count may change.
  template <class X>
  void add(std::string name, std::vector<X>& numbers) {
    entries_.push_back({std::move(name), dtype_name<X>(), true, [&numbers](std::size_t bytes) {
                          if (bytes != present) numbers.resize(bytes / sizeof(X));
                          return std::as_writable_bytes(std::span<X>(numbers));
                        }});
  }

  /// Returns the numbers as they are now; valid until the run goes on.
  std::vector<StateNumbers> numbers() const;
  /// Writes saved numbers back. Throws RecordError, before anything is written, unless they are
  /// the numbers of this list, by name, type and count. What their values may be is for their
  /// owners to say.
  void restore(std::span<const StateNumbers> saved) const;

 private:
  static constexpr std::size_t present = static_cast<std::size_t>(-1);
  struct Entry {
    std::string name, dtype;
    bool grows;
    /// Returns the bytes, resized if their count may change; `present`: not resized.
    std::function<std::span<std::byte>(std::size_t bytes)> bytes;
  };
  template <class X>
  static std::string dtype_name() {
    static_assert(sizeof(X) == 4 || sizeof(X) == 8);
    return (std::is_floating_point_v<X> ? "F" : "U") + std::to_string(8 * sizeof(X));
  }
  std::vector<Entry> entries_;
};

}  // namespace nnrun::host
