"""What join arithmetic may never do: fail, write what cannot be read, or go on changing."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyst.catalog import Catalog, Column, Link, Table
from analyst.errors import Refused
from analyst.guard.dialects import tongue
from analyst.guard.parsing import tree_of
from analyst.guard.text import tokens_of
from analyst.multiplying import check
from analyst.repairing import Rewritten

sys.path.insert(0, str(Path(__file__).parents[1] / "guard"))
from guard_blocks import blocks, shop


def _table(name: str, *columns: str, key: tuple[str, ...] = ("id",), rows: int | None = None) -> Table:
    listed = tuple(Column(name=c, type="integer") for c in columns)
    return Table(schema="public", name=name, columns=listed, primary_key=key, rows=rows)


def _links(*pairs: tuple[str, str, str]) -> tuple[Link, ...]:
    return tuple(
        Link(table=("public", a), columns=(column,), to_table=("public", b), to_columns=("id",))
        for a, column, b in pairs
    )


CATALOG = Catalog(
    source="",
    dialect="postgres",
    tables=(
        _table("a", "id", "x", "kind"),
        _table("b", "id", "a_id", "x", "kind"),
        _table("c", "id", "a_id", "x", "kind"),
        _table("d", "a_id", "b_id", key=()),
    ),
    links=_links(("b", "a_id", "a"), ("c", "a_id", "a"), ("d", "a_id", "a"), ("d", "b_id", "b")),
)
_CALLS = st.sampled_from(
    ["SUM(a.x)", "SUM(b.x)", "SUM(c.x)", "AVG(a.x)", "COUNT(*)", "COUNT(a.id)", "COUNT(b.id)", "MAX(c.x)"]
)
_JOINS = st.lists(
    st.sampled_from(
        [
            "JOIN b ON b.a_id = a.id",
            "LEFT JOIN b ON b.a_id = a.id AND b.kind = 1",
            "JOIN c ON c.a_id = a.id",
            "LEFT JOIN c ON c.a_id = a.id",
            "JOIN c ON c.a_id = a.id AND (c.kind = 2 OR c.kind = 3)",
            "JOIN d ON d.a_id = a.id",
            "CROSS JOIN d",
        ]
    ),
    unique_by=lambda text: text.split(" ON ")[0].removeprefix("LEFT ")[-1],
    max_size=3,
)
_WHERE = st.sampled_from(
    ["", " WHERE a.kind = 1", " WHERE b.kind = 1 OR c.kind = 2", " WHERE b.x > 1 AND c.x > 1"]
)
_GROUP = st.sampled_from(["", " GROUP BY a.id", " GROUP BY a.kind", " GROUP BY b.kind", " GROUP BY 1"])


@settings(max_examples=300, deadline=None)
@given(st.lists(_CALLS, min_size=1, max_size=3), _JOINS, _WHERE, _GROUP)
def test_once_is_enough_and_what_comes_out_can_be_read(
    calls: list[str], joins: list[str], where: str, group: str
) -> None:
    sql = f"SELECT {', '.join(calls)} FROM a {' '.join(joins)}{where}{group}"
    found = check(sql, dialect="postgres", catalog=CATALOG)
    assert (found.sql == sql) == (not found.notes)
    speech = tongue("postgres")
    tree_of(tokens_of(found.sql, speech), found.sql, speech)
    again = check(found.sql, dialect="postgres", catalog=CATALOG)
    assert (again.sql, again.notes, again.warnings) == (found.sql, (), found.warnings)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_comes_back(text: str) -> None:
    assert check(text, dialect="postgres", catalog=CATALOG).sql == text


@pytest.mark.parametrize(("dialect", "topic", "sql"), blocks("allowed.sql"))
def test_what_the_guard_lets_through_can_still_be_read(dialect: str, topic: str, sql: str) -> None:
    found = check(sql, dialect=dialect, catalog=shop(dialect))
    assert (found.sql == sql) == (not found.notes)
    speech = tongue(dialect)
    try:
        tree_of(tokens_of(found.sql, speech), found.sql, speech)
    except Refused:
        assert found.sql == sql


@pytest.mark.parametrize("dialect", ["redshift", "athena"])
def test_other_dialects_are_put_right_too(dialect: str) -> None:
    sql = "SELECT COUNT(a.id) FROM a JOIN b ON b.a_id = a.id WHERE b.kind = 1"
    found = check(sql, dialect=dialect, catalog=CATALOG)
    assert found.sql == "SELECT COUNT(DISTINCT a.id) FROM a JOIN b ON b.a_id = a.id WHERE b.kind = 1"


@pytest.mark.parametrize("name", ["Größe", "group by", 'a"b', "x" * 63, "顧客"])
def test_names_that_need_quotes(name: str) -> None:
    parent = _table(name, "id", "balance")
    child = _table("b", "id", "a_id", "kind")
    link = Link(table=child.key, columns=("a_id",), to_table=parent.key, to_columns=("id",))
    catalog = Catalog(source="", dialect="postgres", tables=(parent, child), links=(link,))
    quoted = '"' + name.replace('"', '""') + '"'
    sql = f"SELECT SUM({quoted}.balance) FROM {quoted} JOIN b ON b.a_id = {quoted}.id WHERE b.kind = 1"
    found = check(sql, dialect="postgres", catalog=catalog)
    assert found.notes
    assert "EXISTS" in found.sql


def test_nothing_is_known_without_keys() -> None:
    catalog = Catalog(
        source="", dialect="postgres", tables=(_table("p", "v", key=()), _table("q", "v", key=()))
    )
    sql = "SELECT SUM(p.v) FROM p JOIN q ON p.v = q.v"
    assert check(sql, dialect="postgres", catalog=catalog) == Rewritten(sql=sql)


def _people(*, nullable: bool) -> Catalog:
    """People who are unique by their mail address, and visits by that address."""
    mail = Column(name="mail", type="text", nullable=nullable)
    others = (Column(name="tenant", type="integer"), Column(name="balance", type="integer"))
    people = Table(
        schema="public",
        name="people",
        columns=(*others, mail),
        primary_key=("tenant", "balance"),
        unique_keys=(("mail",),),
    )
    visits = Table(schema="public", name="visits", columns=(mail, others[1]))
    return Catalog(source="", dialect="postgres", tables=(people, visits))


def test_what_is_unique_multiplies_nothing() -> None:
    sql = "SELECT SUM(v.balance) FROM visits v JOIN people p ON p.mail = v.mail"
    assert check(sql, dialect="postgres", catalog=_people(nullable=True)) == Rewritten(sql=sql)
    unknown = _people(nullable=True)
    loose = replace(unknown, tables=(replace(unknown.tables[0], unique_keys=()), unknown.tables[1]))
    assert check(sql, dialect="postgres", catalog=loose).notes, "as mail is no key then"


@pytest.mark.parametrize(("nullable", "counted"), [(False, "COUNT(DISTINCT p.mail)"), (True, "COUNT(*)")])
def test_a_key_that_may_be_empty_counts_no_rows(nullable: bool, counted: str) -> None:
    catalog = _people(nullable=nullable)
    visits = replace(
        catalog.tables[1], columns=(Column(name="id", type="integer"), *catalog.tables[1].columns)
    )
    catalog = replace(catalog, tables=(catalog.tables[0], replace(visits, primary_key=("id",))))
    sql = "SELECT COUNT(*) AS people FROM people p JOIN visits v ON v.mail = p.mail"
    assert counted in check(sql, dialect="postgres", catalog=catalog).sql


def test_an_id_that_is_unique_with_others_only_is_no_key() -> None:
    columns = tuple(Column(name=c, type="integer") for c in ("tenant", "id", "x"))
    table = Table(schema="public", name="t", columns=columns, unique_keys=(("tenant", "id"),), rows=9)
    other = _table("u", "id", "t_id", "x")
    catalog = Catalog(source="", dialect="postgres", tables=(table, other))
    sql = "SELECT SUM(u.x) FROM u JOIN t ON t.id = u.t_id"
    assert check(sql, dialect="postgres", catalog=catalog).notes
    whole = replace(catalog, tables=(replace(table, unique_keys=()), other))
    assert check(sql, dialect="postgres", catalog=whole) == Rewritten(sql=sql)


def test_two_schemas_with_the_same_table_are_not_mixed_up() -> None:
    mine = _table("b", "id", "a_id")
    other = Table(schema="old", name="b", columns=mine.columns, primary_key=("a_id",))
    link = _links(("b", "a_id", "a"))
    catalog = Catalog(source="", dialect="postgres", tables=(_table("a", "id", "x"), mine, other), links=link)
    fine = "SELECT SUM(a.x) FROM a JOIN old.b ON old.b.a_id = a.id"
    assert check(fine, dialect="postgres", catalog=catalog).warnings == ()
    assert check(fine.replace("old.", ""), dialect="postgres", catalog=catalog).warnings


def test_queries_within_queries_are_followed_quickly() -> None:
    inner = "SELECT a.id, a.x FROM a JOIN a AS y ON y.id = a.id"
    for level in range(12):
        s, t = f"s{level}", f"t{level}"
        inner = f"SELECT {s}.id, {s}.x FROM ({inner}) AS {s} JOIN a AS {t} ON {t}.id = {s}.id"
    sql = f"SELECT SUM(z.x) FROM ({inner}) AS z JOIN b ON b.a_id = z.id"
    assert check(sql, dialect="postgres", catalog=CATALOG).sql == sql
