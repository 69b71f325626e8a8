#include "exporting/exported_network.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "base/version.hpp"
#include "exporting/step_settings.hpp"
#include "network/moved_numbers.hpp"
#include "network/safetensors.hpp"
#include "training/input_columns.hpp"
namespace nnrun::host {
namespace {

using Kind = ExportedStep::Kind;

/// What a layer that adds constants to its numbers says that it is.
constexpr std::string_view adds = "adds";

constexpr struct {
  std::string_view name;
  Kind kind;
} operations[]{{move_operation, Kind::moves},
               {adds, Kind::formula},
               {"dense", Kind::dense},
               {"conv1d", Kind::convolution},
               {"conv2d", Kind::convolution},
               {"depthwise_conv2d", Kind::convolution},
               {"conv2d_transpose", Kind::transposed},
               {"max_pooling", Kind::largest},
               {"average_pooling", Kind::mean},
               {"embedding", Kind::embedding},
               {"recurrent", Kind::recurrent}};

std::string known_operations() {
  std::string all;
  for (const auto& [name, kind] : operations) all += (all.empty() ? "" : ", ") + std::string(name);
  return all;
}

/// Returns whether matrix products and convolutions add with one rounding here: they do where the
/// processor has an instruction for it.
bool products_are_fused() {
  const std::string level = instruction_set();
  return !level.starts_with("x86") || level == "x86-64-v3" || level == "x86-64-v4";
}

std::vector<std::size_t> sizes_of(const nnrun_shape& shape) {
  return {shape.sizes, shape.sizes + shape.rank};
}

/// Makes the steps of a network, node by node.
class Exporter {
 public:
  Exporter(const Experiment& experiment, const Model& model, bool alone)
      : experiment_(experiment), graph_(model.graph()), alone_(alone), blocks_(model.blocks()) {}

  std::vector<ExportedStep> steps() {
    for (const Node& node : graph_.nodes) {
      add(layer_step(node));
      if (node.activation) add(activation_step(node));
      last_.push_back(static_cast<int>(steps_.size()) - 1);
    }
    if (!problems_.empty()) throw PluginError(std::move(problems_));
    return std::move(steps_);
  }

 private:
  void add(ExportedStep step) { steps_.push_back(std::move(step)); }

  void refuse(const Node& node, const Object& object, const std::string& what,
              const std::string& hint) {
    problems_.push_back({.what = "layer '" + node.name +
                                 "' cannot be exported: " + object.plugin().label + " " + what,
                         .where = object.plugin().library->shown(),
                         .hint = hint});
  }

  ExportedStep layer_step(const Node& node) {
    ExportedStep step;
    step.layer = node.name;
    step.name = node.name + " (" + node.layer.plugin().name + ")";
    for (const int i : node.inputs)
      step.inputs.push_back(i == data_input ? data_input : last_[static_cast<std::size_t>(i)]);
    step.shape = sizes_of(node.plan.out);
    step.cols = node.cols;
    step.features = step.shape.back();
    add_blocks(node, step);
    const nnrun_formula* const table = formula_table_of(node.layer);
    if (!table)
      refuse(node, node.layer, "offers no formula",
             "its class would give auto row(auto in, auto w) const, or an operation");
    else if (table->operation)
      add_operation(node, table->operation, step);
    else
      add_formula(node, node.layer, &node.plan, step.inputs.size() + step.blocks.size(), step);
    return step;
  }

  ExportedStep activation_step(const Node& node) {
    ExportedStep step;
    step.layer = node.name;
    step.name = node.name + ": " + node.activation.plugin().name;
    step.inputs = {static_cast<int>(steps_.size()) - 1};
    step.shape = sizes_of(node.plan.out);
    step.cols = node.cols;
    step.features = node.activation_cols;
    if (formula_table_of(node.activation))
      add_formula(node, node.activation, nullptr, 1, step);
    else
      refuse(node, node.activation, "offers no formula",
             "its class would give auto f(auto x) const, or auto row(auto z) const");
    return step;
  }

  /// Returns whether every input has a number for each output, and every block one for each output,
  /// for each feature, or a single one.
  bool is_by_column(const ExportedStep& step) const {
    const auto cols_of = [&](int i) {
      return i < 0 ? graph_.input_cols : steps_[static_cast<std::size_t>(i)].cols;
    };
    return std::ranges::all_of(step.inputs, [&](int i) { return cols_of(i) == step.cols; }) &&
           std::ranges::all_of(step.blocks, [&](const ExportedBlock& block) {
             const std::size_t size = block.values.size();
             return size == 1 || size == step.features || size == step.cols;
           });
  }

  void add_formula(const Node& node, const Object& object, const nnrun_plan* plan,
                   std::size_t inputs, ExportedStep& step) {
    if (!is_by_column(step))
      return refuse(node, object, "has a formula of columns, but inputs or blocks of other sizes",
                    "a formula takes a number of each input and block for each output");
    try {
      step.formula = formula_of(object, plan, inputs);
    } catch (const PluginError& e) {
      Problem problem = e.problems().front();
      problem.what = "layer '" + node.name + "' cannot be exported: " + problem.what;
      problem.where = object.plugin().library->shown();
      problems_.push_back(std::move(problem));
    }
  }

  void add_operation(const Node& node, std::string_view operation, ExportedStep& step) {
    const auto known =
        std::ranges::find(operations, operation, [](const auto& o) { return o.name; });
    if (known == std::end(operations))
      return refuse(node, node.layer,
                    "is the operation '" + std::string(operation) + "', which is not known",
                    "these are: " + known_operations());
    step.kind = known->kind;
    step.fused = products_are_fused();
    if (operation == move_operation) step.moved = moved_numbers(node.layer, node.plan);
    if (operation == adds) add_constants(node, step);
    if (step.kind == Kind::dense) add_dense(node, step);
    if (step.kind == Kind::embedding && StepSettings(use_of(node)).flag("mask_zero"))
      std::fill_n(step.blocks.front().values.begin(), step.features, 0.);
    if (step.kind == Kind::recurrent) step.recurrent = recurrent_of(node, use_of(node));
    const bool slides = step.kind == Kind::convolution || step.kind == Kind::transposed ||
                        step.kind == Kind::largest || step.kind == Kind::mean;
    if (slides) step.windows = windows_of(node, use_of(node), step.kind);
    if (operation == "depthwise_conv2d") step.windows.groups = step.windows.channels;
  }

  void add_constants(const Node& node, ExportedStep& step) const {
    if (step.blocks.empty())
      step.blocks.push_back({"places", step.shape, added_numbers(node.layer, node.plan), true});
    step.formula = formula_of_sum();
  }

  void add_dense(const Node& node, ExportedStep& step) {
    const StepSettings settings(use_of(node));
    const bool is_last = settings.text("axis") == "last";
    step.in_block = !alone_ || is_last;
    if (step.in_block && settings.text("product") == "eigen")
      return refuse(node, node.layer, "adds up in Eigen's order, which is not written down",
                    "train it with product: ordered");
    step.fused = step.fused && step.in_block;
  }

  const Use& use_of(const Node& node) const {
    return std::ranges::find(experiment_.model.layers, node.name, &LayerSpec::name)->layer;
  }

  void add_blocks(const Node& node, ExportedStep& step) const {
    for (const NamedBlock& named : graph_.saved_blocks()) {
      if (named.node != &node) continue;
      const BlockValues& values = *std::ranges::find(blocks_, named.name, &BlockValues::name);
      const char* const dtype = experiment_.dtype == Dtype::float32 ? "F32" : "F64";
      step.blocks.push_back({named.block->name, values.shape,
                             numbers_of(Tensor{named.name, dtype, values.shape, values.bytes}),
                             false});
    }
  }

  const Experiment& experiment_;
  const Graph& graph_;
  bool alone_;
  std::vector<BlockValues> blocks_;
  std::vector<ExportedStep> steps_;
  std::vector<int> last_;  // step of each node
  std::vector<Problem> problems_;
};

/// Returns the least count of what layers take indices of; 0 if none does.
std::size_t indices_of(const Graph& graph) {
  std::size_t least = 0;
  for (const Node& node : graph.nodes)
    if (node.plan.indices > 0 && (least == 0 || node.plan.indices < least))
      least = node.plan.indices;
  return least;
}

/// Returns what stands for a missing value in a column.
double missing_number(const Column& column, std::size_t example) {
  return column.gaps.empty() || example % 2 == 0 ? std::numeric_limits<double>::quiet_NaN()
                                                 : column.gaps.front();
}

/// Returns a raw number for a column, of the kind that its data have.
double likely_number(const Preparation& preparation, std::size_t column, std::size_t example) {
  const Column& own = preparation.recipe().columns[column];
  const double u = std::sin(static_cast<double>(example * 31 + column * 7) * 1.7 + 0.3);
  if (own.is_category) return static_cast<double>((example + column) % own.texts.size());
  const Preparation::Fit& fit = preparation.fitted();
  for (std::size_t slot = 0; slot < fit.shifts.size(); ++slot)
    if (preparation.slots()[slot].is_number_of(column) && fit.factors[slot] != 0)
      return fit.shifts[slot] + 1.5 * u / fit.factors[slot];
  return preparation.divide_by() * (0.5 + 0.5 * u);
}

std::vector<GoldenExample> golden_examples(const Model& model, std::size_t count) {
  const Preparation& preparation = model.preparation();
  const std::size_t indices = indices_of(model.graph());
  std::vector<GoldenExample> all;
  for (std::size_t e = 0; e < count; ++e) {
    GoldenExample one;
    for (std::size_t i = 0; i < preparation.inputs(); ++i) {
      const std::size_t column = i % preparation.row_inputs();
      one.input.push_back(
          indices > 0 ? static_cast<double>((e * 31 + i * 7) % indices)
          : preparation.may_be_missing(column) && (e + i) % 4 == 1
              ? missing_number(preparation.recipe().columns[column], e)
              : likely_number(preparation, column, e + i / preparation.row_inputs()));
    }
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace

ExportedNetwork exported_network(const Experiment& experiment, const Model& model, bool alone) {
  ExportedNetwork net;
  net.name = experiment.name;
  net.float32 = experiment.dtype == Dtype::float32;
  net.preparation = model.preparation();
  net.names = model.names();
  net.shape = sizes_of(model.graph().input);
  net.indices = model.graph().indices().count;
  const TextSettings text(experiment.data);
  for (const Column& column : net.preparation.recipe().columns) {
    std::vector<std::string>& gaps = net.gaps.emplace_back(text.gaps_of(column.name));
    gaps.insert(gaps.begin(), text.gaps.begin(), text.gaps.end());
  }
  net.border = model.targets().known ? model.targets().border : 0.5;
  net.steps = Exporter(experiment, model, alone).steps();
  constexpr std::size_t most_numbers = 8192;
  const std::size_t count = std::clamp<std::size_t>(most_numbers / net.inputs(), 2, 16);
  net.examples = golden_examples(model, count);
  for (GoldenExample& example : net.examples)  // arguments in float are to hold them, too
    for (double& x : example.input)
      if (net.float32) x = static_cast<double>(static_cast<float>(x));
  return net;
}

std::vector<std::string> infinite_numbers(const ExportedNetwork& net) {
  std::vector<std::string> words;
  for (const ExportedStep& step : net.steps)
    for (const FormulaLine& line : step.formula.lines)
      if (net.float32 && std::isfinite(line.constant) &&
          !std::isfinite(static_cast<float>(line.constant)))
        words.push_back(step.name + " has the number " + shortest(line.constant) +
                        ", which is infinite in float32, as in predict: write dtype: float64");
  return words;
}

std::vector<std::string> missing_texts(const ExportedNetwork& net, std::size_t at) {
  const Column& column = net.preparation.recipe().columns[at];
  std::vector<std::string> all{""};
  all.insert(all.end(), net.gaps[at].begin(), net.gaps[at].end());
  if (const char* const own = column.text_for_missing()) all.emplace_back(own);
  std::erase_if(all, [&](const std::string& text) {
    return std::ranges::find(column.texts, text) != column.texts.end();
  });
  return all;
}

std::vector<double> missing_numbers(const Column& column) {
  std::vector<double> all;
  for (const double gap : column.gaps)
    for (const double x : {gap, gap_in_float32(gap)})
      if (std::ranges::count(all, x) == 0) all.push_back(x);
  return all;
}

std::string words_on_inputs(const ExportedNetwork& net) {
  const Preparation& preparation = net.preparation;
  std::vector<std::size_t> shape;
  if (preparation.rows() > 1)
    shape = {preparation.rows(), preparation.row_inputs()};
  else if (is_straight(preparation))
    shape = net.shape;
  std::string words;
  if (shape.size() > 1) {
    for (const std::size_t side : shape)
      words += (words.empty() ? "An example is " : " x ") + std::to_string(side);
    words += preparation.rows() > 1 ? " numbers: rows of the table, the oldest first, each with "
                                      "its columns side by side."
             : shape.size() == 2    ? " numbers, row by row."
             : shape.size() == 3 ? " numbers, height x width x channels: row by row, and pixel by "
                                   "pixel with its channels side by side."
                                 : " numbers, those along the last side one after the other.";
  }
  if (const double by = preparation.divide_by(); by != 1)
    words += (words.empty() ? "Numbers are" : " They are") + std::string(" those of the data") +
             (by == 255 ? ", from 0 to 255" : "") + ": they are divided by " + shortest(by) +
             " here.";
  if (net.indices > 0)
    words += (words.empty() ? "Numbers are" : " They are") + std::string(" whole ones from 0 to ") +
             std::to_string(net.indices - 1) + ".";
  return words;
}

std::string words_on_missing(const ExportedNetwork& net, const std::string& nan) {
  constexpr std::size_t most_names = 40;
  const std::vector<Column>& columns = net.preparation.recipe().columns;
  std::vector<std::string> filled, gaps_of_each;
  std::optional<std::string> gaps_of_all;
  bool same = true;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const std::string name =
        columns[c].name.empty() ? "x" + std::to_string(c + 1) : columns[c].name;
    if (columns[c].is_filled()) filled.push_back(name);
    if (columns[c].is_category) continue;
    std::vector<std::string> numbers;
    for (const double gap : columns[c].gaps) numbers.push_back(shortest(gap));
    const std::string gaps = join(numbers, " or ");
    same = same && gaps == gaps_of_all.value_or(gaps);
    gaps_of_all = gaps;
    if (!gaps.empty()) gaps_of_each.push_back(gaps + " in " + name);
  }
  const auto listed = [](std::vector<std::string> names) {
    const bool cut = names.size() > most_names;
    if (cut) names.resize(most_names);
    return join(names, ", ") + (cut ? ", ..." : "");
  };
  const std::string gaps = same ? gaps_of_all.value_or("") : listed(gaps_of_each),
                    others = "rows that nnrun predict refuses are answered with " + nan + ".";
  if (filled.empty() && gaps.empty()) return "Infinite numbers and other " + others;
  if (filled.empty())
    return gaps + (same ? " in a column of numbers" : "") +
           " is a missing value. Such a row and other " + others;
  return "A missing value is " + nan +
         (gaps.empty() ? ""
          : same       ? ", of a number also " + gaps
                       : ", also " + gaps) +
         ", and filled in for: " + listed(filled) + ". Other " + others;
}

std::vector<TextOfNumber> texts_of_numbers(const Column& column) {
  constexpr double most = 9007199254740992;  // 2^53: a double would round more
  std::vector<TextOfNumber> all;
  for (std::size_t i = 0; i < column.texts.size(); ++i)
    if (double x = 0; nnrun::is_number(column.texts[i], x) && x > -most && x < most)
      all.push_back({i, x});
  std::vector<double> numbers;
  for (const TextOfNumber& one : all) numbers.push_back(one.number);
  std::ranges::sort(numbers);
  std::erase_if(all, [&](const TextOfNumber& one) {
    const auto [from, to] = std::equal_range(numbers.begin(), numbers.end(), one.number);
    return to - from > 1;
  });
  return all;
}

std::string words_on_texts(const ExportedNetwork& net, const std::string& line_break,
                           bool takes_numbers) {
  const std::vector<Column>& columns = net.preparation.recipe().columns;
  if (std::ranges::none_of(columns, &Column::is_category)) return "";
  const bool numbers = std::ranges::any_of(columns, [&](const Column& column) {
    return column.is_category && !texts_of_numbers(column).empty();
  });
  return "Texts are compared as they are: take spaces around one away" +
         (!numbers        ? std::string(".")
          : takes_numbers ? "." + line_break + "A number may be spelled otherwise: 1.0 or 01 for 1."
                          : "," + line_break +
                                "and write a number as it is here, where nnrun predict takes 1.0 "
                                "for 1.");
}

bool is_straight(const Preparation& preparation) {
  const std::vector<Preparation::Slot>& slots = preparation.slots();
  if (slots.size() != preparation.row_inputs() || !preparation.fitted().fills.empty()) return false;
  for (std::size_t i = 0; i < slots.size(); ++i)
    if (!slots[i].is_number_of(i) || !preparation.recipe().columns[i].gaps.empty()) return false;
  return true;
}

}  // namespace nnrun::host
