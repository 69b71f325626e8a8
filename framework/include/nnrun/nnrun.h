/* libnnrun: trained networks in a program of one's own, and training. C99; <nnrun/run.hpp> is C++20
   over it.

     nnrun_model* model = NULL;
     nnrun_error* error = NULL;
     nnrun_context* context = NULL;
     double x[4] = {5.1, 3.5, 1.4, 0.2}, y[3];
     if (nnrun_context_new(NULL, &context, &error) != NNRUN_OK ||
         nnrun_model_open(context, "runs/iris/0001", &model, &error) != NNRUN_OK)
       puts(nnrun_error_text(error));
     else if (nnrun_predict(model, x, y) == NNRUN_OK)
       printf("%g %g %g\n", y[0], y[1], y[2]);

   [any] may be called from several threads at once, [one] by one thread at a time for the same
   object. Nothing here prints, installs a handler of signals, forks, exits or changes the locale.
   A struct begins with its size, which the caller sets (where the library fills it, too) and which
   only grows; functions are only added within a major. Zeros in a struct are defaults. Texts are
   UTF-8.

   Numbers have the bits of the program however the calling thread rounds, flushes small numbers or
   traps: its mode is put aside in a call, callbacks included, and set again. A thread needs 64 KB
   of stack to predict; callers of the rest have as much as programs begin with. After a fork, the
   child may go on with models and sessions if no other thread was within a call here. Reading a
   config asks for the environment variables that it names, so no other thread may change the
   environment then. */
#ifndef NNRUN_NNRUN_H
#define NNRUN_NNRUN_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#define NNRUN_API __attribute__((visibility("default")))

#define NNRUN_API_MAJOR 1
#define NNRUN_API_MINOR 1
/* [any] Returns major * 1000 + minor of the library that was found; its release, such as "0.1.0".
 */
NNRUN_API int nnrun_api_version(void);
NNRUN_API const char* nnrun_version(void);

/* ---- errors: values. A function that can fail returns NNRUN_OK or a cause, and fills *error where
   error is given. Causes are never renumbered; 1 to 5 are the exit statuses of the program. ---- */
enum nnrun_cause {
  NNRUN_OK = 0,
  NNRUN_FAILED = 1, /* a file, or a training that diverged */
  NNRUN_USAGE = 2,  /* the call itself: NULL, wrong counts, not a run */
  NNRUN_CONFIG = 3,
  NNRUN_PLUGIN = 4,
  NNRUN_DATA = 5, /* an input, or the data of a training */
  NNRUN_NO_MEMORY = 6,
  NNRUN_STOPPED = 7 /* a callback stopped the training; there is a model all the same */
};
typedef struct nnrun_error nnrun_error; /* one or several problems */
/* One problem. Texts live as long as the error, and are "" where there is nothing to say.
   where: file:line:column, a library, a layer; hint: what to do. */
typedef struct nnrun_problem {
  uint32_t size;
  const char *what, *where, *hint;
} nnrun_problem;
NNRUN_API void nnrun_error_free(nnrun_error* error);          /* NULL is fine, as in every _free */
NNRUN_API size_t nnrun_error_count(const nnrun_error* error); /* at least 1; of NULL: 0 */
/* Fills *out with problem i, from 0. Returns NNRUN_USAGE if there is none. */
NNRUN_API int nnrun_error_problem(const nnrun_error* error, size_t i, nnrun_problem* out);
/* Returns all of it, as the program prints it; of NULL: "". */
NNRUN_API const char* nnrun_error_text(const nnrun_error* error);

/* ---- a context: the plugins that there are ---- */
typedef struct nnrun_context nnrun_context;
struct nnrun_library; /* of <nnrun/abi.h> */
typedef struct nnrun_options {
  uint32_t size, flags;
  /* Files or folders with colons between; NULL: NNRUN_PLUGIN_PATH. The sets that came with nnrun
     are found beside the library, too. */
  const char* plugin_path;
  const struct nnrun_library* const* built_in; /* linked into the program; NULL-terminated */
  /* Takes what plugins say, and warnings of their loading; from the thread that they run in.
     level: 0 for the curious, 1 otherwise. NULL: dropped. */
  void (*log)(void* user, int level, const char* text);
  void* user;
} nnrun_options;
#define NNRUN_BUILT_IN_ONLY 1u    /* no library is loaded from a file */
#define NNRUN_NO_NAMED_PLUGINS 2u /* none that a config names, as with --no-plugins */
NNRUN_API int nnrun_context_new(const nnrun_options* or_null, nnrun_context** out,
                                nnrun_error** error);
/* What was made in it stays usable. */
NNRUN_API void nnrun_context_free(nnrun_context* context);

/* ---- a model: it never changes, so all threads share it ---- */
typedef struct nnrun_model nnrun_model;
/* [any] Opens the folder of a run, or a model.safetensors. The config of a run may name libraries,
   which are loaded; a model alone opens no other file. */
NNRUN_API int nnrun_model_open(nnrun_context* context, const char* file_or_run, nnrun_model** out,
                               nnrun_error** error);
/* [any] The same of the bytes of a model.safetensors, which are not needed afterwards. */
NNRUN_API int nnrun_model_read(nnrun_context* context, const void* bytes, size_t n,
                               nnrun_model** out, nnrun_error** error);
NNRUN_API void nnrun_model_free(nnrun_model* model); /* after its sessions */
typedef struct nnrun_info {                          /* lives as long as the model */
  uint32_t size, is_float32;
  size_t inputs, outputs; /* numbers of one example, as the data have them, and of its answer */
  size_t input_rank, output_rank;
  const size_t *input_shape, *output_shape;
  const char* const* input_names; /* of columns: NULL where the data had no names */
  size_t input_name_count;
  const char* const* output_names; /* NULL likewise */
  const char* const* classes;      /* NULL: it does not tell classes apart */
  size_t class_count;
  size_t parameters;
  const char* name;  /* of the run */
  const char* notes; /* what changed since it was trained, such as a rebuilt plugin; a line each */
} nnrun_info;
/* [any] Fills as much as out->size has room for. */
NNRUN_API void nnrun_model_info(const nnrun_model* model, nnrun_info* out);
/* [any] Writes a model.safetensors, which may exist. */
NNRUN_API int nnrun_model_save(const nnrun_model* model, const char* file, nnrun_error** error);
/* [any] Returns the result of its training, as `nnrun train --json` prints it; "" if the model was
   opened. Lives as long as the model. */
NNRUN_API const char* nnrun_model_result(const nnrun_model* model);

/* ---- predictions. They give the bits of `nnrun predict`. An input that is missing is NAN, or a
   number among the `gaps` of the run, such as -999, where the model fills it in; NNRUN_DATA where
   an input cannot be. Nothing is allocated and no lock is taken: a call borrows a workspace of the
   model by one atomic exchange, and makes one where fewer exist than threads call
   (NNRUN_WORKSPACES at most: then a call waits for one). ---- */
#define NNRUN_WORKSPACES 64
/* [any] One example: info.inputs numbers in, info.outputs numbers out. */
NNRUN_API int nnrun_predict(const nnrun_model* model, const double* input, double* output);
NNRUN_API int nnrun_predict_f32(const nnrun_model* model, const float* input, float* output);
/* [any] Rows, one after the other, each answered as it is alone. */
NNRUN_API int nnrun_predict_rows(const nnrun_model* model, const double* inputs, size_t rows,
                                 double* outputs);
NNRUN_API int nnrun_predict_rows_f32(const nnrun_model* model, const float* inputs, size_t rows,
                                     float* outputs);
/* [any] Why a prediction of this thread failed last, also when others have succeeded since; ""
   before. Valid until its next call. */
NNRUN_API const char* nnrun_last_reason(void);
/* [any] Sets that, for what a language's own functions refuse before they call: as run.hpp does
   with sizes that do not fit. */
NNRUN_API void nnrun_set_last_reason(const char* reason);
/* [any] Returns the class that an answer means: its index; info.class_count, whose name is "", if a
   number of the answer is NaN. 0 if there are no classes. */
NNRUN_API size_t nnrun_class_of(const nnrun_model* model, const double* output);
/* [any] Turns a row of text, such as "5.1,Bern,?", into info.inputs numbers, as `nnrun predict`
   does with an example: a text becomes its place among those of the model. NNRUN_USAGE if there are
   more or fewer values, NNRUN_DATA if one cannot be. */
NNRUN_API int nnrun_model_parse(const nnrun_model* model, const char* row, double* input,
                                nnrun_error** error);
/* [one] A workspace of one's own. Rows of one call run together, as in training, which is many
   times faster: their last digits may differ from those of rows that are alone. most_rows: how many
   run together; of a call with more, as many at a time. */
typedef struct nnrun_session nnrun_session;
NNRUN_API int nnrun_session_new(const nnrun_model* model, size_t most_rows, nnrun_session** out,
                                nnrun_error** error);
NNRUN_API void nnrun_session_free(nnrun_session* session); /* before its model */
NNRUN_API int nnrun_session_predict(nnrun_session* session, const double* inputs, size_t rows,
                                    double* outputs);
NNRUN_API int nnrun_session_predict_f32(nnrun_session* session, const float* inputs, size_t rows,
                                        float* outputs);

/* ---- training ---- */
typedef struct nnrun_progress { /* within an epoch */
  uint32_t size;
  size_t epoch, epochs;  /* from 1 */
  size_t done, examples; /* of this epoch */
  double seconds, cost;  /* of this epoch */
} nnrun_progress;
typedef struct nnrun_epoch { /* after an epoch; its pointers live as long as the call */
  uint32_t size;
  size_t epoch, epochs;
  uint64_t steps, examples; /* since the start */
  double seconds;
  size_t n_scores; /* cost, then the metrics of the config */
  const char* const* score_names;
  const double *train, *validation, *test; /* NULL where the part has no examples */
} nnrun_epoch;
typedef struct nnrun_training {
  uint32_t size, flags;
  const char* const* overrides; /* "train.epochs=5", as --set has them; NULL-terminated, or NULL */
  const char* record;           /* folder to record the run in, which must not exist; NULL: none */
  unsigned threads;             /* 0: as many as the batch can use and the machine has */
  /* Called from the thread that trains, between steps (every 20 ms, or more often) and after each
     epoch. Not 0 stops the training. May be NULL. */
  int (*on_progress)(void* user, const nnrun_progress* progress);
  int (*on_epoch)(void* user, const nnrun_epoch* epoch);
  void* user;
} nnrun_training;
#define NNRUN_CONFIG_IS_TEXT 1u /* config is YAML, not the name of a file */
/* [any] Trains a config to its end or to a stop, in the calling thread. Returns NNRUN_STOPPED for a
   stop; there is a model then, too. */
NNRUN_API int nnrun_train(nnrun_context* context, const char* config, const nnrun_training* or_null,
                          nnrun_model** out, nnrun_error** error);

/* ---- since 1.1: what a model is worth, and files of it for programs without nnrun ---- */
typedef struct nnrun_evaluation {
  uint32_t size, flags;
  /* "data.path=more.csv": other data, or how they are read, as `nnrun eval --set` has it;
     NULL-terminated, or NULL: the data of the run. A model alone has none. */
  const char* const* overrides;
} nnrun_evaluation;
#define NNRUN_LEAVE_OUT_BAD_ROWS 1u /* of a table, else they are errors */
typedef struct nnrun_scores nnrun_scores;
typedef struct nnrun_score_info { /* lives as long as the scores */
  uint32_t size;
  size_t examples;
  const char* part; /* "test", or "validation" or "train" where that is all */
  size_t n_scores;  /* cost, then the metrics of the config */
  const char* const* names;
  const double* values;
  const char* notes; /* on the data, and what changed since the run; a line each */
  const char* json;  /* all of it, as `nnrun eval --json` prints it */
} nnrun_score_info;
/* [any] Measures a run, or a model on other data, as `nnrun eval` does. */
NNRUN_API int nnrun_eval(nnrun_context* context, const char* file_or_run,
                         const nnrun_evaluation* or_null, nnrun_scores** out, nnrun_error** error);
NNRUN_API void nnrun_scores_free(nnrun_scores* scores);
/* [any] Fills as much as out->size has room for. */
NNRUN_API void nnrun_scores_info(const nnrun_scores* scores, nnrun_score_info* out);

typedef struct nnrun_export {
  uint32_t size, flags;
  const char* prefix; /* of the names in C; NULL: net */
} nnrun_export;
#define NNRUN_EXPORT_FLOAT 1u  /* C: arguments are float, of a network of float32 */
#define NNRUN_EXPORT_INLINE 2u /* C: static inline, to be included */
/* [any] Writes the model as C99, for NumPy or as ONNX, as `nnrun export` does: the name of the file
   ends in .c or .h, .py, .onnx. It may exist. */
NNRUN_API int nnrun_model_export(const nnrun_model* model, const char* file,
                                 const nnrun_export* or_null, nnrun_error** error);
#ifdef __cplusplus
}
#endif
#endif
