#!/bin/sh
# A project outside the tree builds a plugin, and a program over the library, with find_package(nnrun),
# from the installed tree and from the build folder; nnrun accepts the plugin, and the program answers.
# usage: consumer_test.sh CMAKE GENERATOR BUILD_FOLDER
set -eu
cmake=$1 generator=$2 build=$3
source=$(cd "$(dirname "$0")" && pwd)/consumer
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cp -r "$source" "$scratch/source"
cp "$source/../../framework/library/examples/predict.cpp" "$scratch/source"
"$cmake" --install "$build" --prefix "$scratch/installed" >"$scratch/install.log"
"$scratch/installed/bin/nnrun" -q "$source/../../configs/diagonal.yaml" --out "$scratch/run"
answers() { # answers PROGRAM: as the program did
  "$1" "$scratch/run" 0.5,0.01 | grep '1\.93147111786'
}

build_against() { # build_against NAME FOLDER
  "$cmake" -S "$scratch/source" -B "$scratch/$1" -G "$generator" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_PREFIX_PATH="$2" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF
  "$cmake" --build "$scratch/$1"
  NNRUN_PLUGIN_PATH=$scratch/$1 "$scratch/installed/bin/nnrun" plugins consumer_swish
  answers "$scratch/$1/predict"
}
build_against from_installed "$scratch/installed"
build_against from_build "$build"

# The same by pkg-config, where it is there.
if command -v pkg-config >/dev/null; then
  flags=$(PKG_CONFIG_PATH=$scratch/installed/lib/pkgconfig pkg-config --cflags --libs nnrun)
  # shellcheck disable=SC2086 # they are several
  c++ -std=c++20 "$scratch/source/predict.cpp" $flags -Wl,-rpath,"$scratch/installed/lib" \
    -o "$scratch/by_flags"
  answers "$scratch/by_flags"
fi

# The installed program finds the plugins that were installed with it.
"$scratch/installed/bin/nnrun" plugins sigmoid

# What the installed program writes for a new plugin is built and tested by CMake, from any folder.
cd "$scratch"
installed/bin/nnrun new layer mine
grep -q -- "-I$scratch/installed/include" mine/README.md
"$cmake" -S mine -B mine/build -G "$generator" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF
"$cmake" --build mine/build
ctest --test-dir mine/build --output-on-failure
