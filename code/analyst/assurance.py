"""How sure an answer is, in words: the same for every front end."""

from __future__ import annotations

from dataclasses import dataclass

LOW = 0.5
"""Below this an answer says of itself that it is unsure."""
SURE = ((0.9, "Quite sure"), (0.7, "Fairly sure"), (LOW, "Not quite sure"), (0.0, "Unsure"))
"""From which confidence on which words hold, the highest first."""

APPROVED = "Approved: a person has confirmed this SQL"
BOUND = "Approved with other values: a person has confirmed this SQL but for what was put in"
GIVEN = "Your own SQL: no model wrote it"
_READ = "Read the SQL before you rely on this answer"
_AGAIN = ", or ask again in thorough mode"
_PRECISELY = ", or ask more precisely"
_JUDGE = "Then approve it if it is right, or reject it."


@dataclass(frozen=True, kw_only=True)
class Assurance:
    """How sure an answer is."""

    words: str
    """ "Fairly sure (0.72)", or who vouches for the answer."""
    measured: bool = False
    """True where it was reckoned from how the answer was made; nobody vouches for such an answer."""
    low: bool = False
    """True where the answer itself must say it, and not only its receipt."""
    advice: str = ""
    """What to do about an unsure answer; empty for all others."""


def assurance(
    confidence: float, *, attempts: int, cached: str | None, thorough: bool = False
) -> Assurance | None:
    """The assurance of an answer that has SQL, by its receipt; None for one that was never measured.

    `confidence` is from 0 to 1, `attempts` counts the model's drafts, `cached` says how an approved question
    answered: None, "same" or "bound".
    """
    if cached:
        return Assurance(words=BOUND if cached == "bound" else APPROVED)
    if not attempts:
        return Assurance(words=GIVEN)
    if confidence >= 1:  # as receipts say that were written before there was a measure; no draft reaches it
        return None
    shown = round(confidence, 2)
    low = shown < LOW
    advice = f"{_READ}{_PRECISELY if thorough else _AGAIN}. {_JUDGE}" if low else ""
    return Assurance(words=f"{_in_words(shown)} ({shown:.2f})", measured=True, low=low, advice=advice)


def _in_words(confidence: float) -> str:
    return next((words for least, words in SURE if confidence >= least), SURE[-1][1])
