"""What was found, put into words: for the model, for the receipt, and for a question back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyst.catalog import Catalog
from analyst.showing import quoted, table_name
from analyst.values.mention import Mention
from analyst.values.shelves import Place, Shelves, shelves_of

MOST_LINES = 8
_MOST_COLUMNS = 4
_MOST_VALUES = 3
_MOST_USERS = 2
_BLANKS = dict.fromkeys((0xA0, 0x2007, 0x202F, 0x3000), " ")
_MOST_ALIKE = 2


@dataclass(frozen=True, kw_only=True)
class Tie:
    """A phrase that fits several values of one column equally well."""

    phrase: str
    table: tuple[str, str]
    column: str
    values: tuple[str, ...]


def hints(mentions: Sequence[Mention], catalog: Catalog) -> str:
    """Lines for the prompt that say what the question's names are in the database; empty without any."""
    shelves = shelves_of(catalog)
    lines = [_line(group, catalog, shelves) for group in _by_phrase(mentions) if _can_be_shown(group)]
    return "\n".join(lines[:MOST_LINES])


def notes(mentions: Sequence[Mention]) -> tuple[str, ...]:
    """Plain sentences for the receipt: which words were taken for mistyped ones."""
    said = {m.phrase: m.read_as for m in reversed(mentions) if m.read_as}
    return tuple(f'"{phrase}" was read as "{meant}".' for phrase, meant in reversed(said.items()))


def ties(mentions: Sequence[Mention]) -> tuple[Tie, ...]:
    """The phrases that fit several values of one column equally well, in the question's order."""
    found = []
    for group in _by_phrase(mentions):
        best = max(m.score for m in group)
        for place, same in _by_place(group).items():
            values = tuple(m.value for m in same if m.score == best)
            if len(values) > 1:
                found.append(Tie(phrase=same[0].phrase, table=place[0], column=place[1], values=values))
    return tuple(found)


def _by_phrase(mentions: Sequence[Mention]) -> list[list[Mention]]:
    groups: dict[str, list[Mention]] = {}
    for mention in mentions:
        groups.setdefault(mention.phrase, []).append(mention)
    return list(groups.values())


def _by_place(group: Sequence[Mention]) -> dict[Place, list[Mention]]:
    places: dict[Place, list[Mention]] = {}
    for mention in group:
        places.setdefault((mention.table, mention.column), []).append(mention)
    return places


def _can_be_shown(group: Sequence[Mention]) -> bool:
    # A line is one line: a value with a break in it could pass for a part of the prompt around it.
    return all(_is_plain(m.value) and _is_plain(m.phrase) for m in group)


def _is_plain(text: str) -> bool:
    """True for printable text, wide and unbreakable blanks included."""
    return text.translate(_BLANKS).isprintable()


def _line(group: Sequence[Mention], catalog: Catalog, shelves: Shelves) -> str:
    read_as = f' read as "{group[0].read_as}"' if group[0].read_as else ""
    said = list(
        dict.fromkeys(_said(place, same, catalog, shelves) for place, same in _by_place(group).items())
    )
    merged = _merged(group, catalog) if len(said) > 1 else ""
    return f'"{group[0].phrase}"{read_as} is {merged or " or ".join(said[:_MOST_COLUMNS])}'


def _merged(group: Sequence[Mention], catalog: Catalog) -> str:
    """One value in several columns is said once, for the likeliest of them; a model would ask for all."""
    values = {m.value for m in group}
    if len(values) != 1:
        return ""
    best = max(m.score for m in group)
    likeliest = list(_by_place([m for m in group if m.score == best]))
    column = likeliest[0][1]
    if sum(other == column for _, other in likeliest) > 1:
        said = quoted(column)  # whichever of these tables the statement reads
    else:
        said = " or ".join(_column(place, catalog) for place in likeliest[:_MOST_ALIKE])
    return f"{said} = {_literal(values.pop())}"


def _said(place: Place, same: Sequence[Mention], catalog: Catalog, shelves: Shelves) -> str:
    column = _column(place, catalog)
    values = [_literal(m.value) + _used(place, m.value, catalog, shelves) for m in same]
    if len(same) == 1:
        return f"{column} = {values[0]}"
    listed = ", ".join(values[:_MOST_VALUES])
    return f"one of several in {column}: {listed}{', …' if len(same) > _MOST_VALUES else ''}"


def _used(place: Place, value: str, catalog: Catalog, shelves: Shelves) -> str:
    """The key that other tables hold in place of the value."""
    uses = shelves.uses(place, value)
    if uses is None or not uses[1] or not uses[0].isprintable():
        return ""
    users = [_column(user, catalog) for user in uses[1][:_MOST_USERS]]
    return f" ({' or '.join(users)} = {_literal(uses[0])})"


def _column(place: Place, catalog: Catalog) -> str:
    (schema, name), column = place
    table = catalog.table(name, schema)
    return f"{table_name(table, catalog) if table else quoted(name)}.{quoted(column)}"


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
