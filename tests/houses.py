"""What tests share: databases of their own, and questions put to a house."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import psycopg2

from analyst.identity import Entrance, Principal
from analyst.journal import Journal
from analyst.local.postgres import EmbeddedPostgres
from analyst.ports import Cancellation
from analyst.question import Question
from analyst.wiring import House
from analyst.work import Work

MakeHouse = Callable[..., House]
ANNA = Principal(entrance=Entrance.OS, name="anna")
BERT = Principal(entrance=Entrance.OS, name="bert")


@dataclass(frozen=True)
class NewDatabase:
    """Makes databases that are dropped when the test is over."""

    server: EmbeddedPostgres
    names: list[str]

    def __call__(self, sql: str = "") -> str:
        """The superuser's URL of a new database in which that SQL was run."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.names.append(name)
        execute(self.server.url(), f"CREATE DATABASE {name}")
        if sql:
            execute(self.server.url(name), sql)
        return self.server.url(name)


def execute(url: str, sql: str) -> list[tuple[object, ...]]:
    """Run SQL as it is and commit it; the rows it gives."""
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []


def asked(house: House, text: str, *, by: Principal = ANNA, **changes: object) -> Work:
    """A question put to a house's story, not stored."""
    question = Question(
        id=str(uuid.uuid4()),
        text=text,
        session_id=str(uuid.uuid4()),
        source=house.sources.get("").key,
        asked_at=house.clock.now(),
        request_id="request-1",
        person=by.key,
        principal=by,
        **changes,  # type: ignore[arg-type]
    )
    return Work(question=question, journal=Journal(), cancellation=Cancellation())
