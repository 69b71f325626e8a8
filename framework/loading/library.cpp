#include "loading/library.hpp"

#include <cxxabi.h>
#include <dlfcn.h>

#include <boost/dll/shared_library.hpp>
#include <cstdlib>
#include <memory>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "base/foreign_call.hpp"
#include "loading/elf.hpp"
#include "loading/refuse.hpp"
namespace nnrun::host {
namespace {

/// Restores the floating-point mode: a library built with -ffast-math switches denormal numbers off
/// for the whole thread.
class FloatingPointMode {
 public:
  /// Returns true if the mode had been changed.
  bool restore() const {
#if defined(__x86_64__)
    constexpr unsigned flags = 0x3f;  // what happened so far; the rest is the mode
    if ((_mm_getcsr() & ~flags) == (mode_ & ~flags)) return false;
    _mm_setcsr(mode_);
    return true;
#else
    return false;
#endif
  }

 private:
#if defined(__x86_64__)
  unsigned mode_ = _mm_getcsr();
#endif
};

std::string demangled(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? text.get() : symbol;
}

/// Returns REASON of "boost::… failed (dlerror system message: REASON): unrelated words".
std::string reason_of(const std::string& message) {
  constexpr std::string_view before = "(dlerror system message: ";
  const std::size_t begin = message.find(before), end = message.rfind(')');
  if (begin == std::string::npos || end == std::string::npos) return message;
  return message.substr(begin + before.size(), end - begin - before.size());
}

[[noreturn]] void refuse_unloadable(const std::filesystem::path& file, const std::string& name,
                                    std::string reason) {
  const std::string prefix = file.string() + ": ";
  if (reason.starts_with(prefix)) reason.erase(0, prefix.size());
  constexpr std::string_view undefined = "undefined symbol: ";
  std::string hint;
  if (reason.starts_with(undefined)) {
    reason = std::string(undefined) + demangled(reason.substr(undefined.size()));
    hint = "link what defines it; with -Wl,-z,defs the linker finds such gaps";
  } else if (reason.find("cannot open shared object file") != std::string::npos) {
    hint = "install the library that it needs, or name its folder in LD_LIBRARY_PATH";
  } else if (reason.starts_with("version `") || reason.find(": version `") != std::string::npos) {
    hint = "it was built against a newer library: build it on this machine";
  }
  refuse("'" + name + "' cannot be loaded: " + reason, hint);
}

}  // namespace

const nnrun_library* open_library(const std::filesystem::path& file, const std::string& name,
                                  const std::function<void(const std::string&)>& warn) {
  using namespace boost::dll;
  const FloatingPointMode mode;
  // Never unloaded, even when the handle is destroyed: vtables and thread-locals live in the
  // library.
  const auto flags =
      load_mode::rtld_now | load_mode::rtld_local | static_cast<load_mode::type>(RTLD_NODELETE);
  const nnrun_library* table = nullptr;
  const std::string quoted = "'" + name + "'";
  try {
    const ForeignCall here(quoted.c_str(), nullptr);
    // dlopen promises C++ that it never throws, but constructors in a library may: called through
    // this pointer, it is not believed, and the exception arrives here instead of ending the
    // process
    void* (*const volatile open)(const char*, int) = ::dlopen;
    open(file.c_str(), static_cast<int>(flags));
    const shared_library library(file, flags);
    table = library.get<const nnrun_library*()>(entry_name())();
  } catch (const boost::dll::fs::system_error& error) {
    mode.restore();
    refuse_unloadable(file, name, reason_of(error.what()));
  } catch (...) {
    mode.restore();
    refuse("'" + name + "' threw an exception out of " + entry_name(),
           "NNRUN_REGISTER of <nnrun/plugin.hpp> writes this function; one of your own must not "
           "throw");
  }
  if (mode.restore())
    warn("'" + name +
         "' changed the floating-point mode as it was loaded, which would lose "
         "denormal numbers everywhere (built with -ffast-math?); it was restored");
  if (table == nullptr)
    refuse("'" + name + "' is not a plugin: " + entry_name() + " returned NULL",
           "NNRUN_REGISTER of <nnrun/plugin.hpp> writes this function; see nnrun_library in "
           "<nnrun/abi.h>");
  return table;
}

}  // namespace nnrun::host
