// The network of every shipped config, trained for a moment and exported.
#include <algorithm>
#include <filesystem>

#include "exporting/exported_files.hpp"
#include "support/published_data.hpp"
namespace nnrun::testing {
namespace {

/// Returns the shipped configs of a folder, such as `playground/circle`, sorted.
std::vector<std::string> configs_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(NNRUN_SOURCE_DIR "/configs/" + folder))
    if (entry.path().extension() == ".yaml")
      names.push_back(folder + (folder.empty() ? "" : "/") + entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

void check_exported(const std::string& config) {
  const Scratch scratch;
  for (const std::string& dtype : dtypes) {
    CAPTURE(config, dtype);
    const Ended done =
        run("rm -rf r && $nnrun -q $configs/" + config + ".yaml --set dtype=" + dtype +
                " --set train.steps=3 --out r >said && "
                "$nnrun export r --c net.c --python net.py -q && " +
                cc + "-DNET_SELF_TEST net.c -o self -lm && ./self",
            scratch.folder());
    CAPTURE(done.err);
    CHECK_THAT(done.out, Catch::EndsWith(" examples, the same bits\n"));
    CHECK_THAT(done.out, !Catch::StartsWith("0 "));
    check_compilers(scratch, "-O1");
    const std::string program = python(scratch);
    if (program.empty()) continue;
    const Ended same = run(program + " net.py", scratch.folder());
    CAPTURE(same.err);
    CHECK_THAT(same.out, Catch::EndsWith(" examples agree\n"));
  }
}

const std::vector<std::string> of_mnist{"gallery/autoencoder", "gallery/nielsen"};

TEST_CASE("the networks of shipped configs are exported with their bits", "[exporting]") {
  for (const std::string folder : {"", "gallery", "playground", "recurrent", "series"})
    for (const std::string& config : configs_in(folder))
      if (config != "playground/circle-reference" && std::ranges::count(of_mnist, config) == 0)
        check_exported(config);
}

TEST_CASE("so are those that need published data: the Playground's", "[.data/playground]") {
  if (data_folder("playground")) check_exported("playground/circle-reference");
}

TEST_CASE("and those of MNIST", "[.full/exporting]") {
  if (!data_folder("mnist")) return;
  for (const std::string folder : {"mnist", "nielsen"})
    for (const std::string& config : configs_in(folder)) check_exported(config);
  for (const std::string& config : of_mnist) check_exported(config);
}

}  // namespace
}  // namespace nnrun::testing
