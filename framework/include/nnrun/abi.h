/* The nnrun plugin interface, major 1: what a library hands to nnrun and what nnrun lends to it.

   C only: no C++ type, exception or allocation crosses this interface. Every struct starts with its
   size and is only ever appended to inside one major. C++ authors include <nnrun/plugin.hpp>, which
   writes all of this for them.

   Numbers. A batch is a matrix: rows are examples, each row contiguous. `void*` numbers are float
   or double, as the table that holds the function says. Buffers of the host start on 64 bytes and
   have room up to the next multiple of NNRUN_LANES numbers, so that kernels may read and write
   whole lanes; rows of data may be read past their end, never written. Since 1.2, 16 more numbers
   may be read after every buffer of a layer's call. Tails of parameters and of their gradient are
   zero and must stay zero.

   Functions return 0, or call nnrun_host.error and return non-zero.

   Threads and phases. Brackets say how a function is called, and in which phase:
     one at a time    by any thread, but not while another function of the same object runs
     several at once  by several threads, even for the same object, which must not change
     lent             a function of the host: valid during the call that it is passed to, on the
                      thread of that call
   load: the library; build: of a network, with its first parameters; data: reading it; training:
   steps; use: evaluation and prediction, also between two epochs. */
#ifndef NNRUN_ABI_H
#define NNRUN_ABI_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#define NNRUN_ABI_MAJOR 1
#define NNRUN_ABI_MINOR 4
#define NNRUN_LANES 8
#define NNRUN_EXPORT __attribute__((visibility("default")))

enum { NNRUN_F32 = 0, NNRUN_F64 = 1, NNRUN_DTYPES = 2 };

/* ---- the library and its classes ---- */

/* What the host lends to an object; valid until the object is destroyed. */
typedef struct nnrun_host {
  uint32_t size;
  uint16_t abi_major, abi_minor;
  /* [several at once; any phase, within a call] Copies its arguments. `where` (a file:line, say)
     and `hint` may be NULL. */
  void (*error)(const char* what, const char* where, const char* hint);
  /* [several at once; any phase, within a call] level 0: for -v, 1: always shown */
  void (*log)(int level, const char* message);
} nnrun_host;

enum {
  NNRUN_BOOL = 1,
  NNRUN_INT,
  NNRUN_FLOAT,
  NNRUN_STRING,
  NNRUN_PATH, /* a string; relative paths start at the file that wrote them, ${NAME} is expanded */
  NNRUN_FLOATS, /* a list of numbers */
  NNRUN_STRINGS /* a list of strings */
};
typedef struct nnrun_value {
  uint32_t type;
  uint32_t count; /* lists: how many */
  union {
    double f;
    int64_t i; /* also bool */
    const char* s;
    const double* floats;
    const char* const* strings;
  } u;
} nnrun_value;

#define NNRUN_REQUIRED 1u    /* has no default: the config must give it */
#define NNRUN_ABOVE_MIN 2u   /* min itself is not allowed */
#define NNRUN_BELOW_MAX 4u   /* max itself is not allowed */
#define NNRUN_LOGARITHMIC 8u /* for sweeps and sliders */
/* Since 1.2, of data sets: settings that the host reads, too. Strings: the classes of the target,
   in order; if empty, those of the files. A trained network keeps its own when it is used on other
   files. */
#define NNRUN_CLASSES 16u
/* A string: what separates two fields of a file, or "tab"; also in the files that a trained network
   predicts. */
#define NNRUN_SEPARATOR 32u
/* Since 1.3. How a file of text is written, also one that a trained network predicts. Bool: its
   first row names the columns. */
#define NNRUN_HEADER 64u
/* Strings: the encoding; what stands before the fraction of a number. */
#define NNRUN_ENCODING 128u
#define NNRUN_DECIMAL 256u
/* Strings: the fields that mean that a value is missing. */
#define NNRUN_GAPS 512u
/* Numbers, of a cost: what each class counts, one for each output. The host takes the word
   `balanced` too, or a map of the classes' names, and gives the numbers. */
#define NNRUN_CLASS_WEIGHTS 1024u
/* The same, but two numbers: what targets of 0 count, and what targets of 1 do. */
#define NNRUN_LABEL_WEIGHTS 2048u
/* Numbers, of any class: a config may write a list of one number as that number. */
#define NNRUN_LONE_NUMBER 4096u
/* Since 1.4. Of a data set, as NNRUN_DECIMAL. Strings: what stands between thousands, or "none" or
   "space"; what a line starts with that is not one of data. A list of strings: what may stand
   before or behind a number, such as $. */
#define NNRUN_THOUSANDS 8192u
#define NNRUN_COMMENT 16384u
#define NNRUN_SYMBOLS 32768u
typedef struct nnrun_setting { /* one key that a config may give to the class */
  uint32_t size, type, flags;
  const char *name, *doc;
  nnrun_value initial; /* the default */
  double min, max;     /* numbers; +-infinity where open */
  const char* const* choices;
  uint32_t n_choices; /* strings only; 0: any */
} nnrun_setting;

typedef struct nnrun_class { /* one thing that a config can name */
  uint32_t size;
  const char* kind; /* "activation/1", "cost/1", …: kind and version of its function table */
  const char *name, *doc;
  const nnrun_setting* settings; /* stride: settings[0].size */
  uint32_t n_settings;
  /* [several at once; before the object's first phase] values: one per setting, in order; they live
     as long as the object. NULL: refused. */
  void* (*create)(const nnrun_host*, const nnrun_value* values, uint32_t n);
  void (*destroy)(void* self); /* [one at a time; last] */
  const void* functions;       /* nnrun_activation, nnrun_cost, … */
  /* Since 1.2, optional. [several at once; any phase] What the class offers beyond its kind: the
     table that `id` names ("nnrun.<what>/<version>", or a name of your own), or NULL for every id
     that it does not know. The same table for the same id, always; it outlives the library's last
     object. */
  const void* (*extension)(const char* id);
  /* Since 1.2; may be NULL. A second name, used if no class of its kind has it as its name. */
  const char* other_name;
} nnrun_class;

typedef struct nnrun_library {
  uint32_t size;
  uint16_t abi_major, abi_minor; /* of the header it was built with */
  const char *name, *version, *license, *compiler;
  uint32_t optimized; /* 0: built without optimisation, some 50 times slower */
  const nnrun_class* const* begin;
  const nnrun_class* const* end;
} nnrun_library;
/* [one at a time; load] The one exported symbol; the digit is the major, so that it can be read
   without loading. */
NNRUN_EXPORT const nnrun_library* nnrun_plugin_v1(void);

/* The range of outputs or targets, to warn of what cannot be learnt. Infinite where open; low =
   high: not known. */
typedef struct nnrun_range {
  double low, high;
} nnrun_range;

/* ---- activation/1: a = f(z) ---- */

#define NNRUN_ELEMENTWISE 1u  /* every number on its own: may be called on any run of numbers */
#define NNRUN_SUMS_TO_ONE 16u /* since 1.2: outputs of a row add up to 1; a single one is 1 */
/* Since 1.4. backward does not look at z, so that a may be written over z: both functions may be
   given one address as z and a, and backward one as da and dz. */
#define NNRUN_IN_PLACE 32u
typedef struct nnrun_activation_functions {
  /* [several at once; training, use] */
  int (*forward)(void*, const void* z, void* a, size_t rows, size_t cols);
  /* [several at once; training] dz = da * f'(z) */
  int (*backward)(void*, const void* z, const void* a, const void* da, void* dz, size_t rows,
                  size_t cols);
} nnrun_activation_functions;
struct nnrun_layer_call;
/* What an activation does together with the layer before it, for one row, where the layer's plan
   says `affine`: in small networks calls take most of the time. The results are those of the calls
   that these two stand for, to the last bit. Where the activation works in place, out.v and a may
   be one address, and so may out.d and da. */
typedef struct nnrun_affine_functions {
  /* [several at once; training, use] forward of both: in[0].v, w -> out.v, a */
  int (*forward)(void*, const struct nnrun_layer_call*, void* a);
  /* [several at once; training] The activation's backward, and the layer's backward_inputs, where
     in[0].d is not NULL, and backward_parameters: out.v, a, da -> out.d, in[0].d, dw */
  int (*backward)(void*, const struct nnrun_layer_call*, const void* a, const void* da);
} nnrun_affine_functions;
typedef struct nnrun_activation {
  uint32_t size, flags;
  nnrun_activation_functions by_dtype[NNRUN_DTYPES];
  nnrun_range outputs; /* since 1.2 */
  /* Since 1.3, or NULL. A word, such as "softmax". A cost that joins the same word is worked out
     from z where this activation is the last one: exact where a has rounded to 0 or 1. */
  const char* joins;
  /* Since 1.4; of an activation that is ELEMENTWISE. All four functions, or NULL. */
  nnrun_affine_functions affine[NNRUN_DTYPES];
} nnrun_activation;

/* ---- cost/1: one number per example, from outputs y and targets t ---- */

typedef struct nnrun_cost_functions {
  /* [several at once; training, use] t_stride: numbers from one row of targets to the next; 0: one
     target for all rows */
  int (*value)(void*, const void* y, const void* t, size_t t_stride, void* per_row, size_t rows,
               size_t cols);
  /* [several at once; training] dy = scale * d cost / d y, whole lanes, the tail zero; per_row as
     above */
  int (*slope)(void*, const void* y, const void* t, size_t t_stride, double scale, void* dy,
               void* per_row, size_t rows, size_t cols);
} nnrun_cost_functions;
#define NNRUN_SIGNS 32u /* since 1.2: targets are -1 and 1 */
typedef struct nnrun_cost {
  uint32_t size, flags;
  nnrun_cost_functions by_dtype[NNRUN_DTYPES];
  /* Since 1.2. */
  nnrun_range outputs, targets;   /* which it takes */
  const char* fitting_activation; /* the name of one with such outputs, or NULL */
  const char* joined_by; /* a bool setting that makes the cost apply that activation itself, or
                            NULL */
  /* Since 1.3, or NULL. After an activation that joins the same word the host switches `joined_by`
     on, and calls the cost with the numbers before that activation. */
  const char* joins;
} nnrun_cost;

/* ---- metric/1: one number from all outputs of a pass over the data ---- */

/* Since 1.3. What the numbers of a run mean: worked out once, from what the cost and the last
   activation declare and from the targets of the training part. The same for every part of the
   data, whatever it holds. */
enum {
  NNRUN_NUMBERS = 0, /* targets are any numbers */
  NNRUN_ONE_HOT,     /* a column for each class: the largest is the class */
  NNRUN_LABELS,      /* each column is a yes or no of its own; also a single one */
  NNRUN_ORDERED      /* as NNRUN_ONE_HOT; the classes go from the lowest to the highest */
};
enum {
  NNRUN_SCORES = 0,    /* outputs are any numbers */
  NNRUN_PROBABILITIES, /* from 0 to 1 */
  NNRUN_LOGITS         /* the cost turns them into probabilities */
};
typedef struct nnrun_meaning {
  uint32_t size;
  uint32_t targets, outputs;           /* one of each of the two lists above */
  size_t cols;                         /* of outputs, and of targets */
  double output_border, target_border; /* above it: yes */
} nnrun_meaning;

#define NNRUN_FRACTION 1u         /* between 0 and 1: people are shown percent */
#define NNRUN_HIGHER_IS_BETTER 2u /* otherwise lower */
typedef struct nnrun_metric {
  uint32_t size, flags;
  /* [several at once; use] */
  int (*value[NNRUN_DTYPES])(void*, const void* y, const void* t, size_t rows, size_t cols,
                             double* out);
  /* Since 1.1, optional. [several at once; use] A square table of counts: out[i * n + j] examples
     of class i that the outputs put into class j; n = cols, or 2 where there is one column. */
  int (*table[NNRUN_DTYPES])(void*, const void* y, const void* t, size_t rows, size_t cols,
                             double* out);
  /* Since 1.2. For one output: the targets for which it has a meaning, and what it asks ("on which
     side of a half an output lies"), or NULL. */
  nnrun_range targets;
  const char* question;
  const char* adjective; /* "accurate": messages say "more accurate"; NULL: "better" */
  /* Since 1.3, all optional. [one at a time; use, before every other function] Takes note of the
     meaning; may change the object, and refuse settings that do not fit. A class that has it gets
     no call of `table` where several columns are labels. */
  int (*prepare)(void*, const nnrun_meaning*);
  /* [several at once; use] A number for each class or label, n as for table; NaN: not defined. */
  int (*per_class[NNRUN_DTYPES])(void*, const void* y, const void* t, size_t rows, size_t cols,
                                 double* out);
  /* [several at once; use] What its name leaves open, such as "macro", to be shown beside it; lives
     as long as the object; may be empty. */
  int (*word)(void*, const char** out);
} nnrun_metric;

/* ---- layer/1 ---- */

#define NNRUN_MAX_RANK 4
#define NNRUN_MAX_BLOCKS 8
#define NNRUN_MAX_STATE_BLOCKS 4
typedef struct nnrun_shape { /* of one example, or of a block of parameters */
  uint32_t rank;
  size_t sizes[NNRUN_MAX_RANK];
} nnrun_shape;

typedef struct nnrun_tensor { /* rows x cols, each row contiguous */
  void* v;                    /* values */
  void* d;                    /* slopes, d cost / d value; NULL: not wanted */
  size_t cols;
  uint32_t accumulate; /* slopes of an input: 0 write, 1 add (another reader wrote already) */
} nnrun_tensor;

struct nnrun_plan;
struct nnrun_stream;
/* Filled once, when the graph is built; a step changes rows and the pointers into the data. */
typedef struct nnrun_layer_call {
  uint32_t size, n_in;
  size_t rows;
  const nnrun_tensor* in;
  nnrun_tensor out;
  void *w, *dw;         /* this layer's slice of the flat vectors of parameters and gradient */
  uint32_t accumulate;  /* dw: 0 write, 1 add */
  uint32_t tile, tiles; /* backward_parameters: which part of dw */
  /* Since 1.1. */
  uint32_t training; /* 0: outputs as a trained network gives them. Only forward is called, and all
                        slopes, dw, kept, kept_rows and noise are NULL; of a layer with
                        NNRUN_SLOPES_IN_USE backward_inputs may be called, too, with slopes. */
  void* state;       /* this layer's slice of the state, in training or not; NULL where the plan has
                        none; only observe may write it */
  /* NULL where training is 0 (in validation, tests, predictions), or the plan asks for none: */
  void* kept;        /* plan.kept numbers that forward leaves for backward and observe */
  void* kept_rows;   /* rows x plan.kept_per_row numbers, likewise; see plan.kept_slopes */
  const void* noise; /* rows x plan.noise_per_row numbers in [0, 1), the same in every evaluation
                        of a step */
  const struct nnrun_plan* plan; /* what the layer planned: the shapes behind the columns */
  /* Since 1.2. plan.scratch numbers for this call alone, uninitialized before it; in training or
     not. NULL where the plan asks for none. */
  void* scratch;
} nnrun_layer_call;

enum { NNRUN_WEIGHTS = 1, NNRUN_BIAS, NNRUN_OTHER };
typedef struct nnrun_block { /* a named part of a layer's parameters, as files hold it */
  const char* name;
  uint32_t role;                          /* weights: `init`; bias: `bias_init`; other: `initial` */
  nnrun_shape shape;                      /* dense weights: units x inputs */
  size_t strides[NNRUN_MAX_RANK], offset; /* where element (i, j, …) is, in numbers */
  size_t fan_in, fan_out;                 /* for initializers */
  double initial;
} nnrun_block;
typedef struct nnrun_plan { /* given: size, n_in, in; the layer fills the rest, zeroed before */
  uint32_t size, n_in;
  const nnrun_shape* in;
  nnrun_shape out;
  size_t n_parameters; /* with padding: whole lanes, as each block's offset */
  uint32_t n_blocks;
  nnrun_block blocks[NNRUN_MAX_BLOCKS];
  size_t groups; /* see perturb; 0: cannot */
  /* Since 1.1. State: numbers that are learned without a gradient (averages of batch_norm), saved
     with the model. */
  size_t n_state; /* with padding */
  uint32_t n_state_blocks;
  nnrun_block state_blocks[NNRUN_MAX_STATE_BLOCKS]; /* role and fans do not matter */
  size_t kept, kept_per_row, noise_per_row;         /* see nnrun_layer_call */
  /* Since 1.2. */
  size_t scratch;      /* see nnrun_layer_call; the same for any number of rows */
  size_t work_per_row; /* multiplications of forward for one row, to decide how work is shared
                          between threads; 0: as many as n_parameters */
  /* Since 1.3. 1: no bit of outputs, slopes and sums depends on how a batch is cut, into blocks of
     two rows or more and into tiles. Where all layers of a network say so, the host cuts as suits
     the number of threads and the caches. 0: it cuts by sizes alone, the same for any number of
     threads. */
  uint32_t free_cuts;
  /* Since 1.4. 1: backward_inputs leaves slopes in kept_rows that backward_parameters works from.
     It is called once after forward, even where no input wants slopes. */
  uint32_t kept_slopes;
  /* Since 1.4. Not 0: inputs are whole numbers from 0 to indices - 1, which the host checks before
     it trains. They have no slopes: backward_inputs writes none. */
  size_t indices;
  /* Since 1.4. 1: no function but forward, perturb and spread reads out.v, so that the host may let
     an activation write over it. */
  uint32_t forgets_outputs;
  /* Since 1.4. Not 0: of one input, one row is out.v = x W + b, by the kernels of
     <nnrun/affine.hpp>, to the last bit. W is inputs x units numbers from w on, each row of them
     padded to whole lanes (one unit: side by side), b behind it. The host may let an activation do
     all of it: nnrun_affine_functions. */
  uint32_t affine;
} nnrun_plan;
/* nnrun_plan.affine */
#define NNRUN_AFFINE 1u
#define NNRUN_AFFINE_WITH_BIAS 2u

typedef struct nnrun_layer_functions {
  /* [several at once, each with rows of its own; training, use] */
  int (*forward)(void*, const nnrun_layer_call*);
  /* [several at once, each with rows of its own; training] out.d, w -> in[k].d, row by row */
  int (*backward_inputs)(void*, const nnrun_layer_call*);
  /* [several at once, a tile each; training] out.d, in[k].v -> dw, whole sums over the rows; NULL
     where there are no parameters */
  int (*backward_parameters)(void*, const nnrun_layer_call*);
  /* Optional, for finite differences. [one at a time; training] One row; out.v is its output.
     Writes groups x stride numbers in the layout of the parameters: (g, c) is output column c with
     parameter (g, c) + h, the one column that this parameter moves. Padding gives the unchanged
     output. */
  int (*perturb)(void*, const nnrun_layer_call*, double h, void* out);
  /* Optional. [one at a time; training] (g, c) of v means: the row in[0].v with column c replaced
     by v[g, c]. Writes the groups x stride rows of output. */
  int (*spread)(void*, const nnrun_layer_call*, const void* v, size_t groups, size_t stride,
                void* rows);
} nnrun_layer_functions;
/* In training, an output row depends on other rows: no cut batches. */
#define NNRUN_COUPLES_ROWS 2u
/* Since 1.2. Its outputs are units of its own, unbounded sums: it takes the default activation of a
   config. */
#define NNRUN_UNITS 16u
/* Since 1.3. A layer with state: backward_inputs works where training is 0, too. Then layers before
   it can learn while it is frozen. */
#define NNRUN_SLOPES_IN_USE 32u
typedef struct nnrun_layer {
  uint32_t size, flags;
  int (*plan)(void*, nnrun_plan*); /* [one at a time; build] */
  nnrun_layer_functions by_dtype[NNRUN_DTYPES];
  /* Since 1.1, optional. [one at a time; training] Once per step, after the update: new state from
     what forward kept. */
  int (*observe[NNRUN_DTYPES])(void*, const nnrun_layer_call*);
  /* Since 1.4, optional. [one at a time; build] Once, after the initializers: may change the first
     parameters, of blocks with role NNRUN_OTHER above all. Padding stays 0. */
  int (*begin[NNRUN_DTYPES])(void*, const nnrun_plan*, const struct nnrun_stream*, void* w);
} nnrun_layer;

/* ---- since 1.4: extension "nnrun.formula/1" of activations and layers ---- */

#define NNRUN_FORMULA "nnrun.formula/1"
/* Where a formula is written down, line by line: the lines of its inputs come first. Both functions
   return a negative number if the formula is too long, or branches too often, and the trace must
   end. [lent] */
typedef struct nnrun_tape {
  uint32_t size;
  void* host;
  /* Returns the number of the line `op`, with the earlier lines a and b, or -1 where it takes none:
     const (a number), add sub mul div, lt le eq (1 or 0), max min, neg exp expm1 log log1p tanh
     sigmoid softplus sqrt sin cos erf erfc abs sign, and, of the numbers of a whole row, row_max
     row_sum row_mean. */
  int (*add)(void* host, const char* op, double constant, int a, int b);
  /* Returns 1 or 0: which way a branch goes that depends on the line `condition`. */
  int (*decide)(void* host, int condition);
} nnrun_tape;
typedef struct nnrun_formula {
  uint32_t size;
  /* Of a layer that is not a formula of each column: a name that exporters know ("dense"), or
     "moves" if every output is a copy of one input, or 0. NULL: trace says it. */
  const char* operation;
  /* [several at once; any phase] Called once for each way through the branches. plan: of a layer;
     NULL for other kinds. inputs: n lines; of a layer, one for each of its inputs, then one for
     each block of parameters, then of state; of an activation one. result: the line of the
     output. */
  int (*trace)(void* self, const nnrun_plan* plan, const nnrun_tape*, const int* inputs, uint32_t n,
               int* result);
} nnrun_formula;

/* ---- optimizer/1: one call for the flat vector of parameters, or for any part of it ---- */

typedef struct nnrun_update {
  uint32_t size, n_slots;
  void* w;
  const void* g;
  void* const* slots; /* owned by the host, zero before the first step */
  size_t n;           /* a multiple of NNRUN_LANES */
  uint64_t step;      /* from 1 */
  double rate;        /* the learning rate of this step */
} nnrun_update;
#define NNRUN_WHOLE_VECTOR 4u /* a part's update depends on the rest: never split */
typedef struct nnrun_optimizer {
  uint32_t size, flags, n_slots;
  const char* const* slot_names;
  double learning_rate; /* where the config gives none */
  /* [several at once, a part each; training] */
  int (*update[NNRUN_DTYPES])(void*, const nnrun_update*);
} nnrun_optimizer;

/* ---- schedule/1: how the learning rate changes ---- */

typedef struct nnrun_moment { /* when a factor is wanted */
  uint32_t size;
  uint32_t higher_is_better; /* which way `history` improves */
  uint64_t step, steps;      /* updates made so far, of the run as planned */
  uint64_t steps_per_epoch;
  const double* history; /* the monitored value after each finished epoch */
  size_t n_history;
} nnrun_moment;
typedef struct nnrun_schedule {
  uint32_t size, flags;
  /* [one at a time; training] The factor of the learning rate: a function of the moment alone. */
  int (*factor)(void*, const nnrun_moment*, double* out);
} nnrun_schedule;

/* ---- regularizer/1: penalties on the parameters themselves ---- */

typedef struct nnrun_regularizer_functions {
  /* [several at once, a part each; training] g += d penalty / d w, before the update; state: one
     number per parameter, owned by the host, zero before the first step */
  int (*add)(void*, const void* w, void* g, void* state, size_t n);
  /* Optional. [several at once, a part each; training] After the update by the optimizer, with the
     learning rate of this step. */
  int (*after)(void*, void* w, void* state, double rate, size_t n);
  /* [several at once; by checks, which compare add with it] */
  int (*penalty)(void*, const void* w, size_t n, double* out);
} nnrun_regularizer_functions;
typedef struct nnrun_regularizer {
  uint32_t size, flags;
  nnrun_regularizer_functions by_dtype[NNRUN_DTYPES];
} nnrun_regularizer;

/* ---- random numbers that are lent to a class ---- */

typedef struct nnrun_stream { /* the next numbers of one named stream */
  uint32_t size;
  void* host;
  int (*uniform)(void* host, double* out, size_t n); /* [lent] in [0, 1) */
} nnrun_stream;

/* ---- gradient/1: sees an objective and nothing else ---- */

typedef struct nnrun_objective { /* the mean cost of one batch, at the present parameters */
  uint32_t size, dtype;
  void* host;
  size_t n;                              /* of parameters, with padding */
  int (*cost)(void* host, double* cost); /* [lent] */
  /* [lent] costs[i] = cost with parameter i + h; padding gives exactly *here, the cost without */
  int (*costs)(void* host, double h, void* costs, double* here);
  int (*backpropagate)(void* host, void* gradient, double* cost); /* [lent] */
  /* Since 1.1. [lent] The cost at the present parameters + h * direction, which has n numbers;
     those of padding do not count, and a gradient that calls it may write anything there. */
  int (*cost_along)(void* host, const void* direction, double h, double* cost);
  const nnrun_stream* stream; /* random numbers of this step, for gradients that draw directions */
} nnrun_objective;
/* Since 1.3. compute calls backpropagate, once, with its own gradient and cost, and does nothing
   else: the host may do so itself. */
#define NNRUN_BACKPROPAGATES 64u
typedef struct nnrun_gradient {
  uint32_t size, flags;
  /* [one at a time; training] Writes n numbers of gradient and the cost; padding must get exactly
     0. */
  int (*compute)(void*, const nnrun_objective*, void* gradient, double* cost);
} nnrun_gradient;

/* ---- random/1 and initializer/1 ---- */

#define NNRUN_SEQUENTIAL 8u /* one sequence for all streams: the order of the calls matters */
typedef struct nnrun_random {
  uint32_t size, flags;
  /* [one at a time; once, before the rest] May change the object. */
  int (*seed)(void*, uint64_t seed);
  /* [one at a time; build, data, training] numbers from, from + 1, … of stream (name, index), in
     [0, 1) */
  int (*uniform)(void*, const char* name, uint64_t index, uint64_t from, double* out, size_t n);
} nnrun_random;

typedef struct nnrun_initializer {
  uint32_t size, flags;
  /* [one at a time; build] w: the block in its file order (weights: units x inputs), contiguous */
  int (*fill)(void*, const nnrun_stream*, const nnrun_shape*, size_t fan_in, size_t fan_out,
              double* w);
} nnrun_initializer;

/* ---- dataset/1 ---- */

enum { NNRUN_TRAIN = 0, NNRUN_VALIDATION, NNRUN_TEST, NNRUN_PARTS };
/* Since 1.3. A column of a table, and how its fields become numbers. */
enum {
  NNRUN_COLUMN_AS_FOUND = 0, /* numbers, or texts if it has texts */
  NNRUN_COLUMN_NUMBER,
  NNRUN_COLUMN_CATEGORY, /* texts: a field is the index of its text */
  NNRUN_COLUMN_UNUSED
};
#define NNRUN_TARGET 1u       /* a target, not an input */
#define NNRUN_KEEP_GAPS 2u    /* a missing value is NaN; otherwise it is refused */
#define NNRUN_DROP_GAPS 4u    /* an example whose value is missing here is left out */
#define NNRUN_KEEP_UNKNOWN 8u /* a text that is not in `texts` is n_texts; otherwise refused */
/* What an example counts: given as one of the inputs, out of which the host takes it; never a
   target that nobody named. A number below 0 is refused. */
#define NNRUN_WEIGHT 16u
/* Since 1.4. To which of several series a row belongs, as a text; beside what else is said of the
   column, and no input unless something is. The examples of a part then come series by series, each
   in the order of the file. */
#define NNRUN_SERIES 32u
/* Since 1.4. On the first column that is known: rows that cannot be read are left out, and `note`
   tells of them. */
#define NNRUN_SKIP_ROWS 64u
/* Since 1.4. Told by the data set: equal texts lie together in this column, as those of several
   series do that stand below each other. */
#define NNRUN_IN_BLOCKS 128u
typedef struct nnrun_column {
  uint32_t size, flags;
  const char* name;
  uint32_t kind, n_texts;
  const char* const* texts; /* of a category; empty: those of the file, sorted */
  /* Since 1.4. Fields that mean a missing value in this column, beside those that do in all. */
  const char* const* gaps;
  uint32_t n_gaps;
  /* Since 1.4. Given: the character before the fraction of its numbers, point or comma, of which
     the other may stand between thousands; 0: they are written as all others. */
  uint32_t decimal;
  /* Since 1.4. What stood beside the numbers of training, such as "cm"; "" where nothing did. Told
     by the data set, and given of a trained network; none: nobody knows. */
  uint32_t n_units;
  const char* const* units;
} nnrun_column;
/* Since 1.4. What may be wrong with the data, for people; where and hint may be NULL. */
typedef struct nnrun_doubt {
  uint32_t size;
  const char* what;
  const char* where; /* such as `data.csv:12` */
  const char* hint;  /* what to do about it */
} nnrun_doubt;
typedef struct nnrun_data { /* given: size; open fills the rest, zeroed before; texts live as long
                               as the object */
  uint32_t size;
  nnrun_shape input, target;
  size_t examples[NNRUN_PARTS];
  const char* const* input_names; /* one per input number, or NULL */
  const char* const* target_names;
  const char* const* classes; /* of a categorical target, one per target number, or NULL */
  /* Since 1.3. */
  const nnrun_column* known; /* given: what the config says of some columns, by name, or the columns
                                of a trained network. Stride: known[0].size */
  uint32_t n_known;
  uint32_t trained; /* given. Not 0: known are all columns that are wanted, inputs in their order,
                       then targets, unless there are none. 2: and no file is cut into parts */
  const nnrun_column* columns; /* one per input number, as they are read; NULL: all are numbers.
                                  Stride as above */
  const char* target_name;     /* of a categorical target; may be NULL, as the following */
  const char* target_reason;   /* why it is categorical: "'red' in data.csv:2 is not a number" */
  const char* as_classes; /* of a target of few whole numbers, what makes it categorical: "classes:
                             [1, 2]" */
  const char* note;       /* what people should know of how it was read */
  double divide_by;       /* what the network divides its inputs by; 0: nothing */
  /* Since 1.4. */
  const char* too_large; /* what to do if the examples do not fit into memory: "unpack it by gunzip" */
  uint32_t reads_again;  /* not 0: read takes any examples, in any order, again and again, and gives
                            the same numbers each time: they need not stay in memory */
  /* Of each part, how many rows each series has, if a column says to which a row
     belongs; otherwise NULL. */
  const size_t* series[NNRUN_PARTS];
  size_t n_series[NNRUN_PARTS];
  uint32_t in_time;  /* given. Not 0: rows follow each other in time, within a series */
  uint32_t n_doubts; /* of which people are warned. Stride: doubts[0].size */
  const nnrun_doubt* doubts;
  const nnrun_column* target_columns; /* one per target number, or NULL. Stride as of columns */
  size_t left_out[NNRUN_PARTS]; /* rows that are no examples, since a value is missing */
  const char* why_left_out;     /* in words, with where and how many; NULL if there are none */
  size_t overlap; /* how many examples behind one share numbers with it: the host cuts parts in order,
                     and leaves as many out between two */
} nnrun_data;
/* Since 1.3. Any file may be left out, a required one too: its path is empty, its part without
   examples. So a trained network is evaluated on a file where those of its training are not. */
#define NNRUN_FILES_APART 1u
/* Since 1.3. It follows the kinds and flags of `known`. */
#define NNRUN_TABLE 2u
typedef struct nnrun_dataset {
  uint32_t size, flags;
  /* [one at a time; data, once, before read] Reads what is needed to know the sizes; may change the
     object. */
  int (*open)(void*, nnrun_data*);
  /* [one at a time; data] Examples from … from + n - 1 of a part, in order, each once unless the data
     set reads_again; x: n inputs, t: n targets, contiguous. The stream belongs to the part. */
  int (*read)(void*, const nnrun_stream*, uint32_t part, size_t from, size_t n, double* x,
              double* t);
  /* Since 1.4, optional. [one at a time; data, after the last read] Where an example stands, such as
     `data.csv:12`, for a message; lives until the next call. May be empty. */
  int (*place)(void*, uint32_t part, size_t example, const char** out);
} nnrun_dataset;
/* Since 1.4. The extension "nnrun.example_file/1" of a data set whose examples are files of their
   own, for predictions. */
typedef struct nnrun_example_file {
  uint32_t size;
  /* [one at a time; use, without open] Writes the inputs of the example in a file, as many as the
     shape has. */
  int (*read)(void*, const char* file, const nnrun_shape*, double* x);
} nnrun_example_file;
/* Since 1.4. The extension "nnrun.example_text/1" of a data set whose inputs are the characters of a
   text, each answered by scores of the one that may follow, for predictions. */
typedef struct nnrun_example_text {
  uint32_t size;
  /* [one at a time; use, without open] Writes the inputs of a text: of its last characters, as many
     as the shape has, or of all, and zeros behind them. used: of how many, at least one. */
  int (*read)(void*, const char* text, const nnrun_shape*, double* x, size_t* used);
  /* The same. What each score is of, in order, in UTF-8; lives as long as the object. */
  int (*characters)(void*, const char* const** out, size_t* n);
} nnrun_example_text;

/* Since 1.4. The extension "nnrun.float_inputs/1" of a data set that may read its inputs as float: what
   a file holds in bytes goes through memory at half the size. */
typedef struct nnrun_float_inputs {
  uint32_t size;
  /* [one at a time; data, after open] Writes 1 if all inputs are floats as they are, none of them
     rounded, 2 if all are whole numbers from -2^24 to 2^24, which are faster to divide, else 0: then
     they are not read so. A run of that type asks. */
  int (*are_exact)(void*, uint32_t* out);
  /* As read of the data set, and the same numbers. */
  int (*read)(void*, const nnrun_stream*, uint32_t part, size_t from, size_t n, float* x, double* t);
} nnrun_float_inputs;

/* ---- augmentation/1: inputs of training examples, changed by chance. Since 1.4 ---- */

typedef struct nnrun_augmentation_call { /* some examples of a step */
  uint32_t size;
  size_t rows, cols;        /* cols: numbers of an example */
  const nnrun_shape* shape; /* of an example */
  const void* in;           /* as the network would see them: prepared */
  void* out;                /* not `in`; every number of the rows is written, and no other */
  /* rows x n_random numbers in [0, 1), which depend on the seed, the epoch and the place of the
     example in it alone */
  const double* random;
  size_t n_random;
} nnrun_augmentation_call;
/* It is of images: examples of a series are refused. */
#define NNRUN_OF_IMAGES 1u
typedef struct nnrun_augmentation {
  uint32_t size, flags;
  /* [several at once; build] Writes how many random numbers an example of this shape takes, or
     refuses the shape. */
  int (*plan)(void*, const nnrun_shape* shape, size_t* n_random);
  /* [several at once, each with rows of its own; training] A function of in and random alone. */
  int (*change[NNRUN_DTYPES])(void*, const nnrun_augmentation_call*);
} nnrun_augmentation;

/* ---- exchange/1: bytes between the processes of one training. Since 1.4 ---- */

/* join and leave are called on one thread, move on any, but one call at a time. The host decides what
   is sent and adds it up: an exchange only moves bytes. */
typedef struct nnrun_group { /* given: size; join fills the rest */
  uint32_t size;
  uint32_t rank, count; /* of this process, from 0; how many there are */
  const char* host;     /* where this process runs, for people; lives as long as the object */
} nnrun_group;
typedef struct nnrun_exchange {
  uint32_t size, flags;
  /* [one at a time; once, before the rest] Joins the other processes. May start them as copies of
     this one: then it returns in each of them. */
  int (*join)(void*, nnrun_group*);
  /* [one at a time; training] Sends bytes to a process, and meanwhile receives bytes of one, which
     sends as many; 0 bytes: neither sends nor receives. Both may be this process. What one
     process sends to another arrives in order. Returns when `out` may change and `in` is whole.
     Fails if it finds out that one of the two has ended. */
  int (*move)(void*, uint32_t to, const void* out, size_t n_out, uint32_t from, void* in,
              size_t n_in);
  /* [one at a time; last] Parts from the others once all are done, and waits for them. A process
     that fails ends without it. */
  int (*leave)(void*);
} nnrun_exchange;
#ifdef __cplusplus
}
#endif
#endif
