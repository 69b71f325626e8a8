// A pipe or a terminal as a stream that hands on what is there, without waiting for a whole block.
#pragma once
#include <functional>
#include <istream>
#include <memory>
#include <streambuf>
#include <string>
namespace nnrun::host {

class PipeInput : public std::istream {
 public:
  /// Reads an open file, and closes it in the end. name: in messages. before_waiting: called before
  /// it waits for more, and again whenever a signal or the end of stdout's reader wakes it; what it
  /// throws goes to the caller. Reading throws nnrun::Error for bytes that are no text.
  PipeInput(int file, std::string name, std::function<void()> before_waiting);

 private:
  class Buffer : public std::streambuf {
   public:
    Buffer(int file, std::string name, std::function<void()> before_waiting)
        : file_(file), name_(std::move(name)), before_waiting_(std::move(before_waiting)) {}
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() override;

   protected:
    std::streamsize xsgetn(char* to, std::streamsize n) override;
    int_type underflow() override;

   private:
    void wait() const;

    int file_;
    std::string name_;
    std::function<void()> before_waiting_;
    bool started_ = false;
    char one_ = 0;
  };
  Buffer buffer_;
};

/// Opens a text file: plain or compressed by gzip, a pipe, or standard input for `-`. Throws
/// DataError. name, before_waiting: as above.
std::unique_ptr<std::istream> open_text(const std::string& file, const std::string& name,
                                        std::function<void()> before_waiting);

}  // namespace nnrun::host
