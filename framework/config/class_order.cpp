#include "config/class_order.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "loading/declarations.hpp"
namespace nnrun::host {
namespace {

/// Returns the list of classes among the settings of a data set; nullptr if it has none.
std::vector<std::string>* classes_in(Use& data) {
  for (std::size_t i = 0; i < data.settings.size(); ++i)
    if (means(*data.plugin, setting_of(*data.plugin, i), NNRUN_CLASSES))
      return std::get_if<std::vector<std::string>>(&data.settings[i]);
  return nullptr;
}

}  // namespace

void name_classes_in_order(DataSpec& data, Problems& problems) {
  if (data.order.empty() || !data.use) return;
  const Place& place = data.order.front().place;
  std::vector<std::string> names;
  for (const Placed<std::string>& name : data.order) {
    if (std::ranges::count(names, name.value) > 0)
      return problems.add(name.place, "class '" + name.value + "' is twice in 'order'",
                          "name each class once, the lowest first");
    names.push_back(name.value);
  }
  if (names.size() < 3)
    return problems.add(place, "'order' is for three classes or more",
                        "of two, write which one is the higher: positive: " + names.back());
  if (!data.positive.value.empty())
    return problems.add(
        data.positive.place,
        "'positive' is for two classes, but 'order' names " + std::to_string(names.size()),
        "remove 'positive'");
  std::vector<std::string>* const classes = classes_in(data.use);
  if (classes == nullptr)
    return problems.add(place, "data set '" + data.use.plugin->name + "' has no classes to name",
                        "remove 'order'");
  if (!classes->empty() && *classes != names)
    return problems.add(place,
                        "'order' and 'classes' do not name the same classes in the same order",
                        "remove 'classes': 'order' names them");
  *classes = std::move(names);
}

}  // namespace nnrun::host
