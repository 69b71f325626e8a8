// nnrun new config: a config for a table that trains at the first try.
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

/// A number from 0 to 1 for each i, the same on every machine.
double scattered(int i) {
  const double x = std::sin(i * 12.9898 + 1) * 43758.5453;
  return x - std::floor(x);
}

/// Prices of houses, which follow from size, city and year; with gaps, an id and a remark.
std::string houses(int rows) {
  const std::vector<std::pair<const char*, int>> cities{
      {"Basel", 9000}, {"Bern", 7000}, {"Genève", 11000}, {"Zürich", 12000}};
  std::string csv = "id,size,city,built,remark,price\n";
  for (int i = 0; i < rows; ++i) {
    const auto& [city, rate] = cities[static_cast<std::size_t>(scattered(i) * 4)];
    const int size = 30 + static_cast<int>(220 * scattered(i + 5000)),
              built = 1900 + static_cast<int>(120 * scattered(i + 9000));
    const long price = std::lround(size * rate * (0.7 + 0.3 * (built - 1900) / 120.));
    csv += std::to_string(i + 1) + "," + std::to_string(size) + "," + (i % 40 == 7 ? "NA" : city) +
           "," + (i % 25 == 3 ? "" : std::to_string(built)) + ",house number " + std::to_string(i) +
           "," + std::to_string(price) + "\n";
  }
  return csv;
}

json inputs_of(const Scratch& scratch, const std::string& config) {
  return parsed(run("$nnrun summary --json " + config, scratch.folder()).out)["input"];
}

Ended made(const Scratch& scratch, const std::string& rest) {
  return run("$nnrun new config " + rest, scratch.folder());
}

}  // namespace

TEST_CASE("a table of prices is learnt by new config, train and predict, in its own units",
          "[cli][new]") {
  const Scratch scratch;
  scratch.write("houses.csv", houses(1200));
  const Ended ended = made(scratch, "houses.csv");
  CAPTURE(ended.err);
  REQUIRE(ended.status == 0);
  CHECK(
      ended.out ==
      "wrote  houses.yaml\n"
      "read   1200 rows, 6 columns; target price: a number, 157,867 to 2,894,130\n"
      "note   id is not used: counts the rows: 1 to 1200\n"
      "note   remark is not used: nearly every row has a text of its own, such as house number 0\n"
      "next   nnrun houses.yaml\n");
  const std::string yaml = text_of(scratch / "houses.yaml");
  CAPTURE(yaml);
  CHECK_THAT(yaml,
             Contains("  targets: [price]    # a number, ") && Contains("; the last column\n"));
  CHECK_THAT(yaml, Contains("    id: unused ") && Contains("# counts the rows: 1 to 1200\n"));
  CHECK_THAT(yaml, Contains("    size: number ") && Contains("    remark: unused "));
  CHECK_THAT(yaml, Contains("    city: {type: category, missing: {constant: missing}}  # 4 texts: "
                            "Basel, Bern, Genève, Zürich; 30 missing: a text of their own\n"));
  CHECK_THAT(yaml, Contains("    built: {missing: median, indicator: true} "));
  // size, five texts of city, built and whether
  CHECK(inputs_of(scratch, "houses.yaml") == json({8}));
  const Ended trained = run("$nnrun houses.yaml --json --out run", scratch.folder());
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  CHECK(parsed(trained.out)["test"]["r2"].get<double>() > 0.95);
  scratch.write("q.csv", "city,size,built\nZürich,100,2019\nBern,,1990\n");
  const Ended wrong = run("$nnrun predict run --csv q.csv", scratch.folder());
  CHECK(wrong.status == 5);  // no size was missing when it was trained
  scratch.write("q.csv", "city,size,built\nZürich,100,2019\nNA,100,\n");
  const Ended right = run("$nnrun predict run --csv q.csv", scratch.folder());
  CAPTURE(right.out, right.err);
  REQUIRE(right.status == 0);
  CHECK(std::stod(right.out.substr(right.out.find('\n') + 1)) == Approx(1'197'000).epsilon(0.15));
}

TEST_CASE("the kind of target decides cost, outputs and metrics", "[cli][new]") {
  const Scratch scratch;
  std::string text = "a,b,kind\n", yes = "a,b,ill\n", grade = "a,b,grade\n", amount = "a,b,n\n";
  for (int i = 0; i < 120; ++i) {
    const std::string row = std::to_string(scattered(i)) + "," + std::to_string(i % 7) + ",";
    text += row + (i % 3 == 0 ? "red" : i % 3 == 1 ? "green" : "blue") + "\n";
    yes += row + std::to_string(i % 2) + "\n";
    grade += row + std::to_string(1 + i % 3) + "\n";
    amount += row + std::to_string(i % 60) + "\n";
  }
  const auto yaml = [&](const std::string& name, const std::string& csv) {
    scratch.write(name + ".csv", csv);
    const Ended ended = made(scratch, name + ".csv");
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    const Ended trained =
        run("$nnrun " + name + ".yaml -q --set train.epochs=2 --out r" + name, scratch.folder());
    CAPTURE(trained.err);
    CHECK(trained.status == 0);
    CHECK_THAT(trained.err, !Contains("warning"));
    return text_of(scratch / (name + ".yaml"));
  };
  CHECK_THAT(yaml("text", text), Contains("# 3 classes: blue, green, red") &&
                                     Contains("{type: dense, activation: softmax}") &&
                                     Contains("cost: cross_entropy") && Contains("stratify: true"));
  CHECK_THAT(yaml("yes", yes), Contains("{type: dense, activation: sigmoid}") &&
                                   Contains("cost: binary_cross_entropy") &&
                                   Contains("metrics: [accuracy, f1, auc]"));
  CHECK_THAT(yaml("grade", grade),
             Contains("  classes: [1, 2, 3] ") && Contains("{type: dense, activation: softmax}"));
  CHECK_THAT(yaml("amount", amount), Contains("target_scale: standard") &&
                                         Contains("    - {type: dense}\n") &&
                                         Contains("metrics: [r2, mean_absolute_error]"));
}

TEST_CASE("yes or no in words is learnt by one output, and several numbers by one for each",
          "[cli][new]") {
  const Scratch scratch;
  std::string churn = "a,b,churn\n", prices = "a,b,price,rent\n";
  for (int i = 0; i < 120; ++i) {
    const std::string row = std::to_string(scattered(i)) + "," + std::to_string(i % 7) + ",";
    churn += row + (i % 7 > 4 ? "left" : "stayed") + "\n";
    prices +=
        row + std::to_string(100'000 + 20'000 * (i % 7)) + "," + std::to_string(1 << i % 7) + "\n";
  }
  scratch.write("churn.csv", churn);
  REQUIRE(made(scratch, "churn.csv").status == 0);
  CHECK_THAT(
      text_of(scratch / "churn.yaml"),
      Contains("  positive: left    # what the output 1 stands for; the rarer of the two: 34 of "
               "120 rows\n") &&
          Contains("{type: dense, activation: sigmoid}") &&
          Contains("cost: binary_cross_entropy") && Contains("[accuracy, f1, auc]"));
  const Ended churned = run("$nnrun churn.yaml -q --out c --json", scratch.folder());
  CAPTURE(churned.err);
  CHECK(parsed(churned.out)["test"]["f1"].get<double>() > 0.9);
  scratch.write("prices.csv", prices);
  const Ended ended = made(scratch, "prices.csv --target price --target rent");
  CAPTURE(ended.err);
  REQUIRE(ended.status == 0);
  CHECK_THAT(ended.out, Contains("target price, rent: 2 numbers, 100,000 to 220,000; 1 to 64\n"));
  CHECK_THAT(text_of(scratch / "prices.yaml"),
             Contains("  targets: [price, rent] ") &&
                 Contains("  target_scale: {price: standard, rent: log} "));
  const Ended priced = run("$nnrun prices.yaml -q --out p --json", scratch.folder());
  CAPTURE(priced.err);
  CHECK(parsed(priced.out)["test"]["r2"].get<double>() > 0.9);
  scratch.write("mixed.csv", "a,b,c\n1,2,x\n2,3,y\n3,4,x\n4,5,y\n5,6,x\n6,7,y\n");
  const Ended mixed = made(scratch, "mixed.csv --target b --target c");
  CHECK(mixed.status == 5);
  CHECK_THAT(mixed.err, Contains("column 'c' holds texts, such as 'x', and several targets are "
                                 "numbers\n"));
}

TEST_CASE("several targets that say yes or no in words are labels", "[cli][new]") {
  const Scratch scratch;
  std::string words = "a,b,hot,wet\n", numbers = words;
  for (int i = 0; i < 120; ++i) {
    const std::string row = std::to_string(scattered(i)) + "," + std::to_string(i % 7) + ",";
    const bool hot = i % 7 > 2, wet = i % 7 % 2 == 0;
    words += row + (hot ? "yes" : "no") + "," + (wet ? "TRUE" : "False") + "\n";
    numbers += row + (hot ? "1" : "0") + "," + (wet ? "1" : "0") + "\n";
  }
  scratch.write("w.csv", words);
  scratch.write("n.csv", numbers);
  const Ended ended = made(scratch, "w.csv --target hot --target wet");
  CAPTURE(ended.err);
  REQUIRE(ended.status == 0);
  CHECK_THAT(ended.out, Contains("target hot, wet: 2 labels, each yes or no\n"));
  const auto trained = [&](const std::string& file) {
    const Ended run_of = run("$nnrun w.yaml -q --out " + file + " --json --set data.path=" + file +
                                 ".csv --set train.epochs=5",
                             scratch.folder());
    CAPTURE(run_of.err);
    REQUIRE(run_of.status == 0);
    return parsed(run_of.out)["weights_sha256"];
  };
  CHECK(trained("w") == trained("n"));
  // a file in words is measured on the model of numbers, and the other way round
  const Ended a = run("$nnrun eval w --data test=n.csv", scratch.folder()),
              b = run("$nnrun eval n --data test=w.csv", scratch.folder());
  CHECK(a.status == 0);
  CHECK(a.out == b.out);
  CHECK_THAT(a.out, Contains("(of labels)"));
  std::string german = words;
  for (const auto& [word, other] : {std::pair<std::string, std::string>{",yes", ",ja"},
                                    {",no", ",nein"},
                                    {"TRUE", "oui"},
                                    {"False", "non"}})
    for (std::size_t at = 0; (at = german.find(word, at)) != german.npos; at += other.size())
      german.replace(at, word.size(), other);
  scratch.write("g.csv", german);
  CHECK_THAT(made(scratch, "g.csv --target hot --target wet").out,
             Contains("target hot, wet: 2 labels, each yes or no\n"));
  CHECK(run("$nnrun eval w --data test=g.csv", scratch.folder()).out == a.out);
  scratch.write("odd.csv", "a,b,hot,wet\n1,2,yes,maybe\n");
  CHECK_THAT(run("$nnrun eval w --data test=odd.csv", scratch.folder()).err,
             Contains("column 'wet': expected a finite number, found 'maybe'"));
}

TEST_CASE("a network for few rows is one layer, and its penalty falls with how many there are",
          "[cli][new]") {
  const Scratch scratch;
  const auto layers = [&](int rows) {
    scratch.write("h.csv", houses(rows));
    REQUIRE(made(scratch, "h.csv --out h" + std::to_string(rows) + ".yaml").status == 0);
    return text_of(scratch / ("h" + std::to_string(rows) + ".yaml"));
  };
  const auto penalty = [](const std::string& rate) {
    return ", activation: relu, init: he_normal, regularizer: {type: l2, rate: " + rate + "}}\n";
  };
  CHECK_THAT(layers(150), Contains("    - {type: dense, units: 100" + penalty("0.1")));
  CHECK_THAT(layers(300), Contains("    - {type: dense, units: 100" + penalty("0.07") +
                                   "    - {type: dense}\n"));
  CHECK_THAT(layers(1500),
             Contains("units: 64" + penalty("0.01")) && Contains("units: 32" + penalty("0.01")));
  CHECK_THAT(layers(20'001), Contains("units: 64" + penalty("0.001")));
  CHECK_THAT(layers(50'000), Contains("units: 64, activation: relu, init: he_normal}\n"));
}

TEST_CASE("what looks odd in a table is told, and never taken for something else", "[cli][new]") {
  const Scratch scratch;
  const auto table = [&](const std::string& head, auto row) {
    std::string csv = head + "\n";
    for (int i = 0; i < 100; ++i) csv += row(i, std::to_string(i)) + "\n";
    scratch.write("t.csv", csv);
  };
  const auto told = [&](const std::string& more = "") {
    std::filesystem::remove(scratch / "t.yaml");
    const Ended ended = made(scratch, "t.csv" + more);
    if (ended.status != 0) return ended.err;
    const Ended trained =
        run("rm -rf r; $nnrun t.yaml -q --set train.epochs=2 --out r", scratch.folder());
    CAPTURE(trained.err);
    CHECK(trained.status == 0);
    return ended.out + text_of(scratch / "t.yaml");
  };
  // a stray text among numbers is a gap, not a category of all numbers
  table("x,y", [](int i, const std::string& n) {
    return (i == 50 ? "n.a." : i == 60 ? "ca. 80" : n + ".5") + "," + std::to_string(i * 7 % 50);
  });
  CHECK_THAT(told(), Contains("x: {gaps: [\"ca. 80\", n.a.], missing: median, indicator: true}") &&
                         Contains("taken for missing: 2 texts: ca. 80, n.a."));
  CHECK(inputs_of(scratch, "t.yaml") == json({2}));
  // bands, codes and percentages that repeat are categories
  for (const char* const codes :
       {"18-25;26-35;36-50", "0%;10%;19%", "T1;E8;Z226", "01000;01001;9"}) {
    CAPTURE(codes);
    table("code,y", [&](int i, const std::string&) {
      std::string text(codes);
      for (int k = i % 3; k > 0; --k) text.erase(0, text.find(';') + 1);
      return text.substr(0, text.find(';')) + "," + std::to_string(i % 3 + scattered(i));
    });
    CHECK_THAT(told(), Contains("code: category"));
    CHECK(inputs_of(scratch, "t.yaml") == json({3}));
  }
  // a first row of data is not one of names
  table("5.2,red",
        [](int i, const std::string& n) { return n + ".25," + (i % 2 ? "red" : "blue"); });
  CHECK_THAT(told(), Contains("note   the first row holds data") && Contains("read   101 rows") &&
                         Contains("targets: [x2]"));
  // the number of the row is an input if nothing else is
  table("month,y", [](int, const std::string& n) { return n + "," + n + ".5"; });
  CHECK_THAT(told(), Contains("month: number"));
  // thousands are not fractions
  table("a\ty", [](int i, const std::string&) {
    return std::to_string(i * 31 % 97) + "\t" + std::to_string(10 + i) + ",621";
  });
  CHECK_THAT(told(), Contains("target y: a number, 10,621 to 109,621"));
  CHECK_THAT(
      text_of(scratch / "t.yaml"),
      Contains("  thousands: \",\"    # stands between three digits each: 1,200 is 1200\n") &&
          Contains("# Note: \"10,621\" is read as 10621, since three digits follow each "
                   "comma: if fractions do, write decimal: \",\" in place of thousands\n"));
  // a number with two commas, or with a point behind, tells
  for (const char* const other : {"1,200,300", "1,200.5", "0.5"}) {
    table("a\ty", [&](int i, const std::string&) {
      return (i == 50 ? other : std::to_string(i * 31 % 97)) + "\t" + std::to_string(10 + i) +
             ",621";
    });
    CHECK_THAT(told(), !Contains("is read as"));
  }
  table("a;y", [](int i, const std::string&) {
    return std::to_string(i * 31 % 97) + ";" +
           (i % 2 ? std::to_string(700 + i) : "2." + std::to_string(100 + i));
  });
  CHECK_THAT(told(),
             Contains("note   if points stand between thousands in \"y\", write decimal: \",\" "
                      "and thousands: \".\" in data: each has three digits behind it"));
  table("a,y", [](int i, const std::string& n) { return n + ".5,$" + std::to_string(900 + i); });
  CHECK_THAT(told(), Contains("target y: a number, 900 to 999"));
  CHECK_THAT(text_of(scratch / "t.yaml"),
             Contains("  symbols: [\"$\"]    # left out of numbers: 12 $ is 12\n"));
  table("a,y", [](int i, const std::string& n) {
    return n + ".5," + (i % 4 ? "$" : "€") + std::to_string(900 + i);
  });
  CHECK_THAT(told(), Contains("error: numbers in 'y' have different units: $ 75, € 25\n") &&
                         Contains("write all of them in one"));
  table("a,b,y", [](int i, const std::string& n) {
    return n + (i % 4 ? " kg" : " g") + ",CHF 8'" + std::to_string(100 + i * 13 % 31) + "," + n;
  });
  CHECK_THAT(told(), Contains("note   a is not used: numbers in different units: g 25, kg 75: to "
                              "use it, write all of them in one\n"));
  CHECK_THAT(text_of(scratch / "t.yaml"), Contains("  symbols: [g, CHF, kg]    # left out") &&
                                              Contains("    b: number  # 8100 to 8130\n"));
  table("a,b,y", [](int i, const std::string& n) {
    return std::to_string(i * 31 % 97) + "." + n + " kg,pcs " + n + "," + n;
  });
  CHECK_THAT(told(),
             Contains("note   b is not used: nearly every row has a text of its own, such as "
                      "pcs 0\n"));
  table("a,b,y", [](int i, const std::string& n) {
    return n + ".5,\"two\nlines " + n + "\"," + std::to_string(i * 13 % 31);
  });
  CHECK_THAT(told(), Contains("note   b is not used: texts that go over lines"));
  table("a,a,y", [](int, const std::string& n) { return n + ",1," + n; });
  CHECK_THAT(told(), Contains("has no column to predict 'y' from\n") &&
                         Contains("column 1 is called a as column 2 is: give it a name of its "
                                  "own\n") &&
                         Contains("column 2 is called a as column 1 is: give"));
  CHECK_THAT(told(" --target y --target y"), Contains("--target y is there twice\n"));
  CHECK_THAT(told(" --target a,y"), Contains("for several, write --target once for each"));
  CHECK_THAT(run("$nnrun t.csv", scratch.folder()).err,
             Contains("'t.csv' is a table, not a config\n"));
}

TEST_CASE("how a file is written is found, and said in the config", "[cli][new]") {
  const Scratch scratch;
  std::string comma =
                  "\xEF\xBB\xBFgr\xC3\xB6\xC3\x9F"
                  "e;preis\n",
              windows =
                  "stra\xDF"
                  "e,y\n",
              bare, nameless = ",a,a,b,y\n";
  for (int i = 0; i < 60; ++i) {
    const std::string n = std::to_string(i);
    comma += n + ",5;" + n + ",25\n";
    windows += (i % 2 ? "B\xFC"
                        "chel,"
                      : "Allee,") +
               std::to_string(i % 2 + scattered(i)) + "\n";
    bare += std::to_string(scattered(i)) + "," + n + "\n";
    nameless += n + ",1,2," + std::to_string(scattered(i)) + "," + n + "\n";
  }
  const auto config = [&](const std::string& name, const std::string& csv) {
    scratch.write(name, csv);
    const Ended ended = made(scratch, name + " --out " + name + ".yaml");
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    const Ended trained =
        run("$nnrun " + name + ".yaml -q --set train.epochs=2 --out " + name + "-run",
            scratch.folder());
    CAPTURE(trained.err);
    CHECK(trained.status == 0);
    return text_of(scratch / (name + ".yaml"));
  };
  CHECK_THAT(config("comma.csv", comma), Contains("  decimal: \",\"\n") && Contains(": number"));
  CHECK_THAT(config("windows.csv", windows),
             Contains("  encoding: windows-1252\n") && Contains("straße") && Contains("Büchel"));
  CHECK_THAT(config("bare.csv", bare), Contains("  header: false ") && Contains("targets: [x2]"));
  CHECK_THAT(config("nameless.csv", nameless), Contains("  inputs: [b] "));
  std::filesystem::create_directory(scratch / "configs");
  const Ended below =
      run("$nnrun new config bare.csv --out configs/c.yaml && $nnrun check "
          "configs/c.yaml",
          scratch.folder());
  CHECK(below.status == 0);
  CHECK_THAT(text_of(scratch / "configs/c.yaml"), Contains("  path: \"../bare.csv\"\n"));
}

TEST_CASE("a table from which nothing can be learnt is refused, and nothing is written",
          "[cli][new]") {
  const Scratch scratch;
  scratch.write("h.csv", houses(30));
  const auto refused = [&](const std::string& rest) {
    const Ended ended = made(scratch, rest);
    CHECK(ended.status != 0);
    CHECK_FALSE(std::filesystem::exists(scratch / "h.yaml"));
    return ended.err;
  };
  CHECK_THAT(refused("h.csv --target prize"), Contains("error: 'h.csv' has no column 'prize'\n") &&
                                                  Contains("did you mean 'price'?"));
  CHECK_THAT(refused("h.csv --target remark"),
             Contains("error: column 'remark' has a text of its own in nearly every row, such as "
                      "'house number 0': nothing can be predicted\n  --> h.csv:2\n"));
  scratch.write("one.csv", "a,b\n1,2\n2,2\n3,2\n4,2\n5,2\n6,2\n");
  CHECK_THAT(refused("one.csv"), Contains("column 'b' always holds the same"));
  scratch.write("odd.csv", "a,b\n1,2\n2,5\n3,7\n4,x\n5,2\n6,2\n");
  CHECK_THAT(refused("odd.csv"),
             Contains("column 'b' holds numbers, but 'x' is not one\n  --> odd.csv:5\n"));
  scratch.write("few.csv", "a,b\n1,2\n2,5\n");
  CHECK_THAT(refused("few.csv"), Contains("has 2 rows with a target: too few"));
  CHECK_THAT(refused("none.csv"), Contains("none.csv"));
  scratch.write("packed.csv.gz", "\x1f\x8b");
  CHECK_THAT(refused("packed.csv.gz"), Contains("error: the compressed data end too early\n"));
  scratch.write("h.txt", "kept");
  CHECK_THAT(made(scratch, "h.csv --out h.txt").err, Contains("'h.txt' exists already"));
  CHECK(text_of(scratch / "h.txt") == "kept");
}

}  // namespace nnrun::testing
