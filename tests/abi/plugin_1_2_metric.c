/* A metric as somebody built it with the headers of 1.2: it is told nothing of what outputs and
   targets mean, and its table is of the largest output and target, whatever they are. */
#include "abi_1_2.h"

static int object;
static void* create(const nnrun_host* host, const nnrun_value* values, uint32_t n) {
  (void)host, (void)values, (void)n;
  return &object;
}
#define METRIC(T)                                                                                 \
  static size_t largest_##T(const T* row, size_t cols) {                                          \
    size_t best = 0;                                                                              \
    for (size_t c = 1; c < cols; ++c)                                                             \
      if (row[c] > row[best]) best = c;                                                           \
    return best;                                                                                  \
  }                                                                                               \
  static int table_##T(void* self, const void* y, const void* t, size_t rows, size_t cols,        \
                       double* out) {                                                             \
    (void)self;                                                                                   \
    for (size_t r = 0; r < rows; ++r)                                                             \
      ++out[largest_##T((const T*)t + r * cols, cols) * cols +                                    \
            largest_##T((const T*)y + r * cols, cols)];                                           \
    return 0;                                                                                     \
  }                                                                                               \
  static int value_##T(void* self, const void* y, const void* t, size_t rows, size_t cols,        \
                       double* out) {                                                             \
    (void)self;                                                                                   \
    *out = 0;                                                                                     \
    for (size_t r = 0; r < rows; ++r)                                                             \
      *out +=                                                                                     \
          largest_##T((const T*)t + r * cols, cols) != largest_##T((const T*)y + r * cols, cols); \
    return 0;                                                                                     \
  }
METRIC(float)
METRIC(double)

static const nnrun_metric metric = {
    sizeof metric, 0, {value_float, value_double}, {table_float, table_double}, {0, 0}, 0, 0};
static const nnrun_class early_table = {sizeof early_table,
                                        "metric/1",
                                        "early_table",
                                        "largest numbers",
                                        0,
                                        0,
                                        create,
                                        0,
                                        &metric,
                                        0,
                                        0};
static const nnrun_class* const classes[] = {&early_table};
static const nnrun_library library = {
    sizeof library, NNRUN_ABI_MAJOR, NNRUN_ABI_MINOR, "early", "1", "", "C", 1,
    classes,        classes + 1};
const nnrun_library* nnrun_plugin_v1(void) {
  return &library;
}
