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

# The same as an archive, for programs that have plugins built in: see nnrun_add_built_in. All of fmt
# that it needs is in it, since Debian has no archive of that.
add_library(nnrun_static STATIC library/static_fmt.cpp $<TARGET_OBJECTS:nnrun_interface>
  $<TARGET_OBJECTS:nnrun_framework> $<TARGET_OBJECTS:nnrun_numbers> $<TARGET_OBJECTS:nnrun_words>)
set_target_properties(nnrun_static PROPERTIES OUTPUT_NAME nnrun LINKER_LANGUAGE CXX)
target_include_directories(nnrun_static INTERFACE "${CMAKE_CURRENT_SOURCE_DIR}/include"
  PRIVATE $<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>)
target_compile_features(nnrun_static PUBLIC cxx_std_20)
target_link_libraries(nnrun_static INTERFACE nnrun_nettle yaml-cpp::yaml-cpp Threads::Threads)
# The same libraries by their names, which a linker finds as archives, too.
set(nnrun_libraries -lyaml-cpp -lnettle -lz -lm CACHE INTERNAL "")

# nnrun_add_built_in(<program> [STATIC] <set>...): links a program with libnnrun as an archive, and with
# sets of plugins of this build, or others that nnrun_add_plugin made before. nnrun_plugin_v1() lists the
# classes of all of them, for nnrun_options.built_in; with NNRUN_BUILT_IN_ONLY the program loads no library.
# STATIC: it needs no shared library at all, not even the C library's.
# Objects, not an archive: nothing refers to a plugin by its name.
function(nnrun_add_built_in program)
  cmake_parse_arguments(PARSE_ARGV 1 arg "STATIC" "" "")
  set(links_with nnrun_static)
  if(arg_STATIC)
    set(links_with "$<TARGET_FILE:nnrun_static>" ${nnrun_libraries} Threads::Threads)
    add_dependencies(${program} nnrun_static)
    target_include_directories(${program} PRIVATE
      $<TARGET_PROPERTY:nnrun_static,INTERFACE_INCLUDE_DIRECTORIES>)
    target_compile_features(${program} PRIVATE cxx_std_20)
    target_link_options(${program} PRIVATE -static)
  endif()
  foreach(set IN LISTS arg_UNPARSED_ARGUMENTS)
    target_sources(${program} PRIVATE $<TARGET_OBJECTS:${set}>)
    get_target_property(libraries ${set} LINK_LIBRARIES)  # what the set is linked with
    if(arg_STATIC)
      list(TRANSFORM libraries REPLACE "^PNG::PNG$" "-lpng")
      list(TRANSFORM libraries REPLACE "^JPEG::JPEG$" "-ljpeg")
      list(TRANSFORM libraries REPLACE "^ZLIB::ZLIB$" "-lz")
    endif()
    target_link_libraries(${program} PRIVATE ${libraries})
  endforeach()
  set_target_properties(${program} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(${program} PRIVATE ${links_with})
endfunction()
