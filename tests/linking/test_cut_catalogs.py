"""How catalogs of every kind are cut: odd names, missing parts, joins in between, values and budgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from analyst import values
from analyst.catalog import Catalog, Column, Link, Table
from analyst.linking import CHARACTERS_PER_TOKEN, Index, link
from analyst.linking.naming import Speller
from analyst.showing import schema_text

FILLER = tuple(f"attribute_{n}" for n in range(30))


def table(name: str, *columns: str, schema: str = "public", key: Sequence[str] = (), **more: str) -> Table:
    return Table(
        schema=schema,
        name=name,
        columns=tuple(Column(name=c, type="text") for c in columns),
        primary_key=tuple(key),
        comment=more.get("comment", ""),
    )


def between(from_: Table, column: str, to: Table, key: str, *, declared: bool = True) -> Link:
    return Link(table=from_.key, columns=(column,), to_table=to.key, to_columns=(key,), declared=declared)


def catalog(*tables: Table, links: Sequence[Link] = (), **more: tuple[tuple[str, str], ...]) -> Catalog:
    noise = tuple(table(f"gadget_{n}", "id", *FILLER) for n in range(40))
    return Catalog(
        source="x",
        dialect="postgres",
        tables=(*noise[:20], *tables, *noise[20:]),
        links=tuple(links),
        glossary=more.get("glossary", ()),
    )


def places(small: Catalog) -> set[str]:
    return {f"{t.name}.{c.name}" for t in small.tables for c in t.columns}


def test_what_fits_goes_in_as_it_is() -> None:
    small = Catalog(source="x", dialect="postgres", tables=(table("a", "b"),))
    assert link("anything at all", small) is small
    assert link("", small, budget=1) is not None


@pytest.mark.parametrize(
    ("name", "column", "question"),
    [
        ("Order Details", "Unit Price", "What is the unit price in the order details?"),
        ('the "best" ones', 'half "done"', "Which of the best ones are half done?"),
        ("select", "group", "What group is in select?"),
        ("x" * 59 + "tail", "y" * 63, f"Count {'y' * 63} of {'x' * 59}tail"),
        ("продажи", "сумма", "Какая сумма за продажи?"),
        ("売上", "金額", "売上の金額は?"),
        ("kündigung", "gründe", "Welche Gründe hat die Kündigung?"),
        ("sbtransaction", "sbtxcommission", "What was the highest commission of a transaction?"),
        ("CustomerInvoices", "TotalAmountDue", "total amount due of customer invoices"),
        ("T_KND_ADR", "PLZ_CD", "Show PLZ_CD"),
    ],
)
def test_names_of_every_kind_are_met(name: str, column: str, question: str) -> None:
    wide = catalog(table(name, "id", *FILLER[:20], column, *FILLER[20:], key=("id",)))
    small = link(question, wide, budget=120)
    assert f"{name}.{column}" in places(small)
    assert len(schema_text(small)) <= 120 * CHARACTERS_PER_TOKEN


def test_two_schemas_with_the_same_table() -> None:
    here = table("staff", "id", "salary", *FILLER, schema="public", key=("id",))
    there = table("staff", "id", "salary", *FILLER, schema="oslo", key=("id",))
    visits = table("visits", "id", "staff_id", *FILLER, schema="oslo", key=("id",))
    both = catalog(here, there, visits, links=[between(visits, "staff_id", there, "id")])
    named = link("What is the salary of the staff in Oslo?", both, budget=60)
    assert {t.key for t in named.tables} >= {("oslo", "staff")}
    assert {t.key for t in link("salary of staff", both, budget=300).tables} >= {here.key, there.key}


def test_tables_without_columns_and_questions_without_words() -> None:
    wide = catalog(Table(schema="public", name="empty", columns=()), table("sales", "id", "amount", *FILLER))
    assert "empty" in {t.name for t in link("What is in empty?", wide, budget=100).tables}
    for question in ("", "???", "the of and", "zzzz qqqq", "1 2 3"):
        small = link(question, wide, budget=100)
        assert small.tables and len(schema_text(small)) <= 100 * CHARACTERS_PER_TOKEN


def test_only_empty_tables() -> None:
    bare = tuple(Table(schema="public", name=f"empty_table_{n}", columns=()) for n in range(200))
    small = link("how many", Catalog(source="x", dialect="postgres", tables=bare), budget=100)
    assert 0 < len(small.tables) < 200


def test_a_single_table_that_cannot_be_smaller_goes_in() -> None:
    long = table("a" * 60, "b" * 63, *FILLER, comment="word " * 60)
    small = link("What is b?", Catalog(source="x", dialect="postgres", tables=(long,)), budget=5)
    assert len(small.tables) == 1 and len(small.tables[0].columns) == 1


@pytest.mark.parametrize("declared", [True, False])
def test_tables_in_between_are_kept_with_the_columns_that_join(declared: bool) -> None:
    doctor = table("doctor", "doctor_id", "speciality", *FILLER, key=("doctor_id",))
    visit = table("encounter", "encounter_id", "who", "whom", *FILLER, key=("encounter_id",))
    patient = table("patient", "patient_id", "city", *FILLER, key=("patient_id",))
    wide = catalog(
        doctor,
        visit,
        patient,
        links=[
            between(visit, "who", doctor, "doctor_id", declared=declared),
            between(visit, "whom", patient, "patient_id", declared=declared),
        ],
    )
    small = link("Which speciality of doctor treats each patient city?", wide, budget=150)
    assert places(small) >= {"doctor.speciality", "patient.city", "encounter.who", "encounter.whom"}
    assert len(small.links) == 2 and all(one.declared is declared for one in small.links)


def test_a_value_brings_its_column_and_the_column_that_holds_its_key() -> None:
    names = tuple(
        f"{a}{b}"
        for a in ("Quor", "Zemb", "Brak", "Tilv", "Vosh")
        for b in ("ana", "elo", "iku", "oru", "uma", "ysi", "axo", "efi")
    )
    keys = tuple(f"C{n}" for n in range(40))
    firm = Table(
        schema="public",
        name="abc",
        primary_key=("k",),
        columns=(
            Column(name="k", type="text", values=keys, values_complete=True, value_keys=keys),
            Column(name="zz", type="text", values=names, values_complete=True, value_keys=keys),
        ),
    )
    deal = Table(
        schema="public",
        name="def",
        columns=(
            *(Column(name=c, type="text") for c in FILLER),
            Column(name="ff", type="text", values=keys, values_complete=True),
        ),
    )
    link_table = table("ghi", "kk", *FILLER)
    wide = catalog(firm, deal, link_table, links=[between(link_table, "kk", firm, "k")])
    question = "How is Brakoru doing?"
    named = values.find(question, wide)
    assert named
    assert places(link(question, wide, budget=150, mentions=named)) >= {"abc.zz", "def.ff"}


def test_an_entry_of_the_glossary_brings_what_it_means() -> None:
    entries = (("burn", "spendings.cents of the last month"), ("other", "not asked for"))
    wide = catalog(table("spendings", "id", *FILLER, "cents"), glossary=entries)
    small = link("What is our burn?", wide, budget=150)
    assert "spendings.cents" in places(small)
    assert small.glossary == entries[:1]


def test_a_year_or_a_date_brings_dates() -> None:
    sold = Table(
        schema="public",
        name="sold",
        columns=(*(Column(name=c, type="text") for c in FILLER), Column(name="gone", type="date")),
    )
    assert "sold.gone" in places(link("How many were sold in 2021?", catalog(sold), budget=60))


def test_synonyms_abbreviations_parts_and_slips_are_met() -> None:
    wide = catalog(
        table("clients", "id", *FILLER, "emp_cnt", "surname"),
        table("custaddr", "id", *FILLER, "zip"),
    )
    assert "clients.surname" in places(link("last names of customers", wide, budget=80))
    assert "clients.emp_cnt" in places(link("clients by employees", wide, budget=80))
    assert "custaddr.zip" in places(link("postcode in the address of a customer", wide, budget=120))
    assert "clients.surname" in places(link("surnmae of the clients", wide, budget=80))


def test_an_index_of_another_catalog_is_not_used() -> None:
    secret = table("salaries", "id", "salary", *FILLER)
    whole = catalog(secret, table("staff", "id", "name", *FILLER))
    made = Index.build(whole)
    seen = replace(whole, tables=tuple(t for t in whole.tables if t.name != secret.name))
    assert made.fits(replace(whole)) and not made.fits(seen)
    small = link("What is the salary of the staff?", seen, budget=100, index=made)
    assert "salaries" not in {t.name for t in small.tables}


def test_names_are_taken_apart_by_the_words_of_the_catalog() -> None:
    speller = Speller(["zorb_count", "sbtxcustid"], ["The quux of it"])
    assert speller.parts("sbtxcustid") == ("tx", "cust", "id")
    assert speller.parts("tccallcost") == ("call", "cost")
    assert speller.parts("zorbquux") == ("zorb", "quux")
    assert speller.parts("HTTPServerName2") == ("http", "server", "name", "2")
    assert speller.parts("sandbox") == ("sandbox",) and speller.parts("xyzzy") == ("xyzzy",)


def test_values_and_long_comments_go_in_where_they_are_wanted() -> None:
    long = "Where the thing stands. " + "Much more could be said about this. " * 4
    states = tuple(f"state number {n}" for n in range(8))
    column = Column(name="state", type="text", comment=long, values=states, values_complete=True)
    wide = catalog(Table(schema="public", name="things", columns=(column, *table("t", *FILLER).columns)))
    asked = link("things by state", wide, budget=400).table("things")
    assert asked is not None and asked.column("state") == column
    tight = link("things by state", wide, budget=50).table("things")
    assert tight is not None
    told = tight.column("state")
    assert told is not None and told.comment == "Where the thing stands." and not told.all_known
