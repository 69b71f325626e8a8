#include <array>
#include <nnrun/class_names.hpp>
#include <nnrun/plugin.hpp>

#include "npy_file.hpp"

/// NumPy arrays with an example per row: one of inputs and one of targets for each part, each in a
/// file of its own, or named arrays of an npz file.
struct Npy : nnrun::Dataset {
  static constexpr auto name = "npy",
                        doc = "NumPy arrays, npy or npz: inputs and targets, an example per row";
  const char *inputs = "", *targets = "", *validation_inputs = "", *validation_targets = "",
             *test_inputs = "", *test_targets = "", *inputs_array = "", *targets_array = "",
             *validation_inputs_array = "", *validation_targets_array = "", *test_inputs_array = "",
             *test_targets_array = "";
  double divide_by = 1;
  bool one_hot = false;
  static constexpr bool files_apart = true;
  std::span<const char* const> classes;
  static constexpr auto params() {
    const auto file = [](auto member, const char* key, const char* what, bool required = false) {
      return nnrun::param(member, key, what, {.required = required, .path = true});
    };
    const auto array = [](auto member, const char* key) {
      return nnrun::param(member, key, "the name of that array, where the file is npz");
    };
    return nnrun::params(
        file(&Npy::inputs, "inputs", "file to train on", true),
        file(&Npy::targets, "targets", "what the network should answer to inputs", true),
        file(&Npy::validation_inputs, "validation_inputs", "file to validate on"),
        file(&Npy::validation_targets, "validation_targets", "its targets"),
        file(&Npy::test_inputs, "test_inputs", "file to test on"),
        file(&Npy::test_targets, "test_targets", "its targets"),
        array(&Npy::inputs_array, "inputs_array"), array(&Npy::targets_array, "targets_array"),
        array(&Npy::validation_inputs_array, "validation_inputs_array"),
        array(&Npy::validation_targets_array, "validation_targets_array"),
        array(&Npy::test_inputs_array, "test_inputs_array"),
        array(&Npy::test_targets_array, "test_targets_array"),
        nnrun::param(&Npy::divide_by, "divide_by",
                     "what inputs are divided by; 255 makes bytes numbers from 0 to 1",
                     {.min = 0, .above_min = true}),
        nnrun::param(&Npy::one_hot, "one_hot",
                     "targets are class numbers from 0: a target per class, 1 for the right one"),
        nnrun::param(&Npy::classes, "classes",
                     "names of the classes 0, 1, …, for one_hot; without: \"0\", \"1\", …",
                     {.classes = true}));
  }
  void check() const {
    if (!*inputs != !*targets) throw nnrun::Error("'inputs' and 'targets' need each other");
    if (!*validation_inputs != !*validation_targets)
      throw nnrun::Error("'validation_inputs' and 'validation_targets' need each other");
    if (!*test_inputs != !*test_targets)
      throw nnrun::Error("'test_inputs' and 'test_targets' need each other");
    if (!classes.empty() && !one_hot)
      throw nnrun::Error("'classes' are for targets that are class numbers: write one_hot: true");
  }

  void open(nnrun_data& data) {
    names_.set({classes.begin(), classes.end()});
    const Source sources[NNRUN_PARTS][2] = {
        {{inputs, inputs_array}, {targets, targets_array}},
        {{validation_inputs, validation_inputs_array},
         {validation_targets, validation_targets_array}},
        {{test_inputs, test_inputs_array}, {test_targets, test_targets_array}}};
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
      if (!*sources[part][0].file) continue;
      parts_[part].push_back(pair_of(sources[part][0], sources[part][1]));
      data.examples[part] = parts_[part].front().inputs.count();
    }
    const Files* const any = first();
    if (any == nullptr) throw nnrun::Error("no file is given");
    data.input = shape_of(any->inputs);
    data.target = one_hot ? nnrun_shape{1, {names_.size()}} : shape_of(any->targets);
    data.classes = one_hot ? names_.pointers() : nullptr;
    host_divides_ = nnrun::KnownColumns::has(data, &data.divide_by);
    if (host_divides_) data.divide_by = divide_by;
    if (!one_hot && any->targets.cols() == 1 && nnrun::KnownColumns::has(data, &data.as_classes))
      data.as_classes = "one_hot: true";
    if (!nnrun::KnownColumns::has(data, &data.reads_again)) return;
    data.reads_again = reads_again();
    if (!data.reads_again)
      data.too_large = "write it by numpy.save, or by numpy.savez: not compressed";
  }

  void read(const nnrun::Stream&, nnrun::Part part, std::size_t from, std::size_t n, double* x,
            double* t) {
    Files& files = parts_[static_cast<std::size_t>(part)].front();
    files.inputs.read(from, n, x);
    if (!host_divides_ && divide_by != 1)
      for (std::size_t i = 0; i < n * files.inputs.cols(); ++i) x[i] /= divide_by;
    if (!one_hot) return files.targets.read(from, n, t);
    for (std::size_t i = 0; i < n; ++i) t = names_.one_hot(files.classes[from + i], t);
  }

 private:
  struct Source {
    const char *file, *array;
  };
  struct Files {
    NpyFile inputs, targets;
    std::vector<std::uint16_t> classes;
  };

  /// Returns the files of the first part that has some; nullptr if none has.
  const Files* first() const {
    for (const std::vector<Files>& part : parts_)
      if (!part.empty()) return &part.front();
    return nullptr;
  }
  bool reads_again() const {
    for (const std::vector<Files>& part : parts_)
      for (const Files& files : part)
        if (files.inputs.is_packed() || files.targets.is_packed()) return false;
    return true;
  }
  static nnrun_shape shape_of(const NpyFile& file) {
    const std::vector<std::size_t> sizes = file.shape();
    nnrun_shape shape{1, {1}};  // of an array with one dimension
    if (sizes.empty()) return shape;
    shape.rank = static_cast<std::uint32_t>(sizes.size());
    std::ranges::copy(sizes, shape.sizes);
    return shape;
  }
  static std::string text_of(const std::vector<std::size_t>& shape) {
    std::string text;
    for (const std::size_t n : shape) text += (text.empty() ? "" : " x ") + std::to_string(n);
    return text.empty() ? "1" : text;
  }

  Files pair_of(const Source& input, const Source& target) {
    Files files{NpyFile(input.file, input.array), NpyFile(target.file, target.array), {}};
    if (files.targets.count() != files.inputs.count())
      throw nnrun::Error("has " + std::to_string(files.targets.count()) +
                             " targets, but there are " + std::to_string(files.inputs.count()) +
                             " examples in " + files.inputs.path(),
                         files.targets.path());
    if (const Files* const before = first()) {
      same_shape(files.inputs, before->inputs);
      same_shape(files.targets, before->targets);
    }
    if (one_hot) files.classes = read_classes(files.targets);
    return files;
  }
  static void same_shape(const NpyFile& file, const NpyFile& first) {
    if (file.shape() != first.shape())
      throw nnrun::Error("an example has " + text_of(file.shape()) + " numbers, but " +
                             text_of(first.shape()) + " in " + first.path(),
                         file.path());
  }

  std::vector<std::uint16_t> read_classes(NpyFile& file) {
    if (file.cols() != 1)
      throw nnrun::Error(
          "'one_hot' needs one class number per example, here are " + text_of(file.shape()) +
              " numbers",
          file.path(),
          "where they are one-hot already, remove 'one_hot'; if each step has a class, write "
          "them one-hot: np.eye(n)[classes]");
    return names_.read_numbers(file);
  }

  nnrun::ClassNames names_;
  bool host_divides_ = false;  // older ones do not: then the numbers are divided here
  // one each or none; defaults are constants, which clang does not let an optional be part of
  std::array<std::vector<Files>, NNRUN_PARTS> parts_;
};
NNRUN_REGISTER(Npy)
