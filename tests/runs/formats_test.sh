#!/bin/bash
# The reader of models in framework/runs/FORMATS.md, run as printed there, predicts what nnrun does, to
# the last digit.
# usage: formats_test.sh CHECKOUT NNRUN FOLDER
set -euo pipefail
page=$1/framework/runs/FORMATS.md nnrun=$2 folder=$3
python=
for one in python3 /usr/bin/python3; do
  "$one" -c 'import numpy' 2>/dev/null && python=$one && break
done
[[ $python ]] || { echo "skipped: no python3 with numpy"; exit 77; }
rm -rf "$folder" && mkdir -p "$folder" && cd "$folder"
awk '/^```python/ { on = 1; next } /^```/ { on = 0 } on' "$page" >reader.py
[[ -s reader.py ]] || { echo "no reader in $page"; exit 1; }

# cities, sizes and years with gaps; the same rows as lines of JSON
awk 'BEGIN {
  print "city,size,built,price" >"houses.csv"
  for (i = 0; i < 150; ++i) {
    city = i % 19 == 5 ? "NA" : substr("AarBonUlm", 1 + i * 7 % 3 * 3, 3)
    size = i % 17 == 3 ? "" : i % 23 == 4 ? -99.9 : 30 + i * 37 % 211 + 0.25
    built = i % 13 == 7 ? "?" : 1900 + i * 53 % 120
    printf "%s,%s,%s,%d\n", city, size, built, 9000 * (30 + i * 37 % 211) * (1 + i * 7 % 3) >"houses.csv"
    printf "[%s, %s, %s]\n", city == "NA" ? "null" : "\"" city "\"", size == "" ? "null" : size,
           built == "?" ? "null" : built >"houses.jsonl"
  }
  print "[\"Mars\", 80, 1990]" >"houses.jsonl"
}'
for dtype in float32 float64; do
  for units in 6 21; do
    cat >net.yaml <<YAML
dtype: $dtype
data:
  type: csv
  path: houses.csv
  scale: standard
  target_scale: log
  gaps: [NA, "?", -99.9]
  columns:
    city: {missing: {constant: none}, unknown: other}
    size: {missing: mean}
    built: {missing: median, indicator: true}
model: {layers: [{type: dense, units: $units, activation: relu}, {type: dense}]}
train: {cost: mean_squared_error, optimizer: {type: adam, learning_rate: 0.02}, epochs: 20}
YAML
    rm -rf run
    "$nnrun" -q net.yaml --out run >log
    "$nnrun" predict run -q --jsonl houses.jsonl | tail -n +2 >said
    "$python" reader.py run/model.safetensors <houses.jsonl >read
    "$python" -c 'import sys
said, read = ([float(line) for line in open(name)] for name in ("said", "read"))
assert len(said) == len(read) == 151, (len(said), len(read))
for number, (one, other) in enumerate(zip(said, read)):
    assert one == other, (sys.argv, number, one, other)' "$dtype" "$units"
  done
done
echo "figure: 604 answers with the digits of the reader in FORMATS.md"
