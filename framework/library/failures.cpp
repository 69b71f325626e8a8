#include "library/failures.hpp"

#include <memory>
#include <new>
namespace nnrun::host {
namespace {

std::string& last_reason() {
  thread_local std::string reason;
  return reason;
}

int cause_of(const Error& error) {
  return error.status() == Exit::done ? NNRUN_FAILED : static_cast<int>(error.status());
}

std::unique_ptr<nnrun_error> value_of(const Error& error) {
  auto value = std::make_unique<nnrun_error>();
  for (const Problem& problem : error.problems()) {
    std::string what = one_line(problem.what);
    if (!problem.note.empty()) what += " (" + problem.note + ")";
    value->problems.push_back({std::move(what), where_of(problem), problem.hint});
  }
  value->text = render(error, false);
  return value;
}

/// Calls f with the exception that is being handled, as one of ours. Returns its cause.
template <class F>
int with_exception(F f) try {
  try {
    throw;
  } catch (const Error& error) {
    f(error);
    return cause_of(error);
  } catch (const std::bad_alloc& none) {
    f(RecordError(problem_of(none)));
    return NNRUN_NO_MEMORY;
  } catch (const std::exception& other) {
    f(RecordError(problem_of(other)));
    return NNRUN_FAILED;
  } catch (...) {
    f(RecordError(Problem{.what = "what was thrown is not an exception of the standard library"}));
    return NNRUN_FAILED;
  }
} catch (...) {  // not even the words could be made
  return NNRUN_NO_MEMORY;
}

}  // namespace

int fail_with_exception(nnrun_error** error) noexcept {
  return with_exception([&](const Error& ours) {
    if (error != nullptr) *error = value_of(ours).release();
  });
}

int fail_prediction() noexcept {
  last_reason().clear();
  return with_exception([](const Error& ours) { last_reason() = ours.what(); });
}

const char* last_reason_of_thread() noexcept {
  return last_reason().c_str();
}

void set_last_reason_of_thread(const char* reason) noexcept {
  try {
    last_reason() = reason;
  } catch (...) {  // there is no memory for the words
    last_reason().clear();
  }
}

}  // namespace nnrun::host
