// PNG and JPEG files for tests, written byte by byte.
#pragma once
#include <zlib.h>

#include <bit>
#include <string>
#include <vector>

#include "support/example_data.hpp"
namespace nnrun::testing {

inline std::string png_chunk(const std::string& type, const std::string& data) {
  const std::string all = type + data;
  const auto sum = static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(all.data()), static_cast<uInt>(all.size())));
  return big_endian(static_cast<std::uint32_t>(data.size())) + all + big_endian(sum);
}
/// colour: 0 grey, 2 colours, 3 palette, 4 grey and alpha, 6 colours and alpha. rows: each begins
/// with its filter, 0 for none. more: chunks before the pixels.
inline std::string png_bytes(std::uint32_t width, std::uint32_t height, int bits, int colour,
                             const std::string& rows, const std::string& more = "") {
  std::string packed(rows.size() + 100, '\0');
  uLongf size = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &size,
           reinterpret_cast<const Bytef*>(rows.data()), rows.size());
  packed.resize(size);
  std::string header = big_endian(width) + big_endian(height);
  for (const int byte : {bits, colour, 0, 0, 0}) header += static_cast<char>(byte);
  return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", header) + more + png_chunk("IDAT", packed) +
         png_chunk("IEND", "");
}
/// A grey picture of 2 x 2.
inline std::string grey_png(char a, char b, char c, char d) {
  return png_bytes(2, 2, 8, 0, std::string{0, a, b, 0, c, d});
}

/// Returns a JPEG file whose blocks of 8 x 8 are of one colour each, which it stores without loss:
/// of one number, or of luminance and two differences. ITU T.81, baseline.
inline std::string jpeg_bytes(std::uint16_t width, std::uint16_t height,
                              const std::vector<std::vector<int>>& blocks,
                              const std::string& more = "") {
  const std::size_t n = blocks[0].size();
  const auto segment = [](char marker, const std::string& data) {
    const std::size_t size = data.size() + 2;
    return std::string{'\xff', marker, static_cast<char>(size >> 8), static_cast<char>(size)} +
           data;
  };
  const auto two = [](unsigned x) {
    return std::string{static_cast<char>(x >> 8), static_cast<char>(x)};
  };
  std::string frame = '\b' + two(height) + two(width) + static_cast<char>(n),
              scan(1, static_cast<char>(n));
  for (std::size_t c = 1; c <= n; ++c) {
    frame += std::string{static_cast<char>(c), '\x11', '\0'};
    scan += std::string{static_cast<char>(c), '\0'};
  }
  std::string constant_codes(17, '\0'), other_codes(17, '\0');
  constant_codes[4] = 12;  // twelve codes of four bits: how many bits follow
  for (char bits = 0; bits < 12; ++bits) constant_codes += bits;
  other_codes[0] = '\x10';
  other_codes[1] = 1;  // one code of one bit: no more in this block
  other_codes += '\0';
  std::string data;
  unsigned held = 0, count = 0;
  const auto put = [&](unsigned value, unsigned bits) {
    while (bits-- > 0) {
      held = held << 1 | (value >> bits & 1);
      if (++count < 8) continue;
      data += static_cast<char>(held);
      if ((held & 255) == 255) data += '\0';
      held = count = 0;
    }
  };
  std::vector<int> before(n, 0);
  for (const std::vector<int>& block : blocks)
    for (std::size_t c = 0; c < n; ++c) {
      const int constant = 8 * (block[c] - 128), step = constant - before[c];
      const auto bits =
          static_cast<unsigned>(std::bit_width(static_cast<unsigned>(std::abs(step))));
      put(bits, 4);
      put(static_cast<unsigned>(step > 0 ? step : step + (1 << bits) - 1), bits);
      put(0, 1);
      before[c] = constant;
    }
  put(127, 7);
  return "\xff\xd8" + more + segment('\xdb', '\0' + std::string(64, '\1')) +
         segment('\xc0', frame) + segment('\xc4', constant_codes) + segment('\xc4', other_codes) +
         segment('\xda', scan + std::string("\0\x3f\0", 3)) + data + "\xff\xd9";
}
/// Returns the segment by which a camera says how a picture is to be turned.
inline std::string jpeg_orientation(char turned) {
  const std::string exif("Exif\0\0MM\0\x2a\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0", 25);
  const std::string data = exif + turned + std::string(6, '\0');
  return std::string("\xff\xe1\0", 3) + static_cast<char>(data.size() + 2) + data;
}

}  // namespace nnrun::testing
