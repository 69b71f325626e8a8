// What the library failing_disk.so does, told through a file.
#pragma once
#include <atomic>
namespace nnrun::testing {

struct DiskPlan {
  std::atomic<int> calls = 0;  ///< so far, of all processes
  int fail_at = 0;             ///< this call fails, counted from 1; 0: none
  int error = 0;               ///< with this errno
  bool slow = false;  ///< short writes, and an interruption before every call that may have one
};

}  // namespace nnrun::testing
