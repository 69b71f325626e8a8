// Examples in memory, in the run's precision.
#pragma once
#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "config/experiment.hpp"
#include "network/buffer.hpp"
#include "network/memory.hpp"
#include "network/model_file.hpp"
#include "network/random.hpp"
namespace nnrun::host {

/// Examples with their targets; rows are contiguous.
template <class T>
struct Examples {
  Buffer<T> x, t;
  std::size_t count = 0;
};

/// What a data set says of itself after it was opened.
struct DataShape {
  nnrun_shape input{}, target{};                    ///< as the data set gives them
  std::array<std::size_t, NNRUN_PARTS> examples{};  ///< after the split
  DataNames names;
};

/// A data set that was opened and checked against the network, and can be read once.
class DataSource {
 public:
  /// Opens it. Throws DataError with the plugin's words.
  explicit DataSource(const Experiment& experiment);
  const DataShape& shape() const { return shape_; }
  /// How the experiment prepares these inputs, not yet fitted. Throws ConfigError.
  Preparation preparation(const Experiment& experiment) const;
  /// Throws GraphError where prepared inputs or targets do not fit the network, or a row of
  /// `predict` the inputs.
  void require_fit(const Graph& graph, const Preparation& preparation,
                   const Experiment& experiment) const;
  std::vector<Need> needs(const Preparation& preparation, Dtype dtype) const;
  /// Reads all parts, training, validation and test; splits the training part; fits the
  /// preparation to it, unless it is fitted already, and prepares the inputs. Throws DataError for
  /// a number that is not finite, naming part, example and column.
  template <class T>
  std::array<Examples<T>, NNRUN_PARTS> read(Random& random, Preparation& preparation);
  /// Smallest and largest value of each input of the training part, before its preparation; empty
  /// where nothing is prepared, or nothing was read yet.
  const std::vector<std::pair<double, double>>& input_ranges() const { return ranges_; }

 private:
  template <class T>
  std::array<Examples<T>, NNRUN_PARTS> read_raw(Random& random) const;
  template <class T>
  std::array<Examples<T>, NNRUN_PARTS> cut(const Examples<T>& all, Random& random) const;
  Object object_;
  Split split_;
  Place place_;
  DataShape shape_;
  std::array<std::size_t, NNRUN_PARTS> given_{};  // before the split
  std::vector<std::pair<double, double>> ranges_;
};

/// Smallest and largest number of each column; rows: at least one, one behind the other.
template <class T>
std::vector<std::pair<double, double>> column_ranges(std::span<const T> rows, std::size_t cols);

/// Hexadecimal SHA-256 over shapes and numbers of all parts.
template <class T>
std::string hash_of(const std::array<Examples<T>, NNRUN_PARTS>& parts);

}  // namespace nnrun::host
