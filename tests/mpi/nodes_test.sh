#!/bin/sh
# Four network namespaces as nodes, joined by a bridge at 1 Gb/s: one training on all of them has the bits of
# one process; a node that is cut off ends every process, with a word of its rank; three others go on.
# usage: nodes_test.sh CHECKOUT BUILD_FOLDER ; exit status 77: skipped
set -eu
checkout=$1 build=$2 nnrun=$2/nnrun
skip() { echo "skipped: $*"; exit 77; }
fail() { echo "failed: $*"; exit 1; }
command -v mpirun >/dev/null || skip "mpirun is not installed"
[ -e "$build/plugins/mpi.so" ] || skip "nnrun was built without MPI"
[ "$(id -u)" = 0 ] || skip "namespaces for networks need root"
command -v ip >/dev/null && command -v tc >/dev/null && command -v unshare >/dev/null ||
  skip "ip, tc or unshare is not installed"

tag=nn$$
names="$tag-0 $tag-1 $tag-2 $tag-3"
clean_up() {
  for name in $names $tag-s; do
    for process in $(ip netns pids $name 2>/dev/null); do kill -KILL "$process" 2>/dev/null || true; done
    ip netns del $name 2>/dev/null || true
    rm -rf "/etc/netns/$name"
  done
}
trap clean_up EXIT
ip netns add $tag-s 2>/dev/null || skip "this system has no network namespaces"
inside() { ip netns exec "$@"; }
inside $tag-s ip link add switch type bridge 2>/dev/null || skip "this system has no bridges"
inside $tag-s ip link set switch up
number=0
for name in $names; do
  ip netns add $name
  mkdir -p /etc/netns/$name
  printf '127.0.0.1 localhost\n10.77.0.1 %s-0\n10.77.0.2 %s-1\n10.77.0.3 %s-2\n10.77.0.4 %s-3\n' \
    $tag $tag $tag $tag >/etc/netns/$name/hosts
  ip link add name $tag$number netns $tag-s type veth peer name net0 netns $name
  inside $tag-s ip link set $tag$number master switch up
  inside $name ip link set lo up
  inside $name ip address add 10.77.0.$((number + 1))/24 dev net0
  inside $name ip link set net0 up
  inside $name tc qdisc add dev net0 root tbf rate 1gbit burst 256k latency 50ms 2>/dev/null ||
    skip "this system has no tbf"
  number=$((number + 1))
done

work=$build/nodes_test
rm -rf "$work" && mkdir -p "$work" && cd "$work"
# in place of ssh: a process of the node, under its name
cat >agent <<'END'
#!/bin/sh
node=$1
shift
exec ip netns exec "$node" unshare -u sh -c "hostname $node; $*"
END
chmod +x agent
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
# on_nodes NODES COMMAND...: a process on each of the first so many nodes
on_nodes() {
  count=$1
  shift
  hosts=$(echo $names | cut -d' ' -f1-$count | tr ' ' ,)
  ip netns exec $tag-0 unshare -u sh -c 'hostname "$0"; exec "$@"' $tag-0 mpirun -n $count --host "$hosts" \
    --bind-to none --mca mpi_yield_when_idle 1 --mca plm_rsh_agent "$work/agent" --mca btl tcp,self \
    --mca btl_tcp_if_include net0 --mca oob_tcp_if_include net0 --mca orte_keep_fqdn_hostnames 1 "$@"
}
hash_of() { sed 's/.*"weights_sha256":"\([0-9a-f]*\)".*/\1/' "$1"; }

cat >net.yaml <<END
extends: $checkout/configs/diagonal-minibatch.yaml
name: net
random: philox
model: {defaults: {init: glorot_uniform}, layers: [{type: dense, units: 200, activation: relu}, batch_norm,
  {type: dropout, rate: 0.2}, {type: dense, units: 200, activation: relu}, {type: dense, units: 1}]}
data: {train: 2000}
dtype: float32
train: {shards: 8, epochs: 10, batch_size: 100, optimizer: {type: adam, learning_rate: 0.01}, checkpoint: {every: 10}}
END
"$nnrun" net.yaml --json >alone.json
for count in 1 2 3 4; do
  on_nodes $count "$nnrun" train net.yaml --exchange mpi --json >nodes.json 2>nodes.err ||
    { cat nodes.err; fail "$count nodes"; }
  [ "$(hash_of nodes.json)" = "$(hash_of alone.json)" ] || fail "other bits on $count nodes"
  echo "figure: 1 trainings on several nodes with the bits of one process"
done

long="--set train.epochs=60"
"$nnrun" net.yaml --json $long >alone.json
on_nodes 4 "$nnrun" train net.yaml --exchange mpi --watchdog 4 --out r $long >r.out 2>r.err &
launched=$!
until [ "$(ls r/checkpoints 2>/dev/null | wc -l)" -gt 1 ]; do
  sleep 0.1
  kill -0 $launched 2>/dev/null || { cat r.err; fail "no checkpoint"; }
done
pids=$(for name in $names; do ip netns pids $name; done | while read -r process; do
  [ "$(readlink /proc/$process/exe)" = "$(readlink -f "$nnrun")" ] && echo $process || true
done)
[ "$(echo $pids | wc -w)" = 4 ] || fail "not four processes: $pids"
inside $tag-2 ip link set net0 down
cut=$(date +%s)
for process in $pids; do
  while kill -0 $process 2>/dev/null && [ "$(cut -d' ' -f3 /proc/$process/stat 2>/dev/null)" != Z ]; do
    sleep 0.1
    [ $(($(date +%s) - cut)) -lt 15 ] || { cat r.err; fail "a process did not end"; }
  done
done
took=$(($(date +%s) - cut))
echo "every process ended within $took s of the cut"
# what the node that was cut off says reaches nobody; mpirun may wait for it for ever
for process in $(ip netns pids $tag-0); do kill -KILL $process 2>/dev/null || true; done
wait $launched 2>/dev/null || true
grep -q "error: rank [013] on host .*nothing came from rank [0-3] on host " r.err || { cat r.err; fail "no rank was named"; }
for process in $(for name in $names; do ip netns pids $name; done); do kill -KILL $process 2>/dev/null || true; done
on_nodes 2 "$nnrun" train --resume r --exchange mpi --json >r.json 2>r.err || { cat r.err; fail "not resumed"; }
[ "$(hash_of r.json)" = "$(hash_of alone.json)" ] || fail "other bits after a node was cut off"
echo "figure: 1 nodes cut off, the training resumed elsewhere with the same bits"
