#include "loading/plugin_index.hpp"

#include <poll.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/error.hpp"
#include "base/files.hpp"
#include "loading/refuse.hpp"
#include "loading/registry.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

constexpr const char *index_name = "index", *first_word = "nnrun-plugins-1";
constexpr std::size_t most_bytes = 1 << 20, digits_of_sum = 64;

std::string sum_of(std::string_view text) {
  return sha256_of(std::as_bytes(std::span(text)));
}

/// The words of an index. Past its end they are empty and its numbers 0, which fit no library.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}
  std::string_view word() {
    const std::size_t length = std::min(rest_.find_first_of(" \n"), rest_.size());
    const std::string_view out = rest_.substr(0, length);
    rest_.remove_prefix(std::min(length + 1, rest_.size()));
    return out;
  }
  template <class Number>
  Number number() {
    Number out = 0;
    const std::string_view digits = word();
    std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return out;
  }
  timespec time() {
    const auto seconds = number<time_t>();
    return {seconds, number<long>()};
  }

 private:
  std::string_view rest_;
};

/// Takes what an index says of a library. The number of the device is not in it: that of a disk may
/// be another after each start of the machine.
IndexedLibrary library_in(Words& words, const fs::path& file) {
  IndexedLibrary out;
  const std::string_view name = words.word();
  out.file = name == file.filename().native() ? file : fs::path();
  out.stamp.device = FileStamp::of(file).device;
  out.stamp.size = words.number<off_t>();
  out.stamp.inode = words.number<ino_t>();
  out.stamp.written = words.time();
  out.stamp.changed = words.time();
  out.sha256 = words.word();
  const auto count = std::min(words.number<std::size_t>(), most_bytes);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view kind = words.word();
    out.classes.emplace_back(kind, words.word());
  }
  return out;
}

std::string text_of(const timespec& time) {
  return std::to_string(time.tv_sec) + " " + std::to_string(time.tv_nsec);
}

/// Returns a line of the index.
std::string line_of(const Library& library, const Registry& registry) {
  const std::string name = library.file.filename().string();
  if (name.find_first_of(" \n") != std::string::npos)
    refuse("'" + library.shown() + "' has a name that an index cannot have");
  const FileStamp& stamp = library.loaded;
  std::string classes;
  std::size_t count = 0;
  for (const Class* const c : registry.classes_of(library)) {
    classes += " " + c->kind + " " + c->name;
    ++count;
  }
  return name + " " + std::to_string(stamp.size) + " " + std::to_string(stamp.inode) + " " +
         text_of(stamp.written) + " " + text_of(stamp.changed) + " " + library.sha256() + " " +
         std::to_string(count) + classes + "\n";
}

/// Empties the index, at a time that is later than all changes of the libraries by the clock of
/// their file system, which may be coarse: whatever changes them from now on gives them another
/// time.
void begin_after_changes(const fs::path& index, std::span<const fs::path> libraries) {
  const auto later = [](const timespec& a, const timespec& b) {
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
  };
  for (int i = 0; i < 300; ++i) {
    write_file(index, "", Existing::replaced, Sync::later);
    const timespec now = FileStamp::of(index).written;
    if (std::ranges::all_of(libraries, [&](const fs::path& library) {
          return later(now, FileStamp::of(library).changed);
        }))
      return;
    ::poll(nullptr, 0, 10);
  }
  refuse("'" + shown_path(index) + "' is not written: a library changed after this moment");
}

}  // namespace

std::optional<std::vector<IndexedLibrary>> read_plugin_index(const fs::path& folder,
                                                             std::span<const fs::path> libraries) {
  std::string text;
  try {
    text = read_file(folder / index_name, most_bytes);
  } catch (const RecordError&) {
    return std::nullopt;
  }
  if (text.size() <= digits_of_sum) return std::nullopt;
  const std::string_view all = text, body = all.substr(0, all.size() - digits_of_sum);
  if (sum_of(body) != all.substr(body.size())) return std::nullopt;
  Words words(body);
  if (words.word() != first_word || words.number<std::size_t>() != libraries.size())
    return std::nullopt;
  std::vector<IndexedLibrary> out;
  for (const fs::path& file : libraries) {
    out.push_back(library_in(words, file));
    if (out.back().file != file || !(out.back().stamp == FileStamp::of(file))) return std::nullopt;
  }
  return out;
}

fs::path write_plugin_index(const fs::path& folder) {
  const fs::path index = folder / index_name;
  begin_after_changes(index, libraries_in(folder));
  Registry registry;
  registry.load_own_folder(folder);
  std::string text = first_word + (" " + std::to_string(registry.libraries().size())) + "\n";
  for (const auto& library : registry.libraries()) text += line_of(*library, registry);
  write_file(index, text + sum_of(text), Existing::replaced, Sync::later);
  return index;
}

}  // namespace nnrun::host
