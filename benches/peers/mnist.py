"""A whole run on MNIST, from the files to the test accuracy: the program beside PyTorch.

    python benches/peers/mnist.py FOLDER THREADS [--program target/release/glassgrad] [--seeds 1]

FOLDER has the four files as they are distributed, train-images-idx3-ubyte.gz and so on. 784-128-10, ReLU, Adam at 0.001, batches
of 64 in a new order each epoch, ten epochs. Both read the files, train, and then count what is right of the training and of the test
rows. Seconds are those of the whole process and, of PyTorch, also without its import. PyTorch is written to be quick: images
stay one tensor in memory, a batch is one index_select, and Adam is fused.
"""
import argparse
import gzip
import json
import os
import subprocess
import sys
import time
from pathlib import Path

NAMES = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]
EPOCHS, BATCH, HIDDEN = 10, 64, 128


def pytorch(folder, threads, seed):
    """One run in this process; prints its figures as JSON."""
    import torch
    from torch import nn

    start = time.perf_counter()
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    arrays = []
    for name in NAMES:
        data = gzip.decompress((folder / f"{name}-ubyte.gz").read_bytes())
        skipped = 16 if "images" in name else 8
        arrays.append(torch.frombuffer(bytearray(data[skipped:]), dtype=torch.uint8))
    images = [array.view(-1, 784).float() / 255 for array in arrays[::2]]
    labels = [array.long() for array in arrays[1::2]]
    net = nn.Sequential(nn.Linear(784, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 10))
    loss = nn.CrossEntropyLoss()
    adam = torch.optim.Adam(net.parameters(), lr=0.001, fused=True)
    rows = len(labels[0])
    for _ in range(EPOCHS):
        order = torch.randperm(rows)
        for first in range(0, rows, BATCH):
            batch = order[first : first + BATCH]
            adam.zero_grad()
            loss(net(images[0].index_select(0, batch)), labels[0][batch]).backward()
            adam.step()
    with torch.inference_mode():
        right = [(net(x).argmax(dim=1) == y).float().mean().item() for x, y in zip(images, labels)]
    print(json.dumps({"accuracy": right[1], "without_import": time.perf_counter() - start}))


def timed(command, environment):
    start = time.perf_counter()
    lines = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.splitlines()
    return time.perf_counter() - start, json.loads(lines[-1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("threads", type=int)
    parser.add_argument("--program", default="target/release/glassgrad")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--pytorch", type=int, metavar="SEED", help=argparse.SUPPRESS)
    flags = parser.parse_args()
    if flags.pytorch is not None:
        return pytorch(flags.folder, flags.threads, flags.pytorch)
    environment = {**os.environ, "OMP_NUM_THREADS": str(flags.threads)}
    files = [str(flags.folder / f"{name}-ubyte.gz") for name in NAMES]
    for seed in range(flags.seeds):
        command = [flags.program, "train", files[0], "--labels", files[1], "--test", files[2], "--test-labels", files[3]]
        command += f"--hidden {HIDDEN} --epochs {EPOCHS} --batch {BATCH} --validation 0 --scale none --json".split()
        command += ["--seed", str(seed), "--threads", str(flags.threads)]
        seconds, done = timed(command, environment)
        accuracy = done["test"]["accuracy"]
        print(f"glassgrad  seed {seed}, {flags.threads} threads: {accuracy:.4f} right, {seconds:.2f} s", flush=True)
        command = [sys.executable, __file__, str(flags.folder), str(flags.threads), "--pytorch", str(seed)]
        seconds, done = timed(command, environment)
        print(
            f"PyTorch    seed {seed}, {flags.threads} threads: {done['accuracy']:.4f} right, {seconds:.2f} s, "
            f"without its import {done['without_import']:.2f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
