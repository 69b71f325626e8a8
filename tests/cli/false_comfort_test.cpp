// What a table keeps from being what it seems, told before anybody trusts a score or a config.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

/// Rows `i,i^2 mod 97,y`, from one to below another.
std::string rows(int from, int to) {
  std::string csv = "a,b,y\n";
  for (int i = from; i < to; ++i)
    csv +=
        std::to_string(i) + "," + std::to_string(i * i % 97) + "," + std::to_string(i % 7) + ".5\n";
  return csv;
}

std::string config_of(const std::string& data, const std::string& more = "") {
  return "data: {type: csv, path: t.csv, " + data + "}\nmodel: {layers: [{type: dense, units: 1" +
         more + "}]}\ntrain: {cost: mean_squared_error, optimizer: adam, epochs: 2}\n";
}

struct Folder {
  Scratch scratch;
  Ended operator()(const std::string& words) const {
    return run("$nnrun " + words, scratch.folder());
  }
  /// What new config says of a table: on both channels.
  std::string new_config(const std::string& csv, const std::string& more = "") const {
    scratch.write("t.csv", csv);
    const Ended ended = run("rm -f t.yaml; $nnrun new config t.csv" + more, scratch.folder());
    return ended.out + ended.err;
  }
};

/// A table of 60 rows: the field of each, and a number to predict.
template <class Field>
std::string table(const std::string& names, Field field, int n = 60) {
  std::string csv = names + "\n";
  for (int i = 0; i < n; ++i) csv += field(i) + "\n";
  return csv;
}

}  // namespace

TEST_CASE("rows of the test part that the network was trained on are told, and never called unseen",
          "[cli][data]") {
  const Folder folder;
  folder.scratch.write("t.csv", rows(0, 300));
  folder.scratch.write("same.csv", rows(0, 300));
  folder.scratch.write("part.csv", rows(280, 320));
  folder.scratch.write("other.csv", rows(400, 440));
  const std::string how = GENERATE("", ", scale: standard, target_scale: standard");
  folder.scratch.write("c.yaml", config_of("targets: [y], test: same.csv" + how));
  const auto told = [&](const std::string& test) {
    const Ended ended = folder("c.yaml --set data.test=" + test);
    CHECK(ended.status == 0);
    return ended.out + ended.err;
  };
  CHECK_THAT(told("same.csv"),
             Contains("300 examples, all of them rows of the training part, too)") &&
                 Contains("warning: 300 of 300 rows of the test part are rows of the training "
                          "part, too, so it does not say how the network answers others") &&
                 !Contains("not seen in training"));
  CHECK_THAT(told("t.csv"), Contains("warning: 300 of 300 rows"));
  CHECK_THAT(told("part.csv"),
             Contains("40 examples, 20 of them rows of the training part, too)") &&
                 Contains("warning: 20 of 40 rows of the test part"));
  CHECK_THAT(told("other.csv"),
             Contains("40 examples, not seen in training)") && !Contains("warning"));
  CHECK_THAT(folder("check c.yaml").err, Contains("warning: 300 of 300 rows of the test part"));
}

TEST_CASE("a file that has a row twice is not warned of, but its test part is not called unseen",
          "[cli][data]") {
  const Folder folder;
  folder.scratch.write("t.csv", rows(0, 40) + rows(0, 40).substr(6));
  folder.scratch.write("c.yaml", config_of("targets: [y], split: {test: 0.5, shuffle: false}"));
  const Ended ended = folder("c.yaml");
  CHECK_THAT(ended.out, Contains("40 examples, all of them rows of the training part, too)"));
  CHECK_THAT(ended.err, !Contains("warning: 40 of"));
}

TEST_CASE("metrics of yes and no are warned of where targets are something between",
          "[cli][data]") {
  const Folder folder;
  folder.scratch.write(
      "c.yaml",
      "data: {type: csv, path: t.csv, targets: [t]}\nmodel: {layers: [{type: dense, units: 1, "
      "activation: sigmoid}]}\ntrain: {cost: binary_cross_entropy, epochs: 1}\nmetrics: [accuracy, "
      "auc]\n");
  const auto told = [&](const auto& target) {
    folder.scratch.write(
        "t.csv", table(
                     "x,t", [&](int i) { return std::to_string(i % 13) + "," + target(i); }, 300));
    const Ended run = folder("c.yaml"), checked = folder("check c.yaml");
    CHECK(run.status == 0);
    const auto warns = [](const Ended& ended) {
      return ended.err.find("warning") != std::string::npos;
    };
    CHECK(warns(run) == warns(checked));
    return run.err;
  };
  CHECK_THAT(told([](int i) { return std::string(i % 2 ? "1" : "0"); }), !Contains("warning"));
  CHECK_THAT(told([](int i) {
               return std::string(i == 5 ? "0.5" : i % 2 ? "1" : "0");
             }),
             Contains("warning: target t is 0.5 here: 1 of 300 rows keeps the targets from being 0 "
                      "or 1, yes or no, so they are shares") &&
                 Contains("t.csv:7"));
  CHECK_THAT(told([](int i) { return std::string(i % 2 ? "0.7" : "0"); }),
             Contains("warning: accuracy is of yes and no, but 150 of 300 rows have a target that "
                      "is neither: the first is 0.7 (") &&
                 Contains("t.csv:3)"));
  // of probabilities
  CHECK_THAT(told([](int i) { return "0." + std::to_string(100 + i % 800); }),
             Contains("warning: accuracy is of yes and no, but 300 of 300 rows"));
  CHECK_THAT(folder.new_config(table(
                 "x,t",
                 [](int i) {
                   return std::to_string(i % 13) + "," + (i == 5 ? "0.5" : i % 2 ? "1" : "0");
                 },
                 300)),
             Contains("note   t is 0 or 1, but in 1 of 300 rows, the first 0.5 in t.csv:7"));
}

TEST_CASE("a target of one class is warned of, and what empty fields may mean", "[cli][data]") {
  const Folder folder;
  folder.scratch.write("t.csv", table("a,ans", [](int i) {
                         return std::to_string(i % 9) + (i % 3 == 0 ? ",x" : ",");
                       }));
  folder.scratch.write("c.yaml",
                       "data: {type: csv, path: t.csv, targets: [ans], columns: {ans: {missing: "
                       "drop}}}\nmodel: {layers: [{type: dense, units: 1, activation: sigmoid}]}\n"
                       "train: {cost: binary_cross_entropy, epochs: 1}\nmetrics: [accuracy]\n");
  CHECK_THAT(folder("c.yaml").err,
             Contains("warning: the target is 'x' in every row: any network that always says so is "
                      "right") &&
                 Contains("if the field is empty where the answer is no, write no there: 40 rows"));
  CHECK_THAT(folder.new_config(text_of(folder.scratch / "t.csv")),
             Contains("if its 40 empty fields mean something, write it there: no, say; or choose"));
}

TEST_CASE("poisson wants targets from 0 on that are not scaled, and outputs above 0",
          "[cli][data]") {
  const Folder folder;
  folder.scratch.write("t.csv", table("a,y", [](int i) {
                         return std::to_string(i % 9) + "," + std::to_string(i % 5);
                       }));
  const auto told = [&](const std::string& data, const std::string& activation) {
    folder.scratch.write("c.yaml", "data: {type: csv, path: t.csv, targets: [y]" + data +
                                       "}\nmodel: {layers: [{type: dense, units: 1" + activation +
                                       "}]}\ntrain: {cost: poisson, optimizer: adam, epochs: 1}\n");
    return folder("check c.yaml").err;
  };
  CHECK(told("", ", activation: softplus") == "");
  CHECK_THAT(told(", target_scale: standard", ", activation: softplus"),
             Contains("warning: poisson takes targets from 0 on, but these lie from -1.4") &&
                 Contains("= help: remove target_scale from data: the targets of the file fit") &&
                 !Contains("activation: none"));
  CHECK_THAT(told("", ""), Contains("warning: poisson takes outputs from 0 on, but the last layer "
                                    "has no activation") &&
                               Contains("= help: write activation: softplus in the last layer"));
}

TEST_CASE("numbers that float32 does not tell apart are warned of", "[cli][data]") {
  const Folder folder;
  folder.scratch.write("t.csv", table("t,y", [](int i) {
                         return std::to_string(1700000000 + i) + "," + std::to_string(20000001 + i);
                       }));
  folder.scratch.write("c.yaml", config_of("targets: [y]"));
  CHECK_THAT(folder("check c.yaml").err,
             Contains("warning: targets lie from about 20,000,000 to 20,000,060, where float32 has "
                      "31 numbers alone: different ones become the same") &&
                 Contains("write target_scale: standard in data") &&
                 Contains("warning: numbers of t lie from about 1,700,000,000 to 1,700,000,000, "
                          "where float32 has 1 number alone") &&
                 Contains("write scale: standard in data"));
  CHECK(folder("check c.yaml --set data.scale=standard --set data.target_scale=standard").err ==
        "");
  CHECK_THAT(folder("check c.yaml --set dtype=float64").err, !Contains("float32"));
}

TEST_CASE("a file with names for a run without says so: a name is no unit", "[cli][data]") {
  const Folder folder;
  folder.scratch.write("t.csv", rows(0, 60).substr(6));
  folder.scratch.write("c.yaml", config_of("header: false, targets: [x3]"));
  REQUIRE(folder("c.yaml -q --out r").status == 0);
  folder.scratch.write("in.csv", "x1,x2\n1,2\n3,4\n");
  folder.scratch.write("plain.csv", "1,2\n3,4\n");
  folder.scratch.write("full.csv", "x1,x2,x3\n1,2,3\n3,4,5\n");
  const Ended refused = folder("predict r --csv in.csv");
  CHECK(refused.status != 0);
  CHECK_THAT(refused.err, Contains("header=true") && !Contains("symbols"));
  const Ended answered = folder("predict r --csv in.csv --data header=true -q");
  CHECK(answered.status == 0);
  CHECK(answered.out == folder("predict r --csv plain.csv -q").out);
  CHECK_THAT(folder("eval r --data path=full.csv").err, Contains("header") && !Contains("symbols"));
}

TEST_CASE("numbers with blanks in quotes need no separator of thousands", "[cli][new][numbers]") {
  const Folder folder;
  const auto number = [](int i, int n) { return std::to_string(i % n) + ".25"; };
  folder.new_config(table("\"a\",\"y\"", [&](int i) {
    return "\" " + number(i * 7, 23) + " \",\"" + number(i * 5, 17) + "\"";
  }));
  const std::string yaml = text_of(folder.scratch / "t.yaml");
  CHECK_THAT(yaml, !Contains("thousands") && Contains("    a: number"));
  CHECK(folder("t.yaml -q --set train.epochs=1").status == 0);
}

TEST_CASE("numbers that are cut short are not taken for missing", "[cli][new][numbers]") {
  const Folder folder;
  const auto cut = [](int i) {
    return i % 3 == 0   ? std::to_string(i % 9 + 1) + ".2k"
           : i % 7 == 0 ? "3.4M"
                        : std::to_string(i * 7 % 90);
  };
  CHECK_THAT(folder.new_config(table("f,b,y",
                                     [&](int i) {
                                       return cut(i) + "," + std::to_string(i * i % 31) + "," +
                                              std::to_string(i % 11) + ".5";
                                     })),
             Contains("note   f is not used: numbers, of which some are cut short, such as 1.2k, "
                      "the first in t.csv:2: write the numbers in full"));
  CHECK_THAT(text_of(folder.scratch / "t.yaml"), !Contains("gaps"));
  CHECK_THAT(folder.new_config(
                 table("b,y", [&](int i) { return std::to_string(i * i % 31) + "," + cut(i); })),
             Contains("column 'y' holds numbers, but '1.2k' is not one") &&
                 Contains("help: write the numbers in full"));
}

TEST_CASE("a minus behind a number, or brackets for it, are told with what to write",
          "[cli][new][numbers]") {
  const Folder folder;
  const auto told = [&](const std::string& before, const std::string& behind) {
    return folder.new_config(table("a,b,y", [&](int i) {
      const std::string number = std::to_string(1303 + i * 37) + ".16";
      return (i % 3 == 0 ? before + number + behind : number) + "," + std::to_string(i * i % 31) +
             "," + std::to_string(i % 11) + ".5";
    }));
  };
  for (const auto& [before, behind] : {std::pair{"", "-"}, std::pair{"(", ")"}})
    CHECK_THAT(told(before, behind),
               Contains("write a minus before its number: -1303.16") && !Contains("take signs"));
  folder.scratch.write("c.yaml", config_of("targets: [y]"));
  folder.scratch.write("t.csv", "a,y\n5,1\n(4),2\n");
  CHECK_THAT(folder("c.yaml").err, Contains("a minus stands before its number: write -4"));
}

TEST_CASE("a number beside which all others are as good as 0 is told", "[cli][new]") {
  const Folder folder;
  const auto told = [&](const std::string& number) {
    return folder.new_config(table("a,b,y", [&](int i) {
      return (i == 8 ? number : std::to_string(i * 7 % 40)) + "," + std::to_string(i * i % 31) +
             "," + std::to_string(i % 11) + ".5";
    }));
  };
  CHECK_THAT(told("1e39"), Contains("note   1e+39 in a is more than a million times as large as "
                                    "every other number"));
  CHECK_THAT(told("1000"), !Contains("million"));
}

TEST_CASE("new config says what a file is that is no table, and what is wrong with one that is",
          "[cli][new]") {
  const Folder folder;
  const auto said = [&](const std::string& text) { return folder.new_config(text); };
  CHECK_THAT(said("[{\"a\": 1, \"y\": 2}, {\"a\": 2, \"y\": 3}]\n"),
             Contains("error: JSON, not a table of text"));
  CHECK_THAT(said("{\"a\": 1, \"y\": 2}\n{\"a\": 2, \"y\": 3}\n"),
             Contains("error: JSON, not a table of text"));
  CHECK_THAT(said("0 1:0 3:0.5\n1 1:1 3:0.5\n"), Contains("libsvm"));
  CHECK_THAT(said(table("\"a\",\"b\"",
                        [](int i) {
                          return "\"row " + std::to_string(i) + "\"," + std::to_string(i) + "," +
                                 std::to_string(i * 7 % 40);
                        })),
             Contains("note   each row begins with a name of its own, which is left out\n"));
  CHECK_THAT(said(table("id,h,w",
                        [](int i) {
                          return i == 0
                                     ? std::string(",cm,kg")
                                     : std::to_string(i) + "," + std::to_string(150 + i * 7 % 40) +
                                           "," + std::to_string(60 + i % 13);
                        })),
             Contains("the row below the names is no example, but says more of the columns: cm, "
                      "kg") &&
                 Contains("help: take it out"));
  CHECK_THAT(said(table("q,age,score",
                        [](int i) {
                          return i < 2 ? std::string("Question,Your age,Score")
                                       : "a" + std::to_string(i % 3) + "," +
                                             std::to_string(i * 7 % 40) + "," +
                                             std::to_string(i % 13);
                        })),
             Contains("the two rows below the names are no examples") && Contains("take them out"));
  const std::string markdown = said(table("| a | y |", [](int i) {
    return "| " + std::to_string(i * 7 % 40) + " | " + std::to_string(i % 17) + ".5 |";
  }));
  CHECK_THAT(markdown, !Contains("is called ,"));
}

TEST_CASE("a table in letters that are not read says how to write it in others", "[cli][new]") {
  const Folder folder;
  folder.scratch.write("u8.csv", rows(0, 60));
  const auto said = [&](const std::string& encoding) {
    REQUIRE(
        run("iconv -f UTF-8 -t " + encoding + " u8.csv > t.csv", folder.scratch.folder()).status ==
        0);
    return run("$nnrun new config t.csv", folder.scratch.folder()).err;
  };
  CHECK_THAT(said("UTF-16LE"), Contains("iconv -f UTF-16LE -t UTF-8 't.csv' > utf8.csv"));
  CHECK_THAT(said("UTF-16BE"), Contains("iconv -f UTF-16BE -t UTF-8 't.csv' > utf8.csv"));
  CHECK_THAT(said("UTF-32LE"),
             Contains("UTF-32") && Contains("iconv -f UTF-32LE -t UTF-8 't.csv' > utf8.csv"));
  CHECK_THAT(folder.new_config("a,b,y\nGen\x8Fve,Z\x8Frich,1\n"),
             Contains("iconv -f MACINTOSH -t UTF-8 't.csv' > utf8.csv"));
}

}  // namespace nnrun::testing
