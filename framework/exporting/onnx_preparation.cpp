#include "exporting/onnx_preparation.hpp"

#include <algorithm>
#include <limits>
#include <numbers>
namespace nnrun::host {
namespace {

using Order = OnnxValue::Order;
constexpr auto domain_of_texts = "ai.onnx.ml";
constexpr auto wide = OnnxType::float64;

std::int64_t code_of(OnnxType type) {
  return static_cast<std::int64_t>(type);
}

/// Prepares in double, as nnrun does, whatever the network's precision. Its values are (rows of the
/// file, rows of a window, columns).
class PreparationNodes {
 public:
  PreparationNodes(OnnxGraph& graph, const ExportedNetwork& net)
      : graph_(graph), net_(net), preparation_(net.preparation) {}

  OnnxRows rows_of_file() {
    graph_.begin("input");
    add_tensors();
    std::string x = is_straight(preparation_) ? straight() : by_slots();
    if (!preparation_.fitted().shifts.empty())
      x = graph_.node("Mul", {graph_.node("Sub", {x, "input/shift"}), "input/factor"});
    if (net_.indices > 0)  // a number that is none is -1, before float32 rounds it to a whole one
      x = graph_.node("Where", {graph_.node("Equal", {x, graph_.node("Floor", {x})}), x,
                                graph_.scalar(-1, wide)});
    if (net_.float32) x = graph_.node("Cast", {x}, {{"to", code_of(OnnxType::float32)}});
    const std::string wrong = refused(x);
    return {OnnxValue(shape(), x, Order::channels_last).reshaped(net_.shape, graph_), wrong};
  }

 private:
  /// Returns which rows have a number that the network does not take.
  std::string refused(const std::string& x) {
    const OnnxType type = net_.float32 ? OnnxType::float32 : wide;
    const double largest = net_.float32 ? double{std::numeric_limits<float>::max()}
                                        : std::numeric_limits<double>::max();
    const std::string good =
        net_.indices > 0
            ? graph_.node(
                  "And", {graph_.node("GreaterOrEqual", {x, graph_.scalar(0, type)}),
                          graph_.node("Less",
                                      {x, graph_.scalar(static_cast<double>(net_.indices), type)})})
            : graph_.node("LessOrEqual", {graph_.node("Abs", {x}), graph_.scalar(largest, type)});
    const std::string wrong =
        graph_.node("Cast", {graph_.node("Not", {good})}, {{"to", code_of(OnnxType::int64)}});
    std::vector<std::int64_t> axes;
    for (std::size_t axis = 1; axis <= shape().size(); ++axis)
      axes.push_back(static_cast<std::int64_t>(axis));
    return graph_.node(
        "Cast",
        {graph_.node("ReduceMax", {wrong}, {{"axes", axes}, {"keepdims", std::int64_t{0}}})},
        {{"to", code_of(OnnxType::boolean)}});
  }
  std::size_t rows() const { return preparation_.rows(); }
  /// Returns the shape of what is prepared.
  std::vector<std::size_t> shape() const {
    if (rows() == 1 && is_straight(preparation_)) return {preparation_.outputs()};
    return {rows(), preparation_.row_outputs()};
  }
  const std::vector<Column>& columns() const { return preparation_.recipe().columns; }
  bool has_texts() const { return std::ranges::any_of(columns(), &Column::is_category); }

  /// What was learned of the columns, under the names of model.safetensors.
  void add_tensors() {
    const Preparation::Fit& fit = preparation_.fitted();
    for (const auto& [name, values] :
         {std::pair{"input/shift", &fit.shifts}, std::pair{"input/factor", &fit.factors},
          std::pair{"input/fill", &fit.fills}, std::pair{"input/target_shift", &fit.target_shifts},
          std::pair{"input/target_factor", &fit.target_factors}})
      if (const std::size_t size = values->size(); size > 0)
        graph_.tensor(name, *values, {&size, 1}, wide);
  }

  std::string all_numbers() {
    const std::size_t size = preparation_.inputs();
    const std::string name = graph_.free_name("input");
    graph_.input(name, wide, {&size, 1});
    return name;
  }
  std::string straight() {
    std::string x = all_numbers();
    if (rows() > 1)
      x = graph_.node("Reshape", {x, graph_.counts(onnx_shape({rows(), columns().size()}))});
    return divided(x);
  }
  std::string divided(const std::string& x) {
    const double by = preparation_.divide_by();
    return by == 1 ? x : graph_.node("Div", {x, graph_.scalar(by, wide)});
  }

  std::string by_slots() {
    read_columns();
    std::vector<std::string> slots;
    for (const Preparation::Slot& slot : preparation_.slots()) slots.push_back(mapped(slot));
    return graph_.node("Concat", slots, {{"axis", std::int64_t{2}}});
  }

  /// A column, as it is given and after filling and division.
  struct Read {
    std::string raw, value;
  };
  void read_columns() {
    const std::string all = has_texts() ? "" : all_numbers();
    const std::string shaped =
        all.empty()
            ? ""
            : graph_.node("Reshape", {all, graph_.counts(onnx_shape({rows(), columns().size()}))});
    for (std::size_t c = 0; c < columns().size(); ++c) {
      const auto at = static_cast<std::int64_t>(c);
      std::string x = all.empty() ? column_input(c)
                                  : graph_.node("Gather", {shaped, graph_.counts({at})},
                                                {{"axis", std::int64_t{2}}});
      x = without_gaps(x, columns()[c]);
      columns_.push_back({x, filled(x, c)});
    }
  }
  std::string column_input(std::size_t c) {
    const Column& column = columns()[c];
    const std::size_t size = rows();
    const std::string name =
        graph_.free_name(column.name.empty() ? "x" + std::to_string(c + 1) : column.name);
    graph_.input(name, column.is_category ? OnnxType::text : wide, {&size, 1});
    const std::string x = column.is_category ? index_of(name, c) : name;
    return graph_.node("Reshape", {x, graph_.counts(onnx_shape({size, 1}))});
  }
  /// Returns the number of a text. A missing value is NaN; a text that nnrun refuses gives
  /// infinity, which makes the answer NaN.
  std::string index_of(const std::string& texts, std::size_t c) {
    const Column& column = columns()[c];
    std::vector<std::string> keys = column.texts;
    std::vector<float> values;
    for (std::size_t i = 0; i < keys.size(); ++i) values.push_back(static_cast<float>(i));
    for (std::string& gap : missing_texts(net_, c)) {
      keys.push_back(std::move(gap));
      values.push_back(std::numeric_limits<float>::quiet_NaN());
    }
    const float other = column.unknown == UnknownRule::error
                            ? std::numeric_limits<float>::infinity()
                            : static_cast<float>(column.texts.size());
    const std::string index =
        graph_.node("LabelEncoder", {texts},
                    {{"keys_strings", keys}, {"values_floats", values}, {"default_float", other}},
                    domain_of_texts);
    return graph_.node("Cast", {index}, {{"to", code_of(wide)}});
  }
  /// A number that means a missing value is NaN.
  std::string without_gaps(std::string x, const Column& column) {
    const std::string given = x;
    for (const double gap : missing_numbers(column))
      x = graph_.node("Where", {graph_.node("Equal", {given, graph_.scalar(gap, wide)}),
                                graph_.scalar(std::numeric_limits<double>::quiet_NaN(), wide), x});
    return x;
  }
  std::string filled(const std::string& raw, std::size_t c) {
    const std::string x = divided(raw);
    if (!columns()[c].is_filled()) return x;
    return graph_.node("Where", {graph_.node("IsNaN", {raw}),
                                 graph_.scalar(preparation_.fitted().fills[c], wide), x});
  }

  std::string mapped(const Preparation::Slot& slot) {
    using Map = Preparation::Map;
    const Read& a = columns_[slot.a];
    switch (slot.map) {
      case Map::as_it_is:
        return a.value;
      case Map::product:
        return graph_.node("Mul", {a.value, columns_[slot.b].value});
      case Map::sine:
        return graph_.node("Sin", {a.value});
      case Map::cosine:
        return graph_.node(
            "Sin", {graph_.node("Add", {a.value, graph_.scalar(std::numbers::pi / 2, wide)})});
      case Map::equals:
        return equals(slot, a.value);
      case Map::is_missing:
        return as_number(graph_.node("IsNaN", {a.raw}));
    }
    return a.value;
  }
  std::string equals(const Preparation::Slot& slot, const std::string& x) {
    const std::string y = as_number(graph_.node("Equal", {x, graph_.scalar(slot.text, wide)}));
    const Column& column = columns()[slot.a];
    if (column.unknown != UnknownRule::error && column.is_filled()) return y;
    return graph_.node("Add", {y, graph_.node("Sub", {x, x})});  // NaN of what nnrun refuses
  }
  std::string as_number(const std::string& truth) {
    return graph_.node("Cast", {truth}, {{"to", code_of(wide)}});
  }

  OnnxGraph& graph_;
  const ExportedNetwork& net_;
  const Preparation& preparation_;
  std::vector<Read> columns_;
};

class AnswerNodes {
 public:
  AnswerNodes(OnnxGraph& graph, const ExportedNetwork& net) : graph_(graph), net_(net) {}

  void add(OnnxValue& last, const std::string& refused) {
    graph_.begin("output");
    std::string y = last.in(Order::row, graph_);
    if (net_.names.ordered) y = of_classes(y);
    const bool scaled = net_.preparation.scales_targets();
    if (scaled) y = in_units(y);
    const std::size_t size = net_.outputs();
    const std::string name = graph_.free_name("output");
    graph_.node_to(
        "Where",
        {graph_.node("Reshape", {refused, graph_.counts({-1, 1})}),
         graph_.scalar(std::numeric_limits<double>::quiet_NaN(), scaled ? wide : graph_.numbers()),
         y},
        {name});
    graph_.output(name, scaled ? wide : graph_.numbers(), {&size, 1});
    if (!net_.names.classes.empty()) add_class(name);
  }

 private:
  std::string column(const std::string& y, std::size_t c) {
    return graph_.node("Gather", {y, graph_.counts({static_cast<std::int64_t>(c)})},
                       {{"axis", std::int64_t{1}}});
  }
  /// Outputs say how likely a class above the first is, above the second, and so on; none counts
  /// more than the one before it.
  std::string of_classes(const std::string& y) {
    std::vector<std::string> classes;
    std::string before;
    for (std::size_t c = 0; c < net_.steps.back().cols; ++c) {
      const std::string own = column(y, c), most = before.empty() ? graph_.scalar(1) : before,
                        cut = graph_.node("Where", {graph_.node("Less", {most, own}), most, own});
      classes.push_back(graph_.node("Sub", {most, cut}));
      before = cut;
    }
    classes.push_back(before);
    return graph_.node("Concat", classes, {{"axis", std::int64_t{1}}});
  }
  std::string in_units(const std::string& y) {
    const std::string x = graph_.node("Cast", {y}, {{"to", code_of(wide)}}),
                      scaled = graph_.node("Add", {graph_.node("Div", {x, "input/target_factor"}),
                                                   "input/target_shift"});
    std::vector<bool> logs;
    for (std::size_t c = 0; c < net_.outputs(); ++c)
      logs.push_back(net_.preparation.recipe().scale_of_target(c) == TargetScale::log);
    if (std::ranges::find(logs, true) == logs.end()) return scaled;
    if (std::ranges::find(logs, false) == logs.end()) return graph_.node("Exp", {scaled});
    std::vector<std::string> columns;
    for (std::size_t c = 0; c < logs.size(); ++c) {
      const std::string own = column(scaled, c);
      columns.push_back(logs[c] ? graph_.node("Exp", {own}) : own);
    }
    return graph_.node("Concat", columns, {{"axis", std::int64_t{1}}});
  }

  void add_class(const std::string& y) {
    // a row with a NaN is of no class
    const std::string nans = graph_.node("Cast", {graph_.node("IsNaN", {y})},
                                         {{"to", code_of(OnnxType::int64)}}),
                      has_nan = graph_.node("Cast",
                                            {graph_.node("ReduceMax", {nans},
                                                         {{"axes", std::vector<std::int64_t>{1}},
                                                          {"keepdims", std::int64_t{0}}})},
                                            {{"to", code_of(OnnxType::boolean)}});
    std::string index;
    if (net_.outputs() == 1) {
      const std::string flat = graph_.node("Reshape", {y, graph_.counts({-1})});
      index = graph_.node("Cast", {graph_.node("Greater", {flat, graph_.scalar(net_.border)})},
                          {{"to", code_of(OnnxType::int64)}});
    } else {
      index =
          graph_.node("ArgMax", {y}, {{"axis", std::int64_t{1}}, {"keepdims", std::int64_t{0}}});
    }
    std::vector<std::int64_t> keys;
    for (std::size_t i = 0; i < net_.names.classes.size(); ++i)
      keys.push_back(static_cast<std::int64_t>(i));
    const std::string name = graph_.free_name("class");
    index = graph_.node("Where", {has_nan, graph_.counts({-1}), index});
    graph_.node_to("LabelEncoder", {index}, {name},
                   {{"keys_int64s", keys},
                    {"values_strings", net_.names.classes},
                    {"default_string", std::string()}},
                   domain_of_texts);
    graph_.output(name, OnnxType::text, {});
  }

  OnnxGraph& graph_;
  const ExportedNetwork& net_;
};

}  // namespace

OnnxRows onnx_preparation(OnnxGraph& graph, const ExportedNetwork& net) {
  return PreparationNodes(graph, net).rows_of_file();
}

void onnx_answer(OnnxGraph& graph, const ExportedNetwork& net, const std::string& refused,
                 OnnxValue& last) {
  AnswerNodes(graph, net).add(last, refused);
}

}  // namespace nnrun::host
