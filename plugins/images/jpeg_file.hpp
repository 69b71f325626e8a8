// A JPEG file, read by libjpeg.
#pragma once
#include <array>
#include <csetjmp>
#include <cstdio>
#include <vector>
// clang-format off
#include <jpeglib.h>  // needs FILE
// clang-format on

#include "picture.hpp"

class JpegFile {
 public:
  /// Reads what stands before the pixels. Everything throws nnrun::Error with the file.
  explicit JpegFile(const std::string& file);
  ~JpegFile();
  JpegFile(const JpegFile&) = delete;
  JpegFile& operator=(const JpegFile&) = delete;

  /// As the picture is looked at: a camera that was held upright says so beside the pixels.
  PictureSize size() const;
  Picture read();

 private:
  static void fail(j_common_ptr jpeg);
  static void take_warning(j_common_ptr jpeg, int level);
  static void watch_scans(j_common_ptr jpeg);
  // return false if libjpeg gave up; nothing in them has a destructor
  bool read_header();
  bool read_rows(unsigned char* to);
  void require_plausible();
  void take_orientation();
  bool is_turned() const { return orientation_ > 4; }
  Picture upright(const std::vector<unsigned char>& pixels) const;
  [[noreturn]] void refuse() const;

  std::string file_;
  std::vector<unsigned char> bytes_;
  jpeg_decompress_struct jpeg_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf way_out_{};
  std::array<char, JMSG_LENGTH_MAX> why_{};
  PictureSize stored_;
  unsigned orientation_ = 1;  // of Exif: 1 as stored, to 8
};
