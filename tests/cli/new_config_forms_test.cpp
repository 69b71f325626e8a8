// nnrun new config: how a file writes its amounts, and what stands between its fields.
#include <cmath>

#include "cli/made_table.hpp"
namespace nnrun::testing {

using Catch::Contains;

TEST_CASE("units of area are units", "[cli][new]") {
  const auto area = [](const std::string& unit) {
    return Column{"area", [=](int i) { return std::to_string(drawn(i, 900) / 9.) + unit; }};
  };
  CHECK_THAT(told_of(area(" m2")),
             Contains("  symbols: [m2]    # left out of numbers: 12 m2 is 12\n") &&
                 Contains("    area: number "));
  CHECK_THAT(told_of(area("cm3")), Contains("  symbols: [cm3] "));
  CHECK_THAT(told_of({"kind", [](int i) { return i % 2 ? "12m2" : "12m4"; }}),
             Contains("    kind: category "));
}

TEST_CASE("numbers that are cut short are no categories", "[cli][new]") {
  const auto short_form = [](const std::string& before, const std::string& small,
                             const std::string& large) {
    return [=](int i) {
      return before + std::to_string(1 + drawn(i, 90)) + (i % 2 ? ".5" + large : small);
    };
  };
  const auto refused = [&](const std::string& before, const std::string& small,
                           const std::string& large) {
    const auto field = short_form(before, small, large);
    CHECK_THAT(
        told_of({"views", field}),
        Contains("note   views is not used: numbers that are cut short, such as " + before) &&
            Contains(": to use it, write them in full\n") && Contains("    views: unused "));
    const Ended ended = Table({amount("x"), {"views", field}}).made();
    CHECK(ended.status == 5);
    CHECK_THAT(ended.err, Contains("column 'views': '" + field(0) +
                                   "' is not written as a plain number\n  --> t.csv:2\n   = help: "
                                   "write the numbers in full\n"));
  };
  refused("", "k", "M");
  refused("$", "K", "M");
  refused("\xE2\x82\xAC", " tsd.", " Mio.");
  refused("", " Lac", " Cr");
  // millions beside plain numbers are no unit
  const auto beside = [](int i) {
    return i % 3 == 0 ? "1." + std::to_string(drawn(i, 9)) + "M" : std::to_string(drawn(i, 9000));
  };
  CHECK_THAT(
      told_of({"views", beside}),
      Contains("views is not used: numbers in different units: none 80, M 40: to use it, write all "
               "of them in one\n"));
  CHECK_THAT(Table({amount("x"), {"views", beside}}).made().err,
             Contains("numbers in 'views' have different units: none 80, M 40\n") &&
                 Contains("write all of them in one"));
  // one word for all is a unit, and few of them may be steps
  const Column same{"views", [](int i) { return std::to_string(1 + drawn(i, 90)) + "K"; }};
  CHECK_THAT(told_of(same), Contains(", or, as all have it, symbols: [K] in data\n"));
  const Column steps{"run", [](int i) { return i % 3 == 0 ? "5K" : i % 3 == 1 ? "10K" : "21K"; }};
  CHECK_THAT(told_of(steps), Contains("    run: category "));
  const auto mostly = [](const char* large, const char* small) {
    return [=](int i) {
      return i % 9 == 0 ? "Varies" : std::to_string(1 + drawn(i, 900)) + (i % 2 ? large : small);
    };
  };
  CHECK_THAT(told_of({"installs", mostly("M", "M")}),
             Contains("    installs: {gaps: [Varies], missing: median, indicator: true}"));
  CHECK_THAT(told_of({"installs", mostly("M", "k")}),
             Contains("installs is not used: numbers that are cut short, such as "));
}

TEST_CASE("thousands are grouped by two digits in India", "[cli][new]") {
  const Column price{"price", [](int i) {
                       const std::string n = std::to_string(3000 + drawn(i, 9'000) * 997);
                       std::string text = n.substr(n.size() - 3);
                       for (std::size_t at = n.size() - 3; at > 0;) {
                         const std::size_t some = std::min<std::size_t>(2, at);
                         at -= some;
                         text = n.substr(at, some) + "," + text;
                       }
                       return "\"\xE2\x82\xB9" + text + "\"";
                     }};
  CHECK_THAT(told_of(price),
             Contains("  thousands: \",\"    # ") && Contains("    price: number "));
}

TEST_CASE("a text among amounts with a unit says that one is missing", "[cli][new]") {
  const auto with = [](const std::string& before, const std::string& behind, const char* none) {
    return [=](int i) {
      return i % 10 == 0 ? none : before + std::to_string(100 + drawn(i, 900)) + behind;
    };
  };
  CHECK_THAT(told_of({"rate", with("", " %", "k. A.")}),
             Contains("  symbols: [\"%\"]") &&
                 Contains("    rate: {gaps: [\"k. A.\"], missing: median, indicator: true}"));
  CHECK_THAT(told_of({"cost", with("$", "", "on request")}),
             Contains("  symbols: [\"$\"]") && Contains("    cost: {gaps: [\"on request\"], "));
  const Ended target = Table({amount("x"), {"cost", with("$", "", "on request")}}).made();
  CHECK_THAT(target.err, Contains("column 'cost' holds numbers, but 'on request' is not one\n") &&
                             Contains("rows without a target are left out"));
}

TEST_CASE("hours of a clock name no series", "[cli][new]") {
  const Column hour{"Hour", [](int i) { return std::to_string(i % 24); }};
  const Column time{"at", [](int i) { return digits(i % 24, 2) + ":00"; }};
  const Column shop{"shop", [](int i) { return i < 1200 ? "a" : "b"; }};
  const auto made = [](const Column& column) {
    return Table({column, amount("x"), amount("goal")}, 2400).told(" --windows 8");
  };
  CHECK_THAT(made(hour), Contains("  windows: {length: 8, horizon: 1}"));
  CHECK_THAT(made(time), Contains("  windows: {length: 8, horizon: 1}"));
  CHECK_THAT(made(shop), Contains("  windows: {length: 8, horizon: 1, group: shop}"));
}

TEST_CASE("one column makes no thousands of the fractions of others", "[cli][new]") {
  const auto point = [](int from, int low, int n) {
    return [=](int i) {
      return std::to_string(low + drawn(i + from, n)) + "." + std::to_string(100 + drawn(i, 899));
    };
  };
  const Column address{"ip", [](int i) {
                         return "192.168." + std::to_string(100 + i % 3) + "." +
                                std::to_string(drawn(i, 255));
                       }};
  const std::string told = Table({address, {"temp", point(1, 15, 9)}, amount("y")}).told();
  CHECK_THAT(told, Contains("    temp: number  ") && Contains("# 15.") &&
                       Contains("ip is not used: ") && !Contains("decimal: ") &&
                       !Contains("thousands: "));
  // a column with other than three digits shows what a point is
  const Column millions{"n", [](int i) {
                          return "1." + std::to_string(100 + drawn(i, 899)) + "." +
                                 std::to_string(100 + drawn(i + 5, 899));
                        }};
  CHECK_THAT(Table({millions, {"temp", point(1, 15, 9)}, amount("y")}).told(),
             Contains("    temp: number ") && Contains("# 15.") && !Contains("\n  decimal: "));
  // where nothing shows it, it is told
  CHECK_THAT(Table({millions, {"temp", point(1, 15, 9)}, {"y", point(2, 30, 9)}}).told(),
             Contains(" in temp is read as 1") && Contains(" in \"y\" is read as 3"));
}

TEST_CASE("a first row of numbers is data however they are written, and names may be numbers",
          "[cli][new]") {
  const Scratch scratch;
  const auto told = [&](const std::string& first, const std::function<std::string(int)>& row) {
    std::string csv = first + "\n";
    for (int i = 0; i < 60; ++i) csv += row(i) + "\n";
    scratch.write("t.csv", csv);
    const Ended ended = run("rm -f t.yaml; $nnrun new config t.csv", scratch.folder());
    CAPTURE(ended.err);
    CHECK(ended.status == 0);
    return ended.out;
  };
  const auto n = [](int i, int low, int all) { return std::to_string(low + drawn(i, all)); };
  const std::string data = "the first row holds data, not names";
  CHECK_THAT(told("$5.10,$3.50,$7.00",
                  [&](int i) {
                    return "$" + n(i, 1, 9) + ".10,$" + n(i + 3, 1, 9) + ".50,$" + n(i, 1, 9) +
                           ".20";
                  }),
             Contains("61 rows") && Contains(data));
  CHECK_THAT(
      told("51;35;7,2",
           [&](int i) { return n(i, 20, 80) + ";" + n(i + 1, 9, 50) + ";" + n(i, 1, 9) + ",5"; }),
      Contains("61 rows, 3 columns") && Contains(data));
  CHECK_THAT(
      told("3,0;5,9;8,0",
           [&](int i) { return n(i, 1, 9) + ",5;" + n(i + 1, 1, 9) + ",1;" + n(i, 1, 20) + ",3"; }),
      Contains("61 rows, 3 columns") && Contains(data));
  const auto wide = [&](int i) {
    return "c" + std::to_string(i % 5) + "," + n(i, 1000, 2000) + "," + n(i + 1, 1000, 2000) + "," +
           n(i + 2, 1000, 2000);
  };
  for (const char* const names :
       {"country,2010,2015,2020", "country,2020,2019,2018", "sample,1001,1005,1003"}) {
    CAPTURE(names);
    CHECK_THAT(told(names, wide), Contains("60 rows, 4 columns") && !Contains(data));
  }
}

TEST_CASE("a number far below all others is told to mean that none is known", "[cli][new]") {
  const auto told = [](const std::function<std::string(int)>& field) {
    return told_of({"CO", field});
  };
  const auto instead = [](const char* mark, int every, int low, int n) {
    return [=](int i) { return i % every == 1 ? mark : std::to_string(low + drawn(i, n)); };
  };
  const std::string words = "in CO means that the value is missing, write CO: {gaps: [";
  CHECK_THAT(told(instead("-200", 9, 0, 90)), Contains("note   if -200 " + words + "-200]"));
  CHECK_THAT(told(instead("-200", 9, -20, 60)), Contains("note   if -200 " + words));
  CHECK_THAT(told(instead("-200", 9, 800, 1000)), Contains("note   if -200 " + words));
  CHECK_THAT(told(instead("-40", 9, -30, 60)), !Contains(words));
}

TEST_CASE("amounts may have the signs of any currency", "[cli][new]") {
  for (const char* const sign : {"R$", "z\xC5\x82", "Ft", "HK$", "lei"})
    for (const bool before : {true, false}) {
      const Column price{"price", [=](int i) {
                           const std::string number = std::to_string(100 + drawn(i, 9000));
                           return before ? sign + (" " + number) : number + " " + sign;
                         }};
      CAPTURE(sign, before);
      CHECK_THAT(told_of(price),
                 Contains(std::string("    # left out of numbers: 12 ") + sign + " is 12\n") &&
                     Contains("    price: number "));
    }
  const Column named{"who", [](int i) { return "P" + std::to_string(i); }};
  CHECK_THAT(told_of(named), Contains("such as P0\n") && !Contains("symbols: [P]"));
  const Column lek{"price", [](int i) { return "Lek " + std::to_string(100 + drawn(i, 9000)); }};
  CHECK_THAT(told_of(lek), Contains("if these are amounts, write symbols: [Lek] in data\n"));
}

TEST_CASE("a column may have another decimal sign than the others", "[cli][new]") {
  const auto with = [](const char* sign) {
    return [=](int i) {
      return std::to_string(1 + drawn(i, 90)) + sign + std::to_string(100 + drawn(i + 7, 899)) +
             std::to_string(drawn(i, 9));
    };
  };
  const auto made = [](const std::vector<Column>& columns) {
    const Scratch scratch;
    std::string csv = columns[0].name + ";" + columns[1].name + ";" + columns[2].name + "\n";
    for (int i = 0; i < 200; ++i)
      csv += columns[0].field(i) + ";" + columns[1].field(i) + ";" + columns[2].field(i) + "\n";
    scratch.write("t.csv", csv);
    const Ended ended =
        run("$nnrun new config t.csv && $nnrun t.yaml -q --set train.epochs=2 "
            "--out r && $nnrun predict r --csv t.csv -q",
            scratch.folder());
    CAPTURE(ended.err);
    CHECK(ended.status == 0);
    return text_of(scratch / "t.yaml");
  };
  CHECK_THAT(
      made({{"a", with(",")}, {"b", with(",")}, {"goal", with(".")}}),
      Contains("  decimal: \",\"\n") &&
          Contains("    goal: {decimal: \".\"}  # the target; fractions behind a point here\n"));
  CHECK_THAT(
      made({{"a", with(",")}, {"b", with(".")}, {"goal", with(",")}}),
      Contains("    b: {decimal: \".\"}  # ") && Contains("; fractions behind a point here\n"));
  // gaps are filled in, and rows without a target left out
  const auto with_gaps = [](const std::function<std::string(int)>& field) {
    return [=](int i) { return i % 11 == 5 ? std::string() : field(i); };
  };
  CHECK_THAT(made({{"a", with(",")}, {"b", with_gaps(with("."))}, {"goal", with(",")}}),
             Contains("    b: {decimal: \".\", missing: median, indicator: true}  # "));
  CHECK_THAT(made({{"a", with(",")}, {"b", with(",")}, {"goal", with_gaps(with("."))}}),
             Contains("    goal: {decimal: \".\", missing: drop}"));
  CHECK_THAT(made({{"a", with(",")}, {"b", with(".")}, {"goal", with(".")}}),
             Contains("    b: {decimal: \".\"}") && Contains("    goal: {decimal: \".\"}"));
  // three digits alone do not tell fractions from thousands: one that begins with 0 does
  const auto three = [](bool tells) {
    std::string csv = "v,y\n";
    for (int i = 0; i < 60; ++i)
      csv += "0." + std::to_string(drawn(i, 900)) + ",\"" +
             (tells && i == 30 ? "0" : std::to_string(1 + i % 8)) + "," +
             std::to_string(100 + drawn(i, 899)) + "\"\n";
    const Scratch scratch;
    scratch.write("t.csv", csv);
    const Ended ended = run("$nnrun new config t.csv", scratch.folder());
    return ended.err + (ended.status == 0 ? text_of(scratch / "t.yaml") : "");
  };
  CHECK_THAT(three(true), Contains("    \"y\": {decimal: \",\"}  # the target; fractions behind a "
                                   "comma here\n"));
  CHECK_THAT(three(false), Contains("  thousands: \",\" "));
}

TEST_CASE("sums in brackets are told to be written with a minus, in a target, too", "[cli][new]") {
  const Column profit{"profit", [](int i) {
                        const std::string n = std::to_string(1 + drawn(i, 9000));
                        return i % 4 == 3 ? "(" + n + ")" : n;
                      }};
  const Ended ended = Table({amount("x"), profit}).made();
  CHECK_THAT(ended.err, Contains("column 'profit' holds numbers, but '(") &&
                            Contains("   = help: write a minus before its number: -"));
}

TEST_CASE("dashes in place of cents are no minus", "[cli][new]") {
  const auto price = [](int i) { return digits(drawn(i, 900) + 1, 1); };
  const auto told = [&](const std::function<std::string(int)>& field) {
    return told_of({"price", [field](int i) { return "\"" + field(i) + "\""; }});
  };
  CHECK_THAT(told([&](int i) { return price(i) + ".-"; }), Contains("    price: number "));
  CHECK_THAT(told([&](int i) { return price(i) + ",-"; }),
             Contains("    price: {decimal: \",\"}  # ") && !Contains("minus"));
  CHECK_THAT(told([&](int i) { return "1." + digits(i * 7 % 120, 3) + ",\u2013 \u20ac"; }),
             Contains("    price: {decimal: \",\"}  # 1000 to 1119"));
  CHECK_THAT(told([&](int i) { return "Fr. " + price(i) + ".50"; }), Contains("symbols: [Fr.]"));
}

TEST_CASE("a word beside each amount is its unit, whatever it is", "[cli][new]") {
  const auto of = [](const std::function<std::string(int)>& field) {
    return told_of({"amount", field});
  };
  CHECK_THAT(of([](int i) { return std::to_string(i % 30) + " Stk."; }),
             Contains("symbols: [Stk.]") && Contains("    amount: number  # 0 to 29"));
  CHECK_THAT(of([](int i) { return i % 20 == 3 ? "null bhp" : std::to_string(i % 30) + ".5 bhp"; }),
             Contains("symbols: [bhp]") && Contains("gaps: [\"null bhp\"]"));
  CHECK_THAT(of([](int i) { return "\"Rp " + std::to_string(i % 30 + 1) + ".143.000\""; }),
             Contains("symbols: [Rp]") && Contains("1,143,000 to 30,143,000"));
  CHECK_THAT(of([](int i) { return std::to_string(i % 30 + 60) + " /min"; }),
             Contains("symbols: [/min]") && Contains("    amount: number  # 60 to 89"));
  CHECK_THAT(
      of([](int i) { return std::to_string(i % 3 + 1) + (i % 3 == 0 ? " star" : " stars"); }),
      Contains("    amount: category "));
  const std::string nights =
      of([](int i) { return std::to_string(i % 13 + 1) + (i % 13 == 0 ? " night" : " nights"); });
  CHECK_THAT(nights, Contains("    amount: number  # 1 to 13") && !Contains("missing"));
  // a letter that is a unit here makes no number of a code there
  const std::string codes = Table({{"t", [](int i) { return std::to_string(i % 31) + " C"; }},
                                   {"cabin", [](int i) { return "C" + std::to_string(i % 4); }},
                                   amount("y")})
                                .told();
  CHECK_THAT(codes, Contains("    cabin: category  # 4 texts: C0, C1, C2, C3"));
  // names, steps and times are none
  CHECK_THAT(of([](int i) { return "Room " + std::to_string(i % 20); }),
             Contains("    amount: category "));
  CHECK_THAT(of([](int i) { return std::to_string(i % 4) + " Sterne"; }),
             Contains("    amount: category "));
  CHECK_THAT(of([](int i) { return std::to_string(i % 23) + ":15 Uhr"; }),
             Contains("amount is not used: times, such as 0:15 Uhr"));
  const auto stock = [](int i) { return std::to_string(drawn(i, 40)) + " Stk."; };
  CHECK_THAT(Table({amount("x"), {"left", stock}}).told(), Contains("target left: a number, 0 to"));
}

TEST_CASE("texts beside numbers are missing values only if they may be", "[cli][new]") {
  const auto of = [](const std::function<std::string(int)>& field) {
    return told_of({"floor", field});
  };
  CHECK_THAT(of([](int i) {
               return i % 3 == 0 ? (i % 2 ? "Basement" : "Roof") : std::to_string(i % 4 + 1);
             }),
             Contains("    floor: category  # 4 numbers and 2 texts: Basement, Roof"));
  CHECK_THAT(of([](int i) { return i % 30 == 4 ? "closed" : std::to_string(i % 4 + 1); }),
             Contains("floor: 1 text: closed is taken for missing, in 4 of 120 rows, the first "
                      "t.csv:6: where one means an amount, write its number\n"));
  CHECK_THAT(of([](int i) { return i % 4 == 0 ? "unknown" : std::to_string(i % 4 + 1); }),
             Contains("    floor: {gaps: [unknown], missing: median") && !Contains("an amount"));
  CHECK_THAT(of([](int i) {
               return i % 40 == 4 ? "\"" + std::to_string(i % 9) + ",5\""
                                  : std::to_string(drawn(i, 90)) + ".5";
             }),
             Contains("floor is not used: numbers, of which 3 have another sign before fractions"));
  CHECK_THAT(of([](int i) {
               return "\"" +
                      (i % 3 == 0 ? "($" + std::to_string(i) + ",100.50)"
                                  : "$" + std::to_string(i) + ",100.50") +
                      "\"";
             }),
             Contains("write a minus before its number: -$0,100.50") ||
                 Contains("write a minus before its number: -$3,100.50"));
  CHECK_THAT(of([](int i) { return std::to_string(90 + i) + "/" + std::to_string(50 + i % 40); }),
             Contains("make columns of what stands before and behind the '/'"));
}

TEST_CASE("copies are told of only if chance does not make as many", "[cli][new]") {
  const Column few{"few", [](int i) { return std::to_string(drawn(i, 3)); }},
      other{"other", [](int i) { return std::to_string(drawn(i + 300, 4)); }};
  const auto y = [](int i) { return std::to_string(drawn(i + 900, 5)); };
  CHECK_THAT(Table({few, other, {"y", y}}).told(), !Contains("copies of rows"));
  const auto twice = [](const Column& column) {
    return Column{column.name, [column](int i) { return column.field(i / 2); }};
  };
  CHECK_THAT(Table({twice(amount("x")), twice(amount("z")), twice(amount("y"))}).told(),
             Contains("60 rows are copies of rows above"));
}

TEST_CASE("grades and winds are no spellings of each other", "[cli][new]") {
  CHECK_THAT(
      told_of(
          {"grade", [](int i) { return std::string(1, char('A' + i % 3)) + (i % 2 ? "-" : ""); }}),
      !Contains("taken for different texts"));
  CHECK_THAT(
      told_of({"wind",
               [](int i) {
                 return std::vector<std::string>{"N", "NO", "O", "S", "W"}.at(std::size_t(i % 5));
               }}),
      !Contains("taken for different texts"));
}

TEST_CASE("numbers that may be names are told of, or are categories", "[cli][new]") {
  CHECK_THAT(told_of({"weekday", [](int i) { return std::to_string(i % 7 + 1); }}),
             Contains("    weekday: category  # 7 numbers that name days"));
  CHECK_THAT(told_of({"emp_no", [](int i) { return std::to_string(i % 12 + 100); }}),
             Contains("    emp_no: category "));
  CHECK_THAT(
      told_of({"model", [](int i) { return std::to_string(i % 9 + 1) + "E" + digits(i % 4, 1); }}),
      Contains(
          "note   \"1E0\" in model is a power of ten: if these are codes, write columns: {model: "
          "category}"));
  CHECK_THAT(told_of({"patient_id", [](int i) { return "P" + std::to_string(i % 40); }}),
             Contains("note   patient_id has 40 texts, each in some 3 rows: nothing is learned of "
                      "others"));
}

TEST_CASE("points are thousands in a column with more of them than fractions have", "[cli][new]") {
  const auto price = [](int i) {
    const std::string thousands = std::to_string(drawn(i, 90) + 10) + "." + digits(i, 3);
    return "\"" + (i % 3 == 0 ? "1." + digits(drawn(i, 999), 3) + ".000" : thousands) + " \u20ac\"";
  };
  const auto size = [](int i) { return std::to_string(i % 40) + ".25"; };
  CHECK_THAT(Table({{"size", size}, {"price", price}}).told(),
             Contains("    price: {decimal: \",\"}") &&
                 Contains("target price: a number, 12,071 to 1,957,000"));
  // one such number, or one with a comma, makes no thousands of fractions
  const auto odd = [](int i) {
    return i == 7 ? std::string("\"1,5\"") : std::to_string(i % 40 + 1) + "." + digits(i, 3);
  };
  CHECK_THAT(told_of({"odd", odd}), !Contains("    odd: {decimal"));
}

TEST_CASE("a column that gives the target away but for rounding, or by a border, is told of",
          "[cli][new]") {
  const auto dollars = [](int i) { return drawn(i, 9000) / 7.; };
  const Column usd{"usd", [&](int i) { return std::to_string(dollars(i)); }},
      euros{"eur", [&](int i) { return std::to_string(int(dollars(i) * 0.93)); }},
      rough{"eur",
            [&](int i) { return std::to_string(int(dollars(i) * 0.93 + drawn(i + 500, 40))); }};
  const std::string words = "note   each value of usd goes with one of ";
  CHECK_THAT(Table({usd, amount("x"), euros}).told(), Contains(words + "eur: make it unused"));
  CHECK_THAT(Table({usd, amount("x"), rough}).told(), !Contains(words));
  const Column yes{"yes", [&](int i) { return dollars(i) > 500 ? "yes" : "no"; }},
      nearly{"yes", [&](int i) { return dollars(i) > 500 && i % 50 != 9 ? "yes" : "no"; }};
  CHECK_THAT(Table({usd, amount("x"), yes}).told(), Contains(words + "\"yes\""));
  CHECK_THAT(Table({usd, amount("x"), nearly}).told(), !Contains(words));
}

TEST_CASE("a table that is compressed is read as it is", "[cli][new]") {
  const Scratch scratch;
  std::string csv = "x,y\n";
  for (int i = 0; i < 60; ++i)
    csv += std::to_string(drawn(i, 90)) + "," + std::to_string(drawn(i + 9, 900)) + "\n";
  scratch.write("t.csv", csv);
  const Ended made =
      run("gzip t.csv; $nnrun new config t.csv.gz && $nnrun t.yaml -q --set "
          "train.epochs=2 --out r && $nnrun predict r 5",
          scratch.folder());
  CAPTURE(made.err);
  CHECK(made.status == 0);
  CHECK_THAT(made.out, Contains("wrote  t.yaml\nread   60 rows, 2 columns"));
  scratch.write("page.xls", "<html><table><tr><td>1</td></tr></table></html>\n");
  CHECK_THAT(run("$nnrun new config page.xls", scratch.folder()).err,
             Contains("error: a web page, or XML, not a table of text"));
}

TEST_CASE("a target that reaches from 0 over factors is told of", "[cli][new]") {
  const auto told = [](const std::function<std::string(int)>& field) {
    return Table({amount("x"), {"goal", field}}).told();
  };
  const auto wide = [](int i) { return std::to_string(std::exp(drawn(i, 1700) / 100.)); };
  const std::string words = "goal reaches from 0 to ";
  CHECK_THAT(told([&](int i) { return i % 9 == 0 ? "0" : wide(i); }),
             Contains("note   " + words) && Contains("write log(1 + goal) into the file"));
  CHECK_THAT(told(wide), !Contains(words) && Contains("target_scale: log "));
  CHECK_THAT(told([](int i) { return std::to_string(drawn(i, 900)); }), !Contains(words));
}

TEST_CASE("blanks between fields are found, with quotes or without", "[cli][new]") {
  const Scratch scratch;
  const auto n = [](int i, int of) { return std::to_string(drawn(i, of)); };
  const auto made = [&](const std::string& text, const std::string& more = "") {
    scratch.write("t.txt", text);
    const Ended ended = run("rm -rf t.yaml r; $nnrun new config t.txt" + more, scratch.folder());
    if (ended.status != 0) return ended.err;
    const Ended used =
        run("$nnrun t.yaml -q --set train.epochs=2 --out r && $nnrun predict r "
            "--csv t.txt -q | wc -l && $nnrun eval r --data test=t.txt",
            scratch.folder());
    CAPTURE(used.err);
    CHECK(used.status == 0);
    CHECK_THAT(used.out, Contains("(60 examples)"));
    return ended.out + text_of(scratch / "t.yaml");
  };
  const auto rows = [](const std::string& names, const std::function<std::string(int)>& row) {
    std::string text = names;
    for (int i = 0; i < 60; ++i) text += row(i) + "\n";
    return text;
  };
  const std::string space = "  separator: space    # blanks, however many\n";
  CHECK_THAT(
      made(rows("x z y\n", [&](int i) { return "  " + n(i, 900) + "  0.5 " + n(i + 9, 70); })),
      Contains("60 rows, 3 columns") && Contains(space));
  CHECK_THAT(made(rows("size colour y\n",
                       [&](int i) { return n(i, 900) + (i % 2 ? " red " : " blue ") + n(i, 70); })),
             Contains(space) && Contains("    colour: category "));
  CHECK_THAT(made(rows("\"size\" \"of what\" \"y\"\n",
                       [&](int i) {
                         return n(i, 900) + (i % 2 ? " \"a \"\"b\"\"\" " : " \"c\" ") + n(i, 70);
                       })),
             Contains(space) && Contains("    \"of what\": category  # 2 texts: a \"b\", c\n"));
  // without names, and a tab before a text, as in tables of cars
  const std::string cars = made(rows("",
                                     [&](int i) {
                                       return n(i, 90) + ".0  " + n(i + 1, 900) + "   3.5\t\"car " +
                                              std::to_string(i) + "\"";
                                     }),
                                " --target x1");
  CHECK_THAT(cars,
             Contains("x4 is not used: nearly every row has a text of its own, such as car 0"));
  // R names rows, and not their column
  CHECK_THAT(made(rows("\"a\" \"y\"\n",
                       [&](int i) {
                         return "\"" + std::to_string(i + 1) + "\" " + n(i, 900) + " " + n(i, 7);
                       })),
             Contains("60 rows, 3 columns") && Contains(space) &&
                 Contains("note   each row begins with a name of its own, which is left out\n"));
  CHECK_THAT(
      made(rows("a b y\n",
                [&](int i) {
                  return std::to_string(i + 1) + (i % 7 == 0 ? " NA " : " 1 ") + n(i, 900) + " " +
                         n(i, 7);
                })),
      Contains("expected 3 columns, found 4\n  --> t.txt:2\n   = help: if the first column"));
  // pairs of numbers in a field of another table
  const std::string pairs = made(rows("at,size,y\n", [&](int i) {
    return "48." + n(i, 90) + " 11." + n(i + 1, 90) + "," + n(i, 99) + "," + n(i, 70);
  }));
  CHECK_THAT(pairs, Contains("60 rows, 3 columns") && !Contains("separator: "));
  // decimal commas, and a text of two words without quotes
  CHECK_THAT(made(rows("a b y\n", [&](int i) { return "0," + n(i, 99) + " 1,5 " + n(i, 70); })),
             Contains(space) && Contains("  decimal: \",\"\n"));
  CHECK_THAT(
      made(rows("city rooms y\n",
                [&](int i) { return (i == 5 ? "Bad Ems " : "Ulm ") + n(i, 9) + " " + n(i, 70); })),
      Contains("expected 3 columns, found 4\n  --> t.txt:7\n   = help: a text with blanks in "
               "it stands in double quotes"));
  // texts with blanks in them are one field
  CHECK_THAT(
      made(rows("full name\n", [](int i) { return i % 2 ? "Ann Lee" : "Bo Ek"; })),
      Contains("'t.txt' has no column to predict 'full name' from\n   = help: it has no other "
               "column"));
}

}  // namespace nnrun::testing
