// Reports which plugin code a process was in, when that code crashes it or calls exit.
#pragma once
#include <string_view>
namespace nnrun::host {

/// Called at the end. signal: 0 if exit was called. where: `in forward of activation 'swish'
/// (swish.so)`, `while 'swish.so' was loaded`, what was thrown behind it where something was;
/// empty where no foreign code ran. May do only what a signal handler may.
using CrashReport = void (*)(int signal, std::string_view where);

/// From now on `report` is called once when SIGSEGV, SIGBUS, SIGFPE, SIGILL or SIGABRT ends this
/// process, an uncaught exception among them, or when foreign code calls exit. The signal then ends
/// the process as it would have.
void report_crashes(CrashReport report);
/// Gives this thread room to report that its own stack is full, where reports were asked for: call
/// it at the start of every thread.
void give_crash_stack();
/// Calls the report with this signal, and where this thread is.
void report_crash_now(int signal);

}  // namespace nnrun::host
