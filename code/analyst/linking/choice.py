"""The part of a catalog that a question is about."""

from __future__ import annotations

from collections.abc import Sequence

from analyst.catalog import Catalog
from analyst.linking.asking import wanted
from analyst.linking.choosing import Chosen, choose, steps
from analyst.linking.cutting import cut
from analyst.linking.index import Index, kept_index
from analyst.linking.scoring import score
from analyst.linking.sizes import Sizes, fits
from analyst.showing import schema_text
from analyst.values.mention import Mention

TOKEN_BUDGET = 3000
"""About how many tokens of schema go into a prompt."""
CHARACTERS_PER_TOKEN = 2.8
"""Measured over schemas with the local model's tokenizer; only a rough guide is needed."""
_MOST_GLOSSARY = 0.2
_WORTH_FILLING = 0.05
"""Share of the room: what is left over because sizes are reckoned with care is filled when it is more."""
_MOST_ANY = 30


def link(
    question: str,
    catalog: Catalog,
    *,
    budget: int = TOKEN_BUDGET,
    mentions: Sequence[Mention] = (),
    index: Index | None = None,
) -> Catalog:
    """The part of the catalog that a question is about; the whole, as it is, where it fits the budget.

    `budget` is in tokens of `schema_text`; `mentions` are the stored values that the question names, and `index`
    what `Index.build` made of this catalog (else it is made, and kept for the next question). Tables and columns
    stay in their order. A single table that cannot be smaller may exceed the budget.
    """
    letters = budget * CHARACTERS_PER_TOKEN
    if fits(catalog, letters):
        return catalog
    index = index if index is not None and index.fits(catalog) else kept_index(catalog)
    asked = wanted(question, index, mentions)
    glossary = _within(asked.entries, _MOST_GLOSSARY * letters)
    scores = score(asked, index, mentions)
    if not scores.tables:
        scores.tables.update(_any(catalog, index))
    room = letters - sum(len(word) + len(meaning) + 6 for word, meaning in glossary)
    order, sizes = steps(asked, scores, index), Sizes(catalog)
    small = _cut(catalog, choose(order, index, sizes, room=room), glossary)
    left = letters - len(schema_text(small))
    if left < _WORTH_FILLING * letters:
        return small
    larger = _cut(catalog, choose(order, index, sizes, room=room + left), glossary)
    return larger if len(schema_text(larger)) <= letters else small


def _cut(catalog: Catalog, chosen: Chosen, glossary: tuple[tuple[str, str], ...]) -> Catalog:
    return cut(catalog, chosen.columns, told=chosen.told, glossary=glossary)


def _any(catalog: Catalog, index: Index) -> dict[int, float]:
    """Where the question names nothing: the tables with most links and rows, which the rest is about."""
    ranked = sorted(
        range(len(catalog.tables)),
        key=lambda n: (index.family_of[n][1], -len(index.near[n]), -(catalog.tables[n].rows or 0), n),
    )
    return {number: 1 / (2 + place) for place, number in enumerate(ranked[:_MOST_ANY])}


def _within(entries: Sequence[tuple[str, str]], letters: float) -> tuple[tuple[str, str], ...]:
    kept = []
    for word, meaning in entries:
        letters -= len(word) + len(meaning) + 6
        if letters >= 0:
            kept.append((word, meaning))
    return tuple(kept)
