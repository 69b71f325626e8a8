#include "base/heap.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <malloc.h>
#include <sys/mman.h>
namespace nnrun::host {
namespace {

constexpr std::size_t page = 4096, huge_page = std::size_t{1} << 21;

/// Returns whether any part of these 2 MB has memory already: then they become no huge page.
bool is_touched(std::uintptr_t from) {
  std::array<unsigned char, huge_page / page> pages;
  if (::mincore(reinterpret_cast<void*>(from), huge_page, pages.data()) != 0) return false;
  return std::ranges::any_of(pages, [](unsigned char is_there) { return is_there & 1; });
}

}  // namespace

void take_huge_heap() {
  // What is allocated here must lie in the heap, and what is freed must stay there. Both limits
  // are the ones that the C library comes to by itself as a program frees large pieces.
  ::mallopt(M_MMAP_THRESHOLD, 1 << 25);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 26);
  void* const start = std::malloc(3 * huge_page);
  if (start == nullptr) return;  // memory is limited
  const auto address = reinterpret_cast<std::uintptr_t>(start);
  std::uintptr_t first = (address + huge_page - 1) / huge_page * huge_page;
  if (is_touched(first)) first += huge_page;  // the heap of the parent ended there
  ::madvise(reinterpret_cast<void*>(first), huge_page, MADV_HUGEPAGE);
  // What lies in front of it is kept, and never touched: only addresses are lost.
  [[maybe_unused]] void* const kept = std::realloc(start, first - address + 1);
}

}  // namespace nnrun::host
#else
namespace nnrun::host {
void take_huge_heap() {}
}  // namespace nnrun::host
#endif

namespace nnrun::host {

std::uint64_t peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

void restart_peak_memory() {
  const int file = ::open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  [[maybe_unused]] const ssize_t written = ::write(file, "5", 1);
  ::close(file);
}

}  // namespace nnrun::host
