"""How right the surest answers are, and what was declined."""

from __future__ import annotations

from typing import Any

import pytest

from analyst.cli import predictions
from analyst.cli.summary import summary
from analyst.judging import Outcome, Refusals, RiskStep, Verdict, at_levels, refusals, risk_coverage


def verdict(
    confidence: float, found: Outcome, *, status: str = "answered", answerable: bool = True
) -> Verdict:
    return Verdict(
        id=f"{confidence} {found} {status} {answerable}",
        database="",
        category="",
        answerable=answerable,
        outcome=found,
        status=status,
        confidence=confidence,
    )


def test_the_surest_answers_come_first() -> None:
    found = [
        verdict(0.5, Outcome.WRONG),
        verdict(0.9, Outcome.RIGHT),
        verdict(0.2, Outcome.ERROR),
        verdict(0.7, Outcome.RIGHT),
    ]
    assert risk_coverage(found) == [(0.25, 1.0, 0.9), (0.5, 1.0, 0.7), (0.75, 2 / 3, 0.5), (1.0, 0.5, 0.2)]


def test_answers_of_one_confidence_come_together() -> None:
    one = [verdict(1.0, Outcome.RIGHT), verdict(1.0, Outcome.WRONG), verdict(1.0, Outcome.WRONG)]
    assert risk_coverage(one) == [(1.0, pytest.approx(1 / 3), 1.0)]
    two = [*one, verdict(0.3, Outcome.RIGHT)]
    assert [step.coverage for step in risk_coverage(two)] == [0.75, 1.0]


def test_only_answers_count_and_an_answer_to_what_has_none_is_wrong() -> None:
    found = [
        verdict(1.0, Outcome.RIGHT, status="unanswerable", answerable=False),
        verdict(1.0, Outcome.DECLINED, status="clarify"),
        verdict(1.0, Outcome.UNJUDGED),
        verdict(1.0, Outcome.FAILED, status="failed"),
        verdict(0.8, Outcome.WRONG, answerable=False),
    ]
    assert risk_coverage(found) == [(1.0, 0.0, 0.8)]
    assert risk_coverage(found[:4]) == []


def test_a_level_shows_the_smallest_step_that_covers_it_once() -> None:
    steps = [RiskStep(0.3, 1.0, 0.9), RiskStep(0.75, 0.8, 0.6), RiskStep(1.0, 0.7, 0.1)]
    assert at_levels(steps) == [steps[2], steps[1]]
    assert at_levels(steps, (0.2,)) == [steps[0]]
    assert at_levels([]) == []


def test_what_was_declined_is_counted_apart_from_what_could_not_be_judged() -> None:
    found = [
        verdict(1.0, Outcome.RIGHT, status="unanswerable", answerable=False),
        verdict(1.0, Outcome.WRONG, answerable=False),
        verdict(1.0, Outcome.DECLINED, status="clarify"),
        verdict(1.0, Outcome.REFUSED, status="refused"),
        verdict(1.0, Outcome.RIGHT),
        verdict(1.0, Outcome.UNJUDGED),
    ]
    assert refusals(found) == Refusals(unanswerable=2, refused=1, answerable=3, declined=1)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({}, 1.0),
        ({"confidence": None}, 1.0),
        ({"confidence": 0}, 0.0),
        ({"confidence": 0.25}, 0.25),
        ({"confidence": 7}, 1.0),
        ({"confidence": -1}, 0.0),
        ({"confidence": "high"}, 1.0),
        ({"confidence": float("nan")}, 1.0),
        ({"confidence": True}, 1.0),
    ],
)
def test_a_prediction_says_how_sure_it_is(said: dict[str, Any], meant: float) -> None:
    assert predictions.confidence(said) == meant


def test_an_earlier_file_of_verdicts_is_read_as_wholly_sure() -> None:
    earlier = {k: v for k, v in verdict(0.5, Outcome.RIGHT).document().items() if k != "confidence"}
    assert Verdict.from_document(earlier).confidence == 1.0


def test_the_summary_tells_of_both() -> None:
    found = [verdict(n / 10, Outcome.RIGHT if n > 4 else Outcome.WRONG) for n in range(1, 11)]
    said = summary([*found, verdict(1.0, Outcome.RIGHT, status="unanswerable", answerable=False)])
    assert "unanswerable and declined: 100.0 % (1/1); answerable and declined: 0.0 % (0/10)" in said
    for part in ("100 %: 60.0 % (from 0.10)", "90 %: 66.7 % (from 0.20)", "50 %: 100.0 % (from 0.60)"):
        assert part in said
    alike = summary([verdict(1.0, Outcome.RIGHT), verdict(1.0, Outcome.WRONG)])
    assert "right of the answers given: 50.0 %, all of one confidence" in alike
