#include "picture.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <nnrun/input_file.hpp>
#include <string_view>

#include "png_file.hpp"

namespace {

std::string ending(const std::string& file) {
  std::string text = std::filesystem::path(file).extension().string();
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Returns whether a file is to be read as PNG: by how it starts, which counts for more than its
/// name, or by its name if it starts like no picture.
bool is_png(const std::string& file) {
  char start[2] = {};
  nnrun::open_input(file).read(start, 2);
  const bool is_pnm = start[0] == 'P' && start[1] >= '1' && start[1] <= '7';
  return start[0] == '\x89' || (!is_pnm && ending(file) == ".png");
}

/// A PGM or PPM file: https://netpbm.sourceforge.net/doc/pgm.html
class PnmFile {
 public:
  explicit PnmFile(const std::string& file) : file_(file), in_(nnrun::open_input(file)) {
    char start[2] = {};
    in_.read(start, 2);
    if (start[0] == 'P' && (start[1] == '2' || start[1] == '3'))
      throw nnrun::Error("is a plain PGM or PPM, whose numbers are texts", file_,
                         "write it as P5 or P6: pnmtopnm FILE > other.pgm");
    if (start[0] != 'P' || (start[1] != '5' && start[1] != '6'))
      throw nnrun::Error("is not a PGM or PPM file: expected P5 or P6 at its start", file_,
                         "convert it: convert FILE other.png");
    size_.channels = start[1] == '5' ? 1 : 3;
    size_.width = number("width", longest_side);
    size_.height = number("height", longest_side);
    most_ = number("largest number", 65535);
    in_.get();  // one space
    if (count() > most_picture_numbers)
      throw nnrun::Error("has " + std::to_string(count()) + " numbers, more than " +
                             std::to_string(most_picture_numbers),
                         file_);
    require_all();
  }
  const PictureSize& size() const { return size_; }
  Picture read() {
    Picture picture{size_, static_cast<std::uint16_t>(most_), {}};
    const std::size_t n = count(), width = bytes();
    std::vector<char> raw(n * width);
    if (!in_.read(raw.data(), static_cast<std::streamsize>(raw.size())))
      throw nnrun::Error("cannot be read", file_);
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(raw[i]); };
    for (std::size_t i = 0; i < n; ++i) {
      const unsigned x = width == 1 ? byte(i) : byte(2 * i) * 256u + byte(2 * i + 1);
      if (x > most_)
        throw nnrun::Error("holds " + std::to_string(x) + ", but says that " +
                               std::to_string(most_) + " is the largest",
                           file_);
      picture.numbers.push_back(static_cast<std::uint16_t>(x));
    }
    return picture;
  }

 private:
  std::size_t count() const { return size_.height * size_.width * size_.channels; }
  std::size_t bytes() const { return most_ < 256 ? 1 : 2; }
  /// Reads a number behind spaces and comments.
  std::size_t number(const char* what, std::size_t largest) {
    int c = in_.get();
    while (c == '#' || std::isspace(c)) {
      if (c == '#')
        while (c != '\n' && c != EOF) c = in_.get();
      c = in_.get();
    }
    std::size_t x = 0;
    bool any = false;
    for (; c >= '0' && c <= '9' && x <= largest; c = in_.get(), any = true)
      x = x * 10 + static_cast<std::size_t>(c - '0');
    in_.unget();
    if (any && x >= 1 && x <= largest) return x;
    throw nnrun::Error(
        "its " + std::string(what) + " is not a number from 1 to " + std::to_string(largest),
        file_);
  }
  void require_all() {
    const auto at = static_cast<std::size_t>(in_.tellg());
    const std::size_t there = std::filesystem::file_size(file_), wanted = at + count() * bytes();
    if (in_ && there == wanted) return;
    throw nnrun::Error(
        "its header promises " + std::to_string(wanted) + " bytes, the file has " +
            std::to_string(there),
        file_, there < wanted ? "the file is not whole" : "is there more than one picture in it?");
  }

  std::string file_;
  std::ifstream in_;
  PictureSize size_;
  std::size_t most_ = 0;
};

}  // namespace

bool is_picture(const std::string& file) {
  const std::string text = ending(file);
  return text == ".png" || text == ".pgm" || text == ".ppm" || text == ".pnm";
}

PictureSize read_size(const std::string& file) {
  return is_png(file) ? PngFile(file).size() : PnmFile(file).size();
}
Picture read_picture(const std::string& file) {
  return is_png(file) ? PngFile(file).read() : PnmFile(file).read();
}

void write_channels(const Picture& picture, std::size_t channels, double* to) {
  const std::size_t own = picture.size.channels;
  const std::uint16_t* from = picture.numbers.data();
  const auto level = [&](std::size_t channel) {
    return picture.most == 255 ? double(from[channel]) : from[channel] * 255. / picture.most;
  };
  for (std::size_t pixel = picture.size.height * picture.size.width; pixel-- > 0; from += own) {
    if (channels == 1 && picture.size.has_colours())
      *to++ = 0.299 * level(0) + 0.587 * level(1) + 0.114 * level(2);
    else
      for (std::size_t c = 0; c < std::min<std::size_t>(channels, 3); ++c)
        *to++ = level(picture.size.has_colours() ? c : 0);
    if (channels == 4) *to++ = picture.size.has_alpha() ? level(own - 1) : 255;
  }
}
