#include <algorithm>
#include <cmath>
#include <utility>

#include "exporting/digits.hpp"
#include "exporting/import_attributes.hpp"
#include "exporting/import_operators.hpp"
namespace nnrun::host {
namespace {

struct Windows {
  Whole kernel, strides, dilations, pads;
  std::string padding;  ///< valid, same, causal; empty: zeros of its own
};
/// Returns nnrun's word for pads.
std::string padding_of(const Windows& w, const ImportedValue& in) {
  const std::size_t sides = w.kernel.size();
  bool valid = true, same = true, causal = sides == 1;
  for (std::size_t k = 0; k < sides; ++k) {
    const auto size = static_cast<std::int64_t>(in.shape[k]);
    const std::int64_t reach = (w.kernel[k] - 1) * w.dilations[k] + 1,
                       out = (size + w.strides[k] - 1) / w.strides[k],
                       span = (out - 1) * w.strides[k] + reach,
                       all = std::max<std::int64_t>(span - size, 0);
    valid = valid && w.pads[k] == 0 && w.pads[k + sides] == 0;
    same = same && w.pads[k] == all / 2 && w.pads[k + sides] == all - all / 2;
    causal = causal && w.pads[k] == reach - 1 && w.pads[k + sides] == 0;
  }
  return valid ? "valid" : same ? "same" : causal ? "causal" : "";
}

Windows windows(const ReadNode& node, const ImportedValue& in, const Whole& kernel) {
  const Attributes own(node);
  const std::size_t sides = in.shape.size() - 1;
  const Whole ones(sides, 1);
  Windows w{kernel, own.ints("strides", ones), own.ints("dilations", ones),
            own.ints("pads", Whole(2 * sides, 0)), ""};
  if (sides > 2) throw NoLayer{"moves over more than two sizes"};
  const auto count = [](const Whole& list, std::size_t size, std::int64_t least) {
    return list.size() == size &&
           std::ranges::all_of(list, [&](std::int64_t x) { return x >= least && x <= 4096; });
  };
  if (!count(w.kernel, sides, 1) || !count(w.strides, sides, 1) || !count(w.dilations, sides, 1) ||
      !count(w.pads, 2 * sides, 0))
    throw NoLayer{"has windows of impossible sizes"};
  for (std::size_t k = 0; k < sides && own.integer("ceil_mode", 0) != 0; ++k)
    if ((static_cast<std::int64_t>(in.shape[k]) + w.pads[k] + w.pads[k + sides] -
         (w.kernel[k] - 1) * w.dilations[k] - 1) %
            w.strides[k] !=
        0)
      throw NoLayer{"rounds sizes up (ceil_mode)"};
  const std::string automatic = own.text("auto_pad");
  if (automatic == "SAME_LOWER") throw NoLayer{"pads before rather than behind (SAME_LOWER)"};
  w.padding = automatic == "SAME_UPPER" ? "same"
              : automatic == "VALID"    ? "valid"
                                        : padding_of(w, in);
  return w;
}

Sizes shape_behind(const Windows& w, const ImportedValue& in, std::size_t channels) {
  Sizes shape;
  for (std::size_t k = 0; k < w.kernel.size(); ++k) {
    const auto size = static_cast<std::int64_t>(in.shape[k]);
    const std::int64_t reach = (w.kernel[k] - 1) * w.dilations[k] + 1;
    const std::int64_t room = w.padding == "valid" ? size - reach : size - 1;
    if (room < 0) throw NoLayer{"has windows that are larger than its input"};
    shape.push_back(static_cast<std::size_t>(room / w.strides[k] + 1));
  }
  shape.push_back(channels);
  return shape;
}

/// Returns an image; zeros stand around it where padding has no word for them.
ImportedValue with_zeros(ImportState& net, const ImportedValue& in, Windows& w,
                         bool zeros_are_right) {
  if (!w.padding.empty()) return in;
  if (!zeros_are_right || w.kernel.size() != 2)
    throw NoLayer{"has pads " + list_of(w.pads) + ", which are neither valid nor same"};
  Sizes shape = in.shape;
  shape[0] += static_cast<std::size_t>(w.pads[0] + w.pads[2]);
  shape[1] += static_cast<std::size_t>(w.pads[1] + w.pads[3]);
  const ImportedLayer& layer = net.add_layer(
      "zero_padding2d", ", padding: " + list_of({w.pads[0], w.pads[2], w.pads[1], w.pads[3]}),
      {in.layer}, shape);
  w.padding = "valid";
  return {layer.name, shape, in.axes};
}

/// Returns an image; axes of size 1 that nodes added become sizes of a layer.
ImportedValue image_in(ImportState& net, const ReadNode& node) {
  const ImportedValue in = net.value(node, 0);
  if (in.is_image()) return in;
  const auto size = [&](int axis) {
    return axis < 0 ? std::size_t{1} : in.shape[static_cast<std::size_t>(axis)];
  };
  const bool begins = in.axes.size() > 2 && in.axes.size() < 5 && in.axes[0] == ImportedValue::rows;
  std::vector<int> order = in.axes;  // height, width, channels, without those of size 1
  Sizes shape;
  if (begins) {
    std::rotate(order.begin() + 1, order.begin() + 2, order.end());
    for (std::size_t k = 1; k < order.size(); ++k) shape.push_back(size(order[k]));
    std::erase_if(order, [&](int axis) { return axis != ImportedValue::rows && size(axis) == 1; });
  }
  if (begins && in.is_in_order() && !std::ranges::is_sorted(order)) {
    // the channels of a row lie behind each other: the steps of a sequence that is turned round
    const std::size_t channels = shape.back(), places = product(shape) / channels;
    const ImportedValue planes = net.reshaped(in, {channels, places}, {ImportedValue::rows, 0, 1});
    const std::string turned =
        net.add_layer("flatten", ", order: channels_first", {planes.layer}, {channels * places})
            .name;
    return net.reshaped({turned, {channels * places}, {ImportedValue::rows, 0}}, shape,
                        image_axes(shape.size()));
  }
  if (!begins || !std::ranges::is_sorted(order))
    throw NoLayer{"does not see rows x channels x height x width"};
  return net.reshaped(in, shape, image_axes(shape.size()));
}

/// Returns the settings of a convolution that is turned round, and its sizes.
std::pair<std::string, Sizes> turned_windows(const Windows& w, const ImportedValue& in,
                                             const Whole& more) {
  bool valid = true, same = true;
  if (more.size() != 2) throw NoLayer{"has windows of impossible sizes"};
  Sizes sizes;
  for (std::size_t k = 0; k < 2; ++k) {
    const auto size = static_cast<std::int64_t>(in.shape[k]);
    const std::int64_t reach = (w.kernel[k] - 1) * w.dilations[k] + 1,
                       span = (size - 1) * w.strides[k] + reach,
                       out = span + more[k] - w.pads[k] - w.pads[k + 2];
    if (more[k] < 0 || more[k] >= w.strides[k] || out < 1)
      throw NoLayer{"has windows of impossible sizes"};
    valid = valid && w.pads[k] == 0 && w.pads[k + 2] == 0;
    same = same && out == size * w.strides[k] &&
           w.pads[k] == std::max<std::int64_t>(span - out, 0) / 2;
    sizes.push_back(static_cast<std::size_t>(out));
  }
  if (valid) return {", padding: valid, output_padding: " + list_of(more), sizes};
  if (same) return {", padding: same", sizes};
  throw NoLayer{"has pads " + list_of(w.pads) + ", which are neither valid nor same"};
}

/// Of sequences, settings are one number.
std::string single(std::string settings) {
  std::erase_if(settings, [](char c) { return c == '[' || c == ']'; });
  return settings;
}

}  // namespace

void import_convolution(ImportState& net, const ReadNode& node) {
  const ImportedValue given = image_in(net, node);
  const ImportedConstant w = net.weights(node, 1, given.axes.size());
  const auto groups = static_cast<std::size_t>(Attributes(node).integer("group", 1));
  const std::size_t channels = given.shape.back(), filters = w.shape[0];
  if (groups == 0 || filters == 0 || w.shape[1] * groups != channels || filters % groups != 0)
    throw NoLayer{"has weights that do not fit its " + n(channels) + " channels"};
  Windows own = windows(node, given, Whole(w.shape.begin() + 2, w.shape.end()));
  const ImportedValue in = with_zeros(net, given, own, true);
  const Sizes shape = shape_behind(own, in, filters);
  const bool flat = own.kernel.size() == 1;
  const std::string settings =
      ", filters: " + n(filters) + ", kernel_size: " + list_of(own.kernel) +
      ", strides: " + list_of(own.strides) + ", dilation_rate: " + list_of(own.dilations) +
      ", padding: " + own.padding + ", groups: " + n(groups);
  ImportedLayer& layer = net.add_layer(flat ? "conv1d" : "conv2d",
                                       flat ? single(settings) : settings, {in.layer}, shape);
  net.add_block(layer, "weights", w.shape, w.values);
  const ImportedConstant* const b = net.constant(node, 2);
  layer.takes_bias = !b;
  if (b) net.add_bias(layer, *b);
  net.give(node, {layer.name, shape, in.axes});
}

/// Windows are of the output here. nnrun has a word for the zeros that are cut off, or none.
void import_transposed(ImportState& net, const ReadNode& node) {
  const ImportedValue in = image_in(net, node);
  if (in.shape.size() != 3) throw NoLayer{"moves over another number of sizes than two"};
  const ImportedConstant w = net.weights(node, 1, 4);
  const Attributes own(node);
  const auto groups = static_cast<std::size_t>(own.integer("group", 1));
  if (groups == 0 || w.shape[0] != in.shape.back() || w.shape[0] % groups != 0)
    throw NoLayer{"has weights that do not fit its " + n(in.shape.back()) + " channels"};
  const std::string automatic = own.text("auto_pad");
  if ((!automatic.empty() && automatic != "NOTSET") || !own.ints("output_shape").empty())
    throw NoLayer{"leaves its pads to the program (auto_pad, output_shape)"};
  const Windows windows_ = windows(node, in, Whole(w.shape.begin() + 2, w.shape.end()));
  const Whole more = own.ints("output_padding", {0, 0});
  const auto [settings, sizes] = turned_windows(windows_, in, more);
  const std::size_t filters = w.shape[1] * groups;
  const Sizes shape{sizes[0], sizes[1], filters};
  ImportedLayer& layer = net.add_layer(
      "conv2d_transpose",
      ", filters: " + n(filters) + ", kernel_size: " + list_of(windows_.kernel) +
          ", strides: " + list_of(windows_.strides) +
          ", dilation_rate: " + list_of(windows_.dilations) + ", groups: " + n(groups) + settings,
      {in.layer}, shape);
  net.add_block(layer, "weights", w.shape, w.values);
  const ImportedConstant* const b = net.constant(node, 2);
  layer.takes_bias = !b;
  if (b) net.add_bias(layer, *b);
  net.give(node, {layer.name, shape, in.axes});
}

void import_pooling(ImportState& net, const ReadNode& node) {
  const ImportedValue given = image_in(net, node);
  const bool largest = node.op == "MaxPool",
             counts_zeros = Attributes(node).integer("count_include_pad", 0) != 0;
  Windows own = windows(node, given, Attributes(node).ints("kernel_shape"));
  if (std::ranges::any_of(own.dilations, [](std::int64_t x) { return x != 1; }))
    throw NoLayer{"has windows with gaps (dilations)"};
  if (counts_zeros && Attributes(node).text("auto_pad").starts_with("SAME"))
    throw NoLayer{"counts the zeros around an image (count_include_pad, auto_pad)"};
  if (counts_zeros && own.padding != "valid") own.padding = "";
  const ImportedValue in = with_zeros(net, given, own, counts_zeros);
  if (own.padding == "causal") throw NoLayer{"looks back (pads), which pooling does not"};
  const Sizes shape = shape_behind(own, in, in.shape.back());
  const bool flat = own.kernel.size() == 1;
  const std::string settings = ", pool_size: " + list_of(own.kernel) +
                               ", strides: " + list_of(own.strides) + ", padding: " + own.padding;
  const std::string type =
      std::string(largest ? "max" : "average") + "_pooling" + (flat ? "1d" : "2d");
  const ImportedLayer& layer =
      net.add_layer(type, flat ? single(settings) : settings, {in.layer}, shape);
  net.give(node, {layer.name, shape, in.axes});
}

void import_global_pooling(ImportState& net, const ReadNode& node) {
  const ImportedValue in = image_in(net, node);
  const std::string type = std::string("global_") +
                           (node.op == "GlobalMaxPool" ? "max" : "average") + "_pooling" +
                           (in.shape.size() == 2 ? "1d" : "2d");
  if (in.shape.size() > 3) throw NoLayer{"moves over more than two sizes"};
  const ImportedLayer& layer = net.add_layer(type, "", {in.layer}, {in.shape.back()});
  std::vector<int> axes(in.axes.size(), ImportedValue::one);
  axes[0] = ImportedValue::rows, axes[1] = 0;
  net.give(node, {layer.name, {in.shape.back()}, axes});
}

/// Over all places of an image or a sequence, whatever the order of axes.
void import_reduction(ImportState& net, const ReadNode& node) {
  const ImportedValue in = net.value(node, 0);
  const ImportedConstant* const given = net.constant(node, 1);
  Whole axes = Attributes(node).ints("axes");
  if (given) axes.assign(given->values.begin(), given->values.end());
  const auto rank = static_cast<std::int64_t>(in.axes.size());
  constexpr int reduced = -3;
  std::vector<int> places, left = in.axes;
  for (const std::int64_t named : axes) {
    const std::int64_t axis = named < 0 ? named + rank : named;
    if (axis < 0 || axis >= rank) throw NoLayer{"has an axis that there is not"};
    places.push_back(std::exchange(left[static_cast<std::size_t>(axis)], reduced));
  }
  std::ranges::sort(places);
  const bool all = in.last() > 0 && in.last() < 3 && static_cast<int>(places.size()) == in.last();
  for (int k = 0; k < in.last(); ++k)
    if (!all || places[static_cast<std::size_t>(k)] != k)
      throw NoLayer{
          "is not over all places of an image or a sequence, which is all that a layer does"};
  if (in.last() == 0) throw NoLayer{"is over the numbers of a row, which no layer does"};
  const std::string type = std::string("global_") + (node.op == "ReduceMax" ? "max" : "average") +
                           "_pooling" + (in.last() == 1 ? "1d" : "2d");
  const ImportedLayer& layer = net.add_layer(type, "", {in.layer}, {in.shape.back()});
  std::ranges::replace(left, in.last(), 0);
  if (Attributes(node).integer("keepdims", 1) == 0) std::erase(left, reduced);
  std::ranges::replace(left, reduced, ImportedValue::one);
  net.give(node, {layer.name, {in.shape.back()}, left});
}

/// PyTorch writes one without any pads before its pooling.
void import_pad(ImportState& net, const ReadNode& node) {
  const ImportedConstant* const given = net.constant(node, 1);
  Whole pads = Attributes(node).ints("pads");
  if (given) pads.assign(given->values.begin(), given->values.end());
  if (std::ranges::all_of(pads, [](std::int64_t size) { return size == 0; }))
    return import_same(net, node);
  const std::string mode = Attributes(node).text("mode");
  const ImportedConstant* const filling = node.inputs.size() > 2 ? net.constant(node, 2) : nullptr;
  const bool zeros = (mode.empty() || mode == "constant") &&
                     Attributes(node).number("value", 0) == 0 &&
                     (!filling || filling->values == std::vector<double>{0});
  if (!zeros) throw NoLayer{"adds other pads than zeros, for which nnrun has no layer"};
  const ImportedValue in = net.value(node, 0);
  if (!in.is_image() || in.shape.size() != 3 || pads.size() != 8 || pads[0] != 0 || pads[1] != 0 ||
      pads[4] != 0 || pads[5] != 0)
    throw NoLayer{"adds pads " + list_of(pads) + ", but zeros can only stand around an image"};
  if (std::ranges::any_of(pads, [](std::int64_t x) { return x < 0 || x > 4096; }))
    throw NoLayer{"has pads of impossible sizes: " + list_of(pads)};
  const Sizes shape{in.shape[0] + static_cast<std::size_t>(pads[2] + pads[6]),
                    in.shape[1] + static_cast<std::size_t>(pads[3] + pads[7]), in.shape[2]};
  const ImportedLayer& layer =
      net.add_layer("zero_padding2d", ", padding: " + list_of({pads[2], pads[6], pads[3], pads[7]}),
                    {in.layer}, shape);
  net.give(node, {layer.name, shape, in.axes});
}

/// Each pixel becomes a block, which is what all modes of `nearest` do at whole factors but those
/// that round to even.
void import_resize(ImportState& net, const ReadNode& node) {
  const ImportedValue in = image_in(net, node);
  if (in.shape.size() != 3) throw NoLayer{"does not see an image"};
  const Attributes own(node);
  const std::string mode = own.text("mode"), places = own.text("coordinate_transformation_mode");
  if (!mode.empty() && mode != "nearest")
    throw NoLayer{"blends pixels (" + mode + "), which no layer does"};
  const std::string rounding = own.text("nearest_mode");
  const bool asymmetric = node.op == "Upsample" || places == "asymmetric";
  const bool blocks = node.op == "Upsample" || (asymmetric && rounding == "floor") ||
                      ((places.empty() || places == "half_pixel") &&
                       (rounding.empty() || rounding.starts_with("round_prefer")));
  if (!blocks)
    throw NoLayer{"takes its pixels from other places than their blocks (" + places + ", " +
                  (rounding.empty() ? "round_prefer_floor" : rounding) + ")"};
  const auto list = [&](std::size_t k) {
    const ImportedConstant* const c = node.inputs.size() > k ? net.constant(node, k) : nullptr;
    return c ? c->values : std::vector<double>{};
  };
  std::vector<double> factors = list(node.op == "Upsample" ? 1 : 2);
  if (const std::vector<double> sizes = list(3); factors.empty() && sizes.size() == 4) {
    factors = {1, sizes[1] / static_cast<double>(in.shape[2]),
               sizes[2] / static_cast<double>(in.shape[0]),
               sizes[3] / static_cast<double>(in.shape[1])};
  }
  const auto is_whole = [](double x) { return x >= 1 && x <= 4096 && x == std::floor(x); };
  if (factors.size() != 4 || factors[0] != 1 || factors[1] != 1 || !is_whole(factors[2]) ||
      !is_whole(factors[3]))
    throw NoLayer{"does not make an image larger by whole factors"};
  const Whole size{static_cast<std::int64_t>(factors[2]), static_cast<std::int64_t>(factors[3])};
  const Sizes shape{in.shape[0] * static_cast<std::size_t>(size[0]),
                    in.shape[1] * static_cast<std::size_t>(size[1]), in.shape[2]};
  const ImportedLayer& layer =
      net.add_layer("up_sampling2d", ", size: " + list_of(size), {in.layer}, shape);
  net.give(node, {layer.name, shape, in.axes});
}

}  // namespace nnrun::host
