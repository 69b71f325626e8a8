#include <array>
#include <cmath>
#include <filesystem>
#include <nnrun/class_names.hpp>
#include <nnrun/plugin.hpp>
#include <optional>
#include <vector>

#include "picture.hpp"

/// Pictures in folders, one folder for each class, named after it: PNG, JPEG, PGM or PPM files of
/// one size, or made so. Classes and files are sorted by name.
struct ImageFolder : nnrun::Dataset {
  static constexpr auto name = "image_folder",
                        doc = "PNG, JPEG, and binary PGM and PPM files in a folder for each class";
  const char *path = "", *validation = "", *test = "";
  std::int64_t channels = 0;
  std::span<const double> size;
  double divide_by = 255;
  std::span<const char* const> classes;
  static constexpr bool files_apart = true;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&ImageFolder::path, "path", "holds a folder of each class, to train on",
                     {.required = true, .path = true}),
        nnrun::param(&ImageFolder::validation, "validation", "the same, to validate on",
                     {.path = true}),
        nnrun::param(&ImageFolder::test, "test", "the same, to test on", {.path = true}),
        nnrun::param(&ImageFolder::channels, "channels",
                     "1: grey, 3: red, green and blue, 4: alpha, too; 0: 1 or 3, as the first file",
                     {.min = 0, .max = 4}),
        nnrun::param(&ImageFolder::size, "size",
                     "what all pictures are made: one number, or [height, width]; without: they "
                     "must be of one size",
                     {.min = 1, .max = longest_side, .lone_number = true}),
        nnrun::param(&ImageFolder::divide_by, "divide_by",
                     "what pixels, which are 0 to 255, are divided by",
                     {.min = 0, .above_min = true}),
        nnrun::param(&ImageFolder::classes, "classes",
                     "names of the folders; without: those that are there, sorted",
                     {.classes = true}));
  }
  void check() const {
    if (channels == 2) throw nnrun::Error("'channels' is 0, 1, 3 or 4, not 2");
    if (size.size() > 2)
      throw nnrun::Error("'size' takes one number, or [height, width], not " +
                         std::to_string(size.size()));
    for (const double side : size)
      if (side != std::floor(side)) throw nnrun::Error("'size' takes whole numbers only");
    if (!size.empty() && size.front() * size.back() * 4 > double{most_picture_numbers})
      throw nnrun::Error("pictures of that 'size' are impossible");
  }

  void open(nnrun_data& data) {
    names_.set({classes.begin(), classes.end()});
    const std::array folders{path, validation, test};
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
      if (!*folders[part]) continue;
      list_part(folders[part], parts_[part]);
      data.examples[part] = parts_[part].size();
    }
    if (!first_) throw nnrun::Error("no folder is given");
    data.input = {3, {size_.height, size_.width, channels_}};
    data.target = {1, {names_.size()}};
    data.classes = names_.pointers();
    data.divide_by = divide_by;
    if (nnrun::KnownColumns::has(data, &data.reads_again)) data.reads_again = 1;
    note_ = notes();
    if (!note_.empty()) data.note = note_.c_str();
  }
  void read(const nnrun::Stream&, nnrun::Part part, std::size_t from, std::size_t n, double* x,
            double* t) {
    const std::vector<File>& files = parts_[static_cast<std::size_t>(part)];
    for (std::size_t i = from; i < from + n; ++i) {
      const Picture picture = read_picture(files[i].path);
      if (size.empty() && !same_size(picture.size, size_))
        throw nnrun::Error("changed while it was read: it is " + text_of(picture.size) + " now",
                           files[i].path, "wait until it is whole, then try again");
      write_resized(picture, channels_, size_.height, size_.width, x);
      x += size_.height * size_.width * channels_;
      t = names_.one_hot(files[i].number, t);
    }
  }

  /// Reads a picture as an example of this shape, for predictions. Throws nnrun::Error if it has
  /// another size, or colours where the run's have none.
  void read_example(const char* file, const nnrun_shape& shape, double* x) const {
    const PictureSize own = read_size(file), made = size.empty() ? own : size_set();
    std::size_t n = 1;
    for (std::uint32_t i = 0; i < shape.rank; ++i) n *= shape.sizes[i];
    const std::size_t pixels = made.height * made.width, of_pixel = n / pixels;
    const bool fits =
        shape.rank == 1 || (shape.sizes[0] == made.height && shape.sizes[1] == made.width);
    if (!fits || n % pixels != 0 || (of_pixel != 1 && of_pixel != 3 && of_pixel != 4)) {
      const std::string sides =
          shape.rank == 1 ? ""
                          : std::to_string(shape.sizes[0]) + ", " + std::to_string(shape.sizes[1]);
      throw nnrun::Error(
          "is " + text_of(made) + ", which is not an example of this run", file,
          sides.empty() ? "" : "write --set data.size=[" + sides + "] to have pictures made so");
    }
    if (channels == 0 && of_pixel == 1 && own.has_colours())
      throw nnrun::Error("is in colours, but the pictures of this run are grey", file,
                         "write --set data.channels=1 to make it grey");
    write_resized(read_picture(file), of_pixel, made.height, made.width, x);
  }
  static const void* extension(std::string_view id) {
    static constexpr nnrun_example_file table{
        sizeof(nnrun_example_file),
        [](void* self, const char* file, const nnrun_shape* shape, double* x) noexcept {
          return nnrun::detail::guard(
              [&] { static_cast<const ImageFolder*>(self)->read_example(file, *shape, x); });
        }};
    return id == "nnrun.example_file/1" ? &table : nullptr;
  }

 private:
  struct File {
    std::string path;
    std::size_t number;  // of its class
  };

  /// Returns the size that 'size' sets.
  PictureSize size_set() const {
    return {static_cast<std::size_t>(size.front()), static_cast<std::size_t>(size.back()), 0};
  }
  static bool same_size(const PictureSize& a, const PictureSize& b) {
    return a.height == b.height && a.width == b.width;
  }
  /// Returns what was done to pictures that a reader of the config does not see there.
  std::string notes() const {
    std::string text;
    const auto add = [&](const std::string& note) { text += (text.empty() ? "" : "; ") + note; };
    if (resized_ > 0)
      add(std::to_string(resized_) + (resized_ == 1 ? " picture is made " : " pictures are made ") +
          text_of(size_) +
          (stretched_ == 0 ? ""
                           : ", " + std::to_string(stretched_) +
                                 " of them of other proportions, which stretches them"));
    if (passed_over_ > 0)
      add(std::to_string(passed_over_) + (passed_over_ == 1
                                              ? " file is no picture, and left out"
                                              : " files are no pictures, and left out"));
    if (channels_ != 4 && has_alpha_)
      add("alpha is left out of pictures that have it; channels: 4 keeps it");
    return text;
  }
  static std::string text_of(const PictureSize& size) {
    return std::to_string(size.height) + " x " + std::to_string(size.width);
  }
  static const char* colours(std::size_t channels) { return channels == 1 ? "grey" : "in colours"; }
  static bool is_hidden(const std::string& file) {
    return file.starts_with('.') || file == "Thumbs.db" || file == "desktop.ini" ||
           file == "__MACOSX";
  }

  /// Returns what a folder holds, sorted, without what systems hide there.
  static std::vector<std::filesystem::path> sorted(const std::filesystem::path& folder) {
    std::error_code failed;
    std::vector<std::filesystem::path> all;
    for (std::filesystem::directory_iterator at(folder, failed), end; !failed && at != end;
         at.increment(failed))
      if (!is_hidden(at->path().filename().string())) all.push_back(at->path());
    if (failed) throw nnrun::Error(failed.message(), folder.string());
    std::ranges::sort(all);
    return all;
  }
  /// Lists the pictures of a part. The first one names the classes, unless they have names.
  void list_part(const std::filesystem::path& folder, std::vector<File>& files) {
    std::error_code none;
    std::vector<std::filesystem::path> folders;
    for (const std::filesystem::path& entry : sorted(folder)) {
      if (std::filesystem::is_directory(entry, none))
        folders.push_back(entry);
      else if (is_picture(entry.string()))
        throw nnrun::Error("a picture lies beside the folders of classes", entry.string(),
                           "move it into the folder of its class");
    }
    if (folders.empty())
      throw nnrun::Error("holds no folder: expected one for each class, with its pictures",
                         folder.string());
    const bool found_here = names_.empty();
    if (found_here) {
      std::vector<std::string> found;
      for (const std::filesystem::path& one : folders) found.push_back(one.filename().string());
      names_.set(std::move(found));
    }
    for (const std::filesystem::path& one : folders) {
      const std::size_t before = files.size();
      list_class(one, files);
      if (found_here && files.size() == before && folders.size() > 1)
        throw nnrun::Error("holds no pictures, though a folder is a class", one.string(),
                           "put pictures of the class there, or take the folder out");
    }
    if (files.empty()) throw nnrun::Error("its folders hold no pictures", folder.string());
  }
  void list_class(const std::filesystem::path& folder, std::vector<File>& files) {
    const std::string own = folder.filename().string();
    std::size_t number = 0;
    while (number < names_.size() && names_[number] != own) ++number;
    if (number == names_.size())
      throw nnrun::Error(
          "unknown class '" + own + "'", folder.string(),
          "the classes are: " + names_.text() + "; add it to them, or move the folder elsewhere");
    std::error_code none;
    for (const std::filesystem::path& file : sorted(folder)) {
      if (std::filesystem::is_directory(file, none))
        throw nnrun::Error(
            "holds a folder, so it is not a class but holds classes: " + file.filename().string(),
            folder.string(),
            "for a part of the data, write path: " + folder.string() + ", or validation or test");
      if (!is_picture(file.string()) && !may_be_picture(file.string())) {
        ++passed_over_;
        continue;
      }
      if (!is_picture(file.string()))
        throw nnrun::Error("is not a PNG, JPEG, PGM or PPM file", file.string(),
                           "write it as one, such as by: convert " + file.filename().string() +
                               " " + file.stem().string() + ".png; or take it out");
      take_size(file.string());
      files.push_back({file.string(), number});
    }
  }
  /// Compares a picture with the first one.
  void take_size(const std::string& file) {
    const PictureSize found = read_size(file);
    has_alpha_ = has_alpha_ || found.has_alpha();
    const std::size_t own = channels != 0         ? static_cast<std::size_t>(channels)
                            : found.has_colours() ? 3
                                                  : 1;
    if (!first_) {
      first_ = file;
      size_ = size.empty() ? found : size_set();
      channels_ = own;
    }
    if (!same_size(found, size_)) {
      if (size.empty())
        throw nnrun::Error("is " + text_of(found) + ", but " + *first_ + " is " + text_of(size_),
                           file,
                           "write size: [" + std::to_string(size_.height) + ", " +
                               std::to_string(size_.width) + "], or another, to have all made so");
      ++resized_;
      stretched_ += found.height * size_.width != size_.height * found.width;
    }
    if (own != channels_)
      throw nnrun::Error(
          "is " + std::string(colours(own)) + ", but " + *first_ + " is " + colours(channels_),
          file, "write channels: 3, or 1 to make all of them grey");
  }

  nnrun::ClassNames names_;
  std::array<std::vector<File>, NNRUN_PARTS> parts_;
  // the picture that the others are compared with; optional: clang 14 cannot make a std::string
  // when it reads the defaults of the settings
  std::optional<std::string> first_;
  PictureSize size_;
  std::size_t channels_ = 0;
  bool has_alpha_ = false;
  std::size_t resized_ = 0, stretched_ = 0, passed_over_ = 0;
  std::string note_;
};
NNRUN_REGISTER(ImageFolder)
