// The plane that pictures are over: the two inputs of the data or, of a table with more columns,
// two of them, the others as in a row in their middle.
#pragma once
#include <array>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "network/ordered_classes.hpp"
#include "serving/command.hpp"
#include "training/answers.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

/// Returns the names of the inputs of the data, or x1, x2, … where they have none.
std::vector<std::string> names_of_inputs(const DataShape& data);

/// What a picture over the plane shows of several outputs.
struct PlaneAnswers {
  explicit PlaneAnswers(const Trainer& trainer);
  /// Returns the class of a row of outputs or of targets, and how likely it is.
  template <class T>
  std::pair<std::size_t, T> class_of(const T* row) const {
    if (ordered) return likeliest_class(std::span(row, outputs));
    const std::size_t largest = largest_of(row, outputs);
    return {largest, row[largest]};
  }

  std::size_t outputs;
  bool ordered;
  bool are_classes;  ///< which class is the answer; else the first output is shown
};

class DataPlane {
 public:
  /// Returns nothing if the data have no two columns of numbers, or too many columns. model: of
  /// this run; its preparation is kept as a reference. wanted: as PlaneColumns says.
  static std::optional<DataPlane> find(const Trainer& trainer, const Model& model,
                                       const PlaneColumns& wanted);

  /// Returns whether there are more columns to choose from.
  bool is_of_table() const { return !choices_.empty(); }
  /// Writes the prepared row of a point; shares from 0 to 1 of the way along each side.
  void prepare(double right, double up, double* prepared) const;
  /// Returns `x` and `y`, each with name, low and high, and `columns` of a table.
  nlohmann::ordered_json json() const;
  /// Returns x, y, target and part of examples, spread over all of them; null if the network sees
  /// the numbers only as parts of others.
  nlohmann::ordered_json points(const Trainer& trainer) const;

 private:
  struct Axis {
    std::size_t column, slot;  ///< of the data; of the prepared row
    std::string name{};
    double low = 0, high = 0;
  };

  explicit DataPlane(const Model& model);
  bool choose(const Trainer& trainer, const PlaneColumns& wanted);
  std::size_t slot_of(std::size_t column) const;
  double raw_of(std::size_t slot, double prepared) const;
  double prepared_of(std::size_t slot, double raw) const;

  const Preparation& preparation_;
  std::size_t inputs_;  // of the network
  std::array<Axis, 2> axes_{};
  std::vector<std::string> choices_;
  std::vector<double> others_;  // a prepared row
};

}  // namespace nnrun::host
