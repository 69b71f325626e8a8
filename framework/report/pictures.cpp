#include "report/pictures.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <span>

#include "base/base64.hpp"
#include "report/thin.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_bytes = 40'000;  // of one kind of picture on a page
constexpr std::size_t most_wrong = 24, most_filters = 32, most_maps = 16, most_map_layers = 2;
constexpr std::size_t most_code_bytes = 100'000, most_code_points = 800, places_of_code = 14;
constexpr std::size_t shortest_picture = 4, longest_picture = 128;  // a side
constexpr int digits_of_output = 3, digits_of_code = 4;

std::string base64(const std::vector<std::uint8_t>& bytes) {
  return host::base64(std::as_bytes(std::span(bytes)));
}

std::uint8_t byte_of(double share) {
  return static_cast<std::uint8_t>(std::lround(255 * std::clamp(share, 0., 1.)));
}
/// Returns bytes of numbers, from the smallest, or 0, to the largest, or 1.
std::vector<std::uint8_t> bytes_of_example(const std::vector<double>& x) {
  const auto [least, most] = std::ranges::minmax(x);
  const double low = std::min(least, 0.), high = std::max(most, 1.);
  std::vector<std::uint8_t> bytes;
  for (const double number : x) bytes.push_back(byte_of((number - low) / (high - low)));
  return bytes;
}

/// Sets the sizes of examples; returns whether they are pictures.
bool find_sizes(const Trainer& trainer, Pictures& pictures) {
  const DataShape& data = trainer.data();
  const nnrun_shape& shape = data.input;
  const Preparation& preparation = trainer.model()->preparation();
  if (preparation.rows() > 1 || preparation.outputs() != size_of(shape) || shape.rank < 2 ||
      shape.rank > 3)
    return false;
  pictures.height = shape.sizes[0];
  pictures.width = shape.sizes[1];
  pictures.channels = shape.rank == 3 ? shape.sizes[2] : 1;
  const auto [shorter, longer] = std::minmax(pictures.height, pictures.width);
  return shorter >= shortest_picture && longer <= longest_picture &&
         (pictures.channels == 1 || pictures.channels == 3);
}

/// Returns the numbers of a block in the order of its file.
std::vector<double> numbers_in(const BlockValues& block, Dtype dtype) {
  const std::size_t width = dtype == Dtype::float32 ? sizeof(float) : sizeof(double);
  std::vector<double> numbers;
  for (std::size_t at = 0; at < block.bytes.size(); at += width) {
    float narrow = 0;
    double wide = 0;
    if (dtype == Dtype::float32) std::memcpy(&narrow, block.bytes.data() + at, width);
    if (dtype == Dtype::float64) std::memcpy(&wide, block.bytes.data() + at, width);
    numbers.push_back(dtype == Dtype::float32 ? static_cast<double>(narrow) : wide);
  }
  return numbers;
}

/// Returns the filters of a block of filters × channels × height × width: grey is 0, black and
/// white are the largest of all, below and above.
PictureRow filters_of(const BlockValues& block, Dtype dtype) {
  const std::size_t channels = block.shape[1], height = block.shape[2], width = block.shape[3],
                    size = channels * height * width;
  const std::vector<double> w = numbers_in(block, dtype);
  double most = 0;
  for (const double x : w) most = std::max(most, std::abs(x));
  PictureRow row{block.name.substr(0, block.name.find('/')), height, width, channels, {}};
  const std::size_t count = std::min({block.shape[0], most_filters, most_bytes / size});
  for (std::size_t f = 0; f < count; ++f) {
    std::vector<std::uint8_t>& bytes = row.pictures.emplace_back();
    for (std::size_t pixel = 0; pixel < height * width; ++pixel)
      for (std::size_t c = 0; c < channels; ++c) {
        const double x = w[f * size + c * height * width + pixel];
        bytes.push_back(byte_of(most > 0 ? 0.5 + 0.5 * x / most : 0.5));
      }
  }
  return row;
}

void add_filters(const Trainer& trainer, Pictures& pictures) {
  const Model& model = *trainer.model();
  for (const BlockValues& block : model.blocks())
    if (block.shape.size() == 4 && block.shape[1] == pictures.channels &&
        block.shape[2] * block.shape[3] > 1) {
      pictures.filters.push_back(filters_of(block, model.dtype()));
      return;
    }
}

/// Returns the channels of a layer's output, each from its smallest number to its largest.
PictureRow maps_of(const Node& node, const std::vector<double>& outputs) {
  const nnrun_shape& shape = node.plan.out;
  const std::size_t channels = shape.sizes[2], pixels = shape.sizes[0] * shape.sizes[1];
  PictureRow row{node.name, shape.sizes[0], shape.sizes[1], 1, {}};
  for (std::size_t c = 0; c < std::min({channels, most_maps, most_bytes / pixels}); ++c) {
    double low = outputs[c], high = low;
    for (std::size_t i = 0; i < pixels; ++i) {
      low = std::min(low, outputs[i * channels + c]);
      high = std::max(high, outputs[i * channels + c]);
    }
    std::vector<std::uint8_t>& bytes = row.pictures.emplace_back();
    for (std::size_t i = 0; i < pixels; ++i)
      bytes.push_back(byte_of(high > low ? (outputs[i * channels + c] - low) / (high - low) : 0));
  }
  return row;
}

void add_maps(Trainer& trainer, std::size_t part, Pictures& pictures) {
  const Graph& graph = trainer.model()->graph();
  std::vector<std::size_t> nodes;
  for (std::size_t k = 0; k < graph.nodes.size() && nodes.size() < most_map_layers; ++k) {
    const nnrun_shape& out = graph.nodes[k].plan.out;
    if (out.rank == 3 && std::min(out.sizes[0], out.sizes[1]) >= shortest_picture &&
        graph.nodes[k].layer.plugin().name != "reshape")
      nodes.push_back(k);
  }
  if (nodes.empty() || pictures.filters.empty()) return;
  for (const LayerAnswer& answer : trainer.layer_answers(part, nodes))
    if (answer.node == graph.nodes.size())
      pictures.maps.push_back({"the example",
                               pictures.height,
                               pictures.width,
                               pictures.channels,
                               {bytes_of_example(answer.outputs)}});
    else
      pictures.maps.push_back(maps_of(graph.nodes[answer.node], answer.outputs));
}

PictureRow row_of(const std::string& title, const std::vector<double>& numbers,
                  const Pictures& sizes) {
  PictureRow row{title, sizes.height, sizes.width, sizes.channels, {}};
  const std::size_t size = sizes.height * sizes.width * sizes.channels;
  for (std::size_t at = 0; at < numbers.size(); at += size) {
    const auto from = numbers.begin() + static_cast<std::ptrdiff_t>(at);
    row.pictures.push_back(bytes_of_example({from, from + static_cast<std::ptrdiff_t>(size)}));
  }
  return row;
}

/// Of a network that is to say its input again.
void add_copies(Trainer& trainer, std::size_t part, Pictures& pictures) {
  const std::size_t size = pictures.height * pictures.width * pictures.channels;
  const std::size_t most = std::clamp<std::size_t>(most_bytes / size, 1, most_maps);
  const AnsweredExamples all = trainer.answered_examples(part, most);
  pictures.examples = trainer.data().examples[part];
  pictures.copies = {row_of("examples", all.targets, pictures),
                     row_of("what the network makes of them", all.outputs, pictures)};
}

/// Of an autoencoder with a layer of two units, what they say.
void add_code(Trainer& trainer, std::size_t part, Pictures& pictures) {
  const std::vector<Node>& nodes = trainer.model()->graph().nodes;
  const auto node = std::ranges::find(nodes, std::size_t{2}, &Node::cols);
  if (node == nodes.end()) return;
  const LayerOutputs all =
      trainer.layer_outputs(part, static_cast<std::size_t>(node - nodes.begin()), most_code_points);
  if (!std::ranges::all_of(all.outputs, [](double x) { return std::isfinite(x); })) return;
  Code code{.layer = node->name, .points = {}, .shown = {}, .pictures = {}};
  for (std::size_t i = 0; i < all.count; ++i)
    code.points.emplace_back(all.outputs[2 * i], all.outputs[2 * i + 1]);
  const std::size_t size = pictures.height * pictures.width * pictures.channels;
  code.shown = points_apart(code.points, std::max<std::size_t>(1, most_code_bytes / size));
  std::vector<double> shown;
  for (const std::size_t i : code.shown)
    shown.insert(shown.end(), &all.inputs[i * size], &all.inputs[i * size] + size);
  code.pictures = row_of("examples", shown, pictures);
  pictures.code = std::move(code);
}

Json to_json(const PictureRow& row) {
  Json bytes = Json::array();
  for (const std::vector<std::uint8_t>& one : row.pictures) bytes.push_back(base64(one));
  return {{"title", row.title},
          {"height", row.height},
          {"width", row.width},
          {"channels", row.channels},
          {"pictures", std::move(bytes)}};
}
Json to_json(const std::vector<PictureRow>& rows) {
  Json json = Json::array();
  for (const PictureRow& row : rows) json.push_back(to_json(row));
  return json;
}
Json to_json(const Code& code) {
  Json points = Json::array();
  for (const auto& [x, y] : code.points)
    points.push_back({drawn(x, digits_of_code), drawn(y, digits_of_code)});
  return {{"layer", code.layer},
          {"points", std::move(points)},
          {"shown", code.shown},
          {"pictures", to_json(code.pictures)}};
}

}  // namespace

std::vector<std::size_t> points_apart(const std::vector<std::pair<double, double>>& points,
                                      std::size_t most) {
  std::vector<double> x, y;
  for (const auto& [a, b] : points) {
    x.push_back(a);
    y.push_back(b);
  }
  const auto place_of = [](std::vector<double> sorted) {  // one point far out is no measure
    std::ranges::sort(sorted);
    const double low = sorted[sorted.size() / 50],
                 high = sorted[sorted.size() - 1 - sorted.size() / 50];
    return [low, high](double v) {
      const double share = high > low ? (v - low) / (high - low) : 0.5;
      return static_cast<std::size_t>(std::clamp(share, 0., 0.999) * places_of_code);
    };
  };
  const auto column = place_of(x), row = place_of(y);
  std::vector<bool> taken(places_of_code * places_of_code);
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < points.size() && shown.size() < most; ++i) {
    const std::size_t at = row(y[i]) * places_of_code + column(x[i]);
    if (!taken[at]) shown.push_back(i);
    taken[at] = true;
  }
  return shown;
}

std::optional<Pictures> sample_pictures(Trainer& trainer, std::size_t part) {
  Pictures pictures;
  const std::vector<std::string>& classes = trainer.data().names.classes;
  if (classes.empty() && trainer.data().examples[part] > 0 && find_sizes(trainer, pictures) &&
      trainer.model()->graph().output().cols == size_of(trainer.data().input)) {
    add_copies(trainer, part, pictures);
    add_code(trainer, part, pictures);
    return pictures;
  }
  if (classes.size() != trainer.model()->graph().output().cols ||
      trainer.data().examples[part] == 0 || !find_sizes(trainer, pictures))
    return std::nullopt;
  const std::size_t bytes = pictures.height * pictures.width * pictures.channels;
  const WrongAnswers answers =
      trainer.wrong_answers(part, std::clamp<std::size_t>(most_bytes / bytes, 1, most_wrong));
  pictures.examples = answers.examples;
  pictures.wrong = answers.wrong;
  for (const WrongAnswer& answer : answers.surest)
    pictures.surest.push_back(
        {bytes_of_example(answer.inputs), classes[answer.is], classes[answer.said], answer.output});
  add_filters(trainer, pictures);
  add_maps(trainer, part, pictures);
  return pictures;
}

Json to_json(const Pictures& pictures) {
  Json surest = Json::array();
  for (const WrongPicture& one : pictures.surest)
    surest.push_back({{"picture", base64(one.bytes)},
                      {"is", one.is},
                      {"said", one.said},
                      {"output", drawn(one.output, digits_of_output)}});
  return {{"height", pictures.height},
          {"width", pictures.width},
          {"channels", pictures.channels},
          {"examples", pictures.examples},
          {"wrong", pictures.wrong},
          {"surest", std::move(surest)},
          {"filters", to_json(pictures.filters)},
          {"maps", to_json(pictures.maps)},
          {"copies", to_json(pictures.copies)},
          {"code", pictures.code ? to_json(*pictures.code) : Json(nullptr)}};
}

}  // namespace nnrun::host
