# find_package(nnrun) gives the library nnrun::nnrun (<nnrun/nnrun.h>, <nnrun/run.hpp>), the target
# nnrun::plugin and the function nnrun_add_plugin, and NNRUN_PROGRAM, the program of this build folder or installation.
include("${CMAKE_CURRENT_LIST_DIR}/nnrun-targets.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/nnrun_add_plugin.cmake")
# It links objects of nnrun itself and of its plugins, which an installation has not.
if(NOT COMMAND nnrun_add_built_in)
  function(nnrun_add_built_in program)
    message(FATAL_ERROR "nnrun_add_built_in(${program}): an installed nnrun has its plugins as shared "
      "libraries alone; take its sources into the project: add_subdirectory(nnrun EXCLUDE_FROM_ALL)")
  endfunction()
endif()
find_program(NNRUN_PROGRAM nnrun NO_DEFAULT_PATH
  PATHS "${CMAKE_CURRENT_LIST_DIR}" "${CMAKE_CURRENT_LIST_DIR}/../../../bin")
