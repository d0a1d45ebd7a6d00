"""Numeric evidence: both sides of a claim on random floating-point instances, and whether the same instances tell it from wrong variants.

The two sides may differ by rounding: by at most u times the roundings behind them, relative to the scale of what was met on the way
(`derivations.evaluation.tracking`). A statement that is no comparison is true or false at an instance, or too near to its border to say.
Evidence has power where every wrong variant differs by more on some instance, or is false there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from derivations.language.claims import Claim
from derivations.language.errors import DerivationError
from derivations.language.kinks import on_kinks
from derivations.language.random_names import unvalued as unvalued_names
from derivations.language.verdicts import Evidence

if TYPE_CHECKING:
    from derivations.evaluation.trials import Trial

__all__ = ["EvidenceError", "NumericSettings", "check_settings", "gather"]

SHAPES = 3
"""How many assignments of sizes share the instances of a claim that has symbolic dimensions."""
OF_SIZES_ONLY = 16
"""On so many assignments a claim about nothing but sizes is tried: each of them is one instance."""


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
    """What floating-point evaluation sees of a claim and its wrong variants.

    Raises:
        EvidenceError: see `check_settings`.
        DerivationError: a node, a quantity, a statement or an assumption that torch has no rule for.
    """
    check_settings(settings)
    from numeric.devices import reproducible_arithmetic

    with reproducible_arithmetic():
        return _gather(claim, tuple(mutants), settings)


def _gather(claim: Claim, mutants: tuple[Claim, ...], settings: NumericSettings) -> Evidence:
    from derivations.evaluation.trials import is_comparison

    trials = _trials(claim, mutants, settings)
    for kinked in on_kinks(claim):
        with suppress(DerivationError):  # instances on kinks that cannot be drawn; the others count
            trials += _trials(kinked, mutants, settings)
    without = Evidence(device=settings.device, dtype=settings.dtype)
    if not trials:
        return replace(without, note="none (no random instance meets the assumptions inside the domain)")
    if missing := _missing(claim, trials):
        return replace(without, note=f"none (the left side is {missing} at no random instance)")
    worst = max(trials, key=lambda trial: trial.error / max(trial.bound, sys.float_info.min))
    return replace(
        without,
        instances=sum(trial.instances for trial in trials),
        hard=sum(trial.hard for trial in trials),
        worst_error=worst.error,
        bound=worst.bound,
        false=None if is_comparison(claim) else sum(trial.false for trial in trials),
        mutants=len(mutants),
        mutants_caught=sum(any(trial.catches(mutant) for trial in trials) for mutant in mutants),
    )


def _trials(claim: Claim, mutants: tuple[Claim, ...], settings: NumericSettings) -> list[Trial]:
    """The claim on batches of several sizes, in each of which some instances count; on more of them while a truth value is missing."""
    from derivations.evaluation.recipes import recipe_for
    from derivations.evaluation.sampling import assignments, draw
    from derivations.evaluation.tensor_points import TooManyPoints
    from derivations.evaluation.trials import Trial, is_comparison
    from numeric.devices import generator, resolve_device, resolve_dtype

    variants = (claim, *mutants)
    compared = () if is_comparison(claim) else tuple(variant.statement for variant in variants)
    unvalued = frozenset.intersection(*(unvalued_names(variant.statement, variant.given) for variant in variants))
    recipe = recipe_for((term for variant in variants for term in variant.terms), claim.given, compared, unvalued)
    device, dtype, source = resolve_device(settings.device), resolve_dtype(settings.dtype), generator(settings.seed)
    shapes = (SHAPES if recipe.plans else min(settings.samples, OF_SIZES_ONLY)) if recipe.dimensions else 1
    count = ceil(settings.samples / shapes) if recipe.plans else 1  # what holds no symbol is the same at every instance of a shape
    trials: list[Trial] = []
    refused: list[TooManyPoints] = []
    for sizes in assignments(recipe, settings.seed):
        batch = draw(recipe, sizes, count, dtype, device, source)
        try:
            trial = Trial(batch, claim, recipe) if batch.count else None
        except TooManyPoints as error:  # smaller sizes may do
            refused.append(error)
            continue
        trials += [trial] if trial and trial.instances else []
        if len(trials) >= shapes and not _missing(claim, trials):
            break
    if refused and not trials:
        raise refused[0]
    return trials


def _missing(claim: Claim, trials: list[Trial]) -> str:
    """The truth value without which the evidence would say little, unless it shows that the claim is false."""
    from derivations.evaluation.trials import NEEDED

    met = set().union(*(trial.met for trial in trials))
    missing = NEEDED.get(claim.relation, set()) - met
    return "" if any(trial.false for trial in trials) or not missing else "true" if True in missing else "false"
