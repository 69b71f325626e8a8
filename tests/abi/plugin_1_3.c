/* A plugin as somebody built it with the headers of 1.3: a cost and an activation that declare what
   that minor let them, joined by a word of their own. */
#include <math.h>

#include "abi_1_3.h"

static int object;
static void* create(const nnrun_host* lent, const nnrun_value* values, uint32_t n) {
  (void)lent, (void)values, (void)n;
  return &object;
}
static void destroy(void* self) {
  (void)self;
}

#define ACTIVATION(T)                                                                         \
  static int forward_##T(void* self, const void* z, void* a, size_t rows, size_t cols) {      \
    (void)self;                                                                               \
    for (size_t i = 0; i < rows * cols; ++i)                                                  \
      ((T*)a)[i] = (T)(0.5 + 0.5 * tanh((double)((const T*)z)[i]));                           \
    return 0;                                                                                 \
  }                                                                                           \
  static int backward_##T(void* self, const void* z, const void* a, const void* da, void* dz, \
                          size_t rows, size_t cols) {                                         \
    (void)self, (void)z;                                                                      \
    for (size_t i = 0; i < rows * cols; ++i) {                                                \
      const T y = ((const T*)a)[i];                                                           \
      ((T*)dz)[i] = ((const T*)da)[i] * 2 * y * (1 - y);                                      \
    }                                                                                         \
    return 0;                                                                                 \
  }
ACTIVATION(float)
ACTIVATION(double)

static const nnrun_activation centred_tanh = {
    .size = sizeof centred_tanh,
    .flags = NNRUN_ELEMENTWISE,
    .by_dtype = {{forward_float, backward_float}, {forward_double, backward_double}},
    .outputs = {0, 1},
    .joins = "previous"};

#define COST(T)                                                                                 \
  static int value_##T(void* self, const void* y, const void* t, size_t t_stride, void* per,    \
                       size_t rows, size_t cols) {                                              \
    (void)self;                                                                                 \
    for (size_t r = 0; r < rows; ++r) {                                                         \
      T sum = 0;                                                                                \
      for (size_t c = 0; c < cols; ++c) {                                                       \
        const T e = ((const T*)y)[r * cols + c] - ((const T*)t)[r * t_stride + c];              \
        sum += e * e;                                                                           \
      }                                                                                         \
      ((T*)per)[r] = sum;                                                                       \
    }                                                                                           \
    return 0;                                                                                   \
  }                                                                                             \
  static int slope_##T(void* self, const void* y, const void* t, size_t t_stride, double scale, \
                       void* dy, void* per, size_t rows, size_t cols) {                         \
    for (size_t r = 0; r < rows; ++r)                                                           \
      for (size_t c = 0; c < cols; ++c)                                                         \
        ((T*)dy)[r * cols + c] =                                                                \
            (T)scale * 2 * (((const T*)y)[r * cols + c] - ((const T*)t)[r * t_stride + c]);     \
    for (size_t i = rows * cols; i % NNRUN_LANES; ++i) ((T*)dy)[i] = 0;                         \
    return value_##T(self, y, t, t_stride, per, rows, cols);                                    \
  }
COST(float)
COST(double)

static const nnrun_cost previous_squares = {
    .size = sizeof previous_squares,
    .by_dtype = {{value_float, slope_float}, {value_double, slope_double}},
    .outputs = {0, 1},
    .targets = {0, 1},
    .fitting_activation = "sigmoid"};

static const nnrun_class shifted_tanh = {.size = sizeof shifted_tanh,
                                         .kind = "activation/1",
                                         .name = "centred_tanh",
                                         .doc = "(1 + tanh x) / 2",
                                         .create = create,
                                         .destroy = destroy,
                                         .functions = &centred_tanh};
static const nnrun_class squares = {.size = sizeof squares,
                                    .kind = "cost/1",
                                    .name = "previous_squares",
                                    .doc = "sum of (y - t)^2",
                                    .create = create,
                                    .destroy = destroy,
                                    .functions = &previous_squares};
static const nnrun_class* const classes[] = {&shifted_tanh, &squares};
static const nnrun_library library = {
    sizeof library, NNRUN_ABI_MAJOR, NNRUN_ABI_MINOR, "previous", "1", "", "C", 1,
    classes,        classes + 2};
const nnrun_library* nnrun_plugin_v1(void) {
  return &library;
}
