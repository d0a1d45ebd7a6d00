"""Factors of integers, within a bounded effort: an integer of hundreds of digits may take longer to factor than anyone waits."""

from __future__ import annotations

from functools import cache
from math import isqrt

from flint import fmpz

__all__ = ["factors_of"]

_LARGEST = 128  # bits, which take some milliseconds
_SMALL_PRIMES = 1 << 12


def factors_of(number: int) -> list[tuple[int, int]]:
    """Factors greater than 1 of a positive integer, each with its exponent: primes, but of a large integer what is left over without the small
    primes counts as one, unless it is a square.
    """
    if number.bit_length() <= _LARGEST:
        return [(int(prime), int(power)) for prime, power in fmpz(number).factor()]
    found = []
    for prime in _primes():
        power = 0
        while number % prime == 0:
            number, power = number // prime, power + 1
        if power:
            found.append((prime, power))
    if number.bit_length() <= _LARGEST:
        return found + factors_of(number)
    rest, power = number, 1
    while isqrt(rest) ** 2 == rest:
        rest, power = isqrt(rest), 2 * power
    return [*found, (rest, power)]


@cache
def _primes() -> tuple[int, ...]:
    return tuple(number for number in range(2, _SMALL_PRIMES) if fmpz(number).is_prime())
