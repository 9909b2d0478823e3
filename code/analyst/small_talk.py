"""Replies to what is no question: greetings, what can be asked, and wishes that nobody grants here."""

from __future__ import annotations

from analyst.answer import Answer
from analyst.catalog import Catalog
from analyst.errors import Refused
from analyst.question import Status
from analyst.understanding import Intent


def reply(intent: Intent, catalog: Catalog, *, suggestions: tuple[str, ...]) -> Answer:
    """What is said without any SQL; raises Refused for a wish to change data or rules."""
    if intent is Intent.CHANGE:
        raise Refused(
            "I only read data; I cannot delete or change anything. Ask me what the data says instead.",
            rule="read only",
        )
    if intent is Intent.RULES:
        raise Refused(
            "What you may see is not for me to change, and no question lifts it. Ask without that part.",
            rule="rules",
        )
    if intent is Intent.NOTHING:
        words = "I could not find a question in this. Please ask it in words."
        return Answer(status=Status.CLARIFY, words=words, words_by="template", suggestions=suggestions)
    greeting = "Hello! " if intent is Intent.GREETING else ""
    return Answer(
        status=Status.ANSWERED,
        words=greeting + _ability(catalog),
        words_by="template",
        suggestions=suggestions,
    )


def _ability(catalog: Catalog) -> str:
    named = [t.name for t in sorted(catalog.tables, key=lambda t: -(t.rows or 0))[:6]]
    more = len(catalog.tables) - len(named)
    listed = ", ".join(named) + (f" and {more} more" if more > 0 else "")
    return (
        f"I answer questions about this {catalog.dialect.capitalize()} data in plain words. There is data on {listed}."
        " Ask for numbers, comparisons, rankings or trends; I show the SQL and how I read the question."
    )
