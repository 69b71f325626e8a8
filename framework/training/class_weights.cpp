#include "training/class_weights.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/did_you_mean.hpp"
#include "base/shown_text.hpp"
#include "base/text.hpp"
#include "loading/setting.hpp"
#include "training/target_words.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t most_shown = 12;

/// Returns which setting of the cost says what classes count; nothing if none does.
std::optional<std::size_t> place_of(const Use& cost) {
  for (std::size_t i = 0; i < cost.settings.size(); ++i)
    if (weighs_classes(setting_of(*cost.plugin, i))) return i;
  return std::nullopt;
}

std::string name_of(const Use& cost, std::size_t setting) {
  return "'" + std::string(setting_of(*cost.plugin, setting).name) + "'";
}

/// The use of a cost with its setting, and which classes there are.
struct Asked {
  const Use& cost;
  std::size_t setting;
  bool per_label;
  std::size_t cols;

  [[noreturn]] void refuse(const std::string& what, std::string hint) const {
    throw ConfigError(
        Problem{.what = "cost '" + cost.plugin->name + "': " + name_of(cost, setting) + " " + what,
                .place = cost.place,
                .hint = std::move(hint)});
  }
  std::string list_hint() const {
    return per_label ? "write what targets of 0 and of 1 count: [1, 2]"
                     : "write a list of " + std::to_string(cols) + " numbers";
  }
};

/// Returns which class a name is: itself, or the same number in another spelling; otherwise how
/// many there are, as where two classes are that number.
std::size_t class_named(const std::string& name, const std::vector<std::string>& classes) {
  const auto same = std::ranges::find(classes, name);
  const std::optional<double> number = parse_double(name);
  if (same != classes.end() || !number) return static_cast<std::size_t>(same - classes.begin());
  const auto is_same = [&](const std::string& one) { return parse_double(one) == number; };
  if (std::ranges::count_if(classes, is_same) != 1) return classes.size();
  return static_cast<std::size_t>(std::ranges::find_if(classes, is_same) - classes.begin());
}

std::vector<double> by_name(const Asked& asked, const NamedNumbers& given,
                            const std::vector<std::string>& classes) {
  const std::vector<std::string> digits{"0", "1"};
  const bool has_digits = asked.per_label && classes.size() != 2;
  const std::vector<std::string>& names = has_digits ? digits : classes;
  if (names.empty())
    asked.refuse("names classes, but those of this data set have no names", asked.list_hint());
  std::vector<double> numbers(names.size(), 1);
  std::vector<bool> given_already(names.size());
  for (const auto& [name, number] : given) {
    std::size_t found = class_named(name, names);
    const auto digit = std::ranges::find(digits, name);
    const bool are_numbers = std::ranges::any_of(
        names, [](const std::string& one) { return parse_double(one).has_value(); });
    if (found < names.size()) {
      if (given_already[found])
        asked.refuse("names '" + names[found] + "' twice", "write each class once");
      given_already[found] = true;
    } else if (asked.per_label && digit != digits.end() && !are_numbers) {
      found = static_cast<std::size_t>(digit - digits.begin());  // --set may add what targets count
    } else {
      asked.refuse("names '" + name + "', which is not a class", did_you_mean(name, names));
    }
    numbers[found] = number;
  }
  return numbers;
}

/// Returns how many examples each class has; an example counts its weight. Shares of several
/// classes count for each.
template <class T>
std::vector<double> counts_of(const Examples<T>& train, const Graph& graph, bool per_label,
                              double border) {
  const std::size_t cols = graph.output().cols, classes = graph.answer_cols;
  std::vector<double> counts(per_label ? 2 : classes);
  for (std::size_t i = 0; i < train.count; ++i) {
    const double own = train.weight.data() ? static_cast<double>(train.weight.data()[i]) : 1;
    const T* const t = train.t.data() + i * cols;
    if (per_label)
      counts[static_cast<double>(t[0]) > border ? 1 : 0] += own;
    else
      for (std::size_t c = 0; c < cols; ++c) counts[c % classes] += own * static_cast<double>(t[c]);
  }
  return counts;
}

template <class T>
void require_countable(const Asked& asked, const Targets& targets, const Examples<T>& train) {
  if (asked.per_label && asked.cols > 1)
    asked.refuse("cannot be balanced for " + std::to_string(asked.cols) +
                     " outputs: each has zeros and ones of its own",
                 asked.list_hint() + "; if each row has one class, use softmax and cross_entropy");
  const bool fits = asked.per_label ? targets.kind == NNRUN_LABELS : targets.kind == NNRUN_ONE_HOT;
  const auto is_whole = [](T t) { return t == 0 || t == 1 || t == -1; };
  if (!fits || (asked.per_label &&
                !std::ranges::all_of(std::span<const T>(train.t.data(), train.count), is_whole)))
    asked.refuse("cannot be balanced: the targets are not classes", asked.list_hint());
}

void put_numbers(ClassWeights& weights, std::size_t setting, std::vector<double> numbers) {
  weights.numbers = numbers;
  weights.cost.settings[setting] = std::move(numbers);
}

/// Returns numbers that do not depend on the training part; the rest is for `balanced`.
ClassWeights weights_in(const Use& cost, const DataNames& names, const Graph& graph,
                        std::optional<Asked>& balanced) {
  ClassWeights weights{.cost = cost, .numbers = {}, .found = {}, .absent = {}};
  const std::optional<std::size_t> setting = place_of(cost);
  if (!setting) return weights;
  weights.per_label = (setting_of(*cost.plugin, *setting).flags & NNRUN_LABEL_WEIGHTS) != 0;
  const Value& value = cost.settings[*setting];
  const std::size_t cols = weights.per_label ? graph.output().cols : graph.answer_cols;
  const Asked asked{cost, *setting, weights.per_label, cols};
  const auto* const numbers = std::get_if<std::vector<double>>(&value);
  if (names.ordered && (numbers == nullptr || !numbers->empty()))
    throw ConfigError(Problem{.what = "cost '" + cost.plugin->name +
                                      "': " + name_of(cost, *setting) +
                                      " cannot weigh classes in order: "
                                      "an output is not of a class, but of all above one",
                              .place = cost.place,
                              .hint = "a column of weights does: weights: COLUMN in data"});
  if (numbers != nullptr) {
    weights.numbers = *numbers;
    const std::size_t wanted = weights.per_label ? 2 : cols;
    if (!numbers->empty() && numbers->size() != wanted)
      asked.refuse("has " + std::to_string(numbers->size()) + " numbers for " +
                       std::to_string(wanted) + " classes",
                   asked.list_hint());
  } else {
    weights.given = false;
    if (const auto* const named = std::get_if<NamedNumbers>(&value))
      put_numbers(weights, *setting, by_name(asked, *named, names.classes));
    else
      balanced.emplace(asked);
  }
  if (!weights.numbers.empty() &&
      std::ranges::all_of(weights.numbers, [](double number) { return number == 0; }))
    asked.refuse("are all 0, so nothing would be learned", "an example counts more than 0");
  return weights;
}

template <class T>
double divisor_of(const T* t, const ClassWeights& weights, std::size_t cols) {
  if (weights.numbers.empty()) return 1;
  double sum = 0;
  for (std::size_t c = 0; c < cols; ++c) {
    const double target = std::clamp(static_cast<double>(t[c]), 0., 1.);  // also of -1 and 1
    sum += weights.per_label ? weights.numbers[1] * target + weights.numbers[0] * (1 - target)
                             : weights.numbers[c % weights.numbers.size()] * target;
  }
  return weights.per_label ? sum / static_cast<double>(cols) : sum;
}

std::string words_of_classes(const ClassWeights& weights, const DataNames& names) {
  std::string words = weights.found.empty() ? "class weights: " : "balanced class weights: ";
  for (std::size_t c = 0; c < weights.numbers.size() && c < most_shown; ++c) {
    words += c == 0 ? "" : ", ";
    words += names.classes.size() == weights.numbers.size() ? short_name(names.classes[c])
                                                            : "class " + std::to_string(c);
    words += " " + readable(weights.numbers[c]);
    if (c < weights.absent.size() && weights.absent[c]) words += " (has no training example)";
  }
  return words + (weights.numbers.size() > most_shown ? ", …" : "");
}

}  // namespace

template <class T>
ClassWeights class_weights_of(const Use& cost, const DataNames& names, const Targets& targets,
                              const Examples<T>& train, const Graph& graph) {
  std::optional<Asked> balanced;
  ClassWeights weights = weights_in(cost, names, graph, balanced);
  if (!balanced) return weights;
  require_countable(*balanced, targets, train);
  const std::vector<double> counts = counts_of(train, graph, weights.per_label, targets.border);
  double n = 0, k = 0;
  for (const double count : counts) {
    n += count;
    k += count > 0 ? 1 : 0;
  }
  for (const double count : counts) {
    weights.found.push_back(count > 0 ? n / (k * count) : 1);
    weights.absent.push_back(!(count > 0));
  }
  put_numbers(weights, balanced->setting, weights.found);
  return weights;
}

ClassWeights class_weights_of(const Use& cost, const ModelFile& trained, const Graph& graph) {
  std::optional<Asked> balanced;
  ClassWeights weights = weights_in(cost, trained.names, graph, balanced);
  if (!balanced) return weights;
  if (trained.targets.class_weights.size() != (weights.per_label ? 2 : graph.answer_cols))
    balanced->refuse("is balanced, but the run was trained without such numbers",
                     balanced->list_hint());
  put_numbers(weights, balanced->setting, trained.targets.class_weights);
  return weights;
}

bool divides_by_weights(const Experiment& experiment) {
  const std::string& given = experiment.train.mean_over;
  return given.empty() ? !experiment.data.weights.value.empty() : given == "weights";
}

template <class T>
void set_divisors(std::array<Examples<T>, NNRUN_PARTS>& parts, const ClassWeights& weights,
                  bool by_weights, std::size_t cols) {
  if (!by_weights) return;
  for (Examples<T>& part : parts) {
    if (weights.numbers.empty() && part.weight.data() == nullptr) continue;
    part.divisor = Buffer<T>(part.count);
    for (std::size_t i = 0; i < part.count; ++i) {
      const double own = part.weight.data() ? static_cast<double>(part.weight.data()[i]) : 1;
      part.divisor.data()[i] =
          static_cast<T>(own * divisor_of(part.t.data() + i * cols, weights, cols));
    }
  }
}

template <class T>
std::vector<std::string> words_of_weights(const ClassWeights& weights,
                                          const std::array<Examples<T>, NNRUN_PARTS>& parts,
                                          const DataShape& shape, const Experiment& experiment) {
  std::vector<std::string> lines;
  if (!weights.numbers.empty()) lines.push_back(words_of_classes(weights, shape.names));
  if (shape.has_weights) {
    double low = std::numeric_limits<double>::infinity(), high = 0, sum = 0, n = 0;
    for (const Examples<T>& part : parts)
      for (std::size_t i = 0; i < part.count; ++i) {
        const auto weight = static_cast<double>(part.weight.data()[i]);
        low = std::min(low, weight);
        high = std::max(high, weight);
        sum += weight;
        n += 1;
      }
    lines.push_back("example weights " + experiment.data.weights.value + ": " + readable(low) +
                    " … " + readable(high) + ", on average " + readable(sum / n));
  }
  if (lines.empty()) return lines;
  lines.back() += divides_by_weights(experiment)
                      ? "; costs are divided by the sum of weights, metrics count all alike"
                      : "; costs are divided by the number of examples, metrics count all alike";
  return lines;
}

template ClassWeights class_weights_of(const Use&, const DataNames&, const Targets&,
                                       const Examples<float>&, const Graph&);
template ClassWeights class_weights_of(const Use&, const DataNames&, const Targets&,
                                       const Examples<double>&, const Graph&);
template void set_divisors(std::array<Examples<float>, NNRUN_PARTS>&, const ClassWeights&, bool,
                           std::size_t);
template void set_divisors(std::array<Examples<double>, NNRUN_PARTS>&, const ClassWeights&, bool,
                           std::size_t);
template std::vector<std::string> words_of_weights(const ClassWeights&,
                                                   const std::array<Examples<float>, NNRUN_PARTS>&,
                                                   const DataShape&, const Experiment&);
template std::vector<std::string> words_of_weights(const ClassWeights&,
                                                   const std::array<Examples<double>, NNRUN_PARTS>&,
                                                   const DataShape&, const Experiment&);

}  // namespace nnrun::host
