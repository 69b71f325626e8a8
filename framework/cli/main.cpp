// nnrun: from the command line to a verb, from an error to a sentence and an exit status.
#include <csignal>
#include <exception>
#include <map>
#include <new>

#include "cli/interrupt.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
namespace nnrun::host {
namespace {

Exit run(const Arguments& arguments) {
  if (arguments.verb == "help") {
    Terminal(stdout).write(help_text(arguments.targets.empty() ? "" : arguments.targets[0]));
    return Exit::done;
  }
  const bool runs = arguments.verb == "runs";
  const std::string what = runs && !arguments.targets.empty() ? arguments.targets[0] : "";
  if (what == "rm") return remove_runs(arguments);
  if (runs && what != "diff") return list_recorded_runs(arguments);
  Registry registry;
  load_default_plugins(registry);
  if (runs) return diff_runs(arguments, registry);
  static const std::map<std::string_view, Exit (*)(const Arguments&, Registry&)> functions{
      {"train", train},     {"check", check},          {"compare", compare},
      {"sweep", sweep},     {"eval", evaluate},        {"predict", predict},
      {"summary", summary}, {"plugins", list_plugins}, {"version", show_version},
      {"new", make_new}};
  return functions.at(arguments.verb)(arguments, registry);
}

int exit_status(Exit status) {
  return static_cast<int>(status);
}

int guarded_main(int argc, const char* const* argv) {
  const Terminal talk(stderr);
  try {
    return exit_status(run(parse_arguments(argc, argv)));
  } catch (const Interrupted& e) {
    return e.status;
  } catch (const Error& e) {
    talk.write(render(e, talk.colour()));
    return exit_status(e.status());
  } catch (const std::bad_alloc&) {
    talk.write("error: out of memory\n");
  } catch (const std::exception& e) {
    talk.write(std::string("error: ") + e.what() + "\n");
  }
  return exit_status(Exit::failed);
}

}  // namespace
}  // namespace nnrun::host

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that stops reading must not stop a run
  std::signal(SIGXFSZ, SIG_IGN);  // a file-size limit is an error of the write, with a sentence
  return nnrun::host::guarded_main(argc, argv);
}
