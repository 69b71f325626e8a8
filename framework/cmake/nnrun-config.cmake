# find_package(nnrun) gives the target nnrun::plugin and the function nnrun_add_plugin.
include("${CMAKE_CURRENT_LIST_DIR}/nnrun-targets.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/nnrun_add_plugin.cmake")
