# find_package(nnrun) gives the library nnrun::nnrun (<nnrun/nnrun.h>, <nnrun/run.hpp>), the target
# nnrun::plugin and the function nnrun_add_plugin, and NNRUN_PROGRAM, the program of this build folder or installation.
include("${CMAKE_CURRENT_LIST_DIR}/nnrun-targets.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/nnrun_add_plugin.cmake")
if(NOT COMMAND nnrun_add_built_in)  # this project has nnrun's sources
  include("${CMAKE_CURRENT_LIST_DIR}/nnrun_add_built_in.cmake")
endif()
find_program(NNRUN_PROGRAM nnrun NO_DEFAULT_PATH
  PATHS "${CMAKE_CURRENT_LIST_DIR}" "${CMAKE_CURRENT_LIST_DIR}/../../../bin")
