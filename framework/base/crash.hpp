// Reports which plugin code a process was in, when that code crashes it or calls exit.
#pragma once
#include <string_view>
namespace nnrun::host {

/// Called as the process ends. signal: 0 if exit was called. where: `in forward of activation
/// 'swish' (swish.so)` or `while 'swish.so' was loaded`, followed by the uncaught exception if
/// there is one; empty if no foreign code was running. May do only what a signal handler may.
using CrashReport = void (*)(int signal, std::string_view where);

/// Arranges that `report` is called once when SIGSEGV, SIGBUS, SIGFPE, SIGILL or SIGABRT ends this
/// process (an uncaught exception included), or when exit or quick_exit is called before
/// expect_end. The signal then ends the process as it would have anyway.
void report_crashes(CrashReport report);
/// Tells that the program is about to end by itself: until then a call of exit is reported, from
/// then on a crash is one of a library's destructors.
void expect_end();
/// Reports an end by _exit if foreign code is running in this process; see cli/early_end.cpp.
void report_early_end();
/// Gives this thread a second stack, so that an overflow of its own can be reported; does nothing
/// without report_crashes. Call it at the start of every thread.
void give_crash_stack();
/// Calls the report with this signal, and where this thread is.
void report_crash_now(int signal);

}  // namespace nnrun::host
