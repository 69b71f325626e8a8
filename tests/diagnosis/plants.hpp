// Tables, nets and illnesses planted in them, and what the doctor says of them.
#pragma once
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>
namespace nnrun::testing {

inline constexpr std::size_t examples = 600, columns = 4;

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

/// Returns a table with columns x0, x1, ... and the target t.
std::string table(std::size_t count, const Row& row, const Target& target);

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

const Healthy& healthy();
std::vector<double> plain_row(std::size_t i);
std::string plain_target(std::size_t i);
std::string price_target(std::size_t i);
std::string plain_table();
Net net_of_prices(const std::string& data);

struct Plant {
  std::string what, id;  ///< id: of the finding; empty: it is healthy
  std::string config, csv;
  std::string line = "";  ///< that the finding points to, or empty
};

/// Returns a net with the plain table, changed by f.
Plant plant(const std::string& what, const std::string& id, const std::function<void(Net&)>& f,
            const std::string& line = "", const std::string& csv = plain_table());

/// Runs `nnrun doctor --json WORDS` in a folder.
nlohmann::json examined(const std::string& words, const std::filesystem::path& folder, int status);
std::vector<std::string> ids_of(const nlohmann::json& examined);
/// Checks that each illness is found, first of all, and that what is healthy has no finding.
void check_plants(const std::vector<Plant>& plants);

}  // namespace nnrun::testing
