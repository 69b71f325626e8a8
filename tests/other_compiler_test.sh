#!/bin/sh
# All of nnrun compiles with clang, too, and the article's network learns the same bits there.
# usage: other_compiler_test.sh CMAKE CHECKOUT BUILD_FOLDER ; exit status 77: skipped
set -eu
cmake=$1 checkout=$2 build=$3
command -v clang++ >/dev/null || { echo "skipped: clang++ is not installed"; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"$cmake" -S "$checkout" -B built -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=None \
  -DCMAKE_CXX_FLAGS=-O0 -DCMAKE_UNITY_BUILD=ON -DNNRUN_TESTS=OFF >log 2>&1 &&
  "$cmake" --build built --target nnrun --parallel 2 >>log 2>&1 ||
  { grep -A 5 'error:' log || tail -n 30 log; exit 1; }

trained() { # trained NNRUN: prints what identifies the weights
  "$1" train "$checkout/configs/diagonal.yaml" -q --json | grep -o '"weights_sha256":"[0-9a-f]*"'
}
here=$(trained "$build/nnrun") there=$(trained built/nnrun)
[ "$here" = "$there" ] || { echo "clang: $there; this compiler: $here"; exit 1; }
