// Numbers as tables write them, from the config that is made for a table to the answers of its run.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/said.hpp"
#include "base/text.hpp"
#include "support/example_data.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

/// Returns a number with a separator between thousands: 1,234.
std::string grouped(int n, const std::string& separator) {
  std::string text = std::to_string(n);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, separator);
  return text;
}

struct Folder {
  Scratch scratch;
  Ended operator()(const std::string& words) const {
    return run("$nnrun " + words, scratch.folder());
  }
  std::string done(const std::string& words) const {
    const Ended ended = (*this)(words);
    CAPTURE(words, ended.err);
    REQUIRE(ended.status == 0);
    return ended.out;
  }
};

}  // namespace

TEST_CASE("new config proposes how amounts are written, and its run answers in plain numbers",
          "[cli][new][numbers]") {
  const Folder folder;
  std::string csv = "# exported by hand\nsize,rebate,price\n";
  for (int i = 0; i < 200; ++i) {
    const int size = 30 + i * 37 % 211, rebate = i * 13 % 40;
    csv += std::to_string(size) + "," + std::to_string(rebate) + " %,\"$" +
           grouped(size * 9000 - rebate * 1000, ",") + "\"\n";
    if (i == 100) csv += "# the second half\n";
  }
  folder.scratch.write("us.csv", csv);
  CHECK_THAT(folder.done("new config us.csv"), Contains("read   200 rows, 3 columns; target price: "
                                                        "a number, "));
  const std::string yaml = text_of(folder.scratch / "us.yaml");
  CHECK_THAT(yaml,
             Contains("  thousands: \",\"    # stands between three digits each: 1,200 is "
                      "1200\n  symbols: [\"%\", \"$\"]    # left out of numbers: 12 % is 12\n"
                      "  comment: \"#\"    # such lines are left out, but not those that have the "
                      "fields of a row\n") &&
                 Contains("    rebate: number "));
  folder.done("us.yaml -q --out r");
  CHECK(parsed(folder.done("eval r --json"))["r2"].get<double>() > 0.95);
  folder.scratch.write("in.csv", "rebate,size\n# one\n10 %,80\n");
  const std::string csv_answer = folder.done("predict r --csv in.csv -q");
  CHECK(folder.done("predict r --csv in.csv --keep size -q") ==
        "size,price\n80," + csv_answer.substr(csv_answer.find('\n') + 1));
  CHECK(std::stod(csv_answer.substr(csv_answer.find('\n') + 1)) == Approx(710'000).epsilon(0.05));
  folder.scratch.write("in.jsonl", "{\"size\": \"80\", \"rebate\": \"10 %\"}\n");
  CHECK(folder.done("predict r --jsonl in.jsonl -q") == csv_answer);
  CHECK(folder.done("predict r '80,10 %'").starts_with("predict (80, 10)  "));
}

TEST_CASE("an example has thousands in quotes where a comma stands between them, as in a file",
          "[cli][numbers]") {
  const Folder folder;
  std::string table = "price,size,y\n";
  for (int i = 1; i <= 40; ++i)
    table += "\"" + grouped(937 * i, ",") + "\"," + std::to_string(i % 7) + ".5," +
             std::to_string(i) + "\n";
  folder.scratch.write("t.csv", table);
  folder.scratch.write("c.yaml",
                       "data: {type: csv, path: t.csv, thousands: \",\", scale: standard}\nmodel: "
                       "{layers: [{type: dense}]}\ntrain: {cost: mean_squared_error}\n");
  folder.done("c.yaml -q --out r");
  const json plain = json::parse(folder.done("predict r 9171,3.5 --json"));
  CHECK(json::parse(folder.done("predict r '\"9,171\",3.5' --json")) == plain);
  CHECK(json::parse(folder.done("predict r '\"9,171.0\",\"3.5\"' --json")) == plain);
  CHECK_THAT(folder("predict r 9,171,3.5").err,
             Contains("an example of this run has 2 values, '9,171,3.5' has 3"));
}

TEST_CASE("the text for a missing category is one to predict, too", "[cli][numbers]") {
  const Folder folder;
  folder.scratch.write("t.csv", "city,y\nBern,1\nBasel,2\n,3\nBern,1\n");
  folder.scratch.write("c.yaml",
                       "data: {type: csv, path: t.csv, columns: {city: {missing: {constant: "
                       "none}}}}\nmodel: {layers: [{type: dense}]}\ntrain: {cost: "
                       "mean_squared_error}\n");
  folder.done("c.yaml -q --out r");
  const json answers = json::parse(folder.done("predict r none '\"\"' --json"))["predict"];
  CHECK(answers[0]["output"] == answers[1]["output"]);
  folder.scratch.write("in.csv", "city\nnone\nNA\n");
  const json rows = json::parse(folder.done("predict r --csv in.csv --json"))["predict"];
  CHECK(rows[0] == rows[1]);
  CHECK(rows[0]["output"] == answers[0]["output"]);
  // and to measure
  folder.scratch.write("more.csv", "city,y\nnone,3\nNA,3\n\"\",3\n");
  folder.scratch.write("gaps.csv", "city,y\n,3\n,3\n,3\n");
  CHECK(parsed(folder.done("eval r --data test=more.csv --json"))["cost"] ==
        parsed(folder.done("eval r --data test=gaps.csv --json"))["cost"]);
  folder.scratch.write("more.csv", "city,y\nParis,3\n");
  CHECK_THAT(folder("eval r --data test=more.csv").err, Contains("unknown text 'Paris'"));
}

TEST_CASE("a number among the gaps is one in tables, lines of JSON and arrays", "[cli][numbers]") {
  const Folder folder;
  std::string csv = "temp,humidity,y\n";
  for (int i = 0; i < 80; ++i)
    csv += (i % 9 == 1   ? "-999"
            : i % 9 == 2 ? "-99.90"
                         : std::to_string(i % 31) + ".5") +
           "," + std::to_string(i % 7) + "," + std::to_string(i % 31) + "\n";
  folder.scratch.write("t.csv", csv);
  const std::string dtype = GENERATE(as<std::string>{}, "float32", "float64");
  folder.scratch.write("c.yaml", "dtype: " + dtype +
                                     "\ndata: {type: csv, path: t.csv, gaps: [\"?\", -999, "
                                     "-99.9], scale: standard, columns: {temp: {missing: median}}}"
                                     "\nmodel: {layers: [{type: dense}]}\ntrain: {cost: "
                                     "mean_squared_error}\n");
  folder.done("c.yaml -q --out r");
  const std::string expected = "y\nA\nA\nA\n\"\"\n";
  const auto form_of = [&](const std::string& words) {  // A: as the first answer
    const Ended ended = folder("predict r -q --on-error empty " + words);
    CAPTURE(words, ended.err);
    CHECK(ended.status == 0);
    std::string out = ended.out;
    const std::string first = out.substr(2, out.find('\n', 2) - 2);
    for (std::size_t at = 0; (at = out.find(first, at)) != out.npos;)
      out.replace(at, first.size(), "A");
    return std::pair(first, out);
  };
  folder.scratch.write("in.csv", "temp,humidity\n?,3\n-999.0,3\n-99.9,3\n4,-999\n");
  const auto [answer, out] = form_of("--csv in.csv");
  CHECK(out == expected);
  folder.scratch.write("in.jsonl", R"({"temp": null, "humidity": 3}
{"temp": -999, "humidity": 3}
{"temp": -99.9, "humidity": 3}
{"temp": 4, "humidity": -999}
)");
  CHECK(form_of("--jsonl in.jsonl") == std::pair(answer, expected));
  const std::vector<double> numbers{NAN, 3, -999, 3, -99.9, 3, 4, -999};
  folder.scratch.write("in.npy", npy_bytes("'<f8'", "(4, 2)", bytes_of(numbers)));
  CHECK(form_of("--npy in.npy") == std::pair(answer, expected));
  folder.scratch.write(
      "in.npy",
      npy_bytes("'<f4'", "(4, 2)", bytes_of(std::vector<float>(numbers.begin(), numbers.end()))));
  CHECK(form_of("--npy in.npy") == std::pair(answer, expected));
  CHECK_THAT(folder("predict r --npy in.npy").err,
             Contains("input 'humidity' is -999, which means that it is missing: the run does not "
                      "fill it in"));
  // a table that is written otherwise has other texts for what is missing, but no other numbers
  folder.scratch.write("in.csv", "temp,humidity\n.,3\n-999,3\n");
  CHECK(form_of("--csv in.csv --data gaps=[.]") == std::pair(answer, std::string("y\nA\nA\n")));
  // the model alone says so
  run("cp r/model.safetensors m.safetensors", folder.scratch.folder());
  CHECK(json::parse(
            folder.done("predict m.safetensors --json -- -999,3"))["predict"][0]["output"][0] ==
        json::parse(folder.done("predict r --json -- '?,3'"))["predict"][0]["output"][0]);
}

TEST_CASE("a number among the gaps is one where a comma stands before fractions",
          "[cli][numbers]") {
  const Folder folder;
  std::string csv = "a;b;y\n";
  for (int i = 0; i < 40; ++i)
    csv += (i % 8 == 3 ? "-99,90" : std::to_string(i % 7) + ",5") + ";" + std::to_string(i % 5) +
           ",25;" + std::to_string(i % 7) + "\n";
  folder.scratch.write("t.csv", csv);
  const auto answers = [&](const std::string& gap) {
    folder.scratch.write("c.yaml",
                         "data: {type: csv, path: t.csv, decimal: \",\", columns: {a: "
                         "{gaps: [" +
                             gap +
                             "], missing: median}}}\nmodel: {layers: [{type: dense}]}\n"
                             "train: {cost: mean_squared_error}\n");
    folder.done("c.yaml -q --out r");
    folder.scratch.write("in.csv", "a;b\n-99,9;2,25\n;2,25\n");
    folder.scratch.write("in.jsonl", "{\"a\": -99.9, \"b\": 2.25}\n{\"a\": null, \"b\": 2.25}\n");
    const std::string out = folder.done("predict r -q --csv in.csv");
    std::string lines = folder.done("predict r -q --jsonl in.jsonl");
    std::replace(lines.begin(), lines.end(), '.', ',');
    CHECK(lines == out);
    std::filesystem::remove_all(folder.scratch / "r");
    return out;
  };
  const std::string out = answers("-99.9");
  CHECK(answers("\"-99,9\"") == out);
  const auto line = [&](std::size_t n) { return host::split(out, '\n').at(n); };
  CHECK(line(1) == line(2));
}

TEST_CASE(
    "a gap and the text for missing ones are the same number as categories in other spellings",
    "[cli][numbers]") {
  const Folder folder;
  std::string csv = "code,b,y\n";
  for (int i = 0; i < 40; ++i)
    csv += std::vector<std::string>{"0.0", "1.0", "2.0", "", "-1.0"}.at(std::size_t(i) % 5) + "," +
           std::to_string(i % 3) + "," + std::to_string(i % 5) + "\n";
  folder.scratch.write("t.csv", csv);
  folder.scratch.write(
      "c.yaml",
      "data: {type: csv, path: t.csv, columns: {code: {type: category, gaps: [-1], missing: "
      "{constant: 0}}}}\nmodel: {layers: [{type: dense}]}\ntrain: {cost: mean_squared_error}\n");
  folder.done("c.yaml -q --out r");
  CHECK_THAT(folder.done("check c.yaml"), Contains("3 texts: 0.0, 1.0, 2.0"));
  folder.scratch.write("in.csv", "code,b\n0.0,1\n0,1\n,1\n-1,1\n-1.0,1\n");
  const auto lines = host::split(folder.done("predict r -q --csv in.csv"), '\n');
  for (std::size_t i = 2; i < 6; ++i) CHECK(lines.at(i) == lines[1]);
}

TEST_CASE("the text for missing ones is found where a comma stands before fractions",
          "[cli][numbers]") {
  const Folder folder;
  std::string csv = "size;b;y\n";
  for (int i = 0; i < 30; ++i)
    csv += std::vector<std::string>{"1,5", "2,5", ""}.at(std::size_t(i) % 3) + ";" +
           std::to_string(i % 4) + ";" + std::to_string(i % 3) + "\n";
  folder.scratch.write("t.csv", csv);
  folder.scratch.write("c.yaml",
                       "data: {type: csv, path: t.csv, decimal: \",\", columns: {size: {type: "
                       "category, missing: {constant: 1.5}}}}\nmodel: {layers: [{type: dense}]}\n"
                       "train: {cost: mean_squared_error}\n");
  folder.done("c.yaml -q --out r");
  folder.scratch.write("in.jsonl", "{\"size\": 1.5, \"b\": 1}\n{\"size\": null, \"b\": 1}\n");
  const auto lines = host::split(folder.done("predict r -q --jsonl in.jsonl"), '\n');
  CHECK(lines.at(1) == lines.at(2));
  folder.scratch.write("in.csv", "size;b\n1,5;1\n");
  CHECK(host::split(folder.done("predict r -q --csv in.csv"), '\n').at(1) == lines[1]);
}

TEST_CASE("kept numbers are no formulas, and kept formulas are", "[cli][numbers]") {
  const Folder folder;
  std::string csv = "a;price;y\n";
  for (int i = 0; i < 40; ++i)
    csv += std::to_string(i % 7) + ",5;-" + std::to_string(i % 5) + ",25 \u20ac;" +
           std::to_string(i % 7) + "\n";
  folder.scratch.write("t.csv", csv);
  folder.scratch.write("c.yaml",
                       "data: {type: csv, path: t.csv, decimal: \",\", symbols: [\u20ac]}\n"
                       "model: {layers: [{type: dense}]}\ntrain: {cost: mean_squared_error}\n");
  folder.done("c.yaml -q --out r");
  folder.scratch.write("in.csv",
                       "a;price;note\n-1,5;-2,25 \u20ac;-1.234,5\n2;-3 \u20ac;-1+2\n2;-3;-a1\n");
  const std::string out = folder.done("predict r -q --csv in.csv --keep all");
  CHECK_THAT(out, Contains("\n-1,5;-2,25 \u20ac;-1.234,5;") && Contains("\n2;-3 \u20ac;'-1+2;") &&
                      Contains("\n2;-3;'-a1;"));
}

TEST_CASE("answers that are too large for a number are warned of", "[cli][numbers]") {
  const Folder folder;
  folder.scratch.write("t.csv", "x,y\n1,1\n2,10\n3,100\n4,1000\n");
  folder.scratch.write("c.yaml",
                       "dtype: float64\ndata: {type: csv, path: t.csv, target_scale: log}\nmodel: "
                       "{layers: [{type: dense}]}\ntrain: {cost: mean_squared_error, epochs: 200, "
                       "optimizer: {type: sgd, learning_rate: 0.05}}\n");
  folder.done("c.yaml -q --out r");
  folder.scratch.write("in.csv", "x\n2\n1e6\n");
  const Ended ended = folder("predict r -q --csv in.csv");
  CHECK_THAT(ended.out, Catch::EndsWith("\ninf\n"));
  CHECK_THAT(ended.err, Contains("warning: 1 number of the answers is not finite"));
  CHECK(folder("predict r -q 2").err.empty());
}

TEST_CASE("weights of classes find a class in any spelling", "[cli][numbers]") {
  const Folder folder;
  folder.scratch.write("t.csv", "x,y\n1,1.0\n2,2\n3,1.0\n4,2\n");
  const auto with = [&](const std::string& weights) {
    folder.scratch.write("c.yaml",
                         "data: {type: csv, path: t.csv, classes: [\"1.0\", \"2\"]}\n"
                         "model: {layers: [{type: dense, activation: sigmoid}]}\ntrain: "
                         "{cost: {type: binary_cross_entropy, class_weights: " +
                             weights + "}, epochs: 1}\n");
    const Ended ended = folder("c.yaml --out r");
    std::filesystem::remove_all(folder.scratch / "r");
    return ended.out + ended.err;
  };
  CHECK_THAT(with("{1: 3}"), Contains("1.0 3, 2 1"));
  CHECK_THAT(with("{02: 3}"), Contains("1.0 1, 2 3"));
  CHECK_THAT(with("{0: 3}"), Contains("names '0', which is not a class"));
  CHECK_THAT(with("{1: 3, 1.0: 4}"), Contains("names '1.0' twice"));
}

TEST_CASE("a gap that float32 does not hold is one in a converted table",
          "[cli][convert][numbers]") {
  const Folder folder;
  std::string csv = "temp,y\n";
  for (int i = 0; i < 40; ++i)
    csv += (i % 9 == 2 ? "-99.9" : std::to_string(i % 16) + ".5") + "," + std::to_string(i % 31) +
           "\n";
  folder.scratch.write("t.csv", csv);
  folder.done("convert t.csv t4.npy --float -q");
  folder.done("convert t.csv t8.npy -q");
  folder.done("convert t.csv nan.npy -q --data gaps=[-99.90]");
  const auto weights_of = [&](const std::string& file, const std::string& gap) {
    folder.scratch.write("c.yaml", "data: {type: csv, path: " + file + ", gaps: [" + gap +
                                       "], columns: {temp: {missing: {constant: 7}}}}\nmodel: "
                                       "{layers: [{type: dense}]}\ntrain: {cost: "
                                       "mean_squared_error}\n");
    return parsed(folder.done("c.yaml --json"))["weights_sha256"].get<std::string>();
  };
  const std::string expected = weights_of("t.csv", "-99.9");
  CHECK(weights_of("t4.npy", "-99.9") == expected);
  CHECK(weights_of("t8.npy", "-99.9") == expected);
  CHECK(weights_of("nan.npy", "NA") == expected);
  CHECK(weights_of("t4.npy", "NA") != expected);
}

TEST_CASE("a class that is a number is the same however it is spelled", "[cli][numbers]") {
  const Folder folder;
  std::string csv = "x,code,y\n";
  for (int i = 0; i < 60; ++i)
    csv += std::to_string(i % 3) + "," + std::to_string(1 + i % 2) + "," +
           std::vector{"1", "2", "7"}[static_cast<std::size_t>(i % 3)] + "\n";
  folder.scratch.write("t.csv", csv);
  folder.scratch.write("c.yaml",
                       "data: {type: csv, path: t.csv, classes: [1, 2, 7], columns: {code: "
                       "category}}\nmodel: {layers: [{type: dense, activation: softmax}]}\ntrain: "
                       "{cost: cross_entropy}\nmetrics: [accuracy]\n");
  folder.done("c.yaml -q --out r");
  folder.scratch.write("plain.csv", "x,code,y\n0,1,1\n1,2,2\n2,1,7\n1,2,2\n");
  folder.scratch.write("other.csv", "x,code,y\n0,1.0,1.0\n1,02,+2\n2,1e0,\"7 \"\n1,2.00,0.2e1\n");
  CHECK(parsed(folder.done("eval r --data test=other.csv --json"))["cost"] ==
        parsed(folder.done("eval r --data test=plain.csv --json"))["cost"]);
  CHECK(parsed(folder.done("predict r --csv other.csv --json"))["predict"] ==
        parsed(folder.done("predict r --csv plain.csv --json"))["predict"]);
  folder.scratch.write("third.csv", "x,code,y\n0,1,3.0\n");
  CHECK_THAT(folder("eval r --data test=third.csv").err,
             Contains("column 'y': unknown class '3.0'") && Contains("the classes are: 1, 2, 7"));
  // two texts that are one number are two classes, and beyond 2^53 every digit counts
  std::string twice = "x,y\n";
  for (int i = 0; i < 40; ++i) twice += std::to_string(i % 2) + (i % 2 ? ",007\n" : ",07\n");
  folder.scratch.write("t.csv", twice);
  folder.scratch.write(
      "d.yaml",
      "data: {type: csv, path: t.csv, classes: [\"007\", \"07\"]}\nmodel: {layers: "
      "[{type: dense, activation: sigmoid}]}\ntrain: {cost: "
      "binary_cross_entropy}\n");
  folder.done("d.yaml -q --out d");
  folder.scratch.write("in.csv", "x,y\n0,7\n");
  CHECK_THAT(folder("eval d --data test=in.csv").err, Contains("unknown class '7'"));
}

TEST_CASE("a target of ids that a number would round is refused, unless it is said what they are",
          "[cli][numbers]") {
  const Folder folder;
  std::string csv = "x,y\n";
  for (int i = 0; i < 60; ++i)
    csv += std::to_string(i % 3) + ",900719925474099" + std::to_string(3 + 2 * (i % 3)) + "\n";
  folder.scratch.write("t.csv", csv);
  folder.scratch.write("c.yaml",
                       "data: {type: csv, path: t.csv}\nmodel: {layers: [{type: dense}]}\ntrain: "
                       "{cost: mean_squared_error}\n");
  CHECK_THAT(folder("c.yaml").err,
             Contains("column 'y': '9007199254740993' has more digits than a number keeps, so that "
                      "two of them may become one\n") &&
                 Contains("t.csv:2\n") && Contains("if the column holds classes, write classes: "));
  CHECK(folder("c.yaml -q --set 'data.columns={y: number}'").status == 0);
  folder.done("new config t.csv --out n.yaml");
  folder.done("n.yaml -q --out n --set train.epochs=100");
  CHECK_THAT(folder.done("predict n 2 --brief"), Contains("9007199254740997"));
}

TEST_CASE("a unit that the run does not know is no other amount without a word", "[cli][numbers]") {
  const Folder folder;
  folder.scratch.write("t.csv", "height,y\n180 cm,1\n170 cm,2\n160 cm,3\n");
  folder.scratch.write("c.yaml",
                       "data: {type: csv, path: t.csv, symbols: [cm]}\nmodel: {layers: [{type: "
                       "dense}]}\ntrain: {cost: mean_squared_error}\n");
  folder.done("c.yaml -q --out r");
  CHECK_THAT(folder("predict r '1.8 m'").err,
             Contains("expected a finite number, found '1.8 m'\n") &&
                 Contains("the numbers of training were in 'cm': write it so"));
  CHECK_THAT(folder("predict r '1.8 m' --data symbols=[m,cm]").err,
             Contains("column 'height': '1.8 m' is in 'm', but the numbers of training were in "
                      "'cm'"));
}

TEST_CASE("a number that is cut short is no other number, in training and beside a run",
          "[cli][numbers]") {
  const Folder folder;
  std::string table = "v,y\n";
  for (int i = 1; i <= 40; ++i)
    table += std::to_string(100'000 * i) + "," + std::to_string(i) + "\n";
  folder.scratch.write("t.csv", table);
  const std::string config =
      "data: {type: csv, path: t.csv, scale: standard, columns: {v: number}}\n"
      "model: {layers: [{type: dense}]}\ntrain: {cost: mean_squared_error}\n";
  folder.scratch.write("c.yaml", config);
  folder.done("c.yaml -q --out r");
  for (const char* const number : {"1.1M", "350k", "45 Lac", "$2.5M"}) {
    CAPTURE(number);
    const std::string wrong =
        std::string("column 'v': expected a finite number, found '") + number + "'\n";
    folder.scratch.write("one.csv", std::string("v\n") + number + "\n");
    CHECK_THAT(folder("predict r --csv one.csv").err,
               Contains(wrong) && Contains("   = help: write the number in full\n") &&
                   !Contains("symbols"));
    folder.scratch.write("t.csv", table + number + ",41\n");
    CHECK_THAT(folder("c.yaml -q --out s").err,
               Contains(wrong) && Contains("   = help: write the number in full\n"));
  }
}

TEST_CASE("each column keeps the unit that it had in training", "[cli][numbers]") {
  const Folder folder;
  std::string csv = "height,jump,share,age,weight\n";
  for (int i = 0; i < 40; ++i)
    csv += std::to_string(150 + i) + " cm,1." + std::to_string(10 + i) + " m," +
           std::to_string(i + 20) + ".5%," + std::to_string(i) + "," + std::to_string(50 + i) +
           " kg\n";
  folder.scratch.write("t.csv", csv);
  folder.scratch.write("c.yaml",
                       "data: {type: csv, path: t.csv, symbols: [cm, m, kg, g, '%']}\nmodel: "
                       "{layers: [{type: dense}]}\ntrain: {cost: mean_squared_error, epochs: 1}\n");
  folder.done("c.yaml -q --out r");
  const auto answer = [&](const std::string& row) {
    folder.scratch.write("n.csv", "height,jump,share,age\n" + row + "\n");
    return folder("predict r --csv n.csv --brief");
  };
  const Ended right = answer("175 cm,1.20 m,23.8%,7");
  CHECK(right.status == 0);
  // other programs write numbers alone, in the units that everybody knows
  CHECK(answer("175,1.20,23.8%,7").out == right.out);
  folder.scratch.write("n.jsonl",
                       "{\"height\": 175, \"jump\": 1.2, \"share\": 23.8, \"age\": 7}\n");
  CHECK(folder("predict r --jsonl n.jsonl --brief").out == right.out);
  const std::string start = "n.csv:2";
  for (const auto& [row, what, help] :
       {std::tuple{"1.75 m,1.20 m,23.8%,7",
                   "column 'height': '1.75 m' is in 'm', but the numbers of training were in 'cm'",
                   "write it in cm"},
        std::tuple{"175 cm,120 cm,23.8%,7", "column 'jump': '120 cm' is in 'cm', but",
                   "write it in m"},
        std::tuple{"175 cm,1.20 m,0.238,7",
                   "column 'share': '0.238' has no %, but the numbers of training had",
                   "write it with %: 23.8%, say, for 0.238"},
        std::tuple{"175 cm,1.20 m,23.8%,7 m",
                   "column 'age': '7 m' is in 'm', but the numbers of training had no unit here",
                   "write the number alone"},
        std::tuple{"175 cm,1.20 m,23.8 g,7", "column 'share': '23.8 g' is in 'g', but",
                   "write it in %"}}) {
    CAPTURE(row);
    const Ended refused = answer(row);
    CHECK(refused.status == 5);
    CHECK_THAT(refused.err, Contains(what) && Contains(start) && Contains(help));
    folder.scratch.write("e.csv", "height,jump,share,age,weight\n" + std::string(row) + ",60 kg\n");
    CHECK_THAT(folder("eval r --data test=e.csv").err, Contains(what) && Contains("e.csv:2"));
  }
  folder.scratch.write("e.csv", "height,jump,share,age,weight\n175 cm,1.20 m,23.8%,7,60000 g\n");
  CHECK_THAT(folder("eval r --data test=e.csv").err,
             Contains("column 'weight': '60000 g' is in 'g', but the numbers of training were in "
                      "'kg'"));
  // that of a model alone, too
  CHECK_THAT(folder("predict r/model.safetensors --csv n.csv --brief").err, Contains("'23.8 g'"));
}

TEST_CASE("a column has one unit, and shares are all per cent or none", "[cli][numbers]") {
  const Folder folder;
  int runs = 0;
  const auto trained = [&](const std::string& rows) {
    folder.scratch.write("t.csv", "x,y\n" + rows);
    folder.scratch.write("c.yaml",
                         "data: {type: csv, path: t.csv, symbols: [cm, m, '%']}\nmodel: {layers: "
                         "[{type: dense}]}\ntrain: {cost: mean_squared_error, epochs: 1}\n");
    return folder("c.yaml -q --out r" + std::to_string(++runs));
  };
  const Ended mixed = trained("180 cm,1\n170 cm,2\n1.6 m,3\n");
  CHECK(mixed.status == 5);
  CHECK_THAT(mixed.err, Contains("column 'x': '1.6 m' has 'm', but 'cm' is in ") &&
                            Contains("t.csv:2: what ") && Contains("t.csv:4\n") &&
                            Contains("write all numbers of the column in one unit"));
  CHECK_THAT(trained("18%,1\n0.17,2\n").err,
             Contains("'0.17' has no unit, but '%' is in ") && Contains("t.csv:3\n"));
  CHECK_THAT(trained("0.18,1\n17%,2\n").err, Contains("'17%' has '%', but no unit is in "));
  const Ended some = trained("180 cm,1\n170,2\n160 cm,3\n");
  CHECK(some.status == 0);
  CHECK_THAT(some.err, Contains("warning: column 'x' has numbers with 'cm' (") &&
                           Contains("t.csv:2) and without\n") && Contains("t.csv:3\n"));
  CHECK(trained("180 cm,1\n170 cm,2\n").err.empty());
}

TEST_CASE("percentages are no fractions", "[cli][numbers]") {
  const Folder folder;
  folder.scratch.write("t.csv", "x,y\n0.18,1\n0.17,2\n0.16,3\n");
  folder.scratch.write("c.yaml",
                       "data: {type: csv, path: t.csv}\nmodel: {layers: [{type: dense}]}\ntrain: "
                       "{cost: mean_squared_error, epochs: 1}\n");
  folder.done("c.yaml -q --out r");
  folder.scratch.write("n.csv", "x\n23.8%\n");
  CHECK_THAT(folder("predict r --csv n.csv").err,
             Contains("the run has numbers without % here: write 0.238, say, for 23.8% if they are "
                      "fractions") &&
                 !Contains("symbols"));
}

TEST_CASE("a run whose fractions follow a comma answers with commas", "[cli][numbers]") {
  const Folder folder;
  std::string csv = "ort;groesse;preis\n";
  for (int i = 0; i < 60; ++i)
    csv += std::string(i % 2 ? "Bern" : "Ulm") + ";" + std::to_string(30 + i) + ",5;" +
           grouped(1000 + 10 * i, ".") + ",25\n";
  folder.scratch.write("de.csv", csv);
  folder.scratch.write(
      "c.yaml",
      "data: {type: csv, path: de.csv, decimal: \",\", thousands: \".\", scale: "
      "standard, target_scale: standard}\nmodel: {layers: [{type: dense}]}\ntrain: "
      "{cost: mean_squared_error, epochs: 3}\n");
  folder.done("c.yaml -q --out r");
  const std::string out = folder.done("predict r --csv de.csv --keep ort,preis -q");
  CHECK_THAT(out, Contains("ort;preis;predicted preis\nUlm;1.000,25;"));
  const std::string first = out.substr(out.find("1.000,25;") + 9, 12);
  CHECK(first.find('.') == first.npos);
  CHECK(first.find(',') != first.npos);
  // of JSON, numbers are those of JSON
  const json lines = parsed(folder.done("predict r --csv de.csv --json"));
  CHECK(lines["names"] == json({"preis"}));
  CHECK(lines["predict"].size() == 60);
  // an example is written as the data are, or with points and commas
  const auto example = [&](const std::string& words) { return folder("predict r " + words); };
  folder.scratch.write("one.csv", "ort;groesse\nUlm;1.030,5\n");
  const json answer = parsed(folder.done("predict r --csv one.csv --json"))["predict"];
  for (const char* const words :
       {"'Ulm;1.030,5' --json", "'Ulm;1030,5' --json", "Ulm,1030.5 --json"})
    CHECK(parsed(example(words).out)["predict"][0]["output"] == answer[0]["output"]);
  CHECK_THAT(example("Ulm,1.030").err,
             Contains("'1.030' is 1.03 with a point, and 1030 in the run's data") &&
                 Contains("write the example as the data are, with ; between its values"));
  CHECK_THAT(example("'Ulm;1;2'").err,
             Contains("has 2 values, 'Ulm;1;2' has 3") && Contains("ort;groesse"));
  CHECK_THAT(example("'\"Ulm\",\"1030,5\"'").err,
             Contains("the run's data have a comma before fractions: write ; between values\n"));
  CHECK_THAT(example("").err, Contains("nnrun predict r 'ort;groesse', with a value in place"));
  // the answers are a table that the run itself reads
  folder.scratch.write("again.csv", folder.done("predict r --csv de.csv --keep ort,groesse -q"));
  CHECK(folder.done("predict r --csv again.csv -q") == folder.done("predict r --csv de.csv -q"));
}

TEST_CASE("one number alone is an example as the data have it, points between thousands too",
          "[cli][numbers]") {
  const Folder folder;
  std::string csv = "x;y\n";
  for (int i = 0; i < 40; ++i)
    csv += grouped(9000 + 37 * i, ".") + ",5;" + std::to_string(i) + "\n";
  folder.scratch.write("t.csv", csv);
  folder.done("new config t.csv");
  folder.done("t.yaml -q --out r");
  CHECK(folder.done("predict r 12.500").starts_with("predict (12500)  "));
  CHECK(folder.done("predict r 12.500,5").starts_with("predict (12500.5)  "));
  CHECK(folder.done("predict r 125,5").starts_with("predict (125.5)  "));
  CHECK(folder.done("predict r 12500").starts_with("predict (12500)  "));
  CHECK(folder("predict r 12.5").err ==
        "error: column 'x': expected a finite number, found '12.5'\n  --> '12.5'\n   = help: the "
        "run's data have a comma before fractions: write it so\n");
}

TEST_CASE("the ends of scaled targets are shown as the data have them", "[cli][numbers]") {
  const Folder folder;
  std::string csv = "x,y\n";
  for (int i = 1; i <= 500; ++i)
    csv += std::to_string(i % 7) + "," + std::to_string(i * 37 % 500 / 100.) + "\n";
  folder.scratch.write("a.csv", replaced(csv, ",0.000000\n", ",0.01\n"));
  for (const char* const scale : {"standard", "min_max", "log"}) {
    folder.scratch.write("c.yaml",
                         "data: {type: csv, path: a.csv, target_scale: " + std::string(scale) +
                             "}\nmodel: {layers: [{type: dense}]}\n"
                             "train: {cost: mean_squared_error}\n");
    CHECK_THAT(folder("c.yaml").err, Contains("target y: number, 0.01 … 4.99, scaled ("));
  }
  const auto shown = [&](const std::string& low, const std::string& high) {
    std::string rows = "x,y\n1," + low + "\n";
    for (int i = 0; i < 20; ++i) rows += std::to_string(i % 7) + "," + high + "\n";
    folder.scratch.write("a.csv", rows);
    return folder("c.yaml --set data.target_scale=standard").err;
  };
  // whole numbers with every digit, and others with as many as tell them apart
  CHECK_THAT(shown("181056", "2222021"), Contains("target y: number, 181,056 … 2,222,021, scaled"));
  CHECK_THAT(shown("-1234567890123", "9999"), Contains("-1,234,567,890,123 … 9999, scaled"));
  CHECK_THAT(shown("1000000001.25", "1000000001.5"),
             Contains("number, 1000000001.25 … 1000000001.5, scaled"));
  CHECK_THAT(shown("1234.5678", "87654.321"), Contains("number, 1234.57 … 87,654, scaled"));
}

TEST_CASE("a target without a logarithm is told with file and line", "[cli][numbers]") {
  const Folder folder;
  folder.scratch.write("a.csv", "# c\nx,n,y\n1,\"a\nb\",5\n,a,2\n3,a,0\n4,b,2\n");
  folder.scratch.write(
      "c.yaml",
      "data: {type: csv, path: a.csv, comment: \"#\", target_scale: log, columns: {x: "
      "{missing: drop}, n: unused}}\nmodel: {layers: [{type: dense}]}\ntrain: "
      "{cost: mean_squared_error}\n");
  CHECK_THAT(folder("c.yaml").err, Contains("target 'y' of training example 2 is 0, which has no "
                                            "logarithm\n  --> ") &&
                                       Contains("a.csv:6\n"));
  // a run that is trained cannot be told to scale in another way
  CHECK(folder("c.yaml -q --set data.target_scale=none --out none").status == 0);
  folder.scratch.write("b.csv", "# c\nx,n,y\n1,a,5\n2,a,3\n3,b,2\n");
  CHECK(folder("c.yaml -q --set data.path=b.csv --out r").status == 0);
  const std::string said = folder("eval r --data test=a.csv").err;
  CHECK_THAT(said,
             Contains("a.csv:6\n   = help: mend or leave out such rows: a model on logarithms does "
                      "not answer them\n"));
  CHECK_THAT(folder("c.yaml --set data.target_scale=none --set 'data.comment=\"\"'").err,
             Contains("write comment: \"#\" in data: such lines are left out"));
}

TEST_CASE("inputs that seem to be divided already are warned of", "[cli][numbers]") {
  const Folder folder;
  folder.scratch.write(
      "x.npy", npy_bytes("'|u1'", "(4, 2)", std::string("\0\xff\x10\x20\x30\x40\x50\x60", 8)));
  folder.scratch.write("one.npy", npy_bytes("'<f4'", "(1,)", bytes_of<float>({1})));
  folder.scratch.write("t.npy", npy_bytes("'<f4'", "(4,)", bytes_of<float>({0, 1, 0, 1})));
  folder.scratch.write("half.npy", npy_bytes("'<f4'", "(1, 2)", bytes_of<float>({0.5, 0.25})));
  folder.scratch.write("whole.npy", npy_bytes("'<f4'", "(1, 2)", bytes_of<float>({127.5, 63.75})));
  folder.scratch.write("c.yaml",
                       "data: {type: npy, inputs: x.npy, targets: t.npy, divide_by: 255}\nmodel: "
                       "{layers: [{type: dense}]}\ntrain: {cost: mean_squared_error}\n");
  folder.done("c.yaml -q --out r");
  const std::string warning =
      "warning: no input is above 0.5, and the model divides them by 255: if they were divided "
      "already, multiply them by 255\n";
  CHECK_THAT(folder("predict r --npy half.npy -q").err, Contains(warning));
  CHECK_THAT(folder("predict r 0.5,0.25").err, Contains(warning));
  CHECK(folder("predict r --npy whole.npy -q").err.empty());
  const std::string note = warning.substr(9);
  folder.scratch.write(
      "all.npy", npy_bytes("'<f4'", "(4, 2)", bytes_of<float>({0, 1, .5f, 0, 0, .25f, .125f, 1})));
  CHECK_THAT(folder("eval r --data inputs=half.npy --data targets=one.npy").err,
             Contains("note: " + note));
  CHECK_FALSE(Contains("note").match(folder("eval r").err));
  for (const char* const scale : {"", " --set data.scale=standard"})
    CHECK_THAT(
        folder(std::string("c.yaml --out r2 --set data.inputs=all.npy") + scale + " && rm -r r2")
            .err,
        Contains("warning: no input is above 1, and the data set divides them by 255\n") &&
            Contains("if they were divided already, write divide_by: 1"));
  // the division is the model's
  const std::string said = folder("predict r --npy whole.npy --data decimal=,").err;
  CHECK_THAT(said, Contains("'data.decimal' is for tables, not for arrays of numbers\n") ||
                       Contains("has no setting 'decimal'"));
}

TEST_CASE("eval notes what it left out, and lines of JSON refuse settings of tables",
          "[cli][numbers]") {
  const Folder folder;
  std::string csv = "x,y\n";
  for (int i = 0; i < 40; ++i)
    csv += std::to_string(i % 7) + "," + (i % 10 ? std::to_string(i % 7) : "") + "\n";
  folder.scratch.write("a.csv", csv);
  folder.scratch.write(
      "c.yaml",
      "data: {type: csv, path: a.csv, columns: {y: {missing: drop}}}\nmodel: {layers: "
      "[{type: dense}]}\ntrain: {cost: mean_squared_error}\n");
  folder.done("c.yaml -q --out r");
  const Ended measured = folder("eval r");
  const std::string why = "4 of 40 rows are left out for missing values: 'y' in 4, first ";
  CHECK_THAT(measured.err, Contains("note: " + why) && Contains("a.csv:2\n"));
  const json notes = parsed(folder.done("eval r --json"))["notes"];
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0].get<std::string>(), Contains(why));
  folder.scratch.write("in.jsonl", "{\"x\": 1}\n");
  CHECK_THAT(folder("predict r --jsonl in.jsonl --data encoding=latin1").err,
             Contains("'data.encoding' is for tables: lines of JSON are UTF-8"));
}

TEST_CASE("a rare class that is never the answer is told at the end of a run", "[cli][numbers]") {
  const Folder folder;
  std::string csv = "x,churn\n";
  for (int i = 0; i < 300; ++i)
    csv += std::to_string(i * 37 % 101) + "," + (i % 20 == 0 ? "left" : "stayed") + "\n";
  folder.scratch.write("a.csv", csv);
  folder.scratch.write("c.yaml",
                       "data: {type: csv, path: a.csv, scale: standard, positive: left}\nmodel: "
                       "{layers: [{type: dense, activation: sigmoid}]}\ntrain: {cost: "
                       "binary_cross_entropy, epochs: 200}\nmetrics: [balanced_accuracy]\n");
  const std::string said =
      "class 'left' is the answer for 0 training examples, and 15 of 300 rows have it; train: "
      "{cost: "
      "{type: binary_cross_entropy, class_weights: balanced}} makes it count as much as the others";
  CHECK_THAT(folder("c.yaml --out r").err, Contains(said));
  CHECK_THAT(text_of(folder.scratch / "r/run.json"), Contains(said));
  const Ended balanced = folder(
      "c.yaml --out s --set 'train.cost={type: binary_cross_entropy, class_weights: balanced}'");
  CHECK(balanced.status == 0);
  CHECK_THAT(balanced.err, !Contains("is the answer for"));
}

}  // namespace nnrun::testing
