"""Reports as JSON. The shape is `schema.json` beside this file; exact numbers are strings, since JSON has no fractions."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import asdict
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from derivations.checking import Reports
from derivations.language.verdicts import Evidence, Report, Result, Status, Verdict, Witness, exit_code
from derivations.language.writing import TextWriter

__all__ = ["as_json", "schema", "summary"]


def schema() -> dict[str, Any]:
    """The JSON Schema of the reports."""
    loaded: dict[str, Any] = json.loads(files("derivations.reports").joinpath("schema.json").read_text("utf-8"))
    return loaded


def as_json(reports: Reports, seconds: float) -> str:
    """The reports as a JSON document; `seconds` is how long they took together."""
    document = {"version": version("derivations"), "results": [_report(report) for report in reports], "summary": summary(reports, seconds)}
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)


def summary(reports: Reports, seconds: float) -> dict[str, Any]:
    """How many claims and mutants came out how."""
    verdicts = reports.verdicts
    statuses = Counter(verdict.status for verdict in verdicts)
    counts = [result.mutants for report in reports for result in report.results if result.mutants]
    return {
        "derivations": len(reports),
        "claims": len(verdicts),
        **{status.value: statuses[status] for status in Status},
        "alarms": sum(1 for verdict in verdicts if verdict.alarm),
        "mutants": {
            "total": sum(count.total for count in counts),
            "refuted": sum(count.refuted for count in counts),
            "equivalent": sum(count.equivalent for count in counts),
            "survivors": sum(len(count.survivors) for count in counts),
        },
        "seconds": round(seconds, 3),
        "exit_code": exit_code(verdicts),
    }


def _report(report: Report) -> dict[str, Any]:
    return {"name": report.name, "topic": report.topic, "questions": list(report.questions), "claims": [_claim(result) for result in report.results]}


def _claim(result: Result) -> dict[str, Any]:
    from derivations.latex.writer import latex

    claim, verdict = result.claim, result.verdict
    left, right = TextWriter().sides(claim.statement)
    return {
        "latex": latex(claim),
        "left": left,
        "relation": claim.relation,
        "right": right,
        "status": verdict.status.value,
        "method": verdict.method,
        "assumptions": [repr(assumption) for assumption in claim.given],
        "conditions": list(verdict.conditions),
        "missing_assumptions": list(verdict.missing_assumptions),
        "lemmas": list(verdict.lemmas),
        "witness": _witness(verdict.witness),
        "evidence": _evidence(verdict.evidence),
        "counterexample": _counterexample(verdict),
        "mutants": asdict(result.mutants) if result.mutants else None,
        "reason": verdict.reason,
        "hint": verdict.hint,
        "alarm": verdict.alarm,
        "milliseconds": round(verdict.milliseconds, 3),
    }


def _witness(witness: Witness | None) -> dict[str, Any] | None:
    """Sizes and values by name; sizes, values and families share one name space."""
    if witness is None:
        return None
    return {**dict(witness.sizes), **{name: _values(value) for name, value in witness.values}}


def _values(value: Any) -> Any:
    """A matrix as its rows, a family as its members; every entry as a string."""
    return [_values(part) for part in value] if isinstance(value, tuple) else str(value)


def _counterexample(verdict: Verdict) -> dict[str, Any] | None:
    found = verdict.counterexample
    if found is None:
        return None
    return {"values": _witness(found.witness), "left": _values(found.left), "relation": found.relation, "right": _values(found.right)}


def _evidence(evidence: Evidence | None) -> dict[str, Any] | None:
    """The evidence; an error that is not finite, which JSON cannot say, is null."""
    if evidence is None:
        return None
    return {**asdict(evidence), "worst_error": evidence.worst_error if math.isfinite(evidence.worst_error) else None}
