"""Induction over a counter k ≥ 0.

A closed form of a sequence, s_k = f(k), follows from its first terms and its recurrence alone: with s₀ … s_{m−1} given and
s_{j+m} = step(s_j, …, s_{j+m−1}), the bases say s_j = f(j) for j < m, the step says step(f(k), …, f(k + m − 1)) = f(k + m). These are
equations without the sequence. An equation with sequences inside other terms, g(s_k) = f(k), follows from the same bases and a step that
knows less: for any x with g(x) = f(k), also g(step(x)) = f(k + 1). Any other equation in k follows from its case k = 0 and its case
k + 1, the case k being given. Where the steps themselves depend on k, as when a product is taken from its other end, the case k is given for
every first term, and the case k + 1 looked at from its second one on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from derivations.language import terms as tm
from derivations.language.assumptions import Assumption
from derivations.language.claims import Claim, assumption_terms
from derivations.language.implicit import ArgMin
from derivations.language.kinks import OneSidedDerivative, Subdifferential
from derivations.language.laws import Expectation
from derivations.language.operators import Gradient, Hessian, Iterate, Jacobian, Named, Series, substitute, transform
from derivations.language.terms import Dimension, Family, Number, Relation, Symbol, Term
from derivations.language.traversal import depends_on, dimensions, subterms, symbols
from derivations.proof.differentiation import direction_for, directional
from derivations.proof.domain import conditions_of
from derivations.proof.recurrences import without_first_steps

__all__ = ["along_directions", "by_invariant", "by_recurrence", "step_by_step"]

_ZERO = Number(Fraction(0))


def by_recurrence(claim: Claim) -> list[Claim]:
    """The bases and the step that prove a closed form; none where the claim is not a sequence at a counter equal to one."""
    if not isinstance(claim.left, Term) or not isinstance(claim.right, Term):
        return []
    for side, form in ((claim.left, claim.right), (claim.right, claim.left)):
        sequence, closed = _alone(side, form)
        if isinstance(sequence, Iterate) and _fits(sequence, closed):
            return list(_obligations(claim, sequence, closed))
    return []


def by_invariant(claim: Claim) -> list[Claim]:
    """The bases and the step that prove an equation with sequences inside other terms; none where they do not run by one counter."""
    if not isinstance(claim.left, Term) or not isinstance(claim.right, Term):
        return []
    sequences = list(dict.fromkeys((*_sequences(claim.left), *_sequences(claim.right))))
    alike = {(sequence.count, len(sequence.initials)) for sequence in sequences if sequence is not None and _is_autonomous(sequence)}
    if len(alike) != 1 or not all(sequence is not None and _is_autonomous(sequence) for sequence in sequences):
        return []
    return list(_invariance(claim, (claim.left, claim.right), [sequence for sequence in sequences if sequence is not None]))


def _sequences(term: Term) -> Iterator[Iterate | None]:
    """The sequences in a term; None for one inside what binds or varies a name that it may depend on."""
    if isinstance(term, Iterate):
        yield term
    elif isinstance(term, _BINDING) and _has_sequence(term):
        yield None
    else:
        for part in tm.parts(term):
            yield from _sequences(part)


_BINDING = (Series, ArgMin, Expectation, Gradient, Jacobian, Hessian, OneSidedDerivative, Subdifferential)


def _invariance(claim: Claim, sides: tuple[Term, Term], sequences: list[Iterate]) -> Iterator[Claim]:
    counter, order = sequences[0].count, len(sequences[0].initials)
    given = _lasting(claim, counter)

    def related(values: list[Term], count: Term) -> Relation:
        """The equation with values for the sequences, which depend on the same indices, at a count."""
        known: dict[Term, Term] = dict(zip(sequences, values, strict=True))
        left, right = (substitute(transform(side, known.get), {counter: count}) for side in sides)
        return Relation(left, "=", right)

    bases = [related([sequence.initials[number] for sequence in sequences], Number(Fraction(number))) for number in range(order)]
    earlier = _unknowns(claim, sequences)
    following = [sequence.following(counter, values) for sequence, values in zip(sequences, earlier, strict=True)]
    known = [related([values[number] for values in earlier], counter + number if number else counter) for number in range(order)]
    for relation in bases:
        yield Claim(relation.left, "=", relation.right, given)
    step = related(following, counter + order)
    yield Claim(step.left, "=", step.right, (*given, *known))


def _unknowns(claim: Claim, sequences: list[Iterate]) -> list[list[Term]]:
    """For each sequence, new names for as many consecutive terms as it has first ones; of one that varies with indices, a family."""
    taken = {symbol.name for symbol in symbols(claim.terms)} | {state.name for sequence in sequences for state in sequence.states}
    unknowns: list[list[Term]] = []
    for sequence in sequences:
        indices = tuple(sorted(sequence.free, key=lambda index: index.name))
        unknowns.append([])
        for number in range(len(sequence.initials)):
            name = f"{sequence.name}_{number}" if number else sequence.name
            while name in taken:
                name += "'"
            taken.add(name)
            family = Family(name, tuple(index.dim for index in indices), sequence.shape)
            unknowns[-1].append(family[indices] if indices else Symbol(name, sequence.shape))
    return unknowns


def step_by_step(claim: Claim) -> Iterator[list[Claim]]:
    """For each counter: the claim at 0, and at k + 1 where it is given at k."""
    if not isinstance(claim.left, Term) or not isinstance(claim.right, Term):
        return
    sides = claim.left, claim.right
    for counter in sorted((dim for dim in dimensions(sides) if not dim.least), key=lambda dim: dim.name):
        if any(depends_on(term, counter) for term in claim.terms[2:]):
            continue  # an assumption about the counter need not hold for the one before
        base, after = ([substitute(side, {counter: count}) for side in sides] for count in (Number(Fraction(0)), counter + 1))
        hypothesis = Relation(claim.left, "=", claim.right)
        yield [Claim(base[0], "=", base[1], claim.given), Claim(after[0], "=", after[1], (*claim.given, hypothesis))]
        if (turned := _from_the_first_step(claim, counter)) is not None:
            yield [Claim(base[0], "=", base[1], claim.given), turned]


def _from_the_first_step(claim: Claim, counter: Dimension) -> Claim | None:
    """The step of the induction where sequences of k steps, that depend on k, begin at names: k + 1 steps from a name are k steps from where the
    first one leads. What is given at k, whatever these names are, is given where they stand for that.
    """
    later: dict[Term, Term] = {}
    starts: dict[Term, Term] = {}
    sides = [side for side in claim.sides if isinstance(side, Term)]
    for sequence in {part for side in sides for part in _sequences(side) if part is not None}:
        if sequence.count == counter and depends_on(sequence.step, counter) and len(sequence.initials) == 1:
            following = _at_next(sequence, counter)
            later[following] = without_first_steps(following, counter, 1)
            starts[sequence.initials[0]] = following.following(_ZERO, following.initials)
    if not starts or any(isinstance(part, _BINDING) for part in subterms(claim.terms)) or not all(_is_any(start, claim) for start in starts):
        return None
    left, right = (transform(substitute(side, {counter: counter + 1}), later.get) for side in sides)
    known = [substitute(side, starts) for side in sides]
    return Claim(left, "=", right, (*claim.given, Relation(known[0], "=", known[1])))


def _is_any(start: Term, claim: Claim) -> bool:
    """Whether a claim says the same of every value of a name: neither an assumption nor its domain speaks of it."""
    conditions = (tm.parts_in((condition.requirement, condition.guards)) for condition in conditions_of(claim))
    told = (*claim.terms[2:], *(term for terms in conditions for term in terms))
    return isinstance(start, Symbol) and not any(depends_on(term, start) for term in told)


def _at_next(sequence: Iterate, counter: Dimension) -> Iterate:
    """The sequence that depends on k, for k + 1."""
    following = substitute(sequence, {counter: counter + 1})
    assert isinstance(following, Iterate)
    return following


def along_directions(claim: Claim) -> Iterator[Claim]:
    """Of a Jacobian of what has sequences in it, that it is G: for every direction V, the derivative in that direction is G V."""
    for side, other in (claim.sides, claim.sides[::-1]):
        if isinstance(side, Jacobian) and isinstance(other, Term) and isinstance(side.variable, Symbol) and _has_sequence(side.function):
            direction = direction_for(side.variable, side.function)
            slope = directional(side.function, side.variable, direction)
            if isinstance(direction, Symbol) and direction not in symbols(claim.terms) and slope is not None:
                yield Claim(slope, "=", other @ direction, claim.given)


def _alone(side: Term, form: Term) -> tuple[Term, Term]:
    """The equation side = form, with what is done to a sequence undone on both sides: a sum, a sign, a transpose, a factor that is a number."""
    while not isinstance(side, Iterate):
        match side:
            case Named(_, _, body) if _has_sequence(body):
                side = body
            case tm.Negate(inner):
                side, form = inner, -form
            case tm.Transpose(inner):
                side, form = inner, form.T
            case tm.Multiply(Number(factor), inner) | tm.Multiply(inner, Number(factor)) if factor:
                side, form = inner, (1 / factor) * form
            case tm.Subtract(left, right) if _has_sequence(left):
                side, form = left, form + right
            case tm.Add(left, right) if _has_sequence(left) and not _has_sequence(right):
                side, form = left, form - right
            case tm.Add(left, right) if _has_sequence(right):
                side, form = right, form - left
            case _:
                break
    return side, form


def _has_sequence(term: Term) -> bool:
    return any(isinstance(part, Iterate) for part in subterms(term))


def _fits(sequence: Iterate, form: Term) -> bool:
    return _is_autonomous(sequence) and not _has_sequence(form)


def _is_autonomous(sequence: Iterate) -> bool:
    """Whether it stands at a counter, on which its first terms and its step do not depend."""
    counter = sequence.count
    return isinstance(counter, Dimension) and not any(depends_on(part, counter) for part in (*sequence.initials, sequence.step))


def _obligations(claim: Claim, sequence: Iterate, form: Term) -> Iterator[Claim]:
    """The bases and the step, for every value of the counter: what is assumed of it need not hold for the ones before."""
    claim = replace(claim, given=_lasting(claim, sequence.count))
    order = len(sequence.initials)
    for number, initial in enumerate(sequence.initials):
        yield replace(claim, left=initial, right=_at(sequence, form, Number(Fraction(number))))
    earlier: list[Term] = [form, *(_at(sequence, form, sequence.count + number) for number in range(1, order))]
    following = sequence.following(sequence.count, earlier)
    yield replace(claim, left=following, right=_at(sequence, form, sequence.count + order))


def _lasting(claim: Claim, counter: Term) -> tuple[Assumption, ...]:
    """The assumptions that do not depend on a counter."""
    return tuple(given for given in claim.given if not any(depends_on(term, counter) for term in assumption_terms(given)))


def _at(sequence: Iterate, form: Term, count: Term) -> Term:
    return substitute(form, {sequence.count: count})
