#include <algorithm>
#include <optional>
#include <utility>

#include "cli/rows_to_predict.hpp"
#include "training/windows.hpp"
namespace nnrun::host {
namespace {

class WindowRows final : public RowsToPredict {
 public:
  WindowRows(std::unique_ptr<RowsToPredict> rows, std::size_t length, std::string name)
      : rows_(std::move(rows)), length_(length), name_(std::move(name)) {}

  bool next() override {
    do {
      if (!rows_->next()) {
        if (count_ < length_) refuse_short();
        return false;
      }
      take();
    } while (count_ < length_);
    return true;
  }
  std::span<const double> inputs() override {
    if (wrong_) throw DataError(*wrong_);
    return std::span(x_).last(length_ * width_);
  }
  std::string place() const override { return rows_->place(); }
  std::vector<std::string> kept_names() const override { return rows_->kept_names(); }
  std::span<const std::string_view> kept() const override { return rows_->kept(); }

 private:
  /// Adds the present row. One that cannot be answered spoils every window that it is in.
  void take() {
    ++count_;
    if (wrong_ && count_ >= wrong_at_ + length_) wrong_.reset();
    try {
      const std::span<const double> row = rows_->inputs();
      width_ = row.size();
      if (x_.size() >= 2 * length_ * width_)  // seldom: most of it moves but once
        x_.erase(x_.begin(), x_.end() - static_cast<std::ptrdiff_t>(length_ * width_));
      x_.insert(x_.end(), row.begin(), row.end());
    } catch (const DataError& e) {
      wrong_ = e.problems().front();
      wrong_->hint = hint_in_series(wrong_->hint);
      wrong_->what = rows_->place() + ", a row of its window: " + wrong_->what;
      wrong_at_ = count_;
      x_.resize(x_.size() + width_);
    }
  }
  [[noreturn]] void refuse_short() const {
    throw DataError(Problem{.what = "has " + std::to_string(count_) +
                                    (count_ == 1 ? " row" : " rows") + ", fewer than a window of " +
                                    std::to_string(length_),
                            .where = name_,
                            .hint = "the run answers from " + std::to_string(length_) +
                                    " rows that follow each other in time"});
  }

  std::unique_ptr<RowsToPredict> rows_;
  std::size_t length_, width_ = 0, count_ = 0;  // numbers of a row; rows so far
  std::string name_;
  std::vector<double> x_;  // the last rows; more than a window
  std::optional<Problem> wrong_;
  std::size_t wrong_at_ = 0;
};

}  // namespace

std::unique_ptr<RowsToPredict> windows_of_rows(std::unique_ptr<RowsToPredict> rows,
                                               std::size_t length, const std::string& name) {
  return std::make_unique<WindowRows>(std::move(rows), length, name);
}

}  // namespace nnrun::host
