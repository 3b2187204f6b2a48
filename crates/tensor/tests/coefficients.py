"""Prints the minimax polynomials of src/math/double.rs and src/math/single.rs.

    python3 coefficients.py          # needs mpmath 1.3

Each is found by Remez's exchange (1934) with 50 digits and then rounded. Beside its name stands the greatest error of
f(x) - p(x), divided by f(x) where it says "relative".
"""
import mpmath as mp

mp.mp.dps = 50
HALF_LN2 = mp.log(2) / 2 * mp.mpf("1.0001")
ARTANH = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mp.mpf("1.0001")  # s² = (f/(2 + f))² for 1 + f in [½√2, √2]


def minimax(f, degree, low, high, weight):
    """Coefficients c0, c1, … and greatest |weight(x)·(f(x) - p(x))| on [low, high]."""
    low, high, count = mp.mpf(low), mp.mpf(high), degree + 2
    middle, radius = (low + high) / 2, (high - low) / 2
    grid = [middle - radius * mp.cos(mp.pi * i / (40 * count)) for i in range(40 * count + 1)]
    values, weights = [f(x) for x in grid], [weight(x) for x in grid]
    chosen = [round(40 * count * i / (count - 1)) for i in range(count)]
    for _ in range(8):
        # p and e with weight·(f - p) = ±e, alternating, at the chosen points.
        rows = [[grid[i] ** j for j in range(degree + 1)] + [(-1) ** n / weights[i]] for n, i in enumerate(chosen)]
        solution = mp.lu_solve(mp.matrix(rows), mp.matrix([values[i] for i in chosen]))
        coefficients = list(solution)[:-1]
        errors = [w * (v - mp.polyval(coefficients[::-1], x)) for x, v, w in zip(grid, values, weights)]
        # The greatest error between each two changes of sign.
        peaks = []
        for i, error in enumerate(errors):
            if not peaks or error * errors[peaks[-1]] < 0:
                peaks.append(i)
            elif abs(error) > abs(errors[peaks[-1]]):
                peaks[-1] = i
        while len(peaks) > count:
            peaks.pop(0 if abs(errors[peaks[0]]) < abs(errors[peaks[-1]]) else -1)
        if len(peaks) < count:
            break
        chosen = peaks
    return coefficients, max(map(abs, errors))


def exp_rest(r):
    return (mp.expm1(r) - r) / r**2 if abs(r) > 1e-9 else mp.mpf(1) / 2 + r / 6


def power_of_2_rest(f):
    return mp.expm1(f * mp.log(2)) / f if f else mp.log(2)


def artanh(z):
    return 2 * mp.atanh(mp.sqrt(z)) / mp.sqrt(z) if z else mp.mpf(2)


def artanh_rest(z):
    return (artanh(z) - 2) / z if z > 1e-18 else mp.mpf(2) / 3 + z * 2 / 5


def tanh_rest(z):
    return (mp.tanh(mp.sqrt(z)) / mp.sqrt(z) - 1) / z if z > 1e-18 else -mp.mpf(1) / 3 + z * 2 / 15


def erf(z):
    return mp.erf(mp.sqrt(z)) / mp.sqrt(z) if z else 2 / mp.sqrt(mp.pi)


def scaled_erfc(x):
    return mp.exp(x * x) * mp.erfc(x)


def erfc_of_t(t):
    x = mp.mpf(3.5) * (1 + t) / (1 - t)
    return (1 + 2 * x) * scaled_erfc(x)


def erfc_of_w(w):
    return scaled_erfc(1 / w - 3) / w


def show(name, f, degree, low, high, relative):
    coefficients, error = minimax(f, degree, low, high, (lambda x: 1 / f(x)) if relative else (lambda x: mp.mpf(1)))
    print(f"{name}: {'relative ' if relative else ''}2^{float(mp.log(error, 2)):.1f}")
    for c in coefficients:
        print(f"    {float(c)!r},")


show("double, exp: (e^r - 1 - r)/r²", exp_rest, 9, -HALF_LN2, HALF_LN2, False)
show("double, ln: (2 artanh √z / √z - 2)/z", artanh_rest, 6, 0, ARTANH, False)
show("double, tanh: (tanh √z / √z - 1)/z", tanh_rest, 10, 0, mp.mpf(0.55) ** 2, False)
show("double, erfc near 0: erf √z / √z", erf, 8, 0, mp.mpf(0.4701) ** 2, True)
show("double, erfc: (1 + 2x) e^(x²) erfc x", erfc_of_t, 23, -1, (mp.mpf(27.3) - 3.5) / (mp.mpf(27.3) + 3.5), True)
show("single, exp: (e^r - 1 - r)/r²", exp_rest, 4, -HALF_LN2, HALF_LN2, False)
show("single, tanh: (tanh √z / √z - 1)/z", tanh_rest, 4, 0, mp.mpf(0.55) ** 2, False)
show("single, wide_exp: (2^f - 1)/f", power_of_2_rest, 6, -0.5, 0.5, True)
show("single, wide_ln: 2 artanh √z / √z", artanh, 4, 0, ARTANH, True)
show("single, softplus: 2 artanh √z / √z", artanh, 5, 0, mp.mpf(1) / 9, True)
show("single, erfc: (x + 3) e^(x²) erfc x", erfc_of_w, 11, 1 / mp.mpf(13.1), mp.mpf(1) / 3, True)
