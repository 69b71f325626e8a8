// A model without the folder of its run.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/project.hpp"
#include "loading/plugin_factory.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
namespace fs = std::filesystem;

/// A project whose model alone was carried elsewhere; the rest is gone.
struct Carried {
  Project project;
  std::string one, table, measured;
  explicit Carried(const std::string& set = "") : project(set) {
    one = project.nnrun("predict r 1.5,0.25 --json").out;
    table = project.nnrun("predict r --csv data/table.csv --keep all -q").out;
    measured = project.nnrun("eval r --data test=data/table.csv").out;
    fs::create_directories(project.scratch / "away");
    fs::copy(project.folder() / "r/model.safetensors", project.scratch / "away/m.safetensors");
    fs::copy(project.folder() / "data/table.csv", project.scratch / "away/table.csv");
    fs::remove_all(project.folder());
  }
  Ended nnrun(const std::string& words) const {
    return run("$nnrun " + words, project.scratch / "away");
  }
  std::string refused(const std::string& words, int status) const {
    return testing::refused("$nnrun " + words, status, project.scratch / "away");
  }
};

TEST_CASE("a model alone is used as its run was, from any folder", "[cli]") {
  const Carried carried;
  const nlohmann::json one = parsed(carried.nnrun("predict m.safetensors 1.5,0.25 --json").out);
  CHECK(one["predict"] == parsed(carried.one)["predict"]);
  CHECK(one["run"] == "m.safetensors");
  CHECK(carried.nnrun("predict m.safetensors --csv table.csv --keep all -q").out == carried.table);
  CHECK(carried.nnrun("eval m.safetensors --data test=table.csv").out == carried.measured);
  const Ended summary = carried.nnrun("summary m.safetensors");
  CHECK(summary.status == 0);
  CHECK_THAT(summary.out, Contains("dense_1 (dense)  4"));
  CHECK(carried.nnrun("export m.safetensors --c net.c -q").status == 0);
}

TEST_CASE("a model is known by what it holds, whatever its name", "[cli]") {
  const Carried carried;
  const fs::path away = carried.project.scratch / "away";
  fs::copy(away / "m.safetensors", away / "my model.bin");
  CHECK(carried.nnrun("predict 'my model.bin' --csv table.csv --keep all -q").out == carried.table);
  CHECK(carried.nnrun("export 'my model.bin' --c net.c -q").status == 0);
  for (const std::string verb : {"", "check ", "compare m.safetensors "})
    for (const std::string file : {"'my model.bin'", "m.safetensors"}) {
      CAPTURE(verb, file);
      const Ended ended = carried.nnrun(verb + file);
      CHECK(ended.status == 3);
      CHECK_THAT(ended.err, Contains("is a trained model, not a config") &&
                                Contains("nnrun predict, eval, export and summary take it"));
    }
  CHECK_THAT(carried.refused("verify m.safetensors", 2), Contains("is a model without its run"));
}

TEST_CASE("a model alone has no data, and says so", "[cli]") {
  const Carried carried;
  const std::string said = carried.refused("eval m.safetensors", 2);
  CHECK_THAT(said, Contains("'m.safetensors' is a model alone: its data are not there") &&
                       Contains("nnrun eval m.safetensors --data path=FILE"));
}

TEST_CASE("data that are made anew are made for a model alone, too", "[cli]") {
  const Scratch scratch;
  const Ended both =
      run("$nnrun -q $configs/diagonal.yaml --out r >said && $nnrun eval r && "
          "mkdir away && cp r/model.safetensors away/m.safetensors && rm -r r && "
          "$nnrun eval away/m.safetensors",
          scratch.folder());
  CAPTURE(both.out, both.err);
  CHECK(both.status == 0);
  const std::size_t half = both.out.rfind("test ");
  REQUIRE(half != std::string::npos);
  CHECK(both.out.substr(0, both.out.find('\n')) ==
        both.out.substr(half, both.out.find('\n', half) - half));
}

/// Returns the file with a text of its metadata replaced by another of its length, without the
/// checksums.
void edit(const fs::path& file, const std::string& from, const std::string& to) {
  REQUIRE(from.size() == to.size());
  std::string bytes = text_of(file);
  for (const char* const sum : {"\"header_crc32c\":\"", "\"data_crc32c\":\""}) {
    const std::size_t at = bytes.find(sum);
    REQUIRE(at != bytes.npos);
    bytes[at + 1] = 'x';  // another key, which nobody reads
  }
  const std::size_t at = bytes.find(from);
  REQUIRE(at != bytes.npos);
  bytes.replace(at, from.size(), to);
  std::ofstream(file, std::ios::binary) << bytes;
}

TEST_CASE("a model opens no file that it names, and runs no code", "[cli]") {
  const Carried carried;
  const fs::path file = carried.project.scratch / "away/m.safetensors";
  const std::string whole = text_of(file);
  // the comment of the config makes room
  const std::string comment = "# Written by nnrun: what the use of this network needs.\\n";
  const auto with = [&](std::string key) {
    std::ofstream(file, std::ios::binary) << whole;
    key += "\\n";
    REQUIRE(key.size() + 1 <= comment.size());
    edit(file, comment, "#" + std::string(comment.size() - key.size() - 3, 'x') + "\\n" + key);
    return carried.refused("predict m.safetensors 1,2", 3);
  };
  CHECK_THAT(with("plugins: [evil.so]"),
             Contains("a model cannot have 'plugins': it opens no file"));
  CHECK_THAT(with("extends: other.yaml"), Contains("'extends' is for files"));
}

TEST_CASE("a model of another format, a checkpoint, or a piece of one is refused", "[cli]") {
  const Carried carried;
  const fs::path file = carried.project.scratch / "away/m.safetensors";
  const std::string whole = text_of(file);
  edit(file, "\"model_format\":\"1\"", "\"model_format\":\"2\"");
  CHECK_THAT(carried.refused("predict m.safetensors 1,2", 1),
             Contains("the model has format '2'; this nnrun reads format 1") &&
                 Contains("a newer nnrun wrote it"));
  std::ofstream(file, std::ios::binary) << whole;
  edit(file, "\"config\":", "\"confug\":");
  CHECK_THAT(carried.refused("predict m.safetensors 1,2", 1),
             Contains("does not say what network its numbers belong to") &&
                 Contains("name the folder of its run"));
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{7}, whole.size() / 3, whole.size() - 1}) {
    std::ofstream(file, std::ios::binary) << whole.substr(0, size);
    CHECK_THAT(carried.refused("predict m.safetensors 1,2", 1), Contains("m.safetensors"));
  }
}

std::string own_plugin(const std::string& setting, const std::string& doc = "") {
  return "#include <nnrun/plugin.hpp>\nstruct Own : nnrun::Activation {\n"
         "  static constexpr auto name = \"own\", doc = \"" +
         doc + "\";\n  double " + setting +
         " = 0.5;\n  static constexpr auto params() { return nnrun::params(nnrun::param(&Own::" +
         setting + ", \"" + setting + "\", \"\")); }\n  auto f(auto x) const { return x * " +
         setting + "; }\n};\nNNRUN_REGISTER(Own)\n";
}

TEST_CASE("a model alone tells of a plugin that is missing or another", "[cli]") {
  const PluginFactory factory;
  factory.cpp("plugins/own.so", own_plugin("slope"));
  factory.scratch().write("t.csv", "a,b\n1,2\n2,4\n3,6\n");
  factory.scratch().write("n.yaml",
                          "plugins: [plugins/own.so]\ndata: {type: csv, path: t.csv}\n"
                          "model: {input: 1, layers: [{type: dense, units: 1, activation: own}]}\n"
                          "train: {cost: mean_squared_error}\n");
  const Ended trained =
      run("$nnrun -q n.yaml --out r && mv r/model.safetensors m.safetensors", factory.folder());
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  const std::string with = "NNRUN_PLUGIN_PATH=$PWD/plugins ";
  CHECK(run(with + "$nnrun predict m.safetensors 3", factory.folder()).err == "");
  CHECK_THAT(refused("$nnrun predict m.safetensors 3", 4, factory.folder()),
             Contains("the run needs activation 'own', which no loaded plugin provides") &&
                 Contains("own.so"));
  factory.cpp("plugins/own.so", own_plugin("slope", "another"));
  const Ended other = run(with + "$nnrun predict m.safetensors 3", factory.folder());
  CHECK(other.status == 0);
  CHECK_THAT(other.err, Contains("changed since the run, so numbers may differ: plugins/own.so"));
  factory.cpp("plugins/own.so", own_plugin("steep"));
  CHECK_THAT(refused(with + "$nnrun predict m.safetensors 3", 3, factory.folder()),
             Contains("m.safetensors:") && Contains("slope"));
}

TEST_CASE("an example gets the digits that its row gets in a table", "[cli]") {
  const Scratch scratch;
  std::string table = "a,b,c,y\n";
  for (int i = 0; i < 300; ++i)
    table += std::to_string(std::abs(std::sin(i))) + "," + std::to_string(std::cos(i * 3)) + "," +
             std::to_string(i % 7 * 0.25) + "," + std::to_string(i % 5 * 0.1) + "\n";
  scratch.write("t.csv", table);
  for (const char* const units : {"5", "40", "600"})  // the last runs in blocks
    for (const char* const dtype : {"float32", "float64"}) {
      CAPTURE(units, dtype);
      scratch.write("n.yaml", std::string("dtype: ") + dtype +
                                  "\ndata: {type: csv, path: t.csv, scale: standard}\nmodel: "
                                  "{input: 3, layers: [{type: dense, units: " +
                                  units + ", activation: tanh}, {type: dense, units: " + units +
                                  ", activation: gelu}, {type: dense, units: 1}]}\n"
                                  "train: {cost: mean_squared_error}\n");
      const Ended trained = run("rm -rf r; $nnrun -q n.yaml --out r", scratch.folder());
      CAPTURE(trained.err);
      REQUIRE(trained.status == 0);
      const nlohmann::json rows =
          parsed(run("$nnrun predict r --csv t.csv --json", scratch.folder()).out)["predict"];
      std::string words;
      for (std::size_t at = table.find('\n') + 1; at < table.size();) {
        const std::size_t end = table.find('\n', at);
        const std::string line = table.substr(at, end - at);
        words += " '" + line.substr(0, line.rfind(',')) + "'";
        at = end + 1;
      }
      const nlohmann::json examples =
          parsed(run("$nnrun predict r --json" + words, scratch.folder()).out)["predict"];
      REQUIRE(examples.size() == rows.size());
      std::size_t equal = 0;
      for (std::size_t i = 0; i < rows.size(); ++i)
        equal += rows[i]["output"] == examples[i]["output"] ? 1u : 0u;
      CHECK(equal == 300);
    }
}

}  // namespace
}  // namespace nnrun::testing
