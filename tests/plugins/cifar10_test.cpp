// CIFAR-10's binary files, made up here: a label, then a plane for each colour.
#include "support/example_data.hpp"
namespace nnrun::testing {
namespace {

/// Returns a record whose pixel i has the colours first, first + 1 and first + 2, but its second
/// pixel others.
std::string record(char label, unsigned char first) {
  std::string bytes(1, label);
  for (int colour = 0; colour < 3; ++colour) {
    std::string plane(1024, static_cast<char>(first + colour));
    plane[1] = static_cast<char>(200 + colour);
    bytes += plane;
  }
  return bytes;
}
void write_files(const Scratch& scratch, const std::string& in = "") {
  for (int i = 1; i <= 5; ++i)
    scratch.write(in + "data_batch_" + std::to_string(i) + ".bin",
                  record(static_cast<char>(i), static_cast<unsigned char>(10 * i)) +
                      record(0, static_cast<unsigned char>(10 * i + 5)));
  scratch.write(in + "test_batch.bin", record(9, 100));
}
Settings settings(const Scratch& scratch) {
  return {{"folder", scratch.folder().string()}, {"divide_by", 1.}};
}

}  // namespace

TEST_CASE("cifar10 reads planes as pixels of three channels", "[plugins][cifar10]") {
  const Scratch scratch;
  write_files(scratch);
  const Read data = read("cifar10", settings(scratch));
  const auto& [train, validation, test] = data.parts;
  CHECK((train.count == 10 && validation.count == 0 && test.count == 1));
  CHECK((data.shape.input.rank == 3 && data.shape.input.sizes[0] == 32 &&
         data.shape.input.sizes[1] == 32 && data.shape.input.sizes[2] == 3));
  const double* const x = train.x.data();
  CHECK((x[0] == 10 && x[1] == 11 && x[2] == 12));
  CHECK((x[3] == 200 && x[4] == 201 && x[5] == 202));
  CHECK((x[3072] == 15 && x[9 * 3072] == 55));
  CHECK(test.x.data()[3071] == 102);
  CHECK(train.t.data()[1] == 1);  // automobile
  CHECK(test.t.data()[9] == 1);
  CHECK(data.shape.names.classes[9] == "truck");
}

TEST_CASE("cifar10 holds the last training examples out, and divides", "[plugins][cifar10]") {
  const Scratch scratch;
  write_files(scratch, "cifar-10-batches-bin/");
  const Read data =
      read("cifar10", {{"folder", scratch.folder().string()}, {"validation", std::int64_t{3}}});
  CHECK((data.parts[0].count == 7 && data.parts[1].count == 3));
  CHECK(data.parts[1].x.data()[0] == Approx(45. / 255));
}

TEST_CASE("cifar10 says where its files are to be had", "[plugins][cifar10]") {
  const Scratch scratch;
  write_files(scratch);
  std::filesystem::remove(scratch / "data_batch_3.bin");
  const auto message = [&] { return said([&] { read("cifar10", settings(scratch)); }, scratch); };
  CHECK_THAT(message(), Catch::StartsWith("error: this folder lacks data_batch_3.bin\n") &&
                            Catch::Contains("cifar-10-binary.tar.gz") &&
                            Catch::Contains("https://www.cs.toronto.edu/~kriz/cifar.html"));
  scratch.write("data_batch_1", "pickled");
  CHECK_THAT(message(), Catch::Contains("it has the files for Python"));
  write_files(scratch);
  scratch.write("data_batch_2.bin", record(1, 1).substr(1));
  CHECK_THAT(message(), Catch::Contains("has 3072 bytes, which are not whole images of 3073"));
  scratch.write("data_batch_2.bin", record(10, 1));
  CHECK_THAT(message(), Catch::Contains("the label is 10, expected 0 to 9") &&
                            Catch::Contains("data_batch_2.bin at byte 0"));
  write_files(scratch);
  CHECK_THAT(said(
                 [&] {
                   Settings all = settings(scratch);
                   all.emplace_back("validation", std::int64_t{10});
                   read("cifar10", all);
                 },
                 scratch),
             Catch::Contains("'validation: 10' leaves none of its 10 examples"));
}

}  // namespace nnrun::testing
