// What the doctor finds in data.
#include <catch2/catch.hpp>
#include <cmath>
#include <memory>

#include "diagnosis/plants.hpp"
#include "support/example_data.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

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
  numbers("one target with six digits more", "target_outliers", plain_row,
          [](std::size_t i) { return i == 300 ? std::string("900000000000") : price_target(i); });
  numbers(
      "rows in grams among those in kilograms", "mixed_units",
      [](std::size_t i) {
        std::vector<double> x = plain_row(i);
        x[0] *= i % 10 < 3 ? 1000 : 1;
        return x;
      },
      [](std::size_t i) { return std::to_string(plain_row(i)[0] + plain_row(i)[1]); });
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
  with_table("a 0 for what is not known", "mark",
             table(
                 examples,
                 [](std::size_t i) {
                   std::vector<double> x = plain_row(i);
                   x[3] = i % 20 == 7 ? 0 : 75 + 10 * x[3];
                   return x;
                 },
                 plain_target),
             [](Net& n) { n.data = ", scale: standard"; });
  with_table(
      "a column that numbers the rows", "row_numbers",
      [&h] {
        std::string text = "id,x0,t\n";
        std::size_t id = 0;
        for (const bool yes : {false, true})
          for (std::size_t i = 0; i < examples; ++i)
            if (h.yes[i] == yes)
              text += std::to_string(++id) + "," + std::to_string(h.x[i][0]) + "," +
                      plain_target(i) + "\n";
        return text;
      }(),
      [](Net& n) { n.data = ", scale: standard"; });
  with_table("a class in two spellings", "spelling",
             table(examples, plain_row,
                   [&h](std::size_t i) {
                     return std::string(!h.yes[i] ? "no" : i % 2 == 0 ? "yes" : "Yes");
                   }),
             [](Net& n) {
               n.cost = "cross_entropy";
               n.layers[1] = "{type: dense, units: 3, activation: softmax}";
             });
  with_table(
      "a class of which a few are spelled in another way", "spelling",
      table(examples, plain_row,
            [&h](std::size_t i) {
              return std::string(h.yes[i] ? i % 8 == 0 ? "Yes" : "yes" : i % 8 == 0 ? "No" : "no");
            }),
      [](Net& n) {
        n.cost = "cross_entropy";
        n.layers[1] = "{type: dense, units: 4, activation: softmax}";
      });
  with_table("rows that were rounded, on both sides of the split", "duplicates",
             table(
                 examples,
                 [](std::size_t i) {
                   std::vector<double> x = plain_row(i % (examples / 4));
                   for (double& one : x) one += 1e-5 * static_cast<double>(i / (examples / 4));
                   return x;
                 },
                 [](std::size_t i) { return plain_target(i % (examples / 4)); }));
  with_table(
      "a column of which nearly all is missing", "missing",
      [] {
        std::string text = "x0,x1,x2,t\n";
        for (std::size_t i = 0; i < examples; ++i) {
          const std::vector<double> x = plain_row(i);
          text += (i % 10 == 0 ? std::to_string(x[0]) : std::string()) + "," +
                  std::to_string(x[1]) + "," + std::to_string(x[2]) + "," +
                  (x[1] + x[2] > 0 ? "yes\n" : "no\n");
        }
        return text;
      }(),
      [](Net& n) { n.data = ", columns: {x0: {missing: mean}}"; });
  with_table("prices taken for classes", "classes",
             table(examples, plain_row,
                   [&h](std::size_t i) { return std::to_string(std::lround(h.price(i) / 1000)); }),
             [](Net& n) {
               n.data = ", columns: {t: category}";
               n.cost = "cross_entropy";
               n.layers[1] = "{type: dense, activation: softmax}";
             });
  with_table("a rare class that counts less than the others", "class_weights",
             table(examples, plain_row,
                   [&h](std::size_t i) {
                     return std::string(h.x[i][0] + h.x[i][1] > 1.7 ? "ill" : "well");
                   }),
             [](Net& n) {
               n.cost = "{type: binary_cross_entropy, class_weights: {ill: 0.1, well: 0.9}}";
             });
  with_table("a class that counts 500 times as much as the other", "class_weights", plain_table(),
             [](Net& n) {
               n.cost = "{type: binary_cross_entropy, class_weights: {'no': 1, 'yes': 500}}";
               n.epochs = "5";
             });
  with_table("a class that counts three times as much", "", plain_table(), [](Net& n) {
    n.cost = "{type: binary_cross_entropy, class_weights: {'no': 1, 'yes': 3}}";
  });
  with_table("inputs of which a few tell a rare class, a little", "",
             table(examples, plain_row,
                   [&h](std::size_t i) {
                     return std::string(i % 33 == 0 || (i % 66 == 1 && h.x[i][0] > 0) ? "1" : "0");
                   }),
             [](Net& n) {
               n.cost = "{type: binary_cross_entropy, class_weights: balanced}";
               n.metrics = "[balanced_accuracy]";
               n.optimizer = "{type: adam, learning_rate: 0.001}";
             });
  with_table("a class that weighs nothing", "weights",
             table(examples, with_column([](std::size_t i) { return healthy().yes[i] ? 0. : 1.; }),
                   plain_target),
             [](Net& n) { n.data = ", weights: x4"; });
  with_table(
      "one row that weighs more than all others", "weights",
      table(examples, with_column([](std::size_t i) { return i == 77 ? 1e6 : 1.; }), plain_target),
      [](Net& n) { n.data = ", weights: x4"; });
  with_table(
      "a text that is there with one class alone", "leak",
      [] {
        std::string text = "status,x0,x1,t\n";
        for (std::size_t i = 0; i < examples; ++i)
          text += std::string(healthy().yes[i] ? "closed"
                              : i % 2 == 0     ? "open"
                                               : "waits") +
                  "," + std::to_string(plain_row(i)[1]) + "," + std::to_string(plain_row(i)[2]) +
                  "," + plain_target(i) + "\n";
        return text;
      }(),
      [](Net& n) { n.data = ", columns: {status: category}"; });
  with_table(
      "texts that are the class", "leak",
      [] {
        std::string text = "code,x0,x1,t\n";
        for (std::size_t i = 0; i < examples; ++i) {
          const double x = plain_row(i)[0];
          const int kind = x < -0.5 ? 0 : x < 0.5 ? 1 : 2;
          text += std::string(1, "qrs"[kind]) + "," + std::to_string(plain_row(i)[1]) + "," +
                  std::to_string(plain_row(i)[2]) + "," + "abc"[kind] + "\n";
        }
        return text;
      }(),
      [](Net& n) {
        n.data = ", columns: {code: category}";
        n.cost = "cross_entropy";
        n.layers[1] = "{type: dense, units: 3, activation: softmax}";
      });
  std::string much_held_out = Net().text();
  much_held_out.replace(much_held_out.find("validation: 0.2"), 15, "validation: 0.4");
  plants.push_back(
      {"labels of which three fifths are drawn by lot", "noisy_labels", much_held_out, [] {
         Draws draws;
         return table(examples, plain_row, [&draws](std::size_t i) {
           const double drawn = draws.uniform();
           return drawn < 0.3   ? std::string("yes")
                  : drawn < 0.6 ? std::string("no")
                                : plain_target(i);
         });
       }()});
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
  const auto with_noise = [&](double (*value)(bool, Draws&)) {
    return [value, draws = std::make_shared<Draws>()](std::size_t i) {
      std::vector<double> row = plain_row(i);
      row.push_back(value(healthy().yes[i], *draws));
      return row;
    };
  };
  const auto scaled = [](Net& n) { n.data = ", scale: standard"; };
  with_table("a status of 7 or 10, with a little noise", "leak",
             table(examples, with_noise([](bool yes, Draws& d) {
                     return (yes ? 10 : 7) + 0.01 * d.normal();
                   }),
                   plain_target),
             scaled);
  with_table("a refund, which is 0 where there was none", "leak",
             table(examples,
                   with_noise([](bool yes, Draws& d) { return yes ? 10 + 90 * d.uniform() : 0; }),
                   plain_target),
             scaled);
  with_table(
      "two groups that lie apart, as they may", "",
      table(examples, with_noise([](bool yes, Draws& d) { return (yes ? 5 : -5) + d.normal(); }),
            plain_target),
      scaled);
  const auto far_row = [](double by) {
    return [by](std::size_t i) {
      std::vector<double> x = plain_row(i);
      if (i == 123) x[1] = by;
      return x;
    };
  };
  const auto of_two = [](std::size_t i) {
    return std::to_string(plain_row(i)[0] + plain_row(i)[1]);
  };
  numbers("one input of 1e9", "outliers", far_row(1e9), of_two);
  numbers("one input of 1e15", "outliers", far_row(1e15), of_two);
  plants.push_back({"one target of 1e6, of those that are not scaled", "target_outliers",
                    net_of_prices("").text(), table(examples, plain_row, [&](std::size_t i) {
                      return i == 77 ? std::string("1000000") : of_two(i);
                    })});
  std::string in_order = net_of_prices(", scale: standard").text();
  in_order.replace(in_order.find("{validation: 0.2"), 16, "{shuffle: false, validation: 0.2");
  plants.push_back({"validation targets in another unit", "shifted_part", in_order,
                    table(examples, plain_row, [](std::size_t i) {
                      const double t = plain_row(i)[0] - plain_row(i)[1];
                      return std::to_string(i < examples * 4 / 5 ? t : 40 * t);
                    })});
  with_table(
      "a few rows and many units", "overfitting",
      [] {
        Draws draws;
        return table(
            60,
            [&](std::size_t) {
              std::vector<double> x;
              for (int c = 0; c < 8; ++c) x.push_back(draws.normal());
              return x;
            },
            [&](std::size_t) { return std::string(draws.uniform() < 0.5 ? "yes" : "no"); });
      }(),
      [](Net& n) {
        n.layers[0] = "{type: dense, units: 200, activation: relu}";
        n.epochs = "300";
      });
  // of 30 to 200, where the target goes on down to the lowest
  const auto sizes = [](double mark) {
    Draws draws;
    std::vector<double> x, t;
    for (std::size_t i = 0; i < examples; ++i) {
      const double size = 30 + 170 * draws.uniform();
      x.push_back(i % 7 == 3 ? mark : std::round(10 * size) / 10);
      t.push_back(3 * size + 20 * plain_row(i)[0]);
    }
    return table(
        examples,
        [&](std::size_t i) {
          return std::vector<double>{x[i], plain_row(i)[0]};
        },
        [&](std::size_t i) { return std::to_string(t[i]); });
  };
  const std::string both = net_of_prices(", scale: standard, target_scale: standard").text();
  plants.push_back({"sizes of 0", "mark", both, sizes(0)});
  plants.push_back({"sizes of -1", "mark", both, sizes(-1)});
  plants.push_back(
      {"refunds of 0, where targets go on down to it", "", both, [] {
         Draws draws;
         std::vector<double> x;
         for (std::size_t i = 0; i < examples; ++i)
           x.push_back(i % 7 == 3 ? 0 : 10 + 90 * draws.uniform());
         return table(
             examples,
             [&](std::size_t i) {
               return std::vector<double>{x[i], plain_row(i)[0]};
             },
             [&](std::size_t i) { return std::to_string(x[i] + 10 * plain_row(i)[0]); });
       }()});
  numbers(
      "numbers of shops", "code",
      [](std::size_t i) {
        return std::vector<double>{static_cast<double>(i * 7 % 40), plain_row(i)[0]};
      },
      [](std::size_t i) {
        return std::to_string(10 * std::sin(1000. * static_cast<double>(i * 7 % 40)) +
                              0.2 * plain_row(i)[0]);
      });
  with_table("classes of which each is there three times", "classes",
             table(examples, plain_row,
                   [](std::size_t i) { return "c" + std::to_string(i % (examples / 3)); }),
             [](Net& n) {
               n.cost = "cross_entropy";
               n.layers[1] = "{type: dense, activation: softmax}";
             });
  with_table(
      "a class in three spellings", "spelling",
      table(
          examples, plain_row,
          [&h](std::size_t i) {
            return std::string(!h.yes[i] ? "no" : i % 3 == 0 ? "yes" : i % 3 == 1 ? "Yes" : "YES");
          }),
      [](Net& n) {
        n.cost = "cross_entropy";
        n.layers[1] = "{type: dense, units: 4, activation: softmax}";
      });
  with_table(
      "a rare class that balanced weights find", "",
      [] {
        Draws draws;
        std::string text = "a,b,t\n";
        for (int i = 0; i < 3000; ++i) {
          const bool ill = i % 33 == 0;
          text += std::to_string(draws.normal() + (ill ? 3 : 0)) + "," +
                  std::to_string(draws.normal() + (ill ? 3 : 0)) + (ill ? ",ill\n" : ",fine\n");
        }
        return text;
      }(),
      [](Net& n) {
        n.cost = "{type: binary_cross_entropy, class_weights: balanced}";
        n.metrics = "[balanced_accuracy]";
        n.batch = "50";
        n.epochs = "20";
      });
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
  with_table("rows that are sorted by class", "order", by_class, [](Net& n) {
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

}  // namespace

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
  CHECK(first(examined_bars(fine, ", augment: [{type: cutout, size: 14}]", two, adam, 1)) ==
        "augment");
  // mirrored, one diagonal is the other: of two of four classes
  const json flipped = examined_bars(fine, ", augment: [flip]", two, adam, 1);
  CHECK(first(flipped) == "swapping_augment");
  CHECK_THAT(flipped.dump(), !Contains("weaker"));
  CHECK(first(examined_bars(fine, ", augment: [{type: shift, pixels: 1}]", two, adam, 0)).empty());
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

TEST_CASE("the doctor points at the line of the column", "[cli][doctor]") {
  const Scratch scratch;
  Net net;
  net.data = ",\n  columns: {x1: {scale: standard},\n    refund: {scale: standard}}";
  scratch.write("net.yaml", net.text());
  std::string text = "x0,x1,refund,t\n";
  for (std::size_t i = 0; i < examples; ++i) {
    const std::vector<double> row = plain_row(i);
    text += std::to_string(row[0]) + "," + std::to_string(row[1]) + "," +
            (healthy().yes[i] ? "10" : "0") + "," + plain_target(i) + "\n";
  }
  scratch.write("t.csv", text);
  const Ended ended = run("$nnrun doctor --seconds 1 net.yaml", scratch.folder());
  CHECK_THAT(ended.out, Contains("gives the answer away") && Contains("net.yaml:3:"));
}

TEST_CASE("the doctor's words fit what is there", "[cli][doctor]") {
  const auto said = [](const Net& net, const std::string& csv) {
    const Scratch scratch;
    scratch.write("net.yaml", net.text());
    scratch.write("t.csv", csv);
    return run("$nnrun doctor --seconds 1 net.yaml", scratch.folder()).out;
  };
  Net weighted;
  weighted.data = ", weights: x4";
  const auto heavy = [](std::size_t i) {
    std::vector<double> row = plain_row(i);
    row.push_back(i == 77 ? 1e6 : 1.);
    return row;
  };
  CHECK_THAT(said(weighted, table(examples, heavy, plain_target)),
             Contains("likely: 1 of 480 examples weighs more than all others together"));
  Net one_class;
  one_class.layers[1] = "{type: dense, activation: sigmoid}";
  CHECK_THAT(said(one_class, table(examples, plain_row, [](std::size_t) { return "a"; })),
             Contains("every example is of class 'a'"));
  const auto far = [](std::size_t i) {
    std::vector<double> row = plain_row(i);
    if (i == 77) row[0] = 1e7;
    return row;
  };
  Net robust = net_of_prices(", scale: robust, target_scale: standard");
  robust.optimizer = "{type: adam, learning_rate: 1e-6}";
  CHECK_THAT(said(robust, table(examples, far, price_target)),
             Contains("look at these rows: mend them or leave them out"));
  Net held_back;
  held_back.layers.insert(held_back.layers.begin() + 1, "{type: dropout, rate: 0.95}");
  held_back.optimizer = "{type: adam, learning_rate: 0.0005}";
  const std::string dropout = said(held_back, plain_table());
  CHECK(dropout.find("drops nearly all") < dropout.find("learning rate is far too low"));
}

TEST_CASE("a validation part that is the test part is found", "[cli][doctor]") {
  const Scratch scratch;
  const auto from = [](std::size_t first) {
    return table(
        150, [first](std::size_t i) { return plain_row(first + i); },
        [first](std::size_t i) { return plain_target(first + i); });
  };
  scratch.write("t.csv", from(0));
  scratch.write("v.csv", from(150));
  scratch.write("w.csv", from(300));
  std::string config = Net().text();
  config.replace(config.find("split: {validation: 0.2}"), 24, "validation: v.csv, test: FILE");
  const auto found = [&](const std::string& file) {
    std::string with = config;
    with.replace(with.find("FILE"), 4, file);
    scratch.write("net.yaml", with);
    return ids_of(parsed(run("$nnrun doctor --json --seconds 1 net.yaml", scratch.folder()).out));
  };
  CHECK_THAT(found("v.csv"), Catch::VectorContains(std::string("duplicates")));
  CHECK_THAT(found("w.csv"), !Catch::VectorContains(std::string("duplicates")));
}

TEST_CASE("a mark for a missing value is named beside columns of texts, too",
          "[diagnosis][doctor]") {
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
  CHECK_THAT(said, Catch::Contains("one value of input 'area' lies far from all others, as a mark "
                                   "for a missing value does: -999\n") &&
                       Catch::Contains("write data: {columns: {area: {gaps: [-999], missing: "
                                       "median}}}\n"));
}

}  // namespace nnrun::testing
