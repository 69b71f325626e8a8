#!/bin/sh
# include_check.sh refuses one wrong include of every sort, and nothing else.
set -eu
check=$(cd "$(dirname "$0")" && pwd)/include_check.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

put() { # put FILE LINE
  mkdir -p "$tree/$(dirname "$1")"
  printf '#pragma once\n%s\n' "$2" >>"$tree/$1"
}
expect() { # expect STATUS FILE LINE: the tree with that line, and without it again
  cp -r "$tree" "$tree.bad"
  (tree=$tree.bad && put "$2" "$3")
  status=0
  said=$(sh "$check" "$tree.bad") || status=1
  rm -rf "$tree.bad"
  [ "$status" = "$1" ] && return
  echo "$2 with $3: expected status $1, got $status: $said"
  failures=1
}

put framework/include/nnrun/abi.h '#include <stdint.h>'
put framework/config/reader.cpp '#include <yaml-cpp/eventhandler.h>'
put framework/loading/library.cpp '#include <boost/dll/shared_library.hpp>'
put framework/cli/main.cpp '#include <CLI/CLI.hpp>'
put plugins/layers/product.cpp '#include <Eigen/Core>'

expect 0 framework/config/a.hpp '#include "base/error.hpp"'
expect 0 framework/config/a.hpp '#include "config/b.hpp"'
expect 0 framework/config/a.hpp '#include <nnrun/abi.h>'
expect 0 framework/config/a.hpp '// #include "cli/main.hpp"'
expect 0 plugins/layers/a.cpp '#include <Eigen/Dense>'
expect 0 plugins/layers/a.cpp '#include "product.hpp"'
expect 1 framework/base/a.hpp '#include "loading/registry.hpp"'
expect 1 framework/base/a.hpp '#  include "cli/main.hpp"'
expect 1 framework/base/a.hpp '#include <cli/main.hpp>'
expect 1 framework/base/a.hpp '#include "b.hpp"'
expect 1 framework/base/a.hpp '#include "nnrun/abi.h"'
expect 1 framework/base/a.hpp '#include "../cli/main.hpp"'
expect 1 framework/include/nnrun/a.hpp '#include "base/error.hpp"'
expect 1 framework/include/nnrun/a.hpp '#include <Eigen/Core>'
expect 1 framework/config/second.cpp '#include <yaml-cpp/yaml.h>'
expect 1 framework/loading/second.cpp '#include <boost/dll.hpp>'
expect 1 framework/cli/second.cpp '#include <CLI/App.hpp>'
expect 1 framework/runs/a.cpp '#include <CLI/App.hpp>'
expect 1 plugins/costs/a.cpp '#include <Eigen/Core>'
expect 1 plugins/costs/a.cpp '#include "base/error.hpp"'
expect 1 plugins/costs/a.cpp '#include <base/error.hpp>'
expect 1 plugins/costs/a.cpp '#include "../layers/product.hpp"'
exit $failures
