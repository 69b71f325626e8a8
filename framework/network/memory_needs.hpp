// The memory that a run will need, computed before anything is allocated.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "network/graph.hpp"
namespace nnrun::host {

/// Wide enough for any product of two sizes.
__extension__ typedef unsigned __int128 Bytes;

/// One thing that takes memory: `dense_1/weights 1000000000 x 4 float64`, its bytes, and how many
/// of its size there are (the gradient and the optimizer's slots of a block, say).
struct Need {
  std::string what;
  Bytes bytes = 0;
  std::size_t copies = 1;
};

/// Returns the bytes that this process may still use: the smaller of MemAvailable and what its
/// control group has left. The largest number if neither can be read.
std::uint64_t available_memory();

/// Returns a text such as `32 GB` or `1.5 MB`: powers of 1000, at most two digits after the point.
std::string text_of_bytes(Bytes bytes);

/// Throws ConfigError "32 GB needed, 19 GB available: … is 32 GB", naming the largest need.
void require_memory(const std::vector<Need>& needs, std::uint64_t available);

/// Returns what a run needs: parameters, gradient, slots, values of a batch, and the scratch of
/// every thread.
std::vector<Need> needs_of(const Graph& graph, Dtype dtype, std::size_t batch_rows,
                           std::size_t n_slots, unsigned threads = 1);

}  // namespace nnrun::host
