"""`verify`: what it takes, what it returns, and what it makes of evidence, deadlines and faults."""

from __future__ import annotations

import operator
import sys

import pytest

from derivations import checking
from derivations.catalogue import TOPICS, UnknownNameError, gradient_norms
from derivations.checking import NO_TORCH, Reports, Settings, verify
from derivations.evaluation import evidence
from derivations.language.assumptions import positive
from derivations.language.claims import Derivation, Step, claim
from derivations.language.constructors import dimensions, gradient, matrix, norm, scalar, vector
from derivations.language.errors import DeclarationError
from derivations.language.verdicts import Evidence, Status, exit_code
from derivations.proof import verification

n, d = dimensions("n d")
X, w, y, beta = matrix("X", n, d), vector("w", d), vector("y", n), scalar("beta")
LOSS = norm(X @ w - y) ** 2
TRUE = claim(gradient(LOSS, w), "=", 2 * X.T @ (X @ w - y))
FALSE = claim(gradient(LOSS, w), "=", X.T @ (X @ w - y))


def test_a_claim_gives_a_verdict() -> None:
    assert verify(TRUE, numeric=False).status is Status.PROVED
    assert verify(FALSE, numeric=False).counterexample is not None


def test_a_claim_may_say_that_a_term_is_itself() -> None:
    assert verify(claim(w, "=", w), numeric=False).status is Status.PROVED


def test_a_derivation_gives_a_report_in_the_order_of_its_steps_under_its_assumptions() -> None:
    steps = (Step("wrong", FALSE), Step("right", TRUE), Step.of("a root", (beta**2 / beta) * w, "=", beta * w))
    report = verify(Derivation("Three steps", steps, ("sheet/1",), given=(positive(beta),)), numeric=False, jobs=2)
    assert [result.title for result in report.results] == ["wrong", "right", "a root"]
    assert [result.verdict.status for result in report.results] == [Status.REFUTED, Status.PROVED, Status.PROVED]
    assert (report.name, report.questions) == ("three-steps", ("sheet/1",))
    assert report.results[2].claim.given == (positive(beta),)
    assert report.results[0].mutants is None  # the variants of a false claim say nothing
    assert report.results[1].mutants is not None
    assert report.results[1].mutants.total > 0


def test_a_module_and_its_name_give_the_reports_of_the_topic() -> None:
    by_module = verify(gradient_norms, numeric=False, mutants=False)
    by_name = verify("gradient_norms", numeric=False, mutants=False)
    assert isinstance(by_module, Reports)
    assert [report.name for report in by_module] == [report.name for report in by_name]
    assert len(by_module) == len(gradient_norms.entries)
    assert {report.topic for report in by_module} == {"gradient_norms"}


def test_an_address_gives_one_report() -> None:
    (report,) = verify("gradient_norms/norm-of-a-weight-gradient", numeric=False, mutants=False)
    assert report.title == "Norm of a weight gradient"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gradient_norm", "there is no topic 'gradient_norm'; did you mean gradient_norms?"),
        ("zzz", f"there is no topic 'zzz'; expected one of {', '.join(TOPICS)}"),
        ("gradient_norms/batch", "did you mean norms-of-the-weight-gradients-of-a-batch?"),
    ],
)
def test_an_unknown_name_is_answered_by_the_nearest(name: str, message: str) -> None:
    with pytest.raises(UnknownNameError) as error:
        verify(name)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("name", "number"), [("samples", 0), ("jobs", 0), ("seed", -1), *(("time_limit", number) for number in (0.0, float("nan"), float("inf")))]
)
def test_impossible_settings_are_refused(name: str, number: float) -> None:
    with pytest.raises(DeclarationError, match=f"{name} is "):
        Settings(**{name: number})  # type: ignore[arg-type]


def test_the_verdict_does_not_depend_on_the_number_of_processes() -> None:
    def statuses(jobs: int) -> list[tuple[Status, object, object]]:
        results = [result for report in verify("gradient_norms", numeric=False, jobs=jobs) for result in report.results]
        return [(result.verdict.status, result.verdict.witness, result.mutants and result.mutants.refuted) for result in results]

    assert statuses(1) == statuses(3)


# ------------------------------------------------------------------------------------------------------------------ evidence


def test_evidence_puts_the_wrong_variants_to_the_same_instances() -> None:
    found = verify(TRUE, samples=16).evidence
    assert found is not None
    assert found.agrees
    assert 0 < found.mutants == found.mutants_caught


def test_a_refuted_claim_needs_no_evidence() -> None:
    assert verify(FALSE).evidence is None


@pytest.mark.parametrize(
    ("seen", "contradiction"),
    [
        (Evidence(64, 0.5, 1e-12, "cpu", "float64", 4, 4), "the sides differ by 5.0e-01, more than 1.0e-12"),
        (Evidence(64, device="cpu", dtype="float64", false=3), "it is false at 3 of 64 instances"),
    ],
)
def test_evidence_that_contradicts_a_proof_is_an_alarm(monkeypatch: pytest.MonkeyPatch, seen: Evidence, contradiction: str) -> None:
    monkeypatch.setattr(evidence, "gather", lambda *_: seen)
    verdict = verify(TRUE)
    assert verdict.status is Status.PROVED
    assert verdict.alarm == f"proved, but on cpu (float64) {contradiction}"
    assert exit_code([verdict]) == 4


def test_a_refusal_of_the_evidence_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Evidence:
        raise evidence.EvidenceError("no such node")

    monkeypatch.setattr(evidence, "gather", refuse)
    assert verify(TRUE).evidence == Evidence(note="none (no such node)")


def test_without_torch_a_claim_is_proved_and_the_evidence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    verdict = verify(TRUE)
    assert verdict.evidence == Evidence(note=NO_TORCH)
    assert exit_code([verdict]) == 0


def test_an_explicit_device_needs_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "numeric.devices", raising=False)  # it holds torch
    with pytest.raises(evidence.EvidenceError, match="torch is not installed"):
        verify(TRUE, device="cpu")


@pytest.mark.parametrize("options", [{"device": "cuda:99"}, {"device": "abacus"}, {"dtype": "float17"}])
def test_an_unknown_device_or_dtype_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(evidence.EvidenceError, match=next(iter(options.values()))):
        verify(TRUE, **options)  # type: ignore[call-overload]


# ------------------------------------------------------------------------------------------------------- deadlines and faults


@pytest.mark.usefixtures("hanging_engine")
def test_a_claim_that_is_killed_is_undecided() -> None:
    verdict = verify(TRUE, numeric=False, time_limit=0.2)
    assert verdict.status is Status.UNDECIDED
    assert verdict.reason == "killed at the deadline of 0.2 s"
    assert verdict.milliseconds == 200
    assert exit_code([verdict]) == 3


def test_a_fault_of_the_engine_is_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "judge", operator.truediv)  # cannot divide a claim by a budget
    verdict = verify(TRUE, numeric=False)
    assert (verdict.status, verdict.reason) == (Status.UNDECIDED, "the engine failed")
    assert verdict.alarm.startswith("a fault: TypeError: unsupported operand type(s) for /: 'Claim' and 'Budget'")
    assert exit_code([verdict]) == 4


def test_a_fault_among_the_mutants_keeps_the_verdict_and_raises_the_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "judge_mutants", operator.truediv)
    report = verify(Derivation("One step", (Step("right", TRUE),)), numeric=False)
    (result,) = report.results
    assert result.verdict.status is Status.PROVED
    assert result.verdict.alarm.startswith("a fault while judging the wrong variants: TypeError")
    assert result.mutants is not None
    assert len(result.mutants.survivors) == 1


def test_workers_are_kept_for_the_next_claim_and_closed_after_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    verify(TRUE, numeric=False)
    kept = checking._kept[1]
    verify(FALSE, numeric=False)
    assert checking._kept[1] is kept

    def interrupt(_: Settings) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(checking, "_measurer", interrupt)
    with pytest.raises(KeyboardInterrupt):
        verify(TRUE)
    assert checking._kept.get(1) is not kept
