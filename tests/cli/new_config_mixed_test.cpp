// nnrun new config: amounts that stand among other things: days, words for none, halves.
#include "cli/made_table.hpp"
namespace nnrun::testing {

using Catch::Contains;

TEST_CASE("halves and quarters as one letter are numbers", "[cli][new]") {
  const auto rooms = [](const std::string& unit) {
    return Column{"rooms", [=](int i) {
                    return std::to_string(1 + drawn(i, 5)) + (i % 2 ? "\u00BD" : "") + unit;
                  }};
  };
  CHECK_THAT(told_of(rooms("")),
             Contains("    rooms: number  # 1 to 5.5\n") && !Contains("symbols"));
  CHECK_THAT(told_of(rooms(" Zi.")), Contains("symbols: [Zi.]") && Contains("# 1 to 5.5\n"));
  CHECK_THAT(told_of({"share", [](int i) { return i % 2   ? "\u00BC"
                                                  : i % 3 ? "\u00BE"
                                                          : "2"; }}),
             Contains("    share: number  # 0.25 to 2\n"));
}

TEST_CASE("one number that looks like a day is a number", "[cli][new]") {
  const auto amounts = [](const std::string& odd, char thousands) {
    return Column{"spent", [=](int i) {
                    const std::string cents = "." + std::to_string(10 + drawn(i, 90));
                    if (i == 7) return odd;
                    const int x = 100 + drawn(i, 8000);
                    return "\"" +
                           (x < 1000 ? std::to_string(x)
                                     : std::to_string(x / 1000) + thousands +
                                           std::to_string(1000 + x % 1000).substr(1)) +
                           cents + "\"";
                  }};
  };
  for (const char thousands : {',', '\''}) {
    CAPTURE(thousands);
    CHECK_THAT(told_of(amounts("26.03", thousands)), Contains("    spent: number  # 26.03 to "));
    CHECK_THAT(told_of(amounts("2024-01-01", thousands)),
               Contains("    spent: {gaps: [\"2024-01-01\"]") ||
                   Contains("    spent: {gaps: [2024-01-01]"));
  }
  CHECK_THAT(told_of({"day",
                      [](int i) {
                        return std::to_string(10 + drawn(i, 18)) + ".0" + std::to_string(1 + i % 9);
                      }}),
             Contains("    day: unused    # dates"));
}

TEST_CASE("words for none are found beside amounts as beside plain numbers", "[cli][new]") {
  const auto some = [](const std::string& before, const std::string& behind, int share) {
    return Column{"amount", [=](int i) {
                    if (drawn(i, 100) < share) return std::string("unbekannt");
                    return "\"" + before + std::to_string(1 + i % 9) + "," +
                           std::to_string(100 + drawn(i, 900)) + behind + "\"";
                  }};
  };
  for (const int share : {5, 20, 40, 60})
    for (const auto& [before, behind] :
         {std::pair<std::string, std::string>{"", ""}, {"$", ""}, {"", " km"}}) {
      CAPTURE(share, before, behind);
      CHECK_THAT(told_of(some(before, behind, share)),
                 Contains("    amount: {gaps: [unbekannt], missing: median, indicator: true}"));
    }
}

TEST_CASE("gaps with blanks within quotes are gaps", "[cli][new]") {
  const Column column{"x", [](int i) {
                        return i % 3 == 0   ? std::string("\" - \"")
                               : i % 7 == 0 ? std::string("\" NA \"")
                                            : std::to_string(drawn(i, 900));
                      }};
  CHECK_THAT(told_of(column), Contains("    x: {missing: median, indicator: true}"));
}

TEST_CASE("what means a missing value is told with the gaps that are there", "[cli][new]") {
  const Column column{"wind", [](int i) {
                        return i % 9 == 0    ? std::string("ERR")
                               : i % 10 == 1 ? std::string("-9999")
                                             : std::to_string(drawn(i, 30)) + ".5";
                      }};
  CHECK_THAT(told_of(column), Contains("write wind: {gaps: [-9999, ERR], missing: median, "
                                       "indicator: true} in columns"));
  // a sign behind more different numbers than are counted, and the only one without a unit
  const Column late{"speed", [](int i) {
                      return i > 1300 && i % 7 == 0 ? std::string("-9999")
                                                    : std::to_string(1000 + i) + ".5 m/s";
                    }};
  const std::string told = told_of(late, 1500);
  CHECK_THAT(told, Contains("if -9999 in speed means that the value is missing"));
}

}  // namespace nnrun::testing
