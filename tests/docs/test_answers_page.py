"""What the page on answers and the layout say is what the code does."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from analyst import assurance, cli, drafting, values
from analyst.catalog import Catalog, Column, Table
from analyst.emptiness.probing import MOST_PROBES
from analyst.engines.postgres_lookups import MOST_OF_A_COLUMN
from analyst.hearing import Heard, TimeReading, hear
from analyst.settings import Settings
from analyst.techniques import Techniques
from analyst.values.slips import SHORTEST
from analyst.voting import Ballot, Fingerprint, is_decided

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "answers.md").read_text(encoding="utf-8")
LAYOUT = (ROOT / "docs" / "layout.md").read_text(encoding="utf-8")
SALES = Table(
    schema="public",
    name="sales",
    rows=100,
    columns=(
        Column(name="airline", type="text", values=("United Air Lines", "BOEING"), values_complete=True),
        Column(name="sold_on", type="date", lowest="2012-01-01", highest="2013-12-30"),
    ),
)
CATALOG = Catalog(source="s", dialect="postgres", tables=(SALES,))


def heard(question: str) -> Heard:
    return hear(
        question,
        CATALOG,
        today=date(2020, 5, 5),
        reading=TimeReading(follows="data"),
        techniques=Techniques(),
    )


def test_the_words_of_confidence_are_those_of_the_code() -> None:
    for least, words in assurance.SURE:
        number = f"from {least:.2f}" if least else f"below {assurance.LOW:.2f}"
        assert f"| {words} | {number} |" in PAGE


def test_numbers_on_the_page_are_those_of_the_code() -> None:
    assert f"more than {MOST_OF_A_COLUMN:,} different values" in PAGE
    assert f"at most {Settings().row_limit:,}\nrows" in PAGE
    assert f"at most {Settings().words_rows} of them" in PAGE
    words = {2: "twice", 3: "three", 5: "five", 6: "six"}
    assert f"a word of {words[SHORTEST]} letters" in PAGE and f"up to {words[MOST_PROBES]} small" in PAGE
    assert f"{words[drafting.MOST_DRAFTS]} drafts in a row" in PAGE
    assert f"repairs it at most {words[drafting.MOST_DRAFTS - 1]}" in PAGE
    alike = Ballot(fingerprint=Fingerprint(rows=1, columns=(1,), filled=True))
    enough = next(n for n in range(9) if is_decided([alike] * n, most=drafting.MOST_CANDIDATES))
    assert f"until {words[enough]} of them" in PAGE
    assert f"at most {words[drafting.MOST_CANDIDATES]}, and" in PAGE


def test_what_the_receipt_is_quoted_with_is_what_it_says() -> None:
    said = heard("How many sales did Untied have last month and this month?").notes()
    assert '"Untied" was read as "United".' in said and '"Untied" was read as "United"' in PAGE
    month = '"last month" was read as 2013-11-01 to 2013-11-30 (the calendar month before).'
    assert month in said and month in PAGE
    unfinished = "December 2013 is only complete up to 2013-12-30."
    assert unfinished in said and unfinished in PAGE
    settled = values.settle(
        "SELECT 1 FROM sales WHERE airline = 'boeing'", dialect="postgres", catalog=CATALOG
    )
    assert "'BOEING'" in settled.sql and settled.notes


@pytest.mark.parametrize(
    "phrase", re.findall(r'"([^"]+)"', PAGE.partition("## Time words")[2].split("are turned")[0])
)
def test_time_words_that_are_promised_are_understood(phrase: str) -> None:
    assert heard(f"How many sales {phrase}?").periods


def test_settings_and_fields_of_the_catalog_exist() -> None:
    known = {f"ANALYST_{f.name.upper()}" for f in fields(Settings)}
    assert set(re.findall(r"ANALYST_[A-Z_]+", PAGE)) <= known
    for name in ("glossary", "links", "time_follows", "fiscal_start"):
        assert f"`{name}`" in PAGE and name in CATALOG.to_dict()


@pytest.mark.parametrize("command", re.findall(r"^analyst (.+?)(?:  +#.*)?$", PAGE, re.MULTILINE))
def test_commands_on_the_page_are_understood(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = shlex.split(command.partition(" > ")[0])
    parsed = cli._parser().parse_args(words)
    assert callable(parsed.run)


def test_the_line_of_a_suite_is_json() -> None:
    line = re.search(r'`(\{"id".+?\})`', PAGE)
    assert line is not None and set(json.loads(line[1])) == {"id", "question", "gold", "category"}


def test_every_package_and_module_is_on_the_layout() -> None:
    listed = set(re.findall(r"[\w-]+", LAYOUT))
    parts = {
        p.stem
        for p in (ROOT / "code" / "analyst").iterdir()
        if p.suffix == ".py" or (p / "__init__.py").exists()
    }
    assert parts - listed - {"__init__"} == set()
