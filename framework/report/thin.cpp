#include "report/thin.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
namespace nnrun::host {

std::vector<std::size_t> thinned(std::size_t count, std::size_t most) {
  std::vector<std::size_t> kept;
  const std::size_t n = std::min(count, most);
  for (std::size_t i = 0; i < n; ++i)
    kept.push_back(n == 1 ? count - 1 : i * (count - 1) / (n - 1));
  return kept;
}

nlohmann::ordered_json drawn(double x, int digits) {
  if (!std::isfinite(x)) return nullptr;
  return *parse_double(significant(x, digits));
}

}  // namespace nnrun::host
