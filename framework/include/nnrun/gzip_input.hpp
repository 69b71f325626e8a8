// A file that may be compressed by gzip, as a stream. Whoever includes this links zlib.
#pragma once
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <istream>
#include <memory>
#include <nnrun/input_file.hpp>
#include <streambuf>

namespace nnrun {

class GzipInput : public std::istream {
 public:
  /// Opens a file, compressed or plain. Throws Error if it is missing, not a regular file, or not
  /// readable; reading throws Error, naming the file, if it is damaged or ends too early.
  explicit GzipInput(const std::string& file) : std::istream(nullptr), buffer_(file) {
    rdbuf(&buffer_);
    exceptions(std::ios::badbit);  // so that the reason comes through
  }

 private:
  class Buffer : public std::streambuf {
   public:
    explicit Buffer(const std::string& file) : name_(file) {
      require_file(file);
      errno = 0;
      file_.reset(gzopen(file.c_str(), "rb"));
      if (!file_) throw Error(errno ? std::strerror(errno) : "out of memory", file);
      gzbuffer(file_.get(), 1 << 16);
    }

   protected:
    std::streamsize xsgetn(char* to, std::streamsize n) override {
      const int got = gzread(file_.get(), to, static_cast<unsigned>(n));
      int code = Z_OK;
      gzerror(file_.get(), &code);
      if (code == Z_OK || code == Z_STREAM_END) return got;
      throw Error(code == Z_ERRNO       ? std::strerror(errno)
                  : code == Z_BUF_ERROR ? "the compressed data end too early"
                                        : "the compressed data are damaged",
                  name_, "the file is not whole: get it again");
    }
    int_type underflow() override {
      const std::streamsize got = xsgetn(&one_, 1);
      setg(&one_, &one_, &one_ + got);
      return got == 0 ? traits_type::eof() : traits_type::to_int_type(one_);
    }

   private:
    struct Close {
      void operator()(gzFile file) const { gzclose_r(file); }
    };
    std::string name_;
    std::unique_ptr<gzFile_s, Close> file_;
    char one_ = 0;
  };
  Buffer buffer_;
};

}  // namespace nnrun
