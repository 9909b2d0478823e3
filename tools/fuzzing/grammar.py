"""Statements made by a grammar: SELECTs on the tables of a catalog, now and then with something evil in them."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from analyst.catalog import Catalog, Table

EVIL_VALUES = (
    "pg_sleep(1)",
    "nextval('fuzz_numbers')",
    "setval('fuzz_numbers', 99)",
    "set_config('search_path', 'hr', false)",
    "lo_creat(-1)",
    "pg_notify('a', 'b')",
    "pg_advisory_lock(1)",
    "query_to_xml('DELETE FROM orders', true, true, '')",
    "fuzz_writes()",
    "pg_catalog.fuzz_writes()",
    '"fuzz_writes"()',
    "(1).fuzz_writes_too",
    "(1::int).fuzz_writes_too",
    "('orders'::regclass)::oid",
    "(SELECT secret FROM api_keys LIMIT 1)",
    "(TABLE api_keys)",
    "current_user",
    "repeat('a', 1000000000)",
    "(SELECT count(*) FROM generate_series(1, 100000000))",
)
EVIL_QUERIES = (
    "DELETE FROM orders RETURNING *",
    "UPDATE customers SET name = 'x' RETURNING *",
    "INSERT INTO orders (order_id) VALUES (77) RETURNING *",
    "TRUNCATE orders",
    "TABLE api_keys",
    "SELECT * FROM api_keys",
    "SELECT * INTO fuzz_copy FROM orders",
    "SELECT * FROM orders FOR UPDATE",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT * FROM r",
)
EVIL_ENDS = (
    "; DROP TABLE orders",
    "; COMMIT; CREATE TABLE fuzz_left (a int)",
    " FOR UPDATE",
    " INTO fuzz_copy",
    " UNION ALL SELECT secret FROM api_keys",
    " /* */ */",
    " -- \u2028; DROP TABLE orders",
)
_VALUES = ("1", "-2.5", "'a'", "'it''s'", "NULL", "true", "date '2024-01-31'", "interval '1 day'", "'{1,2}'")
_CALLS = ("lower({})", "coalesce({}, {})", "max({})", "count(*)", "round({})", "concat({}, {})", "abs({})")
_OPERATORS = ("+", "-", "*", "=", "<>", "<", "AND", "OR", "||", "LIKE", "IS DISTINCT FROM")
_JOINS = ("JOIN {} ON {}", "LEFT JOIN {} ON {}", ", {}", "CROSS JOIN {}", ", LATERAL ({}) AS {}")


def statements(catalog: Catalog) -> SearchStrategy[str]:
    """Whole statements about the tables of a catalog."""
    return _statement(catalog)


@st.composite
def _statement(draw: DrawFn, catalog: Catalog) -> str:
    query = _query(draw, catalog, 0)
    if draw(st.integers(0, 4)) == 0:
        inner = draw(st.sampled_from(EVIL_QUERIES)) if _rarely(draw) else _query(draw, catalog, 1)
        query = f"WITH {draw(st.sampled_from(['w', 'orders', 'customers']))} AS ({inner}) {query}"
    if _rarely(draw):
        query += draw(st.sampled_from(EVIL_ENDS))
    return query


def _rarely(draw: DrawFn) -> bool:
    return draw(st.integers(0, 11)) == 11


def _query(draw: DrawFn, catalog: Catalog, depth: int) -> str:
    tables = draw(st.lists(st.sampled_from(catalog.tables), min_size=1, max_size=2 if depth < 2 else 1))
    names = [f"t{depth}{i}" for i in range(len(tables))]
    seen = list(zip(names, tables, strict=True))
    columns = [_value(draw, catalog, seen, depth) for _ in range(draw(st.integers(1, 3)))]
    if draw(st.integers(0, 5)) == 0:
        columns.append(draw(st.sampled_from(["*", f"{names[0]}.*", names[0]])))
    parts = ["SELECT", ", ".join(columns), "FROM", _from(draw, catalog, seen, depth)]
    if draw(st.booleans()):
        parts += ["WHERE", _value(draw, catalog, seen, depth)]
    if draw(st.integers(0, 3)) == 0:
        parts += ["GROUP BY", _column(draw, seen), "HAVING", _value(draw, catalog, seen, depth)]
    if draw(st.integers(0, 2)) == 0:
        parts += ["ORDER BY", draw(st.sampled_from(["1", _column(draw, seen)]))]
    if draw(st.integers(0, 2)) == 0:
        parts += ["LIMIT", draw(st.sampled_from(["3", "ALL", "1 + 1", "(SELECT 1)"]))]
    if depth < 2 and draw(st.integers(0, 5)) == 0:
        word = draw(st.sampled_from(["UNION", "UNION ALL", "EXCEPT", "INTERSECT"]))
        parts += [word, _query(draw, catalog, depth + 1)]
    return " ".join(parts)


def _from(draw: DrawFn, catalog: Catalog, seen: list[tuple[str, Table]], depth: int) -> str:
    items = [f"{_named(draw, table)} AS {name}" for name, table in seen]
    if len(items) == 1:
        return items[0]
    form = draw(st.sampled_from(_JOINS))
    if "LATERAL" in form:
        return items[0] + form.format(f"SELECT * FROM {_named(draw, seen[1][1])}", seen[1][0])
    on = f"{_column(draw, seen[:1])} = {_column(draw, seen[1:])}"
    return f"{items[0]} {form.format(items[1], on)}"


def _named(draw: DrawFn, table: Table) -> str:
    bare = f'"{table.name}"' if " " in table.name else table.name
    return draw(st.sampled_from([bare, f"{table.schema}.{bare}", f'"{table.schema}"."{table.name}"']))


def _column(draw: DrawFn, seen: list[tuple[str, Table]]) -> str:
    name, table = draw(st.sampled_from(seen))
    column = draw(st.sampled_from(table.columns)).name
    return f'{name}."{column}"'


def _value(draw: DrawFn, catalog: Catalog, seen: list[tuple[str, Table]], depth: int) -> str:
    kind = draw(st.integers(0, 11))
    if kind == 11:
        return draw(st.sampled_from(EVIL_VALUES))
    if kind < 4 or depth > 2:
        return _column(draw, seen)
    if kind < 6:
        return draw(st.sampled_from(_VALUES))
    if kind == 6:
        return f"({_query(draw, catalog, depth + 1)})"
    if kind == 7:
        return f"CASE WHEN {_value(draw, catalog, seen, depth + 1)} THEN 1 ELSE 0 END"
    if kind == 8:
        kinds = ["text", "int", "numeric(10,2)", "date", "regclass", "orders"]
        return f"CAST({_value(draw, catalog, seen, depth + 1)} AS {draw(st.sampled_from(kinds))})"
    left, right = _value(draw, catalog, seen, depth + 1), _value(draw, catalog, seen, depth + 1)
    if kind == 9:
        return draw(st.sampled_from(_CALLS)).format(left, right)
    return f"({left} {draw(st.sampled_from(_OPERATORS))} {right})"
