"""How a claim is proved, or why it is not, as a person can follow it.

The proof is run again, and what it used is read off what it left behind: normal forms, the rules that were applied, ranges. Nothing
is told that the methods did not do; of a rule that was applied it is not told whether the proof would have failed without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from math import inf
from operator import mul

from derivations.language import operators as op
from derivations.language.claims import Claim
from derivations.language.errors import UnsupportedError
from derivations.language.operators import variable_base
from derivations.language.shapes import Shape
from derivations.language.terms import Family, Symbol, Term
from derivations.language.traversal import dimensions, subterms, symbols
from derivations.language.verdicts import Explanation, Line, Status, Verdict
from derivations.language.writing import value_text, witness_text
from derivations.proof.algebra import Algebra
from derivations.proof.coefficients import Coefficient
from derivations.proof.comparisons import compared, nonzero_halves, semidefinite_atoms
from derivations.proof.differentiation import direction_for, directional
from derivations.proof.domain import conditions_of, implied_by
from derivations.proof.expectations import INDEPENDENCE, SYMMETRY
from derivations.proof.lemmas import ISSERLIS
from derivations.proof.minimisation import unfolded
from derivations.proof.moments import COVARIANCE
from derivations.proof.nonzero import NonzeroVectors
from derivations.proof.normal_form import Normalizer
from derivations.proof.normalization import facts_of
from derivations.proof.proofs import Proof, Question, Setting
from derivations.proof.ranges import Range
from derivations.proof.readback import shape_of, term_of
from derivations.proof.recurrences import SEQUENCE
from derivations.proof.rules import Rule
from derivations.proof.squares import tensor_of
from derivations.proof.statements import prove
from derivations.proof.tensors import COLUMN, ROW, Tensor
from derivations.proof.verification import Budget, condition_text, judge

__all__ = ["explain", "without_proof"]


def explain(claim: Claim, seed: int = 0) -> Explanation:
    """How the claim is proved; of another claim, its counterexample or what is left over.

    Raises:
        DeclarationError: a name stands for two things in the claim.
    """
    verdict = judge(claim, Budget(seed=seed))
    if verdict.status is not Status.PROVED:
        return without_proof(claim, verdict)
    setting = Setting.of(claim, conditions_of(claim))
    lines = (*_verdict_lines(claim, verdict), *_proof_lines(prove(setting), 0), *_condition_lines(setting, verdict))
    witness = (Line("holds at", witness_text(verdict.witness)),) if verdict.witness is not None else ()
    return Explanation(claim, verdict, (*lines, *witness))


def without_proof(claim: Claim, verdict: Verdict) -> Explanation:
    """Why a claim is not proved."""
    return Explanation(claim, verdict, tuple(_verdict_lines(claim, verdict)))


def _verdict_lines(claim: Claim, verdict: Verdict) -> Iterator[Line]:
    yield Line(verdict.status.value, f"by {verdict.method}" if verdict.method else "by no method")
    found = verdict.counterexample
    facts: tuple[tuple[str, str | Term | None], ...] = (
        ("alarm", verdict.alarm),
        ("reason", verdict.reason),
        ("at", witness_text(found.witness) if found is not None else ""),
        ("left side", value_text(found.left) if found is not None else ""),
        ("right side", value_text(found.right) if found is not None else ""),
        ("right is", verdict.correction),
        ("hint", verdict.hint),
        ("missing", ", ".join(verdict.missing_assumptions)),
        ("lemmas", ", ".join(verdict.lemmas)),
    )
    yield from (Line(kind, fact) for kind, fact in facts if fact is not None and fact != "")


def _condition_lines(setting: Setting, verdict: Verdict) -> Iterator[Line]:
    """What the domain adds to the assumptions, and what of the domain they imply."""
    yield from (Line("needs", text) for text in verdict.conditions)
    for condition in setting.conditions:
        text = condition_text(condition, setting.claim)
        by = implied_by(condition, setting.claim, setting.ranges, setting.conditions) or ("what holds there" if condition.guards else "regions")
        if text not in verdict.conditions:
            yield Line("implied", f"{text}, by {by}")


# --------------------------------------------------------------------------------------------------------------- the methods


def _proof_lines(proof: Proof, level: int) -> Iterator[Line]:
    """What a proof used, by its method."""
    left, right = proof.setting.claim.sides
    if proof.parts:
        yield from _part_lines(proof, level)
    elif proof.question is not None:
        yield from _question_lines(proof.question, level)
    elif not isinstance(left, Term) or not isinstance(right, Term) or proof.method == "an assumption":
        return  # the method says it all
    elif proof.normalizer is None:
        term = compared(left, right)
        yield Line("term", term, level)
        yield Line("its range", _interval(proof.setting.ranges.of(term)), level)
    else:
        used = list(_used_lines(proof.normalizer, level))  # before the normalizer is asked for more
        yield from _derivative_lines(proof.setting.claim, level)
        if proof.method in ("sum of squares", "contradiction"):
            yield from _square_lines(proof, proof.normalizer, left, right, level)
        else:
            yield from _normal_form_lines(proof.setting.claim, proof.normalizer, left, right, level)
        yield from used


def _part_lines(proof: Proof, level: int) -> Iterator[Line]:
    """The claims that a claim was split into, each with its proof."""
    first, last = _PARTS.get(proof.method, ("part", "part"))
    claims = unfolded(proof.setting.claim) or [part.setting.claim for part in proof.parts]
    for number, (claim, part) in enumerate(zip(claims, proof.parts, strict=True), 1):
        asked = replace(claim, given=()) if part.question is not None else claim  # the question says under which assumptions
        yield Line(last if number == len(proof.parts) else first, asked, level)
        if proof.readings and proof.readings[number - 1]:
            yield Line("where", proof.readings[number - 1], level + 1)
        yield Line("proved", f"by {part.method}", level + 1)
        yield from _proof_lines(part, level + 1)


_PARTS = {
    "both directions": ("direction", "direction"),
    "conditional proof": ("under its premise", "under its premise"),
    "induction": ("base", "step"),
    "reduction to numbers": ("comes to", "comes to"),
    "minimiser": ("meets its constraint", "is least"),
    "entry by entry": ("entry", "entry"),
    "term by term": ("for every term", "for every term"),
    "multiples of what is given": ("case", "case"),
    "limits of the parts": ("the limit is", "the limit is"),
    "in every direction": ("for every direction", "for every direction"),
    "zero or not": ("where it is zero", "where it is not"),
}
"""What the first parts of a claim are, and what the last one is, by how it was split."""


def _question_lines(question: Question, level: int) -> Iterator[Line]:
    """What z3 was asked: whether real numbers meet all of this and make the claim false. There are none."""
    yield Line("no real numbers", "meet these and make it false", level)
    yield from (Line("assumption", repr(assumption), level + 1) for assumption in question.assumptions)
    yield from (Line("domain", repr(condition), level + 1) for condition in question.domain)
    yield from (Line("any number for", term, level + 1) for term in question.unknowns)
    yield from (Line("fact", fact, level + 1) for fact in question.facts)


def _normal_form_lines(claim: Claim, normalizer: Normalizer, left: Term, right: Term, level: int) -> Iterator[Line]:
    """The form that both sides have; of a comparison, the constant that is their difference."""
    if claim.relation == "=":
        common = _common_form(normalizer, left, right)
        yield Line("normal form", "the difference of the sides is 0" if common is None else common, level)
    else:
        difference = normalizer.difference(left, right)
        yield from _read("left - right", normalizer.algebra, difference, left.shape, level)


def _common_form(normalizer: Normalizer, left: Term, right: Term) -> Term | None:
    """The normal form of both sides as a term; None where it has no spelling, or where only the difference reduces."""
    algebra = normalizer.algebra
    try:
        first, second = (algebra.renormalised(normalizer.tensor(side)) for side in (left, right))
        form = None if algebra.subtract(first, second) else term_of(algebra, first, left.shape)
        return None if form is None or normalizer.difference(left, form) else form
    except UnsupportedError:
        return None  # what is read back is too large to be checked, so it is not shown


def _square_lines(proof: Proof, normalizer: Normalizer, left: Term, right: Term, level: int) -> Iterator[Line]:
    if proof.shift is not None:
        variable, centre = proof.shift
        yield Line("shift", f"{variable} -> {variable + centre}", level)
    nonzero = NonzeroVectors(normalizer, facts_of(proof.setting))
    if nonzero.vanishing is not None:
        yield Line("given not to be zero, yet is", nonzero.vanishing, level)
        return
    algebra = normalizer.algebra
    difference = normalizer.difference(left, right, completed=False)
    relation = proof.setting.claim.relation
    form = difference if ">" in relation else algebra.negate(difference)
    yield from _read("form", algebra, form, (), level)
    halves = nonzero_halves(proof.setting, difference, normalizer, nonzero) if "=" not in relation else ()
    for half in halves:
        yield from _read("not zero" if len(halves) == 1 else "not all zero", algebra, part := tensor_of(algebra, half), shape_of(part), level)
    inside = {number for generator in algebra.as_scalar(form).generators() for number, _ in algebra.ring.owners[generator][0]}
    for number in sorted(inside & set(semidefinite_atoms(proof.setting, normalizer))):
        yield from _read("semidefinite", algebra, middle := algebra.factor(number, [ROW, COLUMN]), shape_of(middle), level)


def _read(kind: str, algebra: Algebra, tensor: Tensor, shape: Shape, level: int) -> Iterator[Line]:
    term = term_of(algebra, tensor, shape)
    yield Line(kind, f"{len(tensor.terms)} terms without a spelling" if term is None else term, level)


def _interval(inside: Range) -> str:
    low, high = ("∞" if abs(bound) == inf else f"{abs(bound)}" for bound in (inside.low, inside.high))
    signs = ["-" if bound < 0 else "" for bound in (inside.low, inside.high)]
    return f"{'[' if inside.low_closed else '('}{signs[0]}{low}, {signs[1]}{high}{']' if inside.high_closed else ')'}"


# --------------------------------------------------------------------------------------------------------------- derivatives


def _derivative_lines(claim: Claim, level: int) -> Iterator[Line]:
    """Of each derivative D f[V], which is ⟨∇f, V⟩ for every V: so ∇f is what stands beside V."""
    taken = {name.name for name in (*symbols(claim.terms), *dimensions(claim.terms))}
    names = [name for name in ("V", "U", "D", "V_1", "V_2", "U_1", "U_2") if name not in taken] + ["V'", "U'"]
    for term in subterms(claim.terms):
        if isinstance(term, op.Gradient | op.Jacobian | op.Hessian):
            yield Line("derivative", term, level)
            base = variable_base(term.variable)
            slope: Term | None = term.function
            for name in names[: 2 if isinstance(term, op.Hessian) else 1]:
                slope = slope and directional(slope, base, _called(name, direction_for(base, slope)))
                yield Line(f"in direction {name}", "0" if slope is None else slope, level + 1)


def _called(name: str, direction: Symbol | Family) -> Symbol | Family:
    return Family(name, direction.axes, direction.size) if isinstance(direction, Family) else Symbol(name, direction.size)


# --------------------------------------------------------------------------------------------------------- rules that were applied

_FUNCTION_RULES = {
    "tanh": "tanh(z)**2 = 1 - tanh.prime(z)",
    "sign": "sign(z)**2 = 1 where z != 0; z * sign(z)**2 = z",
    "sqrt": "sqrt(z)**2 = z",
    "exp": "exp(y) * exp(z) = exp(y + z)",
    "sign of a product": "sign(y * z) = sign(y) * sign(z)",
    "power of a product": "(y * z)**k = y**k * z**k",
    "log of a product": "log(y * z) = log(y) + log(z) where y > 0 and z > 0",
    "log of a power": "log(z**k) = k * log(z) where z > 0",
    "reciprocal": "z * (1 / z) = 1",
    COVARIANCE: "E[x * y] = E[x] * E[y] + Cov(x, y), the covariance of two entries as the law gives it",
    ISSERLIS.name: "E[x_1 * ... * x_k] of Gaussian entries: the first factor by its mean, or paired with each of the others",
    INDEPENDENCE: "E[x * y] = E[x] * E[y] for independent x and y",
    SYMMETRY: "E[f(z)] = 0 where f(-z) = -f(z), and z and -z have one law",
}


def _used_lines(normalizer: Normalizer, level: int) -> Iterator[Line]:
    """The rules that were applied: of functions, and equations with where they come from."""
    algebra, ring = normalizer.algebra, normalizer.algebra.ring
    if algebra.basis == "exp":
        yield Line("through exp", "tanh and sigmoid are written by exp", level)
    kinds = algebra.used | {algebra.atoms[ring.owners[number][0][0][0]].kind for number in ring.used - ring.equations.keys()}
    yield from (Line("function rule", _FUNCTION_RULES[kind], level) for kind in _FUNCTION_RULES if kind in kinds)
    for number in sorted(ring.used & ring.equations.keys()):
        exponent, value, origin = ring.equations[number]
        power = reduce(mul, [Coefficient.generator(number)] * exponent)
        left, right = (algebra.constant(scalar) for scalar in (power, value))
        yield from _equation_lines(algebra, left, right, origin, level)
    if SEQUENCE in algebra.used:
        yield Line("by induction", "sequences with equal first terms and equal steps are equal", level)
    for symbol in normalizer.unfolded:
        definition, origin = normalizer.definitions[symbol]
        yield Line("equation", Claim(symbol, "=", definition), level)
        yield Line("from", origin, level + 1)
    for rule in (*algebra.rules.fired, *algebra.rules.rearranged):
        lead = Tensor(rule.rest.axes, {rule.lead: Coefficient.number(Fraction(1))})
        yield from _equation_lines(algebra, lead, rule.rest, _whence(rule), level)


def _equation_lines(algebra: Algebra, left: Tensor, right: Tensor, origin: str, level: int) -> Iterator[Line]:
    first, second = (term_of(algebra, side, shape_of(left)) for side in (left, right))
    content: str | Claim = "one without a spelling"
    if first is not None and first == second:
        content = f"{first} as one symmetric matrix"
    elif first is not None and second is not None:
        content = Claim(first, "=", second)
    yield Line("equation", content, level)
    yield Line("from", origin, level + 1)


def _whence(rule: Rule) -> str:
    others = [origin for origin in _origins(rule.sources) if origin != rule.origin]
    if not rule.origin:
        return f"consequence of {'; '.join(others)}"
    return f"{rule.origin}, reduced by {'; '.join(others)}" if others else rule.origin


def _origins(rules: Iterable[Rule]) -> list[str]:
    """The definitions and assumptions that rules go back to."""
    seen: set[Rule] = set()
    stack = list(rules)[::-1]
    found: dict[str, None] = {}
    while stack:
        rule = stack.pop()
        if rule in seen:
            continue
        seen.add(rule)
        if rule.origin:
            found[rule.origin] = None
        stack.extend(rule.sources[::-1])
    return list(found)
