#include <array>
#include <filesystem>
#include <nnrun/class_names.hpp>
#include <nnrun/plugin.hpp>

#include "idx_file.hpp"

/// Images and their labels in the format of MNIST, plain or compressed by gzip. Labels are classes:
/// one target number per class, 1 for the right one. An autoencoder has the image itself as target.
struct Idx : nnrun::Dataset {
  static constexpr auto name = "idx", doc = "images and labels in the files of MNIST, plain or .gz";
  const char *folder = "", *images = "", *labels = "", *test_images = "", *test_labels = "";
  static constexpr bool files_apart = true;
  std::int64_t validation = 0;
  double divide_by = 255;
  const char* target = "label";
  static constexpr const char* known_targets[] = {"label", "image"};
  std::span<const char* const> classes;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Idx::folder, "folder", "holds four files with the names of MNIST's",
                     {.path = true}),
        nnrun::param(&Idx::images, "images", "file to train on, instead of a folder",
                     {.path = true}),
        nnrun::param(&Idx::labels, "labels", "the classes of images", {.path = true}),
        nnrun::param(&Idx::test_images, "test_images", "file to test on", {.path = true}),
        nnrun::param(&Idx::test_labels, "test_labels", "the classes of test_images",
                     {.path = true}),
        nnrun::param(&Idx::validation, "validation",
                     "how many examples at the end of the training file to validate on",
                     {.min = 0, .max = 1e9}),
        nnrun::param(&Idx::divide_by, "divide_by",
                     "what pixels are divided by; 255 makes bytes numbers from 0 to 1",
                     {.min = 0, .above_min = true}),
        nnrun::param(&Idx::target, "target",
                     "what the network is to say; image: for an autoencoder",
                     {.choices = known_targets}),
        nnrun::param(&Idx::classes, "classes",
                     "names of the labels 0, 1, …; without: \"0\", \"1\", … as far as they go, "
                     "from \"1\" on if none is 0",
                     {.classes = true}));
  }
  void check() const {
    if (*folder && (*images || *labels || *test_images || *test_labels))
      throw nnrun::Error("'folder' names all four files, so none can be given beside it");
    if (!*images != !*labels) throw nnrun::Error("'images' and 'labels' need each other");
    if (!*folder && !*images && !*test_images)
      throw nnrun::Error("needs 'folder', or 'images' and 'labels'");
    if (!*test_images != !*test_labels)
      throw nnrun::Error("'test_images' and 'test_labels' need each other");
  }

  void open(nnrun_data& data) {
    const std::array<std::string, 4> files =
        *folder ? files_of_mnist()
                : std::array<std::string, 4>{images, labels, test_images, test_labels};
    names_.set({classes.begin(), classes.end()});
    if (!files[0].empty()) train_.push_back(pair_of(files[0], files[1]));
    if (!files[2].empty()) test_.push_back(pair_of(files[2], files[3]));
    if (!test_.empty() && !train_.empty() &&
        test_.front().images.shape() != train_.front().images.shape())
      throw nnrun::Error("its images have another shape than those of " + files[0], files[2]);
    if (nnrun::KnownColumns::has(data, &data.trained) && data.trained == 2) validation = 0;
    const std::size_t all = train_.empty() ? 0 : train_.front().images.count(),
                      held = train_.empty() ? 0 : static_cast<std::size_t>(validation);
    if (held >= all && !train_.empty())
      throw nnrun::Error("'validation: " + std::to_string(held) + "' leaves none of its " +
                             std::to_string(all) + " examples to train on",
                         files[0]);
    const std::vector<std::size_t> shape = (train_.empty() ? test_ : train_).front().images.shape();
    data.input.rank = static_cast<std::uint32_t>(shape.size());
    std::ranges::copy(shape, data.input.sizes);
    data.target = {1, {names_.size()}};
    if (of_image()) data.target = data.input;
    data.examples[NNRUN_TRAIN] = all - held;
    data.examples[NNRUN_VALIDATION] = held;
    data.examples[NNRUN_TEST] = test_.empty() ? 0 : test_.front().images.count();
    if (!of_image()) data.classes = names_.pointers();
    host_divides_ = nnrun::KnownColumns::has(data, &data.divide_by);
    if (host_divides_) data.divide_by = divide_by;
    if (!nnrun::KnownColumns::has(data, &data.reads_again)) return;
    data.reads_again = (train_.empty() || !train_.front().images.is_packed()) &&
                       (test_.empty() || !test_.front().images.is_packed());
    if (!data.reads_again) data.too_large = "unpack it by gunzip";
  }

  template <class Number>
  void read(const nnrun::Stream&, nnrun::Part part, std::size_t from, std::size_t n, Number* x,
            double* t) {
    Files& files = (part == nnrun::Part::test ? test_ : train_).front();
    if (part == nnrun::Part::validation)
      from += files.images.count() - static_cast<std::size_t>(validation);
    files.images.read(from, n, x);
    if constexpr (std::is_same_v<Number, double>)  // hosts that read floats divide them
      if (!host_divides_)
        for (std::size_t i = 0; i < n * files.images.cols(); ++i) x[i] /= divide_by;
    if (of_image())
      for (std::size_t i = 0; i < n * files.images.cols(); ++i)
        t[i] = host_divides_ ? x[i] / divide_by : x[i];
    else
      for (std::size_t i = 0; i < n; ++i) t = names_.one_hot(files.labels[from + i], t);
  }
  bool inputs_are_floats() const {
    const auto has_floats = [](const Files& files) { return files.images.has_floats(); };
    return std::ranges::all_of(train_, has_floats) && std::ranges::all_of(test_, has_floats);
  }
  bool inputs_are_whole() const {
    const auto has_whole = [](const Files& files) { return files.images.has_small_integers(); };
    return std::ranges::all_of(train_, has_whole) && std::ranges::all_of(test_, has_whole);
  }
  static const void* extension(std::string_view id) { return nnrun::float_inputs<Idx>(id); }

 private:
  bool of_image() const { return std::string_view(target) == "image"; }

  struct Files {
    IdxFile images;
    std::vector<std::uint16_t> labels;
  };

  /// Throws nnrun::Error if the system does not tell.
  static bool is_there(const std::filesystem::path& file) {
    std::error_code failed;
    const bool there = std::filesystem::exists(file, failed);
    if (failed) throw nnrun::Error(failed.message(), file.string());
    return there;
  }
  /// Returns a file in the folder, as published or unpacked; some programs that unpack put a point
  /// in place of the last hyphen but one: train-images.idx3-ubyte. Empty if it is not there.
  std::string find_file(const std::string& published) const {
    namespace fs = std::filesystem;
    std::string dotted = published;
    dotted[dotted.rfind("-idx")] = '.';
    for (const std::string& known : {published, published + ".gz", dotted, dotted + ".gz"})
      if (const fs::path file = fs::path(folder) / known; is_there(file)) return file.string();
    return {};
  }
  /// Returns the four files in the folder.
  std::array<std::string, 4> files_of_mnist() const {
    static constexpr std::array names{"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                      "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};
    std::array<std::string, 4> files;
    std::string missing;
    for (std::size_t i = 0; i < names.size(); ++i) {
      files[i] = find_file(names[i]);
      if (files[i].empty()) missing += std::string(missing.empty() ? "" : ", ") + names[i];
    }
    if (missing.empty()) return files;
    throw nnrun::Error(
        (is_there(folder) ? "this folder lacks " : "no such folder, so it lacks ") + missing,
        folder,
        "MNIST is four files; put them there, with or without .gz:\n"
        "train-images-idx3-ubyte.gz  train-labels-idx1-ubyte.gz\n"
        "t10k-images-idx3-ubyte.gz   t10k-labels-idx1-ubyte.gz\n"
        "or let data.folder, or NNRUN_DATA where the config uses it, say where they are");
  }

  Files pair_of(const std::string& image_file, const std::string& label_file) {
    Files files{IdxFile(image_file), {}};
    if (files.images.shape().empty())
      throw nnrun::Error("expected images, found one number per example", image_file,
                         "are images and labels mixed up?");
    IdxFile file(label_file);
    if (file.cols() != 1)
      throw nnrun::Error("expected labels, one number per example, found " +
                             std::to_string(file.cols()) + " per example",
                         label_file, "are images and labels mixed up?");
    if (file.count() != files.images.count())
      throw nnrun::Error("has " + std::to_string(file.count()) + " labels, but there are " +
                             std::to_string(files.images.count()) + " images in " + image_file,
                         label_file);
    files.labels = names_.read_numbers(file);
    return files;
  }

  nnrun::ClassNames names_;
  bool host_divides_ = false;  // older ones do not: then the pixels are divided here
  // one or none; defaults are constants, which clang does not let an optional be part of
  std::vector<Files> train_, test_;
};
NNRUN_REGISTER(Idx)
