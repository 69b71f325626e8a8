#include "network/memory_needs.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <limits>

#include "base/said.hpp"
#include "base/scratch.hpp"
#include "network/graph.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using host::available_memory;

/// A /proc and a /sys with 8 GiB of memory.
struct System : Scratch {
  System() { write("proc/meminfo", "MemTotal: 16777216 kB\nMemAvailable:    8388608 kB\n"); }
  void group(const std::string& folder, const std::string& limit, const std::string& used,
             const std::string& stat, const char* limit_name = "memory.max",
             const char* used_name = "memory.current") const {
    const std::string at = "sys/fs/cgroup/" + folder;
    write(at + limit_name, limit + "\n");
    write(at + used_name, used + "\n");
    write(at + "memory.stat", stat);
  }
  std::uint64_t available() const { return available_memory(folder()); }
};
constexpr std::uint64_t gib = std::uint64_t{1} << 30;

host::Graph graph(const std::string& layers, const std::string& input = "2") {
  return host::build_graph(experiment("data: diagonal\nmodel:\n  input: " + input +
                                      "\n  layers:\n" + layers +
                                      "train: {cost: sum_squared_error}\n"));
}

}  // namespace

TEST_CASE("memory is what the system calls available", "[network]") {
  const System system;
  CHECK(system.available() == 8 * gib);
  const Scratch nothing;
  CHECK(available_memory(nothing.folder()) == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("a control group of version 2 limits memory, and so do those above it", "[network]") {
  const System system;
  system.write("proc/self/cgroup", "0::/user/job\n");
  system.group("", "max", "0", "");
  system.group("user/job/", "4294967296", "2147483648", "anon 5\ninactive_file 1073741824\n");
  CHECK(system.available() == 3 * gib);  // files that are cached can be taken back
  system.group("user/", "2147483648", "1073741824", "inactive_file 0\n");
  CHECK(system.available() == 1 * gib);
  system.group("user/", "1073741824", "2147483648", "inactive_file 0\n");
  CHECK(system.available() == 0);
}

TEST_CASE("a control group of version 1 limits memory", "[network]") {
  const System system;
  system.write("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:hugetlb,memory:/job\n1:name=systemd:/\n");
  system.group("memory/", "9223372036854771712", "5", "", "memory.limit_in_bytes",
               "memory.usage_in_bytes");
  CHECK(system.available() == 8 * gib);
  system.group("memory/job/", "2147483648", "1073741824", "total_inactive_file 536870912\n",
               "memory.limit_in_bytes", "memory.usage_in_bytes");
  CHECK(system.available() == gib + gib / 2);
}

TEST_CASE("a limit of addresses limits memory", "[network]") {
  const System system;
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit limit{5 * gib, 5 * gib};
    ::setrlimit(RLIMIT_AS, &limit);
    const std::uint64_t left = system.available();
    ::_exit(left < 5 * gib && left > 0 ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(status == 0);
#endif
}

TEST_CASE("memory that is not there is refused at the place of the largest need", "[network]") {
  const host::Graph g =
      graph("    - {type: dense, units: 1000000}\n    - {type: dense, units: 1}\n");
  try {
    host::require_memory(host::needs_of(g, host::Dtype::float64, 100, 1), 1'000'000);
    FAIL("accepted");
  } catch (const host::ConfigError& e) {
    const host::Problem& problem = e.problems().front();
    CHECK_THAT(problem.what, Contains(" needed, 1 MB available: a batch of 100 x 1000000 float64 "
                                      "in layer 'dense_1' is 800 MB, 2 times"));
    CHECK(problem.place.line == 5);
    CHECK(problem.hint == "make train.batch_size or this layer smaller, or write dtype: float32");
  }
  CHECK_THROWS_WITH(
      host::require_memory(host::needs_of_outputs(g, host::Dtype::float32, 1), 1'000'000),
      Contains("dense_1/weights 1000000 x 2 float32 is 8 MB"));
}

TEST_CASE("sizes beyond 64 bits are refused with their key, not taken for small ones",
          "[network]") {
  const std::string four = "[4294967296, 4294967296, 4294967296, 4294967296]";
  const std::string one_layer = "    - {type: dense, units: 1}\n";
  for (const std::string& input : {four, std::string("[1099511627776, 1099511627776]"),
                                   std::string("4294967296"), std::string("9223372036854775807")})
    CHECK(said<host::GraphError>([&] { graph(one_layer, input); }).find(" is impossible\n") !=
          std::string::npos);
  const std::string said_of_four = said<host::GraphError>([&] { graph(one_layer, four); });
  CHECK_THAT(said_of_four,
             Contains("error: an input of 4294967296 x 4294967296 x 4294967296 x 4294967296 is "
                      "impossible\n") &&
                 Contains("3 |   input: [") &&
                 Contains("   = help: 2147483648 numbers are the most\n"));
  std::string layers;
  for (int i = 0; i < 5; ++i) layers += "    - {type: dense, units: 2147483647}\n";
  CHECK_THROWS_WITH(graph(layers + one_layer), Contains("parameters are impossible"));
}

}  // namespace nnrun::testing
