#include "checking/inspection.hpp"

#include <algorithm>
#include <fstream>
#include <new>

#include "base/files.hpp"
#include "base/text.hpp"
#include "config/paths.hpp"
namespace nnrun::host {
namespace {

// What a child says is a line of words, the first being what it is about.
using Words = std::vector<std::string>;
constexpr char word_end = '\x1f';

std::string packed(const Words& words) {
  return join(words, std::string_view(&word_end, 1));
}
Words unpacked(const std::string& message) {
  Words words(1);
  for (const char c : message)
    if (c == word_end)
      words.emplace_back();
    else
      words.back() += c;
  return words;
}

Registry::Warn warnings_to(const Child::Send& send) {
  return [&send](const std::string& warning) { send(packed({"warning", warning})); };
}

/// Says `refused` where a library cannot be loaded; else hands them over, and what was there.
int with_libraries(const std::vector<std::filesystem::path>& files, Registry& registry,
                   const Child::Send& send, const Describe& use) {
  std::string current;
  try {
    for (const std::filesystem::path& file : files) {
      send(packed({"loading", current = file.string()}));
      registry.load(file);
    }
    send(packed({"loaded"}));
    send("text" + std::string(1, word_end) + use(registry));
  } catch (const Error& error) {
    const Problem& problem = error.problems().front();
    send(packed({"refused", error.what(), problem.hint}));
  } catch (const std::bad_alloc&) {
    send(packed({"refused", "'" + current + "' needs more memory than it may take", ""}));
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

/// Of a child that ended before it said all.
Refusal died(const ChildResult& result, const ChildLimits& limits) {
  std::string file;
  bool loaded = false;
  for (const std::string& message : result.messages) {
    const Words words = unpacked(message);
    if (words[0] == "loading") file = words.at(1);
    if (words[0] == "loaded") loaded = true;
  }
  const std::string how = "'" + file + "' " + text_of(result.end, limits);
  const bool told = !result.end.where.empty();
  if (loaded)
    return {how + (told ? "" : " while its classes were described"),
            "nnrun check puts each class through its laws, and names those that end it"};
  return {how + (told ? "" : " while it was loaded"),
          "look for code that runs at load: constructors of globals, the entry function"};
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

/// Where a class cannot be tried by examples of our own.
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
    const bool reason = what.find("without a reason") == std::string::npos;
    if (!reason || subject.given) return failed(what);
    return skipped(what + ":" + how_to_give(subject.plugin().name, {"SETTING"}));
  } catch (const Error& error) {
    return failed(error.what());
  } catch (const std::bad_alloc&) {
    return failed("needs more memory than it may take");
  } catch (const std::exception& error) {
    return failed(std::string("threw ") + error.what());
  } catch (...) {
    return failed("threw something that is no std::exception");
  }
}

/// The laws of a class from one on.
void judge(const Subject& subject, std::size_t from, const Child::Send& send) {
  const std::vector<Law> laws = laws_of(subject.plugin().kind);
  for (std::size_t i = from; i < laws.size(); ++i) {
    send(packed({"begin"}));
    const Finding finding = found(laws[i], subject);
    send(packed({"end", std::to_string(static_cast<int>(finding.status)), finding.detail}));
  }
}

// ---- what came back ----

/// One child's rows of a class.
class RowsOfChild {
 public:
  /// `from`: the law that the child began with.
  RowsOfChild(const std::vector<Law>& laws, std::size_t from, CheckedClass& checked)
      : laws_(laws), next_(from), rows_(checked.rows) {}

  /// Where to go on: behind the law that ended the child; behind all where nothing can be done.
  std::size_t take(const ChildResult& result, const ChildLimits& limits) {
    for (const std::string& message : result.messages) {
      const Words words = unpacked(message);
      if (words[0] == "begin") open_ = true, begun_ = true;
      if (words[0] == "end")
        end_with({static_cast<LawStatus>(std::stoi(words.at(1))), words.at(2)});
      if (words[0] == "refused") return stop("load", words.at(1));
    }
    if (result.end.how == ChildEnd::How::returned) return laws_.size();
    const std::string how = text_of(result.end, limits);
    if (open_)
      end_with(broken(how));
    else if (!begun_)
      return stop("load", how + (result.end.where.empty() ? " before the first law" : ""));
    else  // a thread of its own, say
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

std::string describe(const Registry& registry) {
  const Library& library = *registry.libraries().front();
  const nnrun_library& table = *library.table;
  return packed({"library", library.sha256(),
                 std::to_string(table.abi_major) + "." + std::to_string(table.abi_minor),
                 table.compiler, table.name, table.version, table.optimized != 0 ? "1" : "0"});
}

/// A problem of the command line, and back: its source is the text of one --set.
std::string packed(const Problem& problem) {
  const Place& place = problem.place;
  return packed({"problem", problem.what, problem.label, problem.hint,
                 place.source ? place.source->text : "", std::to_string(place.column),
                 std::to_string(place.length)});
}
Problem problem_of(const Words& f) {
  const auto source = std::make_shared<const Source>(Source{std::string(command_line), f.at(4)});
  return problem_at({source, 1, std::stoul(f.at(5)), std::stoul(f.at(6))}, f.at(1), f.at(3),
                    f.at(2));
}

/// In the child: what of the settings that are given is wrong.
void check_given(const GivenSettings& given, const Registry& registry, const Child::Send& send) {
  Problems problems;
  for (const std::string& kind : known_kinds())
    for (const std::string& name : registry.names(kind)) {
      Subject subject = subject_of(*registry.find(kind, name), nullptr, nullptr);
      give(subject, given, registry, problems);
    }
  try {
    problems.throw_if_any();
  } catch (const ConfigError& error) {
    for (const Problem& problem : error.problems()) send(packed(problem));
  }
}

}  // namespace

CheckedLibrary look_at_library(const std::filesystem::path& file, const Registry& known,
                               const GivenSettings& given, const ChildLimits& limits) {
  CheckedLibrary checked;
  checked.file = file.string();
  const ChildResult result = run_child(
      [&](const Child::Send& send) {
        return with_library(file, send, [&](const Registry& registry) {
          send(describe(registry));
          for (const std::string& kind : known_kinds())
            for (const std::string& name : registry.names(kind))
              send(packed({"class", kind, name}));
          for (const std::string& warning : names_taken(registry, known))
            send(packed({"warning", warning}));
          check_given(given, registry, send);
        });
      },
      limits);
  std::vector<Problem> problems;
  for (const std::string& message : result.messages) {
    const Words f = unpacked(message);
    if (f[0] == "warning") checked.warnings.push_back(f.at(1));
    if (f[0] == "refused") checked.refusal = Refusal{f.at(1), f.at(2)};
    if (f[0] == "problem") problems.push_back(problem_of(f));
    if (f[0] == "class") checked.classes.push_back({f.at(1), f.at(2), {}});
    if (f[0] != "library") continue;
    checked.sha256 = f.at(1), checked.interface = f.at(2), checked.compiler = f.at(3);
    checked.name = f.at(4), checked.version = f.at(5), checked.optimized = f.at(6) == "1";
  }
  if (!problems.empty()) throw ConfigError(problems);
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

/// A law that ends the process costs one child; the next goes on behind it.
void try_class(CheckedClass& checked, const std::vector<Law>& laws,
               const std::function<ChildResult(std::size_t from)>& run, const ChildLimits& limits) {
  constexpr int most_deaths = 3;
  std::size_t from = 0;
  for (int deaths = 0; from < laws.size() && deaths < most_deaths; ++deaths)
    from = RowsOfChild(laws, from, checked).take(run(from), limits);
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
                  Problems none;  // they were told when the library was looked at
                  give(subject, given, registry, none);
                  judge(subject, from, send);
                });
              },
              limits);
        },
        limits);
}

const std::string& Scanned::require_text() const {
  if (refusal) throw PluginError(Problem{.what = refusal->what, .hint = refusal->hint});
  return text;
}

namespace {

Scanned scanned_by(const std::function<int(const Child::Send&)>& work, const ChildLimits& limits) {
  const ChildResult result = run_child(work, limits);
  Scanned scanned;
  for (const std::string& message : result.messages) {
    const std::size_t end = message.find(word_end);
    const std::string about = message.substr(0, end);
    if (about == "text") scanned.text = message.substr(end + 1);
    if (about == "warning") scanned.warnings.push_back(message.substr(end + 1));
    if (about != "refused") continue;
    const Words words = unpacked(message);
    scanned.refusal = Refusal{words.at(1), words.at(2)};
  }
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
            send(packed({"warning", warning}));
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
