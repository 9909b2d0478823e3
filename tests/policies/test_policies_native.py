"""Row security made of the policies holds by itself, on a real server and without the rewriting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg2
import pytest
from houses import NewDatabase, execute
from shop import HERE, SALES, schema

from analyst.errors import ConfigurationError
from analyst.guard import check
from analyst.policies import native_security, read, settings

ROLE = "policy_tests_reader"
TEXT = SALES.replace("tenant_id = :user.tenant", "event_name IN (:user.kinds) AND tenant_id = :user.tenant")
KNOWN = {"tenant": "1", "kinds": ["view", "click"]}


@pytest.fixture
def reader(new_database: NewDatabase) -> Iterator[Any]:
    """A connection as a role that holds what the script gives it, and nothing else."""
    url = new_database((HERE / "fixture.sql").read_text(encoding="utf-8"))
    execute(url, f"CREATE ROLE {ROLE}")
    connection = psycopg2.connect(url)
    yield connection
    connection.rollback()
    connection.close()
    execute(url, f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")


def secured(connection: Any, script: str) -> Any:
    """The script run twice, as after a change of the file; then the role itself."""
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(script)
    cursor.execute(script)
    cursor.execute(f"SET ROLE {ROLE}")
    return cursor


def rows(cursor: Any, sql: str) -> list[Any]:
    cursor.execute(sql)
    return list(cursor.fetchall())


def test_rows_and_columns_are_held_back_by_the_database_itself(reader: Any) -> None:
    policy = read(TEXT).of("sales", KNOWN)
    cursor = secured(reader, native_security(policy, schema(), login=ROLE))
    assert rows(cursor, "SELECT count(*), max(tenant_id) FROM customers") == [(12, 1)]
    assert rows(cursor, "SELECT DISTINCT event_name FROM events ORDER BY 1") == [("click",), ("view",)]
    for sql in ("SELECT ssn FROM customers", "SELECT 1 FROM api_keys", "SELECT 1 FROM hr.salaries"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            rows(cursor, sql)


def test_the_rewritten_query_runs_behind_it_and_finds_the_same(reader: Any) -> None:
    policy = read(TEXT).of("sales", KNOWN)
    query = check(
        "SELECT count(*) FROM orders JOIN customers USING (customer_id)",
        dialect="postgres", catalog=schema(), policy=policy,
    )  # fmt: skip
    before = rows(reader.cursor(), query.sql)
    reader.rollback()
    assert rows(secured(reader, native_security(policy, schema(), login=ROLE)), query.sql) == before


def test_settings_stand_for_the_person_and_without_them_nothing_is_read(reader: Any) -> None:
    script = native_security(read(TEXT).of("sales"), schema(), login=ROLE)
    assert "analyst.user_kinds, analyst.user_tenant" in script
    cursor = secured(reader, script)
    with pytest.raises(psycopg2.Error):
        rows(cursor, "SELECT count(*) FROM events")
    for name, value in settings(read(TEXT).of("sales", KNOWN)).items():
        cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
    assert rows(cursor, "SELECT count(DISTINCT event_name), max(tenant_id) FROM events") == [(2, 1)]


def test_others_keep_what_they_had(reader: Any) -> None:
    cursor = secured(reader, native_security(read(TEXT).of("sales", KNOWN), schema(), login=ROLE))
    cursor.execute("SET ROLE app_rw")
    assert rows(cursor, "SELECT count(*) FROM customers") == [(20,)]


def test_a_filtered_view_is_not_opened() -> None:
    known = schema()
    tables = tuple(replace(t, kind="view") if t.name == "orders" else t for t in known.tables)
    policy = read(TEXT).of("sales", KNOWN)
    script = native_security(policy, replace(known, tables=tables), login=ROLE)
    assert "public.orders is a view" in script and "ON public.orders TO" not in script


def test_it_is_for_postgres_and_for_filters_that_fit() -> None:
    with pytest.raises(ConfigurationError):
        native_security(read(TEXT).of("sales"), schema("athena"), login=ROLE)
    with pytest.raises(ConfigurationError, match=r"public\.events"):
        native_security(read(TEXT.replace("event_name IN", "gone IN")).of("sales"), schema(), login=ROLE)
