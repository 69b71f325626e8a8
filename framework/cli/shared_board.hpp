// What the processes of one training that share memory let each other know: those that an exchange
// starts as copies of one. Others each have a board of their own, where they read nothing new;
// their launcher ends them all when the first of them ends.
#pragma once
#include <chrono>
#include <cstdint>
namespace nnrun::host {

class SharedBoard {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::uint32_t nobody = ~0u;

  SharedBoard();
  ~SharedBoard();
  SharedBoard(const SharedBoard&) = delete;
  SharedBoard& operator=(const SharedBoard&) = delete;

  /// Returns whether nobody has said yet what ended them all: then this process has to.
  bool may_speak();

  /// Says that a process runs now, and for which one it waits, if for one.
  void write(std::uint32_t rank, Clock::time_point now, std::uint32_t waits_for);
  /// Returns whether a process waits for others, the last of which does not wait, or has not run
  /// since `alive`: then that one keeps all of them. False also where nothing is known of it.
  bool waits_in_turn(std::uint32_t rank, Clock::time_point alive) const;

 private:
  struct Shared;
  Shared* shared_;  // nullptr: no memory could be shared
};

}  // namespace nnrun::host
