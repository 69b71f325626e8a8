// Examples in memory, in the run's precision.
#pragma once
#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "config/experiment.hpp"
#include "network/buffer.hpp"
#include "network/memory_needs.hpp"
#include "network/model_file.hpp"
#include "network/random.hpp"
#include "training/split.hpp"
#include "training/two_classes.hpp"
namespace nnrun::host {

/// Examples with their targets; rows are contiguous.
template <class T>
struct Examples {
  Buffer<T> x, t;
  std::size_t count = 0;
  /// What each example counts: the factor of its cost; empty: 1.
  Buffer<T> weight{};
  /// What each example adds to the number that a sum of costs is divided by; empty: 1.
  Buffer<T> divisor{};

  /// Returns what the costs of some examples in a row are divided by.
  double divisor_of(std::size_t from, std::size_t n) const {
    if (divisor.data() == nullptr) return static_cast<double>(n);
    double sum = 0;
    for (std::size_t i = from; i < from + n; ++i) sum += static_cast<double>(divisor.data()[i]);
    return sum;
  }
};

/// What is known of the folds, while one of them is held out as the test part.
struct FoldFacts {
  std::size_t set_aside = 0;        ///< examples of the data's own test part, which are not read
  bool by_class = false;            ///< each fold has its share of each class; known once read
  std::vector<std::string> rare{};  ///< classes with fewer examples than folds; known once read
};

/// Shapes, names and counts that a data set gives when it is opened.
struct DataShape {
  nnrun_shape input{}, target{};                    ///< as the data set gives them
  std::array<std::size_t, NNRUN_PARTS> examples{};  ///< after the split
  FoldFacts folds;
  DataNames names;
  std::vector<Column> columns;  ///< of inputs
  double divide_by = 1;         ///< what inputs are divided by
  bool has_weights = false;     ///< examples say what they count
  /// Why the target is a class; what to write to make it one; how the data were read. May be empty.
  std::string target_reason, as_classes, note;
  TwoClasses two_classes;  ///< of a target that has two
  /// How many values of each input were missing, once the data were read; empty: none is filled in.
  std::vector<std::size_t> gaps;

  /// Returns whether a single number says which of two classes it is.
  bool is_yes_or_no() const { return names.classes.size() == 2 && two_classes.one_number; }
};

/// An open data set, which can be read once.
class DataSource {
 public:
  /// Opens the data set. trained: a network whose columns are wanted, and which needs no example to
  /// train on; nullptr if one is to be trained. whole: no file of it is cut into parts. Throws
  /// DataError with the plugin's message.
  explicit DataSource(const Experiment& experiment, const ModelFile* trained = nullptr,
                      bool whole = false);
  const DataShape& shape() const { return shape_; }
  /// Returns the preparation of these inputs, not yet fitted. Throws ConfigError.
  Preparation preparation(const Experiment& experiment) const;
  /// Makes one number of a target of two classes if the network has one output. To be called before
  /// anything that asks for the shape of targets.
  void fit_to(const Graph& graph, const Use& cost);
  /// Throws GraphError if the prepared inputs or the targets do not fit the network, ConfigError if
  /// a row of `predict` does not fit the inputs.
  void require_fit(const Graph& graph, const Preparation& preparation,
                   const Experiment& experiment) const;
  std::vector<Need> needs(const Preparation& preparation, Dtype dtype) const;
  /// Reads all parts, training, validation and test; splits the training part; fits the
  /// preparation to it, unless it is fitted already, and prepares the inputs. Throws DataError for
  /// a number that is not finite or too large for T, or a weight below 0, naming part, example and
  /// column.
  template <class T>
  std::array<Examples<T>, NNRUN_PARTS> read(Random& random, Preparation& preparation);
  /// Returns the smallest and largest value of each input of the training part, before preparation;
  /// empty if inputs are not prepared or not read yet.
  const std::vector<std::pair<double, double>>& input_ranges() const { return ranges_; }

 private:
  void take(const nnrun_data& data);
  void order_classes(const Experiment& experiment, const ModelFile* trained);
  void take_out_weights(bool trained);
  void split_off();
  void cut_off(std::size_t part, double fraction, std::size_t examples);
  void hold_out_fold();
  [[noreturn]] void refuse_targets(std::size_t outputs) const;
  template <class T, class Target>
  std::array<Examples<T>, NNRUN_PARTS> read_raw(Random& random, const Preparation& preparation);
  template <class T>
  std::array<Examples<T>, NNRUN_PARTS> cut(const Examples<T>& all, Random& random);
  template <class T>
  Cut fold_of(const Examples<T>& all, std::span<const std::uint32_t> order);
  template <class T>
  void require_weights(const std::array<Examples<T>, NNRUN_PARTS>& parts) const;
  Object object_;
  Placed<std::string> weights_;
  std::size_t weight_at_ = 0;  // the column of what an example counts, if shape_.has_weights
  Split split_;
  Place place_;
  DataShape shape_;
  std::array<std::size_t, NNRUN_PARTS> given_{};  // before the split
  std::vector<std::pair<double, double>> ranges_;
};

/// Returns the smallest and largest number of each column. rows: row-major, at least one.
template <class T>
std::vector<std::pair<double, double>> column_ranges(std::span<const T> rows, std::size_t cols);

/// Returns the hexadecimal SHA-256 over the inputs and targets of all parts.
template <class T>
std::string hash_of(const std::array<Examples<T>, NNRUN_PARTS>& parts);

}  // namespace nnrun::host
