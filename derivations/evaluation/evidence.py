"""Numeric evidence: both sides of a claim on random floating-point instances, and whether the same instances tell it from wrong variants.

The two sides may differ by rounding: by at most u times the roundings behind them, relative to the scale of what was met on the way
(`derivations.evaluation.tracking`). Evidence has power where every wrong variant differs by more on some instance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from derivations.language.claims import Claim
from derivations.language.errors import DerivationError
from derivations.language.terms import Term
from derivations.language.verdicts import Evidence

__all__ = ["EvidenceError", "NumericSettings", "check_settings", "gather"]

COMPARABLE = ("=", "<=", "<", ">=", ">")
SHAPES = 3
"""How many assignments of sizes share the instances of a claim that has symbolic dimensions."""


class EvidenceError(DerivationError):
    """Settings with which no floating-point evidence can be gathered here."""


@dataclass(frozen=True, slots=True)
class NumericSettings:
    """Where and how to compute: device and dtype by torch's names, about how many instances a claim is tried on, and the seed of the draws."""

    device: str = "cpu"
    dtype: str = "float64"
    samples: int = 64
    seed: int = 0


def check_settings(settings: NumericSettings) -> None:
    """Raises:
    EvidenceError: torch is not installed, the device is not here, the dtype is none to compute in, samples or seed are out of range.
    """
    try:
        from numeric.devices import NumericError, resolve_device, resolve_dtype
    except ModuleNotFoundError as missing:
        if missing.name != "torch":
            raise
        raise EvidenceError('torch is not installed; numeric evidence needs it: pip install "derivations[torch]"') from missing
    try:
        resolve_device(settings.device)
        resolve_dtype(settings.dtype)
    except NumericError as error:
        raise EvidenceError(str(error)) from error
    if settings.samples < 1 or settings.seed < 0:
        raise EvidenceError(f"samples = {settings.samples}, seed = {settings.seed}; expected samples ≥ 1 and seed ≥ 0")


def gather(claim: Claim, mutants: Iterable[Claim], settings: NumericSettings) -> Evidence:
    """What floating-point evaluation sees of a claim and its wrong variants; of a relation that rounding blurs, a note only.

    Raises:
        EvidenceError: see `check_settings`.
        DerivationError: a node, a quantity or an assumption that torch has no rule for.
    """
    check_settings(settings)
    if claim.relation not in COMPARABLE or not all(isinstance(side, Term) for side in claim.sides):
        return Evidence(note=f"none (floating-point instances say nothing of '{claim.relation}')")
    from numeric.devices import reproducible_arithmetic

    with reproducible_arithmetic():
        return _gather(claim, tuple(mutants), settings)


def _gather(claim: Claim, mutants: tuple[Claim, ...], settings: NumericSettings) -> Evidence:
    from derivations.evaluation.sampling import assignments, draw, recipe_for
    from derivations.evaluation.trials import Trial
    from numeric.devices import generator, resolve_device, resolve_dtype

    recipe = recipe_for((term for variant in (claim, *mutants) for term in variant.terms), claim.given)
    device, dtype, source = resolve_device(settings.device), resolve_dtype(settings.dtype), generator(settings.seed)
    shapes = SHAPES if recipe.dimensions else 1
    count = ceil(settings.samples / shapes) if recipe.owners else 1  # what holds no symbol is the same at every instance of a shape
    trials: list[Trial] = []
    for sizes in assignments(recipe, settings.seed):
        batch = draw(recipe, sizes, count, dtype, device, source)
        trial = Trial(batch, claim) if batch.count else None
        trials += [trial] if trial and trial.instances else []
        if len(trials) == shapes:
            break
    if not trials:
        return Evidence(device=settings.device, dtype=settings.dtype, note="none (no random instance meets the assumptions inside the domain)")
    worst = max(trials, key=lambda trial: trial.error / trial.bound)
    caught = sum(any(trial.catches(mutant) for trial in trials) for mutant in mutants)
    return Evidence(sum(trial.instances for trial in trials), worst.error, worst.bound, settings.device, settings.dtype, len(mutants), caught)
