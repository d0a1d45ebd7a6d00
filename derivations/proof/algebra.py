"""The algebra of the normal form: atoms, and the operations on tensors that keep every result normal.

Linear algebra is wiring (see `networks`). Rules exist only where a network is not the whole truth:

- tanh² = 1 − tanh′, sign² = 1 where the argument is not 0 (else sign³ = sign), √Z·√Z = Z, exp Y·exp Z = exp(Y + Z),
  Z·(1/Z) = 1 where Z is a divisor in the text, so not 0;
- a closed component is a scalar: it becomes a generator of the coefficients;
- an elementwise function at a fixed position, or on a diagonal, is that function of the entries there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product as choices
from typing import TypeAlias

from derivations.language.errors import UnsupportedError
from derivations.language.shapes import Dim
from derivations.language.terms import Dimension
from derivations.proof.coefficients import Coefficient, Ring
from derivations.proof.networks import Factor, Network, Slots, canonical, components, degrees, merged, shifted
from derivations.proof.rewriting import LAST_RULES, RULES, Replacement, Rewriting
from derivations.proof.rules import RuleBook
from derivations.proof.tensors import Atom, Axes, Label, Tensor, sorted_axes

__all__ = ["Algebra", "EndlessRewriting", "Functions", "Monomial"]

Monomial: TypeAlias = tuple[Coefficient, list[Factor], Slots, dict[int, Dim]]
"""Coefficient, factors, free slots, and the dims of summed edges that may touch no factor: a term before it is normal."""

Functions: TypeAlias = "Mapping[str, Callable[..., Tensor]]"
"""Each takes an algebra and an argument; one with a parameter (as a sum has its length) takes that too."""

_FUEL = 20_000
_MOST_REWRITINGS = 100
"""By equations, in one product. Proofs need a few; rules that turn the parts of S + Sᵀ into each other can go round for ever."""
_LARGEST_EXPANSION = 4_096
_APART = 1 << 20
"""Edge numbers of a second network start here."""

class EndlessRewriting(UnsupportedError):
    """The equations that are used as rules seem to go round in circles."""


class Algebra:
    """Atoms and generators of one claim, and the operations on its tensors.

    Attributes:
        nonzero: numbers of the sign atoms whose argument is known not to be 0 in any entry.
        known_signs: of these, the ones whose sign is known: a number, or the product of the signs of others.
        nonnegative: what is known not to be negative: keys of tensors, and (atom, ±1) for sign atoms and their negatives.
        powers: for the generator S_k(x) of a scalar x that is no product: x, k, and x^k (see `scalar_powers`).
        positive: numbers of the atoms all of whose entries are known to be > 0.
        matrix_functions: the atoms that are functions of a matrix, each with the matrix.
        full_rank: matrices with a slot at which their lines are independent: (number, 1) for columns, (number, 0) for rows.
        basis: "tanh", or "exp" to write tanh and sigmoid through exp and reciprocals.
        exponent_denominator: scalars stand in exponents with this common denominator.
        used: the kinds of the atoms whose rule was applied, and the laws of products that were.
    """

    def __init__(self, functions: Functions, basis: str = "tanh", exponent_denominator: int = 1) -> None:
        self._functions = functions
        self.basis, self.exponent_denominator = basis, exponent_denominator
        self.ring = Ring()
        self.rules = RuleBook()
        self.used: set[str] = set()
        self.matrix_functions: list[tuple[int, Tensor]] = []
        self.full_rank: set[tuple[int, int]] = set()
        self.atoms: list[Atom] = []
        self._numbers: dict[object, int] = {}
        self._canonical: dict[Network, Network] = {}
        self._fresh_edges = 2 * _APART
        self.nonzero: set[int] = set()
        self.known_signs: dict[int, Coefficient] = {}
        self.nonnegative: set[object] = set()
        self.powers: dict[int, tuple[Coefficient, Dimension, Coefficient]] = {}
        self.positive: set[int] = set()

    # ------------------------------------------------------------------------------------------------------------- atoms

    def atom(self, atom: Atom) -> int:
        """The number of an atom, given at first sight."""
        number = self._numbers.get(atom.key)
        if number is None:
            number = self._numbers[atom.key] = len(self.atoms)
            self.atoms.append(atom)
        return number

    def known(self, atom: Atom) -> bool:
        """Whether the atom has been seen."""
        return atom.key in self._numbers

    def is_symmetric(self, number: int) -> bool:
        """Whether the slots of the atom are unordered."""
        return self.atoms[number].symmetric

    def canonical(self, factors: Sequence[Factor], free: Slots) -> Network:
        """The network for every naming of its edges and every order of its factors; remembered."""
        names: dict[int, int] = {}

        def numbered(slots: Slots) -> Slots:
            return tuple(slot if slot < 0 else names.setdefault(slot, len(names)) for slot in slots)

        spelled = tuple((number, numbered(slots)) for number, slots in factors), numbered(free)
        found = self._canonical.get(spelled)
        if found is None:
            found = self._canonical[spelled] = self.rules.least(self, canonical(*spelled, self.is_symmetric))
        return found

    def forget_forms(self) -> None:
        """From now on other networks may be the same; those made before are brought up to date by `renormalised`."""
        self._canonical.clear()

    def dimension(self, dim: Dim) -> Coefficient:
        """A dimension as a coefficient."""
        if isinstance(dim, int):
            return Coefficient.number(dim)
        return self.scalar_network([(self.atom(Atom("symbol", (), dim)), ())])

    def scalar_network(self, factors: Sequence[Factor]) -> Coefficient:
        """A closed connected network as a generator."""
        network = self.canonical(factors, ())
        coefficient = self.ring.generator(network)
        if len(network[0]) == 1 and not network[0][0][1]:
            self._declare_power_rule(coefficient, network[0][0][0])
        return coefficient

    def _declare_power_rule(self, generator: Coefficient, number: int) -> None:
        atom = self.atoms[number]
        (place,) = generator.generators()
        if atom.kind == "sign":
            self.ring.power_rule(place, *((2, Coefficient.number(1)) if number in self.nonzero else (3, generator)))
            if atom.argument is not None:
                numerator = Coefficient(self.as_scalar(atom.argument).numerator)
                self.ring.multiple_rule(place, 2, numerator, numerator)
        elif atom.kind == "sqrt" and atom.argument is not None:
            self.ring.power_rule(place, 2, self.as_scalar(atom.argument))
        elif atom.kind == "tanh" and atom.argument is not None:
            slope = self.scalar_network([(self.atom(Atom("tanh slope", (), None, atom.argument)), ())])
            self.ring.power_rule(place, 2, Coefficient.number(1) - slope)

    def know_positive(self, tensor: Tensor) -> None:
        """From now on the tensor is known to be > 0 in every entry; noted where it is one whole atom times a positive number."""
        if len(tensor.terms) != 1:
            return
        (((factors, free), coefficient),) = tensor
        if len(factors) == 1 and sorted(factors[0][1]) == sorted(set(free)) and min(free) >= 0:
            if (coefficient.constant or 0) > 0:
                self.positive.add(factors[0][0])
        elif not factors and coefficient.is_polynomial:
            for factor, powers in list(coefficient.monomials())[:2]:
                owners = [self.ring.owners[number][0] for number in powers]
                if factor > 0 and list(powers.values()) == [1] and not owners[0][0][1] and len(coefficient.numerator.to_dict()) == 1:
                    self.positive.add(owners[0][0][0])

    # ----------------------------------------------------------------------------------------------------- constructions

    def constant(self, coefficient: Coefficient | Fraction | int, axes: Axes = ()) -> Tensor:
        """The tensor with every entry equal."""
        if not isinstance(coefficient, Coefficient):
            coefficient = Coefficient.number(coefficient)
        return Tensor(axes, {((), tuple(range(len(axes)))): coefficient} if coefficient else {})

    def wire(self, axes: Axes, slots: Slots) -> Tensor:
        """The tensor that is 1 where equal slots agree and fixed slots have their position, else 0."""
        return Tensor(axes, {self.canonical((), slots): Coefficient.number(1)})

    def factor(self, number: int, labels: Sequence[Label | int]) -> Tensor:
        """An atom on its axes: each named by a label, or standing at a fixed position −k."""
        dims: dict[Label, Dim] = {label: dim for label, dim in zip(labels, self.atoms[number].dims, strict=True) if not isinstance(label, int)}
        axes = sorted_axes(dims)
        edges = {label: k for k, (label, _) in enumerate(axes)}
        slots = tuple(label if isinstance(label, int) else edges[label] for label in labels)
        return self.normal(axes, [(Coefficient.number(1), [(number, slots)], tuple(range(len(axes))), {})])

    def as_scalar(self, tensor: Tensor) -> Coefficient:
        """The value of a tensor without axes."""
        if tensor.axes:
            raise UnsupportedError(f"a scalar was expected, but axes {tensor.labels} are left")
        return tensor.terms.get(((), ()), Coefficient.number(0))

    def only_atom(self, tensor: Tensor) -> int | None:
        """The number of the atom that a tensor is, up to a number; None where it is anything else."""
        if len(tensor.terms) != 1:
            return None
        (((factors, free), coefficient),) = tensor
        if factors and coefficient.constant is None:
            return None
        alone = factors or self.generator_atom(coefficient)
        return alone[0][0] if len(alone) == 1 and set(alone[0][1]) <= set(free) else None

    def generator_atom(self, coefficient: Coefficient) -> tuple[Factor, ...]:
        """The scalar atom that a coefficient is, up to a number; none where it is anything else, a sum over the entries of an atom, say."""
        if coefficient.constant is not None:
            return ()
        ((_, powers), *others) = coefficient.monomials()
        if others or not coefficient.is_polynomial or list(powers.values()) != [1]:
            return ()
        ((factor, *more), _) = self.ring.owners[next(iter(powers))]
        return () if more or factor[1] else (factor,)

    def apply(self, name: str, argument: Tensor, parameter: object = None) -> Tensor:
        """The function of every entry of the argument, in normal form, on the argument's axes."""
        if name not in self._functions:
            raise UnsupportedError(f"the normal form does not know the function {name}")
        return self._functions[name](self, argument, *(() if parameter is None else (parameter,)))

    # --------------------------------------------------------------------------------------------------------- operations

    def add(self, left: Tensor, right: Tensor) -> Tensor:
        """The sum; an axis that one side lacks is an axis along which it is constant."""
        if left.axes != right.axes:
            axes = sorted_axes({**dict(left.axes), **dict(right.axes)})
            left, right = self.broadcast(left, axes), self.broadcast(right, axes)
        terms = dict(left.terms)
        for network, coefficient in right:
            _accumulate(terms, network, self.ring.reduced(terms[network] + coefficient) if network in terms else coefficient)
        return Tensor(left.axes, terms)

    def scale(self, tensor: Tensor, coefficient: Coefficient | Fraction | int) -> Tensor:
        """Every entry times a scalar."""
        if not isinstance(coefficient, Coefficient):
            coefficient = Coefficient.number(coefficient)
        if not coefficient:
            return Tensor(tensor.axes, {})
        terms: dict[Network, Coefficient] = {}
        for network, old in tensor:
            _accumulate(terms, network, self.ring.reduced(old * coefficient))
        return Tensor(tensor.axes, terms)

    def negate(self, tensor: Tensor) -> Tensor:
        """Every entry negated."""
        return Tensor(tensor.axes, {network: -coefficient for network, coefficient in tensor})

    def subtract(self, left: Tensor, right: Tensor) -> Tensor:
        """The difference."""
        return self.add(left, self.negate(right))

    def broadcast(self, tensor: Tensor, axes: Axes) -> Tensor:
        """The tensor with further axes, along which it is constant."""
        place = {label: k for k, label in enumerate(tensor.labels)}
        terms = {}
        for (factors, free), coefficient in tensor:
            fresh = max((edge for edge in degrees(factors, free)), default=-1) + 1
            slots = tuple(free[place[label]] if label in place else fresh + k for k, (label, _) in enumerate(axes))
            terms[self.canonical(factors, slots)] = coefficient
        return Tensor(axes, terms)

    def multiply(self, left: Tensor, right: Tensor, over: Label | None = None) -> Tensor:
        """The product with equal labels glued, summed over one of the labels if asked."""
        dims: dict[Label, Dim] = {**dict(left.axes), **dict(right.axes)}
        summed = {over: dims.pop(over)} if over is not None else {}
        axes = sorted_axes(dims)
        raw: list[Monomial] = []
        for network, coefficient in left:
            slots = dict(zip(left.labels, network[1], strict=True))
            for other, other_coefficient in right:
                moved, free = shifted(other, _APART)
                ends = dict(zip(right.labels, free, strict=True))
                outer = tuple((slots | ends)[label] for label in (*dict(axes), *summed))
                joined = merged((*network[0], *moved), outer, [(slots[label], ends[label]) for label in slots if label in ends])
                if joined is not None:
                    factors, outer = joined
                    lost = dict(zip(outer[len(axes) :], summed.values(), strict=True))
                    raw.append((coefficient * other_coefficient, list(factors), outer[: len(axes)], lost))
        return self.normal(axes, raw)

    def contract(self, tensor: Tensor, over: Label) -> Tensor:
        """The sum over a label."""
        return self.multiply(tensor, self.constant(1), over) if over in tensor.labels else tensor

    def relabel(self, tensor: Tensor, names: dict[Label, Label]) -> Tensor:
        """The tensor with axes renamed; where two axes get one name, the diagonal is taken."""
        if not any(label in names for label in tensor.labels):
            return tensor
        new = [names.get(label, label) for label in tensor.labels]
        axes = sorted_axes(dict(zip(new, (dim for _, dim in tensor.axes), strict=True)))
        raw: list[Monomial] = []
        for (factors, free), coefficient in tensor:
            first: dict[Label, int] = {}
            pairs = [(first.setdefault(label, slot), slot) for label, slot in zip(new, free, strict=True)]
            joined = merged(factors, tuple(first[label] for label, _ in axes), pairs)
            if joined is not None:
                raw.append((coefficient, list(joined[0]), joined[1], {}))
        return self.normal(axes, raw)

    def fix(self, tensor: Tensor, label: Label, position: int) -> Tensor:
        """The tensor at a position of one axis."""
        if label not in tensor.labels:
            return tensor
        place = tensor.labels.index(label)
        axes = tensor.axes[:place] + tensor.axes[place + 1 :]
        raw: list[Monomial] = []
        for (factors, free), coefficient in tensor:
            joined = merged(factors, free[:place] + free[place + 1 :], [(free[place], -position)])
            if joined is not None:
                raw.append((coefficient, list(joined[0]), joined[1], {}))
        return self.normal(axes, raw)

    def power(self, tensor: Tensor, exponent: int) -> Tensor:
        """Every entry to an integer power ≥ 0, by squaring."""
        result = self.constant(1, tensor.axes)
        while exponent:
            result = self.multiply(result, tensor) if exponent & 1 else result
            exponent >>= 1
            tensor = self.multiply(tensor, tensor) if exponent else tensor
        return result

    # ------------------------------------------------------------------------------------------------------- normalisation

    def normal(self, axes: Axes, raw: Iterable[Monomial]) -> Tensor:
        """The tensor that is the sum of the monomials."""
        terms: dict[Network, Coefficient] = {}
        stack = list(raw)
        fuel, rewritings = _FUEL, _MOST_REWRITINGS
        while stack:
            fuel -= 1
            if fuel == 0:
                raise UnsupportedError(f"more than {_FUEL} monomials in one product")
            coefficient, factors, free, lost = stack.pop()
            if not coefficient:
                continue
            rewriting = self._rewritten(factors, free)
            if rewriting is None and self.rules:
                rewriting = self.rules.rewriting(self, factors, free)
                rewritings -= rewriting is not None
                if not rewritings:
                    raise EndlessRewriting(f"more than {_MOST_REWRITINGS} rewritings by equations in one product")
            if rewriting is not None:
                stack.extend(self._replacements(coefficient, factors, free, lost, rewriting))
                continue
            used = degrees(factors, free)
            for edge, dim in lost.items():
                if edge >= 0 and edge not in used:
                    coefficient = coefficient * self.dimension(dim)
            outer, closed = components(factors, free)
            for component in closed:
                coefficient = coefficient * self.scalar_network(component)
            network = self.canonical(outer, free)
            _accumulate(terms, network, self.ring.reduced(terms[network] + coefficient if network in terms else coefficient))
        return Tensor(axes, terms)

    def _replacements(
        self, coefficient: Coefficient, factors: list[Factor], free: Slots, lost: dict[int, Dim], rewriting: Rewriting
    ) -> Iterable[Monomial]:
        dims = lost | {edge: dim for number, slots in factors for edge, dim in zip(slots, self.atoms[number].dims, strict=True) if edge >= 0}
        dims = {edge: dim for edge, dim in dims.items() if edge not in rewriting.consumed}
        for factor, replaced, pairs in rewriting.replacements:
            joined = merged(replaced, (*free, *dims), pairs)
            if joined is not None:
                slots = joined[1]
                summed = {edge: dim for edge, dim in zip(slots[len(free) :], dims.values(), strict=True) if edge >= 0}
                yield coefficient * factor, list(joined[0]), slots[: len(free)], summed

    def _rewritten(self, factors: list[Factor], free: Slots) -> Rewriting | None:
        """One step of the rules, or None where none applies; reciprocals come last, when all products of exps are one exp."""
        for rules in (RULES, LAST_RULES):
            for place, (number, slots) in enumerate(factors):
                rule = rules.get(self.atoms[number].kind)
                if rule is None:
                    continue
                if any(slot < 0 for slot in slots) or len(set(slots)) < len(slots):
                    return self._specialised(factors, place)
                found = rule(self, factors, place, free)
                if found is not None:
                    self.used.add(self.atoms[number].kind)
                    return found
        return None

    def _specialised(self, factors: list[Factor], place: int) -> Rewriting:
        """An elementwise function at fixed positions or on a diagonal: the function of the argument there."""
        number, slots = factors[place]
        atom = self.atoms[number]
        if atom.argument is None:
            raise UnsupportedError(f"the atom {atom.kind} has no argument")
        argument = atom.argument
        first: dict[int, Label] = {}
        twins: dict[Label, Label] = {}
        for label, slot in zip(atom.argument.labels, slots, strict=True):
            if slot < 0:
                argument = self.fix(argument, label, -slot)
            elif first.setdefault(slot, label) != label:
                twins[label] = first[slot]
        value = self._inherited(number, self.relabel(argument, twins))
        ends = {label: slot for slot, label in first.items()}
        return Rewriting(self.spliced(factors, {place}, value, tuple(ends[label] for label in value.labels)))

    def _inherited(self, number: int, argument: Tensor) -> Tensor:
        """The function that an atom is, of a part of the atom's argument; what is known of every entry holds for that part."""
        atom = self.atoms[number]
        value = self.apply(atom.kind, argument, atom.name)
        if number in self.positive:
            self.know_positive(value)
        if number in self.nonzero and (part := self.only_atom(value)) is not None and part not in self.nonzero:
            self.nonzero.add(part)
            value = self.apply(atom.kind, argument, atom.name)
        return value

    def spliced(self, factors: Sequence[Factor], removed: Iterable[int], tensor: Tensor, ends: Slots) -> list[Replacement]:
        """The monomial with some factors replaced by a tensor whose axes lie on the slots `ends`."""
        gone = set(removed)
        rest = [factor for k, factor in enumerate(factors) if k not in gone]
        replacements: list[Replacement] = []
        for network, coefficient in tensor:
            moved, free = shifted(network, self._fresh_edges)
            self._fresh_edges += 1 + max(degrees(*network), default=0)
            replacements.append((coefficient, [*rest, *moved], list(zip(free, ends, strict=True))))
        return replacements

    def renormalised(self, tensor: Tensor) -> Tensor:
        """The tensor under the rules of now, its scalars too; those that came later have not seen it yet."""
        result = Tensor(tensor.axes, {})
        for (factors, free), coefficient in tensor:
            scalar = coefficient.mapped(self._renormalised_generator)
            result = self.add(result, self.normal(tensor.axes, [(scalar, list(factors), free, {})]))
        return result

    def _renormalised_generator(self, number: int) -> Coefficient | None:
        (factors, _) = self.ring.owners[number]
        value = self.as_scalar(self.normal((), [(Coefficient.number(1), list(factors), (), {})]))
        return None if value == Coefficient.generator(number) else value

    # ------------------------------------------------------------------------------------------------ literal dimensions

    def expanded(self, tensor: Tensor) -> Tensor:
        """The tensor with every axis and sum of literal length written out, position by position.

        So that a product of literal matrices equals its value, and Σ over 1…3 the sum of three terms.
        """
        result = Tensor(tensor.axes, {})
        for (factors, free), coefficient in tensor:
            dims = dict(zip(free, (dim for _, dim in tensor.axes), strict=True))
            dims |= {edge: dim for number, slots in factors for edge, dim in zip(slots, self.atoms[number].dims, strict=True)}
            literal = {edge: dim for edge, dim in dims.items() if edge >= 0 and isinstance(dim, int)}
            scalar = coefficient.mapped(self._expanded_generator)
            result = self.add(result, self.normal(tensor.axes, self._assigned(scalar, factors, free, literal)))
        return result

    def _expanded_generator(self, number: int) -> Coefficient | None:
        (factors, _) = self.ring.owners[number]
        literal = {
            edge: dim for atom, slots in factors for edge, dim in zip(slots, self.atoms[atom].dims, strict=True) if edge >= 0 and isinstance(dim, int)
        }
        return self.as_scalar(self.normal((), self._assigned(Coefficient.number(1), factors, (), literal))) if literal else None

    def _assigned(
        self, coefficient: Coefficient, factors: Sequence[Factor], free: Slots, literal: dict[int, int]
    ) -> list[Monomial]:
        raw: list[Monomial] = []
        for count, positions in enumerate(choices(*(range(1, dim + 1) for dim in literal.values()))):
            if count == _LARGEST_EXPANSION:
                raise UnsupportedError(f"more than {_LARGEST_EXPANSION} entries in one sum of literal length")
            joined = merged(factors, free, [(edge, -position) for edge, position in zip(literal, positions, strict=True)])
            if joined is not None:
                raw.append((coefficient, list(joined[0]), joined[1], {}))
        return raw


def _accumulate(terms: dict[Network, Coefficient], network: Network, coefficient: Coefficient) -> None:
    if coefficient:
        terms[network] = coefficient
    else:
        terms.pop(network, None)
