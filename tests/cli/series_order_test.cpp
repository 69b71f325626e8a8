// Rows of a series that do not follow each other in time, and several series in one file.
#include <catch2/catch.hpp>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/said.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

/// Returns a number from 0 to below n, drawn for each i.
int drawn(int i, int n) {
  return static_cast<int>((static_cast<unsigned>(i) * 2654435761u >> 7) % static_cast<unsigned>(n));
}

struct Series {
  Scratch scratch;
  explicit Series(const std::string& table) { scratch.write("t.csv", table); }

  Ended nnrun(const std::string& words) const { return run("$nnrun " + words, scratch.folder()); }
  /// The config that `new config` writes, and what it says.
  std::string made() const {
    const Ended ended = run("rm -f t.yaml; $nnrun new config t.csv --windows 5", scratch.folder());
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    return text_of(scratch / "t.yaml");
  }
  /// What `check` says of the table as one series, without the folder.
  std::string warned(const std::string& windows = "length: 5") const {
    const std::string table = text_of(scratch / "t.csv");
    const bool days = table.find_first_of("-./") != table.npos;  // which are no numbers
    scratch.write("c.yaml",
                  "data: {type: csv, path: t.csv" +
                      (days ? ", columns: {" + table.substr(0, table.find(',')) + ": unused}"
                            : std::string()) +
                      ", windows: {" + windows +
                      "}, scale: standard, target_scale: standard, split: {test: 0.2}}\nmodel: "
                      "{layers: [{type: flatten}, {type: "
                      "dense}]}\ntrain: {cost: mean_squared_error, epochs: 1}\n");
    const Ended checked = nnrun("check c.yaml");
    CAPTURE(checked.err);
    REQUIRE(checked.status == 0);
    const std::string said = replaced(checked.err, scratch.folder().string() + "/", "");
    const Ended trained = nnrun("c.yaml -q --out r; rm -rf r");
    CHECK(replaced(trained.err, scratch.folder().string() + "/", "") == said);
    return said;
  }
};

/// Rows of `when,level`; when(i): the time of row i.
std::string rows_at(const std::string& name, int rows,
                    const std::function<std::string(int)>& when) {
  std::string table = name + ",level\n";
  for (int i = 0; i < rows; ++i) table += when(i) + "," + std::to_string(drawn(i, 100)) + "\n";
  return table;
}

/// Stores that all have a row for each week: sorted by week, or by store.
std::string panel(int stores, int weeks, bool by_week, const std::string& store = "s",
                  const std::string& week = "week") {
  std::string table = "store," + week + ",promo,sales\n";
  for (int i = 0; i < stores * weeks; ++i) {
    const int s = by_week ? i % stores : i / weeks, w = by_week ? i / stores : i % weeks;
    table += store + std::to_string(s + 1) + "," + std::to_string(w) + "," +
             std::to_string(drawn(i, 2)) + "," + std::to_string(100 + drawn(i, 50)) + "\n";
  }
  return table;
}

}  // namespace

TEST_CASE("new config finds which of several series a row belongs to by times that are numbers",
          "[cli][new][series]") {
  const bool by_week = GENERATE(true, false);
  const std::string store = GENERATE(as<std::string>{}, "s", "");  // texts, or numbers
  const int stores = GENERATE(3, 12);
  CAPTURE(by_week, store, stores);
  const Series series(panel(stores, 40, by_week, store));
  CHECK_THAT(series.made(), Contains("windows: {length: 5, horizon: 1, group: store}"));
  CHECK(json::parse(series.nnrun("check --json t.yaml").out)["configs"][0].contains("warnings") ==
        false);
  // without it, windows would go across stores
  CHECK_THAT(series.warned(), Contains("'store' seems to name several series") &&
                                  Contains("write group: store in windows"));
  CHECK(series.warned("length: 5, group: store").empty());
}

TEST_CASE("a series too short for a window does not hide the others", "[cli][new][series]") {
  std::string table = panel(3, 40, false);
  for (int w = 0; w < 4; ++w) table += "s4," + std::to_string(w) + ",0,100\n";
  CHECK_THAT(Series(table).made(), Contains("group: store}"));
}

TEST_CASE("one series is not taken for several", "[cli][new][series]") {
  // a state beside a counter; hours of days; a class that is there for a while
  std::string states = "t,state,counter,y\n", hours = "day,hour,kind,y\n";
  for (int i = 0; i < 240; ++i) {
    const std::string y = std::to_string(drawn(i, 50)) + "\n";
    states += std::to_string(i) + "," + (drawn(i, 3) > 0 ? "on" : "off") + "," +
              std::to_string(i / 3) + "," + y;
    hours += std::to_string(i / 24) + "," + std::to_string(i % 24) + "," +
             (drawn(i + 9, 2) > 0 ? "a" : "b") + "," + y;
  }
  for (const std::string& table : {states, hours}) {
    CAPTURE(table.substr(0, 40));
    const Series series(table);
    CHECK_THAT(series.made(), !Contains("group"));
    CHECK(series.warned().empty());
  }
}

TEST_CASE("rows that are not in the order of time are told, with their line", "[cli][series]") {
  const auto number = [](int i) { return std::to_string(i); };
  CHECK(Series(rows_at("hour", 100, number)).warned().empty());
  // 0, 37, 74, 11, …: each once
  CHECK_THAT(
      Series(rows_at("hour", 100, [](int i) { return std::to_string(i * 37 % 100); })).warned(),
      Contains("rows are not in the order of time: 'hour' goes back, here and 35 more times\n") &&
          Contains("t.csv:5\n"));
  const std::string once = Series(rows_at("hour", 100, [](int i) {
                             return std::to_string(i == 50 ? 51 : i == 51 ? 50 : i);
                           })).warned();
  CHECK_THAT(once, Contains("rows are not in the order of time: 'hour' goes back\n") &&
                       Contains("t.csv:53\n") && Contains("sort the rows by time"));
  const std::string back = Series(rows_at("when", 84, [](int i) {
                             return "2024-0" + std::to_string(3 - i / 28) + "-" +
                                    std::to_string(100 + 28 - i % 28).substr(1);
                           })).warned();
  CHECK_THAT(back,
             Contains("the newest row comes first, to judge by 'when'\n") && Contains("t.csv:3\n"));
  // 3 days each of February and March, back to January; by the month first, and by the day
  for (const bool by_day : {true, false}) {
    const std::string days =
        Series(rows_at("when", 84, [&](int i) {
          const std::string month = std::to_string(i < 28   ? 2
                                                   : i < 56 ? 3
                                                            : 1),
                            day = std::to_string(1 + i % 28);
          return by_day ? day + "." + month + ".2024" : month + "/" + day + "/24";
        })).warned();
    CHECK_THAT(days, Contains("rows are not in the order of time: 'when' goes back\n") &&
                         Contains("t.csv:58\n"));
  }
  // days that are months as well: 1/2, 2/2, …
  CHECK(Series(rows_at("when", 84,
                       [](int i) {
                         return std::to_string(1 + i % 12) + "/" + std::to_string(1 + i / 12) +
                                "/2024";
                       }))
            .warned()
            .find("order of time") == std::string::npos);
  // a day is there thirty times
  CHECK_THAT(Series(rows_at("when", 200,
                            [](int i) {
                              const int day = i < 100 ? i : std::max(100, i - 30);
                              return "20" + std::to_string(10 + day / 28) + "-03-" +
                                     std::to_string(101 + day % 28).substr(1);
                            }))
                 .warned(),
             Contains("a row has the same 'when' as the one before it, here and 29 more times") &&
                 Contains("t.csv:103\n"));
  // where nothing says when a row is, nothing is said
  CHECK(Series(rows_at("x", 100, [](int i) { return std::to_string(drawn(i, 1000)); }))
            .warned()
            .empty());
}

TEST_CASE("missing steps of time are told, with their line", "[cli][series]") {
  const auto left_out = [](int i) { return std::to_string(i + (i >= 5) + (i >= 50)); };
  CHECK_THAT(
      Series(rows_at("hour", 100, left_out)).warned(),
      Contains("rows are missing: 'hour' goes on by more than the usual step, here and 1 more "
               "time\n") &&
          Contains("t.csv:7\n") && Contains("fill them in: a window takes neighbouring rows"));
  const auto month = [](int skip) {
    return [=](int i) {
      const int m = i + (i >= skip);
      return std::to_string(2000 + m / 12) + "-" + std::to_string(101 + m % 12).substr(1) + "-01";
    };
  };
  CHECK(Series(rows_at("date", 60, month(1000))).warned().empty());  // of 28 to 31 days
  CHECK_THAT(Series(rows_at("date", 60, month(30))).warned(),
             Contains("rows are missing: 'date' goes on by more than the usual step\n") &&
                 Contains("t.csv:32\n"));
  // days of work, with weekends between them
  CHECK(Series(rows_at("day", 100, [](int i) { return std::to_string(i / 5 * 7 + i % 5); }))
            .warned()
            .empty());
  // within each series
  std::string two = "store,week,sales\n";
  for (int w = 0; w < 40; ++w)
    for (const char* const store : {"a", "b"})
      if (w != 20 || *store == 'a')
        two +=
            std::string(store) + "," + std::to_string(w) + "," + std::to_string(drawn(w, 9)) + "\n";
  CHECK_THAT(Series(two).warned("length: 5, group: store"),
             Contains("rows are missing: 'week' goes on by more than the usual step\n") &&
                 Contains("t.csv:44\n"));
}

TEST_CASE("predict, too, tells rows that are not in the order of time", "[cli][series]") {
  const Series series(rows_at("hour", 100, [](int i) { return std::to_string(i); }));
  CHECK(series.warned().empty());
  REQUIRE(series.nnrun("c.yaml -q --out r").status == 0);
  const auto told = [&](const std::string& in) {
    series.scratch.write("in.csv", in);
    const Ended one = series.nnrun("predict r --csv in.csv");
    CHECK(one.status == 0);
    const Ended two = series.nnrun("predict r --csv in.csv --threads 2");
    CHECK(two.out == one.out);
    CHECK(two.err.substr(0, two.err.find("each answer")) ==
          one.err.substr(0, one.err.find("each answer")));
    return one.err;
  };
  CHECK_THAT(told(rows_at("hour", 40, [](int i) { return std::to_string(i); })),
             !Contains("warning"));
  CHECK_THAT(
      told(rows_at("hour", 40, [](int i) { return std::to_string(i == 20 ? 3 : i); })),
      Contains(
          "warning: rows are not in the order of time: 'hour' goes back, first in row 21: sort "
          "the rows by time"));
  CHECK_THAT(
      told(rows_at("hour", 40, [](int i) { return std::to_string(i + (i > 9) * 4); })),
      Contains("warning: rows are missing: 'hour' goes on by more than the usual step, first "
               "in row 11: fill them in"));
  CHECK_THAT(told(rows_at("hour", 40, [](int i) { return std::to_string(40 - i); })),
             Contains("warning: the newest row comes first"));
}

TEST_CASE("predict names the series that are too short for an answer", "[predict][series]") {
  std::string table = "place,level\n";
  const auto add = [&](const std::string& place, int rows) {
    for (int i = 0; i < rows; ++i) table += place + "," + std::to_string(drawn(i, 100)) + "\n";
  };
  add("north", 30), add("south", 4), add("west", 5), add("east", 1);
  const Series series(table);
  series.scratch.write("c.yaml",
                       "data: {type: csv, path: t.csv, targets: [level], windows: {length: 5, "
                       "group: place}}\nmodel: {layers: [{type: flatten}, {type: dense}]}\ntrain: "
                       "{cost: mean_squared_error, epochs: 1}\n");
  REQUIRE(series.nnrun("c.yaml -q --out r").status == 0);
  for (const std::string form : {"", " --json"}) {
    const Ended answered = series.nnrun("predict r --csv t.csv" + form);
    CAPTURE(form, answered.err);
    CHECK(answered.status == 0);
    CHECK_THAT(answered.err, Contains("warning: 2 of 4 series by 'place' have fewer than the 5 "
                                      "rows of a window, and so no answer: 'east', 'south'\n"));
  }
  series.scratch.write("t.csv", table.substr(0, table.find("south")));
  CHECK_THAT(series.nnrun("predict r --csv t.csv").err, !Contains("warning"));
}

}  // namespace nnrun::testing
