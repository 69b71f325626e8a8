// A PNG file, read by libpng.
#pragma once
#include <png.h>

#include <array>
#include <csetjmp>
#include <fstream>

#include "picture.hpp"

class PngFile {
 public:
  /// Reads what stands before the pixels. Everything throws nnrun::Error with the file.
  explicit PngFile(const std::string& file);
  ~PngFile();
  PngFile(const PngFile&) = delete;
  PngFile& operator=(const PngFile&) = delete;

  const PictureSize& size() const { return size_; }
  Picture read();

 private:
  static void fail(png_structp png, png_const_charp what);
  static void ignore(png_structp, png_const_charp) {}
  static void read_bytes(png_structp png, png_bytep to, std::size_t n);
  // return false if libpng gave up; nothing in them has a destructor
  bool read_header();
  bool read_rows(png_bytepp rows);
  void require_plausible();
  void take_palette();
  Picture coloured(const std::vector<png_byte>& indices) const;
  [[noreturn]] void refuse() const;

  std::string file_;
  std::ifstream in_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::jmp_buf way_out_{};
  std::array<char, 100> why_{};
  PictureSize size_;
  unsigned bits_ = 8;                             // of a number, once it is read
  std::size_t bits_of_pixel_ = 0;                 // in the file
  std::vector<std::array<png_byte, 4>> palette_;  // empty: pixels are not indices of one
};
