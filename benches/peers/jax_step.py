"""The workloads on JAX: a jitted step called from Python, its buffers donated; and as an upper bound that
few programs reach, the whole loop inside XLA on a constant batch.

    python benches/peers/jax_step.py THREADS [W0 W3 ...]

XLA sizes its thread pool when the process starts, by the CPUs it may use: restrict those to restrict it
(taskset -c 0 for one thread), as compare.py does.
"""

import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("JAX_ENABLE_X64", "1")  # for W0; all else is explicitly float32

import jax
import jax.numpy as jnp
import numpy as np
from protocol import WORKLOADS, arguments, measure, report

HIDDEN = {"relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh}


def start(workload):
    """Glorot-uniform weights, zero biases, a batch."""
    random, dtype = np.random.default_rng(0), workload.dtype
    theta = []
    for inputs, outputs in zip(workload.widths, workload.widths[1:]):
        limit = np.sqrt(6 / (inputs + outputs))
        weight = random.uniform(-limit, limit, (inputs, outputs)).astype(dtype)
        theta.append((jnp.asarray(weight), jnp.zeros(outputs, dtype)))
    x = random.random((workload.batch, workload.widths[0])).astype(dtype)
    if workload.loss == "entropy":
        y = random.integers(workload.widths[-1], size=workload.batch).astype(np.int32)
    else:
        y = random.random((workload.batch, workload.widths[-1])).astype(dtype)
    return theta, jnp.asarray(x), jnp.asarray(y)


def predict(workload, theta, x):
    for weight, bias in theta[:-1]:
        x = HIDDEN[workload.hidden](x @ weight + bias)
    weight, bias = theta[-1]
    return x @ weight + bias


def loss(workload, theta, x, y):
    z = predict(workload, theta, x)
    if workload.loss == "entropy":
        return -jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], axis=1).mean()
    square = (z - y) ** 2
    return square.mean() if workload.loss == "mean_square" else 0.5 * square.sum(axis=1).mean()


def update(workload, theta, grad, state):
    """The optimiser, a tree at a time."""
    tree = jax.tree.map
    if workload.work == "sgd":
        return tree(lambda w, g: w - 0.01 * g, theta, grad), state
    if workload.work == "momentum":
        m = tree(lambda m, g: 0.9 * m + g, state, grad)
        return tree(lambda w, m: w - 0.01 * m, theta, m), m
    t, m, v = state
    t = t + 1
    m = tree(lambda m, g: 0.9 * m + 0.1 * g, m, grad)
    v = tree(lambda v, g: 0.999 * v + 0.001 * g * g, v, grad)
    lr, correct = 0.001 / (1 - 0.9**t), 1 / jnp.sqrt(1 - 0.999**t)
    return tree(lambda w, m, v: w - lr * m / (jnp.sqrt(v) * correct + 1e-8), theta, m, v), (t, m, v)


def first_state(workload, theta):
    zeros = lambda: jax.tree.map(jnp.zeros_like, theta)
    return {"sgd": (), "momentum": zeros(), "adam": (jnp.float32(0), zeros(), zeros())}[workload.work]


def step(workload, theta, state, x, y):
    value, grad = jax.value_and_grad(lambda theta: loss(workload, theta, x, y))(theta)
    return *update(workload, theta, grad, state), value


def stepwise(workload):
    theta, x, y = start(workload)
    state = first_state(workload, theta)
    jitted = jax.jit(lambda *arguments: step(workload, *arguments), donate_argnums=(0, 1))

    def loop(n):
        nonlocal theta, state
        for _ in range(n):
            theta, state, value = jitted(theta, state, x, y)
        jax.block_until_ready((theta, value))

    return loop


def inside_xla(workload, steps):
    theta, x, y = start(workload)
    state = first_state(workload, theta)
    value = jnp.zeros((), workload.dtype)

    @jax.jit
    def many(carry, x, y):
        return jax.lax.fori_loop(0, steps, lambda _, c: step(workload, c[0], c[1], x, y), carry)

    carry = (theta, state, value)

    def loop(n):
        nonlocal carry
        for _ in range(n):
            carry = many(carry, x, y)
        jax.block_until_ready(carry)

    return loop


def forward(workload):
    theta, x, _ = start(workload)
    jitted = jax.jit(lambda theta, x: predict(workload, theta, x))

    def loop(n):
        for _ in range(n):
            out = jitted(theta, x)
        jax.block_until_ready(out)

    return loop


def main():
    threads, names = arguments()
    for name in names:
        workload = WORKLOADS[name]
        if workload.work == "forward":
            report("JAX jit", jax.__version__, name, threads, measure(forward(workload)))
            continue
        report("JAX jit", jax.__version__, name, threads, measure(stepwise(workload)))
        # Enough steps a call that calling does not count.
        steps = {"W0": 100_000, "W1": 2_000, "W2": 500, "W4": 10, "W5": 2}.get(name, 50)
        times = measure(inside_xla(workload, steps), steps)
        report("JAX, loop inside XLA", jax.__version__, name, threads, times)


main()
