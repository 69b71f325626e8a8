// Numbers in the IDX format of MNIST, plain or compressed by gzip: big-endian, a header of type and
// sizes in front. http://yann.lecun.com/exdb/mnist, "the IDX file format".
#pragma once
#include <zlib.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

class IdxFile {
 public:
  /// Reads the header and checks it against the size of the file. Everything throws nnrun::Error
  /// with the file and, where there is one, the offset.
  explicit IdxFile(std::string path);

  const std::string& path() const { return path_; }
  std::size_t count() const { return sizes_[0]; }
  /// Of one example: without the count.
  std::vector<std::size_t> shape() const { return {sizes_.begin() + 1, sizes_.end()}; }
  std::size_t cols() const { return cols_; }  ///< numbers of one example

  /// Examples from … from + n - 1, one after the other. Forwards is fast, since a compressed file
  /// must be unpacked from its start; memory does not depend on the size of the file.
  void read(std::size_t from, std::size_t n, double* out);
  /// `labels at byte 12`, of the unpacked data
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
  std::unique_ptr<gzFile_s, Close> file_;
  unsigned type_ = 0;
  std::size_t width_ = 0;  // bytes of a number
  std::vector<std::size_t> sizes_;
  std::size_t cols_ = 1;
  std::vector<unsigned char> bytes_;  // of what is being read
};
