// npy: right files give their numbers, wrong ones their messages.
#include "support/example_data.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using Texts = std::vector<std::string>;

struct Arrays {
  Scratch scratch;
  std::string inputs = npy_bytes("'<f4'", "(2, 2)", bytes_of<float>({1, 2, 3, 4.5}));
  std::string targets = npy_bytes("'<i8'", "(2,)", bytes_of<std::int64_t>({1, 0}));
  Settings more = {};

  Read read() const {
    Settings all = more;
    all.emplace_back("inputs", scratch.write("x.npy", inputs).string());
    all.emplace_back("targets", scratch.write("t.npy", targets).string());
    return testing::read("npy", all);
  }
  std::string said() const {
    return testing::said([&] { read(); }, scratch);
  }
};

}  // namespace

TEST_CASE("npy reads every type of number", "[dataset][npy]") {
  struct Case {
    const char *type, *name;
    std::string bytes;
    double number;
  };
  const Case c = GENERATE(
      Case{"'<f4'", "float", bytes_of<float>({-1.5f}), -1.5},
      Case{"'<f8'", "double", bytes_of<double>({0.1}), 0.1}, Case{"'|i1'", "i1", "\xff", -1},
      Case{"'|u1'", "u1", "\xff", 255}, Case{"'|b1'", "bool", "\1", 1},
      Case{"'<i2'", "i2", "\xfe\xff", -2}, Case{"'<u2'", "u2", "\xfe\xff", 65534},
      Case{"'<i4'", "i4", bytes_of<std::int32_t>({-70000}), -70000},
      Case{"'<u4'", "u4", bytes_of<std::uint32_t>({4000000000}), 4e9},
      Case{"'<i8'", "i8", bytes_of<std::int64_t>({-5000000000}), -5e9},
      Case{"'<f2'", "half", "\x66\x2e", 0.0999755859375}, Case{"'>f2'", "half", "\xfb\xff", -65504},
      Case{"'<f2'", "smallest half", std::string("\1\0", 2), 0x1p-24},
      Case{"'>f4'", "big float", "\xc1\x20\xf0\xf0", -10.0588226318359375},
      Case{"'>f8'", "big double", "\x40\x09\x21\xfb\x54\x44\x2d\x18", M_PI},
      Case{"'>i2'", "big i2", "\xff\x01", -255}, Case{"'>u2'", "big u2", "\xff\x01", 65281},
      Case{"'>i4'", "big i4", "\xff\xff\xff\x01", -255},
      Case{"'>i8'", "big i8", "\xff\xff\xff\xff\xff\xff\xff\x01", -255},
      Case{"'|b1'", "odd bool", "\7", 1}, Case{"'=i1'", "native", "\7", 7},
      Case{"'<u8'", "u8", bytes_of<std::uint64_t>({10000000000000000000u}), 1e19});
  CAPTURE(c.name);
  Arrays files;
  files.inputs = npy_bytes(c.type, "(1, 1)", c.bytes);
  files.targets = npy_bytes(c.type, "(1,)", c.bytes);
  const Read data = files.read();
  CHECK(data.parts[NNRUN_TRAIN].x.data()[0] == c.number);
  CHECK(data.parts[NNRUN_TRAIN].t.data()[0] == c.number);
}

TEST_CASE("npy gives shapes, and class numbers one-hot", "[dataset][npy]") {
  Arrays files;
  const Read plain = files.read();
  CHECK(numbers(plain.parts[NNRUN_TRAIN].x) == std::vector<double>{1, 2, 3, 4.5});
  CHECK(numbers(plain.parts[NNRUN_TRAIN].t) == std::vector<double>{1, 0});
  CHECK(plain.shape.names.classes.empty());
  files.inputs = npy_bytes("'<f4'", "(2, 1, 2)", bytes_of<float>({1, 2, 3, 4}));
  files.inputs[6] = '\2';  // version 2: the length takes 4 bytes
  files.inputs.insert(10, 2, '\0');
  files.more = {{"one_hot", true}, {"classes", Texts{"no", "yes", "maybe"}}};
  const Read data = files.read();
  CHECK(data.shape.input.rank == 2);
  CHECK(data.shape.names.classes == Texts{"no", "yes", "maybe"});
  CHECK(numbers(data.parts[NNRUN_TRAIN].t) == std::vector<double>{0, 1, 0, 1, 0, 0});
}

TEST_CASE("what is wrong in an npy file is said with file and place", "[dataset][npy]") {
  const auto inputs = [](const std::string& bytes) {
    Arrays files;
    files.inputs = bytes;
    return files.said();
  };
  const std::string numbers = bytes_of<double>({1, 2, 3, 4});
  CHECK(
      inputs(npy_bytes("'|O'", "(2, 2)", numbers)) ==
      "error: holds Python objects ('|O'), expected numbers: f2, f4, f8, i1 to i8, u1 to u8 or b1\n"
      "  --> x.npy\n"
      "   = help: of numbers, save numpy.asarray(x, dtype='f8'); of classes, "
      "numpy.unique(x.astype(str), return_inverse=True)[1]\n");
  CHECK(
      inputs(npy_bytes("'<c16'", "(2,)", numbers)) ==
      "error: holds another type ('<c16'), expected numbers: f2, f4, f8, i1 to i8, u1 to u8 or b1\n"
      "  --> x.npy\n"
      "   = help: save real and imaginary parts side by side: x.view('f8') of a c16, say\n");
  CHECK_THAT(inputs(npy_bytes("'<U3'", "(2,)", numbers)),
             Catch::Contains("   = help: if these are classes, save their numbers: "
                             "numpy.unique(x, return_inverse=True)[1]"));
  CHECK_THAT(inputs(npy_bytes("'<f16'", "(2,)", numbers)),
             Catch::Contains("   = help: save x.astype('f8')\n"));
  CHECK(inputs(npy_bytes("[('a', '<f8')]", "(4,)", numbers)) ==
        "error: holds records of several fields, expected an array of numbers\n"
        "  --> x.npy\n"
        "   = help: a table of records is read by type: csv with path: x.npy; or save the fields "
        "that are wanted as an array: numpy.stack, numpy.save\n");
  CHECK(inputs(npy_bytes("'<f8'", "(2, 2)", numbers.substr(1))) ==
        "error: its header promises 102 bytes, the file has 101\n"
        "  --> x.npy\n"
        "   = help: the file is not whole: write it again\n");
  CHECK(inputs(npy_bytes("'<f8'", "(3, 1)", numbers.substr(8))) ==
        "error: has 2 targets, but there are 3 examples in x.npy\n"
        "  --> t.npy\n");
  CHECK(inputs(npy_bytes("'<f8'", "(2, 2)", bytes_of<double>({1, 2, 3, NAN}))) ==
        "error: number 2 of example 2 is not finite\n"
        "  --> x.npy, row 2\n");
  CHECK(inputs(npy_bytes("'<f8'", "(4294967296, 4294967296)", numbers)) ==
        "error: its sizes multiply to more than 2^40 numbers\n"
        "  --> x.npy\n");
  CHECK(inputs(npy_bytes("'<f8'", "()", numbers)) ==
        "error: has 0 dimensions, expected the examples and one to four of each\n"
        "  --> x.npy\n");
  CHECK(inputs("PK\3\4 and so on") ==
        "error: starts like an npz file, but has no directory at its end\n"
        "  --> x.npy\n"
        "   = help: the file is not whole: write it again\n");
  CHECK(inputs("a,b\n1,2\n3,4\n") ==
        "error: not an npy file: it does not start with \\x93NUMPY\n"
        "  --> x.npy\n");
  CHECK(inputs(npy_bytes("'<f2'", "(2, 1)", std::string("\0\0\0\x7c", 4))) ==
        "error: number 1 of example 2 is not finite\n"
        "  --> x.npy, row 2\n");
  CHECK(inputs(npy_bytes("'<f8'", "(2, 2)", bytes_of<double>({1, 2, NAN, 4}), "True")) ==
        "error: number 2 of example 1 is not finite\n"
        "  --> x.npy, row 1\n");
}

TEST_CASE("an npy file may lie column after column", "[dataset][npy]") {
  // numpy.arange(2300 * 24).reshape(2300, 2, 3, 4): a number says where it is
  std::string bytes;
  for (int l = 0; l < 4; ++l)
    for (int k = 0; k < 3; ++k)
      for (int j = 0; j < 2; ++j)
        for (int i = 0; i < 2300; ++i)
          bytes += bytes_of<std::int32_t>({((i * 2 + j) * 3 + k) * 4 + l});
  Arrays files;
  files.inputs = npy_bytes("'<i4'", "(2300, 2, 3, 4)", bytes, "True");
  files.targets = npy_bytes("'|u1'", "(2300,)", std::string(2300, '\1'), "True");
  const Read data = files.read();
  const std::vector<double> x = numbers(data.parts[NNRUN_TRAIN].x);
  REQUIRE(x.size() == 2300 * 24);
  for (std::size_t i = 0; i < x.size(); ++i) REQUIRE(x[i] == static_cast<double>(i));
}

TEST_CASE("an npy file that is cut anywhere is refused", "[dataset][npy]") {
  Arrays files;
  const std::string whole = files.inputs;
  for (std::size_t n = 0; n < whole.size(); ++n) {
    CAPTURE(n);
    files.inputs = whole.substr(0, n);
    CHECK_THAT(files.said(), StartsWith("error: ") && Contains("--> x.npy"));
  }
}

namespace {

std::string little(std::uint64_t n, std::size_t bytes) {
  return bytes_of<std::uint64_t>({n}).substr(0, bytes);
}
/// Returns the bytes as a zip archive has them.
std::string deflated(const std::string& bytes) {
  std::string out(bytes.size() + 100, '\0');
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

/// A zip archive, after PKWARE's APPNOTE.TXT.
struct Archive {
  bool packed = false, wide = false;
  std::string parts = {}, directory = {};
  std::size_t count = 0;

  void add(const std::string& name, const std::string& bytes) {
    const std::string stored = packed ? deflated(bytes) : bytes;
    const auto sum =
        crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
    const std::string how =
        little(20, 2) + little(0, 2) + little(packed ? 8 : 0, 2) + little(0, 4) + little(sum, 4);
    const std::string sizes = little(stored.size(), 4) + little(bytes.size(), 4);
    const std::string none = little(0xffffffff, 4);
    const std::string extra = little(7, 2) + little(1, 2) + "x" +
                              (wide ? little(1, 2) + little(24, 2) + little(bytes.size(), 8) +
                                          little(stored.size(), 8) + little(parts.size(), 8)
                                    : "");
    directory += "PK\1\2" + little(20, 2) + how + (wide ? none + none : sizes) +
                 little(name.size(), 2) + little(extra.size(), 2) + little(0, 2) + little(0, 8) +
                 (wide ? none : little(parts.size(), 4)) + name + extra;
    parts += "PK\3\4" + how + sizes + little(name.size(), 2) + little(0, 2) + name + stored;
    ++count;
  }
  std::string bytes() const {
    const std::string end = parts + directory;
    const std::string counts = little(count, 2) + little(count, 2);
    if (!wide)
      return end + "PK\5\6" + little(0, 4) + counts + little(directory.size(), 4) +
             little(parts.size(), 4) + little(0, 2);
    return end + "PK\6\6" + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8) +
           little(count, 8) + little(count, 8) + little(directory.size(), 8) +
           little(parts.size(), 8) + "PK\6\7" + little(0, 4) + little(end.size(), 8) +
           little(1, 4) + "PK\5\6" + little(0, 4) + counts + little(0xffffffff, 4) +
           little(0xffffffff, 4) + little(0, 2);
  }
};

struct Zipped {
  Archive archive;
  Settings settings{{"inputs_array", std::string("x")}, {"targets_array", std::string("y")}};
  explicit Zipped(bool packed = false, bool wide = false)
      : archive{.packed = packed, .wide = wide} {
    archive.add("x.npy", npy_bytes("'<f4'", "(2, 2)", bytes_of<float>({1, 2, 3, 4.5})));
    archive.add("y.npy", npy_bytes("'<i8'", "(2,)", bytes_of<std::int64_t>({1, 0})));
  }
  Read read_bytes(const std::string& bytes, const Scratch& scratch) const {
    const std::string file = scratch.write("a.npz", bytes).string();
    Settings all = settings;
    all.emplace_back("inputs", file);
    all.emplace_back("targets", file);
    return read("npy", all);
  }
  std::string said_of(const std::string& bytes) const {
    const Scratch scratch;
    return said([&] { read_bytes(bytes, scratch); }, scratch);
  }
};

}  // namespace

TEST_CASE("arrays of an npz file are found by name, stored or compressed", "[dataset][npy]") {
  const Zipped zipped(GENERATE(false, true), GENERATE(false, true));
  const Scratch scratch;
  const Read data = zipped.read_bytes(zipped.archive.bytes(), scratch);
  CHECK(numbers(data.parts[NNRUN_TRAIN].x) == std::vector<double>{1, 2, 3, 4.5});
  CHECK(numbers(data.parts[NNRUN_TRAIN].t) == std::vector<double>{1, 0});
}

TEST_CASE("an npz file that is cut, or has one wrong byte, is refused or gives the same",
          "[dataset][npy]") {
  const Zipped zipped(GENERATE(false, true));
  const std::string whole = zipped.archive.bytes();
  REQUIRE(zipped.said_of(whole) == "nothing");
  for (std::size_t n = 0; n < whole.size(); ++n) {
    CAPTURE(n, whole.size());
    CHECK_THAT(zipped.said_of(whole.substr(0, n)), StartsWith("error: ") && Contains("--> a.npz"));
    std::string wrong = whole;
    wrong[n] ^= 0x15;
    const Scratch scratch;
    try {
      const Read data = zipped.read_bytes(wrong, scratch);
      CHECK(numbers(data.parts[NNRUN_TRAIN].x) == std::vector<double>{1, 2, 3, 4.5});
      CHECK(numbers(data.parts[NNRUN_TRAIN].t) == std::vector<double>{1, 0});
    } catch (const host::DataError&) {
    }
  }
}

TEST_CASE("what is wrong in an npz file is said with the array", "[dataset][npy]") {
  Zipped zipped(true);
  const std::string whole = zipped.archive.bytes();
  zipped.settings = {{"inputs_array", std::string("x")}};
  CHECK(zipped.said_of(whole) ==
        "error: holds 2 arrays, and none is named\n"
        "  --> a.npz\n"
        "   = help: name one, such as inputs_array: x; the file has: x, y\n");
  zipped.settings = {{"inputs_array", std::string("x_train")}};
  CHECK(zipped.said_of(whole) ==
        "error: no array 'x_train'\n"
        "  --> a.npz\n"
        "   = help: the file has: x, y\n");
  CHECK(zipped.said_of(npy_bytes("'<f4'", "(1, 1)", bytes_of<float>({1}))) ==
        "error: is not an npz file, so it has no array 'x_train'\n"
        "  --> a.npz\n"
        "   = help: do not name an array\n");
  Archive other;
  other.add("x_train.npy", "hello, world");
  CHECK(zipped.said_of(other.bytes()) ==
        "error: not an npy file: it does not start with \\x93NUMPY\n"
        "  --> a.npz, array 'x_train'\n");
  std::string damaged = other.bytes();
  damaged[other.parts.size() + 10] = 12;  // the method
  CHECK(zipped.said_of(damaged) ==
        "error: is compressed by method 12, expected 0 or 8\n"
        "  --> a.npz, array 'x_train'\n"
        "   = help: write it by numpy.savez or numpy.savez_compressed\n");
  damaged = other.bytes();
  damaged[other.parts.size() + 8] = 1;
  CHECK(zipped.said_of(damaged) == "error: is encrypted\n  --> a.npz\n");
  Archive bomb{.packed = true};
  bomb.add("x_train.npy", "hello");
  bomb.directory.replace(24, 4, little(0x7fffffff, 4));
  CHECK(zipped.said_of(bomb.bytes()) ==
        "error: promises 2147483647 bytes, which are not there\n"
        "  --> a.npz, array 'x_train'\n"
        "   = help: the file is not whole: write it again\n");
  Archive columns{.packed = true};
  columns.add("x_train.npy", npy_bytes("'|u1'", "(2, 2)", "abcd", "True"));
  CHECK_THAT(zipped.said_of(columns.bytes()),
             StartsWith("error: is compressed, and column after column (Fortran order)"));
  Archive wrong_sum;
  wrong_sum.add("x_train.npy", npy_bytes("'|u1'", "(2, 2)", "abcd"));
  wrong_sum.add("y.npy", npy_bytes("'|u1'", "(2,)", "ab"));
  wrong_sum.parts.replace(wrong_sum.parts.find("abcd"), 1, "b");
  zipped.settings.emplace_back("targets_array", std::string("y"));
  CHECK(zipped.said_of(wrong_sum.bytes()) ==
        "error: its checksum is wrong\n"
        "  --> a.npz, array 'x_train'\n"
        "   = help: the file is damaged: write it again\n");
}

}  // namespace nnrun::testing
