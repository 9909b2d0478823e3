"""Five million rows as files: how much memory, how long, and how soon a wish to cancel is heard.

The query, and the making of files, run in processes of their own, whose largest memory the system knows.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2

from analyst.catalog import Catalog, Column, Table
from analyst.engines import open_engine
from analyst.errors import StoreError
from analyst.exporting import Exporting
from analyst.guard import check
from analyst.policy import Policy
from analyst.ports import Cancellation
from analyst.question import Question
from analyst.stores.exports import ExportJob, Exports
from analyst.stores.object_files import ObjectFiles
from analyst.stores.questions import Questions
from analyst.stores.result_files import ResultFiles
from analyst.stores.state import State
from bench_figures import Figure
from scratch_postgres import scratch_postgres

ROWS = 5_000_000
TARGET_MB = 300.0
TIMEOUT_SECONDS = 900.0
_LOOK_SECONDS = 0.2
_COLUMNS = {
    "id": "g::integer",
    "day": "DATE '2020-01-01' + (g % 2000)",
    "at": "TIMESTAMPTZ '2020-01-01 00:00Z' + g * interval '7 seconds'",
    "amount": "round((g % 99991) * 1.37, 2)",
    "share": "(g % 1000) / 999.0::double precision",
    "paid": "g % 3 = 0",
    "city": "'City of number ' || g % 5000",
    "note": "CASE WHEN g % 4 > 0 THEN md5(g::text) END",
}
_TABLE = Table(
    schema="public", name="sales", columns=tuple(Column(name=name, type="text") for name in _COLUMNS)
)


def fill(url: str, rows: int = ROWS) -> None:
    """A table of so many rows of every common type."""
    columns = ", ".join(f"{expression} AS {name}" for name, expression in _COLUMNS.items())
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            f"CREATE UNLOGGED TABLE sales AS SELECT {columns} FROM generate_series(1, {rows}) AS g"
        )


def store(url: str, result_id: str, folder: Path, *, rows: int) -> None:
    """Read the table by the product's own engine into a stored result."""
    catalog = Catalog(source="bench", dialect="postgres", tables=(_TABLE,))
    query = check("SELECT * FROM sales", dialect="postgres", catalog=catalog, policy=Policy(row_limit=rows))
    with closing(open_engine(url)) as engine, _results(folder).open(result_id) as sink:
        engine.run(
            query,
            sink,
            timeout_seconds=TIMEOUT_SECONDS,
            on_handle=lambda _: None,
            cancellation=Cancellation(),
        )


def exporting(url: str, folder: Path) -> Exporting:
    """The making of files, as a worker has it."""
    objects = ObjectFiles(folder / "exports", secret=b"b" * 16, base_url="http://127.0.0.1/objects")
    return Exporting(
        jobs=Exports(State(url)), results=_results(folder), objects=objects, hand_over=lambda _: None
    )


def _results(folder: Path) -> ResultFiles:
    return ResultFiles(folder / "results")


def measure(folder: Path, *, rows: int = ROWS) -> Iterator[Figure]:
    """The query, then one file after another, then one that is cancelled."""
    with scratch_postgres() as server:
        server.ensure_database("state")
        server.ensure_database("sales")
        state_url, url = server.url("state"), server.url("sales")
        State(state_url).migrate()
        fill(url, rows)
        result_id = _asked(state_url)
        read = _Step("store", url, result_id, folder, rows).ended()
        yield _memory(
            f"Query of {rows:,} rows, stored", read, "By the engine, guarded, into a stored result."
        )
        for format in ("csv", "parquet"):
            yield _made(state_url, folder, result_id, format, rows)
        yield _cancelled(state_url, folder, result_id)


def _asked(state_url: str) -> str:
    """A question that the files may belong to."""
    question_id = str(uuid.uuid4())
    with closing(State(state_url)) as state:
        Questions(state).add(
            Question(
                id=question_id,
                text="all sales",
                session_id="bench",
                source="bench",
                asked_at=datetime.now(UTC),
                request_id="bench",
                person="bench",
            )
        )
    return question_id


def _made(state_url: str, folder: Path, result_id: str, format: str, rows: int) -> Figure:
    work = exporting(state_url, folder)
    work.ask(result_id, format=format, question_id=result_id, person="bench")
    step = _Step("make", state_url, result_id, folder, rows)
    shown: set[int] = set()
    while isinstance(found := work.look(result_id, format=format), ExportJob):
        shown.add(found.rows_done)
        if not step.runs:
            raise StoreError("The file was not made.")
        time.sleep(_LOOK_SECONDS)
    ended = step.ended()
    told = f"{found.size / 1e6:,.0f} MB; its progress was seen at {len(shown)} places on the way."
    return _memory(f"Export of {rows:,} rows to {format}", ended, told)


def _cancelled(state_url: str, folder: Path, result_id: str) -> Figure:
    work = exporting(state_url, folder)
    work.ask(result_id, format="json", question_id=result_id, person="bench")
    step = _Step("make", state_url, result_id, folder, 0)
    jobs = Exports(State(state_url))
    name = f"{result_id}.json"
    while (job := jobs.get(name)) is not None and not job.rows_done and step.runs:
        time.sleep(_LOOK_SECONDS)
    began = time.perf_counter()
    work.cancel(result_id)
    while (job := jobs.get(name)) is not None and not job.status.finished and step.runs:
        time.sleep(0.02)
    seconds = time.perf_counter() - began
    step.ended()
    left = [file.name for file in (folder / "exports").iterdir() if "json" in file.name]
    return Figure(
        part="export",
        title="Export cancelled while it is written",
        unit="s",
        values={"value": seconds},
        target=("value", 2.0),
        counted=f"From the wish to the end; {len(left)} files left behind, status {job.status if job else 'none'}.",
    )


def _memory(title: str, ended: Mapping[str, float], told: str) -> Figure:
    return Figure(
        part="export",
        title=f"{title}: peak memory",
        unit="MB",
        values={"value": ended["mb"]},
        target=("value", TARGET_MB),
        counted=f"The whole process. {ended['seconds']:,.0f} s. {told}",
    )


class _Step:
    """A process of its own that does one step."""

    def __init__(self, kind: str, url: str, result_id: str, folder: Path, rows: int) -> None:
        self._began = time.perf_counter()
        arguments = [sys.executable, __file__, kind, url, result_id, str(folder), str(rows)]
        self._process = subprocess.Popen(
            arguments, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        )
        self._usage: Any = None

    @property
    def runs(self) -> bool:
        """True until it has ended."""
        if self._usage is None:
            pid, _, usage = os.wait4(self._process.pid, os.WNOHANG)
            self._usage = usage if pid else None
        return self._usage is None

    def ended(self) -> dict[str, float]:
        """Its largest memory in MB, and how many seconds it took."""
        while self.runs:
            time.sleep(0.05)
        self._process.returncode = 0
        unit = 1 if sys.platform == "darwin" else 1024
        return {"mb": self._usage.ru_maxrss * unit / 1e6, "seconds": time.perf_counter() - self._began}


def main(arguments: list[str]) -> int:
    """One step, in a process of its own."""
    kind, url, result_id, folder, rows = arguments
    if kind == "store":
        store(url, result_id, Path(folder), rows=int(rows))
        return 0
    return 0 if exporting(url, Path(folder)).make_one() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
