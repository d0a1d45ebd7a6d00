"""Factors of integers: all of them multiply to the number, are prime where it is not large, and are found at once where it is."""

from __future__ import annotations

from math import prod

from flint import fmpz
from hypothesis import given
from hypothesis import strategies as st

from derivations.language.claims import claim
from derivations.language.constructors import scalars
from derivations.language.functions import log, sqrt
from derivations.language.terms import as_term
from derivations.language.verdicts import Status
from derivations.proof.integers import factors_of
from derivations.proof.verification import judge

LARGE = 10**80 + 129, 10**90 + 289  # no small prime divides either
x = scalars("x")[0]


@given(st.lists(st.tuples(st.integers(2, 10**6), st.integers(1, 9)), max_size=4), st.sampled_from([1, *LARGE]), st.integers(1, 4))
def test_factors_multiply_to_the_number(parts: list[tuple[int, int]], large: int, power: int) -> None:
    number = prod(base**exponent for base, exponent in parts) * large**power
    found = factors_of(number)
    assert prod(base**exponent for base, exponent in found) == number
    assert len({base for base, _ in found}) == len(found)
    if number.bit_length() <= 128:
        assert all(fmpz(base).is_prime() for base, _ in found)


def test_roots_and_logarithms_of_large_numbers_are_taken_at_once() -> None:
    """Their product has two factors of 80 digits and more, which nobody finds."""
    p, q = map(as_term, LARGE)
    for left, right in ((sqrt(p * q * x**2), sqrt(p * q) * sqrt(x**2)), (log(p * q), log(q * p)), (sqrt(p**2), p), (sqrt(4 * p), 2 * sqrt(p))):
        assert judge(claim(left, "=", right)).status is Status.PROVED
