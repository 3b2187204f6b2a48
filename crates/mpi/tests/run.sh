#!/usr/bin/env bash
# Tests glassgrad-mpi on this machine: ranks are processes here, and, where the machine allows it, in two network
# namespaces. Needs MPI (Debian: libopenmpi-dev openmpi-bin libclang-dev); installs nothing.
set -euo pipefail
cd "$(dirname "$0")/../../.."

for tool in mpirun mpicc; do
  command -v "$tool" >/dev/null || {
    echo "crates/mpi/tests/run.sh: found no $tool, expected an MPI; on Debian: apt-get install libopenmpi-dev openmpi-bin libclang-dev"
    exit 1
  }
done
# Many ranks on few CPUs, as root where CI is.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none

# Of the whole workspace, so that all but this crate is what the other tests have built already.
cargo build --locked --quiet --workspace --features glassgrad-mpi/mpi --bin glassgrad --bin glassgrad-mpi
mpi=$PWD/${CARGO_TARGET_DIR:-target}/debug/glassgrad-mpi
alone=${mpi%-mpi}
tests=crates/mpi/tests
scripts=crates/mpi/scripts
folder=$(mktemp -d)
job=
trap '[ -z "$job" ] || kill "$job" 2>/dev/null || true; rm -rf "$folder"' EXIT

step() { echo "-- $*"; }
fail() { echo "FAILED: $*"; tail -n 20 "$folder"/*.log 2>/dev/null; exit 1; }
same() { cmp "$1" "$2" || fail "$3: the models differ"; }
# ranks COUNT ARGUMENT…: trains, quietly.
ranks() { local n=$1; shift; timeout 60 mpirun -n "$n" "$mpi" train --quiet "$@" >"$folder/out.log" 2>&1; }
# The same in one process, by the program that knows no MPI.
one() { timeout 60 "$alone" train --quiet --shards 8 "$@" >"$folder/out.log" 2>&1 || fail "one process"; }
# code EXPECTED WHAT COMMAND…
code() {
  local expected=$1 what=$2 found=0; shift 2
  "$@" || found=$?
  [ "$found" = "$expected" ] || fail "$what: exit code $found, expected $expected"
}
says() { grep -qF -- "$1" "$folder/out.log" || fail "it does not say: $1"; }
# Starts a job that lasts, waits for its first checkpoint; its process is then $job.
begin() {
  rm -f "$folder/long.ckpt"
  timeout 60 mpirun "$@" "$mpi" train "$folder/run.toml" --epochs 1000000 --patience 0 -o "$folder/long.ckpt" \
    $extra >"$folder/out.log" 2>&1 &
  job=$!
  for _ in $(seq 200); do [ -e "$folder/long.ckpt" ] && return; sleep 0.1; done
  fail "no checkpoint after 20 s"
}
# The process of a rank of $job: child of mpirun, itself the child of timeout.
rank() { pgrep -P "$(pgrep -P "$job")" | sed -n "$(($1 + 1))p"; }
# Waits for the job, which must end within so many seconds, with a failure.
ends() {
  local begun=$SECONDS found=0
  wait "$job" || found=$?
  job=
  [ $found != 0 ] || fail "the job ended well"
  [ $found != 124 ] || fail "the job did not end"
  (( SECONDS - begun <= $1 )) || fail "the job took $((SECONDS - begun)) s to end"
}
extra=

# Dropout, momentum-like state and a short last batch; 1,437 rows in batches of 50.
cat >"$folder/run.toml" <<TOML
seed = 5
[data]
train = "$PWD/data/digits.csv"
target = "target"
[model]
hidden = [32]
dropout = 0.2
[train]
epochs = 3
batch = 50
TOML

step "the same bits on 1, 2, 4 and 8 ranks"
one "$folder/run.toml" -o "$folder/1.ckpt"
for n in 1 2 4 8; do
  ranks $n "$folder/run.toml" -o "$folder/mpi-$n.ckpt" || fail "$n ranks"
  same "$folder/1.ckpt" "$folder/mpi-$n.ckpt" "$n ranks"
done
"$mpi" train --quiet "$folder/run.toml" -o "$folder/no-mpirun.ckpt" >"$folder/out.log" 2>&1 || fail "without mpirun"
same "$folder/1.ckpt" "$folder/no-mpirun.ckpt" "without mpirun"
ranks 4 "$folder/run.toml" --bucket 1000 -o "$folder/buckets.ckpt" || fail "--bucket"
same "$folder/1.ckpt" "$folder/buckets.ckpt" "buckets"
ranks 2 "$folder/run.toml" --shards 4 -o "$folder/shards.ckpt" || fail "4 shards"
! cmp -s "$folder/1.ckpt" "$folder/shards.ckpt" || fail "the number of shards does not show"

step "in f64, with fewer rows a batch than shards"
small=("$folder/run.toml" --precision f64 --optimizer sgd --lr 0.01 --batch 5 --epochs 1)
one "${small[@]}" -o "$folder/f64-1.ckpt"
ranks 4 "${small[@]}" -o "$folder/f64-4.ckpt" || fail "f64"
same "$folder/f64-1.ckpt" "$folder/f64-4.ckpt" "f64"

step "begun on 4 ranks, gone on with on 2, ended by glassgrad alone"
ranks 4 "$folder/run.toml" --epochs 1 -o "$folder/parts.ckpt" || fail "epoch 1"
ranks 2 --resume "$folder/parts.ckpt" --epochs 2 || fail "epoch 2"
"$alone" train --quiet --resume "$folder/parts.ckpt" --epochs 3 >"$folder/out.log" || fail "epoch 3"
same "$folder/1.ckpt" "$folder/parts.ckpt" "three parts"

step "what is wrong is said once, with its code"
code 2 "3 ranks" ranks 3 "$folder/run.toml"
says "workers: found 3, expected a power of two up to the 8 shards of a batch"
code 2 "other shards" ranks 2 --resume "$folder/parts.ckpt" --shards 4 --epochs 4
says "--shards 4 (train.shards): $folder/parts.ckpt was begun with 8"
code 66 "no data" ranks 4 "$folder/none.toml"
[ "$(grep -c "none.toml" "$folder/out.log")" = 1 ] || fail "said more than once: $(cat "$folder/out.log")"
code 2 "a flag" ranks 2 --no-such-flag
[ "$(grep -c "no-such-flag' found" "$folder/out.log")" = 1 ] || fail "said more than once"
sed 's/^seed = 5/seed = 6/' "$folder/run.toml" >"$folder/other.toml"
printf '#!/bin/sh\n[ "$OMPI_COMM_WORLD_RANK" = 1 ] && exec "%s" train --quiet "%s"\nexec "%s" train --quiet "%s"\n' \
  "$mpi" "$folder/other.toml" "$mpi" "$folder/run.toml" >"$folder/mixed.sh"
chmod +x "$folder/mixed.sh"
mixed() { timeout 60 mpirun -n 2 "$folder/mixed.sh" >"$folder/out.log" 2>&1; }
code 65 "another training set" mixed
says "rank 1: found another training set than rank 0 has"

step "a run that diverges is ended once, and keeps its last good model"
code 70 "diverged" ranks 2 "$folder/run.toml" --optimizer sgd --lr 1e9 -o "$folder/diverged.ckpt"
[ "$(grep -c "^error: " "$folder/out.log")" = 1 ] || fail "said more than once"
says "expected a finite number"

step "MPI_Allreduce trains as well"
ranks 4 "$folder/run.toml" --allreduce -o "$folder/library.ckpt" || fail "--allreduce"

step "kill -9 of a rank ends the job, and its checkpoint is whole"
begin -n 4
kill -9 "$(rank 2)"
ends 10
says "exited on signal 9"
"$alone" inspect "$folder/long.ckpt" >"$folder/inspect.log" || fail "the checkpoint is damaged"

step "a signal to mpirun, or to one rank, lets the step end and saves"
for to in mpirun "rank 1"; do
  begin -n 2
  if [ "$to" = mpirun ]; then kill -TERM "$(pgrep -P "$job")"; else kill -TERM "$(rank 1)"; fi
  ends 10
  "$alone" inspect "$folder/long.ckpt" >"$folder/inspect.log" || fail "the checkpoint is damaged"
  grep -qE "and [0-9]+ batch" "$folder/inspect.log" || fail "$to: $(sed -n 2p "$folder/inspect.log"), not within an epoch"
  epochs=$(($(sed -nE 's/^trained for ([0-9]+) epoch.*/\1/p' "$folder/inspect.log") + 1))
  ranks 4 --resume "$folder/long.ckpt" --epochs $epochs || fail "$to: gone on with"
  one "$folder/run.toml" --patience 0 --epochs $epochs --force -o "$folder/never.ckpt"
  same "$folder/never.ckpt" "$folder/long.ckpt" "$to: stopped and gone on with"
done

step "a rank that does not answer is noticed"
extra="--timeout 2" begin -n 2
kill -STOP "$(rank 1)"
ends 15
says "without an answer; the other process has stopped or the link is down"
"$alone" inspect "$folder/long.ckpt" >"$folder/inspect.log" || fail "the checkpoint is damaged"

step "a job that is killed twice and restarted has the bits of one that is not"
cat >"$folder/killed.sh" <<SH
#!/bin/sh
# Rank 1 kills itself, in its first two lives.
if [ "\$OMPI_COMM_WORLD_RANK" = 1 ] && [ "\$(cat "$folder/lives")" -lt 2 ]; then
  echo \$((\$(cat "$folder/lives") + 1)) >"$folder/lives"
  (while [ ! -e "$folder/restarted.ckpt" ]; do sleep 0.05; done; kill -9 \$\$) &
fi
exec "$mpi" "\$@"
SH
chmod +x "$folder/killed.sh"
echo 0 >"$folder/lives"
sed -i 's/^epochs = 3/epochs = 40/' "$folder/run.toml"
one "$folder/run.toml" --patience 0 -o "$folder/whole.ckpt"
timeout 100 "$scripts/restart.sh" --max-restarts 2 "$folder/restarted.ckpt" \
  mpirun -n 2 "$folder/killed.sh" train --quiet --patience 0 "$folder/run.toml" >"$folder/out.log" 2>&1 || fail "restart.sh"
says "restart 2 of 2, from $folder/restarted.ckpt"
same "$folder/whole.ckpt" "$folder/restarted.ckpt" "restarted"
echo 0 >"$folder/lives"
code 137 "no restarts left" "$scripts/restart.sh" --max-restarts 0 "$folder/restarted.ckpt" \
  mpirun -n 2 "$folder/killed.sh" train --quiet --patience 0 --epochs 1000000 "$folder/run.toml" >"$folder/out.log" 2>&1
says "has been restarted 0 times; given up"

echo "-- restart.sh that is told to stop stops the job, and starts no other"
rm "$folder/restarted.ckpt"
"$scripts/restart.sh" "$folder/restarted.ckpt" \
  mpirun -n 2 "$mpi" train --quiet --patience 0 --epochs 1000000 "$folder/run.toml" >"$folder/out.log" 2>&1 &
job=$!
for _ in $(seq 200); do [ -e "$folder/restarted.ckpt" ] && break; sleep 0.1; done
kill -TERM "$job"
ends 10
! grep -q "restart 1" "$folder/out.log" || fail "it was started again"
"$alone" inspect "$folder/restarted.ckpt" >"$folder/inspect.log" || fail "the checkpoint is damaged"

"$tests/two_hosts.sh" "$mpi" "$folder"
echo "crates/mpi/tests/run.sh: all tests of glassgrad-mpi passed"
