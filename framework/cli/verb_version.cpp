#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/version.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
namespace nnrun::host {

Exit show_version(const Arguments& arguments, Registry& registry) {
  const Version v = version();
  const Terminal out(stdout);
  if (arguments.json) {
    nlohmann::ordered_json libraries, plugins = nlohmann::ordered_json::array();
    for (const auto& [name, number] : v.libraries) libraries[name] = number;
    for (const auto& library : registry.libraries()) plugins.push_back(library->file.string());
    out.write_data(nlohmann::ordered_json{
                       {"version", v.number},
                       {"git", v.git},
                       {"interface", fmt::format("{}.{}", NNRUN_ABI_MAJOR, NNRUN_ABI_MINOR)},
                       {"compiler", v.compiler},
                       {"flags", v.flags},
                       {"build", v.build_type},
                       {"instruction_set", instruction_set()},
                       {"libraries", libraries},
                       {"plugins", plugins}}
                       .dump() +
                   "\n");
    return Exit::done;
  }
  out.write(fmt::format("nnrun {} ({}), plugin interface {}.{}\n", v.number, v.git, NNRUN_ABI_MAJOR,
                        NNRUN_ABI_MINOR));
  if (arguments.quiet) return Exit::done;
  out.write(fmt::format("built by {}, {}: {}\non this machine: {}\nwith", v.compiler, v.build_type,
                        v.flags, instruction_set()));
  for (const auto& [name, number] : v.libraries) out.write(" " + name + " " + number);
  out.write("\n");
  if (arguments.verbose)
    for (const auto& library : registry.libraries())
      out.write("plugins " + library->file.string() + "\n");
  return Exit::done;
}

}  // namespace nnrun::host
