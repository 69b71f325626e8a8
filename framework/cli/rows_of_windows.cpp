#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/shown_text.hpp"
#include "cli/rows_to_predict.hpp"
#include "training/windows.hpp"
namespace nnrun::host {
namespace {

/// The last rows of a series.
struct LastRows {
  std::size_t count = 0;  // rows so far
  std::vector<double> x;  // the last of them; more than a window
  std::optional<Problem> wrong;
  std::size_t wrong_at = 0;
};

class WindowRows final : public RowsToPredict {
 public:
  WindowRows(std::unique_ptr<RowsToPredict> rows, std::size_t length, std::string name,
             std::string group)
      : rows_(std::move(rows)), length_(length), name_(std::move(name)), group_(std::move(group)) {}

  bool next() override {
    do {
      if (!rows_->next()) {
        if (!any_) refuse_short();
        return false;
      }
      now_ = &series_of_row();
      take(*now_);
    } while (now_->count < length_);
    any_ = true;
    return true;
  }
  std::span<const double> inputs() override {
    if (now_->wrong) throw DataError(*now_->wrong);
    return std::span(now_->x).last(length_ * width_);
  }
  std::string place() const override { return rows_->place(); }
  std::vector<std::string> kept_names() const override { return rows_->kept_names(); }
  std::span<const std::string_view> kept() const override { return rows_->kept(); }
  std::string note() const override { return rows_->note(); }
  std::vector<std::string> doubts() override {
    std::vector<std::string> all = rows_->doubts();
    if (std::string words = words_of_short_series(); !words.empty())
      all.push_back(std::move(words));
    return all;
  }

 private:
  /// Returns which series have no answer, since they are shorter than a window; empty if none is.
  std::string words_of_short_series() const {
    constexpr std::size_t most_named = 5;
    std::vector<std::string> names;
    for (const auto& [name, rows] : series_)
      if (rows.count < length_) names.push_back(name);
    if (names.empty()) return {};
    std::ranges::sort(names);
    std::string words = std::to_string(names.size()) + " of " + std::to_string(series_.size()) +
                        " series by '" + group_ + "' " + (names.size() == 1 ? "has" : "have") +
                        " fewer than the " + std::to_string(length_) +
                        " rows of a window, and so no answer: ";
    for (std::size_t i = 0; i < std::min(names.size(), most_named); ++i)
      words += (i > 0 ? ", '" : "'") + shown(names[i]) + "'";
    return words + (names.size() > most_named ? ", …" : "");
  }
  LastRows& series_of_row() {
    constexpr std::size_t most = 100'000;
    const std::string_view name = rows_->series();
    if (name.empty() && !group_.empty()) refuse_without_series();
    LastRows& found = series_[std::string(name)];
    longest_ = std::max(longest_, found.count + 1);
    if (series_.size() > most)
      throw DataError(
          Problem{.what = "'" + group_ + "' names more than " + std::to_string(most) + " series",
                  .where = rows_->place()});
    return found;
  }
  /// Adds the present row. One that cannot be answered spoils every window that it is in.
  void take(LastRows& last) {
    ++last.count;
    if (last.wrong && last.count >= last.wrong_at + length_) last.wrong.reset();
    std::vector<double>& x = last.x;
    try {
      const std::span<const double> row = rows_->inputs();
      width_ = row.size();
      if (x.size() >= 2 * length_ * width_)  // seldom: most of it moves but once
        x.erase(x.begin(), x.end() - static_cast<std::ptrdiff_t>(length_ * width_));
      x.insert(x.end(), row.begin(), row.end());
    } catch (const DataError& e) {
      last.wrong = e.problems().front();
      last.wrong->hint = hint_in_series(last.wrong->hint);
      last.wrong->what = rows_->place() + ", a row of its window: " + last.wrong->what;
      last.wrong_at = last.count;
      x.resize(x.size() + width_);
    }
  }
  /// Throws what is wrong with the row as a whole, or that it does not name its series.
  [[noreturn]] void refuse_without_series() {
    (void)rows_->inputs();
    throw DataError(Problem{.what = "has no '" + group_ +
                                    "', which says to which series a row "
                                    "belongs",
                            .where = rows_->place(),
                            .hint = "fill it in, or take the row out"});
  }
  [[noreturn]] void refuse_short() const {
    throw DataError(Problem{.what = (group_.empty() ? "has " : "has at the most ") +
                                    std::to_string(longest_) + (longest_ == 1 ? " row" : " rows") +
                                    (group_.empty() ? "" : " of a series") +
                                    ", fewer than a window of " + std::to_string(length_),
                            .where = name_,
                            .hint = "the run answers from " + std::to_string(length_) +
                                    " rows that follow each other in time"});
  }

  std::unique_ptr<RowsToPredict> rows_;
  std::size_t length_, width_ = 0, longest_ = 0;  // numbers of a row; rows of a series so far
  std::string name_, group_;
  std::unordered_map<std::string, LastRows> series_;  // by name; without a group, one
  LastRows* now_ = nullptr;                           // that of the present row
  bool any_ = false;                                  // has been a window
};

}  // namespace

std::unique_ptr<RowsToPredict> windows_of_rows(std::unique_ptr<RowsToPredict> rows,
                                               std::size_t length, const std::string& name,
                                               const std::string& group) {
  return std::make_unique<WindowRows>(std::move(rows), length, name, group);
}

}  // namespace nnrun::host
