"""Writes start.safetensors, and steps.safetensors: where a hundred steps of PyTorch's optimisers lead from there.

    python crates/cli/tests/pytorch/steps.py FOLDER iris.csv     # written with torch 2.15.0, CPU; needs numpy and safetensors

The network is Linear(4, 16), tanh, Linear(16, 3); the loss is the mean cross-entropy of a batch. Batches are rows 0 to 31, 32
to 63, ... of the file as it is, the fifth being of 22 rows: twenty epochs are a hundred steps. The start is float32 and
so the same in both precisions. A tensor of steps.safetensors is named by optimiser, precision and PyTorch's own name, as
adam.f32.0.weight.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

OPTIMISERS = {
    "sgd": lambda theta: torch.optim.SGD(theta, lr=0.05),
    "momentum": lambda theta: torch.optim.SGD(theta, lr=0.02, momentum=0.9),
    "adam": lambda theta: torch.optim.Adam(theta, lr=0.01),
    "adamw": lambda theta: torch.optim.AdamW(theta, lr=0.01, weight_decay=0.05),
}


def network():
    return torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.Tanh(), torch.nn.Linear(16, 3))


folder = Path(sys.argv[1])
table = np.loadtxt(sys.argv[2], delimiter=",", skiprows=1)
labels = torch.tensor(table[:, 4], dtype=torch.long)
torch.manual_seed(20)
start = network().state_dict()
save_file(start, folder / "start.safetensors")
steps = {}
for precision, dtype in [("f32", torch.float32), ("f64", torch.float64)]:
    features = torch.tensor(table[:, :4], dtype=dtype)
    for name, optimiser in OPTIMISERS.items():
        model = network().to(dtype)
        model.load_state_dict(start)
        rule = optimiser(model.parameters())
        for _ in range(20):
            for x, y in zip(features.split(32), labels.split(32)):
                rule.zero_grad()
                torch.nn.functional.cross_entropy(model(x), y).backward()
                rule.step()
        steps |= {f"{name}.{precision}.{key}": value for key, value in model.state_dict().items()}
save_file(steps, folder / "steps.safetensors")
