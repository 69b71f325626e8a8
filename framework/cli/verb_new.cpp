// A folder for a new plugin: a formula that works, its build, its test, and a config that uses it.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/commands.hpp"
#include "base/did_you_mean.hpp"
#include "base/files.hpp"
#include "cli/templates.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

/// Targets that CMake defines itself; a library cannot have their names.
constexpr std::array targets_of_cmake{"all",  "clean",   "edit_cache",    "help", "install",
                                      "test", "package", "rebuild_cache", "nnrun"};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Returns `bent_identity` for `BentIdentity` and `bent-identity`.
std::string snake_case(std::string_view text) {
  std::string out;
  char before = 0;
  for (const char c : text) {
    const bool new_word = is_upper(c) ? !is_upper(before) : !is_letter(c) && !is_digit(c);
    if (new_word && !out.empty() && out.back() != '_') out += '_';
    if (is_letter(c) || (is_digit(c) && !out.empty()))
      out += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
    before = c;
  }
  if (out.ends_with('_')) out.pop_back();
  return out;
}

std::string camel_case(const std::string& snake) {
  std::string out;
  bool upper = true;
  for (const char c : snake) {
    if (c != '_') out += upper && is_letter(c) ? static_cast<char>(c - 'a' + 'A') : c;
    upper = c == '_';
  }
  return out;
}

void check_name(const std::string& kind, const std::string& name, const Registry& registry) {
  if (const std::string proper = snake_case(name); proper != name || name.size() > 60)
    throw UsageError(Problem{
        .what = "a plugin cannot be called '" + name + "'",
        .hint = proper.empty() || proper == name
                    ? "use at most 60 small letters, digits and '_', a letter first"
                    : "nnrun new " + kind + " " + proper + ": small letters, digits and '_'"});
  if (std::ranges::count(targets_of_cmake, name))
    throw UsageError(Problem{
        .what = "a plugin cannot be called '" + name + "'",
        .hint = "CMake has a target of this name; nnrun new " + kind + " " + name + "_of_mine"});
  if (const Class* const known = registry.find(kind, name))
    throw UsageError(
        Problem{.what = "there is " + kind + " '" + name + "' already",
                .where = known->library->shown(),
                .hint = "choose another name: a name that two libraries provide is refused"});
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(name, ignored)))
    throw UsageError(Problem{.what = "'" + name + "' exists already",
                             .hint = "choose another name, or work in another folder"});
}

/// Returns how to call this program from any folder: by its name if the shell finds it.
std::string program_word() {
  const fs::path program = program_file();
  const char* const path = std::getenv("PATH");
  for (std::string_view rest = path ? path : ""; !rest.empty();) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    const fs::path candidate = fs::path(folder) / "nnrun";
    std::error_code none;
    if (::access(candidate.c_str(), X_OK) == 0)
      return fs::equivalent(candidate, program, none) ? "nnrun" : shell_word(program.string());
  }
  return shell_word(program.string());
}

std::string with_article(const std::string& kind) {
  const bool vowel = std::string_view("aeiou").find(kind[0]) != std::string_view::npos;
  return (vowel ? "An " : "A ") + kind;
}

using Replacements = std::vector<std::pair<std::string, std::string>>;

std::string filled(std::string text, const Replacements& replacements) {
  for (const auto& [from, to] : replacements)
    for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
      text.replace(at, from.size(), to);
  return text;
}

struct NewFile {
  std::string name, text;
};

/// Returns `swish.cpp` for `activation.cpp` if the kind is activation; files not named after a kind
/// are for all.
std::vector<NewFile> files_of(const std::string& kind, const std::string& name,
                              const Replacements& replacements) {
  std::vector<NewFile> files;
  for (const Template& t : templates()) {
    const std::string file(t.file), stem = file.substr(0, file.find('.'));
    const bool of_a_kind = std::ranges::count(known_kinds(), stem) != 0;
    if (of_a_kind && stem != kind) continue;
    std::string text(t.text);
    if (file.ends_with(".yaml"))
      text.insert(0, "# Trains with " + kind + " 'new_thing' of new_thing.cpp.\n" +
                         "plugins: [new_thing.so]\n");
    files.push_back({of_a_kind ? name + file.substr(stem.size()) : file,
                     filled(std::move(text), replacements)});
  }
  return files;
}

/// Returns what a command that trains needs beside the config.
std::string with_words(const std::string& kind, const std::string& name) {
  return kind == "exchange" ? " --exchange " + name : "";
}

/// Returns the files of a new plugin, every placeholder of the templates filled in.
std::vector<NewFile> files_for(const std::string& kind, const std::string& name,
                               const std::string& compile, const std::string& program) {
  const std::string package =
      folder_with("nnrun-config.cmake", own_places(".", "lib/cmake/nnrun")).string();
  // a data set is tried with the file that its template provides
  const bool file_given = kind == "dataset";
  constexpr auto file_of_config =
      "# The file that the config trains with.\n"
      "file=$(sed -n 's/.*[{ ]path: *\\([^,} ]*\\).*/\\1/p' \"$here/new_thing.yaml\")\n"
      "case $file in /*) ;; *) file=$here/$file ;; esac\n\n";
  return files_of(kind, name,
                  {{"@GIVEN@", file_given ? " --set new_thing.path=new_thing.csv" : ""},
                   {"@GIVEN_HERE@", file_given ? " --set \"new_thing.path=$file\"" : ""},
                   {"@FILE_OF_CONFIG@\n", file_given ? file_of_config : "\n"},
                   {"@WITH@", with_words(kind, "new_thing")},
                   {"new_thing", name},
                   {"NewThing", camel_case(name)},
                   {"@A_KIND@", with_article(kind)},
                   {"@COMPILE@", compile},
                   {"@NNRUN@", program},
                   {"@PACKAGE@", package}});
}

/// Writes the files and lets test.sh be executed. Throws RecordError and leaves nothing if that
/// fails.
void write_files(const fs::path& folder, const std::vector<NewFile>& files) {
  std::error_code error;
  fs::create_directory(folder, error);
  const auto refuse = [&](const std::string& what) {
    throw RecordError(Problem{.what = what + ": " + system_reason(error.value()),
                              .hint = "work in a folder that you may write to"});
  };
  if (error) refuse("cannot create the folder '" + folder.string() + "'");
  try {
    for (const NewFile& file : files) write_new_file(folder / file.name, file.text, Sync::later);
    fs::permissions(folder / "test.sh", fs::perms::owner_exec | fs::perms::group_exec,
                    fs::perm_options::add, error);
    if (error) refuse("cannot make '" + (folder / "test.sh").string() + "' executable");
  } catch (const Error&) {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    throw;
  }
}

}  // namespace

Exit make_new(const Arguments& arguments, Registry& registry) {
  const std::string kind = arguments.targets[0], name = arguments.targets[1];
  if (kind == "config") return make_config(arguments, registry);
  for (const char* const option : {"--target", "--windows", "--out"})
    if (arguments.has(option))
      throw UsageError(Problem{.what = "a plugin has no target and no file to write",
                               .hint = "nnrun new config data.csv --target price"});
  if (!std::ranges::count(known_kinds(), kind))
    throw UsageError(Problem{.what = "there is no kind of plugin '" + kind + "'",
                             .hint = did_you_mean(kind, known_kinds())});
  check_name(kind, name, registry);

  const std::string config = name + ".yaml", program = program_word(),
                    compile = compile_command(name),
                    train = program + " " + config + with_words(kind, name);
  const std::vector<NewFile> files = files_for(kind, name, compile, program);
  write_files(name, files);
  const Terminal out(stdout);
  if (arguments.json) {
    auto written = nlohmann::ordered_json::array();
    for (const NewFile& file : files) written.push_back(name + "/" + file.name);
    out.write_data(nlohmann::ordered_json{
                       {"folder", name}, {"files", written}, {"build", compile}, {"train", train}}
                       .dump() +
                   "\n");
    return Exit::done;
  }
  for (const NewFile& file : files) out.write("wrote  " + name + "/" + file.name + "\n");
  out.write("next   cd " + name + "\n       " + compile + "\n       " + train + "\n");
  return Exit::done;
}

}  // namespace nnrun::host
