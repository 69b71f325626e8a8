// Files that are not plugin libraries are refused before any of their code runs.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "loading/elf.hpp"
#include "loading/plugin_factory.hpp"
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif
using namespace nnrun::host;
using namespace nnrun::testing;
namespace {

const std::string gxx =
    "g++ -std=c++20 -O3 -fPIC -shared -I" NNRUN_SOURCE_DIR "/framework/include ";
const std::string build_it_so = "   = help: build it so: " + gxx + "NAME.cpp -o NAME.so\n";

std::filesystem::path patched(const PluginFactory& factory, std::size_t at, char byte) {
  std::string text = text_of(factory.c("good.so"));
  text.at(at) = byte;
  return factory.scratch().write("patched.so", text);
}

}  // namespace

TEST_CASE("what is not a file or not a library is refused by name and cause", "[loading]") {
  const PluginFactory factory;
  const Scratch& files = factory.scratch();
  CHECK(said_of(factory, files / "none.so") ==
        "error: there is no plugin library '$/none.so'\n"
        "   = help: correct the path, or build it so: " +
            gxx + "$/none.cpp -o $/none.so\n");
  files.write("none.cpp", "");
  CHECK(said_of(factory, files / "none.so") ==
        "error: there is no plugin library '$/none.so'\n"
        "   = help: build it so: " +
            gxx + "$/none.cpp -o $/none.so\n");
  CHECK(said_of(factory, files.folder()) ==
        "error: '$' is a folder, not a plugin library\n"
        "   = help: name the library in it: FOLDER/NAME.so\n");
  CHECK(said_of(factory, files.write("empty.so", "")) ==
        "error: '$/empty.so' is empty, not a plugin library\n" + build_it_so);
  for (const char* text : {"name: diagonal\nseed: 1\n", "a",
                           "\x7f"
                           "ELM"})
    CHECK(said_of(factory, files.write("text.so", text)) ==
          "error: '$/text.so' is not a shared library: it does not start as ELF files do\n" +
              build_it_so);
  ::mkfifo((files / "pipe.so").c_str(), 0600);
  CHECK(said_of(factory, files / "pipe.so") ==
        "error: '$/pipe.so' is not a regular file\n"
        "   = help: name a file that ends in .so\n");
}

TEST_CASE("programs and object files are not taken for libraries", "[loading]") {
  const PluginFactory factory;
  const std::string a_program =
      "error: '$/program' is a program, not a shared library\n" + build_it_so;
  CHECK(said_of(factory, factory.other("program", "-no-pie")) == a_program);
  CHECK(said_of(factory, factory.other("program", "-pie")) == a_program);
  CHECK(said_of(factory, factory.other("a.o", "-c")) ==
        "error: '$/a.o' is an object file, not a shared library\n"
        "   = help: link it: g++ -shared NAME.o -o NAME.so\n");
}

TEST_CASE("libraries for other machines are refused, naming both", "[loading]") {
  const PluginFactory factory;
#if defined(__x86_64__)
  CHECK(said_of(factory, patched(factory, 18, '\xb7')) ==
        "error: '$/patched.so' is built for AArch64, this program for x86-64\n"
        "   = help: build it on this machine\n");
  CHECK(said_of(factory, patched(factory, 18, '\x2a')) ==
        "error: '$/patched.so' is built for a machine of ELF number 42, this program for x86-64\n"
        "   = help: build it on this machine\n");
  CHECK(said_of(factory, patched(factory, 4, 1)) ==
        "error: '$/patched.so' is built for a 32-bit machine, this program for x86-64\n"
        "   = help: build it on this machine\n");
  CHECK(said_of(factory, patched(factory, 5, 2)) ==
        "error: '$/patched.so' is built for a big-endian machine, this program for x86-64\n"
        "   = help: build it on this machine\n");
#endif
}

TEST_CASE("a library cut short at any byte is refused", "[loading]") {
  const PluginFactory factory;
  const auto good = factory.c("good.so"), cut = factory.scratch() / "cut.so";
  std::filesystem::copy_file(good, cut);
  CHECK_NOTHROW(require_plugin_library(cut, "cut.so"));
  for (std::uintmax_t size = std::filesystem::file_size(good); size-- > 0;) {
    std::filesystem::resize_file(cut, size);
    CAPTURE(size);
    REQUIRE_THROWS_AS(require_plugin_library(cut, "cut.so"), PluginError);
  }
  const std::string text = text_of(good);
  CHECK(said_of(factory, factory.scratch().write("half.so", text.substr(0, 8000))) ==
        "error: '$/half.so' is cut short or damaged: it points beyond its 8000 bytes\n"
        "   = help: copy it or build it again\n");
}

TEST_CASE("no flipped byte of the tables makes the check itself fail", "[loading]") {
  const PluginFactory factory;
  const std::string text = text_of(factory.c("good.so"));
  std::vector<std::size_t> bytes;
  for (std::size_t i = 0; i < 64 + 56 * 12; ++i) bytes.push_back(i);
  for (std::size_t i = text.size() - 64 * 24; i < text.size(); ++i) bytes.push_back(i);
  for (const std::size_t at : bytes) {
    std::string flipped = text;
    flipped[at] = static_cast<char>(~flipped[at]);
    const auto file = factory.scratch().write("flipped.so", flipped);
    try {
      require_plugin_library(file, "flipped.so");
    } catch (const PluginError&) {
    }
  }
  SUCCEED("refused or accepted, without a crash");
}

TEST_CASE("a library without the entry, or with another interface's, is refused", "[loading]") {
  const PluginFactory factory;
  CHECK(said_of(factory, factory.cpp("other.so", "int f() { return 1; }")) ==
        "error: '$/other.so' is a shared library but not a plugin: it does not export "
        "nnrun_plugin_v1\n"
        "   = help: include <nnrun/plugin.hpp> and write NNRUN_REGISTER(Class) for every class\n");
  CHECK(said_of(factory, factory.c("hidden.so", "#define ENTRY static_entry")) ==
        "error: '$/hidden.so' is a shared library but not a plugin: it does not export "
        "nnrun_plugin_v1\n"
        "   = help: include <nnrun/plugin.hpp> and write NNRUN_REGISTER(Class) for every class\n");
  CHECK(said_of(factory, factory.c("newer.so", "#define ENTRY nnrun_plugin_v2")) ==
        "error: '$/newer.so' speaks plugin interface 2, this nnrun speaks 1\n"
        "   = help: install a newer nnrun, or rebuild the library with the headers of this one\n");
  CHECK(said_of(factory, factory.c("older.so", "#define ENTRY nnrun_plugin_v0")) ==
        "error: '$/older.so' speaks plugin interface 0, this nnrun speaks 1\n"
        "   = help: rebuild the library with the headers of this nnrun\n");
}

TEST_CASE("a library that speaks several interfaces is taken, stripped or not", "[loading]") {
  const PluginFactory factory;
  const std::string both = "void nnrun_plugin_v2(void) {}";
  CHECK(said_of(factory, factory.c("both.so", both)) == "nothing");
  CHECK(said_of(factory, factory.c("stripped.so", both, "-s")) == "nothing");
}

TEST_CASE("no code runs in a library without the entry", "[loading]") {
  const PluginFactory factory;
  factory.cpp("exits.so", "#include <cstdlib>\n[[gnu::constructor]] void f() { std::exit(42); }");
  CHECK(said_of(factory, factory.scratch() / "exits.so").find("but not a plugin") !=
        std::string::npos);
}

TEST_CASE("what a library lacks is named", "[loading]") {
  const PluginFactory factory;
  const std::string at = factory.folder().string();
  factory.cpp("libneeded.so", "extern \"C\" void needed() {}", "");
  const auto file = factory.c("needs.so", "void needed(void); void f(void) { needed(); }",
                              "-L" + at + " -lneeded");
  std::filesystem::remove(factory.scratch() / "libneeded.so");
  CHECK(said_of(factory, file) ==
        "error: '$/needs.so' cannot be loaded: libneeded.so: cannot open shared object file: "
        "No such file or directory\n"
        "   = help: install the library that it needs, or name its folder in LD_LIBRARY_PATH\n");
  CHECK(said_of(factory, factory.cpp("undefined.so",
                                     "#include <nnrun/abi.h>\n"
                                     "namespace far { int help(double); }\n"
                                     "const nnrun_library* nnrun_plugin_v1() {\n"
                                     "  return far::help(1) ? nullptr : nullptr;\n"
                                     "}\n")) ==
        "error: '$/undefined.so' cannot be loaded: undefined symbol: far::help(double)\n"
        "   = help: link what defines it; with -Wl,-z,defs the linker finds such gaps\n");
}

TEST_CASE("an entry that throws or returns nothing is refused", "[loading]") {
  const PluginFactory factory;
  CHECK(
      said_of(factory, factory.cpp("throws.so",
                                   "#include <nnrun/abi.h>\n"
                                   "const nnrun_library* nnrun_plugin_v1() { throw 42; }\n")) ==
      "error: '$/throws.so' threw an exception out of nnrun_plugin_v1\n"
      "   = help: NNRUN_REGISTER of <nnrun/plugin.hpp> writes this function; one of your own must "
      "not throw\n");
  CHECK(
      said_of(factory, factory.c("null.so", "#define LIBRARY 0")) ==
      "error: '$/null.so' is not a plugin: nnrun_plugin_v1 returned NULL\n"
      "   = help: NNRUN_REGISTER of <nnrun/plugin.hpp> writes this function; see nnrun_library in "
      "<nnrun/abi.h>\n");
}

TEST_CASE("what every user may write to is refused", "[loading]") {
  const PluginFactory factory;
  const auto file = factory.c("lib/a.so", "", "");
  std::filesystem::permissions(file, std::filesystem::perms(0757));
  CHECK(said_of(factory, file) ==
        "error: '$/lib/a.so' is refused: every user may write to '$/lib/a.so'\n"
        "   = help: chmod o-w $/lib/a.so\n");
  std::filesystem::permissions(file, std::filesystem::perms(0755));
  std::filesystem::permissions(file.parent_path(), std::filesystem::perms(0777));
  CHECK(said_of(factory, file) ==
        "error: '$/lib/a.so' is refused: every user may write to '$/lib'\n"
        "   = help: chmod o-w $/lib\n");
  std::filesystem::permissions(file.parent_path(), std::filesystem::perms(01777));
  CHECK(said_of(factory, file) == "nothing");
}

TEST_CASE("what another group may write to is refused", "[loading]") {
  if (::geteuid() != 0) {
    WARN("skipped: only root can give a file to another group");
    return;
  }
  const PluginFactory factory;
  const auto file = factory.c("lib/a.so", "", "");
  std::filesystem::permissions(file.parent_path(), std::filesystem::perms(0775));
  CHECK(said_of(factory, file) == "nothing");  // the group of this user alone
  CHECK(::chown(file.parent_path().c_str(), 0, 54321) == 0);
  CHECK(said_of(factory, file) ==
        "error: '$/lib/a.so' is refused: the group 54321 may write to '$/lib'\n"
        "   = help: chmod g-w $/lib\n");
}

TEST_CASE("what belongs to another user is refused, whether file, folder or link", "[loading]") {
  if (::geteuid() != 0) {
    WARN("skipped: only root can give a file to another user");
    return;
  }
  const PluginFactory factory;
  const auto belongs = [](const std::string& what) {
    return "error: '$/lib/a.so' is refused: " + what +
           " belongs to the user 54321\n"
           "   = help: a library is code: copy it to a folder of your own if you trust that user\n";
  };
  const auto give = [](const std::filesystem::path& file, uid_t user) {
    return ::lchown(file.c_str(), user, 0) == 0;
  };
  const auto file = factory.c("lib/a.so", "", ""), lib = file.parent_path();
  CHECK(give(file, 54321));
  CHECK(said_of(factory, file) == belongs("'$/lib/a.so'"));
  CHECK(give(file, 0));
  CHECK(give(lib, 54321));
  CHECK(said_of(factory, file) == belongs("'$/lib'"));
  CHECK(give(lib, 0));
  const Scratch& files = factory.scratch();
  std::filesystem::create_directory(files / "open");
  std::filesystem::permissions(files / "open", std::filesystem::perms(01777));
  std::filesystem::create_symlink("../lib", files / "open/way");
  CHECK(said_of(factory, files / "open/way/a.so") == "nothing");
  CHECK(give(files / "open/way", 54321));
  CHECK(said_of(factory, files / "open/way/a.so") == belongs("the link '$/open/way'"));
  std::filesystem::create_symlink(files / "open/way/a.so", files / "mine.so");
  CHECK(said_of(factory, files / "mine.so") == belongs("the link '$/open/way'"));
  std::filesystem::create_symlink("open/way/../lib/../lib/a.so", files / "up.so");
  CHECK(said_of(factory, files / "up.so") == belongs("the link '$/open/way'"));
}

TEST_CASE("a link through a folder that every user may write to is refused", "[loading]") {
  const PluginFactory factory;
  const auto file = factory.c("lib/a.so", "", "");
  const Scratch& files = factory.scratch();
  std::filesystem::create_directory(files / "open");
  std::filesystem::create_symlink("../lib", files / "open/way");
  std::filesystem::permissions(files / "open", std::filesystem::perms(0777));
  CHECK(said_of(factory, files / "open/way/a.so") ==
        "error: '$/lib/a.so' is refused: every user may write to '$/open'\n"
        "   = help: chmod o-w $/open\n");
}

#if defined(__x86_64__)
TEST_CASE("a library that switches denormal numbers off is corrected, with a warning",
          "[loading]") {
  const PluginFactory factory;
  const unsigned before = _mm_getcsr();
  std::vector<std::string> warnings;
  Registry registry([&](const std::string& warning) { warnings.push_back(warning); });
  registry.load(factory.c("fast.so", "", "-O1 -ffast-math"));
  CHECK((_mm_getcsr() & ~0x3fu) == (before & ~0x3fu));
  const std::vector<std::string> expected{
      "'" + (factory.scratch() / "fast.so").string() +
      "' changed the floating-point mode as it was loaded, which would lose denormal numbers "
      "everywhere (built with -ffast-math?); it was restored"};
  CHECK(warnings == expected);
}
#endif
