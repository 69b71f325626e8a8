// csv: right files give their numbers, wrong ones their messages.
#include "support/example_data.hpp"
namespace nnrun::testing {
namespace {

using Catch::StartsWith;
using Texts = std::vector<std::string>;

/// A csv data set of one file.
struct Table {
  Scratch scratch;
  Settings settings;
  explicit Table(const std::string& text, Settings more = {}) : settings(std::move(more)) {
    settings.emplace_back("path", scratch.write("a.csv", text).string());
  }
  Table& with(const std::string& setting, const std::string& text) {
    settings.emplace_back(setting, scratch.write(setting + ".csv", text).string());
    return *this;
  }
  Read read() const { return testing::read("csv", settings); }
  std::string said() const {
    return testing::said([&] { read(); }, scratch);
  }
};

}  // namespace

TEST_CASE("csv takes columns by name, in the order in which they are asked for", "[dataset][csv]") {
  const Table table(
      "\xEF\xBB\xBF"
      "b, \"a\",c\r\n1,2,3\r\n\"4\",+5e-1,-6\r\n\r\n",
      {{"inputs", Texts{"c", "a"}}, {"targets", Texts{"b"}}});
  const Read data = table.read();
  CHECK(numbers(data.parts[NNRUN_TRAIN].x) == std::vector<double>{3, 2, -6, 0.5});
  CHECK(numbers(data.parts[NNRUN_TRAIN].t) == std::vector<double>{1, 4});
  CHECK(data.shape.names.inputs == Texts{"c", "a"});
  CHECK(data.shape.names.targets == Texts{"b"});
  CHECK(data.shape.names.classes.empty());
}

TEST_CASE("a csv file may have a hundred thousand columns, each found by its name",
          "[dataset][csv]") {
  std::string names, row;
  for (int i = 0; i < 100'000; ++i) {
    names += "c" + std::to_string(i) + ",";
    row += std::to_string(i) + ",";
  }
  const Read data = Table(names + "t\n" + row + "7\n").read();
  const std::vector<double> x = numbers(data.parts[NNRUN_TRAIN].x);
  REQUIRE(x.size() == 100'000);
  CHECK(x[77'777] == 77'777);
  CHECK(numbers(data.parts[NNRUN_TRAIN].t) == std::vector<double>{7});
}

TEST_CASE("a csv target of texts is a class, numbered in the order of the alphabet",
          "[dataset][csv]") {
  Table table("x,kind\n1,setosa\n2,\"a, \"\"b\"\"\"\n3,virginica\n4,setosa\n");
  table.with("validation", "kind,x\nvirginica,7\n").with("test", "x,kind\n8,setosa\n");
  const Read data = table.read();
  CHECK(data.shape.names.classes == Texts{"a, \"b\"", "setosa", "virginica"});
  CHECK(numbers(data.parts[NNRUN_TRAIN].t) ==
        std::vector<double>{0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0});
  CHECK(numbers(data.parts[NNRUN_VALIDATION].x) == std::vector<double>{7});
  CHECK(numbers(data.parts[NNRUN_VALIDATION].t) == std::vector<double>{0, 0, 1});
  CHECK(numbers(data.parts[NNRUN_TEST].t) == std::vector<double>{0, 1, 0});
}

TEST_CASE("a csv file without a header has columns x1, x2 and loses no row", "[dataset][csv]") {
  Table table(
      "\xEF\xBB\xBF"
      "1,2,red\n3,4,blue\n",
      {{"header", false}});
  table.with("test", "5,6,red\n");
  const Read data = table.read();
  CHECK(data.shape.names.inputs == Texts{"x1", "x2"});
  CHECK(numbers(data.parts[NNRUN_TRAIN].x) == std::vector<double>{1, 2, 3, 4});
  CHECK(numbers(data.parts[NNRUN_TEST].x) == std::vector<double>{5, 6});
  CHECK(data.shape.names.classes == Texts{"blue", "red"});
  CHECK(Table("1,2\n3,4\n", {{"header", false}, {"inputs", Texts{"x2"}}, {"targets", Texts{"x1"}}})
            .read()
            .parts[NNRUN_TRAIN]
            .count == 2);
  CHECK(Table("", {{"header", false}}).said() ==
        "error: the file is empty: expected a row of fields\n"
        "  --> a.csv\n");
}

TEST_CASE("classes of a csv file may be given, numbers too, and keep their order",
          "[dataset][csv]") {
  const Read data = Table("x,y\n1,7\n2,3\n", {{"classes", Texts{"7", "5", "3"}}}).read();
  CHECK(data.shape.names.classes == Texts{"7", "5", "3"});
  CHECK(numbers(data.parts[NNRUN_TRAIN].t) == std::vector<double>{1, 0, 0, 0, 0, 1});
}

TEST_CASE("what is wrong in a csv file is said with file and line", "[dataset][csv]") {
  const auto said = [](const std::string& text, const Settings& more = {}) {
    return Table(text, more).said();
  };
  CHECK(said("x,y\n1,2\n3,\n") ==
        "error: column 'y' is empty\n"
        "  --> a.csv:3\n"
        "   = help: missing values are not made up: fill them in, or delete the row\n");
  CHECK(said("x,y\n1,2\nnan,4\n") ==
        "error: column 'x': expected a finite number, found 'nan'\n"
        "  --> a.csv:3\n");
  CHECK(said("x,y\n1,2\n3,1e999\n") ==
        "error: column 'y': expected a finite number, found '1e999'\n"
        "  --> a.csv:3\n"
        "   = help: the first row has a number here; if the column holds classes, write classes: "
        "[...]\n");
  CHECK(said("colour,y\nred,2\n") ==
        "error: column 'colour': expected a finite number, found 'red'\n"
        "  --> a.csv:2\n"
        "   = help: an input must be a number: choose the columns with 'inputs'\n");
  CHECK(said("x,y\n1,2\n\n3,4\n") ==
        "error: expected 2 columns, found 0\n"
        "  --> a.csv:3\n");
  CHECK(said("x,y\n1,2\n3,4,5\n") ==
        "error: expected 2 columns, found 3\n"
        "  --> a.csv:3\n");
  CHECK(said("x,y\n1,2\n", {{"targets", Texts{"z"}}}) ==
        "error: no column 'z'\n"
        "  --> a.csv:1\n"
        "   = help: the file has: x, y\n");
  CHECK(said("x,y,x\n1,2,3\n") ==
        "error: two columns are called 'x'\n"
        "  --> a.csv:1\n");
  CHECK(said(",x,y\n0,1,2\n") ==
        "error: a column has no name, so it may be no input but the number of the row\n"
        "  --> a.csv:1\n"
        "   = help: name it, or name the input columns in 'inputs'\n");
  CHECK(said("1,2\n3,4\n") ==
        "error: the first row has numbers, not names of columns\n"
        "  --> a.csv:1\n"
        "   = help: write a row of names in front, or header: false\n");
  CHECK(said("x,y\n1,\"2\n") ==
        "error: a quote is not closed on its line\n"
        "  --> a.csv:2\n");
  CHECK(said("x,y\n1,\"2\"3\n") ==
        "error: text behind a closing quote\n"
        "  --> a.csv:2\n"
        "   = help: a quote inside quotes is written \"\"\n");
  CHECK(said("x,y\n") ==
        "error: has column names, but no examples\n"
        "  --> a.csv\n");
  CHECK(said("") ==
        "error: the file is empty: expected a row of column names\n"
        "  --> a.csv\n");
  CHECK(said("x,y\n1,red\n", {{"targets", Texts{"x", "y"}}, {"inputs", Texts{"x"}}}) ==
        "error: column 'x' is chosen twice\n"
        "  --> a.csv\n");
  CHECK(said("x,y,z\n1,red,3\n", {{"targets", Texts{"y", "z"}}}) ==
        "error: a target of classes must be the only target, here are 2\n"
        "  --> a.csv:2\n"
        "   = help: name one column in 'targets'\n");
  CHECK(said("x,y\n1,red\n2,\n") ==
        "error: column 'y' is empty\n"
        "  --> a.csv:3\n"
        "   = help: missing values are not made up: fill them in, or delete the row\n");
}

TEST_CASE("a class that the training file does not have is refused", "[dataset][csv]") {
  Table table("x,y\n1,cat\n2,dog\n");
  table.with("test", "x,y\n1,dog\n2,cow\n");
  CHECK(table.said() ==
        "error: column 'y': unknown class 'cow'\n"
        "  --> test.csv:3\n"
        "   = help: the classes are: cat, dog\n");
}

TEST_CASE("a csv line of more than 16 MiB is refused before it is kept", "[dataset][csv]") {
  CHECK_THAT(Table("x,y\n1,2\n" + std::string((16u << 20) + 1, '7')).said(),
             StartsWith("error: a line of more than 16 MiB\n  --> a.csv:3\n"));
}

}  // namespace nnrun::testing
