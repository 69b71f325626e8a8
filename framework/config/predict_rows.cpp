#include "config/predict_rows.hpp"

#include "base/text.hpp"
#include "config/flow_yaml.hpp"
namespace nnrun::host {
namespace {

void add_value(PredictRow& row, const ConfigNode& node, Problems& problems) {
  if (node.is_forgotten())
    problems.add(node.place, "a value is missing here",
                 "write null where the table would have no value");
  else if (node.is(ConfigNode::Kind::list) || node.is(ConfigNode::Kind::map))
    problems.add(node.place,
                 "a value of a row must be a number, a text or null, not " + described(node));
  const bool is_missing = node.is(ConfigNode::Kind::null);
  row.values.push_back({is_missing ? "" : node.text, node.quoted, node.place});
}

ConfigNode node_of(const WrittenValue& value) {
  if (value.text.empty()) return plain_node("null");
  return !value.quoted && parse_double(value.text) ? plain_node(value.text) : text_node(value.text);
}

}  // namespace

PredictRow read_written_row(const ConfigNode& node, Problems& problems) {
  PredictRow row{.place = node.place};
  for (const ConfigNode& item : node.items) add_value(row, item, problems);
  for (const auto& [name, place, value] : node.entries) {
    row.columns.push_back(name);
    add_value(row, value, problems);
  }
  const bool is_row = node.is(ConfigNode::Kind::list) || node.is(ConfigNode::Kind::map);
  if (!is_row || row.values.empty())
    problems.add(node.place,
                 "a row of 'predict' must be a list of values, or a map of them by column, not " +
                     (is_row ? "an empty one" : described(node)),
                 "write predict: [[80, Zurich, null]], or [{size: 80, city: Zurich, built: null}]");
  return row;
}

ConfigNode node_of(const PredictRow& row) {
  ConfigNode node{.kind = row.columns.empty() ? ConfigNode::Kind::list : ConfigNode::Kind::map};
  for (std::size_t i = 0; i < row.values.size(); ++i)
    if (row.columns.empty())
      node.items.push_back(node_of(row.values[i]));
    else
      node.entries.push_back({row.columns[i], {}, node_of(row.values[i])});
  return node;
}

}  // namespace nnrun::host
