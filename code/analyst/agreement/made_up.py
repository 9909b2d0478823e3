"""Texts in a statement that come from nowhere: small models like to add a status or a place."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from analyst.agreement.case import Case, Compared
from analyst.agreement.saying import Unmet, alike
from analyst.grounding.vocabulary import is_asking
from analyst.linking.plain_forms import root
from analyst.linking.word_lists import synonyms
from analyst.values.folding import plain_words

_SHORTEST = 4
"""Letters; a shorter text is a code for something."""


def texts_from_nowhere(case: Case) -> Iterator[Unmet]:
    """ "status = 'active'" where no word of the question, of the remarks or of a named value has to do with it."""
    for compared in case.texts():
        if from_nowhere(compared, case) and not compared.node.find_ancestor(exp.Case):
            shown = case.reading.text(compared.node)
            yield Unmet(kind="made up", said=f"The question does not ask for {shown}.")


def from_nowhere(compared: Compared, case: Case) -> tuple[str, ...]:
    """Those of its texts that nobody named; none where it says what is left out, or some word may mean them."""
    if (
        not case.said.english
        or isinstance(compared.node, exp.NEQ)
        or isinstance(compared.node.parent, exp.Not)
    ):
        return ()
    found = tuple(t for t in compared.texts if _is_telling(t) and not case.said.knows(t))
    return () if not found or _is_told(compared, case) or unexplained(case) else found


def unexplained(case: Case) -> list[str]:
    """The words of the question that neither ask nor name anything that is read: "unpaid" may mean 'open'."""
    named = {w for m in case.said.mentions for w in plain_words(m.phrase)}
    names = {
        part
        for t in case.tables().values()
        for n in (t.name, *(c.name for c in t.columns))
        for part in case.roots_of(n)
    }
    names |= {other for part in names for other in synonyms().meanings.get((part,), ())}
    open_words = (w for w in case.said.words if not is_asking(w) and w not in named)
    return [w for w in open_words if not any(alike(root(w), name) for name in names)]


def _is_told(compared: Compared, case: Case) -> bool:
    """True where a comment or the glossary speaks of one of the texts."""
    table = case.reading.table(compared.meaning.relation) if compared.meaning.relation is not None else None
    column = table.column(compared.meaning.stored) if table is not None else None
    told = [table.comment if table is not None else "", column.comment if column is not None else ""]
    told += [text for entry in case.reading.catalog.glossary for text in entry]
    roots = {root(w) for text in told for w in plain_words(text)}
    return any(root(w) in roots for t in compared.texts for w in plain_words(t))


def _is_telling(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= _SHORTEST and not (text.isupper() and " " not in text) and text.isascii()
