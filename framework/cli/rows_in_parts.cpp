// Rows that one thread at a time reads, and any works on.
#include "cli/rows_to_predict.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t numbers_in_part = std::size_t{1} << 16, most_rows_in_part = 4096;

class ReaderOfRead final : public ReaderOfParts {
 public:
  void begin(RowsTaken rows) override {
    rows_ = std::move(rows.rows);
    next_ = 0;
  }
  bool next() override {
    if (next_ == rows_.size()) return false;
    const RowsTaken::Read& row = rows_[next_++];
    kept_.assign(row.kept.begin(), row.kept.end());
    return true;
  }
  std::span<const double> inputs() override {
    const RowsTaken::Read& row = rows_[next_ - 1];
    if (row.problem) throw DataError(*row.problem);
    return row.inputs;
  }
  std::string place() const override { return rows_[next_ - 1].place; }
  std::span<const std::string_view> kept() const override { return kept_; }

 private:
  std::vector<RowsTaken::Read> rows_;
  std::size_t next_ = 0;
  std::vector<std::string_view> kept_;
};

class PartsOfRead final : public RowsInParts {
 public:
  explicit PartsOfRead(RowsToPredict& rows) : rows_(rows) {}

  bool take(RowsTaken& taken) override {
    if (failed_) std::rethrow_exception(std::exchange(failed_, nullptr));
    taken.rows.clear();
    try {
      for (std::size_t numbers = 0;
           numbers < numbers_in_part && taken.rows.size() < most_rows_in_part;) {
        if (!rows_.next()) break;
        RowsTaken::Read& row = taken.rows.emplace_back();
        row.place = rows_.place();
        row.kept.assign(rows_.kept().begin(), rows_.kept().end());
        try {
          const std::span<const double> inputs = rows_.inputs();
          row.inputs.assign(inputs.begin(), inputs.end());
        } catch (const DataError& e) {
          row.problem = e.problems().front();
        }
        numbers += row.inputs.size() + 1;
      }
    } catch (const DataError&) {  // after the rows before it
      if (taken.rows.empty()) throw;
      failed_ = std::current_exception();
    }
    return !taken.rows.empty();
  }
  std::unique_ptr<ReaderOfParts> reader() const override {
    return std::make_unique<ReaderOfRead>();
  }

 private:
  RowsToPredict& rows_;
  std::exception_ptr failed_;
};

}  // namespace

std::unique_ptr<RowsInParts> RowsToPredict::in_parts() {
  return std::make_unique<PartsOfRead>(*this);
}

}  // namespace nnrun::host
