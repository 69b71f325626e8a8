// Figures of speed, printed and never asserted: see README.md.
#include <cstdio>
#include <cstring>
#include <exception>

#include "answers.hpp"
#include "augmentations.hpp"
#include "batches.hpp"
#include "convolutions.hpp"
#include "exported.hpp"
#include "formulas.hpp"
#include "limit_lenet.hpp"
#include "network/initial_values.hpp"
#include "network/joined_cost.hpp"
#include "network/padding.hpp"
#include "networks.hpp"
#include "peers/load.hpp"
#include "plain.hpp"
#include "process.hpp"
#include "reading.hpp"
#include "recurrent.hpp"
#include "rounds.hpp"
#include "serving.hpp"
#include "table.hpp"
#include "training/objective.hpp"
#include "training/trainer.hpp"
namespace nnrun::bench {
namespace {

struct Setting {
  host::Registry& registry;
  const ScratchFolder& scratch;
  int rounds;
  Table& table;
};

/// A line per contender; ratios against the first.
void print(const char* title, const std::vector<Contender>& contenders, double examples) {
  std::printf("\n%s\n", title);
  for (const Contender& c : contenders)
    std::printf("  %-34s %10.1f ns/example  %12.0f examples/s  x %.2f\n", c.name.c_str(),
                c.best / examples * 1e9, examples / c.best, contenders[0].best / c.best);
}

/// That both do the same work: the mean cost of their first epochs.
void print_costs(double plain, double trained) {
  std::printf("  mean cost of the first epoch: plain %.9g, nnrun %.9g\n", plain, trained);
}

host::Experiment shipped(const Setting& setting, const char* name,
                         const std::vector<host::Override>& overrides) {
  return host::read_experiment(std::string(NNRUN_SOURCE_DIR "/configs/") + name, overrides,
                               setting.registry);
}

/// A line about the third contender against the second, which is the limit.
void print_share_of_limit(const std::vector<Contender>& contenders) {
  std::printf("  nnrun takes %.2f x the time that all in registers takes\n",
              contenders[2].best / contenders[1].best);
}

template <class T>
void differences_in(const Setting& setting, const char* dtype) {
  const host::Experiment e =
      shipped(setting, "diagonal.yaml",
              {{"data.test", "0"}, {"dtype", dtype}, {"train.epochs", many_epochs}});
  const auto trainer = host::Trainer::create(e, 1);
  const Start<double> start = start_of<double>(e, false);
  Start<T> s = start_of<T>(e, false);
  std::vector<double> w = start.w;
  const std::size_t n = s.train.count;
  const auto plain = [&] {
    return differences_2_5_1(w.data(), start.train.x.data(), start.train.t.data(), n, 0.01, 1);
  };
  const auto limit = [&] {
    return registers_differences_2_5_1(s.w.data(), s.train.x.data(), s.train.t.data(), n, T(0.01),
                                       T(1));
  };
  const double plain_cost = plain() / static_cast<double>(n), cost = first_cost(*trainer);
  std::printf("\n  mean cost of the first epoch, all in registers: %.9g",
              limit() / static_cast<double>(n));
  std::vector<Contender> contenders{
      {"plain: one pass per weight, float64", [&] { return seconds_of(plain); }},
      {"limit: all in registers", [&] { return seconds_of(limit); }},
      trained("nnrun configs/diagonal.yaml", *trainer)};
  alternate(contenders, setting.rounds);
  print(
      (std::string("The article: 2-5-1, finite differences, ") + dtype + ", one example at a time")
          .c_str(),
      contenders, static_cast<double>(n));
  print_share_of_limit(contenders);
  print_costs(plain_cost, cost);
  setting.table.add(std::string("article: 2-5-1, finite differences, batch 1, ") + dtype,
                    contenders, static_cast<double>(n), 2, 1);
}
void differences(const Setting& setting) {
  differences_in<double>(setting, "float64");
  differences_in<float>(setting, "float32");
}

void online(const Setting& setting) {
  const host::Experiment e = shipped(setting, "diagonal-bias.yaml",
                                     {{"data.test", "0"},
                                      {"dtype", "float32"},
                                      {"train.gradient", "backprop"},
                                      {"train.epochs", many_epochs}});
  const auto trainer = host::Trainer::create(e, 1);
  Start<float> s = start_of<float>(e, false);
  std::vector<float> w = s.w;
  const std::size_t n = s.train.count;
  const auto plain = [&] {
    return backprop_2_5_1(s.w.data(), s.train.x.data(), s.train.t.data(), n, 1);
  };
  const auto limit = [&] {
    return registers_backprop_2_5_1(w.data(), s.train.x.data(), s.train.t.data(), n, 1);
  };
  const double plain_cost = plain() / static_cast<double>(n), cost = first_cost(*trainer);
  std::printf("\n  mean cost of the first epoch, all in registers: %.9g",
              limit() / static_cast<double>(n));
  std::vector<Contender> contenders{{"plain: by hand", [&] { return seconds_of(plain); }},
                                    {"limit: all in registers", [&] { return seconds_of(limit); }},
                                    trained("nnrun configs/diagonal-bias.yaml", *trainer)};
  const Task task = task_of(start_of<float>(e, true), {2, 5, 1}, 1, 1, 1);
  add_peer(contenders, "fann", "FANN", task);
  add_peer(contenders, "torch", "libtorch", task);
  alternate(contenders, setting.rounds);
  print("2-5-1 with biases, backpropagation, float32, one example at a time", contenders,
        static_cast<double>(n));
  print_share_of_limit(contenders);
  print_costs(plain_cost, cost);
  setting.table.add("online: 2-5-1 with biases, backpropagation, batch 1, float32", contenders,
                    static_cast<double>(n), 2, 1);
}

void batch(const Setting& setting) {
  batches(setting.registry, setting.scratch, setting.rounds, setting.table);
}

/// One example at a time of ever more, in the order of the data and in any order.
void growth(const Setting& setting) {
  std::string in_order, shuffled;
  std::printf("\n2-5-1 with biases, float32, one example at a time, of how many there are\n");
  double first = 0;
  for (const char* count : {"1000", "10000", "100000", "1000000", "10000000"}) {
    const double n = std::atof(count);
    std::vector<std::unique_ptr<host::Trainer>> trainers;
    std::vector<Contender> contenders;
    for (const char* shuffle : {"false", "true"}) {
      const host::Experiment e = shipped(setting, "diagonal-bias.yaml",
                                         {{"data.train", count},
                                          {"data.test", "0"},
                                          {"dtype", "float32"},
                                          {"train.gradient", "backprop"},
                                          {"train.epochs", many_epochs},
                                          {"train.shuffle", shuffle}});
      trainers.push_back(host::Trainer::create(e, 1));
      contenders.push_back(trained("", *trainers.back()));
    }
    alternate(contenders, std::clamp(static_cast<int>(4e6 / n), 3, 200));
    const double each = contenders[0].best / n, any = contenders[1].best / n;
    if (first == 0) first = each;
    std::printf(
        "  %10.0f examples: in order %6.1f ns, x %.2f of the first; shuffled %6.1f ns, "
        "x %.2f of in order\n",
        n, each * 1e9, each / first, any * 1e9, any / each);
    in_order += (in_order.empty() ? "" : ", ") + time_text(each);
    shuffled += (shuffled.empty() ? "" : ", ") + times_text(any / each);
  }
  setting.table.add("the same of 10^3, 10^4, … 10^7 examples", in_order, "",
                    "shuffled, in multiples of in order: " + shuffled);
}

void augmentation(const Setting& setting) {
  augmentations(setting.registry, setting.rounds);
}

using Image = ImageTask::Layer;
void written(const Setting& setting) {
  formulas(setting.registry, setting.rounds);
}

/// LeNet beside what a careful author reaches by hand.
void lenet(const Setting& setting) {
  const host::Experiment e = images_like(setting.scratch, setting.registry);
  const auto one = host::Trainer::create(e, 1), two = host::Trainer::create(e, 2);
  const Start<float> start = start_of<float>(e, false);
  HandLenet hand(start.w);
  const std::size_t n = start.train.count;
  const auto by_hand = [&] { return hand.train(start.train.x.data(), start.train.t.data(), n); };
  const double cost_by_hand = by_hand() / static_cast<double>(n), cost = first_cost(*one);
  std::vector<Contender> contenders{
      {"by hand, eight examples in lanes", [&] { return seconds_of(by_hand); }},
      trained("nnrun, 1 thread", *one)};
  const std::vector<Image> layers{{Image::convolution, 6, 5, true},
                                  {Image::max_pooling, 0, 2},
                                  {Image::convolution, 16, 5},
                                  {Image::max_pooling, 0, 2},
                                  {Image::dense, 120},
                                  {Image::dense, 84},
                                  {Image::dense, 10}};
  const double cost_of_torch = add_image_peer(
      contenders, "torch", "libtorch, 1 thread",
      {28, 1, layers, 64, 0.001, true, start.w, start.train.x.data(), start.train.t.data(), n, 1});
  alternate(contenders, setting.rounds);
  std::vector<Contender> shared{trained("nnrun, 2 threads", *two)};
  alternate(shared, setting.rounds);
  contenders.push_back(shared[0]);
  print("LeNet: configs/mnist/lenet.yaml over made-up images, batch 64", contenders,
        static_cast<double>(n));
  print_costs(cost_by_hand, cost);
  std::printf("  libtorch %.9g\n", cost_of_torch);
  std::printf("  pools, and relu before them: %.0f %% of a step of nnrun's\n",
              100 * pools_and_relu(setting.registry, 10 * setting.rounds) /
                  (contenders[1].best / static_cast<double>(n)));
  setting.table.add("LeNet, batch 64", contenders, static_cast<double>(n), 1, 0);
}

/// Networks of 3 x 3 filters over 32 x 32 x 3, their mean or a layer of units, and 10 classes.
void pictures(const Setting& setting, const char* title, const std::vector<std::size_t>& filters,
              const char* head, const std::vector<Image>& head_layers, std::size_t batch) {
  const host::Experiment e = pictures_like(setting.scratch, filters, head, batch, setting.registry);
  const auto one = host::Trainer::create(e, 1), two = host::Trainer::create(e, 2);
  const Start<float> start = start_of<float>(e, false);
  const double cost = first_cost(*one);
  std::vector<Image> layers;
  for (const std::size_t each : filters)
    layers.push_back(each == 0 ? Image{Image::max_pooling, 0, 2}
                               : Image{Image::convolution, each, 3, true});
  layers.insert(layers.end(), head_layers.begin(), head_layers.end());
  layers.push_back({Image::dense, 10});
  std::vector<Contender> contenders{trained("nnrun, 1 thread", *one)};
  const double cost_of_torch =
      add_image_peer(contenders, "torch", "libtorch, 1 thread",
                     {32, 3, layers, batch, 0.01, false, start.w, start.train.x.data(),
                      start.train.t.data(), start.train.count, 1});
  alternate(contenders, setting.rounds / 4 + 1);
  std::vector<Contender> shared{trained("nnrun, 2 threads", *two)};
  alternate(shared, setting.rounds / 4 + 1);
  contenders.push_back(shared[0]);
  print(title, contenders, static_cast<double>(rows_of_pictures));
  print_costs(cost_of_torch, cost);
  setting.table.add(title, contenders, static_cast<double>(rows_of_pictures), 0);
}
void filters(const Setting& setting) {
  convolutions(setting.registry, setting.rounds);
  shares_of_peak(setting.registry, setting.rounds);
}

void images(const Setting& setting) {
  lenet(setting);
  pictures(setting, "32 x 32 x 3: 16, 16, pool, 32, 32, pool, 64 units, 10, batch 64",
           {16, 16, 0, 32, 32, 0}, "    - {type: flatten}\n    - {type: dense, units: 64}\n",
           {{Image::dense, 64}}, 64);
  pictures(setting, "32 x 32 x 3: 32, 32, pool, 64, 64, pool, 128, mean, 10, batch 32",
           {32, 32, 0, 64, 64, 0, 128}, "    - {type: global_average_pooling2d}\n", {{Image::mean}},
           32);
}

void sequences(const Setting& setting) {
  recurrent(setting.registry, setting.rounds);
}

/// The sweep that finite differences rest on, against the same framework run once per parameter.
void sweep_of(const Setting& setting, const char* title, std::size_t inputs,
              const std::vector<std::size_t>& units) {
  const host::Experiment e = chain(setting.scratch, inputs, units, setting.registry);
  host::Random random(e.random, 1);
  const host::Graph graph = host::build_graph(e);
  const host::Object cost = host::cost_of(e.train.cost, graph);
  const host::Buffer<double> w(graph.n_parameters), costs(graph.n_parameters), x(inputs),
      t(units.back());
  host::initialize(graph, random, w.data());
  for (std::size_t i = 0; i < inputs; ++i) x.data()[i] = static_cast<double>(i % 7) / 7;
  host::Team team(1);
  host::Objective<double> objective(graph, cost, 1, w.data(), team);
  objective.set_batch({x.data(), t.data(), 1});
  std::vector<std::size_t> real;
  for (const host::NamedBlock& block : graph.blocks())
    host::for_each_element(block, [&](std::size_t at, std::size_t) { real.push_back(at); });
  double kept = 0;
  const auto one_by_one = [&] {
    for (const std::size_t i : real) {
      const double keep = std::exchange(w.data()[i], w.data()[i] + 0.01);
      kept += objective.cost();
      w.data()[i] = keep;
    }
  };
  constexpr int sweeps = 20;
  const auto sweep = [&] {
    for (int i = 0; i < sweeps; ++i) kept += objective.costs(0.01, costs.data());
  };
  std::vector<Contender> contenders{{"", [&] { return seconds_of(one_by_one); }},
                                    {"", [&] { return seconds_of(sweep) / sweeps; }}};
  alternate(contenders, setting.rounds);
  std::printf("  %-12s %6zu parameters  one by one %10.1f us  sweep %8.1f us  x %.0f\n", title,
              real.size(), contenders[0].best * 1e6, contenders[1].best * 1e6,
              contenders[0].best / contenders[1].best);
}
void sweeps(const Setting& setting) {
  std::printf("\nFinite differences of one example: all parameters in a sweep, or one by one\n");
  sweep_of(setting, "2-5-1", 2, {5, 1});
  sweep_of(setting, "8-64-64-4", 8, {64, 64, 4});
  sweep_of(setting, "64-256-10", 64, {256, 10});
}

/// Seconds in which NumPy reads the file, by its own clock; empty if there is no python3 with it.
std::string numpy_line(const FileOfNumbers& numbers, const std::string& expression) {
  const std::string command = "python3 -c 'import numpy as n, time; f=\"" + numbers.file.string() +
                              "\"; s=[]\nfor i in range(3):\n t=time.perf_counter(); " +
                              expression +
                              "; s.append(time.perf_counter()-t)\nprint(min(s))' 2>/dev/null";
  std::FILE* const out = ::popen(command.c_str(), "r");
  double seconds = 0;
  const bool found = out != nullptr && std::fscanf(out, "%lf", &seconds) == 1;
  if (out != nullptr) ::pclose(out);
  if (!found) return "  NumPy: not here\n";
  char line[80];
  std::snprintf(line, sizeof line, "  %-34s %10.0f MB/s\n", "NumPy",
                static_cast<double>(numbers.bytes) / seconds / 1e6);
  return line;
}

/// A line per contender; ratios against the first.
void print_rates(const FileOfNumbers& numbers, const std::vector<Contender>& contenders) {
  std::printf("\n%s, %.1f MB\n", numbers.title.c_str(), static_cast<double>(numbers.bytes) / 1e6);
  for (const Contender& c : contenders)
    std::printf("  %-34s %10.0f MB/s  x %.2f\n", c.name.c_str(),
                static_cast<double>(numbers.bytes) / c.best / 1e6, contenders[0].best / c.best);
}

void reading(const Setting& setting) {
  const auto compare = [&](const FileOfNumbers& numbers, Contender plain, const char* numpy) {
    std::vector<Contender> contenders{
        std::move(plain),
        {"nnrun, opening and reading", [&] { return read_as_run(numbers.experiment); }},
        {"its checksum, for the record", [&] { return sum_as_run(numbers.experiment); }}};
    alternate(contenders, setting.rounds);
    print_rates(numbers, contenders);
    const std::string by_numpy = numpy_line(numbers, numpy);
    std::printf("%s", by_numpy.c_str());
    const auto rate = [&](const Contender& c) {
      return std::to_string(std::lround(static_cast<double>(numbers.bytes) / c.best / 1e6)) +
             " MB/s";
    };
    setting.table.add("reading " + numbers.title, rate(contenders[1]), "",
                      contenders[0].name + ' ' + rate(contenders[0]) + "; " +
                          by_numpy.substr(2, by_numpy.find('\n') - 2));
  };
  const FileOfNumbers table = table_of_numbers(setting.scratch, setting.registry);
  compare(table, {"std::from_chars, in memory", [&] { return fields_alone(table.file); }},
          "n.loadtxt(f,delimiter=\",\",skiprows=1,usecols=range(19))");
  const FileOfNumbers bytes = images(setting.scratch, setting.registry);
  compare(bytes, {"fread and a loop", [&] { return numbers_alone<std::uint8_t>(bytes.file, 16); }},
          "(n.fromfile(f,\"u1\",-1,\"\",16)/n.float32(255)).astype(\"f4\")");
  const FileOfNumbers array = array_of_numbers(setting.scratch, setting.registry);
  const std::size_t header = array.bytes - 200'000 * 50 * sizeof(float);
  compare(array, {"fread and a loop", [&] { return numbers_alone<float>(array.file, header); }},
          "n.load(f)");
}

/// Before anything is loaded here: see run_process.
void processes(const ScratchFolder& scratch, int rounds, Table& table) {
  const std::string program = NNRUN_PROGRAM, out = (scratch.path() / "run").string();
  const std::pair<const char*, std::vector<std::string>> commands[] = {
      {"nnrun version", {program, "version"}},
      {"nnrun configs/diagonal-analytic.yaml",
       {program, NNRUN_SOURCE_DIR "/configs/diagonal-analytic.yaml", "--out", out}},
      {"nnrun configs/diagonal.yaml",
       {program, NNRUN_SOURCE_DIR "/configs/diagonal.yaml", "--out", out}}};
  ProcessUse best[std::size(commands)];
  for (int round = 0; round < rounds; ++round)
    for (std::size_t i = 0; i < std::size(commands); ++i) {
      const ProcessUse now = run_process(commands[i].second);
      std::filesystem::remove_all(out);
      ProcessUse& b = best[i];
      b = round == 0 ? now
                     : ProcessUse{std::min(b.seconds, now.seconds),
                                  std::min(b.cpu_seconds, now.cpu_seconds),
                                  std::max(b.mebibytes, now.mebibytes)};
    }
  std::printf("\nWhole processes, start to exit\n");
  for (std::size_t i = 0; i < std::size(commands); ++i)
    std::printf("  %-38s %6.1f ms  (%.1f ms of CPU)  %5.1f MiB\n", commands[i].first,
                best[i].seconds * 1e3, best[i].cpu_seconds * 1e3, best[i].mebibytes);
  table.add(
      "whole process: start, train 10,000 once, predict, record, exit",
      time_text(best[1].seconds) + ", " + std::to_string(std::lround(best[1].mebibytes)) + " MiB",
      "", std::string(commands[0].first) + " " + time_text(best[0].seconds));
}

/// Many short runs: what a comparison costs beside the training in it.
void comparisons(const ScratchFolder& scratch, int rounds, Table& table) {
  const std::string configs = NNRUN_SOURCE_DIR "/configs/diagonal";
  std::vector<std::string> command{NNRUN_PROGRAM, "compare", "--seeds", "100", "--out", ""};
  for (const char* which : {".yaml", "-analytic.yaml", "-minibatch.yaml"})
    command.push_back(configs + which);
  ProcessUse best;
  for (int round = 0; round < std::min(rounds, 5); ++round) {
    // what was written stays until the end: ext4 looks long for a number for a file where some were
    // deleted in the last seconds
    command[5] = (scratch.path() / ("comparison" + std::to_string(round))).string();
    const ProcessUse now = run_process(command);
    if (round == 0 || now.seconds < best.seconds) best = now;
  }
  std::printf("\nA comparison of 3 configs at 100 seeds, with its page\n");
  std::printf("  %6.2f s, %.2f s of CPU: %.1f ms a run\n", best.seconds, best.cpu_seconds,
              best.cpu_seconds / 300 * 1e3);
  table.add("compare: 3 configs × 100 seeds × 10,000 examples", time_text(best.seconds), "",
            time_text(best.cpu_seconds) + " of processors");
}

int run(std::vector<std::string> wanted) {
  int rounds = 25;
  if (wanted.size() >= 2 && wanted[0] == "--rounds") {
    rounds = std::max(1, std::atoi(wanted[1].c_str()));
    wanted.erase(wanted.begin(), wanted.begin() + 2);
  }
  const std::pair<const char*, void (*)(const Setting&)> sections[] = {
      {"differences", differences}, {"online", online},
      {"growth", growth},           {"batch", batch},
      {"filters", filters},         {"images", images},
      {"recurrent", sequences},     {"sweep", sweeps},
      {"reading", reading},         {"augmentation", augmentation},
      {"formulas", written}};
  const auto is_wanted = [&](const std::string& name) {
    return wanted.empty() || std::ranges::find(wanted, name) != wanted.end();
  };
  for (const std::string& name : wanted)
    if (name != "process" && name != "compare" && name != "answers" && name != "exported" &&
        name != "serving" &&
        std::ranges::none_of(sections, [&](const auto& s) { return s.first == name; })) {
      std::fprintf(stderr,
                   "usage: nnrun_bench [--rounds N] [process] [compare] [differences] [online] "
                   "[growth] [batch] [filters] [images] [recurrent] [sweep] [reading] "
                   "[augmentation] [formulas] [answers] [exported] [serving]\n");
      return 2;
    }
  const ScratchFolder scratch;
  Table table;
  if (is_wanted("process")) processes(scratch, rounds, table);
  if (is_wanted("compare")) comparisons(scratch, rounds, table);
  if (is_wanted("serving")) serving(scratch.path(), rounds, table);
  if (is_wanted("answers")) answers(scratch, rounds, table);
  if (is_wanted("exported")) exported(scratch, rounds, table);
  host::Registry registry;
  registry.load_folder(NNRUN_PLUGIN_FOLDER);
  for (const auto& [name, section] : sections)
    if (is_wanted(name)) section({registry, scratch, rounds, table});
  table.print();
  return 0;
}

}  // namespace
}  // namespace nnrun::bench

int main(int argc, char** argv) {
  try {
    return nnrun::bench::run({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    std::fprintf(stderr, "nnrun_bench: %s\n", e.what());
    return 1;
  }
}
