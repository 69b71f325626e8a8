// A data set: opened for its shapes, then read.
#pragma once
#include <functional>

#include "config/experiment.hpp"
#include "network/memory_needs.hpp"
#include "network/random.hpp"
#include "training/cutting.hpp"
#include "training/data_shape.hpp"
#include "training/examples.hpp"
#include "training/left_out_rows.hpp"
namespace nnrun::host {

template <class T>
class FilledParts;
class ExampleReader;

/// Is told what share of the data is read.
using ReadingListener = std::function<void(double share)>;

/// An open data set, which can be read once.
class DataSource {
 public:
  /// Opens the data set. trained: a network whose columns are wanted, and which needs no example to
  /// train on; nullptr if one is to be trained. whole: no file of it is cut into parts. skips_rows:
  /// rows that cannot be read or measured are left out, and told in the shape. Throws DataError
  /// with the plugin's message.
  explicit DataSource(const Experiment& experiment, const ModelFile* trained = nullptr,
                      bool whole = false, bool skips_rows = false);
  const DataShape& shape() const { return shape_; }
  /// Sets who is told while the data are read.
  void tell(ReadingListener listener) { listener_ = std::move(listener); }
  /// Returns the preparation of these inputs, not yet fitted. Throws ConfigError.
  Preparation preparation(const Experiment& experiment) const;
  /// Makes one number of a target of two classes if the network has one output. To be called before
  /// anything that asks for the shape of targets.
  void fit_to(const Graph& graph, const Use& cost);
  /// Throws GraphError if the prepared inputs or the targets do not fit the network.
  void require_fit(const Graph& graph, const Preparation& preparation,
                   const Experiment& experiment) const;
  /// Returns the shape of a prepared example: as the data set gives it, else the network's input.
  nnrun_shape shape_of_prepared(const Preparation& preparation, const nnrun_shape& input) const;
  /// Targets are to be what a trained network tells: read() throws DataError for others.
  void expect(const Targets& told);
  std::vector<Need> needs(const Preparation& preparation, Dtype dtype) const;
  /// Throws ConfigError if there is no memory for the data and for what else a run needs. Inputs
  /// for which there is none stay in the files of the data set, if it can read them again: then
  /// they are read whenever they are wanted, which changes no bit. trains: otherwise examples are
  /// wanted in the order of the data alone. processes_here: how many on this host need as much.
  void require_room(std::vector<Need> others, const Preparation& preparation,
                    const Experiment& experiment, bool trains, std::uint32_t processes_here = 1);
  /// Reads all parts, training, validation and test; splits the training part; fits the
  /// preparation to it, unless it is fitted already, and prepares the inputs. Throws DataError for
  /// a number that is not finite or too large for T, or a weight below 0, naming part, example and
  /// column.
  template <class T>
  std::array<Examples<T>, NNRUN_PARTS> read(Random& random, Preparation& preparation);
  /// Returns the smallest and largest value of each input of the training part, before preparation;
  /// empty if inputs are not read yet, or not prepared and in memory. Of inputs that are not
  /// prepared, those after division.
  const std::vector<std::pair<double, double>>& input_ranges() const { return ranges_; }

 private:
  [[noreturn]] void refuse_without_inputs() const;
  [[noreturn]] void refuse(const Experiment& experiment) const;
  void take(const nnrun_data& data);
  void require_named() const;
  void require_few_inputs(std::size_t inputs, std::size_t rows) const;
  nnrun_shape shape_of_example(const Preparation& preparation) const;
  void order_classes(const Experiment& experiment, const ModelFile* trained);
  void take_out_weights(bool trained);
  void take_series(const nnrun_data& data);
  [[noreturn]] void refuse_targets(const nnrun_shape& answers) const;
  std::vector<Need> needs_of_notes(const Experiment& experiment, bool trains) const;
  std::vector<Need> needs_of_rows(const Preparation& preparation, const Experiment& experiment,
                                  bool trains) const;
  template <class T, class From, class Target>
  void look_through(FilledParts<T>& parts, ExampleReader reader, Random& random,
                    Preparation& preparation);
  void take_units(const nnrun_data& data);
  void take_doubts(const nnrun_data& data);
  void note_targets(const OddTargets& seen);
  void add_note(const std::string& text);
  void note_untaught(const std::vector<std::pair<std::size_t, std::size_t>>& texts,
                     const std::vector<Column>& columns);
  template <class T>
  void note_untaught_classes(const std::array<Examples<T>, NNRUN_PARTS>& parts);
  template <class T, class From, class Target>
  void fill(FilledParts<T>& parts, Random& random, Preparation& preparation);
  template <class T>
  void note_left_out(const std::array<Examples<T>, NNRUN_PARTS>& parts);
  template <class T>
  void require_weights(const std::array<Examples<T>, NNRUN_PARTS>& parts) const;

  Object object_;
  ReadingListener listener_;
  Placed<std::string> weights_;
  std::size_t weight_at_ = 0;  // the column of what an example counts, if shape_.has_weights
  Place place_;
  std::optional<WindowSpec> windows_;
  DataShape shape_;
  Cutting cutting_;
  std::array<std::size_t, NNRUN_PARTS> given_{};  // before it is cut
  std::vector<std::pair<double, double>> ranges_;
  std::string too_large_;     // what to do if the data do not fit into memory; may be empty
  bool reads_again_ = false;  // examples can be read again, in any order
  bool inputs_stay_ = false;  // in the files
  bool reads_files_, is_trained_, starts_anew_, skips_rows_;
  LeftOutRows left_out_;
};

}  // namespace nnrun::host
