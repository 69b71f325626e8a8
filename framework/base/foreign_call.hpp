// Which foreign code a thread is in, to say what crashed.
#pragma once
namespace nnrun::host {

/// The foreign code that a thread is in: `activation 'swish' (swish.so)`, `forward`. While a
/// library is loaded: `'swish.so'`, nullptr. In the host's own code `what` is nullptr.
struct Called {
  const char *what, *method;
};

/// Notes a call into a plugin for as long as it lasts, by three stores. Both texts must outlive it.
class ForeignCall {
 public:
  ForeignCall(const char* what, const char* method) { note({what, method}); }
  ForeignCall(const ForeignCall&) = delete;
  ForeignCall& operator=(const ForeignCall&) = delete;
  ~ForeignCall() { what_ = nullptr; }
  /// Returns the call that this thread is in.
  static Called now() { return {what_, method_}; }

 private:
  friend class ForeignCalls;
  friend class HostCall;
  static void note(Called called) {
    what_ = called.what;
    method_ = called.method;
  }
  // Initial-exec: in a program the linker reduces each access to one instruction, and a shared
  // library of the framework can still be loaded. Volatile: a signal handler reads them, and one
  // wide load of both would stall on the two stores.
  [[gnu::tls_model(
      "initial-exec")]] inline static thread_local constinit const char* volatile what_ = nullptr;
  [[gnu::tls_model(
      "initial-exec")]] inline static thread_local constinit const char* volatile method_ = nullptr;
};

/// Notes calls into plugins one after the other, each by two stores, until it goes.
class ForeignCalls {
 public:
  ForeignCalls() = default;
  ForeignCalls(const ForeignCalls&) = delete;
  ForeignCalls& operator=(const ForeignCalls&) = delete;
  ~ForeignCalls() { ForeignCall::what_ = nullptr; }
  void next(const char* what, const char* method) { ForeignCall::note({what, method}); }
};

/// A plugin's call back into the host, which may call other plugins. Every function that the host
/// lends to plugins begins with one.
class HostCall {
 public:
  HostCall() : outer_(ForeignCall::now()) { ForeignCall::what_ = nullptr; }
  HostCall(const HostCall&) = delete;
  HostCall& operator=(const HostCall&) = delete;
  ~HostCall() { ForeignCall::note(outer_); }

 private:
  Called outer_;
};

}  // namespace nnrun::host
