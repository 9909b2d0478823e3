"""Puts a result into plain sentences, cuts it to what a model may read, and checks what a model says of it."""

from __future__ import annotations

import base64
import binascii
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from analyst import labels, prompts
from analyst.claims import numbers_hold
from analyst.numerals import normal, stated
from analyst.plain_text import safe_text
from analyst.result import Cell, Kind, ResultColumn, ResultSet

__all__ = ["answers", "for_model", "numbers_hold", "repeats_instructions", "safe_text", "shown", "template"]

MOST_ROWS_SAID = 5
MOST_COLUMNS_SAID = 6
LONGEST_VALUE = 60
LONGEST_LIST = 300
MOST_MODEL_COLUMNS = 40
MOST_MODEL_CHARACTERS = 12_000
"""A small result with long cells is summed up too: the prompt has to fit a small model."""
TOLD = ("sql", "words", "words_request", "repair", "question")
"""Prompt files whose sentences no answer may repeat; the others are shown to people, or are SQL in good part."""
WORDS_IN_A_ROW = 8
LONGEST_CHECKED = 50_000
"""Characters; the guard takes no longer SQL, and no longer words are shown."""

_WORD = re.compile(r"[^\W_]+")
_VARIABLE = re.compile(r"\$\{\w+\}")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{32,}={0,2}")
_TO_PLAIN_BASE64 = str.maketrans("-_", "+/")
_HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2}){32,}")


def template(question: str, result: ResultSet) -> str:
    """One or two honest sentences that need no model; `question` is not used yet to phrase them.

    Values are cut to `LONGEST_VALUE` characters and made harmless like a model's words.
    """
    if result.row_count == 0:
        return "No rows match."
    if not result.columns or not result.rows:
        return f"{_count(result)}."
    if result.row_count == 1 and not result.truncated:
        return safe_text(_one_row(result))
    return safe_text(_several_rows(result))


def shown(value: Cell, column: ResultColumn) -> str:
    """One value as a person reads it: "336,776", "12.64", "2013-01-31 17:45 UTC", "no value"."""
    if value is None:
        return "no value"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if column.kind.numeric:
        return _number(value, column)
    if column.kind in (Kind.TIMESTAMP, Kind.INSTANT):
        return _moment(str(value))
    text = json.dumps(value, ensure_ascii=False) if column.kind is Kind.JSON else str(value)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _one_row(result: ResultSet) -> str:
    row = result.rows[0]
    if len(result.columns) > 1:
        return f"One row: {_pairs(result.columns, row)}."
    column, value = result.columns[0], row[0]
    label = labels.readable(column.name)
    if value is None:
        return f"There is no value: {label or 'the result'} is empty (null)."
    return f"The answer is {shown(value, column)}" + (f" ({label})." if label else ".")


def _several_rows(result: ResultSet) -> str:
    listed = _listed(result)
    some = len(listed) < result.row_count
    # With more columns each value is said with its own column's name.
    named = f" ({', '.join(labels.readable(c.name) or 'value' for c in result.columns)})"
    first = f"; the first {len(listed)}" if len(listed) > 1 else "; the first"
    said = f"{_count(result)}{named if len(result.columns) <= 2 else ''}{first if some else ''}:"
    rest = (_range(result) if some else "", _truncated(result))
    return " ".join(filter(None, (said, "; ".join(listed) + ".", *rest)))


def _listed(result: ResultSet) -> list[str]:
    """The first rows as words, as many as make a sentence that is still read, and at least one."""
    listed: list[str] = []
    for row in result.rows[:MOST_ROWS_SAID]:
        said = _row(result.columns, row)
        if listed and sum(map(len, listed)) + len(said) > LONGEST_LIST:
            break
        listed.append(said)
    return listed


def _row(columns: Sequence[ResultColumn], row: Sequence[Cell]) -> str:
    if len(columns) == 1:
        return shown(row[0], columns[0])
    if len(columns) == 2:
        return f"{shown(row[0], columns[0])}: {shown(row[1], columns[1])}"
    return f"{shown(row[0], columns[0])} ({_pairs(columns[1:], row[1:])})"


def _pairs(columns: Sequence[ResultColumn], row: Sequence[Cell]) -> str:
    pairs = list(zip(columns, row, strict=True))
    said = [f"{labels.readable(c.name) or 'value'} {shown(v, c)}" for c, v in pairs[:MOST_COLUMNS_SAID]]
    return ", ".join(said) + (" and more columns" if len(pairs) > MOST_COLUMNS_SAID else "")


def _range(result: ResultSet) -> str:
    """From where to where the one measure reaches, where all its values are known."""
    measures = [i for i, c in enumerate(result.columns) if _is_measure(c)]
    if len(measures) != 1 or not result.complete:
        return ""
    column = result.columns[measures[0]]
    values = [(n, row[measures[0]]) for row in result.rows if (n := _decimal(row[measures[0]])) is not None]
    if not values:
        return ""
    low, high = min(values, key=lambda v: v[0])[1], max(values, key=lambda v: v[0])[1]
    label = labels.readable(column.name) or "value"
    return f"The lowest {label} is {shown(low, column)}, the highest {shown(high, column)}."


def _is_measure(column: ResultColumn) -> bool:
    return column.kind.numeric and not labels.is_id(column) and not labels.is_time_part(column)


def _truncated(result: ResultSet) -> str:
    return "There are more rows than were fetched." if result.truncated else ""


def _count(result: ResultSet) -> str:
    rows = "1 row" if result.row_count == 1 else f"{result.row_count:,} rows"
    return f"The first {rows}" if result.truncated else rows


def _number(value: Cell, column: ResultColumn) -> str:
    number = _decimal(value)
    if number is None:
        return str(value)
    if column.kind is Kind.NUMBER and number and not -6 <= number.adjusted() < 15:
        return f"{float(number):.6g}"
    whole = number == number.to_integral_value()
    if whole and (labels.is_time_part(column) or labels.is_id(column)):
        return f"{number:.0f}"
    if whole and (column.kind is not Kind.DECIMAL or _scale(number) == 0 or _scale(number) > 2):
        return f"{number:,.0f}"
    if column.kind is Kind.DECIMAL and _scale(number) <= 2:
        return f"{number:,f}"
    return _rounded(number)


def _rounded(number: Decimal) -> str:
    if abs(number) >= 1:
        return f"{number:,.2f}"
    # Three digits that count, so that a small share does not become nought.
    return f"{number:.{2 - number.adjusted()}f}"


def _scale(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _decimal(value: Cell) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _moment(text: str) -> str:
    try:
        point = datetime.fromisoformat(text)
    except ValueError:
        return text
    fine = point.second or point.microsecond
    said = point.replace(tzinfo=None).isoformat(sep=" ", timespec="auto" if fine else "minutes")
    if point.tzinfo is None:
        return said
    return f"{said} UTC" if not point.utcoffset() else f"{said} {point.isoformat()[-6:]}"


def for_model(
    result: ResultSet, *, rows: int = 50, characters: int = 200
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], str]:
    """Column names, rows as text and a summary: all that a model may read of a result.

    Up to `rows` rows with `characters` characters a cell; a larger result as aggregates per column in place
    of rows. The summary is empty where the rows say all.
    """
    columns = result.columns[:MOST_MODEL_COLUMNS]
    names = tuple(_cut(column.name, characters) for column in columns)
    left_out = len(result.columns) - len(columns)
    notes = [f"{left_out} more columns are left out."] if left_out else []
    if len(result.rows) == result.row_count <= rows:
        table = tuple(
            tuple(_cut(_cell_text(v, c), characters) for c, v in zip(columns, row, strict=False))
            for row in result.rows
        )
        if sum(len(text) for line in table for text in line) <= MOST_MODEL_CHARACTERS:
            return names, table, " ".join(notes)
    lines = [_scope(result), *(_aggregates(result, i, characters=characters) for i in range(len(columns)))]
    return names, (), _cut_lines([*lines, *notes])


def _scope(result: ResultSet) -> str:
    seen = len(result.rows)
    if result.complete:
        return f"Aggregates of all {result.row_count:,} rows:"
    more = " or more" if result.truncated else ""
    return f"Aggregates of the first {seen:,} of {result.row_count:,}{more} rows only:"


def _aggregates(result: ResultSet, position: int, *, characters: int) -> str:
    column = result.columns[position]
    values = [row[position] for row in result.rows if row[position] is not None]
    said = [f"{len(values):,} values", f"{len(result.rows) - len(values):,} nulls"]
    numbers = [n for n in map(_decimal, values) if n is not None] if column.kind.numeric else []
    if numbers:
        said += [f"min {_plain(min(numbers))}", f"max {_plain(max(numbers))}"]
        if _is_measure(column):
            said.append(f"mean {_plain(sum(numbers, Decimal(0)) / len(numbers))}")
    elif values and column.kind.temporal:
        said += [f"min {min(map(str, values))}", f"max {max(map(str, values))}"]
    if not numbers or not _is_measure(column):
        texts = Counter(_cut(_cell_text(v, column), min(characters, LONGEST_VALUE)) for v in values)
        said.append(f"{len(texts):,} distinct")
        said.append("top " + ", ".join(f"{text} ({count:,})" for text, count in texts.most_common(3)))
    return f"{_cut(column.name, characters)}: {'; '.join(said)}"


def _plain(number: Decimal) -> str:
    text = f"{number:.4f}" if abs(number) >= 1 else f"{number:.6g}"
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text.lower() else text


def _cell_text(value: Cell, column: ResultColumn) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if column.kind is Kind.JSON else str(value)


def _cut(text: str, characters: int) -> str:
    # One line, so that no cell can pass for a part of the prompt around it.
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= characters else text[: characters - 1] + "…"


def _cut_lines(lines: list[str]) -> str:
    text = "\n".join(lines)
    return text if len(text) <= MOST_MODEL_CHARACTERS else text[: MOST_MODEL_CHARACTERS - 1] + "…"


def answers(text: str, result: ResultSet) -> bool:
    """False where a text about numbers states none: it may be true, and still says nothing."""
    return not any(column.kind.numeric for column in result.columns) or bool(stated(normal(text)))


def repeats_instructions(text: str) -> bool:
    """True where a model's text, message or SQL repeats so many words in a row of what it was told to do.

    Case and punctuation do not count; base64, hexadecimal and reversed text are read, too.
    """
    text = text[:LONGEST_CHECKED]
    return any(_repeats(reading) for reading in (text, text[::-1], *_decoded(text)))


def _repeats(text: str) -> bool:
    said = _words(text)
    return any(tuple(said[i : i + WORDS_IN_A_ROW]) in _told() for i in range(len(said) - WORDS_IN_A_ROW + 1))


@lru_cache(maxsize=1)
def _told() -> frozenset[tuple[str, ...]]:
    """Every run of words in the prompt files; a variable ends a run."""
    parts = [_words(part) for name in TOLD for part in _VARIABLE.split(prompts.text(name))]
    return frozenset(
        tuple(said[i : i + WORDS_IN_A_ROW]) for said in parts for i in range(len(said) - WORDS_IN_A_ROW + 1)
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _decoded(text: str) -> list[str]:
    """What encoded pieces of a text say; nothing for those that are no text."""
    found = [_read(bytes.fromhex(piece)) for piece in _HEXADECIMAL.findall(text)]
    for piece in _ENCODED.findall("".join(text.split())) + _ENCODED.findall(text):
        plain = piece.rstrip("=").translate(_TO_PLAIN_BASE64)
        # Letters that stand before it move the groups of four.
        found += [_read(_from_base64(plain[lead:])) for lead in range(4)]
    return found


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return b""


def _read(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")
