#!/bin/sh
# Who may include whom: prints every include that breaks a rule as file:line, and fails if any does.
#   rooms include only leftwards; plugins include <nnrun/...> and files beside them;
#   the two files that predict arrays and stored tables include the readers of data sets;
#   each library that only one file may know is known to one file.
# usage: include_check.sh CHECKOUT
set -eu
cd "$1"
find framework plugins -name '*.hpp' -o -name '*.cpp' -o -name '*.h' | LC_ALL=C sort | xargs awk '
  function refuse(why) { print FILENAME ":" FNR ": " $0 "\n  " why; failed = 1 }
  function one_file_of(room, library) {
    if (!(library in knows)) knows[library] = FILENAME
    if (from != room) refuse(library " belongs in framework/" room)
    else if (knows[library] != FILENAME) refuse(library " is known to " knows[library] " already")
  }
  BEGIN {
    n = split("include base loading config network training checking runs exporting report diagnosis library comparison serving cli", rooms, " ")
    for (i = 1; i <= n; ++i) rank[rooms[i]] = i
  }
  FNR == 1 { split(FILENAME, part, "/"); plugin = part[1] == "plugins"; from = part[2] }
  !/^[ \t]*#[ \t]*include/ { next }
  {
    match($0, /["<][^">]*[">]/)
    if (RSTART == 0) { refuse("not understood"); next }
    ours = substr($0, RSTART, 1) == "\""
    target = substr($0, RSTART + 1, RLENGTH - 2)
    slash = index(target, "/")
    to = slash ? substr(target, 1, slash - 1) : ""

    if (to == "nnrun") { if (ours) refuse("write <" target ">") }
    else if (to == "yaml-cpp") one_file_of("config", "yaml-cpp")
    else if (to == "boost") {
      if (target != "boost/version.hpp") one_file_of("loading", "Boost")
    }
    else if (to == "CLI") one_file_of("cli", "CLI11")
    else if (to == "Eigen" || to == "unsupported") {
      if (!plugin || from != "layers") refuse("Eigen belongs in plugins/layers")
    }
    else if (target == "httplib.h") one_file_of("serving", "cpp-httplib")
    else if (plugin) {
      if (ours ? slash : to in rank) refuse("a plugin includes <nnrun/...> and files beside it")
    }
    else if (FILENAME == "framework/cli/rows_of_arrays.cpp" && target ~ /^datasets\/(idx|npy)_file.hpp$/) next
    else if (FILENAME == "framework/cli/rows_of_table.cpp" && target == "datasets/npy_table.hpp") next
    else if (!ours) { if (to in rank) refuse("write \"" target "\"") }
    else if (from == "include") refuse("installed headers include <nnrun/...> and the standard library")
    else if (target == "version_of_build.hpp") next  # written by CMake
    else if (!(to in rank) || to == "include") refuse("write \"room/file.hpp\"")
    else if (rank[to] > rank[from]) refuse(from " is lower than " to)
  }
  END { exit failed }'
