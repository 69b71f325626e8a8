// What the user typed, as plain values.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "config/experiment.hpp"
namespace nnrun::host {

struct Arguments {
  std::string verb;                  ///< train, check, eval, predict, summary, plugins, runs, …
  std::vector<std::string> targets;  ///< configs, libraries, names: what the verb works on
  std::vector<Override> overrides;   ///< --set, --data
  unsigned threads = 0;              ///< --threads; 0: chosen by the program
  bool json = false, quiet = false, verbose = false;
  std::vector<std::string> command_line;                  ///< as typed
  std::map<std::string, std::vector<std::string>> given;  ///< `--csv` → its values, `--yes` → none

  bool has(const std::string& option) const { return given.contains(option); }
  std::vector<std::string> values(const std::string& option) const {
    const auto found = given.find(option);
    return found == given.end() ? std::vector<std::string>() : found->second;
  }
  /// Returns the value of an option, the last if there are several; empty if it was not given.
  std::string text(const std::string& option) const {
    const std::vector<std::string> all = values(option);
    return all.empty() ? std::string() : all.back();
  }
};

/// Throws UsageError. `nnrun CONFIG` is `nnrun train CONFIG`. A request for help is returned as the
/// verb `help`, with the verb it is about as target.
Arguments parse_arguments(int argc, const char* const* argv);

/// Returns the help of a verb, or of the program if it is empty.
std::string help_text(const std::string& verb);

/// Return every verb, and the options of one (`--set`, …), for completion.
std::vector<std::string> verb_names();
std::vector<std::string> option_names(const std::string& verb);

}  // namespace nnrun::host
