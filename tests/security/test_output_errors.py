"""A database's own text, which may hold values of rows, reaches neither person nor model nor log."""

from __future__ import annotations

import io
import json
import logging
import sys
import uuid
from contextlib import closing

import psycopg2
import pytest
from houses import MakeHouse, NewDatabase
from scripted_model import Says, always

from analyst import log
from analyst.client import Document
from analyst.drafting import _repair
from analyst.engines.postgres_errors import translate
from analyst.errors import DatabaseError, QueryFailed
from analyst.ports import DraftRequest
from analyst.prompting import sql_prompt
from analyst.question import Question

DATA = """
CREATE TABLE t (k int PRIMARY KEY, s text UNIQUE, d text, CHECK (s <> 'bad CANARY'));
INSERT INTO t VALUES (1, 'CANARY-1', '2024-13-45 CANARY'), (2, '{"a": CANARY}', 'CANARY(');
CREATE FUNCTION tell() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'CANARY %', (SELECT s FROM t LIMIT 1)
  USING DETAIL = 'CANARY', HINT = 'CANARY', ERRCODE = 'P0001'; END $$;
"""
FAILING = (
    "SELECT s::int FROM t",
    "SELECT d::date FROM t",
    "SELECT s::json FROM t WHERE k = 2",
    "SELECT s::uuid FROM t",
    "SELECT s::inet FROM t",
    "SELECT 'x' ~ d FROM t WHERE k = 2",
    "SELECT to_number(s, '9') / 0 FROM t",
    "INSERT INTO t VALUES (3, 'CANARY-1', '')",
    "INSERT INTO t VALUES (1, 'x', '')",
    "INSERT INTO t VALUES (4, 'bad CANARY', '')",
    "SELECT tell()",
    "SELECT CANARY FROM t",
    "SELECT * FROM CANARY",
)


@pytest.fixture(scope="module")
def errors(postgres: object) -> list[psycopg2.Error]:
    """What the driver raises for each of the statements, from a real server."""
    database = NewDatabase(postgres, [])  # type: ignore[arg-type]
    found = []
    with closing(psycopg2.connect(database(DATA))) as connection:
        connection.autocommit = True
        for sql in FAILING:
            with connection.cursor() as cursor, pytest.raises(psycopg2.Error) as caught:
                cursor.execute(sql)
            found.append(caught.value)
    return found


def test_the_databases_text_stays_behind(errors: list[psycopg2.Error]) -> None:
    assert sum("CANARY" in str(e) for e in errors) >= 8, "the attack itself works"
    for error in errors:
        told = translate(error)
        assert isinstance(told, DatabaseError) and "CANARY" not in str(told) and "\n" not in str(told)
        assert len(str(told)) < 160 and told.code in ("query_failed", "database")
        if isinstance(told, QueryFailed):
            repair = _repair(told, "SELECT 1")
            request = DraftRequest(question="Q?", dialect="postgres", schema="", repair=repair)
            assert "CANARY" not in str(sql_prompt(request))


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream, root = io.StringIO(), logging.getLogger()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    log.start("DEBUG")
    return stream


@pytest.mark.parametrize(
    ("sql", "status"), [("SELECT s::int FROM t", "failed"), ("SELECT s AS name, k FROM t", "answered")]
)
def test_a_question_and_its_rows_never_reach_the_log(
    sql: str, status: str, make_house: MakeHouse, new_database: NewDatabase, lines: io.StringIO
) -> None:
    house = make_house(always(Says(text=f"```sql\n{sql}\n```")), sources=f"t={new_database(DATA)}")
    asked = Question(
        id=str(uuid.uuid4()),
        text="Which s of t has the PRIVATEWORD?",
        session_id=str(uuid.uuid4()),
        source=house.sources.get("").key,
        asked_at=house.clock.now(),
        request_id="request-1",
    )
    house.questions.add(asked, worker="w", lease_seconds=60)
    house.worker("w").answer(asked)
    document: Document = house.desk.document(house.questions.get(asked.id), rows=10)
    assert document["status"] == status
    if document["error"]:
        assert set(document["error"]) >= {"code", "message", "request_id"}
        assert "CANARY" not in json.dumps(document["error"]) and document["request_id"] == "request-1"
        prompts = "\n".join(house.scripted.prompts)  # type: ignore[attr-defined]
        assert "invalid input syntax" not in prompts
    found = lines.getvalue()
    assert found and "CANARY" not in found and "PRIVATEWORD" not in found and "SELECT" not in found
