// What a run looks like to people: a table of layers, progress, scores, predictions.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "cli/terminal.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

/// Returns a number for people: four significant digits, no exponent if it can be avoided.
std::string for_people(double x);
/// Returns `85.0 us`, `9.1 ms`, `1.2 s`, `3 min 20 s`, `2 h 5 min`.
std::string duration(double seconds);
/// Returns `1.15 M examples/s`.
std::string rate(double examples_per_second);
/// Returns `cost 0.0075   accuracy 99.70 %   f1 (macro) 99.70 %`.
std::string text_of(const Score& score, const Experiment& experiment, std::string_view separator);
/// Returns a score of several pieces, which have three blanks between, behind a title of seven
/// columns: on lines of at most 80.
std::string score_lines(std::string_view title, std::string_view pieces);
/// Returns what the last known value of a series scores.
std::string naive_text(const Score& naive, const Experiment& experiment);

/// Returns rows of cells as aligned, indented lines, the first of them bold: its first column to
/// the left, all others to the right.
std::string aligned_table(const std::vector<std::vector<std::string>>& rows,
                          const Terminal& terminal);

/// Returns the tables of a score, for up to 20 classes: the metrics of each class, then counts,
/// with a row for each true class, a column for each predicted class. Classes without names are
/// numbered from 0.
std::string tables_text(const Score& score, const Experiment& experiment, const DataNames& data,
                        const Terminal& terminal);

/// Prints which libraries changed since a run, if any did.
void note_changes(const std::vector<std::string>& libraries, const Terminal& terminal);

/// One more column of a table of layers: numbers, one for each layer.
struct LayerColumn {
  std::string title;
  std::vector<std::string> cells;
};
/// Returns the table of layers: name and type, output, parameters, what is asked for, activation,
/// library.
std::string layer_table(const Graph& graph, const Terminal& terminal,
                        const std::vector<LayerColumn>& more = {});
/// Returns `epoch 1/1  5000/10000 ━━━━━━━━━━ 9 ms  1.15 M examples/s - cost 0.0252`.
std::string progress_line(const Progress& progress, const Terminal& terminal);
/// Returns the same of an epoch that ended, as much of it as fits the terminal.
std::string epoch_line(const EpochReport& report, const Experiment& experiment,
                       double epoch_seconds, std::size_t examples, const Terminal& terminal);
/// Returns the values of rows as they were written, `?` for a missing one.
std::vector<std::vector<std::string>> words_of(const std::vector<PredictRow>& rows);
/// Returns a line per example. Outputs of float32 have the digits that they have in files, others
/// fifteen.
std::string predictions_text(const std::vector<std::vector<std::string>>& inputs,
                             const std::vector<std::vector<double>>& outputs, bool is_float32);

}  // namespace nnrun::host
