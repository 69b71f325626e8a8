// Numbers and texts that mean a missing value in one column, and something in others.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/example_data.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

/// Returns a number from 0 to n - 1 that follows from i, without order.
int drawn(int i, int n) {
  return static_cast<int>(static_cast<unsigned>(i) * 2654435761u % 1000003u) % n;
}

/// A table as of a clinic: 0 is no pressure, but a number of children, and an outcome. known: a gap
/// is an empty field instead.
std::string clinic(bool known) {
  const std::string zero = known ? "" : "0", no_ward = known ? "" : "closed";
  std::string csv = "children,pressure,ward,opened,outcome\n";
  for (int i = 0; i < 120; ++i)
    csv += std::to_string(i % 4) + "," + (i % 9 == 2 ? zero : std::to_string(60 + drawn(i, 70))) +
           "," +
           (i % 11 == 3  ? no_ward
            : i % 2 == 0 ? "east"
                         : "west") +
           "," + (i % 5 == 0 ? "closed" : "open") + "," + std::to_string(drawn(i, 70) > 30) + "\n";
  return csv;
}

const std::string more =
    "seed: 1\nmodel: {layers: [{type: dense, units: 4, activation: tanh}, {type: dense, "
    "activation: sigmoid}]}\ntrain: {cost: binary_cross_entropy, epochs: 3, optimizer: adam}\n"
    "metrics: [accuracy]\n";

struct Clinic {
  Scratch scratch;

  Clinic() {
    scratch.write("zeros.csv", clinic(false));
    scratch.write("empty.csv", clinic(true));
    config("zeros",
           "pressure: {gaps: [0], missing: median, indicator: true}, ward: {gaps: "
           "[closed], missing: most_frequent}");
    config("empty", "pressure: {missing: median, indicator: true}, ward: {missing: most_frequent}");
  }
  void config(const std::string& name, const std::string& columns) const {
    scratch.write(name + ".yaml", "data: {type: csv, path: " + name +
                                      ".csv, targets: [outcome], scale: standard, split: {test: "
                                      "0.2}, columns: {" +
                                      columns + "}}\n" + more);
  }
  Ended operator()(const std::string& words) const {
    return run("$nnrun " + words, scratch.folder());
  }
  json train(const std::string& name) const {
    const Ended ended = (*this)(name + ".yaml --threads 1 --out " + name);
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    return json::parse(text_of(scratch / name / "run.json"))["result"];
  }
};

}  // namespace

TEST_CASE("a number or text that is missing in one column alone trains as an empty field does",
          "[cli][columns]") {
  const Clinic clinic;
  const json zeros = clinic.train("zeros"), empty = clinic.train("empty");
  CHECK(zeros["weights_sha256"] == empty["weights_sha256"]);
  CHECK(zeros["test"] == empty["test"]);
  CHECK_THAT(clinic("check zeros.yaml").out, Contains("14 missing"));

  const auto answers = [&](const std::string& words) {
    const Ended ended = clinic("predict zeros -q " + words);
    CAPTURE(ended.err);
    CHECK(ended.status == 0);
    return ended.out;
  };
  const std::string names = "children,pressure,ward,opened\n";
  clinic.scratch.write("in.csv", names + "0,0,closed,closed\n3,0.0,west,open\n");
  clinic.scratch.write("gaps.csv", names + "0,,,closed\n3,,west,open\n");
  clinic.scratch.write("in.jsonl",
                       R"({"children": 0, "pressure": 0, "ward": "closed", "opened": "closed"}
[3, null, "west", "open"]
)");
  const std::string expected = answers("--csv gaps.csv");
  CHECK(answers("--csv in.csv") == expected);
  CHECK(answers("--jsonl in.jsonl") == expected);
  CHECK(answers("0,0,closed,closed") + answers("3,0,west,open") ==
        answers("0,?,?,closed") + answers("3,?,west,open"));
  CHECK(clinic("eval zeros --data test=zeros.csv --json").out ==
        clinic("eval zeros --data test=empty.csv --json").out);
  // by the model alone
  const Ended alone = clinic("predict zeros/model.safetensors -q --csv in.csv");
  CHECK(alone.out == expected);
  // the run's own config says it again
  CHECK_THAT(text_of(clinic.scratch / "zeros/config.yaml"),
             Contains("gaps: ") && Contains("closed"));
  CHECK(clinic("verify zeros -q").status == 0);
}

TEST_CASE("exported files know what is missing in one column alone", "[cli][columns][exporting]") {
  const Clinic clinic;
  clinic.train("zeros");
  const Ended exported = clinic("export zeros --c net.c");
  CAPTURE(exported.err);
  REQUIRE(exported.status == 0);
  const std::string code = text_of(clinic.scratch / "net.c");
  CHECK_THAT(code, Contains("A missing value is NAN, also 0 in pressure, and filled in for: "
                            "pressure, ward."));
  clinic.scratch.write(
      "ask.c",
      "#include <math.h>\n#include <stdio.h>\n#include \"net.c\"\nint main(void) {\n"
      "  double y, x[4] = {0, 0, net_text(2, \"closed\"), net_text(3, \"closed\")};\n"
      "  net_predict(x, &y);\n  printf(\"%.9g\\n\", y);\n"
      "  printf(\"%d\\n\", x[2] != x[2] && x[3] == x[3]);\n  return 0;\n}\n");
  const std::string said = run("cc -O2 ask.c -o ask -lm && ./ask", clinic.scratch.folder()).out;
  const Ended predicted = clinic("predict zeros -q --json 0,0,closed,closed");
  const auto y = parsed(predicted.out)["predict"][0]["output"][0].get<double>();
  CHECK(std::stod(said) == Approx(y).epsilon(1e-6));
  CHECK_THAT(said, Contains("\n1\n"));
}

TEST_CASE("a number that means a missing value is refused, or its row left out, as an empty field",
          "[cli][columns]") {
  const Clinic clinic;
  clinic.config("zeros", "pressure: {gaps: [0]}, ward: {gaps: [closed], missing: drop}");
  CHECK_THAT(clinic("zeros.yaml --out r").err,
             Contains("column 'pressure': a value is missing, '0'\n") && Contains("zeros.csv:4\n"));
  clinic.config("zeros",
                "pressure: {gaps: [0], missing: drop}, ward: {gaps: [closed], missing: "
                "drop}");
  clinic.config("empty", "pressure: {missing: drop}, ward: {missing: drop}");
  const json zeros = clinic.train("zeros"), empty = clinic.train("empty");
  CHECK(zeros["weights_sha256"] == empty["weights_sha256"]);
  CHECK(zeros["left_out"]["rows"] == empty["left_out"]["rows"]);

  // a target, too
  clinic.scratch.write("price.csv", "x,price\n1,10\n2,0\n3,30\n4,40\n0,50\n");
  clinic.scratch.write("price.yaml",
                       "data: {type: csv, path: price.csv, targets: [price], columns: {price: "
                       "{gaps: [0], missing: drop}}}\nmodel: {layers: [{type: dense}]}\n"
                       "train: {cost: mean_squared_error}\n");
  CHECK_THAT(clinic("price.yaml --out p").err,
             Contains("1 of 5 rows is left out for missing values: 'price' in 1, first "));
}

TEST_CASE("what an unreadable number may mean is said for its column alone", "[cli][columns]") {
  const Clinic clinic;
  clinic.scratch.write("empty.csv", "pressure,outcome\n70,1\n80,0\nunknown,1\n75,0\n");
  clinic.scratch.write("c.yaml", "data: {type: csv, path: empty.csv, targets: [outcome]}\n" + more);
  const Ended refused = clinic("c.yaml --out r");
  CHECK_THAT(refused.err, Contains("expected a finite number, found 'unknown'"));
  clinic.scratch.write("c.yaml",
                       "data: {type: csv, path: empty.csv, targets: [outcome], columns: {pressure: "
                       "number}}\n" +
                           more);
  CHECK_THAT(clinic("c.yaml --out r").err,
             Contains("write columns: {pressure: {gaps: [\"unknown\"], missing: median}}"));
  clinic.scratch.write("c.yaml",
                       "data: {type: csv, path: empty.csv, targets: [outcome], columns: {pressure: "
                       "{gaps: [\"unknown\"], missing: median}}}\n" +
                           more);
  CHECK(clinic("c.yaml --out r").status == 0);
}

}  // namespace nnrun::testing
