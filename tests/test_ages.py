"""How old rows are, in words."""

from __future__ import annotations

import pytest

from analyst.ages import ago, reused


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute ago"),
        (59.9, "less than a minute ago"),
        (60, "1 minute ago"),
        (12.9 * 60, "12 minutes ago"),
        (3600, "1 hour ago"),
        (7199, "1 hour ago"),
        (3 * 86_400, "3 days ago"),
    ],
)
def test_an_age_is_rounded_down(seconds: float, words: str) -> None:
    assert ago(seconds) == words


def test_only_reused_rows_have_a_sentence() -> None:
    assert reused(None) == ""
    assert reused(0) == "Rows reused from less than a minute ago (result reuse of this source)."
