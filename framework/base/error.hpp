// One error type: where, what, and a hint that proposes an action.
#pragma once
#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
namespace nnrun::host {

/// The text of a file (or of a --set argument) that a Place points into.
struct Source {
  std::string name;  ///< as the user wrote it: `configs/diagonal.yaml`, or `--set train.epochs=x`
  std::string text;
};

/// A stretch of one line of a source. Line and column count from 1, column in bytes; 0: no place.
struct Place {
  std::shared_ptr<const Source> source{};
  std::size_t line = 0, column = 0, length = 1;
};

/// Exit status of the program. Scripts rely on it: extend, never renumber.
enum class Exit { done = 0, failed = 1, usage = 2, config = 3, plugin = 4, data = 5 };

/// Why something is wrong, for code that must decide by it. No code parses the words of a message.
enum class Cause {
  other,
  unknown_class,  ///< no loaded plugin provides it
  no_reason,      ///< a plugin refused something and did not say why
  file_exists,    ///< a file that was to be new
  no_such_file,
  lost_process,  ///< another process of the same training has ended, or is out of reach
};
inline constexpr Cause last_cause = Cause::lost_process;

/// One thing that is wrong. `what`: lower case, no full stop, quotes what the user wrote.
struct Problem {
  std::string what{};
  Place place{};  ///< printed with an excerpt of the source, or
  std::string
      where{};  ///< a library, a layer, a path, a file:line of data; used where place is empty
  std::string label{};  ///< short text beside the carets of the excerpt; may be empty
  std::string hint{};   ///< may be empty
  std::string note{};   ///< what else is known, such as numbers; shown above the hint; may be empty
  Cause cause = Cause::other;
};

class Error : public std::exception {
 public:
  Error(Exit status, Problem problem);
  Error(Exit status, std::vector<Problem> problems);
  Exit status() const { return status_; }
  const std::vector<Problem>& problems() const { return problems_; }
  /// Returns all problems, a line each, without excerpts: `what (where)`.
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  Exit status_;
  std::vector<Problem> problems_;
  std::string text_;
};

// One subclass per room, so that a test can say which room reported the error.
template <Exit code>
struct ErrorOf : Error {
  explicit ErrorOf(Problem problem) : Error(code, std::move(problem)) {}
  explicit ErrorOf(std::vector<Problem> problems) : Error(code, std::move(problems)) {}
};
struct UsageError : ErrorOf<Exit::usage> {
  using ErrorOf::ErrorOf;
};
struct PluginError : ErrorOf<Exit::plugin> {
  using ErrorOf::ErrorOf;
};
struct ConfigError : ErrorOf<Exit::config> {
  using ErrorOf::ErrorOf;
};
struct GraphError : ErrorOf<Exit::config> {
  using ErrorOf::ErrorOf;
};
struct DataError : ErrorOf<Exit::data> {
  using ErrorOf::ErrorOf;
};
struct TrainingError : ErrorOf<Exit::failed> {
  using ErrorOf::ErrorOf;
};
struct RecordError : ErrorOf<Exit::failed> {
  using ErrorOf::ErrorOf;
};

/// Returns `file:line:column` of a place, or the problem's `where`.
std::string where_of(const Problem& problem);

/// Returns an exception that is not ours as a problem in our words: out of memory, a file or a
/// thread that the system refuses, with what was being done.
Problem problem_of(const std::exception& error);

/// Returns the text with blanks for line ends and other control characters: it may quote anything.
std::string one_line(std::string_view text);

/// Returns `error: …`, ` --> place`, the line with carets, `= note: …`, `= help: …`, ending with a
/// newline.
std::string render(const Error& error, bool colour);
/// Does the same for problems that are not errors, with `title` in place of `error`.
std::string render(std::string_view title, const std::vector<Problem>& problems, bool colour);

}  // namespace nnrun::host
