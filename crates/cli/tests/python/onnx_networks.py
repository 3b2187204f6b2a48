"""Every network of FOLDER/networks.json in onnxruntime, on the numbers that a data file has.

    python3 onnx_networks.py FOLDER        # needs onnxruntime and numpy
"""
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime

folder = Path(sys.argv[1])
for network in json.loads((folder / "networks.json").read_text()):
    session = onnxruntime.InferenceSession(folder / f"{network['name']}.onnx", providers=["CPUExecutionProvider"])
    input = session.get_inputs()[0]
    dtype = {"tensor(float)": np.float32, "tensor(double)": np.float64}[input.type]
    x, expected = (np.array(network[key], dtype) for key in "xy")
    (found,) = session.run(None, {input.name: x})
    assert found.shape == expected.shape, (network["name"], found.shape, expected.shape)
    # The Erf of a gelu is computed in f32, whatever the network's type.
    bound = 1e-5 if dtype == np.float32 else 1e-6
    assert np.abs(found - expected).max() < bound, (network["name"], found, expected)
