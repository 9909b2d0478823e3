"""What a stored pair tells of names: "to Boston", where its SQL compares with 'BOS', is that value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from analyst.catalog import Catalog
from analyst.matching.concepts import Names, plain
from analyst.matching.marking import Mark
from analyst.matching.pairing import meant
from analyst.matching.places import Place, places, tree_of
from analyst.matching.tokens import WORD, tokens
from analyst.values.mention import Mention

_NAME = re.compile(r"(?<![\w.?!])(?<![.?!] )[A-Z][a-z]+(?: [A-Z][a-z]+)*(?!\w)")
_WORD = re.compile(r"(?<![\w-])[A-Za-z]{4,}(?![\w-])")
_ENDINGS = frozenset(
    ("", "e", "s", "es", "d", "ed", "ing", "ion", "ions", "ation", "ations", "lation", "lations", "led", "ling", "ure",
     "ures", "al", "als", "ment", "ments")
)  # fmt: skip
_SHORTEST = 4
"""Letters that two forms of one word have in common."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """What one stored pair tells of the names in it."""

    values: tuple[Mention, ...] = ()
    """The values that its SQL compares with; the phrase of each is the value itself."""
    name: Mention | None = None
    """What the only unknown name of its question stands for."""
    tables: frozenset[tuple[str, str]] = frozenset()
    """The tables that its SQL reads."""

    def applied(self, text: str, found: tuple[Mark, ...], names: Names, catalog: Catalog) -> tuple[Mark, ...]:
        """The literals of a text as the stored pair would have them; the very same where it tells nothing else."""
        kept = tuple(mark for mark in found if not self._is_word(mark, names))
        more = [*self._named(text, kept), *self._kin(text, kept, names, catalog)]
        if not more and len(kept) == len(found):
            return found
        return tuple(sorted((*kept, *more), key=lambda mark: mark.start))

    def _is_word(self, mark: Mark, names: Names) -> bool:
        """True for the "product" of a table that is not read, where something else is called so, too."""
        if mark.kind != "value" or any(m.table in self.tables for m in mark.mentions):
            return False
        return all(plain(word) in names.tables for word in mark.text.lower().split())

    def _named(self, text: str, found: Sequence[Mark]) -> Iterator[Mark]:
        if self.name is not None:
            for match in re.finditer(rf"(?<!\w){re.escape(self.name.phrase)}(?!\w)", text, re.IGNORECASE):
                if _is_free(match, found):
                    yield _mark(match, self.name)

    def _kin(self, text: str, found: Sequence[Mark], names: Names, catalog: Catalog) -> Iterator[Mark]:
        """ "Payment failures" are those whose status is 'failed'."""
        for mention in self.values:
            if any(_means(mark, mention, catalog) for mark in found):
                continue
            alike = [
                m for m in _WORD.finditer(text) if _is_free(m, found) and _are_kin(m[0], mention.value, names)
            ]
            if len(alike) == 1:
                yield _mark(alike[0], mention)


def lesson_of(text: str, found: tuple[Mark, ...], names: Names, *, sql: str, catalog: Catalog) -> Lesson:
    """What a stored question and its SQL tell of names."""
    tree = tree_of(sql, catalog.dialect)
    if tree is None:
        return Lesson()
    called = frozenset(name for place in places(tree, catalog) for name in place.tables)
    values = tuple(_values(places(tree, catalog), catalog))
    read = frozenset(
        t.key for t in catalog.tables if t.name in called or re.search(rf"\b{t.name}\b", sql.lower())
    )
    lesson = Lesson(values=values, tables=read)
    marked = lesson.applied(text, found, names, catalog)
    unknown = _unknown(text, marked, names)
    left = [m for m in values if not any(_means(mark, m, catalog) for mark in marked)]
    if len(unknown) == len(left) == 1 and len(values) == sum(p.node.is_string for p in places(tree, catalog)):
        return replace(lesson, name=replace(left[0], phrase=unknown[0]))
    return lesson


def _values(found: Sequence[Place], catalog: Catalog) -> Iterator[Mention]:
    for place in found:
        plainly = place.node.is_string and place.kind == "compared" and place.operator in ("EQ", "In")
        table = next((t for t in catalog.tables if t.name in place.tables), None)
        if (
            plainly
            and len(place.tables) == 1
            and table is not None
            and table.column(place.column) is not None
        ):
            yield Mention(
                phrase=place.text,
                table=table.key,
                column=place.column,
                value=place.text,
                exact=True,
                score=1.0,
            )


def _mark(match: re.Match[str], mention: Mention) -> Mark:
    return Mark(kind="value", start=match.start(), end=match.end(), text=match[0], mentions=(mention,))


def _is_free(match: re.Match[str], found: Sequence[Mark]) -> bool:
    return all(match.end() <= mark.start or match.start() >= mark.end for mark in found)


def _means(mark: Mark, mention: Mention, catalog: Catalog) -> bool:
    return mention.value in meant(mark.mentions, catalog).get((mention.table, mention.column), set())


def _are_kin(word: str, value: str, names: Names) -> bool:
    """True for two forms of one word, of which none is a table's name."""
    said = word.lower()
    if not value.isalpha() or plain(said) in names.tables or names.concept(plain(said)) in names.tables:
        return False
    if plain(said) in names.all - names.happened.keys():
        return False  # "managers" may be those of a column that is called so
    root = plain(value.lower()).removesuffix("e")
    return len(root) >= _SHORTEST and said.startswith(root) and said[len(root) :] in _ENDINGS


def _unknown(text: str, found: tuple[Mark, ...], names: Names) -> list[str]:
    """Names in capitals that are no literal, nothing of the catalog, and no word that is known otherwise."""
    words = {t.raw for t in tokens(text, found, names) if t.kind == WORD and plain(t.raw) not in names.all}
    return [
        match[0]
        for match in _NAME.finditer(text)
        if match.start() and _is_free(match, found) and {w.lower() for w in match[0].split()} <= words
    ]
