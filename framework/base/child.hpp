// Work that may crash, hang or take all memory, in a process of its own.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/message.hpp"
namespace nnrun::host {

/// What a child may take; 0: no limit.
struct ChildLimits {
  double seconds = 0;        ///< of wall-clock time
  std::uint64_t memory = 0;  ///< bytes of address space on top of what the parent has
};

/// How a child ended. `exited`: before its work returned, whatever the status: a plugin called
/// exit, say.
struct ChildEnd {
  enum class How { returned, exited, signalled, out_of_time, garbled };
  How how = How::returned;
  int code = 0;            ///< what the work returned; the exit status; the signal
  std::string where = {};  ///< in which foreign code: `in forward of activation 'a' (a.so)`
};

/// Returns a phrase such as `ended by SIGSEGV (segmentation fault)`, `called exit(0)` or `took
/// longer than 10 s`, followed by the foreign code it was in; empty if the work returned.
std::string text_of(const ChildEnd& end, const ChildLimits& limits);

class Child {
 public:
  /// Sends a message to the parent, whole.
  using Send = std::function<void(const Message&)>;

  /// Forks. The child calls work, which must not throw, reports the code that work returns, and
  /// exits. Its standard output goes to standard error, its standard input is empty, and it dies
  /// with its parent. Call this only while the process has one thread. Throws RecordError if the
  /// system cannot start another process.
  static Child start(const std::function<int(const Send&)>& work, const ChildLimits& limits = {});
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();  ///< kills a child that still runs

  /// Returns a descriptor for poll(), readable when a message or the end has arrived.
  int descriptor() const { return pipe_; }
  /// Returns the seconds that the child may still take; infinity without a limit.
  double seconds_left() const;
  /// Returns the messages that have arrived, without waiting. Kills a child that is out of time or
  /// has sent something that is not a message.
  std::vector<Message> receive();
  bool ended() const { return pipe_ < 0; }
  /// From now on it may take so many seconds; 0: no limit.
  void allow(double seconds);
  const ChildEnd& end() const { return end_; }  ///< valid once it has ended
  /// Returns whether it was told to end: for its time, for what it sent, or by `kill`.
  bool is_told_to_end() const { return late_ || garbled_ || killed_; }
  void kill();
  /// Kills it for what it sent: its end will be `garbled`.
  void distrust();

 private:
  Child() = default;
  bool read_pipe();  // is it closed?
  void unpack(std::vector<Message>& messages);
  void collect();
  pid_t process_ = -1;
  int pipe_ = -1;
  double deadline_ = 0;  // of the steady clock, in seconds; 0: none
  std::string arrived_;
  bool returned_ = false, crashed_ = false, late_ = false, garbled_ = false, killed_ = false;
  ChildEnd end_;
};

/// Starts a child, waits for its end, and returns what it sent.
struct ChildResult {
  ChildEnd end;
  std::vector<Message> messages;
};
ChildResult run_child(const std::function<int(const Child::Send&)>& work,
                      const ChildLimits& limits = {});
/// Calls `read` for every message. Where it throws BadMessage the child has not sent what it
/// should: its end becomes `garbled`, and the messages behind are not read.
void read_messages(ChildResult& result, const std::function<void(const Message&)>& read);

}  // namespace nnrun::host
