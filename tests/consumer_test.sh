#!/bin/sh
# A project outside the tree builds a plugin with find_package(nnrun), from the installed tree and
# from the build folder, and nnrun accepts the plugin.
# usage: consumer_test.sh CMAKE GENERATOR BUILD_FOLDER
set -eu
cmake=$1 generator=$2 build=$3
source=$(cd "$(dirname "$0")" && pwd)/consumer
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cp -r "$source" "$scratch/source"
"$cmake" --install "$build" --prefix "$scratch/installed" >"$scratch/install.log"

build_against() { # build_against NAME FOLDER
  "$cmake" -S "$scratch/source" -B "$scratch/$1" -G "$generator" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_PREFIX_PATH="$2" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF
  "$cmake" --build "$scratch/$1"
  NNRUN_PLUGIN_PATH=$scratch/$1 "$scratch/installed/bin/nnrun" plugins consumer_swish
}
build_against from_installed "$scratch/installed"
build_against from_build "$build"

# The installed program finds the plugins that were installed with it.
"$scratch/installed/bin/nnrun" plugins sigmoid

# What the installed program writes for a new plugin is built and tested by CMake, from any folder.
cd "$scratch"
installed/bin/nnrun new layer mine
grep -q -- "-I$scratch/installed/include" mine/README.md
"$cmake" -S mine -B mine/build -G "$generator" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF
"$cmake" --build mine/build
ctest --test-dir mine/build --output-on-failure
