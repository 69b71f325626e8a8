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
variant garbage_collected "$cxx" -fdata-sections -Wl,--gc-sections
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

# The README's one line gives the bits of our own flags, on every instruction-set level: no fused
# multiply-add, and square roots that vectors may take.
{ echo '#include "moments.hpp"'
  sed '1d; s/Adam\b/OneLine/g; s/"adam"/"one_line"/' "$checkout/plugins/optimizers/adam.cpp"
} >one_line.cpp
"$cxx" -std=c++20 -O3 -fPIC -shared -I"$include" -I"$checkout/plugins/optimizers" one_line.cpp \
  -o one_line.so
for optimizer in adam one_line; do
  cat >one.yaml <<END
plugins: [one_line.so]
data: {type: circle, examples: 200}
model: {input: 2, layers: [{type: dense, units: 8, activation: tanh}, {type: dense, units: 1}]}
train: {cost: half_squared_error, optimizer: $optimizer, epochs: 5}
END
  "$build/nnrun" -q one.yaml --out "run_$optimizer"
done
for optimizer in adam one_line; do grep weights_sha256 run_$optimizer/run.json; done >bits
[ "$(sort -u bits | wc -l)" = 1 ] || { cat bits; exit 1; }
if [ "$(uname -m)" = x86_64 ] && command -v objdump >/dev/null; then
  objdump -d one_line.so >code
  if grep -m 1 -e vfm -e 'call.*sqrt' code; then exit 1; fi
fi
