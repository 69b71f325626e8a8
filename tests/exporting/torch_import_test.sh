#!/bin/sh
# Networks that PyTorch exported are imported, and answer as PyTorch does.
# usage: torch_import_test.sh CHECKOUT BUILD_FOLDER ; exit status 77: skipped
set -eu
checkout=$1 build=$2 python=
for one in python3 /usr/bin/python3; do
  if "$one" -c 'import torch' 2>/dev/null; then python=$one; break; fi
done
[ -n "$python" ] || { echo "skipped: no python3 has torch"; exit 77; }
work=$build/torch_import_work
rm -rf "$work" && mkdir -p "$work"
script=$checkout/tests/exporting/torch_networks.py
"$python" -W ignore "$script" "$work" >"$work/names" 2>"$work/log" || { cat "$work/log"; exit 1; }
names=$(tail -1 "$work/names")
failed=0
for name in $names; do
  if "$build/nnrun" import "$work/$name.onnx" --to "$work/$name" >"$work/said" 2>&1 &&
    "$build/nnrun" predict "$work/$name/weights.safetensors" --csv "$work/$name.csv" -q \
      >"$work/answers.csv" 2>"$work/said" &&
    "$python" "$script" "$work" "$name" "$work/answers.csv" >"$work/said" 2>&1; then
    echo "$name: $(cat "$work/said")"
  else
    echo "$name failed:"; cat "$work/said"; failed=1
  fi
done
exit $failed
