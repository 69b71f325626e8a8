#include "png_file.hpp"

#include <bit>
#include <cstring>
#include <filesystem>
#include <nnrun/input_file.hpp>

namespace {

constexpr std::size_t longest_chunk = std::size_t{1} << 20, most_chunks = 100;  // of texts and such

}  // namespace

PngFile::PngFile(const std::string& file) : file_(file), in_(nnrun::open_input(file)) {
  png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, fail, ignore);
  if (png_ != nullptr) info_ = png_create_info_struct(png_);
  if (info_ == nullptr) {
    png_destroy_read_struct(&png_, nullptr, nullptr);
    throw nnrun::Error("libpng cannot be started: out of memory, or another version", file_);
  }
  if (read_header()) {
    require_plausible();
    return;
  }
  png_destroy_read_struct(&png_, &info_, nullptr);
  refuse();
}

/// Throws nnrun::Error for pixels that cannot be in the file, before memory is allocated for them.
void PngFile::require_plausible() {
  constexpr std::size_t most_unpacked = 1032;  // bytes of one: zlib.net, "Maximum compression
                                               // factor"
  const std::size_t numbers = size_.height * size_.width * size_.channels,
                    bits = size_.height * size_.width * bits_of_pixel_,
                    there = std::filesystem::file_size(file_);
  if (numbers <= most_picture_numbers && bits / 8 / most_unpacked <= there) return;
  png_destroy_read_struct(&png_, &info_, nullptr);
  throw nnrun::Error("promises " + std::to_string(size_.height) + " x " +
                         std::to_string(size_.width) + " pixels of " +
                         std::to_string(size_.channels) + " numbers" +
                         (numbers > most_picture_numbers
                              ? ", more than " + std::to_string(most_picture_numbers) + " in all"
                              : ", which are not in a file of " + std::to_string(there) + " bytes"),
                     file_);
}

PngFile::~PngFile() {
  png_destroy_read_struct(&png_, &info_, nullptr);
}

/// libpng is C: it is left by a jump, not by an exception.
void PngFile::fail(png_structp png, png_const_charp what) {
  auto& self = *static_cast<PngFile*>(png_get_error_ptr(png));
  std::strncpy(self.why_.data(), what, self.why_.size() - 1);
  std::longjmp(self.way_out_, 1);
}

void PngFile::read_bytes(png_structp png, png_bytep to, std::size_t n) {
  auto& self = *static_cast<PngFile*>(png_get_io_ptr(png));
  if (!self.in_.read(reinterpret_cast<char*>(to), static_cast<std::streamsize>(n)))
    png_error(png, "the file ends too early");
}

void PngFile::refuse() const {
  const std::string why(why_.data());
  if (why == "Not a PNG file")
    throw nnrun::Error("is not a PNG file", file_,
                       "if it is another kind of picture, convert it: convert FILE png:other.png");
  throw nnrun::Error("is not a whole PNG file: " + why, file_,
                     "copy it again from where it comes from, or take it out");
}

bool PngFile::read_header() {
  if (setjmp(way_out_) != 0) return false;
  png_set_read_fn(png_, this, read_bytes);
  png_set_user_limits(png_, longest_side, longest_side);
  png_set_chunk_malloc_max(png_, longest_chunk);
  png_set_chunk_cache_max(png_, most_chunks);
  png_read_info(png_, info_);
  bits_of_pixel_ = std::size_t{png_get_bit_depth(png_, info_)} * png_get_channels(png_, info_);
  const bool has_palette = png_get_color_type(png_, info_) == PNG_COLOR_TYPE_PALETTE;
  if (has_palette) png_set_packing(png_);  // an index in each byte
  if (png_get_color_type(png_, info_) == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(png_);
  const bool has_transparent = png_get_valid(png_, info_, PNG_INFO_tRNS) != 0;
  if (has_transparent && !has_palette) png_set_tRNS_to_alpha(png_);
  if constexpr (std::endian::native == std::endian::little) png_set_swap(png_);
  png_set_interlace_handling(png_);
  png_read_update_info(png_, info_);
  size_ = {png_get_image_height(png_, info_), png_get_image_width(png_, info_),
           has_palette ? (has_transparent ? 4u : 3u) : png_get_channels(png_, info_)};
  bits_ = png_get_bit_depth(png_, info_);
  return true;
}

bool PngFile::read_rows(png_bytepp rows) {
  if (setjmp(way_out_) != 0) return false;
  png_read_image(png_, rows);
  png_read_end(png_, nullptr);
  return true;
}

/// libpng would read an index behind the end of the palette as black, without a word.
void PngFile::take_palette() {
  png_colorp colours = nullptr;
  png_bytep alpha = nullptr;
  int n_colours = 0, n_alpha = 0;
  png_get_PLTE(png_, info_, &colours, &n_colours);
  if (size_.has_alpha()) png_get_tRNS(png_, info_, &alpha, &n_alpha, nullptr);
  for (int i = 0; i < n_colours; ++i)
    palette_.push_back({colours[i].red, colours[i].green, colours[i].blue,
                        i < n_alpha ? alpha[i] : png_byte{255}});
}

Picture PngFile::coloured(const std::vector<png_byte>& indices) const {
  Picture picture{size_, 255, {}};
  picture.numbers.reserve(indices.size() * size_.channels);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] >= palette_.size())
      throw nnrun::Error("pixel " + std::to_string(i % size_.width) + " of line " +
                             std::to_string(i / size_.width) + " has colour " +
                             std::to_string(indices[i]) + " of a palette of " +
                             std::to_string(palette_.size()),
                         file_, "both count from 0; the file is damaged");
    const std::array<png_byte, 4>& colour = palette_[indices[i]];
    picture.numbers.insert(picture.numbers.end(), colour.begin(),
                           colour.begin() + static_cast<std::ptrdiff_t>(size_.channels));
  }
  return picture;
}

Picture PngFile::read() {
  const bool has_palette = png_get_color_type(png_, info_) == PNG_COLOR_TYPE_PALETTE;
  const std::size_t width = size_.width * (has_palette ? 1 : size_.channels),
                    bytes = bits_ == 16 ? 2 : 1;
  std::vector<png_byte> all(size_.height * width * bytes);
  std::vector<png_bytep> rows;
  for (std::size_t y = 0; y < size_.height; ++y) rows.push_back(all.data() + y * width * bytes);
  if (!read_rows(rows.data())) refuse();
  if (has_palette) {
    take_palette();
    return coloured(all);
  }
  Picture picture{size_, static_cast<std::uint16_t>(bytes == 2 ? 65535 : 255), {}};
  picture.numbers.resize(size_.height * width);
  if (bytes == 2)
    std::memcpy(picture.numbers.data(), all.data(), all.size());
  else
    std::copy(all.begin(), all.end(), picture.numbers.begin());
  return picture;
}
