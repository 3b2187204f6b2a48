#!/usr/bin/env bash
# Two hosts, as network namespaces of this machine with one link between them: the same bits, a link that is down for
# 10 s, and one that stays down, noticed by the ranks and by mpirun. Called by run.sh with the program and a folder of its
# run.toml and whole.ckpt.
set -euo pipefail
mpi=$1
folder=$2
name=gg$$
if ! ip netns add "${name}a" 2>/dev/null; then
  echo "-- two hosts: skipped, this machine allows no network namespaces (it takes root)"
  exit 0
fi
trap 'ip netns del "${name}a" 2>/dev/null || true; ip netns del "${name}b" 2>/dev/null || true' EXIT
fail() { echo "FAILED: $*"; tail -n 20 "$folder/out.log"; exit 1; }

ip netns add "${name}b"
ip link add "${name}l" netns "${name}a" type veth peer name "${name}r" netns "${name}b"
ip -n "${name}a" addr add 10.77.0.1/24 dev "${name}l"
ip -n "${name}b" addr add 10.77.0.2/24 dev "${name}r"
for side in "a ${name}l" "b ${name}r"; do
  read -r end device <<<"$side"
  ip -n "$name$end" link set lo up
  ip -n "$name$end" link set "$device" up
done
link() { ip -n "${name}a" link set "${name}l" "$1"; }

# What mpirun calls in place of ssh: `agent HOST COMMAND…`.
cat >"$folder/agent.sh" <<'SH'
#!/bin/sh
host=$1
shift
exec ip netns exec "$host" unshare --uts sh -c "hostname $host; $*"
SH
chmod +x "$folder/agent.sh"
# From host a, one rank on each.
job() {
  timeout 90 ip netns exec "${name}a" unshare --uts sh -c 'hostname "$0"; exec "$@"' "${name}a" \
    mpirun --mca plm_rsh_agent "$folder/agent.sh" --mca btl self,tcp --host "${name}a:1,${name}b:1" \
    -x OMPI_MCA_hwloc_base_binding_policy -n 2 "$mpi" train --patience 0 "$folder/run.toml" "$@" >"$folder/out.log" 2>&1
}
# Waits for the first checkpoint of a job that runs behind.
saved() {
  for _ in $(seq 200); do [ -e "$1" ] && return; sleep 0.1; done
  fail "no checkpoint after 20 s"
}

echo "-- two hosts: the same bits, though the link is down for 10 s"
job -o "$folder/hosts.ckpt" &
pid=$!
saved "$folder/hosts.ckpt"
link down
sleep 10
kill -0 "$pid" 2>/dev/null || fail "the job did not wait for the link"
link up
wait "$pid" || fail "two hosts"
cmp "$folder/whole.ckpt" "$folder/hosts.ckpt" || fail "two hosts: the models differ"

# Begins a job that lasts, and takes the link down. What is to be said of it must be said within 20 s.
cut() {
  rm -f "$folder/down.ckpt"
  job -o "$folder/down.ckpt" --epochs 1000000 --timeout "$1" &
  pid=$!
  saved "$folder/down.ckpt"
  link down
  for _ in $(seq 200); do grep -qF -- "$2" "$folder/out.log" && return; sleep 0.1; done
  fail "it does not say: $2"
}
# The job must end within 20 s, with a failure.
ends() {
  local begun=$SECONDS code=0
  wait "$pid" || code=$?
  [ $code != 0 ] && [ $code != 124 ] || fail "exit code $code"
  ((SECONDS - begun <= 20)) || fail "it took $((SECONDS - begun)) s"
}

echo "-- two hosts: a link that stays down is noticed by the ranks"
cut 3 "without an answer; the other process has stopped or the link is down"
link up # mpirun has to tell the other host
ends

echo "-- two hosts: and by mpirun, which ends by itself"
export OMPI_MCA_oob_tcp_keepalive_time=2 OMPI_MCA_oob_tcp_keepalive_intvl=1 OMPI_MCA_oob_tcp_keepalive_probes=3
cut 60 "ORTE has lost communication with a remote daemon"
ends
