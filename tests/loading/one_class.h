/* A whole plugin in plain C: one activation, a = 2 z, of which a test may replace any part. */
#include <nnrun/abi.h>

#ifndef KIND
#define KIND "activation/1"
#endif
#ifndef NAME
#define NAME "twice"
#endif
#ifndef DOC
#define DOC "2 x"
#endif
#ifndef CREATE
#define CREATE create
#endif
#ifndef DESTROY
#define DESTROY 0
#endif
#ifndef SETTINGS
#define SETTINGS 0
#endif
#ifndef N_SETTINGS
#define N_SETTINGS 0
#endif
#ifndef FUNCTIONS
#define FUNCTIONS &functions
#endif
#ifndef FORWARD
#define FORWARD forward
#endif
#ifndef MAJOR
#define MAJOR NNRUN_ABI_MAJOR
#endif
#ifndef MINOR
#define MINOR NNRUN_ABI_MINOR
#endif
#ifndef CLASSES
#define CLASSES &one
#endif
#ifndef N_CLASSES
#define N_CLASSES 1
#endif
#ifndef LIBRARY
#define LIBRARY &library
#endif
#ifndef ENTRY
#define ENTRY nnrun_plugin_v1
#endif
#ifdef __OPTIMIZE__
#define OPTIMIZED 1
#else
#define OPTIMIZED 0
#endif

static int object;
static void* create(const nnrun_host* host, const nnrun_value* values, uint32_t n) {
  (void)host, (void)values, (void)n, (void)create;
  return &object;
}
static int forward(void* self, const void* z, void* a, size_t rows, size_t cols) {
  (void)self, (void)forward;
  for (size_t i = 0; i < rows * cols; ++i) ((double*)a)[i] = 2 * ((const double*)z)[i];
  return 0;
}
static int backward(void* self, const void* z, const void* a, const void* da, void* dz, size_t rows,
                    size_t cols) {
  (void)self, (void)z, (void)a;
  for (size_t i = 0; i < rows * cols; ++i) ((double*)dz)[i] = 2 * ((const double*)da)[i];
  return 0;
}
static const nnrun_activation functions = {
    sizeof functions, 0, {{FORWARD, backward}, {FORWARD, backward}}};
static const nnrun_class twice = {sizeof twice, KIND,   NAME,    DOC,      SETTINGS,
                                  N_SETTINGS,   CREATE, DESTROY, FUNCTIONS};
static const nnrun_class* const one = &twice;
static const nnrun_library library = {
    sizeof library, MAJOR, MINOR, "one", "1", "", "C", OPTIMIZED, CLASSES, CLASSES + N_CLASSES};

NNRUN_EXPORT const nnrun_library* ENTRY(void);
const nnrun_library* ENTRY(void) {
  (void)functions, (void)one, (void)library;
  return LIBRARY;
}
