# libnnrun, which lies beside the folder `plugins` as the program does. The framework is compiled once
# for both.
file(STRINGS include/nnrun/nnrun.h api REGEX "^#define NNRUN_API_M(AJ|IN)OR ")
list(TRANSFORM api REPLACE "^.* " "")
list(GET api 0 api_major)
list(JOIN api "." api_version)
add_library(nnrun_interface OBJECT library/interface.cpp)
target_include_directories(nnrun_interface PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}"
  "${CMAKE_CURRENT_SOURCE_DIR}/include")
target_link_libraries(nnrun_interface PRIVATE nnrun_arithmetic nnrun_warnings)

add_library(nnrun_shared SHARED $<TARGET_OBJECTS:nnrun_interface>)
add_library(nnrun::nnrun ALIAS nnrun_shared)
set_target_properties(nnrun_shared PROPERTIES OUTPUT_NAME nnrun EXPORT_NAME nnrun
  LINKER_LANGUAGE CXX SOVERSION ${api_major} VERSION ${api_version}
  LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}"
  LINK_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/library/exports.map")
target_include_directories(nnrun_shared INTERFACE
  $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
target_compile_features(nnrun_shared INTERFACE cxx_std_20)  # for run.hpp
target_link_libraries(nnrun_shared PRIVATE $<BUILD_INTERFACE:nnrun_framework>)
target_link_options(nnrun_shared PRIVATE
  "-Wl,--version-script=${CMAKE_CURRENT_SOURCE_DIR}/library/exports.map")
if(NOT NNRUN_SANITIZED)
  target_link_options(nnrun_shared PRIVATE -Wl,-z,defs)
endif()

# The same as an archive, for a program that has its plugins built in: see nnrun_add_built_in.
add_library(nnrun_static STATIC EXCLUDE_FROM_ALL $<TARGET_OBJECTS:nnrun_interface>)
set_target_properties(nnrun_static PROPERTIES LINKER_LANGUAGE CXX)
target_include_directories(nnrun_static INTERFACE "${CMAKE_CURRENT_SOURCE_DIR}/include")
target_link_libraries(nnrun_static INTERFACE nnrun_framework)

# nnrun_add_built_in(<program> [STATIC] <set>...): links a program with libnnrun as an archive, and with
# sets of plugins of this build, or others that nnrun_add_plugin made before. nnrun_plugin_v1() lists the
# classes of all of them, for nnrun_options.built_in; with NNRUN_BUILT_IN_ONLY the program loads no library.
# STATIC: it needs no shared library at all, not even the C library's.
# Objects, not an archive: nothing refers to a plugin by its name.
set(nnrun_static_fmt "${CMAKE_CURRENT_SOURCE_DIR}/library/static_fmt.cpp" CACHE INTERNAL "")
function(nnrun_add_built_in program)
  cmake_parse_arguments(PARSE_ARGV 1 arg "STATIC" "" "")
  foreach(set IN LISTS arg_UNPARSED_ARGUMENTS)
    target_sources(${program} PRIVATE $<TARGET_OBJECTS:${set}>)
    get_target_property(libraries ${set} LINK_LIBRARIES)  # what the set is linked with
    if(arg_STATIC)  # by their names, which the linker then finds as archives
      list(TRANSFORM libraries REPLACE "^PNG::PNG$" "png")
      list(TRANSFORM libraries REPLACE "^ZLIB::ZLIB$" "z")
    endif()
    target_link_libraries(${program} PRIVATE ${libraries})
  endforeach()
  set_target_properties(${program} PROPERTIES LINKER_LANGUAGE CXX)
  if(NOT arg_STATIC)
    target_link_libraries(${program} PRIVATE nnrun_static)
    return()
  endif()
  target_sources(${program} PRIVATE $<TARGET_OBJECTS:nnrun_interface> "${nnrun_static_fmt}")
  target_include_directories(${program} PRIVATE
    $<TARGET_PROPERTY:nnrun_static,INTERFACE_INCLUDE_DIRECTORIES>
    $<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>)
  target_compile_features(${program} PRIVATE cxx_std_20)
  add_dependencies(${program} nnrun_framework)
  target_link_options(${program} PRIVATE -static)
  target_link_libraries(${program} PRIVATE "$<TARGET_FILE:nnrun_framework>" yaml-cpp nettle z m
    Threads::Threads)
endfunction()
