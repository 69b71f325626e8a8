/* Trains until the cost is low enough, and saves the model: train CONFIG MODEL */
#include <nnrun/nnrun.h>
#include <stdio.h>

static int until_low(void* lowest, const nnrun_epoch* epoch) {
  printf("epoch %zu: %s %g\n", epoch->epoch, epoch->score_names[0], epoch->train[0]);
  return epoch->train[0] < *(const double*)lowest; /* not 0 stops */
}

int main(int argc, char** argv) {
  double lowest = 0.02;
  nnrun_training how = {.size = sizeof how, .on_epoch = until_low, .user = &lowest};
  nnrun_context* context = NULL;
  nnrun_model* model = NULL;
  nnrun_error* error = NULL;
  if (argc == 3 && nnrun_context_new(NULL, &context, &error) == NNRUN_OK)
    nnrun_train(context, argv[1], &how, &model, &error);
  if (model) nnrun_model_save(model, argv[2], &error);
  fputs(nnrun_error_text(error), stderr);
  return error || !model;
}
