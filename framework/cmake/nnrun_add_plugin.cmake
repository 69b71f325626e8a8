# nnrun_add_plugin(<name> SOURCES <file>... [VERSION <version>])
#
# Makes the library <name>.so, whose classes nnrun finds where NNRUN_PLUGIN_PATH or a config's
# `plugins:` names it. One function for our own sets and for yours.
function(nnrun_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 plugin "" "VERSION" "SOURCES")
  if(plugin_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "nnrun_add_plugin(${name}): not understood: ${plugin_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT plugin_SOURCES)
    message(FATAL_ERROR "nnrun_add_plugin(${name}): give at least one file after SOURCES")
  endif()
  if(NOT plugin_VERSION)
    set(plugin_VERSION "${PROJECT_VERSION}")
  endif()
  add_library(${name} MODULE ${plugin_SOURCES})
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX ".so")
  target_compile_definitions(${name} PRIVATE
    NNRUN_PLUGIN_NAME="${name}" NNRUN_PLUGIN_VERSION="${plugin_VERSION}")
  target_link_libraries(${name} PRIVATE nnrun::plugin)
endfunction()
