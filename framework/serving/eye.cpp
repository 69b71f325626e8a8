#include "serving/eye.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/base64.hpp"
#include "config/metric_names.hpp"
#include "network/flat_numbers.hpp"
#include "network/padding.hpp"
#include "serving/answers_view.hpp"
#include "serving/data_plane.hpp"
#include "serving/drawn_net.hpp"
#include "serving/histogram.hpp"
#include "serving/layer_strips.hpp"
#include "training/meaning.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t cells = 24;            // of a unit, along each side
constexpr std::size_t coarse = 4, fine = 8;  // cells of the output in each of those, at most
// Along each side of a table of the plane, whose numbers are at 0.1, 0.3, ... of it.
constexpr std::size_t places_of_table = 5;
// Products of a picture and of what is computed without a look whether it is still wanted.
constexpr std::size_t most_coarse_work = std::size_t{1} << 30,
                      most_fine_work = 4 * most_coarse_work,
                      most_work_at_once = most_coarse_work / 16;
constexpr double least_seen = 1 / 255.;  // beyond a border, of half the way between them
constexpr std::size_t most_sample = 1000, most_sample_numbers = 2'000'000;

std::string text_of(const Bytes& bytes) {
  return base64(std::as_bytes(std::span(bytes)));
}

/// Returns a number from -1 to 1 as a byte; 127.5 is 0.
std::uint8_t byte_of(double share) {
  return static_cast<std::uint8_t>(std::lround(127.5 + 127.5 * std::clamp(share, -1., 1.)));
}

std::string text_of(const std::vector<float>& numbers) {
  return base64(std::as_bytes(std::span(numbers)));
}

/// Returns the least and the largest target of those that pictures show.
std::pair<double, double> shown_targets(const Trainer& trainer, const PlaneAnswers& shown) {
  if (shown.outputs == 1 || shown.are_classes) return trainer.target_range();
  const ShownExamples examples = trainer.shown_examples(NNRUN_TRAIN, most_sample);
  std::pair<double, double> range{examples.targets[0], examples.targets[0]};
  for (std::size_t i = 0; i < examples.count; ++i) {
    range.first = std::min(range.first, examples.targets[i * shown.outputs]);
    range.second = std::max(range.second, examples.targets[i * shown.outputs]);
  }
  return range;
}

template <class T>
class EyeOf final : public Eye {
 public:
  EyeOf(Trainer& trainer, const PlaneColumns& columns, const Json& more,
        std::function<bool()> is_closed)
      : is_closed_(std::move(is_closed)),
        model_(std::dynamic_pointer_cast<ModelOf<T>>(Model::create(
            trainer.experiment(), trainer.model()->preparation(), trainer.data().names))),
        net_(drawn_net(model_->graph())),
        blocks_(model_->graph().blocks()),
        columns_(monitored_columns(trainer)),
        shown_(trainer),
        targets_(shown_targets(trainer, shown_)),
        border_(output_border_of(trainer)),
        answers_(trainer, most_sample, most_sample_numbers, is_closed_),
        strips_(trainer, *model_, net_),
        plane_(DataPlane::find(trainer, *model_, columns)) {
    for (std::size_t each = 1; plane_ && each <= fine; each *= 2)
      prepared_[each] = prepared_plane(cells * each);
    if (plane_) {
      prepared_table_ = prepared_plane(places_of_table);
      points_ = plane_->points(trainer);
    }
    hello_ = hello_of(trainer);
    hello_.update(more);
  }

  Json hello() const override { return hello_; }
  Json points() const override { return points_; }

  Json frame(const Snapshot& snapshot, bool sharp) override {
    const FlatNumbers own = flat_numbers(*model_);
    std::ranges::copy(snapshot.parameters, own.parameters.begin());
    std::ranges::copy(snapshot.state, own.state.begin());
    Json json{{"step", snapshot.step},     {"furthest", snapshot.furthest},
              {"epochs", snapshot.epochs}, {"playing", snapshot.playing},
              {"over", snapshot.over},     {"speed", snapshot.epochs_per_second},
              {"said", snapshot.said},     {"note", snapshot.note},
              {"edited", snapshot.edited}, {"by_hand", snapshot.by_hand}};
    add_parameters(json);
    if (plane_) {
      add_table(json);
      add_plane(json,
                sharp ? cells_within(most_fine_work, fine) : cells_within(most_coarse_work, coarse),
                sharp);
    } else
      add_activations(json);
    return json;
  }
  Json answers() override {
    const bool are_wanted = !plane_ || plane_->is_of_table();
    Json json = are_wanted ? answers_.json(*model_, rows_at_once()) : Json();
    if (strips_.is_empty() || (are_wanted && json.is_null())) return json;
    json["layers"] = strips_.json();
    return json;
  }

 private:
  /// Returns the names of a row of the curves.
  static std::vector<std::string> monitored_columns(const Trainer& trainer) {
    constexpr const char* parts[] = {"train", "val", "test"};
    std::vector<std::string> names;
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
      if (trainer.data().examples[part] == 0) continue;
      names.push_back(std::string(parts[part]) + ".cost");
      for (const Use& metric : trainer.experiment().metrics)
        names.push_back(std::string(parts[part]) + "." + metric.plugin->name);
    }
    return names;
  }

  /// Returns how many cells of the output, along each side of a unit's, take at most so much work.
  std::size_t cells_within(std::size_t work, std::size_t most) const {
    std::size_t each = most;
    while (each > 1 && cells * cells * each * each > work / work_of_row()) each /= 2;
    return each;
  }
  std::size_t work_of_row() const {
    return std::max<std::size_t>(1, model_->graph().parameter_count());
  }
  std::size_t rows_at_once() const {
    return std::clamp<std::size_t>(most_work_at_once / work_of_row(), 1, Model::most_rows);
  }
  /// Returns the prepared inputs at the middles of n × n cells, the top row first.
  Buffer<T> prepared_plane(std::size_t n) {
    const std::size_t in = model_->graph().input_cols;
    Buffer<T> x(n * n * in);
    std::vector<double> prepared(in);
    const auto middle = [&](std::size_t i) {
      return (static_cast<double>(i) + 0.5) / static_cast<double>(n);
    };
    for (std::size_t r = 0; r < n; ++r)
      for (std::size_t c = 0; c < n; ++c) {
        plane_->prepare(middle(c), 1 - middle(r), prepared.data());
        model_->preparation().round(prepared.data(), in, x.data() + (r * n + c) * in);
      }
    return x;
  }

  Json hello_of(const Trainer& trainer) const {
    const Graph& graph = model_->graph();
    const Experiment& experiment = trainer.experiment();
    const DataShape& data = trainer.data();
    Json inputs = Json::array();
    for (std::size_t i = 0; i < net_.inputs; ++i) inputs.push_back(input_name(i, data));
    Json json{{"protocol", 1},
              {"name", experiment.name},
              {"seed", experiment.seed},
              {"dtype", experiment.dtype == Dtype::float32 ? "float32" : "float64"},
              {"parameters", graph.parameter_count()},
              {"steps_per_epoch", trainer.steps_per_epoch()},
              {"epochs", experiment.train.epochs},
              {"restores_best",
               experiment.train.early_stopping && experiment.train.early_stopping->restore_best},
              {"examples", data.examples},
              {"columns", columns_},
              {"inputs", std::move(inputs)},
              {"input_shape", host::text_of(graph.input)},
              {"layers", layers_json(net_, graph)},
              {"classes", names_of_classes(data)},
              {"ordered", data.names.ordered},
              {"target", data.names.target},
              {"targets", data.names.targets},
              {"cells", cells}};
    if (!plane_) return json;
    json["plane"] = plane_->json();
    const auto units = [&](double y) { return model_->preparation().in_units(y, 0); };
    json["output"] = {{"is_class", shown_.are_classes},
                      {"low", targets_.first},
                      {"high", targets_.second},
                      {"low_in_units", units(shown_outputs().first)},
                      {"high_in_units", units(shown_outputs().second)}};
    json["input_pictures"] = input_pictures();
    return json;
  }
  std::vector<std::string> names_of_classes(const DataShape& data) const {
    std::vector<std::string> names = data.names.classes;
    for (std::size_t c = 0; names.empty() && shown_.are_classes && c < shown_.outputs; ++c)
      names.push_back(std::to_string(c));
    return names;
  }
  std::string input_name(std::size_t i, const DataShape& data) const {
    const Preparation& preparation = model_->preparation();
    if (!preparation.changes() || i >= preparation.slots().size())
      return i < data.names.inputs.size() ? data.names.inputs[i] : "x" + std::to_string(i + 1);
    const Preparation::Slot& slot = preparation.slots()[i];
    const std::vector<std::string>& texts = preparation.recipe().columns[slot.a].texts;
    const auto text = static_cast<std::size_t>(slot.text);
    if (slot.map == Preparation::Map::equals && text < texts.size()) return texts[text];
    const std::string name = preparation.name_of(i);  // input 'age'
    const std::size_t from = name.find('\''), to = name.rfind('\'');
    const std::string bare = from < to ? name.substr(from + 1, to - from - 1) : name;
    return slot.map == Preparation::Map::equals       ? "other " + bare
           : slot.map == Preparation::Map::is_missing ? "no " + bare
                                                      : bare;
  }

  /// Calls take(cell of a unit, cell of the output, row) for each row of prepared inputs.
  template <class Take>
  void over_plane(std::size_t each, Take take) {
    const std::size_t n = cells * each, in = model_->graph().input_cols;
    const Buffer<T>& x = prepared_.at(each);
    const std::size_t most = rows_at_once();
    for (std::size_t from = 0; from < n * n && !is_closed_(); from += most) {
      const std::size_t rows = std::min(most, n * n - from);
      model_->outputs(x.data() + from * in, rows);
      for (std::size_t i = 0; i < rows; ++i) {
        const std::size_t at = from + i, r = at / n, c = at % n;
        take((r / each) * cells + c / each, at, i);
      }
    }
  }
  std::string input_pictures() const {
    const std::size_t n = cells * coarse, in = net_.inputs;
    std::vector<double> means(in * cells * cells);
    for (std::size_t at = 0; at < n * n; ++at)
      for (std::size_t i = 0; i < in; ++i)
        means[(i * cells + at / n / coarse) * cells + at % n / coarse] +=
            static_cast<double>(prepared_.at(coarse).data()[at * in + i]) / (coarse * coarse);
    return text_of(bytes_of(means, std::vector<double>(in), nullptr));
  }
  /// Returns means of cells as bytes, each unit's by its largest. most: takes what they were
  /// divided by.
  static Bytes bytes_of(const std::vector<double>& means, std::vector<double> least, Json* most) {
    Bytes bytes;
    for (std::size_t u = 0; u < least.size(); ++u) {
      const auto unit = std::span(means).subspan(u * cells * cells, cells * cells);
      for (const double x : unit) least[u] = std::max(least[u], std::abs(x));
      for (const double x : unit) bytes.push_back(byte_of(least[u] > 0 ? x / least[u] : 0));
    }
    if (most != nullptr) *most = least;
    return bytes;
  }

  /// Adds what every unit that is drawn says at the places of the table, and then the answer there:
  /// a class, or a number in the units of the data.
  void add_table(Json& json) {
    constexpr std::size_t places = places_of_table * places_of_table;
    model_->outputs(prepared_table_.data(), places);
    const T* const answers = model_->outputs_of(model_->graph().nodes.size() - 1);
    std::vector<float> numbers;
    for (std::size_t at = 0; at < places; ++at) {
      for (const DrawnLayer& layer : net_.layers) {
        const T* const y = model_->outputs_of(layer.node) + at * layer.units;
        std::transform(y, y + layer.units, std::back_inserter(numbers),
                       [](T x) { return static_cast<float>(x); });
      }
      const T* const y = answers + at * shown_.outputs;
      numbers.push_back(shown_.are_classes ? static_cast<float>(shown_.class_of(y).first)
                                           : in_units(*y));
    }
    json["table"] = text_of(numbers);
  }
  float in_units(T y) const {
    return static_cast<float>(model_->preparation().in_units(static_cast<double>(y), 0));
  }

  /// with_numbers: also the outputs themselves, of which colours show those between two borders.
  void add_plane(Json& json, std::size_t each, bool with_numbers) {
    const std::size_t side = cells * each, out = shown_.outputs;
    std::vector<double> means(net_.units() * cells * cells);
    Bytes output(side * side), certain(shown_.are_classes ? side * side : 0);
    // of every second cell where they are small
    const std::size_t apart = each > coarse ? each / coarse : 1;
    std::vector<float> numbers(shown_.are_classes || !with_numbers ? 0
                                                                   : side / apart * (side / apart));
    bool is_below = false, is_above = false;
    const double part = 1 / static_cast<double>(each * each);
    const std::size_t last = model_->graph().nodes.size() - 1;
    over_plane(each, [&](std::size_t cell, std::size_t at, std::size_t row) {
      std::size_t unit = 0;
      for (const DrawnLayer& layer : net_.layers) {
        const T* const y = model_->outputs_of(layer.node) + row * layer.units;
        for (std::size_t u = 0; u < layer.units; ++u, ++unit)
          means[unit * cells * cells + cell] += static_cast<double>(y[u]) * part;
      }
      const T* const y = model_->outputs_of(last) + row * out;
      if (!shown_.are_classes) {
        const double share = share_of(static_cast<double>(*y));
        output[at] = byte_of(share);
        is_below = is_below || share < -1 - least_seen;
        is_above = is_above || share > 1 + least_seen;
        const std::size_t r = at / side, c = at % side;
        if (!numbers.empty() && r % apart == 0 && c % apart == 0)
          numbers[r / apart * (side / apart) + c / apart] = in_units(*y);
        return;
      }
      const auto [likeliest, share] = shown_.class_of(y);
      output[at] = static_cast<std::uint8_t>(std::min<std::size_t>(likeliest, 255));
      certain[at] = byte_of(static_cast<double>(share));
    });
    Json scale;
    json["units"] = text_of(bytes_of(means, std::vector<double>(net_.units(), 1.), &scale));
    json["scale"] = std::move(scale);
    json["output"] = text_of(output);
    if (shown_.are_classes) {
      json["certain"] = text_of(certain);
      return;
    }
    json["beyond"] = {is_below, is_above};
    if (!numbers.empty()) json["numbers"] = text_of(numbers);
  }
  /// Returns the outputs between which pictures of them lie: the least and the largest target, but
  /// the border between no and yes in the middle, which of scores is 0, whatever the targets are.
  std::pair<double, double> shown_outputs() const {
    const double half = (targets_.second - targets_.first) / 2,
                 middle = border_.value_or((targets_.first + targets_.second) / 2);
    return {middle - half, middle + half};
  }
  /// Returns an output between those, as -1 to 1.
  double share_of(double y) const {
    const auto [low, high] = shown_outputs();
    return (y - (low + high) / 2) / (high > low ? (high - low) / 2 : 1);
  }

  /// Adds what each unit says to the examples: how often, from its least to its most.
  void add_activations(Json& json) {
    const std::vector<Histogram> all = activations();
    Json scale = Json::array();
    Bytes units;
    for (const Histogram& one : all) {
      scale.push_back(one.most);
      for (std::size_t bin = 0; bin < Histogram::bins; ++bin) units.push_back(one.height(bin));
    }
    json["scale"] = std::move(scale);
    json["activations"] = text_of(units);
  }
  std::vector<Histogram> activations() {
    std::vector<std::vector<float>> said(net_.units());
    answers_.run(*model_, rows_at_once(), [&](std::size_t, std::size_t rows) {
      std::size_t first = 0;
      for (const DrawnLayer& layer : net_.layers) {
        const T* y = model_->outputs_of(layer.node);
        for (std::size_t i = 0; i < rows * layer.units; ++i)
          said[first + i % layer.units].push_back(static_cast<float>(y[i]));
        first += layer.units;
      }
    });
    return {said.begin(), said.end()};
  }

  /// Adds the weights that are drawn as lines, and histograms of the others.
  void add_parameters(Json& json) {
    std::vector<float> lines;
    Json blocks = Json::array();
    for (const DrawnLayer& layer : net_.layers) {
      blocks.push_back(nullptr);
      std::vector<float> rest;
      for (const std::size_t at : layer.blocks) {
        const std::vector<T> numbers = gathered(blocks_[at], model_->parameters().data());
        const bool drawn = layer.weights == at || layer.bias == at;
        std::ranges::transform(numbers, std::back_inserter(drawn ? lines : rest),
                               [](T x) { return static_cast<float>(x); });
      }
      if (!rest.empty()) blocks.back() = Histogram(rest).json();
    }
    json["parameters"] = base64(std::as_bytes(std::span(lines)));
    json["histograms"] = std::move(blocks);
  }

  std::function<bool()> is_closed_;
  std::shared_ptr<ModelOf<T>> model_;
  DrawnNet net_;
  std::vector<NamedBlock> blocks_;
  std::vector<std::string> columns_;
  PlaneAnswers shown_;
  std::pair<double, double> targets_;
  std::optional<double> border_;  // of the output, between no and yes
  AnswersView<T> answers_;
  LayerStrips<T> strips_;  // of the model and the net above
  std::optional<DataPlane> plane_;
  std::map<std::size_t, Buffer<T>> prepared_;  // by cells of the output: inputs at their middles
  Buffer<T> prepared_table_;
  Json hello_, points_;
};

}  // namespace

std::shared_ptr<Eye> Eye::create(Trainer& trainer, const PlaneColumns& columns,
                                 const nlohmann::ordered_json& more,
                                 std::function<bool()> is_closed) {
  if (trainer.model()->dtype() == Dtype::float32)
    return std::make_shared<EyeOf<float>>(trainer, columns, more, std::move(is_closed));
  return std::make_shared<EyeOf<double>>(trainer, columns, more, std::move(is_closed));
}

}  // namespace nnrun::host
