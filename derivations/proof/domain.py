"""The domain of a claim, computed from its text (rule 1), and which of its conditions the assumptions imply."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias, TypeGuard

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import Property, Requirement, invertible, nonnegative, nonzero, positive, symmetric
from derivations.language.claims import Claim, Side, assumption_terms, limit_counter
from derivations.language.errors import DeclarationError, UnsupportedError
from derivations.language.functions import facts
from derivations.language.implicit import ArgMin, EigenvalueModuli, Eigenvalues, ExtremeEigenvalue, Rank, SpectralRadius
from derivations.language.kinks import OneSidedDerivative, Subdifferential, is_kinked
from derivations.language.laws import Expectation, Law
from derivations.language.operators import squared_norm, substitute, variable_base
from derivations.language.shapes import sides
from derivations.language.terms import Dimension, Family, Index, Number, Position, Relation, Statement, Term, linear_form, map_parts
from derivations.language.traversal import depends_on, subterms
from derivations.proof.definiteness import Definiteness, definiteness
from derivations.proof.differentiation import inverted_by_determinant, slope_body
from derivations.proof.ranges import Ranges
from derivations.proof.symmetry import is_symmetric

__all__ = ["Condition", "conditions_of", "holds_at_all_positions", "implied", "implied_by", "inverses_of_the_method", "is_natural", "is_zero"]


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold for a claim to mean something: in every entry, and for every value of its free indices.

    Attributes:
        requirement: a comparison with 0, or invertibility.
        guards: it is needed only where all of these hold (it stands in a branch).
    """

    requirement: Requirement
    guards: tuple[Statement, ...] = ()

    def __repr__(self) -> str:
        where = f" where {' and '.join(map(repr, self.guards))}" if self.guards else ""
        return f"{self.requirement!r}{where}"

    @property
    def term(self) -> Term:
        """What is compared or inverted."""
        requirement = self.requirement
        if isinstance(requirement, Property):
            return requirement.term
        if isinstance(requirement.left, Term):
            return requirement.left
        raise UnsupportedError(f"the condition {requirement}")


_Walk = Iterator[Condition]


@dataclass(frozen=True, slots=True)
class _Varied:
    """The variable of a derivative; of a one-sided one, for which continuous kinks are no obstacle, it moves `forward` only."""

    term: Term
    forward: bool = False


def conditions_of(claim: Claim) -> tuple[Condition, ...]:
    """The domain of both sides, each condition once, in the order of the text."""
    return tuple(dict.fromkeys(_of_statement(claim.statement)))


def implied(condition: Condition, claim: Claim, ranges: Ranges, others: Iterable[Condition] = ()) -> bool:
    """Whether the assumptions (or, for invertibility, the other conditions) imply a condition."""
    return bool(implied_by(condition, claim, ranges, others))


def implied_by(condition: Condition, claim: Claim, ranges: Ranges, others: Iterable[Condition] = ()) -> str:
    """What implies a condition: "an assumption", "its branch", "definiteness", "its range", …; empty if nothing does."""
    requirement = condition.requirement
    if requirement in claim.given:
        return "an assumption"
    if requirement in condition.guards:
        return "its branch"
    if isinstance(requirement, Property) and requirement.kind == "symmetric":
        return "its form" if is_symmetric(requirement.term, claim) else ""
    if isinstance(requirement, Property):
        return _invertible_by(requirement.term, claim, ranges, others)
    inside = ranges.of(condition.term)
    if {">": inside.positive, ">=": inside.nonnegative, "!=": ranges.is_nonzero(condition.term)}[requirement.symbol]:
        return "its range"
    scalar = not condition.term.shape and requirement.symbol in (">", "!=")
    return "definiteness" if scalar and definiteness(condition.term, claim, ranges) is Definiteness.DEFINITE else ""


def _invertible_by(matrix: Term, claim: Claim, ranges: Ranges, others: Iterable[Condition]) -> str:
    plain = matrix.operand if isinstance(matrix, tm.Transpose) else matrix
    if isinstance(plain, tm.Identity):
        return "its definition"
    properties = [given for given in claim.given if isinstance(given, Property)]
    if any(given.kind in ("invertible", "positive definite", "orthogonal") and given.term in (matrix, plain) for given in properties):
        return "an assumption"
    if definiteness(plain, claim, ranges) is Definiteness.DEFINITE:
        return "definiteness"
    determinant = tm.Determinant(plain)
    if ranges.is_nonzero(determinant):
        return "the range of its determinant"
    needed = (nonzero(determinant), positive(determinant))
    if any(other.requirement in needed and not other.guards for other in others):
        return "another condition"
    parts = _invertible_parts(matrix, ranges)
    return "its factors" if parts is not None and all(_invertible_by(part, claim, ranges, ()) for part in parts) else ""


def _invertible_parts(matrix: Term, ranges: Ranges) -> list[Term] | None:
    """The matrices that must be invertible for a product or a diagonal matrix to be so; None where it may not be whatever they are."""
    match matrix:
        case tm.Inverse():
            return []
        case tm.Transpose(operand) | tm.Negate(operand) | op.Named(_, _, operand) | tm.Power(operand, _) | tm.Divide(operand, _):
            return [operand]
        case tm.Multiply(left, right):
            scalar, other = (left, right) if right.shape else (right, left)
            return [other] if ranges.is_nonzero(scalar) else None
        case tm.MatMul(left, right) if len({*sides(left.shape), *sides(right.shape)}) == 1:
            return [left, right]
        case tm.Diag(entries):
            return [] if ranges.is_nonzero(entries) else None
        case tm.Literal(rows):
            diagonal = all((i == j) or is_zero(entry) for i, row in enumerate(rows) for j, entry in enumerate(row))
            return [] if diagonal and all(ranges.is_nonzero(row[i]) for i, row in enumerate(rows)) else None
    return None


def holds_at_all_positions(condition: Condition, claim: Claim) -> bool:
    """Whether a condition may be used as if it held for every value of the claim's free indices, though it is given for one.

    It may where these indices stand at members of families only, and neither side nor any assumption compares different members
    of them: then the other members may be taken to be copies.
    """
    local = condition.term.free & claim.statement.free
    if not local:
        return True
    carriers = [term for term in subterms(condition.term) if term.free & local and not any(part.free & local for part in tm.parts(term))]
    positions = {term.family: term.positions for term in carriers if isinstance(term, tm.Member)}
    written = [term for side in claim.sides for term in subterms(side)]
    if len(positions) < len(carriers) or any(isinstance(term, op.Sum) and term.index in local for term in written):
        return False
    sides = [term for term in written if isinstance(term, tm.Member)]
    assumed = [[term for term in subterms(assumption_terms(given)) if isinstance(term, tm.Member)] for given in claim.given]
    return all(member.positions == positions.get(member.family, member.positions) for member in sides) and all(
        len(members) < 2 for members in assumed if any(member.family in positions for member in members)
    )


def inverses_of_the_method(claim: Claim) -> Iterator[Property]:
    """What the proof inverts though the text does not: the derivative of det A is written as det(A) tr(A⁻¹ …)."""
    for derivative in subterms(claim.terms):
        if isinstance(derivative, op.Gradient | op.Jacobian | op.Hessian):
            determinants = (node for node in subterms(derivative.function) if isinstance(node, tm.Determinant) and node.operand.shape)
            yield from (invertible(inverted_by_determinant(node)[0]) for node in determinants)


def _of_statement(statement: Side) -> _Walk:
    match statement:
        case Term():
            yield from _walk(statement, (), ())
        case Relation(Statement() as premise, "implies", conclusion):
            yield from _of_statement(premise)
            yield from (Condition(c.requirement, (premise, *c.guards)) for c in _of_statement(conclusion))
        case Relation(left, "->", right):
            yield from _of_statement(right)
            yield from _without(_of_statement(left), (limit_counter(statement),), statement)
        case _:
            for part in statement.values():
                if isinstance(part, Term | Statement):
                    yield from _of_statement(part)


def _without(conditions: Iterable[Condition], bound: tuple[Term | Family, ...], where: object) -> _Walk:
    """Conditions that do not depend on what is bound there, so that they can be stated outside; those that always hold need not be.

    Raises:
        UnsupportedError: one does.
    """
    for condition in conditions:
        if _always_holds(condition):
            continue
        for name in bound:
            if any(depends_on(part, name) for part in tm.parts_in((condition.requirement, condition.guards))):
                raise UnsupportedError(f"{where}: its domain depends on {name}: {condition}")
        yield condition


def _always_holds(condition: Condition) -> bool:
    """Whether a condition holds whatever the values of its names, as that 1 + exp(z) is positive."""
    requirement = condition.requirement
    return isinstance(requirement, Relation) and implied(condition, Claim(requirement.left, requirement.symbol, requirement.right), Ranges(()))


@lru_cache(maxsize=1 << 12)
def _walk(term: Term, varied: tuple[_Varied, ...], guards: tuple[Relation, ...]) -> tuple[Condition, ...]:
    """The conditions of a term, each once; `varied` are the variables of the derivatives that it stands in."""
    return tuple(dict.fromkeys(_walked(term, varied, guards)))


def _walked(term: Term, varied: tuple[_Varied, ...], guards: tuple[Relation, ...]) -> _Walk:
    if isinstance(term, op.Cases):
        yield from _of_cases(term, varied, guards)
        return
    if isinstance(term, op.Gradient | op.Jacobian | op.Hessian):
        yield from _walk(term.function, (*varied, _Varied(variable_base(term.variable))), guards)
        return
    if isinstance(term, ArgMin):
        if any(depends_on(term, variable.term) for variable in varied):
            raise UnsupportedError(f"the derivative of {term}")
        inside = (condition for part in tm.parts(term) for condition in _walk(part, (), guards))
        yield from _without(inside, (term.variable,), term)
        return
    if isinstance(term, Expectation):
        yield from _without(_walk(term.body, varied, guards), term.over, term)
        for part in (part for law in term.laws if isinstance(law, Law) for part in law.parameters):
            yield from _walk(part, varied, guards)
        return
    if isinstance(term, OneSidedDerivative | Subdifferential):
        if any(depends_on(term, variable.term) for variable in varied):
            raise UnsupportedError(f"the derivative of {term}, which may jump")
        yield from _walk(term.function, (_Varied(term.variable, forward=True),), guards)
        yield from _walk(term.direction if isinstance(term, OneSidedDerivative) else term.variable, (), guards)
        return
    if isinstance(term, op.Series | op.Iterate):
        yield from _of_recurrence(term, varied)
        for part in (term.length,) if isinstance(term, op.Series) else (term.count, *term.initials):
            yield from _walk(part, varied, guards)
        return
    rule = _RULES.get(type(term))
    if rule is not None:
        moves, forward = _moves(term, varied), not _moves(term, _both_ways(varied))
        if is_kinked(term):
            moves = _moves(term, _both_ways(varied))
        plain = [Condition(requirement, guards) for requirement in rule(term, False)]
        needed = _of_body(term, forward=forward) if isinstance(term, op.Apply) and term.function.body is not None else rule(term, True)
        kinked = [Condition(requirement, guards) for requirement in needed] if moves else []
        yield from _where_varied(plain, kinked, moves)
    skipped = (squared_norm(term) or (None,))[0] if isinstance(term, tm.Power) else None
    for part in (skipped,) if skipped is not None else tm.parts(term):
        yield from _walk(part, varied, guards)


_Move: TypeAlias = dict[Index, Position]
"""At which positions of its indices a term moves with a variable; empty where it moves at all of them."""


def _where_varied(plain: list[Condition], kinked: list[Condition], moves: list[_Move]) -> _Walk:
    """The conditions of a term and, where it moves with a variable, those of its kinks: of Σ |xᵢ| by xₖ only xₖ ≠ 0."""
    if {} in moves:
        yield from kinked
        return
    yield from plain
    for move in moves:
        for condition in kinked:
            if condition not in plain:
                requirement, *guards = (_moved(part, move) for part in (condition.requirement, *condition.guards))
                yield Condition(requirement, tuple(guards))


def _moves(term: Term, varied: tuple[_Varied, ...]) -> list[_Move]:
    return [move for variable in varied if (move := _move(term, variable.term)) is not None]


def _both_ways(varied: tuple[_Varied, ...]) -> tuple[_Varied, ...]:
    return tuple(variable for variable in varied if not variable.forward)


def _move(term: Term, variable: Term) -> _Move | None:
    """None where the term does not move with the variable."""
    if not depends_on(term, variable):
        return None
    if not isinstance(variable, tm.Member | op.Named):
        return {}
    own = {_places(part) for part in subterms(term) if _is_sibling(part, variable)}
    if len(own) != 1:
        return {}
    pairs = dict(zip(next(iter(own)), _places(variable), strict=True))
    move = {mine: theirs for mine, theirs in pairs.items() if isinstance(mine, Index) and mine != theirs}
    captured = term.free & frozenset(theirs for theirs in move.values() if isinstance(theirs, Index))
    return {} if captured or len(pairs) < len(variable.positions) else move


def _places(term: tm.Member | op.Named) -> tuple[Position, ...]:
    return term.places if isinstance(term, tm.Member) else term.positions


def _is_sibling(part: Term, variable: tm.Member | op.Named) -> TypeGuard[tm.Member | op.Named]:
    if isinstance(variable, tm.Member):
        return isinstance(part, tm.Member) and part.family == variable.family
    return isinstance(part, op.Named) and part.name == variable.name


def _moved(fact: Any, move: _Move) -> Any:
    """A relation or property at other positions."""
    return map_parts(fact, lambda part: op.at_positions(part, move))


def _of_cases(term: op.Cases, varied: tuple[_Varied, ...], guards: tuple[Relation, ...]) -> _Walk:
    passed: tuple[Relation, ...] = ()
    for condition, value in term.branches:
        if not isinstance(condition.left, Term) or not isinstance(condition.right, Term):
            raise UnsupportedError(f"the condition {condition}")
        for side in (condition.left, condition.right):
            yield from _walk(side, varied, (*guards, *passed))
            border = Condition(nonzero(_difference(condition.left, condition.right)), (*guards, *passed))
            yield from _where_varied([], [border], _moves(side, varied))
        yield from _walk(value, varied, (*guards, *passed, condition))
        passed = (*passed, Relation(condition.left, _NEGATED[condition.symbol], condition.right))
    yield from _walk(term.otherwise, varied, (*guards, *passed))


_NEGATED = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_REQUIRED = {"positive": positive, "nonnegative": nonnegative, "nonzero": nonzero}


def _of_apply(node: op.Apply, varied: bool) -> Iterator[Requirement]:
    known = facts(node.function)
    if known is None:
        yield from _of_body(node, varied=varied)
        return
    needed = {known.domain} | ({known.smooth} if varied or node.order else set())
    if "positive" in needed:
        needed.discard("nonnegative")
    yield from (_REQUIRED[kind](node.argument) for kind in ("nonnegative", "nonzero", "positive") if kind in needed)


def _of_body(node: op.Apply, *, varied: bool = True, forward: bool = False) -> Iterator[Requirement]:
    """The conditions of an author's function, at every entry of its argument."""
    parameter, body = slope_body(node.function, node.order)
    argument = node.argument
    if argument.shape:
        rows, columns = sides(argument.shape)
        row, column = (Index(name, dim) if dim != 1 else 1 for name, dim in (("row", rows), ("column", columns)))
        argument = tm.Entry(argument, row, column)
    start = (_Varied(parameter, forward and not node.order),) if varied or node.order else ()
    source = node.function.body if node.function.body is not None else body
    for walked, variables in ((source, start), (body, start if varied else ())):
        for condition in _walk(walked, variables, ()):
            if condition.guards:
                raise UnsupportedError(f"the domain of {node.function}, whose branches have domains of their own")
            requirement = condition.requirement
            if isinstance(requirement, Relation) and isinstance(requirement.left, Term):
                yield Relation(substitute(requirement.left, {parameter: argument}), requirement.symbol, requirement.right)


def _of_power(node: tm.Power, varied: bool) -> Iterator[Requirement]:
    if squared_norm(node) is not None:
        return
    exponent = node.exponent
    if isinstance(exponent, Number) and exponent.value.denominator == 1:
        if exponent.value < 0:
            yield invertible(node.base) if node.base.shape else nonzero(node.base)
    elif isinstance(exponent, Number) and exponent.value > 0 and not varied:
        yield nonnegative(node.base)
    elif not is_natural(exponent):
        if node.base.shape:
            raise UnsupportedError(f"the matrix power {node}: whether {exponent} is an integer ≥ 0 is open")
        yield positive(node.base)


def is_natural(term: Term) -> bool:
    """Whether the term is certainly an integer ≥ 0."""
    match term:
        case tm.Dimension():
            return True
        case Number(value):
            return value.denominator == 1 and value >= 0
        case tm.Add(left, right) | tm.Multiply(left, right):
            return is_natural(left) and is_natural(right)
    return False


def _of_recurrence(node: op.Series | op.Iterate, varied: tuple[_Varied, ...]) -> _Walk:
    """The conditions of what is repeated; those on what is bound there could not be stated outside.

    Raises:
        UnsupportedError: there is one, or the number of times may be negative.
    """
    repeated, count, bound = (node.body, node.length, (node.counter,)) if isinstance(node, op.Series) else (node.step, node.count, node.bound)
    moving = tuple(variable for variable in varied if depends_on(node, variable.term))
    if moving and (isinstance(node, op.Series) or any(variable.forward for variable in moving)):
        raise UnsupportedError(f"the derivative of {node}")
    if not is_natural(count) and not _is_natural_below(count, None, count):
        raise UnsupportedError(f"{node}: the number of times may be negative")
    states = tuple(map(_Varied, node.states)) if moving and isinstance(node, op.Iterate) else ()  # they move with what they are made of
    if node.counter is not None:
        repeated = _counted_within(repeated, node.counter, count)
    yield from _without(_walk(repeated, (*moving, *states), ()), bound, node)


def _counted_within(repeated: Term, counter: Dimension, count: Term) -> Term:
    """What is repeated, where the index of a sequence in it that cannot be negative, as the counter is below the count, is any integer ≥ 0: what
    its own steps require does not depend on it.
    """
    anyone = Dimension(f"any {counter.name}", 0)  # no declared name has a space
    return op.transform(
        repeated, lambda part: part.at(anyone) if isinstance(part, op.Iterate) and _is_natural_below(part.count, counter, count) else None
    )


def _is_natural_below(term: Term, counter: Dimension | None, count: Term) -> bool:
    """Whether a whole number of counters, sizes and integers is certainly ≥ 0, for a counter where 0 ≤ counter < count."""
    try:
        factors, constant = linear_form(term)
        slope = factors.pop(counter, 0) if counter is not None else 0
        if slope < 0:  # then it is least at count − 1
            ends, end = linear_form(count)
            constant += slope * (end - 1)
            factors = {dim: factors.get(dim, 0) + slope * ends.get(dim, 0) for dim in {**factors, **ends}}
    except DeclarationError:
        return False
    return all(factor >= 0 for factor in factors.values()) and constant + sum(factor * dim.least for dim, factor in factors.items()) >= 0


def _of_norm(node: tm.Norm, varied: bool) -> Iterator[Requirement]:
    if varied and node.kind in ("2", "F"):
        yield nonzero(node)
    elif varied and node.kind == "1":
        yield nonzero(node.operand)
    elif varied:
        raise UnsupportedError(f"the derivative of the norm {node}")


def _of_spectrum(node: Eigenvalues | ExtremeEigenvalue, varied: bool) -> Iterator[Requirement]:
    if varied:
        raise UnsupportedError(f"the derivative of {node}")
    yield symmetric(node.operand)


def _of_any_matrix(node: EigenvalueModuli | SpectralRadius | Rank, varied: bool) -> Iterator[Requirement]:
    if varied:
        raise UnsupportedError(f"the derivative of {node}")
    yield from ()


def _of_extreme(node: op.Maximum | op.Minimum, varied: bool) -> Iterator[Requirement]:
    if varied:
        yield nonzero(_difference(node.left, node.right))


def _of_indicator(node: op.Indicator, varied: bool) -> Iterator[Requirement]:
    if varied and isinstance(node.relation.left, Term) and isinstance(node.relation.right, Term):
        yield nonzero(_difference(node.relation.left, node.relation.right))


def _difference(left: Term, right: Term) -> Term:
    """What is zero where both are equal."""
    return left if is_zero(right) else right if is_zero(left) else left - right


def is_zero(term: Term) -> bool:
    """Whether the term is spelled as zero."""
    return (isinstance(term, Number) and term.value == 0) or (isinstance(term, tm.Filled) and term.entry == 0)


def _of_hadamard_power(node: tm.HadamardPower, varied: bool) -> Iterator[Requirement]:
    if node.exponent < 0:
        yield nonzero(node.base)


_RULES: dict[type[Term], Callable[[Any, bool], Iterable[Requirement]]] = {
    tm.Divide: lambda node, varied: [nonzero(node.right)] if not isinstance(node.right, Number) or node.right.value == 0 else [],
    tm.Inverse: lambda node, varied: [invertible(node.operand) if node.shape else nonzero(node.operand)],
    tm.Power: _of_power,
    tm.HadamardPower: _of_hadamard_power,
    Eigenvalues: _of_spectrum,
    ExtremeEigenvalue: _of_spectrum,
    EigenvalueModuli: _of_any_matrix,
    SpectralRadius: _of_any_matrix,
    Rank: _of_any_matrix,
    tm.Norm: _of_norm,
    op.Apply: _of_apply,
    op.Maximum: _of_extreme,
    op.Minimum: _of_extreme,
    op.Indicator: _of_indicator,
}
