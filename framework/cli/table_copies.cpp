#include "cli/table_copies.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <nnrun/gzip_input.hpp>
#include <unordered_map>
#include <unordered_set>

#include "cli/field_kinds.hpp"
#include "config/flow_yaml.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t most_rows = 1'000'000;  // that are looked at for copies
constexpr std::size_t most_pairs = 20'000;    // rows in which columns are set beside the target

/// A column beside the target, row by row.
class Beside {
 public:
  /// is_x, is_y: whether value and target are numbers, x and y.
  void take(const std::string& value, const std::string& target, bool is_x, bool is_y, double x,
            double y) {
    ++rows_;
    line_.take(is_x && is_y, x, y);
    if (is_x && classes_.size() <= 2) {
      auto& [low, high] = classes_.try_emplace(target, x, x).first->second;
      low = std::min(low, x);
      high = std::max(high, x);
    }
    are_x_ = are_x_ && is_x;
    if (!follows_) return;
    const auto [known, is_new] = targets_.emplace(value, target);
    follows_ = known->second == target;
    numbers_ = numbers_ && is_x && is_y;
    if (is_new && numbers_) points_.emplace_back(x, y);
  }
  /// Returns whether each value goes with one of the target: of few classes, where values repeat,
  /// of two that a border parts, of a number that rises or falls with it, or that is a line of it
  /// but for rounding.
  bool gives_target_away(std::size_t different_targets) {
    constexpr std::size_t few_classes = 50, repeats = 5, enough = 8;
    if (rows_ >= enough && different_targets == 2 && are_parted()) return true;
    if (different_targets > few_classes && line_.is_one()) return true;
    if (!follows_) return false;
    if (different_targets <= few_classes && targets_.size() * repeats <= rows_) return true;
    return numbers_ && points_.size() >= enough && different_targets > few_classes / 5 &&
           rises_or_falls();
  }

 private:
  /// Sums for a straight line through points, seen from the first of them.
  class Line {
   public:
    void take(bool is_point, double x, double y) {
      are_points_ = are_points_ && is_point;
      if (!are_points_) return;
      if (n_++ == 0) first_ = {x, y};
      const double a = x - first_.first, b = y - first_.second;
      a_ += a, b_ += b, aa_ += a * a, ab_ += a * b, bb_ += b * b;
    }
    /// Returns whether the line explains all but a hundred thousandth of the variance.
    bool is_one() const {
      const auto n = static_cast<double>(n_);
      const double across = n * ab_ - a_ * b_, both = (n * aa_ - a_ * a_) * (n * bb_ - b_ * b_);
      return are_points_ && both > 0 && across * across > 0.99999 * both;
    }

   private:
    bool are_points_ = true;
    std::size_t n_ = 0;
    std::pair<double, double> first_;
    double a_ = 0, b_ = 0, aa_ = 0, ab_ = 0, bb_ = 0;
  };

  /// Returns whether all numbers of one class are above those of the other.
  bool are_parted() const {
    if (!are_x_ || classes_.size() != 2) return false;
    const auto &a = classes_.begin()->second, &b = std::next(classes_.begin())->second;
    return a.second < b.first || b.second < a.first;
  }

  bool rises_or_falls() {
    std::ranges::sort(points_);
    bool rises = true, falls = true;
    for (std::size_t i = 1; i < points_.size(); ++i) {
      rises = rises && points_[i].second > points_[i - 1].second;
      falls = falls && points_[i].second < points_[i - 1].second;
    }
    return rises || falls;
  }

  bool follows_ = true, numbers_ = true, are_x_ = true;
  Line line_;
  std::map<std::string, std::pair<double, double>> classes_;  // their numbers; three are too many
  std::size_t rows_ = 0;
  std::unordered_map<std::string, std::string> targets_;  // of each value
  std::vector<std::pair<double, double>> points_;         // different numbers, and their targets
};

std::string name_of(const ColumnProfile& column) {
  return flow_yaml(text_node(column.name));
}

/// What reading the rows once more finds.
class Copies {
 public:
  Copies(const TableProfile& table, const std::vector<const ColumnProfile*>& used,
         const ColumnProfile& target)
      : table_(table), used_(used), target_(target), columns_(used.size()), filled_(used.size()) {}

  void take(const CsvReader& rows) {
    if (++rows_ <= most_rows) look_for_copy(rows);
    const std::size_t at = table_.place_of(target_);
    const std::string target(rows.field(at));
    if (rows_ > most_pairs || is_usual_gap(target) || is_total()) return;
    targets_.insert(target);
    for (std::size_t i = 0; i < used_.size(); ++i) {
      const std::size_t own = table_.place_of(*used_[i]);
      const std::string value(rows.field(own));
      filled_[i].take(is_usual_gap(value) ? "" : "filled", target, false, false, 0, 0);
      if (is_usual_gap(value)) continue;
      double x = 0, y = 0;
      const bool is_x = rows.is_number(own, x), is_y = rows.is_number(at, y);
      columns_[i].take(value, target, is_x, is_y, x, y);
    }
  }

  std::vector<std::string> sentences() {
    std::vector<std::string> out;
    if (copies_ * 100 >= rows_ && static_cast<double>(copies_) > 5 + 2 * copies_by_chance())
      out.push_back(
          std::to_string(copies_) + (copies_ == 1 ? " row is a copy" : " rows are copies") +
          " of rows above: the training and the test part may share them, and scores look "
          "better than they are");
    for (std::size_t i = 0; i < used_.size(); ++i)
      if (columns_[i].gives_target_away(targets_.size()))
        out.push_back("each value of " + name_of(*used_[i]) + " goes with one of " +
                      name_of(target_) + ": make it unused if it is known only when " +
                      name_of(target_) + " is");
      else if (filled_[i].gives_target_away(targets_.size()))
        out.push_back("whether " + name_of(*used_[i]) + " is filled in goes with " +
                      name_of(target_) + ": make it unused if it is filled in only when " +
                      name_of(target_) + " is known");
    return out;
  }

 private:
  /// Returns how many copies there would be if each column were drawn by itself. Of many copies
  /// the target may follow from the others by a rule.
  double copies_by_chance() const {
    constexpr std::size_t many = 20;
    double same = 1;  // the chance that two rows are
    for (const ColumnProfile& column : table_.columns) {
      if (&column == &target_ && copies_ >= many) continue;
      const auto n = static_cast<double>(column.values() + column.gaps);
      double pairs = 0;
      const auto add = [&](std::size_t count) {
        pairs += static_cast<double>(count) * (static_cast<double>(count) - 1);
      };
      if (column.gaps > 0) add(column.gaps);
      for (const auto& entry : column.counts) add(entry.second);
      for (const auto& entry : column.different) add(entry.second);
      same *= n > 1 ? pairs / (n * (n - 1)) : 1;
    }
    const auto n = static_cast<double>(rows_);
    return std::min(n, n * n / 2 * same);
  }
  void look_for_copy(const CsvReader& rows) {
    std::string whole;
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      whole += rows.field(i);
      whole += '\0';
    }
    if (!seen_.insert(std::hash<std::string>()(whole)).second) ++copies_;
  }

  /// Returns whether the present row is called as sums are: that of two columns gives nothing away.
  bool is_total() const {
    return std::ranges::any_of(table_.totals,
                               [this](const TotalRow& total) { return total.row + 1 == rows_; });
  }

  const TableProfile& table_;
  const std::vector<const ColumnProfile*>& used_;
  const ColumnProfile& target_;
  std::vector<Beside> columns_, filled_;  // as used_: its values, and whether there is one
  std::size_t rows_ = 0, copies_ = 0;
  std::unordered_set<std::size_t> seen_;
  std::unordered_set<std::string> targets_;
};

}  // namespace

std::vector<std::string> copies_in(const TableProfile& table,
                                   const std::vector<const ColumnProfile*>& used,
                                   const ColumnProfile& target) {
  GzipInput in(table.file);
  CsvReader rows(in, table.file, table.format);
  Copies copies(table, used, target);
  while (rows.next()) copies.take(rows);
  return copies.sentences();
}

}  // namespace nnrun::host
