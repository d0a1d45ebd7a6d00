"""Derivations of deep learning as data: proved for symbolic shapes, refuted with counterexamples, and checked on torch.

>>> from derivations import claim, dimensions, gradient, matrix, norm, vector, verify
>>> n, d = dimensions("n d")
>>> X, w, y = matrix("X", n, d), vector("w", d), vector("y", n)
>>> verify(claim(gradient(norm(X @ w - y)**2, w), "=", 2 * X.T @ (X @ w - y)))

Names are imported when they are first used, so that this import is quick.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivations.catalogue import (
        backpropagation, gradient_descent, gradient_norms, initialization, jacobians, least_squares, logistic_regression, momentum,
        noise_regularization, optimizers, relu_networks, robust_regression, sorting_networks, vector_calculus,
    )  # fmt: skip
    from derivations.checking import Reports, verify
    from derivations.evaluation.symbolic import from_sympy, sign_assumptions, to_sympy
    from derivations.language.assumptions import (
        Assumption, Every, Property, equal, every, full_column_rank, full_row_rank, invertible, negative, nonnegative, nonzero, orthogonal,
        orthonormal_columns, positive, positive_definite, positive_semidefinite, projection, real_eigenvalues, singular_value_decomposition,
        symmetric, tends_to,
    )  # fmt: skip
    from derivations.language.claims import Claim, Derivation, Step, claim
    from derivations.language.constructors import (
        argmin, cases, column, column_vector, counter, define, delta, det, diag, diagonal, dimension, dimensions, eigenvalue_moduli, eigenvalues,
        entry, family, gradient, hadamard, hadamard_power, hessian, identity, index, indicator, inverse, iterate, jacobian, largest_eigenvalue,
        literal, matrix, maximum, minimum, norm, numbered_family, one_sided_derivative, ones, pseudo_inverse, rank, row, scalar, scalars, series,
        smallest_eigenvalue, softmax, spectral_radius, subdifferential, sum_over, trace, unit, vector, zeros,
    )  # fmt: skip
    from derivations.language.errors import DeclarationError, DerivationError, ShapeError, UnsupportedError
    from derivations.language.functions import abs_, define_function, exp, log, reciprocal, relu, sigmoid, sign, sqrt, tanh
    from derivations.language.laws import (
        Independent, Law, bernoulli, covariance, expectation, gaussian, independent, mean_square, moments, random_variable, symmetric_law, uniform,
        variance,
    )  # fmt: skip
    from derivations.language.terms import Relation, Statement, Term
    from derivations.language.verdicts import Counterexample, Evidence, Explanation, MutantCount, Report, Result, Status, Verdict, Witness
    from derivations.latex.writer import latex as to_latex
    from derivations.proof.explanation import explain
    from derivations.reports.torch_source import torch_code

__all__ = [
    # declarations
    "counter", "dimension", "dimensions", "family", "index", "matrix", "numbered_family", "scalar", "scalars", "vector", "define", "define_function",
    # constants
    "column_vector", "delta", "identity", "literal", "ones", "unit", "zeros",
    # operators
    "argmin", "cases", "column", "det", "diag", "diagonal", "eigenvalue_moduli", "eigenvalues", "entry", "gradient", "hadamard", "hadamard_power",
    "hessian", "indicator", "inverse", "iterate", "jacobian", "largest_eigenvalue", "maximum", "minimum", "norm", "one_sided_derivative",
    "pseudo_inverse", "rank", "row", "series", "smallest_eigenvalue", "softmax", "spectral_radius", "subdifferential", "sum_over", "trace",
    # elementwise functions
    "abs_", "exp", "log", "reciprocal", "relu", "sigmoid", "sign", "sqrt", "tanh",
    # assumptions
    "equal", "full_column_rank", "full_row_rank", "invertible", "negative", "nonnegative", "nonzero", "orthogonal", "orthonormal_columns",
    "positive", "positive_definite", "positive_semidefinite", "projection", "real_eigenvalues", "singular_value_decomposition",
    "symmetric",
    # random variables
    "bernoulli", "covariance", "expectation", "gaussian", "independent", "mean_square", "moments", "random_variable", "symmetric_law", "uniform",
    "variance", "Independent", "Law",
    # statements
    "every", "tends_to", "Every", "Relation", "Statement",
    # claims, and what becomes of them
    "claim", "explain", "verify", "Assumption", "Claim", "Counterexample", "Derivation", "Evidence", "Explanation", "MutantCount", "Property",
    "Report", "Reports", "Result", "Status", "Step", "Term", "Verdict", "Witness",
    # errors
    "DeclarationError", "DerivationError", "ShapeError", "UnsupportedError",
    # other notations
    "from_sympy", "sign_assumptions", "to_latex", "to_sympy", "torch_code",
    # topics
    "backpropagation", "gradient_descent", "gradient_norms", "initialization", "jacobians", "least_squares", "logistic_regression", "momentum",
    "noise_regularization", "optimizers", "relu_networks", "robust_regression", "sorting_networks", "vector_calculus",
]  # fmt: skip

_HOMES = {
    "explain": "derivations.proof.explanation",
    "verify": "derivations.checking",
    "Reports": "derivations.checking",
    "from_sympy": "derivations.evaluation.symbolic",
    "sign_assumptions": "derivations.evaluation.symbolic",
    "to_sympy": "derivations.evaluation.symbolic",
    "to_latex": "derivations.latex.writer",
    "torch_code": "derivations.reports.torch_source",
}
_LANGUAGE = ("constructors", "functions", "assumptions", "laws", "claims", "verdicts", "errors", "terms")


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value = _imported(name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


def _imported(name: str) -> Any:
    from derivations.catalogue import TOPICS

    if name in TOPICS:
        return importlib.import_module(f"derivations.catalogue.{name}")
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), {"to_latex": "latex"}.get(name, name))
    modules = (importlib.import_module(f"derivations.language.{module}") for module in _LANGUAGE)
    return next(vars(module)[name] for module in modules if name in vars(module))


def load_ipython_extension(shell: Any) -> None:
    """Show terms, claims, verdicts and reports in the notebook of an IPython shell: ``%load_ext derivations``."""
    from derivations.reports.notebook import register

    register(shell.display_formatter.formatters)


def _show_in_notebooks() -> None:
    ipython = sys.modules.get("IPython")  # absent where no shell runs
    if ipython is not None and (shell := ipython.get_ipython()) is not None:
        load_ipython_extension(shell)


_show_in_notebooks()
