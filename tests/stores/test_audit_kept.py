"""The audit in a real Postgres: append-only, chained, found broken wherever somebody was at it."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg2
import pytest
from houses import execute

from analyst.audit import RAN, START, AuditEntry, Kind, canonical, chained
from analyst.errors import StoreError
from analyst.stores import audit as stored
from analyst.stores.audit import AuditEntries, Mark
from analyst.stores.state import State

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
ON = "ALTER TABLE audit ENABLE TRIGGER ALL; ALTER TABLE audit_head ENABLE TRIGGER ALL;"
OFF = "ALTER TABLE audit DISABLE TRIGGER ALL; ALTER TABLE audit_head DISABLE TRIGGER ALL;"


@pytest.fixture
def state(state_url: str) -> Iterator[State]:
    with closing(State(state_url)) as state:
        yield state


@pytest.fixture
def log(state: State) -> AuditEntries:
    return AuditEntries(state)


def entry(question: str = "How many?", *, days_old: float = 0, **changes: object) -> AuditEntry:
    at = datetime.now(UTC) - timedelta(days=days_old)
    made = AuditEntry(kind=Kind.QUESTION, verdict=RAN, at=at, person="ann", question=question)
    return replace(made, **changes)  # type: ignore[arg-type]


def questions(log: AuditEntries, **wishes: object) -> list[str]:
    return [k.document["entry"]["question"] for k in log.entries(**wishes)]  # type: ignore[arg-type]


def test_what_is_written_comes_back_and_is_chained(log: AuditEntries) -> None:
    whole = entry(
        'What\'s "ü"?\n',
        at=NOW,
        request_id="r",
        question_id="q",
        role="reader",
        policy_version="7",
        source="flights",
        draft="SELECT 'ü'",
        query="SELECT 'ü' LIMIT 11",
        ms=12,
        rows=3,
        example_id=4,
        model="m",
        detail="d",
    )
    log.write(whole)
    log.write(entry("second"))
    first, second = log.entries()
    assert first.entry == whole.text()
    assert first.document["entry"]["rows"] == 3
    assert (first.number, first.previous) == (1, START)
    assert (second.number, second.previous) == (2, first.hash)
    without_hash = {name: value for name, value in second.document.items() if name != "hash"}
    assert second.hash == chained(second.entry, number=2, previous=first.hash)
    assert second.hash == hashlib.sha256(canonical(without_hash).encode()).hexdigest(), "as the page says"
    found = log.verify()
    assert (found.first, found.newest, found.broken) == (1, Mark(number=2, hash=second.hash), None)


def test_an_entry_that_is_sent_twice_is_kept_once(log: AuditEntries) -> None:
    same = entry()
    for _ in range(2):
        log.write(same)
    log.write(entry("another"))
    assert questions(log) == ["How many?", "another"]
    assert log.verify().broken is None


def test_no_text_keeps_an_entry_from_being_written(log: AuditEntries) -> None:
    odd_texts = ("a\0b", "a\ud800b", "\\u0000", '"}', "\u2028\x7f\x1f", "%s %(x)s", "")
    for odd in odd_texts:
        log.write(entry(odd, person=odd, draft=odd, detail=odd, id=str(uuid.uuid4())))
    assert len(list(log.entries())) == len(odd_texts)
    assert log.verify().broken is None


def test_entries_are_found_by_time_and_person(log: AuditEntries, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "PAGE", 2)
    for day in range(1, 8):
        at = datetime(2026, 1, day, tzinfo=UTC)
        log.write(entry(str(day), at=at, person="bob" if day % 2 else "ann"))
    assert questions(log) == list("1234567")
    since, until = datetime(2026, 1, 3, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC)
    assert questions(log, since=since) == list("34567")
    assert questions(log, until=until) == list("12345")
    assert questions(log, since=since, until=until, person="bob") == list("35")
    assert questions(log, person="nobody") == []


FORBIDDEN = (
    "UPDATE audit SET person = 'bob'",
    "UPDATE audit SET person = 'bob' WHERE false",
    "DELETE FROM audit",
    "DELETE FROM audit WHERE number = 1",
    "WITH gone AS (DELETE FROM audit RETURNING 1) SELECT * FROM gone",
    "DO $$ BEGIN DELETE FROM audit; END $$",
    "TRUNCATE audit",
    "TRUNCATE audit CASCADE",
    "TRUNCATE audit_head, audit, audit_forgotten",
    "INSERT INTO audit (entry) SELECT entry FROM audit ON CONFLICT (id) DO UPDATE SET entry = 'x'",
    "MERGE INTO audit a USING (SELECT 1) o ON true WHEN MATCHED THEN DELETE",
    "UPDATE audit_head SET number = 0",
    "DELETE FROM audit_head",
    "TRUNCATE audit_head",
    "INSERT INTO audit_head (single, number, hash) VALUES (false, 0, '')",
    "UPDATE audit_forgotten SET through = 0",
    "DELETE FROM audit_forgotten",
    "TRUNCATE audit_forgotten",
    "INSERT INTO audit_forgotten (older_than_days) VALUES (0)",
    "INSERT INTO audit_forgotten (older_than_days) VALUES (-1)",
    "INSERT INTO audit_forgotten (older_than_days) VALUES (NULL)",
)


@pytest.mark.parametrize("mode", ["origin", "replica"])
def test_nothing_but_adding_and_forgetting_is_let_through(
    log: AuditEntries, state_url: str, mode: str
) -> None:
    """As the superuser, to whom no right is lacking; also where triggers are usually skipped."""
    log.write(entry("old", days_old=10))
    log.forget(older_than_days=5)
    log.write(entry())
    for sql in FORBIDDEN:
        with pytest.raises(psycopg2.Error) as refused:
            execute(state_url, f"SET session_replication_role = {mode}; {sql}")
        assert refused.value.pgcode in ("42501", "23514"), f"not by the audit's own triggers: {sql}"
    assert questions(log) == ["How many?"]
    assert log.verify().broken is None


def test_what_an_entry_says_of_its_place_does_not_count(log: AuditEntries, state_url: str) -> None:
    text = entry("mine").text().replace("'", "''")
    execute(
        state_url,
        f"INSERT INTO audit (number, id, at, person, entry, previous, hash)"
        f" VALUES (99, 'x', now(), 'bob', '{text}', 'x', 'x')",
    )
    assert [k.number for k in log.entries()] == [1]
    assert log.verify().broken is None


def test_it_is_kept_with_what_else_is_kept_or_not_at_all(log: AuditEntries, state: State) -> None:
    with pytest.raises(RuntimeError), state.transaction():
        log.write(entry("never"))
        raise RuntimeError
    with state.transaction():
        log.write(entry("kept"))
    assert questions(log) == ["kept"]
    assert log.verify().broken is None


def test_many_writers_make_one_chain(state_url: str) -> None:
    def write(worker: int) -> None:
        with closing(State(state_url)) as state:
            for number in range(40):
                AuditEntries(state).write(entry(f"{worker}.{number}"))

    with ThreadPoolExecutor(max_workers=6) as pool:
        list(pool.map(write, range(6)))
    with closing(State(state_url)) as state:
        log = AuditEntries(state)
        assert log.verify().newest.number == 240
        assert log.verify().broken is None
        assert len(set(questions(log))) == 240


def test_a_database_that_is_gone_is_a_store_error() -> None:
    log = AuditEntries(State("postgresql://nobody@127.0.0.1:1/nothing"))
    with pytest.raises(StoreError):
        log.write(entry())


def test_a_writer_that_does_not_end_fails_the_others(
    log: AuditEntries, state_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(state_url, "ALTER FUNCTION audit_chained() SET lock_timeout = '100ms'")
    with closing(psycopg2.connect(state_url)) as other:
        other.cursor().execute("INSERT INTO audit (entry) VALUES (%s)", (entry().text(),))
        with pytest.raises(StoreError):
            log.write(entry())
    log.write(entry("after"))
    assert questions(log) == ["after"]


# -- retention -------------------------------------------------------------------------------------------


def test_the_oldest_are_forgotten_and_the_chain_still_holds(log: AuditEntries) -> None:
    for days in (30, 20, 10, 1, 0):
        log.write(entry(str(days), days_old=days))
    assert log.forget(older_than_days=15) == 2
    assert questions(log) == ["10", "1", "0"]
    found = log.verify()
    assert (found.first, found.newest.number, found.broken) == (3, 5, None)
    assert log.forget(older_than_days=15) == 0
    log.write(entry("new"))
    assert log.forget(older_than_days=5) == 1
    assert log.verify().first == 4
    assert log.verify().broken is None


def test_all_may_be_forgotten_and_the_chain_goes_on(log: AuditEntries, state_url: str) -> None:
    for _ in range(3):
        log.write(entry(days_old=2))
    assert log.forget(older_than_days=1) == 3
    assert log.verify().broken is None
    log.write(entry("new"))
    assert [k.number for k in log.entries()] == [4]
    assert log.verify().broken is None
    assert execute(state_url, "SELECT through, entries FROM audit_forgotten") == [(3, 3)]


def test_an_old_entry_after_a_young_one_waits(log: AuditEntries) -> None:
    for days in (9, 0, 9):
        log.write(entry(str(days), days_old=days))
    assert log.forget(older_than_days=5) == 1
    assert questions(log) == ["0", "9"]


def test_less_than_a_day_is_refused(log: AuditEntries) -> None:
    log.write(entry(days_old=300))
    with pytest.raises(StoreError):
        log.forget(older_than_days=0.5)
    assert len(questions(log)) == 1


# -- somebody with all rights was at it --------------------------------------------------------------------


TAMPERED = (
    ("UPDATE audit SET entry = replace(entry, 'q3', 'q9') WHERE number = 3", 3),
    ("UPDATE audit SET person = 'bob' WHERE number = 4", 4),
    ("UPDATE audit SET at = at + interval '1 s' WHERE number = 4", 4),
    ("UPDATE audit SET id = 'x' WHERE number = 4", 4),
    ("DELETE FROM audit WHERE number = 1", 1),
    ("DELETE FROM audit WHERE number = 2", 2),
    ("DELETE FROM audit WHERE number >= 4", 4),
    ("DELETE FROM audit", 1),
    ("UPDATE audit SET hash = repeat('a', 64) WHERE number = 2", 2),
    ("UPDATE audit SET number = number + 1 WHERE number = 5", 5),
    ("DELETE FROM audit WHERE number <= 2; UPDATE audit SET number = number - 2", 1),
)


def test_the_first_broken_entry_is_named(log: AuditEntries, state_url: str) -> None:
    for sql, broken in TAMPERED:
        execute(
            state_url, f"{OFF} DELETE FROM audit; UPDATE audit_head SET number = 0, hash = '{START}'; {ON}"
        )
        for number in range(1, 6):
            log.write(entry(f"q{number}"))
        assert log.verify().broken is None
        execute(state_url, f"{OFF} {sql}")
        found = log.verify()
        assert found.broken == broken, (sql, found)
        assert found.why, sql


def test_entries_swapped_with_their_hashes_made_anew_do_not_fit_the_next(
    log: AuditEntries, state_url: str
) -> None:
    for number in range(1, 4):
        log.write(entry(f"q{number}"))
    second = list(log.entries())[1]
    changed = second.entry.replace("q2", "qX")
    made = chained(changed, number=2, previous=second.previous)
    execute(
        state_url,
        f"{OFF} UPDATE audit SET entry = replace(entry, 'q2', 'qX'), hash = '{made}' WHERE number = 2",
    )
    assert log.verify().broken == 3


def test_a_chain_made_wholly_anew_is_known_by_an_earlier_mark(log: AuditEntries, state_url: str) -> None:
    """What the chain alone cannot show: the last entries taken away with the head put back."""
    for number in range(1, 4):
        log.write(entry(f"q{number}"))
    known = log.verify().newest
    execute(
        state_url,
        f"{OFF} DELETE FROM audit WHERE number = 3;"
        " UPDATE audit_head SET (number, hash) = (SELECT number, hash FROM audit WHERE number = 2)",
    )
    assert log.verify().broken is None
    assert log.verify(known=known).broken == 3
    execute(state_url, ON)
    log.write(entry("in its place"))
    assert log.verify().broken is None
    assert log.verify(known=known).broken == 3
    log.write(entry("after"))
    assert log.verify(known=known).broken == 3


def test_a_mark_of_what_was_forgotten_is_compared_while_it_is_the_last(log: AuditEntries) -> None:
    log.write(entry(days_old=3))
    known = log.verify().newest
    log.forget(older_than_days=1)
    assert log.verify(known=known).broken is None
    assert log.verify(known=replace(known, hash="a" * 64)).broken == 2


def test_the_newest_mark_is_in_the_log(log: AuditEntries, caplog: pytest.LogCaptureFixture) -> None:
    log.write(entry("a secret question"))
    with caplog.at_level("INFO"):
        log.forget(older_than_days=400)
    newest = log.verify().newest
    assert f"{newest.number}:{newest.hash}" in caplog.text
    assert "secret" not in caplog.text


def test_what_is_kept_is_json_that_anybody_can_read(log: AuditEntries, state_url: str) -> None:
    log.write(entry())
    ((text, person),) = execute(state_url, "SELECT entry, entry::json->>'person' FROM audit")
    assert person == "ann"
    assert json.loads(str(text))["verdict"] == "ran"
