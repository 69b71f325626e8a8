/* An activation in plain C: a = z / (1 + |z|) for every number. */
#include <math.h>
#include <nnrun/abi.h>

#define ACTIVATION(T, name, absolute)                                                            \
  static int name##_forward(void* self, const void* z, void* a, size_t rows, size_t cols) {      \
    (void)self;                                                                                  \
    for (size_t i = 0; i < rows * cols; ++i)                                                     \
      ((T*)a)[i] = ((const T*)z)[i] / (1 + absolute(((const T*)z)[i]));                          \
    return 0;                                                                                    \
  }                                                                                              \
  static int name##_backward(void* self, const void* z, const void* a, const void* da, void* dz, \
                             size_t rows, size_t cols) {                                         \
    (void)self, (void)a;                                                                         \
    for (size_t i = 0; i < rows * cols; ++i) {                                                   \
      const T d = 1 + absolute(((const T*)z)[i]);                                                \
      ((T*)dz)[i] = ((const T*)da)[i] / (d * d);                                                 \
    }                                                                                            \
    return 0;                                                                                    \
  }
ACTIVATION(float, f32, fabsf)
ACTIVATION(double, f64, fabs)

static const nnrun_activation functions = {
    .size = sizeof(nnrun_activation),
    .flags = NNRUN_ELEMENTWISE,
    .by_dtype = {{f32_forward, f32_backward}, {f64_forward, f64_backward}}};
static void* create(const nnrun_host* host, const nnrun_value* values, uint32_t n) {
  static char object;
  (void)host, (void)values, (void)n;
  return &object;
}
static void destroy(void* self) {
  (void)self;
}
static const nnrun_class plain = {.size = sizeof(nnrun_class),
                                  .kind = "activation/1",
                                  .name = "plain_c",
                                  .doc = "z / (1 + |z|)",
                                  .create = create,
                                  .destroy = destroy,
                                  .functions = &functions};
static const nnrun_class* const classes[] = {&plain};
const nnrun_library* nnrun_plugin_v1(void) {
  static const nnrun_library library = {sizeof(nnrun_library),
                                        NNRUN_ABI_MAJOR,
                                        NNRUN_ABI_MINOR,
                                        "plain",
                                        "1",
                                        "",
                                        "a C compiler",
                                        1,
                                        classes,
                                        classes + 1};
  return &library;
}
