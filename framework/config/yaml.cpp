// The one file that knows yaml-cpp, and of it only the events: its own trees take the first of two
// equal keys, drop what follows a document, and turn "7" into 7 and `010` into 8.
#include "config/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include "config/source_text.hpp"
namespace nnrun::host {
namespace {

// ---- events to tree ----

/// Returns the length in bytes of the quoted text that starts here, quotes included; 0 if it does
/// not end in its line: yaml-cpp takes the rest of the file for a text that is never closed.
std::size_t length_of_quoted(std::string_view line) {
  const char quote = line.front();
  for (std::size_t i = 1; i < line.size(); ++i) {
    const bool pair = i + 1 < line.size() && line[i + 1] == '\'' && line[i] == '\'';
    if (quote == '"' ? line[i] == '\\' : pair)
      ++i;
    else if (line[i] == quote)
      return i + 1;
  }
  return 0;
}

/// Returns the length of a tag, an anchor or an alias.
std::size_t length_of_word(std::string_view line) {
  return std::min(line.find_first_of(" ,]}"), line.size());
}

bool is_null_word(std::string_view line) {
  constexpr std::array<std::string_view, 4> words{"~", "null", "Null", "NULL"};
  return std::ranges::count(words, line.substr(0, length_of_word(line))) != 0;
}

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(SourcePtr source, Budget& budget, Problems& problems)
      : source_(std::move(source)), budget_(budget), problems_(problems) {}

  ConfigNode take_root() { return std::move(root_); }
  /// Returns the offset just after the last thing that was understood.
  std::size_t reached() const { return reached_; }
  /// Returns the offset of the innermost open bracket.
  std::size_t bracket() const {
    for (std::size_t i = open_.size(); i-- > 0;)
      if (const char c = source_->text[open_[i].offset]; c == '[' || c == '{')
        return open_[i].offset;
    return reached_;
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!std::exchange(started_, true)) return;
    const std::string_view rest = std::string_view(source_->text).substr(offset_of(mark));
    if (rest.starts_with("---"))
      refuse(place_of(mark, 3), "a second YAML document in one config", "one file is one config");
    if (root_.is(ConfigNode::Kind::null))
      refuse(place_of(mark), "a config cannot start with '" + letter_at(rest, 0) + "'",
             "start with 'name: my_network'");
    refuse(place_of(mark), "this is not part of the config",
           "the config ended before this; check indentation and brackets");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    // A missing item is found where the next thing begins, perhaps lines below. So its place is the
    // dash or comma before it.
    const std::string_view text = source_->text;
    const std::size_t end = offset_of(mark);
    const std::size_t begin = std::min(reached_, end);
    const std::size_t gap =
        std::min(text.substr(begin, end - begin).find_first_of("-,"), end - begin) + begin;
    ConfigNode node = made(mark, ConfigNode::Kind::null, "?");
    const auto lines = std::ranges::count(text.substr(gap, end - gap), '\n');
    if (gap < end && static_cast<std::size_t>(lines) < node.place.line) {
      node.place.line -= static_cast<std::size_t>(lines);
      node.place.column = gap - (gap == 0 ? 0 : text.rfind('\n', gap - 1) + 1) + 1;
    }
    if (is_null_word(rest_of_line(mark))) node.text = "null";
    put(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    ConfigNode node = made(mark, ConfigNode::Kind::broken, "?");
    node.place.length = length_of_word(rest_of_line(mark));
    problems_.add(node.place, "aliases (*name) are not supported", "write the value out");
    put(std::move(node));
  }

  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    problems_.add(place_of(mark, name.size() + 1), "anchors (&name) are not supported",
                  "write the value out where it is needed");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    ConfigNode node = made(mark, ConfigNode::Kind::scalar, tag);
    node.place.length = length_of(node.place, rest_of_line(mark), tag, value);
    node.quoted = tag == "!";  // yaml-cpp's tag for quoted and block scalars
    node.text = value;
    reached_ = offset_of(mark) + node.place.length;
    put(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(offset_of(mark), made(mark, ConfigNode::Kind::list, tag));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    open(offset_of(mark), made(mark, ConfigNode::Kind::map, tag));
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    std::size_t offset;
    ConfigNode node;
    bool has_key = false;
    std::string key;
    Place key_place;
  };

  std::size_t offset_of(const YAML::Mark& mark) const {
    return std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), source_->text.size());
  }
  Place place_of(const YAML::Mark& mark, std::size_t length = 1) const {
    return {source_, static_cast<std::size_t>(std::max(mark.line, 0)) + 1,
            static_cast<std::size_t>(std::max(mark.column, 0)) + 1, length};
  }
  std::string_view rest_of_line(const YAML::Mark& mark) const {
    const std::string_view rest = std::string_view(source_->text).substr(offset_of(mark));
    return rest.substr(0, rest.find('\n'));
  }

  static std::size_t length_of(const Place& place, std::string_view line, const std::string& tag,
                               const std::string& value) {
    const char first = line.empty() ? ' ' : line.front();
    if (first == '!' || first == '&') return length_of_word(line);  // refused, the value follows
    if (tag == "!" && first != '"' && first != '\'') return 1;      // a block of lines
    if (tag != "!" && line.starts_with(value)) return value.size();
    const std::size_t length = tag == "!" ? length_of_quoted(line) : 0;
    if (length != 0) return length;
    if (tag == "!")
      refuse(place, "this text is not closed in its line", "end it with the same quote");
    refuse({place.source, place.line, place.column, line.size()},
           "this value goes on in the next line",
           "a ',', ']', '}' or ':' is missing, or the next line is indented too far");
  }

  ConfigNode made(const YAML::Mark& mark, ConfigNode::Kind kind, const std::string& tag) {
    Place place = place_of(mark);
    if (budget_.nodes == 0) refuse(place, "the config has more than 100000 parts");
    --budget_.nodes;
    reached_ = std::max(reached_, offset_of(mark));
    // "!" is also the tag of every quoted scalar
    const bool tagged = tag != "?" && (tag != "!" || source_->text[offset_of(mark)] == '!');
    if (tagged) place.length = length_of_word(rest_of_line(mark));
    if (tagged) problems_.add(place, "tags (!name) are not supported", "delete the tag");
    return {.kind = kind, .entries = {}, .place = std::move(place)};
  }

  void open(std::size_t offset, ConfigNode node) {
    if (open_.size() == deepest_config)
      refuse(node.place, "maps and lists are nested more than 64 deep");
    open_.push_back(
        {.offset = offset, .node = std::move(node), .has_key = false, .key = {}, .key_place = {}});
  }

  void close() {
    ConfigNode node = std::move(open_.back().node);
    open_.pop_back();
    put(std::move(node));
  }

  bool expects_key() const {
    return open_.back().node.is(ConfigNode::Kind::map) && !open_.back().has_key;
  }

  void put(ConfigNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (expects_key()) {
      put_key(std::move(node));
    } else if (open_.back().node.is(ConfigNode::Kind::list)) {
      open_.back().node.items.push_back(std::move(node));
    } else {
      put_value(std::move(node));
    }
  }

  void put_key(ConfigNode node) {
    if (node.is(ConfigNode::Kind::list) || node.is(ConfigNode::Kind::map))
      refuse(node.place, "a key must be a single word, not " + described(node),
             "write 'key: value'");
    if (!node.is(ConfigNode::Kind::scalar) || node.text.empty())
      refuse(node.place, "a key is missing here", "write 'key: value'");
    Open& map = open_.back();
    map.has_key = true;
    map.key = std::move(node.text);
    map.key_place = std::move(node.place);
  }

  void put_value(ConfigNode node) {
    Open& map = open_.back();
    map.has_key = false;
    if (node.is(ConfigNode::Kind::null) && node.text.empty()) node.place = map.key_place;
    if (const ConfigEntry* first = find_entry(map.node, map.key)) {
      problems_.add(map.key_place, "'" + map.key + "' is given twice", "delete one of the two",
                    "the first is in line " + std::to_string(first->place.line));
    } else if (map.key == "<<") {
      problems_.add(map.key_place, "'<<' is not supported",
                    "use extends to build on another config");
    } else {
      if (map.node.entries.size() == largest_map)
        refuse(map.key_place, "a map has more than 1000 keys");
      map.node.entries.push_back({std::move(map.key), std::move(map.key_place), std::move(node)});
    }
  }

  SourcePtr source_;
  Budget& budget_;
  Problems& problems_;
  std::vector<Open> open_;
  ConfigNode root_;
  std::size_t reached_ = 0;
  bool started_ = false;
};

// ---- yaml-cpp's messages, for people ----

struct Translation {
  std::string_view theirs, what, hint;
};
constexpr std::string_view same_column =
    "the keys of one map, or the items of one list, start in the same column";
constexpr std::array translations{
    Translation{"end of map not found", "this line does not fit the lines above", same_column},
    Translation{"end of sequence not found", "this line does not fit the lines above", same_column},
    Translation{"illegal flow end", "this bracket closes nothing",
                "every ']' needs a '[' before it, every '}' a '{'"},
    Translation{"illegal block entry", "a list item cannot start here",
                "start every '- ' on a line of its own, all in the same column"},
    Translation{"illegal map key", "a key cannot start here",
                "start every key on a line of its own"},
    Translation{"illegal document indicator in scalar", "the config ends inside a text",
                "close the quotes"},
};

/// Returns the ':' in the previous line that is not followed by a space, as in `seed:1`.
std::size_t colon_without_space(std::string_view text, std::size_t offset) {
  const std::size_t end = text.rfind('\n', offset);
  if (end == text.npos || end == 0) return text.npos;
  const std::string_view line = line_at(text, end - 1);
  const std::size_t colon = line.find(':');
  if (colon == line.npos || colon + 1 == line.size() || line.find(": ") != line.npos)
    return text.npos;
  return static_cast<std::size_t>(line.data() - text.data()) + colon;
}

/// Refuses a ':' in the wrong place. Usually the cause is a missing space, an unquoted text or
/// indentation.
[[noreturn]] void refuse_colon(const SourcePtr& source, std::size_t offset) {
  const std::string_view text = source->text;
  const std::string_view line = line_at(text, offset);
  const std::size_t column = static_cast<std::size_t>(text.data() + offset - line.data());
  if (line.substr(0, column).find(": ") != line.npos)
    refuse(place_at(source, offset), "a second ':' in one value",
           "put a text that contains ': ' in quotes");
  const std::size_t tight = colon_without_space(text, offset);
  if (tight != text.npos)
    refuse(place_at(source, tight), "a space is missing after this ':'", "write 'key: value'");
  refuse(place_at(source, offset), "this ':' does not fit the lines above",
         std::string(same_column));
}

[[noreturn]] void refuse_open_bracket(const SourcePtr& source, std::size_t offset) {
  const std::string bracket = letter_at(source->text, offset);
  refuse(place_at(source, offset),
         "this '" + bracket + "' is not closed, or a ',' is missing in it",
         bracket == "[" ? "write [value, value]" : "write {key: value, key: value}");
}

[[noreturn]] void translate(const SourcePtr& source, const YAML::ParserException& error,
                            const TreeBuilder& builder) {
  const std::string_view text = source->text;
  const std::size_t offset =
      std::min(static_cast<std::size_t>(std::max(error.mark.pos, 0)), text.size());
  const Place place = place_at(source, offset);
  if (error.msg == "illegal map value") refuse_colon(source, offset);
  if (error.msg.ends_with("flow not found")) refuse_open_bracket(source, builder.bracket());
  if (error.msg == "illegal EOF in scalar")
    refuse(place_at(source, std::min(text.find_first_of("\"'", builder.reached()), offset)),
           "this text is not closed in its line", "end it with the same quote");
  if (error.msg.starts_with("unknown escape character"))
    refuse(place, "'\\" + letter_at(text, offset) + "' means nothing in double quotes",
           "write \\\\ for a backslash, or use single quotes");
  if (error.msg == "unknown token")
    refuse(place, "a text cannot start with '" + letter_at(text, offset) + "'", "put it in quotes");
  for (const auto& [word, example] : {std::pair("tag", "tags (!name)"),
                                      {"alias", "aliases (*name)"},
                                      {"referenced", "aliases (*name)"},
                                      {"anchor", "anchors (&name)"}})
    if (error.msg.find(word) != error.msg.npos)
      refuse(place, std::string(example) + " are not supported",
             "put a text that starts so in quotes");
  const auto found = std::ranges::find(translations, error.msg, &Translation::theirs);
  if (found != translations.end())
    refuse(place, std::string(found->what), std::string(found->hint));
  refuse(place, "this is not YAML: " + error.msg);
}

}  // namespace

ConfigNode parse_yaml(const SourcePtr& source, std::size_t skip, Budget& budget,
                      Problems& problems) {
  refuse_bad_text(source);
  std::string text = source->text;
  std::fill_n(text.begin(), std::min(skip, text.size()), ' ');  // so that columns stay right
  std::istringstream stream(std::move(text));
  TreeBuilder builder(source, budget, problems);
  try {
    YAML::Parser parser(stream);
    // The builder refuses a second document. Never ask for a third: "," never ends.
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
  } catch (const YAML::ParserException& error) {
    translate(source, error, builder);
  }
  return builder.take_root();
}

}  // namespace nnrun::host
