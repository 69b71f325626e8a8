#include "fuzz/mutation.hpp"

#include <array>
#include <random>
#include <string_view>
namespace nnrun::testing {
namespace {

using namespace std::string_view_literals;

// What readers trip over: ends of ranges, and what separates, nests and quotes.
constexpr std::array words{"\0"sv,
                           "\n"sv,
                           "\xff"sv,
                           "\x80"sv,
                           ","sv,
                           ":"sv,
                           ": "sv,
                           "\""sv,
                           "'"sv,
                           "{"sv,
                           "}"sv,
                           "["sv,
                           "]"sv,
                           "-"sv,
                           "#"sv,
                           "="sv,
                           " "sv,
                           "/"sv,
                           "../"sv,
                           "0"sv,
                           "1"sv,
                           "-1"sv,
                           "9"sv,
                           "1e999"sv,
                           "-1e-999"sv,
                           "nan"sv,
                           "inf"sv,
                           "null"sv,
                           "true"sv,
                           "[]"sv,
                           "{}"sv,
                           "\"\""sv,
                           "256"sv,
                           "65536"sv,
                           "4294967296"sv,
                           "9223372036854775808"sv,
                           "18446744073709551615"sv,
                           "99999999999999999999"sv,
                           "\xff\xff\xff\xff"sv,
                           "\0\0\0\0\0\0\0\0"sv,
                           "\xff\xff\xff\xff\xff\xff\xff\x7f"sv};

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  void change(std::string& text, const std::string& other) {
    const std::size_t at = below(text.size() + 1), n = below(text.size() - at + 1);
    switch (below(8)) {
      case 0:
        text.resize(at);
        break;
      case 1:
        text.erase(at, n);
        break;
      case 2:  // again, elsewhere
        text.insert(below(text.size() + 1), text.substr(at, n));
        break;
      case 3: {  // a piece of another example
        const std::size_t from = below(other.size() + 1);
        text.insert(at, other.substr(from, below(other.size() - from + 1)));
        break;
      }
      case 4:
        text.insert(at, words[below(words.size())]);
        break;
      case 5: {
        const std::string_view word = words[below(words.size())];
        text.replace(at, std::min(word.size(), text.size() - at), word);
        break;
      }
      case 6:
        text.insert(at, std::string(1 + below(300), text.empty() ? '(' : text[below(text.size())]));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
    }
  }
  std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }

 private:
  std::mt19937_64 random_;
};

}  // namespace

std::string mutation(const std::vector<std::string>& corpus, std::uint64_t number) {
  Mutator mutator(number);
  std::string text = corpus[number / 256 % corpus.size()];
  for (std::size_t i = 0, n = 1 + mutator.below(4); i < n; ++i)
    mutator.change(text, corpus[mutator.below(corpus.size())]);
  return text;
}

}  // namespace nnrun::testing
