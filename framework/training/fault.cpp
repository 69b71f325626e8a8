#include "training/fault.hpp"

#include <algorithm>

#include "base/text.hpp"
namespace nnrun::host {
namespace {

std::string in_step(std::size_t epoch, std::uint64_t step) {
  return " in epoch " + std::to_string(epoch) + ", step " + std::to_string(step);
}

std::string name_of(const Object& object) {
  return object.plugin().kind + " '" + object.plugin().name + "'";
}

std::string note_of(const Diagnosis& diagnosis) {
  return diagnosis.cause + (diagnosis.cause.empty() ? "" : "\n") + diagnosis.numbers;
}

}  // namespace

Problem bad_number(const Fault& fault, double cost, std::size_t epoch, std::uint64_t step,
                   const Diagnosis& diagnosis) {
  const std::string_view method = fault.method;
  std::string whose = name_of(*fault.plugin) + " gave it";
  if (fault.node != nullptr)
    whose = (method == "forward"               ? "the output of "
             : method == "backward_parameters" ? "the gradient of "
                                               : "the slopes of ") +
            fault.node->name +
            (method == "backward_parameters" || method == "forward" ? " was not finite"
                                                                    : " were not finite");
  const char* const what = std::isnan(cost)       ? "cost became nan"
                           : !std::isfinite(cost) ? "cost became infinite"
                                                  : "a gradient became infinite or nan";
  const std::string moved = fault.moved.empty() ? "" : ", with " + fault.moved;
  return {.what = what + in_step(epoch, step) + ": " + whose + " first" + moved +
                  "; the update was not applied",
          .where = std::string(method) + " of " + fault.plugin->plugin().label,
          .hint = diagnosis.hint,
          .note = note_of(diagnosis)};
}

Problem bad_update(const std::vector<const Object*>& updaters, std::size_t epoch,
                   std::uint64_t step, const Diagnosis& diagnosis) {
  std::vector<std::string> names, places;
  for (const Object* updater : updaters)
    if (std::string name = name_of(*updater); std::ranges::find(names, name) == names.end()) {
      names.push_back(std::move(name));
      places.push_back(updater->plugin().label);
    }
  return {.what = "parameters became infinite or nan" + in_step(epoch, step) +
                  ", in the update by " + join(names, " and "),
          .where = join(places, ", "),
          .hint = diagnosis.hint,
          .note = note_of(diagnosis)};
}

}  // namespace nnrun::host
