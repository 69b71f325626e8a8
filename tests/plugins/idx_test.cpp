// idx: right files give their numbers, wrong ones their messages.
#include <bit>
#include <chrono>
#include <fstream>
#include <numeric>
#include <random>
#include <thread>

#include "support/example_data.hpp"
#include "support/published_data.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using Texts = std::vector<std::string>;

/// Two images of 1 x 3 to train on, one to test on.
struct Images {
  Scratch scratch;
  std::string images = idx_bytes({3, 1, 3}, std::string("\0\1\2\3\4\5\6\7\xff", 9));
  std::string labels = idx_bytes({3}, std::string("\2\0\1", 3));
  Settings more = {};

  Settings settings() const {
    Settings all = more;
    all.emplace_back("images", scratch.write("images", images).string());
    all.emplace_back("labels", scratch.write("labels", labels).string());
    return all;
  }
  std::string said() const {
    return testing::said([&] { testing::read("idx", settings()); }, scratch);
  }
};

}  // namespace

TEST_CASE("idx gives pixels from 0 to 1 and a target per class", "[dataset][idx]") {
  const bool packed = GENERATE(false, true);
  Images files;
  files.more = {{"validation", std::int64_t{1}}};
  if (packed) {
    files.images = gzipped(files.scratch, files.images);
    files.labels = gzipped(files.scratch, files.labels);
  }
  const Read data = read("idx", files.settings());
  CHECK(data.shape.input.rank == 2);
  CHECK((data.shape.input.sizes[0] == 1 && data.shape.input.sizes[1] == 3));
  CHECK(data.shape.names.classes == Texts{"0", "1", "2"});
  CHECK(numbers(data.parts[NNRUN_TRAIN].x) ==
        std::vector<double>{0, 1 / 255., 2 / 255., 3 / 255., 4 / 255., 5 / 255.});
  CHECK(numbers(data.parts[NNRUN_TRAIN].t) == std::vector<double>{0, 0, 1, 1, 0, 0});
  CHECK(numbers(data.parts[NNRUN_VALIDATION].x) == std::vector<double>{6 / 255., 7 / 255., 1});
  CHECK(numbers(data.parts[NNRUN_VALIDATION].t) == std::vector<double>{0, 1, 0});
  CHECK(data.parts[NNRUN_TEST].count == 0);
}

TEST_CASE("idx gives the image itself as target, where it is asked for", "[dataset][idx]") {
  Images files;
  files.more = {{"target", std::string("image")}};
  const Read data = read("idx", files.settings());
  CHECK(data.shape.names.classes.empty());
  CHECK(numbers(data.parts[NNRUN_TRAIN].x) == std::vector<double>{0, 1 / 255., 2 / 255., 3 / 255.,
                                                                  4 / 255., 5 / 255., 6 / 255.,
                                                                  7 / 255., 1});
  CHECK(numbers(data.parts[NNRUN_TRAIN].t) == numbers(data.parts[NNRUN_TRAIN].x));
}

TEST_CASE("idx reads every type of number, big end first", "[dataset][idx]") {
  struct Case {
    char type;
    std::string bytes;
    double number;
  };
  const Case c =
      GENERATE(Case{'\x08', "\xfe", 254}, Case{'\x09', "\xfe", -2}, Case{'\x0B', "\xff\x01", -255},
               Case{'\x0C', "\x7f\xff\xff\xff", 2147483647},
               Case{'\x0D', "\xc1\x20\xf0\xf0", -10.05882263183594},
               Case{'\x0E', "\x40\x09\x21\xfb\x54\x44\x2d\x18", M_PI});
  Images files;
  files.more = {{"divide_by", 1.}};
  files.images = idx_bytes({1, 1}, c.bytes);
  files.images[2] = c.type;
  files.labels = idx_bytes({1}, "\2");
  const Read data = read("idx", files.settings());
  CHECK(data.parts[NNRUN_TRAIN].x.data()[0] == Approx(c.number).epsilon(1e-15));
  CHECK(data.shape.names.classes == Texts{"0", "1", "2"});
}

TEST_CASE("every number is divided and rounded once, also beside the middle of two floats",
          "[dataset][idx]") {
  const double by = GENERATE(255., 3., 0.1, 1e-30, 7.7e20, 4.);
  std::vector<double> numbers;
  std::mt19937_64 random(12);
  for (int i = 0; i < 40; ++i) {
    const float some = std::ldexp(static_cast<float>(random() % 1'000'003 + 1),
                                  static_cast<int>(random() % 150) - 130);
    const double next = std::nextafterf(some, 2 * some),
                 middle = (static_cast<double>(some) + next) / 2;
    for (const double near : {middle, std::nextafter(middle, 0.), std::nextafter(middle, 1e40)})
      numbers.insert(numbers.end(), {near * by, -near * by});
    numbers.push_back(static_cast<double>(random() % 256));
  }
  numbers.insert(numbers.end(), {0., -0., 5e-324, 1e-46 * by, 3e38 * by});
  std::string bytes;
  for (const double x : numbers) {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    bytes += big_endian(static_cast<std::uint32_t>(bits >> 32)) +
             big_endian(static_cast<std::uint32_t>(bits));
  }
  Images files;
  files.more = {{"divide_by", by}};
  files.images = idx_bytes({static_cast<std::uint32_t>(numbers.size()), 1, 1}, bytes);
  files.images[2] = '\x0E';
  files.labels =
      idx_bytes({static_cast<std::uint32_t>(numbers.size())}, std::string(numbers.size(), '\0'));
  const host::Examples<float> read =
      std::move(testing::read<float>(use("dataset", "idx", files.settings())).parts[NNRUN_TRAIN]);
  REQUIRE(read.x.size() == numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    INFO(numbers[i] << " / " << by);
    CHECK(std::bit_cast<std::uint32_t>(read.x.data()[i]) ==
          std::bit_cast<std::uint32_t>(static_cast<float>(numbers[i] / by)));
  }
}

TEST_CASE("floats and integers are divided and rounded as doubles are", "[dataset][idx]") {
  const char type = GENERATE('\x08', '\x0B', '\x0D');
  constexpr char bytes = '\x08', shorts = '\x0B', floats = '\x0D';
  const double by = GENERATE(255., 1., 3., 0.1, 0.0078125, 7.7e20, 1e30, 0x1p120, 0x1p-103);
  std::vector<float> numbers;
  std::mt19937_64 random(13);
  for (int i = 0; i < 500; ++i) {
    numbers.push_back(static_cast<float>(random() % 256));
    if (type == shorts) numbers.push_back(static_cast<float>(random() % 65'536) - 32'768);
    if (type != floats) continue;
    numbers.push_back(std::ldexp(static_cast<float>(random() % 16'777'216),
                                 static_cast<int>(random() % 100) - 100));
    numbers.push_back(-std::ldexp(1.f, -static_cast<int>(random() % 150)));
  }
  if (type == floats)
    numbers.insert(numbers.end(),
                   {0.f, -0.f, 1e-45f, 1e-38f, 3e38f * static_cast<float>(std::min(by, 1.))});
  std::string written;
  for (const float x : numbers)
    written += type == bytes ? std::string(1, static_cast<char>(x))
               : type == shorts
                   ? big_endian(static_cast<std::uint32_t>(static_cast<std::int32_t>(x))).substr(2)
                   : big_endian(std::bit_cast<std::uint32_t>(x));
  const auto n = static_cast<std::uint32_t>(numbers.size());
  Images files;
  files.more = {{"divide_by", by}};
  files.images = idx_bytes({n, 1, 1}, written);
  files.images[2] = type;
  files.labels = idx_bytes({n}, std::string(n, '\0'));
  const host::Examples<float> read =
      std::move(testing::read<float>(use("dataset", "idx", files.settings())).parts[NNRUN_TRAIN]);
  REQUIRE(read.x.size() == n);
  for (std::size_t i = 0; i < n; ++i) {
    INFO(numbers[i] << " / " << by);
    CHECK(std::bit_cast<std::uint32_t>(read.x.data()[i]) ==
          std::bit_cast<std::uint32_t>(static_cast<float>(static_cast<double>(numbers[i]) / by)));
  }
}

TEST_CASE("no number is given of an IDX file that was written over since it was opened",
          "[dataset][idx]") {
  const Images files;
  const host::Object idx(use("dataset", "idx", files.settings()));
  nnrun_data data{};
  data.size = sizeof data;
  idx.call("open", idx.functions<nnrun_dataset>().open, &data);
  double x[3], t[3];
  const auto read = [&](std::size_t example) {
    return idx.status_of("read", idx.functions<nnrun_dataset>().read, nullptr, NNRUN_TRAIN, example,
                         std::size_t{1}, x, t);
  };
  CHECK(read(0) == 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // a file's clock has steps
  std::fstream(files.scratch / "images", std::ios::in | std::ios::out | std::ios::binary)
      << files.images.substr(0, files.images.size() - 9) << std::string(9, '\7');
  CHECK(read(1) != 0);
  CHECK(host::take_plugin_error().what == "changed while it was read");
}

TEST_CASE("what is wrong in an IDX file is said with file and place", "[dataset][idx]") {
  const auto with = [](auto change) {
    Images files;
    change(files);
    return files.said();
  };
  CHECK(with([](Images& f) { f.images[0] = 'a'; }) ==
        "error: not an IDX file: it starts with 61 00 08 03, expected 00 00, a type from 08 to 0e "
        "and a rank from 01 to 05\n"
        "  --> images at byte 0\n");
  CHECK(with([](Images& f) { f.images.resize(20); }) ==
        "error: its header promises 25 bytes, the file has 20\n"
        "  --> images\n"
        "   = help: the file is not whole: get it again\n");
  CHECK(with([](Images& f) { f.images.resize(10); }) ==
        "error: the file ends too early: 4 bytes expected, 2 found\n"
        "  --> images at byte 8\n"
        "   = help: the file is not whole: get it again\n");
  CHECK(with([](Images& f) { f.images += '!'; }) ==
        "error: its header promises 25 bytes, the file has 26\n"
        "  --> images\n");
  CHECK(with([](Images& f) { f.labels = idx_bytes({2}, "\1\1"); }) ==
        "error: has 2 labels, but there are 3 images in images\n"
        "  --> labels\n");
  CHECK(with([](Images& f) { std::swap(f.labels, f.images); }) ==
        "error: expected images, found one number per example\n"
        "  --> images\n"
        "   = help: are images and labels mixed up?\n");
  CHECK(with([](Images& f) { f.labels = f.images; }) ==
        "error: expected labels, one number per example, found 3 per example\n"
        "  --> labels\n"
        "   = help: are images and labels mixed up?\n");
  CHECK(with([](Images& f) {
          f.more = {{"classes", Texts{"shirt", "shoe"}}};
        }) ==
        "error: unknown class 2: expected a whole number from 0 to 1\n"
        "  --> labels, row 1\n"
        "   = help: the classes are: shirt, shoe\n");
  CHECK(with([](Images& f) {
          f.images = idx_bytes({0xffffffff, 0xffffffff, 9}, "x");
        }) ==
        "error: its sizes multiply to more than 2^40 numbers\n"
        "  --> images at byte 8\n");
  CHECK(with([](Images& f) {
          f.images = idx_bytes({3, 0, 3}, "");
        }) ==
        "error: a size is 0, so there is no example\n"
        "  --> images at byte 8\n");
  CHECK(with([](Images& f) {
          f.more = {{"validation", std::int64_t{3}}};
        }) ==
        "error: 'validation: 3' leaves none of its 3 examples to train on\n"
        "  --> images\n");
  CHECK_THAT(with([](Images& f) {
               f.images = gzipped(f.scratch, idx_bytes({0x00ffffff, 1000, 3}, ""));
             }),
             StartsWith("error: its header promises 50331645016 bytes unpacked, the file has ") &&
                 Contains(", which cannot unpack to as many\n  --> images\n"));
}

TEST_CASE("an IDX file that is cut anywhere is refused, compressed or not", "[dataset][idx]") {
  const Images whole;
  std::string images = idx_bytes({3, 10, 10}, std::string(300, '\7'));
  for (std::size_t i = 16; i < images.size(); ++i) images[i] = static_cast<char>(i * i * 7);
  const std::string packed = gzipped(whole.scratch, images);
  for (const std::string& file : {images, packed}) {
    Images files;
    files.images = file;
    REQUIRE(files.said() == "nothing");
    for (std::size_t n = 0; n < file.size(); ++n) {
      CAPTURE(n, file.size());
      files.images = file.substr(0, n);
      CHECK_THAT(files.said(), StartsWith("error: ") && Contains("--> images"));
    }
  }
  Images damaged;
  damaged.images = packed;
  damaged.images[packed.size() - 6] ^= 1;  // the checksum
  CHECK(damaged.said() ==
        "error: the compressed data are damaged\n"
        "  --> images, after 0 unpacked bytes\n"
        "   = help: the file is not whole: get it again\n");
  damaged.images = packed.substr(0, packed.size() - 20);
  CHECK_THAT(damaged.said(), StartsWith("error: the compressed data end too early\n"));
}

TEST_CASE("where MNIST is absent, the four files are named and where to put them",
          "[dataset][idx]") {
  const Scratch scratch;
  const auto said_of_folder = [&](const char* folder) {
    return said([&] { read("idx", {{"folder", (scratch / folder).string()}}); }, scratch);
  };
  const std::string help =
      "   = help: MNIST is four files; put them there, with or without .gz:\n"
      "           train-images-idx3-ubyte.gz  train-labels-idx1-ubyte.gz\n"
      "           t10k-images-idx3-ubyte.gz   t10k-labels-idx1-ubyte.gz\n"
      "           or let data.folder, or NNRUN_DATA where the config uses it, say where they are\n";
  CHECK(said_of_folder("mnist") ==
        "error: no such folder, so it lacks train-images-idx3-ubyte, train-labels-idx1-ubyte, "
        "t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte\n  --> mnist\n" +
            help);
  scratch.write("half/train-images-idx3-ubyte", "");
  scratch.write("half/train-labels-idx1-ubyte.gz", "");
  CHECK(said_of_folder("half") ==
        "error: this folder lacks t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte\n  --> half\n" +
            help);
}

TEST_CASE("settings of idx that do not go together are refused", "[dataset][idx]") {
  const auto refused = [](const Settings& settings) {
    return Catch::Matchers::Predicate<int>([=](int) {
      try {
        read("idx", settings);
      } catch (const host::ConfigError&) {
        return true;
      }
      return false;
    });
  };
  CHECK_THAT(0, refused({}));
  CHECK_THAT(0, refused({{"folder", "a"}, {"images", "b"}}));
  CHECK_THAT(0, refused({{"images", "b"}}));
  CHECK_THAT(0, refused({{"images", "a"}, {"labels", "b"}, {"test_images", "c"}}));
}

TEST_CASE("MNIST is read as it was published", "[dataset][idx][.data/mnist]") {
  const auto folder = data_folder("mnist");
  if (!folder) return;
  const Read data =
      read("idx", {{"folder", folder->string()}, {"validation", std::int64_t{10000}}});
  const auto& [train, validation, test] = data.parts;
  CHECK(data.shape.names.classes == Texts{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
  CHECK((train.count == 50000 && validation.count == 10000 && test.count == 10000));
  const auto label = [](const auto& part, std::size_t i) {
    const double* const t = part.t.data() + 10 * i;
    return std::max_element(t, t + 10) - t;
  };
  const int first[] = {5, 0, 4, 1, 9, 2, 1, 3, 1, 4};
  for (std::size_t i = 0; i < 10; ++i) CHECK(label(train, i) == first[i]);
  CHECK(label(validation, 0) == 3);
  CHECK(label(validation, 9999) == 8);
  CHECK(label(test, 0) == 7);
  // of the 60,000, as published with the data
  const int counts[] = {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949};
  for (std::size_t c = 0; c < 10; ++c) {
    double count = 0;
    for (const auto* part : {&train, &validation})
      for (std::size_t i = 0; i < part->count; ++i) count += part->t.data()[10 * i + c];
    CHECK(count == counts[c]);
  }
  // sums of bytes, taken by a few lines of Python
  const auto sum = [](const auto& part, std::size_t from, std::size_t n) {
    const double* const x = part.x.data() + 784 * from;
    return std::accumulate(x, x + 784 * n, 0.) * 255;
  };
  CHECK(sum(train, 0, 1) == Approx(27523).epsilon(1e-9));
  CHECK(sum(validation, 0, 1) == Approx(22386).epsilon(1e-9));
  CHECK(sum(validation, 9999, 1) == Approx(20920).epsilon(1e-9));
  CHECK(sum(train, 0, 50000) == Approx(1309069995).epsilon(1e-9));
  CHECK(sum(test, 0, 10000) == Approx(264923200).epsilon(1e-9));
}

}  // namespace nnrun::testing
