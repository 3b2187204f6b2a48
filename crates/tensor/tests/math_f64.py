"""Writes math_f64.csv: exact values of the elementary functions at many f64.

    python3 math_f64.py > math_f64.csv          # the committed file
    python3 math_f64.py 50000 > math_f64.csv    # a longer search by hand: 50000 points a range

Needs mpmath 1.3. Columns: function, x, the f64 nearest to f(x), and what that leaves of f(x), in ulp.
"""
import math
import random
import sys
import mpmath as mp

mp.mp.prec = 250

FUNCTIONS = {
    "exp": (mp.exp, [(-746, 710), (-40, 40), (-1, 1), (-0.36, 0.36), (708.5, 709.8), (-745.2, -708)]),
    "exp_m1": (mp.expm1, [(-45, 710), (-2, 2), (-0.36, 0.36), (0.3, 1.1), (708.5, 709.8)]),
    "ln": (mp.log, [(0, 1), (0.5, 2), (0.99, 1.01), (0, 1e6), (0, 1e-307), (0, 1e308)]),
    "ln_1p": (mp.log1p, [(-1, 1), (-0.3, 0.45), (-1, -0.99), (0, 1e4), (0, 1e17)]),
    "tanh": (mp.tanh, [(-20, 20), (-1, 1), (-0.56, 0.56), (0.5, 1.5)]),
    "erfc": (mp.erfc, [(-6, 28), (-1, 1), (0, 3), (2, 10), (26, 27.3)]),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), [(-746, 40), (-40, 40), (-3, 3), (-745, -708)]),
    "sigmoid_slope": (lambda x: 1 / ((1 + mp.exp(-x)) * (1 + mp.exp(x))), [(-746, 746), (-40, 40), (-3, 3)]),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), [(-746, 40), (-40, 40), (-3, 3), (-1, 1), (-745, -708)]),
}
# Where a function is neither 0, 1, infinite nor its own argument: exponents of 2 for x.
MAGNITUDES = {"ln": (-1074, 1024), "ln_1p": (-1074, 1024)}

# Found by the longer search: where our functions err most, or would without their corrections for rounding.
HARD = {
    "exp": [708.7431575309175, -708.6935403950871],
    "exp_m1": [0.3468387127040309, 0.3468435809562811],
    "ln": [1.2810088543756748, 0.6257092010701648],
    "ln_1p": [-0.29630078784998104, -0.2953428267099532, -0.2978348108348569],
    "tanh": [0.560879907312823, 0.556292331872224],
    "erfc": [0.4986318476945433, 0.49050834473667027, 26.18909129459483, 18.653440422857436],
    "sigmoid": [-2.7244162339800093, -2.759096255702387, -2.744928102074007],
    "sigmoid_slope": [-2.637355736310738, 1.9078635955251144, -4.1278615721244805, -2.6936256806573984],
    "softplus": [-0.8593153683597969, -0.8256183984225132],
}


def row(name, function, x):
    """One line, or None where f(x) is not a finite f64 other than 0."""
    if x == 0 or (name == "ln" and x < 0) or (name == "ln_1p" and x <= -1):
        return None
    exact = function(mp.mpf(x))
    nearest = float(exact)
    if nearest == 0 or math.isinf(nearest):
        return None
    rest = (exact - mp.mpf(nearest)) / mp.mpf(math.ulp(nearest))
    return f"{name},{x!r},{nearest!r},{float(rest):.3f}"


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    random.seed(1)
    for name, (function, ranges) in FUNCTIONS.items():
        low, high = MAGNITUDES.get(name, (-1074, 10))
        points = [random.uniform(*r) for r in ranges for _ in range(count)]
        points += [random.choice((-1, 1)) * 2.0 ** random.uniform(low, high - 0.001) for _ in range(2 * count)]
        points += HARD[name]
        for x in points:
            line = row(name, function, x)
            if line:
                print(line)


main()
