"""`analyst examples copy`: what passes is kept for the other source, what does not is named, nothing is half there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from athena.parts import athena as athena
from athena.parts import world as world
from athena.server import AthenaStandIn
from athena.world import World
from houses import MakeHouse, NewDatabase, execute
from redshift_stand_in import CATALOG, RedshiftWire
from scripted_model import Says, always
from tcp_proxy import upstream_of

from analyst.cli import main
from analyst.example import ExampleStatus
from analyst.wiring import House

TABLE = "CREATE TABLE {}.orders (id bigint, day date, amount numeric(10, 2), status text);"
PAIRS = {
    "What is the total?": "SELECT sum(amount) AS total FROM public.orders",
    "What was ordered per month?": "SELECT date_trunc('month', day) AS m, count(*) AS n FROM orders GROUP BY 1",
    "How many were there in 2026?": "SELECT count(*) AS n FROM orders WHERE day >= '2026-01-01'",
    "What is the middle amount?": "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS p FROM orders",
    "Which notes are there?": "SELECT note FROM notes",
}
Build = Callable[[str], House]


@pytest.fixture
def build(
    make_house: MakeHouse, new_database: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Build:
    """A house with the source "shop" and its approved pairs, and the other source that is given."""

    def make(other: str) -> House:
        shop = new_database(TABLE.format("public") + "CREATE TABLE notes (note text)")
        monkeypatch.chdir(tmp_path)
        made = make_house(always(Says(text="I cannot.")), sources=f"shop={shop} other={other}")
        for name in ("state_url", "sources", "data", "model", "model_id", "model_url"):
            monkeypatch.setenv(f"ANALYST_{name.upper()}", str(getattr(made.settings, name)))
        for question, sql in PAIRS.items():
            made.teach(made.sources.get("shop").key, question, sql, approve_as="anna", note="as agreed")
        return made

    return make


def there(house: House) -> dict[str, tuple[str, str]]:
    found = house.examples.all(source=house.sources.get("other").key)
    return {e.question: (e.status.value, " ".join(e.sql.split())) for e in found}


def copied(capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str, list[str]]:
    code = main(["examples", "copy", "--from", "shop", "--to", "other", *more])
    said = capsys.readouterr()
    return code, said.out, [line.partition(" ")[2].partition(" ")[2] for line in said.err.splitlines()]


def test_to_another_postgres_with_another_schema(
    build: Build, new_database: NewDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    other = new_database("CREATE SCHEMA sales;" + TABLE.format("sales"))
    house = build(other)
    code, out, err = copied(capsys)
    assert (code, out) == (1, "4 of 5 pairs of shop are proposed for other.\n")
    assert err == ["Which notes are there?: There is no table notes there."]
    found = there(house)
    assert found["What is the total?"] == ("proposed", "SELECT SUM(amount) AS total FROM sales.orders")
    assert {status for status, _ in found.values()} == {"proposed"}
    # Again, and approved: no pair is there twice, and what was revoked there stays revoked.
    revoked = next(
        e for e in house.examples.all(source=house.sources.get("other").key) if "total" in e.question
    )
    house.library.decide(revoked.id, ExampleStatus.REVOKED, by="bert")
    code, out, err = copied(capsys, "--approve-as", "carla")
    assert out == "3 of 5 pairs of shop are approved for other.\n"
    assert "What is the total?: The same question was revoked there." in err
    assert sorted(status for status, _ in there(house).values()) == ["approved"] * 3 + ["revoked"]
    kept = [e for e in house.examples.all(source=house.sources.get("other").key) if e.decided_by == "carla"]
    assert len(kept) == 3 and {e.note for e in kept} == {"as agreed"}


def test_to_athena(
    build: Build, athena: AthenaStandIn, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.add_table(
        "orders", [("id", "bigint"), ("day", "date"), ("amount", "decimal(10,2)"), ("status", "string")]
    )
    world.duck.execute("CREATE TABLE shop.orders (id bigint, day date, amount decimal(10, 2), status text)")
    house = build("athena://analysts/shop?region=eu-central-1")
    code, out, err = copied(capsys)
    assert (code, out) == (1, "3 of 5 pairs of shop are proposed for other.\n"), err
    assert err == [
        "What is the middle amount?: It asks for an exact percentile or median, which Athena only approximates.",
        "Which notes are there?: There is no table notes there.",
    ]
    found = there(house)
    assert "CAST('2026-01-01' AS DATE)" in found["How many were there in 2026?"][1]
    assert found["What is the total?"][1].endswith("FROM shop.orders")
    assert {e.dialect for e in house.examples.all(source=house.sources.get("other").key)} == {"athena"}
    assert all("EXPLAIN" in call["QueryString"] for call in world.calls("StartQueryExecution")[-3:])


def test_to_redshift(build: Build, new_database: NewDatabase, capsys: pytest.CaptureFixture[str]) -> None:
    url = new_database(CATALOG + "CREATE SCHEMA sales;" + TABLE.format("sales"))
    database = url.partition("@/")[2].partition("?")[0]
    with RedshiftWire(upstream_of(url)) as wire:
        house = build(f"redshift://postgres@127.0.0.1:{wire.port}/{database}?sslmode=disable")
        code, out, err = copied(capsys, "--approve-as", "carla")
        assert (code, out, len(err)) == (1, "4 of 5 pairs of shop are approved for other.\n", 1), err
        assert {e.dialect for e in house.examples.all(source=house.sources.get("other").key)} == {"redshift"}


def test_where_the_other_source_does_not_answer_nothing_is_kept(
    build: Build, new_database: NewDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    other = new_database(TABLE.format("public"))
    house = build(other)
    name = other.partition("@/")[2].partition("?")[0]
    house.analyst.catalog(house.sources.get("other").key)  # which is then known, while the database is gone
    execute(house.settings.state_url, "SELECT 1")
    execute(other.replace(f"/{name}", "/postgres"), f"DROP DATABASE {name} WITH (FORCE)")
    assert main(["examples", "copy", "--from", "shop", "--to", "other"]) == 5
    assert there(house) == {}
    assert main(["examples", "copy", "--from", "shop", "--to", "shop"]) == 2
    assert main(["examples", "copy", "--from", "nobody", "--to", "shop"]) == 2
