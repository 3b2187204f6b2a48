"""The workloads on PyTorch, eager, with its plain and its fused optimisers.

    python benches/peers/pytorch.py THREADS [W0 W3 ...]
"""

import torch
from protocol import WORKLOADS, arguments, measure, report
from torch import nn

HIDDEN = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}
OPTIMISERS = {
    "sgd": lambda theta, **how: torch.optim.SGD(theta, lr=0.01, **how),
    "momentum": lambda theta, **how: torch.optim.SGD(theta, lr=0.01, momentum=0.9, **how),
    "adam": lambda theta, **how: torch.optim.Adam(theta, lr=0.001, **how),
}


def network(workload, dtype):
    layers = []
    for inputs, outputs in zip(workload.widths, workload.widths[1:]):
        layers += [nn.Linear(inputs, outputs, dtype=dtype), HIDDEN[workload.hidden]()]
        nn.init.xavier_uniform_(layers[-2].weight)
        nn.init.zeros_(layers[-2].bias)
    return nn.Sequential(*layers[:-1])


def half_square(prediction, y):
    return 0.5 * ((prediction - y) ** 2).sum(dim=1).mean()


LOSSES = {"half_square": half_square, "mean_square": nn.MSELoss(), "entropy": nn.CrossEntropyLoss()}


def training(workload, fused):
    dtype = getattr(torch, workload.dtype)
    torch.manual_seed(0)
    net, loss = network(workload, dtype), LOSSES[workload.loss]
    optimiser = OPTIMISERS[workload.work](net.parameters(), fused=fused)
    x = torch.rand(workload.batch, workload.widths[0], dtype=dtype)
    if workload.loss == "entropy":
        y = torch.randint(workload.widths[-1], (workload.batch,))
    else:
        y = torch.rand(workload.batch, workload.widths[-1], dtype=dtype)

    def loop(n):
        for _ in range(n):
            optimiser.zero_grad()
            loss(net(x), y).backward()
            optimiser.step()

    return loop


def forward(workload):
    torch.manual_seed(0)
    net, x = network(workload, torch.float32).eval(), torch.rand(workload.batch, workload.widths[0])

    def loop(n):
        with torch.inference_mode():
            for _ in range(n):
                net(x)

    return loop


def main():
    threads, names = arguments()
    torch.set_num_threads(threads)
    for name in names:
        workload = WORKLOADS[name]
        if workload.work == "forward":
            report("PyTorch", torch.__version__, name, threads, measure(forward(workload)))
            continue
        for peer, fused in [("PyTorch", False), ("PyTorch, fused optimiser", True)]:
            report(peer, torch.__version__, name, threads, measure(training(workload, fused)))


main()
