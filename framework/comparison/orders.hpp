// The orders that a process gives to a child: one number after the other, until it ends them.
#pragma once
#include <cstdint>
#include <optional>
namespace nnrun::host {

class Orders {
 public:
  /// Throws RecordError if the system has no more descriptors.
  Orders();
  Orders(Orders&& other) noexcept;
  Orders& operator=(Orders&&) = delete;
  ~Orders();

  // In the parent, once the child has been started.

  void be_the_parent() { close(child_); }
  /// Returns false if the child has ended.
  bool give(std::uint32_t number) const;
  /// There will be no more.
  void end() const;

  // In the child.

  void be_the_child() { close(parent_); }
  /// Waits for the next number; nothing after the last.
  std::optional<std::uint32_t> next() const;

 private:
  static void close(int& end);
  int parent_ = -1, child_ = -1;  // their ends
};

}  // namespace nnrun::host
