// What a network answers beside what is true: of numbers both side by side, of two classes how the
// border between them trades one mistake for the other.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "training/trainer.hpp"
namespace nnrun::host {

/// Of two classes, for every border between yes and no: what share of the others is taken for a
/// yes, what share of the yeses is found, and how many of those that are said to be one are.
struct BorderCurves {
  struct Point {
    double false_positives, recall, precision;
  };
  std::vector<Point> points{};  ///< from the strictest border on; without (0, 0)
  double area = 0;              ///< below recall over false_positives
  double average_precision = 0;
};
/// Returns nothing if all are yes, or none is. Scores that are equal are on one side together.
std::optional<BorderCurves> border_curves(std::span<const double> scores,
                                          const std::vector<bool>& is_yes);

struct Answers {
  std::size_t examples = 0, of = 0;  ///< that were looked at, of those of the part
  std::string name{};                ///< of the target, or of the class that is a yes
  /// Of a number: what is true, and what the network says, in units of the data.
  std::vector<std::pair<double, double>> pairs{};
  std::optional<BorderCurves> curves{};  ///< of two classes
};

/// Returns nothing for targets of more classes, or of several labels.
std::optional<Answers> sample_answers(Trainer& trainer, std::size_t part);

nlohmann::ordered_json to_json(const Answers& answers);

}  // namespace nnrun::host
