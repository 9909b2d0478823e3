"""Risk and coverage: how right the answers are when only the surest are given, and what was declined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from analyst.judging.verdict import Outcome, Verdict

LEVELS = (1.0, 0.9, 0.8, 0.7, 0.5)
"""Shares of the answers that reports tell of."""


class RiskStep(NamedTuple):
    """What holds when only answers of at least this confidence are given."""

    coverage: float
    """The share of the answers that is left, 0 to 1."""
    accuracy: float
    """The share of those that is right, 0 to 1."""
    threshold: float
    """The confidence that each of them has at least."""


class Refusals(NamedTuple):
    """What was declined, of what had no answer and of what had one."""

    unanswerable: int
    refused: int
    """Of the unanswerable ones, those that were rightly declined."""
    answerable: int
    declined: int
    """Of the answerable ones, those that were wrongly declined."""


def risk_coverage(verdicts: Iterable[Verdict]) -> list[RiskStep]:
    """One step a confidence, the surest answers first and all of them last; none where nothing was answered.

    An answer to what has no answer counts as a wrong one. Answers of equal confidence cannot be told apart, so
    they come and go together: where all are alike there is one step.
    """
    answers = [v for v in verdicts if v.status == "answered" and v.outcome is not Outcome.UNJUDGED]
    answers.sort(key=_confidence, reverse=True)
    steps: list[RiskStep] = []
    given = right = 0
    for threshold, alike in groupby(answers, key=_confidence):
        outcomes = [verdict.outcome for verdict in alike]
        given += len(outcomes)
        right += outcomes.count(Outcome.RIGHT)
        steps.append(RiskStep(coverage=given / len(answers), accuracy=right / given, threshold=threshold))
    return steps


def at_levels(steps: Sequence[RiskStep], levels: Sequence[float] = LEVELS) -> list[RiskStep]:
    """For each level the smallest step that covers it, each step once, the widest first."""
    covering = (next((step for step in steps if step.coverage >= level), None) for level in levels)
    return list(dict.fromkeys(step for step in covering if step is not None))


def refusals(verdicts: Iterable[Verdict]) -> Refusals:
    """What was declined; what could not be judged counts nowhere."""
    judged = [v for v in verdicts if v.outcome is not Outcome.UNJUDGED]
    answerable = [v.outcome for v in judged if v.answerable]
    unanswerable = [v.outcome for v in judged if not v.answerable]
    return Refusals(
        unanswerable=len(unanswerable),
        refused=unanswerable.count(Outcome.RIGHT),
        answerable=len(answerable),
        declined=answerable.count(Outcome.DECLINED),
    )


def _confidence(verdict: Verdict) -> float:
    return verdict.confidence
