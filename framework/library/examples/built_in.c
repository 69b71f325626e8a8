/* Trains with the plugins that are linked into it, and answers: built_in CONFIG 0.5,0.01 */
#include <nnrun/nnrun.h>
#include <stdio.h>
#include <stdlib.h>

extern const struct nnrun_library* nnrun_plugin_v1(void); /* lists all that are built in */

int main(int argc, char** argv) {
  const struct nnrun_library* sets[] = {nnrun_plugin_v1(), NULL};
  nnrun_options options = {.size = sizeof options, .flags = NNRUN_BUILT_IN_ONLY, .built_in = sets};
  nnrun_info info = {.size = sizeof info};
  nnrun_context* context = NULL;
  nnrun_model* model = NULL;
  nnrun_error* error = NULL;
  int cause = argc == 3 ? nnrun_context_new(&options, &context, &error) : NNRUN_USAGE;
  if (!cause) cause = nnrun_train(context, argv[1], NULL, &model, &error);
  nnrun_model_info(model, &info);
  double* input = calloc(info.inputs + 1, sizeof *input);
  double* output = calloc(info.outputs + 1, sizeof *output);
  if (!cause && input) cause = nnrun_model_parse(model, argv[2], input, &error);
  fputs(nnrun_error_text(error), stderr);
  if (!cause && input && output && nnrun_predict(model, input, output) == NNRUN_OK)
    for (size_t i = 0; i < info.outputs; ++i) printf("%.17g\n", output[i]);
  return cause;
}
