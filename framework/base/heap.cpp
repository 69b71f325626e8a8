#include "base/heap.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <malloc.h>
#include <sys/mman.h>
namespace nnrun::host {

void take_huge_heap() {
  constexpr std::size_t huge_page = std::size_t{1} << 21, room = 2 * huge_page;
  // what is allocated here must lie in the heap, and what is freed must stay there
  ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(2 * room));
  ::mallopt(M_TRIM_THRESHOLD, static_cast<int>(4 * room));
  void* const start = std::malloc(room);
  if (start == nullptr) return;  // memory is limited
  const auto address = reinterpret_cast<std::uintptr_t>(start);
  const std::uintptr_t first = (address + huge_page - 1) / huge_page * huge_page;
  ::madvise(reinterpret_cast<void*>(first), huge_page, MADV_HUGEPAGE);
  // What lies in front of it is kept, and never touched: it takes no memory.
  [[maybe_unused]] void* const kept = std::realloc(start, first - address + 1);
}

}  // namespace nnrun::host
#else
namespace nnrun::host {
void take_huge_heap() {}
}  // namespace nnrun::host
#endif
