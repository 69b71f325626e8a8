// Makes system calls of this thread fail on purpose, as a full or dying disk does.
#pragma once
namespace nnrun::testing {

/// While it lives, the k-th of open, write, fsync, close, rename, link (counted from 1) fails with
/// an errno; others work, but write only a few bytes at a time and are interrupted before each.
class FailingCalls {
 public:
  FailingCalls(int k, int error);
  FailingCalls(const FailingCalls&) = delete;
  FailingCalls& operator=(const FailingCalls&) = delete;
  ~FailingCalls();
  /// Returns false if there were fewer than k calls.
  bool failed() const;
};

}  // namespace nnrun::testing
