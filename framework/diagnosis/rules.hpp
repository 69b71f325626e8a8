// What keeps a run from learning, by rules over what was measured.
#pragma once
#include "diagnosis/course.hpp"
#include "diagnosis/data_sample.hpp"
#include "diagnosis/finding.hpp"
namespace nnrun::host {

/// All that rules look at.
struct Evidence {
  const Experiment& experiment;
  const Trainer& trainer;
  const Graph& graph;  ///< that of the probe, with the layers of the looks
  const DataSample& sample;
  const Course& course;

  /// Returns whether the network has found something in the data.
  bool has_learned_much() const;
  /// Returns whether others than the training examples are answered no better than by a constant.
  bool others_are_guessed() const;
  /// Returns whether training examples that are alike have targets that are: what is to be learnt
  /// is there.
  bool neighbours_know() const;
  /// Returns whether examples that are alike tell more of each other than the network knows, or
  /// nobody looked: what holds the network down may be to blame.
  bool more_can_be_learnt() const;
  bool is_output(const LayerLook& layer) const { return layer.picture.node == &graph.output(); }
};

using Found = std::optional<Illness>;
/// Returns whether targets, as the cost sees them, are numbers so far from where outputs begin that
/// `check` warns of it: a rate that does better, or units at their limits, follow from that.
bool targets_are_far(const Evidence& evidence);
/// Returns whether they are large beside outputs at the start, though it can be learned.
bool targets_are_large(const Evidence& evidence);
using IllnessRule = Found (*)(const Evidence&);

/// Returns what the rules find, in their order.
template <std::size_t n>
std::vector<Illness> found_by(const IllnessRule (&in_order)[n], const Evidence& evidence) {
  std::vector<Illness> all;
  for (const IllnessRule rule : in_order)
    if (Found found = rule(evidence)) all.push_back(std::move(*found));
  return all;
}

/// Return what does not fit together or cannot begin, which examples cannot be learnt, what is not
/// scaled, what holds the network down, which learning rate would do better, what became of the
/// layers, how training ended, and what else is wrong with the data: called in this order, causes
/// come before what follows from them.
std::vector<Illness> illnesses_of_start(const Evidence& evidence);
std::vector<Illness> illnesses_of_examples(const Evidence& evidence);
std::vector<Illness> illnesses_of_scale(const Evidence& evidence);
std::vector<Illness> illnesses_of_restraints(const Evidence& evidence);
std::vector<Illness> illnesses_of_rate(const Evidence& evidence);
std::vector<Illness> illnesses_of_layers(const Evidence& evidence);
std::vector<Illness> illnesses_of_end(const Evidence& evidence);
std::vector<Illness> illnesses_of_data(const Evidence& evidence);
/// Returns whether a few targets lie so far out that they are slips or marks: scaling by all of
/// them is no help.
bool has_wrong_targets(const Evidence& evidence);
/// Returns it where an optimizer goes by the signs of slopes, which batches turn by chance.
Found signs_of_batches(const Evidence& evidence);
/// Returns what only the absence of other causes speaks for.
std::vector<Illness> illnesses_by_exclusion(const Evidence& evidence);

/// Return where a key is written, or the nearest above it; of a layer, also in the defaults.
Place place_of(const Evidence& evidence, const std::string& path);
Place place_in(const Evidence& evidence, const Node& layer, const std::string& key);
Place rate_place(const Evidence& evidence);

std::string name_of_input(const Evidence& evidence, std::size_t i);
std::string name_of_target(const Evidence& evidence, std::size_t i);
/// Return the name of a class, or its number, alone and as `class 'yes'`.
std::string word_of_class(const Evidence& evidence, std::size_t i);
std::string name_of_class(const Evidence& evidence, std::size_t i);
/// Return the name of the column that an input is made of; as a config has it, where NAME stands
/// for none.
std::string column_name(const Evidence& evidence, std::size_t input);
std::string column_key(const Evidence& evidence, std::size_t input);
/// Returns where the config says something of the column that an input is made of, or else where it
/// would.
Place place_of_column(const Evidence& evidence, std::size_t input);
/// Returns the numbers of an input in the sample's training examples as the data have them; empty
/// where they are not numbers of a column.
std::vector<double> numbers_in_data(const Evidence& evidence, std::size_t input);
/// Returns a number among the settings of a use; nothing if it has none of that name.
std::optional<double> number_in(const Use& use, std::string_view name);

/// Of the layers that have a regularizer, the one whose weights have shrunk most; nullptr if there
/// is none.
struct ShrunkLayer {
  const LayerSpec* layer = nullptr;
  const BlockMove* weights = nullptr;
};
ShrunkLayer most_shrunk_layer(const Evidence& evidence);
/// Returns `dense_1/weights has shrunk to 3 % of its size after 20 steps`.
std::string shrunk_text(const Evidence& evidence, const BlockMove& weights);

/// Returns how many parameters layers learn, without padding.
std::size_t numbers_that_learn(const Graph& graph);
/// Returns `slopes are 1e-07 in dense_1, 0.2 in dense_9`, from layer to layer of those that learn.
std::string slopes_text(const std::vector<LayerLook>& layers);

/// Return `12 %` of 0.12, a number with three digits, and ` after 20 steps`.
std::string percent_text(double share);
std::string number_text(double x);
std::string in_steps(std::uint64_t steps);

}  // namespace nnrun::host
