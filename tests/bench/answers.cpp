#include "answers.hpp"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nnrun/run.hpp>
#include <stdexcept>

#include "peers/load.hpp"
#include "plain.hpp"
namespace nnrun::bench {
namespace {

constexpr std::size_t rows = 1024;

/// Numbers from 0 to 1, the same ones in every run.
std::vector<float> made_up(std::size_t n) {
  std::vector<float> numbers(n);
  std::uint32_t random = 1;
  for (float& x : numbers)
    x = static_cast<float>((random = random * 1664525 + 1013904223) >> 8) / 16777216;
  return numbers;
}

/// A network of dense sigmoid layers that the library trained for an epoch on some rows.
Model trained(const Context& context, const ScratchFolder& scratch,
              const std::vector<std::size_t>& units) {
  std::string data, layers;
  const std::vector<float> x = made_up(20 * (units.front() + units.back()));
  const std::size_t cols = units.front() + units.back();
  for (std::size_t i = 0; i < x.size(); ++i)
    data += std::to_string(x[i]) + ((i + 1) % cols == 0 ? "\n" : ",");
  for (std::size_t k = 1; k < units.size(); ++k)
    layers += (k == 1 ? "" : ", ") + ("{type: dense, units: " + std::to_string(units[k])) + "}";
  std::string targets;
  for (std::size_t i = units.front() + 1; i <= cols; ++i)
    targets += (targets.empty() ? "x" : ", x") + std::to_string(i);
  const auto file = scratch.write("answers.csv", data);
  auto model = context.train(
      "dtype: float32\ndata: {type: csv, header: false, path: " + file.string() + ", targets: [" +
          targets + "]}\nmodel: {defaults: {activation: sigmoid}, layers: [" + layers +
          "]}\ntrain: {cost: sum_squared_error, optimizer: {type: sgd, learning_rate: 0.01}}\n",
      {.config_is_text = true});
  if (!model) throw std::runtime_error(model.failure().text());
  return *model;
}

/// Adds onnxruntime with the model as an ONNX file, called from JavaScript as its users do, where a
/// test installed it; says why not otherwise.
void add_onnxruntime(std::vector<Contender>& contenders, const Model& model,
                     const ScratchFolder& scratch, std::size_t inputs, int rounds) {
  const std::filesystem::path tools = NNRUN_ONNX_TOOLS;
  if (!std::filesystem::exists(tools / "node_modules/onnxruntime-node")) {
    std::printf("\nwithout onnxruntime: not in %s, where ctest -R onnxruntime installs it\n",
                tools.c_str());
    return;
  }
  const std::string file = (scratch.path() / "net.onnx").string();
  if (const auto done = model.export_to(file); !done)
    throw std::runtime_error(done.failure().text());
  const std::string command = "node '" NNRUN_SOURCE_DIR "/tests/bench/onnx_time.mjs' '" +
                              tools.string() + "' '" + file + "' " + std::to_string(inputs) + " " +
                              std::to_string(rounds);
  std::FILE* const answer = popen(command.c_str(), "r");
  double nanoseconds = 0;
  const bool found = answer && std::fscanf(answer, "%lf", &nanoseconds) == 1;
  if (!answer || pclose(answer) != 0 || !found) throw std::runtime_error("failed: " + command);
  contenders.push_back({"onnxruntime, one by one", {}, nanoseconds * 1e-9 * rows});
}

/// Measures a network of these units: one example after the other, then as rows.
void measure(const Context& context, const ScratchFolder& scratch, int rounds, Table& table,
             const std::vector<std::size_t>& units, const std::string& name) {
  const Model model = trained(context, scratch, units);
  const std::size_t in = units.front(), out = units.back();
  const std::vector<float> x = made_up(rows * in);
  std::vector<double> wide(x.begin(), x.end()), y(rows * out);
  std::vector<float> narrow(rows * out);
  std::size_t weights = 0;
  for (std::size_t k = 1; k < units.size(); ++k) weights += (units[k - 1] + 1) * units[k];
  const std::vector<float> w = made_up(weights);
  auto session = model.session(256);
  if (!session) throw std::runtime_error(session.failure().text());
  bool done = true;
  std::vector<Contender> contenders{
      {"by hand, one by one",
       [&] {
         return seconds_of([&] {
           for (std::size_t r = 0; r < rows; ++r)
             forward_by_hand(units.size() == 3 && in == 2, w.data(), &x[r * in], &narrow[r * out]);
         });
       }},
      {"nnrun, one by one, double",
       [&] {
         return seconds_of([&] {
           for (std::size_t r = 0; r < rows; ++r)
             done &= model.predict({&wide[r * in], in}, {&y[r * out], out});
         });
       }},
      {"nnrun, one by one, float",
       [&] {
         return seconds_of([&] {
           for (std::size_t r = 0; r < rows; ++r)
             done &= model.predict(std::span(&x[r * in], in), std::span(&narrow[r * out], out));
         });
       }},
      {"nnrun, own session, double",
       [&] {
         return seconds_of([&] {
           for (std::size_t r = 0; r < rows; ++r)
             done &= session->predict(std::span(&wide[r * in], in), 1, {&y[r * out], out});
         });
       }},
      {"nnrun, rows as they are alone",
       [&] { return seconds_of([&] { done &= model.predict_rows(wide, y); }); }},
      {"nnrun, rows together", [&] {
         return seconds_of(
             [&] { done &= session->predict(std::span<const double>(wide), rows, y); });
       }}};
  add_answering_peer(contenders, "fann", "FANN, one by one",
                     {units, 1, 1, w, x.data(), x.data(), rows, 1});
  alternate(contenders, rounds);
  if (!done) throw std::runtime_error(Model::last_reason());
  add_onnxruntime(contenders, model, scratch, in, rounds);
  std::printf("\n%s, answers in float32\n", name.c_str());
  for (const Contender& c : contenders)
    std::printf("  %-34s %10.1f ns/example  x %.2f\n", c.name.c_str(), c.best / rows * 1e9,
                contenders[0].best / c.best);
  table.add("answers: " + name + ", through the library", contenders, rows, 1, 0);
}

void measure_opening(const Context& context, const ScratchFolder& scratch, int rounds,
                     Table& table) {
  const Model model = trained(context, scratch, {784, 320, 10});  // a megabyte
  const std::string file = (scratch.path() / "model.safetensors").string();
  if (const auto saved = model.save(file); !saved) throw std::runtime_error(saved.failure().text());
  bool done = true;
  std::vector<Contender> contenders{
      {"in an open context",
       [&] { return seconds_of([&] { done &= static_cast<bool>(context.open(file)); }); }},
      {"with its context",
       [&] { return seconds_of([&] { done &= static_cast<bool>(Context().open(file)); }); }}};
  alternate(contenders, rounds);
  if (!done) throw std::runtime_error("the model did not open");
  std::printf("\nopening a model of 784-320-10, 1 MB\n");
  for (const Contender& c : contenders)
    std::printf("  %-34s %s\n", c.name.c_str(), time_text(c.best).c_str());
  table.add("answers: opening a model of 1 MB", contenders, 1, 0);
}

}  // namespace

void answers(const ScratchFolder& scratch, int rounds, Table& table) {
  const Context context;
  measure(context, scratch, rounds, table, {2, 5, 1}, "2-5-1");
  measure(context, scratch, rounds, table, {784, 128, 10}, "784-128-10");
  measure_opening(context, scratch, rounds, table);
}

}  // namespace nnrun::bench
