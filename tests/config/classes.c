/* The classes that the tests of the config room know: every type of setting, nothing that computes.
   Written against abi.h alone, so that a new plugin of ours changes no expected message. */
#include <math.h>
#include <nnrun/abi.h>

static int never(void) {
  return 1;
}
#define NEVER ((void*)never)

static void* create(const nnrun_host* host, const nnrun_value* values, uint32_t n) {
  static int object;
  (void)host, (void)values, (void)n;
  return &object;
}
static void destroy(void* self) {
  (void)self;
}

#define HEAD(kind_, name_, flags_)                                                    \
  .size = sizeof(nnrun_setting), .type = (kind_), .flags = (flags_), .name = (name_), \
  .doc = "what " name_ " does", .initial = {.type = (kind_)}
#define BOOL(name_, initial_) \
  { HEAD(NNRUN_BOOL, name_, 0), .initial.u.i = (initial_) }
#define INT(name_, flags_, initial_, min_, max_) \
  { HEAD(NNRUN_INT, name_, flags_), .initial.u.i = (initial_), .min = (min_), .max = (max_) }
#define FLOAT(name_, flags_, initial_, min_, max_) \
  { HEAD(NNRUN_FLOAT, name_, flags_), .initial.u.f = (initial_), .min = (min_), .max = (max_) }
#define TEXT(name_, initial_) \
  { HEAD(NNRUN_STRING, name_, 0), .initial.u.s = (initial_) }
#define CHOICE(name_, initial_, choices_)                                            \
  {                                                                                  \
    HEAD(NNRUN_STRING, name_, 0), .initial.u.s = (initial_), .choices = (choices_),  \
                                  .n_choices = sizeof(choices_) / sizeof *(choices_) \
  }
#define PATH(name_, flags_) \
  { HEAD(NNRUN_PATH, name_, flags_), .initial.u.s = "" }
#define FLOATS(name_, list_)                                                                      \
  {                                                                                               \
    HEAD(NNRUN_FLOATS, name_, 0), .initial.u.floats = (list_), .min = -INFINITY, .max = INFINITY, \
                                  .initial.count = sizeof(list_) / sizeof *(list_)                \
  }
#define STRINGS(name_) \
  { HEAD(NNRUN_STRINGS, name_, 0) }

static const nnrun_activation activation_functions = {
    sizeof(nnrun_activation), 0, {{NEVER, NEVER}, {NEVER, NEVER}}};
static const nnrun_cost cost_functions = {sizeof(nnrun_cost), 0, {{NEVER, NEVER}, {NEVER, NEVER}}};
static const nnrun_metric metric_functions = {sizeof(nnrun_metric), 0, {NEVER, NEVER}};
static const nnrun_layer layer_functions = {
    sizeof(nnrun_layer), 0, NEVER, {{NEVER, NEVER, 0, 0, 0}, {NEVER, NEVER, 0, 0, 0}}};
static const nnrun_layer units_functions = {
    sizeof(nnrun_layer), NNRUN_UNITS, NEVER, {{NEVER, NEVER, 0, 0, 0}, {NEVER, NEVER, 0, 0, 0}}};
static const nnrun_optimizer optimizer_functions = {sizeof(nnrun_optimizer), 0, 0, 0, 0.01,
                                                    {NEVER, NEVER}};
static const nnrun_gradient gradient_functions = {sizeof(nnrun_gradient), 0, NEVER};
static const nnrun_random random_functions = {sizeof(nnrun_random), 0, NEVER, NEVER};
static const nnrun_initializer initializer_functions = {sizeof(nnrun_initializer), 0, NEVER};
static const nnrun_dataset dataset_functions = {sizeof(nnrun_dataset), 0, NEVER, NEVER};

static const char* const paddings[] = {"same", "valid"};
static const char* const groups[] = {"none", ",", ".", "space"};
static const double halves[] = {0.5, 0.5};

static const nnrun_setting dense[] = {INT("units", NNRUN_REQUIRED, 0, 1, 9007199254740992.),
                                      BOOL("bias", 1)};
static const nnrun_setting conv[] = {
    INT("filters", NNRUN_REQUIRED, 0, 1, 9007199254740992.),
    INT("kernel", 0, 3, 1, 15),
    {HEAD(NNRUN_FLOATS, "strides", NNRUN_LONE_NUMBER), .min = 1, .max = 4},
    CHOICE("padding", "same", paddings)};
static const nnrun_setting dropout[] = {FLOAT("rate", NNRUN_BELOW_MAX, 0.5, 0, 1)};
static const nnrun_setting leaky[] = {FLOAT("slope", 0, 0.01, -INFINITY, 1)};
static const nnrun_setting huber[] = {
    FLOAT("delta", NNRUN_ABOVE_MIN, 1, 0, INFINITY),
    {HEAD(NNRUN_FLOATS, "class_weights", NNRUN_CLASS_WEIGHTS), .min = -INFINITY, .max = INFINITY}};
static const nnrun_setting finite_difference[] = {
    FLOAT("step", NNRUN_ABOVE_MIN, 0.01, 0, INFINITY)};
static const nnrun_setting sgd[] = {FLOAT("momentum", NNRUN_BELOW_MAX, 0, 0, 1)};
static const nnrun_setting adam[] = {FLOAT("beta1", NNRUN_BELOW_MAX, 0.9, 0, 1),
                                     FLOAT("clip", NNRUN_ABOVE_MIN, INFINITY, 0, INFINITY)};
static const nnrun_setting uniform[] = {FLOAT("low", 0, -1, -INFINITY, INFINITY),
                                        FLOAT("high", 0, 1, -INFINITY, INFINITY)};
static const nnrun_setting top_k[] = {INT("k", 0, 5, 1, 9007199254740992.)};
static const nnrun_setting points[] = {INT("train", 0, 100, 1, 9007199254740992.),
                                       INT("test", 0, 100, 0, 9007199254740992.)};
static const nnrun_setting csv[] = {PATH("file", NNRUN_REQUIRED),
                                    PATH("test", 0),
                                    STRINGS("headers"),
                                    FLOATS("shares", halves),
                                    TEXT("separator", ","),
                                    BOOL("header", 1),
                                    CHOICE("thousands", "none", groups),
                                    STRINGS("symbols"),
                                    TEXT("comment", ""),
                                    FLOAT("divide_by", NNRUN_ABOVE_MIN, 1, 0, INFINITY),
                                    {HEAD(NNRUN_STRINGS, "classes", NNRUN_CLASSES)}};
/* "init" is nnrun's own word: no config can give it */
static const nnrun_setting greedy[] = {INT("init", NNRUN_REQUIRED, 0, 1, 10)};

#define CLASS(id, kind_, functions_, table_, n_)                                           \
  static const nnrun_class class_##id = {                                                  \
      sizeof(nnrun_class),     #kind_ "/1", #id, "for tests", table_, n_, create, destroy, \
      &functions_##_functions, 0,           0}
#define WITH(kind_, id) CLASS(id, kind_, kind_, id, sizeof id / sizeof *id)
#define BARE(kind_, id) CLASS(id, kind_, kind_, 0, 0)
CLASS(dense, layer, units, dense, 2);
CLASS(conv, layer, units, conv, 4);
WITH(layer, dropout);
WITH(layer, greedy);
BARE(layer, add);
BARE(activation, sigmoid);
BARE(activation, relu);
WITH(activation, leaky);
BARE(cost, sum_squared_error);
BARE(cost, mean_squared_error);
WITH(cost, huber);
BARE(gradient, backprop);
WITH(gradient, finite_difference);
WITH(optimizer, sgd);
WITH(optimizer, adam);
BARE(initializer, glorot_uniform);
BARE(initializer, zeros);
WITH(initializer, uniform);
BARE(metric, accuracy);
WITH(metric, top_k);
WITH(dataset, points);
WITH(dataset, csv);
BARE(random, philox);
BARE(random, arc4);

static const nnrun_class* const classes[] = {&class_dense,
                                             &class_conv,
                                             &class_dropout,
                                             &class_greedy,
                                             &class_add,
                                             &class_sigmoid,
                                             &class_relu,
                                             &class_leaky,
                                             &class_sum_squared_error,
                                             &class_mean_squared_error,
                                             &class_huber,
                                             &class_backprop,
                                             &class_finite_difference,
                                             &class_sgd,
                                             &class_adam,
                                             &class_glorot_uniform,
                                             &class_zeros,
                                             &class_uniform,
                                             &class_accuracy,
                                             &class_top_k,
                                             &class_points,
                                             &class_csv,
                                             &class_philox,
                                             &class_arc4};

NNRUN_EXPORT const nnrun_library* nnrun_plugin_v1(void) {
  static const nnrun_library library = {sizeof(nnrun_library),
                                        NNRUN_ABI_MAJOR,
                                        NNRUN_ABI_MINOR,
                                        "config_classes",
                                        "1",
                                        "none",
                                        "a C compiler",
                                        1,
                                        classes,
                                        classes + sizeof classes / sizeof *classes};
  return &library;
}
