#include "config/experiment.hpp"
#include "fuzz/target.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {

void fuzz_setting(std::string_view input) {
  const std::size_t equals = input.find('=');
  if (equals == std::string_view::npos) return;
  static host::Registry closed = [] {
    host::Registry loaded;
    loaded.load_folder(NNRUN_BUILD_DIR "/plugins");
    loaded.close();
    return loaded;
  }();
  host::read_experiment(
      NNRUN_SOURCE_DIR "/configs/diagonal.yaml",
      {{std::string(input.substr(0, equals)), std::string(input.substr(equals + 1))}}, closed);
}

}  // namespace nnrun::testing
