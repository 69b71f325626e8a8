#!/bin/sh
# Plugins of other compilers, flags, string interfaces and languages load together, train to the
# same cost, and their exceptions end as sentences.
# usage: variants_test.sh CHECKOUT BUILD_FOLDER CXX
set -eu
checkout=$1 build=$2 cxx=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
include=$checkout/framework/include

variant() { # variant NAME COMPILER FLAG...
  name=$1 compiler=$2
  shift 2
  $compiler -std=c++20 -O2 -fPIC -shared -w -I"$include" -DNAME="\"$name\"" "$@" \
    "$checkout/tests/consumer/variant.cpp" -o "$name.so"
  names="$names $name"
}
names=
variant plain_flags "$cxx"
variant debug_containers "$cxx" -D_GLIBCXX_DEBUG
variant old_strings "$cxx" -D_GLIBCXX_USE_CXX11_ABI=0
variant other_march "$cxx" -march=x86-64-v2
variant no_rtti "$cxx" -fno-rtti
variant static_libstdcxx "$cxx" -static-libstdc++ -static-libgcc
variant hidden "$cxx" -fvisibility=hidden -fvisibility-inlines-hidden
variant everything_visible "$cxx" -fvisibility=default -rdynamic
variant stripped "$cxx" -s
if command -v clang++ >/dev/null; then
  variant by_clang clang++
else
  echo "skipped: clang++ is not installed"
fi
cc -O2 -fPIC -shared -Wall -Wextra -Wpedantic -I"$include" "$checkout/tests/consumer/plain.c" -o plain_c.so

# All of them in one process, a layer each; then each alone, to the same cost.
layers=
for name in $names plain_c; do layers="$layers {type: dense, units: 4, activation: $name},"; done
cat >all.yaml <<END
plugins: [$(echo $names plain_c | sed 's/ /.so, /g').so]
dtype: float64
data: {type: circle, examples: 100}
model: {input: 2, layers: [$layers {type: dense, units: 1}]}
train: {cost: half_squared_error, epochs: 2}
END
"$build/nnrun" -q all.yaml

for name in $names; do
  cat >one.yaml <<END
plugins: [$name.so]
dtype: float64
data: {type: circle, examples: 200}
model: {input: 2, layers: [{type: dense, units: 8, activation: $name}, {type: dense, units: 1}]}
train: {cost: half_squared_error, optimizer: adam, epochs: 5}
END
  cost=$("$build/nnrun" -q one.yaml --json | sed 's/.*"test":{"cost":\([0-9.]*\).*/\1/' | cut -c1-9)
  [ "${first:=$cost}" = "$cost" ] || { echo "$name: cost $cost, not $first"; exit 1; }
  # an exception that crosses no boundary
  status=0
  "$build/nnrun" check one.yaml --set model.layers.dense_1.activation.text=throw 2>said || status=$?
  [ $status = 3 ] && grep -q "'throw' is refused" said || { echo "$name: $(cat said)"; exit 1; }
done
