// Numbers in the IDX format of MNIST, plain or compressed by gzip: big-endian, after a header of
// type and sizes. http://yann.lecun.com/exdb/mnist, "the IDX file format".
#pragma once
#include <zlib.h>

#include <cstdint>
#include <memory>
#include <nnrun/input_file.hpp>
#include <string>
#include <vector>

#include "stored_numbers.hpp"

class IdxFile {
 public:
  /// Reads the header and checks it against the size of the file. Everything throws nnrun::Error
  /// with the file and, if there is one, the offset.
  explicit IdxFile(std::string path);

  const std::string& path() const { return path_; }
  std::size_t count() const { return sizes_[0]; }
  /// Returns the shape of one example, without the count.
  std::vector<std::size_t> shape() const { return {sizes_.begin() + 1, sizes_.end()}; }
  std::size_t cols() const { return cols_; }  ///< numbers of one example
  /// Returns whether going back unpacks the file from its start.
  bool is_packed() const { return gzdirect(file_.get()) != 1; }

  /// Reads examples from … from + n - 1, contiguous. Reading forwards is fast; going back unpacks a
  /// compressed file from its start. Memory does not depend on the size of the file. Number: float
  /// only if they are floats.
  template <class Number>
  void read(std::size_t from, std::size_t n, Number* out);
  bool has_floats() const { return are_floats(type_); }
  bool has_small_integers() const { return are_small_integers(type_); }
  /// Returns the place of an example: `labels, row 5`.
  std::string place(std::size_t example) const;

 private:
  void read_header();
  void check_size() const;
  void read_bytes(void* to, std::size_t n);
  void check_end();
  [[noreturn]] void fail_reading() const;
  std::size_t offset_of(std::size_t example) const;

  struct Close {
    void operator()(gzFile file) const { gzclose_r(file); }
  };
  std::string path_;
  nnrun::FileAsOpened opened_;
  std::unique_ptr<gzFile_s, Close> file_;
  Stored type_ = Stored::uint8;
  std::size_t width_ = 0;  // bytes of a number
  std::vector<std::size_t> sizes_;
  std::size_t cols_ = 1;
  std::vector<char> bytes_;  // of what is being read
};
