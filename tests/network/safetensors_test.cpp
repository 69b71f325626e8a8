#include "network/safetensors.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/error.hpp"
#include "base/scratch.hpp"
#include "network/crc32c.hpp"
#include "support/published_data.hpp"
using namespace nnrun::host;
using namespace nnrun::testing;
namespace {

const std::vector<double> weights{1, -2.5, 1e-300, -0.0, std::numeric_limits<double>::max(), 3};
const std::vector<float> bias{0.1f, -7};

std::vector<Tensor> two_tensors() {
  return {{"dense_1/weights", "F64", {3, 2}, std::as_bytes(std::span(weights))},
          {"dense_1/bias", "F32", {2}, std::as_bytes(std::span(bias))}};
}

std::string with_length(const std::string& header, const std::string& data = {}) {
  const std::uint64_t length = header.size();
  std::string out(8, '\0');
  std::memcpy(out.data(), &length, 8);
  return out + header + data;
}

/// Returns the part of the message after the name of the file.
std::string refusal(const Scratch& scratch, const std::string& contents) {
  const auto file = scratch.write("a.safetensors", contents);
  try {
    read_safetensors(file);
  } catch (const RecordError& error) {
    const std::string what = error.what();
    const std::string before = "'" + file.string() + "' is not a valid safetensors file: ";
    REQUIRE(what.starts_with(before));
    return what.substr(before.size());
  }
  return "nothing";
}

std::string one(const std::string& fields) {
  return "{\"a\":{" + fields + "}}";
}
const std::string good = R"("dtype":"F32","shape":[1],"data_offsets":[0,4])";

}  // namespace

TEST_CASE("CRC-32C is that of RFC 3720", "[records]") {
  CHECK(crc32c("123456789") == 0xe3069283);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43);
  CHECK(crc32c("") == 0);
  CHECK(crc32c("456789", crc32c("123")) == 0xe3069283);
}

TEST_CASE("tensors and metadata come back as they were written", "[records]") {
  const Scratch scratch;
  const Metadata metadata{{"step", "412"}, {"note", "\"quoted\" \xc3\xa4\n"}};
  write_safetensors(scratch / "m", two_tensors(), metadata);
  const TensorFile file = read_safetensors(scratch / "m");
  CHECK(file.metadata == metadata);
  REQUIRE(file.tensors.size() == 2);
  CHECK(file.tensors[0].name == "dense_1/weights");
  CHECK(file.tensors[0].dtype == "F64");
  CHECK(file.tensors[0].shape == std::vector<std::size_t>{3, 2});
  CHECK(numbers_of(file.tensors[0]) == weights);
  CHECK(std::signbit(numbers_of(file.tensors[0])[3]));
  REQUIRE(file.find("dense_1/bias") != nullptr);
  CHECK(numbers_of(*file.find("dense_1/bias")) == std::vector<double>{double(0.1f), -7});
  CHECK(file.find("dense_1") == nullptr);
}

TEST_CASE("numbers start on eight bytes of the file", "[records]") {
  const Scratch scratch;
  for (const char* note : {"", "1", "12", "123", "1234", "12345", "123456", "1234567"}) {
    const auto file = scratch / ("m" + std::string(note));
    write_safetensors(file, two_tensors(), {{"note", note}});
    std::uint64_t length;
    std::memcpy(&length, text_of(file).data(), 8);
    CHECK(length % 8 == 0);
    CHECK(std::filesystem::file_size(file) == 8 + length + 6 * 8 + 2 * 4);
  }
}

TEST_CASE("a file without tensors, and a tensor without numbers, are fine", "[records]") {
  const Scratch scratch;
  write_safetensors(scratch / "none", {}, {});
  CHECK(read_safetensors(scratch / "none").tensors.empty());
  write_safetensors(scratch / "empty", std::array{Tensor{"a", "F64", {0, 5}, {}}}, {});
  CHECK(numbers_of(read_safetensors(scratch / "empty").tensors.at(0)).empty());
  CHECK(refusal(scratch, with_length("{}")) == "nothing");
}

TEST_CASE("a file cut at any byte is refused", "[records]") {
  const Scratch scratch;
  write_safetensors(scratch / "m", two_tensors(), {{"step", "3"}});
  const std::string text = text_of(scratch / "m");
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    REQUIRE(refusal(scratch, text.substr(0, size)) != "nothing");
  }
  CHECK(refusal(scratch, text + '\0') != "nothing");
}

TEST_CASE("a file with any bit flipped is refused", "[records]") {
  const Scratch scratch;
  write_safetensors(scratch / "m", two_tensors(), {{"step", "3"}});
  const std::string text = text_of(scratch / "m");
  for (std::size_t bit = 0; bit < 8 * text.size(); ++bit) {
    std::string flipped = text;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    CAPTURE(bit, flipped);
    REQUIRE(refusal(scratch, flipped) != "nothing");
  }
}

TEST_CASE("the message on a damaged file names the cause", "[records]") {
  const Scratch scratch;
  CHECK(refusal(scratch, "1234567") == "it has 7 bytes, its length alone takes 8");
  CHECK(refusal(scratch, std::string(16, '\x01')) ==
        "its header would have 72340172838076673 bytes, 100000000 are the most");
  CHECK(refusal(scratch, with_length("{}").substr(0, 9)) == "its header has 2 bytes, the file 9");
  CHECK(refusal(scratch, with_length(" {}")) == "its header does not start with {");
  CHECK(refusal(scratch, with_length("{\"a\"")) == "its header is not JSON from byte 5 on");
  CHECK(refusal(scratch, with_length("{} x")) == "its header is not JSON from byte 4 on");
  CHECK(refusal(scratch, with_length(std::string("{}\0x", 4))) == "its header has a zero byte");
  CHECK(refusal(scratch, with_length("{\"\xff\":1}")) == "its header is not JSON from byte 3 on");
}

TEST_CASE("a header with anything unknown, missing or twice is refused", "[records]") {
  const Scratch scratch;
  const auto said = [&](const std::string& header) {
    return refusal(scratch, with_length(header, "1234"));
  };
  CHECK(said(one(good)) == "nothing");
  CHECK(said("{\"a\":{" + good + "},\"a\":{" + good + "}}") == "its header names 'a' twice");
  CHECK(said(R"({"__metadata__":{},"__metadata__":{}})") ==
        "its header names '__metadata__' twice");
  CHECK(said(R"({"__metadata__":{"k":"1","k":"2"}})") == "its header names metadata 'k' twice");
  CHECK(said(R"({"__metadata__":{"k":1}})") ==
        "its header has a number where none is expected, at 'k'");
  CHECK(said(R"({"__metadata__":null})") ==
        "its header has null where none is expected, at '__metadata__'");
  CHECK(said(one(good + R"(,"dtype":"F32")")) == "its header gives 'a' two of dtype");
  CHECK(said(one(good + R"(,"x":1)")) == "its header gives 'a' the unknown field 'x'");
  CHECK(said(one(R"("dtype":"F32","shape":[1])")) ==
        "its header does not give 'a' all of dtype, shape and data_offsets");
  CHECK(said(one(R"("dtype":"F32","shape":[1],"data_offsets":[0])")) ==
        "its header gives 'a' other than two data_offsets");
  CHECK(said(one(R"("dtype":"F32","shape":[1],"data_offsets":[0,4,4])")) ==
        "its header has a number where none is expected, at 'a'");
  CHECK(said(one(R"("dtype":"F32","shape":[-1],"data_offsets":[0,4])")) ==
        "its header has a negative number where none is expected, at 'a'");
  CHECK(said(one(R"("dtype":"F32","shape":[1.0],"data_offsets":[0,4])")) ==
        "its header has a fraction where none is expected, at 'a'");
  CHECK(said(one(R"("dtype":"F32","shape":[[1]],"data_offsets":[0,4])")) ==
        "its header has a list where none is expected, at 'a'");
  CHECK(said(R"({"a":[]})") == "its header has a list where none is expected, at 'a'");
}

TEST_CASE("sizes and places that do not fit together are refused", "[records]") {
  const Scratch scratch;
  const auto said = [&](const std::string& header) {
    return refusal(scratch, with_length(header, "1234"));
  };
  const auto tensor = [](const std::string& name, const std::string& shape,
                         const std::string& offsets) {
    return "\"" + name + R"(":{"dtype":"F32","shape":[)" + shape + R"(],"data_offsets":[)" +
           offsets + "]}";
  };
  CHECK(said("{" + tensor("a", "", "0,4") + "}") == "nothing");  // one number without a shape
  CHECK(said(one(R"("dtype":"F31","shape":[1],"data_offsets":[0,4])")) ==
        "its header says that 'a' has the unknown dtype 'F31'");
  CHECK(said("{" + tensor("a", "2", "0,4") + "}") ==
        "its header says that 'a' has 8 bytes by its shape, but lies at 0 to 4");
  CHECK(said("{" + tensor("a", "1", "4,0") + "}") ==
        "its header says that 'a' has 4 bytes by its shape, but lies at 4 to 0");
  CHECK(said("{" + tensor("a", "4294967296,4294967296", "0,4") + "}") ==
        "its header says that 'a' is too large: 4294967296 x 4294967296 of F32");
  // the product is 4 modulo 2^64
  CHECK(said("{" + tensor("a", "4611686018427387905", "0,4") + "}") ==
        "its header says that 'a' is too large: 4611686018427387905 of F32");
  CHECK(said("{" + tensor("a", "0", "0,0") + "," + tensor("b", "1", "0,4") + "}") == "nothing");
  CHECK(said("{" + tensor("a", "1", "0,4") + "," + tensor("b", "1", "0,4") + "}") ==
        "its header says that 'b' starts at 0, where 4 is next");
  CHECK(said("{" + tensor("a", "0", "0,0") + "," + tensor("b", "1", "8,12") + "}") ==
        "its header says that 'b' starts at 8, where 0 is next");
  CHECK(said("{" + tensor("a", "2", "0,8") + "}") ==
        "its header describes 8 bytes of numbers, the file has 4");
  CHECK(said("{}") == "its header describes 0 bytes of numbers, the file has 4");
}

TEST_CASE("checksums are verified, and both or none are there", "[records]") {
  const Scratch scratch;
  write_safetensors(scratch / "m", two_tensors(), {{"step", "3"}});
  const std::string text = text_of(scratch / "m");
  std::string other = text;
  other.back() = static_cast<char>(other.back() ^ 1);
  CHECK(refusal(scratch, other) == "its numbers do not agree with their checksum");
  other = text;
  other.replace(other.find("\"step\":\"3\""), 10, "\"step\":\"4\"");
  CHECK(refusal(scratch, other) == "its header does not agree with its checksum");
  CHECK(refusal(scratch, with_length(R"({"__metadata__":{"data_crc32c":"00000000"}})")) ==
        "it has one of two checksums");
}

TEST_CASE("a header of a hundred thousand brackets is refused at once", "[records]") {
  const Scratch scratch;
  CHECK(refusal(scratch, with_length("{\"a\":" + std::string(100'000, '['))) ==
        "its header has a list where none is expected, at 'a'");
}

TEST_CASE("only floating-point tensors are numbers", "[records]") {
  CHECK_THROWS_WITH(numbers_of({"a", "I64", {}, {}}),
                    "tensor 'a' holds I64, F32 or F64 is expected");
}

TEST_CASE("a file of another program is read", "[records][.data/playground]") {
  const auto folder = data_folder("playground");
  if (!folder) return;
  const TensorFile file = read_safetensors(*folder / "circle_init.safetensors");
  REQUIRE(file.tensors.size() == 6);
  CHECK(file.metadata.at("note") ==
        "TensorFlow Playground, default circle, seed 0.12345: initial weights");
  const Tensor* weights_1 = file.find("dense_1/weights");
  REQUIRE(weights_1 != nullptr);
  CHECK(weights_1->shape == std::vector<std::size_t>{4, 2});
  for (const double w : numbers_of(*weights_1)) CHECK(std::abs(w) <= 0.5);
  for (const double b : numbers_of(*file.find("dense_1/bias"))) CHECK(b == 0.1);
}

TEST_CASE("a hostile header is refused in a sentence of bounded length", "[records]") {
  const Scratch scratch;
  const std::string start = R"({"a":{"dtype":"F32","data_offsets":[0,0],"shape":)";
  const std::string deep = start + std::string(100'000, '[');
  CHECK(refusal(scratch, with_length(deep)) ==
        "its header has a list where none is expected, at 'a'");
  const std::string flat = start + "[0" + [] {
    std::string zeros;
    for (int i = 0; i < 1'000'000; ++i) zeros += ",0";
    return zeros;
  }() + "]}}";
  CHECK(refusal(scratch, with_length(flat)) == "its header gives 'a' more than 64 sizes");
  const std::string name(1'000'000, 'n');
  CHECK(refusal(scratch, with_length("{\"" + name + "\":7}")).size() < 300);
  CHECK(refusal(scratch, with_length("{\"a\":{\"dtype\":\"" + name +
                                     R"(","shape":[],"data_offsets":[0,0]}})"))
            .size() < 300);
  std::string texts;
  for (int i = 0; i <= 10'000; ++i) texts += ",\"" + std::to_string(i) + "\":\"\"";
  CHECK(refusal(scratch, with_length("{\"__metadata__\":{" + texts.substr(1) + "}}")) ==
        "its header has more than 10000 texts as metadata");
}

TEST_CASE("a file is judged by its header before its numbers are read", "[records]") {
  const Scratch scratch;
  // sparse: 64 GiB that take no room on the disk, and more than this machine may have as memory
  const auto file = scratch.write("a.safetensors", with_length(one(good)));
  std::filesystem::resize_file(file, std::uintmax_t{1} << 36);
  CHECK_THROWS_WITH(read_safetensors(file),
                    Catch::Contains("describes 4 bytes of numbers, the file has 687194"));
}
