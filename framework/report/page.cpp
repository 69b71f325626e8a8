#include "report/page.hpp"

#include <algorithm>
#include <string_view>

#include "report/page_files.hpp"
#include "report/page_text.hpp"
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
  return filled_page(page_files::html(), {{"@SCRIPT_HASH@", script_hash},
                                          {"@STYLE_HASH@", style_hash},
                                          {"@TITLE@", title},
                                          {"@STYLE@", style},
                                          {"@DATA@", data},
                                          {"@SCRIPT@", script}});
}

}  // namespace nnrun::host
