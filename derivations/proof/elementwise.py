"""Elementwise functions in the normal form: each becomes an atom in the least form, or vanishes.

relu, |·|, max and min are written through sign; sigmoid through tanh. In the "exp" basis tanh and sigmoid are written through exp
and reciprocals instead, so that different spellings of one function meet. What holds only for positive arguments (log of a
product, √x² = x) is used only where positivity is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import permutations
from typing import Any

from flint import fmpz

from derivations.language.errors import UnsupportedError
from derivations.language.terms import Dimension
from derivations.proof.algebra import Algebra, Atom
from derivations.proof.coefficients import Coefficient
from derivations.proof.networks import Network, canonical, degrees, merged
from derivations.proof.tensors import Axes, Label, Tensor

__all__ = ["FinerExponents", "apply", "is_positive", "know_relation"]

_HALF = Fraction(1, 2)
_MOST_PERMUTED = 3


class FinerExponents(UnsupportedError):
    """The exponents of this claim need the given common denominator; start again with it."""

    def __init__(self, denominator: int) -> None:
        super().__init__(f"exponents with the common denominator {denominator}")
        self.denominator = denominator


def apply(algebra: Algebra, name: str, argument: Tensor) -> Tensor:
    """The function of every entry of the argument, in normal form, on the argument's axes."""
    if name not in _FUNCTIONS:
        raise UnsupportedError(f"the normal form does not know the function {name}")
    return _FUNCTIONS[name](algebra, argument)


# ------------------------------------------------------------------------------------------------------- through others


def _relu(algebra: Algebra, z: Tensor) -> Tensor:
    return algebra.scale(algebra.add(z, _abs(algebra, z)), _HALF)


def _abs(algebra: Algebra, z: Tensor) -> Tensor:
    """z·sign(z); where z ≥ 0 is known, z."""
    sign = apply(algebra, "sign", z)
    number = _atom_number(algebra, sign)
    if number in algebra.nonnegative:
        ((_, coefficient),) = sign
        return algebra.scale(z, algebra.nonnegative[number] * (1 if coefficient.leading > 0 else -1))
    return algebra.multiply(z, sign)


def _sigmoid(algebra: Algebra, z: Tensor) -> Tensor:
    one = algebra.constant(1, z.axes)
    if algebra.basis == "exp":
        return algebra.subtract(one, apply(algebra, "reciprocal", algebra.add(one, apply(algebra, "exp", z))))
    return algebra.scale(algebra.add(one, apply(algebra, "tanh", algebra.scale(z, _HALF))), _HALF)


def _tanh(algebra: Algebra, z: Tensor) -> Tensor:
    if algebra.basis == "exp":
        return algebra.subtract(algebra.scale(_sigmoid(algebra, algebra.scale(z, 2)), 2), algebra.constant(1, z.axes))
    if not z:
        return z
    return _odd(algebra, "tanh", z)


def _tanh_slope(algebra: Algebra, z: Tensor) -> Tensor:
    if algebra.basis == "exp" or not z:
        t = _tanh(algebra, z)
        return algebra.subtract(algebra.constant(1, z.axes), algebra.multiply(t, t))
    return _atom(algebra, "tanh slope", z if _lead(z) > 0 else algebra.negate(z))


# ----------------------------------------------------------------------------------------------------------------- sign


def _sign(algebra: Algebra, z: Tensor) -> Tensor:
    if not z:
        return z
    if is_positive(algebra, z):
        return algebra.constant(1, z.axes)
    if is_positive(algebra, algebra.negate(z)):
        return algebra.constant(-1, z.axes)
    sign = _odd(algebra, "sign", _without_positive_factor(algebra, z))
    number = _atom_number(algebra, sign)
    if number in algebra.known_signs:
        ((_, coefficient),) = sign
        direction = 1 if coefficient.leading > 0 else -1
        return algebra.constant(direction * algebra.known_signs[number], z.axes)
    return sign


def _without_positive_factor(algebra: Algebra, z: Tensor) -> Tensor:
    """The argument divided by a factor that is known to be positive: a number, or a positive coefficient of the lead."""
    lead = z.terms[min(z.terms)]
    if is_positive_coefficient(algebra, lead):
        return algebra.scale(z, Coefficient.number(1) / lead)
    if is_positive_coefficient(algebra, -lead):
        return algebra.scale(z, Coefficient.number(-1) / lead)
    return algebra.scale(z, 1 / abs(lead.leading))


def know_relation(algebra: Algebra, z: Tensor, relation: str) -> None:
    """From now on every entry of z is known to stand in a relation to 0."""
    sign = _sign(algebra, z)
    number = _atom_number(algebra, sign)
    if number is None:
        return
    ((_, coefficient),) = sign
    direction = (1 if coefficient.leading > 0 else -1) * (-1 if "<" in relation else 1)
    if relation in (">", "<"):
        algebra.known_signs[number] = direction
    if relation in (">=", "<="):
        algebra.nonnegative[number] = direction
    else:
        algebra.nonzero.add(number)


def _atom_number(algebra: Algebra, tensor: Tensor) -> int | None:
    """The number of the atom that a tensor consists of, up to its sign."""
    if len(tensor.terms) != 1:
        return None
    (((factors, _), coefficient),) = tensor
    if factors:
        return factors[0][0]
    numbers = list(coefficient.generators())
    return algebra.ring.owners[numbers[0]][0][0][0] if len(numbers) == 1 else None


# -------------------------------------------------------------------------------------------------- exp, log, reciprocal


def _exp(algebra: Algebra, z: Tensor) -> Tensor:
    """exp of a sum is the product of the exps of its parts, one part for each set of axes."""
    parts: dict[tuple[Label, ...], dict[Network, Coefficient]] = {}
    for network, coefficient in z:
        parts.setdefault(_touched(z, [network]), {})[network] = coefficient
    result = algebra.constant(1, z.axes)
    for labels, terms in parts.items():
        part = Tensor(z.axes, terms)
        power = _atom(algebra, "exp", part) if labels else algebra.constant(_scalar_exp(algebra, _constant_of(part)), z.axes)
        result = algebra.multiply(result, power)
    return result


def _scalar_exp(algebra: Algebra, exponent: Coefficient) -> Coefficient:
    """Integer powers of exp(monomial / common denominator)."""
    if not exponent.is_polynomial:
        number = algebra.atom(Atom("exp", (), None, algebra.constant(exponent if exponent.leading > 0 else -exponent)))
        generator = algebra.scalar_network([(number, ())])
        return generator if exponent.leading > 0 else Coefficient.number(1) / generator
    result = Coefficient.number(1)
    for factor, powers in exponent.monomials():
        whole = factor * algebra.exponent_denominator
        if whole.denominator != 1:
            raise FinerExponents(algebra.exponent_denominator * whole.denominator)
        monomial = Coefficient.number(Fraction(1, algebra.exponent_denominator))
        for number, exponent_of in powers.items():
            for _ in range(exponent_of):
                monomial = monomial * Coefficient.generator(number)
        base = algebra.scalar_network([(algebra.atom(Atom("exp", (), None, algebra.constant(monomial))), ())])
        for _ in range(abs(int(whole))):
            result = result * base if whole > 0 else result / base
    return result


def _log(algebra: Algebra, z: Tensor) -> Tensor:
    """log of a product of positive factors is the sum of their logs."""
    if len(z.terms) == 1 and is_positive(algebra, z):
        ((factors, free), coefficient) = next(iter(z))
        total = algebra.constant(_scalar_log(algebra, coefficient), z.axes)
        inner = degrees(factors)
        if all(inner[edge] == degrees([factor])[edge] or edge in free for factor in factors for edge in factor[1]) and not _has_sum(factors, free):
            for number, slots in factors:
                alone = algebra.normal(z.axes, [(Coefficient.number(1), [(number, slots)], free, {})])
                total = algebra.add(total, _log_of_factor(algebra, number, alone))
            return total
    if not _touched(z, z.terms):
        return algebra.constant(_scalar_log(algebra, _constant_of(z)), z.axes)
    return _atom(algebra, "log", z)


def _has_sum(factors: Any, free: tuple[int, ...]) -> bool:
    return any(edge >= 0 and edge not in free for _, slots in factors for edge in slots)


def _log_of_factor(algebra: Algebra, number: int, alone: Tensor) -> Tensor:
    atom = algebra.atoms[number]
    if atom.kind in ("exp", "reciprocal") and atom.argument is not None:
        ((_, slots),) = next(iter(alone.terms))[0]
        ends = next(iter(alone.terms))[1]
        placed = algebra.normal(
            alone.axes,
            [(c, f, ends, lost) for c, f, ends, lost in _placed(algebra, atom.argument, slots, ends)],
        )
        return placed if atom.kind == "exp" else algebra.negate(_log(algebra, placed))
    return _atom(algebra, "log", alone)


def _placed(algebra: Algebra, tensor: Tensor, slots: tuple[int, ...], free: tuple[int, ...]) -> Iterator[Any]:
    for coefficient, factors, pairs in algebra.spliced([(-1, slots)], {0}, tensor, slots):
        joined = merged(factors, free, pairs)
        if joined is not None:
            yield coefficient, list(joined[0]), joined[1], {}


def _scalar_log(algebra: Algebra, argument: Coefficient) -> Coefficient:
    """Logs of the prime factors and of the positive generators, where the argument is a positive monomial."""
    over, under = Coefficient(argument.numerator), Coefficient(argument.denominator)
    total = Coefficient.number(0)
    for sign, side in ((1, over), (-1, under)):
        monomials = list(side.monomials())
        if len(monomials) != 1 or not is_positive_coefficient(algebra, side):
            return _scalar_atom(algebra, "log", argument)
        factor, powers = monomials[0]
        for direction, integer in ((1, factor.numerator), (-1, factor.denominator)):
            for prime, exponent in fmpz(integer).factor():
                total = total + Coefficient.number(sign * direction * int(exponent)) * _scalar_atom(algebra, "log", Coefficient.number(int(prime)))
        for number, exponent in powers.items():
            total = total + Coefficient.number(sign * exponent) * _log_of_generator(algebra, number)
    return total


def _log_of_generator(algebra: Algebra, number: int) -> Coefficient:
    factors = algebra.ring.owners[number][0]
    atom = algebra.atoms[factors[0][0]]
    if len(factors) == 1 and atom.kind == "exp" and not atom.dims and atom.argument is not None:
        return algebra.as_scalar(atom.argument)
    return _scalar_atom(algebra, "log", Coefficient.generator(number))


def _reciprocal(algebra: Algebra, z: Tensor) -> Tensor:
    """1/Z with everything that can be divided out divided out."""
    if not z:
        raise UnsupportedError("a divisor is identically zero")
    if not _touched(z, z.terms):
        return algebra.constant(Coefficient.number(1) / _constant_of(z), z.axes)
    factor = algebra.constant(1, z.axes)
    for _ in range(len(algebra.atoms)):
        divisor = _inner_divisor(algebra, z)
        if divisor is None:
            break
        z, factor = algebra.multiply(z, divisor), algebra.multiply(factor, divisor)
    content = _exp_content(algebra, z)
    if content is not None:
        z, factor = algebra.multiply(z, content), algebra.multiply(factor, content)
        if not _touched(z, z.terms):
            return algebra.scale(factor, Coefficient.number(1) / _constant_of(z))
    if len(z.terms) == 1:
        return algebra.multiply(factor, _reciprocal_of_monomial(algebra, z))
    return algebra.multiply(factor, _reciprocal_atom(algebra, z))


def _reciprocal_atom(algebra: Algebra, z: Tensor) -> Tensor:
    """The atom 1/Z with a rational factor taken out, such that its first term has the leading coefficient 1."""
    scale = 1 / _lead(z)
    return algebra.scale(_atom(algebra, "reciprocal", algebra.scale(z, scale)), scale)


def _inner_divisor(algebra: Algebra, z: Tensor) -> Tensor | None:
    """The argument of a reciprocal that stands in a term of z on free slots only, placed there."""
    for factors, free in z.terms:
        for number, slots in factors:
            atom = algebra.atoms[number]
            if atom.kind == "reciprocal" and atom.argument is not None and set(slots) <= set(free):
                return algebra.normal(z.axes, list(_placed(algebra, atom.argument, slots, free)))
    return None


def _exp_content(algebra: Algebra, z: Tensor) -> Tensor | None:
    """The reciprocal of an exp on free slots, by which multiplying leads to the least form."""
    for factors, free in sorted(z.terms):
        for number, slots in factors:
            atom = algebra.atoms[number]
            if atom.kind == "exp" and atom.argument is not None and set(slots) <= set(free):
                if _lead(atom.argument) < 0 or len(z.terms) == 1:
                    inverse = _exp(algebra, algebra.negate(atom.argument))
                    return algebra.normal(z.axes, list(_placed(algebra, inverse, slots, free)))
    return None


def _reciprocal_of_monomial(algebra: Algebra, z: Tensor) -> Tensor:
    """1/(c·F₁·F₂…) = (1/c)·(1/F₁)·(1/F₂)… where no edge is summed."""
    ((factors, free), coefficient) = next(iter(z))
    if _has_sum(factors, free):
        return algebra.scale(_reciprocal_atom(algebra, algebra.scale(z, Coefficient.number(1) / coefficient)), Coefficient.number(1) / coefficient)
    result = algebra.constant(Coefficient.number(1) / coefficient, z.axes)
    for number, slots in factors:
        alone = algebra.normal(z.axes, [(Coefficient.number(1), [(number, slots)], free, {})])
        atom = algebra.atoms[number]
        if atom.kind == "sqrt" and atom.argument is not None:  # 1/√Z = √Z/Z
            radicand = algebra.normal(z.axes, list(_placed(algebra, atom.argument, slots, free)))
            result = algebra.multiply(result, algebra.multiply(alone, _reciprocal(algebra, radicand)))
        else:
            result = algebra.multiply(result, _atom(algebra, "reciprocal", alone))
    return result


# ----------------------------------------------------------------------------------------------------------------- sqrt


def _sqrt(algebra: Algebra, z: Tensor) -> Tensor:
    if not z:
        return z
    if _touched(z, z.terms):
        return _atom(algebra, "sqrt", z)
    return algebra.constant(_scalar_sqrt(algebra, _constant_of(z)), z.axes)


def _scalar_sqrt(algebra: Algebra, radicand: Coefficient) -> Coefficient:
    """Squares of what is known to be positive are taken out; √(p²) = |p| otherwise."""
    root = Coefficient.number(1)
    inner = radicand
    over, under = Coefficient(radicand.numerator), Coefficient(radicand.denominator)
    if not radicand.is_polynomial and is_positive_coefficient(algebra, under):  # √(n/d) = √(n·d)/d
        root, inner = root / under, over * under
    if inner.is_polynomial:
        content = inner.leading
        if content > 0 and (whole := _polynomial_root(inner, content)) is not None:
            return root * _scalar_root_of_number(algebra, content) * algebra.as_scalar(_abs(algebra, algebra.constant(whole)))
        monomials = list(inner.monomials())
        if len(monomials) == 1 and content > 0:
            return root * _root_of_monomial(algebra, content, monomials[0][1])
    return root * _scalar_atom(algebra, "sqrt", inner)


def _polynomial_root(inner: Coefficient, content: Fraction) -> Coefficient | None:
    monic = inner / Coefficient.number(content)
    if monic.constant is not None:
        return Coefficient.number(1)
    factors = monic.numerator.factor_squarefree()[1]
    if any(int(exponent) % 2 for _, exponent in factors):
        return None
    root = Coefficient.number(1)
    for polynomial, exponent in factors:
        for _ in range(int(exponent) // 2):
            root = root * Coefficient(polynomial)
    scale = (monic / (root * root)).constant
    return root if scale == 1 else None


def _scalar_root_of_number(algebra: Algebra, value: Fraction) -> Coefficient:
    """√(p/q) = √(pq)/q, with squares taken out, one generator for each prime."""
    integer = value.numerator * value.denominator
    root = Coefficient.number(Fraction(1, value.denominator))
    for prime, exponent in fmpz(integer).factor():
        root = root * Coefficient.number(int(prime) ** (int(exponent) // 2))
        if int(exponent) % 2:
            root = root * _scalar_atom(algebra, "sqrt", Coefficient.number(int(prime)))
    return root


def _root_of_monomial(algebra: Algebra, content: Fraction, powers: dict[int, int]) -> Coefficient:
    root = _scalar_root_of_number(algebra, content)
    left = Coefficient.number(1)
    for number, exponent in powers.items():
        generator = Coefficient.generator(number)
        if is_positive_coefficient(algebra, generator):
            for _ in range(exponent // 2):
                root = root * generator
            if exponent % 2:
                root = root * _scalar_atom(algebra, "sqrt", generator)
        else:
            outside = algebra.as_scalar(_abs(algebra, algebra.constant(generator)))
            for _ in range(exponent // 2):
                root = root * outside
            if exponent % 2:
                left = left * generator
    return root if left.constant == 1 else root * _scalar_atom(algebra, "sqrt", left)


# ---------------------------------------------------------------------------------------------------------------- atoms


def _odd(algebra: Algebra, name: str, z: Tensor) -> Tensor:
    return _atom(algebra, name, z) if _lead(z) > 0 else algebra.negate(_atom(algebra, name, algebra.negate(z)))


def _scalar_atom(algebra: Algebra, name: str, argument: Coefficient) -> Coefficient:
    return algebra.scalar_network([(algebra.atom(Atom(name, (), None, algebra.constant(argument))), ())])


def _atom(algebra: Algebra, name: str, z: Tensor) -> Tensor:
    """The atom of a function, on the axes along which the argument varies, numbered in the least order."""
    if any(slot < 0 for _, free in z.terms for slot in free):
        return _by_positions(algebra, name, z)
    labels = _touched(z, z.terms)
    if not labels:
        return algebra.constant(_scalar_atom(algebra, name, _constant_of(z)), z.axes)
    argument, order = _least_order(algebra, z, labels)
    number = algebra.atom(Atom(name, tuple(dim for _, dim in argument.axes), None, argument))
    return algebra.broadcast(algebra.factor(number, order), z.axes)


def _by_positions(algebra: Algebra, name: str, z: Tensor) -> Tensor:
    """A function of a matrix that is given by its entries: entry by entry."""
    places = {k for _, free in z.terms for k, slot in enumerate(free) if slot < 0}
    label, dim = z.axes[min(places)]
    if not isinstance(dim, int):
        raise UnsupportedError(f"{name} of a vector with a fixed position on an axis of symbolic length")
    result = Tensor(z.axes, {})
    for position in range(1, dim + 1):
        there = algebra.wire(((label, dim),), (-position,))
        result = algebra.add(result, algebra.multiply(there, apply(algebra, name, algebra.fix(z, label, position))))
    return result


def _touched(z: Tensor, networks: Any) -> tuple[Label, ...]:
    """The labels along which some of the networks vary."""
    found: set[int] = set()
    for factors, free in networks:
        inner = degrees(factors)
        found |= {k for k, slot in enumerate(free) if slot < 0 or slot in inner or free.count(slot) > 1}
    return tuple(z.labels[k] for k in sorted(found))


def _constant_of(z: Tensor) -> Coefficient:
    (coefficient,) = z.terms.values() or (Coefficient.number(0),)
    return coefficient


def _lead(z: Tensor) -> Fraction:
    return z.terms[min(z.terms)].leading


def _least_order(algebra: Algebra, z: Tensor, labels: tuple[Label, ...]) -> tuple[Tensor, list[Label]]:
    """The argument on axes named "0", "1", …, in the order that gives the least tensor; and the labels in that order."""
    best: tuple[Any, Tensor, list[Label]] | None = None
    orders = permutations(labels) if 1 < len(labels) <= _MOST_PERMUTED else [labels]
    dims = dict(z.axes)
    place = {label: k for k, label in enumerate(z.labels)}
    for order in orders:
        axes: Axes = tuple((str(k), dims[label]) for k, label in enumerate(order))
        terms = {}
        for (factors, free), coefficient in z:
            terms[canonical(factors, tuple(free[place[label]] for label in order), algebra.is_symmetric)] = coefficient
        candidate = Tensor(axes, terms)
        key = _comparable(candidate)
        if best is None or key < best[0]:
            best = key, candidate, list(order)
    if best is None:
        raise UnsupportedError("a function of no axes")
    return best[1], best[2]


def _comparable(tensor: Tensor) -> Any:
    def spelled(coefficient: Coefficient) -> Any:
        return tuple(sorted((tuple(sorted(powers.items())), factor) for factor, powers in coefficient.monomials()))

    return [str(dim) for _, dim in tensor.axes], sorted((network, spelled(coefficient)) for network, coefficient in tensor)


# ----------------------------------------------------------------------------------------------------------- positivity


def is_positive(algebra: Algebra, z: Tensor) -> bool:
    """Whether every entry is known to be > 0: a sum of positive terms, each present in every entry."""
    return bool(z.terms) and all(
        is_positive_coefficient(algebra, coefficient)
        and _positive_factors(algebra, factors)
        and all(slot >= 0 and free.count(slot) == 1 for slot in free)
        for (factors, free), coefficient in z
    )


def is_positive_coefficient(algebra: Algebra, coefficient: Coefficient) -> bool:
    """Whether a scalar is known to be > 0: positive factors and generators throughout."""
    if not coefficient:
        return False
    sides = (Coefficient(coefficient.numerator), Coefficient(coefficient.denominator))
    return all(factor > 0 and all(_positive_generator(algebra, number) for number in powers) for side in sides for factor, powers in side.monomials())


def _positive_generator(algebra: Algebra, number: int) -> bool:
    return _positive_factors(algebra, algebra.ring.owners[number][0])


def _positive_factors(algebra: Algebra, factors: Any) -> bool:
    return all(_positive_atom(algebra, number) for number, _ in factors)


def _positive_atom(algebra: Algebra, number: int) -> bool:
    atom = algebra.atoms[number]
    if number in algebra.positive or atom.kind in ("exp", "tanh slope") or isinstance(atom.name, Dimension):
        return True
    if atom.kind in ("reciprocal", "sqrt") and atom.argument is not None:
        return is_positive(algebra, atom.argument)
    return False


_FUNCTIONS: dict[str, Callable[[Algebra, Tensor], Tensor]] = {
    "relu": _relu,
    "abs": _abs,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "tanh slope": _tanh_slope,
    "sign": _sign,
    "exp": _exp,
    "log": _log,
    "reciprocal": _reciprocal,
    "sqrt": _sqrt,
}
