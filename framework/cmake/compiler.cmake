# How our own code is compiled. Two private targets: nothing of this reaches users.
add_library(nnrun_warnings INTERFACE)
target_compile_options(nnrun_warnings INTERFACE
  -Wall -Wextra -Wno-missing-field-initializers -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  # False alarms of g++ 12: "text" + std::string at -O3; Eigen with AVX-512.
  -Wno-restrict -Wno-maybe-uninitialized
  $<$<CXX_COMPILER_ID:Clang>:-Wno-unknown-warning-option>
  $<$<BOOL:${NNRUN_WARNINGS_AS_ERRORS}>:-Werror>
  # g++ looks for garbage in its memory later: up to a third more memory, a tenth less time.
  $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=1000000>)

# Equal bits on every CPU: no contraction to fused multiply-add, and never -ffast-math.
add_library(nnrun_arithmetic INTERFACE)
target_compile_options(nnrun_arithmetic INTERFACE
  -ffp-contract=off -fno-math-errno -fno-trapping-math)
target_compile_definitions(nnrun_arithmetic INTERFACE
  $<$<BOOL:${NNRUN_NO_CLONES}>:NNRUN_NO_CLONES>)

# The sanitizers of memory and of threads replace malloc, reserve terabytes of addresses and slow
# everything down. In C++ code, __SANITIZE_ADDRESS__ and __SANITIZE_THREAD__ say so.
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=[a-z,-]*(address|thread)")
  set(NNRUN_SANITIZED ON)
endif()
