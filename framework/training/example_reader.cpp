#include "training/example_reader.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <nnrun/lanes.hpp>

#include "base/text.hpp"
#include "config/recorded_files.hpp"
#include "training/data_parts.hpp"
namespace nnrun::host {
namespace {

// at a time, to stay within a near cache; floats take the next one, since they are read so fast
// that the calls would count
constexpr std::size_t chunk_rows = 1024, chunk_numbers = 8192, chunk_floats = 32768;
constexpr const char* stream_names[] = {"data/train", "data/validation", "data/test"};

/// Writes x / divide_by as T. Returns whether all are finite when they are rounded to Finite.
template <class T, class Finite>
NNRUN_INLINE bool rounded_to(const double* x, std::size_t n, double divide_by, T* to) {
  // 0 times a finite number is 0, else NaN: sums can be vectorized, branches cannot
  Finite sums[16] = {};
  const auto all = [&](auto quotient) __attribute__((always_inline)) {
    std::size_t i = 0;
    for (; i + 16 <= n; i += 16)
      for (std::size_t k = 0; k < 16; ++k) {
        to[i + k] = static_cast<T>(quotient(x[i + k]));
        sums[k] += static_cast<Finite>(to[i + k]) * Finite(0);
      }
    for (; i < n; ++i) {
      to[i] = static_cast<T>(quotient(x[i]));
      sums[0] += static_cast<Finite>(to[i]) * Finite(0);
    }
  };
  if (divide_by == 1)
    all([](double y) __attribute__((always_inline)) { return y; });
  else
    all([=](double y) __attribute__((always_inline)) { return y / divide_by; });
  Finite sum = 0;
  for (const Finite part : sums) sum += part;
  return sum == 0;
}
/// Writes x / divide_by. Returns whether each is 0 or a normal number: then it is what a quotient
/// of doubles is, rounded, since these have more than twice the digits (Figueroa, "When is double
/// rounding innocuous?", 1995).
NNRUN_CLONES bool divided_floats(const float* __restrict x, std::size_t n, float divide_by,
                                 float* __restrict to) {
  constexpr std::uint32_t sign = 1u << 31, smallest = 1u << 23, infinite = 255u << 23;
  std::uint32_t odd = 0;
  for (std::size_t i = 0; i < n; ++i) {
    to[i] = x[i] / divide_by;
    const std::uint32_t size = std::bit_cast<std::uint32_t>(to[i]) & ~sign;
    odd |= static_cast<std::uint32_t>(size != 0) & (size - smallest >= infinite - smallest);
  }
  return odd == 0;
}
/// Writes x / divide_by, where both are such that each quotient is 0 or a normal number.
NNRUN_CLONES void divided_whole(const float* __restrict x, std::size_t n, float divide_by,
                                float* __restrict to) {
  for (std::size_t i = 0; i < n; ++i) to[i] = x[i] / divide_by;
}
/// Writes x / divide_by. Returns false where the way through double decides what they are: then
/// nothing that is written counts. whole: x are whole numbers up to 2^24.
bool convert_floats(const float* x, std::size_t n, double divide_by, bool whole, float* to) {
  const auto by = static_cast<float>(divide_by);
  if (static_cast<double>(by) != divide_by) return false;
  if (!whole || !(by >= 0x1p-100f && by <= 0x1p100f)) return divided_floats(x, n, by, to);
  divided_whole(x, n, by, to);
  return true;
}
/// Writes x * low as float. Returns whether all are finite and x * high is the same float.
NNRUN_CLONES bool bounded_floats(const double* x, std::size_t n, double low, double high,
                                 float* to) {
  float sums[16] = {};  // of differences, which are 0; NaN once a number is not finite
  const auto one = [&](std::size_t i, std::size_t k) __attribute__((always_inline)) {
    to[i] = static_cast<float>(x[i] * low);
    sums[k] += std::abs(to[i] - static_cast<float>(x[i] * high));
  };
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (std::size_t k = 0; k < 16; ++k) one(i + k, k);
  for (; i < n; ++i) one(i, 0);
  float sum = 0;
  for (const float part : sums) sum += part;
  return sum == 0;
}
/// Writes what x / divide_by is as float, without a division if that is sure. Returns false if it
/// is not: then nothing that is written counts. A division takes several times as long. Rounding
/// keeps the order of numbers, so a quotient between two that are the same float is that one, too.
bool to_quotients(const double* x, std::size_t n, double divide_by, float* to) {
  constexpr double margin = 0x1p-50;  // eight times what a factor and a product are off
  const double factor = 1 / divide_by;
  return std::isnormal(factor) &&
         bounded_floats(x, n, factor * (1 - margin), factor * (1 + margin), to);
}
NNRUN_CLONES bool to_floats(const double* x, std::size_t n, double divide_by, float* to) {
  return rounded_to<float, float>(x, n, divide_by, to);
}
NNRUN_CLONES bool to_doubles(const double* x, std::size_t n, double divide_by, double* to) {
  return rounded_to<double, double>(x, n, divide_by, to);
}
NNRUN_CLONES bool to_doubles_for_floats(const double* x, std::size_t n, double* to) {
  return rounded_to<double, float>(x, n, 1, to);
}
template <class T, class Finite>
bool convert(const double* x, std::size_t n, double divide_by, T* to) {
  if constexpr (sizeof(T) == sizeof(float))
    return (divide_by != 1 && to_quotients(x, n, divide_by, to)) || to_floats(x, n, divide_by, to);
  else if constexpr (sizeof(Finite) == sizeof(float))
    return to_doubles_for_floats(x, n, to);
  else
    return to_doubles(x, n, divide_by, to);
}

}  // namespace

void refuse_data(const Object& data, const std::filesystem::path& config) {
  Problem said = take_plugin_error();
  if (said.what.empty()) said.what = "refused without a reason";
  if (said.where.empty()) said.where = "data set '" + data.plugin().name + "'";
  if (const std::string missing = words_for_missing(config); !missing.empty())
    said.hint += (said.hint.empty() ? "" : "\n") + missing;
  throw DataError(std::move(said));
}

std::string place_of(const Object& data, std::size_t part, std::size_t example) {
  const char* place = nullptr;
  if (const auto* const find = appended(data.functions<nnrun_dataset>(), &nnrun_dataset::place);
      find != nullptr && *find != nullptr &&
      data.status_of("place", *find, static_cast<std::uint32_t>(part), example, &place) != 0)
    take_plugin_error();
  if (place != nullptr && *place != '\0') return place;
  return "data set '" + data.plugin().name + "'";
}

void ExampleReader::leave_out(std::size_t part, const RowFault& fault) const {
  if (left_out_ != nullptr) return left_out_->add(part, fault);
  Problem problem = fault.problem;
  problem.where = place_of(object_, part, fault.example);
  throw DataError(std::move(problem));
}

void ExampleReader::refuse_number(std::size_t part, std::size_t example, bool target,
                                  std::size_t column, double x) const {
  const std::vector<std::string>& names = target ? shape_.names.targets : shape_.names.inputs;
  const std::string name = names.empty() ? std::to_string(column + 1) : "'" + names[column] + "'";
  const bool finite = std::isfinite(x);
  throw RowFault{example,
                 {.what = std::string(target ? "target " : "input ") + name + " of " +
                          part_words[part] + " example " + std::to_string(example + 1) +
                          (finite ? " is " + shortest(x) + ", too large for float32"
                                  : " is not a finite number"),
                  .hint = finite && !trained_ ? "write dtype: float64" : ""}};
}

void ExampleReader::refuse_weight(std::size_t part, std::size_t example, double weight) const {
  throw RowFault{
      example,
      {.what = std::string(part_words[part]) + " example " + std::to_string(example + 1) +
               " counts " + shortest(weight) + " by column '" + weights_ + "'",
       .hint = !std::isfinite(weight) || weight < 0 ? "an example counts 0 or more"
               : trained_                           ? ""
                                                    : "write dtype: float64"}};
}

/// Writes the weights of n examples, and closes the gaps that they leave between the inputs.
template <class T>
void ExampleReader::take_weights(std::size_t n, double* x, T* to) const {
  const std::size_t in = size_of(shape_.input) - shape_.past_targets;
  for (std::size_t r = 0; r < n; ++r) {
    const double* const row = x + r * (in + 1);
    to[r] = static_cast<T>(given_weights_[r] = row[weight_at_]);
    double* out = x + r * in;
    for (std::size_t c = 0; c <= in; ++c)
      if (c != weight_at_) *out++ = row[c];
  }
}
template <class Target>
void ExampleReader::require_weights(std::size_t part, std::size_t first,
                                    std::span<const double> weights) const {
  for (std::size_t r = 0; r < weights.size(); ++r)
    if (!(weights[r] >= 0) || !std::isfinite(static_cast<Target>(weights[r])))
      refuse_weight(part, first + r, weights[r]);
}

/// Makes targets of n rows of a series inputs, too, behind the others; x has room for them.
void ExampleReader::append_targets(std::size_t n, double* x, const double* t) const {
  const std::size_t in = size_of(shape_.input), past = shape_.past_targets, own = in - past;
  for (std::size_t r = n; r-- > 0 && past > 0;) {
    std::copy_backward(x + r * own, x + (r + 1) * own, x + r * in + own);
    std::copy_n(t + r * past, past, x + r * in + own);
  }
}

/// x: the inputs, as the data set gave them; rounded: after division.
template <class T>
void ExampleReader::require_inputs(std::size_t part, std::size_t first, std::span<const double> x,
                                   const T* rounded) const {
  const std::size_t in = size_of(shape_.input);
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!std::isfinite(rounded[i]) &&
        (!std::isnan(rounded[i]) || !preparation_.may_be_missing(i % in)))
      refuse_number(part, first + i / in, false, i % in, x[i]);
}
void ExampleReader::require_indices(std::size_t part, std::size_t first,
                                    std::span<const double> x) const {
  const Indices& indices = shape_.indices;
  const std::size_t in = size_of(shape_.input);
  const auto wrong = std::ranges::find_if_not(x, [&](double y) { return indices.takes(y); });
  if (wrong == x.end()) return;
  const auto i = static_cast<std::size_t>(wrong - x.begin());
  const std::vector<std::string>& names = shape_.names.inputs;
  throw RowFault{
      first + i / in,
      {.what = "input " + (names.empty() ? std::to_string(i % in + 1) : "'" + names[i % in] + "'") +
               " of " + part_words[part] + " example " + std::to_string(first + i / in + 1) +
               " is " + shortest(*wrong) + indices.refusal()}};
}
template <class Target>
void ExampleReader::require_targets(std::size_t part, std::size_t first,
                                    std::span<const double> t) const {
  const std::size_t out = size_of(shape_.target);
  for (std::size_t i = 0; i < t.size(); ++i)
    if (!std::isfinite(static_cast<Target>(t[i])))
      refuse_number(part, first + i / out, true, i % out, t[i]);
}

/// Throws RowFault for a row of targets that is not what a trained network tells.
template <class T>
void ExampleReader::require_told(std::size_t part, std::size_t first, std::span<const T> t) const {
  const std::size_t out = size_of(shape_.target),
                    row = shape_.told.of_last_axis ? shape_.target.sizes[shape_.target.rank - 1]
                                                   : out;
  for (std::size_t at = 0; at < t.size(); at += row) {
    const std::span<const T> targets = t.subspan(at, row);
    if (fits(shape_.told, targets)) continue;
    std::string numbers;
    for (std::size_t c = 0; c < std::min<std::size_t>(row, 8); ++c)
      numbers += (c == 0 ? "" : ", ") + shortest(targets[c]);
    const bool classes = shape_.told.kind == NNRUN_ONE_HOT;
    throw RowFault{
        first + at / out,
        {.what = (row == 1 ? "the target of " : "the targets of ") + std::string(part_words[part]) +
                 " example " + std::to_string(first + at / out + 1) +
                 (row == 1 ? " is " : " are ") + numbers + (row > 8 ? ", …" : "") +
                 ", but the model tells " +
                 (classes                   ? "classes: one of them is 1"
                  : shape_.told.border == 0 ? "yes or no: -1 or 1"
                                            : "yes or no: 0 or 1"),
         .hint = classes ? "mend or leave out such rows; a model that is trained on data with such "
                           "rows tells yes or no for each column"
                         : "mend or leave out such rows"}};
  }
}

/// Throws RowFault for a target that has no logarithm, if it is to be scaled by it.
void ExampleReader::require_logarithms(std::size_t part, std::size_t first,
                                       std::span<const double> t) const {
  const std::size_t out = size_of(shape_.target);
  const std::vector<std::string>& names = shape_.names.targets;
  for (std::size_t i = 0; i < t.size(); ++i)
    if (preparation_.recipe().scale_of_target(i % out) == TargetScale::log && !(t[i] > 0))
      throw RowFault{
          first + i / out,
          {.what = "target " +
                   (names.empty() ? std::to_string(i % out + 1) : "'" + names[i % out] + "'") +
                   " of " + part_words[part] + " example " + std::to_string(first + i / out + 1) +
                   " is " + shortest(t[i]) + ", which has no logarithm",
           .hint = trained_   ? "mend or leave out such rows: a model on logarithms does not "
                                "answer them"
                   : out == 1 ? "write target_scale: standard"
                              : "write standard for that target in target_scale"}};
}

/// Returns how inputs are read as float: not, if that would not give the same numbers, or if they
/// are not what the data set gives, one beside the other.
ExampleReader::FloatInputs ExampleReader::float_inputs() const {
  const auto* const floats =
      extension_of<nnrun_float_inputs>(object_.plugin(), "nnrun.float_inputs/1");
  if (floats == nullptr || shape_.has_weights || shape_.past_targets > 0) return {};
  std::uint32_t are_exact = 0;
  object_.call("are_exact", floats->are_exact, &are_exact);
  if (are_exact == 0) return {};
  return {floats->read, are_exact == 2};
}

template <class T, class Target>
void ExampleReader::read(std::size_t part, std::size_t start, std::size_t count,
                         const std::function<Room<T>(std::size_t)>& room_for,
                         const std::function<void(const SomeExamples<T>&)>& take) const {
  const std::size_t in = size_of(shape_.input), out = size_of(shape_.target);
  const std::size_t given = in + (shape_.has_weights ? 1 : 0), targets = shape_.targets_given();
  const FloatInputs floats = std::is_same_v<T, float> ? float_inputs() : FloatInputs{};
  const std::size_t numbers = floats.read != nullptr ? chunk_floats : chunk_numbers;
  const std::size_t most =
      std::min(count, std::clamp<std::size_t>(numbers / (given + targets), 1, chunk_rows));
  if (x_.size() < most * given) x_.resize(most * given);  // past targets have room, too
  if (t_.size() < most * targets) t_.resize(most * targets);
  if (shape_.has_weights) given_weights_.resize(most);
  std::vector<double>&x = x_, &t = t_;
  if (floats.read != nullptr && float_x_.size() < most * in) float_x_.resize(most * in);
  Stream stream(random_, stream_names[part], 0);
  // division is all that a plain preparation does; else the rest of it does that, too
  const double divide_by = preparation_.changes() ? 1 : preparation_.divide_by();
  for (std::size_t from = start, end = start + count; from < end; from += most) {
    const std::size_t n = std::min(most, end - from);
    const Room<T> to = room_for(n);
    const auto of_part = static_cast<std::uint32_t>(part);
    const int status = floats.read != nullptr
                           ? object_.status_of("read", floats.read, stream.lent(), of_part, from, n,
                                               float_x_.data(), t.data())
                           : object_.status_of("read", object_.functions<nnrun_dataset>().read,
                                               stream.lent(), of_part, from, n, x.data(), t.data());
    if (status != 0) refuse_data(object_);
    shape_.read_targets(std::span(t).first(n * targets));
    if (shape_.has_weights) take_weights(n, x.data(), to.weight);
    append_targets(n, x.data(), t.data());
    bool finite = false;
    if constexpr (std::is_same_v<T, float>)
      finite = floats.read != nullptr && shape_.indices.count == 0 &&
               convert_floats(float_x_.data(), n * in, divide_by, floats.are_whole, to.x);
    if (!finite) {
      if (floats.read != nullptr) std::copy_n(float_x_.begin(), n * in, x.begin());
      finite = convert<T, T>(x.data(), n * in, divide_by, to.x);
    }
    const bool finite_targets = convert<T, Target>(t.data(), n * out, 1, to.t);
    const auto require = [&](std::size_t r, std::size_t rows) {
      const std::span<const double> own_x = std::span(x).subspan(r * in, rows * in),
                                    own_t = std::span(t).subspan(r * out, rows * out);
      if (shape_.has_weights)
        require_weights<Target>(part, from + r, std::span(given_weights_).subspan(r, rows));
      if (!finite) require_inputs(part, from + r, own_x, to.x + r * in);
      if (shape_.indices.count > 0) require_indices(part, from + r, own_x);
      if (!finite_targets) require_targets<Target>(part, from + r, own_t);
      if (shape_.told.known)
        require_told<T>(part, from + r, std::span<const T>(to.t + r * out, rows * out));
      if (preparation_.scales_targets()) require_logarithms(part, from + r, own_t);
    };
    const auto give = [&](std::size_t r, std::size_t rows) {
      if (rows == 0) return;
      take({rows, to.x + r * in, to.t + r * out, shape_.has_weights ? to.weight + r : nullptr,
            from + r});
    };
    /// Returns whether all of some rows can be used. one: if it cannot, it is left out, or refused.
    const auto all_good = [&](std::size_t r, std::size_t rows, bool one) {
      try {
        require(r, rows);
        return true;
      } catch (const RowFault& fault) {
        if (one || left_out_ == nullptr) leave_out(part, fault);
        return false;
      }
    };
    if (all_good(0, n, false)) {
      give(0, n);
      continue;
    }
    std::size_t good = 0;  // the first of those that follow each other
    for (std::size_t r = 0; r < n; ++r)
      if (!all_good(r, 1, true)) {
        give(good, r - good);
        good = r + 1;
      }
    give(good, n - good);
  }
}

template void ExampleReader::read<float, float>(
    std::size_t, std::size_t, std::size_t, const std::function<Room<float>(std::size_t)>&,
    const std::function<void(const SomeExamples<float>&)>&) const;
template void ExampleReader::read<double, float>(
    std::size_t, std::size_t, std::size_t, const std::function<Room<double>(std::size_t)>&,
    const std::function<void(const SomeExamples<double>&)>&) const;
template void ExampleReader::read<double, double>(
    std::size_t, std::size_t, std::size_t, const std::function<Room<double>(std::size_t)>&,
    const std::function<void(const SomeExamples<double>&)>&) const;

}  // namespace nnrun::host
