#include "fuzz/target.hpp"
#include "support/example_data.hpp"
namespace nnrun::testing {

void fuzz_csv(std::string_view input) {
  const std::string file = fuzz_folder().write("data.csv", input).string();
  bool accepted = false;
  const auto tried = [&](const Settings& settings) {
    try {
      read("csv", settings);
      accepted = true;
    } catch (const host::Error&) {
      return;
    }
  };
  tried({{"path", file}, {"header", false}, {"separator", std::string(";")}});
  tried({{"path", file}, {"separator", std::string("tab")}, {"test", file}});
  tried({{"path", file}, {"encoding", std::string("utf-16")}, {"decimal", std::string(",")}});
  tried({{"path", file}, {"encoding", std::string("windows-1252")}});
  tried({{"path", file},
         {"decimal", std::string(",")},
         {"thousands", std::string(".")},
         {"symbols", std::vector<std::string>{"$", "%"}},
         {"comment", std::string("#")}});
  const Settings simple{{"path", file}, {"validation", file}};
  if (accepted)
    tried(simple);
  else
    read("csv", simple);
}

}  // namespace nnrun::testing
