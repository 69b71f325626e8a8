// The preparation that a recorded model brings.
#pragma once
#include "network/model.hpp"
namespace nnrun::host {

/// Returns the preparation of a recorded model, with what it learned. The config describes it if
/// the file does not. Throws RecordError if they do not fit each other.
Preparation preparation_of(const Experiment& experiment, const ModelFile& file);

/// Throws RecordError if what the file learned of targets does not fit the model's outputs.
void require_fit_of(const ModelFile& file, const Model& model);

/// Returns the preparation of a run that starts from the weights of another one: that of the other,
/// of inputs if it takes the layers that see them, of targets if it takes those that answer, and if
/// the run prepares them in the same way. The rest is as in `own`: of the run, not fitted. names:
/// those of the run's data.
Preparation preparation_at_start(const Experiment& experiment, const Graph& graph, Preparation own,
                                 std::size_t n_targets, const DataNames& names);

/// Returns what people should know of the preparation of a run that starts from the weights of
/// another one; nothing if there is nothing to say.
std::vector<std::string> words_of_start(const Experiment& experiment, const Graph& graph,
                                        const Preparation& used, const DataNames& names);

}  // namespace nnrun::host
