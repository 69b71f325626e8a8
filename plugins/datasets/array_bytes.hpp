// The bytes of an array: an npy file, or one in an npz file, which is a zip archive of npy files.
// PKWARE, "APPNOTE.TXT", 4.3 to 4.5.
#pragma once
#include <cstdint>
#include <fstream>
#include <memory>
#include <nnrun/gzip_input.hpp>
#include <string>
#include <vector>

class ArrayBytes {
 public:
  /// array: its name in an npz file, empty for the only one. Throws nnrun::Error, naming the file,
  /// if it is not there or cannot be what it says.
  ArrayBytes(const std::string& path, const std::string& array);

  std::size_t size() const { return part_.size; }
  bool is_packed() const { return unpacking_ != nullptr; }
  /// Returns the place of a byte of the array: `x.npy at byte 128`.
  std::string place(std::size_t byte) const;
  const std::string& name() const { return name_; }  ///< of the file and the array
  /// Reads bytes within the size. Reading forwards is fast; going back in compressed data unpacks
  /// them from their start. Throws nnrun::Error if they are damaged, as far as their checksum shows
  /// it once all were read in order.
  void read(std::size_t from, char* to, std::size_t n);
  /// Reads all, for the checksum. Nothing to do if there is none.
  void check();

 private:
  struct Part {
    std::string name;
    std::size_t start = 0, packed = 0, size = 0;
    std::uint32_t sum = 0;
    unsigned method = 0;
  };
  std::vector<Part> parts_of_archive();
  Part chosen(std::vector<Part> parts, const std::string& array) const;
  void locate(Part& part);
  std::string raw(std::size_t from, std::size_t n);
  [[noreturn]] void refuse(const std::string& what, const std::string& hint) const;
  void go_to(std::size_t from);
  void next(char* to, std::size_t n);
  void add_to_sum(const char* bytes, std::size_t n);

  std::string name_;
  std::ifstream in_;
  std::size_t file_size_ = 0;
  Part part_;
  bool has_sum_ = false;
  std::unique_ptr<nnrun::Unpacking> unpacking_;  // of packed data
  std::vector<char> packed_;                     // what is being unpacked
  std::size_t at_ = 0;                           // the byte of the array that is next
  std::size_t taken_ = 0;                        // packed bytes that were read
  std::size_t summed_ = 0;                       // bytes from the start that are in sum_
  unsigned long sum_ = 0;
};
