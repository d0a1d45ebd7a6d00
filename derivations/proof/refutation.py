"""Refutation: search for an instance inside assumptions and domain at which the claim fails, shrink it, and check it again.

Cheapest first: the smallest instance, then sizes 2 and 3 with unequal dimensions (which tell AB from BA), then more and larger
entries. What fails is shrunk to smaller sizes and entries, and evaluated again from nothing with twice the precision.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import cycle
from math import inf
from typing import Any, TypeVar

from flint import acb, arb, fmpq

from derivations.evaluation.algebraic import RealRoot, as_number
from derivations.evaluation.arrays import AlgebraicInterpreter, Array, ArrayInterpreter, BallInterpreter, ExactInterpreter
from derivations.evaluation.duals import primal
from derivations.evaluation.fields import rational
from derivations.evaluation.instances import Entries, Instance, Quantity
from derivations.evaluation.interpreter import EvaluationError, Imprecise, Inexact
from derivations.evaluation.limits import limit, may_converge
from derivations.evaluation.minimisers import Rival, minimality, rival
from derivations.evaluation.random_numbers import chosen
from derivations.evaluation.statements import holds
from derivations.evaluation.subgradients import Violation, decided, membership
from derivations.evaluation.tails import Tail
from derivations.language.algebraic import ExactNumber
from derivations.language.assumptions import conjuncts
from derivations.language.claims import Claim, Side, limit_counter
from derivations.language.errors import UnsupportedError
from derivations.language.functions import is_transcendental
from derivations.language.laws import Law, laws_in
from derivations.language.operators import Maximum, Minimum
from derivations.language.random_names import unvalued
from derivations.language.terms import Family, Index, Relation, Statement, Symbol, Term
from derivations.language.traversal import subterms
from derivations.language.verdicts import Counterexample, Value, Witness
from derivations.proof.minimisation import rival_text
from derivations.proof.sampling import Sampler, Size, meets, precise
from derivations.proof.subgradients import violation_text

__all__ = ["Search", "Trial", "counterexample_at", "has_instance_apart", "holds_at", "search", "search_among", "trials", "witness_of"]

_BITS, _BITS_AGAIN = 128, 256
_Answer = TypeVar("_Answer")


class Trial:
    """One instance, at which several claims may be evaluated: what they share is evaluated once."""

    def __init__(self, instance: Instance, bits: int = _BITS) -> None:
        self.instance, self._bits = instance, bits
        self._exact: ArrayInterpreter = ExactInterpreter(instance)
        self._balls: ArrayInterpreter = BallInterpreter(instance)
        self._algebraic: ArrayInterpreter = AlgebraicInterpreter(instance)
        self._cheapest_first = self._exact, self._balls, self._algebraic
        self._readable_first = (self._exact, self._balls) if instance.is_rational else (self._algebraic, self._balls)

    def holds(self, claim: Claim) -> bool:
        """Whether the claim holds at the instance: exactly if all values are rational, else by balls, and where these do not settle it,
        exactly if all values are algebraic.

        Balls that contain equality count as equal, so that only what is certainly false does not hold.

        Raises:
            EvaluationError: the instance lies outside the domain, or the balls are too wide to say.
            UnsupportedError: a node or a relation that cannot be evaluated.
        """
        return self._by_any(claim, lambda run: _holds(claim, run), self._cheapest_first)

    def values(self, claim: Claim) -> tuple[Value, Value]:
        """The values of both sides, of a sequence its limit, of a statement whether it holds; of a minimiser or a subgradient, what refutes it
        says (see `Rival`, `Violation`).
        """
        if (found := self.rebuttal(claim)) is not None:
            return _printed(found.left), _printed(found.right)
        if not isinstance(claim.left, Term) or not isinstance(claim.right, Term):
            return self._truth(claim, claim.left), self._truth(claim, claim.right)
        left, right = claim.left, claim.right
        if claim.relation == "->":
            return self._shown(claim, lambda run: (_printed(limit(run, left, limit_counter(claim.statement))), _printed(run.value(right))))
        return self._shown(claim, lambda run: (_printed(run.value(left)), _printed(run.value(right))))

    def rebuttal(self, claim: Claim) -> Rival | Violation | None:
        """What refutes what the claim says of a minimiser, or of a subgradient."""
        found = (self._by_any(claim, lambda run: _rebuttal(part, run), self._cheapest_first[:2]) for part in conjuncts(claim.statement))  # noqa: B023 (asked at once)
        return next((each for each in found if each is not None), None)

    def _truth(self, claim: Claim, side: Side) -> Value:
        """Whether a side holds, as far as that can be told there."""
        try:
            held = isinstance(side, Statement) and self._by_any(claim, lambda run: holds(run, side), self._cheapest_first)
        except (Imprecise, Inexact, UnsupportedError):
            return (("unknown",),)
        return (("true" if held else "false",),)

    def _shown(self, claim: Claim, ask: Callable[[ArrayInterpreter], _Answer]) -> _Answer:
        return self._by_any(claim, ask, self._readable_first)

    def _by_any(self, claim: Claim, ask: Callable[[ArrayInterpreter], _Answer], systems: Sequence[ArrayInterpreter]) -> _Answer:
        """The answer of the first system of numbers that has one, else why the last one has none."""
        if _is_irrational(claim):
            systems = [system for system in systems if system is not self._exact]
        with precise(self._bits):
            for system in systems[:-1]:
                with suppress(Inexact, Imprecise):  # the next one may know more
                    return ask(system)
            return ask(systems[-1])


def _rebuttal(part: Statement, run: ArrayInterpreter) -> Rival | Violation | None:
    if (stated := minimality(part)) is not None:
        return rival(run, stated)
    return None if (member := membership(part)) is None else decided(run, member).violation


@lru_cache(maxsize=256)
def _is_irrational(claim: Claim) -> bool:
    """Whether a function without rational values occurs."""
    return is_transcendental(claim.terms)


def _holds(claim: Claim, run: ArrayInterpreter) -> bool:
    """Whether all that is joined by "and" holds; where one part does not, the others must still have a value.

    Raises:
        OutsideDomain: one has none.
    """
    parts = list(conjuncts(claim.statement))
    for place, part in enumerate(parts, 1):
        if not _part_holds(part, run):
            for other in parts[place:]:
                with suppress(Inexact, Imprecise, UnsupportedError):
                    _part_holds(other, run)
            return False
    return True


def _part_holds(part: Statement, run: ArrayInterpreter) -> bool:
    if minimality(part) is not None or membership(part) is not None:
        return _rebuttal(part, run) is None
    if isinstance(part, Relation) and part.symbol == "=" and isinstance(part.left, Term) and isinstance(part.right, Term):
        left, right = run.value(part.left), run.value(part.right)
        return not any(map(_differ, left.entries, right.entries))
    if isinstance(part, Relation) and part.symbol == "->":
        return may_converge(run, part)
    return holds(run, part)


def _differ(a: Any, b: Any) -> bool:
    """Whether two entries certainly differ: exact ones, or balls that exclude equality.

    Raises:
        EvaluationError: a ball without finite bounds.
    """
    difference = primal(a) - primal(b)
    if isinstance(difference, acb):
        if not difference.is_finite():
            raise EvaluationError("a value without finite bounds")
        return not difference.contains(0)
    return bool(difference != 0)


def _printed(array: Array) -> Value:
    entries = tuple(map(_entry, array.entries))
    return tuple(entries[k * array.columns : (k + 1) * array.columns] for k in range(array.rows))


def _entry(entry: Any) -> ExactNumber | str:
    if entry is None:
        return "no limit"
    if isinstance(entry, Tail):
        return str(entry)
    value = primal(entry)
    if isinstance(value, RealRoot):
        return as_number(value)
    if isinstance(value, fmpq | int):
        return rational(value)
    real = acb(value).real
    unique = real.unique_fmpz() if real.is_exact() else None
    return Fraction(int(unique)) if unique is not None else _ball(real)


@dataclass(frozen=True, slots=True)
class Search:
    """What a search saw.

    Attributes:
        counterexample: an instance at which the claim fails.
        told: what a reader should know of it beside the values.
        instances: how many instances inside assumptions and domain were evaluated.
        witness: the instance with the most distinct sizes among them.
        all_equal: two dimensions that were equal in every one of them.
    """

    counterexample: Counterexample | None = None
    instances: int = 0
    witness: Instance | None = None
    all_equal: tuple[str, str] | None = None
    told: str = ""


def _told(found: Rival | Violation, shown: Counterexample) -> str:
    return rival_text(found, shown.left, shown.right) if isinstance(found, Rival) else violation_text(found, shown.left, shown.right)


def _ball(real: Any) -> str:
    """Ten digits and a radius, as in "0.4199743416 ± 1.4e-11"."""
    return str(arb(real).str(10)).strip("[]").replace("+/-", "±")


def search(claim: Claim, sampler: Sampler, instances: int, enough: float = inf) -> Search:
    """At most this many instances, until one fails, or enough have a value; one that fails is shrunk and checked again."""
    return _search(claim, sampler, trials(sampler, instances), enough)


def search_among(claim: Claim, sampler: Sampler, candidates: Iterable[Instance]) -> Search:
    """The candidates that meet what the sampler does, until one fails; that one is shrunk and checked again."""
    completed = filter(None, map(sampler.completed, candidates))
    return _search(claim, sampler, (Trial(instance) for instance in completed if meets(instance, sampler.claim.given)))


def _search(claim: Claim, sampler: Sampler, tried: Iterable[Trial], enough: float = inf) -> Search:
    seen = 0
    witness: Instance | None = None
    sizes_only = [dim for dim in sampler.dimensions if dim.least]
    pairs = {(a, b) for k, a in enumerate(sizes_only) for b in sizes_only[k + 1 :]}
    for trial in tried:
        holds = holds_at(claim, trial)
        if holds is None:
            continue
        seen += 1
        instance, sizes = trial.instance, trial.instance.sizes
        if not holds:
            small = _shrunk(claim, sampler, instance)
            shown, found = counterexample_at(claim, small), Trial(small, _BITS_AGAIN).rebuttal(claim)
            return Search(shown, seen, small, told="" if found is None else _told(found, shown))
        pairs = {(a, b) for a, b in pairs if sizes[a] == sizes[b]}
        if witness is None or len(set(witness.sizes.values())) < len(set(sizes.values())):
            witness = instance
        if seen >= enough:
            break
    equal = min(((a.name, b.name) for a, b in pairs), default=None)
    return Search(None, seen, witness, equal)


def has_instance_apart(claim: Claim, sampler: Sampler, first: str, second: str) -> bool:
    """Whether an instance of the claim is found, in a fixed number of draws, in which two dimensions differ."""
    a, b = (next(dim for dim in sampler.dimensions if dim.name == name) for name in (first, second))
    apart = [sizes for sizes in sampler.sizes(3) if sizes[a] != sizes[b]]
    if not apart:
        return False
    drawn = (sampler.draw(sampler.random.choice(apart), spread) for spread in (0, 1, 1) * _DRAWS_APART)
    return any(holds_at(claim, Trial(instance)) is not None for instance in drawn if instance is not None)


def trials(sampler: Sampler, instances: int) -> Iterator[Trial]:
    """Instances that meet the assumptions, as many as are found in so many draws."""
    for sizes, spread, zero in _plan(sampler, instances):
        instance = sampler.draw(sizes, spread, zero)
        if instance is not None:
            yield Trial(instance)


def _plan(sampler: Sampler, instances: int) -> Iterator[tuple[Size, int, Collection[Symbol | Family]]]:
    """The smallest instances first, then unequal sizes, with small entries and with large ones. In a long search also sizes far apart, and small
    instances in which all names are zero that may be, or one after the other.
    """
    ones = {dim: dim.least for dim in sampler.dimensions}
    yield from ((ones, 0, ()), (dict.fromkeys(sampler.dimensions, 1), 1, ()))
    for k in range(instances - 2):
        yield sampler.distinct_sizes() if k % 4 < 3 else ones, (0, 1, 1, 1, 2)[k % 5], ()
    zeros = cycle((sampler.may_vanish, *([name] for name in sampler.may_vanish)))
    for k in range(_SPECIAL if instances >= _LONG else 0):
        yield (sampler.distinct_sizes((1, 3)), k % 2, ()) if k % 2 else (ones, 1, next(zeros))


_LONG, _SPECIAL = 40, 12
"""A search of so many instances is a long one, and gets so many of special kinds."""


def holds_at(claim: Claim, trial: Trial) -> bool | None:
    """Whether the claim holds at the trial's instance; None where it has no value there."""
    try:
        return trial.holds(claim)
    except EvaluationError:
        return None  # outside the domain, or open at this precision: says nothing about the claim


def _fails(claim: Claim, instance: Instance) -> bool:
    return holds_at(claim, Trial(instance)) is False


# -------------------------------------------------------------------------------------------------------------- shrinking

_DRAWS_PER_SIZE = 4
_DRAWS_APART = 10
_MOST_DRAWS = 48
_SIMPLE_LAWS = 3


def _shrunk(claim: Claim, sampler: Sampler, instance: Instance) -> Instance:
    instance = _smaller_sizes(claim, sampler, instance)
    simpler = (replace(instance, chance=chance) for chance in range(min(instance.chance, _SIMPLE_LAWS)))
    instance = next((candidate for candidate in simpler if _fails(claim, candidate)), instance)
    compares = any(isinstance(term, Maximum | Minimum) for term in subterms(claim.statement))
    for quantity in instance.values:
        instance = _zeros_and_ones(claim, sampler, instance, quantity) if compares else instance
        instance = _smaller_entries(claim, sampler, instance, quantity)
    return instance


def _smaller_sizes(claim: Claim, sampler: Sampler, instance: Instance) -> Instance:
    total = sum(instance.sizes.values())
    draws = 0
    for sizes in sampler.sizes(max(instance.sizes.values(), default=1)):
        if sum(sizes.values()) >= total:
            break
        for attempt in range(_DRAWS_PER_SIZE):
            draws += 1
            if draws > _MOST_DRAWS:
                return instance
            candidate = sampler.draw(sizes, min(attempt, 1))
            if candidate is not None and _fails(claim, candidate):
                return candidate
    return instance


def _zeros_and_ones(claim: Claim, sampler: Sampler, instance: Instance, quantity: Quantity) -> Instance:
    """A matrix of zeros and ones instead: minima and maxima that fail somewhere fail at one that tells large entries from small ones."""
    entries = instance.values[quantity]
    if not instance.is_rational:
        return instance
    for least in sorted({entry for row in instance.rational(quantity) for entry in row})[1:]:
        made = tuple(tuple(Fraction(entry >= least) for entry in row) for row in instance.rational(quantity))
        if made != entries and (found := _failing_with(claim, sampler, instance, quantity, made)) is not None:
            return found
    return instance


def _smaller_entries(claim: Claim, sampler: Sampler, instance: Instance, quantity: Quantity) -> Instance:
    """Entries made 0, else 1, else a simple number near to what they are, one after the other, as long as the claim fails."""
    rows, columns = len(instance.values[quantity]), len(instance.values[quantity][0])
    for i in range(rows):
        for j in range(columns):
            old = instance.values[quantity]
            for value in _simpler(old[i][j]):
                found = _failing_with(claim, sampler, instance, quantity, _with_entry(old, i, j, value))
                if found is not None:
                    instance = found
                    break
    return instance


def _failing_with(claim: Claim, sampler: Sampler, instance: Instance, quantity: Quantity, value: Entries) -> Instance | None:
    """The instance with another value of a quantity, if it meets the assumptions and the claim fails there."""
    candidate = sampler.completed(replace(instance, values={**instance.values, quantity: value}))
    return candidate if candidate is not None and meets(candidate, claim.given) and _fails(claim, candidate) else None


_DENOMINATORS = (1, 2, 4, 10, 100)


def _simpler(number: ExactNumber) -> Iterator[Fraction]:
    """Numbers to be tried in the place of one, the simplest first."""
    near = number if isinstance(number, Fraction) else (number.low + number.high) / 2
    for value in dict.fromkeys((Fraction(0), Fraction(1), *(near.limit_denominator(most) for most in _DENOMINATORS))):
        if number in (0, value):
            return
        yield value


def _with_entry(matrix: Entries, i: int, j: int, value: ExactNumber) -> Entries:
    return tuple(tuple(value if (r, c) == (i, j) else entry for c, entry in enumerate(row)) for r, row in enumerate(matrix))


def counterexample_at(claim: Claim, instance: Instance) -> Counterexample:
    """The counterexample, evaluated anew with more bits; its assumptions too.

    Raises:
        AssertionError: it does not hold up, which is a fault of this program.
    """
    again = Trial(instance, _BITS_AGAIN)
    if again.holds(claim) or not meets(instance, claim.given):
        raise AssertionError(f"a counterexample of {claim} does not hold up at {instance}")
    found = again.rebuttal(claim)
    if found is None or isinstance(found, Violation):
        return Counterexample(witness_of(instance, claim), *again.values(claim), claim.relation if found is None else ">=")
    if found.place is not None:
        instance = replace(instance, values={**instance.values, found.problem.variable: found.place})
    return Counterexample(witness_of(instance, claim), *again.values(claim), ">" if found.broken is None else found.broken.symbol)


def witness_of(instance: Instance, claim: Claim) -> Witness:
    """An instance of a claim as a plain record: sizes and index values, then the values by name, families member by member; of random names
    the laws that were chosen.
    """
    sizes = [(dim.name, size) for dim, size in instance.sizes.items()]
    sizes += [(index.name, position) for index, position in instance.positions.items() if isinstance(index, Index)]
    values: dict[str, Any] = {}
    for quantity, entries in instance.values.items():
        if isinstance(quantity, Symbol):
            values[quantity.name] = entries
        else:
            values[quantity[0].name] = (*values.get(quantity[0].name, ()), entries)
    for name, law in laws_in(claim.given).items():
        if name in unvalued(claim.statement, claim.given) and (members := _chosen(instance, law)):
            values[name.name] = members if isinstance(name, Family) else members[0]
    owners = {*(quantity if isinstance(quantity, Symbol) else quantity[0] for quantity in instance.values), *laws_in(claim.given)}
    return Witness(tuple(sorted(sizes)), tuple(sorted(values.items())), frozenset(owner.name for owner in owners if not owner.size))


def _chosen(instance: Instance, law: Law) -> tuple[Value, ...]:
    """A law as the instance has it, where more than one is possible; nothing where its parameters are not rational there."""
    try:
        return tuple(tuple(map(tuple, rows)) for rows in chosen(ExactInterpreter(instance), law))
    except Inexact:
        return ()
