#include "training/diagnosis.hpp"

#include <cmath>
#include <limits>
#include <optional>

#include "base/commands.hpp"
#include "base/text.hpp"
#include "loading/formula_text.hpp"
#include "network/joined_cost.hpp"
#include "training/declared_numbers.hpp"
namespace nnrun::host {
namespace {

// Inputs and targets beyond it make steps that no usual learning rate suits.
constexpr double large_data = 1e3;
constexpr double large_rate = 10;
// Numbers below it overflow neither a square nor an exponential function, not even in float32.
constexpr double moderate = 80;
constexpr double moderate_slope = 1e15;
// The usual ways to draw initial parameters give none near it, those of usual training neither.
constexpr double large_initial_parameter = 100;
constexpr double large_parameter = 1e3;
constexpr double growth = 1e6;  // from the first layer to the last
constexpr double shown_share = 0.1;

struct LikelyCause {
  std::string what, hint;
};

/// What the rules read.
struct Symptoms {
  const Fault& fault;
  const Picture& picture;
  const Circumstances& around;
  std::vector<const Object*> updaters{};  // in whose update the fault is; empty: it is not in one

  const TrainSpec& train() const { return around.experiment.train; }
  bool is_first() const { return around.step <= 1; }
  bool cost_takes_moderate_numbers() const {
    return picture.lowest >= -moderate && picture.highest <= moderate &&
           picture.target.size <= moderate;
  }
};

std::string size_text(double size) {
  return significant(size, 3);
}

std::string percent(double share) {
  return std::to_string(std::lround(share * 100)) + "%";
}

std::string input_name(const Symptoms& f) {
  return f.around.preparation.name_of(f.picture.input.column);
}

std::string target_name(const Symptoms& f) {
  const std::vector<std::string>& names = f.around.names.targets;
  const std::size_t column = f.picture.target.column;
  return "target " + (names.empty() ? std::to_string(column + 1) : "'" + names[column] + "'");
}

std::string lower_rate(const Symptoms& f) {
  return smaller_rate(f.train().optimizer.learning_rate) +
         (f.train().clip_norm > 0 || f.train().clip_value > 0
              ? ""
              : "\nor bound the gradient: train: {clip_norm: 1}");
}

std::string check_of(const Object& object) {
  return "nnrun check " + shell_word(object.plugin().library->file.string()) +
         " puts its classes through their laws";
}

/// Returns the size of the largest number that the call of a fault took.
double taken_by(const Symptoms& f) {
  const Picture& p = f.picture;
  const Node* const node = f.fault.node;
  if (node == nullptr || f.fault.plugin->plugin().kind == "cost")
    return std::max({std::abs(p.lowest), std::abs(p.highest), p.target.size});
  const auto own = std::ranges::find(p.layers, node, &LayerPicture::node);
  if (f.fault.plugin == &node->activation) return own->before;
  const bool backward = f.fault.method != std::string_view("forward");
  double largest = std::max(p.parameters.largest, backward ? own->after : 0);
  for (const int input : node->inputs)
    largest =
        std::max(largest, input == data_input ? p.input.size
                                              : p.layers[static_cast<std::size_t>(input)].after);
  return largest;
}

double largest_slope(const Picture& picture) {
  double largest = 0;
  for (const LayerPicture& layer : picture.layers) largest = std::max(largest, layer.slope);
  return largest;
}

using CauseRule = std::optional<LikelyCause> (*)(const Symptoms&);

std::optional<LikelyCause> outputs_that_cost_refuses(const Symptoms& f) {
  if (!f.picture.layers.empty() && is_joined(f.train().cost, *f.picture.layers.back().node))
    return {};
  const bool by_cost = f.fault.plugin->plugin().kind == "cost";
  const Use& cost = f.train().cost;
  const std::string& name = cost.plugin->name;
  const nnrun_range takes = outputs_taken_by(cost);
  if (by_cost && takes.low < takes.high &&
      (f.picture.lowest < takes.low || f.picture.highest > takes.high))
    return LikelyCause{name + " takes outputs from " + shortest(takes.low) +
                           (std::isinf(takes.high) ? " on" : " to " + shortest(takes.high)) +
                           ", these reach from " + size_text(f.picture.lowest) + " to " +
                           size_text(f.picture.highest),
                       fitting_output(facts_of_cost(cost))};
  const bool steep = !f.picture.layers.empty() && f.picture.layers.back().slope > 1e20;
  if (!f.picture.has_exact_limit || !f.cost_takes_moderate_numbers() || !(by_cost || steep))
    return {};
  if (by_cost && f.fault.method == std::string_view("slope") && !steep) return {};
  const auto& table = functions_of<nnrun_cost>(*cost.plugin);
  const char* const joined = declared(table, &nnrun_cost::joined_by);
  return LikelyCause{"an output is exactly 0 or 1, where a logarithm in " + name + " is infinite",
                     joined != nullptr ? "write activation: none in the last layer and " +
                                             std::string(joined) + ": true in the cost"
                                       : "keep its logarithms finite: max(log(y), -100), say"};
}

/// Returns the formula in the config that the call of a fault worked out; empty if it is another
/// class.
std::string formula_at_fault(const Symptoms& f) {
  const Object& plugin = *f.fault.plugin;
  const bool is_cost = plugin.plugin().kind == "cost";
  const Use* use = is_cost ? &f.train().cost : nullptr;
  if (!is_cost && f.fault.node != nullptr)
    for (const LayerSpec& layer : f.around.experiment.model.layers)
      if (layer.name == f.fault.node->name) use = &layer.activation;
  if (use == nullptr || use->plugin != &plugin.plugin() || formula_text_of(*use->plugin) == nullptr)
    return {};
  for (std::size_t i = 0; i < use->plugin->table->n_settings; ++i)
    if (setting_of(*use->plugin, i).name == formula_word)
      return std::get<std::string>(use->settings[i]);
  return {};
}

/// A formula of the config has a line there, and numbers that it cannot take.
LikelyCause formula_itself(const Symptoms& f, const std::string& formula) {
  const Picture& p = f.picture;
  const bool is_cost = f.fault.plugin->plugin().kind == "cost";
  const auto own = std::ranges::find(p.layers, f.fault.node, &LayerPicture::node);
  const bool known = is_cost || own != p.layers.end();
  const std::string name = is_cost ? "y" : "x", given = is_cost ? "outputs y" : "x";
  const std::string range = known ? ": " + given + " went from " +
                                        size_text(is_cost ? p.lowest : own->from) + " to " +
                                        size_text(is_cost ? p.highest : own->to)
                                  : "";
  const bool is_slope =
      f.fault.method != std::string_view("forward") && f.fault.method != std::string_view("value");
  return {"the formula '" + formula + "' (" +
              where_of({.what = "", .place = f.fault.plugin->place()}) + ") " +
              (is_slope ? "or its slope is" : "is") + " not finite" + range,
          "a logarithm, a root, a quotient and a power have no value everywhere: write "
          "log(max(" +
              name + ", 1e-6)), sqrt(max(" + name + ", 1e-6)) or a / (abs(b) + 1e-6), say"};
}

/// Returns whether numbers that a recurrent layer takes may have grown out of range: no step makes
/// them larger than the sum of as many products as it has recurrent weights for an output.
bool may_grow_in_steps(const Symptoms& f, const NamedBlock& recurrent) {
  const double steps = static_cast<double>(recurrent.node->in_shapes.at(0).sizes[0]),
               factor = f.picture.parameters.largest * static_cast<double>(recurrent.block->fan_in),
               start = std::max({taken_by(f), largest_slope(f.picture), 1.});
  const double largest = f.around.experiment.dtype == Dtype::float32
                             ? std::numeric_limits<float>::max_exponent10
                             : std::numeric_limits<double>::max_exponent10;
  return f.picture.parameters.not_finite > 0 ||
         std::log10(start) + steps * std::log10(std::max(factor, 1.)) > largest;
}

/// A layer whose outputs are its next inputs multiplies many times what it takes.
std::optional<LikelyCause> growing_steps(const Symptoms& f) {
  const Node* const node = f.fault.node;
  if (node == nullptr || f.fault.plugin != &node->layer) return {};
  const auto goes_on = [node](const NamedBlock& block) {
    return block.node == node && std::string_view(block.block->name).starts_with("recurrent");
  };
  const auto recurrent = std::ranges::find_if(f.picture.blocks, goes_on);
  if (recurrent == f.picture.blocks.end() || !may_grow_in_steps(f, *recurrent)) return {};
  const bool has_bound = f.train().clip_norm > 0 || f.train().clip_value > 0;
  return LikelyCause{"numbers that grow from step to step of a sequence in " + node->name,
                     (has_bound ? "" : "bound the gradient: train: {clip_norm: 1}\nor ") +
                         (f.is_first() ? "start smaller: " + better_start(*node, "init")
                                       : smaller_rate(f.train().optimizer.learning_rate))};
}

std::optional<LikelyCause> class_itself(const Symptoms& f) {
  const Object& plugin = *f.fault.plugin;
  const bool slopes =
      f.fault.method != std::string_view("forward") && f.fault.method != std::string_view("value");
  const double taken = taken_by(f);
  if (taken > moderate || (slopes && largest_slope(f.picture) > moderate_slope)) return {};
  if (const std::string formula = formula_at_fault(f); !formula.empty())
    return formula_itself(f, formula);
  return LikelyCause{plugin.plugin().kind + " '" + plugin.plugin().name +
                         "' itself: it took numbers " + "up to " + size_text(taken) +
                         " and gave one that is not finite",
                     check_of(plugin)};
}

std::optional<LikelyCause> large_learning_rate(const Symptoms& f) {
  if (f.is_first() || f.train().optimizer.learning_rate < large_rate ||
      f.picture.parameters.largest < large_parameter)
    return {};
  return LikelyCause{"a learning rate that is far too large", lower_rate(f)};
}

std::string help_for_targets(const Symptoms& f) {
  const Recipe& recipe = f.around.preparation.recipe();
  if (std::ranges::count(recipe.target_scales, TargetScale::none) > 0)
    return "write data: {target_scale: standard}, which scales every target";
  return f.around.preparation.scales_targets()
             ? "look for targets far from all others, which 'target_scale' leaves far away"
             : "write data: {target_scale: standard}: 'scale' is for inputs alone";
}

std::optional<LikelyCause> large_inputs(const Symptoms& f) {
  if (f.picture.input.size <= large_data) return {};
  std::string hint = f.around.experiment.data.scale == Scale::none
                         ? "write data: {scale: standard}"
                         : "look for values far from all others, which 'scale' leaves far away";
  if (f.picture.target.size > large_data) hint += "\n" + help_for_targets(f);
  return LikelyCause{
      "large inputs: " + input_name(f) + " reaches " + size_text(f.picture.input.size),
      std::move(hint)};
}

std::optional<LikelyCause> large_targets(const Symptoms& f) {
  if (f.picture.target.size <= large_data) return {};
  return LikelyCause{
      "large targets: " + target_name(f) + " reaches " + size_text(f.picture.target.size),
      help_for_targets(f)};
}

std::optional<LikelyCause> initial_parameters(const Symptoms& f) {
  const VectorPicture& w = f.picture.parameters;
  if (!f.is_first() || w.largest <= large_initial_parameter) return {};
  const bool loaded = !f.around.experiment.model.weights.file.value.empty();
  const std::uint32_t role = w.largest_in->block->role;
  return LikelyCause{
      "large initial parameters: " + w.largest_in->name + " reaches " + size_text(w.largest),
      loaded                  ? "look at the file that model.weights names"
      : role == NNRUN_WEIGHTS ? better_start(*w.largest_in->node, "init")
      : role == NNRUN_BIAS    ? "write bias_init: zeros in " + w.largest_in->node->name
                              : "look at the settings of " + w.largest_in->node->name};
}

std::optional<LikelyCause> growing_layers(const Symptoms& f) {
  std::vector<const LayerPicture*> deep;
  for (const LayerPicture& layer : f.picture.layers)
    if (layer.node->plan.n_parameters > 0 && layer.after > 0) deep.push_back(&layer);
  if (deep.size() < 4 || f.picture.parameters.largest > large_parameter) return {};
  const LayerPicture &first = *deep.front(), &last = *deep.back();
  const bool forward = last.after > growth * std::max(1., first.after);
  if (!forward && !(first.slope > growth * last.slope)) return {};
  const auto text = [&](const LayerPicture& layer) {
    return size_text(forward ? layer.after : layer.slope) + " in " + layer.node->name;
  };
  return LikelyCause{(forward ? "activations" : "slopes") +
                         std::string(" that grow from layer to layer: from ") +
                         text(forward ? first : last) + " to " + text(forward ? last : first),
                     better_start(*first.node, "init") + " and the layers behind it" +
                         (f.is_first() ? "" : "\n" + lower_rate(f))};
}

std::optional<LikelyCause> learning_rate(const Symptoms& f) {
  if (f.is_first()) return {};
  return LikelyCause{f.picture.parameters.largest > large_parameter
                         ? "the learning rate: parameters reach " +
                               size_text(f.picture.parameters.largest) + " in " +
                               f.picture.parameters.largest_in->name
                         : "the learning rate",
                     lower_rate(f)};
}

constexpr CauseRule causes_in_order[] = {
    outputs_that_cost_refuses, growing_steps,  class_itself,
    large_learning_rate,       large_inputs,   large_targets,
    initial_parameters,        growing_layers, learning_rate,
};

template <class Size>
std::string most_of(const Picture& picture, const char* what, Size size) {
  const auto most = std::ranges::max_element(picture.layers, {}, size);
  if (most == picture.layers.end() || size(*most) < shown_share) return {};
  return "; " + percent(size(*most)) + " of " + most->node->name + " " + what;
}

std::string largest_numbers(const Symptoms& f) {
  const Picture& p = f.picture;
  std::string text = "largest " + input_name(f) + ": " + size_text(p.input.size) + ", " +
                     target_name(f) + ": " + size_text(p.target.size);
  const auto most = std::ranges::max_element(p.layers, {}, &LayerPicture::after);
  if (most != p.layers.end() && most->after > 0)  // those that are finite
    text += ", activation: " + size_text(most->after) + " (" + most->node->name + ")";
  if (p.parameters.largest_in != nullptr)
    text += ", parameter: " + size_text(p.parameters.largest) + " (" +
            p.parameters.largest_in->name + ")";
  return text;
}

std::string norms(const Symptoms& f) {
  const VectorPicture &w = f.picture.parameters, &g = f.picture.gradient;
  std::string text = "norm of the parameters: " + size_text(w.norm);
  if (w.not_finite > 0)
    text = std::to_string(w.not_finite) + " of " + std::to_string(w.count) +
           " parameters not finite, first in " + w.first_not_finite->name;
  if (g.not_finite > 0) return text + ", gradient not finite first in " + g.first_not_finite->name;
  if (g.count > 0) text += ", of the gradient: " + size_text(g.norm);
  if (g.count > 0 && f.around.rate > 0)
    text += ", times the learning rate: " + size_text(f.around.rate * g.norm);
  return text;
}

std::string numbers_of(const Symptoms& f) {
  return largest_numbers(f) + "\n" + norms(f) +
         most_of(f.picture, "saturated", [](const LayerPicture& l) { return l.saturated; }) +
         most_of(f.picture, "dead", [](const LayerPicture& l) { return l.dead; });
}

Diagnosis diagnosed(const Symptoms& facts, std::span<const CauseRule> by) {
  Diagnosis diagnosis{.cause = {}, .numbers = numbers_of(facts), .hint = {}};
  for (const CauseRule rule : by)
    if (std::optional<LikelyCause> cause = rule(facts)) {
      diagnosis.cause = "likely cause: " + cause->what;
      diagnosis.hint = std::move(cause->hint);
      return diagnosis;
    }
  diagnosis.hint =
      "nothing was learned yet: look at the data, at the initial weights, and at the plugin by "
      "nnrun check LIBRARY.so";
  return diagnosis;
}

std::optional<LikelyCause> update_itself(const Symptoms& f) {
  if (f.picture.parameters.largest > large_parameter) return {};
  std::vector<std::string> names, checks;
  for (const Object* updater : f.updaters) {
    std::string name = updater->plugin().kind + " '" + updater->plugin().name + "'";
    if (std::ranges::find(names, name) != names.end()) continue;
    names.push_back(std::move(name));
    checks.push_back(check_of(*updater));
  }
  return LikelyCause{join(names, " or ") + " itself, or the learning rate: other parameters are " +
                         "at most " + size_text(f.picture.parameters.largest),
                     lower_rate(f) + "\n" + join(checks, "\n")};
}

std::optional<LikelyCause> rate_of_update(const Symptoms& f) {
  return LikelyCause{"the learning rate", lower_rate(f)};
}

constexpr CauseRule causes_of_update[] = {large_learning_rate, large_inputs, large_targets,
                                          update_itself, rate_of_update};

}  // namespace

std::string smaller_rate(double rate) {
  constexpr double absurd = 100, usual = 0.1;  // a tenth of it would be no help
  return "learning_rate " + shortest(rate) + " -> try " +
         significant(rate > absurd ? usual : rate / 10, 3);
}

std::string better_start(const Node& node, const char* key) {
  nnrun_range range{};
  if (node.activation)
    range = declared(node.activation.functions<nnrun_activation>(), &nnrun_activation::outputs);
  const bool open = std::isfinite(range.low) && std::isinf(range.high);
  return std::string("write ") + key + ": " + (open ? "he_normal" : "glorot_uniform") + " in " +
         node.name;
}

Diagnosis diagnosis_of(const Fault& fault, const Picture& picture, const Circumstances& around) {
  return diagnosed({fault, picture, around}, causes_in_order);
}

Diagnosis diagnosis_of_update(const std::vector<const Object*>& updaters, const Picture& picture,
                              const Circumstances& around) {
  const Fault fault{updaters.front(), "update", nullptr};
  return diagnosed({fault, picture, around, updaters}, causes_of_update);
}

}  // namespace nnrun::host
