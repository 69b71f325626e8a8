// A data set says how many examples it has, and gives the same ones for the same seed.
#include <algorithm>
#include <array>
#include <cmath>

#include "checking/trial.hpp"
namespace nnrun::host {
namespace dataset_trial {

using Numbers = std::vector<double>;
constexpr std::size_t most = 20000;  // examples of a part that are checked
constexpr std::array<const char*, NNRUN_PARTS> part_names{"training", "validation", "test"};

std::size_t numbers_in(const nnrun_shape& shape) {
  std::size_t n = 1;
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(shape.rank, NNRUN_MAX_RANK); ++i)
    n *= shape.sizes[i];
  return n;
}

struct Opened {
  Object object;
  nnrun_data data{};
};
Opened open(const Subject& subject) {
  Opened opened{Object(subject.use), {}};
  opened.data.size = sizeof opened.data;
  opened.object.call("open", opened.object.functions<nnrun_dataset>().open, &opened.data);
  return opened;
}

/// Returns inputs and targets of the first examples of a part.
std::pair<Numbers, Numbers> read(const Opened& opened, std::uint32_t part, std::uint64_t seed) {
  TrialNumbers stream(seed);
  const std::size_t n = std::min(opened.data.examples[part], most);
  const std::size_t inputs = numbers_in(opened.data.input),
                    targets = numbers_in(opened.data.target);
  constexpr double unwritten = std::numeric_limits<double>::quiet_NaN();
  std::pair<Numbers, Numbers> out{Numbers(n * inputs, unwritten), Numbers(n * targets, unwritten)};
  for (std::size_t from = 0; from < n; from += 1000) {
    const std::size_t count = std::min<std::size_t>(1000, n - from);
    opened.object.call("read", opened.object.functions<nnrun_dataset>().read, stream.lent(), part,
                       from, count, out.first.data() + from * inputs,
                       out.second.data() + from * targets);
  }
  return out;
}

std::string text_of_shape(const nnrun_shape& shape) {
  std::string text;
  for (std::uint32_t i = 0; i < shape.rank; ++i)
    text += (i > 0 ? " x " : "") + std::to_string(shape.sizes[i]);
  return text;
}

Finding shapes(const Subject& subject) {
  const Opened opened = open(subject);
  for (const nnrun_shape* shape : {&opened.data.input, &opened.data.target}) {
    const std::string what = shape == &opened.data.input ? "inputs" : "targets";
    if (shape->rank == 0 || shape->rank > NNRUN_MAX_RANK)
      return broken("the shape of its " + what + " has " + std::to_string(shape->rank) +
                    " sizes, not 1 to 4");
    if (numbers_in(*shape) == 0) return broken("its " + what + " have no numbers");
  }
  const auto& examples = opened.data.examples;
  if (examples[NNRUN_TRAIN] == 0) return broken("has no example to train with");
  return kept(text_of_shape(opened.data.input) + " -> " + text_of_shape(opened.data.target) + ", " +
              std::to_string(examples[0]) + " + " + std::to_string(examples[1]) + " + " +
              std::to_string(examples[2]) + " examples");
}

Finding finite(const Subject& subject) {
  const Opened opened = open(subject);
  for (std::uint32_t part = 0; part < NNRUN_PARTS; ++part) {
    const auto [x, t] = read(opened, part, 1);
    for (const Numbers* numbers : {&x, &t}) {
      const std::size_t n = numbers_in(numbers == &x ? opened.data.input : opened.data.target);
      for (std::size_t i = 0; i < numbers->size(); ++i)
        if (!std::isfinite((*numbers)[i]))
          return broken(std::string(part_names[part]) + " example " + std::to_string(i / n + 1) +
                        (numbers == &x ? ": an input is " : ": a target is ") +
                        shown((*numbers)[i]) + ", or was not written");
    }
  }
  return kept();
}

/// Reads again, by the same object and by a second one.
Finding same_seed(const Subject& subject) {
  const Opened first = open(subject), second = open(subject);
  for (std::uint32_t part = 0; part < NNRUN_PARTS; ++part) {
    const auto expected = read(first, part, 6), again = read(second, part, 6);
    for (const auto& [found, wanted] :
         {std::pair(&again.first, &expected.first), {&again.second, &expected.second}}) {
      const std::string wrong = first_difference<double>(*found, *wanted);
      if (!wrong.empty())
        return broken("read a second time, " + wrong + " in the " + part_names[part] + " part");
    }
  }
  return kept();
}

/// Reads examples one by one from the last to the first, after all were read.
Finding reads_again(const Subject& subject) {
  const Opened opened = open(subject);
  if (opened.data.reads_again == 0) return kept("each example is read once");
  const std::size_t inputs = numbers_in(opened.data.input),
                    targets = numbers_in(opened.data.target);
  for (std::uint32_t part = 0; part < NNRUN_PARTS; ++part) {
    const auto expected = read(opened, part, 6);
    const std::size_t n = std::min<std::size_t>(opened.data.examples[part], 1000);
    TrialNumbers stream(6);
    Numbers x(inputs), t(targets);
    for (std::size_t i = n; i-- > 0;) {
      opened.object.call("read", opened.object.functions<nnrun_dataset>().read, stream.lent(), part,
                         i, std::size_t{1}, x.data(), t.data());
      if (!std::equal(x.begin(), x.end(), expected.first.begin() + std::ptrdiff_t(i * inputs)) ||
          !std::equal(t.begin(), t.end(), expected.second.begin() + std::ptrdiff_t(i * targets)))
        return broken("says that it reads again, but " + std::string(part_names[part]) +
                      " example " + std::to_string(i + 1) + " has other numbers the second time");
    }
  }
  return kept();
}

/// Reads inputs as float, if the data set says that this is what they are.
Finding float_inputs(const Subject& subject) {
  const auto* const floats =
      extension_of<nnrun_float_inputs>(*subject.use.plugin, "nnrun.float_inputs/1");
  if (floats == nullptr) return kept("inputs are read as double alone");
  const Opened expected = open(subject), opened = open(subject);
  std::uint32_t are_exact = 0;
  opened.object.call("are_exact", floats->are_exact, &are_exact);
  if (are_exact == 0) return kept("these inputs are no floats");
  const std::size_t inputs = numbers_in(opened.data.input),
                    targets = numbers_in(opened.data.target);
  for (std::uint32_t part = 0; part < NNRUN_PARTS; ++part) {
    const auto [x, t] = read(expected, part, 6);
    const std::size_t n = std::min(opened.data.examples[part], most);
    if (n == 0) continue;
    TrialNumbers stream(6);
    constexpr float unwritten = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> found_x(n * inputs, unwritten);
    Numbers found_t(n * targets, unwritten);
    opened.object.call("read", floats->read, stream.lent(), part, std::size_t{0}, n, found_x.data(),
                       found_t.data());
    constexpr float largest = 1 << 24;
    const auto is_whole = [](float y) { return y == std::trunc(y) && std::abs(y) <= largest; };
    if (const auto odd = std::ranges::find_if_not(found_x, is_whole);
        are_exact == 2 && odd != found_x.end())
      return broken("says that inputs are whole numbers up to 2^24, but one is " + shortest(*odd) +
                    " in the " + part_names[part] + " part");
    std::string wrong = first_difference<double>(Numbers(found_x.begin(), found_x.end()), x);
    if (wrong.empty()) wrong = first_difference<double>(found_t, t);
    if (!wrong.empty())
      return broken("read as float, " + wrong + " in the " + part_names[part] + " part");
  }
  return kept("the same numbers");
}

Finding other_seed(const Subject& subject) {
  const Opened first = open(subject), second = open(subject);
  const bool drawn = read(first, NNRUN_TRAIN, 1).first != read(second, NNRUN_TRAIN, 2).first;
  return kept(drawn ? "other examples" : "the same examples: it draws nothing");
}

constexpr Law all[]{
    {"shapes", shapes},           {"finite numbers", finite},     {"same seed", same_seed},
    {"reads again", reads_again}, {"float inputs", float_inputs}, {"other seeds", other_seed}};

}  // namespace dataset_trial

std::span<const Law> dataset_laws() {
  return dataset_trial::all;
}

}  // namespace nnrun::host
