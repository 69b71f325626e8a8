// csv: what stands in a text file, byte by byte: numbers as people write them, borders of blocks,
// compressed files, files that are not what they should be.
#include <sys/stat.h>

#include <chrono>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <nnrun/gzip_input.hpp>
#include <nnrun/number_text.hpp>
#include <random>
#include <thread>

#include "support/example_data.hpp"
namespace nnrun::testing {
namespace {

using Catch::StartsWith;
using Texts = std::vector<std::string>;
constexpr std::size_t block = std::size_t{1} << 16;

std::string said_of(const std::string& text) {
  const Scratch scratch;
  return said([&] { read("csv", {{"path", scratch.write("a.csv", text).string()}}); }, scratch);
}

/// Returns some digits, with a point, a sign and an exponent here and there.
std::string random_number(std::mt19937_64& random) {
  const auto one_of = [&](std::size_t n) { return random() % n; };
  std::string text = one_of(2) ? "-" : "";
  const std::size_t digits = 1 + one_of(22), point = one_of(2 * digits);
  for (std::size_t i = 0; i < digits; ++i) {
    if (i == point) text += '.';
    text += static_cast<char>('0' + one_of(10));
  }
  if (one_of(4) == 0) text += "e" + std::to_string(static_cast<int>(one_of(680)) - 340);
  return text;
}

bool same_bits(double a, double b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

}  // namespace

TEST_CASE("a number in a text becomes the double that the C library gives", "[dataset][csv]") {
  REQUIRE(std::string(std::setlocale(LC_NUMERIC, nullptr)) == "C");
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const std::string text = random_number(random);
    double x = 7;
    CAPTURE(text);
    REQUIRE(is_number(text, x));
    REQUIRE(same_bits(x, std::strtod(text.c_str(), nullptr)));
    std::string comma = text;
    std::ranges::replace(comma, '.', ',');
    REQUIRE(is_number(comma, x, ','));
    REQUIRE(same_bits(x, std::strtod(text.c_str(), nullptr)));
  }
}

TEST_CASE("what stands around a field is no part of its number", "[dataset][csv]") {
  std::mt19937_64 random(2);
  for (int i = 0; i < 100'000; ++i) {
    const std::string text = random_number(random), row(40, "0123456789.-,"[random() % 13]);
    const std::size_t before = random() % 20, behind = random() % 20;
    const std::string all = row.substr(0, before) + text + row.substr(0, behind);
    const std::string_view field = std::string_view(all).substr(before, text.size());
    double x = 7;
    CAPTURE(all, text);
    if (detail::short_number(field, all, '.', x))
      REQUIRE(same_bits(x, std::strtod(text.c_str(), nullptr)));
    else
      REQUIRE((text.size() > 15 || text.find('e') != text.npos));
  }
}

TEST_CASE("any other byte at any place of a short number makes it none", "[dataset][csv]") {
  for (std::size_t n = 1; n <= 15; ++n)
    for (std::size_t at = 0; at < n; ++at)
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(n, '1');
        text[at] = static_cast<char>(byte);
        double x = 0;
        CAPTURE(text, byte);
        const bool digit = byte >= '0' && byte <= '9', sign = byte == '-' && at == 0 && n > 1,
                   point = byte == '.' && n > 1;
        const std::string row = "11111111" + text + "11111111";
        REQUIRE(detail::short_number(text, text, '.', x) == (digit || sign || point));
        REQUIRE(detail::short_number(std::string_view(row).substr(8, n), row, '.', x) ==
                (digit || sign || point));
        if (digit || sign || point) REQUIRE(same_bits(x, std::strtod(text.c_str(), nullptr)));
      }
}

TEST_CASE("numbers at the edges are rounded to the nearest double", "[dataset][csv]") {
  struct Case {
    std::string text;
    double number;
  };
  const std::string zeros(400, '0'), sevens(400, '7');
  const Case c = GENERATE_COPY(
      Case{"+5", 5}, Case{"5.", 5}, Case{".5", .5}, Case{"-0", -0.}, Case{"007", 7},
      Case{"1e22", 1e22}, Case{"1e23", 1e23}, Case{"9007199254740993", 9007199254740992},
      Case{"-.9007199254740993", -.9007199254740993},
      Case{"2.2250738585072011e-308", 0x0.fffffffffffffp-1022},
      Case{"2.2250738585072012e-308", 0x1p-1022}, Case{"4.9e-324", 0x1p-1074}, Case{"2e-324", 0},
      Case{"1e-400", 0}, Case{"-1e-400", -0.}, Case{"1e-99999999999999999999", 0},
      Case{"1e99999999999999999999", INFINITY}, Case{"1e400", INFINITY}, Case{"-1e400", -INFINITY},
      Case{"0e999999", 0}, Case{zeros + "5", 5}, Case{"0." + zeros + "1", 0},
      Case{"0." + zeros + "1e401", 1}, Case{"1" + zeros + "e-400", 1},
      Case{"1" + zeros + "e-10", INFINITY}, Case{sevens, INFINITY}, Case{"0." + sevens, 7 / 9.});
  CAPTURE(c.text);
  double x = 3;
  CHECK(is_number(c.text, x));
  CHECK(same_bits(x, c.number));
}

TEST_CASE("every number of a large table keeps its bits, however its row is written",
          "[dataset][csv]") {
  std::mt19937_64 random(3);
  const auto one_of = [&](std::size_t n) { return random() % n; };
  const auto odd = [&] {
    for (;;)
      if (const std::string x = random_number(random);
          std::isfinite(std::strtod(x.c_str(), nullptr)))
        return x;
  };
  const auto fixed = [&](std::size_t digits) {
    const std::string x = std::to_string(one_of(digits == 0 ? 5 : 200'000));
    return (one_of(2) ? "-" : "") + x.substr(0, x.size() / 2) +
           (digits == 0 ? x.substr(x.size() / 2) : "." + x.substr(x.size() / 2));
  };
  const Texts known{".5", "5.", "-0", "1e-400", "-1e-400", "007", "12345678.12345678", "4.9e-324"};
  constexpr std::size_t rows = 20'000, columns = 5;  // several blocks in memory
  std::string text = "a,b,c,d,y\n";
  std::vector<double> expected;
  for (std::size_t i = 0; i < rows; ++i) {
    const Texts row{fixed(0), fixed(2), odd(), i % 900 == 7 ? odd() : fixed(3),
                    known[one_of(known.size())]};
    for (std::size_t c = 0; c < columns; ++c) {
      expected.push_back(std::strtod(row[c].c_str(), nullptr));
      const std::size_t how = one_of(12);
      if (c > 0) text += ',';
      text += how == 0                 ? "  " + row[c] + "\t"
              : how == 1 && i % 3 == 0 ? '"' + row[c] + '"'
                                       : row[c];
    }
    text += Texts{"\n", "\r\n", ",\n", ",,\r\n", " \n"}[one_of(5)];
  }
  const Scratch scratch;
  const Read data = read("csv", {{"path", scratch.write("a.csv", text).string()}});
  const auto& part = data.parts[NNRUN_TRAIN];
  REQUIRE(part.count == rows);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t c = 0; c < columns; ++c) {
      const double x = c + 1 < columns ? part.x.data()[i * (columns - 1) + c] : part.t.data()[i];
      wrong += !same_bits(x, expected[i * columns + c]);
    }
  CHECK(wrong == 0);
}

TEST_CASE("what is not a plain number is a text", "[dataset][csv]") {
  const std::string text = GENERATE(values<std::string>({"0x10",
                                                         "0x1p3",
                                                         "1 000",
                                                         "1_000",
                                                         "1'000",
                                                         "5%",
                                                         "$5",
                                                         "+-5",
                                                         "++5",
                                                         "-+5",
                                                         "--5",
                                                         "+",
                                                         "-",
                                                         ".",
                                                         "-.",
                                                         "1.2.3",
                                                         "1e",
                                                         "e5",
                                                         "1e+",
                                                         "1\xC2\xA0"
                                                         "000",
                                                         "five",
                                                         "5 6"}));
  CAPTURE(text);
  double x = 0;
  CHECK_FALSE(is_number(text, x));
  if (text.starts_with('+')) CHECK_FALSE(is_number(text, x, ','));
  CHECK_THAT(said_of("x,y\n1,2\n" + text + ",3\n"),
             StartsWith(text == "-" ? "error: column 'x': a value is missing, '-'\n  --> a.csv:3\n"
                                    : "error: column 'x': expected a finite number, found '" +
                                          text + "'\n  --> a.csv:3\n"));
}

TEST_CASE("the minus of typesetters, and a dash, are a minus", "[dataset][csv]") {
  const std::string minus = GENERATE(values<std::string>({"\xE2\x88\x92", "\xE2\x80\x93"}));
  const Scratch scratch;
  const auto x_of = [&](const std::string& text, const Settings& more) {
    Settings all = more;
    all.emplace_back("path", scratch.write("a.csv", "x,y\n" + text + ",3\n").string());
    return read("csv", all).parts[NNRUN_TRAIN].x.data()[0];
  };
  CHECK(x_of(minus + "5.25", {}) == -5.25);
  CHECK(x_of(minus + "$5", {{"symbols", Texts{"$"}}}) == -5);
  CHECK(x_of("$" + minus + "5", {{"symbols", Texts{"$"}}}) == -5);
  CHECK(x_of("\"" + minus + "1,200\"", {{"thousands", std::string(",")}}) == -1200);
  // a config that took it for a symbol reads it as what it is
  CHECK(x_of(minus + "5", {{"symbols", Texts{minus}}}) == -5);
  CHECK_THAT(said_of("x,y\n1,2\n" + minus + ",3\n"), StartsWith("error: column 'x': expected a"));
  CHECK_THAT(said_of("x,y\n1,2\n5" + minus + "7,3\n"), StartsWith("error: column 'x': expected a"));
}

TEST_CASE("names may go over lines within quotes, each line end is a blank", "[dataset][csv]") {
  const Scratch scratch;
  const auto file = scratch.write("a.csv", "\"area\r\n(m2)\",\"price\n\n(USD)\"\n1,2\n");
  const Read data = read("csv", {{"path", file.string()}});
  CHECK(data.shape.names.inputs == Texts{"area (m2)"});
  CHECK(data.shape.names.targets == Texts{"price (USD)"});
  CHECK(said_of("\"a\tb\",y\n1,2\n") ==
        "error: column 1 holds a control character\n  --> a.csv:1\n   = help: names, categories "
        "and classes are texts on one line: take line ends and tabs out of them, or make the "
        "column unused\n");
}

TEST_CASE("a number that is not finite is refused in the first row, too", "[dataset][csv]") {
  const std::string text =
      GENERATE(values<std::string>({"1e400", "-1e400", "inf", "-inf", "Infinity"}));
  CHECK_THAT(said_of("x,y\n" + text + ",3\n"),
             StartsWith("error: column 'x': expected a finite number, found '" + text +
                        "'\n  --> a.csv:2\n"));
}

TEST_CASE("a zero byte within a row is refused where it is read", "[dataset][csv]") {
  const std::string zero(1, '\0');
  const std::string hint =
      "   = help: names, categories and classes are texts on one line: take line ends and tabs out "
      "of them, or make the column unused\n";
  CHECK(said_of("x,y\n1,2\n1" + zero + ",3\n") ==
        "error: column 'x' holds a control character\n  --> a.csv:3\n" + hint);
  CHECK(said_of("x,y\n1,b\n1,c" + zero + "d\n") ==
        "error: column 'y' holds a control character\n  --> a.csv:3\n" + hint);
  CHECK_THAT(said_of("x" + zero + ",y\n1,2\n"), StartsWith("error: holds zero bytes"));
  CHECK_THAT(said_of("\0\0\0\0"), StartsWith("error: the file is empty"));
}

TEST_CASE("rows are the same wherever the border of a block falls", "[dataset][csv]") {
  const std::string rows =
      "2,\"two\r\nlines, \"\"of\"\" it\",\"c \"\"q\"\"\"\r\n\"3\" ,,\"\"\"\"\r\n+4, \"\" ,b";
  const std::string header = "a,note,kind\r\n";
  for (std::size_t shift = 0; shift <= rows.size() + 2; ++shift) {
    const std::string padding(block - shift - header.size() - 6, ' ');
    const std::string text = header + padding + "1,,b\r\n" + rows;
    const Scratch scratch;
    std::string wide = "\xFF\xFE";
    for (const char c : text) wide += c + std::string(1, '\0');
    for (const std::string& written : {text, gzipped(scratch, text), wide}) {
      const Read data = read("csv", {{"path", scratch.write("a.csv", written).string()},
                                     {"inputs", Texts{"a"}},
                                     {"targets", Texts{"kind"}}});
      CAPTURE(shift);
      REQUIRE(numbers(data.parts[NNRUN_TRAIN].x) == std::vector<double>{1, 2, 3, 4});
      REQUIRE(data.shape.names.classes == Texts{"\"", "b", "c \"q\""});
    }
  }
}

TEST_CASE("a row may have any number of fields, of any length", "[dataset][csv]") {
  for (std::size_t n = 1; n < 200; ++n) {
    std::string names, row;
    std::vector<double> expected;
    for (std::size_t i = 0; i < n; ++i) {
      names += "c" + std::to_string(i) + ",";
      row += std::string(i % 5, ' ') + std::to_string(i * i * i) + std::string(i % 3, ' ') + ",";
      expected.push_back(static_cast<double>(i * i * i));
    }
    const Scratch scratch;
    const Read data =
        read("csv", {{"path", scratch.write("a.csv", names + "t\n" + row + "7").string()}});
    REQUIRE(numbers(data.parts[NNRUN_TRAIN].x) == expected);
  }
}

TEST_CASE("a compressed text may be several, one behind the other, but nothing else",
          "[dataset][csv]") {
  const Scratch scratch;
  const std::string first = gzipped(scratch, "a,y\n1,0\n2,"), second = gzipped(scratch, "1\n");
  const auto said_of_packed = [&](const std::string& bytes) {
    const std::string file = scratch.write("a.csv.gz", bytes).string();
    std::size_t rows = 2;
    const auto read_file = [&] { rows = read("csv", {{"path", file}}).parts[NNRUN_TRAIN].count; };
    const std::string found = said(read_file, scratch);
    CHECK(rows == 2);
    return found;
  };
  CHECK(said_of_packed(first + second) == "nothing");
  CHECK(said_of_packed(first + gzipped(scratch, "") + second) == "nothing");
  CHECK(said_of_packed(first + second + std::string(1000, '\0')) == "nothing");
  CHECK(said_of_packed(first + second + "and more") ==
        "error: has other bytes behind the compressed data\n"
        "  --> a.csv.gz\n"
        "   = help: the file is damaged, or two files were joined: get it again\n");
  const std::string whole = first + second;
  for (std::size_t n = 1; n < whole.size(); ++n) {
    CAPTURE(n, first.size());
    if (n != first.size()) CHECK_THAT(said_of_packed(whole.substr(0, n)), StartsWith("error: "));
  }
  std::string damaged = whole;
  damaged[first.size() - 6] ^= 1;  // the checksum of the first
  CHECK_THAT(said_of_packed(damaged), StartsWith("error: the compressed data are damaged\n"));
}

TEST_CASE("a text file that changes while it is read is refused", "[dataset][csv]") {
  const std::string how = GENERATE("grows", "shrinks", "is written over");
  CAPTURE(how);
  const Scratch scratch;
  const std::string file = scratch.write("a.csv", std::string(3 * block, '1')).string();
  GzipInput in(file);
  std::string bytes(block, ' ');
  in.read(bytes.data(), static_cast<std::streamsize>(block));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // a file's clock has steps
  if (how == "grows")
    std::ofstream(file, std::ios::app) << "1";
  else if (how == "shrinks")
    REQUIRE(::truncate(file.c_str(), 2 * block) == 0);
  else
    std::fstream(file, std::ios::in | std::ios::out) << "2";  // of what was read already
  try {
    while (in.read(bytes.data(), static_cast<std::streamsize>(block))) {
    }
    FAIL("nothing was said");
  } catch (const nnrun::Error& e) {
    CHECK(std::string(e.what()) == "changed while it was read");
    CHECK(e.where() == file);
  }
}

TEST_CASE("what is not a file is refused as such, by every data set that reads files",
          "[dataset][csv][idx][npy]") {
  const Scratch scratch;
  const std::string pipe = (scratch / "pipe").string(), file = scratch.write("file", "").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  std::filesystem::create_directory(scratch / "folder");
  const std::pair<std::string, std::string> cases[] = {
      {pipe, "error: not a regular file\n  --> pipe\n"},
      {(scratch / "folder").string(), "error: a folder, not a file\n  --> folder\n"},
      {(scratch / "none").string(), "error: no such file\n  --> none\n"}};
  for (const auto& [path, expected] : cases) {
    const auto said_by = [&](const char* type, const Settings& settings) {
      return said([&] { read(type, settings); }, scratch);
    };
    CHECK(said_by("csv", {{"path", path}}) == expected);
    CHECK(said_by("idx", {{"images", path}, {"labels", file}}) == expected);
    CHECK(said_by("npy", {{"inputs", path}, {"targets", file}}) == expected);
  }
}

}  // namespace nnrun::testing
