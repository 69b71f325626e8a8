// Pictures in files: PNG, JPEG, and PGM and PPM as netpbm writes them (P5, P6).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

struct PictureSize {
  std::size_t height = 0, width = 0;
  std::size_t channels = 0;  ///< 1: grey, 2: grey and alpha, 3: colours, 4: colours and alpha

  bool has_alpha() const { return channels == 2 || channels == 4; }
  bool has_colours() const { return channels >= 3; }
};

/// Height × width × channels numbers, from 0 to `most`.
struct Picture {
  PictureSize size;
  std::uint16_t most = 255;  ///< or 65535, or what a PGM says
  std::vector<std::uint16_t> numbers;
};

// of a picture that is read
inline constexpr std::size_t longest_side = 16384, most_picture_numbers = std::size_t{1} << 27;

/// Returns whether the name of a file ends as one that can be read.
bool is_picture(const std::string& file);
/// Returns whether the name ends as that of a picture which cannot be read: such a file is refused,
/// others are passed over.
bool may_be_picture(const std::string& file);
/// Return what a file holds, without its numbers, or with them. Palettes become colours, bits of
/// grey are bytes. Throw nnrun::Error with the file: before anything large is allocated if it
/// cannot be what it says.
PictureSize read_size(const std::string& file);
Picture read_picture(const std::string& file);

/// Writes the numbers as 0 to 255 in so many channels: 1, 3 or 4. Grey of colours is their
/// luminance (ITU-R BT.601); alpha is left out, or 255 where there is none.
void write_channels(const Picture& picture, std::size_t channels, double* to);
/// The same of a picture that is made so high and wide: bilinear where it grows, a mean of what a
/// pixel covers, weighed by nearness, where it shrinks.
void write_resized(const Picture& picture, std::size_t channels, std::size_t height,
                   std::size_t width, double* to);
