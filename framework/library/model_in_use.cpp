#include "library/model_in_use.hpp"

#include <algorithm>

#include "base/text.hpp"
namespace nnrun::host {
namespace {

/// Says which row it was.
[[noreturn]] void refuse_row(const DataError& error, std::size_t row) {
  Problem problem = error.problems().front();
  problem.where = "row " + std::to_string(row + 1);
  throw DataError(std::move(problem));
}

/// Answers rows that run together, `most` at a time.
template <class T, class Number>
void answer_together(Predictor<T>& predictor, const NumbersInUse<T>& model, std::size_t most,
                     std::size_t fewest, const Number* inputs, std::size_t rows, Number* outputs) {
  const std::size_t in = model.preparation.inputs(), out = model.answers();
  for (std::size_t from = 0; from < rows; from += most) {
    const std::size_t n = std::min(most, rows - from);
    for (std::size_t r = 0; r < n; ++r) try {
        predictor.prepare(inputs + (from + r) * in, r);
      } catch (const DataError& error) {
        rows > 1 ? refuse_row(error, from + r) : throw;
      }
    predictor.run(std::max(n, fewest), 0, n, outputs + from * out);
  }
}

template <class T, class Number>
void answer_alone(Predictor<T>& predictor, const NumbersInUse<T>& model, const Number* inputs,
                  std::size_t rows, Number* outputs) {
  if (rows == 1) {  // what most calls ask for
    predictor.prepare(inputs, 0);
    predictor.run(1, 0, 1, outputs);
    return;
  }
  answer_together(predictor, model, 1, 1, inputs, rows, outputs);
}

}  // namespace

std::shared_ptr<ModelInUse> ModelInUse::open(OpenedRun run) {
  std::shared_ptr<Model> model = Model::read(run.experiment, run.model);
  auto out = std::make_shared<ModelInUse>(std::move(run.experiment), std::move(model),
                                          std::move(run.model.file.metadata), "");
  out->changes_ = std::move(run.changes);
  return out;
}

ModelInUse::ModelInUse(Experiment experiment, std::shared_ptr<Model> model, Metadata origin,
                       std::string result)
    : experiment_(std::move(experiment)),
      model_(std::move(model)),
      names_(answer_names(experiment_, *model_)),
      origin_(std::move(origin)),
      result_(std::move(result)),
      rows_at_once_(model_->rows_at_once()),
      rows_for_one_(model_->rows_for_one()) {
  const auto of = [&]<class T>(std::unique_ptr<Workspaces<T>>& workspaces) {
    workspaces =
        std::make_unique<Workspaces<T>>(static_cast<ModelOf<T>&>(*model_).in_use(), rows_for_one_);
  };
  model_->dtype() == Dtype::float32 ? of(narrow_) : of(wide_);
}

template <class Number>
void ModelInUse::answer(const Number* inputs, std::size_t rows, Number* outputs) const {
  const auto by = [&](auto& workspaces) {
    const typename std::remove_reference_t<decltype(workspaces)>::Borrowed mine(workspaces);
    if (rows_at_once_ == 1)
      return answer_alone(mine->one, workspaces.model(), inputs, rows, outputs);
    if (rows == 1)
      return answer_together(mine->one, workspaces.model(), 1, rows_for_one_, inputs, rows,
                             outputs);
    if (!mine->block) mine->block.emplace(workspaces.model(), rows_at_once_);
    answer_together(*mine->block, workspaces.model(), rows_at_once_, rows_for_one_, inputs, rows,
                    outputs);
  };
  narrow_ ? by(*narrow_) : by(*wide_);
}
template void ModelInUse::answer(const double*, std::size_t, double*) const;
template void ModelInUse::answer(const float*, std::size_t, float*) const;

std::vector<double> ModelInUse::numbers_in(const std::string& text) const {
  const Recipe& recipe = model_->preparation().recipe();
  const TextSettings settings(experiment_.data);
  InputColumns columns(recipe, settings);
  std::vector<double> numbers;
  if (!valid_utf8(text))
    throw DataError(Problem{.what = "an example is text in UTF-8, and this holds other bytes"});
  if (recipe.window == 0 && !text.empty()) try {
      numbers = columns.read_example(text);
    } catch (const nnrun::Error& e) {
      throw DataError(Problem{.what = e.what(), .where = "'" + text + "'", .hint = e.hint()});
    }
  if (numbers.size() == inputs()) return numbers;
  const std::size_t commas = static_cast<std::size_t>(std::ranges::count(text, ','));
  const std::string found = text.empty() ? "none" : std::to_string(commas + 1);
  throw UsageError(
      Problem{.what = "an example of this model has " + std::to_string(inputs()) +
                      (inputs() == 1 ? " value, '" : " values, '") + text + "' has " + found,
              .hint = model_->names().inputs.empty() ? "" : join(model_->names().inputs, ",")});
}

void ModelInUse::save(const std::filesystem::path& file) const {
  // a new file takes the place of the old one: of what a link leads to, not of the link
  std::error_code none;
  const std::filesystem::path real = std::filesystem::weakly_canonical(file, none);
  const std::filesystem::path& to = none ? file : real;
  if (std::filesystem::exists(to, none) && !std::filesystem::is_regular_file(to, none))
    throw RecordError(Problem{.what = "is not a file that a model can be written to",
                              .where = file.string(),
                              .hint = "name a file, such as model.safetensors"});
  model_->write(to, origin_, Sync::now, Existing::replaced);
}

ModelInUse::Session::Session(const ModelInUse& model, std::size_t most_rows)
    : model_(model), most_rows_(std::clamp<std::size_t>(most_rows, 1, Model::most_rows)) {
  const auto of = [&]<class T>(std::unique_ptr<Predictor<T>>& predictor, const auto& workspaces) {
    predictor = std::make_unique<Predictor<T>>(workspaces->model(),
                                               std::max(most_rows_, model.rows_for_one_));
    predictor->begin();
  };
  model.narrow_ ? of(narrow_, model.narrow_) : of(wide_, model.wide_);
}

template <class Number>
void ModelInUse::Session::answer(const Number* inputs, std::size_t rows, Number* outputs) {
  const auto by = [&](auto& predictor, const auto& workspaces) {
    answer_together(predictor, workspaces->model(), most_rows_, model_.rows_for_one_, inputs, rows,
                    outputs);
  };
  narrow_ ? by(*narrow_, model_.narrow_) : by(*wide_, model_.wide_);
}
void ModelInUse::Session::prepare(const double* row, std::size_t at) {
  narrow_ ? narrow_->prepare(row, at) : wide_->prepare(row, at);
}
void ModelInUse::Session::run(std::size_t rows, std::size_t first, double* outputs) {
  const std::size_t together = std::max(rows, model_.rows_for_one_), count = rows - first;
  narrow_ ? narrow_->run(together, first, count, outputs)
          : wide_->run(together, first, count, outputs);
}
template void ModelInUse::Session::answer(const double*, std::size_t, double*);
template void ModelInUse::Session::answer(const float*, std::size_t, float*);

}  // namespace nnrun::host
