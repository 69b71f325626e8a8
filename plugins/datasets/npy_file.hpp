// An array in the format of NumPy, versions 1 to 3. numpy.org, "numpy.lib.format".
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "npy_header.hpp"

class NpyFile {
 public:
  /// array: which one of an npz file; empty for the only one, and for npy files. Reads the header
  /// and checks it against the size of the file. Everything throws nnrun::Error with the file and,
  /// if there is one, the offset.
  NpyFile(const std::string& file, const std::string& array);

  const std::string& path() const { return in_.name(); }
  std::size_t count() const { return sizes_[0]; }
  /// Returns the shape of one example, without the count. Empty if the array has one dimension.
  std::vector<std::size_t> shape() const { return {sizes_.begin() + 1, sizes_.end()}; }
  std::size_t cols() const { return cols_; }  ///< numbers of one example
  /// Returns whether going back unpacks the array from its start.
  bool is_packed() const { return in_.is_packed(); }

  /// NaN is a number that is missing from now on, not one that is refused.
  void keep_missing() { keeps_missing_ = true; }
  /// Reads examples from … from + n - 1, contiguous; memory does not depend on the file's size.
  void read(std::size_t from, std::size_t n, double* out);
  /// Returns the place of an example: `y.npy, row 3`.
  std::string place(std::size_t example) const;

 private:
  void understand(const NpyHeader& header);
  std::size_t take(std::size_t byte, std::size_t n, double* out);
  void read_columns(std::size_t from, std::size_t n, double* out);
  [[noreturn]] void refuse_number(std::size_t example, std::size_t number) const;

  ArrayBytes in_;
  nnrun::FileAsOpened opened_;
  std::size_t start_ = 0;  // of the numbers
  StoredType type_;
  bool is_fortran_ = false, keeps_missing_ = false;
  std::size_t width_ = 0;  // bytes of a number
  std::vector<std::size_t> sizes_;
  std::size_t cols_ = 1;
  std::vector<char> bytes_;  // of what is being read
};
