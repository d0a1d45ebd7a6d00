"""What random names are at an instance: polynomials in independent random numbers, whose moments are known one by one.

A law that says less than a distribution (a mean and a variance, say) holds for many. The instance's `chance` chooses one of them: mostly of
two or three values, not the same for all entries, and skew where that is allowed. So a claim that needs a moment that is not given fails.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from itertools import product
from math import prod
from operator import add, mul
from random import Random
from typing import Any

from derivations.evaluation.arrays import Array, ArrayInterpreter, table, times
from derivations.evaluation.instances import family_positions
from derivations.evaluation.interpreter import OutsideDomain
from derivations.evaluation.polynomials import Generator, Polynomial, generator, replaced
from derivations.language.laws import Law, RandomName
from derivations.language.terms import Family

__all__ = ["Draw", "RandomNumber", "admits", "chosen", "power"]


@dataclass(frozen=True, slots=True)
class RandomNumber:
    """A random number.

    Attributes:
        moment: E xᵏ for k ≥ 1.
        outcomes: its values with their probabilities, if they are finitely many.
    """

    moment: Callable[[int], Any]
    outcomes: tuple[tuple[Any, Any], ...] = ()


def _discrete(*outcomes: tuple[Any, Any]) -> RandomNumber:
    """The number that takes each value with its probability."""
    return RandomNumber(lambda k: reduce(add, (weight * power(value, k) for value, weight in outcomes)), outcomes)


def power(value: Any, exponent: int) -> Any:
    """The product of so many equal factors, at least one."""
    return prod((value for _ in range(exponent - 1)), start=value)


@dataclass
class Draw:
    """What some names are at an instance.

    Attributes:
        numbers: the random numbers behind them.
        bindings: the names, or members of families, as arrays of polynomials in these.
    """

    run: ArrayInterpreter
    numbers: dict[Generator, RandomNumber] = field(default_factory=dict)
    bindings: dict[object, Array] = field(default_factory=dict)

    def take(self, laws: Sequence[Law]) -> None:
        """Draw a name by its law, or several of which nothing is known, so that they may depend on each other."""
        if laws[0].kind == "random_variable":
            _of_any_law(self, [law.name for law in laws])
        else:
            arrays = _Shape.of(self.run, laws[0].name)
            self.bindings.update(zip(arrays.keys, _LAWS[laws[0].kind](self, laws[0], arrays), strict=True))

    def fresh(self, owner: str, number: RandomNumber) -> Any:
        """A further random number, as a polynomial."""
        place = (owner, self._count(owner))
        self.numbers[place] = number
        return generator(place, self.run.field.number(1))

    def scale(self, owner: str) -> Any:
        """A positive number, for the next random one of an owner: what its law leaves open. It is the same in every expectation."""
        start = Random(f"{self.run.instance.chance} {owner}").randrange(len(_SCALES)) if self.run.instance.chance else 0
        return self.run.field.number(_SCALES[(start + self._count(owner)) % len(_SCALES)])

    def scale_of_square(self, owner: str, least: Any) -> Any:
        """A scale whose square is at least a number."""
        size = self.scale(owner)
        while self.run.field.sign(size * size - least) < 0:
            size = 2 * size
        return size

    def _count(self, owner: str) -> int:
        return sum(name == owner for name, _ in self.numbers)


_SCALES = tuple(map(Fraction, ("1", "2", "1/3", "3", "5/2")))


@dataclass(frozen=True, slots=True)
class _Shape:
    """The arrays that a name stands for: one, or one for each member of a family."""

    keys: tuple[object, ...]
    rows: int
    columns: int

    @classmethod
    def of(cls, run: ArrayInterpreter, name: RandomName) -> _Shape:
        keys = tuple((name, position) for position in family_positions(name, run.instance.sizes)) if isinstance(name, Family) else (name,)
        return cls(keys, *run.matrix_size(name.size))

    def filled(self, entry: Callable[[int, int], Any]) -> list[Array]:
        """An array for each key, of entry(row, column)."""
        return [table(self.rows, self.columns, entry) for _ in self.keys]


# ------------------------------------------------------------------------------------------------------- laws of one name


def _not_negative(draw: Draw, law: Law, value: Any, role: str) -> Any:
    if draw.run.field.sign(value) < 0:
        raise OutsideDomain(f"the {role} of {law} is negative")
    return value


def _around_mean(number: Callable[[Draw, str, Any], RandomNumber]) -> Callable[[Draw, Law, _Shape], list[Array]]:
    """Entries around their means: independent ones of a variance; or, for a covariance L D Lᵀ, L times independent ones of the variances D."""

    def entries(draw: Draw, law: Law, arrays: _Shape) -> list[Array]:
        mean, spread = (draw.run.value(law.parameter(role)) for role in ("mean", "variance"))
        if law.is_joint:
            lower, diagonal = _factored(draw, law, spread)
            found = []
            for _ in arrays.keys:
                parts = tuple(draw.fresh(law.name.name, number(draw, law.name.name, variance)) for variance in diagonal)
                found.append(times(lower, Array(arrays.rows, 1, parts)).zip(mean, add))
            return found
        variance = _not_negative(draw, law, spread.scalar, "variance")
        return arrays.filled(lambda row, column: mean.at(row, column) + draw.fresh(law.name.name, number(draw, law.name.name, variance)))

    return entries


def _factored(draw: Draw, law: Law, matrix: Array) -> tuple[Array, list[Any]]:
    """L with ones on the diagonal and D ≥ 0 with matrix = L D Lᵀ (Golub & Van Loan, Matrix Computations, section 4.1.2)."""
    field_, n = draw.run.field, matrix.rows
    lower = [[field_.number(int(i == j)) for j in range(n)] for i in range(n)]
    diagonal: list[Any] = []
    for j in range(n):
        rest = [reduce(lambda a, b: a - b, (lower[i][k] * lower[j][k] * diagonal[k] for k in range(j)), matrix.at(i, j)) for i in range(n)]
        diagonal.append(_not_negative(draw, law, rest[j], "covariance"))
        singular = field_.sign_or_complex(rest[j]) == 0
        for i in range(j + 1, n):
            if field_.sign_or_complex(matrix.at(i, j) - matrix.at(j, i)) != 0 or (singular and field_.sign_or_complex(rest[i]) != 0):
                raise OutsideDomain(f"the covariance of {law} is not positive semidefinite")
            lower[i][j] = field_.number(0) if singular else field_.divide(rest[i], rest[j])
    return table(n, n, lambda i, j: lower[i][j]), diagonal


def _normal(draw: Draw, owner: str, variance: Any) -> RandomNumber:
    """E xᵏ = 1·3·…·(k − 1) vᵏᐟ² for even k, 0 for odd k."""
    zero = draw.run.field.number(0)
    return RandomNumber(lambda k: zero if k % 2 else prod(range(1, k, 2)) * power(variance, k // 2))


def _two_values(draw: Draw, owner: str, variance: Any) -> RandomNumber:
    """−s and v/s, with the probabilities that make the mean 0; then the variance is v. Skew, unless s² = v."""
    low = draw.scale(owner)
    high = variance / low
    return _discrete((-low, high / (low + high)), (high, low / (low + high)))


def _three_values(draw: Draw, law: Law, arrays: _Shape) -> list[Array]:
    """±a with the probability v/2a² each, else 0."""
    variance = _not_negative(draw, law, draw.run.value(law.parameter("variance")).scalar, "variance")

    def number() -> RandomNumber:
        size = draw.scale_of_square(law.name.name, variance)
        half = variance / (2 * size * size)
        rest = 1 - 2 * half
        sides_ = ((size, half), (-size, half))
        return _discrete(*sides_) if draw.run.field.sign(rest) == 0 else _discrete(*sides_, (size - size, rest))

    return arrays.filled(lambda row, column: draw.fresh(law.name.name, number()))


def _of_mean_square(draw: Draw, law: Law, arrays: _Shape) -> list[Array]:
    """0 or b with b² ≥ q, the latter with the probability q/b²: the same number for all entries, or another for each."""
    square = _not_negative(draw, law, draw.run.value(law.parameter("mean square")).scalar, "mean square")

    def number() -> Any:
        size = draw.scale_of_square(law.name.name, square)
        weight = square / (size * size)
        return draw.fresh(law.name.name, _discrete((size, weight), (size - size, 1 - weight)))

    if draw.run.instance.chance % 2:
        return arrays.filled(lambda row, column: number())
    shared = number()
    return arrays.filled(lambda row, column: shared)


def _uniform(draw: Draw, law: Law, arrays: _Shape) -> list[Array]:
    """E xᵏ = (bᵏ + a bᵏ⁻¹ + … + aᵏ)/(k + 1), the integral of xᵏ over the interval divided by its length."""
    low, high = (draw.run.value(law.parameter(role)).scalar for role in ("low", "high"))
    if draw.run.field.sign(high - low) < 0:
        raise OutsideDomain(f"the interval of {law} is empty")
    one = draw.run.field.number(1)

    def moment(k: int) -> Any:
        terms = (prod((high for _ in range(j)), start=one) * prod((low for _ in range(k - j)), start=one) for j in range(k + 1))
        return reduce(add, terms) / (k + 1)

    return arrays.filled(lambda row, column: draw.fresh(law.name.name, RandomNumber(moment)))


def _bernoulli(draw: Draw, law: Law, arrays: _Shape) -> list[Array]:
    chance, one = draw.run.value(law.parameter("probability")).scalar, draw.run.field.number(1)
    rest = _not_negative(draw, law, 1 - chance, "probability of the opposite")
    number = _discrete((one, _not_negative(draw, law, chance, "probability")), (one - one, rest))
    return arrays.filled(lambda row, column: draw.fresh(law.name.name, number))


def _of_any_law(draw: Draw, names: list[RandomName]) -> None:
    """Entries a + bu + cu² of one random number u with three values: so any functions of three outcomes, the same outcomes for all names."""
    chance, number = draw.run.instance.chance, draw.run.field.number
    outcomes = zip(map(number, (-1, 0, 1)), map(number, _CHANCES[chance % len(_CHANCES)]), strict=True)
    shared = draw.fresh(" ".join(name.name for name in names), _discrete(*outcomes))
    for name in names:
        random = Random(f"{chance} {name.name}")  # so that the name has one law, alone and beside others

        def entry(row: int, column: int, random: Random = random) -> Any:
            a, b, c = (number(random.choice(_COEFFICIENTS)) for _ in range(3))
            return a + shared * b + shared * shared * c

        arrays = _Shape.of(draw.run, name)
        draw.bindings.update(zip(arrays.keys, arrays.filled(entry), strict=True))


_CHANCES = tuple(tuple(map(Fraction, chances)) for chances in (("1/2", "1/4", "1/4"), ("1/3", "1/3", "1/3"), ("1/6", "1/3", "1/2")))
_COEFFICIENTS = tuple(map(Fraction, ("0", "1", "-1", "2", "1/2", "3")))

_LAWS: dict[str, Callable[[Draw, Law, _Shape], list[Array]]] = {
    "gaussian": _around_mean(_normal),
    "moments": _around_mean(_two_values),
    "mean_square": _of_mean_square,
    "symmetric_law": _three_values,
    "uniform": _uniform,
    "bernoulli": _bernoulli,
}


# ------------------------------------------------------------------------------------------------------------ law as given


def admits(run: ArrayInterpreter, law: Law) -> bool:
    """Whether a law has a meaning at the instance; and, where its name has a value there, whether that is one that the law allows.

    Raises:
        OutsideDomain: it has none: a negative variance, say.
    """
    if law.kind == "random_variable":
        return True
    draw = Draw(run)
    draw.take([law])
    values = run.instance.values
    return all(
        _is_possible(draw, law, entry, run.field.number(value))
        for key, array in draw.bindings.items()
        if key in values
        for entry, value in zip(array.entries, (value for row in values[key] for value in row), strict=True)  # type: ignore[index]
    )


def chosen(run: ArrayInterpreter, law: Law) -> list[list[list[str]]]:
    """The law that was chosen where several are possible, for each member of a family, or the one name: of every entry its values with their
    probabilities, "-1 (2/3) or 2 (1/3)"; nothing where the law is given. Entries that depend on each other have their values in one order.
    """
    draw = Draw(run)
    if law.kind in ("moments", "mean_square", "symmetric_law", "random_variable"):
        draw.take([law])
    return [[[_told(draw, array.at(i, j)) for j in range(array.columns)] for i in range(array.rows)] for array in draw.bindings.values()]


def _told(draw: Draw, entry: Any) -> str:
    places = sorted(entry.generators) if isinstance(entry, Polynomial) else []
    told = []
    for outcome in product(*(draw.numbers[place].outcomes for place in places)):
        values = dict(zip(places, (value for value, _ in outcome), strict=True))
        chance = reduce(mul, (chance for _, chance in outcome), draw.run.field.number(1))
        value = replaced(entry, lambda place, k: power(values[place], k))  # noqa: B023 (asked at once)
        told += [f"{value} ({chance})"] if places and chance != 0 else [str(value)] if not places else []
    return " or ".join(told)


def _is_possible(draw: Draw, law: Law, entry: Any, value: Any) -> bool:
    """Whether an entry may have a value: any where it varies and its law does not bound it, else its mean alone."""
    sign = draw.run.field.sign
    if law.kind == "bernoulli":
        return sign(value) == 0 or sign(value - 1) == 0
    if law.kind == "uniform":
        low, high = (draw.run.value(law.parameter(role)).scalar for role in ("low", "high"))
        return sign(value - low) >= 0 and sign(high - value) >= 0
    mean, square = (replaced(power, lambda place, k: draw.numbers[place].moment(k)) for power in (entry, entry * entry))
    return sign(square - mean * mean) > 0 or sign(value - mean) == 0
