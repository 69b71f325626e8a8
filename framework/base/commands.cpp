#include "base/commands.hpp"

#include <algorithm>
#include <string_view>
#include <system_error>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/shown_text.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

/// Returns `-I…` for the headers; empty if compilers search their folder by default.
std::string include_option() {
  const std::string folder =
      folder_with("nnrun/plugin.hpp", own_places("include", "include")).string();
  return folder == "/usr/include" ? "" : " -I" + shell_word(folder);
}

std::string command(const std::string& include, const std::string& stem) {
  return "g++ -std=c++20 -O3 -fPIC -shared" + include + " " + shell_word(stem + ".cpp") + " -o " +
         shell_word(stem + ".so");
}

}  // namespace

std::string shell_word(const std::string& text) {
  const auto plain = [](char c) {
    return std::string_view("/._-+").find(c) != std::string_view::npos || (c >= '0' && c <= '9') ||
           (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  if (std::ranges::all_of(text, plain)) return text;
  std::string out = "'";
  if (!is_harmless(text) || text.find_first_of("\n\t") != text.npos) {
    out = "$'";  // of bash and zsh: control characters have names there
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      const auto digit = [](unsigned char half) { return "0123456789abcdef"[half & 0xf]; };
      out += plain(c) ? std::string{c} : std::string{'\\', 'x', digit(byte >> 4), digit(byte)};
    }
    return out + "'";
  }
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string{c};
  return out + "'";
}

fs::path folder_with(const fs::path& file, const std::vector<fs::path>& places) {
  std::error_code none;
  for (const fs::path& place : places)
    if (fs::exists(place / file, none)) return fs::canonical(place);
  throw RecordError(Problem{.what = "cannot find this program's '" + file.string() +
                                    "', neither in '" + places[0].string() + "' nor in '" +
                                    places[1].string() + "'",
                            .hint = "build or install nnrun again"});
}

std::string compile_command(const std::string& stem) {
  return command(include_option(), stem);
}

std::string how_to_build(const std::string& stem) {
  try {
    return "build it so: " + compile_command(stem);
  } catch (const RecordError&) {
    return "build it so: " + command("", stem);
  }
}

}  // namespace nnrun::host
