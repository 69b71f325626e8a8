// What verify, eval, predict and training again say of things that changed since a run.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/project.hpp"
namespace nnrun::testing {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

const std::string note = "note: changed since the run, so numbers may differ: ";

std::string plugin(const std::string& name, const std::string& factor) {
  return "struct " + name +
         " : nnrun::Activation {\n"
         "  static constexpr auto name = \"" +
         name +
         "\", doc = \"x\";\n"
         "  auto f(auto x) const { return " +
         factor + " * x / (1 + x * x); }\n};\nNNRUN_REGISTER(" + name + ")\n";
}

/// A project with libraries of its own, `one` and `two`.
struct Plugins : Project {
  Plugins() : Project("") {
    build("one.so", plugin("one", "2.0"));
    build("two.so", plugin("two", "1.0"));
    edit("net.yaml", "data:", "plugins: [lib/one.so, lib/two.so]\ndata:");
    edit("net.yaml", "tanh", "one");
    edit("net.yaml", "layers: [", "layers: [{type: dense, units: 3, activation: two}, ");
    REQUIRE(nnrun("-q net.yaml --out p").status == 0);
  }
  void build(const std::string& file, const std::string& source) const {
    scratch.write("mine/lib/source.cpp", "#include <nnrun/plugin.hpp>\n" + source);
    REQUIRE(run(NNRUN_CXX " -std=c++20 -O0 -fPIC -shared -I" NNRUN_SOURCE_DIR
                          "/framework/include lib/source.cpp -o lib/new.so && mv lib/new.so lib/" +
                    file,
                folder())
                .status == 0);
  }
  std::string sum_of(const std::string& file) const {
    return run("sha256sum <lib/" + file, folder()).out.substr(0, 64);
  }
};

/// Returns what a verb says besides which libraries it loads.
std::string told_by(const Ended& ended) {
  const std::size_t at = ended.err.find("note: ");
  return at == std::string::npos ? "" : ended.err.substr(at);
}

std::string recorded_sum(const json& record, const std::string& file) {
  for (const json& library : record["plugins"])
    if (library["file"].get<std::string>().ends_with("/" + file)) return library["sha256"];
  return "";
}

}  // namespace

TEST_CASE("one digit of the data that changed is told by every verb", "[cli][verify]") {
  const Project project;
  const json record = parsed(text_of(project.folder() / "r/run.json"));
  CHECK(project.nnrun("eval r").err == "");
  project.edit("data/table.csv", "\n4,0.", "\n4.5,0.");
  const json said = project.verified("r", 1);
  CHECK(said["verdict"] == "different");
  CHECK(changed_in(said) == std::vector<std::string>{"data"});
  CHECK(said["changed"][0]["recorded"] == record["data_sha256"]);
  CHECK(said["first_difference"]["epoch"] == 1);
  const std::string column = said["first_difference"]["column"];
  CHECK_THAT(column, Contains("cost"));
  const std::string csv = text_of(project.folder() / "r/metrics.csv");
  CHECK_THAT(csv, Contains(said["first_difference"]["recorded"].get<std::string>()));
  const Ended text = project.nnrun("verify r");
  CHECK_THAT(text.out,
             StartsWith("different  r does not give the same again\nfirst      epoch 1, ") &&
                 Contains("\nchanged    data: recorded "));

  const Ended eval = project.nnrun("eval r");
  CHECK(eval.status == 0);
  CHECK(eval.err == note +
                        "data\nnote: the test part was cut anew, so it may hold examples that the "
                        "network was trained on\n");
  CHECK(parsed(project.nnrun("eval --json r").out)["changed"] == json({"data"}));
  CHECK(project.nnrun("eval r --data path=data/table.csv").err == "");  // asked for
  CHECK_THAT(project.nnrun("r/config.yaml --out again").err, Contains(note + "data\n"));
  CHECK(project.nnrun("predict r 1,2").err == "");  // needs no data
}

TEST_CASE("a config.yaml that was edited since the run is told", "[cli][verify]") {
  const Project project;
  project.edit("r/config.yaml", "epochs: 6", "epochs: 5");
  CHECK(project.nnrun("eval r").err == note + "config.yaml\n");
  CHECK(project.nnrun("predict r 1,2").err == note + "config.yaml\n");
  CHECK_THAT(project.nnrun("r/config.yaml --out again").err, StartsWith(note + "config.yaml\n"));
  const json said = project.verified("r", 1);
  CHECK(said["verdict"] == "different");
  CHECK(changed_in(said) == std::vector<std::string>{"config.yaml"});
  CHECK(said["first_difference"] ==
        json({{"epoch", 6}, {"column", "epoch"}, {"recorded", "6"}, {"now", ""}}));
  project.edit("r/config.yaml", "units: 4", "units: 3");  // now the model does not fit, either
  CHECK(project.verified("r", 1)["digits"] == 0);
}

TEST_CASE("numbers to start from that changed since the run are told", "[cli][verify]") {
  const Project project;
  fs::copy_file(project.folder() / "r/model.safetensors", project.folder() / "start");
  REQUIRE(project.nnrun("-q net.yaml --out s --set model.weights=start").status == 0);
  CHECK(project.verified("s")["verdict"] == "identical");
  const std::string sum = run("sha256sum <start", project.folder()).out.substr(0, 64);
  REQUIRE(project.nnrun("-q net.yaml --out other --set seed=9").status == 0);
  fs::copy_file(project.folder() / "other/model.safetensors", project.folder() / "start",
                fs::copy_options::overwrite_existing);
  CHECK(project.nnrun("eval s").err == note + "model.weights\n");
  const json said = project.verified("s", 1);
  CHECK(changed_in(said) == std::vector<std::string>{"model.weights"});
  CHECK(said["changed"][0]["recorded"] == sum);
}

TEST_CASE("eval measures the model that --set model.weights names", "[cli][verify]") {
  const Project project;
  REQUIRE(project.nnrun("-q net.yaml --set seed=5 --out five").status == 0);
  const auto cost = [&](const std::string& words) {
    const Ended ended = project.nnrun("eval r --json " + words);
    CAPTURE(ended.err);
    CHECK(ended.status == 0);
    return parsed(ended.out)["cost"];
  };
  // the same examples: the run's, by its seed
  CHECK(cost("--set model.weights=five/model.safetensors") != cost(""));
  CHECK(cost("--set model.weights=r/model.safetensors") == cost(""));
}

TEST_CASE("weights of a network with other classes are refused", "[cli][eval]") {
  const Project project;
  const std::string table = text_of(project.folder() / "data/table.csv");
  std::string renamed = table;
  for (char& c : renamed) c = c == 'x' ? 'p' : c == 'y' ? 'q' : c;
  project.scratch.write("mine/data/table.csv", renamed);
  REQUIRE(project.nnrun("-q net.yaml --out renamed").status == 0);
  project.scratch.write("mine/data/table.csv", table + "9,9,z\n9,8,z\n");
  REQUIRE(project.nnrun("-q net.yaml --out three --set model.layers.dense_2.units=3").status == 0);
  project.scratch.write("mine/data/table.csv", table);
  const auto said = [&](const std::string& other, int status) {
    return refused("$nnrun eval r --set model.weights=" + other + "/model.safetensors", status,
                   project.folder());
  };
  CHECK_THAT(said("renamed", 5), StartsWith("error: column 'kind': unknown class '") &&
                                     Contains("the classes are: p, q\n"));
  CHECK_THAT(said("three", 3), StartsWith("error: "));
  CHECK(project.nnrun("eval r").status == 0);
}

TEST_CASE("a record has the checksum of the library that ran", "[cli][verify][plugins]") {
  const Plugins project;
  const json record = parsed(text_of(project.folder() / "p/run.json"));
  const std::string sum = project.sum_of("one.so");
  CHECK(recorded_sum(record, "one.so") == sum);

  // built anew while a run trains: the run has the first one
  fs::copy_file(project.folder() / "lib/one.so", project.folder() / "lib/first.so");
  project.build("next.so", plugin("one", "2.5"));
  const Ended ended =
      run(started("$nnrun -q net.yaml --out w --set train.epochs=10000000") +
              wait_until("test -s w/metrics.csv && test $(wc -l <w/metrics.csv) -ge 2") +
              "mv lib/next.so lib/one.so; kill -TERM $child; wait $child",
          project.folder());
  CHECK(ended.status == 143);
  CHECK(recorded_sum(parsed(text_of(project.folder() / "w/run.json")), "one.so") == sum);
  CHECK(told_by(project.nnrun("eval p")) == note + "lib/one.so\n");
  const json said = project.verified("p", 1);
  CHECK(said["changed"][0] ==
        json({{"what", "lib/one.so"}, {"recorded", sum}, {"now", project.sum_of("one.so")}}));

  // any library of the run, not only the first
  fs::rename(project.folder() / "lib/first.so", project.folder() / "lib/one.so");
  CHECK(told_by(project.nnrun("eval p")) == "");
  CHECK(project.verified("p")["verdict"] == "identical");
  project.build("two.so", plugin("two", "1.0000001"));
  CHECK(told_by(project.nnrun("eval p")) == note + "lib/two.so\n");
  const json close = project.verified("p", 1);
  CHECK(close["digits"] > 3);

  // on another instruction set digits may differ, far behind the point
  const std::string level =
      parsed(text_of(project.folder() / "p/run.json"))["machine"]["instruction_set"];
  project.edit("p/run.json", "\"instruction_set\": \"" + level, "\"instruction_set\": \"of-old");
  const Ended other = project.nnrun("verify p");
  CHECK(other.status == 0);
  CHECK_THAT(other.out, StartsWith("close      p gives the same again to ") &&
                            Contains("changed    instruction_set: recorded of-old, now " + level));
}

TEST_CASE("a project that was moved still finds its files", "[cli][verify][plugins]") {
  const Plugins project;
  const json listed = parsed(text_of(project.folder() / "p/run.json"))["files"];
  REQUIRE(listed.size() == 3);
  CHECK(listed[2] == json({{"key", "data.path"},
                           {"path", (project.folder() / "data/table.csv").string()},
                           {"relative", "../data/table.csv"}}));
  const std::string before = project.nnrun("eval p").out;
  fs::rename(project.scratch / "mine", project.scratch / "moved");
  const auto moved = [&](const std::string& words) {
    return run("$nnrun " + words, project.scratch / "moved");
  };
  CHECK(moved("eval p").out == before);
  CHECK(told_by(moved("eval p")) == "");
  CHECK(moved("predict p 1,2").status == 0);
  CHECK(moved("verify p").status == 0);
  CHECK(moved("summary p/config.yaml").status == 0);
  CHECK(moved("check p/config.yaml").status == 0);
  CHECK(moved("-q p/config.yaml --out again").status == 0);
  CHECK(parsed(text_of(project.scratch / "moved/again/run.json"))["result"]["weights_sha256"] ==
        parsed(text_of(project.scratch / "moved/p/run.json"))["result"]["weights_sha256"]);
  CHECK_THAT(moved("runs diff p again").out, StartsWith("The configs are equal"));
  // from any folder
  CHECK(run("$nnrun eval moved/p", project.scratch.folder()).out == before);

  // the run alone, the project where it is: by the absolute paths
  REQUIRE(run("mkdir -p far/away/from && cp -r moved/again far/away/from/r && mv moved mine2",
              project.scratch.folder())
              .status == 0);
  const Ended lost = run("$nnrun eval far/away/from/r", project.scratch.folder());
  CHECK(lost.status == 4);
  CHECK_THAT(lost.err, Contains("'" + (project.scratch / "moved/lib/one.so").string() +
                                "' is not there, nor is '") &&
                           Contains("far/away/from/lib/one.so', its place beside the run"));
  fs::rename(project.scratch / "mine2", project.scratch / "moved");
  CHECK(run("$nnrun eval far/away/from/r", project.scratch.folder()).out == before);
  // libraries from elsewhere, data from nowhere
  fs::remove(project.scratch / "moved/data/table.csv");
  REQUIRE(run("mv moved/lib elsewhere", project.scratch.folder()).status == 0);
  const std::string path = "NNRUN_PLUGIN_PATH=elsewhere/one.so:elsewhere/two.so ";
  CHECK(run(path + "$nnrun predict moved/p 1,2", project.scratch.folder()).status == 0);
  const Ended data = run(path + "$nnrun eval far/away/from/r", project.scratch.folder());
  CHECK(data.status == 5);
  CHECK_THAT(data.err, Contains("far/away/from/data/table.csv', its place beside the run"));
}

}  // namespace nnrun::testing
