#!/bin/bash
# nnrun beside scikit-learn, if there is one. usage: peers_test.sh NNRUN FOLDER SCRIPT
set -euo pipefail
nnrun=$1 folder=$2 script=$3
python=
for one in python3 /usr/bin/python3; do
  "$one" -c 'import sklearn.neural_network' 2>/dev/null && python=$one && break
done
[[ $python ]] || { echo "skipped: no python3 with scikit-learn"; exit 77; }
rm -rf "$folder"
PYTHONDONTWRITEBYTECODE=1 exec "$python" "$(dirname "$0")/$script.py" "$nnrun" "$folder"
