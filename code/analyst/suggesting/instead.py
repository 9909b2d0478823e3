"""Which questions are offered where one could not be answered."""

from __future__ import annotations

from collections.abc import Sequence

from analyst.catalog import Catalog
from analyst.suggesting.made import made
from analyst.understanding import same_question

MOST = 4
ENOUGH = 2
"""Approved questions from which on none are made up."""


def instead(
    question: str, catalog: Catalog, *, near: Sequence[str] = (), approved: Sequence[str] = ()
) -> tuple[str, ...]:
    """At most four questions that have an answer: the `near` ones, nearest first, then all others `approved`.

    Where hardly any is approved, more are made from the catalog; the question itself is never among them.
    """
    found: list[str] = []
    for text in (*near, *approved):
        _add(found, text, question)
    if len(found) < ENOUGH:
        for text in made(catalog, about=question):
            _add(found, text, question)
    return tuple(found[:MOST])


def _add(found: list[str], text: str, question: str) -> None:
    if not any(same_question(text, other) for other in (question, *found)):
        found.append(text)
