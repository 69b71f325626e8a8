// Data sets for tests, and their files, written byte by byte.
#pragma once
#include <zlib.h>

#include "base/said.hpp"
#include "network/random.hpp"
#include "support/plugins.hpp"
#include "training/data.hpp"
namespace nnrun::testing {

using Settings = std::vector<std::pair<std::string, host::Value>>;

inline std::string big_endian(std::uint32_t n) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(n >> shift & 0xff);
  return bytes;
}
/// Writes an IDX file of bytes.
inline std::string idx_bytes(const std::vector<std::uint32_t>& sizes, const std::string& numbers) {
  std::string bytes("\0\0\x08", 3);
  bytes += static_cast<char>(sizes.size());
  for (const std::uint32_t n : sizes) bytes += big_endian(n);
  return bytes + numbers;
}
/// Writes an npy file of version 1.
inline std::string npy_bytes(const std::string& type, const std::string& shape,
                             const std::string& numbers, const std::string& fortran = "False") {
  const std::string header =
      "{'descr': " + type + ", 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size() % 256) +
         static_cast<char>(header.size() / 256) + header + numbers;
}
template <class T>
std::string bytes_of(const std::vector<T>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(T)};
}
inline std::string gzipped(const Scratch& scratch, const std::string& text) {
  const std::string file = (scratch / "packed").string();
  const gzFile out = gzopen(file.c_str(), "wb");
  gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
  gzclose(out);
  return text_of(file);
}

/// Returns a data set with the settings that it needs; its files are in the folder.
inline host::Use example_dataset(const std::string& name, const Scratch& scratch) {
  if (name == "idx")
    return use("dataset", name,
               {{"images", scratch.write("i", idx_bytes({2, 1, 2}, "\1\2\3\4")).string()},
                {"labels", scratch.write("l", idx_bytes({2}, std::string("\0\1", 2))).string()}});
  if (name == "npy")
    return use(
        "dataset", name,
        {{"inputs",
          scratch.write("x.npy", npy_bytes("'<f4'", "(2, 2)", bytes_of<float>({1, 2, 3, 4})))
              .string()},
         {"targets",
          scratch.write("t.npy", npy_bytes("'|u1'", "(2,)", std::string("\0\1", 2))).string()}});
  if (name == "cifar10") {
    for (const std::string file : {"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4",
                                   "data_batch_5", "test_batch"})
      scratch.write(file + ".bin", std::string(3073, '\3'));
    return use("dataset", name, {{"folder", scratch.folder().string()}});
  }
  if (name == "characters")
    return use("dataset", name,
               {{"path", scratch.write("t.txt", std::string(100, 'a') + "b").string()},
                {"vocabulary", std::string("ab")}});
  if (name == "image_folder") {
    scratch.write("pictures/a/1.pgm", "P5 2 1 255\n\1\2");
    scratch.write("pictures/b/2.pgm", "P5 2 1 255\n\3\4");
    return use("dataset", name, {{"path", (scratch / "pictures").string()}});
  }
  return use("dataset", name);
}

/// T: the precision of the run.
template <class T>
struct ReadAs {
  host::DataShape shape;
  std::array<host::Examples<T>, NNRUN_PARTS> parts;
};
using Read = ReadAs<double>;
template <class T = double>
ReadAs<T> read(const host::Use& data, std::uint64_t seed = 6, const host::Split& split = {}) {
  host::Experiment e;
  e.data.use = data;
  e.data.split = split;
  host::DataSource source(e);
  host::Random random(use("random", "philox"), seed);
  host::Preparation preparation = source.preparation(e);
  auto parts = source.read<T>(random, preparation);
  return {source.shape(), std::move(parts)};
}
inline Read read(const std::string& name, const Settings& settings) {
  return read(use("dataset", name, settings));
}
inline std::vector<double> numbers(const host::Buffer<double>& buffer) {
  return {buffer.data(), buffer.data() + buffer.size()};
}

/// Returns what people see when data are refused, without `folder`; "nothing" if they are not.
std::string said(const auto& action, const Scratch& scratch) {
  return replaced(said<host::DataError>(action), scratch.folder().string() + "/", "");
}

}  // namespace nnrun::testing
