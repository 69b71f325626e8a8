#include "runs/verification.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "runs/run_record.hpp"
#include "training/data_parts.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Cells = std::vector<std::string>;

/// Returns how many digits two numbers have in common if `scale` is the size of such numbers.
int common_digits(double a, double b, double scale) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return Verification::most_digits;
  const double off = std::abs(a - b) / scale;
  if (!(off < 1)) return 0;  // not finite, too
  return std::clamp(static_cast<int>(std::floor(-std::log10(off))), 0, Verification::most_digits);
}

std::vector<double> numbers_of(const BlockValues& block, Dtype dtype) {
  return numbers_of(
      Tensor{block.name, dtype == Dtype::float32 ? "F32" : "F64", block.shape, block.bytes});
}

int common_digits(const std::vector<BlockValues>& a, const std::vector<BlockValues>& b,
                  Dtype dtype) {
  if (a.size() != b.size()) return 0;
  int common = Verification::most_digits;
  for (std::size_t block = 0; block < a.size(); ++block) {
    const std::vector<double> x = numbers_of(a[block], dtype), y = numbers_of(b[block], dtype);
    if (x.size() != y.size()) return 0;
    double scale = 0;
    for (const double number : x) scale = std::max(scale, std::abs(number));
    for (std::size_t i = 0; i < x.size(); ++i)
      common = std::min(common, common_digits(x[i], y[i], scale));
  }
  return common;
}

/// A metric that is not defined leaves its cell empty; earlier programs wrote nan.
bool is_not_defined(const std::string& cell) {
  return cell.empty() || cell == "nan" || cell == "-nan";
}

/// Collects what differs.
class Comparing {
 public:
  explicit Comparing(Verification& v) : v_(v) {}

  void cell(std::uint64_t epoch, const std::string& column, const std::string& recorded,
            const std::string& now) {
    if (recorded == now || (is_not_defined(recorded) && is_not_defined(now))) return;
    if (!v_.first_difference) v_.first_difference = {epoch, column, recorded, now};
    const auto a = parse_double(recorded), b = parse_double(now);
    lower(a && b ? common_digits(*a, *b, std::max(std::abs(*a), std::abs(*b))) : 0);
  }

  void metrics(const fs::path& file, const Cells& names, const History& reports) {
    const Cells lines = split(read_file(file, largest_metrics_csv), '\n');
    const Cells recorded = lines.empty() ? Cells() : split(lines[0], ',');
    for (std::size_t i = 0; i < std::max(recorded.size(), names.size()); ++i)
      cell(0, "the names of the columns", at(recorded, i), at(names, i));
    const std::size_t rows = lines.empty() ? 0 : lines.size() - 1;
    for (std::size_t row = 0; row < std::max(rows, reports.size()); ++row) {
      const Cells then = row < rows ? split(lines[row + 1], ',') : Cells();
      const Cells now = row < reports.size() ? metrics_row(reports[row]) : Cells();
      const auto epoch = parse_integer(at(now.empty() ? then : now, 0)).value_or(0);
      for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] != "seconds")
          cell(static_cast<std::uint64_t>(std::max(0LL, epoch)), names[i], at(then, i), at(now, i));
    }
  }

  void result(const Json& recorded, const Json& now, const std::string& path, std::uint64_t epoch) {
    if (recorded.is_structured() && recorded.type() == now.type()) {
      for (const auto& [key, value] : recorded.items())
        result(value, value_at(now, key), path + "." + key, epoch);
      for (const auto& [key, value] : now.items())
        if (value_at(recorded, key).is_null()) result({}, value, path + "." + key, epoch);
    } else {
      cell(epoch, path, text_of(recorded), text_of(now));
    }
  }

  /// Compares a list of names or numbers in model.safetensors.
  void model(const char* name, const Cells& recorded, const Cells& now, std::uint64_t epoch) {
    for (std::size_t i = 0; i < std::max(recorded.size(), now.size()); ++i)
      cell(epoch, std::string(name) + "[" + std::to_string(i) + "] of model.safetensors",
           at(recorded, i), at(now, i));
  }

  void lower(int common) { v_.digits = std::min(v_.digits, common); }

 private:
  static std::string at(const Cells& cells, std::size_t i) {
    return i < cells.size() ? cells[i] : std::string();
  }
  static Json value_at(const Json& node, const std::string& key) {
    if (node.is_array()) {
      const auto i = static_cast<std::size_t>(parse_integer(key).value_or(-1));
      return i < node.size() ? node[i] : Json();
    }
    const auto found = node.find(key);
    return found == node.end() ? Json() : *found;
  }
  static std::string text_of(const Json& value) {
    if (value.is_number()) return shortest(value.get<double>());
    return value.is_string() ? value.get<std::string>() : value.dump();
  }

  Verification& v_;
};

/// Returns what of a result must come out again.
Json scores_in(const Json& result) {
  Json scores = Json::object();
  for (const char* key : {"train", "validation", "test", "predict"})
    if (const auto found = result.find(key); found != result.end()) scores[key] = *found;
  return scores;
}

void compare_weights(const OpenedRun& run, const Model& model, Comparing& compare,
                     Verification& v) {
  const std::vector<BlockValues> blocks = model.blocks();
  v.recorded_weights = run.record.text("weights_sha256");
  v.weights = weights_sha256(blocks);
  const bool same = v.weights == v.recorded_weights;
  std::vector<BlockValues> stored;
  try {
    stored = Model::read(run.experiment, run.model)->blocks();
  } catch (const Error&) {  // config.yaml was edited: then this is another network
    if (!same) compare.lower(0);
    return;
  }
  const std::string sum = weights_sha256(stored);
  if (sum != v.recorded_weights)
    v.other_model = sum;
  else if (!same)
    compare.lower(common_digits(stored, blocks, model.dtype()));
}

Cells texts_of(const std::vector<double>& numbers) {
  Cells texts;
  for (const double number : numbers) texts.push_back(shortest(number));
  return texts;
}

/// Compares what model.safetensors has besides weights: what it prepares, and names.
void compare_preparation(const ModelFile& stored, const Model& model, std::uint64_t epoch,
                         Comparing& compare) {
  const Preparation::Fit& fit = model.preparation().fitted();
  const DataNames& names = model.names();
  const Recipe& recipe = model.preparation().recipe();
  // older programs did not write what was in the config
  const bool was_in_config = !stored.recipe && !recipe.scales_targets() &&
                             std::ranges::all_of(recipe.columns, &Column::is_plain);
  if (!was_in_config)
    compare.model("preparation", {stored.recipe ? to_json(*stored.recipe) : ""},
                  {recipe.is_plain() ? "" : to_json(recipe)}, epoch);
  const auto numbers = [&](const char* what, const std::vector<double>& recorded,
                           const std::vector<double>& now) {
    compare.model(what, texts_of(recorded), texts_of(now), epoch);
  };
  numbers("input/shift", stored.fit.shifts, fit.shifts);
  numbers("input/factor", stored.fit.factors, fit.factors);
  numbers("input/fill", stored.fit.fills, fit.fills);
  numbers("input/target_shift", stored.fit.target_shifts, fit.target_shifts);
  numbers("input/target_factor", stored.fit.target_factors, fit.target_factors);
  compare.model("input_names", stored.names.inputs, names.inputs, epoch);
  compare.model("target_names", stored.names.targets, names.targets, epoch);
  compare.model("classes", stored.names.classes, names.classes, epoch);
  if (!stored.names.target.empty())
    compare.model("target_name", {stored.names.target}, {names.target}, epoch);
}

/// Another instruction set explains that digits differ far behind the point, and nothing else.
Verdict verdict_of(const Verification& v) {
  const auto changed = [&](const char* what) {
    return std::ranges::count(v.changes, what, &Change::what) > 0;
  };
  if (!v.other_model.empty()) return Verdict::different;
  if (!v.first_difference) return Verdict::identical;
  const bool explained = changed("instruction_set") && !changed("data") && !changed("config.yaml");
  return explained && v.digits >= Verification::close_digits ? Verdict::close : Verdict::different;
}

}  // namespace

Verification verify_run(const OpenedRun& run, Trainer& trainer, const Listener& listener) {
  Verification v;
  RunResult result;
  result.outcome = train_again(run, trainer, listener);
  Model& model = *trainer.model();
  result.rows = trainer.experiment().predict;
  result.predictions = model.predict_each(trainer.experiment().predict_rows());
  Comparing compare(v);
  const History& reports = result.outcome.epochs;
  const std::uint64_t last = reports.empty() ? 0 : reports.back().epoch;
  compare.metrics(run.folder / "metrics.csv", metrics_columns(trainer.data(), run.experiment),
                  reports);
  const Json now = parse_json(result_json(result, run.experiment));  // as a record is read
  compare.result(scores_in(*run.record.result), scores_in(now), "result", last);
  compare_weights(run, model, compare, v);
  if (v.weights != v.recorded_weights && !v.first_difference)
    v.first_difference = {last, "result.weights_sha256", v.recorded_weights, v.weights};
  if (v.other_model.empty()) compare_preparation(run.model, model, last, compare);

  v.changes = run.changes;
  // the preparation comes with the weights: then other weights make other numbers of the same data
  const bool other_start = std::ranges::count(v.changes, "model.weights", &Change::what) > 0 &&
                           !(model.preparation().fitted() == Preparation::Fit());
  if (!other_start)
    std::ranges::move(changed_data(run.record, trainer.data_sha256()),
                      std::back_inserter(v.changes));
  std::ranges::move(changed_program(run.record), std::back_inserter(v.changes));
  v.verdict = verdict_of(v);
  return v;
}

}  // namespace nnrun::host
