// PNG and PGM files for tests, written byte by byte.
#pragma once
#include <zlib.h>

#include <string>

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

}  // namespace nnrun::testing
