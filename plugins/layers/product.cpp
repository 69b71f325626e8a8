#include "product.hpp"

#include <dlfcn.h>

#include <nnrun/plugin.hpp>

#if defined(__x86_64__)
Products eigen_level_2();
Products eigen_level_3();
Products eigen_level_4();

Products eigen_products() {
#if !defined(__clang__) || __clang_major__ >= 17  // older ones do not know the levels' names
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return eigen_level_4();
  if (__builtin_cpu_supports("x86-64-v3")) return eigen_level_3();
#endif
  return eigen_level_2();
}
#else
Products eigen_level_0();
Products eigen_products() {
  return eigen_level_0();
}
#endif

namespace {
// The C interface of oneDNN, the same in versions 2 and 3: row-major, like ours.
using Sgemm = int (*)(char, char, std::int64_t m, std::int64_t n, std::int64_t k, float alpha,
                      const float* a, std::int64_t lda, const float* b, std::int64_t ldb,
                      float beta, float* c, std::int64_t ldc);

/// Returns nullptr if oneDNN is not installed. Loads it when first called: it is 40 MB.
void* onednn() {
  static void* const library = [] {
    void* found = nullptr;
    for (const char* name : {"libdnnl.so.3", "libdnnl.so.2", "libdnnl.so"})
      if (!found) found = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    return found;
  }();
  return library;
}
Sgemm sgemm() {
  static const Sgemm function =
      onednn() ? reinterpret_cast<Sgemm>(dlsym(onednn(), "dnnl_sgemm")) : nullptr;
  return function;
}
/// Makes oneDNN use one thread per call: the threads are nnrun's.
void use_one_thread() {
  using SetThreads = void (*)(int);
  if (void* f = dlsym(onednn(), "omp_set_num_threads")) reinterpret_cast<SetThreads>(f)(1);
}

void onednn_product(std::size_t m, std::size_t n, std::size_t k, Operand<float> a, Operand<float> b,
                    bool add, float* c, std::size_t stride) {
  static thread_local const bool alone = (use_one_thread(), true);
  static_cast<void>(alone);
  const auto i = [](std::size_t x) { return static_cast<std::int64_t>(x); };
  const int status =
      sgemm()(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', i(m), i(n), i(k), 1, a.data,
              i(a.stride), b.data, i(b.stride), add ? 1.f : 0.f, c, i(stride));
  if (status != 0)
    throw nnrun::Error("oneDNN's sgemm failed with status " + std::to_string(status));
}
}  // namespace

Products onednn_products() {
  if (!sgemm())
    throw nnrun::Error("oneDNN is not installed", "",
                       "install libdnnl2 (Debian), or use 'product: eigen'");
  return {onednn_product, eigen_products().f64};
}
