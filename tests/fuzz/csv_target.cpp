#include "fuzz/target.hpp"
#include "support/example_data.hpp"
namespace nnrun::testing {

void fuzz_csv(std::string_view input) {
  const std::string file = fuzz_folder().write("data.csv", input).string();
  const auto tried = [](const Settings& settings) {
    try {
      read("csv", settings);
    } catch (const host::Error&) {
    }
  };
  tried({{"path", file}, {"header", false}, {"separator", std::string(";")}});
  tried({{"path", file}, {"separator", std::string("tab")}, {"test", file}});
  read("csv", {{"path", file}, {"validation", file}});
}

}  // namespace nnrun::testing
