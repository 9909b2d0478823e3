"""What the Athena engine reads of Glue: databases, tables, partitions, nested types, views."""

from __future__ import annotations

import pytest
from athena.parts import URL
from athena.parts import athena as athena
from athena.parts import engine as engine
from athena.parts import world as world
from athena.server import AthenaStandIn
from athena.world import Fault, World

from analyst.catalog import Catalog, Table
from analyst.engines import athena_catalog
from analyst.engines.athena import AthenaEngine
from analyst.engines.athena_catalog import sql_type
from analyst.errors import DatabaseError, QueryTimeout


def _table(catalog: Catalog, name: str, schema: str = "shop") -> Table:
    found = catalog.table(name, schema)
    assert found is not None, name
    return found


def _read(url: str = URL) -> Catalog:
    engine = AthenaEngine(url)
    try:
        return engine.catalog(source="lake")
    finally:
        engine.close()


def test_a_table_with_its_partitions(world: World, athena: AthenaStandIn) -> None:
    world.add_table(
        "sales",
        [("id", "bigint", "who bought"), ("Größe", "string"), ("items", "array<struct<sku:string,n:int>>")],
        keys=[("dt", "string"), ("region", "int")],
        Parameters={"comment": "Every sale", "numRows": "1200"},
    )
    for day, region in (("2026-01-01", "2"), ("2026-01-02", "10"), ("__HIVE_DEFAULT_PARTITION__", "10")):
        world.add_partition("sales", [day, region], sizes=[1])
    catalog = _read()
    assert (catalog.source, catalog.dialect, catalog.default_schema) == ("lake", "athena", "shop")
    table = _table(catalog, "sales")
    assert (table.kind, table.rows) == ("partitioned table", 1200)
    assert table.comment == "Every sale. Partitioned by dt, region."
    assert [(c.name, c.type) for c in table.columns] == [
        ("id", "bigint"),
        ("Größe", "varchar"),
        ("items", "array(row(sku varchar, n integer))"),
        ("dt", "varchar"),
        ("region", "integer"),
    ]
    id_, _, _, dt, region = table.columns
    assert (id_.comment, dt.comment) == ("who bought", "partition key: a filter on it reads less")
    assert (dt.values, dt.values_complete) == (("2026-01-01", "2026-01-02"), True)
    assert (region.lowest, region.highest) == ("2", "10")


def test_views_and_plain_tables(world: World, athena: AthenaStandIn) -> None:
    world.add_table("plain", [("a", "int")], Description="From the till")
    world.add_view("seen", "SELECT a FROM plain", [("a", "int")])
    world.add_table("empty", [])
    catalog = _read()
    assert [(t.name, t.kind, t.comment) for t in catalog.tables] == [
        ("plain", "table", "From the till"),
        ("seen", "view", ""),
    ]


def test_several_databases_and_all(world: World, athena: AthenaStandIn) -> None:
    for database in ("shop", "other", "third"):
        world.add_table("same", [("a", "int")], database=database)
    assert [t.schema for t in _read().tables] == ["shop"]
    assert [t.schema for t in _read(URL + "&databases=third").tables] == ["shop", "third"]
    world.page = 1
    assert [t.schema for t in _read(URL + "&databases=*").tables] == ["shop", "other", "third"]


def test_a_thousand_tables_come_page_by_page(world: World, athena: AthenaStandIn) -> None:
    world.page = 100
    for number in range(1000):
        world.add_table(f"t{number:04}", [("id", "bigint"), ("name", "string")])
    assert len(_read().tables) == 1000
    assert len(world.calls("GetTables")) == 10


def test_ten_thousand_columns(world: World, athena: AthenaStandIn) -> None:
    world.add_table("wide", [(f"c{n}", "string") for n in range(10_000)])
    assert len(_table(_read(), "wide").columns) == 10_000


def test_reserved_and_foreign_names(world: World, athena: AthenaStandIn) -> None:
    world.add_table("Größe select", [("order", "int"), ("a.b", "string"), ('x"y', "date")])
    assert [c.name for c in _table(_read(), "Größe select").columns] == ["order", "a.b", 'x"y']


def test_many_partitions_give_their_ends(world: World, athena: AthenaStandIn) -> None:
    world.add_table("events", [("a", "int")], keys=[("n", "int")])
    for number in range(30):
        world.add_partition("events", [str(number)], sizes=[])
    column = _table(_read(), "events").column("n")
    assert column is not None
    assert (column.values, column.lowest, column.highest) == ((), "0", "29")


def test_too_many_partitions_give_nothing(world: World, athena: AthenaStandIn) -> None:
    world.page = 3
    world.add_table("events", [("a", "int")], keys=[("n", "int")])
    for number in range(30):
        world.add_partition("events", [str(number)], sizes=[])
    column = _table(_read(), "events").column("n")
    assert column is not None
    assert (column.values, column.lowest) == ((), "")


def test_partitions_that_may_not_be_seen(world: World, athena: AthenaStandIn) -> None:
    world.add_table("events", [("a", "int")], keys=[("n", "int")])
    world.faults["GetPartitions"] = [Fault(code="AccessDeniedException", message="CANARY")]
    assert _table(_read(), "events").kind == "partitioned table"


def test_a_catalog_beyond_the_limit_is_cut(
    world: World, athena: AthenaStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        world.add_table(f"t{number}", [("a", "int")])
    monkeypatch.setattr(athena_catalog, "MOST_TABLES", 3)
    assert len(_read().tables) == 3


def test_links_are_read_from_names(world: World, athena: AthenaStandIn) -> None:
    world.add_table("customers", [("id", "bigint")])
    world.add_table("orders", [("id", "bigint"), ("customer_id", "bigint")])
    assert [(k.table[1], k.to_table[1], k.declared) for k in _read().links] == [
        ("orders", "customers", False)
    ]


def test_a_federated_catalog(world: World, athena: AthenaStandIn) -> None:
    world.catalogs = ("AwsDataCatalog", "orders_db")
    world.add_table("orders", [("id", "bigint")], keys=[("dt", "string")])
    url = URL + "&catalog=orders_db&databases=*"
    assert [(t.schema, t.name, t.kind) for t in _read(url).tables] == [
        ("shop", "orders", "partitioned table")
    ]
    assert world.calls("GetTables") == []
    assert world.calls("ListTableMetadata")[0]["WorkGroup"] == "analysts"


def test_a_database_that_is_not_there(athena: AthenaStandIn) -> None:
    with pytest.raises(DatabaseError, match="no database or table of that name"):
        _read(URL.replace("/shop", "/nowhere"))


def test_no_rights_on_glue(world: World, athena: AthenaStandIn) -> None:
    world.faults["GetTables"] = [Fault(code="AccessDeniedException", message="CANARY")]
    with pytest.raises(DatabaseError, match="does not let this process use the Glue catalog"):
        _read()


def test_reading_takes_its_time_and_no_more(world: World, athena: AthenaStandIn) -> None:
    engine = AthenaEngine(URL, catalog_seconds=0.2)
    world.faults["GetTables"] = [Fault(code="ThrottlingException", message="Rate exceeded")] * 1000
    with pytest.raises(QueryTimeout):
        engine.catalog(source="lake")


@pytest.mark.parametrize(
    ("glue", "sql"),
    [
        ("string", "varchar"),
        ("varchar(10)", "varchar(10)"),
        ("decimal(38,9)", "decimal(38,9)"),
        ("map<string,array<int>>", "map(varchar, array(integer))"),
        ("struct<a:decimal(10,2),b:struct<c:binary>>", "row(a decimal(10,2), b row(c varbinary))"),
        ("struct<größe:float>", "row(größe real)"),
        ("array<string", "array<string"),
        ("array<string>>", "array<string>>"),
        ("array<>", "array<>"),
        ("", ""),
        ("array<" * 5000, "array<" * 5000),
        ("timestamp", "timestamp"),
    ],
)
def test_types_in_the_words_of_sql(glue: str, sql: str) -> None:
    assert sql_type(glue) == sql
