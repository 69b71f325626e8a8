#include "product.hpp"

namespace {
/// Returns the newest of the levels that this processor has.
template <class Choice>
Choice best_of(Choice level_2, Choice level_3, Choice level_4) {
#if defined(__x86_64__) && (!defined(__clang__) || __clang_major__ >= 17)
  // older ones do not know the levels' names
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return level_4;
  if (__builtin_cpu_supports("x86-64-v3")) return level_3;
#endif
  return level_2;
}
}  // namespace

#if defined(__x86_64__)
#define NNRUN_CHOOSE(name)                                            \
  Products name##_level_2();                                          \
  Products name##_level_3();                                          \
  Products name##_level_4();                                          \
  Products name##_products() {                                        \
    return best_of(name##_level_2, name##_level_3, name##_level_4)(); \
  }
#else
#define NNRUN_CHOOSE(name)     \
  Products name##_level_0();   \
  Products name##_products() { \
    return name##_level_0();   \
  }
#endif
NNRUN_CHOOSE(ordered)
NNRUN_CHOOSE(eigen)
