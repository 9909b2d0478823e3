"""Examples in a whole house: run before they are approved, out of service when what they read changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from houses import MakeHouse, NewDatabase, execute
from scripted_model import Says, always

from analyst.errors import Conflict, NotFound, QueryFailed, Refused, StoreError
from analyst.example import Example, ExampleStatus
from analyst.policies import View
from analyst.ports import Engine
from analyst.stores.examples import Examples
from analyst.teaching import Teaching
from analyst.wiring import House

SHOP = """
CREATE TABLE orders (id integer PRIMARY KEY, customer text, amount integer);
CREATE TABLE customers (id integer PRIMARY KEY, name text);
INSERT INTO orders VALUES (1, 'a', 10), (2, 'b', 0);
"""
TOTAL = ("What is the total?", "SELECT sum(amount) AS total FROM orders")
NAMES = ("Who are they?", "SELECT name FROM customers")


@pytest.fixture
def shop_url(new_database: NewDatabase) -> str:
    return new_database(SHOP)


@pytest.fixture
def house(make_house: MakeHouse, shop_url: str) -> House:
    return make_house(always(Says(text="I cannot.")), sources=f"shop={shop_url}")


@contextmanager
def at_work(house: House) -> Iterator[tuple[Teaching, View, Engine]]:
    key = house.sources.get("").key
    whole = house.analyst.catalog(key, rebuild=True)
    engine = house.sources.engine(key, query_id="example")
    teaching = Teaching(
        examples=house.examples,
        vectors=house.question_vectors,
        audit=house.audit,
        budgets=house.budgets,
        together=house.state.transaction,
    )
    yield teaching, View(policy=house.access.limits, whole=whole, catalog=whole), engine
    engine.close()


def taught(house: House, pair: tuple[str, str], *, approve_as: str = "anna") -> Example:
    return house.teach(house.sources.get("").key, *pair, approve_as=approve_as)


def audited(house: House) -> list[tuple[str, str, int]]:
    rows = house.state.rows("SELECT entry::jsonb AS e FROM audit ORDER BY number")
    return [(r["e"]["kind"], r["e"]["detail"], r["e"]["example_id"]) for r in rows]


def test_what_it_reads_is_noted(house: House) -> None:
    assert taught(house, TOTAL).reads == (
        ("public.orders", "", "id"),
        ("public.orders", "amount", "integer"),
    )


def test_a_change_takes_out_of_service_what_reads_it_and_nothing_else(house: House, shop_url: str) -> None:
    total, names = taught(house, TOTAL), taught(house, NAMES)
    execute(shop_url, "ALTER TABLE orders ALTER amount TYPE bigint, DROP customer; CREATE TABLE new (id int)")
    with at_work(house) as (teaching, seen, engine):
        assert [e.id for e in teaching.sweep(seen.whole)] == [total.id]
        assert teaching.sweep(seen.whole) == []
        kept = house.examples.get(total.id)
        assert kept.status is ExampleStatus.QUARANTINED
        assert kept.quarantine == "The column public.orders.amount is bigint now and was integer."
        assert house.examples.get(names.id).fingerprint == seen.whole.fingerprint()
        assert (*audited(house)[-1][:1], audited(house)[-1][2]) == ("revocation", total.id)
        again = teaching.recheck(total.id, seen=seen, engine=engine, by="bert")
        assert (again.status, again.decided_by, again.quarantine) == (ExampleStatus.APPROVED, "anna", "")
        assert audited(house)[-1] == ("approval", "checked again after a quarantine", total.id)
        assert teaching.sweep(seen.whole) == []


def test_what_does_not_run_any_more_stays_in_quarantine(house: House, shop_url: str) -> None:
    total = taught(house, TOTAL)
    execute(shop_url, "ALTER TABLE orders DROP amount")
    with at_work(house) as (teaching, seen, engine):
        for _ in range(2):
            found = teaching.recheck(total.id, seen=seen, engine=engine)
            assert found.status is ExampleStatus.QUARANTINED
            assert found.quarantine.startswith("It does not run now: There is no column amount")
        with pytest.raises(Refused):
            teaching.approve(total.id, seen=seen, engine=engine, by="bert")
        better = "SELECT sum(id) AS total FROM orders"
        edited = teaching.approve(total.id, seen=seen, engine=engine, by="bert", sql=better)
    assert edited.status is ExampleStatus.APPROVED and edited.question == TOTAL[0]
    old = house.examples.get(total.id)
    assert (old.status, old.note, old.decided_by) == ("revoked", f"Replaced by #{edited.id}.", "bert")


def test_it_is_run_before_it_is_approved(house: House) -> None:
    proposal = taught(house, TOTAL, approve_as="")
    assert proposal.status is ExampleStatus.PROPOSED
    with at_work(house) as (teaching, seen, engine):
        fails = "SELECT sum(1 / amount) AS total FROM orders"
        with pytest.raises(QueryFailed):
            teaching.approve(proposal.id, seen=seen, engine=engine, by="anna", sql=fails)
        assert [e.status for e in house.examples.all()] == [ExampleStatus.PROPOSED]
        with pytest.raises(Conflict):
            teaching.recheck(proposal.id, seen=seen, engine=engine)
        approved = teaching.approve(proposal.id, seen=seen, engine=engine, by="anna", note="right")
        assert (approved.id, approved.status, approved.note) == (proposal.id, "approved", "right")
        with pytest.raises(NotFound):
            teaching.approve(999, seen=seen, engine=engine, by="anna")


def test_a_revocation_while_somebody_approves_wins(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    total = taught(house, TOTAL)
    embed = type(house.embedder).embed

    def revoked_meanwhile(self: object, texts: list[str]) -> list[list[float]]:
        house.examples.decide(total.id, ExampleStatus.REVOKED, by="bert", note="wrong")
        return embed(self, texts)  # type: ignore[arg-type]

    monkeypatch.setattr(type(house.embedder), "embed", revoked_meanwhile)
    with pytest.raises(Conflict):
        taught(house, TOTAL)
    assert house.examples.get(total.id).status is ExampleStatus.REVOKED
    monkeypatch.undo()
    assert taught(house, TOTAL).status is ExampleStatus.APPROVED, "who knows of it may approve it again"


def test_nothing_is_half_approved(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise StoreError("The product's own database does not answer.")

    monkeypatch.setattr(Examples, "decide", gone)
    with pytest.raises(StoreError):
        taught(house, TOTAL)
    assert house.examples.all() == []
