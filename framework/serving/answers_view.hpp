// What a network answers to examples, as a page shows it: how classes are mixed up, answers against
// what is true, and of pictures the wrong ones and the weights that look at them.
#pragma once
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/base64.hpp"
#include "network/ordered_classes.hpp"
#include "network/padding.hpp"
#include "report/pictures.hpp"
#include "training/meaning.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

template <class T>
class AnswersView {
  using Json = nlohmann::ordered_json;
  using Bytes = std::vector<std::uint8_t>;

 public:
  /// Copies at most so many examples, and so many numbers, of the part that says most: validation,
  /// test, else training. is_closed: asked while they run.
  AnswersView(const Trainer& trainer, std::size_t most, std::size_t most_numbers,
              std::function<bool()> is_closed)
      : is_closed_(std::move(is_closed)),
        in_(trainer.model()->graph().input_cols),
        out_(trainer.model()->graph().output().cols),
        width_(trainer.model()->targets().of_last_axis ? trainer.model()->answer_width() : out_),
        names_(trainer.data().names),
        is_of_classes_(trainer.model()->targets().kind == NNRUN_ONE_HOT && width_ > 1),
        is_yes_or_no_(trainer.data().is_yes_or_no()),
        border_of_targets_((trainer.target_range().first + trainer.target_range().second) / 2),
        border_of_outputs_(output_border_of(trainer).value_or(border_of_targets_)),
        shape_(trainer.data().input) {
    constexpr const char* words[] = {"train", "val", "test"};
    std::size_t part = NNRUN_TRAIN;
    for (const std::size_t other : {NNRUN_TEST, NNRUN_VALIDATION})
      if (trainer.data().examples[other] > 0) part = other;
    part_ = words[part];
    of_ = trainer.data().examples[part];
    const ShownExamples shown =
        trainer.shown_examples(part, std::clamp<std::size_t>(most_numbers / in_, 1, most));
    count_ = shown.count;
    x_ = Buffer<T>(shown.inputs.size());
    std::ranges::transform(shown.inputs, x_.data(), [](double x) { return static_cast<T>(x); });
    targets_ = shown.targets;
    const bool plain = trainer.model()->preparation().outputs() == size_of(shape_);
    is_picture_ = plain && trainer.model()->preparation().rows() == 1 && shape_.rank >= 2 &&
                  shape_.rank <= 3 &&
                  (shape_.rank == 2 || shape_.sizes[2] == 1 || shape_.sizes[2] == 3);
  }

  /// Runs the examples, up to `rows` at a time, and calls take(first, count) after each. Returns
  /// whether all ran: not if the pages were closed meanwhile.
  template <class Take>
  bool run(ModelOf<T>& model, std::size_t rows, Take take) {
    for (std::size_t from = 0; from < count_; from += rows) {
      if (is_closed_()) return false;
      const std::size_t n = std::min(rows, count_ - from);
      model.outputs(x_.data() + from * in_, n);
      take(from, n);
    }
    return true;
  }

  /// Returns null if not all examples ran.
  Json json(ModelOf<T>& model, std::size_t rows) {
    std::vector<double> y, code;
    const std::vector<Node>& nodes = model.graph().nodes;
    const auto narrow = std::ranges::find(nodes, std::size_t{2}, &Node::cols);
    const bool is_copied = is_picture_ && classes() == 0 && out_ == in_ && in_ <= most_pixels,
               has_code = is_copied && narrow != nodes.end();
    const auto take = [&](std::size_t, std::size_t n) {
      const T* const all = model.outputs_of(nodes.size() - 1);
      y.insert(y.end(), all, all + n * out_);
      if (!has_code) return;
      const T* const two = model.outputs_of(static_cast<std::size_t>(narrow - nodes.begin()));
      code.insert(code.end(), two, two + n * 2);
    };
    if (!run(model, rows, take)) return {};
    Json json{{"part", part_}, {"shown", count_}, {"of", of_}};
    if (classes() > 0)
      add_classes(json, y);
    else if (is_copied)
      add_copies(json, y);
    else
      add_numbers(json, y, model.preparation());
    if (has_code) add_code(json, code, narrow->name);
    if (is_picture_) add_filters(json, model);
    return json;
  }

 private:
  using Counts = std::map<std::pair<std::size_t, std::size_t>, std::size_t>;  // is, said

  static constexpr std::size_t most_classes = 20, most_dots = 400, most_wrong = 12,
                               most_mistakes = 12, most_filters = 40, most_pixels = 4096,
                               most_copies = 10, most_in_code = 40;

  /// Returns how many classes an answer is one of; 0: it is not. Of a class for each step of a
  /// sequence, each step is an answer.
  std::size_t classes() const {
    const std::size_t n = names_.classes.size();
    const bool named =
        n >= 2 && ((out_ == 1 && is_yes_or_no_) || (names_.ordered && out_ + 1 == n));
    return named ? n : is_of_classes_ || (n >= 2 && width_ == n) ? width_ : 0;
  }
  std::string name_of(std::size_t c) const {
    return names_.classes.size() == classes() ? names_.classes[c] : std::to_string(c);
  }
  std::size_t class_of(const double* row, double border) const {
    if (names_.ordered) return likeliest_class(std::span(row, out_)).first;
    return out_ == 1 ? (*row > border ? 1 : 0) : largest_of(row, width_);
  }
  std::size_t class_of_target(std::size_t i) const {
    return class_of(targets_.data() + i * width_, border_of_targets_);
  }
  std::size_t class_of_output(const std::vector<double>& y, std::size_t i) const {
    return class_of(y.data() + i * width_, border_of_outputs_);
  }
  void add_classes(Json& json, const std::vector<double>& y) const {
    const std::size_t n = classes(), answers = y.size() / width_;
    Counts mixed_up;
    std::vector<std::size_t> wrong;
    for (std::size_t i = 0; i < answers; ++i) {
      const std::size_t is = class_of_target(i), said = class_of_output(y, i);
      ++mixed_up[{is, said}];
      if (is != said) wrong.push_back(i);
    }
    json["answers"] = answers;
    json["right"] = answers - wrong.size();
    if (n <= most_classes)
      add_confusion(json, mixed_up);
    else
      add_mistakes(json, mixed_up);
    if (!is_picture_ || out_ != n || width_ != out_ || in_ > most_pixels) return;
    const auto certainty = [&](std::size_t i) {
      return *std::max_element(y.begin() + static_cast<std::ptrdiff_t>(i * out_),
                               y.begin() + static_cast<std::ptrdiff_t>((i + 1) * out_));
    };
    std::ranges::stable_sort(
        wrong, [&](std::size_t a, std::size_t b) { return certainty(a) > certainty(b); });
    json["picture"] = picture_size();
    json["wrong"] = Json::array();
    for (std::size_t k = 0; k < std::min(most_wrong, wrong.size()); ++k) {
      const std::size_t i = wrong[k];
      json["wrong"].push_back({{"picture", pixels(x_.data() + i * in_)},
                               {"is", name_of(class_of_target(i))},
                               {"said", name_of(class_of_output(y, i))},
                               {"output", certainty(i)}});
    }
  }
  void add_confusion(Json& json, const Counts& counts) const {
    const std::size_t n = classes();
    std::vector<std::vector<std::size_t>> table(n, std::vector<std::size_t>(n));
    for (const auto& [pair, count] : counts) table[pair.first][pair.second] = count;
    json["confusion"] = table;
    for (std::size_t c = 0; c < n; ++c) json["classes"].push_back(name_of(c));
  }
  /// Adds the most frequent mistakes, where a table of all classes would be too large.
  void add_mistakes(Json& json, const Counts& counts) const {
    std::vector<std::pair<std::size_t, std::pair<std::size_t, std::size_t>>> all;
    for (const auto& [pair, count] : counts)
      if (pair.first != pair.second) all.push_back({count, pair});
    std::ranges::stable_sort(all, std::greater<>(), [](const auto& one) { return one.first; });
    json["mistakes"] = Json::array();
    for (std::size_t k = 0; k < std::min(most_mistakes, all.size()); ++k)
      json["mistakes"].push_back(
          {name_of(all[k].second.first), name_of(all[k].second.second), all[k].first});
  }
  /// Adds pairs of what is true and what was answered, in the units of the data.
  void add_numbers(Json& json, const std::vector<double>& y, const Preparation& preparation) const {
    json["pairs"] = Json::array();
    for (std::size_t k = 0; k < std::min(most_dots, count_); ++k) {
      const std::size_t i = k * count_ / std::min(most_dots, count_);
      const double is = preparation.in_units(targets_[i * out_], 0),
                   said = preparation.in_units(y[i * out_], 0);
      if (std::isfinite(is) && std::isfinite(said)) json["pairs"].push_back({is, said});
    }
    json["target"] = names_.targets.empty() ? "" : names_.targets[0];
  }

  /// Adds some examples of an autoencoder, and what it makes of them.
  void add_copies(Json& json, const std::vector<double>& y) const {
    json["picture"] = picture_size();
    json["copies"] = Json::array();
    for (std::size_t k = 0; k < std::min(most_copies, count_); ++k) {
      const std::size_t i = k * count_ / std::min(most_copies, count_);
      const double* const said = y.data() + i * out_;
      json["copies"].push_back(
          {{"is", pixels(targets_.data() + i * out_)}, {"said", pixels(said)}});
    }
  }
  /// Adds what a layer of two units says, of the examples whose points lie apart with pictures.
  void add_code(Json& json, const std::vector<double>& code, const std::string& layer) const {
    std::vector<std::pair<double, double>> points;
    for (std::size_t i = 0; i < std::min(most_dots, count_); ++i)
      if (std::isfinite(code[2 * i]) && std::isfinite(code[2 * i + 1]))
        points.emplace_back(code[2 * i], code[2 * i + 1]);
    if (points.size() < std::min(most_dots, count_)) return;  // a number is not finite
    Json pictures = Json::array();
    const std::vector<std::size_t> shown = points_apart(points, most_in_code);
    for (const std::size_t i : shown) pictures.push_back(pixels(x_.data() + i * in_));
    json["code"] = {
        {"layer", layer}, {"points", points}, {"shown", shown}, {"pictures", std::move(pictures)}};
  }

  Json picture_size() const {
    return {{"height", shape_.sizes[0]},
            {"width", shape_.sizes[1]},
            {"channels", shape_.rank == 3 ? shape_.sizes[2] : 1}};
  }
  /// Returns the numbers of an example, from the smallest, or 0, to the largest, or 1.
  template <class Number>
  std::string pixels(const Number* x) const {
    const auto [low, high] = std::minmax_element(x, x + in_);
    const double from = std::min(0., static_cast<double>(*low)),
                 to = std::max(1., static_cast<double>(*high));
    Bytes bytes;
    for (std::size_t i = 0; i < in_; ++i)
      bytes.push_back(static_cast<std::uint8_t>(
          std::lround(255 * (static_cast<double>(x[i]) - from) / (to - from))));
    return base64(std::as_bytes(std::span(bytes)));
  }
  /// Adds the weights of the first units that look at every pixel, or of its filters; grey is 0.
  void add_filters(Json& json, ModelOf<T>& model) const {
    const std::size_t channels = shape_.rank == 3 ? shape_.sizes[2] : 1;
    for (const NamedBlock& named : model.graph().blocks()) {
      const nnrun_shape& shape = named.block->shape;
      const bool dense = shape.rank == 2 && shape.sizes[1] == in_ && in_ <= most_pixels,
                 filter = shape.rank == 4 && shape.sizes[1] == channels && channels == 1;
      if (!dense && !filter) continue;
      const std::vector<T> w = gathered(named, model.parameters().data());
      const std::size_t size = size_of(shape) / shape.sizes[0];
      Json pictures = Json::array();
      for (std::size_t f = 0; f < std::min<std::size_t>(most_filters, shape.sizes[0]); ++f)
        pictures.push_back(weights_picture(w.data() + f * size, size));
      json["filters"] = {{"layer", named.node->name},
                         {"of", shape.sizes[0]},
                         {"height", dense ? shape_.sizes[0] : shape.sizes[2]},
                         {"width", dense ? shape_.sizes[1] : shape.sizes[3]},
                         {"channels", dense ? channels : 1},
                         {"pictures", std::move(pictures)}};
      return;
    }
  }
  static std::string weights_picture(const T* w, std::size_t size) {
    double most = 0;
    for (std::size_t i = 0; i < size; ++i)
      most = std::max(most, std::abs(static_cast<double>(w[i])));
    Bytes bytes;
    for (std::size_t i = 0; i < size; ++i)
      bytes.push_back(static_cast<std::uint8_t>(
          std::lround(127.5 + 127.5 * (most > 0 ? static_cast<double>(w[i]) / most : 0))));
    return base64(std::as_bytes(std::span(bytes)));
  }

  std::function<bool()> is_closed_;
  std::size_t in_, out_, width_, count_ = 0, of_ = 0;
  DataNames names_;
  bool is_of_classes_, is_yes_or_no_, is_picture_ = false;
  double border_of_targets_, border_of_outputs_;
  nnrun_shape shape_;
  std::string part_;
  Buffer<T> x_;
  std::vector<double> targets_;
};

}  // namespace nnrun::host
