"""Assumptions that a refuted claim may lack: what its text suggests, the weakest first. Named are those under which the claim is proved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from itertools import islice, permutations
from operator import matmul, mul

from derivations.evaluation.instances import Instance
from derivations.evaluation.interpreter import EvaluationError
from derivations.evaluation.measures import degree
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import Assumption, full_column_rank, full_row_rank, nonnegative, nonzero, positive, symmetric
from derivations.language.claims import Claim, limit_counter, relations_in
from derivations.language.constructors import zeros
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_
from derivations.language.implicit import ArgMin, Eigenvalues, ExtremeEigenvalue, Rank
from derivations.language.laws import laws_in
from derivations.language.operators import substitute, transform
from derivations.language.shapes import sides
from derivations.language.terms import Number, Relation, Symbol, Term
from derivations.language.traversal import depends_on, subterms, symbols
from derivations.proof.domain import conditions_of
from derivations.proof.drawing_order import demands
from derivations.proof.normalization import normalized
from derivations.proof.proofs import Setting
from derivations.proof.ranges import Ranges
from derivations.proof.readback import term_of
from derivations.proof.refutation import holds_at, trials
from derivations.proof.sampling import Sampler, meets
from derivations.proof.statements import prove
from derivations.proof.symmetry import factors, transposed

__all__ = ["missing_assumptions"]

_MOST_CANDIDATES = 60
_INSTANCES = 40
_ZERO, _ONE = Number(Fraction(0)), Number(Fraction(1))


def missing_assumptions(claim: Claim, counterexample: Instance | None = None) -> tuple[str, ...]:
    """Further assumptions that exclude a counterexample, under which none is found and the claim is proved; none where no candidate is enough."""
    stated = {*claim.given, *relations_in(claim.statement)}
    failing = [trial.instance for trial in trials(Sampler(claim), _INSTANCES) if holds_at(claim, trial) is False]
    failing += [counterexample] if counterexample is not None else []
    tried: set[frozenset[Assumption]] = set()
    for candidate in islice(_candidates(claim), _MOST_CANDIDATES):
        added = tuple(assumption for assumption in candidate if assumption not in claim.given)
        known = frozenset(added) in tried or bool(stated & {*added})
        tried.add(frozenset(added))
        if added and not known and not any(meets(instance, added) for instance in failing) and _repairs(claim, added):
            return tuple(map(repr, added))
    return ()


def _repairs(claim: Claim, added: tuple[Assumption, ...]) -> bool:
    stronger = replace(claim, given=(*claim.given, *added))
    sampler = Sampler(stronger)
    try:
        if sampler.contradiction or not _survives(stronger, sampler, _INSTANCES):
            return False
        prove(Setting.of(stronger, conditions_of(stronger)))
    except UnsupportedError:
        return False  # not proved under these assumptions
    return True


def _survives(claim: Claim, sampler: Sampler, instances: int) -> bool:
    """Whether the claim fails at none of some instances, and holds at one."""
    held = False
    for trial in trials(sampler, instances):
        holds = holds_at(claim, trial)
        if holds is False:
            return False
        held = held or holds is True
    return held


# ------------------------------------------------------------------------------------------------------------- candidates


def _candidates(claim: Claim) -> Iterator[tuple[Assumption, ...]]:
    """One assumption on a name, the region where a step or factor is small, then both; then one scalar below another."""
    fixed = symbols(claim.terms) - laws_in(claim.given).keys()
    names = [name for name in sorted(fixed, key=lambda symbol: symbol.name) if isinstance(name, Symbol)]
    needs_rank = any(isinstance(term, _OF_RANK) for term in subterms(claim.terms)) or any(r.symbol == "->" for r in relations_in(claim.statement))
    single = [assumption for name in names for assumption in _of_name(name, needs_rank)]
    regions = list(_regions(claim))
    yield from ((assumption,) for assumption in (*single, *_starts(claim)))
    yield from regions
    yield from ((assumption, *region) for region in regions for assumption in single)
    related = [{relation.left, relation.right} for relation in claim.given if isinstance(relation, Relation)]
    for left, right in permutations([name for name in names if not name.shape], 2):
        if {left, right} not in related:  # else it would force them to be equal, or say what is given
            yield from ((left <= right,), (left < right,))


_OF_RANK = tm.Inverse | tm.PseudoInverse | Eigenvalues | ExtremeEigenvalue | Rank | ArgMin


def _of_name(name: Symbol, needs_rank: bool) -> Iterator[Assumption]:
    if name.shape and name.shape[0] == name.shape[1]:
        yield symmetric(name)
    if name.shape and needs_rank:
        yield from (full_column_rank(name), full_row_rank(name))
    if not name.shape:
        yield from (make(name) for make in (nonzero, nonnegative, positive))


def _starts(claim: Claim) -> Iterator[Assumption]:
    """A sequence that starts at its limit stays there, whatever its factor."""
    for relation in relations_in(claim.statement):
        match relation:
            case Relation(op.Iterate(_, _, (start,)), "->", Term(shape=()) as limit):
                yield Relation(start, "!=", limit)
            case Relation(tm.Subtract(op.Iterate(_, _, (start,)), fixed), "->", Number(0)):
                yield Relation(start, "!=", fixed)


def _regions(claim: Claim) -> Iterator[tuple[Assumption, ...]]:
    """Where |a| < b, as the text compares it, or where a factor that is raised to growing powers is less than 1 in size, solved for a scalar."""
    comparisons = [relation for relation in relations_in(claim.statement) if len(list(demands(relation))) > 1]
    for relation in relations_in(claim.statement):
        if relation.symbol == "->" and isinstance(relation.left, Term):
            bases = list(dict.fromkeys(_bases(relation.left, limit_counter(relation), claim)))
            comparisons += [abs_(base) < 1 for base in bases if not base.shape]
            yield from (region for base in bases if base.shape for region in _of_matrix(base))
    for comparison in comparisons:
        for name in sorted(symbols(comparison), key=lambda symbol: symbol.name):
            if isinstance(name, Symbol) and not name.shape:
                yield from _solved(comparison, name, claim)


def _solved(comparison: Relation, name: Symbol, claim: Claim) -> Iterator[tuple[Assumption, ...]]:
    """A comparison as bounds on a scalar in which it is affine; with what must not be 0 for that."""
    differences = [_expanded(small - large) for small, _, large in demands(comparison)]
    try:
        if any(degree(difference, (name,)) > 1 for difference in differences):
            return
    except EvaluationError:
        return  # not affine by its form
    others = [symbol for symbol in sorted(symbols(differences), key=lambda symbol: symbol.name) if isinstance(symbol, Symbol) and not symbol.shape]
    for extra in ((), *((nonzero(other),) for other in others if other != name)):
        bounds = [_bound(difference, name, replace(claim, given=(*claim.given, *extra))) for difference in differences]
        if None not in bounds:
            yield *extra, *(bound for bound in bounds if bound is not None)
            return


def _bound(difference: Term, name: Symbol, claim: Claim) -> Assumption | None:
    """difference < 0 as a bound on a scalar; None where the sign of its factor is open."""
    start = substitute(difference, {name: _ZERO})
    slope = _plain(substitute(difference, {name: _ONE}) - start, claim)
    if slope is None:
        return None
    sign = Ranges(claim.given).of(slope)
    bound = _plain(-start / slope, claim) if sign.nonzero else None
    if bound is None:
        return None
    return name < bound if sign.positive else name > bound


def _bases(term: Term, counter: tm.Dimension, claim: Claim) -> Iterator[Term]:
    """What is raised to growing powers: the base of a power, or the factor of the state in the step of a sequence."""
    for part in subterms(term):
        match part:
            case tm.Power(base, exponent) if depends_on(exponent, counter):
                yield _expanded(base)
            case op.Iterate(_, _, _, (state,), step) if sides(step.shape)[1] == 1:
                slope = _plain(op.Jacobian(_expanded(step), state), claim)
                if slope is not None and not depends_on(slope, state):
                    yield slope


def _of_matrix(base: Term) -> Iterator[tuple[Assumption, ...]]:
    """For I − c·G with G = BᵀB: where c > 0 and c·(largest eigenvalue of G) < 2, its eigenvalues lie above −1, and none above 1."""
    if isinstance(base, tm.Subtract) and isinstance(base.left, tm.Identity):
        scalars, matrices = factors(base.right)
        if scalars and len(matrices) == 2 and transposed(matrices[0]) == matrices[1]:
            size = reduce(mul, scalars)
            within = size * ExtremeEigenvalue(reduce(matmul, matrices), "max") < 2
            yield within, *(positive(factor) for factor in scalars if isinstance(factor, Symbol))


def _plain(term: Term, claim: Claim) -> Term | None:
    """The term in normal form, under the assumptions of a claim; None where it has none, or no spelling."""
    stated = Claim(term, "=", term, claim.given)
    try:
        tensor, normalizer = normalized(Setting.of(stated, conditions_of(stated)), term, zeros(*term.shape), "tanh")
    except UnsupportedError:
        return None  # no normal form, no candidate
    return term_of(normalizer.algebra, tensor, term.shape)


def _expanded(term: Term) -> Term:
    """The term with named quantities written out."""
    return transform(term, lambda part: _expanded(part.body) if isinstance(part, op.Named) else None)
