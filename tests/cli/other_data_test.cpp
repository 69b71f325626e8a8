// eval on files that a run was not trained on: every row of them, and no other file.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/small_run.hpp"
#include "support/example_data.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

/// A run of two classes that are easily told apart, cut by a split, whose training file is gone.
struct Flowers {
  Scratch scratch;
  explicit Flowers(const std::string& data = "path: flowers.csv", bool gone = true) {
    std::string table = "length,width,species\n";
    for (int i = 0; i < 40; ++i)
      table += std::to_string(i % 2 * 5 + i % 7 * 0.1) + ',' + std::to_string(i % 3) + ',' +
               (i % 2 == 0 ? "setosa" : "virginica") + "\n";
    scratch.write("flowers.csv", table);
    scratch.write("f.yaml",
                  "data: {type: csv, " + data +
                      ", scale: standard, split: {validation: 0.1, test: 0.2, stratify: true}}\n"
                      "model: {input: 2, layers: [{type: dense, units: 2, activation: softmax}]}\n"
                      "train: {cost: cross_entropy, epochs: 60, optimizer: {type: adam, "
                      "learning_rate: 0.05}}\n"
                      "metrics: [accuracy]\n");
    const Ended trained = run("$nnrun f.yaml -q --out r", scratch.folder());
    CAPTURE(trained.err);
    REQUIRE(trained.status == 0);
    if (gone) std::filesystem::remove(scratch / "flowers.csv");
  }
  /// Paths in messages are left without the folder.
  Ended eval(const std::string& more) const {
    Ended ended = run("$nnrun eval r " + more, scratch.folder());
    ended.err = replaced(ended.err, scratch.folder().string() + "/", "");
    return ended;
  }
};

}  // namespace

TEST_CASE("eval measures every row of another file, whatever the split, without the training file",
          "[cli][eval]") {
  const Flowers flowers;
  flowers.scratch.write("more.csv",
                        "length,width,species\n5,1,virginica\n0.1,2,setosa\n0.2,0,setosa\n");
  const Ended test = flowers.eval("--data test=more.csv");
  CHECK(test.err == "");
  CHECK_THAT(test.out, Contains("accuracy 100.00 %   (3 examples)"));
  CHECK_THAT(flowers.eval("--data path=more.csv").out, Contains("(3 examples)"));
  CHECK_THAT(flowers.eval("--data test=more.csv --data split.test=0.5").out,
             Contains("(3 examples)"));
}

TEST_CASE("eval finds the columns of another file by name, the class too", "[cli][eval]") {
  const Flowers flowers;
  flowers.scratch.write("more.csv", "species,note,width,length\nvirginica,a,1,5\nsetosa,b,2,0.1\n");
  CHECK_THAT(flowers.eval("--data test=more.csv").out,
             Contains("accuracy 100.00 %   (2 examples)"));
  flowers.scratch.write("less.csv", "species,width\nvirginica,1\n");
  CHECK(flowers.eval("--data test=less.csv").err ==
        "error: no column 'length'\n"
        "  --> less.csv:1\n"
        "   = help: the file has: species, width\n");
}

TEST_CASE("a column that is not there is told where it is named, and which was meant",
          "[cli][columns]") {
  const Scratch scratch;
  write_small(scratch);
  const auto said = [&](const std::string& words, int status = 5) {
    return refused("$nnrun " + words, status, scratch.folder());
  };
  CHECK(said("small.yaml --set data.columns.bb=category") ==
        "error: no column 'bb', which 'columns' tells of\n --> --set:1:14\n   |\n 1 | "
        "data.columns.bb=category\n   |              ^^\n   = note: looked for in " +
            (scratch / "small.csv").string() +
            "\n   = help: did you mean 'b'? the file has: a, b, kind\n");
  CHECK_THAT(said("small.yaml --set data.weights=A"),
             Contains("which 'weights' names\n --> --set:1:14\n") &&
                 Contains("did you mean 'a'? the file has: a, b, kind\n"));
  CHECK_THAT(said("small.yaml --set data.targets=[Kind]"),
             Contains("small.csv:1\n   = help: did you mean 'kind'? the file has: a, b, kind\n"));
  CHECK_THAT(said("small.yaml --set 'data.separator=;'"),
             Contains("the file has: a,b,kind\n           if that is several columns, write "
                      "separator: \",\" in data\n"));
  REQUIRE(run("$nnrun small.yaml -q --out r", scratch.folder()).status == 0);
  scratch.write("other.csv", "a,B\n1,2\n");
  CHECK_THAT(said("predict r --csv other.csv"),
             Contains("error: no column 'b'\n  --> other.csv:1\n   = help: did you mean 'B'? the "
                      "file has: a, B"));
  scratch.write("other.csv", "a,B,kind\n1,2,x\n");  // of a run, the file is what is wrong
  CHECK_THAT(said("eval r --data test=other.csv"),
             Contains("other.csv:1\n   = help: did you mean 'B'? the file has: a, B, kind\n"));
  // blanks that do not show, and names for a run without any
  scratch.write("bare.csv", "1,2,Bern\n2,3,Ulm\n3,4,Bern\n4,1,Ulm\n");
  scratch.write(
      "n.yaml",
      "data: {type: csv, path: bare.csv, header: false, inputs: [x1, x3], targets: [x2]}\n"
      "model: {layers: [{type: dense}]}\ntrain: {cost: mean_squared_error}\n");
  REQUIRE(run("$nnrun n.yaml -q --out n", scratch.folder()).status == 0);
  scratch.write("odd.csv", "1,0,Ulm\xC2\xA0\n");
  CHECK_THAT(said("eval n --data test=odd.csv"),
             Contains("it differs from 'Ulm' in blanks that do not show: write them alike\n"));
  scratch.write("few.csv", "1,2\n");
  CHECK_THAT(said("predict n --csv few.csv"),
             Contains("no column 'x3'\n  --> few.csv:1\n   = help: the file has: x1, x2"));
  scratch.write("named.csv", "b,c,d\n1,2,Ulm\n");
  CHECK_THAT(said("predict n --csv named.csv"),
             Contains("if the first row names the columns, take it out: the run calls them x1, "));
}

TEST_CASE("eval names a class of another file that the run does not have", "[cli][eval]") {
  const Flowers flowers;
  flowers.scratch.write("more.csv", "length,width,species\n5,1,virginica\n0.1,2,rosa\n");
  CHECK(flowers.eval("--data test=more.csv").err ==
        "error: column 'species': unknown class 'rosa'\n"
        "  --> more.csv:3\n"
        "   = help: the classes are: setosa, virginica\n"
        "           eval scores every row: take this one out, or write --on-error empty, which "
        "leaves "
        "it out\n");
  const Ended skipped = flowers.eval("--data test=more.csv --on-error empty");
  CHECK(skipped.err ==
        "note: 1 row that cannot be read is left out: more.csv:3 (column 'species': unknown class "
        "'rosa')\n");
  CHECK_THAT(skipped.out, Contains("(1 example)"));
  flowers.scratch.write("one.csv", "length,width,species\n5,1,virginica\n");
  CHECK_THAT(flowers.eval("--data test=one.csv").out, Contains("(1 example)"));
}

TEST_CASE("eval takes shares for targets only if training did", "[cli][eval]") {
  const Scratch scratch;
  const auto train = [&](const std::string& name, const std::string& rows) {
    scratch.write("t.csv", "x,y\n" + rows);
    scratch.write("c.yaml",
                  "data: {type: csv, path: t.csv}\nmodel: {layers: [{type: dense, activation: "
                  "sigmoid}]}\ntrain: {cost: binary_cross_entropy}\nmetrics: [accuracy]\n");
    REQUIRE(run("$nnrun c.yaml -q --out " + name, scratch.folder()).status == 0);
  };
  const auto eval = [&](const std::string& name, const std::string& rows) {
    scratch.write("more.csv", "x,y\n" + rows);
    return run("$nnrun eval " + name + " --data test=more.csv", scratch.folder());
  };
  train("yes", "1,0\n2,1\n3,0\n");
  train("shares", "1,0.25\n2,1\n3,0\n");
  for (const char* const share : {"0.5", "0.24", "0.75"}) {
    CAPTURE(share);
    const std::string rows = std::string("1,1\n2,") + share + "\n";
    const Ended refused = eval("yes", rows);
    CHECK(refused.status == 5);
    CHECK_THAT(refused.err, Contains(std::string("the target of test example 2 is ") + share +
                                     ", but the model tells yes or no: 0 or 1\n") &&
                                Contains("more.csv:3\n"));
    CHECK(eval("shares", rows).status == 0);
  }
  CHECK(eval("yes", "1,1\n2,0\n").status == 0);
  CHECK(eval("shares", "1,1\n2,0\n").status == 0);
  CHECK_THAT(eval("shares", "1,1\n2,1.5\n").err, Contains("example 2 is 1.5, but"));
  for (const char* const word : {"True", "false", "yes", "NO"})
    CHECK_THAT(eval("yes", std::string("1,1\n2,") + word + "\n").err,
               Contains("more.csv:3\n") && Contains("write 1 for yes, and 0 for no"));
}

TEST_CASE("eval refuses targets that are not what the run tells, by row", "[cli][eval]") {
  const Scratch scratch;
  const auto train = [&](const std::string& rows, const std::string& name) {
    scratch.write("t.csv", "x,a,b,c\n" + rows);
    scratch.write("l.yaml",
                  "data: {type: csv, path: t.csv, targets: [a, b, c]}\nmodel: {layers: [{type: "
                  "dense, units: 3, activation: sigmoid}]}\ntrain: {cost: "
                  "binary_cross_entropy}\nmetrics: [accuracy]\n");
    REQUIRE(run("$nnrun l.yaml -q --out " + name, scratch.folder()).status == 0);
  };
  const auto eval = [&](const std::string& name, const std::string& rows) {
    scratch.write("more.csv", "x,a,b,c\n" + rows);
    const Ended ended = run("$nnrun eval " + name + " --data test=more.csv", scratch.folder());
    CHECK(ended.status == (ended.err.empty() ? 0 : 5));
    return ended.err.empty() ? ended.out : replaced(ended.err, scratch.folder().string() + "/", "");
  };
  train("1,1,0,0\n2,0,1,0\n3,0,0,1\n", "classes");
  CHECK_THAT(eval("classes", "1,0,0,1\n2,.25,.25,.5\n"), Contains("are 0.25, 0.25, 0.5, but"));
  CHECK(eval("classes", "1,0,0,1\n2,0,0,0\n") ==
        "error: the targets of test example 2 are 0, 0, 0, but the model tells classes: one of "
        "them is 1\n"
        "  --> more.csv:3\n"
        "   = help: mend or leave out such rows; a model that is trained on data with such rows "
        "tells yes or no for each column\n"
        "           eval scores every row: take this one out, or write --on-error empty, which "
        "leaves it out\n");
  const auto left_out = [&](const std::string& name, const std::string& rows) {
    scratch.write("more.csv", "x,a,b,c\n" + rows);
    return run("$nnrun eval " + name + " --data test=more.csv --on-error empty", scratch.folder());
  };
  const Ended some = left_out("classes", "2,0,0,0\n1,0,0,1\n2,0,1,1\n3,1,0,0\n");
  CHECK(some.status == 0);
  CHECK(some.out == eval("classes", "1,0,0,1\n3,1,0,0\n"));
  CHECK(replaced(some.err, scratch.folder().string() + "/", "") ==
        "note: 2 rows that cannot be scored are left out: more.csv:2 (the targets of test example "
        "1 are 0, 0, 0, but the model tells classes: one of them is 1), more.csv:4\n");
  const Ended none = left_out("classes", "2,0,0,0\n");
  CHECK(none.status == 5);
  CHECK_THAT(none.err, Contains("error: no row can be scored: 1 row that cannot be scored is left "
                                "out: ") &&
                           Contains("more.csv:2 (the targets"));
  CHECK_THAT(eval("classes", "1,0,1,1\n"), Contains("are 0, 1, 1, but"));
  train("1,1,1,0\n2,0,0,0\n3,0,0,1\n", "labels");
  CHECK_THAT(eval("labels", "1,0,0,1\n2,0,0,0\n"), Contains("(2 examples)"));
  CHECK_THAT(eval("labels", "1,0,0,1\n2,0,2,0\n"),
             Contains("are 0, 2, 0, but the model tells yes or no: 0 or 1\n  --> more.csv:3"));
}

TEST_CASE("targets of all parts say whether rows are classes", "[cli][eval]") {
  const Scratch scratch;
  scratch.write("train.csv", "x,a,b\n1,1,0\n2,0,1\n");
  scratch.write("test.csv", "x,a,b\n1,1,0\n2,1,1\n");
  scratch.write("l.yaml",
                "data: {type: csv, path: train.csv, test: test.csv, targets: [a, b]}\nmodel: "
                "{layers: [{type: dense, units: 2, activation: sigmoid}]}\ntrain: {cost: "
                "binary_cross_entropy}\nmetrics: [accuracy]\n");
  const Ended ended = run("$nnrun l.yaml --out r", scratch.folder());
  CHECK_THAT(ended.err, Contains("2 labels, each a yes or no"));
  CHECK_THAT(ended.out, Contains("accuracy (of labels)"));
}

TEST_CASE("eval weighs classes as the run did, and examples if their file says how",
          "[cli][eval]") {
  // 32 of 40 rows are ham; sigmoid of 0 is a half, so that each costs log 2 times its weight
  const Scratch scratch;
  std::string table = "a,w,kind\n";
  for (int i = 0; i < 40; ++i)
    table += std::to_string(i % 3) + "," + std::to_string(i % 2 + 1) + "," +
             (i % 5 == 0 ? "spam" : "ham") + "\n";
  scratch.write("m.csv", table);
  scratch.write("m.yaml",
                "dtype: float64\ndata: {type: csv, path: m.csv, weights: w}\n"
                "model: {input: 1, defaults: {init: zeros}, layers: [{type: dense, units: 2, "
                "activation: softmax}]}\n"
                "train: {cost: {type: cross_entropy, class_weights: balanced}, mean_over: "
                "examples, epochs: 0}\n");
  const Ended trained = run("$nnrun m.yaml --out r", scratch.folder());
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  CHECK_THAT(trained.err,
             Contains("\nbalanced class weights: ham 0.625, spam 2.5\nexample weights w: 1 … 2, on "
                      "average 1.5; costs are divided by the number of examples, metrics count "
                      "all alike\n"));
  const auto cost = [&](const std::string& data, const std::string& said) {
    const Ended ended = run("$nnrun eval r --json --data test=" + data, scratch.folder());
    CHECK(run("$nnrun eval r --data test=" + data, scratch.folder()).err == said);
    return parsed(ended.out)["cost"].get<double>() / std::log(2.);
  };
  scratch.write("spam.csv", "a,w,kind\n1,3,spam\n2,1,spam\n0,0,ham\n");
  CHECK(cost("spam.csv", "") == Approx((3 * 2.5 + 2.5 + 0) / 3));
  scratch.write("bare.csv", "kind,a\nspam,1\nham,2\n");
  CHECK(cost("bare.csv", "note: the data have no column 'w': each example counts 1\n") ==
        Approx((2.5 + 0.625) / 2));
  scratch.write("bad.csv", "a,w,kind\n1,-3,spam\n");
  CHECK_THAT(run("$nnrun eval r --data test=bad.csv", scratch.folder()).err,
             Contains("an example cannot count -3, less than nothing") && Contains("bad.csv:2"));
  CHECK(run("$nnrun verify r", scratch.folder()).status == 0);
  // other weights are other data
  scratch.write("m.csv", replaced(table, ",2,spam", ",7,spam"));
  CHECK(parsed(run("$nnrun verify r --json", scratch.folder()).out)["changed"][0]["what"] ==
        "data");
}

TEST_CASE("with its own files, eval keeps the split of the run", "[cli][eval]") {
  const Flowers flowers("path: flowers.csv", false);
  CHECK_THAT(flowers.eval("").out, Contains("test   ") && Contains("(8 examples)"));
}

TEST_CASE("eval takes other npy and idx files without those of the training", "[cli][eval]") {
  const Scratch scratch;
  scratch.write("x.npy", npy_bytes("'<f4'", "(4, 2)", bytes_of<float>({0, 0, 0, 1, 1, 0, 1, 1})));
  scratch.write("t.npy", npy_bytes("'|u1'", "(4,)", std::string("\0\0\1\1", 4)));
  scratch.write("x2.npy", npy_bytes("'<f4'", "(3, 2)", bytes_of<float>({0, 0, 0, 1, 1, 0})));
  scratch.write("t2.npy", npy_bytes("'|u1'", "(3,)", std::string("\0\0\1", 3)));
  scratch.write("i", idx_bytes({2, 1, 2}, "\1\2\3\4"));
  scratch.write("l", idx_bytes({2}, std::string("\0\1", 2)));
  scratch.write("i2", idx_bytes({3, 1, 2}, "\1\2\3\4\5\6"));
  scratch.write("l2", idx_bytes({3}, std::string("\0\1\0", 3)));
  const auto trained = [&](const std::string& name, const std::string& data,
                           const std::string& input) {
    scratch.write(name + ".yaml", "data: " + data + "\nmodel: {input: " + input +
                                      ", layers: [{type: flatten}, {type: dense, units: 2}]}\n"
                                      "train: {cost: mean_squared_error}\n");
    const Ended ended = run("$nnrun " + name + ".yaml -q --out " + name, scratch.folder());
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
  };
  trained("npy", "{type: npy, inputs: x.npy, targets: t.npy, one_hot: true}", "2");
  trained("idx", "{type: idx, images: i, labels: l, validation: 1}", "[1, 2]");
  for (const char* gone : {"x.npy", "t.npy", "i", "l"}) std::filesystem::remove(scratch / gone);
  const auto eval = [&](const std::string& words) {
    const Ended ended = run("$nnrun eval " + words, scratch.folder());
    return ended.err + ended.out;
  };
  CHECK_THAT(eval("npy --data test_inputs=x2.npy --data test_targets=t2.npy"),
             Contains("test ") && Contains("(3 examples)"));
  CHECK_THAT(eval("idx --data test_images=i2 --data test_labels=l2"),
             Contains("test ") && Contains("(3 examples)"));
  CHECK_THAT(eval("idx --data images=i2 --data labels=l2"), Contains("(3 examples)"));
}

}  // namespace nnrun::testing
