#include "training/augmentation.hpp"

#include "network/graph.hpp"
namespace nnrun::host {

std::vector<PlannedAugmentation> plan_augmentations(const std::vector<Use>& uses,
                                                    const nnrun_shape& shape, bool of_series) {
  std::vector<PlannedAugmentation> planned;
  for (const Use& use : uses) {
    Object object(use);
    if (of_series && (object.functions<nnrun_augmentation>().flags & NNRUN_OF_IMAGES) != 0)
      throw ConfigError(Problem{.what = "augmentation '" + object.plugin().name +
                                        "' is of images, but examples of 'windows' are steps of a "
                                        "series: it would mix up steps and columns",
                                .place = object.place(),
                                .hint = "remove it; noise is for series, too"});
    std::size_t n_random = 0;
    if (object.status_of("plan", object.functions<nnrun_augmentation>().plan, &shape, &n_random) !=
        0) {
      Problem said = take_plugin_error();
      said.what = "augmentation '" + object.plugin().name +
                  "': " + (said.what.empty() ? "refused examples of " + text_of(shape) : said.what);
      said.place = object.place();
      throw ConfigError(std::move(said));
    }
    planned.push_back({std::move(object), n_random});
  }
  return planned;
}

std::vector<Need> needs_of(const std::vector<PlannedAugmentation>& planned, std::size_t rows,
                           std::size_t cols, Dtype dtype) {
  std::vector<Need> needs;
  Bytes random = 0;
  for (const PlannedAugmentation& one : planned)
    random = std::max(random, Bytes{rows} * one.n_random * 8);
  if (planned.empty()) return needs;
  const Bytes width = dtype == Dtype::float32 ? 4 : 8;
  needs.push_back({"augmentation of " + std::to_string(rows) + " examples",
                   random + Bytes{rows} * cols * width, 1, planned.front().object.place(),
                   "use a smaller batch_size"});
  return needs;
}

}  // namespace nnrun::host
