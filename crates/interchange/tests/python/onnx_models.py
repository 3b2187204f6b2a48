"""Every model of FOLDER/models.json in the ONNX checker and in onnxruntime.

    python3 onnx_models.py FOLDER        # needs onnx, onnxruntime and numpy

Outputs must agree within bound·ε·max(1, |y|).
"""
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

folder = Path(sys.argv[1])
worst = {}
for model in json.loads((folder / "models.json").read_text()):
    name = model["file"]
    proto = onnx.load(folder / name)
    onnx.checker.check_model(proto, full_check=True)
    properties = {p.key: p.value for p in proto.metadata_props}
    assert properties["note"] == "a test" and "architecture" in properties, properties
    for end in [proto.graph.input[0], proto.graph.output[0]]:
        assert end.type.tensor_type.shape.dim[0].dim_param == "N", end
    if any(node.op_type == "Gemm" for node in proto.graph.node):
        gemm = next(node for node in proto.graph.node if node.op_type == "Gemm")
        assert {a.name: a.i for a in gemm.attribute} == {"transB": 1}, gemm

    dtype = np.float32 if model["type"] == "f32" else np.float64
    x, y = (np.array(model[key], dtype) for key in "xy")
    session = onnxruntime.InferenceSession(folder / name, providers=["CPUExecutionProvider"])
    feed = session.get_inputs()[0].name
    assert session.get_inputs()[0].shape[0] == "N"
    run = lambda x: session.run(None, {feed: x})[0]
    found = run(x)
    assert found.dtype == dtype and found.shape == y.shape, (name, found.shape, y.shape)
    error = np.abs(found.astype(np.float64) - y) / (np.finfo(dtype).eps * np.maximum(1, np.abs(y)))
    worst[name] = (error.max(), model["bound"])
    if not name.startswith("rare"):  # whose rows depend on each other
        assert np.abs(run(x[:1]) - found[:1]).max() <= 16 * np.finfo(dtype).eps * np.abs(y).max(), name

for name, (error, bound) in worst.items():
    print(f"{name}: {error:.2f} of {bound} ε")
wrong = [name for name, (error, bound) in worst.items() if not error <= bound]
assert not wrong, wrong
