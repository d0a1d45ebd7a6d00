"""Rules of the prover, each broken by an edit of its source: claims that rest on it are no longer proved, or false ones are.

The claims of a module are those that its rules decide. The prover alone is asked, so that no evaluation hides a fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from faults import plant
from strategies import A, S, X, d, i, n, s, u, x, y

from derivations.language.assumptions import (
    Property,
    equal,
    full_column_rank,
    invertible,
    orthogonal,
    orthonormal_columns,
    positive_definite,
    positive_semidefinite,
    symmetric,
    tends_to,
)
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    cases,
    column_vector,
    counter,
    det,
    dimensions,
    entry,
    hadamard,
    identity,
    inverse,
    iterate,
    literal,
    matrix,
    maximum,
    norm,
    one_sided_derivative,
    pseudo_inverse,
    rank,
    scalars,
    series,
    spectral_radius,
    sum_over,
    trace,
    vector,
    zeros,
)
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, exp, log, reciprocal, sign, sqrt, tanh
from derivations.language.laws import bernoulli, expectation, gaussian, uniform
from derivations.language.terms import Relation
from derivations.proof import statements
from derivations.proof.domain import conditions_of
from derivations.proof.proofs import Setting
from derivations.proof.scalar_terms import _equal, _spelled
from derivations.proof.statements import prove

t, j = counter("t"), counter("j")
a, b, c, r, u_0, state, mu, q = scalars("a b c r u_0 state mu q")
(m,) = dimensions("m")
B, P, Q, M = matrix("B", n, n), matrix("P", n, n), matrix("Q", n, m), matrix("M", n, n)
v, z, z_m, plane = vector("v", n), vector("z", n), vector("z_m", m), vector("p", 2)
turned = literal([a, b], [-b, a])
affine = iterate("U", t, u_0, state, r * state + c)
inside = (abs_(r) < 1 - c) & (c > -1)


def has(stated: Property, *given: Property) -> Claim:
    """A matrix has a property."""
    return Claim(stated, "and", stated, given)


@dataclass(frozen=True)
class Battery:
    """True and false claims that the rules of a module decide; `with_z3` where they lead to statements about numbers that z3 is asked."""

    true: tuple[Claim, ...] = ()
    false: tuple[Claim, ...] = ()
    with_z3: bool = False

    def complaints(self) -> Iterator[str]:
        yield from (f"no proof: {stated}" for stated in self.true if not proves(stated))
        yield from (f"a proof of what is false: {stated}" for stated in self.false if proves(stated))


def proves(stated: Claim) -> bool:
    """Whether the prover alone, without evaluations, proves a claim."""
    try:
        prove(Setting.of(stated, conditions_of(stated)))
    except UnsupportedError:
        return False
    return True


BATTERIES: dict[str, Battery] = {
    "signs": Battery(
        true=(
            claim(abs_(x**2), "=", x**2),
            claim(abs_(x), "=", -x, x < 0),
            claim(abs_(x * y), "=", abs_(x) * abs_(y)),
            claim(sign(tanh(x)), "=", sign(x)),
        ),
        false=(
            claim(abs_(x), "=", x, x < 0),
            claim(abs_(x), "=", x, Relation(x, "!=", x - x)),
            claim(abs_(x), "=", x, x**2 >= 0),
            claim(sign(x) * sign(y), "=", sign(x)),
            claim(sign(tanh(x)), "=", 1),
        ),
    ),
    "roots": Battery(
        true=(claim(sqrt(x**2), "=", abs_(x)), claim(sqrt(12 * y), "=", 2 * sqrt(3) * sqrt(y), y > 0)),
        false=(claim(sqrt(x**2), "=", x), claim(sqrt(4 * y), "=", 4 * sqrt(y), y > 0), claim(sqrt(x**4), "=", abs_(x), x > 0)),
    ),
    "exponentials": Battery(
        true=(claim(log(x * y), "=", log(x) + log(y), (x > 0, y > 0)), claim(exp(x + y), "=", exp(x) * exp(y))),
        false=(
            claim(log(x / 2), "=", log(x) + log(2), x > 0),
            claim(exp(-1 / x), "=", exp(1 / x)),
            claim(log(1 / x), "=", log(x), x > 0),
            claim(log(reciprocal(u)), "=", log(u), u > zeros(n)),
        ),
    ),
    "reciprocals": Battery(
        true=(claim(hadamard(sqrt(u), reciprocal(u)), "=", reciprocal(sqrt(u)), u > zeros(n)),),
        false=(claim(reciprocal(sqrt(u)), "=", reciprocal(u), u > zeros(n)), claim(reciprocal(2 * u), "=", reciprocal(u))),
    ),
    "scalar_powers": Battery(
        true=(
            claim((1 - x * y) * series(j, t, (x * y) ** j), "=", 1 - (x * y) ** t),
            claim((x * y) ** t, "=", x**t * y**t),
            claim(((-x) ** t) ** 2, "=", (x**t) ** 2),
        ),
        false=(
            claim((-2 * x) ** t, "=", (2 * x) ** t),
            claim((x * y - 1) * series(j, t, (x * y) ** j), "=", (x * y) ** t),
            claim(series(j, t, (x / x) ** j), "=", 1),
            claim((x**2) ** t, "=", x**t),
        ),
    ),
    "powers": Battery(
        true=(
            claim(series(j, t + 1, A**j), "=", A**t + series(j, t, A**j)),
            claim(A**t @ A, "=", A ** (t + 1)),
            claim(A.T**t, "=", (A**t).T),
        ),
        false=(
            claim(series(j, t + 1, A**j), "=", A @ series(j, t, A**j)),
            claim(A ** (t + 1), "=", A**t),
            claim(series(j, t, A**j) @ inverse(B), "=", inverse(B) @ series(j, t, A**j)),
            claim((A.T**t), "=", A**t),
            claim(series(j, t, A**j), "=", series(j, t, A.T**j)),
        ),
    ),
    "rules": Battery(
        true=(claim(A @ B @ A, "=", A @ A @ B, equal(A @ B, B @ A)), claim(inverse(A) @ A @ B, "=", B)),
        false=(
            claim(A @ inverse(A), "=", -A @ inverse(A) @ A @ inverse(A)),
            claim(A @ B, "=", zeros(n, n), equal(x * (A @ B), zeros(n, n))),
            claim(A @ B, "=", B @ A, equal(A @ B, -B @ A)),
        ),
    ),
    "completion": Battery(
        true=(claim(X.T @ inverse(identity(n) + X @ X.T), "=", inverse(identity(d) + X.T @ X) @ X.T),),
        false=(
            claim(inverse(A) @ B, "=", zeros(n, n)),
            claim(M @ S, "=", B @ P, (equal(B @ A, M), equal(A.T @ S, P))),
            claim(A @ P, "=", -(M @ B), (equal(A @ B, M), equal(B @ B, P))),
        ),
    ),
    "normal_form": Battery(
        true=(
            claim(maximum(x, y), "=", (x + y + abs_(x - y)) / 2),
            claim((2 * A) ** -1, "=", A**-1 / 2),
        ),
        false=(
            claim(det(literal([a, b], [c, r])), "=", a * r + b * c),
            claim(A**-1, "=", A, invertible(A)),
            claim(maximum(x, y), "=", (x + y - abs_(x - y)) / 2),
            claim(series(j, t, r**j - c), "=", series(j, t, r**j) + t * c),
            claim(series(j, t, r), "=", r),
            claim(inverse(2 * A), "=", inverse(A)),
            claim(norm(u, 1), "=", norm(u)),
            claim(sqrt(x) ** 2, "=", 1 / x),
        ),
    ),
    "determinants": Battery(
        true=(
            claim(det(literal([a, b], [c, r])), "=", a * r - b * c),
            claim(det(A @ B), "=", det(A) * det(B)),
            claim(det(identity(n) + u @ v.T), "=", 1 + v.T @ u),
        ),
        false=(
            claim(det(literal([a, b], [c, r])), "=", a * r + b * c),
            claim(det(inverse(A)), "=", det(A)),
            claim(det(identity(n) + u @ v.T), "=", v.T @ u),
            claim(det(x * A), "=", det(A)),
        ),
    ),
    "ranks": Battery(
        true=(claim(rank(X.T @ X), "=", rank(X)), claim(rank(A.T), "=", rank(A))),
        false=(
            claim(rank(A @ B), "=", rank(B)),
            claim(rank(A @ A), "=", rank(A)),
            claim(rank(A), "=", trace(A)),
            claim(rank(hadamard(u, v)), "=", rank(u)),
        ),
    ),
    "pseudo_inverses": Battery(
        true=(claim(X @ pseudo_inverse(X) @ X, "=", X), claim(pseudo_inverse(Q), "=", Q.T, orthonormal_columns(Q))),
        false=(
            claim(x * pseudo_inverse(x), "=", 1),
            claim(pseudo_inverse(S), "=", S, (symmetric(S), orthonormal_columns(Q))),
            claim(pseudo_inverse(2 * X), "=", 2 * pseudo_inverse(X)),
            claim(pseudo_inverse(X) @ X, "=", X.T @ X),
        ),
    ),
    "ranges": Battery(
        true=(claim(x * x + 1, ">", 0), claim(exp(x), ">", 1, x > 0), claim(sum_over(i, exp(s[i])), ">", 0), claim(1 / x, "<=", 1, x >= 1)),
        false=(
            claim(x, ">", 0, x >= 0),
            claim(x * x, ">", 0),
            claim(sum_over(i, tanh(s[i])), ">", -1),
            claim(u.T @ v, ">=", 0),
            claim(norm(u), ">", 0),
            claim(iterate("U", t, u_0, state, state + state), ">", 0),
            claim(exp(x), ">=", 1),
            claim(cases((x > 0, 1), otherwise=-1), ">", 0),
            claim(tanh(x) + tanh(y), ">", -1),
            claim(maximum(tanh(x), -2), ">", 0),
            claim(1 / x, ">=", 1, x >= 1),
            claim(tanh(x) - tanh(y), ">", -1),
        ),
    ),
    "definiteness": Battery(
        true=(
            has(positive_definite(P + B.T @ B), positive_definite(P)),
        ),
        false=(
            has(positive_definite(P + S), positive_definite(P), symmetric(S)),
            has(positive_definite(B.T @ B)),
            has(positive_semidefinite(B.T @ (x * B))),
            has(positive_semidefinite(A @ P @ B), positive_definite(P)),
            has(positive_semidefinite(x * P), positive_definite(P)),
            has(positive_definite(inverse(x * P)), positive_definite(P)),
        ),
    ),
    "nonzero": Battery(
        true=(claim(norm(u) ** 2, ">", 0, norm(u) > 0), claim(norm(Q @ z_m) ** 2, ">", 0, (full_column_rank(Q), norm(z_m) > 0))),
        false=(
            claim(norm(u) ** 2, ">", 0, norm(u) >= 0),
            claim(norm(A @ u) ** 2, ">", 0, norm(u) > 0),
            claim(norm(A @ u) ** 2, ">", 0, (invertible(A), norm(v) > 0)),
        ),
    ),
    "squares": Battery(
        true=(claim(x**2 + y**2 + 2 * x * y, ">=", 0), claim(norm(u) ** 2 - 2 * u.T @ v + norm(v) ** 2, ">=", 0)),
        false=(
            claim(x**2 + y**2 + 3 * x * y, ">=", 0),
            claim(x * y**2, ">=", 0),
            claim(x * y**2 + 4 * x * y * a + x * a**2, ">=", 0, x >= 0),
            claim(norm(u) ** 2 + 3 * u.T @ v + norm(v) ** 2, ">=", 0),
            claim(x**2 - y**2, ">=", 0),
            claim(u.T @ S @ u, ">=", 0, symmetric(S)),
        ),
    ),
    "comparisons": Battery(
        true=(claim(norm(u - v) ** 2, ">=", 0), claim(-(norm(u - v) ** 2), "<=", 0)),
        false=(
            claim(norm(u - v) ** 2, "<=", 0),
            claim(v.T @ (X @ X.T) @ v, ">", 0),
            claim(norm(u) ** 2 + norm(v) ** 2, ">", 0),
            claim(-(norm(u - v) ** 2) - 1, ">", 0),
        ),
    ),
    "induction": Battery(
        true=(
            claim(affine, "=", r**t * u_0 + c * series(j, t, r**j)),
            claim(iterate("F", t, (0, 1), (a, b), 2 * b - a), "=", t),
            claim(-affine, "=", -(r**t * u_0 + c * series(j, t, r**j))),
        ),
        false=(
            claim(iterate("U", t, u_0, state, r * state), "=", 0),
            claim(A**t, "=", zeros(n, n)),
            claim(-iterate("F", t, (0, 1), (a, b), 2 * b - a), "=", t),
            claim(iterate("F", t, (0, 1), (a, b), 2 * b - a), "=", 0),
            claim(iterate("F", t, (0, 1), (a, b), 2 * b - a) - x, "=", t + x),
            claim(2 * iterate("F", t, (0, 1), (a, b), 2 * b - a), "=", t),
            claim(norm(iterate("V", t, u, v, A @ v)) ** 2, "=", norm(z) ** 2, orthogonal(A)),
        ),
    ),
    "affine_sequences": Battery(
        true=(claim(affine, "=", r**t * u_0 + series(j, t, r**j) * c),),
        false=(
            claim(affine, "=", r**t * u_0 + c),
            claim(iterate("U", t, u_0, state, x - r * state), "=", r**t * u_0 + series(j, t, r**j) * x),
            claim(iterate("U", t, u_0, state, -state), "=", u_0),
            claim(affine, "=", u_0 + series(j, t, r**j) * c),
        ),
    ),
    "limits": Battery(
        true=(claim(tends_to(r**t, 0), "iff", abs_(r) < 1),),
        false=(
            claim(tends_to(r**t, 0), "iff", abs_(r) <= 1),
            claim(affine, "->", c, abs_(r) < 1),
            claim(a**t + r**t, "->", 0, (abs_(r) < 1, abs_(a) < 2)),
            claim(x * r**t, "->", x, abs_(r) < 1),
        ),
        with_z3=True,
    ),
    "planar": Battery(
        true=(claim(tends_to(turned**t, zeros(2, 2)), "iff", a**2 + b**2 < 1), claim(spectral_radius(turned), "=", sqrt(a**2 + b**2))),
        false=(
            claim(tends_to(turned**t, zeros(2, 2)), "iff", abs_(2 * a) < 1 + a**2 + b**2),
            claim(spectral_radius(turned), "=", a**2 + b**2),
            claim(iterate("F", t, (x, y), (a, b), r * b + c * a + mu), "->", mu, inside),
            claim(iterate("w", t, column_vector(x, y), plane, turned @ plane + column_vector(1, 0)), "->", zeros(2), a**2 + b**2 < 1),
        ),
        with_z3=True,
    ),
    "limit_rules": Battery(
        true=(claim(exp(-t), "->", 0), claim(x / (t + 1), "->", 0), claim(tanh(-exp(t)), "->", -1)),
        false=(
            claim(exp(a**t), "->", 1),
            claim(x / (t + 1), "->", x),
            claim(exp(x * t), "->", 0),
            claim(log(1 + exp(-t)), "->", 1),
            claim(tanh(-t), "->", 1),
            claim(exp(-t) + x, "->", 0),
        ),
    ),
    "one_sided": Battery(
        true=(claim(one_sided_derivative(abs_(x), x, 1), "=", 1, equal(x, 0)), claim(one_sided_derivative(abs_(x), x, -1), "=", 1, equal(x, 0))),
        false=(
            claim(one_sided_derivative(abs_(x), x, 1), "=", 0, x < 0),
            claim(one_sided_derivative(abs_(x), x, -1), "=", -1, equal(x, 0)),
            claim(one_sided_derivative(maximum(x, 2 * x), x, 1), "=", 1, x > 0),
            claim(one_sided_derivative(norm(u), u, v), "=", 0, equal(u, zeros(n))),
            claim(one_sided_derivative(maximum(x, y), x, 1), "=", 0, equal(x, y)),
        ),
    ),
    "expectations": Battery(
        true=(claim(expectation(x**2, x), "=", b**2 / 3 + a * b / 3 + a**2 / 3, uniform(x, a, b)),),
        false=(
            claim(expectation(x**2, x), "=", (a + b) ** 2 / 4 + (b - a) ** 2 / 6, uniform(x, a, b)),
            claim(expectation(z.T @ z, z), "=", n * (q + q**2), bernoulli(z, q)),
            claim(expectation(tanh(x), x), "=", 0, gaussian(x, mu, 1)),
            claim(expectation(x * y, x, y), "=", expectation(x, x) * expectation(y, y), (gaussian(x, 0, 1), gaussian(y, 0, 1))),
            claim(expectation(x**4, x), "=", 1, gaussian(x, 0, 1)),
            claim(expectation(tanh(x), x), "=", 0, uniform(x, a, b)),
            claim(expectation(x**3, x), "=", 1, bernoulli(x, q)),
        ),
    ),
    "termwise": Battery(
        true=(claim(sum_over(i, s[i]), ">=", n * x, s[i] >= x),),
        false=(
            claim(sum_over(i, s[i]), ">=", x, s[i] >= x),
            claim(norm(u, 1), "<=", sum_over(i, s[i]), s[i] >= 0),
            claim(sum_over(i, entry(u, i)), ">=", norm(u, 1)),
            claim(-sum_over(i, s[i]), ">=", n * x, s[i] >= x),
        ),
        with_z3=True,
    ),
    "multiples": Battery(
        true=(claim(sum_over(i, 2 * s[i] - x), ">=", sum_over(i, s[i]), sum_over(i, s[i] - x) >= 0),),
        false=(
            claim(sum_over(i, s[i]), ">", n * x, sum_over(i, s[i] - x) >= 0),
            claim(sum_over(i, s[i]), "<=", n * x, sum_over(i, s[i] - x) >= 0),
            claim(y * sum_over(i, s[i]), ">=", n * x * y, sum_over(i, s[i] - x) >= 0),
        ),
        with_z3=True,
    ),
}

BATTERIES["moments"] = BATTERIES["expectations"]

FAULTS: tuple[tuple[str, str, str], ...] = (
    ("signs", "sides = [(_side(algebra, part), 1) for part, power in parts if power % 2]",
     "sides = [(_side(algebra, part), 1) for part, power in parts]"),
    ("signs", '(-1 if "<" in relation else 1)', '(1 if "<" in relation else 1)'),
    ("signs", 'if relation in (">", "<"):', 'if relation in (">", "<", "!="):'),
    ("signs", "if len(unknown) == 1 and unknown[0][1] % 2:", "if len(unknown) == 1:"),
    ("signs", "if function in _SAME_SIGN:", 'if function == "sign":'),
    ("signs", "return sign_of(algebra, argument_in(algebra, part))", "return algebra.constant(1, part.axes)"),
    ("roots", "_power(algebra, absolute(algebra, part), power // 2)", "_power(algebra, part, power // 2)"),
    ("roots", "Coefficient.number(prime ** (exponent // 2))", "Coefficient.number(prime**exponent)"),
    ("roots", "root = algebra.multiply(root, _power(algebra, part, power // 2))", "root = algebra.multiply(root, _power(algebra, part, power // 4))"),
    ("exponentials", "((1, value.numerator), (-1, value.denominator))", "((1, value.numerator), (1, value.denominator))"),
    ("exponentials", "return generator if exponent.leading > 0 else Coefficient.number(1) / generator", "return generator"),
    ("exponentials", "return algebra.negate(logarithm(algebra, argument_in(algebra, part)))",
     "return logarithm(algebra, argument_in(algebra, part))"),
    ("exponentials", "algebra.scale(_log_of_part(algebra, part), power)", "_log_of_part(algebra, part)"),
    ("reciprocals", "algebra.multiply(alone, reciprocal(algebra, radicand))", "reciprocal(algebra, radicand)"),
    ("reciprocals", "result = algebra.constant(Coefficient.number(1) / coefficient, z.axes)",
     "result = algebra.constant(Coefficient.number(1), z.axes)"),
    ("scalar_powers", "*([(-1, 1)] if number < 0 else [])", "*([])"),
    ("scalar_powers", "under * (power - _ONE)", "under * power"),
    ("scalar_powers", "return algebra.dimension(counter)", "return _ONE"),
    ("scalar_powers", "for _ in range(abs(exponent)):", "for _ in range(1):"),
    ("powers", "total = algebra.add(_one(algebra, base), times(algebra, base, total))", "total = times(algebra, base, total)"),
    ("powers", "if not algebra.subtract(times(algebra, matrix, base), times(algebra, base, matrix)):", "if True:"),
    ("powers", "for _ in range(steps):\n        result", "for _ in range(steps - 1):\n        result"),
    ("powers", "return algebra.factor(algebra.atom(other), [COLUMN, ROW])", "return algebra.factor(algebra.atom(other), [ROW, COLUMN])"),
    ("rules", "scale = Coefficient.number(-1) / reduced.terms[lead]", "scale = Coefficient.number(1) / reduced.terms[lead]"),
    ("rules", "return matchable and is_certainly_nonzero(algebra, equation.terms[network])", "return matchable"),
    ("rules", "return network if same and coefficient.constant == 1 else None", "return network if same else None"),
    ("completion", "return algebra.subtract(_times(algebra, rest_of_a", "return algebra.add(_times(algebra, rest_of_a"),
    ("completion", "all(a[0] == b[0] and (a[1] == b[1] or algebra.is_symmetric(a[0]))", "all(a[0] == b[0] and (True or algebra.is_symmetric(a[0]))"),
    ("determinants", "algebra.multiply(entry, minor), (-1) ** k)", "algebra.multiply(entry, minor), 1)"),
    ("determinants", 'return algebra.apply("reciprocal", determinant(algebra, atom.argument))', "return determinant(algebra, atom.argument)"),
    ("determinants", "return algebra.add(algebra.constant(1), algebra.contract", "return algebra.add(algebra.constant(0), algebra.contract"),
    ("determinants", "if coefficient.constant != 1 or word is None:", "if word is None:"),
    ("normal_form", "node.base if exponent >= 0 else tm.Inverse(node.base)", "node.base"),
    ("normal_form", "n.algebra.scale(size, sign)", "n.algebra.scale(size, -sign)"),
    ("normal_form", "return n.algebra.subtract(_summed(n, left, counter, length)", "return n.algebra.add(_summed(n, left, counter, length)"),
    ("normal_form", "return n.algebra.multiply(n.tensor(length), n.tensor(body))", "return n.tensor(body)"),
    ("normal_form", 'f"definition of {node}"), scale)', 'f"definition of {node}"), 1)'),
    ("normal_form", 'total = n.algebra.apply("abs", n.tensor(node.operand))', 'return n.algebra.apply("sqrt", _square_sum(n, node.operand))'),
    ("normal_form", 'return power if exponent >= 0 else n.algebra.apply("reciprocal", power)', 'return n.algebra.apply("reciprocal", power)'),
    ("ranks", "if slots[place] < 0 or not has_independent_columns(algebra, number, place):", "if slots[place] < 0:"),
    ("ranks", "mirrored = all(a == b and (algebra.is_symmetric(a) or s != t)", "mirrored = all(a == b and (True or s != t)"),
    ("ranks", "and not algebra.subtract(times(algebra, operand, operand), operand)", ""),
    ("pseudo_inverses", "if is_known_nonzero(algebra, z):\n        return", "if z:\n        return"),
    ("pseudo_inverses", ", (times(algebra, ab, a), a), (times(algebra, ba, b), b))", ")"),
    ("pseudo_inverses", "return algebra.multiply(_of_scalar(algebra, algebra.constant(coefficient)), _of_network",
     "return algebra.multiply(algebra.constant(coefficient), _of_network"),
    ("ranges", "return self.low > 0 or (self.low == 0 and not self.low_closed)", "return self.low >= 0"),
    ("ranges", "return square.meet(POSITIVE) if ranges.is_nonzero(term) else square", "return square.meet(POSITIVE)"),
    ("ranges", "self.low if self.low >= 0 else -inf", "self.low"),
    ("ranges", "if not node.shape and (tm.Transpose", "if not node.shape or (tm.Transpose"),
    ("ranges", "return POSITIVE if ranges.is_nonzero(node.operand) else NONNEGATIVE", "return POSITIVE"),
    ("ranges", "terms = [*map(ranges.of, node.initials), ranges", "terms = [ranges"),
    ("ranges", "over = Range(value, inf, not above.positive) if above.nonnegative else ANY", "over = Range(value, inf, True)"),
    ("ranges", "total = total.join(ranges.of(value))", "total = ranges.of(value)"),
    ("ranges", "return Range(self.low + other.low,", "return Range(max(self.low, other.low),"),
    ("ranges", "return Range(_inverse(self.high), _inverse(self.low), self.high_closed and self.high != inf, self.low_closed)", "return self"),
    ("definiteness", "return max(left, right) if min(left, right) > Definiteness.UNKNOWN else Definiteness.UNKNOWN", "return max(left, right)"),
    ("definiteness", "and all(has_independent_columns(factor, claim) for factor in outer)", ""),
    ("definiteness", "transposed(matrices[-1 - k]) == matrices[k]", "transposed(matrices[-1 - k]).shape == matrices[k].shape"),
    ("definiteness", "return min(of(node.left), of(node.right))", "return max(of(node.left), of(node.right))"),
    ("definiteness", "if any(of(scalar) is not Definiteness.DEFINITE for scalar in scalars):", "if False:"),
    ("nonzero", 'case Relation(Term() as left, ">" | "!=", Term() as right) if is_zero(right):',
     'case Relation(Term() as left, ">" | "!=" | ">=", Term() as right) if is_zero(right):'),
    ("nonzero", "starts = (k for k in range(1, len(word)) if word[:k] in self._injective)", "starts = range(1, len(word))"),
    ("nonzero", "return word in known or any", "return True or any"),
    ("squares", "factor * Coefficient.number(Fraction(1, 2))", "factor * Coefficient.number(Fraction(1, 4))"),
    ("squares", "gram.get((a, b), zero) - row[a] * row[b] / pivot", "gram.get((a, b), zero)"),
    ("squares", "number > 0 and all(exponent", "all(exponent"),
    ("squares", "if number in semidefinite and len(set(slots)) == 2:", "if len(set(slots)) == 2:"),
    ("squares", "return not failing", "return True"),
    ("comparisons", 'scalar if setting.claim.relation == ">=" else -scalar', "scalar"),
    ("comparisons", 'least = Definiteness.SEMIDEFINITE if "=" in relation else Definiteness.DEFINITE', "least = Definiteness.SEMIDEFINITE"),
    ("comparisons", '"<=": (-inside).nonnegative', '"<=": inside.nonnegative'),
    ("comparisons", '">": inside.positive', '">": (-inside).positive'),
    ("induction", "yield replace(claim, left=initial, right=_at(sequence, form, Number(Fraction(number))))", "pass"),
    ("induction", 'yield [Claim(base[0], "=", base[1], claim.given), Claim(after', "yield [Claim(after"),
    ("induction", "side, form = inner, -form", "side, form = inner, form"),
    ("induction", "side, form = left, form + right", "side, form = left, form - right"),
    ("induction", "side, form = inner, (1 / factor) * form", "side, form = inner, form"),
    ("induction", "for relation in bases:", "for relation in bases[1:]:"),
    ("affine_sequences", "started + op.Series(i, sequence.count, slope**i) * step.offset", "started + step.offset"),
    ("affine_sequences", "return _sum(_affine(left, state), _scaled(_affine(right, state), Number(Fraction(-1))))",
     "return _sum(_affine(left, state), _affine(right, state))"),
    ("affine_sequences", "return _scaled(_affine(operand, state), Number(Fraction(-1)))", "return _affine(operand, state)"),
    ("affine_sequences", "started: Term = slope**sequence.count * start", "started: Term = start"),
    ("limits", "converges = abs_(base) < 1 if", "converges = abs_(base) <= 1 if"),
    ("limits", "fixed = (limit - start) * (1 - base), part", "fixed = limit - start, part"),
    ("limits", "small = reduce(and_, (abs_(base) < 1 for base in sums))", "small = abs_(min(sums, key=repr)) < 2"),
    ("planar", "return (abs_(trace) < 1 + determinant) & (determinant < 1)",
     "return (abs_(trace) < 1 + determinant) & (determinant < 1 + determinant)"),
    ("planar", "otherwise=sqrt(determinant))", "otherwise=determinant)"),
    ("planar", "if not numbers.equal(left, right):", "if False:"),
    ("limit_rules", "if not run.ranges.of(node.base).meet(Range(Fraction(-1), Fraction(1))) == run.ranges.of(node.base):", "if False:"),
    ("limit_rules", "return run.finite(node.left) * _ZERO", "return run.finite(node.left)"),
    ("limit_rules", "return 1 if inside.positive else -1 if (-inside).positive else 0", "return 1 if inside.positive else -1"),
    ("limit_rules", "return -run.of(node.operand)", "return run.of(node.operand)"),
    ("limit_rules", "        return left + right\n    infinite", "        return left\n    infinite"),
    ("one_sided", 'slope = sign(u) if function == abs_ else _where(u, ">")', 'slope = _where(u, ">")'),
    ("one_sided", 'times(_where(u, "="), function(inner))', 'times(_where(u, "="), inner)'),
    ("one_sided", "if isinstance(term, op.Maximum) else", "if isinstance(term, op.Minimum) else"),
    ("one_sided", ' + _where(term, "=") * Norm(inner, kind)', ""),
    ("one_sided", 'return chosen + times(_where(left - right, "="), type(term)(first, second))', "return chosen"),
    ("moments", "Coefficient.number(Fraction(1, 12))", "Coefficient.number(Fraction(1, 6))"),
    ("moments", "return probability - probability * probability", "return probability"),
    ("moments", 'return not self._n.tensor(law.parameter("mean"))', "return True"),
    ("expectations", "return self._node.are_independent(names)", "return True"),
    ("moments", "for k, second in enumerate(others):", "for k, second in enumerate(others[:1]):"),
    ("moments", 'return not self._scalar(law.parameter("low")) + self._scalar(law.parameter("high"))', "return True"),
    ("termwise", 'else term / size', "else term"),
    ("termwise", "return abs_(_entry(operand, index))", "return _entry(operand, index)"),
    ("termwise", "return -_summand(operand, index)", "return _summand(operand, index)"),
    ("multiples", 'if strict else added', "if True else added"),
    ("multiples", "if ranges.of(name).positive", "if name"),
    ("multiples", '(left - right if ">" in symbol else right - left)', "(right - left)"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """What is remembered of numbers must neither hide a fault nor keep one."""
    for remembered in (_equal, _spelled):
        remembered.cache_clear()
    yield
    for remembered in (_equal, _spelled):
        remembered.cache_clear()


@pytest.mark.parametrize("module", BATTERIES)
def test_a_battery_finds_nothing_in_sound_rules(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _without_z3(BATTERIES[module], monkeypatch)
    assert list(BATTERIES[module].complaints()) == []


@pytest.mark.parametrize(("module", "old", "new"), FAULTS, ids=[f"{module}: {new[:40] or 'without ' + old[:40]}" for module, old, new in FAULTS])
def test_a_planted_fault_is_found(module: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _without_z3(BATTERIES[module], monkeypatch)
    plant(monkeypatch, module, old, new)
    assert next(BATTERIES[module].complaints(), None) is not None


def _without_z3(battery: Battery, monkeypatch: pytest.MonkeyPatch) -> None:
    """z3 proves claims about numbers whatever the rules here say."""
    if not battery.with_z3:
        monkeypatch.setattr(statements, "concerns", lambda stated: False)
