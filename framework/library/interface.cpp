// The functions of <nnrun/nnrun.h>.
#include <nnrun/nnrun.h>

#include "base/files.hpp"
#include "base/float_mode.hpp"
#include "base/version.hpp"
#include "config/compose.hpp"
#include "config/metric_names.hpp"
#include "config/source_text.hpp"
#include "exporting/c_file.hpp"
#include "exporting/onnx_file.hpp"
#include "exporting/python_file.hpp"
#include "library/exported_model.hpp"
#include "library/failures.hpp"
#include "library/measurement.hpp"
#include "library/objects.hpp"
#include "library/training_run.hpp"
#include "runs/opened_run.hpp"
#include "runs/run_record.hpp"

namespace {
using namespace nnrun::host;

/// Opens by `open(registry)`, which may load libraries: one at a time.
template <class Open>
int open_model(nnrun_context* context, nnrun_model** out, nnrun_error** error, Open open) {
  if (out != nullptr) *out = nullptr;
  return guarded(error, [&] {
    const std::shared_ptr<LoadedPlugins>& plugins = given(context, "context").plugins;
    given(out, "the place for the model");
    const LogsHere logs(&plugins->log);
    const std::lock_guard one(plugins->mutex);
    *out = new nnrun_model(plugins, ModelInUse::open(open(plugins->registry)));
    return NNRUN_OK;
  });
}

/// Predicts by `answerer`: a model or a session.
template <class Owner, class Answerer, class Number>
int answer(const Owner& owner, Answerer& answerer, const Number* inputs, std::size_t rows,
           Number* outputs) {
  try {
    if ((inputs == nullptr || outputs == nullptr) && rows > 0) [[unlikely]]
      throw UsageError(Problem{.what = "inputs or outputs are NULL"});
    const DefaultFloatMode mode;
    const LogsHere logs(&owner.plugins->log);
    answerer.predict(inputs, rows, outputs);
    return NNRUN_OK;
  } catch (...) {
    return fail_prediction();
  }
}
template <class Number>
int answer(const nnrun_model* model, const Number* inputs, std::size_t rows, Number* outputs) {
  if (model != nullptr) [[likely]]
    return answer(*model, std::as_const(*model->use), inputs, rows, outputs);
  try {
    given(model, "model");
    return NNRUN_OK;
  } catch (...) {
    return fail_prediction();
  }
}
template <class Number>
int answer_in_session(nnrun_session* session, const Number* inputs, std::size_t rows,
                      Number* outputs) {
  if (session != nullptr) [[likely]]
    return answer(*session, session->session, inputs, rows, outputs);
  try {
    given(session, "session");
    return NNRUN_OK;
  } catch (...) {
    return fail_prediction();
  }
}

/// What a training is told, and whether it is to stop.
class Callbacks {
 public:
  Callbacks(const nnrun_training& training, const Experiment& experiment) : training_(training) {
    names_.emplace_back("cost");
    for (std::string& name : metric_names(experiment.metrics)) names_.push_back(std::move(name));
    for (const std::string& name : names_) pointers_.push_back(name.c_str());
  }
  Callbacks(const Callbacks&) = delete;
  Callbacks& operator=(const Callbacks&) = delete;

  /// Returns a listener that calls them; they must outlive it.
  Listener listener() {
    Listener out;
    if (training_.on_progress != nullptr) out.progress = [this](const Progress& p) { tell(p); };
    if (training_.on_epoch != nullptr) out.epoch = [this](const EpochReport& e) { tell(e); };
    out.stop = [this] { return stop_; };
    return out;
  }

 private:
  void tell(const Progress& p) {
    const nnrun_progress progress{sizeof progress, p.epoch,   p.epochs, p.done,
                                  p.examples,      p.seconds, p.cost};
    stop_ = training_.on_progress(training_.user, &progress) != 0 || stop_;
  }
  void tell(const EpochReport& report) {
    std::vector<double> scores[NNRUN_PARTS];
    const double* parts[NNRUN_PARTS] = {};
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
      if (const Score* const score = report.score(part)) {
        scores[part] = score->metrics;
        scores[part].insert(scores[part].begin(), score->cost);
        parts[part] = scores[part].data();
      }
    const nnrun_epoch epoch{sizeof epoch,       report.epoch,
                            report.epochs,      report.step,
                            report.examples,    report.seconds,
                            pointers_.size(),   pointers_.data(),
                            parts[NNRUN_TRAIN], parts[NNRUN_VALIDATION],
                            parts[NNRUN_TEST]};
    stop_ = training_.on_epoch(training_.user, &epoch) != 0 || stop_;
  }

  const nnrun_training& training_;
  std::vector<std::string> names_;
  std::vector<const char*> pointers_;
  bool stop_ = false;
};

std::vector<Override> overrides_in(const char* const* texts) {
  std::vector<Override> overrides;
  for (const char* const* text = texts; text != nullptr && *text != nullptr; ++text) {
    const auto found = override_in(*text);
    if (!found)
      throw UsageError(
          Problem{.what = "an override needs PATH=VALUE, not '" + std::string(*text) + "'",
                  .hint = "for example train.epochs=5"});
    overrides.push_back(*found);
  }
  return overrides;
}

Experiment experiment_of(const char* config, const nnrun_training& training, Registry& registry) {
  const std::vector<Override> overrides = overrides_in(training.overrides);
  if ((training.flags & NNRUN_CONFIG_IS_TEXT) == 0)
    return read_experiment(std::filesystem::path(config), overrides, registry);
  return read_experiment(std::make_shared<const Source>(Source{"config", normalised(config)}),
                         overrides, registry);
}

/// Returns the command that trains the same.
std::vector<std::string> command_of(const char* config, const nnrun_training& training) {
  std::vector<std::string> words{
      "nnrun", "train", (training.flags & NNRUN_CONFIG_IS_TEXT) != 0 ? "config.yaml" : config};
  for (const Override& set : overrides_in(training.overrides)) {
    words.emplace_back("--set");
    words.push_back(set.path + "=" + set.value);
  }
  return words;
}

/// Returns the bytes of a file of this name.
std::string exported(const ModelInUse& model, const std::filesystem::path& file,
                     const nnrun_export& how) {
  const std::string ending = file.extension().string();
  const bool is_c = ending == ".c" || ending == ".h";
  if (!is_c && ending != ".py" && ending != ".onnx")
    throw UsageError(Problem{.what = "'" + file.string() + "' does not say what is to be written",
                             .hint = "let its name end in .c, .h, .py or .onnx"});
  require_known_flags(how.flags, NNRUN_EXPORT_FLOAT | NNRUN_EXPORT_INLINE, "nnrun_export");
  if (!is_c && (how.flags != 0 || how.prefix != nullptr))
    throw UsageError(Problem{
        .what =
            "a prefix, NNRUN_EXPORT_FLOAT and NNRUN_EXPORT_INLINE are for files in C, not for '" +
            file.string() + "'",
        .hint = "leave them out, or let its name end in .c or .h"});
  const ExportedNetwork net = exported_network(model);
  if (is_c)
    return c_file(net, {.prefix = how.prefix != nullptr ? how.prefix : "net",
                        .narrow = (how.flags & NNRUN_EXPORT_FLOAT) != 0,
                        .inlined = (how.flags & NNRUN_EXPORT_INLINE) != 0});
  return ending == ".py" ? python_file(net) : onnx_file(net, metadata_for_onnx(model, false));
}

Measurement measured_run(LoadedPlugins& plugins, const char* run, const nnrun_evaluation& how) {
  require_known_flags(how.flags, NNRUN_LEAVE_OUT_BAD_ROWS, "nnrun_evaluation");
  const std::vector<Override> overrides = overrides_in(how.overrides);
  OpenedRun opened = [&] {
    const std::lock_guard one(plugins.mutex);
    return open_run(run, overrides, plugins.registry);
  }();
  return measured(
      std::move(opened), overrides,
      (how.flags & NNRUN_LEAVE_OUT_BAD_ROWS) != 0 ? BadRows::left_out : BadRows::refused);
}

TrainedModel trained(LoadedPlugins& plugins, const char* config, const nnrun_training& training) {
  require_known_flags(training.flags, NNRUN_CONFIG_IS_TEXT, "nnrun_training");
  Experiment experiment = [&] {
    const std::lock_guard one(plugins.mutex);
    Experiment read = experiment_of(config, training, plugins.registry);
    prepare_records(read);  // libraries keep their checksums: another thread may ask for them
    return read;
  }();
  Callbacks callbacks(training, experiment);
  TrainingOrder order{.record = training.record != nullptr ? training.record : "",
                      .threads = training.threads,
                      .command_line = command_of(config, training),
                      .listener = callbacks.listener(),
                      .failed = [&](const nnrun::host::Error& error) {
                        if (plugins.log.take != nullptr)
                          plugins.log.take(plugins.log.user, 1, error.what());
                      }};
  return train_model(experiment, std::move(order));
}

}  // namespace

int nnrun_api_version(void) {
  return NNRUN_API_MAJOR * 1000 + NNRUN_API_MINOR;
}
const char* nnrun_version(void) {
  static const std::string number = version().number;
  return number.c_str();
}

void nnrun_error_free(nnrun_error* error) {
  delete error;
}
size_t nnrun_error_count(const nnrun_error* error) {
  return error != nullptr ? error->problems.size() : 0;
}
int nnrun_error_problem(const nnrun_error* error, size_t i, nnrun_problem* out) {
  if (out == nullptr || i >= nnrun_error_count(error)) return NNRUN_USAGE;
  const auto& [what, where, hint] = error->problems[i];
  give_to(out, {0, what.c_str(), where.c_str(), hint.c_str()});
  return NNRUN_OK;
}
const char* nnrun_error_text(const nnrun_error* error) {
  return error != nullptr ? error->text.c_str() : "";
}

int nnrun_context_new(const nnrun_options* options, nnrun_context** out, nnrun_error** error) {
  if (out != nullptr) *out = nullptr;
  return guarded(error, [&] {
    given(out, "the place for the context");
    *out = new nnrun_context{std::make_shared<LoadedPlugins>(taken_from(options, "nnrun_options"))};
    return NNRUN_OK;
  });
}
void nnrun_context_free(nnrun_context* context) {
  delete context;
}

int nnrun_model_open(nnrun_context* context, const char* file_or_run, nnrun_model** out,
                     nnrun_error** error) {
  return open_model(context, out, error, [&](Registry& registry) {
    given(file_or_run, "the name of the model");
    return open_run(file_or_run, {}, registry);
  });
}
int nnrun_model_read(nnrun_context* context, const void* bytes, size_t n, nnrun_model** out,
                     nnrun_error** error) {
  return open_model(context, out, error, [&](Registry& registry) {
    return open_model_bytes({&given(static_cast<const char*>(bytes), "the bytes of the model"), n},
                            registry);
  });
}
void nnrun_model_free(nnrun_model* model) {
  delete model;
}
void nnrun_model_info(const nnrun_model* model, nnrun_info* out) {
  if (model != nullptr && out != nullptr) give_to(out, model->texts.info());
}
int nnrun_model_save(const nnrun_model* model, const char* file, nnrun_error** error) {
  return guarded(error, [&] {
    given(file, "the name of the file");
    given(model, "model").use->save(file);
    return NNRUN_OK;
  });
}
const char* nnrun_model_result(const nnrun_model* model) {
  return model != nullptr ? model->use->result().c_str() : "";
}

int nnrun_predict(const nnrun_model* model, const double* input, double* output) {
  return answer(model, input, 1, output);
}
int nnrun_predict_f32(const nnrun_model* model, const float* input, float* output) {
  return answer(model, input, 1, output);
}
int nnrun_predict_rows(const nnrun_model* model, const double* inputs, size_t rows,
                       double* outputs) {
  return answer(model, inputs, rows, outputs);
}
int nnrun_predict_rows_f32(const nnrun_model* model, const float* inputs, size_t rows,
                           float* outputs) {
  return answer(model, inputs, rows, outputs);
}
const char* nnrun_last_reason(void) {
  return last_reason_of_thread();
}
void nnrun_set_last_reason(const char* reason) {
  set_last_reason_of_thread(reason != nullptr ? reason : "");
}
size_t nnrun_class_of(const nnrun_model* model, const double* output) {
  if (model == nullptr || output == nullptr || model->use->names().classes.empty()) return 0;
  const AnswerNames& names = model->use->names();
  return names.class_of({output, model->use->outputs()}).value_or(names.classes.size());
}
int nnrun_model_parse(const nnrun_model* model, const char* row, double* input,
                      nnrun_error** error) {
  return guarded(error, [&] {
    given(row, "row");
    given(input, "input");
    const std::vector<double> numbers = given(model, "model").use->numbers_in(row);
    std::copy(numbers.begin(), numbers.end(), input);
    return NNRUN_OK;
  });
}

int nnrun_session_new(const nnrun_model* model, size_t most_rows, nnrun_session** out,
                      nnrun_error** error) {
  if (out != nullptr) *out = nullptr;
  return guarded(error, [&] {
    given(out, "the place for the session");
    const auto& use = given(model, "model").use;
    *out = new nnrun_session{model->plugins, use, ModelInUse::Session(*use, most_rows)};
    return NNRUN_OK;
  });
}
void nnrun_session_free(nnrun_session* session) {
  delete session;
}
int nnrun_session_predict(nnrun_session* session, const double* inputs, size_t rows,
                          double* outputs) {
  return answer_in_session(session, inputs, rows, outputs);
}
int nnrun_session_predict_f32(nnrun_session* session, const float* inputs, size_t rows,
                              float* outputs) {
  return answer_in_session(session, inputs, rows, outputs);
}

int nnrun_train(nnrun_context* context, const char* config, const nnrun_training* training,
                nnrun_model** out, nnrun_error** error) {
  if (out != nullptr) *out = nullptr;
  return guarded(error, [&] {
    const std::shared_ptr<LoadedPlugins>& plugins = given(context, "context").plugins;
    given(out, "the place for the model");
    given(config, "config");
    const LogsHere logs(&plugins->log);
    TrainedModel done = trained(*plugins, config, taken_from(training, "nnrun_training"));
    *out = new nnrun_model(plugins, std::move(done.model));
    return done.stopped ? NNRUN_STOPPED : NNRUN_OK;
  });
}

int nnrun_eval(nnrun_context* context, const char* file_or_run, const nnrun_evaluation* how,
               nnrun_scores** out, nnrun_error** error) {
  if (out != nullptr) *out = nullptr;
  return guarded(error, [&] {
    const std::shared_ptr<LoadedPlugins>& plugins = given(context, "context").plugins;
    given(out, "the place for the scores");
    given(file_or_run, "the name of the run");
    const LogsHere logs(&plugins->log);
    *out =
        new nnrun_scores(measured_run(*plugins, file_or_run, taken_from(how, "nnrun_evaluation")));
    return NNRUN_OK;
  });
}
void nnrun_scores_free(nnrun_scores* scores) {
  delete scores;
}
void nnrun_scores_info(const nnrun_scores* scores, nnrun_score_info* out) {
  if (scores != nullptr && out != nullptr) give_to(out, scores->info());
}

int nnrun_model_export(const nnrun_model* model, const char* file, const nnrun_export* how,
                       nnrun_error** error) {
  return guarded(error, [&] {
    given(file, "the name of the file");
    const LogsHere logs(&given(model, "model").plugins->log);
    const std::string bytes = exported(*model->use, file, taken_from(how, "nnrun_export"));
    write_exported(file, bytes);
    return NNRUN_OK;
  });
}
