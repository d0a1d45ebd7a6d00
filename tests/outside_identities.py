"""Identities of other people: chapters 1, 3, 5, 9 and 10 of the Matrix Cookbook. See `outside_cases`."""

from __future__ import annotations

from outside_cases import Correction, equation, statement

from derivations.language.assumptions import (
    equal,
    full_column_rank,
    full_row_rank,
    invertible,
    nonzero,
    orthogonal,
    positive,
    positive_definite,
    positive_semidefinite,
    projection,
    symmetric,
    tends_to,
)
from derivations.language.claims import claim
from derivations.language.constructors import (
    argmin,
    column,
    counter,
    det,
    diagonal,
    dimensions,
    eigenvalues,
    entry,
    hadamard,
    identity,
    index,
    inverse,
    largest_eigenvalue,
    literal,
    matrix,
    norm,
    ones,
    pseudo_inverse,
    rank,
    row,
    scalars,
    series,
    smallest_eigenvalue,
    spectral_radius,
    sum_over,
    trace,
    unit,
    vector,
    zeros,
)

__all__ = ["CASES", "CORRECTIONS", "OPEN"]

n, d, m = dimensions("n d m")
k, r = counter("k"), counter("r")
i, j, q = index("i", n), index("j", n), index("q", d)
c, f, g, h, l11, l12, l21, l22 = scalars("c f g h a b p q")
A, B, C, P, Q, X = (matrix(name, n, n) for name in "ABCPQX")
R, D, S = matrix("R", d, d), matrix("D", d, d), matrix("S", d, d)
U, V, Z, H = matrix("U", n, d), matrix("V", d, n), matrix("Z", n, d), matrix("H", d, n)
K, L = matrix("K", d, m), matrix("L", m, n)
a, b, x = vector("a", n), vector("b", n), vector("x", n)
w, v, y = vector("w", d), vector("v", d), vector("y", n)
I, I_d = identity(n), identity(d)  # noqa: E741 (the identity's own letter)
T = literal([l11, l12], [l21, l22])
M3, M2, M4 = matrix("M3", 3, 3), matrix("M2", 2, 2), matrix("M4", 4, 4)
pinv = pseudo_inverse
J = unit(n, i) @ unit(n, j).T
skew = equal(A.T, -A)
rule_27 = (1 + det(M4) + trace(M4) + trace(M4) ** 2 / 2 - trace(M4 @ M4) / 2
           + trace(M4) ** 3 / 6 - trace(M4) * trace(M4 @ M4) / 2 + trace(M4**3) / 3)  # fmt: skip


CASES = (
    # ---------------------------------------------------------------------------------------------------- 1: the basics
    equation("MC 1", inverse(A @ B), inverse(B) @ inverse(A), inverse(A) @ inverse(B), invertible(A), invertible(B)),
    equation("MC 2", inverse(A @ B @ C), inverse(C) @ inverse(B) @ inverse(A), inverse(C) @ inverse(A) @ inverse(B),
             invertible(A), invertible(B), invertible(C)),
    equation("MC 3", inverse(A.T), inverse(A).T, inverse(A)),
    equation("MC 4", (Z + U).T, Z.T + U.T, Z.T - U.T),
    equation("MC 5", (Z @ K).T, K.T @ Z.T, -K.T @ Z.T),
    equation("MC 6", (Z @ K @ L).T, L.T @ K.T @ Z.T, (L.T @ K.T @ Z.T).T),
    equation("MC 11", trace(A), sum_over(i, entry(A, i, i)), sum_over(i, entry(A, i, 1))),
    equation("MC 13", trace(A), trace(A.T), -trace(A.T)),
    equation("MC 14", trace(Z @ V), trace(V @ Z), trace(V @ Z) + n - d),
    equation("MC 15", trace(A + B), trace(A) + trace(B), trace(A) * trace(B)),
    equation("MC 16", trace(Z @ K @ L), trace(K @ L @ Z), -trace(L @ Z @ K)),
    equation("MC 16, another order", trace(A @ B @ C), trace(C @ A @ B), trace(A @ C @ B)),
    equation("MC 17", a.T @ a, trace(a @ a.T), trace(a @ a.T) / n),
    equation("MC 19, n = 3", det(c * M3), c**3 * det(M3), c * det(M3)),
    equation("MC 20", det(A.T), det(A), -det(A)),
    equation("MC 21", det(A @ B), det(A) * det(B), det(A) + det(B)),
    equation("MC 22", det(inverse(A)), 1 / det(A), det(A)),
    equation("MC 23", det(A**k), det(A) ** k, k * det(A)),
    equation("MC 23, k = 3", det(A**3), det(A) ** 3, 3 * det(A)),
    equation("MC 24", det(I + a @ b.T), 1 + a.T @ b, 1 - a.T @ b),
    equation("MC 25", det(identity(2) + M2), 1 + det(M2) + trace(M2), 1 + det(M2) - trace(M2)),
    equation("MC 26", det(identity(3) + M3), 1 + det(M3) + trace(M3) + trace(M3) ** 2 / 2 - trace(M3 @ M3) / 2,
             1 + det(M3) + trace(M3) + trace(M3) ** 2 / 2 + trace(M3 @ M3) / 2),
    equation("MC 27", det(identity(4) + M4), rule_27, rule_27 + trace(M4**3) / 3),
    equation("MC 29", det(T), l11 * l22 - l12 * l21, l11 * l22 + l12 * l21),
    equation("MC 30", trace(T), l11 + l22, l11 - l22),
    equation("MC 1.3, characteristic polynomial", T @ T - trace(T) * T + det(T) * identity(2), zeros(2, 2), identity(2)),
    equation("MC 31", inverse(T), literal([l22, -l12], [-l21, l11]) / det(T), literal([l22, l12], [l21, l11]) / det(T)),
    # ----------------------------------------------------------------------------------------------------- 3: inverses
    equation("MC 145", A @ inverse(A), I, A),
    equation("MC 145, other side", inverse(A) @ A, I, -I),
    equation("MC 156", inverse(A + U @ R @ U.T), inverse(A) - inverse(A) @ U @ inverse(inverse(R) + U.T @ inverse(A) @ U) @ U.T @ inverse(A),
             inverse(A) + inverse(A) @ U @ inverse(inverse(R) + U.T @ inverse(A) @ U) @ U.T @ inverse(A), invertible(A), invertible(R)),
    equation("MC 157", inverse(A + U @ R @ V), inverse(A) - inverse(A) @ U @ inverse(inverse(R) + V @ inverse(A) @ U) @ V @ inverse(A),
             inverse(A) - inverse(A) @ U @ inverse(R + V @ inverse(A) @ U) @ V @ inverse(A), invertible(A), invertible(R)),
    equation("MC 158 and 193", inverse(inverse(P) + V.T @ inverse(R) @ V) @ V.T @ inverse(R), P @ V.T @ inverse(V @ P @ V.T + R),
             P @ V.T @ inverse(V @ P @ V.T - R), positive_definite(P), positive_definite(R)),
    equation("MC 159", inverse(A + U @ V), inverse(A) - inverse(A) @ U @ inverse(I_d + V @ inverse(A) @ U) @ V @ inverse(A),
             inverse(A) - inverse(A) @ U @ inverse(I_d - V @ inverse(A) @ U) @ V @ inverse(A), invertible(A)),
    equation("MC 160", inverse(A + a @ b.T), inverse(A) - inverse(A) @ a @ b.T @ inverse(A) / (1 + b.T @ inverse(A) @ a),
             inverse(A) - inverse(A) @ a @ b.T @ inverse(A) / (1 - b.T @ inverse(A) @ a), invertible(A)),
    equation("MC 161", inverse(I + inverse(A)), A @ inverse(A + I), A @ inverse(A - I)),
    equation("MC 162", inverse(A + U @ U.T) @ U, inverse(A) @ U @ inverse(I_d + U.T @ inverse(A) @ U),
             inverse(A) @ U @ (I_d + U.T @ inverse(A) @ U), invertible(A)),
    equation("MC 163", inverse(inverse(A) + inverse(B)), A @ inverse(A + B) @ B, A @ inverse(A + B) @ A),
    equation("MC 163, other order", inverse(inverse(A) + inverse(B)), B @ inverse(A + B) @ A, A @ inverse(A - B) @ B),
    equation("MC 164", A - A @ inverse(A + B) @ A, B - B @ inverse(A + B) @ B, B + B @ inverse(A + B) @ B),
    equation("MC 165", inverse(A) + inverse(B), inverse(A) @ (A + B) @ inverse(B), inverse(B) @ (A + B) @ inverse(B)),
    equation("MC 166", inverse(I + U @ V), I - U @ inverse(I_d + V @ U) @ V, I + U @ inverse(I_d + V @ U) @ V),
    equation("MC 167", inverse(I + U @ V) @ U, U @ inverse(I_d + V @ U), U @ inverse(I_d - V @ U)),
    # ----------------------------------------------------------------------------------------- 3.6: the pseudo-inverse
    equation("MC 3.6.1 I", Z @ pinv(Z) @ Z, Z, pinv(Z).T),
    equation("MC 3.6.1 II", pinv(Z) @ Z @ pinv(Z), pinv(Z), Z.T),
    equation("MC 3.6.1 III", (Z @ pinv(Z)).T, Z @ pinv(Z), I),
    equation("MC 3.6.1 IV", (pinv(Z) @ Z).T, pinv(Z) @ Z, I_d),
    equation("MC 3.6.2, twice", pinv(pinv(Z)), Z, pinv(Z).T),
    equation("MC 3.6.2, transposed", pinv(Z.T), pinv(Z).T, Z),
    equation("MC 3.6.2, on the transpose", pinv(Z) @ Z @ Z.T, Z.T, pinv(Z)),
    equation("MC 3.6.2, multiple", pinv(c * Z), pinv(Z) / c, c * pinv(Z), nonzero(c)),
    equation("MC 3.6.2, from the left", pinv(Z), pinv(Z.T @ Z) @ Z.T, pinv(Z.T @ Z) @ Z.T / 2),
    equation("MC 3.6.2, from the right", pinv(Z), Z.T @ pinv(Z @ Z.T), -Z.T @ pinv(Z @ Z.T)),
    equation("MC 3.6.2, Gram", pinv(Z.T @ Z), pinv(Z) @ pinv(Z.T), pinv(Z) @ Z),
    equation("MC 3.6.2, outer Gram", pinv(Z @ Z.T), pinv(Z.T) @ pinv(Z), Z @ pinv(Z)),
    equation("MC 3.6.2, projection", Z @ pinv(Z) @ Z @ pinv(Z), Z @ pinv(Z), Z @ pinv(Z) / 2),
    equation("MC 3.6.2, other projection", pinv(Z) @ Z @ pinv(Z) @ Z, pinv(Z) @ Z, Z.T @ Z),
    equation("MC 3.6.2, trace", trace(Z @ pinv(Z)), rank(Z @ pinv(Z)), rank(Z @ pinv(Z)) + 1),
    equation("MC 3.6.2, other trace", trace(pinv(Z) @ Z), rank(Z), d),
    equation("MC 3.6.3, square", pinv(A), inverse(A), inverse(A).T, invertible(A)),
    equation("MC 3.6.3, broad", pinv(Z), Z.T @ inverse(Z @ Z.T), Z.T @ Z @ Z.T, full_row_rank(Z)),
    equation("MC 3.6.3, tall", pinv(Z), inverse(Z.T @ Z) @ Z.T, 2 * inverse(Z.T @ Z) @ Z.T, full_column_rank(Z)),
    equation("MC 3.6.3, two factors", pinv(Z @ K), K.T @ inverse(K @ K.T) @ inverse(Z.T @ Z) @ Z.T, K.T @ inverse(K @ K.T) @ Z.T,
             full_column_rank(Z), full_row_rank(K)),
    equation("MC 3.2.8, of a vector", pinv(a), a.T / norm(a) ** 2, a.T / norm(a), full_column_rank(a)),
    equation("MC 188", inverse(A - I) @ (A ** (k + 1) - I), series(r, k + 1, A**r), series(r, k, A**r)),
    # --------------------------------------------------------------------------------------------------- 5: solutions
    equation("MC 5.1.3", x, inverse(A) @ b, A @ b, equal(A @ x, b), invertible(A)),
    equation("MC 5.1.6, a solution", w, inverse(Z.T @ Z) @ Z.T @ y, Z.T @ y, equal(Z @ w, y), full_column_rank(Z)),
    equation("MC 5.1.6, least squares", argmin(norm(Z @ w - y) ** 2, w), pinv(Z) @ y, Z.T @ y, full_column_rank(Z)),
    equation("MC 5.1.7", argmin(norm(w) ** 2, w, equal(Z @ w, y)), Z.T @ inverse(Z @ Z.T) @ y, 2 * Z.T @ inverse(Z @ Z.T) @ y, full_row_rank(Z)),
    # -------------------------------------------------------------------------------------------- 9: special matrices
    equation("MC 9.4, power", A ** (k + 1), A, A ** (k + 1) @ B, equal(A @ A, A)),
    equation("MC 9.4, the rest", (I - A) @ (I - A), I - A, A - I, equal(A @ A, A)),
    equation("MC 9.4, product", A @ B @ A @ B, A @ B, A, equal(A @ A, A), equal(B @ B, B), equal(A @ B, B @ A)),
    equation("MC 9.4, orthogonal to the rest", A @ (I - A), zeros(n, n), A, equal(A @ A, A)),
    equation("MC 9.4, trace", rank(A), trace(A), n, projection(A)),
    equation("MC 9.4, pseudo-inverse", pinv(A), A, I, projection(A)),
    equation("MC 9.4.2, a square", (f * I + g * A) @ (f * I + g * A), f**2 * I + 2 * f * g * A, f**2 * I + f * g * A, equal(A @ A, zeros(n, n))),
    equation("MC 9.5, inverse", inverse(Q), Q.T, Q, orthogonal(Q)),
    equation("MC 9.5, rows", Q @ Q.T, I, Q, orthogonal(Q)),
    equation("MC 9.5, columns", Q.T @ Q, I, -I, orthogonal(Q)),
    equation("MC 9.5, determinant", det(Q) ** 2, 1, -1, orthogonal(Q)),
    equation("MC 9.5.1, even", Q**4, I, Q, orthogonal(Q), symmetric(Q)),
    equation("MC 9.5.1, odd", Q**5, Q, I, orthogonal(Q), symmetric(Q)),
    equation("MC 9.5.3", A, (A + A.T) / 2 + (A - A.T) / 2, (A + A.T) / 2 - (A - A.T) / 2),
    statement("MC 9.6.3", trace(A) > 0, trace(A) > 1, positive_definite(A)),
    statement("MC 9.6.3, semidefinite", trace(A) >= 0, trace(A) > 0, positive_semidefinite(A)),
    statement("MC 9.6.4", x.T @ inverse(A) @ x >= 0, x.T @ inverse(A) @ x > 0,
              positive_definite(A)),
    statement("MC 9.6.5", entry(A, i, i) > 0, entry(A, i, j) >= 0, positive_definite(A)),
    statement("MC 9.6.6", x.T @ (Z @ Z.T) @ x >= 0, x.T @ (Z @ Z.T) @ x > 0),
    statement("MC 9.6.11", x.T @ Z @ Z.T @ x > 0, x.T @ Z @ Z.T @ x > 1, full_row_rank(Z), full_column_rank(x)),
    statement("MC 9.6.14, n = 2", det(M2) <= entry(M2, 1, 1) * entry(M2, 2, 2), det(M2) < entry(M2, 1, 1) * entry(M2, 2, 2),
              positive_semidefinite(M2)),
    equation("MC 9.7.3", entry(A, i, j) * entry(B, i, j), unit(n, i).T @ A @ unit(n, j) * entry(B, i, j), entry(A, j, i) * entry(B, i, j)),
    equation("MC 9.7.4, i = j", unit(n, i) @ unit(n, i).T @ unit(n, i) @ unit(n, i).T, unit(n, i) @ unit(n, i).T, I),
    equation("MC 9.7.4, with its transpose", J @ J.T, unit(n, i) @ unit(n, i).T, unit(n, j) @ unit(n, j).T),
    equation("MC 9.7.5, trace", trace(A @ J), entry(A.T, i, j), entry(A, i, j)),
    equation("MC 9.7.5, two factors", trace(A @ J @ B), entry(A.T @ B.T, i, j), entry(B @ A, i, j)),
    equation("MC 9.7.5, transposed", trace(A @ J.T @ B), entry(B @ A, i, j), entry(A @ B, i, j)),
    equation("MC 9.7.5, quadratic", x.T @ A @ J @ B @ x, entry(A.T @ x @ x.T @ B.T, i, j), entry(A @ x @ x.T @ B, i, j)),
    equation("MC 9.8.2, no diagonal", diagonal(A), zeros(n), ones(n), skew),
    equation("MC 9.8.2, no quadratic form", x.T @ A @ x, 0, 1, skew),
    equation("MC 9.8.2, n = 3", det(M3), 0, 1, equal(M3.T, -M3)),
    equation("MC 9.11.2, row", row(A, i), unit(n, i).T @ A, unit(n, i).T @ A.T),
    equation("MC 9.11.2, column", column(A, j), A @ unit(n, j), A.T @ unit(n, j)),
    equation("MC 9.1.5, Schur complement", (A - U @ inverse(R) @ V) @ x, a - U @ inverse(R) @ v, a + U @ inverse(R) @ v,
             equal(A @ x + U @ w, a), equal(V @ x + R @ w, v), invertible(R)),
    # ------------------------------------------------------------------------------------------------- 10: functions
    equation("MC 10.1.1", (A ** (k + 1) - I) @ inverse(A - I), series(r, k + 1, A**r), series(r, k + 1, A**r) + I),
    equation("MC 10.1.4, a polynomial", ((Z @ V) @ (Z @ V) + 3 * (Z @ V)) @ Z, Z @ ((V @ Z) @ (V @ Z) + 3 * (V @ Z)),
             Z @ ((V @ Z) @ (V @ Z) - 3 * (V @ Z))),
    equation("MC 10.1.4, a power", (Z @ V) ** k @ Z, Z @ (V @ Z) ** k, Z @ (V @ Z) ** (k + 1)),
    equation("MC 10.1.3, similar", (inverse(C) @ A @ C) ** k, inverse(C) @ A**k @ C, C @ A**k @ inverse(C), invertible(C)),
    equation("MC 10.4, Frobenius norm", norm(Z, "F") ** 2, trace(Z @ Z.T), trace(Z @ Z.T) / 2),
    equation("MC 10.5, transposed", rank(Z.T), rank(Z), n),
    equation("MC 10.5, Gram", rank(Z.T @ Z), rank(Z), d),
    equation("MC 10.5, outer Gram", rank(Z @ Z.T), rank(Z), rank(Z) + 1),
    # -------------------------------------------------------------------------------------------- eigenvalues and ranks
    equation("MC 12, symmetric", trace(A), sum_over(i, entry(eigenvalues(A), i)), largest_eigenvalue(A), symmetric(A)),
    equation("MC 5.2.4, traces of powers", trace(A @ A), sum_over(i, entry(eigenvalues(A), i) ** 2), sum_over(i, entry(eigenvalues(A), i)) ** 2,
             symmetric(A)),
    equation("MC 5.2.4, shifted by I", eigenvalues(I + c * A), ones(n) + c * eigenvalues(A), ones(n) - c * eigenvalues(A),
             symmetric(A), positive(c)),
    equation("MC 5.2.4, less c", eigenvalues(A - c * I), eigenvalues(A) - c * ones(n), eigenvalues(A) + c * ones(n), symmetric(A)),
    equation("MC 5.2.4, inverse", largest_eigenvalue(inverse(A)), 1 / smallest_eigenvalue(A), 1 / largest_eigenvalue(A), positive_definite(A)),
    equation("MC 5.2.4, square", eigenvalues(A.T @ A), hadamard(eigenvalues(A), eigenvalues(A)), eigenvalues(A), positive_definite(A)),
    equation("MC 9.6.9", rank(Z.T @ A @ Z), rank(Z), n, positive_definite(A)),
)  # fmt: skip

OPEN = (
    equation("MC 19", det(c * A), c**n * det(A), c * det(A)),
    equation("MC 3.6.2, product", pinv(Z @ K), pinv(pinv(Z) @ Z @ K) @ pinv(Z @ K @ pinv(K)), pinv(K) @ pinv(Z)),
    statement("MC 3.4, powers tend to 0", tends_to(A**k, zeros(n, n)), tends_to(A**k, I), spectral_radius(A) < 1, symmetric(A)),
    statement("MC 10.4, triangle", norm(a + b) <= norm(a) + norm(b), norm(a + b) < norm(a) + norm(b)),
    statement("MC 10.4, Cauchy and Schwarz", (a.T @ b) ** 2 <= norm(a) ** 2 * norm(b) ** 2, (a.T @ b) ** 2 <= norm(a) * norm(b)),
)  # fmt: skip
"""True, and not proved yet. Whoever proves one moves it up."""

CORRECTIONS = (
    Correction("MC 3.6.2: c must not be 0 (0 counts as invertible under a pseudo-inverse, not under a bar)",
               claim(c * pinv(c * Z), "=", pinv(Z)), claim(c * pinv(c * Z), "=", pinv(Z), nonzero(c)), "c != 0"),
    Correction("MC 9.4: an idempotent matrix is its own pseudo-inverse only if it is symmetric",
               claim(pinv(A), "=", A, equal(A @ A, A)), claim(pinv(A), "=", A, (equal(A @ A, A), symmetric(A))), "A symmetric"),
    Correction("MC 5.1.6: the solution needs independent columns",
               claim(w, "=", pinv(Z) @ y, equal(Z @ w, y)), claim(w, "=", pinv(Z) @ y, (equal(Z @ w, y), full_column_rank(Z))),
               "Z full column rank"),
    Correction("MC 3.6.2: (A⁺A)Aᵀ is Aᵀ for every real A",
               claim(pinv(Z) @ Z @ Z.T, "!=", Z.T), claim(pinv(Z) @ Z @ Z.T, "=", Z.T)),
    Correction("MC 3.6.2: (AAᵀ)⁺ is printed as (Aᵀ)⁺ alone",
               claim(pinv(A.T), "=", pinv(A.T) @ pinv(A)), claim(pinv(A @ A.T), "=", pinv(A.T) @ pinv(A))),
)  # fmt: skip
