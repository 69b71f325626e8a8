#include "picture.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <nnrun/input_file.hpp>
#include <string_view>

#include "jpeg_file.hpp"
#include "png_file.hpp"

namespace {

std::string ending(const std::string& file) {
  std::string text = std::filesystem::path(file).extension().string();
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

enum class Format { png, jpeg, pnm };

/// Returns what a file is to be read as: how it starts counts for more than its name.
Format format_of(const std::string& file) {
  char start[2] = {};
  nnrun::open_input(file).read(start, 2);
  if (start[0] == '\x89') return Format::png;
  if (start[0] == '\xff' && start[1] == '\xd8') return Format::jpeg;
  if (start[0] == 'P' && start[1] >= '1' && start[1] <= '7') return Format::pnm;
  const std::string name = ending(file);
  return name == ".png"                      ? Format::png
         : name == ".jpg" || name == ".jpeg" ? Format::jpeg
                                             : Format::pnm;
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
  return text == ".png" || text == ".jpg" || text == ".jpeg" || text == ".pgm" || text == ".ppm" ||
         text == ".pnm";
}

bool may_be_picture(const std::string& file) {
  constexpr std::string_view kinds[] = {"",      ".gif",  ".bmp",  ".webp", ".tif", ".tiff",
                                        ".heic", ".heif", ".avif", ".jxl",  ".jp2", ".pbm",
                                        ".pam",  ".ras",  ".tga",  ".ico",  ".svg", ".jpe"};
  return std::ranges::find(kinds, ending(file)) != std::end(kinds);
}

PictureSize read_size(const std::string& file) {
  switch (format_of(file)) {
    case Format::png:
      return PngFile(file).size();
    case Format::jpeg:
      return JpegFile(file).size();
    default:
      return PnmFile(file).size();
  }
}
Picture read_picture(const std::string& file) {
  switch (format_of(file)) {
    case Format::png:
      return PngFile(file).read();
    case Format::jpeg:
      return JpegFile(file).read();
    default:
      return PnmFile(file).read();
  }
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

namespace {

/// What a pixel of the result takes of a line: the pixels from `first` on, each with its share.
struct Shares {
  std::size_t first;
  std::vector<double> of;
};

/// Returns the shares for each of `to` pixels that a line of `from` becomes. A pixel nearer to the
/// middle counts more (a triangle): where the line grows, the two nearest count, which is bilinear;
/// where it shrinks, all that the new pixel covers, so that none is passed over.
std::vector<Shares> shares_of_line(std::size_t from, std::size_t to) {
  const double step = static_cast<double>(from) / static_cast<double>(to),
               reach = std::max(step, 1.);
  std::vector<Shares> all;
  for (std::size_t i = 0; i < to; ++i) {
    const double middle = (static_cast<double>(i) + 0.5) * step;
    const auto first = static_cast<std::size_t>(std::max(0., std::ceil(middle - reach - 0.5))),
               end = std::min(from, static_cast<std::size_t>(std::floor(middle + reach - 0.5)) + 1);
    Shares shares{first, {}};
    double sum = 0;
    for (std::size_t k = first; k < end; ++k)
      sum += shares.of.emplace_back(
          std::max(0., 1 - std::abs(static_cast<double>(k) + 0.5 - middle) / reach));
    for (double& share : shares.of) share /= sum;
    all.push_back(std::move(shares));
  }
  return all;
}

/// Writes lines of another length. Each has `from` groups of `n` numbers; `to` of them are written.
void resize_lines(const double* x, std::size_t lines, std::size_t from, std::size_t to,
                  std::size_t n, double* y) {
  const std::vector<Shares> shares = shares_of_line(from, to);
  for (std::size_t line = 0; line < lines; ++line, x += from * n)
    for (const Shares& s : shares)
      for (std::size_t j = 0; j < n; ++j) {
        double sum = 0;
        for (std::size_t k = 0; k < s.of.size(); ++k) sum += s.of[k] * x[(s.first + k) * n + j];
        *y++ = sum;
      }
}

}  // namespace

void write_resized(const Picture& picture, std::size_t channels, std::size_t height,
                   std::size_t width, double* to) {
  const PictureSize& own = picture.size;
  if (own.height == height && own.width == width) return write_channels(picture, channels, to);
  std::vector<double> as_stored(own.height * own.width * channels),
      narrow(own.height * width * channels);
  write_channels(picture, channels, as_stored.data());
  resize_lines(as_stored.data(), own.height, own.width, width, channels, narrow.data());
  resize_lines(narrow.data(), 1, own.height, height, width * channels, to);
}
