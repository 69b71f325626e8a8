#include "training/data.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/files.hpp"
#include "network/graph.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t chunk_rows = 1024;
constexpr const char* part_names[] = {"training", "validation", "test"};
constexpr const char* stream_names[] = {"data/train", "data/validation", "data/test"};

[[noreturn]] void refuse(const Object& data) {
  Problem said = last_error_of_plugin();
  if (said.what.empty()) said.what = "refused without a reason";
  if (said.where.empty()) said.where = "data set '" + data.plugin().name + "'";
  throw DataError(std::move(said));
}

std::vector<std::string> texts(const char* const* names, std::size_t n) {
  return names ? std::vector<std::string>(names, names + n) : std::vector<std::string>{};
}

bool usable(const nnrun_shape& shape) {
  if (shape.rank < 1 || shape.rank > NNRUN_MAX_RANK) return false;
  return std::all_of(shape.sizes, shape.sizes + shape.rank,
                     [](std::size_t n) { return n > 0 && n < (std::size_t{1} << 31); });
}

/// How many of n a fraction takes: to the nearest, never all.
std::size_t share(double fraction, std::size_t n) {
  return static_cast<std::size_t>(std::llround(fraction * static_cast<double>(n)));
}

}  // namespace

DataSource::DataSource(const Experiment& experiment)
    : object_(experiment.data), split_(experiment.split) {
  nnrun_data data{};
  data.size = sizeof data;
  if (object_.functions<nnrun_dataset>().open(object_.self(), &data) != 0) refuse(object_);
  if (!usable(data.input) || !usable(data.target))
    throw PluginError(Problem{
        .what = "data set '" + object_.plugin().name + "' gives examples of an impossible shape",
        .where = object_.plugin().library->file.string()});
  shape_.input = data.input;
  shape_.target = data.target;
  shape_.input_names = texts(data.input_names, size_of(data.input));
  shape_.target_names = texts(data.target_names, size_of(data.target));
  shape_.classes = texts(data.classes, size_of(data.target));
  std::copy_n(data.examples, NNRUN_PARTS, given_.begin());
  shape_.examples = given_;
  for (const auto& [part, fraction] :
       {std::pair{NNRUN_VALIDATION, split_.validation}, std::pair{NNRUN_TEST, split_.test}}) {
    if (fraction == 0) continue;
    const std::size_t taken = share(fraction, given_[NNRUN_TRAIN]);
    if (given_[static_cast<std::size_t>(part)] > 0)
      throw ConfigError(Problem{.what = "the data set has a " + std::string(part_names[part]) +
                                        " part of its own, so 'split' cannot cut one",
                                .place = experiment.data.place,
                                .hint = "remove it from 'split'"});
    if (taken == 0 || taken >= shape_.examples[NNRUN_TRAIN])
      throw DataError(Problem{.what = "a split of " + std::to_string(given_[NNRUN_TRAIN]) +
                                      " examples leaves an empty part",
                              .where = "data set '" + object_.plugin().name + "'"});
    shape_.examples[static_cast<std::size_t>(part)] = taken;
    shape_.examples[NNRUN_TRAIN] -= taken;
  }
  if (shape_.examples[NNRUN_TRAIN] == 0)
    throw DataError(Problem{.what = "there is no example to train on",
                            .where = "data set '" + object_.plugin().name + "'"});
}

void DataSource::require_fit(const nnrun_shape& input, std::size_t outputs,
                             const Experiment& experiment) const {
  if (size_of(shape_.input) != size_of(input))
    throw GraphError(Problem{.what = "the model's input is " + text_of(input) +
                                     ", but an example of the data set has " +
                                     text_of(shape_.input),
                             .place = experiment.input_place,
                             .hint = "write input: " + std::to_string(size_of(shape_.input))});
  if (size_of(shape_.target) != outputs)
    throw GraphError(
        Problem{.what = "the network has " + std::to_string(outputs) + " output" +
                        (outputs == 1 ? "" : "s") + ", but an example of the data set has " +
                        std::to_string(size_of(shape_.target)) +
                        (size_of(shape_.target) == 1 ? " target" : " targets"),
                .place = experiment.data.place,
                .hint = "the last layer needs units: " + std::to_string(size_of(shape_.target))});
}

std::vector<Need> DataSource::needs(Dtype dtype) const {
  const Bytes width = dtype == Dtype::float32 ? 4 : 8;
  std::vector<Need> needs;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    const std::size_t cols = size_of(shape_.input) + size_of(shape_.target);
    needs.push_back({std::to_string(given_[part]) + " " + part_names[part] + " examples of " +
                         std::to_string(cols) + " numbers",
                     Bytes{given_[part]} * cols * width});
  }
  return needs;
}

namespace {

struct Reader {
  const Object& object;
  const DataShape& shape;
  Random& random;

  [[noreturn]] void refuse_number(std::size_t part, std::size_t example, bool target,
                                  std::size_t column) const {
    const std::vector<std::string>& names = target ? shape.target_names : shape.input_names;
    const std::string name = names.empty() ? std::to_string(column + 1) : "'" + names[column] + "'";
    throw DataError(Problem{.what = std::string(target ? "target " : "input ") + name + " of " +
                                    part_names[part] + " example " + std::to_string(example + 1) +
                                    " is not a finite number",
                            .where = "data set '" + object.plugin().name + "'"});
  }

  template <class T>
  Examples<T> read(std::size_t part, std::size_t count) const {
    const std::size_t in = size_of(shape.input), out = size_of(shape.target);
    Examples<T> all{Buffer<T>(count * in), Buffer<T>(count * out), count};
    std::vector<double> x(std::min(count, chunk_rows) * in), t(std::min(count, chunk_rows) * out);
    Stream stream(random, stream_names[part], 0);
    const auto copy = [&](const std::vector<double>& from, std::size_t n, T* to, std::size_t first,
                          bool target, std::size_t cols) {
      for (std::size_t i = 0; i < n; ++i) {
        if (!std::isfinite(from[i])) refuse_number(part, first + i / cols, target, i % cols);
        to[i] = static_cast<T>(from[i]);
      }
    };
    for (std::size_t from = 0; from < count; from += chunk_rows) {
      const std::size_t n = std::min(chunk_rows, count - from);
      if (object.functions<nnrun_dataset>().read(object.self(), stream.lent(),
                                                 static_cast<std::uint32_t>(part), from, n,
                                                 x.data(), t.data()) != 0)
        refuse(object);
      copy(x, n * in, all.x.data() + from * in, from, false, in);
      copy(t, n * out, all.t.data() + from * out, from, true, out);
    }
    return all;
  }
};

/// Moves the examples order[first … first + n - 1] into a part of their own.
template <class T>
Examples<T> taken(const Examples<T>& from, std::span<const std::uint32_t> order, std::size_t in,
                  std::size_t out) {
  Examples<T> to{Buffer<T>(order.size() * in), Buffer<T>(order.size() * out), order.size()};
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::copy_n(from.x.data() + order[i] * in, in, to.x.data() + i * in);
    std::copy_n(from.t.data() + order[i] * out, out, to.t.data() + i * out);
  }
  return to;
}

}  // namespace

template <class T>
std::array<Examples<T>, NNRUN_PARTS> DataSource::read(Random& random) const {
  const Reader reader{object_, shape_, random};
  std::array<Examples<T>, NNRUN_PARTS> parts;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    parts[part] = reader.read<T>(part, given_[part]);
  if (split_.validation == 0 && split_.test == 0) return parts;

  const Examples<T> all = std::move(parts[NNRUN_TRAIN]);
  std::vector<std::uint32_t> order(all.count);
  std::iota(order.begin(), order.end(), 0u);
  if (split_.shuffle) random.shuffle(order, "split", 0);
  std::span<const std::uint32_t> rest = order;
  const std::size_t in = size_of(shape_.input), out = size_of(shape_.target);
  for (const std::size_t part : {NNRUN_TRAIN, NNRUN_VALIDATION, NNRUN_TEST}) {
    if (part != NNRUN_TRAIN && (part == NNRUN_TEST ? split_.test : split_.validation) == 0)
      continue;
    std::vector<std::uint32_t> own(
        rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(shape_.examples[part]));
    rest = rest.subspan(own.size());
    std::ranges::sort(own);  // each part keeps the file's order
    parts[part] = taken(all, std::span<const std::uint32_t>(own), in, out);
  }
  return parts;
}

template <class T>
std::string hash_of(const std::array<Examples<T>, NNRUN_PARTS>& parts) {
  std::string hashes;
  for (const Examples<T>& part : parts) {
    hashes += sha256_of(std::as_bytes(part.x.all()));
    hashes += sha256_of(std::as_bytes(part.t.all()));
  }
  return sha256_of(std::as_bytes(std::span(hashes)));
}

template std::array<Examples<float>, NNRUN_PARTS> DataSource::read(Random&) const;
template std::array<Examples<double>, NNRUN_PARTS> DataSource::read(Random&) const;
template std::string hash_of(const std::array<Examples<float>, NNRUN_PARTS>&);
template std::string hash_of(const std::array<Examples<double>, NNRUN_PARTS>&);

}  // namespace nnrun::host
