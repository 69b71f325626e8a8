// One function per verb. Each returns when its work is done; what goes wrong is thrown.
#pragma once
#include "cli/arguments.hpp"
#include "loading/registry.hpp"
namespace nnrun::host {

Exit train(const Arguments& arguments, Registry& registry);
/// Trains as `train` does, and returns the result as JSON, which is not printed.
std::string train_for_result(const Arguments& arguments, Registry& registry);
/// nnrun serve CONFIG
Exit serve(const Arguments& arguments, Registry& registry);
/// nnrun time CONFIG
Exit show_times(const Arguments& arguments, Registry& registry);
/// nnrun doctor CONFIG | RUN
Exit doctor(const Arguments& arguments, Registry& registry);
Exit compare(const Arguments& arguments, Registry& registry);
Exit sweep(const Arguments& arguments, Registry& registry);
Exit check(const Arguments& arguments, Registry& registry);
Exit evaluate(const Arguments& arguments, Registry& registry);
/// nnrun verify RUN
Exit verify(const Arguments& arguments, Registry& registry);
/// nnrun replay RUN
Exit replay(const Arguments& arguments, Registry& registry);
/// nnrun convert TABLE FILE.npy
Exit convert(const Arguments& arguments);
/// nnrun export RUN --c FILE --python FILE --onnx FILE
Exit export_run(const Arguments& arguments, Registry& registry);
/// nnrun import FILE.onnx --to DIR
Exit import_network(const Arguments& arguments, Registry& registry);
Exit predict(const Arguments& arguments, Registry& registry);
Exit summary(const Arguments& arguments, Registry& registry);
Exit make_new(const Arguments& arguments, Registry& registry);
/// nnrun new config TABLE
Exit make_config(const Arguments& arguments, Registry& registry);
Exit list_plugins(const Arguments& arguments, Registry& registry);
/// nnrun plugins --index
Exit index_plugins(const Arguments& arguments);
/// Returns whether `nnrun plugins` is to show a library rather than what is loaded.
bool names_library(const Arguments& arguments);
Exit list_recorded_runs(const Arguments& arguments);
/// nnrun runs diff A B; nnrun runs rm RUN...
Exit diff_runs(const Arguments& arguments);
Exit remove_runs(const Arguments& arguments);
Exit print_schema(const Arguments& arguments, Registry& registry);
Exit print_completion(const Arguments& arguments);
Exit show_version(const Arguments& arguments, Registry& registry);

}  // namespace nnrun::host
