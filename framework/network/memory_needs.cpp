#include "network/memory_needs.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>

#include "base/text.hpp"
#include "network/buffer.hpp"
namespace nnrun::host {
namespace {

std::optional<std::uint64_t> number_in(const char* file, std::string_view key = {}) {
  std::ifstream in(file);
  for (std::string word; in >> word;) {
    if (!key.empty()) {
      if (word != key) continue;
      in >> word;
    }
    const auto number = parse_integer(word);
    if (!number || *number < 0) return std::nullopt;  // `max`: no limit
    return static_cast<std::uint64_t>(*number);
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t available_memory() {
  std::uint64_t available = std::numeric_limits<std::uint64_t>::max();
  if (const auto kilobytes = number_in("/proc/meminfo", "MemAvailable:"))
    available = *kilobytes * 1024;
  const auto limit = number_in("/sys/fs/cgroup/memory.max");
  const auto used = number_in("/sys/fs/cgroup/memory.current");
  if (limit && used) available = std::min(available, *limit - std::min(*limit, *used));
  return available;
}

std::string text_of_bytes(Bytes bytes) {
  static constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
  double size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1000 && unit + 1 < std::size(units); ++unit) size /= 1000;
  const double step = size < 10 ? 100 : size < 100 ? 10 : 1;
  return shortest(static_cast<double>(static_cast<std::uint64_t>(size * step + 0.5)) / step) + ' ' +
         units[unit];
}

void require_memory(const std::vector<Need>& needs, std::uint64_t available) {
  Bytes total = 0;
  for (const Need& need : needs) total += need.bytes * need.copies;
  if (total <= available) return;
  const Need& largest = *std::ranges::max_element(needs, {}, &Need::bytes);
  throw ConfigError(Problem{.what = text_of_bytes(total) + " needed, " + text_of_bytes(available) +
                                    " available: " + largest.what + " is " +
                                    text_of_bytes(largest.bytes)});
}

std::vector<Need> needs_of(const Graph& graph, Dtype dtype, std::size_t batch_rows,
                           std::size_t n_slots, unsigned threads) {
  const Bytes width = dtype == Dtype::float32 ? 4 : 8;
  const std::string type = dtype == Dtype::float32 ? " float32" : " float64";
  std::vector<Need> needs;
  for (const NamedBlock& block : graph.blocks()) {
    Bytes count = 1;
    for (std::uint32_t i = 0; i < block.block->shape.rank; ++i)
      count *= block.block->shape.sizes[i];
    needs.push_back(
        {block.name + ' ' + text_of(block.block->shape) + type, count * width, 2 + n_slots});
  }
  for (const Node& node : graph.nodes) {
    const Bytes numbers = static_cast<Bytes>(batch_rows) * node.cols;
    const Bytes kept =
        static_cast<Bytes>(batch_rows) * (node.plan.kept_per_row + node.plan.noise_per_row);
    if (kept > 0)
      needs.push_back({"what layer '" + node.name + "' keeps of a batch", kept * width, 1});
    needs.push_back({"a batch of " + std::to_string(batch_rows) + " x " +
                         std::to_string(node.cols) + type + " in layer '" + node.name + "'",
                     numbers * width, node.activation ? 4u : 2u});
  }
  if (const Bytes scratch = graph.scratch(); scratch > 0)
    needs.push_back({"the scratch of a layer", scratch * width, threads});
  return needs;
}

}  // namespace nnrun::host
