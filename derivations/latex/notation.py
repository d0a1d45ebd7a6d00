r"""The notation of LaTeX, as data: one table for all that writes or reads it.

Two rules hold that the tables alone do not show. The body of ``\sum``, ``\nabla`` and ``\frac{\partial}{\partial x}`` is the whole
product that follows and ends before ``+``, ``-`` or a relation. And a minus directly before a numeral belongs to it:
``-2 x`` is the number −2 times x, the negative of 2x is ``-(2 x)``.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.implicit import ArgMin, EigenvalueModuli, Eigenvalues, Rank, SpectralRadius
from derivations.language.kinks import OneSidedDerivative, Subdifferential
from derivations.language.operators import Gradient, Hessian, Jacobian, Maximum, Minimum, Series, Sum
from derivations.language.spelling import Fixity, Notation
from derivations.language.terms import (
    Add,
    Determinant,
    Diag,
    Diagonal,
    Divide,
    Hadamard,
    Inverse,
    MatMul,
    Multiply,
    Negate,
    PseudoInverse,
    Subtract,
    Term,
    Trace,
    Transpose,
)

__all__ = [
    "ACCENTS",
    "ATOM",
    "BARE",
    "CONSTRAINED",
    "COUNTS",
    "EIGENVALUE",
    "ENTRYWISE",
    "EVERY",
    "EXPECTATION",
    "FACTOR",
    "FENCES",
    "FUNCTIONS",
    "HADAMARD",
    "INDEPENDENT",
    "JOINTS",
    "JUXTAPOSED",
    "LAWS",
    "LETTERS",
    "LIMIT",
    "NORMS",
    "OPERATORS",
    "PRODUCT",
    "PROPERTIES",
    "RELATIONS",
    "SCRIPT",
    "SIGNS",
    "SPECTRAL_RADIUS",
    "SUM",
    "TALL",
    "TEXT",
    "Joint",
]

BARE, SUM, PRODUCT, HADAMARD, FACTOR, SCRIPT, ATOM = range(7)
"""How tightly a text holds together: from `BARE`, which no operator may touch, over `FACTOR`, a fraction, say, and `SCRIPT`, which
holds a superscript and takes no other, to `ATOM`. Products and entrywise products never mix without brackets.
"""

JUXTAPOSED = " "
"""The sign of a product: its factors side by side."""

EIGENVALUE = r"\lambda"
r"""``\lambda(A)`` are the eigenvalues, ``\lambda_{i}(A)`` is one of them, ``\lambda_{\max}(A)`` the largest one."""

SPECTRAL_RADIUS = r"\rho"

CONSTRAINED = (r" \colon ", r", \; ")
r"""What stands before the constraints of a minimiser, and between them: ``w \colon X w = t``."""

EXPECTATION = (r"\mathbb{E}", r"\left[", r"\right]")
"""The sign of an expectation, and the brackets around what it is of; below the sign stand the names over which it is taken."""

LAWS = {
    "gaussian": (r" \sim \mathcal{N}(", ", ", ")"),
    "moments": (r" \text{ has mean } ", r" \text{ and variance } ", ""),
    "mean_square": (r" \text{ has mean square } ", ""),
    "symmetric_law": (r" \text{ has a symmetric law of variance } ", ""),
    "uniform": (r" \sim \mathcal{U}(", ", ", ")"),
    "bernoulli": (r" \sim \operatorname{Bernoulli}(", ")"),
    "random_variable": (r" \text{ is random}",),
}
"""What stands after a name that has a law: around its parameters, in their order."""

ENTRYWISE = r" \text{ with independent entries}"
INDEPENDENT = r" \text{ are independent}"

OPERATORS: dict[type[Term], Notation] = {
    Add: Notation(" + ", Fixity.INFIX, SUM, (PRODUCT, PRODUCT), chains=True),
    Subtract: Notation(" - ", Fixity.INFIX, SUM, (PRODUCT, PRODUCT), chains=True),
    Negate: Notation("-", Fixity.PREFIX, SUM, (PRODUCT,)),
    Multiply: Notation(JUXTAPOSED, Fixity.INFIX, PRODUCT, (FACTOR, FACTOR), chains=True),
    MatMul: Notation(JUXTAPOSED, Fixity.INFIX, PRODUCT, (FACTOR, FACTOR), chains=True),
    Hadamard: Notation(r" \odot ", Fixity.INFIX, HADAMARD, (FACTOR, FACTOR), chains=True),
    Divide: Notation(r"\frac", Fixity.GROUPS, FACTOR),
    Transpose: Notation(r"^{\top}", Fixity.POSTFIX, SCRIPT, (ATOM,)),
    Inverse: Notation("^{-1}", Fixity.POSTFIX, SCRIPT, (ATOM,)),
    PseudoInverse: Notation("^{+}", Fixity.POSTFIX, SCRIPT, (ATOM,)),
    Trace: Notation(r"\operatorname{tr}", Fixity.CALL, ATOM),
    Determinant: Notation(r"\det", Fixity.CALL, ATOM),
    Diag: Notation(r"\operatorname{diag}", Fixity.CALL, ATOM),
    Rank: Notation(r"\operatorname{rank}", Fixity.CALL, ATOM),
    Eigenvalues: Notation(EIGENVALUE, Fixity.CALL, ATOM),
    EigenvalueModuli: Notation(r"\operatorname{moduli}", Fixity.CALL, ATOM),
    SpectralRadius: Notation(SPECTRAL_RADIUS, Fixity.CALL, ATOM),
    Diagonal: Notation(r"\operatorname{diagonal}", Fixity.CALL, ATOM),
    Maximum: Notation(r"\max", Fixity.CALL, ATOM),
    Minimum: Notation(r"\min", Fixity.CALL, ATOM),
    Sum: Notation(r"\sum", Fixity.PREFIX, FACTOR, (PRODUCT,)),
    Series: Notation(r"\sum", Fixity.PREFIX, FACTOR, (PRODUCT,)),
    ArgMin: Notation(r"\operatorname*{arg\,min}", Fixity.PREFIX, FACTOR, (PRODUCT,)),
    Gradient: Notation(r"\nabla", Fixity.PREFIX, FACTOR, (PRODUCT,)),
    Hessian: Notation(r"\nabla^{2}", Fixity.PREFIX, FACTOR, (PRODUCT,)),
    Jacobian: Notation(r"\partial", Fixity.PREFIX, FACTOR, (PRODUCT,)),
    OneSidedDerivative: Notation(r"\partial^{+}", Fixity.PREFIX, FACTOR, (PRODUCT,)),
    Subdifferential: Notation(r"\partial", Fixity.PREFIX, FACTOR, (PRODUCT,)),
}

FUNCTIONS = {
    "tanh": r"\tanh",
    "sigmoid": r"\sigma",
    "exp": r"\exp",
    "log": r"\log",
    "sqrt": r"\operatorname{sqrt}",
    "reciprocal": r"\operatorname{reciprocal}",
    "relu": r"\mathrm{ReLU}",
    "abs": r"\operatorname{abs}",
    "sign": r"\operatorname{sign}",
}
"""The elementwise functions; their derivatives carry primes."""

FENCES = {"abs": (r"\lvert", r"\rvert"), "norm": (r"\lVert", r"\rVert")}
NORMS = {"2": "2", "F": "F", "1": "1", "inf": r"\infty"}

RELATIONS = {
    "=": "=",
    "!=": r"\neq",
    "<": "<",
    "<=": r"\le",
    ">": ">",
    ">=": r"\ge",
    "and": r"\;\land\;",
    "or": r"\;\lor\;",
    "iff": r"\iff",
    "implies": r"\implies",
    "in": r"\in",
}

LIMIT = (r"\xrightarrow[", r" \to \infty]{}")
"""The arrow of a limit, around the counter that grows."""

EVERY = (r"\forall ", r" \in \{1, \dots, ", r"\} \colon ")
"""A statement for every index: around the index and its last value, before the statement."""

COUNTS = r"\{0, 1, 2, \dots\}"
"""What a counter runs over."""

PROPERTIES = {
    "symmetric": "is symmetric",
    "invertible": "is invertible",
    "positive definite": "is positive definite",
    "positive semidefinite": "is positive semidefinite",
    "orthogonal": "is orthogonal",
    "projection": "is a projection",
    "real eigenvalues": "has real eigenvalues",
    "full column rank": "has full column rank",
    "full row rank": "has full row rank",
    "orthonormal columns": "has orthonormal columns",
}
"""The properties of matrices, in words."""

ACCENTS = ("hat", "bar", "tilde", "dot", "vec")
LETTERS = frozenset(
    "ell alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho varrho sigma tau upsilon "
    "phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split()
)


@dataclass(frozen=True, slots=True)
class Joint:
    """The sign between two factors where their texts, side by side, would read as something else: patterns of the end of the left
    text and of the beginning of the right one.
    """

    left: str
    right: str
    sign: str


_WORD = r"(\\mathrm\{\w+\}|\\sigma)(_\{\w+\})?'*$"
_EIGENVALUE = r"\\(lambda|rho)(_\{([^{}]|\{[^{}]*\})*\})?'*$"
JOINTS = (
    Joint("", r"\d|\(-\d", r" \cdot "),  # 2 · 3 is not 23
    Joint(r"\d$", r"\\frac|\\mathbf", r" \cdot "),  # 2 · ½ is not 2½
    Joint(_WORD, r"(\\left)?\(", r" \cdot "),  # σ · (a + b) is not σ of a + b
    Joint(_EIGENVALUE, r"(\\left)?\(", r" \cdot "),  # λ · (A + B) is not λ of A + B, nor is ρ
    Joint(r"\\mathrm\{\w+\}$", "", r" \, "),  # two words are not one
    Joint("", r"\\mathrm", r" \, "),
)

TALL = (r"\frac", r"\sum", r"\begin")
"""What needs brackets that grow."""

SIGNS = dict(
    zip("≤≥≠∈→⇒⇔∞·×⊙∂∇∑√≈−²³ᵀ‖", (
        r"\le", r"\ge", r"\neq", r"\in", r"\to", r"\Rightarrow", r"\Leftrightarrow", r"\infty", r"\cdot", r"\times", r"\odot", r"\partial",
        r"\nabla", r"\sum", r"\surd", r"\approx", "-", "^{2}", "^{3}", r"^{\top}", r"\|",
    ), strict=True)
) | dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ", (
    rf"\{name}" for name in "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon varphi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega".split()
), strict=True))  # fmt: skip
"""Mathematical signs that may stand in plain text, as math."""

TEXT = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{sign: rf"\ensuremath{{{macro}}}" for sign, macro in SIGNS.items()},
}
"""Plain text, character by character."""
