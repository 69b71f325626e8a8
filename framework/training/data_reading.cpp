// How the examples of an open data set come into memory: as they are read, or after they were kept
// until all of them are known; or how all but their inputs do.
#include <algorithm>
#include <numeric>
#include <type_traits>

#include "base/doing.hpp"
#include "base/shown_text.hpp"
#include "training/data.hpp"
#include "training/data_parts.hpp"
#include "training/equal_examples.hpp"
#include "training/filled_parts.hpp"
#include "training/kept_examples.hpp"
#include "training/windows.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t most_noted = 3;  // names of one kind in a note; others are counted

}  // namespace

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

/// Tells what share of all examples is read.
class ReadingShare {
 public:
  /// Keeps a reference to the listener, which may be empty.
  ReadingShare(const ReadingListener& listener, std::size_t all)
      : listener_(listener), all_(static_cast<double>(all)) {}
  void add(std::size_t count) {
    done_ += static_cast<double>(count);
    if (listener_) listener_(std::min(1., done_ / all_));
  }

 private:
  const ReadingListener& listener_;
  double all_, done_ = 0;
};

/// Adds examples of a part to the parts that they are cut into, from the first on.
template <class T>
class Sorting {
 public:
  /// part_of: of each example of the part, empty if it is not cut. kept: examples wait until all
  /// are known, and are counted without those that are left out.
  Sorting(FilledParts<T>& parts, std::size_t part, const std::vector<std::uint8_t>& part_of,
          const ExampleReader& reader, bool kept)
      : parts_(parts), part_(part), part_of_(part_of), reader_(reader) {
    if (kept && reader.left_out() != nullptr) before_ = *reader.left_out();
  }

  template <class From>
  void add(const SomeExamples<From>& some, std::size_t in, std::size_t out) {
    if (part_of_.empty()) return add(part_, some);
    const std::uint8_t* const part_of = part_of_.data() + some.first;
    for (std::size_t i = 0, n; i < some.count; i += n) {  // n that stay together
      const std::uint8_t part = part_of[i];
      for (n = 1; i + n < some.count && part_of[i + n] == part;) ++n;
      if (part == Cutting::no_part) continue;
      add(part,
          SomeExamples<From>{n, some.x + i * in, some.t + i * out,
                             some.weight != nullptr ? some.weight + i : nullptr, some.first + i});
    }
  }

 private:
  template <class From>
  void add(std::size_t part, const SomeExamples<From>& some) {
    parts_.add(part, some, [&](std::size_t i, const Problem& problem) {
      RowFault fault{before_.example_at(part_, some.first + i), problem};
      if (reader_.is_trained()) fault.problem.hint.clear();
      reader_.leave_out(part_, fault);
    });
  }

  FilledParts<T>& parts_;
  std::size_t part_;
  const std::vector<std::uint8_t>& part_of_;
  const ExampleReader& reader_;
  LeftOutRows before_;  // what examples that wait are counted without
};

/// Adds what was kept to the parts that it is cut into.
template <class T>
void give(std::array<KeptExamples, NNRUN_PARTS>& kept, FilledParts<T>& parts,
          const std::vector<std::uint8_t>& part_of, const DataShape& shape,
          const ExampleReader& reader) {
  const std::size_t in = size_of(shape.input), out = size_of(shape.target);
  const std::vector<std::uint8_t> uncut;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    Sorting<T> sorting(parts, part, part == NNRUN_TRAIN ? part_of : uncut, reader, true);
    kept[part].give([&](const SomeExamples<double>& some) { sorting.add(some, in, out); });
  }
}

/// The rows of the training part, read again in each pass.
template <class Target>
class RowsInFiles final : public RowsToFit {
 public:
  /// Keeps references. count: of all examples, of which part_of says the parts; empty: all are of
  /// that part.
  RowsInFiles(const ExampleReader& reader, const DataShape& shape, std::size_t count,
              const std::vector<std::uint8_t>& part_of, ReadingShare& share)
      : reader_(reader),
        shape_(shape),
        share_(share),
        all_(count),
        part_of_(part_of),
        count_(part_of.empty()
                   ? count
                   : static_cast<std::size_t>(std::ranges::count(part_of, NNRUN_TRAIN))) {}
  std::size_t count() const override { return count_; }
  void each(const std::function<void(const double* row)>& take) const override {
    const std::size_t in = size_of(shape_.input), out = size_of(shape_.target);
    std::vector<double> row(in + out);
    Chunk<double> chunk(shape_);
    std::size_t at = 0;
    reader_.read<double, Target>(
        NNRUN_TRAIN, 0, all_, [&](std::size_t n) { return chunk.room_for(n); },
        [&](const SomeExamples<double>& some) {
          share_.add(some.count);
          for (std::size_t i = 0; i < some.count; ++i, ++at) {
            if (!part_of_.empty() && part_of_[at] != NNRUN_TRAIN) continue;
            std::copy_n(some.t + i * out, out, std::copy_n(some.x + i * in, in, row.data()));
            take(row.data());
          }
        });
  }
  std::vector<double> column(std::size_t c) const override {
    std::vector<double> numbers;
    numbers.reserve(count_);
    each([&](const double* row) { numbers.push_back(row[c]); });
    return numbers;
  }

 private:
  const ExampleReader& reader_;
  const DataShape& shape_;
  ReadingShare& share_;
  std::size_t all_;
  const std::vector<std::uint8_t>& part_of_;
  std::size_t count_;
};

/// The inputs of a part that stay in the files of the data set.
template <class T, class From, class Target>
class InputsInFiles final : public StoredInputs<T> {
 public:
  /// Keeps references to what the reader has, and to the preparation. part: whose examples are
  /// read; rows: those that belong to this part, in order, empty if all do.
  InputsInFiles(ExampleReader reader, const DataShape& shape, const Preparation& preparation,
                std::size_t part, std::vector<std::uint32_t> rows, std::size_t count,
                std::string sha256)
      : StoredInputs<T>(count, preparation.row_outputs(), std::move(sha256)),
        reader_(std::move(reader)),
        preparation_(preparation),
        part_(part),
        rows_(std::move(rows)),
        in_(size_of(shape.input)),
        chunk_(shape),
        prepared_(preparation.row_outputs()) {}

  void read(std::size_t from, std::size_t n, T* to) override {
    if (rows_.empty()) return read_rows(from, n, [&](std::size_t i) { return to + i * width(); });
    const std::uint32_t* const rows = rows_.data() + from;
    for (std::size_t i = 0, end; i < n; i = end) {
      for (end = i + 1; end < n && rows[end] - rows[end - 1] <= most_between; ++end) {
      }
      std::size_t next = i;  // of those that are wanted
      read_rows(rows[i], rows[end - 1] - rows[i] + 1, [&](std::size_t k) {
        return rows[i] + k == rows[next] ? to + next++ * width() : nullptr;
      });
    }
  }

 private:
  static constexpr std::size_t most_between = 16;  // rows that are faster read than passed over
  std::size_t width() const { return prepared_.size(); }

  /// room_of(i): where the inputs of row from + i are to lie; nullptr if they are not wanted.
  template <class RoomOf>
  void read_rows(std::size_t from, std::size_t n, RoomOf room_of) {
    reader_.read<From, Target>(
        part_, from, n, [&](std::size_t now) { return chunk_.room_for(now); },
        [&](const SomeExamples<From>& some) {
          for (std::size_t i = 0; i < some.count; ++i)
            if (T* const to = room_of(some.first - from + i); to != nullptr)
              prepare(some.x + i * in_, to);
        });
  }
  void prepare(const From* x, T* to) {
    if constexpr (std::is_same_v<From, T>) {
      if (!preparation_.changes()) return void(std::copy_n(x, in_, to));
    }
    if constexpr (sizeof(From) == sizeof(double)) {
      preparation_.apply_to_row(x, prepared_.data());
      preparation_.round(prepared_.data(), prepared_.size(), to);
    }
  }

  const ExampleReader reader_;
  const Preparation& preparation_;
  std::size_t part_;
  std::vector<std::uint32_t> rows_;
  std::size_t in_;
  Chunk<From> chunk_;
  std::vector<double> prepared_;
};

/// Returns which of `count` examples are of a part, but for those that are left out.
std::vector<std::uint32_t> rows_of(std::size_t count, auto is_taken) {
  std::vector<std::uint32_t> rows;
  for (std::size_t i = 0; i < count; ++i)
    if (is_taken(i)) rows.push_back(static_cast<std::uint32_t>(i));
  return rows;
}

void DataSource::note_targets(const OddTargets& seen) {
  if (!shape_.names.classes.empty() || skips_rows_) return;
  const auto place = [&](std::size_t part, std::size_t example) {
    return place_of(object_, part, example);
  };
  shape_.odd_target = seen.found();
  if (shape_.odd_target)
    shape_.odd_target->place = place(shape_.odd_target->part, shape_.odd_target->example);
  shape_.target_ends = seen.ends();
  if (shape_.target_ends)
    for (TargetEnd& end : *shape_.target_ends) end.place = place(end.part, end.example);
}

/// Reads all once, or as often as is needed to learn from all and to cut them; keeps all but the
/// inputs.
template <class T, class From, class Target>
void DataSource::look_through(FilledParts<T>& parts, ExampleReader reader, Random& random,
                              Preparation& preparation) {
  const std::size_t in = size_of(shape_.input), out = size_of(shape_.target),
                    count = given_[NNRUN_TRAIN];
  Chunk<From> chunk(shape_);
  const auto room_for = [&](std::size_t n) { return chunk.room_for(n); };
  const bool learns = preparation.changes() && !preparation.is_fitted();
  ReadingShare share(listener_, std::accumulate(given_.begin(), given_.end(), std::size_t{0}) +
                                    (cutting_.cuts() && cutting_.comes_last(random) ? count : 0) +
                                    (learns ? count : 0));
  std::vector<std::uint8_t> part_of;
  if (cutting_.cuts()) {
    std::vector<double> targets;
    if (cutting_.comes_last(random))
      reader.read<From, Target>(
          NNRUN_TRAIN, 0, count, room_for, [&](const SomeExamples<From>& some) {
            share.add(some.count);
            targets.resize(count * out);  // 0 for rows that are left out
            std::copy_n(some.t, some.count * out,
                        targets.begin() + static_cast<std::ptrdiff_t>(some.first * out));
          });
    part_of = cutting_.parts_of(count, targets, random, shape_);
  }
  if (learns) {
    if (std::ranges::count(preparation.slots(), Scale::robust, &Preparation::Slot::scale) > 0)
      throw ConfigError(Problem{.what =
                                    "'scale: robust' needs all numbers of a column at once, but "
                                    "the inputs do not fit into memory",
                                .place = place_,
                                .hint = "write scale: standard"});
    preparation.fit(RowsInFiles<Target>(reader, shape_, count, part_of, share), out);
  }
  const std::vector<std::uint8_t> uncut;
  OddTargets odd(out);
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    if (cutting_.has_folds() && part == NNRUN_TEST) continue;
    Sorting<T> sorting(parts, part, part == NNRUN_TRAIN ? part_of : uncut, reader, false);
    reader.read<From, Target>(part, 0, given_[part], room_for, [&](const SomeExamples<From>& some) {
      odd.take(part, some.t, some.count);
      share.add(some.count);
      sorting.add(some, in, out);
    });
  }
  note_targets(odd);
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    const bool is_cut = std::ranges::count(part_of, part) > 0;
    const std::size_t source = is_cut ? std::size_t{NNRUN_TRAIN} : part;
    std::vector<std::uint32_t> rows;  // none: all of the source
    if (is_cut || left_out_.count(source) > 0)
      rows = rows_of(given_[source], [&](std::size_t i) {
        return (!is_cut || part_of[i] == part) && !left_out_.contains(source, i);
      });
    parts.store(part, std::make_unique<InputsInFiles<T, From, Target>>(
                          reader, shape_, preparation, source, std::move(rows), parts.count(part),
                          parts.sum_of(part)));
  }
}

template <class T, class From, class Target>
void DataSource::fill(FilledParts<T>& parts, Random& random, Preparation& preparation) {
  const ExampleReader reader(object_, shape_, random, preparation, weights_.value, weight_at_,
                             is_trained_, skips_rows_ ? &left_out_ : nullptr);
  if (inputs_stay_) return look_through<T, From, Target>(parts, reader, random, preparation);
  const std::size_t in = size_of(shape_.input), out = size_of(shape_.target);
  const bool learns = preparation.changes() && !preparation.is_fitted();
  const bool waits = learns || (cutting_.cuts() && cutting_.comes_last(random));
  const std::size_t count = given_[NNRUN_TRAIN];
  std::vector<std::uint8_t> part_of;
  if (!waits && cutting_.cuts()) part_of = cutting_.parts_of(count, {}, random, shape_);
  const std::vector<std::uint8_t> uncut;
  ReadingShare share(listener_, std::accumulate(given_.begin(), given_.end(), std::size_t{0}));
  std::array<KeptExamples, NNRUN_PARTS> kept{KeptExamples(shape_), KeptExamples(shape_),
                                             KeptExamples(shape_)};
  OddTargets odd(out);
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    if (cutting_.has_folds() && part == NNRUN_TEST) continue;
    const std::vector<std::uint8_t>& cut = part == NNRUN_TRAIN ? part_of : uncut;
    Sorting<T> sorting(parts, part, cut, reader, false);
    Chunk<From> chunk(shape_);
    const bool stays = !waits && cut.empty() && !preparation.changes() && !skips_rows_;
    const auto room_for = [&](std::size_t n) {
      if constexpr (std::is_same_v<From, T>)
        if (stays) return parts.room_for(part, n);
      return chunk.room_for(n);
    };
    reader.read<From, Target>(part, 0, given_[part], room_for, [&](const SomeExamples<From>& some) {
      odd.take(part, some.t, some.count);
      share.add(some.count);
      if (waits)
        kept[part].add(some);
      else if (!stays)
        sorting.add(some, in, out);
    });
  }
  note_targets(odd);
  if (!waits) return;
  if (cutting_.cuts()) {
    const std::vector<double> targets =
        cutting_.comes_last(random) ? kept[NNRUN_TRAIN].targets() : std::vector<double>();
    part_of = cutting_.parts_of(kept[NNRUN_TRAIN].rows().count(), targets, random, shape_);
  }
  if (learns) preparation.fit(TrainingRows(kept[NNRUN_TRAIN], part_of), out);
  give(kept, parts, part_of, shape_, reader);
}

/// Throws DataError if a part has lost all of its rows.
template <class T>
void DataSource::note_left_out(const std::array<Examples<T>, NNRUN_PARTS>& parts) {
  shape_.left_out = left_out_.words(
      [&](std::size_t part, std::size_t example) { return place_of(object_, part, example); });
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    if (shape_.examples[part] > 0 && parts[part].count == 0)
      throw DataError(Problem{.what = "no row can be scored: " + shape_.left_out,
                              .where = "data set '" + object_.plugin().name + "'"});
    shape_.examples[part] = shape_.rows[part] = parts[part].count;
  }
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

/// Adds to what is said of the data once they are read.
void DataSource::add_note(const std::string& text) {
  shape_.note += (shape_.note.empty() ? "" : "; ") + text;
}

/// Notes texts that other parts have, or the config names, and training examples have not.
void DataSource::note_untaught(const std::vector<std::pair<std::size_t, std::size_t>>& texts,
                               const std::vector<Column>& columns) {
  if (texts.empty()) return;
  std::vector<std::string> words;
  for (const auto& [at, text] : texts) {
    const Column& column = columns[at];
    words.push_back("'" + short_name(column.texts[text]) + "' in " +
                    (column.name.empty() ? "input " + std::to_string(at + 1)
                                         : "'" + short_name(column.name) + "'"));
  }
  add_note("no training example has " + join_first(words, most_noted) + ": what is answered for " +
           (words.size() == 1 ? "it" : "them") + " is left to chance");
}

/// Notes classes that other parts have, and training examples have not.
template <class T>
void DataSource::note_untaught_classes(const std::array<Examples<T>, NNRUN_PARTS>& parts) {
  const std::vector<std::string>& classes = shape_.names.classes;
  const std::size_t n = classes.size();
  if (n < 3 || shape_.names.ordered || size_of(shape_.target) != n) return;
  const auto found_in = [&](const Examples<T>& part) {
    std::vector<bool> found(n);
    std::size_t left = n;
    for (std::size_t i = 0; i < part.count * n && left > 0; ++i)
      if (part.t.data()[i] != 0 && !found[i % n]) {
        found[i % n] = true;
        --left;
      }
    return found;
  };
  const std::vector<bool> taught = found_in(parts[NNRUN_TRAIN]),
                          validated = found_in(parts[NNRUN_VALIDATION]),
                          tested = found_in(parts[NNRUN_TEST]);
  std::vector<std::string> words;
  for (std::size_t c = 0; c < n; ++c) {
    if (taught[c] || (!validated[c] && !tested[c])) continue;
    words.push_back("'" + short_name(classes[c]) + "'");
    shape_.untaught_classes.push_back(c);
  }
  if (words.empty()) return;
  const bool one = words.size() == 1;
  add_note(std::string("no training example is of ") + (one ? "class " : "classes ") +
           join_first(words, most_noted) + ", so " + (one ? "it" : "they") + " cannot be learnt");
}

template <class T>
std::array<Examples<T>, NNRUN_PARTS> DataSource::read(Random& random, Preparation& preparation) {
  const Doing here("reading the data");
  FilledParts<T> filled(shape_, preparation, !inputs_stay_);
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
  if (starts_anew_) note_untaught(filled.untaught(), preparation.recipe().columns);
  std::array<Examples<T>, NNRUN_PARTS> parts = filled.take();
  if (!left_out_.empty()) note_left_out(parts);
  if (windows_)
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
      parts[part] =
          windows_of(parts[part], *windows_, preparation.row_outputs(), size_of(shape_.target),
                     shape_.series[part], shape_.past_targets > 0);
  require_weights(parts);
  if (starts_anew_) note_untaught_classes(parts);
  if (reads_files_) shape_.also_trained_on = counts_of_trained(parts);  // others draw theirs
  return parts;
}
template std::array<Examples<float>, NNRUN_PARTS> DataSource::read(Random&, Preparation&);
template std::array<Examples<double>, NNRUN_PARTS> DataSource::read(Random&, Preparation&);

}  // namespace nnrun::host
