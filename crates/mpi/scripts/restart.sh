#!/usr/bin/env bash
# Runs a job on MPI, and starts it again when a rank or a link fails, from the last checkpoint.
#
#   scripts/restart.sh [--max-restarts 3] MODEL.ckpt mpirun -n 4 glassgrad-mpi train RUN.toml
#
# The command is run with `-o MODEL.ckpt`, and with `--resume MODEL.ckpt` once there is that file: a run that was
# stopped ends with the bits of one that was not. Whatever starting again cannot help ends it, with that code:
# 2 usage, 65 data or model, 66 no such file, 70 diverged, 73 cannot create. So do Ctrl-C and SIGTERM. After the last
# restart its code is the job's.
set -u

restarts=3
if [ "${1-}" = --max-restarts ]; then
  restarts=${2-}
  shift 2 || true
fi
if ! [[ $restarts =~ ^[0-9]+$ ]] || [ $# -lt 2 ]; then
  echo "usage: restart.sh [--max-restarts COUNT] MODEL.ckpt COMMAND…" >&2
  exit 2
fi
model=$1
shift

# mpirun's own code tells nothing of a signal.
stopped=
trap 'stopped=130' INT # which the job has got from the terminal as well
trap 'stopped=143; kill -TERM "$job"' TERM

for ((restart = 0; ; restart++)); do
  if [ -e "$model" ]; then
    "$@" --resume "$model" &
  else
    "$@" -o "$model" &
  fi
  job=$!
  while
    wait "$job"
    code=$?
    kill -0 "$job" 2>/dev/null
  do :; done
  case $code in
    0 | 2 | 65 | 66 | 70 | 73) exit $code ;;
  esac
  [ -z "$stopped" ] || exit $stopped
  if ((restart == restarts)); then
    echo "restart.sh: the job ended with code $code, and has been restarted $restarts times; given up" >&2
    exit $code
  fi
  if [ -e "$model" ]; then from="from $model"; else from="from its start, there being no checkpoint yet"; fi
  echo "restart.sh: the job ended with code $code; restart $((restart + 1)) of $restarts, $from" >&2
done
