#!/bin/sh
# What onnxruntime answers with an exported ONNX file, beside what predict answers.
# usage: onnx_test.sh CHECKOUT BUILD_FOLDER ; exit status 77: skipped
set -eu
checkout=$1 build=$2
command -v npm >/dev/null || { echo "skipped: npm is not installed"; exit 77; }
tools=$build/onnx_tools
mkdir -p "$tools"
# its script would get another build, for graphics cards
[ -d "$tools/node_modules/onnxruntime-node" ] ||
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tools" \
    onnxruntime-node@1.20.1 >"$tools/log" 2>&1 ||
  { echo "skipped: npm cannot install onnxruntime-node"; cat "$tools/log"; exit 77; }
cp "$checkout/tests/exporting/onnx_answers.mjs" "$tools"
work=$tools/work
rm -rf "$work" && mkdir -p "$work" && cd "$work"
nnrun=$build/nnrun
checker=
/usr/bin/python3 -c 'import onnx' 2>/dev/null && checker=yes || echo "not checked by python3-onnx: it is not installed"

awk 'BEGIN {
  for (c = 0; c < 98; ++c) printf "x%d,", c
  print "y"
  for (r = 0; r < 40; ++r) {
    s = 0
    for (c = 0; c < 98; ++c) { x = sin((r * 37 + c * 11) * 0.37) * 2; s += x; printf "%.6f,", x }
    printf "%.6f\n", sin(s)
  }
}' >wide.csv
cut -d, -f 1-4,99 wide.csv >four.csv
awk -F, 'NR == 1 || NR % 3 { print; next } { print NR % 2 ? "-999," $2 "," $3 "," $4 "," $5 : $1 ",-99.9," $3 "," $4 "," $5 }' four.csv >marked.csv
awk 'BEGIN {
  print "w1,w2,w3,w4,w5,w6,y"
  for (r = 0; r < 40; ++r) {
    for (c = 0; c < 6; ++c) printf "%d,", (r * 7 + c * 5) % 11
    printf "%.4f\n", sin(r)
  }
}' >words.csv
awk 'BEGIN {
  split("Basel,Bern,Zurich,St. Gallen", city, ",")
  print "size,city,built,price,sold,grade"
  for (r = 0; r < 60; ++r)
    printf "%d,%s,%s,%d,%s,%s\n", 30 + r * 7 % 90, r % 9 == 4 ? "" : city[r % 4 + 1], r % 5 == 2 ? "" : 1900 + r,
      1000 + r * 31 % 700, r % 3 ? "yes" : "no", r % 3 == 0 ? "low" : r % 3 == 1 ? "mid" : "high"
}' >mixed.csv

failed=0 near= run_not=
near_of() { [ "$dtype" = float32 ] && echo 1e-5 1e-7 || echo 1e-12 1e-13; }
# same NAME TABLE COLUMNS [TEXT_COLUMNS [ROWS]] <config: trains, exports, checks and compares
same() {
  rm -rf run && cat >net.yaml
  cut -d, -f "$3" "${5-$2}" >rows.csv
  "$nnrun" -q net.yaml --out run >said 2>&1 && "$nnrun" export run --onnx net.onnx -q >said 2>&1 &&
    "$nnrun" predict run --csv rows.csv -q >answers.csv 2>said || { echo "$1: nnrun failed"; cat said; failed=1; return 0; }
  if [ -n "$checker" ] && ! /usr/bin/python3 -c '
import sys, onnx
model = onnx.load("net.onnx")
onnx.checker.check_model(model, full_check=True)' >said 2>&1; then
    echo "$1: python3-onnx refuses it"; cat said; failed=1
  fi
  # which onnxruntime up to 1.17 joins with relu, and then does not run in double
  if [ "$dtype" = float64 ] && grep -q Gemm net.onnx; then echo "$1: there is a Gemm in double"; failed=1; fi
  [ -n "$run_not" ] && return 0
  cp net.onnx rows.csv answers.csv "$tools"
  (cd "$tools" && node onnx_answers.mjs net.onnx rows.csv answers.csv ${near:-$(near_of)} "${4-}") >said 2>&1 ||
    { echo "$1 in $dtype:"; cat said; failed=1; return 0; }
  # but for what only import reads
  if grep 'W:onnxruntime' said | grep -v '/moving_weight\|input/fill'; then echo "$1 in $dtype: a warning"; failed=1; fi
  echo "$1 in $dtype: $(tail -1 said)"
}
regression='train: {cost: mean_squared_error, batch_size: 8, optimizer: {type: sgd, learning_rate: 0.001}}'

for dtype in float32 float64; do
  head="dtype: $dtype
seed: 3"
  names=
  layers=
  for name in $("$nnrun" plugins --json | tr '{' '\n' | sed -n 's/.*"kind":"activation".*"name":"\([a-z0-9_]*\)".*/\1/p; s/.*"name":"\([a-z0-9_]*\)".*"kind":"activation".*/\1/p'); do
    layers="$layers
    - {name: of_$name, type: dense, units: 5, inputs: [input], activation: $name}"
    names="$names${names:+, }of_$name"
  done
  [ $dtype = float64 ] || near="1e-4 1e-6"  # large numbers cancel
  same "every activation, joins and norms" four.csv 1-4 <<END
$head
data: {type: csv, path: four.csv, scale: standard}
model:
  input: 4
  layers:$layers
    - {name: all, type: concatenate, inputs: [$names]}
    - {name: a, type: dense, units: 6}
    - {name: b, type: prelu}
    - {name: c, type: scale, bias: false, inputs: [a]}
    - {name: d, type: batch_norm, inputs: [a]}
    - {name: e, type: layer_norm, inputs: [b]}
    - {name: f, type: maximum, inputs: [b, c, d]}
    - {name: g, type: average, inputs: [c, d, e]}
    - {name: h, type: multiply, inputs: [f, g]}
    - {name: i, type: subtract, inputs: [h, e], activation: tanh}
    - {name: j, type: add, inputs: [i, a, f]}
    - {type: dropout, rate: 0.2}
    - {type: dense, units: 1}
$regression
END
  near=
  same "wide dense layers" four.csv 1-4 <<END
$head
data: {type: csv, path: four.csv, scale: min_max}
model:
  layers:
    - {type: dense, units: 33, activation: mish}
    - {type: dense, units: 200, bias: false, activation: relu}
    - {type: dense, units: 2}
    - {type: dense, units: 1}
$regression
END
  for part in texts logits; do
    [ $part = texts ] && scale='target_scale: log, scale: robust' ||
      scale='target_scale: standard, scale: min_max, features: [size^2, size*built, sin(size), cos(built), city, built]'
    same "a table of texts, $part" mixed.csv 1-3 city <<END
$head
data:
  type: csv
  path: mixed.csv
  targets: [price]
  $(echo "$scale" | sed 's/, \([a-z_]*:\)/\n  \1/g')
  columns: {built: {missing: median, indicator: true}, city: {missing: {constant: none}, unknown: other}, sold: unused, grade: unused}
model: {layers: [{type: dense, units: 3, activation: tanh}, {type: dense}]}
train: {cost: mean_squared_error, epochs: 2}
END
  done
  same "numbers that mean a missing value" marked.csv 1-4 <<END
$head
data: {type: csv, path: marked.csv, gaps: [-999, -99.9], scale: standard, columns: {x0: {missing: mean, indicator: true}, x1: {missing: {constant: 5}}}}
model: {layers: [{type: dense, units: 3, activation: tanh}, {type: dense}]}
$regression
END
  grep -aq 'of a number also -999 or -99.9, and filled in for: x0, x1' net.onnx ||
    { echo "the file does not say which numbers mean a missing value"; failed=1; }
  same "two classes" mixed.csv 1 <<END
$head
data: {type: csv, path: mixed.csv, targets: [sold], scale: standard, columns: {built: unused, city: unused, grade: unused, price: unused}}
model: {layers: [{type: dense, units: 3, activation: tanh}, {type: dense, activation: sigmoid}]}
train: {cost: binary_cross_entropy, epochs: 2}
END
  same "three classes" mixed.csv 1-2 city <<END
$head
data: {type: csv, path: mixed.csv, targets: [grade], scale: standard, columns: {built: unused, sold: unused, price: unused, city: {missing: most_frequent, unknown: ignore}}}
model: {layers: [{type: dense, units: 3, activation: tanh}, {type: dense, activation: softmax}]}
train: {cost: cross_entropy, epochs: 2}
END
  same "classes with an order" mixed.csv 1 <<END
$head
data: {type: csv, path: mixed.csv, targets: [grade], order: [low, mid, high], scale: standard, columns: {built: unused, city: unused, sold: unused, price: unused}}
model: {layers: [{type: dense, units: 2, activation: sigmoid}]}
train: {cost: binary_cross_entropy, optimizer: sgd, epochs: 2}
END
  # a row with an output of NaN, which means no class
  awk 'BEGIN { print "a,b,k"; for (i = 0; i < 40; i++) print i % 7 + 1 "," i % 5 + 1 "," substr("lmh", i % 3 + 1, 1) }' >nan.csv
  printf 'a,b\n1,2\n1,-200\n200,-1\n-300,0\n0,400\n' >nan_rows.csv
  same "outputs of NaN" nan.csv 1-2 "" nan_rows.csv <<END
$head
data: {type: csv, path: nan.csv, targets: [k]}
model: {layers: [{type: dense, units: 3}, {type: dense, units: 3, activation: {formula: "log(x + 20)"}}]}
train: {cost: mean_squared_error, epochs: 1, optimizer: {type: sgd, learning_rate: 0.0001}}
END
  grep -q 'nan.*,$' answers.csv || { echo "no answer has NaN and no class"; failed=1; }
  same "dense along the last axis, moves and places" wide.csv 1-98 <<END
$head
data: {type: csv, path: wide.csv, scale: standard}
model:
  input: [14, 7]
  layers:
    - {type: positional}
    - {type: dense, units: 5, axis: last, activation: softmax}
    - {type: layer_norm}
    - {name: p, type: positional, encoding: learned}
    - {type: flatten, order: channels_first}
    - {type: dense, units: 3}
    - {type: repeat_vector, n: 4}
    - {type: dense, units: 2, axis: last, bias: false, activation: tanh}
    - {type: flatten}
    - {type: dense, units: 1}
$regression
END
  same "pooling" wide.csv 1-98 <<END
$head
data: {type: csv, path: wide.csv, scale: standard}
model:
  input: [7, 7, 2]
  layers:
    - {name: p, type: max_pooling2d, pool_size: 3, strides: 2, padding: same}
    - {name: g, type: global_max_pooling2d}
    - {name: h, type: global_average_pooling2d, inputs: [p]}
    - {name: q, type: reshape, shape: [14, 7], inputs: [input]}
    - {name: k, type: global_max_pooling1d}
    - {name: l, type: global_average_pooling1d, inputs: [q]}
    - {type: concatenate, inputs: [g, h, k, l]}
    - {type: dense, units: 3, bias: false, activation: relu}
    - {type: dense, units: 1, activation: tanh}
$regression
END
  # onnxruntime has these in float32 alone; python3-onnx judges both
  run_not=; [ $dtype = float32 ] || run_not=yes
  near="1e-5 1e-6"  # sums of numbers near 1 that cancel
  same "images" wide.csv 1-98 <<END
$head
data: {type: csv, path: wide.csv, scale: standard}
model:
  input: [7, 7, 2]
  layers:
    - {name: a, type: conv2d, filters: 4, kernel_size: 3, padding: same}
    - {type: batch_norm, activation: relu}
    - {name: p, type: max_pooling2d, pool_size: 3, strides: 2, padding: same}
    - {name: c, type: conv2d, filters: 6, kernel_size: [2, 3], groups: 2, bias: false, inputs: [a], strides: [2, 1], dilation_rate: [1, 2]}
    - {type: average_pooling2d, pool_size: [2, 2], padding: same, activation: softmax}
    - {name: g, type: global_max_pooling2d}
    - {name: z, type: zero_padding2d, padding: [1, 2], inputs: [p]}
    - {type: up_sampling2d}
    - {type: layer_norm}
    - {name: h, type: global_average_pooling2d}
    - {name: d, type: depthwise_conv2d, kernel_size: 3, depth_multiplier: 2, padding: same, strides: 2, inputs: [a], activation: elu}
    - {name: dg, type: global_average_pooling2d}
    - {name: t, type: conv2d_transpose, filters: 3, kernel_size: 3, strides: 2, padding: same, inputs: [p], activation: tanh}
    - {name: t2, type: conv2d_transpose, filters: 4, kernel_size: [2, 3], strides: 3, groups: 2, output_padding: [0, 1], dilation_rate: [1, 2], inputs: [p]}
    - {name: tg, type: global_average_pooling2d, inputs: [t]}
    - {name: t2g, type: global_average_pooling2d, inputs: [t2]}
    - {name: both, type: concatenate, inputs: [p, p]}
    - {name: bg, type: global_average_pooling2d, inputs: [both]}
    - {name: q, type: flatten, order: channels_first, inputs: [p]}
    - {type: concatenate, inputs: [g, h, q, dg, tg, t2g, bg]}
    - {type: dense, units: 1}
$regression
END
  near=
  same "convolutions of sequences" wide.csv 1-98 <<END
$head
data: {type: csv, path: wide.csv}
model:
  layers:
    - {type: reshape, shape: [14, 7]}
    - {type: conv1d, filters: 5, kernel_size: 3, padding: causal, dilation_rate: 2}
    - {type: max_pooling1d}
    - {type: conv1d, filters: 1, kernel_size: 2, strides: 2}
    - {type: average_pooling1d, padding: same}
    - {type: flatten}
    - {type: dense, units: 1}
$regression
END
  for cell in simple_rnn lstm gru 'gru, reset_after: false' 'lstm, bias: false, activation: relu, recurrent_activation: hard_sigmoid' \
    'gru, go_backwards: true, activation: none' 'bidirectional, layer: lstm' 'bidirectional, layer: gru, merge: sum' \
    'bidirectional, layer: simple_rnn, merge: multiply' 'bidirectional, layer: gru, merge: average, reset_after: false'; do
    same "{type: $cell}" wide.csv 1-98 <<END
$head
data: {type: csv, path: wide.csv, scale: standard}
model:
  input: [14, 7]
  layers:
    - {type: $cell, units: 5, return_sequences: true}
    - {type: $cell, units: 4}
    - {type: dense, units: 1}
$regression
END
  done
  run_not=
  same "embedding" words.csv 1-6 <<END
$head
data: {type: csv, path: words.csv}
model:
  layers:
    - {type: embedding, input_dim: 11, output_dim: 4}
    - {type: flatten}
    - {type: dense, units: 1}
$regression
END
done

# rows that predict refuses, whose answer is NaN, and one that it answers
cat >"$tools/refused.mjs" <<'END'
import ort from 'onnxruntime-node'
const session = await ort.InferenceSession.create('net.onnx', { logSeverityLevel: 3 })
const rows = JSON.parse(process.argv[2]), texts = typeof rows[0][0] === 'string', n = rows.length
const feeds = texts
  ? Object.fromEntries(session.inputNames.map((name, k) => [name, new ort.Tensor('string', rows.map(r => r[k]), [n, 1])]))
  : { input: new ort.Tensor('float64', Float64Array.from(rows.flat(), x => x ?? NaN), [n, rows[0].length]) }
const { output } = await session.run(feeds)
console.log(Array.from(output.data, y => (Number.isNaN(y) ? 'nan' : 'number')).join(' '))
END
says() { # says NAME ROWS EXPECTED
  cp net.onnx "$tools"
  said=$(cd "$tools" && node refused.mjs "$2" 2>&1) || true
  [ "$said" = "$3" ] || { echo "$1: $said, not $3"; failed=1; }
}
for dtype in float32 float64; do
  rm -rf run
  cat >net.yaml <<END
dtype: $dtype
data: {type: csv, path: words.csv}
model: {layers: [{type: embedding, input_dim: 11, output_dim: 4}, {type: flatten}, {type: dense, units: 1}]}
$regression
END
  "$nnrun" -q net.yaml --out run >said 2>&1 && "$nnrun" export run --onnx net.onnx -q
  says "indices in $dtype" '[[0,1,2,3,4,10],[0,1,2,3,4,11],[0,-1,2,3,4,5],[0,1,2.5,3,4,5],[0,1,2.00000001,3,4,5],[0,1,2,3,4,10.99999999]]' \
    'number nan nan nan nan nan'
done
# what a layer forgets, as lstm does in onnxruntime, and an activation with limits
rm -rf run
cat >net.yaml <<END
dtype: float32
data: {type: csv, path: words.csv}
model: {layers: [{type: embedding, input_dim: 11, output_dim: 4}, {type: lstm, units: 3}, {type: dense, units: 1}]}
$regression
END
"$nnrun" -q net.yaml --out run >said 2>&1 && "$nnrun" export run --onnx net.onnx -q
says "indices before lstm" '[[0,1,2,3,4,10],[11,1,2,3,4,5],[null,1,2,3,4,5],[0,1.5,2,3,4,5],[0,1,2,3,4,-1],[0,1,1e12,3,4,5]]' \
  'number nan nan nan nan nan'
for dtype in float32 float64; do
  for layers in '{type: dense, units: 3, activation: sigmoid}' \
    '{type: reshape, shape: [2, 2]}, {type: lstm, units: 3}'; do
    [ "$dtype$layers" != "float64{type: reshape, shape: [2, 2]}, {type: lstm, units: 3}" ] || continue
    rm -rf run
    cat >net.yaml <<END
dtype: $dtype
data: {type: csv, path: four.csv, scale: standard}
model: {layers: [$layers, {type: dense, units: 1, activation: sigmoid}]}
$regression
END
    "$nnrun" -q net.yaml --out run >said 2>&1 && "$nnrun" export run --onnx net.onnx -q
    [ $dtype = float32 ] && huge=nan || huge=number
    says "numbers in $dtype" '[[0,1,2,3],[1e999,1,2,3],[0,-1e999,2,3],[0,1,2,null],[1e300,1,2,3],[1e30,1,2,3]]' \
      "number nan nan nan $huge number"
  done
done
rm -rf run
cat >net.yaml <<END
data: {type: csv, path: mixed.csv, targets: [price], columns: {city: {missing: most_frequent}, grade: {type: category}, size: unused, built: unused, sold: unused}}
model: {layers: [{type: dense}]}
$regression
END
"$nnrun" -q net.yaml --out run >said 2>&1 && "$nnrun" export run --onnx net.onnx -q
says "texts" '[["Bern","low"],["","low"],["NA","low"],["?","mid"],["Zug","low"],["Bern",""],["Bern","NA"],["Bern","none"]]' \
  'number number number number nan nan nan nan'

rm -rf run
cat >net.yaml <<END
data: {type: csv, path: wide.csv}
model: {input: [14, 7], layers: [{type: lstm, units: 3, skip: 0}, {type: dense, units: 1}]}
$regression
END
"$nnrun" -q net.yaml --out run >said 2>&1
if "$nnrun" export run --onnx no.onnx 2>said || ! grep -q "layer 'lstm_1' cannot be exported: it passes over steps" said; then
  echo "skip is not refused by name"; cat said; failed=1
fi
[ ! -e no.onnx ] || { echo "a file was written all the same"; failed=1; }
exit $failed
