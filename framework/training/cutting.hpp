// How the training part of a data set becomes training, validation and test, as `split` says.
#pragma once
#include <string>
#include <vector>

#include "network/random.hpp"
#include "training/data_shape.hpp"
#include "training/split.hpp"
#include "training/target_classes.hpp"
namespace nnrun::host {

class Cutting {
 public:
  Cutting() = default;
  /// data_set: its name, for messages.
  Cutting(const DataSpec& data, const std::string& data_set);

  bool cuts() const { return split_.validation != 0 || split_.test != 0 || split_.folds != 0; }
  bool has_folds() const { return split_.folds != 0; }
  /// Returns whether the targets must be known, or all numbers be drawn, before it can cut.
  bool comes_last(const Random& random) const {
    return split_.stratify || split_.folds != 0 || (split_.shuffle && random.is_sequential());
  }
  /// Counts the examples of each part, in a shape that has those that the data set gives. Throws
  /// ConfigError or DataError if they cannot be cut so.
  void count_in(DataShape& shape) const;

  static constexpr std::uint8_t no_part = NNRUN_PARTS;  ///< of an example that is set aside
  /// Returns the part of each example. targets: of all, if it comes last. Notes in the shape what
  /// the folds are like.
  std::vector<std::uint8_t> parts_of(std::size_t count, std::span<const double> targets,
                                     Random& random, DataShape& shape) const;

 private:
  void cut_off(DataShape& shape, std::size_t part, double fraction, std::size_t examples) const;
  std::size_t take_from_series(DataShape& shape, std::size_t part, double fraction) const;
  std::vector<std::uint8_t> parts_in_order(std::size_t count, const DataShape& shape) const;
  void require_order(const DataShape& shape) const;
  void part_from_each_other(DataShape& shape) const;
  void hold_out_fold(DataShape& shape) const;
  void draw_test_part(std::vector<std::uint32_t>& order,
                      const std::array<std::size_t, NNRUN_PARTS>& sizes,
                      const TargetClasses& classes, const Random& random) const;
  Cut fold_of(std::span<const double> targets, std::vector<std::uint32_t> order,
              const Random& random, DataShape& shape) const;
  [[noreturn]] void refuse_to_stratify() const;

  Split split_;
  bool in_windows_;
  Place place_;
  std::string where_;
};

}  // namespace nnrun::host
