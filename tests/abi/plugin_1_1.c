/* A plugin as somebody built it with the headers of 1.1, whose host knew some settings by their
   names: the units of a layer, the classes and the separator of a data set. */
#include "abi_1_1.h"

static const nnrun_host* host;
static int object;
static void* create(const nnrun_host* lent, const nnrun_value* values, uint32_t n) {
  (void)values, (void)n;
  host = lent;
  return &object;
}

/* early_units: every unit is the sum of the inputs times a gain of its own, and counts its steps */
static size_t units;
static void* create_units(const nnrun_host* lent, const nnrun_value* values, uint32_t n) {
  (void)lent, (void)n;
  units = (size_t)values[0].u.i;
  return &object;
}
static void block(nnrun_block* b, const char* name, size_t n, double initial) {
  b->name = name;
  b->role = NNRUN_OTHER;
  b->shape.rank = 1;
  b->shape.sizes[0] = n;
  b->strides[0] = 1;
  b->fan_in = b->fan_out = 1;
  b->initial = initial;
}
static int plan(void* self, nnrun_plan* p) {
  (void)self;
  if (p->n_in != 1 || p->in[0].rank != 1) return 1;
  p->out.rank = 1;
  p->out.sizes[0] = units;
  p->n_parameters = (units + NNRUN_LANES - 1) / NNRUN_LANES * NNRUN_LANES;
  p->n_blocks = p->n_state_blocks = 1;
  p->n_state = NNRUN_LANES;
  block(&p->blocks[0], "gain", units, 0.5);
  block(&p->state_blocks[0], "steps", 1, 0);
  p->kept_per_row = 1;
  return 0;
}
#define LAYER(T)                                                                            \
  static T sum_##T(const nnrun_layer_call* c, size_t r) {                                   \
    const T* x = (const T*)c->in[0].v + r * c->in[0].cols;                                  \
    T sum = 0;                                                                              \
    for (size_t i = 0; i < c->in[0].cols; ++i) sum += x[i];                                 \
    return sum;                                                                             \
  }                                                                                         \
  static int forward_##T(void* self, const nnrun_layer_call* c) {                           \
    const size_t n = c->plan->out.sizes[0];                                                 \
    (void)self;                                                                             \
    for (size_t r = 0; r < c->rows; ++r) {                                                  \
      const T sum = sum_##T(c, r);                                                          \
      for (size_t i = 0; i < n; ++i) ((T*)c->out.v)[r * n + i] = ((const T*)c->w)[i] * sum; \
      if (c->training) ((T*)c->kept_rows)[r] = sum;                                         \
    }                                                                                       \
    return 0;                                                                               \
  }                                                                                         \
  static int inputs_##T(void* self, const nnrun_layer_call* c) {                            \
    const size_t n = c->plan->out.sizes[0], in = c->in[0].cols;                             \
    T* dx = c->in[0].d;                                                                     \
    (void)self;                                                                             \
    for (size_t r = 0; dx && r < c->rows; ++r) {                                            \
      T slope = 0;                                                                          \
      for (size_t i = 0; i < n; ++i)                                                        \
        slope += ((const T*)c->w)[i] * ((const T*)c->out.d)[r * n + i];                     \
      for (size_t i = 0; i < in; ++i)                                                       \
        dx[r * in + i] = (c->in[0].accumulate ? dx[r * in + i] : 0) + slope;                \
    }                                                                                       \
    return 0;                                                                               \
  }                                                                                         \
  static int parameters_##T(void* self, const nnrun_layer_call* c) {                        \
    const size_t n = c->plan->out.sizes[0];                                                 \
    T* dw = c->dw;                                                                          \
    (void)self;                                                                             \
    for (size_t i = 0; c->tile == 0 && i < n; ++i) {                                        \
      T sum = c->accumulate ? dw[i] : 0;                                                    \
      for (size_t r = 0; r < c->rows; ++r)                                                  \
        sum += ((const T*)c->out.d)[r * n + i] * ((const T*)c->kept_rows)[r];               \
      dw[i] = sum;                                                                          \
    }                                                                                       \
    return 0;                                                                               \
  }                                                                                         \
  static int observe_##T(void* self, const nnrun_layer_call* c) {                           \
    (void)self;                                                                             \
    *(T*)c->state += 1;                                                                     \
    return 0;                                                                               \
  }
LAYER(float)
LAYER(double)
static const nnrun_layer layer = {sizeof layer,
                                  0,
                                  plan,
                                  {{forward_float, inputs_float, parameters_float, 0, 0},
                                   {forward_double, inputs_double, parameters_double, 0, 0}},
                                  {observe_float, observe_double}};
static const nnrun_setting layer_settings[] = {{sizeof(nnrun_setting),
                                                NNRUN_INT,
                                                0,
                                                "units",
                                                "outputs",
                                                {NNRUN_INT, 0, {.i = 2}},
                                                1,
                                                1000,
                                                0,
                                                0}};
static const nnrun_class early_units = {sizeof early_units,
                                        "layer/1",
                                        "early_units",
                                        "gain times the sum of the inputs",
                                        layer_settings,
                                        1,
                                        create_units,
                                        0,
                                        &layer};

/* early_points: two classes, one number each; tells how many names of classes it was given */
static void* create_points(const nnrun_host* lent, const nnrun_value* values, uint32_t n) {
  if (values[0].count == 2) lent->log(1, "early_points was given two classes");
  return create(lent, values, n);
}
static const char* const names[] = {"low", "high"};
static int open_points(void* self, nnrun_data* data) {
  (void)self;
  data->input.rank = data->target.rank = 1;
  data->input.sizes[0] = data->target.sizes[0] = 2;
  data->examples[NNRUN_TRAIN] = data->examples[NNRUN_TEST] = 8;
  data->classes = names;
  return 0;
}
static int read_points(void* self, const nnrun_stream* stream, uint32_t part, size_t from, size_t n,
                       double* x, double* t) {
  (void)self, (void)stream, (void)part;
  for (size_t i = 0; i < n; ++i) {
    const int high = (from + i) % 2 == 1;
    x[2 * i] = x[2 * i + 1] = high ? 1 : -1;
    t[2 * i] = !high;
    t[2 * i + 1] = high;
  }
  return 0;
}
static const nnrun_dataset dataset = {sizeof dataset, 0, open_points, read_points};
static const nnrun_setting data_settings[] = {
    {sizeof(nnrun_setting), NNRUN_STRINGS, 0, "classes", "names", {NNRUN_STRINGS}, 0, 0, 0, 0},
    {sizeof(nnrun_setting),
     NNRUN_STRING,
     0,
     "separator",
     "between fields",
     {NNRUN_STRING, 0, {.s = ","}},
     0,
     0,
     0,
     0}};
static const nnrun_class early_points = {
    sizeof early_points, "dataset/1", "early_points", "low and high numbers", data_settings, 2,
    create_points,       0,           &dataset};

static const nnrun_class* const classes[] = {&early_units, &early_points};
static const nnrun_library library = {
    sizeof library, NNRUN_ABI_MAJOR, NNRUN_ABI_MINOR, "early", "1", "", "C", 1,
    classes,        classes + 2};
const nnrun_library* nnrun_plugin_v1(void) {
  return &library;
}
