// nnrun new config: what is not an amount, though it is written as one, and what only looks so.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>

#include "base/text.hpp"
#include "cli/made_table.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

}  // namespace

TEST_CASE("numbers that are codes, dates or numbers of rows are unused, and the config says why",
          "[cli][new]") {
  const auto unused = [](const std::string& name, const std::string& why,
                         const std::function<std::string(int)>& field) {
    CAPTURE(name);
    const std::string told = told_of({name, field});
    CHECK_THAT(told, Contains("\nnote   " + name + " is not used: " + why));
    CHECK_THAT(told, Contains("    " + name + ": unused ") && Contains("  # " + why));
    CHECK_THAT(told, Contains("  columns:\n    # to use one that is unused, write number in its "
                              "place, or category for texts\n"));
  };
  unused("contact", "120 codes, such as +417",
         [](int i) { return "+41790" + digits(100'000 + drawn(i, 899'999), 6); });
  unused("ort", "120 codes, such as 0",
         [](int i) { return digits((i * 7919 + 1067) % 99'991, 5); });
  unused("zip", "120 numbers that tell things apart, to judge by the name",
         [](int i) { return std::to_string(10'000 + (i * 7919) % 89'989); });
  unused("customerID", "120 numbers that tell things apart, to judge by the name",
         [](int i) { return std::to_string((i * 37) % 120 + 1); });
  unused("order_no", "nearly every row has a number of its own",
         [](int i) { return std::to_string(4'500'000 + 3 * i); });
  unused("Kundennummer", "nearly every row has a number of its own",
         [](int i) { return std::to_string(70'000 + (i * 37) % 9000); });
  unused("line", "counts the rows: 1 to 120", [](int i) { return std::to_string(i + 1); });
  unused("line", "counts the rows: 1 to 120", [](int i) { return std::to_string(120 - i); });
  unused("day", "dates, such as 20230101",
         [](int i) { return std::to_string(20'230'101 + i / 28 * 100 + i % 28); });
  unused("day", "dates, such as 01.01",
         [](int i) { return digits(i % 28 + 1, 2) + "." + digits(i / 28 + 1, 2); });
  unused("at", "times, to judge by their size: 1,700,000,000 to ",
         [](int i) { return std::to_string(1'700'000'000L + i * 3601L); });
  unused("at", "times, to judge by their size: 1,700,000,000,000 to ",
         [](int i) { return std::to_string(1'700'000'000'000L + i * 3'601'000L); });
  for (const char* const date :
       {"2024-01-31;2024-02-01", "31.1.2024;1.2.2024", "1/31/24;2/1/24", "31 Jan 2024;1-Feb-2024",
        "2024-01;2024-02", "2024-01-31 12:30;2024-02-01 08:15"}) {
    const std::string both(date);
    const std::size_t middle = both.find(';');
    unused("when", "dates, such as " + both.substr(0, middle),
           [&](int i) { return i % 2 ? both.substr(middle + 1) : both.substr(0, middle); });
  }
  unused("paid",
         "numbers, some with more than digits, such as 3-4: to use it, take signs, units and "
         "separators of thousands out",
         [](int i) {
           return i % 7 == 0 ? "3-" + std::to_string(4 + i % 5) : std::to_string(drawn(i, 999));
         });
}

TEST_CASE("amounts stay numbers, whatever their names and their sizes", "[cli][new]") {
  const auto number = [](const std::string& name, const std::function<std::string(int)>& field,
                         int rows = 120) {
    CAPTURE(name);
    const std::string told = told_of({name, field}, rows);
    CHECK_THAT(told, Contains("    " + name + ": number ") && !Contains("note "));
  };
  const auto whole = [](int low, int n) {
    return [=](int i) { return std::to_string(low + drawn(i, n)); };
  };
  number("year", [](int i) { return std::to_string(1900 + i); });
  number("year", [](int i) { return std::to_string(2020 - i); });
  number("built", whole(1900, 125));
  number("price", [](int i) { return i % 3 ? std::to_string(199 + 100 * drawn(i, 9)) : "999"; });
  number("price", [](int i) { return std::to_string(drawn(i, 90)) + ".99"; });
  number("day", [](int i) {  // not all are days
    return digits(drawn(i, 28) + 1, 2) + "." + digits(drawn(i + 99, 90) + 1, 2);
  });
  number("age", whole(18, 80));
  number("count", whole(0, 4));
  number("population", whole(20'000'000, 300'000'000));
  number("lines_of_code", whole(100, 90'000));
  number("smoker_no", whole(0, 2));
  number("has_id", whole(0, 2));
  number("air_NO", whole(5, 300));
  number("humid", whole(5, 90));
  number("number", whole(1000, 50'000));
  number("phones", whole(0, 5000));
  number("mobile", whole(0, 60));
  number("seconds", [](int i) { return std::to_string(2 * i); });
  number(
      "month", [](int i) { return digits(i % 12 + 1, 2); }, 40);
  // one that begins with 0 is a slip, not a kind
  number(
      "weight", [](int i) { return i == 7 ? "0150" : std::to_string(120 + i % 90); }, 300);
  // ranks mean something, numbers of rows in another order do not
  const std::string ranks =
      told_of({"rank", [](int i) { return std::to_string((i * 37) % 120 + 1); }});
  CHECK_THAT(ranks, Contains("    rank: number ") &&
                        Contains("note   each row has a number of its own in rank: make it unused "
                                 "if that only tells rows apart\n"));
  // no amount has twelve digits in every row
  CHECK_THAT(
      told_of({"card",
               [](int i) { return std::to_string(4'000'000'000'000'000 + drawn(i, 900'000)); }}),
      Contains("    card: unused ") && Contains("of as many digits, such as 4000000000"));
  // codes that repeat are categories
  CHECK_THAT(told_of({"shop_id", [](int i) { return std::to_string(100 + i % 7); }}),
             Contains("    shop_id: category ") && Contains("# 7 numbers that tell things apart"));
  CHECK_THAT(told_of({"size",
                      [](int i) {
                        return i % 7 < 4 ? std::to_string(i % 7) : std::to_string(i % 7) + "-9";
                      }}),
             Contains("    size: category ") && Contains("# 4 numbers and 3 texts: 4-9, 5-9, 6-9"));
  // what is doubtful is used if there is nothing else
  CHECK_THAT(
      Table({{"id", [](int i) { return std::to_string((i * 37) % 120 + 1); }}, amount("y")}).told(),
      Contains("    id: number "));
}

TEST_CASE("whole numbers that a double rounds are never taken for numbers", "[cli][new]") {
  const std::string told =
      told_of({"id", [](int i) { return std::to_string(1152921504606846976 + 3 * i); }});
  CHECK_THAT(told, Contains("id is not used: whole numbers that are too long to be told apart as "
                            "numbers, such as 1152921504606846976"));
  const std::string few =
      told_of({"key", [](int i) { return std::to_string(1152921504606846976 + i % 3); }});
  CHECK_THAT(few, Contains("    key: category") && Contains("  # 3 texts: 1152921504606846976, "));
}

TEST_CASE("points that may stand between thousands are told of", "[cli][new]") {
  const auto written = [](const std::string& sign) {
    return [sign](int i) {
      return sign + (i % 4 ? std::to_string(1 + drawn(i, 9)) + "." + digits(drawn(i + 7, 999), 3)
                           : std::to_string(1 + drawn(i, 999)));
    };
  };
  const std::string doubt =
      "if points stand between thousands in size, write decimal: \",\" and thousands: \".\" in "
      "data: each has three digits behind it";
  const Column whole{"y", [](int i) { return std::to_string(drawn(i, 9000)); }};
  for (const std::string sign : {"", "€"}) {
    const std::string told = Table({{"size", written(sign)}, whole}).told();
    CHECK_THAT(told, Contains("note   " + doubt) && Contains("# Note: " + doubt));
  }
  CHECK_THAT(told_of({"size", written("")}),
             Contains("if points stand between thousands in size, take them out of the file"));
  // three digits throughout are a measure, and so are fractions of fewer
  CHECK_THAT(told_of({"size", [](int i) { return "3." + digits(drawn(i, 999), 3); }}),
             !Contains("between thousands"));
  CHECK_THAT(told_of({"size", [](int i) { return std::to_string(drawn(i, 9)) + ".5"; }}),
             !Contains("between thousands"));
}

TEST_CASE("a series gets windows if the user says so, and else a note", "[cli][new]") {
  const Column level{"level", [](int i) { return std::to_string(100 + 20 * std::sin(i * 0.26)); }};
  const Column day{
      "when", [](int i) { return "2024-" + digits(1 + i / 28, 2) + "-" + digits(1 + i % 28, 2); }};
  const Table table({day, level}, 280);
  const std::string told = table.told(" --windows 12");
  CHECK_THAT(told, Contains("  windows: {length: 12, horizon: 1}") &&
                       Contains("    when: unused") &&
                       Contains("split: {validation: 0.15, test: "
                                "0.15}    # by time"));
  CHECK_THAT(told, !Contains("follow each other"));
  CHECK_THAT(Table({day, amount("other"), level}, 280).told(),
             Contains("note   if the rows follow each other in time, an example may be some of "
                      "them in a row: nnrun new config t.csv --windows 24\n"));
  CHECK_THAT(Table({level}, 280).told(" --windows 12"), Contains("windows: {length: 12"));
  CHECK_THAT(Table({level}, 280).made().err, Contains("--windows 24"));
  CHECK_THAT(Table({amount("a"), level}, 280).told(), !Contains("--windows"));

  const Column place{"place", [](int i) { return std::string(i < 140 ? "Bern" : "Basel"); }};
  const std::string grouped = Table({place, level}, 280).told(" --windows 12");
  CHECK_THAT(grouped, Contains("  windows: {length: 12, horizon: 1, group: place}") &&
                          Contains("note   place is taken for the names of 2 series") &&
                          !Contains("    place: "));
  const Column twice{"when", [&](int i) { return day.field(i / 2); }},
      town{"town", [](int i) { return std::string(i % 2 ? "Bern" : "Basel"); }};
  CHECK_THAT(Table({twice, level}, 280).told(" --windows 12"),
             Contains("note   several rows have the same when: if the file holds several series"));
  CHECK_THAT(Table({twice, town, level}, 280).told(" --windows 12"),
             Contains("horizon: 1, group: town}"));
  // no column tells the rows of a day apart
  CHECK_THAT(
      Table({twice, {"wind", [](int i) { return std::string(i % 3 ? "west" : "east"); }}, level},
            280)
          .told(" --windows 12"),
      !Contains("group: wind"));
  const Column back{"when", [&](int i) { return day.field(279 - i); }};
  CHECK_THAT(
      Table({back, level}, 280).told(" --windows 12"),
      Contains("note   the newest row comes first, to judge by 'when': sort the rows by time"));

  const Column state{"state", [](int i) { return std::string(i / 9 % 2 ? "on" : "off"); }};
  CHECK_THAT(Table({amount("a"), state}, 280).told(" --windows 12"),
             Contains("    # 12 rows tell the target of the next one\n"));
  CHECK_THAT(Table({state}, 280).made(" --windows 12").err,
             Contains("'t.csv' has no column to predict 'state' from"));
  const Column gap{"level", [](int i) { return i == 7 ? "" : std::to_string(drawn(i, 900)); }};
  CHECK_THAT(Table({day, gap}, 280).made(" --windows 12").err,
             Contains("column 'level' has 1 gap: rows of a series follow each other in time"));
  for (const std::string wrong : {"0", "x", "1.5", "-3"})
    CHECK_THAT(table.made(" --windows=" + wrong).err,
               Contains("--windows needs a number of rows, not '" + wrong + "'"));
  CHECK_THAT(table.made(" --windows 270").err, Contains("take shorter windows"));
}

TEST_CASE("a target of numbers and texts is one of classes if each is there again and again",
          "[cli][new]") {
  const auto target = [](std::vector<std::string> words) {
    return Column{"kind",
                  [words](int i) { return words[static_cast<std::size_t>(i) % words.size()]; }};
  };
  const auto told = [&](std::vector<std::string> words) {
    return Table({amount("a"), target(std::move(words))}).told();
  };
  // what it writes trains: told requires that
  CHECK_THAT(told({"0", "1", "2", "3+"}),
             Contains("  classes: [\"0\", \"1\", \"2\", \"3+\"]    # texts, though"));
  CHECK_THAT(told({"red", "blue", "3", "red", "blue"}), Contains("  classes: [\"3\", blue, red]"));
  CHECK_THAT(told({"1", "x", "x"}), Contains("  classes: [\"1\", x]") && Contains("  positive: "));
  CHECK_THAT(told({"1", "1.0", "01", "2", "3"}), Contains("  classes: [1, 2, 3]"));
  CHECK_THAT(told({"1.0", "0.0", "1", "00"}), Contains("target kind: 0 or 1\n"));
  CHECK_THAT(told({"9007199254740993", "9007199254740995"}),
             Contains("classes: [\"9007199254740993\", \"9007199254740995\"]"));
  CHECK_THAT(
      Table({amount("a"), {"kind", [](int i) { return i == 7 ? "many" : std::to_string(i % 9); }}})
          .made()
          .err,
      Contains("column 'kind' holds numbers, but 'many' is not one\n  --> t.csv:9\n"));
  CHECK_THAT(Table({amount("a"), {"id", [](int i) { return "90071992547409" + digits(i, 3); }}})
                 .made()
                 .err,
             Contains("write as many digits as a number keeps: 9.0072e15"));
}

TEST_CASE("a row of names that is there again is refused as that", "[cli][new]") {
  const Scratch scratch;
  std::string part = "size,y\n";
  for (int i = 0; i < 30; ++i) part += std::to_string(i % 7) + "," + std::to_string(i) + "\n";
  scratch.write("t.csv", part + part);
  CHECK(run("$nnrun new config t.csv", scratch.folder()).err ==
        "error: the row of names is there again\n  --> t.csv:32\n   = help: take it out: it is no "
        "example\n");
  // of texts it would be an example
  std::string texts = "colour,kind\n";
  for (int i = 0; i < 30; ++i)
    texts += std::string(i % 3 ? "red" : "blue") + (i % 2 ? ",a\n" : ",b\n");
  scratch.write("t.csv", texts + texts);
  scratch.write("c.yaml",
                "data: {type: csv, path: t.csv}\nmodel: {layers: [{type: dense, activation: "
                "sigmoid}]}\ntrain: {cost: binary_cross_entropy}\n");
  CHECK_THAT(run("$nnrun c.yaml", scratch.folder()).err,
             Contains("error: the row of names is there again\n") && Contains("t.csv:32\n") &&
                 Contains("if the first row holds data, not names, write header: false"));
  // a file without names may have its first row twice
  std::string nameless;
  for (int i = 0; i < 30; ++i)
    nameless += std::string(i % 3 ? "red" : "blue") + (i % 2 ? ",a\n" : ",b\n");
  scratch.write("u.csv", nameless);
  CHECK_THAT(run("$nnrun new config u.csv", scratch.folder()).out,
             Contains("the first row holds data, not names"));
  CHECK(run("$nnrun u.yaml -q", scratch.folder()).status == 0);
}

TEST_CASE("numbers beside ranges of numbers are categories, not missing values", "[cli][new]") {
  const std::vector<std::string> rooms{"1", "2", "3", "4+"};
  const std::string told =
      Table({{"rooms", [&](int i) { return rooms[static_cast<std::size_t>(drawn(i, 4))]; }},
             amount("price")})
          .told();
  CHECK_THAT(told, Contains("    rooms: category  # 3 numbers and 1 text: 4+\n"));
  CHECK_THAT(told, !Contains("gaps: "));
}

TEST_CASE("a row of units below the names is refused, and texts among numbers are told of",
          "[cli][new]") {
  const Scratch scratch;
  std::string rows;
  for (int i = 0; i < 40; ++i)
    rows += std::to_string(drawn(i, 90)) + "," + std::to_string(drawn(i + 5, 90)) +
            (i % 2 ? ",a\n" : ",b\n");
  scratch.write("t.csv", "weight,height,kind\nkg,cm,\n" + rows);
  CHECK(run("$nnrun new config t.csv", scratch.folder()).err ==
        "error: the row below the names is no example, but says more of the columns: kg, cm\n"
        "  --> t.csv:2\n   = help: take it out\n");
  scratch.write("t.csv", "weight,height,kind\nunknown,7,a\n" + rows + "3,4,a\n");
  CHECK_THAT(run("$nnrun new config t.csv", scratch.folder()).out,
             Contains("note   weight: 1 text: unknown is taken for missing, in 1 of 42 rows, the "
                      "first t.csv:2\n"));
  std::string wider;
  for (int i = 0; i < 40; ++i)
    wider += "1,2," + std::to_string(drawn(i, 90)) + ",9," + (i % 2 ? "a\n" : "b\n");
  scratch.write("u.csv", "weight,weight,size,,kind\n" + wider);
  CHECK_THAT(run("$nnrun new config u.csv", scratch.folder()).out,
             Contains("note   column 2 is not used: another one is called weight, too; to use "
                      "both, give one another name\n") &&
                 Contains("note   column 4 is not used: it has no name\n"));
}

TEST_CASE("points of one column may be fractions where those of another are thousands",
          "[cli][new]") {
  const Scratch scratch;
  std::string csv = "price;weight;y\n";
  for (int i = 0; i < 100; ++i)
    csv += std::to_string(1000 + drawn(i, 9000)) + "," + digits(drawn(i + 7, 99), 2) + ";" +
           std::to_string(1 + drawn(i + 9, 9)) + "." + digits(drawn(i + 3, 1000), 3) + ";" +
           std::to_string(drawn(i, 90)) + "\n";
  scratch.write("t.csv", csv);
  const Ended made = run("$nnrun new config t.csv", scratch.folder());
  CHECK_THAT(made.out,
             Contains("since elsewhere a comma stands before fractions: if fractions follow "
                      "the point there, write columns: {weight: {decimal: \".\"}}\n"));
  scratch.write("c.yaml",
                "extends: t.yaml\ndata: {columns: {weight: {decimal: \".\"}}}\n"
                "train: {epochs: 2}\n");
  const Ended trained = run("$nnrun c.yaml -v --out r", scratch.folder());
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  CHECK_THAT(trained.err, Contains("weight  number  1."));
  // answers, and rows that are measured, are read likewise
  scratch.write("in.csv", "price;weight\n2000,50;1.500\n");
  scratch.write("in.jsonl", "{\"price\": 2000.5, \"weight\": 1.5}\n");
  const std::string answer = run("$nnrun predict r -q --csv in.csv", scratch.folder()).out;
  CHECK(answer == run("$nnrun predict r -q --jsonl in.jsonl", scratch.folder()).out);
  CHECK(run("$nnrun predict r '2000,5;1.5' '2000,50;1.500' --brief", scratch.folder()).status == 0);
  CHECK(run("$nnrun eval r", scratch.folder()).status == 0);
  scratch.write("in.csv", "price;weight\n2000,50;1,5\n");
  CHECK_THAT(run("$nnrun predict r -q --csv in.csv", scratch.folder()).err,
             Contains("column 'weight': expected a finite number, found '1,5'"));
}

TEST_CASE("answers of surveys are steps, and times are called so", "[cli][new]") {
  const std::vector<std::string> steps{"Strongly disagree", "Disagree", "Neutral", "Agree",
                                       "Strongly agree"};
  const std::string told =
      Table({{"at", [](int i) { return digits(i % 24, 2) + ":" + digits(i * 7 % 60, 2); }},
             amount("a"),
             {"answer", [&](int i) { return steps[static_cast<std::size_t>(drawn(i, 5))]; }}})
          .told();
  CHECK_THAT(told, Contains("  # if they go from low to high: order: "));
  CHECK_THAT(told, Contains("note   at is not used: times, such as 00:00: to use them, write hours "
                            "or minutes as numbers\n"));
}

TEST_CASE("texts that differ in blanks that do not show are told of", "[cli][new]") {
  const std::string hidden = GENERATE(values<std::string>({"\xC2\xA0", "\xE2\x80\x8B"}));
  CHECK_THAT(told_of({"kind", [&](int i) { return i % 2 ? "ham" : "ham" + hidden; }}),
             Contains(" in kind are taken for different texts: write them alike if they are the "
                      "same, without blanks that do not show\n"));
}

TEST_CASE("a row of sums at the end is refused if it is called so, and else told", "[cli][new]") {
  const auto last = [](const std::string& text, const std::function<std::string(int)>& field) {
    return [=](int i) { return i == 119 ? text : field(i); };
  };
  const auto ones = [](int i) { return std::to_string(i % 5 + 1); };
  int sum = 0;
  for (int i = 0; i < 119; ++i) sum += i % 5 + 1;
  const auto shop = [](int i) { return i % 2 ? "north" : "south"; };
  const Column sold{"sold", last(std::to_string(sum), ones)};
  const Ended refused = Table({{"shop", last("Total", shop)}, sold, amount("y")}).made();
  CHECK(refused.status == 5);
  CHECK_THAT(refused.err, Contains("error: the last row, Total, holds sums of the rows above: sold "
                                   "is " +
                                   std::to_string(sum) + "\n") &&
                              Contains("take that row out"));
  CHECK_THAT(told_of(sold), Contains("note   the last row has the sum of all others in sold: take "
                                     "it out if it is not an example\n") &&
                                Contains("\n# Note: the last row has the sum "));
  CHECK_THAT(told_of({"shop", last("Summe", shop)}),
             Contains("note   the last row is called Summe: take it out if"));
  // by the name alone, with the line
  CHECK_THAT(told_of({"shop", [&](int i) { return i == 60 ? "Average" : shop(i); }}),
             Contains("note   a row is called Average (t.csv:62): take it out if it is not an "
                      "example\n"));
  CHECK_THAT(
      told_of({"shop",
               [&](int i) {
                 return i == 60 ? "north Total" : i == 119 ? "Total south:" : shop(i);
               }}),
      Contains("note   rows that are called as sums and means of others are: \"north Total\" "
               "(t.csv:62), \"Total south:\" (t.csv:121): take them out if they are not "
               "examples\n"));
  // neither a title nor a step of a scale is one
  CHECK_THAT(told_of({"title", [&](int i) { return i == 60 ? "Total Recall" : shop(i); }}),
             !Contains("called"));
  CHECK_THAT(told_of({"body", [](int i) { return i % 9 == 0 ? "average" : "thin"; }}),
             !Contains("called"));
  // neither one of several classes nor a rare one is a total
  CHECK_THAT(told_of({"kind", [](int i) { return i % 7 == 0 ? "total" : "partial"; }}),
             !Contains("last row"));
  CHECK_THAT(
      told_of({"claims", [](int i) { return i == 119           ? "2"
                                            : i == 5 || i == 9 ? "1"
                                                               : "0"; }}),
      !Contains("last row"));
}

TEST_CASE("rows of means and of parts are refused, naming each", "[cli][new]") {
  std::string csv = "region,month,sales\n";
  int line = 1;
  for (const char* const region : {"N", "S", "E"}) {
    int sum = 0;
    for (int i = 0; i < 20; ++i, ++line) {
      const int sold = drawn(line, 97) + 1;
      sum += sold;
      csv += std::string(region) + "," + std::to_string(i % 12) + "," + std::to_string(sold) + "\n";
    }
    csv += std::string(region) + " Total,," + std::to_string(sum) + "\n";
    ++line;
  }
  const Scratch scratch;
  scratch.write("t.csv", csv);
  const std::string parts = run("$nnrun new config t.csv", scratch.folder()).err;
  CHECK_THAT(
      parts,
      Contains("error: the row called \"N Total\" holds sums of the rows above: sales is ") &&
          Contains("  --> t.csv:22\n") &&
          Contains("take these rows out, which are not examples: \"N Total\" "
                   "(t.csv:22), \"S Total\" (t.csv:43), \"E Total\" (t.csv:64)\n"));
  csv = "region,sales\n";
  double sum = 0;
  for (int i = 0; i < 40; ++i) {
    sum += drawn(i, 97);
    csv += std::string(i % 2 ? "N," : "S,") + std::to_string(drawn(i, 97)) + "\n";
  }
  for (const double off : {0., 0.02}) {
    char mean[32];
    std::snprintf(mean, sizeof mean, "%.2f", sum / 40 + off);
    scratch.write("m.csv", csv + "Mean," + mean + "\n");
    const Ended ended = run("$nnrun new config m.csv", scratch.folder());
    if (off == 0)
      CHECK_THAT(ended.err, Contains("error: the last row, Mean, holds means of the rows above: "
                                     "sales is ") &&
                                Contains("  --> m.csv:42\n   = help: take that row out"));
    else
      CHECK_THAT(ended.out, Contains("note   the last row is called Mean: take it out"));
  }
}

TEST_CASE("texts that say a number, or none, are never missing without a word", "[cli][new]") {
  const auto among = [](const std::string& text, int every = 4) {
    return Column{
        "conc", [=](int i) { return i % every == 1 ? text : std::to_string(drawn(i, 900) / 90.); }};
  };
  const auto table = [&](const Column& column) {
    return Table({column, amount("other"), amount("y")}).told();
  };
  CHECK_THAT(table(among("<0.01")),
             Contains("note   conc: 1 text: <0.01 is taken for missing, in 30 of 120 rows, the "
                      "first t.csv:3: for a bound, write a number, such as half of it\n") &&
                 Contains("\n# Note: conc: 1 text: <0.01 is taken for missing"));
  CHECK_THAT(table(among("> 5")), Contains("for a bound, write a number"));
  CHECK_THAT(table(among("None")), Contains("rows, the first t.csv:3: where it means that there is "
                                            "none, write 0\n"));
  // gaps of many programs, in most rows
  const std::vector<std::string> gaps{"#REF!", ".", "--", "#DIV/0!", "nil", "NaT", "<NA>"};
  CHECK_THAT(table({"conc",
                    [&](int i) {
                      return i % 5 == 0 ? std::to_string(drawn(i, 900) / 90.)
                                        : gaps[static_cast<std::size_t>(i % 7)];
                    }}),
             Contains("    conc: {gaps: [") && Contains("], missing: median, indicator: true} ") &&
                 !Contains("different texts"));
  // TRUE is 1 to whoever wrote it, and a column of both is not read by halves
  for (const char* const mixed : {"TRUE,0,FALSE,1", "0,yes,1,no", "1,1,0,F"}) {
    const std::vector<std::string> values = host::split(mixed, ',');
    CAPTURE(mixed);
    CHECK_THAT(
        table({"smoker", [&](int i) { return values[static_cast<std::size_t>(drawn(i, 4))]; }}),
        Contains("note   smoker is not used: 1 and 0, and ") &&
            Contains(": write 1 and 0 throughout\n") && !Contains("gaps:"));
  }
}

TEST_CASE("a first row of names is one though a class has the name of its column", "[cli][new]") {
  const auto cycle = [](std::vector<std::string> texts, int step) {
    return
        [=](int i) { return texts[static_cast<std::size_t>(drawn(i * step, 99)) % texts.size()]; };
  };
  const Column colour{"colour", cycle({"red", "blue"}, 3)}, size{"size", cycle({"s", "m", "l"}, 5)},
      label{"label", cycle({"label", "other"}, 7)};
  const std::string told = Table({colour, size, label}).told();
  CHECK_THAT(told, Contains("read   120 rows, 3 columns; target label: 2 classes: label, other\n"));
  // most columns have what the first row has: it is an example
  const Column red{"red", colour.field}, m{"m", size.field}, yes{"yes", cycle({"no", "maybe"}, 7)};
  CHECK_THAT(Table({red, m, yes}).told(),
             Contains("read   121 rows, 3 columns") && Contains("the first row holds data"));
}

TEST_CASE("a file that cannot be used says what to do with it", "[cli][new]") {
  const Scratch scratch;
  const auto said = [&](const std::string& csv) {
    scratch.write("t.csv", csv);
    return run("$nnrun new config t.csv", scratch.folder()).err;
  };
  std::string classes = "x,y\n";
  for (int i = 0; i < 60; ++i) {
    const std::string n = std::to_string(drawn(i, 900));
    classes += n + ",c" + std::to_string(i % 25) + "\n";
  }
  CHECK(run("$nnrun new config /dev/zero", scratch.folder()).err ==
        "error: not a regular file\n  --> /dev/zero\n   = help: a table is read more than once: "
        "write it into a file\n");
  CHECK(
      said(classes) ==
      "error: column 'y' has 25 classes in 60 rows: fewer than 3 rows for each, too few to learn "
      "them from\n  --> t.csv:2\n   = help: put rare classes together, bring more rows, or choose "
      "another column: --target NAME\n");
}

TEST_CASE("all spellings of categories and classes are told", "[cli][new]") {
  const auto one_of = [](std::vector<std::string> texts) {
    return [=](int i) { return texts[static_cast<std::size_t>(i) % texts.size()]; };
  };
  CHECK_THAT(told_of({"city", one_of({"Gen\xC3\xA8ve", "GEN\xC3\x88VE", "Gene\xCC\x80ve", "Bern",
                                      "bern", "New York", "new-york", "Basel"})}),
             Contains("note   Bern and bern; \"GEN\xC3\x88VE\", \"Gene\xCC\x80ve\" and "
                      "\"Gen\xC3\xA8ve\"; \"New York\" and new-york in city are taken for "
                      "different texts: write them "
                      "alike if they are the same, each letter and its accent as one character\n"));
  CHECK_THAT(told_of({"smoker", one_of({"Y", "yes", "Yes", "N", "no", "perhaps"})}),
             Contains("note   \"N\" and \"no\"; \"Y\", \"Yes\" and \"yes\" in smoker are taken for "
                      "different texts"));
  CHECK_THAT(Table({amount("a"), {"smoker", one_of({"TRUE", "1", "FALSE", "0"})}}).told(),
             Contains("note   \"0\" and \"FALSE\"; \"1\" and \"TRUE\" in smoker are taken for "
                      "different texts"));
  // numbers and what is spelled in one way are not
  CHECK_THAT(told_of({"part", one_of({"A1", "A-2", "-1", "1-2", "12", "y", "n"})}),
             !Contains("different texts"));
}

TEST_CASE("a first row of names or of a title is known for what it is", "[cli][new]") {
  // y is a class of the column y, below a name of numbers
  const Column y{"y", [](int i) { return i % 2 ? "y" : "n"; }};
  CHECK_THAT(Table({amount("size"), y}).told(),
             Contains("read   120 rows, 2 columns; target y: 2 classes: n, y\n") &&
                 !Contains("header: false"));
  const Ended title = Table({{"Prices of 2024", [](int) { return "a"; }},
                             {"", [](int i) { return std::to_string(i * i % 17); }},
                             {"", [](int i) { return std::to_string(i * i % 13); }}})
                          .made();
  CHECK(title.status == 5);
  CHECK_THAT(title.err, Contains("error: the first row names only 1 of 3 columns\n") &&
                            Contains("take titles and remarks out"));
  const Ended one = Table({amount("size"), {"y", [](int) { return "ham"; }}}).made();
  CHECK(one.status == 5);
  CHECK_THAT(one.err, Contains("column 'y' always holds the same"));
}

TEST_CASE("a first row of gaps is no row of units", "[cli][new]") {
  const Scratch scratch;
  std::string rows;
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(drawn(i, 90));
    rows += (i % 13 == 0 ? "n.d.,below," : n + "," + n + ".5,") + std::to_string(drawn(i + 5, 2)) +
            (drawn(i, 2) == 0 ? "a\n" : "b\n");
  }
  scratch.write("t.csv", "lead,zinc,kind\n" + rows);
  const Ended made = run("$nnrun new config t.csv", scratch.folder());
  CAPTURE(made.err);
  CHECK(made.status == 0);
  scratch.write("t.csv", "lead,zinc,kind\nmg/l,ug/l,\n" + rows);
  CHECK_THAT(run("rm t.yaml; $nnrun new config t.csv", scratch.folder()).err,
             Contains("the row below the names is no example, but says more of the columns: mg/l, "
                      "ug/l"));
}

TEST_CASE("titles of several words, and a quote within a text, are told by the separator",
          "[cli][new]") {
  const Scratch scratch;
  std::string rows;
  for (int i = 0; i < 30; ++i)
    rows += std::to_string(drawn(i, 90)) + "|" + (i == 20 ? "\"Great\" car" : "car") + "|" +
            std::to_string(drawn(i + 5, 90)) + "\n";
  const auto said = [&](const std::string& text, char separator) {
    std::string with = text;
    std::replace(with.begin(), with.end(), '|', separator);
    scratch.write("t.csv", with);
    return run("$nnrun new config t.csv", scratch.folder()).err;
  };
  CHECK_THAT(
      said("Sales report 2023\nprinted on 3 March\n\nx|kind|y\n" + rows, ','),
      Contains("error: expected 1 column, found 0\n  --> t.csv:3\n   = help: take empty lines "
               "out, and what stands above or below the table"));
  CHECK_THAT(said("x|kind|y\n" + rows, '\t'),
             Contains("error: text behind a closing quote\n  --> t.csv:22\n"));
}

TEST_CASE("a class that is called like the target does not make names an example", "[cli][new]") {
  const auto colour = [](int i) {
    return std::vector{"red", "blue", "green"}[static_cast<std::size_t>(i % 3)];
  };
  const auto animal = [](int i) { return i % 2 ? "cat" : "dog"; };
  const std::string doubt =
      "the first row is taken for names, though 'cat' is also below it: if it is an example, write "
      "header: false";
  const std::string texts = Table({{"colour", colour}, {"cat", animal}}).told();
  CHECK_THAT(texts, Contains("target cat: 2 classes: cat, dog\n") && Contains("note   " + doubt) &&
                        Contains("read   120 rows") && !Contains("header: false "));
  // names that are numbers, one after the other
  const Column zero{"0", amount("p").field}, one{"1", amount("q").field};
  const std::string counted = Table({zero, one, {"cat", animal}}).told();
  CHECK_THAT(counted, Contains("target cat: ") && Contains("note   " + doubt));
  const std::string named = Table({zero, one, {"animal", animal}}).told();
  CHECK_THAT(named, Contains("target animal: ") && !Contains("the first row"));
  // of numbers alone, nobody knows
  const std::string numbers = Table({zero, one, {"2", amount("r").field}}).told();
  CHECK_THAT(numbers, Contains("read   121 rows") &&
                          Contains("note   the first row counts the columns, 0, 1, …, and is taken "
                                   "for an example: if it is none, take it out"));
  CHECK_THAT(Table({{"red", colour}, {"cat", animal}}).told(),
             Contains("note   the first row holds data, not names"));
  CHECK_THAT(Table({{"7.5", amount("p").field}, {"cat", animal}}).told(),
             Contains("note   the first row holds data, not names"));
}

TEST_CASE("a target is learned by its logarithm only if it spreads by factors", "[cli][new]") {
  const auto scale = [](const std::function<std::string(int)>& field) {
    return Table({amount("x"), {"goal", field}}).told();
  };
  CHECK_THAT(scale([](int i) { return std::to_string(1 + drawn(i, 1000)); }),
             Contains("target_scale: standard "));
  CHECK_THAT(scale([](int i) { return std::to_string(std::exp(drawn(i, 1000) / 150.)); }),
             Contains("target_scale: log "));
}

TEST_CASE("classes and values that look odd are told, and kept", "[cli][new]") {
  const auto of_target = [](const std::function<std::string(int)>& field) {
    return Table({amount("x"), {"goal", field}}).told();
  };
  CHECK_THAT(
      of_target([](int i) { return i % 3 == 0   ? "Ham"
                                   : i % 3 == 1 ? "ham"
                                                : "spam"; }),
      Contains("note   Ham and ham in goal are taken for different texts: write them alike if "
               "they are the same\n"));
  CHECK_THAT(
      of_target([](int i) { return i % 3 == 0   ? "unknown"
                                   : i % 3 == 1 ? "ham"
                                                : "spam"; }),
      Contains(
          "note   if unknown in goal means that it is not known, leave these fields empty: rows "
          "without a target are left out\n"));
  CHECK_THAT(of_target([](int i) { return i == 40      ? "egg"
                                          : i % 3 == 1 ? "ham"
                                                       : "spam"; }),
             Contains("note   only one row is of the class egg\n"));
  CHECK_THAT(
      of_target([](int i) { return std::to_string(i + 1); }),
      Contains("note   goal only counts the rows: name what is to be predicted with --target"));
  for (const char* const sign : {"-999", "9999"})
    CHECK_THAT(
        told_of(
            {"temp", [=](int i) { return i % 20 == 4 ? sign : std::to_string(5 + drawn(i, 30)); }}),
        Contains("    temp: number ") &&
            Contains("note   if " + std::string(sign) +
                     " in temp means that the value is "
                     "missing, write temp: {gaps: [" +
                     std::string(sign) + "], missing: median, indicator: true} in columns\n"));
}

TEST_CASE("classes that are written as 1.0 and 2.0 are found as the file writes them",
          "[cli][new]") {
  const auto told = [](int classes) {
    return Table(
               {amount("x"), {"y", [=](int i) { return std::to_string(i % classes + 1) + ".0"; }}})
        .told();
  };
  CHECK_THAT(told(3), Contains("  classes: [\"1.0\", \"2.0\", \"3.0\"] "));
  CHECK_THAT(told(2),
             Contains("  classes: [\"1.0\", \"2.0\"] ") && Contains("  positive: \"2.0\" "));
}

TEST_CASE("a class that is a number in several spellings is written in the shortest one",
          "[cli][new]") {
  const std::vector<std::string> spelled{"1.", "2.0", "2", "01", "02", "1"};
  const std::string told =
      Table({amount("x"), {"y", [&](int i) { return spelled[static_cast<std::size_t>(i % 6)]; }}})
          .told();
  CHECK_THAT(told, Contains("  classes: [1, 2] ") && Contains("  positive: \"2\" "));
}

TEST_CASE("numbers that differ late are told with all their digits", "[cli][new]") {
  const std::string told =
      Table({amount("x"), {"y", [](int i) { return "1000000001." + digits(drawn(i, 1000), 3); }}})
          .told();
  CHECK_THAT(told, Contains("a number, 1000000001.") && Contains(" to 1000000001.9"));
}

TEST_CASE("of two classes the clearly rarer one is the positive one, whatever it is called",
          "[cli][new]") {
  const auto of = [](const std::string& rare, const std::string& other, int every) {
    return Table({amount("a"),
                  amount("b"),
                  {"ill", [=](int i) { return i % every == 0 ? rare : other; }}})
        .told();
  };
  const auto positive = [](const std::string& text, const std::string& why) {
    return Contains("  positive: " + text + "    # what the output 1 stands for" + why + "\n");
  };
  const std::string rarest = "; the rarer of the two: 4 of 120 rows";
  const auto by_class = Contains("stratify: true}");
  CHECK_THAT(of("2", "1", 30), positive("\"2\"", rarest) && by_class);
  CHECK_THAT(of("1", "2", 30), positive("\"1\"", rarest) && by_class);
  CHECK_THAT(of("-1", "1", 30), positive("\"-1\"", rarest) && by_class);
  CHECK_THAT(of("no", "yes", 30), positive("\"no\"", rarest) && by_class);
  // nearly as frequent: a word or a sign that says yes
  CHECK_THAT(of("no", "yes", 3), positive("\"yes\"", "") && by_class);
  CHECK_THAT(of("-1", "1", 3), positive("\"1\"", "") && by_class);
  CHECK_THAT(of("2", "1", 3), positive("\"2\"", "; the rarer of the two") && by_class);
}

TEST_CASE("a rare class is told of, and measured by more than accuracy", "[cli][new]") {
  const auto answers = [](int every) {
    return Table({amount("a"), amount("b"), {"ill", [every](int i) {
                                               return std::string(i % every == 0 ? "yes" : "no");
                                             }}});
  };
  const std::string rare = answers(30).told(), even = answers(3).told();
  CHECK_THAT(rare,
             Contains("only 4 of 120 rows have \"yes\" in ill: an accuracy can be high without "
                      "any of them; class_weights: balanced in the cost makes them count") &&
                 Contains("metrics: [balanced_accuracy, f1, auc]"));
  CHECK_THAT(even, !Contains("class_weights") && Contains("metrics: [accuracy, f1, auc]"));
}

TEST_CASE("copies of rows and of the target are told of", "[cli][new]") {
  const Column price{"price", [](int i) { return std::to_string(100 + drawn(i, 5000)); }};
  const auto of_price = [&](const std::string& name, auto f) {
    return Column{name, [=](int i) { return std::to_string(f(100 + drawn(i, 5000))); }};
  };
  const std::string told =
      Table({amount("a"), of_price("log_price", [](int x) { return std::log(x); }),
             of_price("debt", [](int x) { return 7 - 3 * x; }),
             of_price("noisy", [](int x) { return x + drawn(x, 50); }), price})
          .told();
  CHECK_THAT(told, Contains("each value of log_price goes with one of price: make it unused if it "
                            "is known only when price is") &&
                       Contains("each value of debt goes") && !Contains("each value of noisy") &&
                       !Contains("each value of a goes") && !Contains("copies of rows"));
  const Column churn{"churn", [](int i) { return std::string(drawn(i, 3) > 0 ? "no" : "yes"); }};
  const Column reason{"reason", [](int i) {
                        return std::string(drawn(i, 3) > 0 ? "stays" : i % 2 ? "moved" : "price");
                      }};
  CHECK_THAT(Table({amount("a"), reason, churn}).told(),
             Contains("each value of reason goes with one of churn"));
  const Column refund{"refund", [](int i) {
                        return drawn(i, 3) > 0 ? "" : std::to_string(drawn(i + 9, 900) / 7.);
                      }};
  CHECK_THAT(Table({amount("a"), refund, churn}).told(),
             Contains("whether refund is filled in goes with churn: make it unused if it is filled "
                      "in only when churn is known"));
  const Column again{"a", [](int i) { return std::to_string(drawn(i % 110, 9000) / 7.); }};
  const Column target{"y", [](int i) { return std::to_string(drawn(i % 110 + 900, 9000) / 7.); }};
  CHECK_THAT(Table({again, target}).told(),
             Contains("10 rows are copies of rows above: the training and the test part may share "
                      "them, and scores look better than they are"));
}

TEST_CASE("a text for missing numbers is one in its own column, and means something in others",
          "[cli][new]") {
  const Column gappy{
      "a",
      [](int i) { return i % 13 == 0 ? std::string("none") : std::to_string(drawn(i, 900) / 7.); }};
  const Column kind{"kind", [](int i) { return std::string(i % 3 ? "none" : "some"); }};
  const std::string how = "a: {gaps: [none], missing: median, indicator: true}";
  const std::string told = Table({gappy, kind, amount("b"), amount("y")}).told();
  CHECK_THAT(told, Contains(how) && Contains("kind: category") && Contains("2 texts: none, some") &&
                       Contains("taken for missing: 1 text"));
  CHECK_THAT(Table({gappy, amount("b"), kind}).told(), Contains(how) && Contains("2 classes"));
}

TEST_CASE("a 0 or -1 that stands apart may be a missing value", "[cli][new]") {
  const auto with = [](const std::string& mark, int low) {
    return [=](int i) { return i % 12 == 5 ? mark : std::to_string(low + drawn(i, 60)); };
  };
  CHECK_THAT(told_of({"bmi", with("0", 18)}),
             Contains("note   if 0 in bmi means that the value is missing, write bmi: {gaps: [0], "
                      "missing: median, indicator: true} in columns\n"));
  CHECK_THAT(told_of({"income", with("-1", 900)}), Contains("note   if -1 in income means"));
  CHECK_THAT(Table({amount("a"), {"price", with("0", 9000)}}).told(),
             Contains("write price: {gaps: [0], missing: drop} in columns\n"));
  // among numbers from 1 on, 0 is one of them
  CHECK_THAT(told_of({"rain", with("0", 1)}), !Contains("means that the value is missing"));
}

TEST_CASE("remarks that other programs put above the names are left out, and the config says so",
          "[cli][new]") {
  const Scratch scratch;
  std::string csv = "# made by hand\na,b,y\n";
  for (int i = 0; i < 20; ++i)
    csv += std::to_string(drawn(i, 99)) + "," + std::to_string(drawn(i + 50, 99)) + "," +
           std::to_string(drawn(i + 90, 99)) + "\n";
  scratch.write("remarks.csv", csv);
  CHECK(run("$nnrun new config remarks.csv", scratch.folder()).status == 0);
  const std::string setting =
      "  comment: \"#\"    # such lines are left out, but not those that have the fields of a "
      "row\n";
  CHECK_THAT(text_of(scratch / "remarks.yaml"), Contains(setting));
  // a remark with as many fields as there are columns
  scratch.write("commas.csv", "# 3 May, by hand, Bern\n" + csv.substr(csv.find('\n') + 1));
  const Ended commas = run("$nnrun new config commas.csv", scratch.folder());
  CHECK_THAT(commas.out, Contains("read   20 rows, 3 columns; target y: a number"));
  CHECK_THAT(text_of(scratch / "commas.yaml"), Contains(setting));
}

TEST_CASE("rows that begin with # are rows, in every verb", "[cli][new][rows]") {
  const Scratch scratch;
  const auto colour = [](int i) {
    return std::string(i % 3 == 0 ? "#ff0000" : i % 3 == 1 ? "#00ff00" : "grey");
  };
  std::string csv = "# made by hand\ncolour,a,y\n";
  for (int i = 0; i < 60; ++i) {
    csv += colour(i) + "," + std::to_string(drawn(i, 99)) + "," +
           std::to_string(drawn(i, 99) + i % 3 * 50) + "\n";
    if (i == 20 || i == 30) csv += "# a remark between rows\n";
  }
  scratch.write("t.csv", csv);
  const auto done = [&](const std::string& words) {
    const Ended ended = run("$nnrun " + words, scratch.folder());
    CAPTURE(words, ended.err);
    CHECK(ended.status == 0);
    return ended.out + ended.err;
  };
  const std::string note =
      "2 lines that begin with '#' are left out as comments, the first: t.csv:24\n";
  CHECK_THAT(done("new config t.csv"),
             Contains("read   60 rows, 3 columns") && Contains("note   " + note));
  CHECK_THAT(done("check t.yaml"), Contains("60 rows: ") && Contains("2 lines that begin with"));
  CHECK_THAT(done("t.yaml --set train.epochs=2 --out r"), Contains("2 lines that begin with '#'"));
  CHECK_THAT(done("eval r --data test=t.csv"), Contains("2 lines that begin with '#'"));
  const std::string answers = done("predict r --csv t.csv");
  CHECK_THAT(answers, Contains("60 rows in ") && Contains("note: " + note));
  CHECK(done("predict r --csv - -q < t.csv").substr(0, 200) == answers.substr(0, 200));
  CHECK_THAT(done("convert t.csv t.npy --data comment=#"),
             Contains("wrote  t.npy: 60 rows, 3 columns") && Contains("note   " + note));
  CHECK(done("predict r --csv t.npy -q").substr(0, 200) == answers.substr(0, 200));
}

TEST_CASE("several targets of 0 and 1 are labels", "[cli][new]") {
  const auto label = [](const std::string& name, int from) {
    return Column{name, [from](int i) { return std::to_string(drawn(i + from, 2)); }};
  };
  CHECK_THAT(Table({amount("a"), label("toxic", 9), label("spam", 400)})
                 .told(" --target toxic --target spam"),
             Contains("2 labels, each 0 or 1") && Contains("activation: sigmoid") &&
                 Contains("cost: binary_cross_entropy") && !Contains("target_scale"));
}

}  // namespace nnrun::testing
