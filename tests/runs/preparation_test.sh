#!/bin/bash
# model_reader.py, which knows nothing but what FORMATS.md says, answers rows as predict does: with
# categories, gaps, scaling and scaled targets, in both precisions.
# usage: preparation_test.sh NNRUN FOLDER
set -euo pipefail
nnrun=$1 folder=$2 reader=$(dirname "$(realpath "$0")")/model_reader.py
python=
for one in python3 /usr/bin/python3; do
  "$one" -c 'import numpy' 2>/dev/null && python=$one && break
done
[[ $python ]] || { echo "skipped: no python3 with numpy"; exit 77; }
rm -rf "$folder" && mkdir -p "$folder" && cd "$folder"

# towns, sizes and years with gaps; a rent, and whether it is a flat
awk 'BEGIN {
  print "town,heating,size,built,rent,kind"
  for (i = 0; i < 200; ++i) {
    size = 20 + i * 7 % 120
    printf "%s,%s,%s,%s,%.2f,%s\n", i % 4 ? substr("AarBonKie", 1 + i % 3 * 3, 3) : "\"Ulm, old\"",
           i % 6 ? (i % 2 ? "gas" : "oil") : "NA", i % 11 ? size + 0.37 : "",
           i % 9 ? 1900 + i * 13 % 120 : "NA", 200 + 9 * size + i % 17, (size > 70 ? "house" : "flat")
  }
}' >table.csv
{ cat table.csv; echo 'Mars,NA,,NA,1,flat'; echo 'Aar,coal,1000,1700,1,flat'; } >asked.csv
columns='town: {unknown: other}, heating: {missing: {constant: none}, unknown: ignore},
  size: {missing: mean, indicator: true}, built: {missing: median, scale: min_max}'
same() {  # what the reader and predict say, within the last digits of the precision
  "$python" "$reader" run/model.safetensors asked.csv >read
  "$nnrun" predict run -q --csv asked.csv | tail -n +2 >said
  "$python" -c 'import sys
tolerance = {"float32": 4e-6, "float64": 1e-12}[sys.argv[1]]
said, read = ([line.strip().split(",") for line in open(name)] for name in ("said", "read"))
assert len(said) == len(read) == 202, (len(said), len(read))
for number, (one, other) in enumerate(zip(said, read)):
    for a, b in zip(map(float, one[:len(other)]), map(float, other)):
        assert abs(a - b) <= tolerance * max(1, abs(a)), (sys.argv, number, a, b)' "$@"
  rm -r run
}
for dtype in float32 float64; do
  for target in standard min_max log; do
    cat >net.yaml <<YAML
dtype: $dtype
data:
  {type: csv, path: table.csv, targets: [rent], scale: standard, target_scale: $target,
  columns: {$columns, kind: unused}}
model: {input: 11, layers: [{type: dense, units: 8, activation: tanh}, {type: dense, units: 1}]}
train: {cost: mean_squared_error, optimizer: {type: adam, learning_rate: 0.02}, epochs: 10}
YAML
    "$nnrun" -q net.yaml --out run >/dev/null
    same "$dtype" "$target"
  done
  cat >net.yaml <<YAML
dtype: $dtype
data:
  {type: csv, path: table.csv, targets: [kind], scale: robust,
  columns: {$columns, rent: unused}}
model:
  {input: 11, layers: [{type: dense, units: 8, activation: tanh},
  {type: dense, units: 2, activation: softmax}]}
train: {cost: cross_entropy, optimizer: {type: adam, learning_rate: 0.02}, epochs: 10}
YAML
  "$nnrun" -q net.yaml --out run >/dev/null
  same "$dtype" classes
done
echo "figure: $((202 * 8)) rows answered by another reader as by predict"
