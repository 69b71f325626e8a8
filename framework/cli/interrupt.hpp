// Ctrl-C, SIGTERM and SIGHUP: the first asks a run to end after its step, the second ends the
// program.
#pragma once
namespace nnrun::host {

/// Thrown once everything that can be saved is saved; the exit status is 128 + the signal.
struct Interrupted {
  int status;
};

/// Makes signals set a flag instead of ending the program.
void watch_for_interrupts();
/// Makes a crash in a plugin, whose code runs in this process, print the library, class and method
/// and exit with status 4. json: on standard output too. A crash of the program itself ends it as
/// usual.
void tell_of_crashes(bool json);
/// Returns the signal that arrived, or 0.
int interrupt_signal();

}  // namespace nnrun::host
