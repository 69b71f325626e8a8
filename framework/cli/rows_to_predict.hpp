// The rows that a recorded run is asked for, from a file or a pipe, one at a time: memory does not
// depend on how many there are.
#pragma once
#include <memory>
#include <nnrun/csv.hpp>
#include <nnrun/rows_in_time.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "training/input_columns.hpp"
namespace nnrun::host {

/// Some rows on their way from the file to the thread that reads them: as text, or as they were
/// read.
struct RowsTaken {
  std::string text;
  std::size_t line = 0;  ///< of the file, that the text begins with
  struct Read {
    std::vector<double> inputs;
    std::optional<Problem> problem;  ///< why it has none
    std::string place;
    std::vector<std::string> kept;
  };
  std::vector<Read> rows;
};
class ReaderOfParts;

/// The rows of a file for several threads.
class RowsInParts {
 public:
  virtual ~RowsInParts() = default;
  /// Takes the next rows off the file; returns false at the end. By one thread at a time. Throws
  /// DataError if the rest cannot be read.
  virtual bool take(RowsTaken& rows) = 0;
  /// Returns what reads such rows; each thread needs one of its own.
  virtual std::unique_ptr<ReaderOfParts> reader() const = 0;
};

class RowsToPredict {
 public:
  virtual ~RowsToPredict() = default;
  /// Returns the rows that are left, in parts: what else this object can do is over then, and it
  /// must outlive them.
  virtual std::unique_ptr<RowsInParts> in_parts();
  /// Goes to the next row; returns false at the end. Throws DataError if the rest cannot be read.
  virtual bool next() = 0;
  /// Returns the raw inputs of the present row, valid until the next one. Throws DataError if it
  /// has none that the run can answer.
  virtual std::span<const double> inputs() = 0;
  /// Returns the place of the present row: `in.csv:12`.
  virtual std::string place() const = 0;
  /// Return the names of the columns that are repeated beside the answers, and their fields in the
  /// present row, as they are in the file.
  virtual std::vector<std::string> kept_names() const { return {}; }
  virtual std::span<const std::string_view> kept() const { return {}; }
  /// Returns what is to be said once all rows are read; empty if nothing is.
  virtual std::string note() const { return {}; }
  /// Returns what then speaks against the rows: each a warning.
  virtual std::vector<std::string> doubts() { return {}; }
  /// Returns to which series the present row belongs; empty where nothing says so.
  virtual std::string_view series() const { return {}; }
};

class ReaderOfParts : public RowsToPredict {
 public:
  /// The next rows are these.
  virtual void begin(RowsTaken rows) = 0;
};

/// Which columns are repeated beside the answers.
struct KeptColumns {
  bool all = false;
  std::vector<std::string> words = {};  ///< as typed: a name, or names with commas between
  std::string series = {};  ///< the column that says to which series a row belongs, if any
  /// Of rows that follow each other in time: the targets, which do not say when a row is.
  std::optional<std::vector<std::string>> targets_in_time = {};
};

/// Sees whether the rows of a table lie in the order of time, if the run's do.
class OrderOfRows {
 public:
  OrderOfRows(const std::vector<std::string>& names, const KeptColumns& kept) {
    if (kept.targets_in_time) order_.emplace(names, kept.series, *kept.targets_in_time);
  }
  /// Takes the present row of a reader.
  void add(const auto& rows) {
    if (order_) order_->add(rows);
  }
  /// Returns what speaks against the order, once all rows are there.
  std::vector<std::string> doubts();

 private:
  std::optional<RowsInTime> order_;
};

/// Returns the rows of a text file, plain or compressed, or of a pipe. settings, columns: as the
/// run's own data are read. Throws DataError.
std::unique_ptr<RowsToPredict> rows_of_text(std::unique_ptr<std::istream> in,
                                            const std::string& name, const TextSettings& settings,
                                            InputColumns columns, const KeptColumns& kept);
/// Returns whether a file is what `nnrun convert` makes of a table, or NumPy of a structured array.
/// Throws DataError if it cannot be read.
bool is_stored_table(const std::string& file);
/// Returns the rows of such a file. The rest as above.
std::unique_ptr<RowsToPredict> rows_of_table(const std::string& file, const TextSettings& settings,
                                             InputColumns columns, const KeptColumns& kept);
/// Returns the rows of a file or a pipe of JSON, one on each line: an object with the inputs by
/// name, or a list of them. kept: keys. series: the key that says to which series a row belongs, if
/// any. Throws DataError.
std::unique_ptr<RowsToPredict> rows_of_json(std::unique_ptr<std::istream> in,
                                            const std::string& name, const TextSettings& settings,
                                            InputColumns columns, std::vector<std::string> kept,
                                            const std::string& series);
/// Returns the windows of rows that follow each other in time: one that ends at each row, from the
/// first that has enough before it, in its series if there are several. name: of the file. Its
/// `next` throws DataError if there is none. group: what says to which series a row belongs, if
/// any.
std::unique_ptr<RowsToPredict> windows_of_rows(std::unique_ptr<RowsToPredict> rows,
                                               std::size_t length, const std::string& name,
                                               const std::string& group);
/// Return the examples of an array file, each of `inputs` numbers. Throw DataError.
/// shape: the model's input; array: which one of an npz file, empty for the only one;
/// keeps_missing: NaN is a missing value, for the preparation to fill in or to refuse.
std::unique_ptr<RowsToPredict> rows_of_npy(const std::string& file, const std::string& array,
                                           std::size_t inputs, const nnrun_shape& shape,
                                           bool keeps_missing);
std::unique_ptr<RowsToPredict> rows_of_idx(const std::string& file, std::size_t inputs,
                                           const nnrun_shape& shape);

/// Returns a line of a hint for a text that training did not see: what takes it for none.
std::string words_for_unknown(const CsvColumn& column);

}  // namespace nnrun::host
