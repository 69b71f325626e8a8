#include <algorithm>

#include "cli/rows_to_predict.hpp"
#include "datasets/idx_file.hpp"
#include "datasets/npy_file.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t numbers_at_once = std::size_t{1} << 16;

template <class File>
class ArrayRows final : public RowsToPredict {
 public:
  ArrayRows(File file, std::size_t inputs) : file_(std::move(file)) {
    if (file_.cols() == inputs) return;
    throw DataError(Problem{
        .what = "an example of this run has " + std::to_string(inputs) +
                (inputs == 1 ? " number" : " numbers") + ", one of this file " +
                std::to_string(file_.cols()),
        .where = file_.path(),
        .hint =
            file_.cols() == 1 && file_.count() == inputs
                ? "a single example is an array of one row: save x.reshape(1, -1)"
                : "its examples are what its first size counts: " + std::to_string(file_.count())});
  }

  bool next() override {
    if (next_ == file_.count()) return false;
    if (next_ == first_ + x_.size() / file_.cols()) read();
    ++next_;
    return true;
  }
  std::span<const double> inputs() override {
    return std::span(x_).subspan((next_ - 1 - first_) * file_.cols(), file_.cols());
  }
  std::string place() const override { return file_.place(next_ - 1); }

 private:
  void read() try {
    const std::size_t most = std::max<std::size_t>(1, numbers_at_once / file_.cols());
    x_.resize(std::min(most, file_.count() - next_) * file_.cols());
    first_ = next_;
    file_.read(first_, x_.size() / file_.cols(), x_.data());
  } catch (const nnrun::Error& e) {
    throw DataError(Problem{.what = e.what(), .where = e.where(), .hint = e.hint()});
  }

  File file_;
  std::size_t first_ = 0, next_ = 0;  // the first example of x_; the one after the present one
  std::vector<double> x_;
};

template <class File, class... Arguments>
std::unique_ptr<RowsToPredict> rows_of(std::size_t inputs, const Arguments&... arguments) try {
  return std::make_unique<ArrayRows<File>>(File(arguments...), inputs);
} catch (const nnrun::Error& e) {
  throw DataError(Problem{.what = e.what(), .where = e.where(), .hint = e.hint()});
}

}  // namespace

std::unique_ptr<RowsToPredict> rows_of_npy(const std::string& file, const std::string& array,
                                           std::size_t inputs) {
  return rows_of<NpyFile>(inputs, file, array);
}
std::unique_ptr<RowsToPredict> rows_of_idx(const std::string& file, std::size_t inputs) {
  return rows_of<IdxFile>(inputs, file);
}

}  // namespace nnrun::host
