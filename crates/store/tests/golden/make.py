"""Writes the golden files and the corpus from the description of the format in src/container.rs alone.

Needs xxhash (PyPI), for an XXH3 that is not the one under test. Run in this folder: python3 make.py
"""

import math
import pathlib
import struct

import xxhash

MAGIC = b"STORE\r\n\x1a"


def text(string):
    data = string.encode()
    return struct.pack("<Q", len(data)) + data


HEADER = (
    text("η = ½")
    + struct.pack("<Q", 7)
    + struct.pack("<Bd", 1, 0.125)  # Some
    + struct.pack("<Q", 2)
    + text("setosa")
    + text("versicolor")
)


def file(version, sections, header=HEADER):
    """sections: (name, "f" or "d", rows, columns, bytes)"""

    def table(offsets):
        entries = b"".join(
            text(name)
            + struct.pack("<I", "fd".index(kind))
            + struct.pack("<QQQQ", rows, columns, offset, xxhash.xxh3_64_intdigest(data))
            for (name, kind, rows, columns, data), offset in zip(sections, offsets)
        )
        return struct.pack("<Q", len(sections)) + entries + header

    end = 24 + len(table([0] * len(sections)))
    offsets = []
    for *_, data in sections:
        offsets.append(math.ceil(end / 64) * 64)
        end = offsets[-1] + len(data)

    head = table(offsets)
    start = MAGIC + struct.pack("<II", version, len(head))
    out = start + struct.pack("<Q", xxhash.xxh3_64_intdigest(start + head)) + head
    for (*_, data), offset in zip(sections, offsets):
        out += bytes(offset - len(out)) + data
    return out


weight = struct.pack("<3f", 0.5, -1.25, 3.0) + struct.pack("<I", 0x7FC01234) + struct.pack("<2f", 0.0, -0.0)
state = struct.pack("<9d", *(i / 8 for i in range(9)))
sections = [("0.weight", "f", 2, 3, weight), ("état", "d", 9, 1, state)]

here = pathlib.Path(__file__).parent
for version in (1, 2):
    (here / f"version{version}.store").write_bytes(file(version, sections))

corpus = here.parent / "corpus"
whole = file(2, sections)
line = struct.pack("<16f", *range(16))
cases = {
    "whole": whole,
    "no-sections": file(2, []),
    "no-padding": file(2, [("a", "f", 4, 4, line), ("b", "f", 2, 8, line)]),
    "many-sections": file(1, [(f"{i}.bias", "f", 1, 16, line) for i in range(20)]),
    "empty": b"",
    "magic-only": MAGIC,
    "cut-in-header": whole[:100],
    "cut-in-section": whole[:-1],
    "trailing": whole + b"\0",
    "newer": file(3, sections),
    "older": file(0, sections),
    "long-header": MAGIC + struct.pack("<IIQ", 2, 2**32 - 1, 0),
    "long-string": file(2, [], struct.pack("<Q", 2**33)),
    "long-list": file(2, [], text("") + struct.pack("<QBQ", 0, 0, 2**40)),
    "shape-overflow": file(2, [("w", "d", 2**61, 1, b"")]),
    "empty-section": file(2, [("w", "d", 0, 1, b"")]),
    "same-names": file(2, [("w", "f", 4, 4, line), ("w", "f", 4, 4, line)]),
    "shape-beyond-file": file(2, [("w", "f", 4, 5, line)]),
}
for name, data in cases.items():
    (corpus / f"{name}.store").write_bytes(data)
