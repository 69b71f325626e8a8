// Ctrl-C, SIGTERM and SIGHUP: the first asks a run to end after its step, the second ends the
// program.
#pragma once
namespace nnrun::host {

/// Thrown when everything that could be saved is saved; the exit status is 128 + the signal.
struct Interrupted {
  int status;
};

/// From now on signals are noted instead of ending the program.
void watch_for_interrupts();
/// A crash says a sentence with the plugin, class and method, and ends the program with 4: code
/// that a config loads runs in this process. json: it says so on standard output too. One of the
/// program itself ends it as it would have.
void tell_of_crashes(bool json);
/// The signal that came, or 0.
int interrupt_signal();

}  // namespace nnrun::host
