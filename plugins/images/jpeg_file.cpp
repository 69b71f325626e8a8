#include "jpeg_file.hpp"

#include <jerror.h>

#include <algorithm>
#include <cstring>
#include <nnrun/input_file.hpp>
#include <string_view>

namespace {

// Each scan of a progressive file may go over the whole picture.
constexpr int most_scans = 500;

/// The numbers of a marker of Exif, in the order of bytes that it begins with.
class ExifNumbers {
 public:
  explicit ExifNumbers(std::string_view tiff) : tiff_(tiff), is_big_(tiff.starts_with("MM")) {}
  /// Returns a number of so many bytes, 0 if it is not there.
  std::size_t at(std::size_t from, std::size_t bytes) const {
    if (from > tiff_.size() || tiff_.size() - from < bytes) return 0;
    std::size_t number = 0;
    for (std::size_t i = 0; i < bytes; ++i)
      number =
          number << 8 | static_cast<unsigned char>(tiff_[from + (is_big_ ? i : bytes - 1 - i)]);
    return number;
  }

 private:
  std::string_view tiff_;
  bool is_big_;
};

/// Returns what a marker of Exif says of how a picture is to be turned, from 1 to 8; 1 if it says
/// nothing. Exif 2.3, section 4.6.2: entries of twelve bytes in the first directory of TIFF.
unsigned orientation_in(std::string_view marker) {
  constexpr std::string_view start("Exif\0\0", 6);
  if (!marker.starts_with(start)) return 1;
  const ExifNumbers tiff(marker.substr(start.size()));
  const std::size_t directory = tiff.at(4, 4), entries = tiff.at(directory, 2);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    if (tiff.at(entry, 2) != 0x0112) continue;
    const std::size_t turned = tiff.at(entry + 8, 2);
    return turned >= 1 && turned <= 8 ? static_cast<unsigned>(turned) : 1;
  }
  return 1;
}

}  // namespace

JpegFile::JpegFile(const std::string& file) : file_(file) {
  std::ifstream in = nnrun::open_input(file);
  constexpr std::size_t most_bytes = 4 * most_picture_numbers;
  const std::size_t size = std::filesystem::file_size(file);
  if (size > most_bytes) throw nnrun::Error("is larger than 512 MiB", file);
  bytes_.resize(size);
  if (!in.read(reinterpret_cast<char*>(bytes_.data()), static_cast<std::streamsize>(size)))
    throw nnrun::Error("cannot be read", file);
  jpeg_.err = jpeg_std_error(&errors_);
  jpeg_.client_data = this;
  errors_.error_exit = fail;
  errors_.emit_message = take_warning;
  if (read_header()) {
    take_orientation();
    require_plausible();
    return;
  }
  jpeg_destroy_decompress(&jpeg_);
  refuse();
}

JpegFile::~JpegFile() {
  jpeg_destroy_decompress(&jpeg_);
}

PictureSize JpegFile::size() const {
  return is_turned() ? PictureSize{stored_.width, stored_.height, stored_.channels} : stored_;
}

/// libjpeg is C: it is left by a jump, not by an exception.
void JpegFile::fail(j_common_ptr jpeg) {
  auto& self = *static_cast<JpegFile*>(jpeg->client_data);
  jpeg->err->format_message(jpeg, self.why_.data());
  std::longjmp(self.way_out_, 1);
}

/// What is damaged is grey for libjpeg, with a warning: here it ends the picture. Bytes between its
/// parts, as some cameras leave them, do no harm.
void JpegFile::take_warning(j_common_ptr jpeg, int level) {
  const int what = jpeg->err->msg_code;
  if (level >= 0 || what == JWRN_EXTRANEOUS_DATA || what == JWRN_JFIF_MAJOR) return;
  fail(jpeg);
}

void JpegFile::watch_scans(j_common_ptr jpeg) {
  if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number <= most_scans) return;
  auto& self = *static_cast<JpegFile*>(jpeg->client_data);
  std::snprintf(self.why_.data(), self.why_.size(), "more than %d scans", most_scans);
  std::longjmp(self.way_out_, 1);
}

bool JpegFile::read_header() {
  if (setjmp(way_out_) != 0) return false;
  jpeg_create_decompress(&jpeg_);
  progress_.progress_monitor = watch_scans;
  jpeg_.progress = &progress_;
  jpeg_mem_src(&jpeg_, bytes_.data(), static_cast<unsigned long>(bytes_.size()));
  jpeg_save_markers(&jpeg_, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header(&jpeg_, TRUE);
  stored_ = {jpeg_.image_height, jpeg_.image_width,
             jpeg_.jpeg_color_space == JCS_GRAYSCALE ? 1u : 3u};
  return true;
}

/// Throws nnrun::Error for pixels that cannot be in the file, before memory is allocated for them.
void JpegFile::require_plausible() {
  constexpr std::size_t most_of_a_byte = 4096;  // numbers: a block of 64 takes a few bits at least
  const std::size_t numbers = stored_.height * stored_.width * stored_.channels;
  std::string why;
  if (jpeg_.jpeg_color_space == JCS_CMYK || jpeg_.jpeg_color_space == JCS_YCCK)
    why = "has the four colours of a printer";
  else if (stored_.height > longest_side || stored_.width > longest_side)
    why = "has a side of more than " + std::to_string(longest_side) + " pixels";
  else if (numbers > most_picture_numbers)
    why = "has " + std::to_string(numbers) + " numbers, more than " +
          std::to_string(most_picture_numbers);
  else if (numbers / most_of_a_byte > bytes_.size())
    why = "promises " + std::to_string(stored_.height) + " x " + std::to_string(stored_.width) +
          " pixels, which are not in a file of " + std::to_string(bytes_.size()) + " bytes";
  if (why.empty()) return;
  jpeg_destroy_decompress(&jpeg_);  // no destructor runs after a constructor that throws
  throw nnrun::Error(why, file_,
                     "write it as another PNG or JPEG: convert FILE -colorspace sRGB other.png");
}

void JpegFile::take_orientation() {
  for (const jpeg_marker_struct* m = jpeg_.marker_list; m != nullptr; m = m->next) {
    const unsigned found = orientation_in({reinterpret_cast<const char*>(m->data), m->data_length});
    if (found != 1) orientation_ = found;
  }
}

bool JpegFile::read_rows(unsigned char* to) {
  if (setjmp(way_out_) != 0) return false;
  jpeg_.out_color_space = stored_.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  // the exact one, whose bits no processor changes
  jpeg_.dct_method = JDCT_ISLOW;
  jpeg_start_decompress(&jpeg_);
  while (jpeg_.output_scanline < jpeg_.output_height) {
    JSAMPROW row = to + std::size_t{jpeg_.output_scanline} * stored_.width * stored_.channels;
    jpeg_read_scanlines(&jpeg_, &row, 1);
  }
  jpeg_finish_decompress(&jpeg_);
  return true;
}

void JpegFile::refuse() const {
  throw nnrun::Error(errors_.msg_code == JERR_NO_SOI
                         ? "is not a JPEG file"
                         : "is not a whole JPEG file: " + std::string(why_.data()),
                     file_, "copy it again from where it comes from, or take it out");
}

Picture JpegFile::read() {
  std::vector<unsigned char> pixels(stored_.height * stored_.width * stored_.channels);
  if (!read_rows(pixels.data())) refuse();
  return upright(pixels);
}

/// Exif 2.3, Orientation: where the first row and column of the stored pixels are to be seen.
Picture JpegFile::upright(const std::vector<unsigned char>& pixels) const {
  Picture picture{size(), 255, {}};
  picture.numbers.resize(pixels.size());
  const bool from_below =
                 orientation_ == 3 || orientation_ == 4 || orientation_ == 7 || orientation_ == 8,
             from_right =
                 orientation_ == 2 || orientation_ == 3 || orientation_ == 6 || orientation_ == 7;
  const std::size_t height = picture.size.height, width = picture.size.width,
                    channels = stored_.channels;
  std::uint16_t* to = picture.numbers.data();
  for (std::size_t y = 0; y < height; ++y)
    for (std::size_t x = 0; x < width; ++x) {
      const std::size_t seen_y = from_below ? height - 1 - y : y,
                        seen_x = from_right ? width - 1 - x : x,
                        row = is_turned() ? seen_x : seen_y, column = is_turned() ? seen_y : seen_x;
      const unsigned char* const from = pixels.data() + (row * stored_.width + column) * channels;
      to = std::copy_n(from, channels, to);
    }
  return picture;
}
