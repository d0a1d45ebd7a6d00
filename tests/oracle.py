"""Second opinions of another origin: terms evaluated with 100 digits and derivatives by difference quotients, and normal forms evaluated
by brute-force sums over their edges. Nothing here is shared with the engine but the data that it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from itertools import product
from typing import Any, TypeAlias

from mpmath import mp, mpf

from derivations.evaluation.instances import Entries, Instance, Quantity
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.implicit import ArgMin, Eigenvalues, ExtremeEigenvalue, Rank
from derivations.language.operators import variable_base
from derivations.language.shapes import sides
from derivations.language.terms import Dimension, Family, Index, Relation, Symbol, Term
from derivations.proof.algebra import Algebra
from derivations.proof.coefficients import Coefficient
from derivations.proof.powers import ENTRYWISE_SUM
from derivations.proof.recurrences import TermOfSequence
from derivations.proof.tensors import Label, Tensor

__all__ = ["NormalForms", "Oracle", "Undefined", "close"]

DIGITS = 100
STEP, EQUAL, KINK, TOLERANCE = mpf("1e-24"), mpf("1e-40"), mpf("1e-5"), mpf("1e-18")
"""A difference quotient errs by STEP² per order (of 100 digits, 24 are lost per order), a kink by about 1."""
JUMP, STEEP = mpf("1e-3"), mpf("1e-15")
"""In one step a function that jumps changes by about 1, a smooth one by STEP times its slope: beside its value, or else little."""

Matrix: TypeAlias = list[list[Any]]


class Undefined(Exception):
    """The term has no value at the instance."""


@contextmanager
def many_digits() -> Iterator[None]:
    """A hundred digits inside the block, whatever they are outside."""
    with mp.workdps(DIGITS):
        yield


def close(a: Any, b: Any, tolerance: Any = TOLERANCE) -> bool:
    """Whether two values agree to the digits that two difference quotients leave."""
    return bool(abs(a - b) <= tolerance * (1 + abs(a) + abs(b)))


def number(value: Fraction | int) -> Any:
    return mpf(value) if isinstance(value, int) else mpf(value.numerator) / value.denominator


def table(rows: int, columns: int, entry: Callable[[int, int], Any]) -> Matrix:
    return [[entry(r, c) for c in range(columns)] for r in range(rows)]


def entrywise(change: Callable[..., Any], *matrices: Matrix) -> Matrix:
    return [[change(*entries) for entries in zip(*rows, strict=True)] for rows in zip(*matrices, strict=True)]


class Oracle:
    """Values of terms at an instance.

    Attributes:
        shifts: what is added to quantities while a difference quotient is formed.
    """

    def __init__(self, instance: Instance, shifts: Mapping[object, Matrix] | None = None, positions: Mapping[Index, int] | None = None) -> None:
        self.instance = instance
        self.shifts = dict(shifts or {})
        self.positions = dict(instance.positions if positions is None else positions)

    def value(self, term: Term) -> Matrix:
        """The value; `Undefined` where there is none, or (of a minimiser) no rule."""
        if isinstance(term, ArgMin):
            raise Undefined("a minimiser")
        return RULES[type(term)](self, term)

    def scalar(self, term: Term) -> Any:
        ((value,),) = self.value(term)
        return value

    def at(self, positions: Mapping[Index, int]) -> Oracle:
        return Oracle(self.instance, self.shifts, {**self.positions, **positions})

    def position(self, position: tm.Position | Term) -> int:
        if isinstance(position, Term):
            return int(self.scalar(position))
        return self.positions[position] if isinstance(position, Index) else position

    def quantity(self, term: Any) -> object:
        if isinstance(term, Symbol):
            return term
        return (term.family if isinstance(term, tm.Member) else term.name), tuple(map(self.position, term.positions))

    def shifted(self, key: object, value: Matrix) -> Matrix:
        shift = self.shifts.get(key)
        return value if shift is None else entrywise(lambda a, b: a + b, value, shift)

    def given(self, term: Symbol | tm.Member) -> Matrix:
        key: Any = self.quantity(term)
        entries = self.instance.rational(self._repeated(*key) if isinstance(term, tm.Member) and term.family.is_numbered else key)
        return self.shifted(key, [[number(entry) for entry in row] for row in entries])

    def _repeated(self, family: Family, position: tuple[int]) -> Quantity:
        """A family with a member for every integer repeats those that an instance lists."""
        listed = sum(isinstance(key, tuple) and key[0] == family for key in self.instance.values)
        return family, (position[0] % listed,)

    def slopes(self, function: Term, variable: Term) -> Iterator[tuple[int, int, Matrix]]:
        """For each entry of the variable, the derivative of the function by it."""
        base = variable_base(variable)
        key = self.quantity(base)
        rows, columns = (self.instance.size(dim) for dim in sides(base.shape))
        here = self.value(function)
        for r, c in product(range(rows), range(columns)):
            if isinstance(variable, tm.Entry) and (r + 1, c + 1) != (self.position(variable.row), self.position(variable.column)):
                continue
            ahead, behind = (self._moved(key, rows, columns, r, c, step).value(function) for step in (STEP, -STEP))
            entrywise(require_smooth, ahead, here, behind)
            yield r, c, entrywise(lambda a, b: (a - b) / (2 * STEP), ahead, behind)

    def _moved(self, key: object, rows: int, columns: int, r: int, c: int, step: Any) -> Oracle:
        shift = table(rows, columns, lambda i, j: step if (i, j) == (r, c) else mpf(0))
        before = self.shifts.get(key)
        return Oracle(self.instance, {**self.shifts, key: shift if before is None else entrywise(lambda a, b: a + b, before, shift)}, self.positions)

    def size(self, shape: Any) -> tuple[int, int]:
        rows, columns = sides(shape)
        return self.instance.size(rows), self.instance.size(columns)

    def holds(self, relation: Relation) -> bool:
        """Whether a comparison holds in every entry."""
        left, right = self.value(relation.left), self.value(relation.right)  # type: ignore[arg-type]
        return all(compared(relation.symbol, a, b) for x, y in zip(left, right, strict=True) for a, b in zip(x, y, strict=True))


def require_smooth(ahead: Any, here: Any, behind: Any) -> None:
    """Of the values at three steps: both one-sided difference quotients agree, and are no jump divided by a step."""
    if not close((ahead - here) / STEP, (here - behind) / STEP, KINK) or abs(ahead - here) > JUMP + STEEP * abs(here):
        raise Undefined("a kink")


def compared(symbol: str, a: Any, b: Any) -> bool:
    difference = a - b
    sign = 0 if abs(difference) < EQUAL else (1 if difference > 0 else -1)
    return {"=": sign == 0, "!=": sign != 0, "<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[symbol]


def matmul(left: Matrix, right: Matrix) -> Matrix:
    return [[sum((a * b for a, b in zip(row, column, strict=True)), mpf(0)) for column in zip(*right, strict=True)] for row in left]


def inverted(matrix: Matrix) -> Matrix:
    """By cofactors."""
    size, total = len(matrix), determinant(matrix)
    if abs(total) < EQUAL:
        raise Undefined("a singular matrix")
    return table(size, size, lambda r, c: (-1) ** (r + c) * determinant(_minor(matrix, c, r)) / total)


def _minor(matrix: Matrix, row: int, column: int) -> Matrix:
    return [line[:column] + line[column + 1 :] for r, line in enumerate(matrix) if r != row]


def determinant(matrix: Matrix) -> Any:
    if not matrix:
        return mpf(1)
    return sum(((-1) ** c * matrix[0][c] * determinant(_minor(matrix, 0, c)) for c in range(len(matrix))), mpf(0))


def pseudo_inverted(matrix: Matrix) -> Matrix:
    """By the singular value decomposition, singular values that are 0 up to rounding left out."""
    if len(matrix) < len(matrix[0]):
        return [list(row) for row in zip(*pseudo_inverted([list(column) for column in zip(*matrix, strict=True)]), strict=True)]
    u, sizes, v = mp.svd_r(mp.matrix(matrix))
    kept = [k for k in range(len(sizes)) if sizes[k] > EQUAL]
    return table(len(matrix[0]), len(matrix), lambda r, c: sum((v[k, r] * u[c, k] / sizes[k] for k in kept), mpf(0)))


def spectrum(matrix: Matrix) -> list[Any]:
    """The eigenvalues of a symmetric matrix, in ascending order."""
    if any(abs(matrix[r][c] - matrix[c][r]) > EQUAL for r in range(len(matrix)) for c in range(r)):
        raise Undefined("eigenvalues of a matrix that is not symmetric")
    return sorted(mp.eigsy(mp.matrix(matrix), eigvals_only=True))


def rank(matrix: Matrix) -> int:
    """The singular values that are not 0 up to rounding."""
    wide = matrix if len(matrix) >= len(matrix[0]) else [list(column) for column in zip(*matrix, strict=True)]
    return sum(1 for size in mp.svd_r(mp.matrix(wide), compute_uv=False) if size > EQUAL)


def power(base: Any, exponent: Any) -> Any:
    if abs(exponent - round(exponent)) < EQUAL:
        whole = round(exponent)
        if whole < 0 and abs(base) < EQUAL:
            raise Undefined("0 to a negative power")
        return base**whole
    if abs(base) < EQUAL and exponent > 0:
        return mpf(0)
    if base < EQUAL:
        raise Undefined("a fractional power of a number that is not positive")
    return base**exponent


def quotient(a: Any, b: Any) -> Any:
    if abs(b) < EQUAL:
        raise Undefined("division by zero")
    return a / b


def logarithm(z: Any) -> Any:
    if z < EQUAL:
        raise Undefined("logarithm")
    return mp.log(z)


def square_root(z: Any) -> Any:
    if z < -EQUAL:
        raise Undefined("square root")
    return mp.sqrt(max(z, mpf(0)))


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "tanh": mp.tanh,
    "tanh slope": lambda z: 1 - mp.tanh(z) ** 2,
    "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
    "exp": mp.exp,
    "log": logarithm,
    "sqrt": square_root,
    "reciprocal": lambda z: quotient(mpf(1), z),
    "relu": lambda z: z if z > 0 else mpf(0),
    "abs": abs,
    "sign": lambda z: mpf(0) if abs(z) < EQUAL else mpf(1 if z > 0 else -1),
}


def applied(oracle: Oracle, function: op.Function, order: int, z: Any) -> Any:
    """A function or its derivative at a number."""
    if order:
        ahead, here, behind = (applied(oracle, function, order - 1, z + step) for step in (STEP, mpf(0), -STEP))
        require_smooth(ahead, here, behind)
        return (ahead - behind) / (2 * STEP)
    if function.body is None or function.parameter is None:
        return FUNCTIONS[function.name](z)
    values = {**oracle.instance.values, function.parameter: ((Fraction(0),),)}
    return Oracle(Instance(oracle.instance.sizes, values, {}), {function.parameter: [[z]]}).scalar(function.body)


def _power(o: Oracle, node: tm.Power) -> Matrix:
    base, exponent = o.value(node.base), o.scalar(node.exponent)
    if isinstance(node.base, tm.Norm) and node.base.kind in ("2", "F") and exponent > 0 and abs(exponent / 2 - round(exponent / 2)) < EQUAL:
        squares = sum((x * x for row in o.value(node.base.operand) for x in row), mpf(0))
        return [[squares ** round(exponent / 2)]]
    if not node.base.shape:
        return [[power(base[0][0], exponent)]]
    size = len(base)
    result = table(size, size, lambda r, c: mpf(int(r == c)))
    for _ in range(abs(round(exponent))):
        result = matmul(result, base if exponent > 0 else inverted(base))
    return result


def _norm(o: Oracle, node: tm.Norm) -> Matrix:
    entries = [abs(x) for row in o.value(node.operand) for x in row]
    if node.kind in ("2", "F"):
        return [[mp.sqrt(sum(x * x for x in entries))]]
    return [[sum(entries) if node.kind == "1" else max(entries)]]


def _softmax(o: Oracle, node: op.Softmax) -> Matrix:
    powers = entrywise(mp.exp, o.value(node.argument))
    if node.axis == 1:
        return [[x / sum(row) for x in row] for row in powers]
    sums = [sum(column) for column in zip(*powers, strict=True)]
    return [[x / total for x, total in zip(row, sums, strict=True)] for row in powers]


def _cases(o: Oracle, node: op.Cases) -> Matrix:
    return o.value(next((value for condition, value in node.branches if o.holds(condition)), node.otherwise))


def _sum(o: Oracle, node: op.Sum) -> Matrix:
    values = [o.at({node.index: k}).value(node.body) for k in range(1, o.instance.size(node.index.dim) + 1)]
    return entrywise(lambda *entries: sum(entries), *values)


def _count(o: Oracle, term: Term) -> int:
    return int(o.scalar(term))


def _series(o: Oracle, node: op.Series) -> Matrix:
    total = table(*o.size(node.shape), lambda r, c: mpf(0))
    for k in range(_count(o, node.length)):
        counted = Instance({**o.instance.sizes, node.counter: k}, o.instance.values, o.instance.positions)
        total = entrywise(lambda a, b: a + b, total, Oracle(counted, o.shifts, o.positions).value(node.body))
    return total


def _iterate(o: Oracle, node: op.Iterate) -> Matrix:
    terms = [o.value(initial) for initial in node.initials]
    rows, columns = o.size(node.shape)
    nothing: dict[Quantity, Entries] = {state: ((Fraction(0),) * columns,) * rows for state in node.states}
    for k in range(len(terms), _count(o, node.count) + 1):
        sizes = o.instance.sizes if node.counter is None else {**o.instance.sizes, node.counter: k - len(node.states)}
        instance = Instance(sizes, {**o.instance.values, **nothing}, o.instance.positions)
        latest: dict[object, Matrix] = dict(zip(node.states, terms[k - len(node.states) :], strict=True))
        terms.append(Oracle(instance, {**o.shifts, **latest}, o.positions).value(node.step))
    return terms[_count(o, node.count)]


def _gradient(o: Oracle, node: op.Gradient) -> Matrix:
    slopes = {(r, c): slope[0][0] for r, c, slope in o.slopes(node.function, node.variable)}
    rows, columns = o.size(node.shape)
    return [[next(iter(slopes.values()))]] if isinstance(node.variable, tm.Entry) else table(rows, columns, lambda r, c: slopes[r, c])


def _jacobian(o: Oracle, node: op.Jacobian) -> Matrix:
    columns = [[row[0] for row in slope] for _, _, slope in o.slopes(node.function, node.variable)]
    return [list(row) for row in zip(*columns, strict=True)]


def _hessian(o: Oracle, node: op.Hessian) -> Matrix:
    return _jacobian(o, op.Jacobian(op.Gradient(node.function, node.variable), node.variable))


def _at(o: Oracle, operand: Term, row: tm.Position | None, column: tm.Position | None) -> Matrix:
    value = o.value(operand)
    rows = value if row is None else [value[o.position(row) - 1]]
    return rows if column is None else [[line[o.position(column) - 1]] for line in rows]


RULES: dict[type[Term], Callable[[Oracle, Any], Matrix]] = {
    tm.Number: lambda o, node: [[number(node.value)]],
    Dimension: lambda o, node: [[mpf(o.instance.size(node))]],
    Symbol: lambda o, node: o.given(node),
    tm.Member: lambda o, node: o.given(node),
    tm.Identity: lambda o, node: table(o.instance.size(node.dim), o.instance.size(node.dim), lambda r, c: mpf(int(r == c))),
    tm.Filled: lambda o, node: table(*o.size((node.rows, node.columns)), lambda r, c: mpf(node.entry)),
    tm.Unit: lambda o, node: table(o.instance.size(node.dim), 1, lambda r, c: mpf(int(r + 1 == o.position(node.position)))),
    tm.Delta: lambda o, node: [[mpf(int(o.position(node.left) == o.position(node.right)))]],
    tm.Literal: lambda o, node: [[o.scalar(entry) for entry in row] for row in node.rows],
    tm.Add: lambda o, node: entrywise(lambda a, b: a + b, o.value(node.left), o.value(node.right)),
    tm.Subtract: lambda o, node: entrywise(lambda a, b: a - b, o.value(node.left), o.value(node.right)),
    tm.Negate: lambda o, node: entrywise(lambda a: -a, o.value(node.operand)),
    tm.Multiply: lambda o, node: (
        entrywise(lambda a: a * o.scalar(node.right), o.value(node.left))
        if node.left.shape
        else entrywise(lambda b: o.scalar(node.left) * b, o.value(node.right))
    ),
    tm.Divide: lambda o, node: entrywise(lambda a: quotient(a, o.scalar(node.right)), o.value(node.left)),
    tm.MatMul: lambda o, node: matmul(o.value(node.left), o.value(node.right)),
    tm.Power: _power,
    tm.Transpose: lambda o, node: [list(row) for row in zip(*o.value(node.operand), strict=True)],
    tm.Inverse: lambda o, node: inverted(o.value(node.operand)),
    tm.PseudoInverse: lambda o, node: pseudo_inverted(o.value(node.operand)),
    tm.Hadamard: lambda o, node: entrywise(lambda a, b: a * b, o.value(node.left), o.value(node.right)),
    tm.HadamardPower: lambda o, node: entrywise(lambda a: power(a, mpf(node.exponent)), o.value(node.base)),
    tm.Trace: lambda o, node: [[sum((row[k] for k, row in enumerate(o.value(node.operand))), mpf(0))]],
    tm.Determinant: lambda o, node: [[determinant(o.value(node.operand))]],
    tm.Diag: lambda o, node: (lambda v: table(len(v), len(v), lambda r, c: v[r][0] if r == c else mpf(0)))(o.value(node.operand)),
    tm.Diagonal: lambda o, node: [[row[k]] for k, row in enumerate(o.value(node.operand))],
    tm.Norm: _norm,
    Eigenvalues: lambda o, node: [[value] for value in spectrum(o.value(node.operand))],
    ExtremeEigenvalue: lambda o, node: [[spectrum(o.value(node.operand))[-1 if node.kind == "max" else 0]]],
    Rank: lambda o, node: [[mpf(rank(o.value(node.operand)))]],
    tm.Entry: lambda o, node: _at(o, node.operand, node.row, node.column),
    tm.Row: lambda o, node: _at(o, node.operand, node.row, None),
    tm.Column: lambda o, node: _at(o, node.operand, None, node.column),
    op.Apply: lambda o, node: entrywise(lambda z: applied(o, node.function, node.order, z), o.value(node.argument)),
    op.Maximum: lambda o, node: entrywise(max, o.value(node.left), o.value(node.right)),
    op.Minimum: lambda o, node: entrywise(min, o.value(node.left), o.value(node.right)),
    op.Softmax: _softmax,
    op.Sum: _sum,
    op.Series: _series,
    op.Iterate: _iterate,
    op.Indicator: lambda o, node: entrywise(
        lambda a, b: mpf(int(compared(node.relation.symbol, a, b))), o.value(node.relation.left), o.value(node.relation.right)
    ),
    op.Cases: _cases,
    op.Named: lambda o, node: o.shifted(o.quantity(node), o.value(node.body)),
    op.Gradient: _gradient,
    op.Jacobian: _jacobian,
    op.Hessian: _hessian,
}


def _geometric(matrix: Matrix, count: int) -> Matrix:
    """The sum of the powers of a matrix from 0 to count − 1."""
    eye = table(len(matrix), len(matrix), lambda r, c: mpf(int(r == c)))
    total = table(len(matrix), len(matrix), lambda r, c: mpf(0))
    for _ in range(count):
        total = entrywise(lambda a, b: a + b, eye, matmul(matrix, total))
    return total


MATRIX_FUNCTIONS: dict[str, Callable[[Matrix, int], Matrix]] = {
    "inverse": lambda matrix, count: inverted(matrix),
    "rank": lambda matrix, count: [[mpf(rank(matrix))]],
    "pseudo-inverse": lambda matrix, count: pseudo_inverted(matrix),
    "range": lambda matrix, count: matmul(matrix, pseudo_inverted(matrix)),
    "determinant": lambda matrix, count: [[determinant(matrix)]],
    "geometric sum": _geometric,
}


class NormalForms:
    """Values of normal forms at an instance: every edge runs over its positions, every atom is evaluated from its argument."""

    def __init__(self, algebra: Algebra, instance: Instance) -> None:
        self.algebra, self.instance = algebra, instance
        self._generators: dict[int, Any] = {}
        self._atoms: dict[tuple[int, tuple[int, ...]], Any] = {}

    def value(self, tensor: Tensor, at: Mapping[Label, int]) -> Any:
        """The entry of a tensor at positions of its axes, counted from 1."""
        places = [at[label] for label in tensor.labels]
        dims = [dim for _, dim in tensor.axes]
        return sum((self.coefficient(c) * self._network(factors, free, places, dims) for (factors, free), c in tensor), mpf(0))

    def coefficient(self, coefficient: Coefficient) -> Any:
        over, under = (self._polynomial(Coefficient(side)) for side in (coefficient.numerator, coefficient.denominator))
        return quotient(over, under)

    def _polynomial(self, polynomial: Coefficient) -> Any:
        products = (number(factor) * mp.fprod(self._generator(g) ** e for g, e in powers.items()) for factor, powers in polynomial.monomials())
        return sum(products, mpf(0))

    def _generator(self, generator: int) -> Any:
        if generator not in self._generators:
            factors, _ = self.algebra.ring.owners[generator]
            self._generators[generator] = self._network(factors, (), [], [])
        return self._generators[generator]

    def _network(self, factors: Any, free: tuple[int, ...], places: list[int], free_dims: list[Any]) -> Any:
        fixed: dict[int, int] = {}
        for slot, place in zip(free, places, strict=True):
            if (slot < 0 and -slot != place) or (slot >= 0 and fixed.setdefault(slot, place) != place):
                return mpf(0)
        dims: dict[int, Any] = {}
        for atom, slots in factors:
            dims |= {slot: dim for slot, dim in zip(slots, self.algebra.atoms[atom].dims, strict=True) if slot >= 0 and slot not in fixed}
        total = mpf(0)
        for positions in product(*(range(1, self.instance.size(dim) + 1) for dim in dims.values())):
            here = {**fixed, **dict(zip(dims, positions, strict=True))}
            total += mp.fprod(self._atom(atom, tuple(here[slot] if slot >= 0 else -slot for slot in slots)) for atom, slots in factors)
        return total

    def _atom(self, number_: int, at: tuple[int, ...]) -> Any:
        if (number_, at) not in self._atoms:
            self._atoms[number_, at] = self._evaluated(number_, at)
        return self._atoms[number_, at]

    def _evaluated(self, number_: int, at: tuple[int, ...]) -> Any:
        atom = self.algebra.atoms[number_]
        if atom.kind in MATRIX_FUNCTIONS and atom.argument is not None:
            count = self.instance.size(atom.name) if isinstance(atom.name, Dimension) else 0
            result = MATRIX_FUNCTIONS[atom.kind](self._matrix(atom.argument), count)
            return result[at[0] - 1][at[1] - 1] if at else result[0][0]
        if atom.kind == ENTRYWISE_SUM and atom.argument is not None and isinstance(atom.name, Dimension):
            base = self.value(atom.argument, dict(zip(atom.argument.labels, at, strict=True)))
            return _geometric([[base]], self.instance.size(atom.name))[0][0]
        if isinstance(atom.name, TermOfSequence | tm.Member):
            term = atom.name if isinstance(atom.name, tm.Member) else atom.name.spelled
            if term is None:
                raise Undefined("a sequence in a sequence's step")
            places = iter(at)
            row, column = (next(places) if dim != 1 else 1 for dim in sides(term.shape))
            return Oracle(self.instance).value(term)[row - 1][column - 1]
        if isinstance(atom.name, Dimension):
            return mpf(self.instance.size(atom.name))
        if isinstance(atom.name, Family):
            count = len(atom.name.axes)
            return self._entry(self.instance.values[atom.name, at[:count]], atom.name.size, at[count:])
        if isinstance(atom.name, Symbol):
            return self._entry(self.instance.values[atom.name], atom.name.size, at)
        assert atom.argument is not None
        return FUNCTIONS[atom.kind](self.value(atom.argument, dict(zip(atom.argument.labels, at, strict=True))))

    def _matrix(self, tensor: Tensor) -> Matrix:
        """A tensor on two axes, or on none, as a matrix."""
        rows, columns = [self.instance.size(dim) for _, dim in tensor.axes] or [1, 1]
        return table(rows, columns, lambda r, c: self.value(tensor, dict(zip(tensor.labels, (r + 1, c + 1), strict=False))))

    @staticmethod
    def _entry(entries: Any, shape: Any, at: tuple[int, ...]) -> Any:
        places = iter(at)
        row, column = (next(places) if dim != 1 else 1 for dim in sides(shape))
        return number(entries[row - 1][column - 1])
