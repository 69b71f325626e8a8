#include <array>
#include <filesystem>
#include <nnrun/input_file.hpp>
#include <nnrun/plugin.hpp>
#include <vector>

namespace {

constexpr std::size_t cifar_side = 32, cifar_plane = cifar_side * cifar_side,
                      cifar_record = 1 + 3 * cifar_plane;  // a label, then red, green and blue
constexpr std::array cifar_classes{"airplane", "automobile", "bird",  "cat",  "deer",
                                   "dog",      "frog",       "horse", "ship", "truck"};

}  // namespace

/// A file of records, one for each image.
struct CifarFile {
  std::string path;
  std::size_t count;

  /// Throws nnrun::Error if it does not hold whole records.
  explicit CifarFile(const std::filesystem::path& file) : path(file.string()) {
    nnrun::require_file(path);
    const std::size_t size = std::filesystem::file_size(file);
    count = size / cifar_record;
    if (size == 0 || size % cifar_record != 0)
      throw nnrun::Error("has " + std::to_string(size) + " bytes, which are not whole images of " +
                             std::to_string(cifar_record) + " bytes",
                         path, "the file is not whole: get it again");
  }
};

/// CIFAR-10 (Krizhevsky 2009): 50,000 images to train on and 10,000 to test, in ten classes, from
/// its binary files. There, an image is a plane for each colour; here, as everywhere, it is height
/// × width × channels.
struct Cifar10 : nnrun::Dataset {
  static constexpr auto name = "cifar10",
                        doc = "60,000 colour images of 32 x 32 in ten classes, from binary files";
  const char* folder = "";
  std::int64_t validation = 0;
  double divide_by = 255;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Cifar10::folder, "folder", "holds data_batch_1.bin to 5, test_batch.bin",
                     {.required = true, .path = true}),
        nnrun::param(&Cifar10::validation, "validation",
                     "how many of the last training examples to validate on",
                     {.min = 0, .max = 1e9}),
        nnrun::param(&Cifar10::divide_by, "divide_by",
                     "what pixels are divided by; 255 makes bytes numbers from 0 to 1",
                     {.min = 0, .above_min = true}));
  }

  void open(nnrun_data& data) {
    find_files();
    std::size_t all = 0;
    for (const CifarFile& file : train_) all += file.count;
    const auto held = static_cast<std::size_t>(validation);
    if (held >= all)
      throw nnrun::Error("'validation: " + std::to_string(held) + "' leaves none of its " +
                             std::to_string(all) + " examples to train on",
                         folder);
    data.input = {3, {cifar_side, cifar_side, 3}};
    data.target = {1, {cifar_classes.size()}};
    data.examples[NNRUN_TRAIN] = all - held;
    data.examples[NNRUN_VALIDATION] = held;
    data.examples[NNRUN_TEST] = test_.front().count;
    data.classes = cifar_classes.data();
    data.divide_by = divide_by;
    first_held_ = all - held;
  }

  void read(const nnrun::Stream&, nnrun::Part part, std::size_t from, std::size_t n, double* x,
            double* t) {
    if (part == nnrun::Part::validation) from += first_held_;
    const std::vector<CifarFile>& files = part == nnrun::Part::test ? test_ : train_;
    for (std::size_t i = from; i < from + n; ++i) {
      read_record(files, i);
      for (std::size_t pixel = 0; pixel < cifar_plane; ++pixel)
        for (std::size_t colour = 0; colour < 3; ++colour)
          *x++ = record_[1 + colour * cifar_plane + pixel];
      t = std::fill_n(t, cifar_classes.size(), 0.);
      (t - cifar_classes.size())[record_[0]] = 1;
    }
  }

 private:
  void find_files() {
    namespace fs = std::filesystem;
    std::error_code none;
    fs::path where = folder;
    if (fs::is_directory(where / "cifar-10-batches-bin", none)) where /= "cifar-10-batches-bin";
    std::vector<std::string> names;
    for (int i = 1; i <= 5; ++i) names.push_back("data_batch_" + std::to_string(i) + ".bin");
    names.emplace_back("test_batch.bin");
    std::string missing;
    for (const std::string& file : names)
      if (!fs::exists(where / file, none)) missing += (missing.empty() ? "" : ", ") + file;
    if (!missing.empty()) refuse_missing(where, missing);
    train_.clear();
    test_.clear();
    for (const std::string& file : names)
      (file == names.back() ? test_ : train_).emplace_back(where / file);
  }
  [[noreturn]] static void refuse_missing(const std::filesystem::path& where,
                                          const std::string& missing) {
    std::error_code none;
    const bool is_there = std::filesystem::exists(where, none),
               python = std::filesystem::exists(where / "data_batch_1", none);
    throw nnrun::Error(
        (is_there ? "this folder lacks " : "no such folder, so it lacks ") + missing,
        where.string(),
        std::string(python ? "it has the files for Python: get those of the binary version\n"
                           : "") +
            "CIFAR-10's binary version is cifar-10-binary.tar.gz, 163 MB, from\n"
            "https://www.cs.toronto.edu/~kriz/cifar.html; unpack it there:\n"
            "tar -xzf cifar-10-binary.tar.gz -C FOLDER\n"
            "or let data.folder say where it is");
  }

  /// Reads record i of all files.
  void read_record(const std::vector<CifarFile>& files, std::size_t i) {
    std::size_t f = 0;
    for (; i >= files[f].count; ++f) i -= files[f].count;
    const std::string& path = files[f].path;
    const auto at = static_cast<std::streamoff>(i * cifar_record);
    if (open_ != &files[f]) {
      in_.clear();
      in_.push_back(nnrun::open_input(path));
      open_ = &files[f];
    }
    std::ifstream& in = in_.front();
    if (in.tellg() != at) in.seekg(at);
    if (!in.read(reinterpret_cast<char*>(record_.data()), cifar_record))
      throw nnrun::Error("cannot be read", path + " at byte " + std::to_string(at));
    if (record_[0] >= cifar_classes.size())
      throw nnrun::Error("the label is " + std::to_string(record_[0]) + ", expected 0 to 9",
                         path + " at byte " + std::to_string(at),
                         "is it a file of CIFAR-10, not of CIFAR-100?");
  }

  std::vector<CifarFile> train_, test_;
  std::size_t first_held_ = 0;
  const CifarFile* open_ = nullptr;  // the file of in_
  // one or none; defaults are constants, of which a stream cannot be part
  std::vector<std::ifstream> in_;
  std::array<unsigned char, cifar_record> record_{};
};
NNRUN_REGISTER(Cifar10)
