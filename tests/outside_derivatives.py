"""Derivatives of other people: chapter 2 of the Matrix Cookbook. See `outside_cases`."""

from __future__ import annotations

from outside_cases import Case, Correction, corrected, equation

from derivations.language.assumptions import Assumption, full_column_rank, invertible, nonzero, symmetric
from derivations.language.claims import claim
from derivations.language.constructors import (
    counter,
    define,
    delta,
    det,
    dimensions,
    entry,
    gradient,
    hadamard,
    hessian,
    identity,
    index,
    inverse,
    jacobian,
    matrix,
    norm,
    ones,
    pseudo_inverse,
    scalar,
    sum_over,
    trace,
    unit,
    vector,
)
from derivations.language.functions import abs_, log
from derivations.language.terms import Term

__all__ = ["CASES", "CORRECTIONS"]

n, d, m, p = dimensions("n d m p")
k = counter("k")
i, j, q, s = index("i", n), index("j", n), index("q", n), index("s", n)
at_n, at_d, at_m, row_n, column_d = index("at_n", n), index("at_d", d), index("at_m", m), index("row_n", n), index("column_d", d)
t = scalar("t")
X, A, B, C, F, W = (matrix(name, n, n) for name in "XABCFW")
Z, H, K, G = matrix("Z", n, d), matrix("H", p, n), matrix("K", d, m), matrix("G", d, d)
N, V, L = matrix("N", m, n), matrix("V", d, n), matrix("L", d, p)
P, U, M = matrix("P", p, m), matrix("U", p, n), matrix("M", p, d)
a, b, c, x, y, e, w = (vector(name, n) for name in "abcxyew")
u, v, z, g = vector("u", d), vector("v", d), vector("z", d), vector("g", p)
I = identity(n)  # noqa: E741 (the identity's own letter)
Xi = inverse(X)
gram = Z.T @ A @ Z
resolved = inverse(Z.T @ C @ Z)
shifted = inverse(G + Z.T @ C @ Z)
moving = A + t * B


def slope(source: str, function: Term, variable: Term, right: Term, wrong: Term, *given: Assumption) -> Case:
    return equation(source, gradient(function, variable), right, wrong, *given)


CASES = (
    # ------------------------------------------------------------------------------------------------- entries and rules
    equation("MC 32", gradient(entry(Z, at_n, at_d), entry(Z, row_n, column_d)), delta(at_n, row_n) * delta(at_d, column_d), delta(at_n, row_n)),
    slope("MC 34 and 36", trace(t * X), X, t * I, t**2 * I),
    slope("MC 37", trace(X @ X), X, X.T + X.T, X + X),
    slope("MC 38", ones(n).T @ hadamard(Z, Z) @ ones(d), Z, Z + Z, ones(n) @ ones(n).T @ Z),
    # ------------------------------------------------------------------------------------------------------ determinants
    equation("MC 46", gradient(det(moving), t), det(moving) * trace(inverse(moving) @ B), det(moving) * trace(inverse(moving) @ A)),
    equation("MC 43", gradient(log(det(moving)), t), trace(inverse(moving) @ B), trace(moving @ B)),
    equation("MC 40", gradient(a.T @ inverse(moving) @ b, t), -a.T @ inverse(moving) @ B @ inverse(moving) @ b,
             a.T @ inverse(moving) @ B @ inverse(moving) @ b),
    equation("MC 48", gradient(gradient(det(moving), t), t),
             det(moving) * (trace(inverse(moving) @ B) ** 2 - trace(inverse(moving) @ B @ inverse(moving) @ B)),
             det(moving) * (trace(inverse(moving) @ B) ** 2 + trace(inverse(moving) @ B @ inverse(moving) @ B))),
    slope("MC 49", det(X), X, det(X) * Xi.T, det(X) * Xi, invertible(X)),
    equation("MC 47 and 50", sum_over(q, gradient(det(X), entry(X, i, q)) * entry(X, j, q)), delta(i, j) * det(X), det(X), invertible(X)),
    slope("MC 51", det(A @ X @ B), X, det(A @ X @ B) * Xi.T, det(X) * Xi.T, invertible(X), invertible(A), invertible(B)),
    slope("MC 52", det(X.T @ A @ X), X, 2 * det(X.T @ A @ X) * Xi.T, det(X.T @ A @ X) * Xi.T, invertible(X), invertible(A)),
    slope("MC 53", det(gram), Z, 2 * det(gram) * A @ Z @ inverse(gram), 2 * det(gram) * Z @ inverse(gram), symmetric(A), invertible(gram)),
    slope("MC 54", det(gram), Z, det(gram) * (A @ Z @ inverse(gram) + A.T @ Z @ inverse(Z.T @ A.T @ Z)), 2 * det(gram) * A @ Z @ inverse(gram),
          invertible(gram)),
    slope("MC 55", log(det(Z.T @ Z)), Z, 2 * pseudo_inverse(Z).T, 2 * Z, full_column_rank(Z)),
    slope("MC 57", log(abs_(det(X))), X, Xi.T, -Xi.T, invertible(X)),
    slope("MC 58, k = 3", det(X**3), X, 3 * det(X**3) * Xi.T, 3 * det(X**2) * Xi.T, invertible(X)),
    slope("MC 58", det(X**k), X, k * det(X**k) * Xi.T, det(X**k) * Xi.T, invertible(X)),
    # ----------------------------------------------------------------------------------------------------------- inverses
    equation("MC 60", gradient(entry(Xi, i, j), entry(X, q, s)), -entry(Xi, i, q) * entry(Xi, s, j), -entry(Xi, i, s) * entry(Xi, q, j),
             invertible(X)),
    slope("MC 61", a.T @ Xi @ b, X, -Xi.T @ a @ b.T @ Xi.T, -Xi @ a @ b.T @ Xi, invertible(X)),
    slope("MC 62", det(Xi), X, -det(Xi) * Xi.T, det(Xi) * Xi.T, invertible(X)),
    slope("MC 63", trace(H @ Xi @ H.T), X, -(Xi @ H.T @ H @ Xi).T, -Xi @ H.T @ H @ Xi, invertible(X)),
    slope("MC 63, two factors", trace(A @ Xi @ B), X, -(Xi @ B @ A @ Xi).T, -(Xi @ A @ B @ Xi).T, invertible(X)),
    slope("MC 64", trace(inverse(X + A)), X, -(inverse(X + A) @ inverse(X + A)).T, -inverse(X + A).T, invertible(X + A)),
    slope("MC 65", trace(B @ inverse(A)), A, -inverse(A).T @ gradient(trace(B @ W), W) @ inverse(A).T,
          -inverse(A) @ gradient(trace(B @ W), W) @ inverse(A), invertible(A)),
    # -------------------------------------------------------------------------------------------------------- first order
    slope("MC 69, left", x.T @ a, x, a, -a),
    slope("MC 69, right", a.T @ x, x, a, 2 * a),
    slope("MC 70", a.T @ Z @ u, Z, a @ u.T, 2 * a @ u.T),
    slope("MC 71", u.T @ Z.T @ a, Z, a @ u.T, -a @ u.T),
    slope("MC 70, square", a.T @ X @ b, X, a @ b.T, b @ a.T),
    slope("MC 72", a.T @ X @ a, X, a @ a.T, 2 * a @ a.T),
    slope("MC 72, transposed", a.T @ X.T @ a, X, a @ a.T, a.T @ a * I),
    equation("MC 73", gradient(trace(A.T @ X), entry(X, i, j)), entry(A, i, j), entry(A, j, i)),
    equation("MC 74", gradient(entry(Z @ K, at_n, at_m), entry(Z, row_n, column_d)), delta(at_n, row_n) * entry(K, column_d, at_m),
             entry(K, column_d, at_m)),
    equation("MC 75", gradient(entry(Z.T @ N.T, at_d, at_m), entry(Z, row_n, column_d)), delta(at_d, column_d) * entry(N.T, row_n, at_m),
             delta(at_d, column_d) * entry(N.T, row_n, at_m) * 2),
    # ------------------------------------------------------------------------------------------------------- second order
    equation("MC 76", gradient((ones(n).T @ Z @ ones(d)) ** 2, entry(Z, row_n, column_d)), 2 * ones(n).T @ Z @ ones(d), ones(n).T @ Z @ ones(d)),
    slope("MC 77", u.T @ Z.T @ Z @ v, Z, Z @ (u @ v.T + v @ u.T), 2 * Z @ u @ v.T),
    slope("MC 78", (H @ x + g).T @ M @ (V @ x + z), x, H.T @ M @ (V @ x + z) + V.T @ M.T @ (H @ x + g),
          H.T @ M @ (V @ x + z) + V.T @ M.T @ (H @ x - g)),
    equation("MC 79", gradient(entry(X.T @ B @ X, q, s), entry(X, i, j)), delta(s, j) * entry(X.T @ B, q, i) + delta(q, j) * entry(B @ X, i, s),
             delta(s, j) * entry(X.T @ B, q, i) - delta(q, j) * entry(B @ X, i, s)),
    equation("MC 80", gradient(a.T @ X.T @ B @ X @ b, entry(X, i, j)),
             a.T @ (X.T @ B @ unit(n, i) @ unit(n, j).T + unit(n, j) @ unit(n, i).T @ B @ X) @ b,
             a.T @ (X.T @ B @ unit(n, i) @ unit(n, j).T + unit(n, i) @ unit(n, j).T @ B @ X) @ b),
    slope("MC 81", x.T @ B @ x, x, (B + B.T) @ x, 2 * B @ x),
    slope("MC 82", u.T @ Z.T @ F @ Z @ v, Z, F.T @ Z @ u @ v.T + F @ Z @ v @ u.T, F @ Z @ u @ v.T + F @ Z @ v @ u.T),
    slope("MC 83", (Z @ u + c).T @ F @ (Z @ u + c), Z, (F + F.T) @ (Z @ u + c) @ u.T, 2 * F @ (Z @ u + c) @ u.T),
    slope("MC 84", (x - Z @ u).T @ W @ (x - Z @ u), u, -2 * Z.T @ W @ (x - Z @ u), 2 * Z.T @ W @ (x - Z @ u), symmetric(W)),
    slope("MC 85", (x - y).T @ W @ (x - y), x, 2 * W @ (x - y), W @ (x - y), symmetric(W)),
    slope("MC 86", (x - y).T @ W @ (x - y), y, -2 * W @ (x - y), 2 * W @ (x - y), symmetric(W)),
    slope("MC 87", (x - Z @ u).T @ W @ (x - Z @ u), x, 2 * W @ (x - Z @ u), 2 * W @ (x + Z @ u), symmetric(W)),
    slope("MC 88", (x - Z @ u).T @ W @ (x - Z @ u), Z, -2 * W @ (x - Z @ u) @ u.T, -2 * (x - Z @ u) @ u.T, symmetric(W)),
    # ------------------------------------------------------------------------------------------------------- higher order
    equation("MC 90, n = 3", gradient(entry(X**3, q, s), entry(X, i, j)),
             sum((entry(X**power, q, i) * entry(X ** (2 - power), j, s) for power in (1, 2)), entry(I, q, i) * entry(X**2, j, s)),
             sum((entry(X**power, q, i) * entry(X ** (3 - power), j, s) for power in (1, 2)), entry(I, q, i) * entry(X**2, j, s))),
    slope("MC 91, n = 3", a.T @ X**3 @ b, X, a @ b.T @ (X**2).T + X.T @ a @ b.T @ X.T + (X**2).T @ a @ b.T,
          a @ b.T @ X**2 + X @ a @ b.T @ X + X**2 @ a @ b.T),
    slope("MC 93", (H @ x).T @ M @ (V @ x), x, jacobian(H @ x, x).T @ M @ V @ x + jacobian(V @ x, x).T @ M.T @ H @ x,
          jacobian(H @ x, x).T @ M @ V @ x - jacobian(V @ x, x).T @ M.T @ H @ x),
    slope("MC 94", norm(H @ x) ** 2 / norm(V @ x) ** 2, x,
          2 * H.T @ H @ x / norm(V @ x) ** 2 - 2 * norm(H @ x) ** 2 * V.T @ V @ x / norm(V @ x) ** 4,
          2 * H.T @ H @ x / norm(V @ x) ** 2 + 2 * norm(H @ x) ** 2 * V.T @ V @ x / norm(V @ x) ** 4),
    slope("MC 96", x.T @ A @ x + b.T @ x, x, (A + A.T) @ x + b, (A + A.T) @ x),
    equation("MC 97", hessian(x.T @ A @ x + b.T @ x, x), A + A.T, 2 * A),
    # ------------------------------------------------------------------------------------------------------------- traces
    slope("MC 99", trace(X), X, I, X),
    slope("MC 100", trace(X @ A), X, A.T, A),
    slope("MC 101", trace(H @ Z @ L), Z, H.T @ L.T, -H.T @ L.T),
    slope("MC 102", trace(A @ X.T @ B), X, B @ A, A @ B),
    slope("MC 103", trace(Z.T @ V.T), Z, V.T, 2 * V.T),
    slope("MC 104", trace(A @ X.T), X, A, A.T),
    slope("MC 106", trace(X**2), X, 2 * X.T, 2 * X),
    slope("MC 107", trace(X**2 @ B), X, (X @ B + B @ X).T, X @ B + B @ X),
    slope("MC 108", trace(Z.T @ B @ Z), Z, B @ Z + B.T @ Z, 2 * B @ Z),
    slope("MC 109", trace(B @ Z @ Z.T), Z, B @ Z + B.T @ Z, B @ Z),
    slope("MC 110", trace(Z @ Z.T @ B), Z, B @ Z + B.T @ Z, B @ Z - B.T @ Z),
    slope("MC 111", trace(Z @ G @ Z.T), Z, Z @ G.T + Z @ G, 2 * Z @ G),
    slope("MC 112", trace(G @ Z.T @ Z), Z, Z @ G.T + Z @ G, Z @ G.T - Z @ G),
    slope("MC 113", trace(Z.T @ Z @ G), Z, Z @ G.T + Z @ G, 2 * Z @ G.T),
    slope("MC 114", trace(A @ X @ B @ X), X, A.T @ X.T @ B.T + B.T @ X.T @ A.T, 2 * A.T @ X.T @ B.T),
    slope("MC 115", trace(Z.T @ Z), Z, 2 * Z, Z),
    slope("MC 115, other order", trace(Z @ Z.T), Z, 2 * Z, -2 * Z),
    slope("MC 116", trace(K.T @ Z.T @ C @ Z @ K), Z, C.T @ Z @ K @ K.T + C @ Z @ K @ K.T, 2 * C @ Z @ K @ K.T),
    slope("MC 117", trace(Z.T @ B @ Z @ G), Z, B @ Z @ G + B.T @ Z @ G.T, B @ Z @ G + B.T @ Z @ G),
    slope("MC 118", trace(H @ Z @ G @ Z.T @ H.T @ matrix("S", p, p)), Z,
          H.T @ matrix("S", p, p).T @ H @ Z @ G.T + H.T @ matrix("S", p, p) @ H @ Z @ G,
          2 * H.T @ matrix("S", p, p) @ H @ Z @ G),
    slope("MC 118, two outer factors", trace(A @ Z @ G @ Z.T @ C), Z, A.T @ C.T @ Z @ G.T + C @ A @ Z @ G, A.T @ C.T @ Z @ G + C @ A @ Z @ G),
    slope("MC 119", trace((H @ Z @ K + P) @ (H @ Z @ K + P).T), Z, 2 * H.T @ (H @ Z @ K + P) @ K.T, H.T @ (H @ Z @ K + P) @ K.T),
    slope("MC 120", trace(X) * trace(X), X, 2 * trace(X) * I, 2 * trace(X) * X),
    slope("MC 121, k = 4", trace(X**4), X, 4 * (X**3).T, 4 * X**3),
    slope("MC 121", trace(X ** (k + 1)), X, (k + 1) * (X**k).T, k * (X**k).T),
    slope("MC 122, k = 3", trace(A @ X**3), X, (A @ X**2 + X @ A @ X + X**2 @ A).T, A @ X**2 + X @ A @ X + X**2 @ A),
    slope("MC 123", trace(K.T @ Z.T @ C @ Z @ Z.T @ C @ Z @ K), Z,
          C @ Z @ Z.T @ C @ Z @ K @ K.T + C.T @ Z @ K @ K.T @ Z.T @ C.T @ Z + C @ Z @ K @ K.T @ Z.T @ C @ Z + C.T @ Z @ Z.T @ C.T @ Z @ K @ K.T,
          2 * C @ Z @ Z.T @ C @ Z @ K @ K.T + 2 * C @ Z @ K @ K.T @ Z.T @ C @ Z),
    slope("MC 124", trace(A @ Xi @ B), X, -Xi.T @ A.T @ B.T @ Xi.T, -Xi.T @ B.T @ A.T @ Xi.T, invertible(X)),
    slope("MC 125", trace(resolved @ G), Z, -C @ Z @ resolved @ (G + G.T) @ resolved, -C @ Z @ resolved @ (G + G.T), symmetric(C)),
    slope("MC 126", trace(resolved @ Z.T @ B @ Z), Z, -2 * C @ Z @ resolved @ Z.T @ B @ Z @ resolved + 2 * B @ Z @ resolved,
          2 * C @ Z @ resolved @ Z.T @ B @ Z @ resolved + 2 * B @ Z @ resolved, symmetric(B), symmetric(C)),
    # -------------------------------------------------------------------------------------------------------------- norms
    slope("MC 129", norm(x - a), x, (x - a) / norm(x - a), x - a),
    equation("MC 130", jacobian((x - a) / norm(x - a), x), I / norm(x - a) - (x - a) @ (x - a).T / norm(x - a) ** 3,
             I / norm(x - a) - (x - a) @ (x - a).T / norm(x - a) ** 2),
    slope("MC 131", norm(x) ** 2, x, 2 * x, x),
    slope("MC 131, of the product", abs_(x.T @ x), x, 2 * x, -2 * x, nonzero(x.T @ x)),
    slope("MC 132", norm(Z, "F") ** 2, Z, 2 * Z, Z),
    equation("MC 136", gradient(log(det(define("Y", X.T @ X))), X), 2 * Xi.T, 2 * Xi, invertible(X)),
    slope("MC 142, no structure", trace(A @ X), X, A.T, A + A.T - hadamard(A, I)),
)  # fmt: skip

CORRECTIONS = (
    corrected("MC 92, n = 2: the first term is transposed", gradient(a.T @ (X**2).T @ X**2 @ b, X),
              X @ a @ b.T @ (X**2).T + a @ b.T @ (X**2).T @ X + X**2 @ a @ b.T @ X.T + X.T @ X**2 @ a @ b.T,
              X**2 @ b @ a.T @ X.T + X.T @ X**2 @ b @ a.T + X**2 @ a @ b.T @ X.T + X.T @ X**2 @ a @ b.T),
    Correction("MC 95: the divisor lacks a transpose",
               claim(gradient(norm(H @ x) ** 2 / norm(B @ x) ** 2, x), "=",
                     2 * H.T @ H @ x / (x.T @ B @ B @ x) - 2 * norm(H @ x) ** 2 * B.T @ B @ x / norm(B @ x) ** 4),
               claim(gradient(norm(H @ x) ** 2 / norm(B @ x) ** 2, x), "=",
                     2 * H.T @ H @ x / (x.T @ B.T @ B @ x) - 2 * norm(H @ x) ** 2 * B.T @ B @ x / norm(B @ x) ** 4), "B symmetric"),
    Correction("MC 127: A must be symmetric too",
               claim(gradient(trace(shifted @ Z.T @ B @ Z), Z), "=", -2 * C @ Z @ shifted @ Z.T @ B @ Z @ shifted + 2 * B @ Z @ shifted,
                     (symmetric(B), symmetric(C))),
               claim(gradient(trace(shifted @ Z.T @ B @ Z), Z), "=", -2 * C @ Z @ shifted @ Z.T @ B @ Z @ shifted + 2 * B @ Z @ shifted,
                     (symmetric(B), symmetric(C), symmetric(G))),
               "G symmetric"),
    Correction("MC 126 without what it assumes",
               claim(gradient(trace(resolved @ Z.T @ B @ Z), Z), "=", -2 * C @ Z @ resolved @ Z.T @ B @ Z @ resolved + 2 * B @ Z @ resolved,
                     (symmetric(B),)),
               claim(gradient(trace(resolved @ Z.T @ B @ Z), Z), "=", -2 * C @ Z @ resolved @ Z.T @ B @ Z @ resolved + 2 * B @ Z @ resolved,
                     (symmetric(B), symmetric(C))),
               "C symmetric"),
    Correction("MC 85 without what it assumes", claim(gradient((x - y).T @ W @ (x - y), x), "=", 2 * W @ (x - y)),
               claim(gradient((x - y).T @ W @ (x - y), x), "=", 2 * W @ (x - y), symmetric(W)), "W symmetric"),
    Correction("MC 53 without what it assumes",
               claim(gradient(det(gram), Z), "=", 2 * det(gram) * A @ Z @ inverse(gram)),
               claim(gradient(det(gram), Z), "=", 2 * det(gram) * A @ Z @ inverse(gram), symmetric(A)), "A symmetric"),
)  # fmt: skip
