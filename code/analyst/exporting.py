"""A stored result as a file to take away: small ones at once, large ones by a worker."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

from analyst.errors import AnalystError, Cancelled, Conflict, StoreError, TooLarge, WrongUsage
from analyst.ports import ObjectStore, ResultStore
from analyst.result import Cell
from analyst.stores.exports import ExportJob, Exports, ExportStatus
from analyst.stores.object_names import MEDIA_TYPES

logger = logging.getLogger(__name__)

CELLS_AT_ONCE = 2_000_000
"""Results of up to so many cells are written within the request; others by a worker."""
SECONDS_AT_ONCE = 8.0
"""A request ends after 29 s, and the file still has to be sent: what takes longer is left to a worker, too."""
LEASE_SECONDS = 15.0
BEAT_SECONDS = 0.5
"""How often the lease is renewed and a wish to cancel is looked for."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """One kind of file."""

    module: str
    """What writes it."""
    media_type: str
    needs: str = ""
    """The package without which it is not offered."""
    measured: bool = False
    """True where the rows are read once before, to choose a type for each column."""


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "csv": Format(module="analyst.exports.to_csv", media_type=MEDIA_TYPES["csv"]),
        "xlsx": Format(module="analyst.exports.to_xlsx", media_type=MEDIA_TYPES["xlsx"]),
        "json": Format(module="analyst.exports.to_json", media_type=MEDIA_TYPES["json"]),
        "parquet": Format(
            module="analyst.exports.to_parquet",
            media_type=MEDIA_TYPES["parquet"],
            needs="pyarrow",
            measured=True,
        ),
    }
)

Note = Callable[[int], None]
"""Told of how many rows are written; what it raises ends the writing."""


def offered() -> tuple[str, ...]:
    """The formats that this installation can write."""
    return tuple(
        name for name, format in FORMATS.items() if not format.needs or importlib.util.find_spec(format.needs)
    )


@dataclass(frozen=True, kw_only=True)
class Export:
    """A finished file."""

    name: str
    media_type: str
    size: int
    objects: ObjectStore

    def read(self) -> bytes:
        """The whole file."""
        with self.objects.read(self.name) as file:
            return file.read()


def export(
    result_id: str,
    *,
    format: str,
    results: ResultStore,
    objects: ObjectStore,
    note: Note = lambda _: None,
) -> Export:
    """Write a stored result in one of FORMATS, once; raises TooLarge, NotFound or StoreError, and what `note` does."""
    name = f"{result_id}.{format}"
    if not objects.exists(name):
        check_rows(results.head(result_id, rows=0).row_count, format=format)
        kind = FORMATS[format]
        writer = importlib.import_module(kind.module)
        measured = (
            {"shapes": writer.shapes(*_noted(result_id, results, lambda _: note(0)))} if kind.measured else {}
        )
        columns, batches = _noted(result_id, results, note)
        with objects.put(name) as out:
            writer.write(columns, batches, out, **measured)
    return _finished(name, objects)


def check_rows(row_count: int, *, format: str) -> None:
    """Raise TooLarge where a file of this format cannot hold so many rows, WrongUsage where it is not offered."""
    if format not in offered():
        raise WrongUsage(f"This installation writes {', '.join(offered())}, and no {format}.")
    most = importlib.import_module(FORMATS[format].module).MOST_ROWS
    if most and row_count > most:
        raise TooLarge(f"A file of this format ends at {most:,} rows; take CSV for all of them.")


def _finished(name: str, objects: ObjectStore) -> Export:
    media_type = FORMATS[name.rpartition(".")[2]].media_type
    return Export(name=name, media_type=media_type, size=objects.size(name), objects=objects)


def _noted(
    result_id: str, results: ResultStore, note: Note
) -> tuple[Sequence[object], Iterator[list[list[Cell]]]]:
    columns, batches = results.stream(result_id)
    return columns, _counted(batches, note)


def _counted(batches: Iterable[list[list[Cell]]], note: Note) -> Iterator[list[list[Cell]]]:
    done = 0
    for batch in batches:
        note(done)
        yield batch
        done += len(batch)


class Exporting:
    """Gives finished files, has workers make large ones, and makes them where it is a worker's."""

    def __init__(
        self,
        *,
        jobs: Exports,
        results: ResultStore,
        objects: ObjectStore,
        hand_over: Callable[[str], None],
        cells_at_once: int = CELLS_AT_ONCE,
    ) -> None:
        """`hand_over` makes sure that a worker looks for work soon."""
        self._jobs = jobs
        self._results = results
        self._objects = objects
        self._hand_over = hand_over
        self._cells_at_once = cells_at_once

    def ask(self, result_id: str, *, format: str, question_id: str, person: str) -> Export | ExportJob:
        """The file; a large one that is not there yet is begun, and this says how far it is.

        Raises TooLarge, TooMany, WrongUsage, NotFound or StoreError.
        """
        name = f"{result_id}.{format}"
        if self._objects.exists(name):
            return _finished(name, self._objects)
        head = self._results.head(result_id, rows=0)
        check_rows(head.row_count, format=format)
        if head.row_count * max(1, len(head.columns)) <= self._cells_at_once:
            try:
                return self._at_once(result_id, format)
            except _TooSlow:
                logger.info("a file takes long, so a worker makes it")
        self._jobs.fail_lost()
        job = self._jobs.ask(name, question_id=question_id, person=person, row_count=head.row_count)
        return self._looked_after(job)

    def look(self, result_id: str, *, format: str) -> Export | ExportJob:
        """The file, or how far it is; raises Conflict where nobody makes it, Cancelled, or why it failed."""
        name = f"{result_id}.{format}"
        if self._objects.exists(name):
            return _finished(name, self._objects)
        self._jobs.fail_lost()
        job = self._jobs.get(name)
        if job is None or job.status is ExportStatus.DONE:  # done, and removed since
            raise Conflict("This file is not being made. Ask for it first.")
        if job.status is ExportStatus.CANCELLED:
            raise Cancelled("Writing this file was cancelled.")
        if job.status is ExportStatus.FAILED:
            raise _as_it_failed(job.error or {})
        return self._looked_after(job)

    def cancel(self, question_id: str) -> None:
        """Stop all files of a question's result that are not finished."""
        self._jobs.wish_cancel(question_id)

    def make_one(self) -> bool:
        """Make one file that waits; False when there is none."""
        worker = f"export-{uuid.uuid4()}"
        job = self._jobs.claim(worker=worker, lease_seconds=LEASE_SECONDS)
        if job is None:
            return False
        beat = _Beat(self._jobs, job, worker=worker)
        with beat.kept():
            status, error = self._made(job, beat)
        self._jobs.finish(job.name, status, worker=worker, error=error)
        logger.info("a file of %s rows: %s", job.row_count, status)
        return True

    def _made(self, job: ExportJob, beat: _Beat) -> tuple[ExportStatus, dict[str, str] | None]:
        result_id, _, format = job.name.rpartition(".")
        try:
            export(result_id, format=format, results=self._results, objects=self._objects, note=beat.note)
        except Cancelled:
            return ExportStatus.CANCELLED, None
        except AnalystError as error:
            return ExportStatus.FAILED, {"code": error.code, "message": str(error)}
        except Exception as error:  # noqa: BLE001 - the outermost edge of a file: it must end, whatever happened
            logger.error("%s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
            return ExportStatus.FAILED, {"code": AnalystError.code, "message": _UNEXPECTED}
        return ExportStatus.DONE, None

    def _at_once(self, result_id: str, format: str) -> Export:
        until = time.monotonic() + SECONDS_AT_ONCE

        def note(_: int) -> None:
            if time.monotonic() > until:
                raise _TooSlow

        return export(result_id, format=format, results=self._results, objects=self._objects, note=note)

    def _looked_after(self, job: ExportJob) -> ExportJob:
        if self._jobs.to_hand_over(job.name):
            self._hand_over(job.name)
        return job


_UNEXPECTED = "Something went wrong on our side, and the file was not written. Please try again."


class _TooSlow(Exception):
    """A file that was to be written at once takes too long."""


def _as_it_failed(data: Mapping[str, str]) -> AnalystError:
    error = AnalystError(data.get("message") or _UNEXPECTED)
    error.code = data.get("code") or error.code
    return error


class _Beat:
    """Keeps the lease of a file from a thread of its own, and stops the writing when that is wished or it is lost."""

    def __init__(self, jobs: Exports, job: ExportJob, *, worker: str) -> None:
        self._jobs, self._job, self._worker = jobs, job, worker
        self._done = 0
        self._stop, self._over = threading.Event(), threading.Event()

    def note(self, rows: int) -> None:
        """So many rows are written; raises Cancelled when it is to end."""
        self._done = rows
        if self._stop.is_set():
            raise Cancelled("Writing this file was cancelled.")

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Renew the lease for as long as the context lasts."""
        beat = threading.Thread(target=self._run, daemon=True)
        beat.start()
        try:
            yield
        finally:
            self._over.set()
            beat.join()

    def _run(self) -> None:
        renewed = time.monotonic()
        while not self._over.wait(BEAT_SECONDS):
            try:
                wished = self._jobs.renew(
                    self._job.name, worker=self._worker, lease_seconds=LEASE_SECONDS, rows_done=self._done
                )
                renewed = time.monotonic()
            except Conflict:
                wished = True
            except StoreError:
                wished = time.monotonic() - renewed > LEASE_SECONDS
            if wished:
                self._stop.set()
                return
