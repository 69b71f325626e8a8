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

TEST_CASE("what is wrong in an npy file is said with file and byte", "[dataset][npy]") {
  const auto inputs = [](const std::string& bytes) {
    Arrays files;
    files.inputs = bytes;
    return files.said();
  };
  const std::string numbers = bytes_of<double>({1, 2, 3, 4});
  CHECK(inputs(npy_bytes("'|O'", "(2, 2)", numbers)) ==
        "error: holds Python objects ('|O'), expected numbers: f4, f8, i1 to i8, u1 to u8 or b1\n"
        "  --> x.npy\n"
        "   = help: save numpy.asarray(x, dtype='f8')\n");
  CHECK(inputs(npy_bytes("'>f8'", "(2, 2)", numbers)) ==
        "error: holds numbers in big-endian byte order ('>f8'), expected numbers: f4, f8, i1 to "
        "i8, u1 to u8 or b1\n"
        "  --> x.npy\n"
        "   = help: save x.astype(x.dtype.newbyteorder('<'))\n");
  CHECK(inputs(npy_bytes("'<c16'", "(2,)", numbers)) ==
        "error: holds another type ('<c16'), expected numbers: f4, f8, i1 to i8, u1 to u8 or b1\n"
        "  --> x.npy\n"
        "   = help: save x.astype('f8')\n");
  CHECK(inputs(npy_bytes("[('a', '<f8')]", "(4,)", numbers)) ==
        "error: holds records of several fields, expected an array of numbers\n"
        "  --> x.npy\n"
        "   = help: save the fields that are wanted as an array: numpy.stack, numpy.save\n");
  CHECK(inputs(npy_bytes("'<f8'", "(2, 2)", numbers, "True")) ==
        "error: its numbers are in Fortran order, column after column, expected C order\n"
        "  --> x.npy\n"
        "   = help: save numpy.ascontiguousarray(x)\n");
  CHECK(inputs(npy_bytes("'<f8'", "(2, 2)", numbers.substr(1))) ==
        "error: its header promises 102 bytes, the file has 101\n"
        "  --> x.npy\n"
        "   = help: the file is not whole: write it again\n");
  CHECK(inputs(npy_bytes("'<f8'", "(3, 1)", numbers.substr(8))) ==
        "error: has 2 targets, but there are 3 examples in x.npy\n"
        "  --> t.npy\n");
  CHECK(inputs(npy_bytes("'<f8'", "(2, 2)", bytes_of<double>({1, 2, 3, NAN}))) ==
        "error: number 2 of example 2 is not finite\n"
        "  --> x.npy at byte 94\n");
  CHECK(inputs(npy_bytes("'<f8'", "(4294967296, 4294967296)", numbers)) ==
        "error: its sizes multiply to more than 2^40 numbers\n"
        "  --> x.npy\n");
  CHECK(inputs(npy_bytes("'<f8'", "()", numbers)) ==
        "error: has 0 dimensions, expected the examples and one to four of each\n"
        "  --> x.npy\n");
  CHECK(inputs("PK\3\4 and so on") ==
        "error: not an npy file: it does not start with \\x93NUMPY\n"
        "  --> x.npy\n"
        "   = help: an npz file is a zip archive of npy files: unzip it\n");
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

}  // namespace nnrun::testing
