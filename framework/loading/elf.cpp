#include "loading/elf.hpp"

#include <elf.h>
#include <fcntl.h>
#include <nnrun/abi.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include "base/commands.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "loading/refuse.hpp"
namespace nnrun::host {
namespace {

static_assert(sizeof(void*) == 8 && std::endian::native == std::endian::little,
              "plugins are looked at as 64-bit little-endian files");
#if defined(__x86_64__)
constexpr unsigned this_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned this_machine = EM_AARCH64;
#elif defined(__riscv)
constexpr unsigned this_machine = EM_RISCV;
#elif defined(__powerpc64__)
constexpr unsigned this_machine = EM_PPC64;
#else
#error "name this machine as elf.h does"
#endif

constexpr std::string_view entry_prefix = "nnrun_plugin_v";
constexpr auto another_copy = "copy it or build it again", build_here = "build it on this machine";

std::string machine_name(unsigned machine) {
  switch (machine) {
    case EM_386:
      return "x86";
    case EM_X86_64:
      return "x86-64";
    case EM_ARM:
      return "ARM";
    case EM_AARCH64:
      return "AArch64";
    case EM_RISCV:
      return "RISC-V";
    case EM_PPC64:
      return "POWER";
    case EM_S390:
      return "S/390";
    default:
      return "a machine of ELF number " + std::to_string(machine);
  }
}

/// A file whose size is checked before every read.
class Image {
 public:
  Image(const std::filesystem::path& file, std::string name)
      // O_NONBLOCK: opening a named pipe must not wait for a writer
      : name_(std::move(name)), file_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    struct stat status {};
    if (file_ < 0 || ::fstat(file_, &status) != 0) {
      const std::string reason = system_reason(errno);
      if (file_ >= 0) ::close(file_);
      refuse("cannot be read: " + reason);
    }
    is_folder_ = S_ISDIR(status.st_mode);
    is_file_ = S_ISREG(status.st_mode);
    size_ = static_cast<std::uint64_t>(status.st_size);
  }
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;
  ~Image() { ::close(file_); }

  bool is_folder() const { return is_folder_; }
  bool is_file() const { return is_file_; }
  std::uint64_t size() const { return size_; }

  [[noreturn]] void refuse(const std::string& why, std::string hint = {}) const {
    host::refuse("'" + name_ + "' " + why, std::move(hint));
  }
  /// Refuses a file that ends before offset + count.
  void require(std::uint64_t offset, std::uint64_t count) const {
    if (offset <= size_ && count <= size_ - offset) return;
    refuse("is cut short or damaged: it points beyond its " + std::to_string(size_) + " bytes",
           another_copy);
  }
  template <class T>
  std::vector<T> table(std::uint64_t offset, std::uint64_t bytes) const {
    require(offset, bytes);
    std::vector<T> out(bytes / sizeof(T));
    read(offset, out.data(), out.size() * sizeof(T));
    return out;
  }

 private:
  void read(std::uint64_t offset, void* to, std::size_t count) const {
    for (std::size_t done = 0; done < count;) {
      const ssize_t n = ::pread(file_, static_cast<char*>(to) + done, count - done,
                                static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) refuse("cannot be read: " + system_reason(errno));
      if (n == 0) refuse("became shorter while it was read");
      done += static_cast<std::size_t>(n);
    }
  }

  std::string name_;
  int file_;
  bool is_folder_ = false, is_file_ = false;
  std::uint64_t size_ = 0;
};

Elf64_Ehdr header_of(const Image& image) {
  if (image.is_folder())
    image.refuse("is a folder, not a plugin library", "name the library in it: FOLDER/NAME.so");
  if (!image.is_file()) image.refuse("is not a regular file", "name a file that ends in .so");
  if (image.size() == 0) image.refuse("is empty, not a plugin library", how_to_build());
  const auto start = image.table<char>(0, std::min<std::uint64_t>(image.size(), EI_NIDENT));
  if (start.size() < SELFMAG || std::memcmp(start.data(), ELFMAG, SELFMAG) != 0)
    image.refuse("is not a shared library: it does not start as ELF files do", how_to_build());
  image.require(0, sizeof(Elf64_Ehdr));
  if (start[EI_CLASS] == ELFCLASS32)
    image.refuse("is built for a 32-bit machine, this program for " + machine_name(this_machine),
                 build_here);
  if (start[EI_DATA] == ELFDATA2MSB)
    image.refuse(
        "is built for a big-endian machine, this program for " + machine_name(this_machine),
        build_here);
  return image.table<Elf64_Ehdr>(0, sizeof(Elf64_Ehdr)).front();
}

void require_library_for_this_machine(const Image& image, const Elf64_Ehdr& header) {
  if (header.e_machine != this_machine)
    image.refuse("is built for " + machine_name(header.e_machine) + ", this program for " +
                     machine_name(this_machine),
                 build_here);
  if (header.e_type == ET_REL)
    image.refuse("is an object file, not a shared library",
                 "link it: g++ -shared NAME.o -o NAME.so");
  if (header.e_type == ET_EXEC) image.refuse("is a program, not a shared library", how_to_build());
  if (header.e_type != ET_DYN) image.refuse("is not a shared library", how_to_build());
}

void require_whole_segments(const Image& image, const Elf64_Ehdr& header) {
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0)
    image.refuse("is damaged: it has no table of segments", another_copy);
  const auto segments =
      image.table<Elf64_Phdr>(header.e_phoff, header.e_phnum * sizeof(Elf64_Phdr));
  std::optional<Elf64_Phdr> dynamic;
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type == PT_LOAD) image.require(segment.p_offset, segment.p_filesz);
    if (segment.p_type == PT_DYNAMIC) dynamic = segment;
  }
  if (!dynamic) image.refuse("is damaged: it has no dynamic segment", another_copy);
  for (const Elf64_Dyn& entry : image.table<Elf64_Dyn>(dynamic->p_offset, dynamic->p_filesz)) {
    if (entry.d_tag == DT_NULL) break;
    // programs are position-independent too nowadays: only this flag tells them apart
    if (entry.d_tag == DT_FLAGS_1 && (entry.d_un.d_val & DF_1_PIE) != 0)
      image.refuse("is a program, not a shared library", how_to_build());
  }
}

/// Returns N of every function nnrun_plugin_v<N> that a library exports. Stripped libraries keep
/// their dynamic symbols.
std::vector<long long> entries_of(const Image& image, const Elf64_Ehdr& header) {
  std::vector<long long> numbers;
  if (header.e_shentsize != sizeof(Elf64_Shdr) || header.e_shnum == 0)
    image.refuse("is damaged: it has no table of sections", another_copy);
  const auto sections =
      image.table<Elf64_Shdr>(header.e_shoff, header.e_shnum * sizeof(Elf64_Shdr));
  const auto found = std::find_if(sections.begin(), sections.end(),
                                  [](const Elf64_Shdr& s) { return s.sh_type == SHT_DYNSYM; });
  if (found == sections.end() || found->sh_link >= sections.size())
    image.refuse("is damaged: it has no table of dynamic symbols", another_copy);
  const Elf64_Shdr& texts = sections[found->sh_link];
  const auto text = image.table<char>(texts.sh_offset, texts.sh_size);
  for (const Elf64_Sym& symbol : image.table<Elf64_Sym>(found->sh_offset, found->sh_size)) {
    const bool exported =
        symbol.st_shndx != SHN_UNDEF && ELF64_ST_BIND(symbol.st_info) != STB_LOCAL;
    if (!exported || symbol.st_name >= text.size()) continue;
    std::string_view name(text.data() + symbol.st_name, text.size() - symbol.st_name);
    name = name.substr(0, name.find('\0'));
    if (!name.starts_with(entry_prefix)) continue;
    if (const auto number = parse_integer(name.substr(entry_prefix.size())))
      numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace

std::string entry_name() {
  return std::string(entry_prefix) + std::to_string(NNRUN_ABI_MAJOR);
}

void require_plugin_library(const std::filesystem::path& file, const std::string& name) {
  const Image image(file, name);
  const Elf64_Ehdr header = header_of(image);
  require_library_for_this_machine(image, header);
  require_whole_segments(image, header);
  const std::vector<long long> entries = entries_of(image, header);
  if (entries.empty())
    image.refuse("is a shared library but not a plugin: it does not export " + entry_name(),
                 "include <nnrun/plugin.hpp> and write NNRUN_REGISTER(Class) for every class");
  if (std::find(entries.begin(), entries.end(), NNRUN_ABI_MAJOR) != entries.end()) return;
  const long long theirs = *std::max_element(entries.begin(), entries.end());
  image.refuse("speaks plugin interface " + std::to_string(theirs) + ", this nnrun speaks " +
                   std::to_string(NNRUN_ABI_MAJOR),
               theirs > NNRUN_ABI_MAJOR
                   ? "install a newer nnrun, or rebuild the library with the headers of this one"
                   : "rebuild the library with the headers of this nnrun");
}

}  // namespace nnrun::host
