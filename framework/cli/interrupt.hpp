// Ctrl-C, SIGTERM and SIGHUP: the first asks a run to end after its step, the second ends the
// program. SIGUSR1 asks it for a checkpoint.
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
/// Takes in a signal that another process of the same training has got.
void note_interrupt(int signal);
/// Says that no step is to come: what is left of the run is done to its end, in its own time.
void wait_for_no_step();
/// Makes SIGUSR1 set a flag instead of ending the program.
void watch_for_requests();
/// Returns whether SIGUSR1 has arrived since the last call.
bool checkpoint_requested();

}  // namespace nnrun::host
