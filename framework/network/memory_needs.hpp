// The memory that a run will need, computed before anything is allocated.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
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
  Place place = {};               ///< in the config
  std::string hint = {};          ///< how to need less
  const Node* node = nullptr;     ///< the layer that needs it, if one does
  bool is_address_space = false;  ///< not memory: it counts where `ulimit -v` limits that
};

/// Returns the bytes that this process may still use: the smallest of MemAvailable, what its
/// control group and those above it have left (of either version), and its limits of address space
/// and data. The largest number if none can be read. system: where /proc and /sys are.
std::uint64_t available_memory(const std::filesystem::path& system = "/");

/// Returns the address space that this process may still use: what its limits leave.
std::uint64_t available_addresses();

/// Returns a text such as `32 GB` or `1.5 MB`: powers of 1000, at most two digits after the point.
std::string text_of_bytes(Bytes bytes);

/// Throws ConfigError "32 GB needed, 19 GB available: … is 32 GB", naming the largest need, at its
/// place.
void require_memory(const std::vector<Need>& needs, std::uint64_t available);
/// The same with what is available now. Does not look if so little is needed that it does not
/// matter.
void require_memory(const std::vector<Need>& needs);
/// Returns whether that would throw nothing.
bool is_room_for(const std::vector<Need>& needs);

/// Returns the address space that arrays of so many bytes take beside their numbers.
Need around_arrays(std::span<const Bytes> arrays);

/// Returns what training needs: parameters, gradient, slots, values of a batch, and the scratch of
/// every thread.
std::vector<Need> needs_of(const Graph& graph, Dtype dtype, std::size_t batch_rows,
                           std::size_t n_slots, unsigned threads = 1);
/// Returns what a model needs to compute outputs, this many rows at a time.
std::vector<Need> needs_of_outputs(const Graph& graph, Dtype dtype, std::size_t rows);

}  // namespace nnrun::host
