// A description that would crash us later is refused when the library is loaded.
#include <catch2/catch.hpp>

#include "loading/plugin_factory.hpp"
using namespace nnrun::testing;
namespace {

struct Wrong {
  const char *code, *message;
};

std::string setting(const std::string& fields) {
  return "#include <nnrun/abi.h>\n"
         "static const nnrun_setting s[] = {" +
         fields +
         "};\n"
         "#define SETTINGS s\n"
         "#define N_SETTINGS (sizeof s / sizeof s[0])";
}
const std::string size = "sizeof(nnrun_setting), ";

}  // namespace

TEST_CASE("a class that is described wrongly is refused, saying how", "[loading]") {
  const PluginFactory factory;
  const Wrong wrong = GENERATE(
      Wrong{"#define CLASSES 0\n#define N_CLASSES 0",
            "'$/a.so' provides nothing\n"
            "   = help: write NNRUN_REGISTER(Class) for every class"},
      Wrong{
          "#define N_CLASSES -1",
          "'$/a.so' gives a damaged table of classes\n"
          "   = help: NNRUN_REGISTER of <nnrun/plugin.hpp> writes such tables; one written by hand "
          "must be as <nnrun/abi.h> says"},
      Wrong{
          "#define N_CLASSES 1000000",
          "'$/a.so' gives a damaged table of classes\n"
          "   = help: NNRUN_REGISTER of <nnrun/plugin.hpp> writes such tables; one written by hand "
          "must be as <nnrun/abi.h> says"},
      Wrong{
          "#include <nnrun/abi.h>\nstatic const nnrun_class* const none;\n#define CLASSES &none",
          "'$/a.so': class number 1 is missing\n"
          "   = help: NNRUN_REGISTER of <nnrun/plugin.hpp> writes such tables; one written by hand "
          "must be as <nnrun/abi.h> says"},
      Wrong{
          "#include <nnrun/abi.h>\nstatic const nnrun_class small = {8};\n"
          "static const nnrun_class* const list = &small;\n#define CLASSES &list",
          "'$/a.so': class number 1 has a description that is cut short\n"
          "   = help: NNRUN_REGISTER of <nnrun/plugin.hpp> writes such tables; one written by hand "
          "must be as <nnrun/abi.h> says"},
      Wrong{"#define NAME 0",
            "'$/a.so': class number 1 has no proper name: letters, digits, _ and -, 64 at most\n"
            "   = help: give it one: static constexpr auto name = \"bent_identity\""},
      Wrong{"#define NAME \"\"",
            "'$/a.so': class number 1 has no proper name: letters, digits, _ and -, 64 at most\n"
            "   = help: give it one: static constexpr auto name = \"bent_identity\""},
      Wrong{"#define NAME \"two words\"",
            "'$/a.so': class number 1 has no proper name: letters, digits, _ and -, 64 at most\n"
            "   = help: give it one: static constexpr auto name = \"bent_identity\""},
      Wrong{
          "#define KIND 0",
          "'$/a.so': 'twice' has no kind\n"
          "   = help: NNRUN_REGISTER of <nnrun/plugin.hpp> writes such tables; one written by hand "
          "must be as <nnrun/abi.h> says"},
      Wrong{
          "#define FUNCTIONS &functions, 0, \"two words\"",
          "'$/a.so': activation 'twice' has another name that is not a proper one: letters, "
          "digits, _ and -\n"
          "   = help: NNRUN_REGISTER of <nnrun/plugin.hpp> writes such tables; one written by hand "
          "must be as <nnrun/abi.h> says"},
      Wrong{"#define KIND \"actvation/1\"",
            "'$/a.so': 'twice' is of the unknown kind 'actvation/1'\n"
            "   = help: did you mean 'activation'?"},
      Wrong{"#define KIND \"activation\"",
            "'$/a.so': 'twice' is of the unknown kind 'activation'\n"
            "   = help: did you mean 'activation'?"},
      Wrong{
          "#define KIND \"activation/2\"",
          "'$/a.so': 'twice' needs activation/2, this nnrun knows activation/1\n"
          "   = help: install a newer nnrun, or rebuild the library with the headers of this one"},
      Wrong{"#define DOC 0",
            "'$/a.so': activation 'twice' has no doc\n"
            "   = help: say what it is in a line: static constexpr auto doc = \"...\""},
      Wrong{
          "#define CREATE 0",
          "'$/a.so': activation 'twice' has no create\n"
          "   = help: NNRUN_REGISTER of <nnrun/plugin.hpp> writes such tables; one written by hand "
          "must be as <nnrun/abi.h> says"},
      Wrong{
          "#define FUNCTIONS 0",
          "'$/a.so': activation 'twice' has no functions\n"
          "   = help: NNRUN_REGISTER of <nnrun/plugin.hpp> writes such tables; one written by hand "
          "must be as <nnrun/abi.h> says"},
      Wrong{
          "#define FORWARD 0",
          "'$/a.so': activation 'twice' has no forward\n"
          "   = help: NNRUN_REGISTER of <nnrun/plugin.hpp> writes such tables; one written by hand "
          "must be as <nnrun/abi.h> says"},
      Wrong{
          "#include <nnrun/abi.h>\nstatic nnrun_activation small = {16};\n"
          "#define FUNCTIONS &small",
          "'$/a.so': activation 'twice' has no whole table of functions\n"
          "   = help: NNRUN_REGISTER of <nnrun/plugin.hpp> writes such tables; one written by hand "
          "must be as <nnrun/abi.h> says"},
      Wrong{
          "#define N_SETTINGS 1",
          "'$/a.so': activation 'twice' has no table of settings\n"
          "   = help: NNRUN_REGISTER of <nnrun/plugin.hpp> writes such tables; one written by hand "
          "must be as <nnrun/abi.h> says"},
      Wrong{
          "#define MINOR 5",
          "'$/a.so' needs plugin interface 1.5, this nnrun has 1.4\n"
          "   = help: install a newer nnrun, or rebuild the library with the headers of this one"},
      Wrong{"#define MAJOR 2",
            "'$/a.so' gives a table that is not one of plugin interface 1\n"
            "   = help: rebuild the library with the headers of this nnrun"});
  CAPTURE(wrong.code);
  CHECK(said_of(factory, factory.c("a.so", wrong.code)) ==
        "error: " + std::string(wrong.message) + "\n");
}

TEST_CASE("a setting that is described wrongly is refused, saying how", "[loading]") {
  const std::string of_class = "error: '$/a.so': activation 'twice' ";
  const std::string of_setting = of_class + "is described wrongly: setting 'beta' ";
  const std::string help = "   = help: compare with nnrun::param in <nnrun/settings.hpp>\n";
  const auto said = [](const std::string& fields) {
    const PluginFactory factory;  // a new one each time: the dynamic linker knows files by name
    return said_of(factory, factory.c("a.so", setting(fields)));
  };
  CHECK(said("{" + size + "NNRUN_FLOAT, 0, \"beta\", \"doc\", {NNRUN_FLOAT}}") == "nothing");
  CHECK(said("{8, NNRUN_FLOAT, 0, \"beta\", \"doc\", {NNRUN_FLOAT}}") ==
        of_class +
            "has a damaged table of settings\n"
            "   = help: NNRUN_REGISTER of <nnrun/plugin.hpp> writes such tables; one written by "
            "hand must "
            "be as <nnrun/abi.h> says\n");
  CHECK(said("{" + size + "NNRUN_FLOAT, 0, 0, \"doc\", {NNRUN_FLOAT}}") ==
        of_class + "has a setting (number 1) without a proper name: letters, digits, _ and -\n" +
            help);
  CHECK(said("{" + size + "9, 0, \"beta\", \"doc\", {9}}") ==
        of_setting + "has an unknown type\n" + help);
  CHECK(said("{" + size + "NNRUN_FLOAT, 0, \"beta\", 0, {NNRUN_FLOAT}}") ==
        of_setting + "has no doc\n" + help);
  CHECK(said("{" + size + "NNRUN_FLOAT, 0, \"beta\", \"doc\", {NNRUN_INT}}") ==
        of_setting + "has a default of another type\n" + help);
  CHECK(said("{" + size + "NNRUN_FLOATS, 0, \"beta\", \"doc\", {NNRUN_FLOATS, 2}}") ==
        of_setting + "has a default without numbers\n" + help);
  CHECK(said("{" + size + "NNRUN_STRINGS, 0, \"beta\", \"doc\", {NNRUN_STRINGS, 2}}") ==
        of_setting + "has a default without texts\n" + help);
  CHECK(said("{" + size + "NNRUN_STRING, 0, \"beta\", \"doc\", {NNRUN_STRING}, 0, 0, 0, 2}") ==
        of_setting + "has no table of choices\n" + help);
  const std::string twice = "{" + size + "NNRUN_BOOL, 0, \"beta\", \"doc\", {NNRUN_BOOL}}";
  CHECK(said(twice + ", " + twice) ==
        of_class + "has two settings named 'beta'\n   = help: give one of them another name\n");
}
