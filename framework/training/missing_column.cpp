#include "training/missing_column.hpp"

#include <algorithm>
#include <nnrun/kinds/common.hpp>
#include <vector>

#include "base/did_you_mean.hpp"
namespace nnrun::host {

std::optional<std::string> suggest_column(Problem& said) {
  using nnrun::detail::no_column, nnrun::detail::columns_there;
  const std::string_view what = said.what, hint = said.hint;
  const std::size_t end = what.find('\'', no_column.size());
  if (!what.starts_with(no_column) || !hint.starts_with(columns_there) || end == what.npos)
    return {};
  std::string name(what.substr(no_column.size(), end - no_column.size()));
  const std::string_view listed =
      hint.substr(columns_there.size(), hint.find('\n') - columns_there.size());
  std::vector<std::string> known;
  for (std::size_t from = 0; from <= listed.size();) {
    const std::size_t to = std::min(listed.find(", ", from), listed.size());
    known.emplace_back(listed.substr(from, to - from));
    from = to + 2;
  }
  const std::size_t sign = known[0].find_first_of(",;|\t");
  if (known.size() == 1 && sign != std::string::npos)
    said.hint += "\nif that is several columns, write separator: " +
                 (known[0][sign] == '\t' ? "tab" : '"' + std::string(1, known[0][sign]) + '"') +
                 " in data";
  const bool are_numbered = known[0] == "x1";  // of a file without names
  if (const auto meant = nearest(name, known); meant && !are_numbered)
    said.hint.insert(0, "did you mean '" + *meant + "'? ");
  return name;
}

}  // namespace nnrun::host
