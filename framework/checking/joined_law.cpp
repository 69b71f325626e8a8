#include "checking/joined_law.hpp"

#include <string_view>

#include "checking/trial.hpp"
namespace nnrun::host {
namespace {

using Numbers = std::vector<double>;

// Where no activation is near its ends; each of three is the right class, and so is 0 and 1.
const Numbers& scores() {
  static const Numbers z{-1.5, 0.75, 2, 0.5, -0.25, -2, 1.25, 1.25, -0.5, 0, 3, -3};
  return z;
}
const Numbers& classes() {
  static const Numbers t{1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0};
  return t;
}

const char* join_of(const Class& plugin) {
  return plugin.kind == "cost"
             ? declared(functions_of<nnrun_cost>(plugin), &nnrun_cost::joins)
             : declared(functions_of<nnrun_activation>(plugin), &nnrun_activation::joins);
}

/// Returns whether the cost takes what the activation gives; of a cost that does not say what it
/// takes, whether it is the activation that the cost wants.
bool fit(const Class& cost, const Class& activation) {
  const auto& costs = functions_of<nnrun_cost>(cost);
  const nnrun_range takes = declared(costs, &nnrun_cost::outputs),
                    gives = declared(functions_of<nnrun_activation>(activation),
                                     &nnrun_activation::outputs);
  const char* const wanted = declared(costs, &nnrun_cost::fitting_activation);
  if (!(takes.low < takes.high)) return wanted == nullptr || activation.name == wanted;
  return !(gives.low < gives.high) || (takes.low <= gives.low && gives.high <= takes.high);
}

/// Returns the cost with its `joined_by` setting on; an empty use if it has none.
Use applying(Use cost) {
  const char* const name = declared(functions_of<nnrun_cost>(*cost.plugin), &nnrun_cost::joined_by);
  for (std::size_t i = 0; name != nullptr && i < cost.settings.size(); ++i)
    if (setting_of(*cost.plugin, i).name == std::string_view(name))
      if (bool* const applies = std::get_if<bool>(&cost.settings[i])) {
        *applies = true;
        return cost;
      }
  return {};
}

/// The costs of rows, and their slopes.
struct Costs {
  Guarded<double> per_row, slopes;
};
Costs costs_of(const Object& cost, const Numbers& y, std::size_t rows) {
  const std::size_t cols = y.size() / rows;
  Guarded<double> outputs(y), targets(classes());
  Costs costs{Guarded<double>(rows), Guarded<double>(y.size())};
  cost.call("slope", cost.functions<nnrun_cost>().by_dtype[NNRUN_F64].slope, outputs.data(),
            targets.data(), cols, 1.0, costs.slopes.data(), costs.per_row.data(), rows, cols);
  return costs;
}

bool takes(const Object& cost, std::size_t rows) {
  Guarded<double> y(Numbers(classes().size(), 0.5)), t(classes()), per_row(rows);
  const std::size_t cols = classes().size() / rows;
  const auto value = cost.functions<nnrun_cost>().by_dtype[NNRUN_F64].value;
  return cost.status_of("value", value, y.data(), t.data(), cols, per_row.data(), rows, cols) == 0;
}

/// Returns what is different from the scores and through the activation; empty if nothing.
std::string difference(const Object& joined, const Object& cost, const Object& activation,
                       std::size_t rows) {
  const std::size_t n = scores().size(), cols = n / rows;
  Guarded<double> z(scores()), a(n), dz(n);
  const auto& functions = activation.functions<nnrun_activation>().by_dtype[NNRUN_F64];
  activation.call("forward", functions.forward, z.data(), a.data(), rows, cols);
  const Numbers outputs(a.data(), a.data() + n);
  Costs through = costs_of(cost, outputs, rows), own = costs_of(joined, scores(), rows);
  activation.call("backward", functions.backward, z.data(), a.data(), through.slopes.data(),
                  dz.data(), rows, cols);
  const auto compared = [&](const char* what, double found, double expected, std::size_t at) {
    if (close(found, expected, 1e-9, 1e-12)) return std::string();
    return std::string(what) + " from the scores is " + shown(found) + " at score " +
           shortest(scores()[at]) + ", through '" + activation.plugin().name + "' it is " +
           shown(expected);
  };
  for (std::size_t r = 0; r < rows; ++r)
    if (auto wrong =
            compared("the cost", own.per_row.data()[r], through.per_row.data()[r], r * cols);
        !wrong.empty())
      return wrong;
  for (std::size_t i = 0; i < n; ++i)
    if (auto wrong = compared("the slope", own.slopes.data()[i], dz.data()[i], i); !wrong.empty())
      return wrong;
  return "";
}

std::string difference(const Use& cost, const Use& activation) {
  const Use applies = applying(cost);
  if (!applies) return "it joins an activation, but has no bool setting that 'joined_by' names";
  const Object joined(applies), alone(cost), f(activation);
  for (const std::size_t rows : {12u, 4u})
    if (takes(joined, rows) && takes(alone, rows))
      if (std::string wrong = difference(joined, alone, f, rows); !wrong.empty()) return wrong;
  return "";
}

}  // namespace

Finding joined_law(const Subject& subject) {
  const Class& own = subject.plugin();
  const char* const word = join_of(own);
  if (word == nullptr) return kept("joins none");
  const bool is_cost = own.kind == "cost";
  const char* const kind = is_cost ? "activation" : "cost";
  std::string tried;
  for (const std::string& name : subject.built_in->names(kind)) {
    const Class* const other = subject.built_in->find(kind, name);
    const char* const theirs = join_of(*other);
    if (theirs == nullptr || std::string_view(theirs) != word ||
        !(is_cost ? fit(own, *other) : fit(*other, own)))
      continue;
    const Use use = with_defaults(*other);
    if (!use) continue;
    const std::string wrong = is_cost ? difference(subject.use, use) : difference(use, subject.use);
    if (!wrong.empty()) return broken(wrong);
    tried += (tried.empty() ? "with " : ", ") + name;
  }
  return tried.empty()
             ? skipped(std::string("nnrun has no ") + kind + " that fits and joins '" + word + "'")
             : kept(tried);
}

}  // namespace nnrun::host
