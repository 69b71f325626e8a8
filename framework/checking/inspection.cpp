#include "checking/inspection.hpp"

#include <algorithm>
#include <fstream>
#include <new>

#include "base/files.hpp"
#include "base/text.hpp"
namespace nnrun::host {
namespace {

// What a child says is a line of fields, the first being what it is about.
using Fields = std::vector<std::string>;
constexpr char field_end = '\x1f';

std::string packed(const Fields& fields) {
  return join(fields, std::string_view(&field_end, 1));
}
Fields unpacked(const std::string& message) {
  Fields fields(1);
  for (const char c : message)
    if (c == field_end)
      fields.emplace_back();
    else
      fields.back() += c;
  return fields;
}

/// Says `refused` where the library cannot be loaded; else hands it over.
int with_library(const std::filesystem::path& file, const Child::Send& send,
                 const std::function<void(const Registry&)>& use) {
  try {
    Registry registry;
    registry.load(file);
    for (const std::string& warning : registry.warnings()) send(packed({"warning", warning}));
    use(registry);
  } catch (const Error& error) {
    const Problem& problem = error.problems().front();
    send(packed({"refused", error.what(), problem.hint}));
  } catch (const std::bad_alloc&) {
    send(packed({"refused", "'" + file.string() + "' needs more memory than it may take", ""}));
  }
  return 0;
}

Refusal died(const std::filesystem::path& file, const ChildEnd& end, const ChildLimits& limits) {
  return {"'" + file.string() + "' " + text_of(end, limits) + " while it was loaded",
          "look for code that runs at load: constructors of globals, the entry function"};
}

// ---- one class, in its child ----

Finding found(const Law& law, const Subject& subject) {
  const auto failed = [&](const std::string& what) {
    return subject.guessed.empty()
               ? broken(what)
               : skipped("needs a proper '" + join(subject.guessed, "', '") + "'");
  };
  try {
    return law.find(subject);
  } catch (const ConfigError& error) {  // of the creation: it takes a config to try this class
    const std::string what = error.what();
    return what.find("without a reason") == std::string::npos ? skipped(what) : failed(what);
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

void judge(const Class& plugin, const Registry& built_in, std::size_t (*allocations)(),
           const Child::Send& send) {
  const Subject subject = subject_of(plugin, &built_in, allocations);
  for (const Law& law : laws_of(plugin.kind)) {
    send(packed({"begin", law.name}));
    const Finding finding = found(law, subject);
    send(packed({"end", std::to_string(static_cast<int>(finding.status)), finding.detail}));
  }
}

// ---- what came back ----

void take_class(CheckedClass& checked, const ChildResult& result, const ChildLimits& limits) {
  std::string open;  // a law that has begun
  for (const std::string& message : result.messages) {
    const Fields fields = unpacked(message);
    if (fields[0] == "begin") open = fields.at(1);
    if (fields[0] != "end") continue;
    checked.rows.push_back({open, {static_cast<LawStatus>(std::stoi(fields.at(1))), fields.at(2)}});
    open.clear();
  }
  if (result.end.how != ChildEnd::How::returned)
    checked.rows.push_back({open.empty() ? "end" : open, broken(text_of(result.end, limits))});
}

std::string describe(const Registry& registry) {
  const Library& library = *registry.libraries().front();
  const nnrun_library& table = *library.table;
  return packed({"library", library.sha256(),
                 std::to_string(table.abi_major) + "." + std::to_string(table.abi_minor),
                 table.compiler, table.name, table.version, table.optimized != 0 ? "1" : "0"});
}

/// The header of a report, and the classes in the order of kinds and names.
CheckedLibrary look_at(const std::filesystem::path& file, const ChildLimits& limits) {
  CheckedLibrary checked;
  checked.file = file.string();
  const ChildResult result = run_child(
      [&](const Child::Send& send) {
        return with_library(file, send, [&](const Registry& registry) {
          send(describe(registry));
          for (const std::string& kind : known_kinds())
            for (const std::string& name : registry.names(kind))
              send(packed({"class", kind, name}));
        });
      },
      limits);
  for (const std::string& message : result.messages) {
    const Fields f = unpacked(message);
    if (f[0] == "warning") checked.warnings.push_back(f.at(1));
    if (f[0] == "refused") checked.refusal = Refusal{f.at(1), f.at(2)};
    if (f[0] == "class") checked.classes.push_back({f.at(1), f.at(2), {}});
    if (f[0] != "library") continue;
    checked.sha256 = f.at(1), checked.interface = f.at(2), checked.compiler = f.at(3);
    checked.name = f.at(4), checked.version = f.at(5), checked.optimized = f.at(6) == "1";
  }
  if (result.end.how == ChildEnd::How::returned) return checked;
  checked.classes.clear();
  checked.refusal = died(file, result.end, limits);
  return checked;
}

}  // namespace

std::size_t CheckedLibrary::count(LawStatus status) const {
  std::size_t n = 0;
  for (const CheckedClass& c : classes)
    for (const LawRow& row : c.rows) n += row.finding.status == status ? 1 : 0;
  return n;
}

CheckedLibrary check_library(const std::filesystem::path& file, const Registry& built_in,
                             std::size_t (*allocations)(), const ChildLimits& limits) {
  CheckedLibrary checked = look_at(file, limits);
  std::error_code ignored;
  const std::filesystem::path same = std::filesystem::canonical(file, ignored);
  for (CheckedClass& c : checked.classes) {
    const Class* const other = built_in.find(c.kind, c.name);
    if (other != nullptr && other->library->file != same)
      checked.warnings.push_back(c.kind + " '" + c.name + "' is already provided by " +
                                 other->library->shown() +
                                 ": no config can use both libraries until one is renamed");
    const ChildResult result = run_child(
        [&](const Child::Send& send) {
          return with_library(file, send, [&](const Registry& registry) {
            judge(*registry.find(c.kind, c.name), built_in, allocations, send);
          });
        },
        limits);
    take_class(c, result, limits);
  }
  return checked;
}

Scanned scan_library(const std::filesystem::path& file,
                     const std::function<std::string(const Registry&)>& describe,
                     const ChildLimits& limits) {
  const ChildResult result = run_child(
      [&](const Child::Send& send) {
        return with_library(file, send, [&](const Registry& registry) {
          send("text" + std::string(1, field_end) + describe(registry));
        });
      },
      limits);
  Scanned scanned;
  if (result.end.how != ChildEnd::How::returned) {
    scanned.refusal = died(file, result.end, limits);
    return scanned;
  }
  for (const std::string& message : result.messages) {
    const std::size_t end = message.find(field_end);
    const std::string about = message.substr(0, end);
    if (about == "text") scanned.text = message.substr(end + 1);
    if (about == "warning") scanned.warnings.push_back(message.substr(end + 1));
    if (about == "refused") {
      const Fields fields = unpacked(message);
      scanned.refusal = Refusal{fields.at(1), fields.at(2)};
    }
  }
  return scanned;
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
