#include "checking/formula_law.hpp"

#include "checking/layer_trial.hpp"
#include "network/formula.hpp"
#include "network/moved_numbers.hpp"
namespace nnrun::host {
namespace {

Finding no_formula() {
  return skipped("offers none: a network with it cannot be exported");
}

std::vector<double> tried_numbers() {
  std::vector<double> x{0., -0., 1e-40, -1e-40, 1e-310, 1e30, -1e30, 1e-5, -1e-5};
  for (int i = -200; i <= 200; ++i) x.push_back(i / 16.);
  for (double far = 15.3; far < 2e6; far *= 1.37) x.insert(x.end(), {far, -far});
  return x;
}
std::vector<std::vector<double>> tried_rows(bool of_rows) {
  if (!of_rows) return {tried_numbers()};
  return {{0.3, -1.2, 2.1, 0.7, -0.4},  {0, 0, 0, 0, 0},         {1, 1, 0.5, -2, 1},
          {5.5, -3.25, 0.1, 7.9, 8},    {-40, 30, -0.5, 29, 28}, {700, -700, 3, 1, 699},
          {1e-3, 2e-3, 1.5e-3, 0, 1e-9}};
}

template <class T>
std::string first_wrong(const Object& f, const Formula& formula, bool of_rows) {
  const auto& functions = f.functions<nnrun_activation>().by_dtype[dtype_of<T>];
  for (const std::vector<double>& row : tried_rows(of_rows)) {
    const Guarded<T> z(row), a(row.size());
    f.call("forward", functions.forward, z.data(), a.data(), 1, row.size());
    const std::vector<std::vector<T>> inputs{{z.all().begin(), z.all().end()}};
    const std::vector<T> own = computed<T>(formula, inputs, row.size());
    for (std::size_t i = 0; i < row.size(); ++i)
      if (!same(static_cast<double>(own[i]), static_cast<double>(a.all()[i])))
        return "at " + shortest(row[i]) + (sizeof(T) == sizeof(float) ? " in float" : "") +
               " the formula is " + shown(static_cast<double>(own[i])) + ", the value " +
               shown(static_cast<double>(a.all()[i]));
  }
  return {};
}

Finding activation_formula(const Subject& subject) {
  const Object f(subject.use);
  if (!formula_table_of(f)) return no_formula();
  const Formula formula = formula_of(f, nullptr, 1);
  const bool of_rows = (f.functions<nnrun_activation>().flags & NNRUN_ELEMENTWISE) == 0;
  std::string wrong = first_wrong<float>(f, formula, of_rows);
  if (wrong.empty()) wrong = first_wrong<double>(f, formula, of_rows);
  if (!wrong.empty()) return broken(wrong);
  return kept(std::to_string(formula.lines.size()) + " operations, the same bits");
}

/// Returns the numbers of a block, in file order.
template <class T>
std::vector<T> numbers_of(const nnrun_block& block, const T* flat) {
  std::vector<T> numbers(size_of(block.shape));
  for_each_element(block, block.offset,
                   [&](std::size_t at, std::size_t i) { numbers[i] = flat[at]; });
  return numbers;
}

/// Computes a row of outputs by its formula, the columns of one group of features at a time.
template <class T>
std::vector<T> row_by_formula(const Formula& formula, LayerTrial<T>& trial, std::size_t r) {
  std::vector<std::vector<T>> given;
  const std::size_t cols = trial.out_cols, features = trial.plan.out.sizes[trial.plan.out.rank - 1];
  for (Buffer<T>& x : trial.x) given.emplace_back(x.data() + r * cols, x.data() + (r + 1) * cols);
  for (std::uint32_t b = 0; b < trial.plan.n_blocks; ++b)
    given.push_back(numbers_of(trial.plan.blocks[b], trial.w.data()));
  for (std::uint32_t b = 0; b < trial.plan.n_state_blocks; ++b)
    given.push_back(numbers_of(trial.plan.state_blocks[b], trial.state.data()));
  std::vector<T> y;
  for (std::size_t from = 0; from < cols; from += features) {
    std::vector<std::vector<T>> group = given;
    for (std::vector<T>& numbers : group)
      if (numbers.size() == cols)
        numbers = {numbers.begin() + static_cast<std::ptrdiff_t>(from),
                   numbers.begin() + static_cast<std::ptrdiff_t>(from + features)};
    const std::vector<T> part = computed<T>(formula, group, features);
    y.insert(y.end(), part.begin(), part.end());
  }
  return y;
}

template <class T>
std::string first_wrong_row(const Object& layer) {
  constexpr std::size_t rows = 3;
  LayerTrial<T> trial(layer, rows);
  trial.forward(0);
  const nnrun_plan& plan = trial.plan;
  const bool moved = formula_table_of(layer)->operation != nullptr;
  const std::vector<std::size_t> from =
      moved ? moved_numbers(layer, plan) : std::vector<std::size_t>();
  const Formula formula =
      moved ? Formula{} : formula_of(layer, &plan, plan.n_in + plan.n_blocks + plan.n_state_blocks);
  for (std::size_t r = 0; r < rows; ++r) {
    std::vector<T> expected;
    if (!moved) expected = row_by_formula(formula, trial, r);
    const std::size_t in = trial.in_cols();
    for (const std::size_t at : from)
      expected.push_back(at == moved_zero ? T(0) : trial.x[at / in].data()[r * in + at % in]);
    const std::string wrong = first_difference<T>(
        {trial.y.data() + r * trial.out_cols, trial.out_cols}, std::span<const T>(expected));
    if (!wrong.empty()) return wrong + (moved ? ", which it copies" : ", which is the formula");
  }
  return {};
}

Finding layer_formula(const Subject& subject) {
  const Object layer(subject.use);
  const nnrun_formula* const table = formula_table_of(layer);
  if (!table) return no_formula();
  if (table->operation && table->operation != move_operation)
    return kept(std::string("is the operation '") + table->operation + "'");
  std::string wrong = first_wrong_row<float>(layer);
  if (wrong.empty()) wrong = first_wrong_row<double>(layer);
  return wrong.empty() ? kept("the same bits") : broken(wrong);
}

}  // namespace

Finding activation_formula_law(const Subject& subject) {
  return at_edges_too(subject, activation_formula);
}
Finding layer_formula_law(const Subject& subject) {
  return layer_formula(subject);
}

}  // namespace nnrun::host
