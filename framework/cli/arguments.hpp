// What the user typed, as plain values.
#pragma once
#include <string>
#include <vector>

#include "config/experiment.hpp"
namespace nnrun::host {

struct Arguments {
  std::string verb;                  ///< train, check, eval, predict, summary, plugins, runs, …
  std::vector<std::string> targets;  ///< configs, libraries, names: what the verb works on
  std::vector<Override> overrides;   ///< --set, --data
  std::string csv;                   ///< --csv; `-`: standard input
  std::string out;                   ///< --out
  std::string gradients;             ///< --gradients
  unsigned threads = 0;              ///< --threads; 0: chosen
  bool json = false, quiet = false, verbose = false;
  std::vector<std::string> command_line;  ///< as typed
};

/// Throws UsageError. `nnrun CONFIG` is `nnrun train CONFIG`. Help that was asked for comes back as
/// the verb `help`, with the verb it is about as target.
Arguments parse_arguments(int argc, const char* const* argv);

/// The help of a verb, or of the program where it is empty.
std::string help_text(const std::string& verb);

}  // namespace nnrun::host
