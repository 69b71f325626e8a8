#!/bin/sh
# From one process to two, each on a core of its own: how much of two processes is training, with as many rows for
# each as one had (weak) and with half as many (strong); and what `nnrun time` expects after some seconds. Prints
# figures, asserts nothing.
# usage: [NNRUN_DATA=FOLDER] scaling.sh BUILD_FOLDER [mpi|local]
set -eu
build=$(readlink -f "$1") how=${2:-mpi} nnrun=$build/nnrun
mnist=${NNRUN_DATA:-data}/mnist
[ -d "$mnist" ] || { echo "MNIST is not in '$mnist'"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
cat >"$work/wide.yaml" <<CONFIG
data: {type: idx, folder: "$(readlink -f "$mnist")", validation: 39520}
model: {defaults: {init: glorot_uniform}, layers: [{type: flatten}, {type: dense, units: 1024, activation: relu},
  {type: dense, units: 1024, activation: relu}, {type: dense, units: 10, activation: softmax}]}
train: {cost: cross_entropy, optimizer: {type: sgd, learning_rate: 0.05}, batch_size: 1024, epochs: 10}
CONFIG
cd "$work"

# on_two COMMAND...: with a core each
on_two() {
  if [ "$how" = mpi ]; then
    mpirun -n 2 --bind-to core "$@" --exchange mpi --threads 1
  else
    "$@" --exchange '{type: local, processes: 2}' --threads 1
  fi
}
# rate FOLDER: examples in a second of training, in the fastest epoch after the first
rate() {
  awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; next }
    NR > 2 { r = ($at["examples"] - e) / ($at["seconds"] - s); if (r > best) best = r }
    { s = $at["seconds"]; e = $at["examples"] }
    END { printf "%.1f\n", best }' "$1/metrics.csv"
}
percent() { awk "BEGIN { printf \"%.1f\", 100 * ($1) }"; }
number() { sed 's/.*"processes":2,"measured":true,[^}]*"'"$1"'":\([0-9.e-]*\).*/\1/' time.json; }

taskset -c 0 "$nnrun" wide.yaml -q --threads 1 --out one >/dev/null
on_two "$nnrun" train wide.yaml -q --set train.batch_size=2048 --set train.shards=2 --out weak >/dev/null
taskset -c 0 "$nnrun" wide.yaml -q --threads 1 --set train.shards=2 --out one-of-two >/dev/null
on_two "$nnrun" train wide.yaml -q --set train.shards=2 --out strong >/dev/null
on_two "$nnrun" time wide.yaml --json --set train.shards=2 >time.json

one=$(rate one) weak=$(rate weak) one_of_two=$(rate one-of-two) strong=$(rate strong)
echo "784-1024-1024-10, float32, a process for each core, exchange $how"
echo "one process, batch 1024: $one examples/s; two, batch 2048: $weak; one, batch 1024 in 2 shards: $one_of_two; two: $strong"
echo "weak efficiency   $(percent "$weak / 2 / $one") %, expected after some seconds $(percent "$(number efficiency_if_batch_grows)") %"
echo "strong efficiency $(percent "$strong / 2 / $one_of_two") %, expected after some seconds $(percent "$(number efficiency)") %"
