#include "base/error.hpp"

#include <algorithm>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "base/doing.hpp"
#include "base/files.hpp"
#include "base/shown_text.hpp"
#include "base/text.hpp"
namespace nnrun::host {
namespace {

// A line of source is shown whole up to this many columns, otherwise a part of it around the
// carets.
constexpr std::size_t widest_excerpt = 100;
constexpr std::size_t shown_before_carets = 40;
constexpr std::size_t tab_columns = 4;

struct Paint {
  std::string_view error, strong, frame;  // styles; empty: none
};
constexpr Paint no_paint{};
constexpr Paint coloured{"1;31", "1", "1;34"};

std::string painted(std::string_view colour, std::string_view text) {
  return colour.empty() ? std::string(text) : styled(colour, text);
}

bool has_place(const Problem& problem) {
  return problem.place.source != nullptr && problem.place.line > 0;
}

std::string_view line_of(std::string_view text, std::size_t line) {
  for (std::size_t at = 1; at < line; ++at) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

/// A line of source as a terminal shows it: what stands in each column, and where each byte went.
struct Cells {
  std::vector<std::string> columns;  // a wide letter: the letter, then an empty string
  std::vector<std::size_t> of_byte;  // one more than there are bytes: the end of the line

  explicit Cells(std::string_view line) {
    for (std::size_t at = 0; at < line.size();) {
      const std::string_view letter = line.substr(at, first_letter(line.substr(at)).bytes);
      of_byte.insert(of_byte.end(), letter.size(), columns.size());
      add(letter);
      at += letter.size();
    }
    of_byte.push_back(columns.size());
  }

 private:
  void add(std::string_view letter) {
    const auto first = static_cast<unsigned char>(letter[0]);
    if (first == '\t') {
      columns.insert(columns.end(), tab_columns, " ");
    } else if (letter.size() == 1 && (first < 0x20 || first >= 0x7f)) {
      columns.emplace_back("?");
    } else {
      columns.emplace_back(letter);
      if (is_wide(first_letter(letter).code)) columns.emplace_back();
    }
  }
};

struct Excerpt {
  std::string line;
  std::size_t carets_at, carets;
};

Excerpt excerpt_of(const Place& place) {
  const std::string_view line = line_of(place.source->text, place.line);
  const Cells cells(line);
  const std::size_t first = std::min(place.column > 0 ? place.column - 1 : 0, line.size());
  const std::size_t last = first + std::min(place.length, line.size() - first);
  std::size_t begin = 0, end = cells.columns.size();
  const std::size_t carets_from = cells.of_byte[first];
  const std::size_t carets_to = std::max(cells.of_byte[last], carets_from + 1);
  if (end > widest_excerpt) {
    begin = carets_from > shown_before_carets ? carets_from - shown_before_carets : 0;
    end = std::min(end, begin + widest_excerpt);
  }
  Excerpt out{begin > 0 ? "..." : "", 0, 0};
  out.carets_at = out.line.size() + carets_from - begin;
  out.carets = std::min(carets_to, std::max(end, carets_from + 1)) - carets_from;
  for (std::size_t i = begin; i < end; ++i) out.line += cells.columns[i];
  if (end < cells.columns.size()) out.line += "...";
  return out;
}

// Returns the width of the column of line numbers.
std::size_t render_place(const Problem& problem, const Paint& paint, std::string& out) {
  const std::string number = std::to_string(problem.place.line);
  const std::size_t gutter = std::max<std::size_t>(number.size(), 2);
  const std::string bar = painted(paint.frame, std::string(gutter + 1, ' ') + "|");
  out += painted(paint.frame, std::string(gutter - 1, ' ') + "-->");
  out += " " + where_of(problem) + "\n";

  const Excerpt excerpt = excerpt_of(problem.place);
  out += bar + "\n";
  out += painted(paint.frame, std::string(gutter - number.size(), ' ') + number + " |");
  out += " " + excerpt.line + "\n" + bar + std::string(1 + excerpt.carets_at, ' ');
  std::string marks(excerpt.carets, '^');
  if (!problem.label.empty()) marks += " " + one_line(problem.label);
  out += painted(paint.error, marks) + "\n";
  return gutter;
}

// Writes `= title: text`, further lines of the text below the first.
void render_remark(std::string_view title, std::string_view text, std::size_t indent,
                   const Paint& paint, std::string& out) {
  if (text.empty()) return;
  out += std::string(indent, ' ') + painted(paint.frame, "=") + " ";
  out += painted(paint.strong, title);
  std::string_view before = " ";
  const std::string next_line(indent + 8, ' ');
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.append(before).append(one_line(text.substr(0, end))).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
    before = next_line;
  }
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    out += control ? ' ' : c;
  }
  return out;
}

Error::Error(Exit status, Problem problem)
    : Error(status, std::vector<Problem>{std::move(problem)}) {}

Error::Error(Exit status, std::vector<Problem> problems)
    : status_(status), problems_(std::move(problems)) {
  for (const Problem& problem : problems_) {
    if (!text_.empty()) text_ += '\n';
    text_ += problem.what;
    if (const std::string where = where_of(problem); !where.empty()) text_ += " (" + where + ")";
  }
}

std::string where_of(const Problem& problem) {
  const Place& place = problem.place;
  if (!has_place(problem)) {
    if (problem.where.empty() && place.source != nullptr) return one_line(place.source->name);
    return one_line(problem.where);
  }
  std::string where = one_line(place.source->name) + ":" + std::to_string(place.line);
  if (place.column > 0) where += ":" + std::to_string(place.column);
  return where;
}

Problem problem_of(const std::exception& error) {
  const std::string doing =
      Doing::now() != nullptr ? std::string(" while ") + Doing::now() : std::string();
  // a container that was asked for more than it can count says length_error
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr ||
      dynamic_cast<const std::length_error*>(&error) != nullptr)
    return {.what = "out of memory" + doing,
            .hint =
                "the sizes of layers, train.batch_size and the data decide how much is needed: "
                "nnrun summary CONFIG"};
  if (const auto* const file = dynamic_cast<const std::filesystem::filesystem_error*>(&error))
    return {.what = "cannot use '" + file->path1().string() + "'" + doing + ": " +
                    system_reason(file->code().value())};
  if (const auto* const system = dynamic_cast<const std::system_error*>(&error)) {
    const bool threads = system->code() == std::errc::resource_unavailable_try_again;
    return {.what = (threads ? "no more threads" : "the system refuses") + doing + ": " +
                    system_reason(system->code().value()),
            .hint = threads ? "use fewer with --threads; see ulimit -u" : ""};
  }
  return {.what = "unexpected" + doing + ": " + error.what(),
          .hint = "this is a fault of nnrun or of a plugin"};
}

std::string render(const Error& error, bool colour) {
  return render("error", error.problems(), colour);
}

std::string render(std::string_view title, const std::vector<Problem>& problems, bool colour) {
  const Paint& paint = colour ? coloured : no_paint;
  std::string out;
  for (const Problem& problem : problems) {
    if (!out.empty()) out += '\n';
    out += painted(paint.error, title);
    out += painted(paint.strong, ": " + one_line(problem.what)) + "\n";
    std::size_t gutter = 2;
    if (has_place(problem)) {
      gutter = render_place(problem, paint, out);
    } else if (const std::string where = where_of(problem); !where.empty()) {
      out += "  " + painted(paint.frame, "-->") + " " + where + "\n";
    }
    render_remark("note:", problem.note, gutter + 1, paint, out);
    render_remark("help:", problem.hint, gutter + 1, paint, out);
  }
  return out;
}

}  // namespace nnrun::host
