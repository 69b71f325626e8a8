#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "cli/rows_to_predict.hpp"
#include "datasets/npy_table.hpp"
namespace nnrun::host {
namespace {

/// Calls work, and throws what it throws as DataError.
auto as_data_error(auto work) try { return work(); } catch (const nnrun::Error& e) {
  throw DataError(Problem{.what = e.what(), .where = e.where(), .hint = e.hint()});
}

class TableRows final : public RowsToPredict {
 public:
  TableRows(const std::string& file, const TextSettings& settings, InputColumns columns,
            const KeptColumns& kept)
      : table_(as_data_error([&] { return NpyTable(file, settings.format.numbers); })),
        columns_(std::move(columns)) {
    as_data_error([&] {
      for (const std::string& words : kept.words) keep(words);
      if (!kept.series.empty()) series_at_ = table_.column(kept.series);
      columns_.find_in(table_);
      for (std::size_t i = 0; kept.all && i < table_.names().size(); ++i) kept_at_.push_back(i);
    });
    fields_.resize(kept_at_.size());
    order_.emplace(table_.names(), kept);
  }

  bool next() override {
    if (!as_data_error([&] { return table_.next(); })) return false;
    order_->add(table_);
    for (std::size_t i = 0; i < kept_at_.size(); ++i) fields_[i] = table_.field(kept_at_[i]);
    return true;
  }
  std::span<const double> inputs() override {
    x_.clear();
    for (std::size_t i = 0; i < columns_.size(); ++i) try {
        x_.push_back(columns_.read(table_, i));
      } catch (const nnrun::Error& e) {
        Problem problem{.what = e.what(), .where = e.where(), .hint = e.hint()};
        if (columns_.is_unknown_text(table_, i)) problem.hint += words_for_unknown(columns_[i]);
        throw DataError(std::move(problem));
      }
    return x_;
  }
  std::string place() const override { return table_.place(); }
  std::vector<std::string> kept_names() const override {
    std::vector<std::string> names;
    for (const std::size_t at : kept_at_) names.push_back(table_.names()[at]);
    return names;
  }
  std::span<const std::string_view> kept() const override { return fields_; }
  std::vector<std::string> doubts() override { return order_->doubts(); }
  std::string_view series() const override {
    return series_at_ ? table_.field(*series_at_) : std::string_view();
  }

 private:
  /// Keeps the column of a name, or those of several with commas between.
  void keep(const std::string& words) {
    const bool is_name = std::ranges::count(table_.names(), words) > 0;
    for (const std::string& name : is_name ? std::vector{words} : split(words, ',')) {
      const std::size_t at = table_.column(name);
      if (std::ranges::count(kept_at_, at) == 0) kept_at_.push_back(at);
    }
  }

  NpyTable table_;
  InputColumns columns_;
  std::vector<std::size_t> kept_at_;
  std::optional<std::size_t> series_at_;
  std::vector<std::string_view> fields_;
  std::vector<double> x_;
  std::optional<OrderOfRows> order_;
};

}  // namespace

bool is_stored_table(const std::string& file) {
  return as_data_error([&] { return NpyTable::is_of_records(file); });
}

std::unique_ptr<RowsToPredict> rows_of_table(const std::string& file, const TextSettings& settings,
                                             InputColumns columns, const KeptColumns& kept) {
  return std::make_unique<TableRows>(file, settings, std::move(columns), kept);
}

}  // namespace nnrun::host
