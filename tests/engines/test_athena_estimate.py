"""What a query will read, bounded before it runs, and the tables that need a filter first."""

from __future__ import annotations

from datetime import datetime

import pytest
from athena.parts import URL, Ask
from athena.parts import ask as ask
from athena.parts import athena as athena
from athena.parts import engine as engine
from athena.parts import world as world
from athena.server import AthenaStandIn
from athena.world import Fault, World
from conformance import run

from analyst.engines import athena_partitions
from analyst.engines.athena import AthenaEngine
from analyst.engines.athena_cost import Estimate, TableEstimate, dollars, in_words
from analyst.engines.athena_kept import Kept
from analyst.engines.athena_projection import Projection
from analyst.errors import Refused
from analyst.ports import Cancellation

_GB = 1_000_000_000


@pytest.fixture(autouse=True)
def _filled(world: World) -> None:
    world.duck.execute("CREATE TABLE shop.sales (id bigint, amount double, dt varchar, region integer)")
    world.duck.execute("CREATE TABLE shop.stores (id bigint, name varchar)")
    world.add_table(
        "sales", [("id", "bigint"), ("amount", "double")], keys=[("dt", "string"), ("region", "int")]
    )
    for day in range(1, 11):
        for region in (1, 2):
            world.add_partition("sales", [f"2026-01-{day:02}", str(region)], sizes=[2 * _GB, 1 * _GB])
    world.add_table("stores", [("id", "bigint"), ("name", "string")])
    world.add_files("s3://lake/shop/stores", [5_000_000])
    world.add_files("s3://lake/shop/stores_of_old", [7 * _GB])


def _sums(estimate: Estimate) -> tuple[int, int, bool]:
    return estimate.bytes, estimate.partitions, estimate.complete


@pytest.mark.parametrize(
    ("sql", "size", "partitions"),
    [
        ("SELECT * FROM shop.stores", 5_000_000, 0),
        ("SELECT * FROM stores", 5_000_000, 0),
        ("SELECT SUM(amount) FROM shop.sales WHERE dt = '2026-01-03'", 6 * _GB, 2),
        ("SELECT SUM(amount) FROM shop.sales WHERE dt >= '2026-01-09' AND region = 2", 6 * _GB, 2),
        ("SELECT SUM(amount) FROM shop.sales WHERE dt BETWEEN '2026-01-02' AND '2026-01-03'", 12 * _GB, 4),
        ("SELECT SUM(amount) FROM shop.sales WHERE dt = '1999-01-01'", 0, 0),
        ("SELECT SUM(amount) FROM shop.sales WHERE amount > 3", 60 * _GB, 20),
        ("SELECT SUM(amount) FROM shop.sales WHERE substr(dt, 1, 4) = '2026'", 60 * _GB, 20),
        (
            "SELECT * FROM shop.sales a JOIN shop.sales b ON a.id = b.id AND a.dt = b.dt "
            "WHERE a.dt = '2026-01-01' AND b.region IN (1)",
            9 * _GB,
            3,
        ),
        (
            "SELECT s.name FROM shop.stores s "
            "WHERE s.id IN (SELECT id FROM shop.sales WHERE region = 1 AND dt > '2026-01-09')",
            3 * _GB + 5_000_000,
            1,
        ),
    ],
)
def test_an_upper_bound(engine: AthenaEngine, ask: Ask, sql: str, size: int, partitions: int) -> None:
    assert _sums(engine.estimate(ask(sql))) == (size, partitions, True)


def test_glue_selects_the_partitions(engine: AthenaEngine, world: World, ask: Ask) -> None:
    engine.estimate(ask("SELECT 1 FROM shop.sales WHERE dt = '2026-01-03' AND region < 2"))
    (asked,) = world.calls("GetPartitions")
    assert asked["Expression"] == "dt = '2026-01-03' AND region < 2"
    assert [call["prefix"] for call in world.calls("ListObjectsV2")] == ["shop/sales/dt=2026-01-03/region=1/"]


def test_an_expression_that_glue_does_not_take_selects_all(
    engine: AthenaEngine, world: World, ask: Ask
) -> None:
    world.faults["GetPartitions"] = [Fault(code="InvalidInputException", message="Unsupported expression")]
    assert _sums(engine.estimate(ask("SELECT 1 FROM shop.sales WHERE dt = '2026-01-03'"))) == (
        60 * _GB,
        20,
        True,
    )


def test_pages_of_partitions_and_files(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.page = 3
    world.add_files("s3://lake/shop/stores", [1] * 10)
    assert engine.estimate(ask("SELECT 1 FROM shop.stores")).bytes == 10
    assert _sums(engine.estimate(ask("SELECT 1 FROM shop.sales"))) == (60 * _GB, 20, True)


def test_what_was_looked_up_is_kept_for_a_while(athena: AthenaStandIn, world: World, ask: Ask) -> None:
    now = [0.0]
    kept = Kept(seconds=60, clock=lambda: now[0])
    query = ask("SELECT 1 FROM shop.sales WHERE dt = '2026-01-03'")
    for _ in range(2):
        assert AthenaEngine(URL, kept=kept).estimate(query).bytes == 6 * _GB
    assert (len(world.calls("ListObjectsV2")), len(world.calls("GetPartitions"))) == (2, 1)
    now[0] = 61
    AthenaEngine(URL, kept=kept).estimate(query)
    assert (len(world.calls("ListObjectsV2")), len(world.calls("GetPartitions"))) == (4, 2)


def test_what_is_kept_is_bounded() -> None:
    kept = Kept(most=2)
    for number in range(3):
        kept.put(number, number)
    assert [kept.get(number) for number in range(3)] == [None, 1, 2]


def test_many_partitions_are_listed_from_above(
    engine: AthenaEngine, world: World, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(athena_partitions.Budget, "__init__", _small_budget)
    estimate = engine.estimate(ask("SELECT 1 FROM shop.sales WHERE region = 1"))
    assert _sums(estimate) == (30 * _GB, 10, True)
    assert [call["prefix"] for call in world.calls("ListObjectsV2")] == ["shop/sales/"]


def test_beyond_the_bound_it_says_so(
    engine: AthenaEngine, world: World, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.page = 4
    monkeypatch.setattr(athena_partitions.Budget, "__init__", _small_budget)
    estimate = engine.estimate(ask("SELECT 1 FROM shop.sales WHERE region = 1"))
    assert not estimate.complete
    assert 0 < estimate.bytes < 30 * _GB
    assert "at least" in estimate.words


def _small_budget(budget: athena_partitions.Budget, *, until: float) -> None:
    budget.until, budget.listings = until, 5


def test_a_view_is_looked_into(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.add_view(
        "recent", "SELECT dt, amount AS a FROM sales WHERE region = 2", [("dt", "string"), ("a", "double")]
    )
    assert _sums(engine.estimate(ask("SELECT a FROM shop.recent WHERE dt = '2026-01-01'"))) == (
        3 * _GB,
        1,
        True,
    )
    whole = engine.estimate(ask("SELECT a FROM shop.recent"))
    assert _sums(whole) == (30 * _GB, 10, True)
    assert [table.own for table in whole.tables] == [False]


def test_partitions_that_athena_works_out_by_itself(engine: AthenaEngine, world: World, ask: Ask) -> None:
    template = "s3://lake/elsewhere/${day}"
    parameters = {"projection.enabled": "true", "storage.location.template": template}
    world.add_table("logs", [("line", "string")], keys=[("day", "string")], Parameters=parameters)
    world.add_files("s3://lake/elsewhere/2026-01-01", [30 * _GB])
    query = ask("SELECT 1 FROM shop.logs")
    assert _sums(engine.estimate(query)) == (30 * _GB, 0, True)
    with pytest.raises(Refused, match=r"shop\.logs is large .* filter on day\.$"):
        engine.explain(query, timeout_seconds=5)


_PROJECTED = {
    "projection.enabled": "true",
    "projection.day.type": "date",
    "projection.day.format": "yyyy/MM/dd",
    "projection.day.range": "2026/01/01,NOW",
    "projection.hour.type": "integer",
    "projection.hour.range": "0,23",
    "projection.hour.digits": "2",
    "projection.kind.type": "enum",
    "projection.kind.values": "a,b",
    "projection.customer.type": "injected",
    "storage.location.template": "s3://lake/events/${customer}/${kind}/${day}/${hour}/",
}
_KEYS = [("day", "string"), ("hour", "int"), ("kind", "string"), ("customer", "string")]


@pytest.fixture
def _projected(world: World) -> None:
    world.add_table("events", [("line", "string")], keys=_KEYS, Parameters=_PROJECTED)
    for customer in ("x", "y"):
        for kind in ("a", "b"):
            for day in range(1, 4):
                for hour in (7, 8):
                    world.add_files(f"s3://lake/events/{customer}/{kind}/2026/01/{day:02}/{hour:02}", [_GB])


@pytest.mark.usefixtures("_projected")
@pytest.mark.parametrize(
    ("where", "gigabytes", "partitions"),
    [
        ("customer = 'x' AND day = '2026/01/02' AND hour = 7 AND kind = 'a'", 1, 1),
        ("customer = 'x' AND day = '2026/01/02' AND hour = 7", 2, 2),
        ("customer IN ('x', 'y') AND day = '2026/01/02' AND hour = 7", 4, 4),
        ("customer = 'x' AND day = '2026/01/02'", 4, 48),
        ("customer = 'x' AND day < '2026/01/03' AND hour BETWEEN 7 AND 8 AND kind <> 'a'", 8, 8),
        ("customer = 'x' AND (day = '2026/01/01' OR '2026/01/03' = day) AND 7 >= hour AND hour > 6", 4, 4),
        ("customer = 'x' AND day = '1999/01/01'", 0, 0),
        ("customer = 'nobody' AND day = '2026/01/02' AND hour = 7", 0, 2),
        # The whole table: too many, or a key that nothing names.
        ("customer = 'x'", 24, 0),
        ("day = '2026/01/02' AND hour = 7 AND kind = 'a'", 24, 0),
        ("customer LIKE 'x' AND day = '2026/01/02' AND hour = 7", 24, 0),
    ],
)
def test_projected_partitions_that_a_query_leaves(
    engine: AthenaEngine, ask: Ask, where: str, gigabytes: int, partitions: int
) -> None:
    found = engine.estimate(ask(f"SELECT 1 FROM shop.events WHERE {where}"))
    assert _sums(found) == (gigabytes * _GB, partitions, True)


_NOW = datetime(2026, 3, 31, 12, 30)


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("type=enum values=a,b", ["a", "b"]),
        ("type=ENUM", []),
        ("type=integer range=-1,1", ["-1", "0", "1"]),
        ("type=integer range=0001,9 interval=4 digits=3", ["001", "005", "009"]),
        ("type=integer range=0,1000000000", None),
        ("type=integer range=-5,5 digits=2", None),
        ("type=injected", None),
        ("type=other", None),
        ("type=date format=yyyyMM range=202511,202602", ["202511", "202512", "202601", "202602"]),
        ("type=date format=yyyy-MM-dd range=NOW-1DAY,NOW", ["2026-03-30", "2026-03-31"]),
        ("type=date format=yyyy-MM range=2026-03,NOW+1MONTH", ["2026-03", "2026-04"]),
        ("type=date format=yyyy-MM range=NOW-1MONTHS,NOW", ["2026-02", "2026-03"]),
        (
            "type=date format=yyyy-MM-dd range=2026-01-01,2026-01-20 interval=2 interval.unit=WEEKS",
            ["2026-01-01", "2026-01-15"],
        ),
        (
            "type=date format=yyyy'T'HH range=2026T03,2026T04 interval=1 interval.unit=HOURS",
            ["2026T03", "2026T04"],
        ),
        ("type=date format=yyyy-MM-dd-HH range=2026-03-31-12,NOW", None),
        (
            "type=date format=yyyy-MM-dd-HH range=2026-03-31-12,NOW interval=1 interval.unit=HOURS",
            ["2026-03-31-12", "2026-03-31-13"],
        ),
        ("type=date format=yyyy-MM-dd range=NOW-9DAYS,NOW interval=2 interval.unit=DAYS", None),
        ("type=date format=yyyy-MM-dd range=2026-01-31,2026-03-31 interval=1 interval.unit=MONTHS", None),
        ("type=date format=EEE-yyyy range=2026,2027", None),
        ("type=date format=yyyy-MM-dd range=yesterday,NOW", None),
        ("type=date format=yyyy-MM-dd range=2026-01-01,NOW+1FORTNIGHT", None),
    ],
)
def test_values_that_a_projection_has(properties: str, expected: list[str] | None) -> None:
    said = {f"k.{name}": value for name, _, value in (part.partition("=") for part in properties.split())}
    found = Projection(template="${k}", properties=said).places([("k", "string")], (), now=_NOW)
    assert found == expected


@pytest.mark.parametrize("service", ["GetTable", "GetPartitions", "ListObjectsV2"])
def test_without_rights_to_look_it_stays_open(
    engine: AthenaEngine, world: World, ask: Ask, service: str
) -> None:
    code = "AccessDenied" if service == "ListObjectsV2" else "AccessDeniedException"
    world.faults[service] = [Fault(code=code, message="CANARY", status=403)] * 100
    query = ask("SELECT 1 AS n FROM shop.sales WHERE region = 1")
    assert not engine.estimate(query).complete
    assert run(engine, query)[0].all == []


def test_a_table_that_glue_does_not_know(engine: AthenaEngine, ask: Ask) -> None:
    assert _sums(engine.estimate(ask("SELECT 1 FROM shop.nowhere"))) == (0, 0, False)


def test_a_federated_catalog_has_no_files(world: World, athena: AthenaStandIn, ask: Ask) -> None:
    assert _sums(AthenaEngine(URL + "&catalog=orders").estimate(ask("SELECT 1 FROM shop.sales"))) == (
        0,
        0,
        False,
    )
    assert world.asked == []


@pytest.mark.parametrize(
    ("options", "where", "refused"),
    [
        ("", "", True),
        ("", "WHERE amount > 3", True),
        ("", "WHERE dt = '2026-01-01' OR amount > 3", True),
        ("", "WHERE dt >= '2026-01-01'", False),
        ("", "WHERE region = 1", False),
        ("", "WHERE dt >= date_format(current_date - interval '7' day, '%Y-%m-%d')", False),
        ("&large_gb=60", "", False),
        ("&large_gb=100&large_partitions=19", "", True),
        ("&large_gb=100&large_partitions=20", "", False),
    ],
)
def test_a_large_table_needs_a_filter(
    athena: AthenaStandIn, world: World, ask: Ask, options: str, where: str, refused: bool
) -> None:
    engine = AthenaEngine(URL + options)
    query = ask(f"SELECT 1 FROM shop.sales {where}")
    if not refused:
        engine.explain(query, timeout_seconds=5)
        return
    with pytest.raises(Refused) as caught:
        engine.explain(query, timeout_seconds=5)
    assert str(caught.value) == (
        "The table shop.sales is large and is read in parts: "
        "put a filter on dt or region, for example dt = '2026-01-10', the newest there is."
    )
    assert (caught.value.rule, caught.value.repairable) == ("partitions", True)
    with pytest.raises(Refused):
        run(engine, query)
    assert world.calls("StartQueryExecution") == []
    engine.close()


@pytest.mark.parametrize(
    ("type_", "values", "example"),
    [
        ("int", ["9", "10", "-3", "__HIVE_DEFAULT_PARTITION__"], "n = 10"),
        ("date", ["2026-01-02", "2026-01-10"], "n = DATE '2026-01-10'"),
        ("string", ["it's"], "n = 'it''s'"),
        ("string", ["x" * 61], ""),
        ("string", ["a\nb"], ""),
    ],
)
def test_the_newest_value_as_sql_writes_it(
    athena: AthenaStandIn, world: World, ask: Ask, type_: str, values: list[str], example: str
) -> None:
    world.add_table("events", [("a", "int")], keys=[("n", type_)])
    for value in values:
        world.add_partition("events", [value], sizes=[1])
    engine = AthenaEngine(URL + "&large_partitions=0")
    with pytest.raises(Refused) as caught:
        engine.explain(ask("SELECT 1 FROM shop.events"), timeout_seconds=5)
    ending = f", for example {example}, the newest there is." if example else "."
    assert str(caught.value).endswith(f"put a filter on n{ending}")
    engine.close()


def test_a_view_is_not_refused_for_what_lies_below(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.add_view("everything", "SELECT amount FROM sales", [("amount", "double")])
    world.duck.execute("CREATE VIEW shop.everything AS SELECT amount FROM shop.sales")
    engine.explain(ask("SELECT amount FROM shop.everything"), timeout_seconds=5)


def test_one_look_serves_explain_and_run(engine: AthenaEngine, world: World, ask: Ask) -> None:
    query = ask("SELECT 1 AS n FROM shop.sales WHERE dt = '2026-01-01'")
    engine.explain(query, timeout_seconds=5)
    looked = len(world.calls("GetTable")), len(world.calls("ListObjectsV2"))
    run(engine, query)
    assert (len(world.calls("GetTable")), len(world.calls("ListObjectsV2"))) == looked


def test_a_wish_ends_the_look(engine: AthenaEngine, world: World, ask: Ask) -> None:
    cancellation = Cancellation()
    cancellation.wish()
    with pytest.raises(Exception, match="cancelled"):
        engine.estimate(ask("SELECT 1 FROM shop.sales"), cancellation=cancellation)
    assert world.asked == []


def test_the_price() -> None:
    found = [dollars(size, usd_per_tb=5.0) for size in (0, 1, 10_000_001, 10**12)]
    assert found == pytest.approx([0, 0.00005, 0.000055, 5.0])
    table = TableEstimate(schema="s", table="t", bytes=2 * 10**12)
    assert Estimate(tables=(table, table), usd_per_tb=6.75).usd == 27.0
    assert Estimate(tables=(table,), usd_per_tb=5.0).words == "at most 2 TB, about $10.0000"


def test_sizes_in_words() -> None:
    sizes = (0, 999, 1000, 1_500_000, 999_600_000, 20 * _GB, 10**15)
    assert [in_words(s) for s in sizes] == [
        "0 bytes", "999 bytes", "1 kB", "1.5 MB", "1,000 MB", "20 GB", "1,000 TB",
    ]  # fmt: skip
