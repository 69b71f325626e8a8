#include "checking/inspection.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "config/schema.hpp"
namespace nnrun::host {

/// Prints the schema, for editors, of what is loaded and of the libraries that are named.
Exit print_schema(const Arguments& arguments, Registry& registry) {
  if (arguments.targets.empty()) {
    Terminal(stdout).write_data(config_schema(registry));
    return Exit::done;
  }
  const Scanned scanned =
      scan_libraries({arguments.targets.begin(), arguments.targets.end()}, registry, config_schema);
  Terminal(stdout).write_data(scanned.require_text());
  return Exit::done;
}

}  // namespace nnrun::host
