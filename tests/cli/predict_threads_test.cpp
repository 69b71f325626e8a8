// The rows of a file answered by several threads: the same bytes as by one.
#include <catch2/catch.hpp>
#include <functional>
#include <nlohmann/json.hpp>

#include "support/example_data.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

constexpr std::size_t rows = 12'000;  // more than some threads take at a time

/// Runs on city (a text), size and kind, and on two numbers without names.
struct Runs {
  Scratch scratch;
  Runs() {
    std::string table = "city,size,kind\n";
    for (int i = 0; i < 60; ++i)
      table += std::string(i % 2 ? "Bonn" : "\"Kiel\nam Meer\"") + "," + std::to_string(i % 7) +
               "." + std::to_string(i % 3) + "," + (i % 7 < 3 ? "rose" : "lily") + "\n";
    // line ends in a text are refused where it is a category
    table = replaced(table, "\nam Meer", "");
    scratch.write("a.csv", table);
    scratch.write(
        "c.yaml",
        "data: {type: csv, path: a.csv, scale: standard, columns: {size: {missing: "
        "mean}}}\nmodel: {layers: [{type: dense, units: 5, activation: tanh}, {type: "
        "dense, units: 2, activation: softmax}]}\ntrain: {cost: cross_entropy, epochs: 5, "
        "optimizer: adam}\n");
    scratch.write("x.npy", npy_bytes("'<f4'", "(4, 2)", bytes_of<float>({1, 2, 3, 4, 5, 6, 7, 8})));
    scratch.write("t.npy", npy_bytes("'<f4'", "(4,)", bytes_of<float>({1, 2, 3, 4})));
    scratch.write("n.yaml",
                  "data: {type: npy, inputs: x.npy, targets: t.npy, divide_by: 9}\nmodel: {layers: "
                  "[{type: dense, units: 3, activation: tanh}, {type: dense, units: 1}]}\ntrain: "
                  "{cost: mean_squared_error, epochs: 5}\n");
    for (const char* name : {"c", "n"}) {
      const Ended trained =
          run(std::string("$nnrun ") + name + ".yaml -q --out " + name, scratch.folder());
      CAPTURE(trained.err);
      REQUIRE(trained.status == 0);
    }
  }
  Ended predict(const std::string& words) const {
    return run("$nnrun predict " + words, scratch.folder());
  }
  /// Requires the same of two and of three threads as of one. Returns that of one.
  Ended same(const std::string& words) const {
    const Ended one = predict(words + " --threads 1");
    for (const char* threads : {"2", "3"}) {
      const Ended more = predict(words + " --threads " + threads);
      CAPTURE(words, threads, more.err);
      CHECK(more.status == one.status);
      CHECK(more.out == one.out);  // also where both are refused
      CHECK(without_time(more.err) == without_time(one.err));
    }
    return one;
  }
  static std::string without_time(std::string text) {
    const std::size_t at = text.find(" rows in ");
    return at == text.npos ? text : text.substr(0, at);
  }
};

/// Returns a table of so many rows.
std::string table(const std::function<std::string(std::size_t)>& row,
                  const std::string& names = "id,city,size\n") {
  std::string text = names;
  for (std::size_t i = 0; i < rows; ++i) text += row(i);
  return text;
}
std::string plain(std::size_t i) {
  return std::to_string(i) + (i % 3 ? ",Bonn," : ",Kiel,") + std::to_string(i % 11) + "." +
         std::to_string(i % 10) + "\n";
}
/// Returns a text in UTF-16, little end first, with its mark.
std::string utf16(const std::string& text) {
  std::string bytes = "\xff\xfe";
  for (const char c : text) (bytes += c) += '\0';
  return bytes;
}

}  // namespace

TEST_CASE("several threads answer a table as one does", "[cli][predict][threads]") {
  const Runs runs;
  const auto answer = [&](const std::string& text, const std::string& words) {
    runs.scratch.write("in.csv", text);
    return runs.same("c --csv in.csv " + words);
  };
  const std::string usual = table(plain);
  const Ended whole = answer(usual, "--keep id");
  CHECK(whole.status == 0);
  CHECK(std::ranges::count(whole.out, '\n') == rows + 1);
  answer(usual, "--json");
  answer(usual, "--json-lines --keep all");
  answer(usual, "--brief");
  answer(replaced(usual, "\n", "\r\n"), "--keep id");
  answer(replaced(usual, "\n", "\r"), "--keep id");
  answer("\xEF\xBB\xBF" + usual, "--keep id");
  answer(utf16(usual), "--keep id");
  runs.scratch.write("in.csv", gzipped(runs.scratch, usual));
  runs.same("c --csv in.csv --keep id");
  const std::string quoted = table([](std::size_t i) {
    const std::string n = std::to_string(i);
    return (i % 5 == 0   ? "\"" + n + "\n\n,#\"\"" + n + "\""
            : i % 5 == 1 ? " \"" + n + "\" "
            : i % 5 == 2 ? n + "\"x"
                         : n) +
           ",\"Bonn\"," + (i % 7 ? n : "") + "\n";
  });
  CHECK(answer(quoted, "--keep id").status == 0);
  answer(replaced(quoted, "\n", "\r"), "--keep id");
  const std::string comments = table([](std::size_t i) {
    return (i % 4 == 0 ? "#\"not closed " + std::to_string(i) + "\n" : "") + plain(i);
  });
  CHECK(answer(comments + "\n\n# the end\n\n", "--keep id --data comment='\"#\"'").status == 0);
}

TEST_CASE("several threads name the first bad row, as one does", "[cli][predict][threads]") {
  const Runs runs;
  const auto answer = [&](const std::string& text, const std::string& words) {
    runs.scratch.write("in.csv", text);
    return runs.same("c --csv in.csv " + words);
  };
  const std::size_t early = GENERATE(std::size_t{3}, rows - 1);
  const std::string bad =
      GENERATE(as<std::string>(), "7,Paris,2\n", "7,Bonn\n", "\n", "7,\"Bonn\"x,2\n", "7,\xff,2\n",
               "7,Bonn,1e999\n", "7,\"Bonn,2\n", "\n \n");
  CAPTURE(early, bad);
  const std::string text =
      table([&](std::size_t i) { return plain(i) + (i == early || i == rows - 1 ? bad : ""); });
  const Ended refused = answer(text, "");
  const bool is_end = early == rows - 1 && (bad == "\n" || bad == "\n \n");
  CHECK(refused.status == (is_end ? 0 : 5));
  if (bad != "7,\"Bonn,2\n" && !is_end)
    CHECK_THAT(refused.err, Catch::Contains("in.csv:" + std::to_string(early + 3)));
  answer(text, "--on-error empty --json");
}

TEST_CASE(
    "several threads see rows of separators alone, and names that are there again, as one does",
    "[cli][predict][threads]") {
  const Runs runs;
  std::string bare = "city,size\n", few = bare, again = bare;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::string row = (i % 3 ? "Bonn," : "Kiel,") + std::to_string(i % 7) + ".5\n";
    bare += i % 2 ? row : " , \n";  // one stands at any border of parts
    few += row;
    again += row;
    if (i == rows - 9) again += "city,size\n";
  }
  runs.scratch.write("bare.csv", bare);
  CHECK(runs.same("c --csv bare.csv -q").status == 5);
  CHECK_THAT(runs.same("c --csv bare.csv --on-error empty").err,
             Catch::Contains("6000 of 12000 rows got no answer"));
  runs.scratch.write("few.csv", few + ",\n , \n,\n");  // below the table they are none
  CHECK(runs.same("c --csv few.csv -q").status == 0);
  runs.scratch.write("again.csv", again);
  CHECK_THAT(runs.same("c --csv again.csv -q").err,
             Catch::Contains("the row of names is there again"));
}

TEST_CASE("several threads answer lines of JSON and arrays as one does",
          "[cli][predict][threads]") {
  const Runs runs;
  std::string lines, bytes;
  for (std::size_t i = 0; i < rows; ++i) {
    lines += i % 100 == 7 ? "\n \n" : "";
    lines += "{\"size\": " + std::to_string(i % 17) + ", \"city\": \"" + (i % 2 ? "Bonn" : "Kiel") +
             "\", \"id\": " + std::to_string(i) + "}\n";
    bytes += bytes_of<float>({static_cast<float>(i % 1000), static_cast<float>(i % 7)});
  }
  runs.scratch.write("in.jsonl", lines);
  CHECK(runs.same("c --jsonl in.jsonl --keep id").status == 0);
  CHECK(runs.same("c --jsonl in.jsonl --keep id --json-lines").status == 0);
  runs.scratch.write("in.jsonl", std::string(600'000, '\n') + lines);
  CHECK(nlohmann::json::accept(runs.same("c --jsonl in.jsonl --json").out));
  runs.scratch.write("in.jsonl", lines + "{\"size\": }\n[1, \"Bonn\"]\n[3]\n" + lines);
  CHECK(runs.same("c --jsonl in.jsonl").status == 5);
  CHECK(runs.same("c --jsonl in.jsonl --on-error empty").status == 0);

  const std::string shape = "(" + std::to_string(rows) + ", 2)";
  runs.scratch.write("in.npy", npy_bytes("'<f4'", shape, bytes));
  CHECK(runs.same("n --npy in.npy").status == 0);
  const float gap = std::numeric_limits<float>::quiet_NaN();
  bytes.replace(bytes.size() / 2, 4, bytes_of<float>({gap}));
  runs.scratch.write("in.npy", npy_bytes("'<f4'", shape, bytes));
  CHECK(runs.same("n --npy in.npy").status == 5);
  CHECK(runs.same("n --npy in.npy --on-error empty --json").status == 0);
  runs.scratch.write("in.idx", idx_bytes({rows, 2}, std::string(rows * 2, '\7')));
  CHECK(runs.same("n --idx in.idx").status == 0);
  runs.scratch.write("empty.jsonl", "");
  runs.same("c --jsonl empty.jsonl --json");
}

TEST_CASE("several threads answer windows of a series, and rows of a pipe, as one does",
          "[cli][predict][threads]") {
  const Runs runs;
  std::string series = "day,tide\n";
  for (std::size_t i = 0; i < 5000; ++i)
    series += std::to_string(i) + "," + std::to_string(i * 37 % 101) + ".5\n";
  runs.scratch.write("s.csv", series);
  runs.scratch.write("s.yaml",
                     "data: {type: csv, path: s.csv, inputs: [day], targets: [tide], windows: "
                     "{length: 4}}\nmodel: {layers: [{type: flatten}, {type: dense, units: 1}]}\n"
                     "train: {cost: mean_squared_error, epochs: 1, optimizer: {learning_rate: "
                     "1e-9}}\n");
  const Ended trained = run("$nnrun s.yaml -q --out s", runs.scratch.folder());
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  CHECK(runs.same("s --csv s.csv --keep day").status == 0);
  runs.scratch.write("in.csv", table(plain));
  const Ended file = runs.predict("c -q --csv in.csv"),
              pipe = run("cat in.csv | $nnrun predict c -q --csv - --threads 3",
                         runs.scratch.folder());
  CHECK(pipe.out == file.out);
}

TEST_CASE("several threads end when nobody reads their answers any more",
          "[cli][predict][threads]") {
  const Runs runs;
  runs.scratch.write("in.csv", table(plain));
  const Ended ended = run("{ $nnrun predict c --csv in.csv --threads 2; echo $? >&2; } | head -n 2",
                          runs.scratch.folder());
  CHECK(ended.out.starts_with("lily,rose,class\n"));
  CHECK(ended.err == "0\n");
}

}  // namespace nnrun::testing
