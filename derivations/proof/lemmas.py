"""The theorems that proofs rest on without proving them, each with its source. A verdict names those that it used.

`tests/test_lemmas.py` tests each on numbers, by means that share nothing with the proofs.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "AFFINE_SEQUENCE",
    "FERMAT",
    "GEOMETRIC_SEQUENCES",
    "ISSERLIS",
    "JURY",
    "LEMMAS",
    "LIMIT_RULES",
    "LOGARITHM",
    "QUADRATIC_FORMULA",
    "SIDES",
    "SINGULAR_COORDINATES",
    "SPECTRAL_THEOREM",
    "SUBGRADIENT_CALCULUS",
    "SUPPORT_FUNCTION",
    "Lemma",
]


@dataclass(frozen=True, slots=True)
class Lemma:
    """A cited theorem.

    Attributes:
        name: as verdicts name it.
        statement: what it says, in plain words.
        reference: where its proof is found.
    """

    name: str
    statement: str
    reference: str


AFFINE_SEQUENCE = Lemma(
    "affine sequence",
    "The sequence x₀ = s, x_{k+1} = a x_k + b of real numbers tends to r exactly if a r + b = r, and |a| < 1 or s = r.",
    "S. Elaydi, An Introduction to Difference Equations, 3rd ed. (2005), section 1.2",
)
GEOMETRIC_SEQUENCES = Lemma(
    "geometric sequences",
    "If |a| < 1, then a^k tends to 0 and the sum of a^i over i < k tends to 1/(1 − a).",
    "W. Rudin, Principles of Mathematical Analysis, 3rd ed. (1976), theorems 3.20 and 3.26",
)
ISSERLIS = Lemma(
    "Isserlis' theorem",
    "The expectation of a product of jointly Gaussian variables with mean 0 is the sum, over all ways to pair its factors, of the products of the "
    "covariances of the pairs; 0 for an odd number of factors.",
    "L. Isserlis, On a formula for the product-moment coefficient of any order of a normal frequency distribution, Biometrika 12 (1918)",
)
LIMIT_RULES = Lemma(
    "rules for limits",
    "Sums, products, quotients by what does not tend to 0, and continuous functions of convergent sequences tend to those of the limits; if "
    "x_k → ∞, then exp(x_k) → ∞, exp(−x_k) → 0, log x_k → ∞, and c/x_k → 0.",
    "W. Rudin, Principles of Mathematical Analysis, 3rd ed. (1976), theorems 3.3, 4.2 and 8.6",
)
LOGARITHM = Lemma(
    "logarithm",
    "For positive numbers, u < v exactly if log u < log v; log 1 = 0, log uv = log u + log v, log uᵃ = a log u for every real a, and log exp x = x.",
    "W. Rudin, Principles of Mathematical Analysis, 3rd ed. (1976), theorem 8.6 and section 8.8",
)
JURY = Lemma(
    "Jury's criterion",
    "Both roots of λ² − Tλ + D, with real T and D, have modulus < 1 exactly if |T| < 1 + D and D < 1. The powers of a matrix tend to 0 exactly if "
    "its eigenvalues have modulus < 1, and then s_{k+1} = M s_k + b tends to the one s with s = M s + b.",
    "S. Elaydi, An Introduction to Difference Equations, 3rd ed. (2005), theorems 2.37 and 4.13; Horn and Johnson, Matrix Analysis, theorem 5.6.12",
)
QUADRATIC_FORMULA = Lemma(
    "quadratic formula",
    "The eigenvalues of a real 2 × 2 matrix with trace T and determinant D are (T ± √Δ)/2 with Δ = T² − 4D: real if Δ ≥ 0, else conjugate with the "
    "modulus √D.",
    "R. Horn and C. Johnson, Matrix Analysis, 2nd ed. (2013), section 1.2",
)
SINGULAR_COORDINATES = Lemma(
    "singular value decomposition",
    "X = UΣVᵀ with orthogonal U, V and diagonal Σ ≥ 0. So what is composed of X, its transpose, pseudo-inverse, inverses and powers, and applied to "
    "vectors, acts in the bases U and V on each coordinate by itself, as if X were the singular value there; entries converge exactly if these "
    "coordinates do; the eigenvalues of XᵀX are the squares of the singular values, with zeros.",
    "R. Horn and C. Johnson, Matrix Analysis, 2nd ed. (2013), theorem 2.6.3",
)
SPECTRAL_THEOREM = Lemma(
    "spectral theorem",
    "A real symmetric A is QΛQᵀ with orthogonal Q and the diagonal Λ of its eigenvalues. So what is composed of A, its inverses and powers, and "
    "applied to vectors, acts in the basis Q on each coordinate by itself, as if A were the eigenvalue there; entries converge exactly if these "
    "coordinates do.",
    "R. Horn and C. Johnson, Matrix Analysis, 2nd ed. (2013), theorem 4.1.5",
)

FERMAT = Lemma(
    "Fermat's rule",
    "0 is a subgradient of f at x exactly if f is least at x: both mean f(z) ≥ f(x) for every z.",
    "R. T. Rockafellar, Convex Analysis (1970), section 27",
)
SIDES = Lemma(
    "subgradients of one variable",
    "g is a subgradient of a convex function of one real variable at x exactly if it lies between its derivatives to the left and to the right.",
    "R. T. Rockafellar, Convex Analysis (1970), theorems 23.2 and 24.1",
)
SUBGRADIENT_CALCULUS = Lemma(
    "sums and compositions of subgradients",
    "Let f be made of affine maps by sums, nonnegative multiples and convex functions that rise in those arguments that are not affine. Its "
    "derivative by the chain rule, with a subgradient of each piece in the place of its slope, is ⟨g, V⟩ with a subgradient g of f.",
    "R. T. Rockafellar, Convex Analysis (1970), theorems 23.8 and 23.9; J.-B. Hiriart-Urruty and C. Lemaréchal, Fundamentals of Convex Analysis "
    "(2001), theorem D.4.3.1",
)
SUPPORT_FUNCTION = Lemma(
    "subgradients of a norm",
    "Let φ(u) be the largest ⟨s, u⟩ over a closed convex set C. The subgradients of φ at u are the s in C with ⟨s, u⟩ = φ(u): of |u| those in "
    "[−1, 1] with su = |u|, of ReLU and max weights in [0, 1], of a norm those of dual norm at most 1.",
    "R. T. Rockafellar, Convex Analysis (1970), corollary 23.5.3",
)

_ALL = (
    AFFINE_SEQUENCE, FERMAT, GEOMETRIC_SEQUENCES, ISSERLIS, JURY, LIMIT_RULES, LOGARITHM, QUADRATIC_FORMULA, SIDES, SINGULAR_COORDINATES,
    SPECTRAL_THEOREM, SUBGRADIENT_CALCULUS, SUPPORT_FUNCTION,
)  # fmt: skip
LEMMAS = {lemma.name: lemma for lemma in _ALL}
"""Every lemma by its name."""
