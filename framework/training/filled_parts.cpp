#include "training/filled_parts.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.hpp"
namespace nnrun::host {

template <class T>
FilledParts<T>::FilledParts(const DataShape& shape, const Preparation& preparation,
                            bool keeps_inputs)
    : preparation_(preparation),
      out_(size_of(shape.target)),
      x_(preparation.row_outputs()),
      t_(out_),
      keeps_inputs_(keeps_inputs) {
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    const std::size_t n = shape.rows[part];
    parts_[part] = {Buffer<T>(keeps_inputs ? n * preparation.row_outputs() : 0),
                    Buffer<T>(n * out_), n};
    if (shape.has_weights) parts_[part].weight = Buffer<T>(n);
    if (preparation.scales_targets()) parts_[part].in_units = Buffer<double>(n * out_);
  }
  if (!preparation.changes()) return;
  for (std::size_t c = 0; c < preparation.row_inputs(); ++c)
    if (preparation.may_be_missing(c)) fillable_.push_back(c);
  if (!fillable_.empty()) gaps_.resize(preparation.row_inputs());
  std::map<std::size_t, std::vector<bool>> columns;  // whose texts the network sees
  for (const Preparation::Slot& slot : preparation.slots())
    if (slot.map == Preparation::Map::equals)
      columns[slot.a].resize(preparation.recipe().columns[slot.a].texts.size());
  for (auto& [column, taught] : columns)
    untaught_.push_back({column, taught.size(), std::move(taught)});
}

/// Lets go of the room behind the first examples.
template <class T>
void FilledParts<T>::cut_off(Examples<T>& examples, std::size_t count) const {
  const auto cut = [&]<class Number>(Buffer<Number>& buffer, std::size_t width) {
    if (buffer.size() == 0) return;
    Buffer<Number> shorter(count * width);
    std::copy_n(buffer.data(), count * width, shorter.data());
    buffer = std::move(shorter);
  };
  cut(examples.x, preparation_.row_outputs());
  cut(examples.t, out_);
  cut(examples.weight, 1);
  cut(examples.in_units, out_);
  examples.count = count;
}

template <class T>
std::array<Examples<T>, NNRUN_PARTS> FilledParts<T>::take() {
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    if (filled_[part] < parts_[part].count) cut_off(parts_[part], filled_[part]);
  return std::move(parts_);
}

template <class T>
template <class From>
void FilledParts<T>::add(
    std::size_t part, const SomeExamples<From>& some,
    const std::function<void(std::size_t i, const Problem& problem)>& leave_out) {
  const std::size_t first = filled_[part];
  const auto [x, t, weight] = room_for(part, some.count);
  const std::size_t in = preparation_.row_inputs(), width = preparation_.row_outputs();
  const auto rounded = [](From y) { return static_cast<T>(y); };
  if constexpr (sizeof(From) == sizeof(double))
    if (preparation_.changes()) {
      std::size_t n = 0;  // that are taken
      for (std::size_t i = 0; i < some.count; ++i) try {
          observe(part, some.x + i * in);
          prepare(some.x + i * in, x + n * width);
          scale(some.t + i * out_, t + n * out_);
          if (preparation_.scales_targets())
            std::copy_n(some.t + i * out_, out_, parts_[part].in_units.data() + (first + n) * out_);
          if (some.weight != nullptr) weight[n] = rounded(some.weight[i]);
          ++n;
        } catch (const DataError& e) {
          leave_out(i, e.problems().front());
        }
      filled_[part] = first + n;
      return let_go(part, {x, n * width});
    }
  if (some.weight != nullptr)
    std::transform(some.weight, some.weight + some.count, weight, rounded);
  std::transform(some.x, some.x + some.count * in, x, rounded);
  std::transform(some.t, some.t + some.count * out_, t, rounded);
  let_go(part, {x, some.count * width});
}

/// Notes of prepared inputs what is found in those that are kept when all are there.
template <class T>
void FilledParts<T>::let_go(std::size_t part, std::span<const T> x) {
  if (keeps_inputs_) return;
  sums_[part].add(std::as_bytes(x));
  if (preparation_.changes()) return;
  if (preparation_.divide_by() != 1)
    for (const T number : x) largest_divided_ = std::max(largest_divided_, std::abs(number));
  if (part != NNRUN_TRAIN) return;
  const std::size_t width = preparation_.row_outputs();
  if (ranges_.empty())
    for (std::size_t c = 0; c < width; ++c) ranges_.emplace_back(static_cast<double>(x[c]));
  for (std::size_t at = 0; at < x.size(); at += width)
    for (std::size_t c = 0; c < width; ++c) ranges_[c].take(static_cast<double>(x[at + c]));
}

template <class T>
void FilledParts<T>::observe(std::size_t part, const double* x) {
  for (const std::size_t c : fillable_) gaps_[c] += std::isnan(x[c]);
  if (preparation_.divide_by() != 1 && largest_ <= 1)
    for (std::size_t c = 0; c < preparation_.row_inputs(); ++c)
      largest_ = std::max(largest_, std::abs(x[c]));
  if (part != NNRUN_TRAIN) return;
  const std::size_t in = preparation_.row_inputs();
  bool all_taught = false;  // of a column
  for (Untaught& u : untaught_)
    if (const double y = x[u.column]; y >= 0 && y < static_cast<double>(u.taught.size()))
      if (auto taught = u.taught[static_cast<std::size_t>(y)]; !taught) {
        taught = true;
        all_taught |= --u.left == 0;
      }
  if (all_taught) std::erase_if(untaught_, [](const Untaught& u) { return u.left == 0; });
  if (ranges_.empty())
    for (std::size_t c = 0; c < in; ++c) ranges_.emplace_back(x[c]);
  for (std::size_t c = 0; c < in; ++c) ranges_[c].take(x[c]);
}

template <class T>
void FilledParts<T>::prepare(const double* x, T* to) {
  preparation_.apply_to_row(x, x_.data());
  preparation_.round(x_.data(), x_.size(), to);
}

template <class T>
void FilledParts<T>::scale(const double* t, T* to) {
  std::copy_n(t, out_, t_.data());
  preparation_.scale_targets(t_.data(), out_);
  for (std::size_t c = 0; c < out_; ++c)
    if (!std::isfinite(to[c] = static_cast<T>(t_[c])))
      throw DataError(Problem{.what = "a target is " + significant(t[c], 6) +
                                      ", too large for float32 once it is scaled",
                              .where = "'target_scale' of the data",
                              .hint = "scale that target, too, or write dtype: float64"});
}

template <class T>
double FilledParts<T>::divided_before() const {
  const double by = preparation_.divide_by();
  double largest = largest_;
  if (by != 1 && !keeps_inputs_ && !preparation_.changes()) {
    largest = static_cast<double>(largest_divided_) * by;
    if (largest_divided_ > static_cast<T>(1 / by)) return 0;
  }
  if (by != 1 && !preparation_.changes())
    for (const Examples<T>& part : parts_)
      for (const T x : part.x.all()) {  // most data have a large number soon
        largest = std::max(largest, std::abs(static_cast<double>(x)) * by);
        if (x > static_cast<T>(1 / by) || x < static_cast<T>(-1 / by)) return 0;
      }
  return largest_ > 1 ? 0 : std::min(largest, 1.);  // the quotient is rounded
}

template <class T>
std::vector<std::pair<double, double>> FilledParts<T>::ranges() const {
  std::vector<std::pair<double, double>> ends;
  for (const Range& range : ranges_) ends.push_back(range.ends());
  return ends;
}

template <class T>
std::vector<std::pair<std::size_t, std::size_t>> FilledParts<T>::untaught() const {
  std::vector<std::pair<std::size_t, std::size_t>> texts;
  for (const Untaught& u : untaught_)
    for (std::size_t k = 0; k < u.taught.size(); ++k)
      if (!u.taught[k]) texts.emplace_back(u.column, k);
  return texts;
}

template class FilledParts<float>;
template class FilledParts<double>;
using LeaveOut = std::function<void(std::size_t, const Problem&)>;
template void FilledParts<float>::add(std::size_t, const SomeExamples<float>&, const LeaveOut&);
template void FilledParts<float>::add(std::size_t, const SomeExamples<double>&, const LeaveOut&);
template void FilledParts<double>::add(std::size_t, const SomeExamples<double>&, const LeaveOut&);

}  // namespace nnrun::host
