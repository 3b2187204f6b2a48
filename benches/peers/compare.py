"""Times glassgrad and its peers in turn on this machine, and prints the tables with ratios in Markdown.

    pip install torch jax scikit-learn
    python benches/peers/compare.py                                  all; about 9 minutes a round
    python benches/peers/compare.py --workloads W3 W4 --rounds 1 --peers glassgrad pytorch jax
    python benches/peers/compare.py --output table.md --raw lines.jsonl

Peers take turns for each workload and number of threads, in reverse order every other round, so that a
machine that slows down for a while slows all alike. With N threads a process may use N CPUs only (on
Linux). A peer that is not installed is left out.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

from protocol import WORKLOADS
from table import markdown

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CARGO_RUN = ["cargo", "run", "--release", "--quiet"]
PEERS = {
    "glassgrad": [*CARGO_RUN, "--example", "throughput", "--"],
    "ndarray": [*CARGO_RUN, "--package", "glassgrad-benches", "--bin", "hand_written", "--"],
    "pytorch": [sys.executable, str(HERE / "pytorch.py")],
    "jax": [sys.executable, str(HERE / "jax_step.py")],
    "sklearn": [sys.executable, str(HERE / "sklearn_mlp.py")],
}


def options():
    raw_text = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw_text)
    known = list(WORKLOADS)
    parser.add_argument("--workloads", nargs="+", default=known, choices=known, metavar="W")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2], metavar="N")
    parser.add_argument("--peers", nargs="+", default=list(PEERS), choices=list(PEERS))
    parser.add_argument("--output", type=Path, help="write the tables here, too")
    parser.add_argument("--raw", type=Path, help="append every line of JSON here, with its round")
    chosen = parser.parse_args()
    if chosen.rounds < 1 or min(chosen.threads) < 1 or max(chosen.threads) > len(cpus()):
        parser.error(f"--rounds must be 1 or more, --threads from 1 to the {len(cpus())} CPUs at hand")
    return chosen


def cpus():
    """The CPUs that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def environment(threads):
    """Ours, less what forces OpenBLAS's kernels, with the threads said to all who ask there."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    for library in ["OMP", "MKL", "OPENBLAS"]:
        kept[f"{library}_NUM_THREADS"] = str(threads)
    return kept


def lines(peer, threads, workload, allowed):
    """What the peer prints for one workload, or None if it failed."""
    command = [*PEERS[peer], str(threads), workload]
    # A child process inherits which CPUs it may use.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, allowed[:threads])
    done = subprocess.run(command, cwd=ROOT, env=environment(threads), capture_output=True, text=True)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, allowed)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        print(f"{peer} is left out from here on: {reason}", file=sys.stderr)
        return None
    return [json.loads(line) for line in done.stdout.splitlines()]


def measurements(chosen):
    """All lines, each with its round."""
    allowed, peers, found = cpus(), list(chosen.peers), []
    for turn in range(1, chosen.rounds + 1):
        for workload in chosen.workloads:
            for threads in chosen.threads:
                for peer in peers[:] if turn % 2 == 1 else peers[::-1]:
                    if peer == "ndarray" and threads != min(chosen.threads):
                        continue  # it has one thread only
                    at = f"round {turn} of {chosen.rounds}: {workload}, {threads} threads, {peer}"
                    print(at, file=sys.stderr)
                    new = lines(peer, threads, workload, allowed)
                    if new is None:
                        peers.remove(peer)
                        continue
                    new = [line | {"round": turn} for line in new]
                    found += new
                    if chosen.raw:
                        with chosen.raw.open("a") as raw:
                            raw.writelines(json.dumps(line) + "\n" for line in new)
    return found


def machine():
    try:
        info = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.split(":")[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor()
    return f"{name}, {len(cpus())} CPUs, {platform.system()} {platform.machine()}"


def output_of(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()


def main():
    chosen = options()
    for what in ["--example=throughput"], ["--package=glassgrad-benches", "--bin=hand_written"]:
        subprocess.run(["cargo", "build", "--release", *what], cwd=ROOT, check=True)
    facts = {
        "Date": datetime.date.today().isoformat(),
        "Machine": machine(),
        "Commit": output_of("git", "describe", "--always", "--dirty"),
        "Compiler": f"{output_of('rustc', '--version')}; Python {platform.python_version()}",
        "Load average before": f"{os.getloadavg()[0]:.2f}",
    }
    text = markdown(measurements(chosen), facts)
    print(text)
    if chosen.output:
        chosen.output.write_text(text + "\n")


main()
