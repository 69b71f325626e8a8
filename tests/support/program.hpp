// The built program, run as a user runs it: in an empty folder, its output in pipes.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/scratch.hpp"
namespace nnrun::testing {

struct Ended {
  int status = -1;  ///< of exit; 128 + signal where one ended it
  std::string out, err;
};

/// Runs `command` by the shell with $nnrun set to the program and $configs to the shipped configs.
Ended run(const std::string& command, const std::filesystem::path& folder);

/// Returns lines for such a shell that start a command in the background, as $child.
std::string started(const std::string& command);
/// Returns a line for such a shell that waits until a condition of the shell holds. If $child ends
/// before that, the script ends with status 99.
std::string wait_until(const std::string& condition);

/// Returns what a command says on stderr. It must end with this status and print nothing on stdout.
std::string refused(const std::string& command, int status, const std::filesystem::path& folder);

/// Parses a whole JSON text; if it is not JSON, ends the test.
nlohmann::json parsed(const std::string& text);

}  // namespace nnrun::testing
