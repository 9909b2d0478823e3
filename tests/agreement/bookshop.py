"""A small bookshop, and the files of cases about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from analyst.catalog import Catalog, Column, Link, Table

_HERE = Path(__file__).parent
_TABLES = """
authors: author_id integer, name text [Ann Lee|Bob Ray|Cid Moe], country text [Peru|Chile|Japan], born date
books: book_id integer, author_id integer, title text, pages integer, rating numeric, published date
genres: genre_id integer, genre_name text [Crime Fiction|Travel|Poetry]
book_genres: book_id integer, genre_id integer
customers: customer_id integer, customer_name text, country text [Peru|Chile|Japan], status text [active|closed|new]
orders: order_id integer, customer_id integer, book_id integer, amount numeric, state text [paid|open], ordered_on date
reviews: review_id integer, book_id integer, stars integer
"""
_LINKS = (
    "books.author_id authors.author_id",
    "book_genres.book_id books.book_id",
    "book_genres.genre_id genres.genre_id",
    "orders.customer_id customers.customer_id",
    "orders.book_id books.book_id",
    "reviews.book_id books.book_id",
)


@dataclass(frozen=True)
class Asked:
    """A question with its SQL, and what is expected of it."""

    question: str
    context: str
    sql: str
    expected: str
    notes: tuple[str, ...]


def catalog(glossary: tuple[tuple[str, str], ...] = ()) -> Catalog:
    """The bookshop's catalog."""
    tables = tuple(_table(line) for line in _TABLES.strip().split("\n"))
    links = tuple(_link(text) for text in _LINKS)
    return Catalog(source="bookshop", dialect="postgres", tables=tables, links=links, glossary=glossary)


def asked(name: str) -> list[Asked]:
    """Every block of a file: the question, a `# ` line of context, the SQL, and `-> ` what is expected of it."""
    blocks = re.split(r"\n\s*\n", (_HERE / name).read_text(encoding="utf-8").strip())
    return [_asked(block.split("\n")) for block in blocks]


def _asked(lines: list[str]) -> Asked:
    def after(sign: str) -> list[str]:
        return [line.removeprefix(sign) for line in lines if line.startswith(sign)]

    plain = [line for line in lines if not line.startswith(("# ", "-> ", "-- "))]
    return Asked(
        plain[0], " ".join(after("# ")), " ".join(plain[1:]), " ".join(after("-> ")), tuple(after("-- "))
    )


def _table(line: str) -> Table:
    name, _, listed = line.partition(": ")
    columns = tuple(_column(part) for part in listed.split(", "))
    key = tuple(c.name for c in columns[:1]) if name != "book_genres" else ("book_id", "genre_id")
    return Table(schema="public", name=name, columns=columns, primary_key=key)


def _column(text: str) -> Column:
    name, type_, *rest = text.split(" ", 2)
    values = tuple(rest[0].strip("[]").split("|")) if rest else ()
    return Column(name=name, type=type_, values=values, values_complete=bool(values))


def _link(text: str) -> Link:
    (table, column), (to, key) = (part.split(".") for part in text.split())
    return Link(table=("public", table), columns=(column,), to_table=("public", to), to_columns=(key,))
