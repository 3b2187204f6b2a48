"""What all peers share: the workloads, how a step is timed, and the lines of JSON that are printed.

The same as in examples/throughput.rs: 9 repeats of a loop of at least 0.25 s after 0.5 s of warm-up.
"""

import json
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Workload:
    """One training step, or a forward run, on a fixed batch in memory."""

    widths: tuple  # inputs, hidden widths, outputs
    hidden: str  # relu, sigmoid or tanh
    loss: str  # half_square, mean_square, or entropy (softmax cross-entropy of labels)
    batch: int
    work: str  # sgd (lr 0.01), momentum (lr 0.01, 0.9), adam (lr 0.001), or forward
    dtype: str = "float32"


MNIST_SMALL = (784, 128, 10)

WORKLOADS = {
    "W0": Workload((1, 1, 1), "sigmoid", "half_square", 1, "sgd", "float64"),
    "W1": Workload((4, 16, 3), "relu", "entropy", 32, "adam"),
    "W2": Workload((64, 64, 10), "relu", "entropy", 32, "adam"),
    "W3": Workload(MNIST_SMALL, "relu", "entropy", 32, "adam"),
    "W4": Workload((784, 512, 512, 10), "relu", "entropy", 128, "adam"),
    "W5": Workload((1024, 2048, 2048, 1024), "tanh", "mean_square", 256, "sgd"),
    "W6": Workload((64,) * 17 + (10,), "sigmoid", "entropy", 64, "momentum"),
    "W7a": Workload(MNIST_SMALL, "relu", "entropy", 1, "forward"),
    "W7b": Workload(MNIST_SMALL, "relu", "entropy", 1024, "forward"),
}


def arguments():
    """The threads and the workloads asked for on the command line."""
    usage = f"usage: {sys.argv[0]} THREADS [WORKLOAD ...], workloads: {', '.join(WORKLOADS)}"
    threads, *names = sys.argv[1:] or sys.exit(usage)
    if not threads.isdigit() or int(threads) < 1 or not set(names) <= set(WORKLOADS):
        sys.exit(usage)
    return int(threads), names or list(WORKLOADS)


def measure(loop, steps_per_call=1):
    """Microseconds a step, the median and the least of the repeats.

    loop(n) makes n calls and returns when all are done; a call is steps_per_call steps.
    """
    chunk = 1

    def run(least):
        nonlocal chunk
        start, calls = time.perf_counter(), 0
        while True:
            chunk_start = time.perf_counter()
            loop(chunk)
            now = time.perf_counter()
            calls += chunk
            if now - start >= least:
                return (now - start) * 1e6 / (calls * steps_per_call)
            # The clock is read about once in five milliseconds, so that reading it does not count.
            if now - chunk_start < 0.005:
                chunk *= 2

    run(0.5)
    times = sorted(run(0.25) for _ in range(9))
    return times[4], times[0]


def report(peer, version, workload, threads, times):
    """Prints one line of JSON."""
    median, least = (round(t, 3) for t in times)
    line = {"peer": peer, "version": version, "workload": workload, "threads": threads}
    print(json.dumps(line | {"us_median": median, "us_min": least}), flush=True)
