#include "support/program.hpp"

#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>
namespace nnrun::testing {

Ended run(const std::string& command, const std::filesystem::path& folder) {
  const std::filesystem::path script = folder / ".command";
  std::ofstream(script) << "nnrun=" NNRUN_BUILD_DIR "/nnrun configs=" NNRUN_SOURCE_DIR "/configs\n"
                        << command << "\n";
  const int status = std::system(
      ("cd '" + folder.string() + "' && LC_ALL=C.UTF-8 sh ./.command >.out 2>.err </dev/null")
          .c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          text_of(folder / ".out"), text_of(folder / ".err")};
}

std::string started(const std::string& command) {
  // what no condition ends, this limit does: of a minute of the processor, for each process
  return "ulimit -t 60\n" + command + " &\nchild=$!\n";
}

std::string wait_until(const std::string& condition) {
  return "until " + condition + "; do kill -0 $child 2>/dev/null || exit 99; sleep 0.01; done\n";
}

std::string refused(const std::string& command, int status, const std::filesystem::path& folder) {
  CAPTURE(command);
  const Ended ended = run(command, folder);
  CHECK(ended.status == status);
  CHECK(ended.out == "");
  return ended.err;
}

nlohmann::json parsed(const std::string& text) {
  CAPTURE(text);
  REQUIRE(nlohmann::json::accept(text));
  return nlohmann::json::parse(text);
}

}  // namespace nnrun::testing
