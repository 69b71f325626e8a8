// Builds plugin libraries for tests, so that a test can show its library beside its message.
#pragma once
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "base/said.hpp"
#include "base/scratch.hpp"
#include "loading/registry.hpp"
namespace nnrun::testing {

class PluginFactory {
 public:
  const std::filesystem::path& folder() const { return scratch_.folder(); }
  const Scratch& scratch() const { return scratch_; }

  /// Compiles tests/loading/one_class.h with some macros defined.
  std::filesystem::path c(const std::string& file, const std::string& before = {},
                          const std::string& flags = "-O1") const {
    return compile(file, "c", before + "\n#include \"one_class.h\"\n", "-shared " + flags);
  }
  std::filesystem::path cpp(const std::string& file, const std::string& source,
                            const std::string& flags = "-O1 -fvisibility=hidden") const {
    return compile(file, "c++ -std=c++20", source, "-shared " + flags);
  }

  /// Builds anything else that a compiler makes: a program, an object file.
  std::filesystem::path other(const std::string& file, const std::string& flags) const {
    return compile(file, "c++", "int main() {}", flags);
  }

 private:
  std::filesystem::path compile(const std::string& file, const std::string& language,
                                const std::string& source, const std::string& flags) const {
    const auto text = scratch_.write(file + ".source", source);
    const auto out = scratch_ / file;
    const std::string command =
        NNRUN_CXX " -w -fPIC -I" NNRUN_SOURCE_DIR "/framework/include -I" NNRUN_SOURCE_DIR
                  "/tests/loading -x " +
        language + " " + text.string() + " -x none " + flags + " -o " + out.string();
    if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
    return out;
  }

  Scratch scratch_;
};

/// Returns the message of loading a file; the test's folder is written as $.
inline std::string said_of(const PluginFactory& factory, const std::filesystem::path& file) {
  host::Registry registry;
  return replaced(said<host::PluginError>([&] { registry.load(file); }), factory.folder().string(),
                  "$");
}

}  // namespace nnrun::testing
