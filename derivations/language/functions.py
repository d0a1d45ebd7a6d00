"""The built-in elementwise functions, as a table: where each is defined, and where it has a kink.

What a function means to an engine stands with that engine (evaluation, differentiation, normal form); each looks it up by name
and refuses a name that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from derivations.language.errors import DeclarationError
from derivations.language.operators import Apply, Function, Gradient, Hessian, Jacobian, Softmax
from derivations.language.terms import Statement, Symbol, Term
from derivations.language.traversal import subterms, symbols

__all__ = [
    "BUILT_IN", "FunctionFacts", "abs_", "define_function", "exp", "facts", "is_transcendental", "log", "reciprocal", "relu", "sigmoid",
    "sign", "sqrt", "tanh",
]


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """What rule 1 needs to know of a function of one real variable.

    Attributes:
        domain: "real", or what the argument must be: "nonzero", "positive", "nonnegative".
        smooth: differentiable wherever the argument is … : "real" (everywhere), "nonzero", "positive".
        values: the sign of every value: "real" (any), "positive", "nonnegative".
        transcendental: no rational argument but 0 or 1 has a rational value.
    """

    name: str
    domain: str = "real"
    smooth: str = "real"
    values: str = "real"
    transcendental: bool = False


BUILT_IN: dict[str, FunctionFacts] = {
    facts.name: facts
    for facts in (
        FunctionFacts("tanh", transcendental=True),
        FunctionFacts("sigmoid", values="positive", transcendental=True),
        FunctionFacts("exp", values="positive", transcendental=True),
        FunctionFacts("log", domain="positive", smooth="positive", transcendental=True),
        FunctionFacts("sqrt", domain="nonnegative", smooth="positive", values="nonnegative"),
        FunctionFacts("reciprocal", domain="nonzero", smooth="nonzero"),
        FunctionFacts("relu", smooth="nonzero", values="nonnegative"),
        FunctionFacts("abs", smooth="nonzero", values="nonnegative"),
        FunctionFacts("sign", smooth="nonzero"),
    )
}

tanh, sigmoid, exp, log, sqrt = (Function(name) for name in ("tanh", "sigmoid", "exp", "log", "sqrt"))
reciprocal, relu, abs_, sign = (Function(name) for name in ("reciprocal", "relu", "abs", "sign"))


def facts(function: Function) -> FunctionFacts | None:
    """The facts of a built-in function; None for one that its author defined.

    Raises:
        DeclarationError: the function is neither.
    """
    if function.body is not None:
        return None
    if function.name not in BUILT_IN:
        raise DeclarationError(f"{function.name!r} is no built-in function; expected one of {', '.join(BUILT_IN)}, or one made by define_function")
    return BUILT_IN[function.name]


def is_transcendental(value: Term | Statement | Iterable[Term]) -> bool:
    """Whether a function with transcendental values occurs, so that values are known in intervals only."""
    names = {term.function.name for term in subterms(value) if isinstance(term, Apply)}
    return any(isinstance(term, Softmax) for term in subterms(value)) or any(BUILT_IN[name].transcendental for name in names & BUILT_IN.keys())


def define_function(name: str, parameter: Symbol, body: Term) -> Function:
    """An author's scalar function, applied elementwise: ``swish = define_function("swish", z, z * sigmoid(z))``.

    Raises:
        DeclarationError: the name is built in, the parameter is no real scalar, the body depends on anything else, or it contains a
            derivative (write the derivative out, or use ``f.prime``).
    """
    if not name.rstrip("'").isidentifier():
        raise DeclarationError(f"{name!r} is no name; expected a letter, then letters, digits, underscores, and primes at the end")
    if name in BUILT_IN:
        raise DeclarationError(f"the function {name!r} is built in; choose another name")
    if parameter.shape or body.shape:
        raise DeclarationError(f"{name}: the parameter and the body must be scalars")
    others = {symbol for symbol in symbols(body) if symbol != parameter}
    if others or body.free:
        raise DeclarationError(f"{name}: the body may use {parameter} only; found {', '.join(sorted(map(str, others | body.free)))}")
    if any(isinstance(term, Gradient | Jacobian | Hessian) for term in subterms(body)):
        raise DeclarationError(f"{name}: a derivative inside the body of a function; write it out, or use f.prime of another function")
    return Function(name, parameter, body)
