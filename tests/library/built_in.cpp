// A program with chosen plugins built in: it trains a config, saves the model and answers.
#include <nnrun/abi.h>

#include <cstdio>
#include <fstream>
#include <nnrun/run.hpp>

extern "C" const nnrun_library* nnrun_plugin_v1(void);

namespace {
/// Returns whether a set of plugins is mapped into this process.
bool has_loaded_plugins() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    if (line.find("/plugins/") != line.npos) return true;
  return false;
}
}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const nnrun_library* const sets[] = {nnrun_plugin_v1(), nullptr};
  nnrun_options options{};
  options.flags = NNRUN_BUILT_IN_ONLY;
  options.built_in = sets;
  const nnrun::Context context(options);
  const auto model = context.train(argv[1]);
  if (!model) return std::fputs(model.failure().text(), stderr), 1;
  if (const auto saved = model->save("m.safetensors"); !saved)
    return std::fputs(saved.failure().text(), stderr), 1;
  const auto again = context.open("m.safetensors");
  if (!again) return std::fputs(again.failure().text(), stderr), 1;
  if (*again->info().notes) return std::puts(again->info().notes), 1;
  const double x[] = {0.5, 0.01};
  double y[1];
  if (!again->predict(x, y)) return std::puts(nnrun::Model::last_reason()), 1;
  std::printf("%.17g\n", y[0]);
  return has_loaded_plugins() ? 3 : 0;
}
