#include "reading.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

namespace nnrun::bench {
namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The same numbers at each run.
class Draw {
 public:
  std::uint32_t operator()(std::uint32_t n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>((state_ >> 33) % n);
  }

 private:
  std::uint64_t state_ = 1;
};

FileOfNumbers opened(const std::string& title, const ScratchFolder& folder, const std::string& name,
                     const std::string& bytes, const std::string& data, std::size_t inputs,
                     std::size_t targets, host::Registry& registry) {
  const std::filesystem::path file = folder.write(name, bytes);
  const std::string config = "data: {" + data + "}\nmodel: {input: " + std::to_string(inputs) +
                             ", layers: [{type: dense, units: " + std::to_string(targets) +
                             "}]}\ntrain: {cost: sum_squared_error}\n";
  return {title, file, bytes.size(),
          host::read_experiment(folder.write(name + ".yaml", config), {}, registry)};
}

std::string big_endian(std::size_t n) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(n >> shift & 255);
  return bytes;
}
std::string npy(const std::string& type, const std::string& shape, const std::string& numbers) {
  const std::string header =
      "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + "}\n";
  return std::string("\x93NUMPY\1\0", 8) + static_cast<char>(header.size()) + '\0' + header +
         numbers;
}

host::Examples<float> read_part(const host::Experiment& experiment) {
  host::DataSource source(experiment);
  host::Preparation preparation = source.preparation(experiment);
  host::Random random(experiment.random, 1);
  return std::move(source.read<float>(random, preparation)[NNRUN_TRAIN]);
}

}  // namespace

FileOfNumbers table_of_numbers(const ScratchFolder& folder, host::Registry& registry) {
  constexpr const char *kinds[] = {"%.3f", "%.6g", "%.2f", "%.5f", "%.0f"},
                       *towns[] = {"Basel", "Bern", "Geneva", "Lugano", "St. Gallen", "Zurich"};
  std::string text;
  for (int i = 1; i < 20; ++i) text += "x" + std::to_string(i) + ",";
  text += "town,y\n";
  Draw draw;
  for (int row = 0; row < 100'000; ++row) {
    for (int i = 0; i < 20; ++i) {
      const double x =
          (static_cast<double>(draw(1u << 31)) / (1u << 30) - 1) * (i % 5 < 3 ? 1 : 500);
      char digits[32];
      std::snprintf(digits, sizeof digits, kinds[i % 5], x);
      if (i == 19) text += std::string(towns[draw(6)]) + ",";
      text += std::string(digits) + (i == 19 ? "\n" : ",");
    }
  }
  return opened("CSV: 20 numbers and a category", folder, "table.csv", text,
                "type: csv, path: table.csv", 25, 1, registry);
}

FileOfNumbers images(const ScratchFolder& folder, host::Registry& registry) {
  constexpr std::size_t n = 60'000;
  std::string pixels(n * 784, '\0'), labels(n, '\0');
  Draw draw;
  for (char& c : pixels) c = static_cast<char>(draw(256));
  for (char& c : labels) c = static_cast<char>(draw(10));
  folder.write("labels", std::string("\0\0\x08\1", 4) + big_endian(n) + labels);
  return opened(
      "IDX: 60,000 images of 28 x 28 bytes", folder, "images",
      std::string("\0\0\x08\3", 4) + big_endian(n) + big_endian(28) + big_endian(28) + pixels,
      "type: idx, images: images, labels: labels", 784, 10, registry);
}

FileOfNumbers array_of_numbers(const ScratchFolder& folder, host::Registry& registry) {
  constexpr std::size_t n = 200'000, width = 50;
  std::string numbers(n * width * sizeof(float), '\0'), labels(n, '\0');
  Draw draw;
  for (std::size_t i = 0; i < n * width; ++i) {
    const float x = static_cast<float>(draw(1u << 31));
    std::memcpy(numbers.data() + i * sizeof x, &x, sizeof x);
  }
  folder.write("t.npy", npy("|u1", "(200000,)", labels));
  return opened("npy: 200,000 rows of 50 floats", folder, "x.npy",
                npy("<f4", "(200000, 50)", numbers), "type: npy, inputs: x.npy, targets: t.npy",
                width, 1, registry);
}

double read_as_run(const host::Experiment& experiment) {
  const Clock::time_point start = Clock::now();
  read_part(experiment);
  return seconds_since(start);
}

double sum_as_run(const host::Experiment& experiment) {
  std::array<host::Examples<float>, NNRUN_PARTS> parts;
  parts[NNRUN_TRAIN] = read_part(experiment);
  const Clock::time_point start = Clock::now();
  if (host::hash_of(parts).empty()) throw std::runtime_error("no checksum");
  return seconds_since(start);
}

double fields_alone(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const Clock::time_point start = Clock::now();
  double sum = 0;
  for (const char *at = text.data() + text.find('\n') + 1, *const end = text.data() + text.size();
       at < end; ++at) {
    double x = 0;
    at = std::from_chars(at, end, x).ptr;
    sum += x;
    while (*at != ',' && *at != '\n') ++at;
  }
  const double seconds = seconds_since(start);
  if (sum == 0) throw std::runtime_error("no numbers");
  return seconds;
}

template <class Stored>
double numbers_alone(const std::filesystem::path& file, std::size_t header) {
  const Clock::time_point start = Clock::now();
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(file.c_str(), "rb"),
                                                           std::fclose);
  const std::size_t n = (std::filesystem::file_size(file) - header) / sizeof(Stored);
  const std::unique_ptr<float[]> numbers(new float[n]);
  std::vector<Stored> chunk(1 << 16);
  std::fseek(in.get(), static_cast<long>(header), SEEK_SET);
  for (std::size_t done = 0, got; done < n; done += got) {
    got = std::fread(chunk.data(), sizeof(Stored), chunk.size(), in.get());
    if (got == 0) throw std::runtime_error("the file is too short");
    for (std::size_t i = 0; i < got; ++i)
      numbers[done + i] =
          sizeof(Stored) == 1 ? static_cast<float>(chunk[i]) / 255 : static_cast<float>(chunk[i]);
  }
  return seconds_since(start);
}
template double numbers_alone<std::uint8_t>(const std::filesystem::path&, std::size_t);
template double numbers_alone<float>(const std::filesystem::path&, std::size_t);

}  // namespace nnrun::bench
