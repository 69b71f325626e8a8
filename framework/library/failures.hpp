// Exceptions as the error values of <nnrun/nnrun.h>.
#pragma once
#include <nnrun/nnrun.h>

#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/float_mode.hpp"

/// What nnrun_error points to: texts that were made once, so that reading them cannot fail.
struct nnrun_error {
  struct Texts {
    std::string what, where, hint;
  };
  std::vector<Texts> problems;
  std::string text;
};

namespace nnrun::host {

/// Makes the exception that is being handled an error value. error: where to; may be null. Returns
/// its cause.
int fail_with_exception(nnrun_error** error) noexcept;
/// Does the same of a prediction, whose reason waits in the thread.
int fail_prediction() noexcept;
/// Returns that reason; empty if there is none.
const char* last_reason_of_thread() noexcept;
void set_last_reason_of_thread(const char* reason) noexcept;

/// Calls f, which returns a cause, and turns what it throws into an error value.
template <class F>
int guarded(nnrun_error** error, F&& f) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    const DefaultFloatMode mode;
    return f();
  } catch (...) {
    return fail_with_exception(error);
  }
}

/// Throws UsageError for an argument that must not be NULL.
template <class T>
const T& given(const T* argument, const char* name) {
  if (argument != nullptr) return *argument;
  throw UsageError(Problem{.what = std::string(name) + " is NULL"});
}

}  // namespace nnrun::host
