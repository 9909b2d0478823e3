"""Answers without rows: what the data cannot tell, what has to be asked back, and what to ask instead."""

from __future__ import annotations

from itertools import islice

from analyst import checking, prompts, sharing, suggesting, understanding, wording
from analyst.answer import Answer
from analyst.catalog import Catalog
from analyst.draft import Decision, Draft
from analyst.errors import AnalystError
from analyst.hearing import Heard
from analyst.linking import mentions
from analyst.ports import ExampleStore
from analyst.question import Status
from analyst.techniques import Techniques
from analyst.work import Work

MOST_SUGGESTED = 8
"""Approved questions that are looked at to suggest some."""


class Declining:
    """Declines questions and asks back, each time with questions that can be asked instead."""

    def __init__(self, *, examples: ExampleStore, techniques: Techniques) -> None:
        self._examples = examples
        self._techniques = techniques

    def unheard(self, work: Work, heard: Heard, *, catalog: Catalog) -> Answer | None:
        """A question about other things, or with a name that several things have; None for all others."""
        if heard.grounds.missing and self._techniques.uses("grounding"):
            foreign = heard.is_foreign(catalog)
            words = prompts.text("off_topic") if foreign else checking.nothing_about(heard, catalog)
            return self.unanswered(work, Status.UNANSWERABLE, words=words, catalog=catalog)
        tie = heard.tie()
        choices = checking.choices(work.question.text, tie) if tie is not None else ()
        if tie is not None and choices:
            which = checking.which(tie)
            return self.unanswered(work, Status.CLARIFY, words=which, catalog=catalog, choices=choices)
        return None

    def drafted(self, work: Work, draft: Draft, *, catalog: Catalog) -> Answer:
        """What the model answered in place of SQL."""
        if draft.decision is Decision.CLARIFY:
            status, words = Status.CLARIFY, _asked_back(draft.message)
        elif not mentions(catalog, understanding.topics(work.question.text)):
            status, words = Status.UNANSWERABLE, prompts.text("off_topic")
        else:
            status, words = Status.UNANSWERABLE, _cannot(draft.message, catalog)
        return self.unanswered(work, status, words=words, catalog=catalog, words_by="model")

    def unanswered(
        self,
        work: Work,
        status: Status,
        *,
        words: str,
        catalog: Catalog,
        words_by: str = "template",
        choices: tuple[str, ...] = (),
    ) -> Answer:
        """An answer of words alone; `choices` are suggested in the place of other questions."""
        suggestions = choices or self.suggestions(work, catalog)
        return Answer(
            status=status,
            words=wording.safe_text(words),
            words_by=words_by,
            suggestions=suggestions,
            receipt=work.receipt(confidence=0.0),
        )

    def suggestions(self, work: Work, catalog: Catalog) -> tuple[str, ...]:
        """Questions that can be asked instead: approved ones that the asker may be shown, and made ones."""
        try:
            examples = self._examples.all(source=work.question.source)
        except AnalystError:
            examples = []
        approved = (e for e in reversed(examples) if e.status == "approved")
        shown = islice(sharing.shareable(approved, work.seen), MOST_SUGGESTED)
        return suggesting.instead(
            work.question.text, catalog, near=work.near, approved=[e.question for e in shown]
        )


def _asked_back(message: str) -> str:
    if wording.repeats_instructions(message):
        return "Please ask this in other words."
    return wording.safe_text(message)


def _cannot(reason: str, catalog: Catalog) -> str:
    listed = wording.safe_text(", ".join(t.name for t in catalog.tables[:8]))
    reason = "" if wording.repeats_instructions(reason) else wording.safe_text(reason.split(";")[0])
    said = f": {reason.rstrip('.')}" if reason else ""
    return f"This cannot be answered from the data{said}. There is data on {listed}."
