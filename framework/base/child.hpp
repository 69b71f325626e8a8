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

/// How a child ended. `exited`: it ended before its work returned, whatever its status; a plugin
/// called exit, say.
struct ChildEnd {
  enum class How { returned, exited, signalled, out_of_time, garbled };
  How how = How::returned;
  int code = 0;            ///< what the work returned; the exit status; the signal
  std::string where = {};  ///< in which foreign code: `in forward of activation 'a' (a.so)`
};

/// Returns `ended by SIGSEGV (segmentation fault)`, `called exit(0)`, `took longer than 10 s`, and
/// where it was in foreign code; empty for one that returned.
std::string text_of(const ChildEnd& end, const ChildLimits& limits);

class Child {
 public:
  /// Sends a message to the parent, whole.
  using Send = std::function<void(const Message&)>;

  /// Forks; the child calls work, which returns its code and throws nothing, and ends. Its standard
  /// output is standard error, its standard input is empty. It dies with its parent. Call it while
  /// the process has one thread. Throws RecordError where the system has no room for a process.
  static Child start(const std::function<int(const Send&)>& work, const ChildLimits& limits = {});
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();  ///< ends one that still runs

  /// Readable when there is a message, or the end: for poll().
  int descriptor() const { return pipe_; }
  /// Returns the seconds that it may still take; infinity without a limit.
  double seconds_left() const;
  /// The messages that have arrived. Kills a child whose time is over, or that sent what is not a
  /// message. Never waits.
  std::vector<Message> receive();
  bool ended() const { return pipe_ < 0; }
  const ChildEnd& end() const { return end_; }  ///< once it has ended
  void kill();

 private:
  Child() = default;
  bool read_pipe();  // is it closed?
  void unpack(std::vector<Message>& messages);
  void collect();
  pid_t process_ = -1;
  int pipe_ = -1;
  double deadline_ = 0;  // of the steady clock, in seconds; 0: none
  std::string arrived_;
  bool returned_ = false, crashed_ = false, late_ = false, garbled_ = false;
  ChildEnd end_;
};

/// Starts a child, waits for its end, and returns what it sent.
struct ChildResult {
  ChildEnd end;
  std::vector<Message> messages;
};
ChildResult run_child(const std::function<int(const Child::Send&)>& work,
                      const ChildLimits& limits = {});

}  // namespace nnrun::host
