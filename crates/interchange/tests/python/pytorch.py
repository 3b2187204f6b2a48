"""Our safetensors in PyTorch, and PyTorch's for us.

    python3 pytorch.py FOLDER        # needs torch, safetensors and numpy

Loads FOLDER/{f32,f64}.safetensors, strictly, into a Sequential of the same layers and compares its outputs with
{f32,f64}.json. Then writes torch_{f32,f64}.safetensors from parameters drawn here, and torch_{f32,f64}.json.
"""
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

folder = Path(sys.argv[1])
for name, dtype in [("f32", torch.float32), ("f64", torch.float64)]:
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Linear(5, 7),
        torch.nn.LayerNorm(7),
        torch.nn.GELU(),
        torch.nn.Linear(7, 4, bias=False),
        torch.nn.LeakyReLU(0.01),
        torch.nn.Dropout(0.5),
        torch.nn.Linear(4, 1),
    ).to(dtype).eval()
    drawn = {key: value.clone() for key, value in model.state_dict().items()}

    print(model.load_state_dict(load_file(folder / f"{name}.safetensors"), strict=True))
    case = json.loads((folder / f"{name}.json").read_text())
    x, y = (torch.tensor(case[key], dtype=dtype) for key in "xy")
    with torch.no_grad():
        found = model(x)
    torch.testing.assert_close(found, y, rtol=1e-6, atol=1e-6 * y.abs().max().item())

    model.load_state_dict(drawn)
    save_file(model.state_dict(), folder / f"torch_{name}.safetensors")
    with torch.no_grad():
        y = model(x)
    (folder / f"torch_{name}.json").write_text(json.dumps({"x": x.tolist(), "y": y.tolist()}))
