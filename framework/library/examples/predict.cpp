// Answers one example: predict RUN 5.1,3.5,1.4,0.2
#include <cstdio>
#include <nnrun/run.hpp>

int main(int argc, char** argv) {
  if (argc != 3) return std::puts("usage: predict RUN EXAMPLE"), 2;
  const nnrun::Context context;
  const auto model = context.open(argv[1]);
  if (!model) return std::fputs(model.failure().text(), stderr), model.failure().cause();
  const auto x = model->parse(argv[2]);
  if (!x) return std::fputs(x.failure().text(), stderr), x.failure().cause();

  std::vector<double> y(model->outputs());
  if (!model->predict(*x, y)) return std::fprintf(stderr, "%s\n", model->last_reason()), 5;
  for (std::size_t i = 0; i < y.size(); ++i)
    std::printf("%s %.17g\n", model->info().output_names ? model->info().output_names[i] : "y",
                y[i]);
  if (model->info().classes) std::printf("class %s\n", model->class_of(y));
}
