#include "fuzz/target.hpp"
#include "network/graph.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {

/// What is read once must be read again from what is written, with the same meaning.
void fuzz_config(std::string_view input) {
  static host::Registry closed = [] {
    host::Registry loaded;
    loaded.load_folder(NNRUN_BUILD_DIR "/plugins");
    loaded.close();  // no input may run code
    return loaded;
  }();
  const auto file = fuzz_folder().write("config.yaml", input);
  const host::Experiment experiment = host::read_experiment(file, {}, closed);
  if (!experiment.plugins.empty()) return;  // their classes are not there
  const std::string resolved = host::resolved_yaml(experiment);
  std::string again;
  try {
    again = host::resolved_yaml(
        host::read_experiment(fuzz_folder().write("resolved.yaml", resolved), {}, closed));
  } catch (const host::Error& error) {
    require_promise(false, (resolved + host::render(error, false)).c_str());
  }
  require_promise(again == resolved,
                  ("a resolved config reads back:\n" + resolved + again).c_str());
  host::build_graph(experiment);
}

}  // namespace nnrun::testing
