// What a data set tells of itself when it is opened.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "network/model_file.hpp"
#include "network/ordered_classes.hpp"
#include "training/odd_targets.hpp"
#include "training/two_classes.hpp"
namespace nnrun::host {

/// What is known of the folds, while one of them is held out as the test part.
struct FoldFacts {
  std::size_t set_aside = 0;        ///< examples of the data's own test part, which are not read
  bool by_class = false;            ///< each fold has its share of each class; known once read
  std::vector<std::string> rare{};  ///< classes with fewer examples than folds; known once read
};

/// Shapes, names and counts that a data set gives when it is opened.
struct DataShape {
  nnrun_shape input{}, target{};  ///< as the data set gives them; of a series, those of a row
  std::array<std::size_t, NNRUN_PARTS> examples{};  ///< after the split
  std::array<std::size_t, NNRUN_PARTS> rows{};      ///< the same, but of a series its rows
  /// Of each part, how many rows each of several series has; empty: there is one, or none.
  std::array<std::vector<std::size_t>, NNRUN_PARTS> series{};
  std::string in_blocks{};  ///< an input that may name several series, which windows do not know of
  std::size_t past_targets = 0;  ///< targets of a series that are inputs too, behind the others
  FoldFacts folds{};
  DataNames names{};
  std::vector<Column> columns{};  ///< of inputs
  double divide_by = 1;           ///< what inputs are divided by
  bool has_weights = false;       ///< examples say what they count
  std::size_t overlap = 0;        ///< how many examples behind one share numbers with it
  /// Why the target is a class; what to write to make it one; how the data were read. May be empty.
  std::string target_reason{}, as_classes{}, note{};
  /// What stands beside the numbers of each target; empty if nothing stands beside any number.
  std::vector<std::vector<std::string>> target_units{};
  /// What the data set finds doubtful, and which rows it leaves out, and why; may be empty.
  std::vector<Problem> doubts{};
  std::size_t rows_without_values = 0;  ///< that are no examples
  std::string why_without_values{};
  std::string left_out{};    ///< which rows cannot be used, once they were read; empty: none
  std::string stored{};      ///< that inputs stay in the files, and why; empty: they do not
  Indices indices{};         ///< that the network takes the inputs for
  TwoClasses two_classes{};  ///< of a target that has two
  /// How many values of each input were missing, once the data were read; empty: none is filled in.
  std::vector<std::size_t> gaps{};
  /// The largest input, if all of them seem to have been divided before the data set divides them,
  /// once they were read; else 0.
  double divided_before = 0;
  /// Of each part, how many examples are examples of the training part, too, with the same inputs
  /// and targets, once the data were read from files.
  std::array<std::size_t, NNRUN_PARTS> also_trained_on{};
  /// Classes that other parts have and no training example is of, once the data were read.
  std::vector<std::size_t> untaught_classes{};
  std::optional<OddTarget> odd_target{};    ///< known once the data were read
  std::optional<TargetEnds> target_ends{};  ///< of one number, known once the data were read
  Targets told{};  ///< what a trained network tells, which targets must be; not known: any

  /// Returns whether a single number says which of two classes it is.
  bool is_yes_or_no() const { return names.classes.size() == 2 && two_classes.one_number; }
  /// Returns how many target numbers of an example the data set gives.
  std::size_t targets_given() const {
    return names.ordered || names.classes.size() == 2 ? names.classes.size() : size_of(target);
  }
  /// Turns rows of them, in place and from the front, into what the network is to answer.
  void read_targets(std::span<double> targets) const {
    if (names.ordered)
      to_higher_classes(targets, names.classes.size());
    else if (names.classes.size() == 2)
      two_classes.apply(targets);
  }
};

}  // namespace nnrun::host
