#include "cli/view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/shown_text.hpp"
#include "base/text.hpp"
#include "config/metric_names.hpp"
#include "training/meaning.hpp"
namespace nnrun::host {

std::string for_people(double x) {
  const double size = std::abs(x);
  if (std::isnan(x)) return fmt::format("{}", x);
  if (size != 0 && (size < 1e-4 || size >= 1e7)) return fmt::format("{:.3e}", x);
  const int decimals =
      size == 0 ? 0 : std::clamp(3 - static_cast<int>(std::floor(std::log10(size))), 0, 8);
  return fmt::format("{:.{}f}", x, std::min(decimals, 6));
}

std::string aligned_table(const std::vector<std::vector<std::string>>& rows, const Terminal& out) {
  std::vector<std::size_t> widths(rows[0].size());
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line = "  ";
    for (std::size_t c = 0; c < rows[r].size(); ++c)
      line += c == 0 ? left_aligned(rows[r][c], widths[c])
                     : "  " + right_aligned(rows[r][c], widths[c]);
    text += (r == 0 ? out.bold(line) : line) + "\n";
  }
  return text;
}

std::string duration(double seconds) {
  if (seconds < 0.00095) return fmt::format("{:.1f} us", seconds * 1e6);
  if (seconds < 0.0095) return fmt::format("{:.1f} ms", seconds * 1e3);
  if (seconds < 0.9995) return fmt::format("{:.0f} ms", seconds * 1e3);
  if (seconds < 99.5) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string rate(double r) {
  if (!(r > 0) || !std::isfinite(r)) return "";
  if (r >= 1e6) return fmt::format("{:.2f} M examples/s", r / 1e6);
  if (r >= 1e3) return fmt::format("{:.1f} k examples/s", r / 1e3);
  return fmt::format("{:.1f} examples/s", r);
}

namespace {
std::string number_text(double x, bool fraction) {
  if (std::isnan(x)) return "not defined";
  return fraction ? fmt::format("{:.2f} %", x * 100) : for_people(x);
}
bool is_fraction(const Use& metric) {
  return (functions_of<nnrun_metric>(*metric.plugin).flags & NNRUN_FRACTION) != 0;
}
/// Returns `f1 (macro)` if the score has such a word and the name does not hold it already.
std::string with_word(const std::string& name, const Use& metric, const std::string& word) {
  std::string words = name.find("=" + word) != name.npos ? "" : short_name(word);
  if (const std::optional<double> threshold = threshold_of(metric);
      threshold && name.find("threshold=") == name.npos)
    words += (words.empty() ? "above " : ", above ") + shortest(*threshold);
  return words.empty() ? name : name + " (" + words + ")";
}
/// Returns `cost 0.0075   accuracy 99.70 %`, without the metrics that are left out.
std::string scores_text(const Score& score, const Experiment& experiment,
                        std::string_view separator, auto is_left_out) {
  const std::vector<std::string> names = metric_names(experiment.metrics);
  std::string text = "cost " + number_text(score.cost, false);
  for (std::size_t i = 0; i < score.metrics.size(); ++i)
    if (!is_left_out(i))
      text +=
          std::string(separator) +
          with_word(names[i], experiment.metrics[i], i < score.words.size() ? score.words[i] : "") +
          " " + number_text(score.metrics[i], is_fraction(experiment.metrics[i]));
  return text;
}
}  // namespace

std::string score_lines(std::string_view title, std::string_view pieces) {
  constexpr std::string_view between = "   ";
  constexpr std::size_t width = 80;
  const std::string margin(columns_of(title), ' ');
  std::string text, line(title);
  for (bool first = true; !pieces.empty(); first = false) {
    const std::string_view piece = pieces.substr(0, pieces.find(between));
    pieces.remove_prefix(std::min(piece.size() + between.size(), pieces.size()));
    if (!first && columns_of(line) + between.size() + columns_of(piece) > width) {
      text += line + "\n";
      line = margin;
      first = true;
    }
    line.append(first ? "" : between).append(piece);
  }
  return text + line + "\n";
}
std::string naive_text(const Score& naive, const Experiment& experiment) {
  return score_lines("naive  ", text_of(naive, experiment, "   ") +
                                    "   (were each answer the last value that is known)");
}
std::string text_of(const Score& score, const Experiment& experiment, std::string_view separator) {
  return scores_text(score, experiment, separator, [](std::size_t) { return false; });
}

namespace {
/// Heads columns with the names of the classes, or with their numbers if the names are too wide.
std::string table_text(const std::vector<double>& table, std::vector<std::string> names,
                       std::size_t width) {
  const std::size_t n = names.size();
  std::vector<std::string> heads = names;
  std::size_t margin = 0, widest = 0;
  for (const double count : table) widest = std::max(widest, fmt::format("{:.0f}", count).size());
  const auto measure = [&] {
    margin = 0;
    for (const std::string& name : names) margin = std::max(margin, columns_of(name));
    std::size_t all = 2 + margin;
    for (const std::string& head : heads) all += 2 + std::max(widest, columns_of(head));
    return all;
  };
  if (measure() > width) {
    for (std::size_t i = 0; i < n; ++i) {
      heads[i] = std::to_string(i);
      names[i] = right_aligned(heads[i], std::to_string(n - 1).size()) + " " + names[i];
    }
    measure();
  }
  std::string text = "  " + std::string(margin, ' ');
  for (const std::string& head : heads) text += "  " + right_aligned(head, widest);
  text += "\n";
  for (std::size_t i = 0; i < n; ++i) {
    text += "  " + left_aligned(names[i], margin);
    for (std::size_t j = 0; j < n; ++j)
      text += "  " + right_aligned(fmt::format("{:.0f}", table[i * n + j]),
                                   std::max(widest, columns_of(heads[j])));
    text += "\n";
  }
  return text;
}
}  // namespace

namespace {
constexpr std::size_t most_classes = 20;  // of a table for people

/// Returns the names of n classes or labels, or their numbers.
std::vector<std::string> names_of(std::size_t n, const DataNames& data) {
  std::vector<std::string> names;
  if (data.classes.size() == n || data.targets.size() == n) {
    for (const std::string& name : data.classes.size() == n ? data.classes : data.targets)
      names.push_back(short_name(name));
    return names;
  }
  for (std::size_t k = 0; k < n; ++k) names.push_back(std::to_string(k));
  return names;
}

/// Returns whether a metric asks which class or label is right; others compare numbers.
bool compares_answers(const Use& metric) {
  const nnrun_range targets =
      declared(functions_of<nnrun_metric>(*metric.plugin), &nnrun_metric::targets);
  return targets.low < targets.high;
}

/// Returns a row for each class, label or target, a column for each metric that has a number for
/// each.
std::string per_class_text(const Score& score, const Experiment& experiment,
                           const DataNames& data) {
  const std::vector<std::string> names = metric_names(experiment.metrics);
  std::vector<std::vector<std::string>> columns;
  bool of_answers = !data.classes.empty();
  for (std::size_t i = 0; i < score.per_class.size(); ++i) {
    if (score.per_class[i].empty() || score.per_class[i].size() > most_classes) continue;
    of_answers = of_answers || compares_answers(experiment.metrics[i]);
    if (columns.empty()) {
      columns.push_back(names_of(score.per_class[i].size(), data));
      columns.front().insert(columns.front().begin(), "");
    }
    std::vector<std::string>& column = columns.emplace_back(1, names[i]);
    for (const double x : score.per_class[i])
      column.push_back(number_text(x, is_fraction(experiment.metrics[i])));
  }
  if (columns.empty()) return "";
  std::string text = of_answers ? "by class\n" : "by target\n";
  for (std::size_t row = 0; row < columns.front().size(); ++row) {
    std::string line;
    for (const std::vector<std::string>& column : columns) {
      std::size_t width = 0;
      for (const std::string& cell : column) width = std::max(width, columns_of(cell));
      line += "  " + (&column == &columns.front() ? left_aligned(column[row], width)
                                                  : right_aligned(column[row], width));
    }
    text += line + "\n";
  }
  return text;
}
}  // namespace

std::string tables_text(const Score& score, const Experiment& experiment, const DataNames& data,
                        const Terminal& terminal) {
  const std::vector<std::string> metrics = metric_names(experiment.metrics);
  std::string text = per_class_text(score, experiment, data);
  for (std::size_t i = 0; i < score.tables.size(); ++i) {
    const std::vector<double>& table = score.tables[i];
    const auto n = static_cast<std::size_t>(std::lround(std::sqrt(table.size())));
    if (table.empty()) continue;
    text += metrics[i];
    if (n > most_classes) {
      text += fmt::format(": {} classes, see --json or run.json\n", n);
      continue;
    }
    text += " (rows: actual, columns: predicted)\n" +
            table_text(table, names_of(n, data), terminal.width());
  }
  return text;
}

void note_changes(const std::vector<std::string>& libraries, const Terminal& terminal) {
  if (libraries.empty()) return;
  terminal.write(terminal.yellow("note") +
                 ": changed since the run, so numbers may differ: " + join(libraries, ", ") + "\n");
}

namespace {
/// Returns the libraries that a layer and its activation come from.
std::string libraries_of(const Node& node) {
  const std::string library = node.layer.plugin().library->file.filename().string();
  if (!node.activation) return library;
  const std::string other = node.activation.plugin().library->file.filename().string();
  return other == library ? library : library + ", " + other;
}
}  // namespace

std::string layer_table(const Graph& graph, const Terminal& terminal,
                        const std::vector<LayerColumn>& more) {
  std::vector<std::vector<std::string>> rows{{"Layer (type)", "Output", "Param #"}};
  for (const Node& node : graph.nodes) {
    std::size_t parameters = 0;
    for (std::uint32_t i = 0; i < node.plan.n_blocks; ++i)
      parameters += size_of(node.plan.blocks[i].shape);
    rows.push_back({node.name + " (" + node.layer.plugin().name + (node.frozen ? ", frozen)" : ")"),
                    text_of(node.plan.out), std::to_string(parameters)});
  }
  for (const LayerColumn& column : more)
    for (std::size_t r = 0; r < rows.size(); ++r)
      rows[r].push_back(r == 0 ? column.title : column.cells[r - 1]);
  const std::size_t first_number = 2, texts_again = rows[0].size();
  rows[0].insert(rows[0].end(), {"Activation", "from"});
  for (std::size_t k = 0; k < graph.nodes.size(); ++k) {
    const Node& node = graph.nodes[k];
    rows[k + 1].push_back(node.activation ? node.activation.plugin().name : "-");
    rows[k + 1].push_back(libraries_of(node));
  }
  std::vector<std::size_t> widths(rows[0].size());
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c)
      widths[c] = std::max(widths[c], columns_of(row[c]));
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t c = 0; c + 1 < row.size(); ++c)
      line += "  " + (c >= first_number && c < texts_again ? right_aligned(row[c], widths[c])
                                                           : left_aligned(row[c], widths[c]));
    line += "  " + row.back();
    text += (&row == rows.data() ? terminal.dim(line) : line) + "\n";
  }
  return text;
}

namespace {
std::string bar(double share, std::size_t columns, const Terminal& terminal) {
  const auto full =
      static_cast<std::size_t>(std::clamp(share, 0., 1.) * static_cast<double>(columns));
  std::string done, left;
  for (std::size_t i = 0; i < columns; ++i)
    (i < full ? done : left) += terminal.utf8() ? "━" : (i < full ? "=" : "-");
  return terminal.green(done) + terminal.dim(left);
}
std::string counted(std::size_t epoch, std::size_t epochs) {
  const std::string all = std::to_string(epochs);
  return "epoch " + right_aligned(std::to_string(epoch), all.size()) + "/" + all;
}
}  // namespace

std::string progress_line(const Progress& p, const Terminal& terminal) {
  const double share = static_cast<double>(p.done) / static_cast<double>(p.examples);
  const double left = p.done ? p.seconds * (1 / share - 1) : 0;
  std::string line = fmt::format("{}  {}/{} {} {}  {} - cost {}", counted(p.epoch, p.epochs),
                                 p.done, p.examples, bar(share, 20, terminal), duration(p.seconds),
                                 rate(static_cast<double>(p.done) / p.seconds), for_people(p.cost));
  if (left > 2) line += " - " + duration(left) + " left";
  return line;
}

namespace {
/// Returns the scores of an epoch, without numbers that a table explains at the end.
/// only_validation: the training part's metrics are left out.
std::string epoch_scores(const EpochReport& report, const Experiment& experiment,
                         std::string_view separator, bool only_validation) {
  const auto has_table = [&](std::size_t i) {
    return appended(functions_of<nnrun_metric>(*experiment.metrics[i].plugin), &nnrun_metric::table,
                    NNRUN_F64) != nullptr;
  };
  std::string text = scores_text(report.train, experiment, separator,
                                 [&](std::size_t i) { return only_validation || has_table(i); });
  if (report.validation)
    text += std::string(separator) + "validation " +
            scores_text(*report.validation, experiment, " ", has_table);
  return text;
}
}  // namespace

std::string epoch_line(const EpochReport& report, const Experiment& experiment,
                       double epoch_seconds, std::size_t examples, const Terminal& terminal) {
  const std::string epoch = counted(report.epoch, report.epochs), time = duration(epoch_seconds);
  if (!terminal.is_terminal())
    return epoch + "  " + epoch_scores(report, experiment, "  ", false) + "  " + time;
  const std::string scores = " - " + epoch_scores(report, experiment, " - ", false),
                    done = fmt::format("  {}/{}", examples, examples),
                    speed = "  " + rate(static_cast<double>(examples) / epoch_seconds);
  // the first that fits: a line that wraps is hard to read
  std::vector<std::string> lines{
      epoch + done + " " + bar(1, 20, terminal) + " " + time + speed + scores,
      epoch + "  " + time + speed + scores, epoch + "  " + time + scores, epoch + scores};
  if (report.validation)
    lines.push_back(epoch + " - " + epoch_scores(report, experiment, " - ", true));
  for (const std::string& line : lines)
    if (columns_of(line) <= terminal.width()) return line;
  const std::string_view more = terminal.utf8() ? "…" : "...";
  return cut(lines.back(), terminal.width() - std::min(terminal.width(), columns_of(more))) +
         std::string(more);
}

namespace {
/// Writes fifteen significant digits, without an exponent unless that would take many zeros.
std::string fifteen_digits(double y) {
  const double size = std::abs(y);
  if (y == 0) return "0.0";
  if (!(size >= 1e-9 && size < 1e14)) return fmt::format("{:.14e}", y);  // infinite too
  return fmt::format("{:.{}f}", y, 14 - static_cast<int>(std::floor(std::log10(size))));
}
}  // namespace

std::vector<std::vector<std::string>> words_of(const std::vector<PredictRow>& rows) {
  std::vector<std::vector<std::string>> all;
  for (const PredictRow& row : rows) {
    std::vector<std::string>& words = all.emplace_back();
    for (std::size_t i = 0; i < row.numbers.size(); ++i)
      words.push_back(std::isnan(row.numbers[i])                     ? "?"
                      : !row.values.empty() && row.values[i].is_text ? row.values[i].text
                                                                     : shortest(row.numbers[i]));
  }
  return all;
}

std::string predictions_text(const std::vector<std::vector<std::string>>& inputs,
                             const std::vector<std::vector<double>>& outputs, bool is_float32) {
  std::vector<std::string> points;
  std::size_t width = 0;
  for (const std::vector<std::string>& input : inputs) {
    points.push_back("(" + join(input, ", ") + ")");
    width = std::max(width, points.back().size());
  }
  std::string text;
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<std::string> numbers;
    for (const double y : outputs[i])
      numbers.push_back(is_float32 ? shortest(static_cast<float>(y)) : fifteen_digits(y));
    text += (i == 0 ? "predict " : "        ") + left_aligned(points[i], width) + "  " +
            join(numbers, "  ") + "\n";
  }
  return text;
}

}  // namespace nnrun::host
