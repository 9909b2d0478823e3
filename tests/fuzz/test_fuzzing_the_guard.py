"""Statements nobody wrote against the guard, for a minute; `make fuzz` goes on for longer."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from houses import NewDatabase

import fuzz
from analyst.catalog import Catalog
from analyst.errors import Refused
from analyst.policy import Policy
from fuzzing import promises
from fuzzing.playground import Playground, opened
from fuzzing.promises import Broken, Guard, Promises

FIRST_WORDS = ("select", "with", "values")
FORBIDDEN = ("customers", "api_keys", "salaries", "drop", "delete")


@pytest.fixture
def playground(new_database: NewDatabase) -> Iterator[Playground]:
    """A database where everything could go wrong."""
    with opened(new_database(), fuzz.catalog(), fuzz.POLICY) as found:
        yield found


def promised(guard: Guard, playground: Playground | None = None) -> Promises:
    return Promises(guard, catalog=fuzz.catalog(), policy=fuzz.POLICY, playground=playground)


@pytest.mark.slow
@pytest.mark.parametrize(("dialect", "rounds"), [("postgres", 24), ("redshift", 16), ("athena", 18)])
def test_the_guard_keeps_its_promises(playground: Playground, dialect: str, rounds: int) -> None:
    kept = promised(fuzz.guarded, playground if dialect == "postgres" else None)
    tried = fuzz.fuzz(kept, dialects=[dialect], rounds=range(rounds))
    assert tried >= rounds * fuzz.ROUND * 0.9
    assert kept.counts["allowed"] > tried * 0.05
    assert kept.counts["unexpected"] < tried * 0.01
    if dialect == "postgres":
        assert kept.counts["ran: rows"] > 20


# -- the fuzzer itself: guards that break a promise are found out


def lets_writes_through(sql: str, *, dialect: str, catalog: Catalog | None, policy: Policy) -> str:
    """As guards used to be: the first word decides, and a few that are forbidden."""
    if not sql.lower().startswith(FIRST_WORDS) or any(word in sql.lower() for word in FORBIDDEN):
        raise Refused("Only SELECT statements are allowed.", rule="statement")
    return sql


def sees_everything(sql: str, *, dialect: str, catalog: Catalog | None, policy: Policy) -> str:
    """As if there were no policy."""
    return fuzz.guarded(sql, dialect=dialect, catalog=catalog, policy=Policy())


def crashes(sql: str, *, dialect: str, catalog: Catalog | None, policy: Policy) -> str:
    """On words it has not heard of."""
    if "CASE" in sql:
        raise KeyError("CASE")
    return fuzz.guarded(sql, dialect=dialect, catalog=catalog, policy=policy)


def never_settles(sql: str, *, dialect: str, catalog: Catalog | None, policy: Policy) -> str:
    """Wraps what it wrote itself."""
    return f"SELECT * FROM ({fuzz.guarded(sql, dialect=dialect, catalog=catalog, policy=policy)}) AS q"


def dawdles(sql: str, *, dialect: str, catalog: Catalog | None, policy: Policy) -> str:
    """Counts to a million before every statement."""
    sum(range(1_000_000))
    return fuzz.guarded(sql, dialect=dialect, catalog=catalog, policy=policy)


@pytest.mark.parametrize(
    ("guard", "what"),
    [(lets_writes_through, "wrote"), (sees_everything, "showed what is hidden")],
)
def test_a_guard_that_lets_too_much_through_is_found_out(
    playground: Playground, guard: Guard, what: str
) -> None:
    with pytest.raises(Broken, match=what):
        fuzz.fuzz(promised(guard, playground), dialects=["postgres"], rounds=range(20))


@pytest.mark.parametrize(("guard", "what"), [(crashes, "KeyError"), (never_settles, "not settled")])
def test_a_guard_that_cannot_be_relied_on_is_found_out(guard: Guard, what: str) -> None:
    with pytest.raises(Broken, match=what):
        fuzz.fuzz(promised(guard), dialects=["redshift"], rounds=range(5))


def test_a_guard_that_takes_too_long_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promises, "MOST_SECONDS", 0.01)
    with pytest.raises(Broken, match=r"more than 0\.01 s"):
        promised(dawdles).hold("SELECT 1", "postgres")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO orders (order_id) VALUES (5)",
        "SELECT nextval('fuzz_numbers')",
        "SELECT fuzz_writes()",
        "SELECT lo_creat(-1)",
        "SELECT set_config('work_mem', '8MB', false)",
        "SELECT pg_advisory_lock(1)",
        "CREATE TABLE fuzz_left (a int)",
        "DROP TABLE orders",
    ],
)
def test_the_playground_sees_what_a_statement_leaves_behind(playground: Playground, statement: str) -> None:
    assert not playground.changed()
    playground.run(statement)
    assert playground.changed()


def test_what_is_hidden_lies_in_plain_sight(playground: Playground) -> None:
    assert "CANARY" in playground.run("SELECT * FROM api_keys")[0]
    assert "CANARY" in playground.run("SELECT * FROM customers")[0]


def test_statements_are_made_of_what_people_wrote() -> None:
    for dialect in fuzz.DIALECTS:
        assert len(fuzz.corpus(dialect)) > 150
    assert json.dumps(fuzz.corpus("postgres")).count("pg_sleep") > 3
