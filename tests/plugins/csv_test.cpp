// csv: right files give their numbers, wrong ones their messages.
#include "support/example_data.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
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

TEST_CASE("csv reads numbers with thousands and symbols, and leaves lines of comments out",
          "[dataset][csv]") {
  const auto x = [](const std::string& text, Settings settings) {
    return numbers(Table(text, std::move(settings)).read().parts[NNRUN_TRAIN].x);
  };
  const auto word = [](const char* text) { return std::string(text); };
  CHECK(x("x;y\n1,200;1\n-1,234,567.5;2\n7;3\n",
          {{"thousands", word(",")}, {"separator", word(";")}}) ==
        std::vector<double>{1200, -1234567.5, 7});
  CHECK(x("x;y\n12,34,567.5;1\n-1,23,456;2\n1,234;3\n",  // as in India
          {{"thousands", word(",")}, {"separator", word(";")}}) ==
        std::vector<double>{1234567.5, -123456, 1234});
  CHECK(x("x;y\n612.176,72 €;1\n€ -5;2\n-€5;3\n",
          {{"decimal", word(",")}, {"thousands", word(".")}, {"symbols", Texts{"€"}}}) ==
        std::vector<double>{612176.72, -5, -5});
  CHECK(x("x,y\n89 $,1\n\"$ 1 200\",2\n1\xC2\xA0"
          "200,3\n12\xE2\x80\xAF"
          "345,4\n",
          {{"thousands", word("space")}, {"symbols", Texts{"%", "$"}}}) ==
        std::vector<double>{89, 1200, 1200, 12345});
  CHECK(x("x,y\n1'200,1\n1\xE2\x80\x99"
          "200.5,2\n",
          {{"thousands", word("'")}}) == std::vector<double>{1200, 1200.5});
  CHECK(x("# made by hand\nx,y\n1,2\n# the rest is older\n3,4\n\n# the end\n",
          {{"comment", word("#")}}) == std::vector<double>{1, 3});
  // not three digits behind each, or a 0 before them: no number
  for (const char* const wrong :
       {"1,20", "123,45,678", "1,2,345", "1,234,56,789", "12,34,56", "1234,567", ",123", "1,200,",
        "1,2000", "$", "0,697", "-0,697", "00,123"}) {
    CAPTURE(wrong);
    CHECK_THAT(Table("x;y\n1;1\n" + word(wrong) + ";2\n",
                     {{"thousands", word(",")}, {"symbols", Texts{"$"}}})
                   .said(),
               StartsWith("error: column 'x': expected a finite number, found '" + word(wrong)));
  }
}

TEST_CASE("rows of separators alone below a table are none, and between rows they are gaps",
          "[dataset][csv]") {
  CHECK(numbers(Table("x,y\n1,2\n3,4\n,\n ,\n\n,\n").read().parts[NNRUN_TRAIN].x) ==
        std::vector<double>{1, 3});
  CHECK_THAT(Table("x,y\n1,2\n,\n3,4\n").said(),
             StartsWith("error: column 'x': a value is missing") && Contains("csv:3\n"));
  CHECK_THAT(Table("x,y\n1,2\n,\n,\n\n3,4\n").said(),
             StartsWith("error: expected 2 columns, found 0") && Contains("csv:5\n"));
  CHECK_THAT(Table("x,y\n,\n").said(), Contains("has column names, but no examples"));
}

TEST_CASE("the row of names is no example when it is there again", "[dataset][csv]") {
  CHECK_THAT(Table("x,y\na,b\nx,y\na,c\n").said(),
             StartsWith("error: the row of names is there again\n") && Contains("csv:3\n"));
  CHECK(numbers(Table("x,y\nx,1\na,2\n").read().parts[NNRUN_TRAIN].t) ==
        std::vector<double>{1, 2});  // not all of it
}

TEST_CASE("what is no row of a table is told so", "[dataset][csv]") {
  CHECK_THAT(Table("x,y\n1,2\nSource: the office\n").said(),
             StartsWith("error: expected 2 columns, found 1\n") &&
                 Contains("take out what is no row: titles, remarks, notes below the table"));
  CHECK_THAT(Table("Sales of May\nx,y\n1,2\n").said(),
             StartsWith("error: expected 1 column, found 2\n") &&
                 Contains("the first row must name each column: take titles and remarks out"));
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
        "error: column 'y': a value is missing\n"
        "  --> a.csv:3\n"
        "   = help: write columns: {y: {missing: drop}} to leave such rows out\n");
  CHECK(said("x,y\n1,2\nnan,4\n") ==
        "error: column 'x': a value is missing, 'nan'\n"
        "  --> a.csv:3\n"
        "   = help: write columns: {x: {missing: median}} to fill it in, or columns: {x: {missing: "
        "drop}} to leave such rows out\n");
  CHECK(said("x,y\n1,2\n3,1e999\n") ==
        "error: column 'y': expected a finite number, found '1e999'\n"
        "  --> a.csv:3\n"
        "   = help: the first row has a number here; if the column holds classes, write classes: "
        "[...]\n");
  CHECK(said("colour,y\n7,1\nred,2\n") ==
        "error: column 'colour': expected a finite number, found 'red'\n"
        "  --> a.csv:3\n"
        "   = help: the column is read as numbers because of '7' in a.csv:2; if it holds texts, "
        "write columns: {colour: category}\n");
  CHECK(said("colour,y\nred,1\n7,2\n") ==
        "error: column 'colour' has texts and numbers: '7' is a number, 'red' in a.csv:2 is not\n"
        "  --> a.csv:3\n"
        "   = help: if all are texts, write columns: {colour: category}; else mend that row\n");
  CHECK(
      said("x,y\n\"1,5\",2\n\"1,234\",4\n") ==
      "error: column 'x': '1,5' is a date, or a number that is written with more than digits\n"
      "  --> a.csv\n"
      "   = help: if the comma stands before a fraction, write decimal: \",\" in data, or leave it "
      "out: columns: {x: unused}, or insist: columns: {x: category}\n");
  CHECK(said("x,y\n1,2\n\"1,5\",4\n") ==
        "error: column 'x': expected a finite number, found '1,5'\n"
        "  --> a.csv:3\n"
        "   = help: if the comma stands before a fraction, write decimal: \",\" in data\n");
  CHECK(said("x,y\n1,2\n\"1,500\",4\n") ==
        "error: column 'x': expected a finite number, found '1,500'\n"
        "  --> a.csv:3\n"
        "   = help: if the comma stands before a fraction, write decimal: \",\"; if between "
        "thousands, thousands: \",\" in data\n");
  CHECK(said("x,y\n1,2\n\"-$1,234.50\",4\n") ==
        "error: column 'x': expected a finite number, found '-$1,234.50'\n"
        "  --> a.csv:3\n"
        "   = help: if it is a number, write thousands: \",\" and symbols: [\"$\"] in data\n");
  CHECK(said("x;y\n1;2\n612.176,72;4\n") ==
        "error: column 'x': expected a finite number, found '612.176,72'\n"
        "  --> a.csv:3\n"
        "   = help: if it is a number, write decimal: \",\" and thousands: \".\" in data\n");
  CHECK(said("x,y\n1,2\n89 %,4\n") ==
        "error: column 'x': expected a finite number, found '89 %'\n"
        "  --> a.csv:3\n"
        "   = help: if it is a number, write symbols: [\"%\"] in data\n");
  CHECK(said("x,y\n1,$900\n2,$800\n3,$700\n") ==
        "error: target column 'y': '$900' is a number that is written with more than digits\n"
        "  --> a.csv\n"
        "   = help: if it is a number, write symbols: [\"$\"] in data; if it holds classes, name "
        "them: "
        "classes: [...]\n");
  CHECK(said("x,y\n1,2\n", {{"thousands", std::string(".")}}) ==
        "error: 'thousands' and 'decimal' cannot both be '.'\n"
        "  --> data set 'csv'\n"
        "   = help: write decimal: \",\" and thousands: \".\", or the other way round\n");
  CHECK(said("x,y\n1,2\n\n3,4\n") ==
        "error: expected 2 columns, found 0\n"
        "  --> a.csv:3\n"
        "   = help: take empty lines out, and what stands above or below the table\n");
  CHECK(said("x,y\n1,2\n3,4,5\n") ==
        "error: expected 2 columns, found 3\n"
        "  --> a.csv:3\n"
        "   = help: a field with a comma in it stands in double quotes\n");
  CHECK(said("x,y\n1,2\n", {{"targets", Texts{"z"}}}) ==
        "error: no column 'z'\n"
        "  --> a.csv:1\n"
        "   = help: the file has: x, y\n");
  CHECK(said("x,y,x\n1,2,3\n") ==
        "error: two columns are called 'x'\n"
        "  --> a.csv:1\n"
        "   = help: give one of them another name\n");
  CHECK(said(",x,y\n0,1,2\n") ==
        "error: a column has no name, so it may be no input but the number of the row\n"
        "  --> a.csv:1\n"
        "   = help: name it, or name the input columns in 'inputs'\n");
  CHECK(said("1,2\n3,4\n") ==
        "error: the first row has numbers, not names of columns\n"
        "  --> a.csv:1\n"
        "   = help: write a row of names in front, or header: false\n");
  CHECK_THAT(
      Table("3 kg,1.000\n5 kg,2.000\n", {{"symbols", Texts{"kg"}}, {"thousands", std::string(",")}})
          .said(),
      Catch::StartsWith("error: the first row has numbers, not names of columns\n"));
  CHECK(said("x,y\n1,\"2\n3,4\n") ==
        "error: a quote is not closed\n"
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
        "  --> a.csv\n"
        "   = help: name it once, in 'inputs' or in 'targets'\n");
  CHECK(said("x,y,z\n1,red,3\n", {{"targets", Texts{"y", "z"}}}) ==
        "error: a target of classes must be the only target, here are 2\n"
        "  --> a.csv:2\n"
        "   = help: name one column in 'targets'; for several, each a yes or no, write 1 and 0 in "
        "their columns\n");
  CHECK(said("x,y\n1,red\n2,NA\n") ==
        "error: column 'y': a value is missing, 'NA'\n"
        "  --> a.csv:3\n"
        "   = help: write columns: {y: {missing: drop}} to leave such rows out\n");
}

TEST_CASE("a date, and a text that no two rows share, is refused as an input", "[dataset][csv]") {
  CHECK_THAT(Table("day,y\n2024-01-01,1\n2024-01-02,2\n2024-01-02,2\n").said(),
             StartsWith("error: column 'day': '2024-01-01' is a date, or a number"));
  std::string rows = "name,y\n";
  for (char c = 'a'; c < 'a' + 12; ++c) rows += std::string(3, c) + ",1\n";
  CHECK_THAT(Table(rows).said(),
             StartsWith("error: column 'name': each row has a text of its own"));
}

TEST_CASE("a csv file in another encoding is read, or refused with the command that changes it",
          "[dataset][csv]") {
  const std::string right =
      "gr\xC3\xB6\xC3\x9F"
      "e,stadt\n1,M\xC3\xBCnchen\n2,K\xC3\xB6ln\n";
  const std::string latin =
      "gr\xF6\xDF"
      "e,stadt\n1,M\xFCnchen\n2,K\xF6ln\n";
  const Read expected = Table(right).read();
  CHECK(expected.shape.names.inputs == Texts{"gr\xC3\xB6\xC3\x9F"
                                             "e"});
  const auto same = [&](const std::string& text, const Settings& more) {
    const Read data = Table(text, more).read();
    CHECK(data.shape.names.inputs == expected.shape.names.inputs);
    CHECK(data.shape.names.classes == expected.shape.names.classes);
  };
  same(latin, {{"encoding", std::string("latin1")}});
  same(latin, {{"encoding", std::string("windows-1252")}});
  same("\xEF\xBB\xBF" + right, {});
  same("\xEF\xBB\xBF" + right, {{"encoding", std::string("latin1")}});
  std::string little = "\xFF\xFE", big = "\xFE\xFF";
  for (const char c : latin) {  // the first 256 characters are those of Latin-1
    little += c + std::string(1, '\0');
    big += '\0' + std::string(1, c);
  }
  same(little, {});
  same(big, {});
  same(little.substr(2), {{"encoding", std::string("utf-16")}});
  CHECK_THAT(Table(latin).said(),
             StartsWith("error: is not UTF-8: byte f6 at column 3 of the line\n"
                        "  --> a.csv:1\n"
                        "   = help: if it comes from Windows, write encoding: windows-1252, or "
                        "type\n") &&
                 Catch::Contains("iconv -f WINDOWS-1252 -t UTF-8 '"));
  CHECK_THAT(Table("x,stadt\n1,Bonn\n2,K\xF6ln\n").said(), Catch::Contains("  --> a.csv:3\n"));
  CHECK_THAT(Table(little.substr(2)).said(), Catch::Contains("zero bytes: it is in UTF-16"));
  CHECK_THAT(Table(little.substr(0, 21)).said(), Catch::Contains("ends within a character"));
  // a euro sign, which latin1 does not have, and a character of four bytes in UTF-8
  CHECK(Table("x,k\n1,\x80\n2,b\n", {{"encoding", std::string("windows-1252")}})
            .read()
            .shape.names.classes == Texts{"b", "\xE2\x82\xAC"});
  CHECK(Table(std::string("\xFF\xFEx\0,\0k\0\n\0001\0,\0\x3D\xD8\x00\xDE\n\0002\0,\0b\0\n\0", 28))
            .read()
            .shape.names.classes == Texts{"b", "\xF0\x9F\x98\x80"});
}

TEST_CASE("separators, decimal commas and line ends of all sorts are understood",
          "[dataset][csv]") {
  const auto x = [](const std::string& text, const Settings& more = {}) {
    return numbers(Table(text, more).read().parts[NNRUN_TRAIN].x);
  };
  const std::vector<double> both{1.5, 2, 3.5, 4};
  CHECK(x("a,b,y\n1.5,2,0\n3.5,4,1\n") == both);
  CHECK(x("a;b;y\n1.5;2;0\n3.5;4;1\n") == both);
  CHECK(x("a\tb\ty\n1.5\t2\t0\n3.5\t4\t1\n") == both);
  CHECK(x("a|b|y\r1.5|2|0\r3.5|4|1\r") == both);
  CHECK(x("a;b;y\r\n1,5;2;0\r\n3,5;4;1\r\n", {{"decimal", std::string(",")}}) == both);
  CHECK(x("1,5;2;0\n3,5;4;1\n",
          {{"decimal", std::string(",")}, {"header", false}, {"separator", std::string(";")}}) ==
        both);
  const Settings blanks{{"separator", std::string("space")}};
  CHECK(x("a b y\n1.5 2 0\n3.5 4 1\n", blanks) == both);
  CHECK(x("  a   b\ty \r\n 1.5\t \t2   0\r\n3.5 4 1  \r\n", blanks) == both);
  CHECK(x("\"a\" b  \"y\"\n1.5 \"2\" 0\n\"3.5\"\t4 1\n", blanks) == both);
  CHECK(x("1.5 2 0\n3.5 4 1\n", {{"separator", std::string("space")}, {"header", false}}) == both);
  CHECK(Table("a b y\n1 2 3\n4 5\n", blanks).said() ==
        "error: expected 3 columns, found 2\n  --> a.csv:3\n   = help: an empty field is written "
        "\"\" or "
        "NA\n");
  CHECK(Table("a b y\n1 \"2\"x 3\n", blanks).said() ==
        "error: text behind a closing quote\n  --> a.csv:2\n   = help: a quote inside quotes is "
        "written \"\"\n");
  // names of rows, as R writes them, are left out, and that is told
  CHECK(x("\"a\",\"b\",\"y\"\n\"3\",1.5,2,0\n\"x, \"\"z\"\"\",3.5,4,1\n") == both);
  CHECK(x("\"a\"\t\"b\"\t\"y\"\n\"1\"\t1.5\t2\t0\n\"2\"\t3.5\t4\t1\n") == both);
  CHECK(Table("\"a\",\"y\"\n\"1\",2,0\n").read().shape.note ==
        "each row begins with a name of its own, which is left out");
  CHECK_THAT(Table("\"a\",\"b\",\"y\"\n\"1\",1.5,2,\n\"2\",1.5,2,3\n").said(),
             Catch::Contains("'y' is empty") || Catch::Contains("column 'y'"));
  // a decimal comma, a text in two parts, numbers of rows without quotes: no names of rows
  const Settings named{{"inputs", Texts{"a", "b"}}, {"targets", Texts{"y"}}};
  const std::string wide = "error: expected 3 columns, found 4\n  --> a.csv:2\n";
  for (const std::string row : {"1,5,2,0", "New York,1.5,2,0", "\"x\",1,5,2"})
    CHECK_THAT(Table("a,b,y\n" + row + "\n", named).said(), Catch::StartsWith(wide));
  CHECK_THAT(Table("a\tb\ty\n1\t1.5\t2\t0\n", named).said(), Catch::StartsWith(wide));
  CHECK(x("a,b,y\n\"1.5\",2,0,\n\"3.5\",4,1,\n") == both);
  CHECK(x("a,b,y,\n1.5,2,0,\n3.5,4,1,\n") == both);  // a comma at the end of every line
  CHECK(x("a,b,y\n1.5,2,0,\n3.5,4,1,,\n") == both);  // of every line but the first
  CHECK(x("a,b,y,\n1.5,2,0\n3.5,4,1\n") == both);    // of the first one
  CHECK(x(" a , b , y \n 1.5 , 2 , 0 \n\"3.5\",+4, 1\n") == both);
  CHECK(x("a,c,c,b,y,\n1.5,7,8,2,0,z\n3.5,7,8,4,1,z\n",
          {{"inputs", Texts{"a", "b"}}, {"targets", Texts{"y"}}}) == both);
  const Read data =
      Table("note,a,y\n\"two\nlines, \"\"here\"\"\",1.5,0\nz,2,1\n", {{"inputs", Texts{"a"}}})
          .read();
  CHECK(numbers(data.parts[NNRUN_TRAIN].x) == std::vector<double>{1.5, 2});
  CHECK(Table("note,a,y\n\"two\nlines\",1.5,0\nz,oops,1\n", {{"inputs", Texts{"a"}}})
            .said()
            .find("a.csv:4\n") != std::string::npos);  // the lines of the file, not its rows
  CHECK(Table("a;b;y\n1;2;0\n").read().shape.note == "fields are separated by ';'");
  CHECK(Table("a,b,y\n1,2,0\n").read().shape.note.empty());
}

TEST_CASE("a first line by which Excel tells the separator is understood", "[dataset][csv]") {
  const auto read = [](const std::string& text, const Settings& more = {}) {
    return Table(text, more).read();
  };
  for (const std::string line : {"sep=;\n", "sep=;\r\n", "\xEF\xBB\xBFsep=;\n"}) {
    const Read data = read(line + "a;b,c;y\n1.5;2;0\n3.5;4;1\n");
    CHECK(numbers(data.parts[NNRUN_TRAIN].x) == std::vector<double>{1.5, 2, 3.5, 4});
    CHECK(data.shape.names.inputs == Texts{"a", "b,c"});
    CHECK(data.shape.note == "fields are separated by ';'");
  }
  CHECK(read("sep=\t\na\ty\n1\t2\n").shape.note == "fields are separated by tabs");
  CHECK(numbers(read("sep=,\n1,2\n3,4\n", {{"header", false}}).parts[NNRUN_TRAIN].x) ==
        std::vector<double>{1, 3});
  // what the config says counts
  CHECK(
      numbers(read("sep=;\na,y\n1,2\n", {{"separator", std::string(",")}}).parts[NNRUN_TRAIN].x) ==
      std::vector<double>{1});
  CHECK(Table("sep=;\na;y\n1;2\n", {{"targets", Texts{"z"}}}).said() ==
        "error: no column 'z'\n"
        "  --> a.csv:2\n"
        "   = help: the file has: a, y\n");
  CHECK(Table("sep=;\na;y\n0;2;3\n").said() ==
        "error: expected 2 columns, found 3\n"
        "  --> a.csv:3\n"
        "   = help: if the first column has no name, as R writes names of rows, put one in front "
        "of the others; a field with a separator in it stands in double quotes\n");
  CHECK(Table("sep=;\n").said() ==
        "error: the file ends behind 'sep='\n"
        "  --> a.csv\n");
}

TEST_CASE("below the first row a comment is a line with another number of fields",
          "[dataset][csv]") {
  const auto table = [](const std::string& text, Settings more = {}) {
    more.emplace_back("comment", std::string("#"));
    return Table(text, more);
  };
  // a first field with # is a row: a category, a gap, and what is no number
  const Read colours = table(
                           "# colours, by hand\nc,x,y\n#ff0000,1,2\n#0000ff,2,3\n# half\n"
                           "\"#ff0000\",3,4\n#00ff00,,5\n# the end, or so\n",
                           {{"gaps", Texts{"-"}}, {"inputs", Texts{"c"}}})
                           .read();
  CHECK(numbers(colours.parts[NNRUN_TRAIN].t) == std::vector<double>{2, 3, 4, 5});
  CHECK_THAT(colours.shape.note,
             Catch::StartsWith("a line that begins with '#' is left out as a comment: ") &&
                 Catch::EndsWith("/a.csv:5"));
  CHECK(table("v,x,y\n1,1,2\n#N/A,1,2\n").said() ==
        "error: column 'v': a value is missing, '#N/A'\n"
        "  --> a.csv:3\n"
        "   = help: write columns: {v: {missing: median}} to fill it in, or columns: {v: {missing: "
        "drop}} to leave such rows out\n");
  CHECK_THAT(table("v,x,y\n1,1,2\n#3,1,2\n").said(),
             Catch::StartsWith("error: column 'v': expected a finite number, found '#3'\n"
                               "  --> a.csv:3\n"));
  // with an empty field at the end, a column without a name, and line ends in quotes
  CHECK(numbers(table("c,y,\n#a,1\n#b,2,\n#c,\"3\",\n").read().parts[NNRUN_TRAIN].t) ==
        std::vector<double>{1, 2, 3});
  CHECK(numbers(
            table("c,d,y\n#a,\"b\nd\",1\n#a,\"b,d\",2\n# \"c\"\n#,e,3\n", {{"inputs", Texts{"c"}}})
                .read()
                .parts[NNRUN_TRAIN]
                .t) == std::vector<double>{1, 2, 3});
  // several files, and several lines
  const Read several = table("x,y\n1,2\n# a\n# b,c,d\n\n# e\n", {}).read();
  CHECK(several.shape.note.empty());
  CHECK_THAT(
      table("x,y\n1,2\n# a\n# b,c,d\n3,4\n# e\n5,6\n# f\n").read().shape.note,
      Catch::StartsWith("3 lines that begin with '#' are left out as comments, the first: ") &&
          Catch::EndsWith("/a.csv:3"));
  CHECK(table("x z y\n1 2 3\n2 3 4\n").said() ==
        "error: the first row names one column: 'x z y'\n  --> a.csv:1\n   = help: if blanks "
        "separate the fields, write separator: space in data\n");
  // without names, nobody knows whether the lines above are names or data
  const Read nameless = table("# by hand\n#a,b,c\nd,1,2\n#e,3,4\n", {{"header", false}}).read();
  CHECK(numbers(nameless.parts[NNRUN_TRAIN].t) == std::vector<double>{2, 4});
  CHECK_THAT(nameless.shape.note,
             Catch::StartsWith("a line that begins with '#' is left out as a comment: ") &&
                 Catch::EndsWith("/a.csv:2"));
}

TEST_CASE("lines within quotes that look like rows are told of", "[dataset][csv]") {
  const auto note = [](const std::string& rows) {
    return Table("note,x,y\n" + rows, {{"inputs", Texts{"x"}}}).read().shape.note;
  };
  const std::string within = "b,2,3\nc,3,4\nd,4,5\ne,5,6\n";
  CHECK_THAT(note("a,1,2\n\"a,1,2\n" + within + "f\",6,7\ng,7,8\n"),
             Catch::StartsWith("a text in quotes goes over 6 lines that look like rows: ") &&
                 Catch::Contains("a.csv:3; is a quote missing, or one too many?"));
  CHECK(note("\"a,1\n" + within.substr(0, 18) + "f\",6,7\ng,7,8\n").empty());  // too few to tell
  CHECK(note("\"We came,\nwe saw, we stayed,\nand then\nwe left\nagain\nf\",6,7\n").empty());
}

TEST_CASE("a comment above the names is said to be the reason", "[dataset][csv]") {
  const auto said = [](const std::string& text, const Settings& more = {}) {
    return Table(text, more).said();
  };
  const std::string hint =
      "if that is a comment, write comment: \"#\" in data: such lines are left out\n";
  CHECK(said("# written by hand\nx,y\n1,2\n") ==
        "error: the first line must name the columns, but it starts with '#'\n"
        "  --> a.csv:1\n"
        "   = help: " +
            hint);
  CHECK(said("# 3 May, by hand\nx,y,z\n1,2,3\n") ==
        "error: expected 2 columns, found 3\n"
        "  --> a.csv:2\n"
        "   = help: " +
            hint);
  CHECK(said("# 3 May, by hand\nx,y,z\n1,2,3\n", {{"targets", Texts{"z"}}}) ==
        "error: no column 'z'\n"
        "  --> a.csv:1\n"
        "   = help: the file has: # 3 May, by hand\n"
        "           " +
            hint);
  CHECK(numbers(Table("# of rooms,y\n3,2\n").read().parts[NNRUN_TRAIN].x) ==
        std::vector<double>{3});  // a name
}

TEST_CASE("a csv file may be compressed by gzip", "[dataset][csv]") {
  const Scratch scratch;
  const std::string packed = gzipped(scratch, "a,y\n1.5,0\n2,1\n");
  const auto file = scratch.write("a.csv.gz", packed).string();
  CHECK(numbers(read("csv", {{"path", file}}).parts[NNRUN_TRAIN].x) == std::vector<double>{1.5, 2});
  scratch.write("a.csv.gz", packed.substr(0, packed.size() - 9));
  CHECK(said(
            [&] {
              read("csv", {{"path", file}});
            },
            scratch) ==
        "error: the compressed data end too early\n"
        "  --> a.csv.gz\n"
        "   = help: the file is not whole: get it again\n");
}

TEST_CASE("input columns of texts are categories, missing values as they are asked for",
          "[dataset][csv]") {
  const Read data = Table("color,size,y\nred,1,0\nblue,2,1\n\"a, b\",3,1\n").read();
  REQUIRE(data.shape.columns.size() == 2);
  CHECK(data.shape.columns[0].texts == Texts{"a, b", "blue", "red"});
  CHECK_FALSE(data.shape.columns[1].is_category);
  // one-hot: a, b; blue; red; and the size
  CHECK(numbers(data.parts[NNRUN_TRAIN].x) ==
        std::vector<double>{0, 0, 1, 1, 0, 1, 0, 2, 1, 0, 0, 3});
}

TEST_CASE("a target of few whole numbers is a number, with what would make it a class",
          "[dataset][csv]") {
  const Read numbers_1_to_3 = Table("x,k\n1,3\n2,1\n3,2\n4,1\n").read();
  CHECK(numbers_1_to_3.shape.names.classes.empty());
  CHECK(numbers_1_to_3.shape.as_classes == "classes: [1, 2, 3]");
  CHECK(Table("x,k\n1,3.5\n2,1\n").read().shape.as_classes.empty());
  const Read text = Table("x,k\n1,odd\n2,1\n3,2\n").read();
  CHECK(text.shape.names.classes == Texts{"1", "2", "odd"});
  CHECK_THAT(text.shape.target_reason,
             StartsWith("'odd' in ") && Catch::EndsWith("a.csv:2 is not a number"));
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
