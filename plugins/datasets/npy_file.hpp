// An array in the format of NumPy, versions 1 to 3. numpy.org, "numpy.lib.format".
#pragma once
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

class NpyFile {
 public:
  /// Reads the header and checks it against the size of the file. Everything throws nnrun::Error
  /// with the file and, if there is one, the offset.
  explicit NpyFile(std::string path);

  const std::string& path() const { return path_; }
  std::size_t count() const { return sizes_[0]; }
  /// Returns the shape of one example, without the count. Empty if the array has one dimension.
  std::vector<std::size_t> shape() const { return {sizes_.begin() + 1, sizes_.end()}; }
  std::size_t cols() const { return cols_; }  ///< numbers of one example

  /// Reads examples from … from + n - 1, contiguous; memory does not depend on the file's size.
  void read(std::size_t from, std::size_t n, double* out);
  /// Returns the place of an example: `y.npy at byte 128`.
  std::string place(std::size_t example) const;

 private:
  void read_header(std::size_t file_size);
  void understand(std::string_view header);
  void set_type(std::string_view type);

  std::string path_;
  std::ifstream file_;
  std::size_t start_ = 0;  // of the numbers
  char kind_ = 'f';        // f, i, u or b, as in the header
  std::size_t width_ = 0;  // bytes of a number
  std::vector<std::size_t> sizes_;
  std::size_t cols_ = 1;
  std::vector<char> bytes_;  // of what is being read
};
