// A process that goes on with a page: it loads libraries as they are now, which this one cannot.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>
namespace nnrun::host {

/// What a successor is told that nobody else may know.
struct Inheritance {
  std::string token;  ///< of its page
};
/// Returns what this process was told if it is a successor, whose life then ends with that of the
/// process before it. Before the first thread.
std::optional<Inheritance> inheritance();

/// Runs `nnrun check` with these words in a process of its own, which takes what a library does to
/// it. Returns what is wrong, in a line; empty: nothing is. ending: asked all the time; ends it.
std::string refusal_of_check(std::vector<std::string> words, const std::function<bool()>& ending);

/// `nnrun serve` in a process of its own, whose standard output is this one's but for the address.
class Successor {
 public:
  /// words: after `nnrun`. Waits until it serves. Throws UsageError if the system cannot start it.
  Successor(std::vector<std::string> words, const Inheritance& inheritance);
  Successor(const Successor&) = delete;
  Successor& operator=(const Successor&) = delete;
  ~Successor();

  /// Returns the address of its page; empty if it ended without one.
  const std::string& address() const { return address_; }
  /// Waits for its end, and returns the exit status. signal: asked all the time; a signal that it
  /// returns is passed on, once.
  int wait(const std::function<int()>& signal);

 private:
  int child_ = -1, output_ = -1;
  std::string address_;
};

}  // namespace nnrun::host
