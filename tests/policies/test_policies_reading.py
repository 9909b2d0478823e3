"""The file: what it may say, and the one sentence that names what is wrong with it."""

from __future__ import annotations

import pytest
from shop import EXAMPLE, SALES, schema

from analyst.errors import ConfigurationError, Forbidden
from analyst.policies import misfits, read
from analyst.policy import MOST_ROWS

ONE = '[roles.r.sources.s]\ntables = ["public.*"]\n'


def test_the_example_is_right_and_fits_the_shop() -> None:
    known = read(EXAMPLE)
    assert known.version == "2026-11"
    assert misfits(known, schema(), source="shop") == ()


def test_limits_and_rules_of_a_role() -> None:
    policy = read(EXAMPLE).of("sales", {"tenant": "1", "countries": ["DE"]}, source="shop")
    assert (policy.row_limit, policy.timeout_seconds, policy.cost_limit) == (10_000, 30.0, 5_000_000.0)
    assert policy.sources == {"shop"}
    assert ("public", "customers", "ssn") in policy.private, "what holds for everyone"
    assert policy.attribute("countries") == ("DE",)
    assert "DE" not in repr(policy), "what is known of a person is in no log"


def test_a_role_without_limits_has_the_defaults() -> None:
    policy = read(ONE).of("r", source="s")
    assert (policy.row_limit, policy.timeout_seconds, policy.cost_limit) == (MOST_ROWS, 60.0, None)
    assert len(policy.version) == 12


def test_unknown_roles_and_sources_are_forbidden_in_the_same_tone() -> None:
    with pytest.raises(Forbidden):
        read(ONE).of("other")
    with pytest.raises(Forbidden):
        read(ONE).of("r", source="elsewhere")
    assert read(ONE).of("r").tables == frozenset(), "without a source there is nothing to see"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "roles must hold at least one role"),
        ("roles = 3", "roles must be a table"),
        ("nonsense", "no valid TOML"),
        (ONE + "[other]\n", "other is not known here"),
        (ONE.replace("tables", "table"), "roles.r.sources.s.tables is missing"),
        (ONE + 'colour = "red"', "roles.r.sources.s.colour is not known here"),
        (
            ONE + 'private = ["customers.ssn"]',
            "roles.r.sources.s.private holds 'customers.ssn', which must be",
        ),
        (ONE + 'private = "public.customers.ssn"', "roles.r.sources.s.private must be a list"),
        (ONE + 'private = ["other.customers.ssn"]', "names other.customers, which is not among the tables"),
        (ONE + 'hidden = ["*.*"]', "must be written as schema.table"),
        (ONE + 'columns = {"public.t" = []}', "roles.r.sources.s.columns.public.t must be a list of columns"),
        (ONE + 'rows = {"public.t" = 3}', 'rows."public.t" must be a condition as text'),
        (ONE + 'rows = {"other.t" = "a = 1"}', "roles.r.sources.s.rows names other.t"),
        ("[roles.r]\nrow_limit = 0\n" + ONE, "roles.r.row_limit must be a whole number, 1 to 10,000,000"),
        ("[roles.r]\nrow_limit = true\n" + ONE, "roles.r.row_limit must be a whole number"),
        ('[roles.r]\ntimeout_seconds = "60"\n' + ONE, "roles.r.timeout_seconds must be a number"),
        ("[roles.r]\ncost_limit = -1\n" + ONE, "roles.r.cost_limit must be a number, 0 or more"),
        ("[roles.r]\nmonthly_budget = true\n" + ONE, "roles.r.monthly_budget must be a number, 0 or more"),
        ("[roles.r]\n", "roles.r.sources must hold at least one source"),
        ("version = 3\n" + ONE, "version must be a short text"),
        ('[sources.s]\ntables = ["public.t"]\n' + ONE, "sources.s.tables is not known here"),
    ],
)
def test_what_is_wrong_is_named_by_its_key(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "tenant_id = ",
        "SELECT 1",
        "a = 1; DROP TABLE t",
        "a = 1) OR (b = 2",
        "a = 1) -- ",
        "pg_sleep(10) IS NULL",
        "a = 1 /* open",
        "lower(region) = :user.region",
        ":user.region",
        ":user.a = :user.b",
        "region = :user.Region",
        "region = :user",
        "region = :other.region",
        "EXISTS (SELECT 1 INTO t2 FROM t)",
        "EXISTS (DELETE FROM t RETURNING 1)",
        "a = '{x'::regclass",
    ],
)
def test_row_filters_are_read_by_the_guards_rules(sql: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(f'{ONE}rows = {{"public.t" = """{sql}"""}}')
    assert 'rows."public.t" is no row filter' in str(caught.value)


def test_a_column_alone_is_a_condition() -> None:
    assert read(f'{ONE}rows = {{"public.t" = "active"}}').of("r", source="s").filters[0].sql == "active"


def test_misfits_name_tables_columns_and_filters_that_are_not_there() -> None:
    text = """
[roles.r.sources.shop]
tables = ["public.orders", "public.custmers"]
private = ["public.orders.amuont"]
[roles.r.sources.shop.rows]
"public.orders" = "tennant = 1"
"""
    found = " ".join(misfits(read(text), schema(), source="shop"))
    assert "there is no table public.custmers" in found
    assert "there is no column amuont in public.orders" in found
    assert 'roles.r.sources.shop.rows."public.orders": There is no column tennant' in found
    assert misfits(read(SALES), schema(), source="shop") == ()


def test_a_filter_has_to_fit_the_sources_own_dialect() -> None:
    text = SALES.replace('tenant_id = 1"', "email ~ 'x'\"", 1)
    assert misfits(read(text), schema("postgres"), source="s") == ()
    assert misfits(read(text), schema("athena"), source="s") != ()
