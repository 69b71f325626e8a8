// nnrun: from the command line to a verb, from an error to a sentence and an exit status.
#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>

#include "base/commands.hpp"
#include "base/crash.hpp"
#include "base/heap.hpp"
#include "checking/inspection.hpp"
#include "cli/failure.hpp"
#include "cli/interrupt.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
namespace nnrun::host {
namespace {

constexpr std::array verbs_of_configs{"train",   "serve",  "compare", "sweep",
                                      "summary", "doctor", "time"};

/// Refuses a library or its source in place of a config: other verbs are for those.
void refuse_wrong_files(const Arguments& arguments) {
  const bool check = arguments.verb == "check";
  if (!check && !std::ranges::count(verbs_of_configs, arguments.verb)) return;
  for (const std::filesystem::path file : arguments.targets) {
    const std::string name = "'" + file.string() + "'", extension = file.extension().string();
    if (std::error_code none; !std::filesystem::is_regular_file(file, none)) continue;
    if (!check && looks_like_library(file))
      throw UsageError(Problem{.what = name + " is a plugin library, not a config",
                               .hint = "nnrun check " + shell_word(file.string())});
    if (extension == ".cpp" || extension == ".cc" || extension == ".cxx")
      throw UsageError(
          Problem{.what = name + " is the source of a plugin, not " +
                          (check ? "a config or a library" : "a config"),
                  .hint = how_to_build(std::filesystem::path(file).replace_extension().string())});
  }
}

/// Returns whether foreign code must stay out of this process: libraries that are only looked at,
/// and strangers' configs.
void load_plugins_for(const Arguments& arguments, Registry& registry) {
  const bool checked =
      arguments.verb == "check" && std::ranges::all_of(arguments.targets, [](const auto& target) {
        return looks_like_library(target);
      });
  const bool libraries = checked || (arguments.verb == "plugins" && names_library(arguments));
  if (!libraries && !arguments.has("--no-plugins")) return load_default_plugins(registry);
  load_own_plugins(registry);
  if (arguments.has("--no-plugins")) registry.close();
}

/// Returns whether the config is a record, which somebody else may have made.
bool opens_records(const Arguments& arguments) {
  return arguments.verb == "eval" || arguments.verb == "predict" || arguments.verb == "export" ||
         arguments.verb == "verify" || arguments.verb == "replay" || arguments.has("--resume") ||
         ((arguments.verb == "compare" || arguments.verb == "doctor") &&
          std::ranges::any_of(arguments.targets, [](const std::filesystem::path target) {
            std::error_code none;
            return std::filesystem::is_directory(target, none);
          }));
}

void tell_of_loading(const std::string& library, const std::string& config) {
  Terminal(stderr).write("loading " + library + ", which " + config + " names\n");
}

/// Says in the end, after success or failure, what --no-plugins left out.
class LeftOut {
 public:
  LeftOut(const Registry& registry, const Arguments& arguments)
      : registry_(registry), told_elsewhere_(arguments.verb == "check") {}
  LeftOut(const LeftOut&) = delete;
  LeftOut& operator=(const LeftOut&) = delete;
  ~LeftOut() {
    if (told_elsewhere_) return;
    for (const auto& library : registry_.left_out())
      Terminal(stderr).write("warning: '" + library.string() + "' was not loaded: --no-plugins\n");
  }

 private:
  const Registry& registry_;
  bool told_elsewhere_;
};

Exit run(const Arguments& arguments) {
  if (arguments.verb == "help") {
    Terminal(stdout).write(help_text(arguments.targets.empty() ? "" : arguments.targets[0]));
    return Exit::done;
  }
  const bool runs = arguments.verb == "runs";
  const std::string what = runs && !arguments.targets.empty() ? arguments.targets[0] : "";
  if (what == "rm") return remove_runs(arguments);
  if (what == "diff") return diff_runs(arguments);
  if (runs) return list_recorded_runs(arguments);
  if (arguments.verb == "completion") return print_completion(arguments);
  if (arguments.verb == "convert") return convert(arguments);
  if (arguments.verb == "plugins" && arguments.has("--index")) return index_plugins(arguments);
  refuse_wrong_files(arguments);
  Registry registry(
      [](const std::string& warning) { Terminal(stderr).write("warning: " + warning + "\n"); });
  const LeftOut left_out(registry, arguments);
  load_plugins_for(arguments, registry);
  if (opens_records(arguments) && !arguments.quiet) registry.tell_before_loading(tell_of_loading);
  static const std::map<std::string_view, Exit (*)(const Arguments&, Registry&)> functions{
      {"train", train},       {"check", check},           {"compare", compare},
      {"sweep", sweep},       {"eval", evaluate},         {"verify", verify},
      {"predict", predict},   {"summary", summary},       {"plugins", list_plugins},
      {"export", export_run}, {"import", import_network}, {"version", show_version},
      {"new", make_new},      {"schema", print_schema},   {"serve", serve},
      {"replay", replay},     {"time", show_times},       {"doctor", doctor}};
  return functions.at(arguments.verb)(arguments, registry);
}

int exit_status(Exit status) {
  return static_cast<int>(status);
}

/// Looks at the words themselves: whoever asked for JSON gets JSON even if the command line is
/// wrong.
bool wants_json(int argc, const char* const* argv) {
  return std::any_of(argv, argv + argc, [](std::string_view word) {
    return word == "--json" || word == "--json-lines";
  });
}

int guarded_main(int argc, const char* const* argv) {
  const Terminal talk(stderr), out(stdout);
  const auto failed = [&](const std::string& text, int status, const std::string& json) {
    talk.write(text);
    // an object that is half printed cannot be taken back
    if (wants_json(argc, argv) && !Terminal::result_begun()) try {
        out.write_data(json);
      } catch (const Error&) {  // the status says it too
      }
    return status;
  };
  const auto failed_with = [&](const Error& e) {
    return failed(render(e, talk.colour()), exit_status(e.status()), failure_json(e));
  };
  try {
    return exit_status(run(parse_arguments(argc, argv)));
  } catch (const Interrupted& e) {
    try {
      return failed("", e.status, failure_json("interrupted", e.status));
    } catch (const Error&) {  // the terminal is gone
      return e.status;
    }
  } catch (const Error& e) {
    return failed_with(e);
  } catch (const std::exception& e) {
    return failed_with(RecordError(problem_of(e)));
  }
}

}  // namespace
}  // namespace nnrun::host

int main(int argc, char** argv) {
  nnrun::host::take_huge_heap();
  std::signal(SIGUSR1, SIG_IGN);  // asks a run for a checkpoint; too early, it must not end it
  nnrun::host::Terminal::open_closed_streams();
  nnrun::host::Terminal::keep_stdout_for_results();
  nnrun::host::tell_of_crashes(nnrun::host::wants_json(argc, argv));
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away must not stop a run
  std::signal(SIGXFSZ, SIG_IGN);  // a file-size limit is an error of the write, with a sentence
  try {
    const int status = nnrun::host::guarded_main(argc, argv);
    nnrun::host::expect_end();
    return status;
  } catch (...) {  // stdout is full: it was said on stderr
    nnrun::host::expect_end();
    return 1;
  }
}
