# Writes version_of_build.hpp where its text changed; run at every build, since the commit changes
# without CMake noticing.
execute_process(COMMAND git -C "${SOURCE}" describe --always --dirty --abbrev=12 --exclude=*
  OUTPUT_VARIABLE git OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(git "unknown")
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [[
// Written by the build.
#pragma once
namespace nnrun::host::build {
inline constexpr const char *number = "@NUMBER@", *git = "@git@", *type = "@TYPE@",
                            *flags = "@FLAGS@", *processor = "@PROCESSOR@", *eigen = "@EIGEN@",
                            *yaml_cpp = "@YAML_CPP@", *cli11 = "@CLI11@";
}  // namespace nnrun::host::build
]])
