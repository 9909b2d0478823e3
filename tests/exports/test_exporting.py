"""Small files at once, large ones by a worker: with progress, cancelable, and never half a file."""

from __future__ import annotations

import csv
import io
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analyst import exporting
from analyst.errors import Cancelled, Conflict, NotFound, StoreError, TooLarge, TooMany, WrongUsage
from analyst.exporting import Export, Exporting
from analyst.exports import to_csv
from analyst.question import Question
from analyst.result import Kind, ResultColumn
from analyst.stores.exports import MOST_AT_ONCE, ExportJob, Exports, ExportStatus
from analyst.stores.object_files import ObjectFiles
from analyst.stores.questions import Questions
from analyst.stores.result_files import ResultFiles
from analyst.stores.state import State

COLUMNS = [ResultColumn(name="n", kind=Kind.INTEGER), ResultColumn(name="t", kind=Kind.TEXT)]


class Place:
    """Stored results and what is made of them."""

    def __init__(self, state: State, folder: Path) -> None:
        self.results = ResultFiles(folder / "results")
        self.objects = ObjectFiles(folder / "exports", secret=b"s" * 16, base_url="http://x/objects")
        self.jobs = Exports(state)
        self.folder = folder / "exports"
        self.questions = Questions(state)
        self.handed: list[str] = []
        self.exporting = Exporting(
            jobs=self.jobs,
            results=self.results,
            objects=self.objects,
            hand_over=self.handed.append,
            cells_at_once=1000,
        )

    def stored(self, rows: int, *, person: str = "anna") -> str:
        """The id of a question, and of its stored result."""
        question_id = str(uuid.uuid4())
        self.questions.add(
            Question(
                id=question_id,
                text="?",
                session_id=f"of {person}",
                source="s",
                asked_at=datetime.now(UTC),
                request_id="r",
                person=person,
            )
        )
        with self.results.open(question_id) as sink:
            sink.columns(COLUMNS)
            sink.rows([[n, f"text {n}"] for n in range(rows)])
        return question_id

    def ask(self, result_id: str, *, format: str = "csv", person: str = "anna") -> Export | ExportJob:
        return self.exporting.ask(result_id, format=format, question_id=result_id, person=person)

    def until(self, true: Callable[[], Any]) -> None:
        deadline = time.monotonic() + 10
        while not true():
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.fixture
def place(state_url: str, tmp_path: Path) -> Iterator[Place]:
    with closing(State(state_url)) as state:
        yield Place(state, tmp_path)


def lines(file: Export | ExportJob) -> int:
    assert isinstance(file, Export)
    return len(list(csv.reader(io.StringIO(file.read().decode("utf-8-sig")))))


def test_a_small_file_needs_no_worker(place: Place) -> None:
    assert lines(place.ask(place.stored(500))) == 501
    assert not place.handed and not place.exporting.make_one()


def test_a_large_file_is_handed_over_once_and_made_by_a_worker(place: Place) -> None:
    result = place.stored(5000)
    job = place.ask(result)
    assert isinstance(job, ExportJob)
    assert (job.status, job.rows_done, job.row_count) == (ExportStatus.QUEUED, 0, 5000)
    assert isinstance(place.ask(result), ExportJob) and place.handed == [f"{result}.csv"]
    assert place.exporting.make_one() and not place.exporting.make_one()
    assert lines(place.exporting.look(result, format="csv")) == 5001
    assert lines(place.ask(result)) == 5001, "and not made again"


@pytest.mark.parametrize("format", ["csv", "json", "parquet"])
def test_every_format_of_a_large_result(place: Place, format: str) -> None:
    result = place.stored(5000)
    assert isinstance(place.ask(result, format=format), ExportJob)
    assert place.exporting.make_one()
    assert isinstance(place.exporting.look(result, format=format), Export)


def test_what_takes_long_within_a_request_is_left_to_a_worker(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "SECONDS_AT_ONCE", -1.0)
    result = place.stored(10)
    assert isinstance(place.ask(result), ExportJob)
    assert not list(place.folder.iterdir()), "nothing is left of the first try"
    assert place.exporting.make_one()
    assert lines(place.ask(result)) == 11


class Slow:
    """Writes until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        write = to_csv.write

        def slowly(columns: Any, batches: Any, out: Any) -> int:
            def held() -> Iterator[Any]:
                for number, batch in enumerate(batches):
                    yield batch
                    if number == 1:
                        self.begun.set()
                        assert self.go.wait(10)

            return write(columns, held(), out)

        monkeypatch.setattr(to_csv, "write", slowly)


def test_progress_is_shown_and_a_wish_to_cancel_stops_the_writing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, result = Slow(monkeypatch), place.stored(5000)
    place.ask(result)
    thread = threading.Thread(target=place.exporting.make_one)
    thread.start()
    assert slow.begun.wait(10)

    def shown() -> ExportJob:
        job = place.exporting.look(result, format="csv")
        assert isinstance(job, ExportJob)
        return job

    place.until(lambda: shown().rows_done)
    assert shown().status is ExportStatus.RUNNING and shown().rows_done == 1000
    place.exporting.cancel(result)
    time.sleep(2 * exporting.BEAT_SECONDS)
    slow.go.set()
    thread.join(10)
    with pytest.raises(Cancelled):
        place.exporting.look(result, format="csv")
    assert not list(place.folder.iterdir()), "no half a file"
    assert isinstance(place.ask(result), ExportJob), "who asks again gets it after all"
    assert place.exporting.make_one()
    assert lines(place.ask(result)) == 5001


def test_a_file_that_waits_is_cancelled_at_once(place: Place) -> None:
    result = place.stored(5000)
    place.ask(result)
    place.exporting.cancel(result)
    assert not place.exporting.make_one()
    with pytest.raises(Cancelled):
        place.exporting.look(result, format="csv")


def test_why_a_file_failed_is_told_to_whoever_looks(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        raise StoreError("The disk is full, so the result could not be stored.")

    monkeypatch.setattr(to_csv, "write", full)
    result = place.stored(5000)
    place.ask(result)
    assert place.exporting.make_one()
    for _ in range(2):
        with pytest.raises(Exception, match="disk is full") as caught:
            place.exporting.look(result, format="csv")
        assert getattr(caught.value, "code", "") == StoreError.code


def test_a_fault_of_ours_ends_the_file_without_its_data(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> int:
        raise RuntimeError("row " + "data")

    monkeypatch.setattr(to_csv, "write", broken)
    result = place.stored(5000)
    place.ask(result)
    assert place.exporting.make_one()
    with pytest.raises(Exception, match="on our side"):
        place.exporting.look(result, format="csv")
    assert "RuntimeError" in caplog.text and "row data" not in caplog.text


def test_a_lost_worker_is_followed_by_one_more_and_then_the_file_fails(place: Place) -> None:
    result = place.stored(5000)
    place.ask(result)
    assert place.jobs.claim(worker="lost", lease_seconds=-1) is not None
    assert isinstance(place.exporting.look(result, format="csv"), ExportJob)
    assert place.handed == [f"{result}.csv"] * 2, "it is handed over once more"
    assert place.jobs.claim(worker="lost too", lease_seconds=-1) is not None
    with pytest.raises(Exception, match="interrupted twice"):
        place.exporting.look(result, format="csv")
    assert not place.exporting.make_one()
    assert isinstance(place.ask(result), ExportJob) and place.exporting.make_one(), "who asks again gets it"


def test_who_lost_the_lease_writes_nothing_more(place: Place) -> None:
    result = place.stored(5000)
    place.ask(result)
    job = place.jobs.claim(worker="slow", lease_seconds=-1)
    assert job and place.jobs.claim(worker="quick", lease_seconds=10)
    with pytest.raises(Conflict):
        place.jobs.renew(job.name, worker="slow", lease_seconds=10, rows_done=1)
    place.jobs.finish(job.name, ExportStatus.FAILED, worker="slow")
    found = place.jobs.get(job.name)
    assert found and found.status is ExportStatus.RUNNING


def test_one_person_has_a_few_at_once_and_another_does_not_wait_for_them(place: Place) -> None:
    for _ in range(MOST_AT_ONCE):
        place.ask(place.stored(5000))
    with pytest.raises(TooMany):
        place.ask(place.stored(5000))
    of_bert = place.stored(5000, person="bert")
    place.ask(of_bert, person="bert")
    first = place.jobs.claim(worker="w", lease_seconds=10)
    second = place.jobs.claim(worker="w", lease_seconds=10)
    assert first and first.name != f"{of_bert}.csv"
    assert second and second.name == f"{of_bert}.csv", (
        "who has none in work comes before a second one of anna's"
    )


def test_what_cannot_be_is_said_before_anything_is_written(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = place.stored(100_001)
    with pytest.raises(TooLarge, match="CSV"):
        place.ask(result, format="xlsx")
    with pytest.raises(NotFound):
        place.ask(str(uuid.uuid4()))
    with pytest.raises(Conflict):
        place.exporting.look(result, format="csv")
    monkeypatch.setattr(exporting.importlib.util, "find_spec", lambda name: None)
    assert exporting.offered() == ("csv", "xlsx", "json")
    with pytest.raises(WrongUsage, match="parquet"):
        place.ask(result, format="parquet")
