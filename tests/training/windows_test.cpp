// Windows over a series: rows in the order of time.
#include "training/windows.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "support/example_data.hpp"
#include "support/program.hpp"
#include "training/open_sizes.hpp"
#include "training/trainer.hpp"
#include "training/warnings.hpp"
namespace nnrun::testing {
namespace {

using Numbers = std::vector<double>;

/// Returns a table of 20 rows: a counts from 0, y from 100.
std::string counting(std::size_t rows = 20) {
  std::string text = "a,y\n";
  for (std::size_t i = 0; i < rows; ++i)
    text += std::to_string(i) + "," + std::to_string(100 + i) + "\n";
  return text;
}
/// data: the keys beside the path.
std::string config(const Scratch& scratch, const std::string& data,
                   const std::string& table = counting()) {
  const std::string file = scratch.write("series.csv", table).string();
  return "dtype: float64\ndata: {type: csv, path: " + file + ", " + data +
         "}\nmodel: {layers: [{type: flatten}, {type: dense}]}\n"
         "train: {cost: mean_squared_error, epochs: 1, optimizer: {learning_rate: 1.0e-6}}\n";
}
Read read_series(const Scratch& scratch, const std::string& data,
                 const std::string& table = counting()) {
  const host::Experiment e = experiment(config(scratch, data, table));
  host::DataSource source(e);
  host::Random random(use("random", "philox"), 1);
  host::Preparation preparation = source.preparation(e);
  auto parts = source.read<double>(random, preparation);
  return {source.shape(), std::move(parts)};
}
Numbers example(const host::Examples<double>& part, std::size_t i, std::size_t width) {
  return {part.x.data() + i * width, part.x.data() + (i + 1) * width};
}
std::string refused_series(const Scratch& scratch, const std::string& data,
                           const std::string& table = counting()) {
  return said([&] { read_series(scratch, data, table); }, scratch);
}
std::string refused_config(const Scratch& scratch, const std::string& data) {
  return said<host::ConfigError>([&] { read_series(scratch, data); });
}

}  // namespace

TEST_CASE("an example of a series is rows in a row, with the target of a later one",
          "[training][windows]") {
  const Scratch scratch;
  const Read read = read_series(scratch, "windows: {length: 3, horizon: 2}, split: {test: 0.4}");
  const auto& [train, validation, test] = read.parts;
  CHECK((train.count == 8 && validation.count == 0 && test.count == 4));
  CHECK(example(train, 0, 6) == Numbers{0, 100, 1, 101, 2, 102});
  CHECK(numbers(train.t)[0] == 104);
  CHECK(example(train, 7, 6) == Numbers{7, 107, 8, 108, 9, 109});
  CHECK(numbers(train.t)[7] == 111);  // the last row of the training part
  CHECK(example(test, 0, 6) == Numbers{12, 112, 13, 113, 14, 114});
  CHECK(numbers(test.t)[0] == 116);
  CHECK(numbers(test.last)[0] == 114);
  CHECK(numbers(test.t)[3] == 119);
}

TEST_CASE("a series of a single column is known by its own past", "[training][windows]") {
  const Scratch scratch;
  const std::string table = "y\n1\n2\n4\n8\n16\n32\n";
  const Read read = read_series(scratch, "targets: [y], windows: {length: 3}", table);
  CHECK(read.parts[0].count == 3);
  CHECK(example(read.parts[0], 2, 3) == Numbers{4, 8, 16});
  CHECK(numbers(read.parts[0].t)[2] == 32);
  CHECK(read.shape.names.inputs == std::vector<std::string>{"y"});
  // beside it what examples count, and a column that is not wanted
  const Read weighed = read_series(
      scratch, "targets: [y], weights: w, columns: {hour: unused}, windows: {length: 2}",
      "hour,y,w\n0,1,1\n1,2,3\n2,4,5\n");
  CHECK(example(weighed.parts[0], 0, 2) == Numbers{1, 2});
  CHECK(numbers(weighed.parts[0].weight)[0] == 5);
}

TEST_CASE("without inputs nothing but a series can be learnt", "[training][windows]") {
  const Scratch scratch;
  const std::string table = "y\n1\n2\n4\n8\n";
  const std::string single = refused_series(scratch, "targets: [y]", table);
  CHECK_THAT(single, Catch::Contains("every column is a target: no input is left"));
  CHECK_THAT(single, Catch::Contains("windows: {length: 24}"));
  CHECK_THAT(refused_series(scratch, "targets: [y], windows: {length: 2, horizon: 0}", table),
             Catch::Contains("write horizon: 1"));
}

TEST_CASE("parts of a series follow each other, and no row is in two", "[training][windows]") {
  const Scratch scratch;
  const Read read = read_series(
      scratch, "windows: {length: 2}, split: {validation: 0.2, test: 0.2}", counting(30));
  const auto& [train, validation, test] = read.parts;
  CHECK((train.count == 16 && validation.count == 4 && test.count == 4));
  CHECK(numbers(train.t)[15] == 117);
  CHECK(example(validation, 0, 4) == Numbers{18, 118, 19, 119});
  CHECK(example(test, 0, 4) == Numbers{24, 124, 25, 125});
  CHECK((read.shape.rows == std::array<std::size_t, 3>{18, 6, 6}));
}

TEST_CASE("a column that is a target, or named as an input, is not unused", "[training][windows]") {
  const Scratch scratch;
  CHECK_THAT(refused_config(scratch, "targets: [y], columns: {y: unused}"),
             Catch::Contains("column 'y' is a target, so it is not unused"));
  CHECK_THAT(refused_config(scratch, "targets: [y], inputs: [a], columns: {a: unused}"),
             Catch::Contains("column 'a' is an input, so it is not unused"));
}

TEST_CASE("a stride leaves rows out between the starts of examples", "[training][windows]") {
  const Scratch scratch;
  const Read read = read_series(scratch, "windows: {length: 3, stride: 7}");
  CHECK(read.parts[0].count == 3);  // from rows 0, 7, 14
  CHECK(example(read.parts[0], 2, 6) == Numbers{14, 114, 15, 115, 16, 116});
  CHECK(numbers(read.parts[0].t)[2] == 117);
}

/// Two series, of 6 and 4 rows: below each other, or mixed.
const std::string blocks =
    "place,a,y\nBern,0,100\nBern,1,101\nBern,2,102\nBern,3,103\nBern,4,104\nBern,5,105\n"
    "Ulm,0,200\nUlm,1,201\nUlm,2,202\nUlm,3,203\n";
const std::string mixed =
    "place,a,y\nBern,0,100\nUlm,0,200\nBern,1,101\nUlm,1,201\nBern,2,102\nBern,3,103\nUlm,2,202\n"
    "Bern,4,104\nBern,5,105\nUlm,3,203\n";

TEST_CASE("no window leaves its series, whether these stand below each other or are mixed",
          "[training][windows]") {
  const Scratch scratch;
  for (const std::string& table : {blocks, mixed}) {
    const Read read = read_series(scratch, "windows: {length: 3, group: place}", table);
    const host::Examples<double>& train = read.parts[0];
    REQUIRE(train.count == 4);  // 3 of Bern, 1 of Ulm
    CHECK(numbers(train.t) == Numbers{103, 104, 105, 203});
    CHECK(example(train, 2, 6) == Numbers{2, 102, 3, 103, 4, 104});
    CHECK(example(train, 3, 6) == Numbers{0, 200, 1, 201, 2, 202});
    CHECK(numbers(train.last) == Numbers{102, 103, 104, 202});
    CHECK(read.shape.names.inputs == std::vector<std::string>{"a", "y"});
    CHECK(read.shape.note == "2 series by 'place'");
  }
  // what is said of its column makes an input of it, too
  const Read both =
      read_series(scratch, "windows: {length: 2, group: place}, columns: {place: category}", mixed);
  CHECK(both.shape.names.inputs == std::vector<std::string>{"place", "a", "y"});
  CHECK(both.parts[0].count == 6);
}

TEST_CASE("each series is cut by time, and one that is too short is told of",
          "[training][windows]") {
  const Scratch scratch;
  for (const std::string& table : {blocks, mixed}) {
    const Read read =
        read_series(scratch, "windows: {length: 1, group: place}, split: {test: 0.4}", table);
    CHECK(numbers(read.parts[0].t) == Numbers{101, 102, 103, 201});
    CHECK(numbers(read.parts[2].t) == Numbers{105, 203});
    CHECK((read.shape.rows == std::array<std::size_t, 3>{6, 0, 4}));
  }
  CHECK(read_series(scratch, "windows: {length: 4, group: place}", blocks).shape.note ==
        "2 series by 'place', 1 of them too short for an example in the training part");
  CHECK_THAT(refused_series(scratch, "windows: {length: 9, group: place}", blocks),
             Catch::Contains("the training part of each series has 6 rows at the most, but an "
                             "example reaches over 10"));
}

TEST_CASE("a group that is no column of series is refused", "[training][windows]") {
  const Scratch scratch;
  CHECK_THAT(refused_series(scratch, "windows: {length: 2, group: town}", blocks),
             Catch::Contains("no column 'town', which 'windows' names as group"));
  CHECK_THAT(refused_config(scratch, "targets: [y], windows: {length: 2, group: y}"),
             Catch::Contains("'group' names 'y', which is a target"));
  CHECK_THAT(refused_series(scratch, "windows: {length: 2, group: place}",
                            "place,y\nBern,1\n,2\nBern,3\n"),
             Catch::Contains("column 'place': a row does not say to which series it belongs") &&
                 Catch::Contains("series.csv:3"));
}

TEST_CASE("a run whose rows look like several series says so", "[training][windows]") {
  const Scratch scratch;
  const auto warned = [&](const std::string& windows) {
    const host::Experiment e =
        host::with_sizes(experiment(config(scratch, "windows: " + windows, blocks)));
    std::string all;
    for (const host::Problem& warning : host::warnings_of(e, *host::Trainer::create(e, 1)))
      all += warning.what + " | " + warning.hint + "\n";
    return all;
  };
  CHECK(warned("{length: 2}") ==
        "'place' seems to name several series: windows reach from the rows of one into those of "
        "the next | write group: place in windows\n");
  CHECK(warned("{length: 2, group: place}") == "");
}

TEST_CASE("eval and predict stay within series, too", "[cli][windows]") {
  const Scratch scratch;
  scratch.write("c.yaml",
                config(scratch, "windows: {length: 2, group: place}, scale: standard", mixed));
  REQUIRE(run("$nnrun c.yaml -q --out r", scratch.folder()).status == 0);
  CHECK_THAT(run("$nnrun eval r", scratch.folder()).out, Catch::Contains("(6 examples)"));
  const auto answers = [&](const std::string& file) {
    const Ended ended =
        run("$nnrun predict r " + file + " --json --keep place,a", scratch.folder());
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    const nlohmann::json rows = parsed(ended.out)["predict"];
    std::map<std::string, nlohmann::json> by_row;
    for (const nlohmann::json& row : rows)
      by_row[row["kept"]["place"].get<std::string>() + row["kept"]["a"].get<std::string>()] =
          row["output"];
    return by_row;
  };
  scratch.write("blocks.csv", blocks);
  const auto of_mixed = answers("--csv series.csv"), of_blocks = answers("--csv blocks.csv");
  CHECK(of_mixed.size() == 8);  // from the second row of each series on
  CHECK(of_mixed.contains("Ulm1"));
  CHECK(of_mixed == of_blocks);
  CHECK_THAT(run("$nnrun predict r --csv series.csv", scratch.folder()).err,
             Catch::Contains("the last of 2 rows of its series by 'place'"));
  scratch.write("in.jsonl",
                "{\"place\": \"Ulm\", \"a\": 0, \"y\": 200}\n"
                "{\"place\": \"Bern\", \"a\": 4, \"y\": 104}\n"
                "{\"place\": \"Ulm\", \"a\": 1, \"y\": 201}\n");
  const Ended lines = run("$nnrun predict r --jsonl in.jsonl --json", scratch.folder());
  REQUIRE(lines.status == 0);
  REQUIRE(parsed(lines.out)["predict"].size() == 1);
  CHECK(parsed(lines.out)["predict"][0]["output"] == of_mixed.at("Ulm1"));
  scratch.write("in.csv", "a,y\n0,100\n1,101\n");
  CHECK_THAT(run("$nnrun predict r --csv in.csv", scratch.folder()).err,
             Catch::Contains("no column 'place'"));
  scratch.write("in.csv", "place,a,y\nBern,0,100\nUlm,1,101\n");
  CHECK_THAT(run("$nnrun predict r --csv in.csv", scratch.folder()).err,
             Catch::Contains("has at the most 1 row of a series, fewer than a window of 2"));
}

TEST_CASE("with a horizon of 0 targets are not inputs", "[training][windows]") {
  const Scratch scratch;
  const Read read = read_series(scratch, "windows: {length: 3, horizon: 0}");
  CHECK(read.parts[0].count == 18);
  CHECK(example(read.parts[0], 0, 3) == Numbers{0, 1, 2});
  CHECK(numbers(read.parts[0].t)[0] == 102);
  CHECK(read.parts[0].last.data() == nullptr);
}

TEST_CASE("a series is scaled by what its training rows say", "[training][windows]") {
  const Scratch scratch;
  const Read read =
      read_series(scratch, "windows: {length: 3}, split: {test: 0.4}, scale: standard");
  // a of 12 rows: 0 to 11, mean 5.5, variance 143 / 12
  const double deviation = std::sqrt(143. / 12);
  CHECK(read.parts[NNRUN_TEST].x.data()[0] == Approx((12 - 5.5) / deviation));
  CHECK(read.parts[NNRUN_TEST].x.data()[1] == Approx((112 - 105.5) / deviation));
  CHECK(numbers(read.parts[NNRUN_TEST].t)[0] == 115);  // not scaled
}

TEST_CASE("texts, gaps and what an example counts go with the rows of a series",
          "[training][windows]") {
  const Scratch scratch;
  const Read read =
      read_series(scratch, "windows: {length: 2}, weights: w, columns: {b: {missing: mean}}",
                  "city,b,w,y\nBern,1,10,0\nBasel,,20,1\nBern,3,30,2\nBern,5,40,3\n");
  CHECK(read.parts[0].count == 2);
  CHECK(example(read.parts[0], 0, 8) == Numbers{0, 1, 1, 0, 1, 0, 3, 1});
  CHECK((numbers(read.parts[0].weight)[0] == 30 && numbers(read.parts[0].weight)[1] == 40));
  const Read classes =
      read_series(scratch, "windows: {length: 2}", "a,y\n1,up\n2,down\n3,up\n4,down\n");
  CHECK(example(classes.parts[0], 0, 2) == Numbers{1, 2});
  CHECK((numbers(classes.parts[0].t)[0] == 0 && numbers(classes.parts[0].t)[1] == 1));
}

TEST_CASE("a series that is shorter than its windows is refused with the sizes",
          "[training][windows]") {
  const Scratch scratch;
  CHECK(refused_series(scratch, "windows: {length: 24}") ==
        "error: the training part of the series has 20 rows, but an example reaches over 25: a "
        "window of 24, and a target 1 behind it\n"
        "  --> data set 'csv'\n"
        "   = help: take shorter windows, or a larger part\n");
  CHECK_THAT(refused_series(scratch, "windows: {length: 4, horizon: 0}, split: {test: 0.1}"),
             Catch::StartsWith("error: the test part of the series has 2 rows, but an example "
                               "reaches over 4\n"));
  CHECK_THAT(refused_series(scratch, "windows: {length: 9007199254740991, horizon: 5}"),
             Catch::Contains("has 20 rows, but an example reaches over 9007199254740996"));
}

TEST_CASE("parts of a series cannot be drawn", "[training][windows]") {
  const Scratch scratch;
  for (const std::string word : {"shuffle: true", "stratify: true", "folds: 5, fold: 1"}) {
    const std::string message =
        refused_config(scratch, "windows: {length: 2}, split: {test: 0.2, " + word + "}");
    CHECK_THAT(message, Catch::Contains("cannot cut a series: with 'windows', parts follow each "
                                        "other in time"));
  }
  CHECK(read_series(scratch, "windows: {length: 2}, split: {test: 0.4, shuffle: false}")
            .parts[NNRUN_TEST]
            .count == 6);
}

TEST_CASE("hints for a missing value of a series propose nothing that is refused",
          "[training][windows]") {
  CHECK(host::hint_in_series("write columns: {y: {missing: drop}} to leave such rows out") ==
        "fill it in in the file: no row of a series can be left out");
  CHECK(host::hint_in_series("a row that is measured needs its target: leave it out") ==
        "fill it in in the file: no row of a series can be left out");
  CHECK(host::hint_in_series("write columns: {x: {missing: median}} to fill it in, or columns: {x: "
                             "{missing: drop}} to leave such rows out") ==
        "write columns: {x: {missing: median}} to fill it in");
  CHECK(host::hint_in_series("leave it out: columns: {day: unused}") ==
        "leave it out: columns: {day: unused}");
  CHECK(host::hint_in_series("name the columns") == "name the columns");
}

TEST_CASE("no row is left out of a series", "[training][windows]") {
  const Scratch scratch;
  CHECK_THAT(refused_config(scratch, "windows: {length: 2}, columns: {a: {missing: drop}}"),
             Catch::Contains("column 'a': a row cannot be left out of a series"));
}

TEST_CASE("examples that are not rows of numbers make no windows", "[training][windows]") {
  const Scratch scratch;
  host::Experiment e = experiment(config(scratch, "windows: {length: 2}"));
  e.data.use = example_dataset("idx", scratch);
  CHECK_THAT(said<host::ConfigError>([&] { host::DataSource(std::move(e)); }),
             Catch::Contains("'windows' are made of rows of numbers, but an example of the data "
                             "set is 1 x 2"));
}

TEST_CASE("the input of a network of windows follows from the data", "[training][windows]") {
  const Scratch scratch;
  const host::Experiment sized =
      host::with_sizes(experiment(config(scratch, "windows: {length: 5}")));
  CHECK(sized.model.input.value == std::vector<std::size_t>{5, 2});
}

TEST_CASE("the last known yes or no has no cost: a wrong one costs without end",
          "[training][windows]") {
  const Scratch scratch;
  std::string table = "y\n";
  for (int i = 0; i < 40; ++i) table += i % 4 < 2 ? "0\n" : "1\n";
  scratch.write("t.csv", table);
  scratch.write("c.yaml",
                "data: {type: csv, path: t.csv, windows: {length: 3}, split: {test: 0.4}}\nmodel: "
                "{layers: [{type: flatten}, {type: dense, activation: sigmoid}]}\ntrain: {cost: "
                "binary_cross_entropy, epochs: 2}\nmetrics: [accuracy]\n");
  REQUIRE(run("$nnrun c.yaml -q --out r", scratch.folder()).status == 0);
  const auto naive =
      nlohmann::json::parse(text_of(scratch / "r/run.json"))["result"]["naive"]["test"];
  CHECK(naive["cost"].is_null());
  CHECK(naive["accuracy"].get<double>() == Approx(0.5).margin(0.1));  // every other one changes
}

TEST_CASE("what the last known value scores is worked out from the numbers of the file",
          "[training][windows]") {
  const Scratch scratch;
  const std::string scale = GENERATE(as<std::string>{}, "standard", "min_max", "log");
  std::string table = "y\n";  // steps of 3 that float32 rounds to 0 or 64
  for (int i = 0; i < 60; ++i) table += std::to_string(1'000'000'000 + 3 * i) + "\n";
  scratch.write("t.csv", table);
  scratch.write("c.yaml",
                "data: {type: csv, path: t.csv, windows: {length: 3}, split: {test: 0.4}, "
                "scale: standard, target_scale: " +
                    scale +
                    "}\nmodel: {layers: [{type: flatten}, {type: dense}]}\ntrain: {cost: "
                    "mean_squared_error}\nmetrics: [mean_absolute_error]\n");
  REQUIRE(run("$nnrun c.yaml -q --out r", scratch.folder()).status == 0);
  const auto record = nlohmann::json::parse(text_of(scratch / "r/run.json"))["result"];
  CHECK(record["naive"]["test"]["mean_absolute_error"] == 3);
  const auto eval = nlohmann::json::parse(run("$nnrun eval r --json", scratch.folder()).out);
  CHECK(eval["naive"]["mean_absolute_error"] == 3);
}

TEST_CASE("a trained series is measured and predicted on other files", "[training][windows]") {
  const Scratch scratch;
  scratch.write("c.yaml", config(scratch,
                                 "windows: {length: 3, horizon: 2}, split: {test: 0.4}, "
                                 "scale: standard, target_scale: standard") +
                              "metrics: [mean_absolute_error]\n");
  const Ended trained = run("$nnrun c.yaml --out r", scratch.folder());
  CAPTURE(trained.out, trained.err);
  REQUIRE(trained.status == 0);
  // y rises by 1 a row, so the last value is 2 short
  CHECK_THAT(trained.out,
             Catch::Contains("naive  ") &&
                 Catch::Contains("mean_absolute_error 2.000\n       (were each answer"));
  const auto record = nlohmann::json::parse(text_of(scratch / "r/run.json"));
  CHECK(record["result"]["naive"]["test"]["mean_absolute_error"].get<double>() == Approx(2));
  CHECK_THAT(text_of(scratch / "r/report.html"),
             Catch::Contains("Were each answer the last value that is known, it would be 2"));
  const std::string naive = "\nnaive  cost ";
  CHECK_THAT(run("$nnrun eval r", scratch.folder()).out,
             Catch::Contains(naive) &&
                 Catch::Contains("mean_absolute_error 2.000\n       (were each answer the last"));
  const auto eval = nlohmann::json::parse(run("$nnrun eval r --json", scratch.folder()).out);
  CHECK(eval["naive"] == record["result"]["naive"]["test"]);
  scratch.write("more.csv", counting(9));
  const Ended more = run("$nnrun eval r --data test=more.csv", scratch.folder());
  CHECK_THAT(more.out, Catch::Contains("(5 examples)"));

  const Ended predicted = run("$nnrun predict r --csv more.csv --keep a", scratch.folder());
  CAPTURE(predicted.out, predicted.err);
  CHECK(predicted.status == 0);
  CHECK(std::ranges::count(predicted.out, '\n') == 1 + 7);  // from rows 1 to 3, 2 to 4, …
  CHECK_THAT(predicted.out, Catch::StartsWith("a,y\n2,") && Catch::Contains("\n8,"));
  CHECK_THAT(predicted.err, Catch::Contains("each answer is for 2 rows after the last of 3 rows"));

  // the same window as a row of an array, as numpy would save it
  scratch.write("w.npy",
                npy_bytes("'<f8'", "(1, 3, 2)", bytes_of<double>({6, 106, 7, 107, 8, 108})));
  const Ended array = run("$nnrun predict r --npy w.npy", scratch.folder());
  const std::string last = predicted.out.substr(predicted.out.rfind("\n8,") + 3);
  CHECK(array.out == "y\n" + last);

  CHECK_THAT(refused("$nnrun predict r 1,2", 2, scratch.folder()),
             Catch::Contains("an example of this run is 3 rows, one after the other, not one"));
  scratch.write("two.csv", counting(2));
  CHECK_THAT(run("$nnrun predict r --csv two.csv", scratch.folder()).err,
             Catch::Contains("has 2 rows, fewer than a window of 3"));
}

TEST_CASE("a row that cannot be read spoils the windows that it is in, and no others",
          "[training][windows]") {
  const Scratch scratch;
  scratch.write("c.yaml", config(scratch, "windows: {length: 2}"));
  REQUIRE(run("$nnrun c.yaml --out r --quiet", scratch.folder()).status == 0);
  scratch.write("bad.csv", "a,y\n1,1\nx,2\n3,3\n4,4\n");
  const Ended skipped =
      run("$nnrun predict r --csv bad.csv --keep y --on-error empty", scratch.folder());
  CAPTURE(skipped.out, skipped.err);
  CHECK(skipped.status == 0);
  CHECK_THAT(skipped.out, Catch::StartsWith("y,") && Catch::Contains("\n2,\n3,\n4,"));
  CHECK_THAT(skipped.out, !Catch::EndsWith("4,\n"));
  CHECK_THAT(skipped.err, Catch::Contains("2 of 3 rows got no answer") &&
                              Catch::Contains("bad.csv:3, a row of its window: column 'a'"));
}

TEST_CASE("a config of windows says itself again", "[training][windows]") {
  const Scratch scratch;
  const host::Experiment e =
      experiment(config(scratch, "windows: {length: 4}, split: {test: 0.4}"));
  CHECK_THAT(host::resolved_yaml(e),
             Catch::Contains("windows: {length: 4, horizon: 1, stride: 1}") &&
                 Catch::Contains("shuffle: false"));
  CHECK(host::resolved_yaml(experiment(host::resolved_yaml(e))) == host::resolved_yaml(e));
  CHECK_THAT(refused_config(scratch, "windows: {horizon: 2}"),
             Catch::Contains("'windows' needs 'length': how many rows an example has"));
}

}  // namespace nnrun::testing
