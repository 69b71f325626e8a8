// A config for a table: what the file holds decides types, gaps, scaling, cost and sizes.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/commands.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/config_for_table.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "runs/run_folder.hpp"
#include "training/open_sizes.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

/// Returns a name for a run that every file system takes: `gr_e` for `größe`, `data` for `表`.
std::string run_name(const std::string& stem) {
  std::string name;
  for (const char c : stem) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || (c >= '0' && c <= '9') || c == '-')
      name += c;
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  while (!name.empty() && (name.front() == '-' || name.front() == '_')) name.erase(0, 1);
  while (name.ends_with('_')) name.pop_back();
  return safe_name(name.empty() ? "data" : name);
}

/// Writes the config, and opens the data by it. Leaves nothing if that fails.
void write_config(const fs::path& file, const std::string& yaml, Registry& registry) {
  write_new_file(file, yaml, Sync::later);
  try {
    with_sizes(read_experiment(file, {}, registry));
  } catch (...) {
    std::error_code none;
    fs::remove(file, none);
    throw;
  }
}

/// Returns how many rows an example of a series has; 0 if the table is not one.
std::size_t window_of(const Arguments& arguments) {
  if (!arguments.has("--windows")) return 0;
  const std::optional<double> rows = parse_double(arguments.text("--windows"));
  if (rows && *rows >= 1 && *rows <= 1e6 && *rows == std::floor(*rows))
    return static_cast<std::size_t>(*rows);
  throw UsageError(
      Problem{.what = "--windows needs a number of rows, not '" + arguments.text("--windows") + "'",
              .hint = "--windows 24"});
}

/// Returns whether a npy file is of a structured array, which the csv data set reads.
bool has_columns(const std::string& file) {
  std::string start(256, '\0');
  std::ifstream(file, std::ios::binary).read(start.data(), static_cast<long>(start.size()));
  return start.find("'descr': [(") != start.npos;
}

/// Returns the first line, as far as it may tell what a file is, without blanks before it.
std::string first_line_of(const std::string& file) {
  std::string start(1000, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(start.data(), static_cast<long>(start.size()));
  start.resize(static_cast<std::size_t>(in.gcount()));
  start.erase(0, start.find_first_not_of(" \t\r\n"));
  return start.substr(0, start.find_first_of("\r\n"));
}

/// Returns whether it begins as a list or an object of JSON does.
bool is_json(const std::string& file) {
  const std::string line = first_line_of(file);
  if (line.empty() || (line[0] != '{' && line[0] != '[')) return false;
  const std::size_t second = line.find_first_not_of(" \t", 1);
  if (second == line.npos) return true;
  return line[0] == '{' ? line[second] == '"' : line[second] == '{' || line[second] == '[';
}

/// Returns whether it begins as a web page or another file of XML does.
bool is_xml(const std::string& file) {
  const std::string line = first_line_of(file);
  return line.starts_with("<?xml") || line.starts_with("<!") ||
         (line.starts_with('<') && line.find('>') != line.npos);
}

/// Returns whether a number and pairs such as 3:0.5 stand in the first line, with blanks between.
bool is_svm(const std::string& file) {
  const std::vector<std::string> words = split(first_line_of(file), ' ');
  if (words.size() < 2 || !parse_double(words[0])) return false;
  return std::all_of(words.begin() + 1, words.end() - 1,
                     [](const std::string& word) {
                       const std::size_t colon = word.find(':');
                       return colon != word.npos && parse_double(word.substr(0, colon)) &&
                              parse_double(word.substr(colon + 1));
                     }) &&
         words[1].find(':') != words[1].npos;
}

/// Throws DataError for a file of another kind, by how it starts.
void require_table(const std::string& file) {
  using namespace std::string_view_literals;
  std::string start(4, '\0');
  std::ifstream(file, std::ios::binary).read(start.data(), 4);
  const bool is_zip = start == "PK\3\4"sv, is_npz = is_zip && file.ends_with(".npz");
  const auto refuse = [&](const std::string& what, const std::string& hint) {
    throw DataError(Problem{.what = what + ", not a table of text", .where = file, .hint = hint});
  };
  if (start == "\x93NUM"sv && has_columns(file))
    refuse("a NumPy array with columns of its own",
           "a config for it has data: {type: csv, path: " + file + ", targets: [NAME]}");
  if (start == "\x93NUM"sv || is_npz)
    refuse(is_npz ? "an archive of NumPy arrays" : "a NumPy array",
           is_npz ? "a config for it has data: {type: npy, inputs: " + file +
                        ", inputs_array: x, targets: " + file + ", targets_array: y}"
                  : "a config for it has data: {type: npy, inputs: " + file + ", targets: FILE}");
  if (is_zip)
    refuse("a zip file, as a workbook is", "unzip it; of a workbook, save its sheet as CSV");
  if (is_json(file))
    refuse("JSON", "write it as CSV, a row for each object; predict --jsonl takes such objects");
  if (is_xml(file))
    refuse("a web page, or XML", "open it in a spreadsheet, and save the table as CSV");
  if (is_svm(file)) refuse("of libsvm's form, label index:value", "write all columns as CSV");
  if (start == "PAR1"sv) refuse("a Parquet file", "write it as CSV");
  if (start == "SQLi"sv) refuse("a database", "write its rows as CSV");
  if (start[0] == 0 && start[1] == 0 && start[2] >= 8 && start[2] <= 14 && start[3] > 0 &&
      start[3] < 6)
    refuse("a file of arrays as MNIST's",
           "a config for it has data: {type: idx, images: " + file + ", labels: FILE}");
}

}  // namespace

Exit make_config(const Arguments& arguments, Registry& registry) {
  const std::string& table = arguments.targets[1];
  std::error_code none;
  if (fs::is_directory(table, none))
    throw DataError(Problem{.what = "a folder, not a file",
                            .where = table,
                            .hint = "for pictures in a folder of each class, 'Images' in "
                                    "configs/README.md has a config to copy"});
  if (fs::exists(table, none) && !fs::is_regular_file(table, none))
    throw DataError(Problem{.what = "not a regular file",
                            .where = table,
                            .hint = "a table is read more than once: write it into a file"});
  require_table(table);
  const TableProfile profile = profile_of(table);
  const fs::path bare = table.ends_with(".gz") ? fs::path(table).stem() : fs::path(table);
  const std::string stem = bare.stem().string();
  const fs::path file = arguments.has("--out") ? arguments.text("--out") : stem + ".yaml";
  if (fs::exists(fs::symlink_status(file, none)))
    throw UsageError(Problem{.what = "'" + file.string() + "' exists already",
                             .hint = "give another name: --out FILE"});
  const fs::path folder = fs::absolute(file).parent_path();
  const fs::path path =
      fs::path(table).is_absolute()
          ? fs::path(table)
          : fs::absolute(table).lexically_normal().lexically_relative(folder.lexically_normal());
  const std::vector<std::string> targets = arguments.values("--target");
  if (std::ranges::count(targets, "") > 0)
    throw UsageError(Problem{.what = "--target needs the name of a column"});
  const ConfigForTable config =
      config_for(profile, {run_name(stem), path.string(), targets, window_of(arguments)});
  write_config(file, config.yaml, registry);
  const Terminal out(stdout);
  const bool like_option = file.string().starts_with('-');
  const std::string train = "nnrun " + shell_word((like_option ? "./" : "") + file.string());
  if (arguments.json) {
    out.write_data(nlohmann::ordered_json{{"config", file.string()},
                                          {"rows", profile.rows},
                                          {"target", config.target},
                                          {"notes", config.notes},
                                          {"train", train}}
                       .dump() +
                   "\n");
    return Exit::done;
  }
  std::string text = "wrote  " + file.string() + "\nread   " + std::to_string(profile.rows) +
                     " rows, " + std::to_string(profile.columns.size()) + " columns; target " +
                     config.target + ": " + config.target_note + "\n";
  for (const std::string& note : config.notes) text += "note   " + note + "\n";
  out.write(text + "next   " + train + "\n");
  return Exit::done;
}

}  // namespace nnrun::host
