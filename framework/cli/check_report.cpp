#include "cli/check_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
namespace nnrun::host {
namespace {

const char* word_of(LawStatus status) {
  constexpr std::array words{"ok", "kink", "fail", "skipped"};
  return words[static_cast<std::size_t>(status)];
}

std::string styled(const Terminal& terminal, LawStatus status) {
  const std::string word = left_aligned(word_of(status), 7);
  switch (status) {
    case LawStatus::ok:
      return terminal.green(word);
    case LawStatus::skipped:
      return terminal.dim(word);
    default:
      return terminal.yellow(word);
  }
}

std::string counted(std::size_t n, const char* one, const char* many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

}  // namespace

std::string text_of(const CheckedLibrary& library, const Terminal& terminal) {
  if (library.refusal) return terminal.bold(library.file) + "  cannot be checked\n";
  std::string text = terminal.bold(library.file) + "  interface " + library.interface + ", " +
                     library.compiler + (library.optimized ? "" : ", not optimized") +
                     "\n  sha256 " + library.sha256 + "\n";
  std::size_t width = 0, laws = 0;
  for (const CheckedClass& c : library.classes)
    for (const LawRow& row : c.rows) width = std::max(width, row.law.size()), ++laws;
  for (const CheckedClass& c : library.classes) {
    text += terminal.bold(c.kind + " " + c.name) + "\n";
    for (const LawRow& row : c.rows) {
      std::string line =
          "  " + left_aligned(row.law, width) + "  " + styled(terminal, row.finding.status);
      if (!row.finding.detail.empty()) line += "  " + row.finding.detail;
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + "\n";
    }
  }
  return text + fmt::format("{}, {}: {} ok, {} with kinks, {} skipped, {} failed\n",
                            counted(library.classes.size(), "class", "classes"),
                            counted(laws, "law", "laws"), library.count(LawStatus::ok),
                            library.count(LawStatus::kink), library.count(LawStatus::skipped),
                            library.count(LawStatus::fail));
}

nlohmann::ordered_json json_of(const CheckedLibrary& library) {
  nlohmann::ordered_json json{{"library", library.file}};
  if (library.refusal) {
    json["error"] = library.refusal->what;
    json["classes"] = nlohmann::ordered_json::array();
    return json;
  }
  json.update({{"sha256", library.sha256},
               {"interface", library.interface},
               {"compiler", library.compiler},
               {"optimized", library.optimized},
               {"warnings", library.warnings}});
  json["classes"] = nlohmann::ordered_json::array();
  for (const CheckedClass& c : library.classes) {
    auto laws = nlohmann::ordered_json::array();
    for (const LawRow& row : c.rows)
      laws.push_back({{"law", row.law},
                      {"status", word_of(row.finding.status)},
                      {"detail", row.finding.detail}});
    json["classes"].push_back({{"kind", c.kind}, {"name", c.name}, {"laws", laws}});
  }
  return json;
}

}  // namespace nnrun::host
