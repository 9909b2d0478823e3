"""The CSV that Athena writes: every value in quotes, null as nothing at all, and the empty text as two quotes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence

from analyst.errors import DatabaseError

LONGEST_ROW = 64_000_000
"""Characters; Athena's own rows are half as long at most, so what is longer is something else."""
_FIELD = re.compile(r'("[^"]*(?:""[^"]*)*"|[^",\n]*),')

Row = Sequence[str | None]


def rows_of(chunks: Iterable[bytes], *, columns: int) -> Iterator[list[Row]]:
    """The rows in a file that comes in pieces of any size, the header among them: a list a piece, if any ended in it.

    Holds no more than a piece and the row that it breaks off in. Raises DatabaseError for what Athena never writes.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = ""
    held: list[str] = []
    for chunk in chunks:
        *lines, rest = (rest + decoder.decode(chunk)).split("\n")
        rows = [_fields(record, columns) for record in _records(lines, held)]
        if rows:
            yield rows
        if len(rest) + sum(map(len, held)) > LONGEST_ROW:
            raise broken()
    last = [*held, rest + decoder.decode(b"", final=True)]
    if last != [""]:
        yield [_fields("\n".join(last), columns)]


def broken() -> DatabaseError:
    """The file is none of Athena's."""
    return DatabaseError("The file in S3 that should hold the query's result cannot be read as one.")


def _records(lines: Iterable[str], held: list[str]) -> Iterator[str]:
    """Lines put together again where a line feed stands in quotes; `held` keeps what has no end yet."""
    for line in lines:
        ends = line.count('"') % 2 == 1
        if not held and not ends:
            yield line
            continue
        held.append(line)
        if ends and len(held) > 1:
            yield "\n".join(held)
            held.clear()


def _fields(record: str, columns: int) -> Row:
    if record.count('"') == 2 * columns and record[0] == record[-1] == '"':
        plain = record[1:-1].split('","')
        if len(plain) == columns:
            return plain
    found = _FIELD.findall(record + ",")
    if len(found) != columns or sum(map(len, found)) + columns != len(record) + 1:
        raise broken()
    return [_value(field) for field in found]


def _value(field: str) -> str | None:
    if not field:
        return None
    return field[1:-1].replace('""', '"') if field[0] == '"' else field
