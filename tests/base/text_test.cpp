#include "base/text.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "base/did_you_mean.hpp"
using namespace nnrun::host;
namespace {
const std::vector<std::string> names{"sigmoid", "relu", "tanh", "softmax", "elu"};
}

TEST_CASE("a misspelt word finds its neighbour", "[base]") {
  CHECK(nearest("sigmod", names) == "sigmoid");
  CHECK(nearest("sigmiod", names) == "sigmoid");  // a swap is one mistake
  CHECK(nearest("Softmax", names) == "softmax");
  CHECK(nearest("ReLU", names) == "relu");
  CHECK(nearest("elv", names) == "elu");
  CHECK(nearest("tanh", names) == "tanh");
}

TEST_CASE("a word that is like no other finds no neighbour", "[base]") {
  CHECK(nearest("gelu2000", names) == std::nullopt);
  CHECK(nearest("", names) == std::nullopt);
  CHECK(nearest("x", names) == std::nullopt);
  CHECK(nearest("x", std::vector<std::string>{"y"}) == std::nullopt);
  CHECK(nearest(std::string(1'000'000, 'a'), names) == std::nullopt);
  CHECK(nearest("a", {}) == std::nullopt);
}

TEST_CASE("the nearest of two wins, and of equally near ones the first", "[base]") {
  CHECK(nearest("rel", std::vector<std::string>{"real", "reel", "rely"}) == "real");
  CHECK(nearest("learning_rat", std::vector<std::string>{"learning_ratio", "learning_rate"}) ==
        "learning_rate");
}

TEST_CASE("did_you_mean offers the neighbour, or a short list, or nothing", "[base]") {
  CHECK(did_you_mean("sigmod", names) == "did you mean 'sigmoid'?");
  CHECK(did_you_mean("linear", names) == "one of: sigmoid, relu, tanh, softmax, elu");
  CHECK(did_you_mean("linear", {}).empty());
  CHECK(did_you_mean("linear", std::vector<std::string>(18, "b")).empty());
}

TEST_CASE("numbers are written with the fewest digits that read back", "[base]") {
  CHECK(shortest(0.1) == "0.1");
  CHECK(shortest(1.0) == "1");
  CHECK(shortest(-0.0) == "-0");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK((shortest(-nan) == "nan" && shortest(nan) == "nan" && significant(-nan, 3) == "nan"));
  CHECK(shortest(0.1f) == "0.1");
  CHECK(shortest(static_cast<double>(0.1f)) == "0.10000000149011612");
  CHECK(shortest(0.000019314711178699818) == "1.9314711178699818e-05");
  const double least = std::numeric_limits<double>::denorm_min();
  CHECK(parse_double(shortest(least)) == least);
  const double most = std::numeric_limits<double>::max();
  CHECK(parse_double(shortest(-most)) == -most);
}

TEST_CASE("only a whole decimal number is a number", "[base]") {
  CHECK(parse_double("1.5") == 1.5);
  CHECK(parse_double("+1.5") == 1.5);
  CHECK(parse_double("-.5") == -0.5);
  CHECK(parse_double("2.") == 2.0);
  CHECK(parse_double("1e-3") == 0.001);
  for (const char* text : {"", "+", "-", ".", "e", " 1", "1 ", "1,5", "0x10", "inf", "-inf", "nan",
                           "1e", "+-1", "++1", "1e999", "1_000", "1\n"})
    CHECK_FALSE(parse_double(text));
  CHECK(parse_integer("-12") == -12);
  CHECK(parse_integer("+12") == 12);
  CHECK(parse_integer("9223372036854775807") == std::numeric_limits<long long>::max());
  for (const char* text : {"", "+", "9223372036854775808", "1.0", "1e3", "0x1", "+-1", " 1"})
    CHECK_FALSE(parse_integer(text));
}

TEST_CASE("UTF-8 is what the standard calls well-formed", "[base]") {
  for (const char* text : {"", "abc", "ä", "層", "😀", "\x7f", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"})
    CHECK(valid_utf8(text));
  for (const char* text :
       {"\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xe5\xb1",
        "\xe5"
        "a\xa4"})
    CHECK_FALSE(valid_utf8(text));
}

TEST_CASE("parts are joined with separators between them, equal parts too", "[base]") {
  CHECK(join({}, ", ").empty());
  CHECK(join({"a"}, ", ") == "a");
  CHECK(join({"a", "a", ""}, ", ") == "a, a, ");
}

TEST_CASE("a text is split where separators are, and the last part need not have one", "[base]") {
  using Parts = std::vector<std::string>;
  CHECK(split("", ',').empty());
  CHECK(split("a", ',') == Parts{"a"});
  CHECK(split("a\nb\n", '\n') == Parts{"a", "b"});
  CHECK(split("a,,b", ',') == Parts{"a", "", "b"});
  CHECK(split(",", ',') == Parts{""});
  CHECK(split("a,b\nc", '\n') == Parts{"a,b", "c"});
}
