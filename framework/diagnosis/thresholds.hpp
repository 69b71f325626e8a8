// Every number by which an examination decides, with its reason. All were tried on the shipped
// configs, of which those that learn must give no finding.
#pragma once
#include <cstddef>
namespace nnrun::host::thresholds {

// What a network has learned: the part of the cost of the best constant answer that it has taken
// off. 0.1 is more than what a short run gives by chance; below a half, something holds it back.
inline constexpr double learned_something = 0.1, learned_much = 0.5;
// Too few epochs are blamed where most of the cost is still there: other curves fall for ever, too.
inline constexpr double learned_little = 0.25;

// Inputs. Initializers suit inputs of size 1; at 30, weighted sums of a few inputs are beyond where
// sigmoid and tanh have a slope left. Natural data such as -6 to 6 or 0 to 16 are below.
inline constexpr double large_input = 30;
// A gradient step that suits one column is this many squares wrong for the other.
inline constexpr double uneven_inputs = 1000;
// At a thirtieth, weighted sums of inputs are lost beside a bias. Pixels from 0 to 1 are a third.
inline constexpr double small_input = 0.03;

// The only other number of a column that is 0, say: no flag is written so large.
inline constexpr double no_flag = 1e5;

// A value that stands apart from all others of its column by so many times their range, in so many
// of the rows: a mark, not a measurement.
inline constexpr double mark_distance = 3, marked_rows = 0.01;
// Rows this many times as far out as half of them are from each other, and how many at most: a
// standard deviation that they make is no measure of the others.
inline constexpr double far_out = 1000, rows_far_out = 0.01;
// Numbers in two units: so many at least in either, a power of ten apart, to a tenth of a decade or
// so, and four times as far as either group's sizes spread. Halves of one bell curve, or of one
// that is even, are 2.7 and 3.5 of their spreads apart, in sizes as elsewhere.
inline constexpr double other_unit_rows = 0.02, clearly_apart = 4, near_power_of_ten = 0.15;
// Sizes that spread less, in decades, are one number: a mark, not a unit.
inline constexpr double one_size = 1e-4;
// Targets ten times as large as outputs are at the start: adam's usual steps need a run to get
// there.
inline constexpr double large_target = 10;
// A cost so many times that of a constant answer, at the start, is that of answers all but sure.
inline constexpr double far_start = 10;
// The largest target, in medians, where what matters is how many times as large one is as another.
inline constexpr double skewed_target = 30;
// Of all squares of distances from the middle, one row in a hundred makes so much: it decides the
// cost alone. Of a normal distribution it makes 8 %, of an exponential one 25 %.
inline constexpr double far_targets = 0.5, far_rows = 0.01;
// Targets in another unit: in one part they spread so many times as far as in training.
inline constexpr double other_spread = 10;
// How far the mean of a column is off in the part that counts, in standard deviations.
inline constexpr double shifted_mean = 1.5, worse_skill = 0.2;

// Columns. A copy of the target with rounding or a little noise; measured columns rarely agree so
// well, and predictions by physics of one column are cut off by a test for two columns or more.
// Of classes, the same must hold of what a constant answer does not tell: where one class is rare,
// a column that hardly ever changes agrees with nearly all.
inline constexpr double leaking_correlation = 0.999, leaking_agreement = 0.995;
inline constexpr double leaking_beyond_constant = 0.9;
inline constexpr std::size_t fewest_for_leak = 50;
// A column that tells classes apart with gaps so many times as wide as a class spreads holds codes,
// with some noise: petals of irises are 5 apart, groups of a toy 4.
inline constexpr double point_like = 10;
inline constexpr std::size_t fewest_to_separate = 10;
// A column of whole numbers that may be names: with fewer, units of a network tell each.
inline constexpr std::size_t fewest_codes = 5;

// Inputs that a single example has each, for so many of the examples: names of rows.
inline constexpr double names_of_rows = 0.5;

// Two parts. Shares of classes that differ by this much in all; of ten classes in 20 rows each,
// chance gives a quarter. A class of which so many examples were to be expected is not missing by
// chance: once in a million times.
inline constexpr std::size_t fewest_to_compare = 20;
inline constexpr double other_shares = 0.5, missed_by_chance = 14;

// Rows that are in the training part too. Below a tenth, chance and rounding explain them. Columns
// of fewer values than 50 make equal rows by themselves.
inline constexpr double shared_rows = 0.1;
inline constexpr std::size_t values_of_measurement = 50;
// Examples that no network can answer rightly, since equal inputs have another class. A tenth of
// wrong labels is usual noise, of questionnaires say; a fifth is not.
inline constexpr double wrong_rows = 0.2;

// Labels that chance made wrong: of those that the network is surest of, a fifth of all, so many
// more are wrong than of what is merely hard to tell.
inline constexpr double surest_part = 0.2, evenly_wrong = 0.6;
// Of what is beyond a constant answer, a network knows so little of a weak signal.
inline constexpr double weak_signal = 0.25;
inline constexpr std::size_t fewest_sure = 30;

// Numbers taken for classes: more of them than that, and fewer examples of each.
inline constexpr std::size_t many_classes = 20, few_of_class = 5;
// A row whose numbers are all as near those of another one as that, in standard deviations, is a
// copy that was rounded, or the next moment of the same thing. By chance, one of 20,000 even rows
// in three columns has such a neighbour in ten thousand.
inline constexpr double near_copy = 1e-3;
inline constexpr std::size_t columns_of_copies = 3;

// Classes. Below a fifth of the largest, answering the largest alone pays at first.
inline constexpr double rare_class = 0.2;
// A class that counts this much less than another is as good as not there.
inline constexpr double uncounted_class = 1e-3;
// A rare class that counts so much less than the largest: shares written for their inverses.
inline constexpr double counts_less = 0.5;
// A class that counts so many times as much in all as another one, where the network answers with
// it so many times as often as it is there. For what a rare class costs, people write up to 10.
inline constexpr double counts_too_much = 10, leaning_answers = 1.2;
// A metric that a constant answer brings to this says little of the rest.
inline constexpr double blind_metric = 0.9;
// In the order of the data, neighbours of one class: sorted, unless chance gives nearly as many.
inline constexpr double sorted_neighbours = 0.9, sorted_by_chance = 0.7;
// An early stopping, and what it keeps, by fewer examples than these is by chance.
inline constexpr std::size_t fewest_to_watch = 20;
// So few are learned by heart, and tell little of others.
inline constexpr std::size_t fewest_to_learn_from = 50;
// Of a column of which so much is missing, what is filled in says next to nothing.
inline constexpr double mostly_missing = 0.8;
// Averages of fewer examples than these are noise to those that they normalize.
inline constexpr std::size_t fewest_to_normalize = 8;
inline constexpr double much_noise = 2;  // the cost of those, in costs by averages of many
// A number that stands for none, such as the 0 of a blood pressure: in so many rows, and apart from
// all others by a fifth of what those reach over. What is 0 now and then, as rain is, has others
// near it.
inline constexpr double zero_rows = 0.005, most_zero_rows = 0.5, apart_from_zero = 0.2;
// Half of what they reach over is no place for a number that is there now and then.
inline constexpr double far_from_zero = 0.5;
// A twentieth is enough where targets say so: those of a fifth of the reach above, the lowest, are
// a standard deviation off, and those of the mark are not half as far.
inline constexpr double apart_at_all = 0.05, lowest_part = 0.2;
// Standard errors between what neighbours agree on and chance: three are one chance in 370.
inline constexpr double errors_of_chance = 3;
inline constexpr std::size_t fewest_for_neighbours = 100;

// Layers. Of saturated or dead units some are usual: a tenth to a third in healthy networks.
inline constexpr double saturated_outputs = 0.9, dead_units = 0.5;
// A step along less is lost in rounding.
inline constexpr double no_slope_left = 1e-9;
// From the last layer to the first, slopes of healthy networks of ten layers lose less. Where
// nothing was learned at all, a hundredth speaks for it: adam makes steps of any slopes, but those
// of the first layers are of what the others have made of them.
inline constexpr double lost_slope = 1e-3, weak_slope = 1e-2, grown_slope = 1e3;
inline constexpr double no_word_left =
    1e-6;  // so little that a part of the run is enough to say so
// Layers that learn: with so many, another one is no help.
inline constexpr std::size_t many_layers = 6;
// Initializers give about 1, that of the article, from 0 to 1, less than 2 for each root of an
// input.
inline constexpr double large_gain = 50, small_gain = 0.2;
// Numbers of that size are drawn by no usual start, and their sums are twice as large at least.
inline constexpr double large_weights = 5;
// A cost that begins at so many times what the mean of the targets costs was made so by weights
// that are large, if less so.
inline constexpr double start_beyond_means = 20, gain_of_far_start = 5;
// A layer that a whole run moves by less of its size stays what was drawn.
inline constexpr double still_layer = 0.01;
// Weights that a regularizer has shrunk to this part of their start are held down by it.
inline constexpr double shrunk_weights = 0.1;
// What neighbours know beyond the network, and beyond chance: there is something to hold down.
inline constexpr double more_to_learn = 0.05;
// Where nothing was learned either, this much is enough for a suspicion.
inline constexpr double weakened_weights = 0.5;

// The learning rate. Another one must do clearly better, and be a factor of 10 away: nearer rates
// are a matter of taste. Fewer steps than 20 tell the noise of batches.
inline constexpr double clearly_less = 0.5;
// A rate that leaves a fifth of what the whole run leaves, where that is a quarter at least: less
// is left of many runs that are good.
inline constexpr double far_less_left = 0.2, much_left = 0.25;
// The first steps move weights by their whole size: what was drawn, or learned, is gone at once.
inline constexpr double wild_step = 1;
// Fewer steps of a longer run show only whether it can begin.
inline constexpr std::size_t fewest_steps_to_judge = 100;
// Of a run of so few steps, each from all examples, smaller batches make many more.
inline constexpr std::size_t few_steps = 200, fewest_to_cut = 100;
// A cost this many times its start below 0 is not at a lowest value, which costs of likelihoods
// have: they are logarithms.
inline constexpr double far_below_zero = 1000;
// What shortens steps so much that no learning rate in use makes up for it.
inline constexpr double fallen_rate = 0.01, early_part = 0.2;  // so much is left after that part
inline constexpr double large_epsilon = 0.1;
inline constexpr double strong_dropout = 0.8;  // of the units of a layer: 0.5 is the usual most
inline constexpr double strong_input_dropout = 0.5;  // of the inputs themselves: 0.2 is usual
inline constexpr double long_momentum = 0.99;        // steps go on for a hundred others
// A tenth of the run: where steps go on for longer, the first ones are still there at its end.
inline constexpr double long_part = 0.1, learned_nearly_all = 0.9;
inline constexpr double small_factor = 0.01, cut_gradient = 100;
// The first steps are as long as clipping lets them be, or some of momentum longer. Optimizers that
// divide by the size of gradients go far beyond it, and clipping does nothing to them.
inline constexpr double steps_of_momentum = 10;
// Of a step of differences, in roundings of a number near 1: below it, a slope is mostly rounding.
inline constexpr double roundings_of_step = 16;
// Of what neighbours know, so much is left of examples that augmentation has changed: shifts and
// turns leave a third where networks of filters still learn.
inline constexpr double left_by_augmentation = 0.2;
// So many of a class's examples look like those of another one when augmentation has changed them,
// as half of 2 do like 5 once they are mirrored: more than by chance alone.
inline constexpr double swapped_by_augmentation = 0.2, fewest_of_class = 10;
inline constexpr std::size_t most_trial_steps = 1000, fewest_trial_steps = 20;

// Held-out cost that has risen from its best for three epochs while the training cost fell.
// What a constant answer costs says which rise matters: near 0, costs waver by more than a tenth.
inline constexpr double risen_cost = 1.1, rise_that_matters = 0.05;
inline constexpr std::size_t epochs_of_rise = 3;
// Of the cost of a constant answer: what others cost at best, where nothing was found that they
// share.
inline constexpr double nothing_shared = 0.98;
// Of the training examples against the others: a network that knows these by heart.
inline constexpr double knows_by_heart = 0.5, no_better_than_constant = 0.05;
// Of a cost, a parameter takes off one part in as many as there are examples by chance. Twice that,
// and less than a constant answer costs for others, too, is rarely chance; nor is four times that.
inline constexpr double more_than_chance = 2, far_more_than_chance = 4;
// Of a constant answer's cost, what a whole run that took off less has learned is nothing.
inline constexpr double learned_nothing = 0.02;
// Inputs that agree so well differ by less than a thirtieth of what they vary.
inline constexpr double same_inputs = 0.9995;
inline constexpr std::size_t most_to_pair = 100;
// Over the last third of a run: a cost that falls by more is not at its end, by less stands still.
inline constexpr double still_falling = 0.05, standing_still = 0.02;
// What neighbours know beyond the network, of what there is to know.
inline constexpr double neighbours_know_more = 0.3;

}  // namespace nnrun::host::thresholds
