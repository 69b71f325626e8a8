// Rows as people have them: the model alone knows how they become inputs, in training, eval and
// predict alike, and no row is swallowed.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/example_data.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

/// A folder with a config and its data.
struct Project {
  Scratch scratch;

  void config(const std::string& data, const std::string& model, const std::string& more) const {
    scratch.write("c.yaml", "data: {" + data + "}\nmodel: {" + model + "}\n" + more);
  }
  Ended operator()(const std::string& command) const {
    return run("$nnrun " + command, scratch.folder());
  }
  Ended train(const std::string& words = "") const {
    const Ended ended = (*this)("c.yaml --threads 1 " + words + " --out r");
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    return ended;
  }
  /// Returns the outputs of `predict --json`, a row for each answer.
  json answers(const std::string& words) const {
    const Ended ended = (*this)("predict r --json " + words);
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    const json all = parsed(ended.out);
    json rows = json::array();
    for (const json& row : all["predict"]) rows.push_back(row["output"]);
    return rows;
  }
};

const std::string one_unit = "input: 1, layers: [{type: dense, units: 1}]";
const std::string two_inputs = "input: 2, layers: [{type: dense, units: 1}]";
const std::string squares = "train: {cost: mean_squared_error, epochs: 3}\n";

}  // namespace

TEST_CASE("predict answers every row of a file without names, or refuses the file",
          "[cli][predict]") {
  Project project;
  project.scratch.write("x.npy",
                        npy_bytes("'<f4'", "(4, 2)", bytes_of<float>({0, 0, 0, 1, 1, 0, 1, 1})));
  project.scratch.write("t.npy", npy_bytes("'<f4'", "(4,)", bytes_of<float>({0, 1, 2, 3})));
  project.config("type: npy, inputs: x.npy, targets: t.npy", two_inputs, squares);
  project.train();
  const json one_by_one = project.answers("0.9,0.1 0.9,0.9 0.8,0.2");
  const auto rows = [&](const std::string& text) {
    project.scratch.write("in.csv", text);
    return project.answers("--csv in.csv");
  };
  CHECK(rows("0.9,0.1\n0.9,0.9\n0.8,0.2\n") == one_by_one);
  CHECK(rows("a,b\n0.9,0.1\n0.9,0.9\n0.8,0.2\n") == one_by_one);
  CHECK(rows("0.9,0.9\n0.9,0.1\n").size() == 2);  // equal numbers are not two names
  CHECK(rows("0.9,0.1\n").size() == 1);
  CHECK(rows("0,0\n0.9,0.1\n").size() == 2);
  project.scratch.write("in.csv", "0,1\n0.9,0.1\n");
  CHECK(project("predict r --csv in.csv").err ==
        "error: the first row may be the numbers of the columns, or an example\n"
        "  --> in.csv:1\n"
        "   = help: take it out if it numbers the columns; else write a row of names, such as "
        "x1,x2, above it\n");
  project.scratch.write("in.csv", "0.9,0.1,7\n");
  CHECK_THAT(project("predict r --csv in.csv").err,
             StartsWith("error: the run has 2 inputs without names, the file has 3 columns"));
}

TEST_CASE("rows of separators alone at the end are left out, and that is said", "[cli][predict]") {
  Project project;
  project.scratch.write("t.csv", "a,b,y\n1,2,3\n,,4\n3,1,4\n2,2,4\n");
  project.config(
      "type: csv, path: t.csv, targets: [y], columns: {a: {missing: median}, b: {missing: mean}}",
      two_inputs, squares);
  project.train();
  const auto ended = [&](const std::string& rows, const std::string& more = "") {
    project.scratch.write("in.csv", rows);
    return project("predict r --csv in.csv --brief" + more);
  };
  for (const std::string threads : {"", " --threads 2"}) {
    const Ended some = ended("a,b\n1,2\n,\n4,5\n,\n,\n", threads);
    CHECK(some.status == 0);
    CHECK(std::ranges::count(some.out, '\n') == 4);  // with a head
    CHECK_THAT(some.err, Contains("the last 2 rows have nothing but separators and are left out, "
                                  "from in.csv:5"));
    const Ended one = ended("a;b\n1;2\n;\n\n", threads);
    CHECK(std::ranges::count(one.out, '\n') == 2);
    CHECK_THAT(one.err, Contains("the last row has nothing but separators and is left out: "
                                 "in.csv:3"));
    CHECK_THAT(ended("a,b\n1,2\n,\n4,5\n", threads).err, !Contains("separators"));
  }
}

TEST_CASE("a run on files without a header predicts them, and so one of its own",
          "[cli][predict]") {
  Project project;
  project.scratch.write("a.csv", "1,2,3\n2,3,5\n3,4,7\n");
  project.config("type: csv, path: a.csv, header: false", two_inputs, squares);
  project.train();
  const json one_by_one = project.answers("1,2 2,3 3,4");
  CHECK(project.answers("--csv a.csv") == one_by_one);  // with its targets
  project.scratch.write("in.csv", "1,2\n2,3\n3,4\n");
  CHECK(project.answers("--csv in.csv") == one_by_one);
}

TEST_CASE("a gap that is a number is one on the command line, too", "[cli][predict]") {
  const Scratch scratch;
  scratch.write("h.csv", "a,b,t\n1,2,0\n-99,3,1\n4,-99,0\n7,8,1\n");
  scratch.write("h.yaml",
                "data: {type: csv, path: h.csv, gaps: [-99], columns: {a: {missing: {constant: "
                "5}}, b: {missing: mean}}}\nmodel: {layers: [{type: dense}]}\ntrain: {cost: "
                "mean_squared_error}\n");
  REQUIRE(run("$nnrun h.yaml -q --out r", scratch.folder()).status == 0);
  scratch.write("in.csv", "a,b\n-99,3\n");
  const std::string answer = run("$nnrun predict r -q --csv in.csv", scratch.folder()).out;
  for (const std::string row : {"-99,3", "-99.0,3", "5,3"})
    CHECK_THAT(run("$nnrun predict r -q -- " + row, scratch.folder()).out,
               Contains("  " + answer.substr(answer.find('\n') + 1)));
}

TEST_CASE("pixels are predicted as they are in the file: the model divides them",
          "[cli][predict]") {
  Project project;
  project.scratch.write("i", idx_bytes({3, 1, 2}, std::string("\xff\x33\x00\x66\x10\x20", 6)));
  project.scratch.write("l", idx_bytes({3}, std::string("\0\1\0", 3)));
  project.config("type: idx, images: i, labels: l",
                 "input: [1, 2], layers: [{type: flatten}, {type: dense, units: 2}]", squares);
  project.train();
  // by hand, from the weights in the file
  const host::ModelFile model = host::read_model(project.scratch / "r/model.safetensors");
  const std::vector<double> w = host::numbers_of(*model.file.find("dense_1/weights")),
                            b = host::numbers_of(*model.file.find("dense_1/bias"));
  const double expected = w[0] * (255 / 255.) + w[1] * (51 / 255.) + b[0];
  CHECK(project.answers("255,51")[0][0].get<double>() == Approx(expected).epsilon(1e-6));
  CHECK(model.file.metadata.at("preparation") == R"({"divide_by":255.0,"columns":[{},{}]})");
  CHECK_THAT(project("eval r").out, Contains("(3 examples)"));
}

TEST_CASE("a run that starts from another one's weights prepares its inputs as that one did",
          "[cli][weights]") {
  Project project;
  std::string first = "x,y\n", second = "x,y\n";
  for (int i = 0; i < 100; ++i) {
    first += std::to_string(i) + "," + std::to_string(2 * i + 1) + "\n";
    second += std::to_string(i + 100) + "," + std::to_string(2 * i + 201) + "\n";
  }
  project.scratch.write("first.csv", first);
  project.scratch.write("second.csv", second);
  project.config("type: csv, path: first.csv, scale: standard", one_unit,
                 "train: {cost: mean_squared_error, epochs: 2000, optimizer: {type: adam, "
                 "learning_rate: 0.1}}\n");
  project.train();
  const auto again = [&](const std::string& words) {
    std::filesystem::remove_all(project.scratch / "s");
    return project(
        "c.yaml --out s --set data.path=second.csv --set train.epochs=0 --set "
        "model.weights=r/model.safetensors " +
        words);
  };
  CHECK_THAT(again("").err, Contains("data   inputs are prepared as those of 'model.safetensors' "
                                     "were, not anew from these data\n"));
  const json y = parsed(project("predict s 5 105 --json").out);
  CHECK(y["predict"] == parsed(project("predict r 5 105 --json").out)["predict"]);
  CHECK(y["predict"][0]["output"][0].get<double>() == Approx(11).margin(0.05));  // y = 2x + 1
  CHECK(y["predict"][1]["output"][0].get<double>() == Approx(211).margin(0.5));
  CHECK_THAT(again("--set data.scale=none").err,
             Contains("data   inputs are not prepared as those of 'model.safetensors' were, so its "
                      "weights start from other numbers\n"));
}

TEST_CASE(
    "inputs scaled by another rule than those of the weights are scaled anew, and that is said",
    "[cli][weights]") {
  Project project;
  std::string csv = "x,y\n";
  for (int i = 0; i < 40; ++i) csv += std::to_string(i * i) + "," + std::to_string(i) + "\n";
  project.scratch.write("a.csv", csv);
  project.config("type: csv, path: a.csv, scale: standard", one_unit,
                 "train: {cost: mean_squared_error, epochs: 1}\n");
  project.train();
  const auto scale_in = [&](const std::string& run) {
    const host::ModelFile model = host::read_model(project.scratch / run / "model.safetensors");
    const auto found = model.file.metadata.find("input_scale");
    return found == model.file.metadata.end() ? "" : found->second;
  };
  CHECK(scale_in("r") == "standard");
  const auto again = [&](const std::string& words) {
    std::filesystem::remove_all(project.scratch / "s");
    return project("c.yaml --out s --set train.epochs=0 --set model.weights=r " + words);
  };
  CHECK_THAT(again("--set data.scale=min_max").err,
             Contains("data   inputs are not prepared as those of 'model.safetensors' were, so its "
                      "weights start from other numbers: scale is min_max here, standard there\n"));
  CHECK(scale_in("s") == "min_max");
  // 0 to 39 squared: min_max divides by 1521
  const auto fit = host::read_model(project.scratch / "s/model.safetensors").fit;
  CHECK(fit.factors.at(0) == Approx(1 / 1521.).epsilon(1e-12));
  CHECK_THAT(again("--set 'data.columns={x: {scale: robust}}'").err,
             Contains("scale is robust here, standard there\n"));
  CHECK(scale_in("s") == "robust");
  CHECK_THAT(again("").err, Contains("inputs are prepared as those of 'model.safetensors' were"));
  host::Recipe recipe{.columns = host::number_columns(2, {}), .features = {}, .scales = true};
  recipe.columns[1].scale = host::Scale::robust;
  CHECK(host::scale_text(recipe) == R"(["none","robust"])");
}

TEST_CASE("targets are learned scaled, and answered and measured in their own units",
          "[cli][scale]") {
  Project project;
  std::string table = "rooms,area,price\n";
  double mean = 0;
  std::vector<double> prices;
  for (int i = 0; i < 200; ++i) {
    const int rooms = 1 + i % 5, area = 30 + i * 7 % 90;
    prices.push_back(50'000 + 40'000 * rooms + 3'000 * area);
    mean += prices.back() / 200;
    table += std::to_string(rooms) + "," + std::to_string(area) + "," +
             std::to_string(prices.back()) + "\n";
  }
  project.scratch.write("a.csv", table);
  const std::string scale = GENERATE("standard", "min_max", "log");
  project.config("type: csv, path: a.csv, scale: standard, target_scale: " + scale,
                 "input: 2, layers: [{type: dense, units: 16, activation: relu}, {type: dense, "
                 "units: 1}]",
                 "train: {cost: mean_squared_error, epochs: 60, optimizer: {type: sgd, "
                 "learning_rate: 0.05}}\nmetrics: [r2, mean_absolute_error]\npredict: [[3, 60]]\n");
  const Ended trained = project.train();
  CHECK_THAT(trained.err, Contains("target price: number, 180,000 … 604,000, scaled (" + scale +
                                   "): the cost is that of the scaled ones\n"));
  const json result = parsed(text_of(project.scratch / "r/run.json"))["result"];
  CHECK(result["train"]["r2"] > 0.9);
  CHECK(result["predict"][0]["output"][0].get<double>() == Approx(350'000).epsilon(0.1));
  // r2 and the mean error from the answers alone
  project.scratch.write("in.csv", table);
  double squared = 0, all = 0, absolute = 0;
  const json answers = project.answers("--csv in.csv");
  for (std::size_t i = 0; i < 200; ++i) {
    const double y = answers[i][0];
    squared += (y - prices[i]) * (y - prices[i]);
    absolute += std::abs(y - prices[i]) / 200;
    all += (prices[i] - mean) * (prices[i] - mean);
  }
  const json eval = parsed(project("eval r --json").out);
  CHECK(eval["r2"].get<double>() == Approx(1 - squared / all).epsilon(1e-5));
  CHECK(eval["mean_absolute_error"].get<double>() == Approx(absolute).epsilon(1e-5));
  CHECK(project("verify r").status == 0);
}

TEST_CASE("texts and gaps go the same way in training, eval and predict", "[cli][columns]") {
  Project project;
  std::string table = "city,size,built,rent\n";
  for (int i = 0; i < 60; ++i)
    table += std::string(i % 3 == 0   ? "Bonn"
                         : i % 3 == 1 ? "Kiel"
                                      : "\"Ulm, old\"") +
             "," + std::to_string(20 + i) + "," + (i % 10 == 0 ? "NA" : std::to_string(1950 + i)) +
             "," + std::to_string(100 * (i % 3) + 5 * i) + "\n";
  project.scratch.write("a.csv", table);
  project.config(
      "type: csv, path: a.csv, scale: standard, columns: {built: {missing: median, indicator: "
      "true}, city: {unknown: other}}",
      "input: 7, layers: [{type: dense, units: 1}]", squares);
  project.train();
  project.scratch.write("in.csv",
                        "note,rent,size,built,city\n1,,30,1960,Kiel\n2,,30,?,\"Ulm, old\"\n"
                        "3,,30,1960,Mars\n");
  const json rows = project.answers("--csv in.csv");
  REQUIRE(rows.size() == 3);
  CHECK(project.answers("Kiel,30,1960 '\"Ulm, old\",30,NA' Mars,30,1960") == rows);
  // by hand, from the file alone
  const host::ModelFile model = host::read_model(project.scratch / "r/model.safetensors");
  const std::vector<double> w = host::numbers_of(*model.file.find("dense_1/weights")),
                            b = host::numbers_of(*model.file.find("dense_1/bias"));
  const auto& fit = model.fit;
  const auto y = [&](std::size_t city, double size, double built, bool missing) {
    std::vector<double> x(7);  // Bonn, Kiel, Ulm, other, size, built, missing
    x[city] = 1;
    x[4] = (size - fit.shifts[4]) * fit.factors[4];
    x[5] = ((missing ? fit.fills[2] : built) - fit.shifts[5]) * fit.factors[5];
    x[6] = missing;
    double sum = b[0];
    for (std::size_t i = 0; i < 7; ++i) sum += w[i] * x[i];
    return sum;
  };
  CHECK(rows[0][0].get<double>() == Approx(y(1, 30, 1960, false)).epsilon(1e-5));
  CHECK(rows[1][0].get<double>() == Approx(y(2, 30, 0, true)).epsilon(1e-5));
  CHECK(rows[2][0].get<double>() == Approx(y(3, 30, 1960, false)).epsilon(1e-5));

  const json own = parsed(project("eval r --json").out);
  project.scratch.write("same.csv", table);
  std::filesystem::remove(project.scratch / "a.csv");
  const json other = parsed(project("eval r --json --data test=same.csv").out);
  CHECK(other["cost"] == own["cost"]);
  CHECK(other["examples"] == 60);
}

TEST_CASE("texts that no training example has are told", "[cli][columns]") {
  Project project;
  std::string csv = "x,kind,y\n";
  for (int i = 0; i < 44; ++i)
    csv += std::to_string(i % 7) + "," + (i < 40 ? i % 2 ? "A" : "B" : "Z") + "," +
           std::to_string(i % 5) + "\n";
  project.scratch.write("t.csv", csv);
  const auto told = [&](const std::string& split) {
    project.config("type: csv, path: t.csv, targets: [y], split: {validation: 0.1" + split + "}",
                   "layers: [{type: dense, units: 1}]", squares);
    return project("c.yaml --threads 1").err;
  };
  CHECK_THAT(told(", shuffle: false"),
             Contains("data   no training example has 'Z' in 'kind': what is answered for it is "
                      "left to chance\n"));
  CHECK_THAT(told(""), !Contains("no training example"));
  const std::string in_order =
      "type: csv, path: t.csv, targets: [y], split: {validation: 0.1, shuffle: false}";
  project.config(in_order, "layers: [{type: dense, units: 1}], weights: runs/c/0002", squares);
  CHECK_THAT(project("c.yaml --threads 1").err, !Contains("no training example"));
  project.config(in_order + ", features: [x]", "layers: [{type: dense, units: 1}]", squares);
  CHECK_THAT(project("c.yaml --threads 1").err, !Contains("no training example"));
}

TEST_CASE("classes that no training example has are told", "[cli][columns]") {
  Project project;
  std::string csv = "x,kind\n";
  for (int i = 0; i < 44; ++i)
    csv += std::to_string(i % 7) + "," + (i < 40 ? i % 2 ? "A" : "B" : "Z") + "\n";
  project.scratch.write("t.csv", csv);
  project.config("type: csv, path: t.csv, targets: [kind], split: {test: 0.1, shuffle: false}",
                 "layers: [{type: dense, units: 3, activation: softmax}]",
                 "train: {cost: cross_entropy, epochs: 3}");
  const std::string said = project("c.yaml --threads 1").err;
  CHECK_THAT(said,
             Contains("data   no training example is of class 'Z', so it cannot be learnt\n"));
  CHECK_THAT(said, !Contains("class_weights"));
  const auto of_tail = [&](const std::string& tail, std::size_t n) {
    std::string rows = "x,kind\n";
    for (int i = 0; i < 40; ++i)
      rows += std::to_string(i % 7) + "," + (i % 10 == 9 ? "C" : i % 2 ? "A" : "B") + "\n";
    project.scratch.write("t.csv", rows + tail);
    project.config("type: csv, path: t.csv, targets: [kind], split: {test: 0.1, shuffle: false}",
                   "layers: [{type: dense, units: " + std::to_string(n) + ", activation: softmax}]",
                   "train: {cost: cross_entropy, epochs: 3}");
    return project("c.yaml --threads 1").err;
  };
  const std::string two = of_tail("1,Y\n2,Z\n3,Y\n4,Z\n", 5);
  CHECK_THAT(two, Contains("data   no training example is of classes 'Y', 'Z', so they cannot be "
                           "learnt\n"));
  CHECK_THAT(two, Contains("class 'C' is the answer for 0 training examples"));
  CHECK_THAT(of_tail("1,V\n2,W\n3,Y\n4,Z\n", 7),
             Contains("of classes 'V', 'W', 'Y' and 1 more, so they cannot be learnt\n"));
}

TEST_CASE("what a run cannot know of a row is refused, with file and line", "[cli][columns]") {
  Project project;
  project.scratch.write("a.csv", "city,size,rent\nBonn,1,2\nKiel,2,3\nBonn,3,4\n");
  project.config("type: csv, path: a.csv", "input: 3, layers: [{type: dense, units: 1}]", squares);
  project.train();
  const auto said = [&](const std::string& text) {
    project.scratch.write("in.csv", text);
    const Ended ended = project("predict r --csv in.csv -q");
    CHECK(ended.status == 5);
    return ended.err;
  };
  CHECK(said("city,size\nKiel,1\nMars,2\n") ==
        "error: column 'city': unknown text 'Mars'\n"
        "  --> in.csv:3\n"
        "   = help: the run knows: Bonn, Kiel\n"
        "           write columns: {city: {unknown: ignore}} to train for rows of none of these\n"
        "           --set 'data.columns.city.unknown=ignore' takes it for no text\n"
        "           --on-error empty answers the other rows, and leaves this one empty\n");
  CHECK(said("city,size\nKiel,NA\n") ==
        "error: column 'size': a value is missing, 'NA'\n"
        "  --> in.csv:2\n"
        "   = help: the run does not fill it in: train with columns: {size: {missing: median}}, or "
        "leave the row out\n"
        "           --on-error empty answers the other rows, and leaves this one empty\n");
  CHECK_THAT(said("city\nKiel\n"), StartsWith("error: no column 'size'\n"));
}

TEST_CASE("the number of inputs that columns make is said with what makes it", "[cli][columns]") {
  Project project;
  project.scratch.write("a.csv", "city,size,rent\nBonn,1,2\nKiel,2,3\nBonn,3,4\n");
  project.config("type: csv, path: a.csv", two_inputs, squares);
  CHECK_THAT(project("c.yaml").err,
             Contains("error: the model's input is 2, but the columns of the data set make 3\n") &&
                 Contains("= note: 'city': 2, 'size': 1\n") &&
                 Contains("= help: write input: 3\n"));
}

TEST_CASE("a class that is called like a gap does not vanish without a word", "[cli][columns]") {
  const Scratch scratch;
  std::string csv = "x,continent\n";
  for (int i = 0; i < 60; ++i)
    csv += std::to_string(i) + "," +
           std::vector{"EU", "NA", "AF"}[static_cast<std::size_t>(i % 3)] + "\n";
  scratch.write("t.csv", csv);
  scratch.write("c.yaml",
                "data: {type: csv, path: t.csv, columns: {continent: {missing: drop}}}\nmodel: "
                "{layers: [{type: dense, activation: sigmoid}]}\ntrain: {cost: "
                "binary_cross_entropy, epochs: 1}\n");
  const auto did = [&](const std::string& words) {
    return run("$nnrun " + words, scratch.folder());
  };
  const std::string why =
                        "20 of 60 rows are left out for missing values: 'continent' in 20, first ",
                    hint = "t.csv:3 (NA); if NA is a text of its own, write gaps: [\"N/A\", ";
  const Ended trained = did("c.yaml --out r");
  REQUIRE(trained.status == 0);
  CHECK_THAT(trained.err, Contains("data   " + why) && Contains(hint) && !Contains("\"NA\""));
  CHECK_THAT(did("check c.yaml").out, Contains("  " + why) && Contains(hint));
  CHECK_THAT(did("c.yaml -v --out v").err, Contains("  " + why));
  CHECK_THAT(did("eval r").err, Contains("note: " + why));
  const json record = json::parse(text_of(scratch / "r/run.json"))["result"]["left_out"];
  CHECK(record["rows"] == 20);
  CHECK_THAT(record["why"].get<std::string>(), StartsWith(why));
  CHECK(json::parse(did("check --json c.yaml").out)["configs"][0]["data"]["left_out"]["rows"] ==
        20);
  // what the hint says keeps them
  const std::size_t at = trained.err.find("gaps: [") + 6;
  const std::string gaps = trained.err.substr(at, trained.err.find(']', at) + 1 - at);
  const Ended kept =
      did("check c.yaml --set 'data.gaps=" + gaps +
          "' --set train.cost=cross_entropy --set model.layers.dense_1.activation=softmax");
  CAPTURE(gaps, kept.err);
  CHECK_THAT(kept.out, Contains("60 rows: ") && !Contains("left out"));
}

TEST_CASE("rows with gaps are left out where a config says so, and counted", "[cli][columns]") {
  Project project;
  project.scratch.write("a.csv", "x,y\n1,2\n,3\n3,NA\n4,5\n");
  project.config("type: csv, path: a.csv, columns: {x: {missing: drop}, y: {missing: drop}}",
                 one_unit, squares);
  const Ended trained = project.train();
  const std::string why = "2 of 4 rows are left out for missing values: 'x' in 1, first ";
  CHECK_THAT(trained.err, Contains("data   " + why) && Contains("a.csv:3, 'y' in 1, first ") &&
                              Contains("a.csv:4 (NA)\n"));
  CHECK_THAT(trained.out, Contains("(2 examples"));
  project.scratch.write("in.csv", "x\n1\n\"\"\n");
  CHECK(project("predict r --csv in.csv").status == 5);  // an answer for each row, or none
}

TEST_CASE("columns that leave no row or no input are named", "[cli][columns]") {
  Project project;
  const auto said = [&](const std::string& csv, const std::string& data) {
    project.scratch.write("a.csv", csv);
    project.config("type: csv, path: a.csv, " + data, one_unit, squares);
    const Ended ended = project("c.yaml");
    CHECK(ended.status == (ended.err.find("features") == ended.err.npos ? 5 : 3));
    return ended.err;
  };
  CHECK_THAT(said("x,y\n,2\n3,NA\n", "columns: {x: {missing: drop}, y: {missing: drop}}"),
             Contains("error: all of its 2 rows are left out for missing values\n"));
  CHECK_THAT(said("x,y\n,2\n,3\n", "columns: {x: {type: category, missing: most_frequent}}"),
             Contains("error: column 'x' has no value in the training part, and no input is left"));
  CHECK_THAT(said("x,z,y\n1,2,2\n,1,3\n",
                  "features: [z, x*z], columns: {x: {missing: mean, indicator: true}}"),
             Contains("error: column 'x' has an indicator, but features do not have it as an "
                      "input\n --> c.yaml:"));
}

TEST_CASE("every run says how it reads its target, and what to write if that is wrong",
          "[cli][target]") {
  Project project;
  project.scratch.write("a.csv", "x,kind\n1,1\n2,2\n3,3\n4,1\n");
  const std::string softmax = "input: 1, layers: [{type: dense, units: 3, activation: softmax}]",
                    entropy = "train: {cost: cross_entropy}\n";
  project.config("type: csv, path: a.csv", softmax, entropy);
  CHECK_THAT(project("c.yaml").err,
             Contains("error: the network has 3 outputs, but an example of the data set has 1 "
                      "target\n") &&
                 Contains("= note: 'kind' is read as a number\n") &&
                 Contains("= help: if 'kind' holds classes, write classes: [1, 2, 3] in data; else "
                          "the last layer needs units: 1\n"));
  CHECK_THAT(project("c.yaml --set model.layers.dense_1.units=1").err,
             Contains("if the target holds classes, write classes: [1, 2, 3] in data\n"));
  CHECK_THAT(project.train("--set 'data.classes=[1, 2, 3]'").err,
             Contains("target kind: 3 classes, 1 2 · 2 1 · 3 1\n") ||
                 Contains("target kind: 3 classes, 1 2, 2 1, 3 1\n"));
  project.scratch.write("b.csv", "x,y\n1,odd\n2,2.5\n3,3.5\n");
  project.config("type: csv, path: b.csv", one_unit, squares);
  CHECK_THAT(project("c.yaml").err,
             Contains("= note: 'y' is read as 3 classes, because 'odd' in ") &&
                 Contains("b.csv:2 is not a number\n"));
}

TEST_CASE("a model in another encoding is used on its own data", "[cli][encoding]") {
  Project project;
  project.scratch.write("a.csv",
                        "gr\xF6\xDF"
                        "e,stadt\n1,M\xFCnchen\n2,K\xF6ln\n3,M\xFCnchen\n");
  project.config("type: csv, path: a.csv, encoding: latin1",
                 "input: 1, layers: [{type: dense, units: 2, activation: softmax}]",
                 "train: {cost: cross_entropy}\n");
  project.train();
  CHECK_THAT(project("predict r --csv a.csv -q").out,
             StartsWith("K\xC3\xB6ln,M\xC3\xBCnchen,class\n"));
  CHECK_THAT(project("eval r --data test=a.csv").out, Contains("(3 examples)"));
  project.config("type: csv, path: a.csv",
                 "input: 1, layers: [{type: dense, units: 2, activation: softmax}]",
                 "train: {cost: cross_entropy}\n");
  CHECK(project("c.yaml").status == 5);
}

}  // namespace nnrun::testing
