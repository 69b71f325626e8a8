#include "gathered_product.hpp"

namespace gathered {
#if defined(__x86_64__)
Kernels kernels_2();
Kernels kernels_3();
Kernels kernels_4();
Kernels kernels() {
#if !defined(__clang__) || __clang_major__ >= 17  // older ones do not know the levels' names
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return kernels_4();
  if (__builtin_cpu_supports("x86-64-v3")) return kernels_3();
#endif
  return kernels_2();
}
#else
Kernels kernels_0();
Kernels kernels() {
  return kernels_0();
}
#endif
}  // namespace gathered
