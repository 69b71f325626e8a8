// What the doctor finds in configs that cannot learn, and that it leaves healthy ones alone.
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>

#include "support/example_data.hpp"
#include "support/program.hpp"
#include "support/published_data.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

constexpr std::size_t examples = 600, columns = 4;

/// Numbers that are the same everywhere: the standard library's distributions are not.
class Draws {
 public:
  double uniform() { return static_cast<double>(engine_()) / 4294967296.; }
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }

 private:
  std::mt19937 engine_{7};
};

/// A table whose class follows from its columns by a rule that is not linear.
struct Healthy {
  std::vector<std::vector<double>> x;
  std::vector<bool> yes;
  Draws draws;
  Healthy() {
    for (std::size_t i = 0; i < examples; ++i) {
      std::vector<double>& row = x.emplace_back();
      for (std::size_t c = 0; c < columns; ++c) row.push_back(draws.normal());
      yes.push_back(1.5 * row[0] + row[1] - row[2] * row[3] > 0);
    }
  }
  double price(std::size_t i) const { return 200000 + 30000 * x[i][0] + 15000 * x[i][1]; }
};

using Row = std::function<std::vector<double>(std::size_t)>;
using Target = std::function<std::string(std::size_t)>;

std::string table(std::size_t count, const Row& row, const Target& target) {
  std::string text, names;
  for (std::size_t i = 0; i < count; ++i) {
    const std::vector<double> x = row(i);
    if (i == 0) {
      for (std::size_t c = 0; c < x.size(); ++c) text += "x" + std::to_string(c) + ",";
      text += "t\n";
    }
    for (const double number : x) text += std::to_string(number) + ",";
    text += target(i) + "\n";
  }
  return text;
}

/// A config in parts; what an illness changes is written over.
struct Net {
  std::string data = "", defaults = "activation: tanh", cost = "binary_cross_entropy",
              optimizer = "{type: adam, learning_rate: 0.01}", batch = "20", epochs = "30",
              train = "", metrics = "[accuracy]";
  std::vector<std::string> layers{"{type: dense, units: 16}",
                                  "{type: dense, units: 1, activation: sigmoid}"};
  std::string text() const {
    std::string all = "data: {type: csv, path: t.csv, targets: [t], split: {validation: 0.2}" +
                      data + "}\nmodel:\n  defaults: {" + defaults + "}\n  layers:\n";
    for (const std::string& layer : layers) all += "    - " + layer + "\n";
    return all + "train:\n  cost: " + cost + "\n  optimizer: " + optimizer +
           "\n  batch_size: " + batch + "\n  epochs: " + epochs + "\n" + train +
           (metrics.empty() ? "" : "metrics: " + metrics + "\n");
  }
};

const Healthy& healthy() {
  static const Healthy data;
  return data;
}
std::vector<double> plain_row(std::size_t i) {
  return healthy().x[i];
}
std::string plain_target(std::size_t i) {
  return healthy().yes[i] ? "yes" : "no";
}
std::string price_target(std::size_t i) {
  return std::to_string(std::lround(healthy().price(i)));
}
std::string plain_table() {
  return table(examples, plain_row, plain_target);
}

Net net_of_prices(const std::string& data) {
  Net net;
  net.data = data;
  net.cost = "mean_squared_error";
  net.metrics = "[r2]";
  net.layers[1] = "{type: dense, units: 1, activation: none}";
  return net;
}

struct Plant {
  std::string what, id;  ///< id: of the finding; empty: it is healthy
  std::string config, csv;
  std::string line = "";  ///< that the finding points to, or empty
};

/// Returns a net with the plain table, changed by f.
Plant plant(const std::string& what, const std::string& id, const std::function<void(Net&)>& f,
            const std::string& line = "", const std::string& csv = plain_table()) {
  Net net;
  f(net);
  return {what, id, net.text(), csv, line};
}

std::vector<Plant> plants_of_network() {
  Net falling = net_of_prices(", scale: standard, target_scale: standard");
  falling.cost = "{formula: \"y - t\"}";
  return {
      plant("nothing", "", [](Net&) {}),
      plant(
          "a learning rate that is far too high", "learning_rate",
          [](Net& n) { n.optimizer = "{type: sgd, learning_rate: 100}"; }, "net.yaml:9:"),
      plant(
          "one that is far too low", "learning_rate",
          [](Net& n) { n.optimizer = "{type: sgd, learning_rate: 0.00001}"; }, "net.yaml:9:"),
      plant(
          "an all-zero start", "symmetric_start", [](Net& n) { n.defaults += ", init: zeros"; },
          "net.yaml:3:"),
      plant(
          "a constant start", "symmetric_start",
          [](Net& n) { n.defaults += ", init: {type: constant, value: 0.3}"; }, "net.yaml:3:"),
      plant("deep sigmoids", "vanishing_slopes",
            [](Net& n) {
              n.defaults = "activation: sigmoid";
              n.layers.insert(n.layers.begin(), 11, "{type: dense, units: 10}");
              n.optimizer = "{type: sgd, learning_rate: 0.1}";
            }),
      plant("slopes that grow", "exploding_slopes",
            [](Net& n) {
              n.defaults = "activation: relu, init: {type: normal, stddev: 8}";
              n.layers.insert(n.layers.begin(), 7, "{type: dense, units: 30}");
              n.optimizer = "{type: sgd, learning_rate: 0.00001}";
            }),
      plant("dead units", "dead_units",
            [](Net& n) {
              n.defaults = "activation: relu, bias_init: {type: constant, value: -50}";
              n.layers[1] = "{type: dense, units: 1, activation: sigmoid, bias_init: zeros}";
            }),
      plant("units at their limits", "saturated_units",
            [](Net& n) {
              n.defaults = "activation: tanh, init: {type: normal, stddev: 300}";
              n.optimizer = "{type: sgd, learning_rate: 0.1}";
            }),
      plant("batch_norm of one example", "mismatch",
            [](Net& n) {
              n.layers.insert(n.layers.begin() + 1, "{type: batch_norm}");
              n.batch = "1";
            }),
      plant(
          "a cost that the output cannot reach", "mismatch",
          [](Net& n) { n.layers[1] = "{type: dense, units: 1, activation: none}"; }, "net.yaml:6:"),
      plant(
          "softmax of one unit", "mismatch",
          [](Net& n) { n.layers[1] = "{type: dense, units: 1, activation: softmax}"; },
          "net.yaml:6:"),
      plant(
          "a regularizer that is too strong", "regularizer",
          [](Net& n) { n.defaults += ", regularizer: {type: l2, rate: 3}"; }, "net.yaml:3:"),
      plant(
          "clipping that cuts every step", "clipping",
          [](Net& n) {
            n.optimizer = "{type: sgd, learning_rate: 0.1}";
            n.train = "  clip_norm: 0.00001\n";
          },
          "net.yaml:12:"),
      plant(
          "a warmup that is longer than the run", "warmup",
          [](Net& n) {
            n.optimizer = "{type: sgd, learning_rate: 0.1}";
            n.train = "  schedule: {type: constant, warmup: 200000}\n";
          },
          "net.yaml:12:"),
      plant(
          "factors that leave nothing of the learning rate", "learning_rate_factor",
          [](Net& n) {
            n.optimizer = "{type: sgd, learning_rate: 0.1}";
            for (std::string& layer : n.layers) layer.insert(1, "learning_rate_factor: 0.00001, ");
          },
          "net.yaml:5:"),
      {"a cost that falls for ever", "cost", falling.text(),
       table(examples, plain_row, price_target), "net.yaml:8:"},
      plant(
          "early stopping that does not wait", "stops_early",
          [](Net& n) {
            n.epochs = "100";
            n.train = "  early_stopping: {monitor: val.cost, patience: 0, min_delta: 0.2}\n";
          },
          "net.yaml:12:"),
      plant(
          "zeros in a layer of one unit", "symmetric_start",
          [](Net& n) {
            n.layers.insert(n.layers.begin() + 1, {"{type: dense, units: 1, init: zeros}",
                                                   "{type: dense, units: 8, activation: relu}"});
          },
          "net.yaml:6:"),
      plant(
          "differences of a step below rounding", "gradient_step",
          [](Net& n) {
            n.epochs = "2";
            n.train = "  gradient: {type: finite_difference, step: 1.0e-9}\n";
          },
          "net.yaml:12:"),
      plant(
          "noise that hides the inputs", "augment",
          [](Net& n) { n.data = ", augment: [{type: noise, stddev: 50}]"; }, "net.yaml:1:"),
      plant(
          "a learning rate beyond all that are near others", "learning_rate",
          [](Net& n) { n.optimizer = "{type: sgd, learning_rate: 1e30}"; }, "net.yaml:9:"),
      plant(
          "one that is next to nothing", "learning_rate",
          [](Net& n) { n.optimizer = "{type: sgd, learning_rate: 1e-30}"; }, "net.yaml:9:"),
      plant(
          "relu before the sigmoid of a cost", "mismatch",
          [](Net& n) {
            n.cost = "{type: binary_cross_entropy, from_logits: true}";
            n.layers[1] = "{type: dense, units: 1, activation: relu}";
          },
          "net.yaml:6:"),
      plant(
          "an output that is always 0", "dead_units",
          [](Net& n) {
            n.cost = "mean_squared_error";
            n.layers[1] =
                "{type: dense, units: 1, activation: relu, bias_init: {type: constant, value: "
                "-20}}";
          },
          "net.yaml:6:"),
      plant(
          "a class that counts nothing", "class_weights",
          [](Net& n) { n.cost = "{type: binary_cross_entropy, class_weights: [1, 0]}"; },
          "net.yaml:8:"),
      plant(
          "classes that count nothing, by name", "class_weights",
          [](Net& n) {
            n.cost = "{type: binary_cross_entropy, class_weights: {'no': 0, 'yes': 0}}";
          },
          "net.yaml:8:"),
      plant(
          "no parameters", "no_parameters",
          [](Net& n) {
            n.data = ", columns: {x1: unused, x2: unused, x3: unused}";
            n.layers = {"{type: activation, activation: sigmoid}"};
          },
          "net.yaml:5:"),
      plant(
          "a hidden activation without a slope", "no_slope",
          [](Net& n) { n.defaults = "activation: step"; }, "net.yaml:3:"),
      plant(
          "a momentum that never ends", "momentum",
          [](Net& n) { n.optimizer = "{type: momentum, learning_rate: 1, momentum: 0.999}"; },
          "net.yaml:9:"),
      plant(
          "a weight decay that leaves no weights", "weight_decay",
          [](Net& n) { n.optimizer = "{type: adamw, learning_rate: 0.01, weight_decay: 50}"; },
          "net.yaml:9:"),
      plant(
          "most inputs dropped", "dropout",
          [](Net& n) { n.layers.insert(n.layers.begin(), "{type: dropout, rate: 0.75}"); },
          "net.yaml:5:"),
      plant(
          "an output that starts at its limit", "saturated_units",
          [](Net& n) {
            n.cost = "mean_squared_error";
            n.optimizer = "{type: sgd, learning_rate: 0.1}";
            n.layers[1] =
                "{type: dense, units: 1, activation: sigmoid, bias_init: {type: constant, value: "
                "60}}";
          },
          "net.yaml:6:"),
      plant(
          "a sigmoid of a sigmoid", "mismatch",
          [](Net& n) { n.layers.push_back("{type: activation, activation: sigmoid}"); },
          "net.yaml:7:"),
      plant(
          "noise as large as the inputs", "augment",
          [](Net& n) { n.data = ", augment: [{type: noise, stddev: 4}]"; }, "net.yaml:1:"),
      plant(
          "a rate that falls at every step", "schedule",
          [](Net& n) {
            n.optimizer = "{type: sgd, learning_rate: 0.1}";
            n.train = "  schedule: {type: multistep, milestones: [1, 2, 3], gamma: 0.01}\n";
          },
          "net.yaml:12:"),
      {"too few epochs", "too_short",
       "extends: " NNRUN_SOURCE_DIR "/configs/playground/circle.yaml\n"
       "train: {optimizer: {type: adam, learning_rate: 0.01}, epochs: 4}\n",
       plain_table()},
  };
}

std::vector<Plant> plants_of_data() {
  const Healthy& h = healthy();
  std::vector<Plant> plants;
  const auto with_table = [&](const std::string& what, const std::string& id,
                              const std::string& csv, const std::function<void(Net&)>& f = {}) {
    plants.push_back(plant(
        what, id, f ? f : [](Net&) {}, "", csv));
  };
  const auto with_column = [](double (*extra)(std::size_t)) {
    return [extra](std::size_t i) {
      std::vector<double> row = plain_row(i);
      row.push_back(extra(i));
      return row;
    };
  };
  const auto houses = [](std::size_t i) {
    const std::vector<double> x = plain_row(i);
    return std::vector<double>{80 + 20 * x[0], 1960 + 20 * x[1], x[2], x[3]};
  };
  plants.push_back({"house prices that are not scaled", "mismatch",
                    net_of_prices(", scale: standard").text(),
                    table(examples, houses, price_target), "net.yaml:1:"});
  plants.push_back({"house prices that are", "",
                    net_of_prices(", scale: standard, target_scale: standard").text(),
                    table(examples, houses, price_target)});
  with_table("inputs that are not scaled", "input_scale",
             table(
                 examples,
                 [](std::size_t i) {
                   std::vector<double> x = plain_row(i);
                   x[1] = 1960 + 300 * x[1];
                   x[2] = 20000 + 4000 * x[2];
                   return x;
                 },
                 plain_target),
             [](Net& n) { n.defaults = "activation: sigmoid"; });
  with_table("targets of -1 and 1 on sigmoid", "mismatch",
             table(examples, plain_row,
                   [&h](std::size_t i) { return std::string(h.yes[i] ? "1" : "-1"); }),
             [](Net& n) {
               n.cost = "mean_squared_error";
               n.metrics = "";
             });
  with_table("inputs that are tiny", "input_scale",
             table(
                 examples,
                 [](std::size_t i) {
                   std::vector<double> x = plain_row(i);
                   for (double& one : x) one /= 1000;
                   return x;
                 },
                 plain_target),
             [](Net& n) {
               n.optimizer = "{type: sgd, learning_rate: 0.1}";
               n.epochs = "10";
             });
  const auto numbers = [&](const std::string& what, const std::string& id, const Row& row,
                           const Target& target, const std::function<void(Net&)>& f = {}) {
    Net net = net_of_prices(", scale: standard, target_scale: standard");
    if (f) f(net);
    plants.push_back({what, id, net.text(), table(examples, row, target)});
  };
  // of a Cauchy distribution: a mean and a variance it has not
  numbers("targets with tails", "target_outliers", plain_row, [](std::size_t i) {
    const double share = (static_cast<double>(i * 389 % examples) + 0.5) / examples;
    return std::to_string(2 * plain_row(i)[0] + 0.5 * std::tan(M_PI * (share - 0.5)));
  });
  numbers("a mark for targets that are not known", "mark", plain_row, [](std::size_t i) {
    return i % 20 == 3 ? std::string("-9999") : std::to_string(2 * plain_row(i)[0]);
  });
  numbers(
      "columns that differ by a hundredth", "collinear",
      [](std::size_t i) {
        const std::vector<double> x = plain_row(i);
        return std::vector<double>{x[0], x[0] + 0.01 * x[1]};
      },
      [](std::size_t i) { return std::to_string(plain_row(i)[1]); },
      [](Net& n) {
        n.layers = {"{type: dense, units: 1, activation: none}"};
        n.optimizer = "{type: sgd, learning_rate: 0.01}";
      });
  with_table("a class that weighs nothing", "weights",
             table(examples, with_column([](std::size_t i) { return healthy().yes[i] ? 0. : 1.; }),
                   plain_target),
             [](Net& n) { n.data = ", weights: x4"; });
  std::string by_order = Net().text();
  by_order.replace(by_order.find("{validation: 0.2"), 16, "{shuffle: false, validation: 0.2");
  const auto by_class = [&h] {
    std::vector<std::size_t> order;
    for (const bool yes : {false, true})
      for (std::size_t i = 0; i < examples; ++i)
        if (h.yes[i] == yes) order.push_back(i);
    return table(
        examples, [&](std::size_t i) { return plain_row(order[i]); },
        [&](std::size_t i) { return plain_target(order[i]); });
  }();
  plants.push_back({"a part of one class", "shifted_part", by_order, by_class});
  with_table(
      "a name for each row", "category",
      [] {
        std::string text = "name,x0,x1,x2,x3,t\n";
        for (std::size_t i = 0; i < examples; ++i) {
          text += "n" + std::to_string(i);
          for (const double x : plain_row(i)) text += "," + std::to_string(x);
          text += "," + plain_target(i) + "\n";
        }
        return text;
      }(),
      [](Net& n) { n.data = ", columns: {name: {type: category, unknown: ignore}}"; });
  with_table("a rare class", "imbalance",
             table(examples, plain_row,
                   [](std::size_t i) { return std::string(i % 33 == 0 ? "ill" : "well"); }),
             [](Net& n) { n.epochs = "5"; });
  with_table("shuffled labels", "shuffled_labels",
             table(examples, plain_row,
                   [&h](std::size_t i) {
                     return std::string(h.yes[(i * 7919 + 13) % examples] ? "yes" : "no");
                   }),
             [](Net& n) {
               n.layers = {"{type: dense, units: 200}", "{type: dense, units: 100}",
                           "{type: dense, units: 1, activation: sigmoid}"};
               n.epochs = "60";
             });
  with_table("a column that is the target", "leak",
             table(examples, with_column([](std::size_t i) { return healthy().yes[i] ? 3. : 1.; }),
                   plain_target));
  with_table("a column that is always the same", "constant_input",
             table(examples, with_column([](std::size_t) { return 0.5; }), plain_target));
  with_table("a target that is always the same", "constant_target",
             table(examples, plain_row, [](std::size_t) { return std::string("7"); }), [](Net& n) {
               n.cost = "mean_squared_error";
               n.metrics = "";
               n.layers[1] = "{type: dense, units: 1, activation: none}";
             });
  with_table("rows that are there twice", "duplicates",
             table(
                 examples, [](std::size_t i) { return plain_row(i % (examples / 2)); },
                 [](std::size_t i) { return plain_target(i % (examples / 2)); }));
  with_table("equal rows of different classes", "contradictions",
             table(
                 examples, [](std::size_t i) { return plain_row(i % (examples / 4)); },
                 [](std::size_t i) {
                   const bool yes = healthy().yes[i % (examples / 4)];
                   return std::string(yes == ((i / (examples / 4)) % 2 == 0) ? "yes" : "no");
                 }));
  with_table(
      "rows that are sorted by class", "order",
      [&] {
        std::vector<std::size_t> order;
        for (const bool yes : {false, true})
          for (std::size_t i = 0; i < examples; ++i)
            if (h.yes[i] == yes) order.push_back(i);
        return table(
            examples, [&](std::size_t i) { return plain_row(order[i]); },
            [&](std::size_t i) { return plain_target(order[i]); });
      }(),
      [](Net& n) {
        n.train = "  shuffle: false\n";
        n.optimizer = "{type: sgd, learning_rate: 0.1}";
      });
  with_table(
      "too few examples for the units", "overfitting",
      table(120, plain_row,
            [&h](std::size_t i) { return std::string(h.yes[i] != (i % 4 == 0) ? "yes" : "no"); }),
      [](Net& n) {
        n.layers[0] = "{type: dense, units: 200}";
        n.epochs = "200";
      });
  with_table(
      "exclusive or without a hidden layer", "too_small",
      table(
          examples,
          [](std::size_t i) {
            return std::vector<double>{plain_row(i)[0], plain_row(i)[1]};
          },
          [&h](std::size_t i) { return std::string(h.x[i][0] * h.x[i][1] > 0 ? "yes" : "no"); }),
      [](Net& n) { n.layers = {"{type: dense, units: 1, activation: sigmoid}"}; });
  return plants;
}

json examined(const std::string& words, const std::filesystem::path& folder, int status) {
  const Ended ended = run("$nnrun doctor --json " + words, folder);
  CAPTURE(words, ended.out, ended.err);
  CHECK(ended.status == status);
  return parsed(ended.out);
}

std::vector<std::string> ids_of(const json& examined) {
  std::vector<std::string> ids;
  for (const json& finding : examined["findings"]) ids.push_back(finding["id"]);
  return ids;
}

void check_plants(const std::vector<Plant>& plants) {
  std::size_t found = 0;
  for (const Plant& p : plants) {
    const Scratch scratch;
    scratch.write("net.yaml", p.config);
    scratch.write("t.csv", p.csv);
    const json answer = examined("net.yaml --seconds 2", scratch.folder(), p.id.empty() ? 0 : 1);
    INFO(p.what + ": " + answer.dump(1));
    if (p.id.empty()) {
      CHECK(ids_of(answer).empty());
      continue;
    }
    const auto& findings = answer["findings"];
    const auto own = std::ranges::find_if(findings, [&](const json& f) { return f["id"] == p.id; });
    CHECK(own != findings.end());
    if (own == findings.end()) continue;
    ++found;
    // most likely first; a number that is not finite is told with its own likely cause
    CHECK((own == findings.begin() || findings[0]["id"] == "not_finite"));
    CHECK((*own)["hint"] != "");
    const std::vector<std::string> instead{"clipping", "warmup", "learning_rate_factor", "cost"};
    if (std::ranges::count(instead, p.id))
      CHECK_THAT(ids_of(answer), !Catch::VectorContains(std::string("learning_rate")));
    CHECK_THAT((*own)["where"].get<std::string>(), Contains(p.line.empty() ? "net.yaml:" : p.line));
  }
  std::printf("figure: %zu planted illnesses found\n", found);
}

/// Examines the shipped configs for which f(file) is true, and returns how many there are. Those
/// that are there to show what does not learn are left out.
template <class F>
std::size_t check_shipped(F f) {
  const std::filesystem::path folder = NNRUN_SOURCE_DIR "/configs";
  const std::vector<std::string> ill{"nielsen/quadratic-30-rate-100.yaml",
                                     "gallery/perceptron-xor.yaml"};
  std::size_t healthy_ones = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string file = entry.path().lexically_relative(folder).string();
    if (entry.path().extension() != ".yaml" || !f(file) || std::ranges::count(ill, file)) continue;
    const Scratch scratch;
    const Ended ended = run("$nnrun doctor --json --seconds 1 $configs/" + file, scratch.folder());
    CAPTURE(file, ended.out, ended.err);
    if (ended.status == 5) continue;  // its data are not there
    CHECK(ended.status == 0);
    ++healthy_ones;
  }
  std::printf("figure: %zu healthy configs examined without a finding\n", healthy_ones);
  return healthy_ones;
}

}  // namespace

TEST_CASE("the doctor finds what is wrong with a network and its training", "[cli][doctor]") {
  check_plants(plants_of_network());
}

TEST_CASE("the doctor finds what is wrong with data", "[cli][doctor]") {
  check_plants(plants_of_data());
}

namespace {

/// Images of 8 x 8: a bar of one of four directions, somewhere, in noise.
struct Bars {
  std::string images, labels;
  Bars(std::size_t count, std::size_t labels_off, std::size_t inverted_from) {
    Draws draws;
    std::vector<unsigned> kinds;
    for (std::size_t i = 0; i < count; ++i) {
      const auto kind = static_cast<unsigned>(draws.uniform() * 4);
      const int at = 2 + static_cast<int>(draws.uniform() * 4);
      for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x) {
          const bool on[] = {y == at, x == at, x - y == at - 3, x + y == at + 3};
          const double ink = std::clamp((on[kind] ? 0.8 : 0.1) + 0.1 * draws.normal(), 0., 1.);
          images += static_cast<char>(std::lround(255 * (i >= inverted_from ? 1 - ink : ink)));
        }
      kinds.push_back(kind);
    }
    for (std::size_t i = 0; i < count; ++i)
      labels += static_cast<char>(kinds[(i + labels_off) % count]);
  }
  static constexpr std::size_t none = 1'000'000;
};

json examined_bars(const Bars& bars, const std::string& data, const std::string& layers,
                   const std::string& optimizer, int status) {
  const Scratch scratch;
  const std::string count = std::to_string(bars.labels.size());
  scratch.write("x.npy", npy_bytes("'|u1'", "(" + count + ", 8, 8, 1)", bars.images));
  scratch.write("t.npy", npy_bytes("'|u1'", "(" + count + ",)", bars.labels));
  scratch.write("net.yaml",
                "data: {type: npy, inputs: x.npy, targets: t.npy, one_hot: true, divide_by: 255, "
                "split: {validation: 0.25, shuffle: false}" +
                    data +
                    "}\nmodel:\n  defaults: {activation: relu, init: he_normal}\n  layers: [" +
                    layers +
                    "{type: dense, units: 4, activation: softmax, init: glorot_uniform}]\n"
                    "train: {cost: cross_entropy, optimizer: " +
                    optimizer + ", batch_size: 20, epochs: 15}\nmetrics: [accuracy]\n");
  const json answer = examined("net.yaml --seconds 3", scratch.folder(), status);
  INFO(answer.dump(1));
  return answer;
}

}  // namespace

TEST_CASE("the doctor finds what is wrong with images", "[cli][doctor]") {
  const std::string two = "{type: flatten}, {type: dense, units: 40}, ",
                    adam = "{type: adam, learning_rate: 0.003}";
  const auto first = [](const json& answer) {
    return answer["findings"].empty() ? std::string()
                                      : answer["findings"][0]["id"].get<std::string>();
  };
  const Bars fine(800, 0, Bars::none), off(800, 1, Bars::none), inverted(800, 0, 600);
  CHECK(first(examined_bars(fine, "", two, adam, 0)).empty());
  CHECK(first(examined_bars(off, "", two, adam, 1)) == "shuffled_labels");
  CHECK(first(examined_bars(inverted, "", two, adam, 1)) == "shifted_part");
  CHECK(first(examined_bars(fine, ", augment: [{type: cutout, size: 16}]", two, adam, 1)) ==
        "augment");
}

TEST_CASE("the doctor says that nothing was learned where it does not know why", "[cli][doctor]") {
  const Scratch scratch;  // exclusive or, of which one unit never says all four
  const json answer = examined("$configs/gallery/perceptron-xor.yaml", scratch.folder(), 1);
  INFO(answer.dump(1));
  REQUIRE(answer["findings"].size() == 1);
  CHECK(answer["findings"][0]["id"] == "nothing_learned");
  CHECK_THAT(answer["findings"][0]["hint"].get<std::string>(), Contains("a hidden layer more"));
}

TEST_CASE("the doctor finds nothing in the shipped configs that learn", "[cli][doctor]") {
  const std::size_t healthy_ones = check_shipped([](const std::string& file) {
    return !file.starts_with("nielsen") && !file.starts_with("mnist");
  });
  CHECK(healthy_ones > 10);
}

// how far it comes in its seconds depends on the machine
TEST_CASE("nor in those of MNIST, but for Nielsen's learning rate of 100",
          "[cli][doctor][.full/doctor]") {
  if (!data_folder("mnist")) return;
  check_shipped([](const std::string& file) {
    return file.starts_with("nielsen") || file.starts_with("mnist");
  });
  const Scratch scratch;
  const json rate =
      examined("$configs/nielsen/quadratic-30-rate-100.yaml --seconds 3", scratch.folder(), 1);
  CHECK(ids_of(rate).at(0) == "learning_rate");
  CHECK_THAT(rate["findings"][0]["where"].get<std::string>(),
             Contains("quadratic-30-rate-100.yaml:4:"));
  const json pixels = examined(
      "$configs/nielsen/quadratic-30.yaml --set data.divide_by=1 --seconds 3", scratch.folder(), 1);
  CHECK_THAT(ids_of(pixels), Catch::VectorContains(std::string("input_scale")));
}

TEST_CASE("a finding points to the file that says so, whichever extends which", "[cli][doctor]") {
  const Scratch scratch;
  Net net;
  net.optimizer = "{type: sgd, learning_rate: 0.1}";
  scratch.write("base.yaml", net.text());
  scratch.write("t.csv", plain_table());
  const auto where = [&](const std::string& child, const std::string& id,
                         const std::string& words = "") {
    scratch.write("net.yaml", "extends: base.yaml\n" + child);
    const json answer = examined("net.yaml --seconds 1" + words, scratch.folder(), 1);
    for (const json& finding : answer["findings"])
      if (finding["id"] == id) return finding["where"].get<std::string>();
    return answer.dump();
  };
  CHECK(where("train: {optimizer: {learning_rate: 100}}\n", "learning_rate") == "net.yaml:2:36");
  CHECK(where("name: x\nmodel: {layers: {dense_1: {frozen: true}}}\n", "mismatch") ==
        "net.yaml:3:36");
  CHECK(where("model: {layers: {dense_2: {activation: softmax}}}\n", "mismatch") ==
        "net.yaml:2:40");
  CHECK(where("model: {layers: {dense_2: {activation: none}}}\n", "mismatch") == "net.yaml:2:40");
  CHECK(where("model: {defaults: {init: zeros}}\n", "symmetric_start") == "net.yaml:2:26");
  CHECK(where("train: {cost: {class_weights: [1, 0]}}\n", "class_weights") == "net.yaml:2:31");
  CHECK_THAT(where("", "learning_rate", " --set train.optimizer.learning_rate=100"),
             Contains("--set"));
  // of two keys with one number, the one that is meant
  CHECK(where("train: {max_seconds: 100, optimizer: {learning_rate: 100}}\n", "learning_rate") ==
        "net.yaml:2:54");
}

TEST_CASE("a column that hardly ever changes does not give a rare class away", "[cli][doctor]") {
  const Scratch scratch;
  Net net;
  net.epochs = "5";
  scratch.write("net.yaml", net.text());
  const auto is_ill = [](std::size_t i) { return i % 300 == 7; };
  scratch.write("t.csv",
                table(
                    examples,
                    [&](std::size_t i) {
                      std::vector<double> row = plain_row(i);
                      row.push_back(i == 7 ? 1 : 0);
                      row.push_back(0.1);
                      return row;
                    },
                    [&](std::size_t i) { return std::string(is_ill(i) ? "ill" : "well"); }));
  const Ended ended = run("$nnrun doctor --json --seconds 1 net.yaml", scratch.folder());
  CHECK_THAT(ids_of(parsed(ended.out)), !Catch::VectorContains(std::string("leak")));
}

TEST_CASE("a mark for a missing value is named beside columns of texts, too", "[cli][doctor]") {
  const Scratch scratch;
  std::string csv = "side,area,t\n";
  for (std::size_t i = 0; i < 600; ++i) {
    const std::size_t area = 25 + i * 389 % 211;
    csv += std::string(i % 3 == 0   ? "N,"
                       : i % 3 == 1 ? "E,"
                                    : "S,") +
           (i % 9 == 0 ? "-999.00" : std::to_string(area)) + "," +
           std::to_string(area * 40 + i % 3) + "\n";
  }
  scratch.write("t.csv", csv);
  Net net = net_of_prices(", scale: standard, target_scale: standard");
  net.epochs = "5";
  scratch.write("net.yaml", net.text());
  const std::string said = run("$nnrun doctor --seconds 2 net.yaml", scratch.folder()).out;
  CHECK_THAT(said, Contains("one value of input 'area' lies far from all others, as a mark for a "
                            "missing value does: -999\n") &&
                       Contains("write it in data: {gaps: [NA, N/A, n/a, \"#N/A\", \"NaN\", "
                                "\"nan\", \"null\", \"NULL\", \"?\", \"-\", -999]}, and "
                                "columns: {area: {missing: median}}\n"));
}

TEST_CASE("the doctor trains a run that failed again, and says what changed since",
          "[cli][doctor]") {
  const Scratch scratch;
  Net net = net_of_prices(", scale: standard, target_scale: standard");
  net.optimizer = "{type: sgd, learning_rate: 1000}";
  net.defaults = "activation: relu";
  scratch.write("net.yaml", net.text());
  scratch.write("t.csv", table(examples, plain_row, price_target));
  REQUIRE(run("$nnrun -q net.yaml --out r", scratch.folder()).status == 1);
  REQUIRE_FALSE(std::filesystem::exists(scratch / "r/model.safetensors"));
  const Ended failed = run("$nnrun doctor r --seconds 1", scratch.folder());
  CAPTURE(failed.out, failed.err);
  CHECK(failed.status == 1);
  CHECK_THAT(failed.err, Contains("note: the run has no model, for it failed, ") &&
                             Contains(": this trains it again from its start\n"));
  CHECK_THAT(failed.out, Catch::StartsWith("certain: the learning rate is far too high\n"));

  REQUIRE(
      run("$nnrun -q net.yaml --set train.optimizer.learning_rate=0.01 --out s", scratch.folder())
          .status == 0);
  scratch.write(
      "t.csv", table(
                   examples, [](std::size_t i) { return plain_row(i + 1 - i % 2); }, price_target));
  CHECK_THAT(run("$nnrun doctor s --seconds 1", scratch.folder()).err,
             Contains("note: changed since the run, so numbers may differ: data\n"));
  scratch.write("t.csv", table(
                             examples,
                             [](std::size_t i) {
                               std::vector<double> row = plain_row(i);
                               row.push_back(static_cast<double>(i % 7));
                               return row;
                             },
                             price_target));
  CHECK_THAT(refused("$nnrun doctor s --seconds 1", 3, scratch.folder()),
             Contains("the model's input is 4, but an example of the data set has 5"));
}

TEST_CASE("the doctor reads a run, and leaves it as it is", "[cli][doctor]") {
  const Scratch scratch;
  Net net;
  net.optimizer = "{type: sgd, learning_rate: 100}";
  net.epochs = "4";
  scratch.write("net.yaml", net.text());
  scratch.write("t.csv", plain_table());
  REQUIRE(run("$nnrun -q net.yaml --out r", scratch.folder()).status == 0);
  const auto before = names_in(scratch / "r");
  const std::string record = text_of(scratch / "r/run.json");
  const json answer = examined("r --seconds 1", scratch.folder(), 1);
  CHECK(answer["training"]["recorded"] == true);
  CHECK(answer["training"]["steps"] == answer["training"]["planned_steps"]);
  CHECK(ids_of(answer).at(0) == "learning_rate");
  CHECK_THAT(answer["findings"][0]["where"].get<std::string>(), Contains("r/config.yaml:"));
  CHECK(names_in(scratch / "r") == before);
  CHECK(text_of(scratch / "r/run.json") == record);
}

TEST_CASE("findings are shown as warnings are, with a drawing of the learning rates",
          "[cli][doctor]") {
  const Scratch scratch;
  Net net;
  net.optimizer = "{type: sgd, learning_rate: 100}";
  scratch.write("net.yaml", net.text());
  scratch.write("t.csv", plain_table());
  const Ended text = run("$nnrun doctor net.yaml --seconds 1", scratch.folder());
  CHECK(text.status == 1);
  CHECK_THAT(text.out,
             Catch::StartsWith("likely: the learning rate is far too high\n --> net.yaml:9:") &&
                 Contains("\n   = note: a rate of ") && Contains(" -> try ") &&
                 Contains("\nlearning rate  cost after ") && Contains("  this one\n") &&
                 Contains(" found: "));
  const Ended quiet = run("$nnrun doctor -q net.yaml --seconds 1", scratch.folder());
  CHECK(quiet.status == 1);
  CHECK_THAT(quiet.out, !Contains("learning rate  cost") && !Contains(" found: "));
  CHECK(names_in(scratch.folder()) ==
        std::vector<std::string>{".command", ".err", ".out", "net.yaml", "t.csv"});
}

TEST_CASE("costs of an examination count classes as training does", "[cli][doctor]") {
  const Scratch scratch;
  const Healthy healthy;
  scratch.write("t.csv", table(
                             400, [&](std::size_t i) { return healthy.x[i]; },
                             [](std::size_t i) { return std::string(i % 20 == 0 ? "1" : "0"); }));
  scratch.write("c.yaml",
                "data: {type: csv, path: t.csv, targets: [t]}\nmodel: {layers: [{type: dense, "
                "activation: sigmoid}]}\ntrain: {epochs: 2, cost: {type: binary_cross_entropy, "
                "class_weights: balanced}}\n");
  const Ended ended = run("$nnrun doctor c.yaml --json", scratch.folder());
  // yes and no count the same, so that the best answer that is always the same is a half
  CHECK(json::parse(ended.out)["training"]["cost_of_means"].get<double>() ==
        Approx(std::log(2.)).epsilon(1e-6));
}

TEST_CASE("the doctor does not call a run healthy of which it saw a few steps", "[cli][doctor]") {
  const Scratch scratch;
  Net net;
  net.layers.insert(net.layers.begin(), 6, "{type: dense, units: 1500}");
  net.optimizer = "{type: sgd, learning_rate: 0.001}";
  net.batch = "480";
  net.epochs = "6000";
  scratch.write("net.yaml", net.text());
  scratch.write("t.csv", plain_table());
  const json answer =
      parsed(run("$nnrun doctor --json net.yaml --seconds 0.1", scratch.folder()).out);
  CAPTURE(answer.dump());
  const bool enough = answer["training"]["seen_enough"];
  CHECK(enough == (answer["training"]["steps"] >= 100));
  const Ended text = run("$nnrun doctor net.yaml --seconds 0.1", scratch.folder());
  CAPTURE(text.out);
  CHECK_THAT(text.out, !Contains("nothing found") && Contains(" of 6000 steps") &&
                           Contains("; --seconds ") && Contains(" sees more"));
}

TEST_CASE("what the doctor cannot examine ends as in other verbs", "[cli][doctor]") {
  const Scratch scratch;
  scratch.write("net.yaml", Net().text());
  CHECK_THAT(refused("$nnrun doctor net.yaml", 5, scratch.folder()), Contains("t.csv"));
  CHECK_THAT(refused("$nnrun doctor no.yaml", 3, scratch.folder()), Contains("no such file"));
  CHECK(refused("$nnrun doctor net.yaml --seconds 0", 2, scratch.folder()) ==
        "error: --seconds needs a number from 0.1 to 3600, not '0'\n");
  scratch.write("t.csv", plain_table());
  REQUIRE(run("$nnrun -q net.yaml --set train.epochs=1 --out r", scratch.folder()).status == 0);
  std::filesystem::copy(scratch / "r/model.safetensors", scratch / "m.safetensors");
  CHECK_THAT(refused("$nnrun doctor m.safetensors", 2, scratch.folder()),
             Contains("is a model without its run"));
}

}  // namespace nnrun::testing
