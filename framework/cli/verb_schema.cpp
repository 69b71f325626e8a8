#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "config/schema.hpp"
namespace nnrun::host {

/// For editors: of what is loaded, and of the libraries that are named.
Exit print_schema(const Arguments& arguments, Registry& registry) {
  for (const std::string& library : arguments.targets) registry.load(library);
  Terminal(stdout).write(config_schema(registry));
  return Exit::done;
}

}  // namespace nnrun::host
