"""How the time of a proof grows with the size of a claim: claims in families, the times of each, and the exponent that fits them."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from math import log
from statistics import median
from time import perf_counter

from derivations.language.claims import Claim, claim
from derivations.language.constructors import dimension, gradient, hadamard, identity, inverse, matrix, norm, ones, trace, vector
from derivations.language.functions import tanh
from derivations.language.terms import Term
from derivations.language.verdicts import Status
from derivations.proof.verification import judge

__all__ = ["FAMILIES", "Family", "measured", "table"]

Family = Callable[[int], Claim]

n = dimension("n")
x, y = vector("x", n), vector("y", n)
A = matrix("A", n, n)


def _product(factors: list[Term]) -> Term:
    return reduce(lambda left, right: left @ right, factors)


def _total(terms: list[Term]) -> Term:
    return reduce(lambda left, right: left + right, terms)


def linear_network(depth: int) -> Claim:
    """The gradient of ‖W_L ⋯ W_1 x − y‖² by W_1."""
    weights: list[Term] = [matrix(f"W_{k}", n, n) for k in range(depth, 0, -1)]
    residual = _product([*weights, x]) - y
    above = _product(weights[:-1]) if depth > 1 else identity(n)
    return claim(gradient(norm(residual) ** 2, weights[-1]), "=", 2 * above.T @ residual @ x.T)


def tanh_network(depth: int) -> Claim:
    """The gradient of yᵀh_L by the input x, for h_l = tanh(W_l h_{l−1}), by backward steps."""
    weights = [matrix(f"W_{k}", n, n) for k in range(1, depth + 1)]
    layers: list[Term] = [x]
    for weight in weights:
        layers.append(tanh(weight @ layers[-1]))
    back: Term = y
    for weight, layer in zip(reversed(weights), reversed(layers), strict=False):
        back = weight.T @ hadamard(back, ones(n) - hadamard(layer, layer))
    return claim(gradient(y.T @ layers[-1], x), "=", back)


def cyclic_trace(factors: int) -> Claim:
    """tr(A_1 ⋯ A_m) = tr(A_2 ⋯ A_m A_1)."""
    matrices: list[Term] = [matrix(f"A_{k}", n, n) for k in range(1, factors + 1)]
    return claim(trace(_product(matrices)), "=", trace(_product([*matrices[1:], matrices[0]])))


def equal_factors(factors: int) -> Claim:
    """tr((AAᵀ)^m) = tr((AᵀA)^m): all factors alike, so that any may stand for any."""
    return claim(trace(_product([A, A.T] * (factors // 2))), "=", trace(_product([A.T, A] * (factors // 2))))


def inverted_product(factors: int) -> Claim:
    """(A_1 ⋯ A_m)⁻¹ = A_m⁻¹ ⋯ A_1⁻¹."""
    matrices: list[Term] = [matrix(f"A_{k}", n, n) for k in range(1, factors + 1)]
    return claim(inverse(_product(matrices)), "=", _product([inverse(each) for each in reversed(matrices)]))


def multiplied_out(terms: int) -> Claim:
    """(a_1 + ⋯)ᵀ A (b_1 + ⋯), multiplied out to at least so many terms."""
    side = max(1, round(terms**0.5))
    left, right = ([vector(f"{name}_{k}", n) for k in range(side)] for name in "ab")
    return claim(_total([*left]).T @ A @ _total([*right]), "=", _total([a.T @ A @ b for a in left for b in right]))


FAMILIES: dict[str, tuple[Family, tuple[int, ...]]] = {
    "depth: gradient of a linear network": (linear_network, (2, 4, 8, 16, 32)),
    "depth: gradient of a tanh network": (tanh_network, (1, 2, 4, 8, 16)),
    "factors: trace of a product": (cyclic_trace, (2, 4, 8, 16, 32)),
    "factors: trace of equal factors": (equal_factors, (2, 4, 8, 16, 32)),
    "factors: inverse of a product": (inverted_product, (2, 3, 4, 6, 8)),
    "terms: a product multiplied out": (multiplied_out, (4, 16, 36, 64, 144)),
}


def measured(family: Family, sizes: tuple[int, ...], rounds: int) -> list[float | None]:
    """Median milliseconds to prove the claim of each size; None where it is not proved."""
    times: list[float | None] = []
    for size in sizes:
        runs = []
        for _ in range(rounds):
            stated = family(size)
            start = perf_counter()
            verdict = judge(stated)
            runs.append((perf_counter() - start) * 1e3)
            if verdict.status is not Status.PROVED:
                break
        times.append(median(runs) if len(runs) == rounds else None)
    return times


def table(rounds: int, largest: int) -> list[str]:
    """Lines of a Markdown table; the exponent is the slope of the logarithms by least squares, over the larger half of the sizes."""
    lines = ["| what grows | sizes | milliseconds | exponent |", "|---|---|---|---:|"]
    for name, (family, sizes) in FAMILIES.items():
        chosen = sizes[:largest]
        times = measured(family, chosen, rounds)
        shown = ", ".join("not proved" if time is None else f"{time:.3g}" for time in times)
        pairs = [(log(size), log(time)) for size, time in zip(chosen, times, strict=True) if time is not None][-3:]
        lines.append(f"| {name} | {', '.join(map(str, chosen))} | {shown} | {_slope(pairs):.1f} |")
    return lines


def _slope(pairs: list[tuple[float, float]]) -> float:
    across, up = (sum(each) / len(pairs) for each in zip(*pairs, strict=True))
    spread = sum((a - across) ** 2 for a, _ in pairs)
    return sum((a - across) * (b - up) for a, b in pairs) / spread if spread else float("nan")
