// nnrun in a C++20 program: <nnrun/nnrun.h> with values, spans and callbacks.
//
//   const nnrun::Context context;
//   const auto model = context.open("runs/iris/0001");
//   if (!model) return std::puts(model.failure().text()), 1;
//   std::array<double, 3> y;
//   if (model->predict(std::array{5.1, 3.5, 1.4, 0.2}, y)) std::puts(model->class_of(y));
#pragma once
#include <nnrun/nnrun.h>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace nnrun {

/// Why something could not be done.
class Failure {
 public:
  Failure(int cause, nnrun_error* error) : cause_(cause), error_(error, nnrun_error_free) {}
  int cause() const { return cause_; }  ///< an nnrun_cause
  /// Returns all of it, as the program prints it.
  const char* text() const { return error_ ? nnrun_error_text(error_.get()) : "out of memory"; }
  std::size_t count() const { return nnrun_error_count(error_.get()); }
  nnrun_problem problem(std::size_t i) const {
    nnrun_problem out{sizeof out, "", "", ""};
    nnrun_error_problem(error_.get(), i, &out);
    return out;
  }

 private:
  int cause_;
  std::shared_ptr<nnrun_error> error_;
};

/// A value, or why there is none. Its value may only be asked for if it is true.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : either_(std::move(value)) {}
  Result(Failure failure) : either_(std::move(failure)) {}
  explicit operator bool() const { return either_.index() == 0; }
  T& operator*() { return std::get<0>(either_); }
  const T& operator*() const { return std::get<0>(either_); }
  T* operator->() { return &std::get<0>(either_); }
  const T* operator->() const { return &std::get<0>(either_); }
  const Failure& failure() const { return std::get<1>(either_); }

 private:
  std::variant<T, Failure> either_;
};
struct Done {};

/// Returns whether there are as many numbers as rows take and give; else notes that for
/// last_reason.
inline bool sizes_fit(std::size_t x, std::size_t y, std::size_t rows, std::size_t inputs,
                      std::size_t outputs) {
  if (x == rows * inputs && y == rows * outputs) [[likely]]
    return true;
  try {
    nnrun_set_last_reason((std::to_string(rows) + (rows == 1 ? " row has " : " rows have ") +
                           std::to_string(rows * inputs) + " inputs and " +
                           std::to_string(rows * outputs) + " outputs, not " + std::to_string(x) +
                           " and " + std::to_string(y))
                              .c_str());
  } catch (...) {  // there is no memory for the words
    nnrun_set_last_reason("");
  }
  return false;
}

/// A workspace of one's own, for one thread at a time. Rows of one call run together, as in
/// training: their last digits may differ from those of rows that are alone.
class Session {
 public:
  /// inputs, outputs: of a row of the model.
  Session(nnrun_session* session, std::size_t inputs, std::size_t outputs)
      : session_(session, nnrun_session_free), inputs_(inputs), outputs_(outputs) {}
  /// Answers rows, one after the other. Returns false for other sizes, or inputs that cannot be.
  [[nodiscard]] bool predict(std::span<const double> x, std::size_t rows, std::span<double> y) {
    return fit(x.size(), y.size(), rows) &&
           nnrun_session_predict(session_.get(), x.data(), rows, y.data()) == NNRUN_OK;
  }
  [[nodiscard]] bool predict(std::span<const float> x, std::size_t rows, std::span<float> y) {
    return fit(x.size(), y.size(), rows) &&
           nnrun_session_predict_f32(session_.get(), x.data(), rows, y.data()) == NNRUN_OK;
  }

 private:
  bool fit(std::size_t x, std::size_t y, std::size_t rows) const {
    return sizes_fit(x, y, rows, inputs_, outputs_);
  }
  std::unique_ptr<nnrun_session, void (*)(nnrun_session*)> session_;
  std::size_t inputs_, outputs_;
};

/// A trained network. Copies share it, and so may threads.
class Model {
 public:
  explicit Model(nnrun_model* model) : model_(model, nnrun_model_free) {
    info_.size = sizeof info_;
    nnrun_model_info(model, &info_);
  }
  const nnrun_info& info() const { return info_; }
  std::size_t inputs() const { return info_.inputs; }
  std::size_t outputs() const { return info_.outputs; }
  /// Answers one example. Returns false for other sizes, or inputs that cannot be: see last_reason.
  [[nodiscard]] bool predict(std::span<const double> x, std::span<double> y) const {
    return fit(x.size(), y.size(), 1) &&
           nnrun_predict(model_.get(), x.data(), y.data()) == NNRUN_OK;
  }
  [[nodiscard]] bool predict(std::span<const float> x, std::span<float> y) const {
    return fit(x.size(), y.size(), 1) &&
           nnrun_predict_f32(model_.get(), x.data(), y.data()) == NNRUN_OK;
  }
  /// Answers as many rows as there are, one after the other.
  [[nodiscard]] bool predict_rows(std::span<const double> x, std::span<double> y) const {
    const std::size_t rows = x.size() / inputs();
    return fit(x.size(), y.size(), rows) &&
           nnrun_predict_rows(model_.get(), x.data(), rows, y.data()) == NNRUN_OK;
  }
  [[nodiscard]] bool predict_rows(std::span<const float> x, std::span<float> y) const {
    const std::size_t rows = x.size() / inputs();
    return fit(x.size(), y.size(), rows) &&
           nnrun_predict_rows_f32(model_.get(), x.data(), rows, y.data()) == NNRUN_OK;
  }
  /// Why a prediction of this thread failed last.
  static const char* last_reason() { return nnrun_last_reason(); }
  /// Returns the name of the class that an answer means; "" where there are no classes, a number
  /// of it is NaN, or it has another size.
  const char* class_of(std::span<const double> y) const {
    return info_.classes && y.size() == outputs()
               ? info_.classes[nnrun_class_of(model_.get(), y.data())]
               : "";
  }
  /// Returns the inputs that a text such as "5.1,Bern,?" stands for.
  Result<std::vector<double>> parse(const std::string& row) const {
    std::vector<double> numbers(inputs());
    nnrun_error* error = nullptr;
    const int cause = nnrun_model_parse(model_.get(), row.c_str(), numbers.data(), &error);
    if (cause != NNRUN_OK) return Failure(cause, error);
    return numbers;
  }
  Result<Session> session(std::size_t most_rows) const {
    nnrun_session* made = nullptr;
    nnrun_error* error = nullptr;
    const int cause = nnrun_session_new(model_.get(), most_rows, &made, &error);
    if (cause != NNRUN_OK) return Failure(cause, error);
    return Session(made, inputs(), outputs());
  }
  Result<Done> save(const std::string& file) const {
    nnrun_error* error = nullptr;
    const int cause = nnrun_model_save(model_.get(), file.c_str(), &error);
    if (cause != NNRUN_OK) return Failure(cause, error);
    return Done{};
  }
  /// Writes the model as C99 (.c, .h), for NumPy (.py) or as ONNX (.onnx). how: of C alone.
  Result<Done> export_to(const std::string& file, nnrun_export how = {}) const {
    how.size = sizeof how;
    nnrun_error* error = nullptr;
    const int cause = nnrun_model_export(model_.get(), file.c_str(), &how, &error);
    if (cause != NNRUN_OK) return Failure(cause, error);
    return Done{};
  }
  /// Returns the result of its training as JSON; "" if it was opened.
  const char* result() const { return nnrun_model_result(model_.get()); }

 private:
  bool fit(std::size_t x, std::size_t y, std::size_t rows) const {
    return sizes_fit(x, y, rows, inputs(), outputs());
  }
  std::shared_ptr<nnrun_model> model_;
  nnrun_info info_{};
};

/// What a model is worth on some examples. Copies share it.
class Scores {
 public:
  explicit Scores(nnrun_scores* scores) : scores_(scores, nnrun_scores_free) {
    info_.size = sizeof info_;
    nnrun_scores_info(scores, &info_);
  }
  const nnrun_score_info& info() const { return info_; }
  std::size_t examples() const { return info_.examples; }
  /// Returns the cost, or a metric of the config; nothing if there is none of this name.
  std::optional<double> value(std::string_view name) const {
    for (std::size_t i = 0; i < info_.n_scores; ++i)
      if (name == info_.names[i]) return info_.values[i];
    return std::nullopt;
  }
  /// Returns all of it, as `nnrun eval --json` prints it.
  const char* json() const { return info_.json; }

 private:
  std::shared_ptr<nnrun_scores> scores_;
  nnrun_score_info info_{};
};

/// How a run is measured.
struct Evaluation {
  std::vector<std::string> overrides{};  ///< "data.path=more.csv"
  bool leave_out_bad_rows = false;       ///< of a table, else they are errors
};

/// How a config is trained. Callbacks return true to go on; what they throw comes out of `train`.
struct Training {
  std::vector<std::string> overrides{};  ///< "train.epochs=5"
  std::string record{};                  ///< folder to record the run in; empty: none
  unsigned threads = 0;                  ///< 0: as many as help
  bool config_is_text = false;           ///< YAML, not the name of a file
  std::function<bool(const nnrun_progress&)> on_progress{};
  std::function<bool(const nnrun_epoch&)> on_epoch{};
};

/// The plugins that there are. Copies share them.
class Context {
 public:
  /// What cannot be loaded is told by the first call that needs it.
  explicit Context(nnrun_options options = {}) {
    options.size = sizeof options;
    nnrun_context* made = nullptr;
    nnrun_error* error = nullptr;
    const int cause = nnrun_context_new(&options, &made, &error);
    context_ = {made, nnrun_context_free};
    if (!made) failure_ = std::make_shared<Failure>(cause, error);
  }
  /// Opens the folder of a run, or a model.safetensors.
  Result<Model> open(const std::string& file_or_run) const {
    return made([&](nnrun_model** model, nnrun_error** error) {
      return nnrun_model_open(context_.get(), file_or_run.c_str(), model, error);
    });
  }
  /// The same of the bytes of a model.safetensors.
  Result<Model> read(std::span<const std::byte> bytes) const {
    return made([&](nnrun_model** model, nnrun_error** error) {
      return nnrun_model_read(context_.get(), bytes.data(), bytes.size(), model, error);
    });
  }
  /// Measures a run, or a model on other data, as `nnrun eval` does.
  Result<Scores> eval(const std::string& file_or_run, const Evaluation& how = {}) const {
    const std::vector<const char*> overrides = list_of(how.overrides);
    const nnrun_evaluation evaluation{
        .size = sizeof evaluation,
        .flags = how.leave_out_bad_rows ? NNRUN_LEAVE_OUT_BAD_ROWS : 0,
        .overrides = overrides.data()};
    return made<Scores, nnrun_scores>([&](nnrun_scores** scores, nnrun_error** error) {
      return nnrun_eval(context_.get(), file_or_run.c_str(), &evaluation, scores, error);
    });
  }
  /// Trains a config to its end, or until a callback returns false: then there is a model, too.
  Result<Model> train(const std::string& config, const Training& how = {}) const {
    const std::vector<const char*> overrides = list_of(how.overrides);
    Callbacks callbacks{how, nullptr};
    const nnrun_training training{.size = sizeof training,
                                  .flags = how.config_is_text ? NNRUN_CONFIG_IS_TEXT : 0,
                                  .overrides = overrides.data(),
                                  .record = how.record.empty() ? nullptr : how.record.c_str(),
                                  .threads = how.threads,
                                  .on_progress = how.on_progress ? Callbacks::progress : nullptr,
                                  .on_epoch = how.on_epoch ? Callbacks::epoch : nullptr,
                                  .user = &callbacks};
    Result<Model> result = made([&](nnrun_model** model, nnrun_error** error) {
      return nnrun_train(context_.get(), config.c_str(), &training, model, error);
    });
    if (callbacks.thrown) std::rethrow_exception(callbacks.thrown);
    return result;
  }

 private:
  struct Callbacks {
    const Training& how;
    std::exception_ptr thrown;

    template <class F>
    int stops(F go_on) noexcept {
      try {
        return go_on() ? 0 : 1;
      } catch (...) {
        thrown = std::current_exception();
        return 1;
      }
    }
    static int progress(void* user, const nnrun_progress* p) {
      auto& own = *static_cast<Callbacks*>(user);
      return own.stops([&] { return own.how.on_progress(*p); });
    }
    static int epoch(void* user, const nnrun_epoch* e) {
      auto& own = *static_cast<Callbacks*>(user);
      return own.stops([&] { return own.how.on_epoch(*e); });
    }
  };
  static std::vector<const char*> list_of(const std::vector<std::string>& texts) {
    std::vector<const char*> list;
    for (const std::string& text : texts) list.push_back(text.c_str());
    list.push_back(nullptr);
    return list;
  }
  template <class T = Model, class Handle = nnrun_model, class F>
  Result<T> made(F f) const {
    if (failure_) return *failure_;
    Handle* handle = nullptr;
    nnrun_error* error = nullptr;
    const int cause = f(&handle, &error);
    if (!handle) return Failure(cause, error);
    return T(handle);
  }

  std::shared_ptr<nnrun_context> context_;
  std::shared_ptr<Failure> failure_;
};

}  // namespace nnrun
