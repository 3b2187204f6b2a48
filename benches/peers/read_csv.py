"""Reads tables in turns with pandas and with glassgrad, and prints megabytes a second of both.

    cargo build --release -p glassgrad-benches --bin csv
    python benches/peers/read_csv.py FOLDER

Needs pandas. FOLDER gets 265 MB of tables, unless they are there.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pandas

ROUNDS = 5
PROGRAM = Path(__file__).parents[2] / "target/release/csv"


def main(folder):
    print("| table | glassgrad, MB/s | pandas, MB/s | glassgrad / pandas | glassgrad / plain |\n|---|---|---|---|---|")
    for table in ["digits.csv", "numbers.csv", "mixed.csv"]:
        rounds = []
        for _ in range(ROUNDS):
            found = json.loads(subprocess.check_output([PROGRAM, folder, table]))
            start = time.perf_counter()
            pandas.read_csv(folder / table)
            theirs = found["bytes"] / 1e6 / (time.perf_counter() - start)
            rounds.append((found["glassgrad"], theirs, found["glassgrad"] / theirs, found["ratio"]))
        cells = []
        for figures, digits in zip(zip(*rounds), [0, 0, 2, 2]):
            middle, least, most = statistics.median(figures), min(figures), max(figures)
            cells.append(f"{middle:.{digits}f} ({least:.{digits}f}–{most:.{digits}f})")
        print(f"| {table} | {' | '.join(cells)} |", flush=True)


main(Path(sys.argv[1]))
