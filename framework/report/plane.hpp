// The first output of a network over the plane of its two inputs.
#pragma once
#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "runs/record_field.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

struct PlaneOutput {
  std::uint64_t seed = 0;      ///< of the run
  std::vector<double> values;  ///< row by row, the top row first
};
struct PlaneAxis {
  std::string name;
  double low = 0, high = 0;
};
struct Plane {
  PlaneAxis x, y;
  std::size_t columns = 0, rows = 0;
  std::vector<PlaneOutput> outputs;
  std::optional<double> border{};  ///< above it lies a yes; nothing if the answer is not yes or no
};

/// Returns the outputs at the centres of the cells, over the range of the training part, with the
/// parameters as they are now; nothing for a network of other than two inputs.
std::optional<Plane> sample_plane(Trainer& trainer, std::uint64_t seed, std::size_t columns,
                                  std::size_t rows);
/// Does the same with as many cells as a page shows.
std::optional<Plane> sample_plane(Trainer& trainer, std::uint64_t seed);

/// Returns the content of decision.json; outputs keep four digits.
nlohmann::ordered_json to_json(const Plane& plane);
/// Reads what to_json wrote. Throws RecordError for anything else.
Plane read_plane(const RecordField& field);

}  // namespace nnrun::host
