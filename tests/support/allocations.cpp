// Definitions in the program come before those of the C library, for every library it loads.
#include "support/allocations.hpp"

#include <atomic>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
namespace nnrun::testing {
std::size_t allocations() {
  return 0;
}
}  // namespace nnrun::testing
#else

namespace {
std::atomic<std::size_t> count{0};
}
namespace nnrun::testing {
std::size_t allocations() {
  return count.load();
}
}  // namespace nnrun::testing

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void* malloc(std::size_t size) {
  return count.fetch_add(1), __libc_malloc(size);
}
void* calloc(std::size_t n, std::size_t size) {
  return count.fetch_add(1), __libc_calloc(n, size);
}
void* realloc(void* p, std::size_t size) {
  return count.fetch_add(1), __libc_realloc(p, size);
}
void* aligned_alloc(std::size_t align, std::size_t size) {
  return count.fetch_add(1), __libc_memalign(align, size);
}
}
#endif
