#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <unordered_map>

#include "base/did_you_mean.hpp"
#include "cli/rows_to_predict.hpp"
namespace nnrun::host {
namespace {

/// A value of a line. text: as CSV would have it; plain: it is a number of JSON.
struct JsonField {
  std::string text;
  bool plain = false;
  bool yes_or_no = false;  ///< true or false
};

/// Takes the values of one line as the parser finds them: those of an object by their keys, those
/// of an array in order. Each function returns whether the parser is to go on.
class LineReader final : public nlohmann::ordered_json::json_sax_t {
 public:
  explicit LineReader(const std::vector<std::string>& names) : names_(names) {
    for (std::size_t i = 0; i < names.size(); ++i) at_.emplace(names[i], i);
  }

  /// Reads a line: the values of the names, and no others. Throws nnrun::Error.
  void read(std::string_view line, const std::string& place) {
    fields_.assign(names_.size(), std::nullopt);
    what_.clear();
    depth_ = count_ = 0;
    is_array_ = false;
    nlohmann::ordered_json::sax_parse(line, this);
    if (!what_.empty()) throw nnrun::Error(what_, place, hint_for(line));
  }
  bool is_array() const { return is_array_; }
  std::size_t count() const { return count_; }  ///< of the values of an array
  const std::optional<JsonField>& operator[](std::size_t i) const { return fields_[i]; }

  bool null() override { return take({}); }
  bool boolean(bool value) override { return take({value ? "true" : "false", false, true}); }
  bool number_integer(number_integer_t value) override {
    return take({value == 0 ? "-0" : std::to_string(value), true});  // of those below 0
  }
  bool number_unsigned(number_unsigned_t value) override {
    return take({std::to_string(value), true});
  }
  bool number_float(number_float_t, const string_t& text) override { return take({text, true}); }
  bool string(string_t& text) override { return take({std::move(text)}); }
  bool binary(binary_t&) override { return false; }  // JSON has none
  bool start_object(std::size_t) override { return begin("an object"); }
  bool start_array(std::size_t) override {
    is_array_ = is_array_ || depth_ == 0;
    return begin("a list");
  }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }
  bool key(string_t& name) override {
    if (depth_ != 1) return true;
    const auto found = at_.find(name);
    slot_ = found == at_.end() ? none : found->second;
    return slot_ == none || !fields_[slot_] || refuse("has '" + name + "' twice");
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::ordered_json::exception& error) override {
    constexpr int out_of_range = 406;
    return refuse(error.id == out_of_range ? "holds a number that is too large"
                                           : "is not JSON: see column " + std::to_string(position));
  }

 private:
  static constexpr std::size_t none = ~std::size_t{0};

  bool refuse(std::string what) {
    if (what_.empty()) what_ = std::move(what);
    return false;
  }
  /// Finds the place of the next value, if it is one of the line's own.
  std::size_t next_slot() {
    if (depth_ != 1) return none;
    if (!is_array_) return slot_;
    return count_++ < fields_.size() ? count_ - 1 : none;
  }
  bool take(JsonField field) {
    if (depth_ == 0) return refuse("is not an object or a list");
    if (const std::size_t slot = next_slot(); slot != none) fields_[slot] = std::move(field);
    return true;
  }
  bool begin(const char* what) {
    const std::size_t slot = next_slot();
    ++depth_;
    return slot == none ||
           refuse("'" + names_[slot] + "' must be a number, a text or null, not " + what);
  }
  bool end() {
    --depth_;
    return true;
  }
  static std::string hint_for(std::string_view line) {
    if (line.find("NaN") != line.npos) return "a missing value is null";
    return "each line is a row: {\"size\": 80, \"city\": \"Bern\"}, or [80, \"Bern\"]";
  }

  const std::vector<std::string>& names_;
  std::unordered_map<std::string, std::size_t> at_;
  std::vector<std::optional<JsonField>> fields_;
  std::string what_;
  std::size_t depth_ = 0, slot_ = none, count_ = 0;
  bool is_array_ = false;
};

constexpr std::size_t lines_in_part = std::size_t{1} << 16;  // of lines that a thread takes

class JsonRows final : public ReaderOfParts {
 public:
  JsonRows(std::unique_ptr<std::istream> in, const std::string& name, const TextSettings& settings,
           InputColumns columns, std::vector<std::string> kept, const std::string& series)
      : in_(std::move(in)),
        name_(name),
        lines_(std::in_place, *in_, name_, "utf-8"),
        columns_(std::move(columns)),
        row_("", settings.format.numbers),
        names_(names_of(columns_, kept, series)),
        line_(names_),
        kept_names_(std::move(kept)),
        kept_(kept_names_.size()) {
    columns_.take_all();
    for (const std::string& kept_name : kept_names_)
      kept_at_.push_back(
          static_cast<std::size_t>(std::ranges::find(names_, kept_name) - names_.begin()));
    if (!series.empty())
      series_at_ = static_cast<std::size_t>(std::ranges::find(names_, series) - names_.begin());
  }
  /// Reads lines that were taken off the same file.
  explicit JsonRows(const JsonRows& whole)
      : name_(whole.name_),
        columns_(whole.columns_),
        row_(whole.row_),
        names_(whole.names_),
        line_(names_),
        kept_names_(whole.kept_names_),
        kept_at_(whole.kept_at_),
        kept_(kept_names_.size()),
        whole_(&*whole.lines_) {}

  std::unique_ptr<RowsInParts> in_parts() override;
  void begin(RowsTaken rows) override {
    in_ = std::make_unique<std::istringstream>(std::move(rows.text));
    lines_.emplace(*in_, *whole_, rows.line);
  }
  bool take(RowsTaken& taken) {
    taken.text.clear();
    taken.line = lines_->number() + 1;
    if (failed_) std::rethrow_exception(std::exchange(failed_, nullptr));
    try {
      while (taken.text.size() < lines_in_part && lines_->next())
        taken.text.append(lines_->line()) += lines_->line_end();
    } catch (const nnrun::Error& e) {
      const DataError error(problem_of(e));
      if (taken.text.empty()) throw error;
      failed_ = std::make_exception_ptr(error);
    }
    return !taken.text.empty();
  }

  /// Empty lines are no rows.
  bool next() override {
    try {
      do
        if (!lines_->next()) return false;
      while (trimmed(lines_->line()).empty());
    } catch (const nnrun::Error& e) {
      throw DataError(problem_of(e));
    }
    wrong_.reset();
    std::ranges::fill(kept_, std::string_view());
    try {
      line_.read(lines_->line(), place());
    } catch (const nnrun::Error& e) {
      wrong_ = problem_of(e);
      return true;
    }
    for (std::size_t i = 0; i < kept_.size(); ++i)
      if (const auto& field = line_[kept_at_[i]]; field && !line_.is_array())
        kept_[i] = field->text;
    return true;
  }
  std::span<const double> inputs() override {
    if (wrong_) throw DataError(*wrong_);
    if (line_.is_array() && line_.count() != columns_.size())
      throw DataError(Problem{.what = "expected " + std::to_string(columns_.size()) +
                                      " values, found " + std::to_string(line_.count()),
                              .where = place()});
    row_.clear(place());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!line_[i])
        throw DataError(Problem{.what = "has no '" + names_[i] + "'",
                                .where = place(),
                                .hint = hint_for_missing(names_[i])});
      row_.add(line_[i]->yes_or_no ? as_known(line_[i]->text, columns_[i]) : line_[i]->text,
               line_[i]->plain);
    }
    x_.clear();
    for (std::size_t i = 0; i < columns_.size(); ++i) try {
        x_.push_back(columns_.read(row_, i));
      } catch (const nnrun::Error& e) {
        Problem problem = problem_of(e);
        if (columns_.is_unknown_text(row_, i)) problem.hint += words_for_unknown(columns_[i]);
        throw DataError(std::move(problem));
      }
    return x_;
  }
  std::string place() const override { return name_ + ":" + std::to_string(lines_->number()); }
  std::vector<std::string> kept_names() const override { return kept_names_; }
  std::span<const std::string_view> kept() const override { return kept_; }
  std::string_view series() const override {
    if (!series_at_ || wrong_ || line_.is_array() || !line_[*series_at_]) return {};
    return line_[*series_at_]->text;
  }

 private:
  /// Returns what to do for a key that the present line does not have: a key like it may be there.
  std::string hint_for_missing(const std::string& name) const {
    std::vector<std::string> others;
    const auto line = nlohmann::json::parse(lines_->line(), nullptr, false);
    for (const auto& [key, value] : line.items())
      if (std::ranges::count(names_, key) == 0) others.push_back(key);
    const auto meant = nearest(name, others);
    return (meant ? "did you mean '" + *meant + "'? " : std::string()) + "a missing value is null";
  }
  /// Returns true or false of JSON as a column has it: True, say, or TRUE, if it has one of them.
  static std::string as_known(const std::string& text, const CsvColumn& column) {
    std::string found;
    for (const std::string& known : column.texts())
      if (small_lettered(known) == text) found = found.empty() ? known : text;
    return found.empty() ? text : found;
  }
  static std::string small_lettered(std::string text) {
    for (char& c : text)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
  }
  static Problem problem_of(const nnrun::Error& e) {
    return {.what = e.what(), .where = e.where(), .hint = e.hint()};
  }
  /// Returns the keys that are read: those of the inputs, then those that are kept, and that of the
  /// series.
  static std::vector<std::string> names_of(const InputColumns& columns,
                                           std::vector<std::string> kept,
                                           const std::string& series) {
    if (!series.empty()) kept.push_back(series);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < columns.size(); ++i) names.push_back(columns[i].name());
    for (const std::string& name : kept)
      if (std::ranges::count(names, name) == 0) names.push_back(name);
    return names;
  }

  std::unique_ptr<std::istream> in_;
  std::string name_;
  std::optional<TextLines> lines_;
  InputColumns columns_;
  WrittenRow row_;
  std::vector<std::string> names_;
  LineReader line_;
  std::vector<std::string> kept_names_;
  std::vector<std::size_t> kept_at_;  // of the names
  std::optional<std::size_t> series_at_;
  std::vector<std::string_view> kept_;
  std::optional<Problem> wrong_;  // with the present line as a whole
  std::vector<double> x_;
  const TextLines* whole_ = nullptr;  // of the file, if these are some of its lines
  std::exception_ptr failed_;         // what could not be taken
};

class PartsOfJson final : public RowsInParts {
 public:
  explicit PartsOfJson(JsonRows& whole) : whole_(whole) {}
  bool take(RowsTaken& rows) override { return whole_.take(rows); }
  std::unique_ptr<ReaderOfParts> reader() const override {
    return std::make_unique<JsonRows>(whole_);
  }

 private:
  JsonRows& whole_;
};

std::unique_ptr<RowsInParts> JsonRows::in_parts() {
  return std::make_unique<PartsOfJson>(*this);
}

}  // namespace

std::unique_ptr<RowsToPredict> rows_of_json(std::unique_ptr<std::istream> in,
                                            const std::string& name, const TextSettings& settings,
                                            InputColumns columns, std::vector<std::string> kept,
                                            const std::string& series) {
  return std::make_unique<JsonRows>(std::move(in), name, settings, std::move(columns),
                                    std::move(kept), series);
}

}  // namespace nnrun::host
