// Data whose inputs do not fit into memory: they stay in the files, and no bit shows it.
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/example_data.hpp"
#include "support/limits.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

constexpr std::size_t rows = 120'000, columns = 100;  // 48 MB in float32
// in kB, for what a process writes to: too little for these inputs, enough for the rest
const std::string small = "ulimit -d 48000; ";

/// Writes numbers that differ by row and column, and classes or sums that follow from them.
struct Files {
  Scratch scratch;

  void floats(const std::string& inputs, const std::string& targets, std::size_t n,
              const std::string& fortran = "False") const {
    const std::size_t inner = fortran == "True" ? n : columns, outer = n * columns / inner;
    std::ofstream x(scratch / inputs, std::ios::binary), t(scratch / targets, std::ios::binary);
    x << npy_bytes("'<f4'", "(" + std::to_string(n) + ", " + std::to_string(columns) + ")", "",
                   fortran);
    t << npy_bytes("'<f4'", "(" + std::to_string(n) + ",)", "");
    std::vector<float> some(inner);
    for (std::size_t i = 0; i < outer; ++i) {
      for (std::size_t k = 0; k < inner; ++k)
        some[k] = fortran == "True" ? number(k, i) : number(i, k);
      x << bytes_of(some);
    }
    for (std::size_t r = 0; r < n; ++r) t << bytes_of<float>({number(r, 0) + number(r, 1)});
    REQUIRE((x.flush() && t.flush()));
  }
  void images() const {
    std::ofstream x(scratch / "images", std::ios::binary), t(scratch / "labels", std::ios::binary);
    x << idx_bytes({rows, 10, 10}, "");
    t << idx_bytes({rows}, "");
    for (std::size_t r = 0; r < rows; ++r) {
      std::string image;
      for (std::size_t k = 0; k < 100; ++k)
        image += static_cast<char>((r * 31 + k * 7 + r % 3 * k) % 251);
      x << image;
      t << static_cast<char>(r % 3);
    }
    REQUIRE((x.flush() && t.flush()));
  }
  static float number(std::size_t row, std::size_t column) {
    const float x =
        static_cast<float>((row * 7919 + column * 104729 + row / 7 * column) % 1000) / 500 - 1;
    return column == 2 ? std::abs(x) : x;  // what an example counts, in one of the runs
  }
  /// Trains in a folder `out`. Returns what is said on the way.
  std::string train(const std::string& limit, const std::string& out,
                    const std::string& config = "c.yaml") const {
    const Ended ended =
        run(limit + "$nnrun train " + config + " --threads 1 --out " + out, scratch.folder());
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    return ended.err;
  }
  /// Returns what a run recorded, without what may differ between two.
  json record(const std::string& run) const {
    json all = json::parse(text_of(scratch / run / "run.json")), result = all["result"];
    for (const char* const key : {"run", "seconds", "examples_per_second"}) result.erase(key);
    result["data"] = all["data_sha256"];
    return result;
  }
};

const std::string from_files = "inputs do not fit into memory: they are read from the files";
const std::string net =
    "model: {layers: [{type: dense, units: 4, activation: tanh}, {type: dense, units: 1}]}\n";
const std::string classes =
    "model: {layers: [{type: dense, units: 3, activation: softmax}]}\nmetrics: [accuracy]\n";

}  // namespace

TEST_CASE("inputs that do not fit into memory stay in the files, and no bit shows it",
          "[training][stored]") {
  if (sanitized) return;  // they need memory for themselves
  const std::string npy = "type: npy, inputs: x.npy, targets: t.npy",
                    idx = "type: idx, images: images, labels: labels";
  struct Case {
    const char* name;
    std::string data, more;
  };
  const Case c = GENERATE_COPY(
      Case{"in any order", npy, net + "train: {cost: mean_squared_error, steps: 300}\n"},
      Case{"in the order of the data", npy,
           net + "train: {cost: mean_squared_error, shuffle: false, batch_size: 100, epochs: 2}\n"},
      Case{"by blocks", npy,
           net + "metrics: [r2]\ntrain: {cost: mean_squared_error, batch_size: 300, epochs: 3, "
                 "shuffle: {blocks: 5, block_size: 700}}\n"},
      Case{"split at random, scaled",
           npy + ", scale: standard, split: {validation: 0.1, test: 0.2}",
           net + "train: {cost: mean_squared_error, epochs: 1, batch_size: 500, shuffle: {blocks: "
                 "8}}\n"},
      Case{"split from the end, scaled by the ends, targets too",
           npy +
               ", scale: min_max, target_scale: standard, split: {validation: 0.1, shuffle: false}",
           net + "train: {cost: mean_squared_error, epochs: 2, batch_size: 500, shuffle: {blocks: "
                 "8}, early_stopping: {monitor: val.cost, patience: 1}}\n"},
      Case{"features and weights",
           npy + ", weights: x3, features: [x1, x2, x1*x2, sin(x5)" +
               [] {
                 std::string all;
                 for (int i = 6; i < 100; ++i) all += ", x" + std::to_string(i);
                 return all;
               }() +
               "]",
           net + "train: {cost: mean_squared_error, steps: 200, batch_size: 100, shuffle: {blocks: "
                 "3}}\n"},
      Case{"a validation file", npy + ", validation_inputs: v.npy, validation_targets: w.npy",
           net + "metrics: [r2]\ntrain: {cost: mean_squared_error, steps: 100, optimizer: adam}\n"},
      Case{"double", npy,
           "dtype: float64\n" + net +
               "train: {cost: mean_squared_error, epochs: 1, batch_size: 512, "
               "shuffle: {blocks: 4, block_size: 512}}\n"},
      Case{"images by class", idx + ", split: {validation: 0.1, stratify: true}",
           classes + "train: {cost: {type: cross_entropy, class_weights: balanced}, epochs: 2, "
                     "batch_size: 500, shuffle: {blocks: 16}, measure: after_epoch}\n"},
      Case{"images, held back and changed by chance",
           idx + ", validation: 5000, augment: [{type: shift, pixels: 1}]",
           classes + "train: {cost: cross_entropy, epochs: 1, batch_size: 500, shuffle: {blocks: "
                     "16}}\n"},
      Case{"an autoencoder of images", idx + ", target: image, split: {test: 0.7}",
           "model: {layers: [{type: dense, units: 3}, {type: dense, units: 100}, {type: reshape, "
           "shape: [10, 10]}]}\ntrain: {cost: mean_squared_error, steps: 50}\n"});
  CAPTURE(c.name);
  const Files files;
  if (c.data.starts_with("type: idx"))
    files.images();
  else
    files.floats("x.npy", "t.npy", rows);
  if (c.data.find("v.npy") != c.data.npos) files.floats("v.npy", "w.npy", 3000);
  files.scratch.write("c.yaml", "seed: 3\ndata: {" + c.data + "}\n" + c.more);
  CHECK_THAT(files.train("", "usual"), !Contains(from_files));
  const bool is_wide = c.data.find("target: image") != c.data.npos;
  CHECK_THAT(files.train(is_wide ? "ulimit -d 95000; " : small, "less"), Contains(from_files));
  CHECK(files.record("less") == files.record("usual"));
}

TEST_CASE("a run whose inputs stay in the files is stopped, goes on, is measured and answers",
          "[training][stored]") {
  if (sanitized) return;
  const Files files;
  files.floats("x.npy", "t.npy", rows);
  const std::string config =
      "data: {type: npy, inputs: x.npy, targets: t.npy, scale: standard, split: {test: 0.1}}\n" +
      net +
      "train: {cost: mean_squared_error, batch_size: 200, epochs: 3, shuffle: {blocks: 7, "
      "block_size: 300}, checkpoint: {every: 100}}\n";
  files.scratch.write("c.yaml", config);
  files.train("", "usual");
  const auto limited = [&](const std::string& words) {
    return run(small + "$nnrun " + words, files.scratch.folder());
  };
  // it is killed within an epoch, most likely within blocks that are shuffled together
  const Ended killed = run(small + started("$nnrun c.yaml --threads 1 --out less >out 2>err") +
                               wait_until("ls less/checkpoints/*.safetensors >/dev/null 2>&1") +
                               "kill -9 $child\nwait $child 2>/dev/null\ntrue",
                           files.scratch.folder());
  CAPTURE(killed.err);
  REQUIRE(killed.status == 0);
  const Ended resumed = limited("train --resume less --threads 1");
  CAPTURE(resumed.err);
  REQUIRE(resumed.status == 0);
  CHECK(files.record("less")["weights_sha256"] == files.record("usual")["weights_sha256"]);
  const Ended measured = limited("eval less --json"),
              usual = run("$nnrun eval usual --json", files.scratch.folder());
  CAPTURE(measured.err);
  CHECK(measured.status == 0);
  CHECK(parsed(measured.out)["cost"] == parsed(usual.out)["cost"]);
  CHECK(limited("verify less -q").status == 0);
  const Ended answers = limited("predict less --npy x.npy -q --threads 2");
  CHECK(answers.out == run("$nnrun predict usual --npy x.npy -q", files.scratch.folder()).out);
}

TEST_CASE("what does not fit into memory and cannot stay in the files says what to do",
          "[training][stored]") {
  if (sanitized) return;
  const Files files;
  const auto refusal = [&](const std::string& data, const std::string& more = "") {
    const std::string units =
        data.starts_with("type: idx") ? replaced(net, "units: 1}", "units: 3}") : net;
    files.scratch.write("c.yaml", "data: {" + data + "}\n" + units +
                                      "train: {cost: mean_squared_error, epochs: 1}\n" + more);
    const Ended ended = run(small + "$nnrun c.yaml -q --threads 1 --out r", files.scratch.folder());
    CHECK(ended.status == 3);
    return replaced(ended.err, files.scratch.folder().string() + "/", "");
  };
  files.floats("x.npy", "t.npy", rows);
  CHECK_THAT(
      refusal("type: npy, inputs: x.npy, targets: t.npy, scale: robust"),
      Contains("'scale: robust' needs all numbers of a column at once, but the inputs do not "
               "fit into memory") &&
          Contains("help: write scale: standard"));
  CHECK_THAT(refusal("type: npy, inputs: x.npy, targets: t.npy, windows: {length: 3}"),
             Contains(" needed, ") && Contains(" available: "));
  files.images();
  const std::string images = text_of(files.scratch / "images");
  files.scratch.write("images", gzipped(files.scratch, images));
  CHECK_THAT(refusal("type: idx, images: images, labels: labels"),
             Contains("help: unpack it by gunzip"));
}

TEST_CASE("files that change while their inputs stay in them are told, and nothing crashes",
          "[training][stored]") {
  if (sanitized) return;
  const Files files;
  const std::string how = GENERATE(
                        "truncate -s 1000000 ", "truncate -s +1000 ",
                        "dd if=/dev/zero bs=1 count=4 seek=9000000 conv=notrunc of=", "rm "),
                    file = GENERATE("x.npy", "images");
  CAPTURE(how, file);
  const bool is_npy = file == "x.npy";
  if (is_npy)
    files.floats("x.npy", "t.npy", rows);
  else
    files.images();
  files.scratch.write("c.yaml", std::string("data: {type: ") +
                                    (is_npy ? "npy, inputs: x.npy, targets: t.npy"
                                            : "idx, images: images, labels: labels") +
                                    "}\n" + (is_npy ? net : classes) +
                                    "train: {cost: mean_squared_error, batch_size: 100, epochs: "
                                    "100000, shuffle: {blocks: 3}}\n");
  const Ended ended = run(small + started("$nnrun c.yaml --threads 1 --out r >out 2>err") +
                              wait_until("grep -q '^epoch' err") + how + file +
                              " 2>/dev/null\nwait $child; status=$?; "
                              "cat err >&2; exit $status",
                          files.scratch.folder());
  CAPTURE(ended.err);
  CHECK(ended.status == 5);
  CHECK_THAT(ended.err, Contains("error: changed while it was read\n") && Contains(file) &&
                            Contains("help: wait until it is whole, then try again"));
}

TEST_CASE("whatever room there is, a run fits, or says beforehand what it needs",
          "[training][stored]") {
  if (sanitized) return;  // they need memory for themselves
  const Scratch scratch;
  scratch.write(
      "c.yaml",
      "data: {type: diagonal, train: 20000, test: 1000}\ndtype: float32\nmetrics: [accuracy]\n"
      "model: {input: 2, layers: [{type: dense, units: 600, activation: tanh}, {type: dense, "
      "units: "
      "600, activation: tanh}, {type: dense, units: 600, activation: tanh}, {type: dense, units: "
      "1, "
      "activation: sigmoid}]}\n"
      "train: {cost: mean_squared_error, batch_size: 500, steps: 3, optimizer: adam, shards: 2,"
      " early_stopping: {monitor: train.cost, patience: 3, restore_best: true}}\n");
  int fits = 0, refused = 0;
  for (const int threads : {1, 2})
    for (int megabytes = 80; megabytes <= 400; megabytes += 16) {
      const std::string out = std::to_string(threads) + "-" + std::to_string(megabytes);
      const Ended ended =
          run("ulimit -v " + std::to_string(1000 * megabytes) +
                  "; $nnrun train c.yaml -q --threads " + std::to_string(threads) + " --out " + out,
              scratch.folder());
      CAPTURE(threads, megabytes, ended.err);
      fits += ended.status == 0;
      refused += ended.status == 3;
      CHECK((ended.status == 0 || ended.status == 3));
      if (ended.status == 3)
        CHECK_THAT(ended.err, Contains(" needed, ") && Contains(" available: "));
    }
  CHECK(fits > 5);
  CHECK(refused > 5);
}

}  // namespace nnrun::testing
