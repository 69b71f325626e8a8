// Which foreign code a thread is in, to say what crashed.
#pragma once
namespace nnrun::host {

/// What a thread calls: `activation 'swish' (swish.so)`, `forward`. A library that is being loaded
/// has no method: `'swish.so'`, nullptr. No `what`: the host's own code.
struct Called {
  const char *what, *method;
};

/// A call into a plugin, while it lasts: three stores. Both texts must outlive it.
class ForeignCall {
 public:
  ForeignCall(const char* what, const char* method) { note({what, method}); }
  ForeignCall(const ForeignCall&) = delete;
  ForeignCall& operator=(const ForeignCall&) = delete;
  ~ForeignCall() { what_ = nullptr; }
  /// Of this thread.
  static Called now() { return {what_, method_}; }

 private:
  friend class HostCall;
  static void note(Called called) {
    what_ = called.what;
    method_ = called.method;
  }
  // Initial-exec: in a program the linker makes it one instruction, as if it were local to it, and
  // a shared library of the framework still loads. Volatile: a handler reads them, and one wide
  // load of both would wait for the two stores.
  [[gnu::tls_model(
      "initial-exec")]] inline static thread_local constinit const char* volatile what_ = nullptr;
  [[gnu::tls_model(
      "initial-exec")]] inline static thread_local constinit const char* volatile method_ = nullptr;
};

/// A call of a plugin back into the host, which may call other plugins. Every function that plugins
/// are lent begins with one.
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
