// Definitions in the program come before those of the C library, for every library it loads. Until
// counting starts, an allocation costs one more look at a flag.
#include "cli/allocations.hpp"

#include <atomic>
#include <cstdlib>

#if !defined(__GLIBC__) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
namespace nnrun::host {
std::size_t (*count_allocations())() {
  return nullptr;
}
}  // namespace nnrun::host
#else

namespace {
std::atomic<bool> counting{false};
std::atomic<std::size_t> count{0};

void note() {
  if (counting.load(std::memory_order_relaxed)) count.fetch_add(1, std::memory_order_relaxed);
}
std::size_t counted() {
  return count.load();
}
}  // namespace
namespace nnrun::host {
std::size_t (*count_allocations())() {
  counting = true;
  return counted;
}
}  // namespace nnrun::host

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void* malloc(std::size_t size) {
  note();
  return __libc_malloc(size);
}
void* calloc(std::size_t n, std::size_t size) {
  note();
  return __libc_calloc(n, size);
}
void* realloc(void* p, std::size_t size) {
  note();
  return __libc_realloc(p, size);
}
void* aligned_alloc(std::size_t align, std::size_t size) {
  note();
  return __libc_memalign(align, size);
}
}
#endif
