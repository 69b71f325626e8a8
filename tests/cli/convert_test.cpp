// A text table as an npy file: it trains the same, whatever is in it.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/example_data.hpp"
#include "support/limits.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

struct Table {
  Scratch scratch;

  Ended operator()(const std::string& words) const {
    return run("$nnrun " + words, scratch.folder());
  }
  /// Converts a text. It must succeed.
  void convert(const std::string& text, const std::string& words = "") const {
    scratch.write("t.csv", text);
    const Ended ended = (*this)("convert t.csv t.npy --overwrite " + words);
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
  }
  std::string refusal(const std::string& text, const std::string& words = "") const {
    scratch.write("t.csv", text);
    std::error_code none;
    std::filesystem::remove(scratch / "t.npy", none);
    const Ended ended = (*this)("convert t.csv t.npy " + words);
    CHECK(ended.out == "");
    CHECK(ended.status == 5);
    CHECK(names_in(scratch.folder()) ==
          std::vector<std::string>{".command", ".err", ".out", "t.csv"});
    return ended.err;
  }
  json record(const std::string& name) const {
    const json all = json::parse(text_of(scratch / name / "run.json"));
    return {all["data_sha256"], all["result"]["weights_sha256"], all["result"]["train"]};
  }
  /// Trains with the text and with what was made of it. Both must give the same bits.
  void require_same(const std::string& data, const std::string& layers,
                    const std::string& train = "cost: mean_squared_error, epochs: 3") const {
    for (const char* file : {"t.csv", "t.npy"}) {
      std::error_code none;
      std::filesystem::remove_all(scratch / (file + std::string("-run")), none);
      scratch.write("c.yaml", "data: {type: csv, path: " + std::string(file) + data +
                                  "}\nmodel: {layers: [" + layers + "]}\ntrain: {" + train +
                                  ", batch_size: 4}\n");
      const Ended ended = (*this)("c.yaml -q --out " + std::string(file) + "-run");
      CAPTURE(file, ended.err);
      REQUIRE(ended.status == 0);
    }
    CHECK(record("t.csv-run") == record("t.npy-run"));
  }
};

std::string refused_of(const Ended& ended, int status) {
  CHECK(ended.status == status);
  return ended.err;
}

const std::string one = "{type: dense, units: 3, activation: tanh}, {type: dense, units: 1}",
                  two = "{type: dense, units: 2, activation: softmax}";

/// Houses: a number that counts, texts, gaps, numbers that are written in several ways.
std::string houses(std::size_t n = 60) {
  std::string text = "id,size,city,\"built, in\",zip,price,kind\n";
  for (std::size_t i = 0; i < n; ++i)
    text += std::to_string(i) + "," + std::to_string(i % 13) + (i % 3 ? ".50" : "e0") + "," +
            (i % 7 == 6   ? ""
             : i % 2 == 0 ? "Bern"
                          : "\"Zürich \"\"West\"\"\"") +
            "," + (i % 5 == 0 ? "NA" : std::to_string(1900 + i)) + ",00" + std::to_string(i % 3) +
            "," + std::to_string(100 + i * 7 % 50) + (i % 2 ? ",flat\n" : ",house\n");
  return text;
}

}  // namespace

TEST_CASE("a converted table trains to the same bits as the text", "[cli][convert]") {
  const Table table;
  table.convert(houses());
  const std::string gaps =
      ", columns: {id: unused, \"built, in\": {missing: median, indicator: "
      "true}, city: {missing: most_frequent}";
  table.require_same(", targets: [price], scale: standard" + gaps + "}, split: {test: 0.2}", one);
  table.require_same(", targets: [kind]" + gaps + ", price: {scale: min_max}}", two,
                     "cost: cross_entropy, epochs: 2");
  table.require_same(
      ", inputs: [size, city], targets: [price], columns: {city: {missing: drop}}, "
      "target_scale: log",
      one);
}

TEST_CASE("a converted table is measured, and answers rows of text", "[cli][convert]") {
  const Table table;
  table.convert(houses());
  table.require_same(
      ", targets: [kind], columns: {id: unused, \"built, in\": {missing: mean}, "
      "city: {unknown: other, missing: {constant: none}}}",
      two, "cost: cross_entropy, epochs: 2");
  CHECK(table("predict t.npy-run --csv t.csv -q").out ==
        table("predict t.csv-run --csv t.csv -q").out);
  const json by_npy = parsed(table("eval t.csv-run --data test=t.npy --json").out),
             by_csv = parsed(table("eval t.npy-run --data test=t.csv --json").out);
  CHECK(by_npy["cost"] == by_csv["cost"]);
}

TEST_CASE("predict answers a converted table as it does the text", "[cli][convert][predict]") {
  const Table table;
  table.convert(houses());
  table.require_same(
      ", targets: [kind], columns: {id: unused, \"built, in\": {missing: mean}, "
      "city: {unknown: other, missing: {constant: none}}}",
      two, "cost: cross_entropy, epochs: 2");
  for (const std::string more :
       {"", " --keep city,kind", " --keep all --json-lines", " --threads 1"}) {
    CAPTURE(more);
    const Ended text = table("predict t.csv-run --csv t.csv -q --keep price" + more),
                stored = table("predict t.csv-run --csv t.npy -q --keep price" + more);
    CAPTURE(stored.err);
    CHECK(stored.status == 0);
    if (more.find("all") == more.npos)  // numbers are kept as shortly as they can be
      CHECK(stored.out == text.out);
    CHECK(std::count(stored.out.begin(), stored.out.end(), '\n') ==
          std::count(text.out.begin(), text.out.end(), '\n'));
  }
  // the hints of both options lead to the one that takes the file
  CHECK(table("predict t.csv-run --npy t.npy").err ==
        "error: 't.npy' is a table, whose columns have names, not an array\n"
        "   = help: --csv t.npy\n");
  table.scratch.write("a.npy", "\x93NUMPY" + std::string("\x01\x00v\x00", 4) +
                                   "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), }" +
                                   std::string(58, ' ') + "\n" + std::string(8, '\0'));
  CHECK(table("predict t.csv-run --csv a.npy").err ==
        "error: 'a.npy' is an array, not a table\n   = help: --npy a.npy\n");
  // what is wrong with a row, or with the file, has its place
  table.convert("size,city,price,zip\n1,Bern,2,001\nmuch,Bern,3,001\n");
  CHECK_THAT(table("predict t.csv-run --csv t.npy").err,
             Contains("error: no column 'built, in'\n  --> t.npy\n"));
  table.convert(replaced(houses(), "\n7,", "\n7,much"));
  CHECK_THAT(table("predict t.csv-run --csv t.npy").err,
             Contains("expected a finite number, found 'much") && Contains("  --> t.npy, row 8\n"));
  CHECK_THAT(table("predict t.csv-run --csv t.npy --on-error empty").err,
             Contains("1 of 60 rows got no answer"));
  CHECK_THAT(table("predict t.csv-run --csv t.npy --data separator=tab").err,
             Contains("'data.separator' is for tables of text\n"));
}

TEST_CASE("texts of numbers are kept where they say more than these, or that is asked for",
          "[cli][convert]") {
  const Table table;
  const std::string data = ", inputs: [size, zip], targets: [price], columns: {zip: category}";
  table.convert(houses());  // zip codes with zeros in front
  table.require_same(data, one);
  CHECK(text_of(table.scratch / "t.npy").find("('zip', 'S3')") != std::string::npos);
  table.require_same(", inputs: [size, zip], targets: [price]", one);  // numbers all the same
  const std::string years =
      ", inputs: [size, \"built, in\"], targets: [price], columns: {\"built, "
      "in\": {type: category, missing: {constant: none}}}";
  CHECK(text_of(table.scratch / "t.npy").find("('built, in', '<f8')") != std::string::npos);
  table.convert(houses(), "--category 'built, in'");
  table.require_same(years, one);
  CHECK(text_of(table.scratch / "t.npy").find("('built, in', 'S4')") != std::string::npos);
  table.convert("a,id,y\n1,9007199254740992,1\n2,9007199254740993,2\n");
  CHECK(text_of(table.scratch / "t.npy").find("('id', 'S16')") != std::string::npos);
}

TEST_CASE("settings of how numbers are written are refused where they come too late",
          "[cli][convert]") {
  const Table table;
  table.convert("a,b,y\n\"1,234\",-99.0,1\n\"2,5\",4.5,2\n\"0,25\",5.5,3\n", "--data decimal=,");
  const auto refused = [&](const std::string& more) {
    table.scratch.write(
        "c.yaml",
        "data: {type: csv, path: t.npy, targets: [y]" + more +
            "}\nmodel: {layers: [{type: dense, units: 1}]}\ntrain: {cost: mean_squared_error}\n");
    const auto ended = table("c.yaml -q");
    CHECK(ended.status == 5);
    return replaced(ended.err, (table.scratch / "t.npy").string(), "t.npy");
  };
  CHECK(
      refused(", columns: {a: {decimal: \",\"}}") ==
      "error: column 'a' has a 'decimal' of its own, but its texts are numbers here already, read "
      "without it\n  --> t.npy\n   = help: convert the table again with --category a, which keeps "
      "them as they are\n");
}

TEST_CASE("a gap that is a number is one however a table or a file writes it", "[cli][convert]") {
  const Table table;
  table.convert("a,y\n-99.0,1\n-99,2\n4.5,3\n-9.9e1,4\n5.5,3\n", "");
  const auto hash = [&](const std::string& file, const std::string& gap) {
    table.scratch.write("c.yaml", "data: {type: csv, path: " + file + ", targets: [y], gaps: [\"" +
                                      gap +
                                      "\"], columns: {a: {missing: {constant: 7}}}}\n"
                                      "model: {layers: [{type: dense, units: 1}]}\n"
                                      "train: {cost: mean_squared_error}\n");
    const auto ended = table("c.yaml --json");
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    return parsed(ended.out)["weights_sha256"].get<std::string>();
  };
  const std::string expected = hash("t.csv", "-99");
  for (const char* const gap : {"-99", "-99.0", "-9.9e1"}) {
    CHECK(hash("t.csv", gap) == expected);
    CHECK(hash("t.npy", gap) == expected);
  }
  CHECK(hash("t.csv", "-98") != expected);
}

TEST_CASE("tables are converted as they are written", "[cli][convert]") {
  const Table table;
  const std::string plain = "a,b\n1.5,2\n-3,1000\n0.25,7\n1,2\n2,3\n";
  table.convert(plain);
  const std::string expected = text_of(table.scratch / "t.npy");
  const auto same = [&](const std::string& text, const std::string& words) {
    CAPTURE(text, words);
    table.convert(text, words);
    CHECK(text_of(table.scratch / "t.npy") == expected);
  };
  same("a;b\n1,5;2\n-3;1.000\n0,25;7\n1;2\n2;3\n", "--data decimal=, --data thousands=.");
  same(
      "\xEF\xBB\xBF# note\r\na,b\r\n1.5,2\r\n\xE2\x88\x92"
      "3,$1000\r\n0.25,7\r\n1,2\r\n2,3\r\n\r\n",
      "--data comment=# --data symbols=[$]");
  same("a\tb\r1.5\t2\r-3\t1000\r0.25\t7\r1\t2\r2\t3\r", "");
  same(",a,b,c\n0,1.5,2,x\n1,-3,1000,y\n2,0.25,7,\n3,1,2,\n4,2,3,\n", "--leave-out c");
  table.scratch.write("t.csv", gzipped(table.scratch, plain));
  CHECK(table("convert t.csv t.npy --overwrite -q").status == 0);
  CHECK(text_of(table.scratch / "t.npy") == expected);
  CHECK(expected.starts_with("\x93NUMPY\x01"));
  CHECK(expected.find('\n') % 64 == 63);

  table.convert("a,b\n1.5,2\n-3,1000\n0.25,7\n", "--float");
  CHECK(text_of(table.scratch / "t.npy").ends_with(bytes_of<float>({0.25f, 7.f})));
  table.convert("größe,'x\\y\n1,2\n");
  CHECK(text_of(table.scratch / "t.npy").find("('größe', '<f8'), ('\\'x\\\\y', '<f8')") !=
        std::string::npos);
  table.require_same(", header: true", one, "cost: mean_squared_error, epochs: 1");
  const json said = parsed(table("convert t.csv t.npy --overwrite --json").out);
  CHECK(said["rows"] == 1);
  CHECK(said["columns"][0] == json{{"name", "größe"}, {"type", "number"}});
}

TEST_CASE("what cannot be converted is refused with its place, and leaves no file",
          "[cli][convert]") {
  const Table table;
  const auto refused = [&](const std::string& text, const std::string& said,
                           const std::string& words = "") {
    CAPTURE(text);
    CHECK_THAT(table.refusal(text, words), Contains(said));
  };
  refused("", "the file is empty");
  refused("a,b\n", "has column names, but no rows");
  refused("1,2\n3,4\n", "--data header=false");
  refused("a,b\n1,2,3\n", "expected 2 columns, found 3\n  --> t.csv:2");
  refused("a,b\n1,\"2\n", "a quote is not closed\n  --> t.csv:2");
  refused("a,b\n1,\xff\n", "is not UTF-8");
  refused("a,a\n1,2\n", "two columns are called 'a'");
  refused("a,b\n1,2\n", "no column 'c'", "--leave-out c");
  refused("a,b\n1,2\n", "no column is left", "--leave-out a --leave-out b");
  refused("a,b\n1," + std::string(5000, 'x') + "\n",
          "column 'b' holds a text of more than 4096 bytes");
  refused("a,b\n1,1e300\n", "column 'b': 1e+300 is too large for float32\n  --> t.csv:2",
          "--float");
  refused("\x93NUMPY\x01", "is an npy file already");
  table.scratch.write("t.csv", "a,b\n1,2\n");
  CHECK_THAT(refused_of(table("convert t.csv t.txt"), 2), Contains("must end in .npy"));
  CHECK_THAT(refused_of(table("convert none.csv t.npy"), 5), Contains("no such file"));
  CHECK_THAT(refused_of(table("convert t.csv t.npy --data colour=red"), 2),
             Contains("says nothing of how a table is written"));
  CHECK_THAT(refused_of(table("convert t.csv t.npy --data decimal=x"), 2),
             Contains("it is one of: . ,"));
  CHECK(table("convert t.csv t.npy -q").status == 0);
  const std::string before = text_of(table.scratch / "t.npy");
  CHECK_THAT(refused_of(table("convert t.csv t.npy"), 2),
             Contains("'t.npy' exists already\n   = help: --overwrite"));
  CHECK(text_of(table.scratch / "t.npy") == before);
}

TEST_CASE("a table of records that is damaged or strange is refused, not believed",
          "[cli][convert][dataset]") {
  const Table table;
  const auto said = [&](const std::string& bytes) {
    table.scratch.write("t.npy", bytes);
    table.scratch.write("c.yaml", "data: {type: csv, path: t.npy}\nmodel: {layers: [" + one +
                                      "]}\ntrain: {cost: mean_squared_error, epochs: 1}\n");
    const Ended ended = table("c.yaml -q --out r");
    CHECK(ended.status == 5);
    return ended.err;
  };
  const std::string rows = bytes_of<double>({1, 2, 3, 4, 5, 6});
  const auto records = [&](const std::string& fields, const std::string& shape = "(3,)") {
    return npy_bytes(fields, shape, rows);
  };
  const std::string ab = "[('a', '<f8'), ('b', '<f8')]";
  CHECK_THAT(said(npy_bytes("'<f8'", "(3, 2)", rows)), Contains("type: npy"));
  CHECK_THAT(said(records(ab, "(4,)")), Contains("promises 4 rows of 16 bytes, the file has 48"));
  CHECK_THAT(said(records(ab, "(2,)")), Contains("promises 2 rows"));
  CHECK_THAT(said(records(ab, "(3, 1)")), Contains("has 2 dimensions, expected one"));
  CHECK_THAT(said(records(ab, "(0,)")), Contains("has columns, but no rows"));
  CHECK_THAT(said(records(ab, "(18446744073709551615,)")), Contains("promises"));
  CHECK_THAT(said(records("[('a', '<f8'), ('a', '<f8')]")), Contains("two columns are called 'a'"));
  CHECK_THAT(said(records("[('a', '<f8', (2,))]")), Contains("holds several numbers in a row"));
  CHECK_THAT(said(records("[('a', [('b', '<f8')]), ('c', '<f8')]")),
             Contains("a record within a record"));
  CHECK_THAT(said(records("[('a', '|O'), ('b', '<f8')]")), Contains("another type ('|O')"));
  CHECK_THAT(said(records("[('a', 'S99999999999999999999'), ('b', '<f8')]")),
             Contains("another type"));
  CHECK_THAT(said(records("[]")), Contains("a record without fields"));
  CHECK_THAT(said(records("[('a', '<f8'), ('b', '<f8')")), Contains("is not understood"));
  CHECK_THAT(said(records("[('\\q', '<f8'), ('b', '<f8')]")), Contains("an escape in a text"));
  CHECK_THAT(said(records("[('a', '<f8'), ('c', 'S8')]")), Contains("holds a control character"));
  // fields that are called as the keys of the header are, titles, padding, wide texts
  table.scratch.write("t.npy",
                      records("[(('title', 'shape'), '<f8'), ('', '|V4'), ('descr', '<f4')]"));
  CHECK(table("c.yaml -q --out fine").status == 0);
  table.scratch.write("t.npy",
                      npy_bytes("[('a', '<U2'), ('b', '<f8')]", "(2,)",
                                bytes_of<std::uint32_t>({'x', 0xe9}) + bytes_of<double>({1}) +
                                    bytes_of<std::uint32_t>({'x', 0}) + bytes_of<double>({2})));
  const Ended wide = table("c.yaml --out wide --set 'data.columns={a: category}'");
  CHECK_THAT(table("predict wide 'x\u00e9'").out, Contains("(x\u00e9)"));
}

TEST_CASE("a large table is converted in little memory, and trains from its file",
          "[cli][convert][memory]") {
  if (sanitized) return;
  const Table table;
  std::string text = "a,b,c,d,e,f,g,h,kind,y\n";
  for (std::size_t i = 0; i < 250'000; ++i) {
    for (std::size_t c = 0; c < 8; ++c) text += std::to_string((i * 7919 + c * 31) % 9973) + ".5,";
    text += (i % 3 ? "one," : "two,") + std::to_string(i % 100) + "\n";
  }
  table.scratch.write("t.csv", text);
  const Ended converted =
      run("ulimit -d 16000; $nnrun convert t.csv t.npy", table.scratch.folder());
  CAPTURE(converted.err);
  REQUIRE(converted.status == 0);
  table.require_same(", scale: standard", one,
                     "cost: mean_squared_error, steps: 200, shuffle: {blocks: 4}");
  const Ended small =
      run("ulimit -d 20000; $nnrun c.yaml --threads 1 --out small", table.scratch.folder());
  CAPTURE(small.err);
  REQUIRE(small.status == 0);
  CHECK_THAT(small.err, Contains("are read from the files"));
  CHECK(table.record("small") == table.record("t.csv-run"));
  // the text itself says how it could be trained
  const Ended refused = run("ulimit -d 20000; $nnrun c.yaml --set data.path=t.csv --out r -q",
                            table.scratch.folder());
  CHECK(refused.status != 0);
  CHECK_THAT(refused.err, Contains("nnrun convert t.csv t.npy"));
}

}  // namespace nnrun::testing
