// What a run looks like to people: a table of layers, progress, scores, predictions.
#pragma once
#include <string>
#include <vector>

#include "cli/terminal.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

/// A number for people: four significant digits, no exponent where it can be avoided.
std::string for_people(double x);
/// `85.0 us`, `9.1 ms`, `1.2 s`, `3 min 20 s`, `2 h 5 min`
std::string duration(double seconds);
/// `1.15 M examples/s`
std::string rate(double examples_per_second);
/// `cost 0.0075   accuracy 99.70 %`
std::string text_of(const Score& score, const Experiment& experiment, std::string_view separator);

/// The tables of counts of a score, each row a class as it is, each column a class as the network
/// says, for up to 20 classes. Without names: numbers from 0.
std::string tables_text(const Score& score, const Experiment& experiment,
                        const std::vector<std::string>& classes, const Terminal& terminal);

/// Says which libraries changed since a run; nothing where none did.
void note_changes(const std::vector<std::string>& libraries, const Terminal& terminal);

/// The table of layers: name and type, output, parameters, activation, library.
std::string layer_table(const Graph& graph, const Terminal& terminal);
/// `epoch 1/1  5000/10000 ━━━━━━━━━━ 9 ms  1.15 M examples/s - cost 0.0252`
std::string progress_line(const Progress& progress, const Terminal& terminal);
std::string epoch_line(const EpochReport& report, const Experiment& experiment,
                       double epoch_seconds, std::size_t examples, const Terminal& terminal);
std::string predictions_text(const std::vector<std::vector<double>>& inputs,
                             const std::vector<std::vector<double>>& outputs);

}  // namespace nnrun::host
