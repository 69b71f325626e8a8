#include <algorithm>
#include <optional>

#include "cli/rows_to_predict.hpp"
#include "datasets/idx_file.hpp"
#include "datasets/npy_file.hpp"
#include "network/graph.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t numbers_at_once = std::size_t{1} << 16;

template <class File>
class ArrayRows final : public RowsToPredict {
 public:
  ArrayRows(File file, std::size_t inputs, const nnrun_shape& shape) : file_(std::move(file)) {
    if (file_.cols() == inputs) {
      require_order(shape);
      return;
    }
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

  /// Throws DataError if the numbers of an example lie in another order than the model's input.
  void require_order(const nnrun_shape& shape) const {
    const std::vector<std::size_t> sizes = file_.shape();
    if (sizes.size() > NNRUN_MAX_RANK) return;
    nnrun_shape given{static_cast<std::uint32_t>(sizes.size()), {}};
    std::ranges::copy(sizes, given.sizes);
    if (size_of(shape) != file_.cols() || lie_alike(given, shape)) return;
    throw DataError(Problem{.what = "an example of this run is " + text_of(shape) +
                                    ", one of this file " + text_of(given) +
                                    ": the numbers lie in another order",
                            .where = file_.path(),
                            .hint = "move the axes of the array"});
  }

  bool next() override {
    if (next_ == file_.count()) return false;
    if (next_ == first_ + x_.size() / file_.cols()) read();
    ++next_;
    return true;
  }
  std::span<const double> inputs() override {
    if (wrong_) throw DataError(*wrong_);
    return std::span(x_).subspan((next_ - 1 - first_) * file_.cols(), file_.cols());
  }
  std::string place() const override { return file_.place(next_ - 1); }

 private:
  /// Reads as many examples as fit, or, where one of these cannot be read, one by one.
  void read() {
    const std::size_t most = std::max<std::size_t>(1, numbers_at_once / file_.cols()),
                      n = std::min(most, file_.count() - next_);
    if (next_ >= one_by_one_until_ && !read(n)) one_by_one_until_ = next_ + n;
    if (next_ < one_by_one_until_) read(1);
  }
  /// Returns whether it could.
  bool read(std::size_t n) try {
    x_.resize(n * file_.cols());
    first_ = next_;
    wrong_.reset();
    file_.read(first_, n, x_.data());
    return true;
  } catch (const nnrun::Error& e) {
    wrong_ = Problem{.what = e.what(), .where = e.where(), .hint = e.hint()};
    return false;
  }

  File file_;
  std::size_t first_ = 0, next_ = 0;  // the first example of x_; the one after the present one
  std::vector<double> x_;
  std::size_t one_by_one_until_ = 0;
  std::optional<Problem> wrong_;  // with the only example of x_
};

template <class File>
std::unique_ptr<RowsToPredict> rows_of(std::size_t inputs, const nnrun_shape& shape,
                                       auto open) try {
  return std::make_unique<ArrayRows<File>>(open(), inputs, shape);
} catch (const nnrun::Error& e) {
  throw DataError(Problem{.what = e.what(), .where = e.where(), .hint = e.hint()});
}

}  // namespace

std::unique_ptr<RowsToPredict> rows_of_npy(const std::string& file, const std::string& array,
                                           std::size_t inputs, const nnrun_shape& shape,
                                           bool keeps_missing) {
  return rows_of<NpyFile>(inputs, shape, [&] {
    NpyFile npy(file, array);
    if (keeps_missing) npy.keep_missing();
    return npy;
  });
}
std::unique_ptr<RowsToPredict> rows_of_idx(const std::string& file, std::size_t inputs,
                                           const nnrun_shape& shape) {
  return rows_of<IdxFile>(inputs, shape, [&] { return IdxFile(file); });
}

}  // namespace nnrun::host
