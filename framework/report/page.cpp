#include "report/page.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/files.hpp"
#include "report/page_files.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t most_numbers = 300'000;  // of all curves, some 2 MB of text
constexpr std::size_t most_points = 200;       // of one
constexpr std::size_t most_planes = 10;        // of a config

std::size_t numbers_of(const Report& report) {
  std::size_t count = 0;
  for (const ReportRow& row : report.rows)
    for (const ReportRun& run : row.runs)
      if (run.curve)
        for (const CurveColumn& column : *run.curve) count += column.values.size();
  return count;
}

/// Drops from the report what a page cannot show.
void thin_out(Report& report) {
  const std::size_t numbers = numbers_of(report);
  const std::size_t most = numbers <= most_numbers
                               ? most_points
                               : std::max<std::size_t>(20, most_points * most_numbers / numbers);
  for (ReportRow& row : report.rows) {
    for (ReportRun& run : row.runs)
      if (run.curve) run.curve = thinned(*run.curve, most);
    if (row.plane && row.plane->outputs.size() > most_planes)
      row.plane->outputs.resize(most_planes);
  }
}

std::string html_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else
      escaped += c;
  }
  return escaped;
}

/// Returns JSON for a script element: nothing in it can close the element.
std::string script_text(const Report& report) {
  const std::string json = json_text(report, ReportForm::page);
  std::string escaped;
  escaped.reserve(json.size() + json.size() / 64);
  for (const char c : json)
    if (c == '<')
      escaped += "\\u003c";
    else
      escaped += c;
  return escaped;
}

/// Returns `sha256-…` in base64, as a content security policy identifies a script.
std::string policy_hash(std::string_view text) {
  static constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string hex = sha256_of(std::as_bytes(std::span(text)));
  std::string base64;
  unsigned bits = 0, count = 0;
  for (const char c : hex) {
    bits = bits << 4 | static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
    for (count += 4; count >= 6; count -= 6) base64 += digits[bits >> (count - 6) & 63];
  }
  base64 += digits[bits << (6 - count) & 63];  // 256 bits are 42 digits and 4 bits
  return "sha256-" + base64 + "=";
}

std::string title_of(const Report& report) {
  std::string title = "nnrun " + report.kind + ":";
  for (std::size_t i = 0; const ReportRow& row : report.rows) {
    if (++i > 4) return title + " …";
    title += (i > 1 ? ", " : " ") + row.name;
  }
  return title;
}

}  // namespace

std::string page_of(Report report) {
  thin_out(report);
  const std::string_view style = page_files::style(), script = page_files::script();
  const std::string script_hash = policy_hash(script), style_hash = policy_hash(style),
                    title = html_text(title_of(report)), data = script_text(report);
  const std::pair<std::string_view, std::string_view> parts[] = {{"@SCRIPT_HASH@", script_hash},
                                                                 {"@STYLE_HASH@", style_hash},
                                                                 {"@TITLE@", title},
                                                                 {"@STYLE@", style},
                                                                 {"@DATA@", data},
                                                                 {"@SCRIPT@", script}};
  std::string page;
  std::string_view rest = page_files::html();
  std::size_t size = rest.size();
  for (const auto& part : parts) size += part.second.size();
  page.reserve(size);
  for (const auto& [name, value] : parts) {  // in the order of the file
    const std::size_t at = rest.find(name);
    page.append(rest.substr(0, at)).append(value);
    rest.remove_prefix(at + name.size());
  }
  return page.append(rest);
}

}  // namespace nnrun::host
