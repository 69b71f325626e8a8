#include "checking/inspection.hpp"

#include <algorithm>
#include <fstream>
#include <new>

#include "base/files.hpp"
#include "base/text.hpp"
#include "config/paths.hpp"
namespace nnrun::host {
namespace {

Registry::Warn warnings_to(const Child::Send& send) {
  return [&send](const std::string& warning) { send(Message("warning").with("text", warning)); };
}

/// Loads libraries and sends the text that `use` makes of them, or the error if one cannot be
/// loaded.
int with_libraries(const std::vector<std::filesystem::path>& files, Registry& registry,
                   const Child::Send& send, const Describe& use) {
  std::string current;
  try {
    for (const std::filesystem::path& file : files) {
      send(Message("loading").with("file", current = file.string()));
      registry.load(file);
    }
    send(Message("loaded"));
    send(Message("text").with("text", use(registry)));
  } catch (const Error& error) {
    send(message_of(error));
  } catch (const std::bad_alloc&) {
    send(message_of(
        PluginError(Problem{.what = "'" + current + "' needs more memory than it may take"})));
  }
  return 0;
}
int with_library(const std::filesystem::path& file, const Child::Send& send,
                 const std::function<void(const Registry&)>& use) {
  Registry alone(warnings_to(send));
  return with_libraries({file}, alone, send, [&](const Registry& registry) {
    use(registry);
    return std::string();
  });
}

/// Returns the text of an error that ended the loading, all in one line, and its first hint.
Problem refusal_in(const Message& message) {
  const Error error = error_of(message);
  return {.what = error.what(), .hint = error.problems().front().hint};
}

/// Returns the refusal for a child that ended before it had sent everything.
Problem died(const ChildResult& result, const ChildLimits& limits) {
  std::string file;
  bool loaded = false;
  for (const Message& message : result.messages) {
    if (message.name() == "loading" && !message.all("file").empty())
      file = message.all("file").front();
    if (message.name() == "loaded") loaded = true;
  }
  const std::string how = "'" + file + "' " + text_of(result.end, limits);
  const bool told = !result.end.where.empty();
  if (loaded)
    return {.what = how + (told ? "" : " while its classes were described"),
            .hint = "nnrun check puts each class through its laws, and names those that end it"};
  return {.what = how + (told ? "" : " while it was loaded"),
          .hint = "look for code that runs at load: constructors of globals, the entry function"};
}

std::vector<std::string> names_taken(const Registry& library, const Registry& known) {
  std::vector<std::string> warnings;
  for (const std::string& kind : known_kinds())
    for (const std::string& name : library.names(kind)) {
      const Class* const other = known.find(kind, name);
      if (other != nullptr && other->library->file != library.find(kind, name)->library->file)
        warnings.push_back(kind + " '" + name + "' is already provided by " +
                           other->library->shown() +
                           ": no config can use both libraries until one is renamed");
    }
  return warnings;
}

// ---- one class, in its child ----

/// Returns how to give settings to a class that our own examples do not suit.
std::string how_to_give(const std::string& name, const std::vector<std::string>& settings) {
  std::string text;
  for (const std::string& setting : settings) text += " --set " + name + "." + setting + "=...";
  return text;
}

Finding found(const Law& law, const Subject& subject) {
  const auto failed = [&](const std::string& what) {
    return subject.guessed.empty()
               ? broken(what)
               : skipped("needs a proper '" + join(subject.guessed, "', '") +
                         "':" + how_to_give(subject.plugin().name, subject.guessed));
  };
  try {
    return law.find(subject);
  } catch (const NotTried& reason) {
    return skipped(reason.why);
  } catch (const ConfigError& error) {  // of the creation
    if (subject.defaults) return skipped("its defaults are refused");
    const std::string what = error.what();
    const bool reason = error.problems().front().cause != Cause::no_reason;
    if (!reason || subject.given) return failed(what);
    return skipped(what + ":" + how_to_give(subject.plugin().name, {"SETTING"}));
  } catch (const Error& error) {
    return failed(error.what());
  } catch (const std::bad_alloc&) {
    return failed("needs more memory than it may take");
  } catch (const std::exception& error) {
    return failed(std::string("threw ") + error.what());
  } catch (...) {
    return failed("threw something that is not a std::exception");
  }
}

/// Tries the laws of a class, from law `from` on.
void judge(const Subject& subject, std::size_t from, const Child::Send& send) {
  const std::vector<Law> laws = laws_of(subject.plugin().kind);
  for (std::size_t i = from; i < laws.size(); ++i) {
    send(Message("begin"));
    const Finding finding = found(laws[i], subject);
    send(Message("end")
             .with("status", static_cast<int>(finding.status))
             .with("detail", finding.detail));
  }
}

// ---- what came back ----

Finding finding_in(const Message& message) {
  const std::size_t status = message.count("status");
  if (status > static_cast<std::size_t>(LawStatus::skipped))
    return broken("sent an unknown status");
  return {static_cast<LawStatus>(status), message.text("detail")};
}

/// One child's rows of a class.
class RowsOfChild {
 public:
  /// `from`: the law that the child began with.
  RowsOfChild(const std::vector<Law>& laws, std::size_t from, CheckedClass& checked)
      : laws_(laws), next_(from), rows_(checked.rows) {}

  /// Returns the law to continue with: the one after the law that ended the child, or the end if
  /// nothing can be done.
  std::size_t add(ChildResult result, const ChildLimits& limits) {
    std::optional<Error> error;
    read_messages(result, [&](const Message& message) {
      if (message.name() == "begin") open_ = true, begun_ = true;
      if (message.name() == "end" && open_ && next_ < laws_.size()) end_with(finding_in(message));
      if (message.name() == "error") error = error_of(message);
    });
    if (error) return stop("load", error->what());
    if (result.end.how == ChildEnd::How::returned) return laws_.size();
    const std::string how = text_of(result.end, limits);
    if (open_)
      end_with(broken(how));
    else if (!begun_)
      return stop("load", how + (result.end.where.empty() ? " before the first law" : ""));
    else  // a thread of the plugin, say
      rows_.push_back({"end", broken(how + " after '" + laws_[next_ - 1].name + "'")});
    return next_;
  }

 private:
  void end_with(Finding finding) {
    rows_.push_back({laws_[next_++].name, std::move(finding)});
    open_ = false;
  }
  std::size_t stop(const char* row, const std::string& what) {
    rows_.push_back({row, broken(what)});
    return laws_.size();
  }
  const std::vector<Law>& laws_;
  std::size_t next_;
  std::vector<LawRow>& rows_;
  bool open_ = false, begun_ = false;
};

Message header_of(const Library& library) {
  const nnrun_library& table = *library.table;
  return Message("library")
      .with("sha256", library.sha256())
      .with("interface", std::to_string(table.abi_major) + "." + std::to_string(table.abi_minor))
      .with("compiler", table.compiler)
      .with("name", table.name)
      .with("version", table.version)
      .with("optimized", table.optimized != 0);
}

void read_header(const Message& message, CheckedLibrary& checked) {
  checked.sha256 = message.text("sha256");
  checked.interface = message.text("interface");
  checked.compiler = message.text("compiler");
  checked.name = message.text("name");
  checked.version = message.text("version");
  checked.optimized = message.flag("optimized");
}

/// Throws ConfigError for what is wrong with the settings that are given.
void check_given(const GivenSettings& given, const Registry& registry) {
  Problems problems;
  for (const std::string& kind : known_kinds())
    for (const std::string& name : registry.names(kind)) {
      Subject subject = subject_of(*registry.find(kind, name), nullptr, nullptr);
      give(subject, given, registry, problems);
    }
  problems.throw_if_any();
}

/// Runs in the child: sends what is known of a library without trying its classes.
void send_description(const Registry& registry, const Registry& known, const GivenSettings& given,
                      const Child::Send& send) {
  send(header_of(*registry.libraries().front()));
  for (const std::string& kind : known_kinds())
    for (const std::string& name : registry.names(kind))
      send(Message("class").with("kind", kind).with("name", name));
  for (const std::string& warning : names_taken(registry, known))
    send(Message("warning").with("text", warning));
  try {
    check_given(given, registry);
  } catch (const ConfigError& error) {
    send(Message("given").with("error", message_of(error).bytes()));
  }
}

}  // namespace

CheckedLibrary inspect_library(const std::filesystem::path& file, const Registry& known,
                               const GivenSettings& given, const ChildLimits& limits) {
  CheckedLibrary checked;
  checked.file = file.string();
  ChildResult result = run_child(
      [&](const Child::Send& send) {
        return with_library(file, send, [&](const Registry& registry) {
          send_description(registry, known, given, send);
        });
      },
      limits);
  std::optional<Error> wrong_settings;
  read_messages(result, [&](const Message& m) {
    if (m.name() == "warning") checked.warnings.push_back(m.text("text"));
    if (m.name() == "error") checked.refusal = refusal_in(m);
    if (m.name() == "given") wrong_settings = error_of(Message::of(m.text("error")));
    if (m.name() == "class") checked.classes.push_back({m.text("kind"), m.text("name"), {}});
    if (m.name() == "library") read_header(m, checked);
  });
  if (wrong_settings) throw ConfigError(wrong_settings->problems());
  if (result.end.how == ChildEnd::How::returned) return checked;
  checked.classes.clear();
  checked.refusal = died(result, limits);
  return checked;
}

std::size_t CheckedLibrary::count(LawStatus status) const {
  std::size_t n = 0;
  for (const CheckedClass& c : classes)
    for (const LawRow& row : c.rows) n += row.finding.status == status ? 1 : 0;
  return n;
}

namespace {

/// Tries the laws in children: when a law ends its process, the next child continues after it.
void try_class(CheckedClass& checked, const std::vector<Law>& laws,
               const std::function<ChildResult(std::size_t from)>& run, const ChildLimits& limits) {
  constexpr int most_deaths = 3;
  std::size_t from = 0;
  for (int deaths = 0; from < laws.size() && deaths < most_deaths; ++deaths)
    from = RowsOfChild(laws, from, checked).add(run(from), limits);
  if (const std::size_t n = laws.size() - from; n > 0)
    checked.rows.push_back({n == 1 ? "1 more law" : std::to_string(n) + " more laws",
                            skipped("not tried: it ended three times")});
}

}  // namespace

void try_laws(CheckedLibrary& library, const Registry& built_in, std::size_t (*allocations)(),
              const GivenSettings& given, const ChildLimits& limits) {
  for (CheckedClass& c : library.classes)
    try_class(
        c, laws_of(c.kind),
        [&](std::size_t from) {
          return run_child(
              [&](const Child::Send& send) {
                return with_library(library.file, send, [&](const Registry& registry) {
                  const Class& plugin = *registry.find(c.kind, c.name);
                  Subject subject = subject_of(plugin, &built_in, allocations);
                  Problems none;  // reported when the library was inspected
                  give(subject, given, registry, none);
                  judge(subject, from, send);
                });
              },
              limits);
        },
        limits);
}

const std::string& Scanned::require_text() const {
  if (refusal) throw PluginError(*refusal);
  return text;
}

namespace {

Scanned scanned_by(const std::function<int(const Child::Send&)>& work, const ChildLimits& limits) {
  ChildResult result = run_child(work, limits);
  Scanned scanned;
  read_messages(result, [&](const Message& message) {
    if (message.name() == "text") scanned.text = message.text("text");
    if (message.name() == "warning") scanned.warnings.push_back(message.text("text"));
    if (message.name() == "error") scanned.refusal = refusal_in(message);
  });
  if (result.end.how != ChildEnd::How::returned) scanned.refusal = died(result, limits);
  return scanned;
}

}  // namespace

Scanned scan_libraries(const std::vector<std::filesystem::path>& files, Registry& registry,
                       const Describe& describe, const ChildLimits& limits) {
  return scanned_by(
      [&](const Child::Send& send) { return with_libraries(files, registry, send, describe); },
      limits);
}

Scanned scan_library(const std::filesystem::path& file, const Registry& known,
                     const Describe& describe, const ChildLimits& limits) {
  return scanned_by(
      [&](const Child::Send& send) {
        Registry alone(warnings_to(send));
        return with_libraries({file}, alone, send, [&](const Registry& registry) {
          for (const std::string& warning : names_taken(registry, known))
            send(Message("warning").with("text", warning));
          return describe(registry);
        });
      },
      limits);
}

bool looks_like_library(const std::filesystem::path& file) {
  if (file.extension() == ".so") return true;
  char start[4] = {};
  std::ifstream in(file, std::ios::binary);
  return in.read(start, sizeof start) && std::string_view(start, sizeof start) ==
                                             "\x7f"
                                             "ELF";
}

}  // namespace nnrun::host
