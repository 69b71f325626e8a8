#include "loading/plugin_index.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "base/files.hpp"
#include "loading/plugin_factory.hpp"
using namespace nnrun::host;
using namespace nnrun::testing;
namespace fs = std::filesystem;
using Names = std::vector<std::string>;
namespace {

bool is_loaded(const fs::path& library) {
  void* const found = ::dlopen(library.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (found != nullptr) ::dlclose(found);
  return found != nullptr;
}

/// A program's own folder with libraries a.so, b.so and c.so of a class each, and their index. None
/// of them is loaded yet: this process keeps the code of a path that it has loaded once.
struct Own {
  PluginFactory factory;
  const fs::path folder = factory.scratch() / "own";

  Own() {
    fs::create_directory(factory.scratch() / "made");
    for (const char* const name : {"a", "b", "c"}) build(name, std::string("of_") + name, "made");
    write_plugin_index(factory.scratch() / "made");
    fs::copy(factory.scratch() / "made", folder);
    forge(lines());
  }
  fs::path library(const std::string& name) const { return folder / (name + ".so"); }
  void build(const std::string& name, const std::string& provides,
             const std::string& where = "own") const {
    const fs::path file =
        factory.c(where + "/" + name + ".so", "#define NAME \"" + provides + "\"");
    fs::remove(file.string() + ".source");
  }
  std::string index() const { return text_of(folder / "index"); }
  std::string lines() const {
    const std::string text = index();
    return text.substr(0, text.rfind('\n') + 1);
  }

  /// Writes an index of these lines with its checksum, and the stamps of what is there now.
  void forge(const std::string& lines) const {
    std::string text;
    for (const std::string& line : lines_of(lines)) text += with_stamp(line) + "\n";
    write(text + sha256_of(std::as_bytes(std::span(text))));
  }
  void write(const std::string& text) const {
    write_file(folder / "index", text, Existing::replaced, Sync::later);
  }

  /// Requires the three classes to be found as without an index.
  void require_classes(const std::string& in_a, const std::string& in_b,
                       const std::string& in_c) const {
    const std::pair<std::string, std::string> all[] = {
        {in_a, "a.so"}, {in_b, "b.so"}, {in_c, "c.so"}};
    for (const auto& [name, file] : all) {
      Registry registry;
      registry.load_own_folder(folder);
      const Class* const found = registry.find("activation", name);
      CAPTURE(name, file);
      REQUIRE(found != nullptr);
      CHECK(found->library->file == folder / file);
      CHECK(found->library->sha256() == sha256_of_file(folder / file));
    }
    Registry registry;
    registry.load_own_folder(folder);
    Names names{in_a, in_b, in_c};
    std::ranges::sort(names);
    CHECK(registry.names("activation") == names);
    CHECK(registry.find("activation", "of_none") == nullptr);
    REQUIRE(registry.libraries().size() == 3);
    for (std::size_t i = 0; i < 3; ++i)
      CHECK(registry.libraries()[i]->file == folder / all[i].second);
  }

 private:
  static Names lines_of(const std::string& text) {
    Names lines;
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != text.npos; at = end + 1)
      lines.push_back(text.substr(at, end - at));
    return lines;
  }
  /// Replaces size, inode and both times of a line, which are its words from the second on.
  std::string with_stamp(const std::string& line) const {
    struct stat s {};
    const std::string name = line.substr(0, line.find(' '));
    if (::stat((folder / name).c_str(), &s) != 0) return line;
    std::size_t rest = 0;
    for (int i = 0; i < 7; ++i) rest = line.find(' ', rest + 1);
    std::string out = name;
    for (const auto number : {s.st_size, static_cast<off_t>(s.st_ino), s.st_mtim.tv_sec,
                              s.st_mtim.tv_nsec, s.st_ctim.tv_sec, s.st_ctim.tv_nsec})
      out += " " + std::to_string(number);
    return out + line.substr(rest);
  }
};

}  // namespace

TEST_CASE("with an index, a library is loaded when one of its classes is asked for", "[loading]") {
  const Own own;
  Registry registry;
  registry.load_own_folder(own.folder);
  CHECK(!is_loaded(own.library("a")));
  const Class* const found = registry.find("activation", "of_b");
  REQUIRE(found != nullptr);
  CHECK(found->library->file == own.library("b"));
  CHECK(found->library->sha256() == sha256_of_file(own.library("b")));
  CHECK(!is_loaded(own.library("a")));
  CHECK(!is_loaded(own.library("c")));
  CHECK(registry.find("activation", "of_b") == found);
  CHECK(registry.find("cost", "of_a") == nullptr);  // that nobody has it, no index decides
  CHECK(is_loaded(own.library("a")));
  CHECK(is_loaded(own.library("c")));
}

TEST_CASE("with an index, lists have everything, in the same order", "[loading]") {
  const Own own;
  own.require_classes("of_a", "of_b", "of_c");
  Registry registry;
  registry.load_own_folder(own.folder);
  registry.find("activation", "of_c");
  CHECK(registry.kinds() == Names{"activation"});
  REQUIRE(registry.libraries().size() == 3);
  CHECK(registry.libraries()[0]->file == own.library("a"));
  CHECK(registry.libraries()[2]->file == own.library("c"));
}

TEST_CASE("an index of libraries that changed since is not used", "[loading]") {
  const Own own;
  SECTION("one was built again, with another class") {
    own.build("b", "of_d");
    own.require_classes("of_a", "of_d", "of_c");
  }
  SECTION("two changed places") {
    fs::rename(own.library("a"), own.folder / "x");
    fs::rename(own.library("b"), own.library("a"));
    fs::rename(own.folder / "x", own.library("b"));
    own.require_classes("of_b", "of_a", "of_c");
  }
  SECTION("one was written over, in place, by as many bytes, and got its old time back") {
    struct stat before {};
    REQUIRE(::stat(own.library("b").c_str(), &before) == 0);
    const std::string bytes = replaced(text_of(own.library("b")), "of_b", "of_e");
    std::fstream(own.library("b"), std::ios::binary | std::ios::in | std::ios::out) << bytes;
    const timespec times[] = {before.st_atim, before.st_mtim};
    REQUIRE(::utimensat(AT_FDCWD, own.library("b").c_str(), times, 0) == 0);
    own.require_classes("of_a", "of_e", "of_c");
  }
  SECTION("one is gone") {
    fs::remove(own.library("c"));
    Registry registry;
    registry.load_own_folder(own.folder);
    CHECK(registry.names("activation") == Names{"of_a", "of_b"});
  }
  SECTION("there is one more") {
    own.build("d", "of_d");
    Registry registry;
    registry.load_own_folder(own.folder);
    CHECK(registry.names("activation") == Names{"of_a", "of_b", "of_c", "of_d"});
  }
}

TEST_CASE("a library that changes after the index was read is not taken for the one in it",
          "[loading]") {
  const Own own;
  Registry registry;
  registry.load_own_folder(own.folder);
  own.build("b", "of_d");
  const Class* const found = registry.find("activation", "of_d");
  REQUIRE(found != nullptr);
  CHECK(found->library->sha256() == sha256_of_file(own.library("b")));
  CHECK(registry.find("activation", "of_b") == nullptr);
}

TEST_CASE("a damaged index is not used", "[loading]") {
  const Own own;
  const std::string whole = own.index();
  REQUIRE(read_plugin_index(own.folder, libraries_in(own.folder)));
  for (std::size_t n = 0; n < whole.size(); n += 7) {
    own.write(whole.substr(0, n));
    CHECK(!read_plugin_index(own.folder, libraries_in(own.folder)));
    std::string flipped = whole;
    flipped[n] = static_cast<char>(flipped[n] ^ 1);
    own.write(flipped);
    CHECK(!read_plugin_index(own.folder, libraries_in(own.folder)));
  }
  own.write(whole + "\n");
  own.require_classes("of_a", "of_b", "of_c");
  fs::remove(own.folder / "index");
  own.require_classes("of_a", "of_b", "of_c");
  fs::create_directory(own.folder / "index");
  own.require_classes("of_a", "of_b", "of_c");
}

TEST_CASE("an index that is wrong gives no wrong answer", "[loading]") {
  const Own own;
  const std::string lines = own.lines();
  const auto with = [&](const std::string& old, const std::string& by) {
    return replaced(lines, old, by);
  };
  SECTION("a class is said to be in another library") {
    own.forge(replaced(replaced(with("of_a", "x"), "of_b", "of_a"), "x", "of_b"));
  }
  SECTION("a class is missing") {
    own.forge(with("1 activation of_b", "0"));
  }
  SECTION("there is one more") {
    own.forge(with("1 activation of_b", "2 activation of_b activation of_c"));
  }
  SECTION("its kind is another") {
    own.forge(with("activation of_b", "cost of_b"));
  }
  SECTION("the number of classes is impossible") {
    own.forge(with("1 activation of_c", "18446744073709551615 activation of_c"));
  }
  SECTION("it is of another version") {
    own.forge(with("nnrun-plugins-1", "nnrun-plugins-2"));
  }
  own.require_classes("of_a", "of_b", "of_c");
}

TEST_CASE("a class of an own library that waits clashes with that of another library",
          "[loading]") {
  const Own own;
  const auto mine = own.factory.c("mine.so", "#define NAME \"of_b\"");
  Registry registry;
  registry.load_own_folder(own.folder);
  CHECK(said<PluginError>([&] { registry.load(mine); }) ==
        "error: activation 'of_b' is already provided by " + own.library("b").string() +
            "\n  --> " + mine.string() +
            "\n   = help: rename one of them, or load only one of the two libraries\n");
  Registry other;
  other.load(mine);
  CHECK(said<PluginError>([&] { other.load_own_folder(own.folder); }) ==
        "error: activation 'of_b' is already provided by " + mine.string() + "\n  --> " +
            own.library("b").string() +
            "\n   = help: rename one of them, or load only one of the two libraries\n");
}

TEST_CASE("a closed registry still loads the own libraries that wait", "[loading]") {
  const Own own;
  Registry registry;
  registry.load_own_folder(own.folder);
  registry.close();
  CHECK(registry.find("activation", "of_c") != nullptr);
  CHECK(registry.left_out().empty());
}

TEST_CASE("a folder whose libraries clash gets no index", "[loading]") {
  const Own own;
  own.build("d", "of_a");
  CHECK_THROWS_AS(write_plugin_index(own.folder), PluginError);
  CHECK(!read_plugin_index(own.folder, libraries_in(own.folder)));
}
