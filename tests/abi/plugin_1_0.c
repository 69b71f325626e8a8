/* A plugin as somebody built it with the first headers: an activation, a layer and a metric. */
#include "abi_1_0.h"

static int object;
static void* create(const nnrun_host* host, const nnrun_value* values, uint32_t n) {
  (void)host, (void)values, (void)n;
  return &object;
}

/* old_square: z + z * z / 8 */
#define ACTIVATION(T)                                                                         \
  static int forward_##T(void* self, const void* z, void* a, size_t rows, size_t cols) {      \
    const T* in = z;                                                                          \
    T* out = a;                                                                               \
    (void)self;                                                                               \
    for (size_t i = 0; i < rows * cols; ++i) out[i] = in[i] + in[i] * in[i] / 8;              \
    return 0;                                                                                 \
  }                                                                                           \
  static int backward_##T(void* self, const void* z, const void* a, const void* da, void* dz, \
                          size_t rows, size_t cols) {                                         \
    const T *in = z, *d = da;                                                                 \
    T* out = dz;                                                                              \
    const size_t n = rows * cols;                                                             \
    (void)self, (void)a;                                                                      \
    for (size_t i = 0; i < n; ++i) out[i] = d[i] * (1 + in[i] / 4);                           \
    for (size_t i = n; i % NNRUN_LANES != 0; ++i) out[i] = 0;                                 \
    return 0;                                                                                 \
  }
ACTIVATION(float)
ACTIVATION(double)
static const nnrun_activation activation = {
    sizeof activation,
    NNRUN_ELEMENTWISE,
    {{forward_float, backward_float}, {forward_double, backward_double}}};
static const nnrun_class square = {
    sizeof square, "activation/1", "old_square", "z + z^2 / 8", 0, 0, create, 0, &activation};

/* old_gain: every input times a number of its own */
static int plan(void* self, nnrun_plan* p) {
  const size_t n = p->in[0].sizes[0];
  nnrun_block* block = &p->blocks[0];
  (void)self;
  if (p->n_in != 1 || p->in[0].rank != 1) return 1;
  p->out = p->in[0];
  p->n_parameters = (n + NNRUN_LANES - 1) / NNRUN_LANES * NNRUN_LANES;
  p->n_blocks = 1;
  block->name = "gain";
  block->role = NNRUN_OTHER;
  block->shape = p->in[0];
  block->strides[0] = 1;
  block->fan_in = block->fan_out = 1;
  block->initial = 1;
  return 0;
}
#define LAYER(T)                                                     \
  static int gain_##T(void* self, const nnrun_layer_call* c) {       \
    const T *x = c->in[0].v, *w = c->w;                              \
    T* y = c->out.v;                                                 \
    (void)self;                                                      \
    for (size_t r = 0; r < c->rows; ++r)                             \
      for (size_t i = 0; i < c->out.cols; ++i)                       \
        y[r * c->out.cols + i] = w[i] * x[r * c->out.cols + i];      \
    return 0;                                                        \
  }                                                                  \
  static int inputs_##T(void* self, const nnrun_layer_call* c) {     \
    const T *dy = c->out.d, *w = c->w;                               \
    T* dx = c->in[0].d;                                              \
    (void)self;                                                      \
    if (!dx) return 0;                                               \
    for (size_t r = 0; r < c->rows; ++r)                             \
      for (size_t i = 0; i < c->out.cols; ++i) {                     \
        const size_t k = r * c->out.cols + i;                        \
        dx[k] = (c->in[0].accumulate ? dx[k] : 0) + w[i] * dy[k];    \
      }                                                              \
    return 0;                                                        \
  }                                                                  \
  static int parameters_##T(void* self, const nnrun_layer_call* c) { \
    const T *dy = c->out.d, *x = c->in[0].v;                         \
    T* dw = c->dw;                                                   \
    (void)self;                                                      \
    if (c->tile != 0) return 0;                                      \
    for (size_t i = 0; i < c->out.cols; ++i) {                       \
      T sum = c->accumulate ? dw[i] : 0;                             \
      for (size_t r = 0; r < c->rows; ++r)                           \
        sum += dy[r * c->out.cols + i] * x[r * c->out.cols + i];     \
      dw[i] = sum;                                                   \
    }                                                                \
    return 0;                                                        \
  }
LAYER(float)
LAYER(double)
static const nnrun_layer layer = {sizeof layer,
                                  0,
                                  plan,
                                  {{gain_float, inputs_float, parameters_float, 0, 0},
                                   {gain_double, inputs_double, parameters_double, 0, 0}}};
static const nnrun_class gain = {
    sizeof gain, "layer/1", "old_gain", "x times a gain of its own", 0, 0, create, 0, &layer};

/* old_error: the mean distance of the first output */
#define METRIC(T)                                                                          \
  static int value_##T(void* self, const void* y, const void* t, size_t rows, size_t cols, \
                       double* out) {                                                      \
    double sum = 0;                                                                        \
    (void)self;                                                                            \
    for (size_t r = 0; r < rows; ++r) {                                                    \
      const double d = (double)((const T*)y)[r * cols] - (double)((const T*)t)[r * cols];  \
      sum += d < 0 ? -d : d;                                                               \
    }                                                                                      \
    *out = sum / (double)rows;                                                             \
    return 0;                                                                              \
  }
METRIC(float)
METRIC(double)
static const nnrun_metric metric = {sizeof metric, 0, {value_float, value_double}};
static const nnrun_class error = {sizeof error, "metric/1", "old_error", "mean |y - t|", 0, 0,
                                  create,       0,          &metric};

static const nnrun_class* const classes[] = {&square, &gain, &error};
static const nnrun_library library = {
    sizeof library, NNRUN_ABI_MAJOR, NNRUN_ABI_MINOR, "old", "1", "", "C", 1, classes, classes + 3};
const nnrun_library* nnrun_plugin_v1(void) {
  return &library;
}
