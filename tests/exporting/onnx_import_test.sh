#!/bin/sh
# ONNX files of other programs are imported, and answer as onnxruntime says.
# usage: onnx_import_test.sh CHECKOUT BUILD_FOLDER ; exit status 77: skipped
set -eu
checkout=$1 build=$2
command -v npm >/dev/null || { echo "skipped: npm is not installed"; exit 77; }
command -v python3 >/dev/null || { echo "skipped: python3 is not installed"; exit 77; }
tools=$build/onnx_import_tools
mkdir -p "$tools"
[ -d "$tools/node_modules/onnxruntime-node" ] ||
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tools" \
    onnxruntime-node@1.20.1 >"$tools/log" 2>&1 ||
  { echo "skipped: npm cannot install onnxruntime-node"; cat "$tools/log"; exit 77; }
cp "$checkout/tests/exporting/foreign_answers.mjs" "$tools"
work=$tools/work
rm -rf "$work" && mkdir -p "$work"
names=$(python3 "$checkout/tests/exporting/foreign_onnx.py" "$work")
cd "$tools"
failed=0
for name in $names; do
  if "$build/nnrun" import "work/$name.onnx" --to "work/$name" >said 2>&1 &&
    "$build/nnrun" predict "work/$name/weights.safetensors" --csv "work/$name.csv" -q >answers.csv 2>said &&
    node foreign_answers.mjs "work/$name.onnx" "work/$name.json" answers.csv >said 2>&1; then
    echo "$name: $(cat said)"
  else
    echo "$name failed:"; cat said; failed=1
  fi
done
exit $failed
