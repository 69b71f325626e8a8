#!/bin/bash
# The reader of models in framework/runs/FORMATS.md, run as printed there, predicts what nnrun does.
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

# two inputs of different sizes, three kinds of examples
awk 'BEGIN {
  print "size,width,kind"
  for (i = 0; i < 150; ++i) {
    k = i % 3
    printf "%.3f,%.5f,%s\n", 100 + 40 * k + (i * 7 % 19), 0.01 * (k + 1) + (i * 5 % 13) / 4000,
           substr("abc", k + 1, 1)
  }
}' >examples.csv
for dtype in float32 float64; do
  cat >net.yaml <<YAML
dtype: $dtype
data: {type: csv, path: examples.csv, targets: [kind], scale: standard}
model:
  input: 2
  layers:
    - {type: dense, units: 6, activation: tanh}
    - {type: dense, units: 3, activation: softmax}
train: {cost: cross_entropy, optimizer: {type: adam, learning_rate: 0.05}, epochs: 20}
YAML
  "$nnrun" -q net.yaml --out "$dtype"
  for example in 120.5,0.02 100,0.011 175,0.031; do
    "$nnrun" predict "$dtype" "$example" >said
    read -r _ _ _ a b c <said
    "$python" reader.py "$dtype/model.safetensors" "$example" >read
    read -r x y z class <read
    # the same digits but for the last ones of the precision
    "$python" -c 'import sys
tolerance = {"float32": 2e-6, "float64": 1e-13}[sys.argv[1]]
pairs = list(zip(map(float, sys.argv[2:5]), map(float, sys.argv[5:8])))
sys.exit(not all(abs(p - q) <= tolerance * max(p, q) + tolerance * 1e-3 for p, q in pairs))' \
      "$dtype" "$a" "$b" "$c" "$x" "$y" "$z" ||
      { echo "$dtype $example: $(cat read), not $(cat said)"; exit 1; }
    grep -q "^class   $class\$" said || { echo "$dtype $example: class $class, not $(cat said)"; exit 1; }
  done
done
