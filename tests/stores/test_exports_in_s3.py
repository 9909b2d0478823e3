"""In AWS: the API only tells the worker, which writes to S3; the file comes by a short-lived link."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from buckets import BUCKET, s3_client
from moto import mock_aws

from analyst import errands
from analyst.dispatching import FunctionDispatcher
from analyst.errors import FunctionFailed
from analyst.exporting import Export, Exporting
from analyst.question import Question
from analyst.result import Kind, ResultColumn
from analyst.stores.bucket import PART
from analyst.stores.export_objects import ExportObjects
from analyst.stores.exports import ExportJob, Exports
from analyst.stores.questions import Questions
from analyst.stores.result_objects import ResultObjects
from analyst.stores.state import State

ROWS = 100_000


class Worker:
    """The worker function: what was sent to it, and its part of the work."""

    def __init__(self) -> None:
        self.sent: list[Mapping[str, Any]] = []
        self.down = False

    def send(self, payload: Mapping[str, Any]) -> None:
        if self.down:
            raise FunctionFailed("It cannot be invoked.")
        self.sent.append(json.loads(json.dumps(payload)))


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def exporting(state_url: str, worker: Worker) -> Iterator[Exporting]:
    with mock_aws(), closing(State(state_url)) as state:
        client = s3_client()
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        yield Exporting(
            jobs=Exports(state),
            results=ResultObjects(BUCKET, client=client),
            objects=ExportObjects(BUCKET, client=client),
            hand_over=FunctionDispatcher(worker).hand_over_export,  # type: ignore[arg-type]
            cells_at_once=1000,
        )


@pytest.fixture
def result_id(state_url: str, exporting: Exporting) -> str:
    """A stored result that makes a file of more than one part."""
    question_id = str(uuid.uuid4())
    with closing(State(state_url)) as state:
        Questions(state).add(
            Question(
                id=question_id,
                text="?",
                session_id="s",
                source="s",
                asked_at=datetime.now(UTC),
                request_id="r",
                person="anna",
            )
        )
    with ResultObjects(BUCKET, client=s3_client()).open(question_id) as sink:
        sink.columns([ResultColumn(name="t", kind=Kind.TEXT)])
        sink.rows([[f"{n:0200}"] for n in range(ROWS)])
    return question_id


class Doer:
    """What the worker function does with the event."""

    def __init__(self, exporting: Exporting) -> None:
        self._exporting = exporting

    def make_export(self) -> bool:
        return self._exporting.make_one()


def test_the_worker_writes_in_parts_and_the_link_is_signed(
    exporting: Exporting, result_id: str, worker: Worker
) -> None:
    found = exporting.ask(result_id, format="csv", question_id=result_id, person="anna")
    assert isinstance(found, ExportJob) and worker.sent == [{"operation": "export"}]
    assert errands.run(worker.sent[0], Doer(exporting)) == {"made": True}  # type: ignore[arg-type]
    file = exporting.look(result_id, format="csv")
    assert isinstance(file, Export) and file.size > 2 * PART
    assert s3_client().head_object(Bucket=BUCKET, Key=f"exports/{file.name}")["ETag"].endswith('-3"')
    assert "X-Amz-Signature=" in file.objects.link(file.name)
    assert errands.run(worker.sent[0], Doer(exporting)) == {"made": False}, "an event that comes twice"  # type: ignore[arg-type]


def test_a_worker_that_was_not_reached_is_told_again(
    exporting: Exporting, result_id: str, worker: Worker, state_url: str
) -> None:
    worker.down = True
    assert isinstance(exporting.ask(result_id, format="csv", question_id=result_id, person="anna"), ExportJob)
    worker.down = False
    assert isinstance(exporting.look(result_id, format="csv"), ExportJob) and not worker.sent, (
        "not at every look"
    )
    with closing(State(state_url)) as state:
        state.rows("UPDATE exports SET lease_until = now() - interval '1 second'")
    exporting.look(result_id, format="csv")
    assert worker.sent == [{"operation": "export"}]
