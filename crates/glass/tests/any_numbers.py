"""Writes any_numbers.csv: one step of ŷ = w2·σ(w1·x + b1) + b2 with L = ½·(y − ŷ)², in 700 digits.

    pip install mpmath && python any_numbers.py > any_numbers.csv
"""

import random

from mpmath import exp, mp, mpf, nstr

mp.dps = 700  # 1 - h at w1 = 700 begins after 304 nines
GIVEN = ["w1", "b1", "w2", "b2", "x", "y", "eta"]


def step(w1, b1, w2, b2, x, y, eta):
    z1 = w1 * x + b1
    h = 1 / (1 + exp(-z1))
    y_hat = w2 * h + b2
    d_y_hat = y_hat - y
    d_w2, d_b2, d_h = d_y_hat * h, d_y_hat, d_y_hat * w2
    sigmoid_slope = h * (1 - h)
    d_z1 = d_h * sigmoid_slope
    d_w1, d_b1 = d_z1 * x, d_z1
    return {
        "z1": z1, "h": h, "y_hat": y_hat, "loss": d_y_hat**2 / 2, "d_y_hat": d_y_hat,
        "d_w2": d_w2, "d_b2": d_b2, "d_h": d_h, "sigmoid_slope": sigmoid_slope,
        "d_z1": d_z1, "d_w1": d_w1, "d_b1": d_b1, "new_w1": w1 - eta * d_w1,
        "new_b1": b1 - eta * d_b1, "new_w2": w2 - eta * d_w2, "new_b2": b2 - eta * d_b2,
    }  # fmt: skip


def rows():
    yield 0.5, 0.0, 1.0, 0.0, 1.0, 0.5, 1.0  # the page
    for w1 in [30.0, -30.0, 20.0, 40.0, 700.0, -700.0]:  # saturated, up to e^-700
        yield w1, 0.0, 1.0, 0.0, 1.0, 0.5, 1.0
    yield -30.0, 1.5, -2.5, 0.25, 1.0, 0.7, 0.5
    yield 1e-5, 0.0, -3.0, 0.1, -7.0, 10.0, 1e-3
    draw = random.Random(1)
    for _ in range(12):
        numbers = [round(draw.uniform(-3, 3), 6) for _ in range(6)]
        yield (*numbers, draw.choice([0.01, 0.1, 0.5, 1.0, 2.0]))


def main():
    header = None
    for given in rows():
        found = step(*map(mpf, given))
        if header is None:
            header = GIVEN + list(found)
            print(",".join(header))
        print(",".join([repr(x) for x in given] + [nstr(x, 25) for x in found.values()]))


main()
