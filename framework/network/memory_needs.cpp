#include "network/memory_needs.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>

#include "base/text.hpp"
#include "network/buffer.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t little = std::uint64_t{1} << 24;
constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

std::optional<std::uint64_t> number_in(const fs::path& file, std::string_view key = {}) {
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

std::uint64_t left_of(std::uint64_t limit, std::uint64_t used) {
  return limit - std::min(limit, used);
}

/// The files of a control group, in one of the two versions.
struct GroupFiles {
  const char *folder, *limit, *used, *reclaimable;
};
constexpr GroupFiles version_1{"sys/fs/cgroup/memory", "memory.limit_in_bytes",
                               "memory.usage_in_bytes", "total_inactive_file"},
    version_2{"sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"};

/// Returns what a group and those above it have left. What the system has cached of files can be
/// taken back, so it counts as free.
std::uint64_t left_in_group(const fs::path& system, const GroupFiles& files, std::string name) {
  std::uint64_t left = no_limit;
  for (;;) {
    const fs::path folder = system / files.folder / fs::path(name).relative_path();
    const auto limit = number_in(folder / files.limit), used = number_in(folder / files.used);
    if (limit && used) {
      const auto cached = number_in(folder / "memory.stat", files.reclaimable);
      left = std::min(left, left_of(*limit, left_of(*used, cached.value_or(0))));
    }
    if (name.find_first_not_of('/') == std::string::npos) return left;
    name.erase(name.rfind('/'));
  }
}

/// Each line of /proc/self/cgroup is NUMBER:CONTROLLERS:NAME; version 2 has the number 0.
std::uint64_t left_in_groups(const fs::path& system) {
  std::uint64_t left = no_limit;
  std::ifstream in(system / "proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == line.npos || second == line.npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool new_version = line.starts_with("0:");
    if (!new_version && controllers.find(",memory,") == line.npos) continue;
    left = std::min(
        left, left_in_group(system, new_version ? version_2 : version_1, line.substr(second + 1)));
  }
  return left;
}

/// Returns what ulimit -v and ulimit -d leave.
std::uint64_t left_of_addresses() {
  std::ifstream in("/proc/self/statm");
  const std::vector<std::uint64_t> pages{std::istream_iterator<std::uint64_t>(in), {}};
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const auto left = [&](decltype(RLIMIT_AS) kind, std::size_t field) {
    rlimit limit{};
    if (::getrlimit(kind, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return no_limit;
    return left_of(limit.rlim_cur, field < pages.size() ? pages[field] * page : 0);
  };
  return std::min(left(RLIMIT_AS, 0), left(RLIMIT_DATA, 5));
}

std::string name_of(Dtype dtype) {
  return dtype == Dtype::float32 ? " float32" : " float64";
}

Bytes width_of(Dtype dtype) {
  return dtype == Dtype::float32 ? 4 : 8;
}

std::string how_to_halve(Dtype dtype) {
  return dtype == Dtype::float64 ? ", or write dtype: float32" : "";
}

void add_parameters(const Graph& graph, Dtype dtype, std::size_t copies, std::vector<Need>& needs) {
  for (const NamedBlock& block : graph.saved_blocks()) {
    Bytes count = 1;
    for (std::uint32_t i = 0; i < block.block->shape.rank; ++i)
      count *= block.block->shape.sizes[i];
    needs.push_back({block.name + ' ' + text_of(block.block->shape) + name_of(dtype),
                     count * width_of(dtype), block.is_state ? 1 : copies, block.node->place,
                     "make this layer or its inputs smaller" + how_to_halve(dtype), block.node});
  }
}

/// Adds the outputs of every layer. called: what the rows are; copies: before the activation and
/// after it, with their slopes or without.
void add_outputs(const Graph& graph, Dtype dtype, std::size_t rows, const std::string& called,
                 const std::string& hint, std::size_t copies, std::vector<Need>& needs) {
  for (const Node& node : graph.nodes)
    needs.push_back({called + std::to_string(rows) + " x " + std::to_string(node.cols) +
                         name_of(dtype) + " in layer '" + node.name + "'",
                     static_cast<Bytes>(rows) * node.cols * width_of(dtype),
                     node.activation && !node.activates_in_place ? 2 * copies : copies, node.place,
                     hint, &node});
}

/// Adds the scratch of the layer that needs most: all work in the same.
void add_scratch(const Graph& graph, Dtype dtype, unsigned threads, std::vector<Need>& needs) {
  const auto scratch = [](const Node& node) { return node.plan.scratch; };
  const auto most = std::ranges::max_element(graph.nodes, {}, scratch);
  if (most == graph.nodes.end() || scratch(*most) == 0) return;
  needs.push_back({"the scratch of layer '" + most->name + "'",
                   Bytes{scratch(*most)} * width_of(dtype), threads, most->place,
                   "make this layer or its inputs smaller" + how_to_halve(dtype)});
}

Bytes total_of(std::span<const Need> needs, bool with_addresses = false) {
  Bytes total = 0;
  for (const Need& need : needs)
    if (with_addresses || !need.is_address_space) total += need.bytes * need.copies;
  return total;
}

/// Returns what is left for what is counted: the rest of the program takes some, too, such as
/// messages, a page, libraries that are loaded later.
std::uint64_t less_the_rest(std::uint64_t available) {
  return available == no_limit ? available : left_of(available, little);
}

/// Arrays of some size lie in huge pages of their own, and begin anywhere in them.
constexpr Bytes around_array = std::uint64_t{1} << 22, least_wide = std::uint64_t{1} << 19;

}  // namespace

std::uint64_t available_memory(const fs::path& system) {
  std::uint64_t available = std::min(left_in_groups(system), left_of_addresses());
  if (const auto kilobytes = number_in(system / "proc/meminfo", "MemAvailable:"))
    available = std::min(available, *kilobytes * 1024);
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

std::uint64_t available_addresses() {
  return left_of_addresses();
}

namespace {
void require_available(const std::vector<Need>& needs, std::uint64_t available,
                       bool with_addresses) {
  const Bytes total = total_of(needs, with_addresses);
  if (total <= available) return;
  const auto all = [](const Need& need) {
    return need.is_address_space ? Bytes{0} : need.bytes * need.copies;
  };
  const Need& largest = *std::ranges::max_element(needs, {}, all);
  throw ConfigError(
      Problem{.what = text_of_bytes(total) + " needed, " + text_of_bytes(available) +
                      " available: " + largest.what + " is " + text_of_bytes(largest.bytes) +
                      (largest.copies > 1 ? ", " + std::to_string(largest.copies) + " times" : ""),
              .place = largest.place,
              .hint = largest.hint});
}
/// Returns whether so little is needed that it does not matter.
bool are_few(std::span<const Need> needs) {
  return total_of(needs) <= little;
}
}  // namespace

void require_memory(const std::vector<Need>& needs, std::uint64_t available) {
  require_available(needs, available, false);
}
void require_memory(const std::vector<Need>& needs) {
  if (are_few(needs)) return;
  require_available(needs, less_the_rest(available_memory()), false);
  require_available(needs, less_the_rest(available_addresses()), true);
}

bool is_room_for(const std::vector<Need>& needs) {
  return are_few(needs) || (total_of(needs) <= less_the_rest(available_memory()) &&
                            total_of(needs, true) <= less_the_rest(available_addresses()));
}

Need around_arrays(std::span<const Bytes> arrays) {
  const auto wide = std::ranges::count_if(arrays, [](Bytes n) { return n >= least_wide; });
  return {.what = "what lies around arrays",
          .bytes = around_array,
          .copies = static_cast<std::size_t>(wide),
          .is_address_space = true};
}

std::vector<Need> needs_of(const Graph& graph, Dtype dtype, std::size_t batch_rows,
                           std::size_t n_slots, unsigned threads) {
  std::vector<Need> needs;
  add_parameters(graph, dtype, 2 + n_slots, needs);
  const std::string hint = "make train.batch_size or this layer smaller" + how_to_halve(dtype);
  for (const Node& node : graph.nodes) {
    const Bytes kept =
        static_cast<Bytes>(batch_rows) * (Bytes{node.plan.kept_per_row} + node.plan.noise_per_row) +
        node.plan.kept;
    if (kept > 0)
      needs.push_back(
          {"what layer '" + node.name + "' keeps of a batch of " + std::to_string(batch_rows),
           kept * width_of(dtype), 1, node.place, hint, &node});
  }
  add_outputs(graph, dtype, batch_rows, "a batch of ", hint, 2, needs);
  add_scratch(graph, dtype, threads, needs);
  return needs;
}

std::vector<Need> needs_of_outputs(const Graph& graph, Dtype dtype, std::size_t rows) {
  std::vector<Need> needs;
  add_parameters(graph, dtype, 1, needs);
  add_outputs(graph, dtype, rows, "room for ", "make this layer smaller" + how_to_halve(dtype), 1,
              needs);
  add_scratch(graph, dtype, 1, needs);
  return needs;
}

}  // namespace nnrun::host
