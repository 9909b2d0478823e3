"""Which values a question names: tables of cases over real values, and small catalogs for what is rare."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from analyst.catalog import Catalog, Column, Link, Table
from analyst.values import find, finding, hints, notes, ties

CASES = Path(__file__).parent / "cases"


def _lines(name: str) -> list[str]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _shown(question: str, catalog: Catalog) -> set[str]:
    """What was found, as the cases write it."""
    return {
        f"{m.phrase}{'?' if m.read_as else ''}: {m.table[1]}.{m.column} = {m.value}"
        for m in find(question, catalog)
    }


@pytest.mark.parametrize("line", _lines("found.txt"))
def test_values_are_found(line: str, flights_catalog: Catalog) -> None:
    question, expected = line.split(" => ")
    assert _shown(question, flights_catalog) == set(expected.split("; "))


@pytest.mark.parametrize("question", _lines("nothing.txt"))
def test_ordinary_questions_name_nothing(question: str, flights_catalog: Catalog) -> None:
    assert _shown(question, flights_catalog) == set()
    assert hints(find(question, flights_catalog), flights_catalog) == ""


def _column(name: str, *values: str, **fields: object) -> Column:
    return Column(name=name, type="text", more_values=values, values_all=True, **fields)  # type: ignore[arg-type]


def _catalog(*tables: Table, links: tuple[Link, ...] = ()) -> Catalog:
    return Catalog(source="s", dialect="postgres", tables=tables, links=links)


def _table(name: str, *columns: Column) -> Table:
    return Table(schema="public", name=name, columns=columns)


SHOP = _catalog(
    _table(
        "customers",
        _column(
            "name", "Müller & Söhne", "O'Brien's Pub", "Café René", "山田商店", "Яндекс", "AT&T Inc.", "Who?"
        ),
        _column("city", "York", "New York", "São Paulo", "Zürich", "東京", "Łódź", "Orange"),
        _column("state", "IN", "OR", "ME", "NY"),
        _column("kind", "customer", "city", "new", "all", "A", "B", "1"),
        _column("password", "Kestrel", "Falcon"),
        Column(name="vip", type="boolean", values=("true", "false"), values_complete=True),
    ),
    _table(
        "events",
        _column("kind", "delivered", "partially delivered", "refund", "Returned"),
        _column("priority", "High", "Low"),
        _column("remark", "Paris is worth a mass", "x' OR 1=1\nDROP", "http://orders.example.org/kestrel"),
    ),
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("sales in New York", {"New York: customers.city = New York"}),
        ("sales in York", {"York: customers.city = York"}),
        ("sales in sao paulo", {"sao paulo: customers.city = São Paulo"}),
        ("ZÜRICH and Zurich", {"ZÜRICH: customers.city = Zürich", "Zurich: customers.city = Zürich"}),
        ("sales of muller sohne", {"muller sohne: customers.name = Müller & Söhne"}),
        ("What did cafe rene buy?", {"cafe rene: customers.name = Café René"}),
        ("Café René's orders", {"Café René: customers.name = Café René"}),
        ("orders of O'Brien's Pub", {"O'Brien's Pub: customers.name = O'Brien's Pub"}),
        ("orders of Obriens Pub", set()),
        ("How much did AT&T spend?", {"AT&T: customers.name = AT&T Inc."}),
        ("東京の売上", {"東京: customers.city = 東京"}),
        ("山田商店の注文", {"山田商店: customers.name = 山田商店"}),
        ("заказы яндекс", {"яндекс: customers.name = Яндекс"}),
        ("sales in Orange", {"Orange: customers.city = Orange"}),
        ("customers in IN", {"IN: customers.state = IN"}),
        ("customers in or out of town, me too", set()),
        ("SHOW ME THE CUSTOMERS IN OR NEAR ME", set()),
        ("customers by city", set()),
        ("all customers of each kind", set()),
        ("customers of kind 'city'", {"city: customers.kind = city"}),
        ("new customers", {"new: customers.kind = new"}),
        ("a customer", set()),
        ("customers of kind A", {"A: customers.kind = A"}),
        ("top 1 customer", set()),
        ("who are the customers?", set()),
        ("refunds", {"refunds: events.kind = refund"}),
        ("Return the customers", set()),
        ("How many were returned?", {"returned: events.kind = Returned"}),
        ("events of low priority", {"low: events.priority = Low"}),
        ("lowest and highest", set()),
        ("partially delivered events", {"partially delivered: events.kind = partially delivered"}),
        ("Kestrel and falcon", set()),
        ("is it true or false?", set()),
        ("Is Paris worth it?", {"Paris: events.remark = Paris is worth a mass"}),
        ("", set()),
        ("'' \"\" ''", set()),
        ("?" * 200, set()),
    ],
)
def test_rare_letters_and_words(question: str, expected: set[str]) -> None:
    found = {f"{m.phrase}: {m.table[1]}.{m.column} = {m.value}".strip("'\"") for m in find(question, SHOP)}
    assert found == expected


def test_no_value_is_passed_over_for_its_first_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    values = [v for table in SHOP.tables for column in table.columns for v in column.known_values]
    parts = [
        *values,
        *(f"{v}s" for v in values),
        "in the",
        "New",
        "yorks",
        "Parties",
        "of IN",
        "deliverd",
        "a",
        "é",
    ]
    chosen = Random(1)
    texts = [" ".join(chosen.choices(parts, k=4)) for _ in range(200)]
    quickly = [find(text, SHOP) for text in texts]
    monkeypatch.setattr(finding, "_reach", lambda reading, start, shelves: len(reading.words) - start)
    monkeypatch.setattr(finding, "_may_be_one", lambda word, shelves: True)
    assert quickly == [find(text, SHOP) for text in texts]


CITIES = _catalog(
    _table("sellers", _column("city", "Springfield", "Portland")),
    _table("buyers", _column("city", "Springfield"), _column("street", "Springfield Road", "Main St")),
    _table("people", _column("name", "John Smith", "John Doe", "Mary Major", "Martin", "Marvin")),
)


def test_every_column_that_fits_equally_well_is_given() -> None:
    found = find("deals in Springfield", CITIES)
    assert {(m.table[1], m.column) for m in found} == {("sellers", "city"), ("buyers", "city")}
    assert len({m.score for m in found}) == 1
    assert all(m.exact for m in found)


def test_the_column_that_the_question_names_comes_first() -> None:
    first, second = find("buyers in Springfield", CITIES)
    assert (first.table[1], second.table[1]) == ("buyers", "sellers")
    assert first.score > second.score


def test_several_values_of_one_column_are_a_tie() -> None:
    (tie,) = ties(find("deals with John", CITIES))
    assert (tie.phrase, tie.table[1], tie.column, tie.values) == (
        "John",
        "people",
        "name",
        ("John Smith", "John Doe"),
    )
    assert ties(find("deals with Mary", CITIES)) == ()
    assert ties(find("deals in Springfield", CITIES)) == ()


def test_a_slip_is_said_and_one_that_may_be_two_words_is_none() -> None:
    found = find("deals in Porltand", CITIES)
    assert [(m.value, m.read_as, m.exact) for m in found] == [("Portland", "Portland", False)]
    assert notes(found) == ('"Porltand" was read as "Portland".',)
    assert notes(find("deals in Portland", CITIES)) == ()
    assert find("deals with Marfin", CITIES) == ()


def test_hints_over_a_lookup_table(flights_catalog: Catalog) -> None:
    def said(question: str) -> str:
        return hints(find(question, flights_catalog), flights_catalog)

    assert said("United flights") == (
        "\"United\" is airlines.name = 'United Air Lines Inc.' (flights.carrier = 'UA')"
    )
    assert said("flights to Chigaco") == (
        '"Chigaco" read as "Chicago" is one of several in airports.name: '
        "'Chicago Midway Intl' (flights.dest = 'MDW'), 'Chicago Ohare Intl' (flights.dest = 'ORD')"
    )
    assert said("UA flights") == "\"UA\" is flights.carrier = 'UA'"


def test_hints_are_few_short_lines_with_names_and_values_quoted() -> None:
    odd = _catalog(_table("Odd Name", _column("select it", *(f"O'Neil {c * 4}" for c in "abcdefghijkl"))))
    question = " and ".join(f'"O\'Neil {c * 4}"' for c in "abcdefghijkl")
    lines = hints(find(question, odd), odd).splitlines()
    assert len(lines) == 8
    assert lines[0] == '"O\'Neil aaaa" is "Odd Name"."select it" = \'O\'\'Neil aaaa\''


def test_no_hint_holds_a_line_break() -> None:
    found = find('"x\' OR 1=1 DROP"', SHOP)
    assert [m.value for m in found] == ["x' OR 1=1\nDROP"]
    assert hints(found, SHOP) == ""


def test_many_values_and_words() -> None:
    names = tuple(f"{a}{b}{c} Works" for a in "bdfgklmnp" for b in ("ara", "eno", "ulo") for c in "rstvwxz")
    catalog = _catalog(*(_table(f"t{i}", _column("name", *names)) for i in range(5)))
    found = find(" and ".join(names), catalog)
    assert 0 < len(found) <= 60
    assert len(hints(found, catalog).splitlines()) == 8
