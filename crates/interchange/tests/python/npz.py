"""Our npz in NumPy, and NumPy's for us.

    python3 npz.py FOLDER        # needs numpy

Opens FOLDER/ours.npz and writes its arrays again, in each way that NumPy has; and a file that fits no network.
"""
import sys
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1])
with np.load(folder / "ours.npz", allow_pickle=False) as file:
    arrays = dict(file)
assert {name: array.shape for name, array in arrays.items()} == {
    "0.weight": (7, 5),
    "0.bias": (7,),
    "1.weight": (7,),
    "1.bias": (7,),
    "3.inner.0.weight": (7, 7),
    "3.inner.0.bias": (7,),
    "5.weight": (4, 7),
    "7.weight": (3, 4),
    "7.bias": (3,),
}, arrays
assert all(array.dtype == np.float64 for array in arrays.values())
np.savez(folder / "saved.npz", **arrays)
np.savez_compressed(folder / "compressed.npz", **arrays)
np.savez(folder / "transposed.npz", **{name: np.asfortranarray(array) for name, array in arrays.items()})
wrong = {"0.weight": np.zeros((4, 3), ">f4"), "0.bais": np.float32(1)}
np.savez(folder / "wrong.npz", **wrong)
