// A file that may be compressed by gzip, as a stream. Whoever includes this links zlib.
#pragma once
#include <zlib.h>

#include <cstdint>
#include <istream>
#include <new>
#include <nnrun/input_file.hpp>
#include <streambuf>

namespace nnrun {

/// A zlib stream that unpacks.
class Unpacking {
 public:
  /// window_bits: as zlib's inflateInit2 takes them.
  explicit Unpacking(int window_bits) {
    if (inflateInit2(&stream_, window_bits) != Z_OK) throw std::bad_alloc();
  }
  Unpacking(const Unpacking&) = delete;
  Unpacking& operator=(const Unpacking&) = delete;
  ~Unpacking() { inflateEnd(&stream_); }
  z_stream* operator->() { return &stream_; }
  void restart() { inflateReset(&stream_); }
  /// Unpacks as much as there is, or as there is room for. Returns whether the compressed data end
  /// here. Throws Error, naming the file, if they are damaged.
  bool unpack(const std::string& file) {
    const int code = inflate(&stream_, Z_NO_FLUSH);
    if (code == Z_MEM_ERROR) throw std::bad_alloc();
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
      throw Error("the compressed data are damaged", file, "the file is not whole: get it again");
    return code == Z_STREAM_END;
  }

 private:
  z_stream stream_{};
};

class GzipInput : public std::istream {
 public:
  /// Opens a file, compressed or plain. Throws Error if it is missing, not a regular file, or not
  /// readable; reading throws Error, naming the file, if it is damaged, ends too early, has other
  /// bytes behind the compressed ones, or changes while it is read.
  explicit GzipInput(const std::string& file) : std::istream(nullptr), buffer_(file) {
    rdbuf(&buffer_);
    exceptions(std::ios::badbit);  // so that the reason comes through
  }

 private:
  class Buffer : public std::streambuf {
   public:
    explicit Buffer(const std::string& file)
        : name_(file),
          in_(open_input(file)),
          opened_(file),
          size_(std::filesystem::file_size(file)) {
      packed_ = fill() && at_->next_in[0] == 0x1f && at_->avail_in > 1 && at_->next_in[1] == 0x8b;
    }

   protected:
    std::streamsize xsgetn(char* to, std::streamsize n) override {
      at_->next_out = reinterpret_cast<Bytef*>(to);
      at_->avail_out = static_cast<uInt>(n);
      while (at_->avail_out > 0 && (read_straight() || fill())) packed_ ? unpack() : copy();
      return n - static_cast<std::streamsize>(at_->avail_out);
    }
    int_type underflow() override {
      const std::streamsize got = xsgetn(&one_, 1);
      setg(&one_, &one_, &one_ + got);
      return got == 0 ? traits_type::eof() : traits_type::to_int_type(one_);
    }

   private:
    /// Returns whether there are bytes of the file to look at.
    bool fill() {
      if (at_->avail_in > 0) return true;
      in_.read(bytes_, sizeof bytes_);
      if (in_.bad()) throw Error("cannot be read further", name_);
      at_->next_in = reinterpret_cast<Bytef*>(bytes_);
      at_->avail_in = static_cast<uInt>(in_.gcount());
      take_note(in_.gcount());
      if (at_->avail_in > 0) return true;
      if (read_ != size_) opened_.refuse();
      if (packed_ && within_)
        throw Error("the compressed data end too early", name_,
                    "the file is not whole: get it again");
      return false;
    }
    /// Reads bytes that need no unpacking where they are wanted, if they are many. Returns whether
    /// there were some.
    bool read_straight() {
      if (packed_ || at_->avail_in > 0 || at_->avail_out < sizeof bytes_) return false;
      in_.read(reinterpret_cast<char*>(at_->next_out), at_->avail_out);
      const auto n = static_cast<uInt>(in_.gcount());
      take_note(in_.gcount());
      at_->next_out += n;
      at_->avail_out -= n;
      return n > 0;
    }
    /// Looks at the file after each block: what was read of one that changed is not used.
    void take_note(std::streamsize n) {
      read_ += static_cast<std::uintmax_t>(n);
      opened_.require_same();
    }
    void copy() {
      const uInt n = std::min(at_->avail_in, at_->avail_out);
      std::memcpy(at_->next_out, at_->next_in, n);
      skip(n);
      at_->next_out += n;
      at_->avail_out -= n;
    }
    /// A file may be several compressed ones, one behind the other, and end in zeros.
    void unpack() {
      if (!within_) {
        if (at_->next_in[0] == 0) return skip(1);
        if (at_->next_in[0] != 0x1f)
          throw Error("has other bytes behind the compressed data", name_,
                      "the file is damaged, or two files were joined: get it again");
        at_.restart();
      }
      within_ = !at_.unpack(name_);
    }
    void skip(uInt n) {
      at_->next_in += n;
      at_->avail_in -= n;
    }

    std::string name_;
    std::ifstream in_;
    FileAsOpened opened_;
    std::uintmax_t size_, read_ = 0;
    bool packed_ = false, within_ = true;  // within the compressed data of one file
    Unpacking at_{15 + 16};                // a gzip header is wanted
    char one_ = 0, bytes_[1 << 16];
  };
  Buffer buffer_;
};

}  // namespace nnrun
