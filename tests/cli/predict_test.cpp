// predict as people need it: their own columns beside the answers, rows from pipes and arrays, rows
// that cannot be answered, files that are written in another way than the run's own.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/text.hpp"
#include "support/example_data.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using host::significant;
using nlohmann::json;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Returns the part of a line before its n-th comma.
std::string first_cells(const std::string& line, std::size_t n) {
  std::size_t at = 0;
  while (n-- > 0) at = line.find(',', at + 1);
  return line.substr(0, at);
}

/// A run on a table of flowers: city (a text), size, and their kind.
struct Flowers {
  Scratch scratch;

  explicit Flowers(const std::string& data = "", const std::string& last = "softmax",
                   const std::string& cost = "cross_entropy", const std::string& words = "") {
    std::string table = "city,size,kind\n";
    for (int i = 0; i < 60; ++i)
      table += std::string(i % 2 ? "Bonn" : "Kiel") + "," + std::to_string(i % 7) + "." +
               std::to_string(i % 3) + "," + (i % 7 < 3 ? "rose" : "lily") + "\n";
    scratch.write("a.csv", table);
    scratch.write("c.yaml", "data: {type: csv, path: a.csv, scale: standard" + data +
                                "}\nmodel: {input: 3, layers: [{type: dense, units: 5, activation: "
                                "tanh}, {type: dense, units: 2, activation: " +
                                last + "}]}\ntrain: {cost: " + cost +
                                ", epochs: 5, optimizer: {type: adam, learning_rate: 0.05}}\n");
    const Ended trained = (*this)("c.yaml -q --out r " + words);
    CAPTURE(trained.err);
    REQUIRE(trained.status == 0);
  }
  Ended operator()(const std::string& words) const {
    return run("$nnrun " + words, scratch.folder());
  }
  /// Returns what predict prints of a file with this text. It must succeed.
  std::string answers(const std::string& text, const std::string& words) const {
    scratch.write("in.csv", text);
    const Ended ended = (*this)("predict r -q --csv in.csv " + words);
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    return ended.out;
  }
};

const std::string mail =
    "id,name,city,size\n007,\"Doe, J.\",Kiel,1.5\n008,\"say \"\"hi\"\"\",Bonn,5\n";

}  // namespace

TEST_CASE("columns of the file stand beside the answers, as they are", "[cli][predict]") {
  const Flowers flowers;
  const std::vector<std::string> plain = lines_of(flowers.answers(mail, ""));
  REQUIRE(plain.size() == 3);
  CHECK(plain[0] == "lily,rose,class");
  const auto kept = [&](const std::string& words) {
    return lines_of(flowers.answers(mail, words));
  };
  CHECK(kept("--keep id,name") == std::vector<std::string>{"id,name," + plain[0],
                                                           "007,\"Doe, J.\"," + plain[1],
                                                           "008,\"say \"\"hi\"\"\"," + plain[2]});
  CHECK(kept("--keep name --keep id,id")[1] == "\"Doe, J.\",007," + plain[1]);
  CHECK(kept("--keep all")[1] == "007,\"Doe, J.\",Kiel,1.5," + plain[1]);
  CHECK(lines_of(flowers.answers("\"a,b\",city,size\n1,Kiel,2\n", "--keep a,b"))[0] ==
        "\"a,b\"," + plain[0]);
  CHECK_THAT(refused("$nnrun predict r --csv in.csv --keep nmae", 5, flowers.scratch.folder()),
             Contains("error: no column 'nmae'\n  --> in.csv:1\n") &&
                 Contains("the file has: a,b, city, size\n"));
  CHECK_THAT(refused("$nnrun predict r Kiel,1 --keep id", 2, flowers.scratch.folder()),
             StartsWith("error: --keep is for the columns of --csv and the keys of --jsonl\n"));
}

TEST_CASE("a class and its probability stand under the target's name", "[cli][predict]") {
  const Flowers flowers;
  const json all = parsed(flowers.answers(mail, "--json"))["predict"];
  const std::vector<std::string> rows = lines_of(flowers.answers(mail, "--brief --keep id"));
  REQUIRE(rows.size() == 3);
  CHECK(rows[0] == "id,kind,kind probability");
  for (std::size_t i = 0; i < 2; ++i) {
    const json& row = all[i];
    CHECK(row["probability"] == std::max(row["output"][0], row["output"][1]));
    CHECK(rows[i + 1] == std::string(i == 0 ? "007," : "008,") + row["class"].get<std::string>() +
                             "," + row["probability"].dump());
  }
  // a column of the file has that name already
  CHECK(lines_of(flowers.answers("kind,city,size\nrose,Kiel,1\n", "--brief --keep all"))[0] ==
        "kind,city,size,predicted kind,kind probability");
}

TEST_CASE("logits are told as probabilities, other scores as scores", "[cli][predict]") {
  const Flowers logits("", "identity", "{type: cross_entropy, from_logits: true}");
  const json row = parsed(logits.answers(mail, "--json"))["predict"][0];
  const double a = row["output"][0], b = row["output"][1], high = std::max(a, b);
  CHECK(row["probability"].get<double>() ==
        Approx(std::exp(high) / (std::exp(a) + std::exp(b))).epsilon(1e-6));
  const Flowers scores("", "identity", "mean_squared_error");
  CHECK(!parsed(scores.answers(mail, "--json"))["predict"][0].contains("probability"));
  CHECK(lines_of(scores.answers(mail, "--brief"))[0] == "kind,kind score");
}

TEST_CASE("a kept text that would be a formula is made harmless, and it is said",
          "[cli][predict]") {
  const Flowers flowers;
  flowers.scratch.write("in.csv",
                        "id,city,size\n=1+1,Kiel,1\n-3,Kiel,1\n-,Kiel,1\n\"@a,b\",Kiel,1\n");
  const Ended ended = flowers("predict r --csv in.csv --keep id");
  const std::vector<std::string> rows = lines_of(ended.out);
  REQUIRE(rows.size() == 5);
  CHECK_THAT(rows[1], StartsWith("'=1+1,"));
  CHECK_THAT(rows[2], StartsWith("-3,"));
  CHECK_THAT(rows[3], StartsWith("-,"));
  CHECK_THAT(rows[4], StartsWith("\"'@a,b\","));
  CHECK_THAT(ended.err, Contains("note: 2 kept texts would be formulas in a spreadsheet"));
  const json first =
      parsed(lines_of(flowers("predict r -q --csv in.csv --keep id --json-lines").out)[0]);
  CHECK(first["kept"] == json({{"id", "=1+1"}}));
}

TEST_CASE("every form of output has the same digits, those of single examples too",
          "[cli][predict]") {
  const std::string dtype = GENERATE("float32", "float64");
  const Flowers flowers(", columns: {size: {missing: median}, city: {unknown: other}}", "softmax",
                        "cross_entropy", "--set model.input=4 --set dtype=" + dtype);
  std::string table = "city,size\n";
  std::vector<std::string> examples;
  for (int i = 0; i < 300; ++i) {
    const std::string city = i % 3 == 0   ? "Bonn"
                             : i % 3 == 1 ? "Kiel"
                                          : "Rome",
                      size = i % 10 == 0 ? "NA" : std::to_string(i * 0.37);
    examples.push_back(city + "," + size);
    table += examples.back() + "\n";
  }
  flowers.scratch.write("in.csv", table);
  const std::vector<std::string> csv = lines_of(flowers("predict r -q --csv in.csv").out),
                                 lines =
                                     lines_of(flowers("predict r --csv in.csv --json-lines").out),
                                 brief = lines_of(flowers("predict r -q --csv in.csv --brief").out);
  const json object = parsed(flowers("predict r --csv in.csv --json").out)["predict"];
  std::string words;
  for (const std::string& example : examples) words += " " + example;
  const json single = parsed(flowers("predict r --json" + words).out)["predict"];
  REQUIRE(csv.size() == 301);
  REQUIRE(lines.size() == 300);
  REQUIRE(single.size() == 300);
  for (std::size_t i = 0; i < 300; ++i) {
    json line = parsed(lines[i]);
    CHECK(line["names"] == json({"lily", "rose"}));  // those of the whole object stand above
    line.erase("names");
    CHECK(line == object[i]);
    const json& row = object[i];
    CHECK(csv[i + 1] == row["output"][0].dump() + "," + row["output"][1].dump() + "," +
                            row["class"].get<std::string>());
    CHECK(brief[i + 1] == row["class"].get<std::string>() + "," + row["probability"].dump());
    CHECK(single[i]["output"] == row["output"]);
    CHECK(single[i]["class"] == row["class"]);
  }
}

TEST_CASE("the digits of a row do not depend on when it comes, in large networks either",
          "[cli][predict]") {
  Scratch scratch;
  const std::string dtype = GENERATE("float32", "float64");
  scratch.write("a.csv", "x,y,z\n1,2,3\n2,4,5\n0,1,7\n");
  scratch.write("c.yaml", "dtype: " + dtype +
                              "\ndata: {type: csv, path: a.csv}\nmodel: {input: 2, layers: [{type: "
                              "dense, units: 600, activation: tanh}, {type: dense, units: 500, "
                              "activation: tanh}, {type: dense, units: 1}]}\n"
                              "train: {cost: mean_squared_error}\n");
  REQUIRE(run("$nnrun c.yaml -q --out r", scratch.folder()).status == 0);
  std::string table = "id,x,y\n";
  for (int i = 0; i < 300; ++i)
    table += std::to_string(i) + "," + (i == 40 ? "?" : std::to_string(i % 50 * 0.31)) + "," +
             std::to_string(i % 50 * 0.17) + "\n";
  scratch.write("in.csv", table);
  const std::string words = "$nnrun predict r -q --keep id --on-error empty --csv ";
  const Ended whole = run(words + "in.csv", scratch.folder());
  REQUIRE(whole.status == 0);
  const std::vector<std::string> rows = lines_of(whole.out);
  REQUIRE(rows.size() == 301);
  CHECK(rows[41] == "40,");
  for (std::size_t i = 51; i <= 300; ++i)  // equal inputs, equal answers, wherever they are
    if ((i - 1) % 50 != 40)
      CHECK(rows[i].substr(rows[i].find(',')) ==
            rows[(i - 1) % 50 + 1].substr(rows[(i - 1) % 50 + 1].find(',')));
  // the same through a pipe that is empty now and then
  CHECK(run("n=0; while IFS= read -r row; do echo \"$row\"; n=$((n + 1))\n"
            "[ $((n % 30)) != 0 ] || sleep 0.02; done <in.csv | " +
                words + "-",
            scratch.folder())
            .out == whole.out);
}

TEST_CASE("rows from a pipe are answered as they come", "[cli][predict]") {
  const Flowers flowers;
  // the second row is only written when the first is answered
  const Ended ended =
      run("mkfifo in out\n"
          "$nnrun predict r -q --csv - --keep id <in >out & exec 3>in 4<out\n"
          "printf 'id,city,size\\n' >&3; read -r names <&4; echo \"$names\"\n"
          "for i in 1 2 3; do printf '%s,Kiel,1\\n' $i >&3; read -r row <&4; echo \"${row%%,*}\"; "
          "done\n"
          "exec 3>&-; wait $!",
          flowers.scratch.folder());
  CHECK(ended.status == 0);
  CHECK(ended.out == "id,lily,rose,class\n1\n2\n3\n");
}

TEST_CASE("predict ends when nobody reads its answers", "[cli][predict]") {
  const Flowers flowers;
  const Ended endless = run("(echo city,size; yes Kiel,1) | $nnrun predict r --csv - | head -2",
                            flowers.scratch.folder());
  CHECK(lines_of(endless.out).size() == 2);
  const Ended slow =
      run("mkfifo in\n"
          "$nnrun predict r -q --csv in | head -1 & exec 3>in\n"
          "printf 'city,size\\nKiel,1\\n' >&3; wait $!",
          flowers.scratch.folder());  // the pipe stays open
  CHECK(slow.out == "lily,rose,class\n");
}

TEST_CASE("a signal ends predict with whole rows", "[cli][predict]") {
  const Flowers flowers;
  const Ended ended =
      run("mkfifo in\n"
          "$nnrun predict r -q --csv in --keep id >out & child=$!; exec 3>in\n"
          "printf 'id,city,size\\n1,Kiel,1\\n2,Kiel,1\\n' >&3\n"
          "until [ \"$(wc -l <out)\" = 3 ]; do sleep 0.01; done\n"
          "kill -INT $child; wait $child; echo $?; cat out",
          flowers.scratch.folder());
  const std::vector<std::string> lines = lines_of(ended.out);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == "130");
  CHECK(first_cells(lines[3], 1) == "2");
}

TEST_CASE("compressed tables are read, and damaged ones named", "[cli][predict]") {
  const Flowers flowers;
  const std::string plain = flowers.answers(mail, "");
  const Ended packed =
      run("gzip -k in.csv; $nnrun predict r -q --csv in.csv.gz", flowers.scratch.folder());
  CHECK(packed.out == plain);
  CHECK_THAT(run("head -c 40 in.csv.gz >half.csv.gz; $nnrun predict r --csv half.csv.gz",
                 flowers.scratch.folder())
                 .err,
             Contains("error: the compressed data end too early\n  --> half.csv.gz\n"));
  CHECK_THAT(run("$nnrun predict r --csv - <in.csv.gz", flowers.scratch.folder()).err,
             Contains("error: the data are compressed\n  --> standard input\n"));
  CHECK(run("zcat in.csv.gz | $nnrun predict r -q --csv -", flowers.scratch.folder()).out == plain);
}

TEST_CASE("one row that cannot be answered need not lose the others", "[cli][predict]") {
  const Flowers flowers;
  flowers.scratch.write("in.csv",
                        "id,city,size\n1,Kiel,1\n2,Mars,1\n3,Kiel,NA\n4,Kiel,1e300\n5,Bonn,2\n");
  const auto predict = [&](const std::string& words) {
    return flowers("predict r --csv in.csv " + words);
  };
  const Ended whole = predict("");  // by default, a row without an answer refuses the file
  CHECK(whole.status == 5);
  CHECK_THAT(whole.err, Contains("unknown text 'Mars'\n  --> in.csv:3\n"));
  const Ended some = predict("--keep id --on-error empty -q");
  CHECK(some.status == 0);
  const std::vector<std::string> rows = lines_of(some.out);
  REQUIRE(rows.size() == 6);
  CHECK(rows[2] == "2,,,");
  CHECK(rows[3] == "3,,,");
  CHECK(rows[4] == "4,,,");
  CHECK_THAT(rows[5], StartsWith("5,") && !Contains(",,"));
  CHECK_THAT(some.err,
             StartsWith("warning: no answer for in.csv:3: column 'city': unknown text 'Mars'\n") &&
                 Contains("warning: no answer for in.csv:5: input 'size' is ") &&
                 Contains("warning: 3 of 5 rows got no answer\n"));
  const json object = parsed(predict("--on-error empty --json").out);
  CHECK(object["without_answer"] == 3);
  CHECK(object["predict"].size() == 5);
  CHECK(object["predict"][1] ==
        json({{"error", "column 'city': unknown text 'Mars'"}, {"where", "in.csv:3"}}));
  flowers.scratch.write("in.csv", "city,size\nMars,1\n");
  CHECK(predict("--on-error empty").status == 5);  // not a single one
  CHECK_THAT(refused("$nnrun predict r --csv in.csv --on-error skip", 2, flowers.scratch.folder()),
             StartsWith("error: --on-error is refuse or empty, not 'skip'\n"));
}

TEST_CASE("a row without the only answer is not an empty line", "[cli][predict]") {
  Scratch scratch;
  scratch.write("a.csv", "x,y\n1,2\n2,4\n");
  scratch.write("c.yaml",
                "data: {type: csv, path: a.csv}\nmodel: {input: 1, layers: [{type: dense, "
                "units: 1}]}\ntrain: {cost: mean_squared_error}\n");
  REQUIRE(run("$nnrun c.yaml -q --out r", scratch.folder()).status == 0);
  scratch.write("in.csv", "x\n?\n1\n");
  const Ended ended = run("$nnrun predict r -q --csv in.csv --on-error empty", scratch.folder());
  CHECK_THAT(ended.out, StartsWith("y\n\"\"\n"));
}

TEST_CASE("an unknown text counts as none where the command line says so", "[cli][predict]") {
  const Flowers flowers;
  flowers.scratch.write("in.csv", "city,size\nMars,1\nKiel,1\n");
  const Ended none =
      flowers("predict r --csv in.csv --json --set data.columns.city.unknown=ignore");
  CHECK(none.status == 0);
  // the inputs of the network, by hand: both cities 0
  const host::ModelFile model = host::read_model(flowers.scratch / "r/model.safetensors");
  const auto numbers = [&](const char* name) { return host::numbers_of(*model.file.find(name)); };
  const std::vector<double> w = numbers("dense_1/weights"), b = numbers("dense_1/bias"),
                            v = numbers("dense_2/weights"), c = numbers("dense_2/bias");
  std::vector<double> x{0, 0, 1}, z = c;
  for (std::size_t i = 0; i < 3; ++i) x[i] = (x[i] - model.fit.shifts[i]) * model.fit.factors[i];
  for (std::size_t u = 0; u < 5; ++u) {
    const double h = std::tanh(b[u] + w[3 * u] * x[0] + w[3 * u + 1] * x[1] + w[3 * u + 2] * x[2]);
    for (std::size_t k = 0; k < 2; ++k) z[k] += v[5 * k + u] * h;
  }
  CHECK(parsed(none.out)["predict"][0]["output"][0].get<double>() ==
        Approx(1 / (1 + std::exp(z[1] - z[0]))).epsilon(1e-5));
  CHECK_THAT(refused("$nnrun predict r --csv in.csv --set data.columns.city.unknown=other", 3,
                     flowers.scratch.folder()),
             StartsWith("error: the run was not trained so: column 'city' stays as it is\n") &&
                 Contains("only unknown: ignore can be said of a trained run"));
  CHECK(flowers("predict r --csv in.csv --set data.columns.size.missing=median").status == 3);
}

TEST_CASE("a file in another encoding, or with other marks, leads to the words that read it",
          "[cli][predict]") {
  const Flowers flowers;
  const std::string plain = flowers.answers("city,size\nKiel,1.5\n", "");
  const auto fails = [&](const std::string& text) {
    flowers.scratch.write("in.csv", text);
    return refused("$nnrun predict r -q --csv in.csv", 5, flowers.scratch.folder());
  };
  CHECK_THAT(fails("city;size\nKiel;1,5\n"),
             Contains("column 'size': expected a finite number, found '1,5'\n") &&
                 Contains("= note: read as the run's data are: utf-8, decimal point, ") &&
                 Contains("--data decimal=,"));
  CHECK(flowers.answers("city;size\nKiel;1,5\n", "--data decimal=,") == plain);
  CHECK_THAT(fails("city,size,gr\xF6\xDF"
                   "e\nKiel,1.5,2\n"),
             Contains("--data encoding=windows-1252"));
  CHECK(flowers.answers("city,size,gr\xF6\xDF"
                        "e\nKiel,1.5,2\n",
                        "--data encoding=windows-1252") == plain);
  CHECK(flowers.answers("city|size\nKiel|1.5\n", "--data 'separator=|'") == plain);
}

TEST_CASE("images whose numbers lie in another order are refused", "[cli][predict]") {
  Scratch scratch;
  const std::string pixels(5 * 2 * 3 * 2, '\1');
  scratch.write("first.npy", npy_bytes("'|u1'", "(5, 2, 3, 2)", pixels));
  scratch.write("last.npy", npy_bytes("'|u1'", "(5, 3, 2, 2)", pixels));
  scratch.write("flat.npy", npy_bytes("'|u1'", "(5, 12)", pixels));
  scratch.write("t.npy", npy_bytes("'|u1'", "(5, 1)", std::string("\0\1\0\1\0", 5)));
  const auto config = [](const std::string& file) {
    return "data: {type: npy, inputs: " + file +
           ", targets: t.npy}\nmodel: {input: [3, 2, 2], layers: [{type: flatten}, "
           "{type: dense, units: 1}]}\ntrain: {cost: mean_squared_error}\n";
  };
  scratch.write("last.yaml", config("last.npy"));
  scratch.write("flat.yaml", config("flat.npy"));
  scratch.write("first.yaml", config("first.npy"));
  CHECK_THAT(refused("$nnrun first.yaml", 3, scratch.folder()),
             StartsWith("error: the model's input is 3 x 2 x 2, but an example of the data set is "
                        "2 x 3 x 2: the numbers lie in another order\n") &&
                 Contains("or write input: [2, 3, 2]"));
  CHECK(run("$nnrun flat.yaml -q --out flat", scratch.folder()).status == 0);
  REQUIRE(run("$nnrun last.yaml -q --out r", scratch.folder()).status == 0);
  CHECK(run("$nnrun predict r --npy flat.npy", scratch.folder()).status == 0);
  CHECK(run("$nnrun predict r --npy last.npy", scratch.folder()).status == 0);
  CHECK_THAT(refused("$nnrun predict r --npy first.npy", 5, scratch.folder()),
             StartsWith("error: an example of this run is 3 x 2 x 2, one of this file 2 x 3 x 2: "
                        "the numbers lie in another order\n"));
}

TEST_CASE("arrays are predicted as they are in their files", "[cli][predict]") {
  Scratch scratch;
  const auto nnrun = [&](const std::string& words) {
    return run("$nnrun " + words, scratch.folder());
  };
  const std::string pixels("\xff\x33\x00\x66\x10\x20", 6);
  scratch.write("i", idx_bytes({3, 1, 2}, pixels));
  scratch.write("l", idx_bytes({3}, std::string("\0\1\0", 3)));
  scratch.write("c.yaml",
                "data: {type: idx, images: i, labels: l}\nmodel: {input: [1, 2], layers: "
                "[{type: flatten}, {type: dense, units: 2, activation: softmax}]}\n"
                "train: {cost: cross_entropy}\n");
  REQUIRE(nnrun("c.yaml -q --out r").status == 0);
  const json single = parsed(nnrun("predict r --json 255,51 0,102 16,32").out)["predict"];
  const auto outputs = [&](const std::string& words) {
    const Ended ended = nnrun("predict r --json " + words);
    CAPTURE(ended.err);
    json rows = parsed(ended.out)["predict"];
    REQUIRE(rows.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) CHECK(rows[i]["output"] == single[i]["output"]);
  };
  outputs("--idx i");
  REQUIRE(run("gzip -k i", scratch.folder()).status == 0);
  outputs("--idx i.gz");
  scratch.write("x.npy", npy_bytes("'|u1'", "(3, 2)", pixels));
  outputs("--npy x.npy");
  scratch.write("flat.npy", npy_bytes("'|u1'", "(2,)", std::string("\1\2", 2)));
  const std::string flat = refused("$nnrun predict r --npy flat.npy", 5, scratch.folder());
  CHECK_THAT(flat,
             StartsWith("error: an example of this run has 2 numbers, one of this file 1\n") &&
                 Contains("x.reshape(1, -1)"));
  CHECK_THAT(refused("$nnrun predict r --npy x.npy --idx i", 2, scratch.folder()),
             StartsWith("error: predict takes --npy or --idx, not both\n"));
  const Flowers flowers;
  CHECK_THAT(
      refused("$nnrun predict r --npy x.npy", 2, flowers.scratch.folder()),
      StartsWith("error: --npy is for runs on numbers alone: 'city' of this run holds texts\n"));
}

namespace {

/// A run on a text of six characters, é among them, in pieces of four.
struct Letters {
  Scratch scratch;

  explicit Letters(const std::string& layer = "{type: lstm, units: 3, return_sequences: true}, ",
                   const std::string& words = "") {
    scratch.write("a.txt", "abc\u00e9,1abc\u00e9,1abc\u00e9,1abc\u00e9");
    scratch.write("c.yaml",
                  "data: {type: characters, path: a.txt, length: 4, vocabulary: \"abc\u00e9,1\"}\n"
                  "model: {layers: [{type: embedding, input_dim: 6, output_dim: 2}, " +
                      layer +
                      "{type: dense, units: 6, axis: last, activation: softmax}]}\n"
                      "train: {cost: cross_entropy, epochs: 3}\n");
    const Ended trained = (*this)("c.yaml -q --out r " + words);
    CAPTURE(trained.err);
    REQUIRE(trained.status == 0);
    std::filesystem::remove(scratch.folder() / "a.txt");  // predict needs no data
  }
  Ended operator()(const std::string& words) const {
    return run("$nnrun " + words, scratch.folder());
  }
  json operator[](const std::string& example) const {
    const Ended ended = (*this)("predict r -q --json " + example);
    CAPTURE(ended.err);
    return parsed(ended.out)["predict"][0];
  }
  std::string refusal(const std::string& example) const {
    return refused("$nnrun predict r " + example, 2, scratch.folder());
  }
};

}  // namespace

TEST_CASE("what follows a text is answered by character", "[cli][predict]") {
  const Letters letters;
  const json whole = letters["'c\u00e9ab'"];
  const std::vector<double> all = letters["2,3,0,1"]["output"];
  REQUIRE(all.size() == 24);
  const std::vector<double> last(all.end() - 6, all.end());
  CHECK(whole["output"] == json(last));
  CHECK(whole["input"] == json({"c\u00e9ab"}));
  const auto best = static_cast<std::size_t>(std::ranges::max_element(last) - last.begin());
  const std::vector<std::string> names{"a", "b", "c", "\u00e9", ",", "1"};
  CHECK(whole["class"] == names[best]);
  CHECK(whole["probability"] == last[best]);
  // too few commas for four numbers
  const std::vector<double> commas = letters["5,4,5,4"]["output"];
  CHECK(letters["'1,1,'"]["output"] == json(std::vector(commas.end() - 6, commas.end())));
  // behind a shorter text; a longer one is known by its end
  CHECK(letters["'c\u00e9'"]["output"] == json(std::vector(all.begin() + 6, all.begin() + 12)));
  CHECK(letters["'1abc\u00e9ab'"]["output"] == whole["output"]);
  const Ended shown = letters("predict r '1abc\u00e9ab' ab");
  CHECK(shown.err == "note: the last 4 characters of \"1abc\u00e9ab\" are read\n");
  const std::vector<std::string> lines = lines_of(shown.out);
  REQUIRE(lines.size() == 2);
  CHECK_THAT(lines[0], StartsWith("predict \"1abc\u00e9ab\" ") &&
                           Contains("  \"" + names[best] + "\" " + significant(last[best], 4)));
  CHECK_THAT(lines[1], StartsWith("        \"ab\" "));
  CHECK(std::ranges::count(lines[1], '.') == 5);
  CHECK(lines_of(letters("predict r ab --brief").out)[0].find("  \"", 14) == std::string::npos);
}

TEST_CASE("logits of characters are told as probabilities", "[cli][predict]") {
  const Letters letters("{type: lstm, units: 3, return_sequences: true}, ",
                        "--set model.layers.dense_1.activation=identity "
                        "--set train.cost.from_logits=true");
  const json next = letters["ab"];
  double sum = 0;
  const std::vector<double> scores = next["output"];
  const double largest = std::ranges::max(scores);
  for (const double y : scores) sum += std::exp(y - largest);
  CHECK(next["probability"].get<double>() == Approx(1 / sum).epsilon(1e-6));
  CHECK(letters("predict r ab --continue 5").status == 0);
}

TEST_CASE("a text goes on by chance, and by the same one again", "[cli][predict]") {
  const Letters letters;
  const std::string first = letters("predict r 'ab\u00e9' --continue 60").out;
  CHECK_THAT(first, StartsWith("ab\u00e9"));
  CHECK(std::ranges::count_if(first, [](char c) { return (c & 0xc0) != 0x80; }) == 64);
  CHECK(letters("predict r 'ab\u00e9' --continue 60").out == first);
  CHECK(letters("predict r 'ab\u00e9' --continue 60 --seed 0").out == first);
  CHECK(letters("predict r 'ab\u00e9' --continue 60 --seed 1").out != first);
  CHECK_THAT(first, StartsWith(letters("predict r 'ab\u00e9' --continue 20").out.substr(0, 20)));
  for (const char* const c : {"a", "b", "c", "\u00e9", ",", "1"})  // all are nearly as likely
    CHECK_THAT(first.substr(3), Contains(c));
  const json told = parsed(letters("predict r 'ab\u00e9' --continue 60 --json").out)["predict"][0];
  CHECK("ab\u00e9" + told["continued"].get<std::string>() + "\n" == first);
  CHECK(letters.refusal("ab --continue 0") ==
        "error: --continue needs a whole number from 1 to 10000, not '0'\n");
  CHECK_THAT(letters.refusal("1,2,3,4 --continue 5"),
             StartsWith("error: --continue is for runs on texts"));
  CHECK_THAT(letters.refusal("ab --seed 5"), StartsWith("error: --seed is for --continue"));
  CHECK_THAT(letters.refusal("--csv a.csv --continue 5"),
             StartsWith("error: predict takes --continue or --csv, not both\n"));
}

TEST_CASE("a text that the network does not know is refused", "[cli][predict]") {
  const Letters letters;
  CHECK(letters.refusal("abx") == "error: character 'x' is not in 'vocabulary'\n  --> 'abx'\n");
  CHECK_THAT(letters.refusal("$(printf 'ab\\377')"), Contains("is not UTF-8"));
  CHECK_THAT(letters.refusal("''"), StartsWith("error: has no character\n"));
  const Letters both("{type: bidirectional, layer: lstm, units: 3, return_sequences: true}, ");
  CHECK(both("predict r abca").status == 0);
  CHECK(both.refusal("ab") ==
        "error: has 2 characters: this network sees what follows them, and "
        "needs 4\n  --> 'ab'\n");
}

TEST_CASE("a network that sees the characters which it is to foretell is warned of",
          "[cli][predict]") {
  const Letters letters;
  const auto warned = [&](const std::string& layers) {
    letters.scratch.write("a.txt", "abc\u00e9,1abc\u00e9,1abc\u00e9,1abc\u00e9");
    const Ended ended =
        letters("c.yaml --out w --set train.epochs=0 --set 'model.layers=" + layers + "'");
    CHECK(ended.status == 0);
    std::filesystem::remove_all(letters.scratch / "w");
    return ended.err;
  };
  const std::string start = "[{type: embedding, input_dim: 6, output_dim: 2}, ",
                    end = "{type: dense, units: 6, axis: last, activation: softmax}]",
                    sees =
                        " sees the characters that the network is to foretell: what it learns "
                        "is of no use at the end of a text\n";
  const auto recurrent = [&](const std::string& layer) {
    return warned(start + "{" + layer + ", units: 3, return_sequences: true}, " + end);
  };
  const std::string conv = "{type: conv1d, filters: 3, kernel_size: 3, padding: ";
  CHECK_THAT(warned(start + conv + "same}, " + end), Contains("warning: conv1d_1" + sees));
  CHECK_THAT(recurrent("type: bidirectional, layer: gru"),
             Contains("warning: bidirectional_1" + sees) && Contains("no bidirectional"));
  CHECK_THAT(recurrent("type: lstm, go_backwards: true"), Contains("warning: lstm_1" + sees));
  // the steps are gone, and come back
  CHECK_THAT(warned(start +
                    "{type: flatten}, {type: dense, units: 24}, "
                    "{type: reshape, shape: [4, 6]}, " +
                    "{type: activation, activation: softmax}]"),
             Contains("warning: reshape_1" + sees));
  CHECK_THAT(warned(start + conv + "causal}, " + end), !Contains(sees));
  CHECK_THAT(recurrent("type: lstm"), !Contains(sees));
}

TEST_CASE("an answer that is no number is warned of", "[cli][predict]") {
  const Scratch scratch;
  const Ended trained =
      run("$nnrun $configs/diagonal.yaml -q --out r --set dtype=float32 --set train.epochs=0 --set "
          "'model.layers=[{type: dense, units: 1, activation: none, init: {type: constant, value: "
          "1e30}}]'",
          scratch.folder());
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  const Ended answered = run("$nnrun predict r 1e30,1 1,1", scratch.folder());
  CHECK(answered.status == 0);
  CHECK_THAT(answered.out, Contains("inf"));
  CHECK(answered.err ==
        "warning: an answer is not finite: too large for a number, or not a number\n");
  CHECK(run("$nnrun predict r 1,1", scratch.folder()).err.empty());
}

TEST_CASE("one row of outputs for the targets of many steps is warned of", "[cli][predict]") {
  const Letters letters;
  letters.scratch.write("a.txt", "abc\u00e9,1abc\u00e9,1abc\u00e9,1abc\u00e9");
  const std::string layers =
                        "c.yaml --out w --set train.epochs=0 --set 'model.layers="
                        "[{type: embedding, input_dim: 6, output_dim: 2}, ",
                    end = "{type: dense, units: 24, activation: softmax}]'";
  const std::string said =
      "warning: the targets are 4 steps of 6, but the outputs of softmax add "
      "up to 1 over one row of 24\n";
  const Ended last = letters(layers + "{type: lstm, units: 3}, " + end);
  CHECK(last.status == 0);
  CHECK_THAT(last.err, Contains(said) && Contains("write return_sequences: true in lstm_1") &&
                           !Contains("binary_cross_entropy"));
  std::filesystem::remove_all(letters.scratch / "w");
  CHECK_THAT(
      letters(layers + "{type: flatten}, " + end).err,
      Contains(said) && Contains("put {type: reshape, shape: [4, 6]} before the activation"));
}

TEST_CASE("a run without names takes the columns that are not kept", "[cli][predict]") {
  Scratch scratch;
  scratch.write("x.npy", npy_bytes("'<f4'", "(4, 2)", bytes_of<float>({0, 0, 0, 1, 1, 0, 1, 1})));
  scratch.write("t.npy", npy_bytes("'<f4'", "(4,)", bytes_of<float>({0, 1, 2, 3})));
  scratch.write("c.yaml",
                "data: {type: npy, inputs: x.npy, targets: t.npy}\nmodel: {input: 2, "
                "layers: [{type: dense, units: 1}]}\ntrain: {cost: mean_squared_error}\n");
  REQUIRE(run("$nnrun c.yaml -q --out r", scratch.folder()).status == 0);
  scratch.write("in.csv", "a,id,b\n0.9,007,0.1\n");
  const Ended kept = run("$nnrun predict r -q --csv in.csv --keep id", scratch.folder());
  const json single = parsed(run("$nnrun predict r --json 0.9,0.1", scratch.folder()).out);
  CHECK(kept.out == "id,y1\n007," + single["predict"][0]["output"][0].dump() + "\n");
}

}  // namespace nnrun::testing
