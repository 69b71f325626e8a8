#include "base/files.hpp"
#include "base/said.hpp"
#include "comparison/plan.hpp"
#include "fuzz/target.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {

/// A plan says where runs are written and removed: never outside the folder of the comparison.
void fuzz_plan(std::string_view input) {
  const std::filesystem::path folder = fuzz_folder() / "comparison";
  static const std::string config = text_of(NNRUN_SOURCE_DIR "/configs/diagonal.yaml"),
                           sha256 = host::sha256_of(std::as_bytes(std::span(config)));
  fuzz_folder().write("comparison/plan.json", replaced(std::string(input), "SHA256", sha256));
  static const bool once = [] {
    for (const char* name : {"a", "b"})
      fuzz_folder().write("comparison/configs/" + std::string(name) + ".yaml", config);
    return true;
  }();
  require_promise(once, "the configs are there");
  host::ComparisonPlan plan = host::read_plan(folder, registry());
  host::plan_runs(plan, folder);
  for (const host::PlannedRun& run : plan.runs) {
    const std::string inside = run.folder.lexically_normal().lexically_relative(folder).string();
    require_promise(inside.starts_with("runs/") && std::ranges::count(inside, '/') == 2,
                    "runs lie in the folder of their comparison");
  }
}

}  // namespace nnrun::testing
