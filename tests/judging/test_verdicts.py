"""What is said of predictions, and how it is counted."""

from __future__ import annotations

import json

import pytest

from analyst.cli.summary import summary
from analyst.judging import Outcome, Verdict, changed, outcome, tallies


def verdict(id: str, found: Outcome, *, answerable: bool = True, category: str = "c") -> Verdict:
    return Verdict(id=id, database="d", category=category, answerable=answerable, outcome=found)


@pytest.mark.parametrize(
    ("status", "answerable", "decided"),
    [
        ("answered", True, None),
        ("answered", False, Outcome.WRONG),
        ("unanswerable", True, Outcome.DECLINED),
        ("unanswerable", False, Outcome.RIGHT),
        ("clarify", True, Outcome.DECLINED),
        ("clarify", False, Outcome.RIGHT),
        ("refused", True, Outcome.REFUSED),
        ("refused", False, Outcome.REFUSED),
        ("failed", True, Outcome.FAILED),
        ("miss", True, Outcome.FAILED),
        ("cancelled", False, Outcome.FAILED),
    ],
)
def test_what_the_status_decides(status: str, answerable: bool, decided: Outcome | None) -> None:
    assert outcome(status, answerable=answerable) is decided


def test_a_verdict_is_the_same_after_a_file() -> None:
    one = verdict("a", Outcome.WRONG)
    assert Verdict.from_document(json.loads(json.dumps(one.document()))) == one


def test_what_cannot_be_judged_is_in_no_share() -> None:
    found = [verdict("a", Outcome.RIGHT), verdict("b", Outcome.WRONG), verdict("c", Outcome.UNJUDGED)]
    (tally,) = tallies(found, lambda v: v.category)
    assert (tally.total, tally.right, tally.share) == (2, 1, 50.0)


def test_only_what_changed_is_told() -> None:
    before = [verdict("a", Outcome.RIGHT), verdict("b", Outcome.WRONG), verdict("gone", Outcome.RIGHT)]
    after = [verdict("new", Outcome.RIGHT), verdict("b", Outcome.RIGHT), verdict("a", Outcome.RIGHT)]
    assert [(old.outcome, new.id) for old, new in changed(before, after)] == [(Outcome.WRONG, "b")]


def test_the_summary_counts_by_category_and_database() -> None:
    text = summary(
        [
            verdict("a", Outcome.RIGHT, category="join"),
            verdict("b", Outcome.ERROR, category="join"),
            verdict("c", Outcome.RIGHT, answerable=False, category="nothing there"),
        ]
    )
    rows = {line.split("  ")[1]: line.split()[-8:] for line in text.splitlines() if line.startswith("  ")}
    assert rows["answerable"] == ["2", "50.0", "1", ".", "1", ".", ".", "."]
    assert rows["not answerable"][:3] == ["1", "100.0", "1"]
    assert rows["join"][:3] == ["2", "50.0", "1"] and rows["d"][:2] == ["2", "50.0"]


def test_a_suite_without_gold_has_nothing_to_count() -> None:
    assert "nothing to judge" in summary([])
