#!/bin/sh
# One training under mpirun: the bits of one process, and one voice where something is wrong.
# usage: mpi_test.sh CHECKOUT BUILD_FOLDER ; exit status 77: skipped
set -eu
checkout=$1 build=$2 nnrun=$2/nnrun
command -v mpirun >/dev/null || { echo "skipped: mpirun is not installed"; exit 77; }
[ -e "$build/plugins/mpi.so" ] || { echo "skipped: nnrun was built without MPI"; exit 77; }
work=$build/mpi_test
rm -rf "$work" && mkdir -p "$work" && cd "$work"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_hwloc_base_binding_policy=none

fail() { echo "failed: $*"; exit 1; }
cat >net.yaml <<END
extends: $checkout/configs/diagonal-minibatch.yaml
name: net
random: philox
model: {defaults: {init: glorot_uniform}, layers: [{type: dense, units: 90, activation: relu}, batch_norm,
  {type: dropout, rate: 0.2}, {type: dense, units: 60, activation: relu}, {type: dense, units: 1}]}
data: {train: 2000}
train: {shards: 8, epochs: 4, optimizer: {type: adam, learning_rate: 0.01}, checkpoint: {every: 5}, clip_norm: 1}
END
hash_of() { sed 's/.*"weights_sha256":"\([0-9a-f]*\)".*/\1/' "$1"; }

alone=
for dtype in float32 float64; do
  "$nnrun" net.yaml --json --set dtype=$dtype >alone.json
  for n in 1 2 3 4 8; do
    for threads in 1 2; do
      mpirun -n $n "$nnrun" train net.yaml --exchange mpi --json --threads $threads --set dtype=$dtype \
        >several.json 2>several.err || { echo "status $?"; cat several.err; fail "$n processes"; }
      [ "$(wc -l <several.json)" = 1 ] || fail "$n processes printed more than one result"
      [ "$(hash_of several.json)" = "$(hash_of alone.json)" ] || fail "other bits on $n processes, $dtype"
      echo "figure: 1 trainings under mpirun with the bits of one process"
    done
  done
done

# refused WORDS STATUS COMMAND...: one sentence, with these words
refused() {
  words=$1 status=$2
  shift 2
  code=0
  timeout 60 "$@" >refused.out 2>refused.err || code=$?
  [ $code = "$status" ] || { cat refused.err; fail "status $code, not $status: $*"; }
  grep -qF "$words" refused.err || { cat refused.err; fail "not said: $words"; }
  [ "$(grep -c '^error: ' refused.err)" = 1 ] || { cat refused.err; fail "more than one sentence"; }
  ! grep -q '[^[:space:]]' refused.out || fail "something on stdout"
}
refused "9 processes cannot share a batch of 8 shards" 3 mpirun -n 9 "$nnrun" train net.yaml --exchange mpi
refused "4 processes were started that would train the same, each alone" 2 mpirun -n 4 "$nnrun" net.yaml
refused "rank 2 on host $(hostname) has another config than rank 0 on host $(hostname)" 2 \
  mpirun -n 2 "$nnrun" train net.yaml --exchange mpi : -n 1 "$nnrun" train net.yaml --exchange mpi --set seed=9
# another program beside it never joins; a build without MPI cannot
refused "the other processes have not joined this one after 2 s" 1 \
  mpirun -n 1 "$nnrun" train net.yaml --exchange mpi --watchdog 2 : -n 1 sleep 30
mkdir -p without/plugins
cp "$nnrun" without/
for file in "$build"/plugins/*.so; do [ "${file##*/}" = mpi.so ] || ln -s "$file" without/plugins/; done
refused "this build found no MPI" 3 mpirun -n 3 without/nnrun train net.yaml --exchange mpi
refused "this build found no MPI" 3 mpirun -n 2 "$nnrun" train net.yaml --exchange mpi : \
  -n 1 without/nnrun train net.yaml --exchange mpi
refused "unknown exchange 'mpj'" 3 mpirun -n 3 "$nnrun" train net.yaml --exchange mpj
refused "another.yaml" 3 mpirun -n 2 "$nnrun" train net.yaml --exchange mpi : \
  -n 1 "$nnrun" train another.yaml --exchange mpi
printf 'x,y\n1,0\n2,1\n3,1\n4,0\n' >a.csv
printf 'x,y\n1,0\n2,1\n3,1\n4,1\n' >b.csv
cat >table.yaml <<END
data: {type: csv, path: "\${TABLE}", targets: [y], classes: []}
model: {input: 1, layers: [{type: dense, units: 1}]}
train: {cost: mean_squared_error, batch_size: 4, shards: 4}
END
ln -s a.csv same.csv
mkdir one other && cp a.csv one/t.csv && cp b.csv other/t.csv
for folder in one other; do cp table.yaml $folder; done
refused "rank 1 on host" 2 mpirun -n 1 --wdir "$work/one" env TABLE=t.csv "$nnrun" train table.yaml --exchange mpi \
  : -n 1 --wdir "$work/other" env TABLE=t.csv "$nnrun" train table.yaml --exchange mpi

refused "one process has nobody to share a step with" 2 mpirun -n 1 "$nnrun" time net.yaml --exchange mpi
mpirun -n 2 "$nnrun" time net.yaml --exchange mpi --json >time.json 2>time.err || { cat time.err; fail "time"; }
grep -q '"sharing":{"processes":2,"shards":8,' time.json || { cat time.json; fail "time says nothing of sharing"; }

# what a signal to mpirun, and the end of one process, leave behind goes on with another number
long='--set train.epochs=400'
"$nnrun" train net.yaml --json $long --set train.checkpoint.every=20 >alone.json
begun() { until [ -n "$(ls "$1"/checkpoints 2>/dev/null)" ]; do sleep 0.05; kill -0 $! || fail "no checkpoint"; done; }
mpirun -n 4 "$nnrun" train net.yaml --exchange mpi --out r $long --set train.checkpoint.every=20 >r.out 2>r.err &
begun r
kill -TERM $!
wait $! && fail "a signal was lost" || true
grep -q "interrupted after step" r.err || { cat r.err; fail "no word of a checkpoint"; }
newest() { ls r/checkpoints | tail -n 1; }
before=$(newest)
mpirun -n 3 "$nnrun" train --resume r --exchange mpi >r.out 2>r.err &
until [ "$(newest)" != "$before" ]; do sleep 0.05; kill -0 $! || fail "no new checkpoint"; done
kill -KILL "$(pgrep -P $! | tail -n 1)"
wait $! && fail "a process that was killed was not missed" || true
"$nnrun" runs --json . >/dev/null
mpirun -n 2 "$nnrun" train --resume r --exchange mpi --json >r.json 2>r.err || { cat r.err; fail "not resumed"; }
[ "$(hash_of r.json)" = "$(hash_of alone.json)" ] || fail "other bits after a kill"
echo "figure: 1 trainings under mpirun killed and resumed with the same bits"
