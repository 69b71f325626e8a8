#include "comparison/plan.hpp"
#include "fuzz/target.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {

/// A plan says where runs are written and removed: never outside the folder of the comparison.
void fuzz_plan(std::string_view input) {
  const std::filesystem::path folder = fuzz_folder() / "comparison";
  fuzz_folder().write("comparison/plan.json", input);
  static const bool once = [] {
    for (const char* name : {"a", "b"})
      fuzz_folder().write("comparison/configs/" + std::string(name) + ".yaml",
                          text_of(NNRUN_SOURCE_DIR "/configs/diagonal.yaml"));
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
