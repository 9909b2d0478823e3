"""An example's life in the store: proposed, approved, quarantined, revoked; one approved answer to one question."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from importlib.resources import files

import pytest
from houses import NewDatabase, execute

from analyst.errors import Conflict, NotFound, StoreError
from analyst.example import Example, ExampleStatus
from analyst.stores.examples import Examples
from analyst.stores.state import State

READS = (("public.flights", "", "id"), ("public.flights", "carrier", "text"))
APPROVED, REVOKED = ExampleStatus.APPROVED, ExampleStatus.REVOKED


@pytest.fixture
def state(state_url: str) -> Iterator[State]:
    with closing(State(state_url)) as state:
        yield state


@pytest.fixture
def store(state: State) -> Examples:
    return Examples(state)


def pair(question: str = "How many flights?", sql: str = "SELECT 1", **changes: str) -> Example:
    made = Example(
        id=0, source="air", dialect="postgres", question=question, sql=sql, fingerprint="f1", reads=READS
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def proposed(store: Examples, *given: str, **changes: str) -> Example:
    return store.propose(pair(*given, **changes), [1.0, 0.0], embedder="e")


def test_from_a_proposal_to_the_end(store: Examples) -> None:
    new = proposed(store)
    assert new == replace(pair(), id=new.id) and new.reads == READS
    approved = store.decide(new.id, APPROVED, by="anna", note="checked")
    assert (approved.status, approved.decided_by, approved.note) == (APPROVED, "anna", "checked")
    assert approved.decided_at is not None and approved.version > new.version
    assert [n.example.id for n in store.nearest([1.0, 0.0], source="air", embedder="e")] == [new.id]
    revoked = store.decide(new.id, REVOKED, by="bert")
    assert (revoked.status, revoked.decided_by, revoked.note) == (REVOKED, "bert", "checked")
    assert store.nearest([1.0, 0.0], source="air", embedder="e") == []
    with pytest.raises(NotFound):
        store.decide(new.id + 1, APPROVED, by="anna")


@pytest.mark.parametrize("again", ["how many  flights", "How many flights??", "HOW MANY FLIGHTS ."])
def test_a_pair_that_says_the_same_is_kept_once(store: Examples, again: str) -> None:
    first = proposed(store)
    store.decide(first.id, REVOKED, by="anna")
    second = proposed(store, again)
    assert second.id == first.id and second.status is REVOKED, "a proposal brings nothing back"
    assert second.question == first.question
    assert store.same(pair(again)) == second and store.same(pair(again, "SELECT 2")) is None
    assert len(store.all()) == 1
    assert proposed(store, again, source="sea").id != first.id


def test_sql_of_any_length_is_kept(store: Examples) -> None:
    sql = "SELECT " + ", ".join(f"{n * n * 7919 % 99991} AS column_{n}" for n in range(5_000))
    assert proposed(store, "x" * 1_900, sql).id == proposed(store, "X" * 1_900, sql).id


def test_one_question_has_one_approved_answer(store: Examples) -> None:
    old, new, other = (
        proposed(store),
        proposed(store, "how many flights", "SELECT 2"),
        proposed(store, "Else?"),
    )
    for each in (old, other, new):
        store.decide(each.id, APPROVED, by="anna")
    assert store.get(old.id).status is REVOKED and store.get(old.id).note == f"Replaced by #{new.id}."
    assert [e.id for e in store.all(status=APPROVED)] == [other.id, new.id]


def test_who_has_not_seen_a_decision_does_not_decide_over_it(store: Examples) -> None:
    seen = proposed(store)
    store.decide(seen.id, REVOKED, by="anna", note="wrong")
    with pytest.raises(Conflict):
        store.decide(seen.id, APPROVED, by="bert", version=seen.version)
    with pytest.raises(Conflict):
        store.checked(seen.id, dialect="postgres", fingerprint="f2", reads=READS, version=seen.version)
    assert store.get(seen.id).decided_by == "anna"
    assert store.decide(seen.id, REVOKED, by="bert", version=seen.version).decided_by == "anna", (
        "it is so already"
    )
    assert store.decide(seen.id, APPROVED, by="bert").status is APPROVED


def test_a_quarantine_ends_with_a_check_and_not_with_an_approval(store: Examples) -> None:
    found = store.decide(proposed(store).id, APPROVED, by="anna")
    assert not store.quarantine(found.id, "Gone.", version=found.version - 1)
    assert store.quarantine(found.id, "Gone.", version=found.version)
    kept = store.get(found.id)
    assert (kept.status, kept.quarantine, kept.decided_by) == ("quarantined", "Gone.", "anna")
    assert store.nearest([1.0, 0.0], source="air", embedder="e") == []
    assert proposed(store).status == "quarantined", "a proposal does not end it"
    with pytest.raises(Conflict):
        store.decide(found.id, APPROVED, by="bert")
    checked = store.checked(
        found.id, dialect="postgres", fingerprint="f2", reads=READS[:1], version=kept.version
    )
    assert (checked.status, checked.quarantine, checked.fingerprint) == (APPROVED, "", "f2")
    assert (checked.decided_by, checked.reads) == ("anna", READS[:1])


def test_outdated_ones_are_found_in_batches(store: Examples) -> None:
    ids = [proposed(store, f"Q{n}?").id for n in range(5)]
    ids.append(proposed(store, "Noted nothing?", reads=()).id)  # type: ignore[arg-type]
    for each in ids[1:]:
        store.decide(each, APPROVED, by="anna")
    assert [e.id for e in store.outdated(source="air", fingerprint="f2", after=ids[1], limit=3)] == ids[2:5]
    assert [e.id for e in store.outdated(source="air", fingerprint="f1")] == ids[5:]


def test_uses_and_rejections_are_counted(store: Examples) -> None:
    first, second = proposed(store), proposed(store, "Other?")
    store.rejected(first.id)
    for _ in range(3):
        store.served(first.id)
    store.served(first.id + 1000)
    found = store.get(first.id)
    assert (found.hits, found.rejections) == (3, 1) and found.last_used_at is not None
    assert found.version == first.version
    assert (store.get(second.id).hits, store.get(second.id).last_used_at) == (0, None)
    store.rejected(second.id)
    assert store.get(second.id).last_used_at is None
    assert store.count(status=ExampleStatus.PROPOSED) == 2


def test_two_who_approve_different_sql_at_once_leave_one_approved(store: Examples, state_url: str) -> None:
    pairs = [proposed(store, "How many?", f"SELECT {n}") for n in range(2)]
    troubles: list[StoreError] = []

    def approve_many(mine: Example) -> None:
        with closing(State(state_url)) as state:
            own = Examples(state)
            for _ in range(40):
                try:
                    with state.transaction():
                        own.propose(mine, [1.0, 0.0], embedder="e")
                        own.decide(mine.id, APPROVED, by="x")
                except StoreError as error:
                    troubles.append(error)

    threads = [threading.Thread(target=approve_many, args=(each,)) for each in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == [], "nobody waits for somebody who waits for them"
    assert store.count(status=APPROVED) == 1


def test_what_was_kept_before_is_merged(new_database: NewDatabase) -> None:
    url = new_database("CREATE EXTENSION vector")
    folder = files("analyst.stores").joinpath("schema")
    execute(url, folder.joinpath("001_state.sql").read_text(encoding="utf-8"))
    rows = [
        ("How many?", "SELECT 1", "approved", "'2026-01-01'"),
        ("how many", "SELECT 1", "revoked", "'2026-02-01'"),
        ("How many??", "SELECT 2", "approved", "'2026-01-02'"),
        ("How  many?", "SELECT 3", "approved", "'2026-01-03'"),
        ("Other?", "SELECT 1", "proposed", "NULL"),
    ]
    for question, sql, status, at in rows:
        execute(
            url,
            "INSERT INTO examples (source, dialect, question, sql, status, decided_at, embedder, vector)"
            f" VALUES ('air', 'postgres', '{question}', '{sql}', '{status}', {at}, 'e', '[1]')",
        )
    execute(url, folder.joinpath("005_examples.sql").read_text(encoding="utf-8"))
    found = execute(url, "SELECT question, status, note FROM examples ORDER BY id")
    assert found == [
        ("how many", "revoked", ""),
        ("How many??", "revoked", "Replaced by #4."),
        ("How  many?", "approved", ""),
        ("Other?", "proposed", ""),
    ]
