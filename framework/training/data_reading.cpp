// How the examples of an open data set come into memory: as they are read, or after they were kept
// until all of them are known.
#include <algorithm>
#include <type_traits>

#include "base/doing.hpp"
#include "training/data.hpp"
#include "training/data_parts.hpp"
#include "training/filled_parts.hpp"
#include "training/kept_examples.hpp"
#include "training/windows.hpp"
namespace nnrun::host {

/// Room for some examples, used again for those that follow.
template <class T>
class Chunk {
 public:
  explicit Chunk(const DataShape& shape)
      : in_(size_of(shape.input)), out_(size_of(shape.target)), weights_(shape.has_weights) {}
  Room<T> room_for(std::size_t n) {
    x_.resize(n * in_);
    t_.resize(n * out_);
    weight_.resize(weights_ ? n : 0);
    return {x_.data(), t_.data(), weights_ ? weight_.data() : nullptr};
  }

 private:
  std::size_t in_, out_;
  bool weights_;
  std::vector<T> x_, t_, weight_;
};

/// Adds examples of a part to the parts that they are cut into, from the first on.
template <class T>
class Sorting {
 public:
  /// part_of: of each example of the part, empty if it is not cut.
  Sorting(FilledParts<T>& parts, std::size_t part, const std::vector<std::uint8_t>& part_of)
      : parts_(parts), part_(part), part_of_(part_of) {}

  template <class From>
  void add(const SomeExamples<From>& some, std::size_t in, std::size_t out) {
    if (part_of_.empty()) return parts_.add(part_, some);
    for (std::size_t i = 0, n; i < some.count; i += n) {  // n that stay together
      const std::uint8_t part = part_of_[at_ + i];
      for (n = 1; i + n < some.count && part_of_[at_ + i + n] == part;) ++n;
      if (part == Cutting::no_part) continue;
      parts_.add(part, SomeExamples<From>{n, some.x + i * in, some.t + i * out,
                                          some.weight != nullptr ? some.weight + i : nullptr});
    }
    at_ += some.count;
  }

 private:
  FilledParts<T>& parts_;
  std::size_t part_, at_ = 0;
  const std::vector<std::uint8_t>& part_of_;
};

/// Adds what was kept to the parts that it is cut into.
template <class T>
void give(std::array<KeptExamples, NNRUN_PARTS>& kept, FilledParts<T>& parts,
          const std::vector<std::uint8_t>& part_of, const DataShape& shape) {
  const std::size_t in = size_of(shape.input), out = size_of(shape.target);
  const std::vector<std::uint8_t> uncut;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    Sorting<T> sorting(parts, part, part == NNRUN_TRAIN ? part_of : uncut);
    kept[part].give([&](const SomeExamples<double>& some) { sorting.add(some, in, out); });
  }
}

template <class T, class From, class Target>
void DataSource::fill(FilledParts<T>& parts, Random& random, Preparation& preparation) {
  const ExampleReader reader(object_, shape_, random, preparation, weights_.value, weight_at_);
  const std::size_t in = size_of(shape_.input), out = size_of(shape_.target);
  const bool learns = preparation.changes() && !preparation.is_fitted();
  const bool waits = learns || (cutting_.cuts() && cutting_.comes_last(random));
  const std::size_t count = given_[NNRUN_TRAIN];
  std::vector<std::uint8_t> part_of;
  if (!waits && cutting_.cuts()) part_of = cutting_.parts_of(count, {}, random, shape_);
  const std::vector<std::uint8_t> uncut;
  std::array<KeptExamples, NNRUN_PARTS> kept{KeptExamples(shape_), KeptExamples(shape_),
                                             KeptExamples(shape_)};
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    if (cutting_.has_folds() && part == NNRUN_TEST) continue;
    const std::vector<std::uint8_t>& cut = part == NNRUN_TRAIN ? part_of : uncut;
    Sorting<T> sorting(parts, part, cut);
    Chunk<From> chunk(shape_);
    const bool stays = !waits && cut.empty() && !preparation.changes();
    const auto room_for = [&](std::size_t n) {
      if constexpr (std::is_same_v<From, T>)
        if (stays) return parts.room_for(part, n);
      return chunk.room_for(n);
    };
    reader.read<From, Target>(part, given_[part], room_for, [&](const SomeExamples<From>& some) {
      if (waits)
        kept[part].add(some);
      else if (!stays)
        sorting.add(some, in, out);
    });
  }
  if (!waits) return;
  if (cutting_.cuts()) {
    const std::vector<double> targets =
        cutting_.comes_last(random) ? kept[NNRUN_TRAIN].targets() : std::vector<double>();
    part_of = cutting_.parts_of(count, targets, random, shape_);
  }
  if (learns) preparation.fit(TrainingRows(kept[NNRUN_TRAIN], part_of), out);
  give(kept, parts, part_of, shape_);
}

/// Throws DataError for a part whose examples count nothing at all: it has no mean.
template <class T>
void DataSource::require_weights(const std::array<Examples<T>, NNRUN_PARTS>& parts) const {
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    const std::span<const T> all(parts[part].weight.data(),
                                 parts[part].weight.data() ? parts[part].count : 0);
    if (all.empty() || std::ranges::any_of(all, [](T weight) { return weight > 0; })) continue;
    throw DataError(Problem{.what = std::string("every ") + part_words[part] +
                                    " example counts 0 by column '" + weights_.value + "'",
                            .where = "data set '" + object_.plugin().name + "'",
                            .hint = "remove weights from data, or give the part an example that "
                                    "counts"});
  }
}

template <class T>
std::array<Examples<T>, NNRUN_PARTS> DataSource::read(Random& random, Preparation& preparation) {
  const Doing here("reading the data");
  FilledParts<T> filled(shape_, preparation);
  // numbers that are scaled before they are rounded to T may be larger
  if (!preparation.changes())
    fill<T, T, T>(filled, random, preparation);
  else if (preparation.scales_targets())
    fill<T, double, double>(filled, random, preparation);
  else
    fill<T, double, T>(filled, random, preparation);
  ranges_ = filled.ranges();
  shape_.gaps = filled.gaps();
  shape_.divided_before = filled.divided_before();
  std::array<Examples<T>, NNRUN_PARTS> parts = filled.take();
  if (windows_)
    for (Examples<T>& part : parts)
      part = windows_of(part, *windows_, preparation.row_outputs(), size_of(shape_.target),
                        shape_.past_targets > 0);
  require_weights(parts);
  return parts;
}
template std::array<Examples<float>, NNRUN_PARTS> DataSource::read(Random&, Preparation&);
template std::array<Examples<double>, NNRUN_PARTS> DataSource::read(Random&, Preparation&);

}  // namespace nnrun::host
