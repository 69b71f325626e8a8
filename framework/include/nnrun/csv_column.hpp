// How the fields of a column of a text file become numbers: the same for training and prediction.
#pragma once
#include <nnrun/abi.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <nnrun/csv.hpp>
#include <numeric>
#include <optional>
#include <unordered_map>

namespace nnrun {

/// The fields that mean that a value is missing, besides empty ones.
inline constexpr const char* usual_gaps[] = {"NA",  "N/A",  "n/a",  "#N/A", "NaN",
                                             "nan", "null", "NULL", "?",    "-"};

/// Returns how the numbers of a column are written. decimal: what stands before its fractions, if
/// that is not as in the rest of the file; else 0.
inline NumberFormat format_of_column(NumberFormat of_file, char decimal) {
  if (decimal == '\0') return of_file;
  of_file.decimal = decimal;
  of_file.thousands = decimal == ',' ? '.' : ',';
  return of_file;
}

/// Returns the numbers among gaps: -999 and the like, written as in that column, or else with a
/// point before fractions, as a config has them.
inline std::vector<double> numbers_among(const auto& gaps, const NumberFormat& how) {
  std::vector<double> numbers;
  for (const std::string_view gap : gaps)
    if (double x = 0; gap.find_first_of("0123456789") != gap.npos &&
                      (is_number(gap, x, how) || is_number(gap, x)) && std::isfinite(x) &&
                      std::ranges::count(numbers, x) == 0)
      numbers.push_back(x);
  return numbers;
}
/// Returns what float32 makes of a gap, -99.90000152587890625 of -99.9; the gap itself where that
/// is a whole number, which may be meant: 100000000 of 99999999.
inline double gap_in_float32(double gap) {
  const auto narrow = static_cast<double>(static_cast<float>(gap));
  return std::isfinite(narrow) && narrow != std::trunc(narrow) ? narrow : gap;
}
/// Returns whether a number is one of the gaps, however it is written or kept.
inline bool is_gap_number(std::span<const double> gaps, double x) {
  return std::ranges::any_of(gaps,
                             [x](double gap) { return x == gap || x == gap_in_float32(gap); });
}

/// Returns a column's name as a config has it: in quotes if YAML needs them.
inline std::string written_name(const std::string& name) {
  const bool plain = !name.empty() && name.find_first_of(",:{}[]'\"#&*!|>%@`\\") == name.npos &&
                     std::string_view(" -?").find(name.front()) == std::string_view::npos &&
                     name.back() != ' ';
  if (plain) return name;
  std::string text = "\"";
  for (const char c : name) text += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
  return text + "\"";
}

class CsvColumn {
 public:
  static constexpr std::size_t most_texts = 10000;
  static constexpr double missing = std::numeric_limits<double>::quiet_NaN();

  CsvColumn() = default;
  /// asked: what is said of it, or nullptr. gaps: fields that mean that a value is missing; must
  /// outlive the column.
  /// trained: a network was trained already, so that nothing can be said of the column any more.
  CsvColumn(std::string name, bool target, const nnrun_column* asked,
            std::span<const char* const> gaps, bool trained = false)
      : name_(std::move(name)),
        target_(target),
        trained_(trained),
        gaps_(gaps.begin(), gaps.end()) {
    take_asked(asked);
    for (auto& gap : gaps_) {
      if (gap.find_first_of("0123456789") != gap.npos) number_gaps_ = true;
      gap = detail::without_blanks(gap);
    }
  }
  /// Takes yes and true for 1, no and false for 0, as of several labels.
  void take_words() { takes_words_ = true; }
  /// Returns what the usual words mean, in letters of any size; nothing for other texts.
  static std::optional<bool> yes_or_no(std::string_view text) {
    constexpr std::size_t longest = 5;
    if (text.size() > longest) return {};
    std::string small(text);
    for (char& c : small)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const auto is_among = [&](std::initializer_list<std::string_view> words) {
      return std::find(words.begin(), words.end(), small) != words.end();
    };
    if (is_among({"yes", "true", "y", "t", "ja", "oui", "si", "s\xC3\xAD"})) return true;
    if (is_among({"no", "false", "n", "f", "nein", "non", "nee", "nej"})) return false;
    return {};
  }
  /// Tells of a unit that some other column of a trained network has: where this one has none, it
  /// means another thing.
  void know_foreign_unit(std::string_view unit) { foreign_units_.emplace_back(unit); }
  /// Makes it a category of these texts and no others.
  void set_texts(std::span<const std::string> texts) {
    texts_.clear();
    numbers_.clear();
    for (const std::string& text : texts) give(text);
  }

  const std::string& name() const { return name_; }
  bool is_category() const { return kind_ == NNRUN_COLUMN_CATEGORY; }
  bool is_declared() const { return declared_; }
  bool is_open() const { return open_; }  ///< new texts are still added
  /// Returns whether a field says that the value is missing.
  bool is_gap(std::string_view field) const {
    const std::string_view bare = detail::without_blanks(field);  // as within quotes
    if (bare.empty()) return true;
    return std::find(gaps_.begin(), gaps_.end(), bare) != gaps_.end() &&
           (open_ || !numbers_.contains(field));
  }
  bool drops_gaps() const { return (flags_ & NNRUN_DROP_GAPS) != 0; }
  std::uint32_t flags() const { return flags_; }
  const std::vector<std::string>& texts() const { return texts_; }
  /// Returns whether its numbers are written in another way than those of the file.
  bool has_own_decimal() const { return decimal_ != '\0'; }
  /// What stands beside its numbers, and where each was seen first; "" of numbers without anything.
  struct Unit {
    std::string text, place;
  };
  const std::vector<Unit>& units() const { return units_; }
  /// Returns why it is a category if nobody said so: "'red' in data.csv:2 is not a number".
  const std::string& reason() const { return reason_; }

  /// Sets x to the number of a field, where it is one of few digits in a column of nothing but
  /// numbers. Returns whether it is.
  bool read_short(const auto& rows, std::size_t at, double& x) const {
    return is_only_number_ && rows.is_short_number(at, x);
  }
  /// Returns the number of a field: that which it shows, the index of its text, or `missing`. rows:
  /// a CsvReader, or something else with the functions `field`, `text`, `is_number`,
  /// `is_short_number` and `place`. Throws Error, with file, line and what to do, for what it
  /// cannot be.
  double read(const auto& rows, std::size_t at) {
    double x = 0;
    if (read_short(rows, at, x)) [[likely]]
      return x;
    if (kind_ == NNRUN_COLUMN_AS_FOUND) find_kind(rows, at);
    const bool number = kind_ == NNRUN_COLUMN_NUMBER && is_number(rows, at, x) && std::isfinite(x);
    if (number && target_ && !declared_) require_digits(rows, at, x);
    if (number && x >= least_ && !number_gaps_) {
      const bool has_unit = take_unit(rows, at);
      is_only_number_ = !has_unit && !is_weight() && decimal_ == '\0';
      return x;
    }
    const std::string_view field = rows.field(at);
    if (is_gap(field) || (number && is_gap(rows, x))) return gap(rows, field);
    if (number_gaps_ && is_category() && is_gap_of_category(rows, at)) return gap(rows, field);
    if (number && x < least_) refuse_negative(rows, field);
    if (number) take_unit(rows, at);
    if (number) return x;
    if (kind_ == NNRUN_COLUMN_NUMBER) refuse_text(rows, rows.text(at));
    return category(rows, at);
  }

  /// Sorts the texts that were found, once the file is read. Returns the new index of each.
  std::vector<double> sort_texts() {
    std::vector<std::uint32_t> order(texts_.size());
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(),
              [this](std::uint32_t a, std::uint32_t b) { return texts_[a] < texts_[b]; });
    std::vector<double> now(order.size());
    std::vector<std::string> sorted;
    for (std::size_t i = 0; i < order.size(); ++i) {
      now[order[i]] = static_cast<double>(i);
      sorted.push_back(std::move(texts_[order[i]]));
    }
    texts_.clear();
    numbers_.clear();
    for (const std::string& text : sorted) give(text);
    return now;
  }

  /// Returns the settings by which a text is a number; nothing if there are none.
  static std::string number_settings(std::string_view text, const NumberFormat& now) {
    double x = 0;
    NumberFormat fraction = now, groups = now;
    if (nnrun::is_number(text, x, now)) return {};  // it is too large
    fraction.decimal = ',';
    groups.thousands = ',';
    if (now.decimal == '.' && text.find(',') != text.npos && nnrun::is_number(text, x, fraction))
      return std::string("if the comma stands before a fraction, write decimal: \",\"") +
             (nnrun::is_number(text, x, groups) ? "; if between thousands, thousands: \",\"" : "");
    const std::string settings = settings_text(format_for(text, now), now);
    return settings.empty() ? "" : "if it is a number, write " + settings;
  }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  void take_asked(const nnrun_column* asked) {
    if (asked == nullptr) return;
    kind_ = asked->kind;
    declared_ = kind_ != NNRUN_COLUMN_AS_FOUND;
    flags_ = asked->flags;
    if (is_weight()) least_ = 0;
    for (std::uint32_t i = 0; i < asked->n_texts; ++i) give(asked->texts[i]);
    if (asked->size < offsetof(nnrun_column, units) + sizeof asked->units) return;  // before 1.4
    gaps_.insert(gaps_.end(), asked->gaps, asked->gaps + asked->n_gaps);
    decimal_ = static_cast<char>(asked->decimal);
    for (std::uint32_t i = 0; trained_ && i < asked->n_units; ++i)
      units_.push_back({asked->units[i], {}});
  }
  void give(std::string_view text) {
    kind_ = NNRUN_COLUMN_CATEGORY;
    open_ = false;
    numbers_.emplace(text, texts_.size());
    texts_.emplace_back(text);
  }
  /// Returns whether a number is that of a gap, however either is written: -99 and -99.0.
  bool is_gap(const auto& rows, double x) {
    if (!number_gaps_) return false;
    if (!gap_numbers_) gap_numbers_ = numbers_among(gaps_, format_in(rows));
    return is_gap_number(*gap_numbers_, x);
  }

  /// Returns the same of a field that is one of its texts, unless it or the gap is a code: 01.
  bool is_gap_of_category(const auto& rows, std::size_t at) {
    const auto is_code = [](std::string_view text) {
      return text.size() > 1 && text[0] == '0' && detail::is_digit(text[1]);
    };
    double x = 0, y = 0;
    if (is_code(rows.field(at)) || !is_number(rows, at, x) || !is_gap(rows, x)) return false;
    const bool is_one = std::ranges::any_of(gaps_, [&](std::string_view gap) {
      return !is_code(gap) &&
             (nnrun::is_number(gap, y, format_in(rows)) || nnrun::is_number(gap, y)) && y == x;
    });
    return is_one && (open_ || !numbers_.contains(rows.field(at)));
  }

  /// Returns how the numbers of this column are written.
  NumberFormat format_in(const auto& rows) const {
    return format_of_column(rows.number_format(), decimal_);
  }
  bool is_number(const auto& rows, std::size_t at, double& x) const {
    if (takes_words_)
      if (const std::optional<bool> word = yes_or_no(rows.field(at))) {
        x = *word ? 1 : 0;
        return true;
      }
    return decimal_ == '\0' ? rows.is_number(at, x) : rows.is_number(at, x, format_in(rows));
  }

  /// Takes in what stands beside a number, and returns whether anything does. Throws Error for
  /// another unit than the column has: what stands beside numbers is left out, so 1.75 m would be
  /// less than 180 cm.
  bool take_unit(const auto& rows, std::size_t at) {
    const NumberFormat how = format_in(rows);
    if (how.symbols.empty() && units_.empty()) return false;
    const std::string unit = unit_beside(rows.field(at), how);
    const auto is_same = [&](const Unit& known) { return is_same_unit(known.text, unit); };
    if (std::ranges::any_of(units_, is_same)) return !unit.empty();
    if (trained_)
      require_unit_of_training(rows, at, unit);
    else
      add_unit(rows, at, unit);
    return !unit.empty();
  }
  void add_unit(const auto& rows, std::size_t at, const std::string& unit) {
    for (const Unit& other : units_) {
      // a number without a unit may be in that of the others, but 0.5 beside 20 % is not
      const bool one_has_none = other.text.empty() || unit.empty();
      if (one_has_none && !is_of_shares(other.text + unit)) continue;
      const auto word = [](const std::string& u) { return u.empty() ? "no unit" : "'" + u + "'"; };
      throw Error("column '" + name_ + "': '" + std::string(rows.field(at).substr(0, 40)) +
                      "' has " + word(unit) + ", but " + word(other.text) + " is in " +
                      other.place +
                      ": what stands beside a number is left out, so they would be mixed up",
                  rows.place(), "write all numbers of the column in one unit");
    }
    units_.push_back({unit, rows.place()});
  }
  void require_unit_of_training(const auto& rows, std::size_t at, const std::string& unit) const {
    const std::string found =
        "column '" + name_ + "': '" + std::string(rows.field(at).substr(0, 40)) + "' ";
    const auto own = std::ranges::find_if(units_, [](const Unit& u) { return !u.text.empty(); });
    if (unit.empty()) {
      // numbers of other programs have no unit: then they are in that of training
      if constexpr (requires { rows.shows_units(); })
        if (own != units_.end() && is_of_shares(own->text))
          throw Error(found + "has no " + own->text + ", but the numbers of training had",
                      rows.place(), hint_for_share(own->text, format_in(rows).decimal));
      return;
    }
    if (own != units_.end())
      throw Error(
          found + "is in '" + unit + "', but the numbers of training were in '" + own->text + "'",
          rows.place(), "write it in " + own->text);
    if (std::ranges::count(foreign_units_, unit) > 0)
      throw Error(found + "is in '" + unit + "', but the numbers of training had no unit here",
                  rows.place(), "write the number alone, in the unit that training meant");
  }

  /// The first field that is there decides.
  void find_kind(const auto& rows, std::size_t at) {
    const std::string_view field = rows.field(at);
    if (is_gap(field)) return;
    double x = 0;
    kind_ = is_number(rows, at, x) ? NNRUN_COLUMN_NUMBER : NNRUN_COLUMN_CATEGORY;
    first_ = "'" + std::string(field.substr(0, 40)) + "' in " + rows.place();
    if (is_category()) reason_ = first_ + " is not a number";
  }

  std::string key(const std::string& what) const {
    return "columns: {" + written_name(name_) + ": " + what + "}";
  }

  double gap(const auto& rows, std::string_view field) const {
    if ((flags_ & (NNRUN_KEEP_GAPS | NNRUN_DROP_GAPS)) != 0) return missing;
    if (is_weight())
      throw Error("column '" + name_ + "': an example does not say what it counts", rows.place(),
                  trained_ ? "write 0 where it is not to count"
                           : "write 0, or leave such rows out: " + key("{missing: drop}"));
    const std::string fill = key(is_category() ? "{missing: most_frequent}" : "{missing: median}");
    const std::string drop = "write " + key("{missing: drop}") + " to leave such rows out";
    throw Error("column '" + name_ + "': a value is missing" +
                    (field.empty() ? "" : ", '" + std::string(field) + "'"),
                rows.place(),
                trained_ && target_ ? "a row that is measured needs its target: leave it out"
                : trained_
                    ? "the run does not fill it in: train with " + fill + ", or leave the row out"
                : target_ ? drop
                          : "write " + fill + " to fill it in, or " + drop.substr(6));
  }

  bool is_weight() const { return (flags_ & NNRUN_WEIGHT) != 0; }
  [[noreturn]] void refuse_negative(const auto& rows, std::string_view field) const {
    throw Error("column '" + name_ + "': an example cannot count " + std::string(field) +
                    ", less than nothing",
                rows.place(), "write 0 where it is not to count");
  }
  static std::string hint_for_share(const std::string& unit, char decimal) {
    const std::string sign(1, decimal);
    return "write it with " + unit + ": 23" + sign + "8" + unit + ", say, for 0" + sign + "238";
  }
  [[noreturn]] void refuse_text(const auto& rows, std::string_view field) const {
    std::string hint = number_settings(field, format_in(rows));
    constexpr std::string_view doubt = "if it is a number, write symbols";
    if (trained_ && hint.starts_with(doubt))  // 1.8 m is 180 where the run has cm
      hint = hint_for_unit(hint.substr(doubt.size()), field);
    if (is_cut_short(field))
      hint = "write the number in full";
    else if (const std::string number = with_minus_before(field); !number.empty())
      hint = "a minus stands before its number: write " + number;
    else if (are_names(rows))
      hint = trained_ && field != name_
                 ? "if the first row names the columns, take it out: the run calls them x1, x2, "
                   "..., in their order"
                 : std::string("if the first row names the columns, write header: true") +
                       (trained_ ? "" : " in data");
    else if (!hint.empty())
      hint += trained_ ? "" : " in data";
    else if (is_weight())
      hint = "'weights' names a column of numbers: what each example counts";
    else if (yes_or_no(field) && (trained_ || !first_.empty()))
      hint = "the column has numbers elsewhere: write 1 for yes, and 0 for no";
    else if (!declared_ && !first_.empty() && target_)
      hint = "the first row has a number here; if the column holds classes, write classes: [...]";
    else if (!declared_ && !first_.empty())
      hint = "the column is read as numbers because of " + first_ + "; if it holds texts, write " +
             key("category");
    else if (!trained_)
      hint = "mend it; or, if it stands for a missing value, write " +
             key("{gaps: [\"" + std::string(field.substr(0, 40)) +
                 "\"], missing: " + (target_ ? "drop}" : "median}"));
    throw Error("column '" + name_ + "': expected a finite number, found '" +
                    std::string(field.substr(0, 40)) + "'",
                rows.place(), hint);
  }

  /// Returns whether a row may be one of names, as the first of a file that should have none is.
  static bool are_names(const auto& rows) {
    if constexpr (requires { rows.may_be_names(); }) return rows.may_be_names();
    return false;
  }

  /// Returns what to do about a number with something beside it that the run does not know.
  std::string hint_for_unit(const std::string& setting, std::string_view field) const {
    const auto own = std::ranges::find_if(units_, [](const Unit& u) { return !u.text.empty(); });
    if (own != units_.end())
      return "the numbers of training were in '" + own->text + "': write it so";
    if (field.find('%') != field.npos)
      return "the run has numbers without % here: write 0.238, say, for 23.8% if they are "
             "fractions";
    return "if it is the same number without that, write symbols" + setting;
  }

  /// Throws Error for a target such as an id of 19 digits, of which two may become one number.
  void require_digits(const auto& rows, std::size_t at, double x) const {
    if (has_too_many_digits(rows.field(at), x))
      throw Error("column '" + name_ + "': '" + std::string(rows.field(at).substr(0, 40)) +
                      "' has more digits than a number keeps, so that two of them may become one",
                  rows.place(),
                  "if the column holds classes, write classes: [...]; if it holds amounts, write " +
                      key("number"));
  }

  double category(const auto& rows, std::size_t at) {
    const std::string_view text = rows.text(at);
    const auto known = numbers_.find(text);
    if (known != numbers_.end()) return static_cast<double>(known->second);
    if (const std::size_t same = same_number(rows, at); same < texts_.size())
      return static_cast<double>(same);
    if (!open_ && (flags_ & NNRUN_KEEP_UNKNOWN) != 0) return static_cast<double>(texts_.size());
    if (!open_)
      throw Error("column '" + name_ + "': unknown " + (target_ ? "class" : "text") + " '" +
                      std::string(text.substr(0, 40)) + "'",
                  rows.place(), list_of_texts(text));
    if (double x = 0; !target_ && !declared_ && is_number(rows, at, x))
      throw Error("column '" + name_ + "' has texts and numbers: '" +
                      std::string(text.substr(0, 40)) + "' is a number, " + first_ + " is not",
                  rows.place(),
                  "if all are texts, write " + key("category") + "; else mend that row");
    if (texts_.size() == most_texts)
      throw Error(
          "column '" + name_ + "' has more than " + std::to_string(most_texts) + " different texts",
          rows.place(),
          target_ ? "name the target column in 'targets'" : "leave it out: " + key("unused"));
    const auto number = texts_.size();
    numbers_.emplace(text, number);
    texts_.emplace_back(text);
    return static_cast<double>(number);
  }
  /// Returns which of the texts that are all is the same number as a field: 1 for 1.0; otherwise
  /// how many there are, as where two texts are that number, or where a double would round it.
  std::size_t same_number(const auto& rows, std::size_t at) {
    constexpr double most = 9007199254740992;  // 2^53
    double x = 0;
    const auto is_exact = [](double y) { return y > -most && y < most; };
    const bool number =
        !open_ && (rows.is_number(at, x) ||
                   nnrun::is_number(trimmed(rows.field(at)), x, rows.number_format()));
    if (!number || !is_exact(x)) return texts_.size();
    if (!values_known_)
      for (std::size_t i = 0; i < texts_.size(); ++i)
        if (double y = 0; nnrun::is_number(texts_[i], y, rows.number_format()) && is_exact(y))
          if (const auto [place, is_new] = by_value_.emplace(y, i); !is_new)
            place->second = texts_.size();
    values_known_ = true;
    const auto found = by_value_.find(x);
    return found == by_value_.end() ? texts_.size() : found->second;
  }
  /// Returns a line about a text that differs from one of those that are known in capital letters
  /// of ASCII, or in blanks that do not show as such, and in nothing else.
  std::string likely_text(std::string_view field) const {
    const auto lowered = [](std::string text) {
      for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      return text;
    };
    const auto plain = [&](std::string_view text) {
      return lowered(std::string(detail::without_blanks(detail::with_keys(text))));
    };
    const std::string wanted = lowered(std::string(field)), shown = plain(field);
    for (const std::string& text : texts_)
      if (lowered(text) == wanted)
        return "\nit differs from '" + text + "' in capital letters: write them alike";
    for (const std::string& text : texts_)
      if (plain(text) == shown)
        return "\nit differs from '" + text + "' in blanks that do not show: write them alike";
    return {};
  }
  std::string list_of_texts(std::string_view field) const {
    std::string all;
    for (const std::string& text : texts_) {
      if (all.size() > 400) {
        all += ", …";
        break;
      }
      all += (all.empty() ? "" : ", ") + text;
    }
    return (target_ ? "the classes are: " : "the run knows: ") + all + likely_text(field) +
           (target_
                ? ""
                : "\nwrite " + key("{unknown: ignore}") + " to train for rows of none of these");
  }

  std::string name_;
  bool target_ = false, trained_ = false, declared_ = false, open_ = true;
  bool takes_words_ = false;     // yes is 1, no is 0
  bool number_gaps_ = false;     // some gap, such as -999, may be a number: it is looked for first
  bool is_only_number_ = false;  // whatever is a number is its number
  std::uint32_t kind_ = NNRUN_COLUMN_AS_FOUND, flags_ = 0;
  bool values_known_ = false;  // by_value_ is filled
  char decimal_ = '\0';        // before its fractions, if they are written in a way of their own
  double least_ = -std::numeric_limits<double>::infinity();
  std::vector<std::string_view> gaps_;
  std::optional<std::vector<double>> gap_numbers_;  // of those that are numbers, once one is read
  std::vector<std::string> texts_;
  std::string first_, reason_;
  std::vector<Unit> units_;
  std::vector<std::string> foreign_units_;
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> numbers_;
  std::unordered_map<double, std::size_t> by_value_;  // of texts that are numbers, once asked for
};

}  // namespace nnrun
