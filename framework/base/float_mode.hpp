// How a thread of somebody else's program rounds, put aside while it works for nnrun.
#pragma once
#include <cfenv>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif
namespace nnrun::host {

/// For as long as it lives, its thread rounds to nearest, keeps subnormal numbers and is not
/// interrupted by what numbers do, as every program begins. Then all is as it was.
class DefaultFloatMode {
 public:
  DefaultFloatMode() noexcept {
    if (differs()) [[unlikely]]
      set_default();
  }
  DefaultFloatMode(const DefaultFloatMode&) = delete;
  DefaultFloatMode& operator=(const DefaultFloatMode&) = delete;
  ~DefaultFloatMode() {
    if (differs()) [[unlikely]]
      restore();
  }

 private:
#if defined(__x86_64__)  // where <cfenv> would save and load 28 bytes more of another unit
  static constexpr unsigned happened = 0x3f, mode = 0x1f80;
  bool differs() const noexcept {
    return (before_ & ~happened) != mode;
  }
  static void set_default() noexcept {
    _mm_setcsr(mode);
  }
  void restore() const noexcept {
    _mm_setcsr(before_);
  }
  const unsigned before_ = _mm_getcsr();
#elif defined(__aarch64__)
  bool differs() const noexcept {
    return before_ != 0;
  }
  static void set_default() noexcept {
    set(0);
  }
  void restore() const noexcept {
    set(before_);
  }
  static void set(unsigned long mode) noexcept {
    asm volatile("msr fpcr, %0" ::"r"(mode));
  }
  static unsigned long now() noexcept {
    unsigned long mode = 0;
    asm volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
  }
  const unsigned long before_ = now();
#else
  bool differs() const noexcept {
    return before_ != FE_TONEAREST;
  }
  static void set_default() noexcept {
    std::fesetround(FE_TONEAREST);
  }
  void restore() const noexcept {
    std::fesetround(before_);
  }
  const int before_ = std::fegetround();
#endif
};

}  // namespace nnrun::host
