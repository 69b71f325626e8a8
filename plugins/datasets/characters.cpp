#include <algorithm>
#include <array>
#include <nnrun/input_file.hpp>
#include <nnrun/plugin.hpp>
#include <nnrun/text_file.hpp>
#include <string>
#include <unordered_map>
#include <vector>

/// A text, cut into pieces of some characters. Inputs are the characters of a piece, as their
/// places in the vocabulary; targets are those that follow each of them, 1 in a row of zeros as
/// long as the vocabulary. So the mean cost of a character is that of an example divided by
/// `length`.
struct Characters : nnrun::Dataset {
  static constexpr auto name = "characters",
                        doc = "pieces of a text, and for each character the one that follows";
  const char *path = "", *validation = "", *test = "", *vocabulary = "";
  std::int64_t length = 32, stride = 0;
  static constexpr bool files_apart = true;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Characters::path, "path", "text file, in UTF-8",
                     {.required = true, .path = true}),
        nnrun::param(&Characters::validation, "validation", "another, to validate on",
                     {.path = true}),
        nnrun::param(&Characters::test, "test", "another, to test on", {.path = true}),
        nnrun::param(&Characters::length, "length", "characters of a piece",
                     {.min = 1, .max = 1e6}),
        nnrun::param(&Characters::stride, "stride",
                     "characters from one piece to the next; 0: as long as a piece",
                     {.min = 0, .max = 1e6}),
        nnrun::param(&Characters::vocabulary, "vocabulary",
                     "the characters that may occur, in the order of their numbers; the message "
                     "about an empty one has those of the file"));
  }

  void open(nnrun_data& data) {
    const std::array files{path, validation, test};
    const std::size_t size = static_cast<std::size_t>(length);
    step_ = stride > 0 ? static_cast<std::size_t>(stride) : size;
    Places places;
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
      if (!*files[part]) continue;
      const std::u32string text = read_text(files[part]);
      if (text.empty()) throw nnrun::Error("is empty", files[part], "name a text to learn from");
      if (places.empty()) places = take_vocabulary(text, files[part]);
      numbers_[part] = numbers_of(text, places, files[part]);
      if (text.size() <= size)
        throw nnrun::Error("has " + std::to_string(text.size()) + " characters, but a piece of " +
                               std::to_string(size) + " needs one more than that",
                           files[part], "write a shorter length");
      data.examples[part] = (text.size() - 1 - size) / step_ + 1;
    }
    if (static_cast<double>(size) * static_cast<double>(known_) > 0x1p31)
      throw nnrun::Error("targets of " + std::to_string(size) + " x " + std::to_string(known_) +
                         " are impossible");
    data.input = {1, {size}};
    data.target = {2, {size, known_}};
    if (nnrun::KnownColumns::has(data, &data.overlap)) data.overlap = (size - 1) / step_;
  }
  void read(const nnrun::Stream&, nnrun::Part part, std::size_t from, std::size_t n, double* x,
            double* t) const {
    const std::vector<std::uint16_t>& numbers = numbers_[static_cast<std::size_t>(part)];
    const std::size_t size = static_cast<std::size_t>(length);
    std::fill_n(t, n * size * known_, 0.);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t k = 0; k < size; ++k, t += known_) {
        const std::size_t at = (from + i) * step_ + k;
        *x++ = numbers[at];
        t[numbers[at + 1]] = 1;
      }
  }

  /// Reads the end of a text as an example of this shape, for predictions, and zeros behind it.
  /// Returns of how many characters. Throws nnrun::Error for an empty text, or one with a character
  /// that is not in the vocabulary.
  std::size_t read_example(const char* utf8, const nnrun_shape& shape, double* x) const {
    const std::string place = std::string("'") + utf8 + "'";
    if (nnrun::first_not_utf8(utf8) != std::string_view::npos)
      throw nnrun::Error("is not UTF-8", place);
    const std::u32string text = decoded(utf8);
    if (text.empty()) throw nnrun::Error("has no character", place, "write what comes before");
    const std::size_t size = nnrun::size_of(shape), used = std::min(text.size(), size);
    const Places places = places_in(decoded(vocabulary));
    std::fill_n(x, size, 0.);
    for (const char32_t c : text.substr(text.size() - used)) {
      const auto found = places.find(c);
      if (found == places.end())
        throw nnrun::Error("character " + shown(c) + " is not in 'vocabulary'", place);
      *x++ = found->second;
    }
    return used;
  }
  /// Returns the characters of the vocabulary, each in UTF-8.
  std::span<const char* const> characters() {
    texts_.clear();
    pointers_.clear();
    for (const char32_t c : decoded(vocabulary)) nnrun::append_utf8(c, texts_.emplace_back());
    for (const std::string& text : texts_) pointers_.push_back(text.c_str());
    return pointers_;
  }
  static const void* extension(std::string_view id) {
    static constexpr nnrun_example_text table{
        sizeof(nnrun_example_text),
        [](void* self, const char* text, const nnrun_shape* shape, double* x,
           std::size_t* used) noexcept {
          return nnrun::detail::guard(
              [&] { *used = static_cast<const Characters*>(self)->read_example(text, *shape, x); });
        },
        [](void* self, const char* const** out, std::size_t* n) noexcept {
          return nnrun::detail::guard([&] {
            const auto all = static_cast<Characters*>(self)->characters();
            *out = all.data();
            *n = all.size();
          });
        }};
    return id == "nnrun.example_text/1" ? &table : nullptr;
  }

 private:
  using Places = std::unordered_map<char32_t, std::uint16_t>;
  static Places places_in(const std::u32string& known) {
    Places places;
    for (const char32_t c : known) places.emplace(c, static_cast<std::uint16_t>(places.size()));
    return places;
  }
  static std::u32string decoded(std::string_view utf8) {
    std::u32string text;
    for (const char byte : utf8) {
      const auto c = static_cast<unsigned char>(byte);
      if ((c & 0xc0) == 0x80)
        text.back() = text.back() << 6 | (c & 0x3f);
      else
        text += c < 0x80 ? c : c < 0xe0 ? c & 0x1f : c < 0xf0 ? c & 0x0f : c & 0x07;
    }
    return text;
  }
  static std::u32string read_text(const char* path) {
    std::ifstream in = nnrun::open_input(path);
    nnrun::TextFile file(in, path, "utf-8");
    std::string text;
    for (std::string_view block = file.next(); !block.empty(); block = file.next()) text += block;
    if (const std::size_t bad = nnrun::first_not_utf8(text); bad != text.npos)
      throw nnrun::Error("is not UTF-8", place(path, std::string_view(text).substr(0, bad)),
                         "convert the file first");
    if (const std::size_t none = text.find('\0'); none != text.npos)
      throw nnrun::Error("has a byte 0, so it is not a text",
                         place(path, std::string_view(text).substr(0, none)), "take it out");
    return decoded(text);
  }
  /// Returns the place behind a beginning of the file: `file:line`.
  static std::string place(const char* path, std::string_view before) {
    return std::string(path) + ":" + std::to_string(1 + std::ranges::count(before, '\n'));
  }
  /// Returns where each character of the vocabulary stands in it.
  Places take_vocabulary(const std::u32string& text, const char* file) {
    if (nnrun::first_not_utf8(vocabulary) != std::string_view::npos)
      throw nnrun::Error("'vocabulary' is not UTF-8");
    if (!*vocabulary) refuse_empty(text, file);
    const std::u32string known = decoded(vocabulary);
    std::u32string sorted = known;
    std::ranges::sort(sorted);
    if (std::ranges::adjacent_find(sorted) != sorted.end())
      throw nnrun::Error("'vocabulary' has a character twice");
    if (known.size() > 65536)
      throw nnrun::Error(
          "has " + std::to_string(known.size()) + " different characters, 65536 are the most",
          file);
    known_ = known.size();
    return places_in(known);
  }
  static std::vector<std::uint16_t> numbers_of(const std::u32string& text, const Places& places,
                                               const char* path) {
    std::vector<std::uint16_t> numbers;
    std::size_t line = 1;
    for (const char32_t c : text) {
      const auto found = places.find(c);
      if (found == places.end())
        throw nnrun::Error("character " + shown(c) + " is not in 'vocabulary'",
                           std::string(path) + ":" + std::to_string(line));
      numbers.push_back(found->second);
      if (c == U'\n') ++line;
    }
    return numbers;
  }
  /// Another text has other characters: their numbers would mean something else to the network.
  [[noreturn]] static void refuse_empty(std::u32string text, const char* file) {
    std::ranges::sort(text);
    text.erase(std::unique(text.begin(), text.end()), text.end());
    std::string all;
    for (const char32_t c : text) all += quoted(c);
    throw nnrun::Error("needs 'vocabulary': which characters there may be", file,
                       "of this text it is\nvocabulary: \"" + all + "\"");
  }
  /// Returns a character as it stands between quotes in YAML.
  static std::string quoted(char32_t c) {
    static constexpr auto digits = "0123456789ABCDEF";
    if (c == U'\n') return "\\n";
    if (c == U'"' || c == U'\\') return std::string("\\") + static_cast<char>(c);
    if (c >= 0x20 && c < 0x7f) return std::string(1, static_cast<char>(c));
    const bool is_letter = (c >= 0xa1 && c <= 0x24f && c != 0xad) || (c >= 0x370 && c <= 0x52f);
    if (is_letter) {  // of the scripts of Europe; others may change how their neighbours look
      std::string own;
      nnrun::append_utf8(c, own);
      return own;
    }
    std::string hex = "\\U";
    for (int shift = 28; shift >= 0; shift -= 4) hex += digits[c >> shift & 15];
    return hex;
  }
  static std::string shown(char32_t c) {
    if (c > 0x20 && c < 0x7f) return "'" + std::string(1, static_cast<char>(c)) + "'";
    static constexpr auto digits = "0123456789ABCDEF";
    std::string hex;
    for (int shift = c > 0xffff ? 20 : 12; shift >= 0; shift -= 4) hex += digits[c >> shift & 15];
    return "U+" + hex;
  }

  std::vector<std::string> texts_;  // of the vocabulary
  std::vector<const char*> pointers_;
  std::size_t known_ = 0;  // characters
  std::array<std::vector<std::uint16_t>, NNRUN_PARTS> numbers_;
  std::size_t step_ = 1;
};
NNRUN_REGISTER(Characters)
