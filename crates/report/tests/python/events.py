"""Our event file in TensorBoard.

    python3 events.py FOLDER        # needs tensorboard

Reads the scalars of FOLDER back, in the way that TensorBoard's pages get them, and compares them with FOLDER/expected.csv.
"""
import csv
import math
import struct
import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

folder = Path(sys.argv[1])
events = EventAccumulator(str(folder)).Reload()
expected = {}
for tag, step, wall_time, value in csv.reader((folder / "expected.csv").open()):
    rounded = struct.unpack("f", struct.pack("f", float(value)))[0]
    expected.setdefault(tag, []).append((int(step), float(wall_time), rounded))
assert set(events.Tags()["scalars"]) == set(expected), events.Tags()
for tag, rows in expected.items():
    found = [(event.step, event.wall_time, event.value) for event in events.Scalars(tag)]
    assert len(found) == len(rows), (tag, found)
    for a, b in zip(found, rows):
        assert a == b or (a[:2] == b[:2] and math.isnan(a[2]) and math.isnan(b[2])), (tag, a, b)
    print(tag, len(rows))
