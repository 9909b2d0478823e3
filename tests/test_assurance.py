"""How sure an answer is, in words."""

from __future__ import annotations

import pytest

from analyst import trust
from analyst.assurance import APPROVED, BOUND, GIVEN, assurance


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (0.95, "Quite sure (0.95)"),
        (0.9, "Quite sure (0.90)"),
        (0.896, "Quite sure (0.90)"),
        (0.75, "Fairly sure (0.75)"),
        (0.7, "Fairly sure (0.70)"),
        (0.69, "Not quite sure (0.69)"),
        (0.5, "Not quite sure (0.50)"),
        (0.499, "Not quite sure (0.50)"),
        (0.494, "Unsure (0.49)"),
        (0.0, "Unsure (0.00)"),
    ],
)
def test_words_come_first_and_fit_the_number_that_is_shown(confidence: float, words: str) -> None:
    found = assurance(confidence, attempts=1, cached=None)
    assert found is not None and found.measured
    assert found.words == words
    assert found.low == words.startswith("Unsure") == bool(found.advice)


def test_an_unsure_answer_says_what_to_do_next() -> None:
    fast = assurance(0.3, attempts=1, cached=None)
    thorough = assurance(0.3, attempts=5, cached=None, thorough=True)
    assert fast and thorough
    assert "Read the SQL" in fast.advice and "thorough mode" in fast.advice and "approve" in fast.advice
    assert "Read the SQL" in thorough.advice and "thorough mode" not in thorough.advice


def test_what_somebody_vouches_for_has_no_number() -> None:
    approved = assurance(trust.APPROVED, attempts=0, cached="same")
    given = assurance(trust.GIVEN, attempts=0, cached=None)
    assert approved and approved.words == APPROVED and not approved.measured
    bound = assurance(trust.BOUND, attempts=0, cached="bound")
    assert bound and bound.words == BOUND and not bound.measured
    assert given and given.words == GIVEN and not given.measured


def test_an_answer_from_before_there_was_a_measure_is_not_called_sure() -> None:
    assert assurance(1.0, attempts=1, cached=None) is None
    assert trust.trust(trust.Signs(share=1.0)) < 1
