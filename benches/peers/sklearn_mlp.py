"""The workloads on scikit-learn: partial_fit of its MLP on one batch, predict_proba for the forward runs.

    python benches/peers/sklearn_mlp.py THREADS [W0 W3 ...]
"""

import warnings

import numpy as np
import sklearn
from protocol import WORKLOADS, arguments, measure, report
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from threadpoolctl import threadpool_limits

HIDDEN = {"relu": "relu", "sigmoid": "logistic", "tanh": "tanh"}
RULES = {
    "sgd": {"solver": "sgd", "learning_rate_init": 0.01, "momentum": 0.0, "nesterovs_momentum": False},
    "momentum": {"solver": "sgd", "learning_rate_init": 0.01, "momentum": 0.9, "nesterovs_momentum": False},
    "adam": {"solver": "adam", "learning_rate_init": 0.001},
    "forward": {},
}


def prepared(workload):
    """An MLP that has seen the batch once, and the batch."""
    random = np.random.default_rng(0)
    x = random.random((workload.batch, workload.widths[0])).astype(workload.dtype)
    settings = {
        "hidden_layer_sizes": workload.widths[1:-1],
        "activation": HIDDEN[workload.hidden],
        "batch_size": workload.batch,
        "alpha": 0.0,
        "random_state": 0,
    } | RULES[workload.work]
    if workload.loss == "entropy":
        y, classes = random.integers(workload.widths[-1], size=workload.batch), np.arange(workload.widths[-1])
        return MLPClassifier(**settings).partial_fit(x, y, classes=classes), x, y
    y = random.random((workload.batch, workload.widths[-1])).astype(workload.dtype)
    y = y.squeeze(axis=1) if y.shape[1] == 1 else y
    return MLPRegressor(**settings).partial_fit(x, y), x, y


def loop_of(workload):
    mlp, x, y = prepared(workload)

    def training(n):
        for _ in range(n):
            mlp.partial_fit(x, y)

    def forward(n):
        for _ in range(n):
            mlp.predict_proba(x)

    return forward if workload.work == "forward" else training


def main():
    warnings.filterwarnings("ignore", category=ConvergenceWarning)
    threads, names = arguments()
    with threadpool_limits(threads):
        for name in names:
            report("scikit-learn", sklearn.__version__, name, threads, measure(loop_of(WORKLOADS[name])))


main()
