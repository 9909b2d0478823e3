"""The words above a result: the model's where every number in them holds, else a plain sentence."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from analyst import emptiness, wording
from analyst.errors import ModelError, UnusableReply
from analyst.ports import SqlWriter, WordsRequest
from analyst.result import ResultSet
from analyst.work import Work

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """Words, and who made them."""

    words: str
    by: str
    """"model" or "template"."""


def plain(question: str, result: ResultSet) -> Phrase:
    """A sentence that code makes."""
    return Phrase(words=wording.template(question, result), by="template")


def by_model(work: Work, result: ResultSet, *, writer: SqlWriter, rows: int) -> Phrase:
    """A sentence of the model, which is shown at most so many rows; a plain one where its own does not hold."""
    instead = plain(work.question.text, result)
    if emptiness.is_empty(result) or not result.complete:
        return instead
    with work.journal.step("words") as note:
        request = _request(work, result, rows=rows)
        written = _written(work, request, writer)
        if written is None:
            note.detail = "the model did not answer; a plain sentence instead"
        elif _holds(written, request, result):
            note.detail = "every number was found in the result"
            return Phrase(words=wording.safe_text(written), by="model")
        else:
            note.detail = "the model's words did not hold; a plain sentence instead"
        return instead


def _request(work: Work, result: ResultSet, *, rows: int) -> WordsRequest:
    columns, shown, summary = wording.for_model(result, rows=rows)
    return WordsRequest(
        question=work.question.text,
        columns=columns,
        rows=shown,
        row_count=result.row_count,
        summary=summary,
    )


def _written(work: Work, request: WordsRequest, writer: SqlWriter) -> str | None:
    """What the model wrote; None where it gave no usable answer."""
    try:
        words = writer.words(request, cancellation=work.cancellation)
    except ModelError as error:
        logger.warning("no words from the model: %s", error.code)
        if isinstance(error, UnusableReply):
            work.usage += error.usage
        return None
    work.usage += words.usage
    return words.text


def _holds(written: str, request: WordsRequest, result: ResultSet) -> bool:
    """True where the words are about the result, with its numbers alone, and give away no instructions."""
    text = wording.safe_text(written)
    # Where the model saw aggregates alone, its words can only be about those.
    seen = result if request.rows else replace(result, rows=())
    return (
        wording.answers(text, result)
        and wording.numbers_hold(text, seen, question=request.question, extra=(request.summary,))
        and not wording.repeats_instructions(written)
    )
