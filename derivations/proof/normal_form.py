"""From terms to normal form: equal normal forms mean equal values, for every shape.

A gradient is read off its defining property: for every direction V, D f[V] = ⟨∇f, V⟩; the normal form of D f[V] is linear in V,
so deleting V from each monomial leaves ∇f.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import Any

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.errors import UnsupportedError
from derivations.language.implicit import Rank
from derivations.language.laws import Expectation
from derivations.language.operators import squared_norm, variable_base
from derivations.language.shapes import Dim, Shape, sides
from derivations.language.terms import Dimension, Family, Index, Number, Position, Relation, Symbol, Term
from derivations.language.traversal import depends_on
from derivations.proof.algebra import Algebra, Monomial
from derivations.proof.coefficients import Coefficient
from derivations.proof.completion import complete
from derivations.proof.determinants import determinant
from derivations.proof.differentiation import direction_for, directional, slope_body
from derivations.proof.expectations import expected
from derivations.proof.networks import Factor, Slots, degrees, merged, shifted
from derivations.proof.powers import counted, diagonal_matrix, geometric_sum, is_diagonal, let_commute, power, similar, times
from derivations.proof.pseudo_inverses import pseudo_inverse
from derivations.proof.ranks import has_independent_columns, rank
from derivations.proof.recurrences import iterated, member_atom
from derivations.proof.symmetry import factors as factors_of
from derivations.proof.symmetry import transposed
from derivations.proof.tensors import COLUMN, INNER, ROW, Atom, Axes, Label, Tensor, sorted_axes

__all__ = ["RULES", "Normalizer"]

_LARGEST_MATRIX_POWER = 64


class Normalizer:
    """Normal forms of the terms of one claim, within one algebra.

    Attributes:
        symmetric: the symbols that are assumed symmetric.
        definitions: symbols that are given a value, which stands for them everywhere, each with where it comes from.
        unfolded: of these, the ones that occurred.
        depth: in how many sequences' steps it stands.
    """

    def __init__(self, algebra: Algebra, symmetric: frozenset[Term] = frozenset()) -> None:
        self.algebra = algebra
        self.symmetric = symmetric
        self.definitions: dict[Symbol, tuple[Term, str]] = {}
        self.unfolded: dict[Symbol, None] = {}
        self._memo: dict[Term, Tensor] = {}
        self._bound: dict[Term, Tensor] = {}
        self.depth = 0

    def tensor(self, term: Term) -> Tensor:
        """The normal form of a term.

        Raises:
            UnsupportedError: a node that the normal form does not know, or too large a result.
        """
        found = self._memo.get(term)
        if found is None:
            rule = RULES.get(type(term))
            if rule is None:
                raise UnsupportedError(f"the normal form has no rule for {type(term).__name__} in {term}")
            found = self._memo[term] = rule(self, term)
        return found

    def difference(self, left: Term, right: Term, completed: bool = True) -> Tensor:
        """left − right, with sums of literal length written out if that is needed to see that it is zero. It is reduced by the equations
        that are known; if it is to be completed, by their consequences too.
        """
        difference = self.algebra.subtract(self.tensor(left), self.tensor(right))
        if difference and self.algebra.rules:
            difference = complete(self.algebra, difference) if completed else complete(self.algebra, difference, rounds=0)
        return self.algebra.expanded(difference) if difference else difference

    def assume_equal(self, left: Term, right: Term, origin: str) -> None:
        """From now on left = right is a rule: of networks, or (between scalars) for a generator that occurs linearly."""
        with self.algebra.rules.apart() as fired:
            equation = self.algebra.subtract(self.tensor(left), self.tensor(right))
        if equation.axes:
            self.algebra.rules.add(self.algebra, equation, origin, fired)
        else:
            self.algebra.ring.assume_zero(self.algebra.as_scalar(equation), origin)
        self._memo.clear()

    def forget(self) -> None:
        """Make the normal forms of terms anew from now on: more is known than when they were made."""
        self._memo.clear()

    def within(self, bindings: dict[Term, Tensor]) -> Normalizer:
        """A normalizer for the body of a function, its parameter bound."""
        inner = Normalizer(self.algebra, self.symmetric)
        inner.definitions, inner.unfolded = self.definitions, self.unfolded
        inner._bound, inner.depth = self._bound | bindings, self.depth
        inner._memo.update(inner._bound)
        return inner

    def binds_any_of(self, term: Term) -> bool:
        """Whether a term depends on a name that stands for something else here."""
        return any(depends_on(term, name) for name in self._bound)

    # ---------------------------------------------------------------------------------------------------- derivatives

    def derivative(self, function: Term, variable: Term, labels: tuple[Label, Label]) -> Tensor:
        """The tensor of partial derivatives, on the function's axes and the variable's rows and columns under these labels."""
        base = variable_base(variable)
        direction = direction_for(base, function)
        slope = directional(function, base, direction)
        tensor = self.algebra.subtract(t := self.tensor(function), t) if slope is None else self.tensor(slope)
        gradient = self.without(tensor, self.symbol_atom(direction), base, labels)
        return self._at_entry(gradient, variable, labels)

    def _at_entry(self, gradient: Tensor, variable: Term, labels: tuple[Label, Label]) -> Tensor:
        if not isinstance(variable, tm.Entry):
            return gradient
        for label, position in zip(labels, (variable.row, variable.column), strict=True):
            gradient = self.stand(gradient, label, position)
        return gradient

    def without(self, tensor: Tensor, atom: int, base: Term, labels: tuple[Label, Label]) -> Tensor:
        """The factor `atom` deleted from each monomial, each of which has it once; its slots become axes.

        Raises:
            UnsupportedError: a monomial is not linear in it.
        """
        positions: tuple[Position, ...] = getattr(base, "positions", ())
        named: list[Label | int] = [p if isinstance(p, Index) else -p for p in positions]
        named += [label for label, dim in zip(labels, sides(base.shape), strict=True) if dim != 1]
        dims = self.algebra.atoms[atom].dims
        axes = sorted_axes({**dict(tensor.axes), **{label: dim for label, dim in zip(named, dims, strict=True) if not isinstance(label, int)}})
        raw: list[Monomial] = []
        for coefficient, factors, free in _exposed(self.algebra, tensor, atom):
            places = [k for k, (number, _) in enumerate(factors) if number == atom]
            if len(places) != 1:
                raise UnsupportedError("a derivative that is not linear in its direction")
            slots = factors.pop(places[0])[1]
            ends: dict[Label, int] = dict(zip(tensor.labels, free, strict=True))
            pairs = []
            for label, slot in zip(named, slots, strict=True):
                pairs.append((slot, label if isinstance(label, int) else ends.setdefault(label, slot)))
            joined = merged(factors, tuple(ends[label] for label, _ in axes), pairs)
            if joined is not None:
                raw.append((coefficient, list(joined[0]), joined[1], {}))
        return self.algebra.normal(axes, raw)

    # ----------------------------------------------------------------------------------------------------------- leaves

    def symbol_atom(self, symbol: Symbol | Family) -> int:
        """The atom of a symbol or a family: sample axes, then rows and columns of length ≠ 1."""
        axes = symbol.axes if isinstance(symbol, Family) else ()
        dims = (*axes, *(dim for dim in sides(symbol.size) if dim != 1))
        return self.algebra.atom(Atom("symbol", dims, symbol, symmetric=symbol in self.symmetric))

    def stand(self, tensor: Tensor, label: Label, position: Position) -> Tensor:
        """One axis at a position: renamed to an index, or fixed."""
        return self.algebra.relabel(tensor, {label: position}) if isinstance(position, Index) else self.algebra.fix(tensor, label, position)


def _exposed(algebra: Algebra, tensor: Tensor, atom: int) -> list[tuple[Coefficient, list[Factor], Slots]]:
    """The monomials with the factor `atom` in sight: a generator that contains it is multiplied out into the network."""
    exposed = []
    for (factors, free), coefficient in tensor:
        inside = [number for number in coefficient.generators() if any(a == atom for a, _ in algebra.ring.owners[number][0])]
        if any(number == atom for number, _ in factors):
            if inside:
                raise UnsupportedError("a derivative that is not linear in its direction")
            exposed.append((coefficient, list(factors), free))
        for number in inside:
            slope = coefficient.slope(number)
            if any(other in inside for other in slope.generators()):
                raise UnsupportedError("a derivative that is not linear in its direction")
            moved, _ = shifted(algebra.ring.owners[number], 1 + max(degrees(factors, free), default=0))
            exposed.append((slope, [*factors, *moved], free))
        if not inside and not any(number == atom for number, _ in factors):
            raise UnsupportedError("a derivative with a term that lacks its direction")
    return exposed


def _axes(shape: Shape) -> Axes:
    return tuple((label, dim) for label, dim in zip((ROW, COLUMN), sides(shape), strict=True) if dim != 1)


# ------------------------------------------------------------------------------------------------------------------ rules


def _number(n: Normalizer, node: Number) -> Tensor:
    return n.algebra.constant(node.value)


def _member(n: Normalizer, node: tm.Member) -> Tensor:
    if node.family.is_numbered:
        return n.algebra.factor(n.algebra.atom(member_atom(node)), [label for label, _ in _axes(node.shape)])
    labels: list[Label | int] = [p if isinstance(p, Index) else -p for p in node.places]
    return n.algebra.factor(n.symbol_atom(node.family), [*labels, *(label for label, _ in _axes(node.shape))])


def _symbol(n: Normalizer, node: Symbol) -> Tensor:
    if node in n.definitions:
        n.unfolded[node] = None
        return n.tensor(n.definitions[node][0])
    return n.algebra.factor(n.symbol_atom(node), [label for label, _ in _axes(node.shape)])


def _identity(n: Normalizer, node: tm.Identity) -> Tensor:
    axes = _axes(node.shape)
    return n.algebra.wire(axes, (0,) * len(axes))


def _unit(n: Normalizer, node: tm.Unit) -> Tensor:
    axes = _axes(node.shape)
    if not axes:
        return n.algebra.constant(1)
    if isinstance(node.position, int):
        return n.algebra.wire(axes, (-node.position,))
    return n.algebra.wire(sorted_axes({node.position: node.dim, ROW: node.dim}), (0, 0))


def _delta(n: Normalizer, node: tm.Delta) -> Tensor:
    places = (node.left, node.right)
    if all(isinstance(place, int) for place in places) or node.left == node.right:
        return n.algebra.constant(int(node.left == node.right))
    axes: dict[Label, Dim] = {place: place.dim for place in places if isinstance(place, Index)}
    slot = next((-place for place in places if isinstance(place, int)), 0)
    return n.algebra.wire(sorted_axes(axes), (slot,) * len(axes))


def _literal(n: Normalizer, node: tm.Literal) -> Tensor:
    axes = _axes(node.shape)
    result = Tensor(axes, {})
    for i, row in enumerate(node.rows, 1):
        for j, entry in enumerate(row, 1):
            slots = tuple(-place for place, dim in zip((i, j), sides(node.shape), strict=True) if dim != 1)
            result = n.algebra.add(result, n.algebra.multiply(n.tensor(entry), n.algebra.wire(axes, slots)))
    return result


def _matmul(n: Normalizer, node: tm.MatMul) -> Tensor:
    left = n.algebra.relabel(n.tensor(node.left), {COLUMN: INNER})
    right = n.algebra.relabel(n.tensor(node.right), {ROW: INNER})
    return n.algebra.multiply(left, right, INNER if INNER in left.labels else None)


def _quotient(n: Normalizer, node: tm.Divide) -> Tensor:
    return n.algebra.multiply(n.tensor(node.left), n.algebra.apply("reciprocal", n.tensor(node.right)))


def _whole_power(n: Normalizer, base: Tensor, exponent: int) -> Tensor:
    power = n.algebra.power(base, abs(exponent))
    return power if exponent >= 0 else n.algebra.apply("reciprocal", power)


def _power(n: Normalizer, node: tm.Power) -> Tensor:
    if (squared := squared_norm(node)) is not None:
        return n.algebra.power(_square_sum(n, squared[0]), squared[1])
    if not isinstance(node.exponent, Number):
        return power(n.algebra, n.tensor(node.base), node.exponent)
    exponent = node.exponent.value
    if node.base.shape:
        return _matrix_power(n, node, exponent)
    if exponent.denominator == 1:
        return _whole_power(n, n.tensor(node.base), int(exponent))
    if exponent.denominator == 2:
        return _whole_power(n, n.algebra.apply("sqrt", n.tensor(node.base)), exponent.numerator)
    raise UnsupportedError(f"the power {node} with the fractional exponent {exponent}")


def _matrix_power(n: Normalizer, node: tm.Power, exponent: Fraction) -> Tensor:
    if exponent.denominator != 1 or abs(exponent) > _LARGEST_MATRIX_POWER:
        raise UnsupportedError(f"the matrix power {node}")
    base: Term = node.base if exponent >= 0 else tm.Inverse(node.base)
    power: Term = tm.Identity(sides(node.shape)[0])
    for _ in range(abs(int(exponent))):
        power = tm.MatMul(power, base)
    return n.tensor(power)


def _inverse(n: Normalizer, node: tm.Inverse) -> Tensor:
    operand = n.tensor(node.operand)
    if not node.shape:
        return n.algebra.apply("reciprocal", operand)
    if is_diagonal(operand):
        return diagonal_matrix(n.algebra, operand, n.algebra.apply("reciprocal", n.algebra.relabel(operand, {COLUMN: ROW})))
    scale = _content(operand)
    operand = n.algebra.scale(operand, scale)  # what is inverted in the text is invertible, so none of its factors is 0
    return n.algebra.scale(_inverse_atom(n, operand, f"definition of {node}"), scale)


def _content(operand: Tensor) -> Coefficient:
    """What makes the coefficients have no common factor, and the first one lead with 1."""
    numerators, denominators = ([getattr(coefficient, name) for coefficient in operand.terms.values()] for name in ("numerator", "denominator"))
    scale = Coefficient(reduce(lambda a, b: a.gcd(b), denominators), reduce(lambda a, b: a.gcd(b), numerators))
    return scale / Coefficient.number((operand.terms[min(operand.terms)] * scale).leading)


def _inverse_atom(n: Normalizer, operand: Tensor, origin: str) -> Tensor:
    flipped = n.algebra.relabel(operand, {ROW: COLUMN, COLUMN: ROW})
    atom = Atom("inverse", tuple(dim for _, dim in operand.axes), None, operand, symmetric=flipped.key == operand.key)
    other = Atom("inverse", atom.dims, None, flipped)
    if not atom.symmetric and n.algebra.known(other) and not n.algebra.known(atom):
        return n.algebra.factor(n.algebra.atom(other), [COLUMN, ROW])  # (Aᵀ)⁻¹ = (A⁻¹)ᵀ
    if any(isinstance(label, Index) for label in operand.labels):
        raise UnsupportedError("the inverse of a matrix that varies with an index")
    is_new = not n.algebra.known(atom)
    number = n.algebra.atom(atom)
    if is_new:
        _define_inverse(n, number, operand, origin)
    return n.algebra.factor(number, [ROW, COLUMN])


def _define_inverse(n: Normalizer, number: int, operand: Tensor, origin: str) -> None:
    """P⁻¹P = I and PP⁻¹ = I, as rules."""
    inverse, identity = n.algebra.factor(number, [ROW, COLUMN]), n.algebra.wire(operand.axes, (0, 0))
    for left, right in ((inverse, operand), (operand, inverse)):
        joined = n.algebra.relabel(left, {COLUMN: INNER}), n.algebra.relabel(right, {ROW: INNER})
        with n.algebra.rules.apart() as fired:
            equation = n.algebra.subtract(n.algebra.multiply(*joined, INNER), identity)
        n.algebra.rules.add(n.algebra, equation, origin, fired)
    let_commute(n.algebra, number, operand)
    for link in similar(n.algebra, operand):
        if is_diagonal(link.inner) and has_independent_columns(n.algebra, link.number, link.names.index(COLUMN)):  # then N is invertible as M is
            entries = n.algebra.apply("reciprocal", n.algebra.relabel(link.inner, {COLUMN: ROW}))
            link.carry(n.algebra, number, diagonal_matrix(n.algebra, link.inner, entries), "M F = F N, so F N**-1 = M**-1 F")


def _determinant(n: Normalizer, node: tm.Determinant) -> Tensor:
    if not node.operand.shape:
        return n.tensor(node.operand)
    if isinstance(node.operand, tm.Power) and not isinstance(node.operand.exponent, Number):
        return n.tensor(tm.Power(tm.Determinant(node.operand.base), node.operand.exponent))  # of a sum of powers no factors are seen
    return determinant(n.algebra, n.tensor(node.operand))


def _trace(n: Normalizer, node: tm.Trace) -> Tensor:
    return n.algebra.contract(n.algebra.relabel(n.tensor(node.operand), {COLUMN: ROW}), ROW)


def _rank(n: Normalizer, node: Rank) -> Tensor:
    """Of A Aᵀ that of A, before a sum A is multiplied out; the rest is seen in the normal form."""
    if isinstance(node.operand, tm.MatMul) and transposed(node.operand.left) == node.operand.right:
        return n.tensor(Rank(node.operand.left))
    scalars, matrices = factors_of(node.operand)
    half, odd = divmod(len(matrices), 2)
    if half and not odd and not scalars and all(transposed(matrices[-1 - k]) == matrices[k] for k in range(half)):
        return n.tensor(Rank(reduce(tm.MatMul, matrices[:half])))
    return n.algebra.constant(rank(n.algebra, n.tensor(node.operand)))


def _diag(n: Normalizer, node: tm.Diag) -> Tensor:
    axes = _axes(node.shape)
    return n.algebra.multiply(n.tensor(node.operand), n.algebra.wire(axes, (0,) * len(axes)))


def _square_sum(n: Normalizer, operand: Term) -> Tensor:
    total = n.algebra.power(n.tensor(operand), 2)
    for label in (ROW, COLUMN):
        total = n.algebra.contract(total, label)
    return total


def _norm(n: Normalizer, node: tm.Norm) -> Tensor:
    if node.kind in ("2", "F"):
        return n.algebra.apply("sqrt", _square_sum(n, node.operand))
    if node.kind == "1":
        total = n.algebra.apply("abs", n.tensor(node.operand))
        for label in (ROW, COLUMN):
            total = n.algebra.contract(total, label)
        return total
    raise UnsupportedError(f"the norm {node} in the normal form")


def _entry(n: Normalizer, node: tm.Entry) -> Tensor:
    return n.stand(n.stand(n.tensor(node.operand), ROW, node.row), COLUMN, node.column)


def _apply(n: Normalizer, node: op.Apply) -> Tensor:
    argument = n.tensor(node.argument)
    if node.function.body is None and node.order == 0:
        return n.algebra.apply(node.function.name, argument)
    parameter, body = slope_body(node.function, node.order)
    value = n.within({parameter: argument}).tensor(body)
    return n.algebra.broadcast(value, argument.axes) if set(value.labels) < set(argument.labels) else value


def _extreme(sign: int) -> Callable[[Normalizer, Any], Tensor]:
    """max and min: (a + b ± |a − b|)/2."""

    def rule(n: Normalizer, node: op.Maximum | op.Minimum) -> Tensor:
        left, right = n.tensor(node.left), n.tensor(node.right)
        size = n.algebra.apply("abs", n.algebra.subtract(left, right))
        return n.algebra.scale(n.algebra.add(n.algebra.add(left, right), n.algebra.scale(size, sign)), Fraction(1, 2))

    return rule


def _softmax(n: Normalizer, node: op.Softmax) -> Tensor:
    powers = n.algebra.apply("exp", n.tensor(node.argument))
    label = ROW if node.axis == 0 else COLUMN
    return n.algebra.multiply(powers, n.algebra.apply("reciprocal", n.algebra.contract(powers, label)))


def _sum(n: Normalizer, node: op.Sum) -> Tensor:
    body = n.tensor(node.body)
    if node.index in body.labels:
        return n.algebra.contract(body, node.index)
    return n.algebra.scale(body, n.algebra.dimension(node.index.dim))


def _series(n: Normalizer, node: op.Series) -> Tensor:
    return _summed(n, node.body, node.counter, node.length)


def _summed(n: Normalizer, body: Term, counter: Dimension, length: Term) -> Tensor:
    """Σ of the body over the counter, by linearity down to a power of the counter."""
    if not depends_on(body, counter):
        return n.algebra.multiply(n.tensor(length), n.tensor(body))
    match body:
        case tm.Add(left, right):
            return n.algebra.add(_summed(n, left, counter, length), _summed(n, right, counter, length))
        case tm.Subtract(left, right):
            return n.algebra.subtract(_summed(n, left, counter, length), _summed(n, right, counter, length))
        case tm.Negate(operand):
            return n.algebra.negate(_summed(n, operand, counter, length))
        case tm.Transpose(operand):
            return n.algebra.relabel(_summed(n, operand, counter, length), {ROW: COLUMN, COLUMN: ROW})
        case tm.Multiply(left, right) | tm.MatMul(left, right) if depends_on(left, counter) != depends_on(right, counter):
            first, second = (_summed(n, part, counter, length) if depends_on(part, counter) else n.tensor(part) for part in (left, right))
            return times(n.algebra, first, second) if isinstance(body, tm.MatMul) else n.algebra.multiply(first, second)
        case tm.Divide(left, right) if not depends_on(right, counter):
            return n.algebra.multiply(_summed(n, left, counter, length), n.algebra.apply("reciprocal", n.tensor(right)))
        case tm.Power(base, exponent) if not depends_on(base, counter):
            found, steps = counted(exponent)
            if found == counter:
                matrix = n.tensor(base)
                return times(n.algebra, power(n.algebra, matrix, Number(Fraction(steps))), geometric_sum(n.algebra, matrix, length))
        case op.Named(_, _, inner):
            return _summed(n, inner, counter, length)
    raise UnsupportedError(f"the sum over {counter} of {body}; known are linear combinations of powers")


_SIGN_POLYNOMIALS: dict[str, tuple[Fraction, Fraction, Fraction]] = {
    "=": (Fraction(1), Fraction(0), Fraction(-1)),
    "!=": (Fraction(0), Fraction(0), Fraction(1)),
    ">": (Fraction(0), Fraction(1, 2), Fraction(1, 2)),
    "<": (Fraction(0), Fraction(-1, 2), Fraction(1, 2)),
    ">=": (Fraction(1), Fraction(1, 2), Fraction(-1, 2)),
    "<=": (Fraction(1), Fraction(-1, 2), Fraction(-1, 2)),
}
"""The indicator of each comparison as a + b·s + c·s², s the sign of left − right."""


def _holds(n: Normalizer, relation: Relation) -> Tensor:
    if relation.symbol not in _SIGN_POLYNOMIALS or not isinstance(relation.left, Term) or not isinstance(relation.right, Term):
        raise UnsupportedError(f"the indicator of {relation}")
    a, b, c = _SIGN_POLYNOMIALS[relation.symbol]
    sign = n.algebra.apply("sign", n.algebra.subtract(n.tensor(relation.left), n.tensor(relation.right)))
    polynomial = n.algebra.add(n.algebra.scale(sign, b), n.algebra.scale(n.algebra.power(sign, 2), c))
    return n.algebra.add(n.algebra.constant(a, sign.axes), polynomial)


def _cases(n: Normalizer, node: op.Cases) -> Tensor:
    """Σ (this condition holds)·(no earlier one does)·value."""
    total, left_over = Tensor(_axes(node.shape), {}), n.algebra.constant(1)
    for condition, value in node.branches:
        holds = _holds(n, condition)
        total = n.algebra.add(total, n.algebra.multiply(n.algebra.multiply(left_over, holds), n.tensor(value)))
        left_over = n.algebra.multiply(left_over, n.algebra.subtract(n.algebra.constant(1), holds))
    return n.algebra.add(total, n.algebra.multiply(left_over, n.tensor(node.otherwise)))


def _jacobian(n: Normalizer, node: op.Jacobian) -> Tensor:
    return n.derivative(node.function, node.variable, (COLUMN, INNER))


def _hessian(n: Normalizer, node: op.Hessian) -> Tensor:
    base = variable_base(node.variable)
    first = direction_for(base, node.function)
    slope = directional(node.function, base, first)
    if slope is None:
        return Tensor(_axes(node.shape), {})
    second = direction_for(base, slope)
    curvature = directional(slope, base, second)
    if curvature is None:
        return Tensor(_axes(node.shape), {})
    by_columns = n.without(n.tensor(curvature), n.symbol_atom(second), base, (COLUMN, INNER))
    return n.without(by_columns, n.symbol_atom(first), base, (ROW, INNER))


RULES: dict[type[Term], Callable[[Normalizer, Any], Tensor]] = {
    Number: _number,
    Dimension: lambda n, node: n.algebra.constant(n.algebra.dimension(node)),
    Symbol: _symbol,
    tm.Member: _member,
    tm.Identity: _identity,
    tm.Filled: lambda n, node: n.algebra.constant(node.entry, _axes(node.shape)),
    tm.Unit: _unit,
    tm.Delta: _delta,
    tm.Literal: _literal,
    tm.Add: lambda n, node: n.algebra.add(n.tensor(node.left), n.tensor(node.right)),
    tm.Subtract: lambda n, node: n.algebra.subtract(n.tensor(node.left), n.tensor(node.right)),
    tm.Negate: lambda n, node: n.algebra.negate(n.tensor(node.operand)),
    tm.Multiply: lambda n, node: n.algebra.multiply(n.tensor(node.left), n.tensor(node.right)),
    tm.Divide: _quotient,
    tm.MatMul: _matmul,
    tm.Power: _power,
    tm.Transpose: lambda n, node: n.algebra.relabel(n.tensor(node.operand), {ROW: COLUMN, COLUMN: ROW}),
    tm.Inverse: _inverse,
    tm.PseudoInverse: lambda n, node: pseudo_inverse(n.algebra, n.tensor(node.operand)),
    tm.Hadamard: lambda n, node: n.algebra.multiply(n.tensor(node.left), n.tensor(node.right)),
    tm.HadamardPower: lambda n, node: _whole_power(n, n.tensor(node.base), node.exponent),
    tm.Trace: _trace,
    Rank: _rank,
    tm.Determinant: _determinant,
    tm.Diag: _diag,
    tm.Diagonal: lambda n, node: n.algebra.relabel(n.tensor(node.operand), {COLUMN: ROW}),
    tm.Norm: _norm,
    tm.Entry: _entry,
    tm.Row: lambda n, node: n.stand(n.tensor(node.operand), ROW, node.row),
    tm.Column: lambda n, node: n.stand(n.tensor(node.operand), COLUMN, node.column),
    op.Apply: _apply,
    op.Maximum: _extreme(1),
    op.Minimum: _extreme(-1),
    op.Softmax: _softmax,
    op.Sum: _sum,
    op.Series: _series,
    op.Iterate: iterated,
    op.Indicator: lambda n, node: _holds(n, node.relation),
    op.Cases: _cases,
    op.Named: lambda n, node: n.tensor(node.body),
    op.Gradient: lambda n, node: n.derivative(node.function, node.variable, (ROW, COLUMN)),
    op.Jacobian: _jacobian,
    op.Hessian: _hessian,
    Expectation: expected,
}
"""How each node is brought to normal form; a node that is missing has no proof."""
