#include "base/text.hpp"
#include "cli/data_options.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "library/measurement.hpp"
#include "training/data_parts.hpp"
namespace nnrun::host {
namespace {

/// Returns what becomes of rows that cannot be read or scored. Throws UsageError for another word.
BadRows bad_rows_in(const Arguments& arguments) {
  const std::string how = arguments.has("--on-error") ? arguments.text("--on-error") : "refuse";
  if (how != "empty" && how != "refuse")
    throw UsageError(Problem{.what = "--on-error is refuse or empty, not '" + how + "'"});
  return how == "empty" ? BadRows::left_out : BadRows::refused;
}

/// Returns whether a place is a row of a file, below its names: `in.csv:12`, `in.npy, row 12`.
bool is_row(const std::string& place) {
  const auto ends_in_number_behind = [&](std::string_view mark) {
    const std::size_t at = place.rfind(mark);
    const std::string number = at == place.npos ? "" : place.substr(at + mark.size());
    return !number.empty() && number.find_first_not_of("0123456789") == number.npos &&
           (mark != ":" || number != "1");
  };
  return ends_in_number_behind(":") || ends_in_number_behind(", row ");
}

/// Calls work; a hint in a DataError of it that names a setting of data says how to give it here.
/// can_skip: rows that cannot be read or scored may be left out.
template <class Work>
auto with_data_options(bool can_skip, Work work) try {
  return work();
} catch (const DataError& e) {
  std::vector<Problem> problems = e.problems();
  for (Problem& problem : problems)
    if (const std::string words = data_options_in(problem.hint); !words.empty())
      problem.hint += "\nfor this file alone: " + words;
  for (Problem& problem : problems)
    if (is_row(problem.where) && can_skip)
      problem.hint += std::string(problem.hint.empty() ? "" : "\n") +
                      "eval scores every row: take this one out, or write --on-error empty, which "
                      "leaves it out";
  throw DataError(std::move(problems));
}

}  // namespace

/// Measures a recorded run on the test part of its data, or of other data.
Exit evaluate(const Arguments& arguments, Registry& registry) {
  const Terminal out(stdout), talk(stderr);
  const BadRows bad_rows = bad_rows_in(arguments);
  OpenedRun run = open_run(arguments.targets[0], arguments.overrides, registry);
  const bool can_skip = can_leave_rows_out(run.experiment) && bad_rows == BadRows::refused;
  const Measurement done = with_data_options(
      can_skip, [&] { return measured(std::move(run), arguments.overrides, bad_rows); });
  if (arguments.json) {
    out.write_data(json_of(done) + "\n");
    return Exit::done;
  }
  if (!arguments.quiet) {
    for (const std::string& note : done.notes) talk.write(talk.yellow("note") + ": " + note + "\n");
    note_changes(names_of(done.changes), talk);
    if (!done.caution.empty()) talk.write(talk.yellow("note") + ": " + done.caution + "\n");
  }
  out.write(score_lines(left_aligned(part_names[done.part], done.part == NNRUN_VALIDATION ? 11 : 7),
                        text_of(done.score, done.experiment, "   ") + "   (" +
                            std::to_string(done.examples) +
                            (done.examples == 1 ? " example)" : " examples)")) +
            (done.naive ? naive_text(*done.naive, done.experiment) : "") +
            tables_text(done.score, done.experiment, done.names, out));
  return Exit::done;
}

}  // namespace nnrun::host
