"""Expectations of other people: sections 6.2, 6.3 and 8.2 of the Matrix Cookbook. See `outside_cases`."""

from __future__ import annotations

from outside_cases import Case, Correction, equation

from derivations.language.assumptions import Assumption, positive_semidefinite, symmetric
from derivations.language.claims import claim
from derivations.language.constructors import dimensions, identity, matrix, norm, scalar, trace, vector, zeros
from derivations.language.laws import covariance, expectation, gaussian, independent, moments, variance
from derivations.language.terms import Term

__all__ = ["CASES", "CORRECTIONS"]

n, d, p, q = dimensions("n d p q")
x, y, m, w = vector("x", n), vector("y", d), vector("m", n), vector("w", n)
mean_y = vector("mean_y", d)
a, b, c, f = (vector(name, q) for name in "abcf")
u, v, s, t = (vector(name, n) for name in "uvst")
Sigma, M, S = matrix("Sigma", n, n), matrix("M", n, n), matrix("S", d, d)
A, B, C, F = (matrix(name, q, n) for name in "ABCF")
G, H = matrix("G", n, n), matrix("H", n, n)
X, Mean, L, R, K = matrix("X", n, d), matrix("Mean", n, d), matrix("L", p, n), matrix("R", d, q), matrix("K", p, q)
V = matrix("V", p, d)
sigma = scalar("sigma")
E = expectation

any_law: tuple[Assumption, ...] = (moments(x, m, M), positive_semidefinite(M))
normal: tuple[Assumption, ...] = (gaussian(x, m, Sigma), positive_semidefinite(Sigma))
second = Sigma + m @ m.T
Am, Bm, Cm, Fm = A @ m + a, B @ m + b, C @ m + c, F @ m + f
Ax, Bx, Cx, Fx = A @ x + a, B @ x + b, C @ x + c, F @ x + f


def mean(source: str, body: Term, right: Term, wrong: Term, given: tuple[Assumption, ...]) -> Case:
    return equation(source, E(body, x), right, wrong, *given)


def pair(left: Term, right: Term) -> Term:
    """(aᵀ(Σ + mmᵀ)b)."""
    return left.T @ second @ right


CASES = (
    equation("MC 312", E(L @ X @ R + K, X), L @ Mean @ R + K, L @ Mean @ R, moments(X, Mean, sigma**2)),
    equation("MC 313", covariance(A @ x, A @ x, x), A @ M @ A.T, -A @ M @ A.T, *any_law),
    equation("MC 314", covariance(A @ x, B @ x, x), A @ M @ B.T, B @ M @ A.T, *any_law),
    equation("MC 314, independent", covariance(A @ x, V @ y, x, y), zeros(q, p), A @ m @ (V @ mean_y).T,
             *any_law, moments(y, mean_y, S), positive_semidefinite(S), independent(x, y)),
    mean("MC 315", A @ x + b, A @ m + b, A @ m - b, any_law),
    mean("MC 316", A @ x, A @ m, -A @ m, any_law),
    mean("MC 317", x + w, m + w, m, any_law),
    mean("MC 318", x.T @ G @ x, trace(G @ M) + m.T @ G @ m, trace(G @ M) - m.T @ G @ m, any_law),
    mean("MC 320", Ax @ Bx.T, A @ M @ B.T + Am @ Bm.T, A @ M @ B.T + Bm @ Am.T, any_law),
    mean("MC 321", x @ x.T, M + m @ m.T, M - m @ m.T, any_law),
    mean("MC 322", x @ w.T @ x, (M + m @ m.T) @ w, M @ w, any_law),
    mean("MC 323", x.T @ w @ x.T, w.T @ (M + m @ m.T), w.T @ M, any_law),
    mean("MC 324", (A @ x) @ (A @ x).T, A @ (M + m @ m.T) @ A.T, A @ M @ A.T, any_law),
    mean("MC 325", (x + w) @ (x + w).T, M + (m + w) @ (m + w).T, M + (m - w) @ (m - w).T, any_law),
    mean("MC 326", Ax.T @ Bx, trace(A @ M @ B.T) + Am.T @ Bm, trace(A @ M @ B.T) - Am.T @ Bm, any_law),
    mean("MC 327", x.T @ x, trace(M) + m.T @ m, trace(M), any_law),
    mean("MC 328", x.T @ H @ x, trace(H @ M) + m.T @ H @ m, trace(M) + m.T @ H @ m, any_law),
    mean("MC 329", (A @ x).T @ (A @ x), trace(A @ M @ A.T) + (A @ m).T @ (A @ m), trace(A @ M @ A.T) + m.T @ m, any_law),
    mean("MC 330", (x + w).T @ (x + w), trace(M) + (m + w).T @ (m + w), trace(M) + (m - w).T @ (m - w), any_law),
    # without a third moment
    mean("MC 331, Gaussian", Ax @ Bx.T @ Cx, trace(B @ Sigma @ C.T) * Am + A @ Sigma @ C.T @ Bm + (A @ Sigma @ B.T + Am @ Bm.T) @ Cm,
         trace(B @ Sigma @ C.T) * Am + A @ Sigma @ C.T @ Bm + (A @ Sigma @ B.T - Am @ Bm.T) @ Cm, normal),
    mean("MC 332, Gaussian", x @ x.T @ x, 2 * Sigma @ m + (trace(Sigma) + m.T @ m) * m, Sigma @ m + (trace(Sigma) + m.T @ m) * m, normal),
    mean("MC 6.3, mean", w.T @ x, w.T @ m, -w.T @ m, any_law),
    equation("MC 6.3, variance", variance(w.T @ x, x), w.T @ M @ w, w.T @ M @ M @ w, *any_law),
    equation("MC 6.3, third, Gaussian", E((w.T @ x - w.T @ m) ** 3, x), 0, w.T @ Sigma @ w, *normal),
    equation("MC 6.3, fourth, Gaussian", E((w.T @ x - w.T @ m) ** 4, x), 3 * (w.T @ Sigma @ w) ** 2, (w.T @ Sigma @ w) ** 2, *normal),
    mean("MC 8.2.1, mean", x, m, -m, normal),
    equation("MC 8.2.1, covariance", E(x @ x.T, x) - E(x, x) @ E(x.T, x), Sigma, Sigma + m @ m.T, *normal),
    mean("MC 8.2.2, outer", x @ x.T, Sigma + m @ m.T, Sigma, normal),
    mean("MC 8.2.2, quadratic", x.T @ G @ x, trace(G @ Sigma) + m.T @ G @ m, trace(G.T) + m.T @ G @ m, normal),
    equation("MC 8.2.2, variance", variance(x.T @ G @ x, x), trace(G @ Sigma @ (G + G.T) @ Sigma) + m.T @ (G + G.T) @ Sigma @ (G + G.T) @ m,
             2 * trace(G @ Sigma @ G @ Sigma) + 4 * m.T @ G @ Sigma @ G @ m, *normal),
    mean("MC 8.2.2, shifted", (x - w).T @ G @ (x - w), (m - w).T @ G @ (m - w) + trace(G @ Sigma), (m + w).T @ G @ (m + w) + trace(G @ Sigma),
         normal),
    equation("MC 8.2.2, white", variance(x.T @ G @ x, x), 2 * sigma**4 * trace(G @ G) + 4 * sigma**2 * m.T @ G @ G @ m,
             2 * sigma**4 * trace(G @ G) + 2 * sigma**2 * m.T @ G @ G @ m, gaussian(x, m, sigma**2), symmetric(G)),
    equation("MC 8.2.2, covariance", covariance(x.T @ G @ x, x.T @ H @ x, x), 2 * sigma**4 * trace(G @ H), sigma**4 * trace(G @ H),
             gaussian(x, 0, sigma**2), symmetric(G), symmetric(H)),
    mean("MC 8.2.3, Gaussian", x @ w.T @ x @ x.T, m @ w.T @ second + second @ w @ m.T + w.T @ m * (Sigma - m @ m.T),
         m @ w.T @ second + second @ w @ m.T + w.T @ m * (Sigma + m @ m.T), normal),
    mean("MC 8.2.4, outer products", x @ x.T @ x @ x.T, 2 * second @ second + m.T @ m * (Sigma - m @ m.T) + trace(Sigma) * second,
         2 * second @ second + m.T @ m * (Sigma + m @ m.T) + trace(Sigma) * second, normal),
    mean("MC 8.2.4, with a matrix", x @ x.T @ G @ x @ x.T,
         second @ (G + G.T) @ second + m.T @ G @ m * (Sigma - m @ m.T) + trace(G @ Sigma) * second,
         2 * second @ G @ second + m.T @ G @ m * (Sigma - m @ m.T) + trace(G @ Sigma) * second, normal),
    mean("MC 8.2.4, norm", x.T @ x @ x.T @ x, 2 * trace(Sigma @ Sigma) + 4 * m.T @ Sigma @ m + (trace(Sigma) + m.T @ m) ** 2,
         2 * trace(Sigma @ Sigma) + 2 * m.T @ Sigma @ m + (trace(Sigma) + m.T @ m) ** 2, normal),
    mean("MC 8.2.4, two forms", x.T @ G @ x @ x.T @ H @ x,
         trace(G @ Sigma @ (H + H.T) @ Sigma) + m.T @ (G + G.T) @ Sigma @ (H + H.T) @ m
         + (trace(G @ Sigma) + m.T @ G @ m) * (trace(H @ Sigma) + m.T @ H @ m),
         trace(G @ Sigma @ (H + H.T) @ Sigma) + (trace(G @ Sigma) + m.T @ G @ m) * (trace(H @ Sigma) + m.T @ H @ m), normal),
    mean("MC 8.2.4, four vectors", u.T @ x @ v.T @ x @ s.T @ x @ t.T @ x,
         pair(u, v) * pair(s, t) + pair(u, s) * pair(v, t) + pair(u, t) * pair(v, s) - 2 * u.T @ m @ v.T @ m @ s.T @ m @ t.T @ m,
         pair(u, v) * pair(s, t) + pair(u, s) * pair(v, t) + pair(u, t) * pair(v, s) - u.T @ m @ v.T @ m @ s.T @ m @ t.T @ m, normal),
    mean("MC 8.2.4, four affine", Ax @ Bx.T @ Cx @ Fx.T,
         (A @ Sigma @ B.T + Am @ Bm.T) @ (C @ Sigma @ F.T + Cm @ Fm.T) + (A @ Sigma @ C.T + Am @ Cm.T) @ (B @ Sigma @ F.T + Bm @ Fm.T)
         + Bm.T @ Cm * (A @ Sigma @ F.T - Am @ Fm.T) + trace(B @ Sigma @ C.T) * (A @ Sigma @ F.T + Am @ Fm.T),
         (A @ Sigma @ B.T + Am @ Bm.T) @ (C @ Sigma @ F.T + Cm @ Fm.T) + (A @ Sigma @ C.T + Am @ Cm.T) @ (B @ Sigma @ F.T + Bm @ Fm.T)
         + Bm.T @ Cm * (A @ Sigma @ F.T + Am @ Fm.T) + trace(B @ Sigma @ C.T) * (A @ Sigma @ F.T + Am @ Fm.T), normal),
    mean("MC 8.2.4, four affine in two products", Ax.T @ Bx @ Cx.T @ Fx,
         trace(A @ Sigma @ (C.T @ F + F.T @ C) @ Sigma @ B.T) + (Am.T @ B + Bm.T @ A) @ Sigma @ (C.T @ Fm + F.T @ Cm)
         + (trace(A @ Sigma @ B.T) + Am.T @ Bm) * (trace(C @ Sigma @ F.T) + Cm.T @ Fm),
         trace(A @ Sigma @ (C.T @ F + F.T @ C) @ Sigma @ B.T) + (Am.T @ B - Bm.T @ A) @ Sigma @ (C.T @ Fm + F.T @ Cm)
         + (trace(A @ Sigma @ B.T) + Am.T @ Bm) * (trace(C @ Sigma @ F.T) + Cm.T @ Fm), normal),
    mean("MC 8.3.1, centred", (x - m) @ (x - m).T, Sigma, Sigma + m @ m.T, normal),
    equation("MC 8.3.2, mean of chi square", E(norm(x) ** 2, x), trace(identity(n)), 2 * trace(identity(n)), gaussian(x, 0, 1)),
)  # fmt: skip

taken = A @ vector("x_0", n) + a  # the source has x, which nothing binds there
printed = (2 * A @ Sigma @ A.T + taken @ taken.T) @ Am + trace(A @ Sigma @ A.T) * Am
meant = (2 * A @ Sigma @ A.T + Am @ Am.T) @ Am + trace(A @ Sigma @ A.T) * Am
last = (A @ Sigma @ C.T + Am @ Cm.T) @ b @ Fm.T + b.T @ Cm * (A @ Sigma @ F.T - Am @ Fm.T)

CORRECTIONS = (
    Correction("MC 333: the random x stands on the right side, where its mean belongs",
               claim(E(Ax @ Ax.T @ Ax, x), "=", printed, normal), claim(E(Ax @ Ax.T @ Ax, x), "=", meant, normal)),
    Correction("MC 334: likewise",
               claim(E(Ax @ b.T @ Cx @ Fx.T, x), "=", taken @ b.T @ (C @ Sigma @ F.T + Cm @ Fm.T) + last, normal),
               claim(E(Ax @ b.T @ Cx @ Fx.T, x), "=", Am @ b.T @ (C @ Sigma @ F.T + Cm @ Fm.T) + last, normal)),
    Correction("MC 8.2.3: a third moment is left out, which is 0 for a Gaussian, not for any independent coordinates",
               claim(E(x @ w.T @ x @ x.T, x), "=", m @ w.T @ (sigma**2 * identity(n) + m @ m.T) + (sigma**2 * identity(n) + m @ m.T) @ w @ m.T
                     + w.T @ m * (sigma**2 * identity(n) - m @ m.T), moments(x, m, sigma**2)),
               claim(E(x @ w.T @ x @ x.T, x), "=", m @ w.T @ (sigma**2 * identity(n) + m @ m.T) + (sigma**2 * identity(n) + m @ m.T) @ w @ m.T
                     + w.T @ m * (sigma**2 * identity(n) - m @ m.T), gaussian(x, m, sigma**2))),
    Correction("MC 319 without the fourth moment: 2μ₂² tr A² + 4μ₂ cᵀA²c is the variance for a Gaussian only",
               claim(variance(x.T @ G @ x, x), "=", 2 * sigma**4 * trace(G @ G) + 4 * sigma**2 * m.T @ G @ G @ m,
                     (moments(x, m, sigma**2), symmetric(G))),
               claim(variance(x.T @ G @ x, x), "=", 2 * sigma**4 * trace(G @ G) + 4 * sigma**2 * m.T @ G @ G @ m,
                     (gaussian(x, m, sigma**2), symmetric(G)))),
)  # fmt: skip
