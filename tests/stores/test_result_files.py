from __future__ import annotations

import json
import os
import resource
import stat
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analyst.errors import NotFound, StoreError
from analyst.ports import ResultStore
from analyst.result import Kind, ResultColumn
from analyst.stores.result_files import ResultFiles

ID = "6e1a7f8e-6e1a-4b0e-9d3c-0a8d5b0c9f11"
COLUMNS = (ResultColumn(name="n", kind=Kind.INTEGER), ResultColumn(name="n", kind=Kind.TEXT))


@pytest.fixture
def store(tmp_path: Path) -> ResultFiles:
    return ResultFiles(tmp_path / "results")


def keep(store: ResultStore, *batches: list[list[Any]], id: str = ID) -> None:
    with store.open(id) as sink:
        sink.columns(COLUMNS)
        for batch in batches:
            sink.rows(batch)


def everything(store: ResultStore, id: str = ID) -> list[list[Any]]:
    return [row for batch in store.stream(id)[1] for row in batch]


def files(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob("*") if p.is_file())


def test_a_result_comes_back_as_it_went_in(store: ResultFiles) -> None:
    keep(store, [[1, "a"], [2, None]], [[3, "c"]])
    columns, batches = store.stream(ID)
    assert columns == COLUMNS
    assert [row for batch in batches for row in batch] == [[1, "a"], [2, None], [3, "c"]]


def test_every_kind_of_cell_survives(store: ResultFiles) -> None:
    values = {
        Kind.INTEGER: 2**80,
        Kind.NUMBER: 0.1 + 0.2,
        Kind.DECIMAL: "12345678901234567890.50",
        Kind.TEXT: "é\n\r\t\x00\u2028 日本 👍 \\ \" ' \ud800",
        Kind.BOOLEAN: False,
        Kind.DATE: "0044-03-15 BC",
        Kind.TIME: "24:00:00",
        Kind.TIMESTAMP: "infinity",
        Kind.INSTANT: "2013-01-31T22:45:00+00:00",
        Kind.INTERVAL: "1 day 02:00:00",
        Kind.JSON: {"a": [1, None, {"b": "c"}], "": 1.5},
        Kind.BYTES: "\\x00ff",
    }
    with store.open(ID) as sink:
        sink.columns([ResultColumn(name=kind.value, kind=kind) for kind in values])
        sink.rows([tuple(values.values()), tuple(None for _ in values), ["NaN"] * len(values)])
    head = store.head(ID, rows=10)
    assert head.rows[0] == tuple(values.values())
    assert [c.kind for c in head.columns] == list(values)
    assert head.rows[1] == (None,) * len(values)


def test_the_head_knows_the_count_of_all(store: ResultFiles) -> None:
    keep(store, [[i, str(i)] for i in range(5000)])
    head = store.head(ID, rows=3, truncated=True)
    assert (head.rows, head.row_count) == (((0, "0"), (1, "1"), (2, "2")), 5000)
    assert (head.columns, head.truncated, head.id, head.complete) == (COLUMNS, True, ID, False)
    assert store.head(ID, rows=0).rows == ()
    assert len(store.head(ID, rows=9999).rows) == 5000


def test_no_rows_and_no_columns_are_results_too(store: ResultFiles) -> None:
    keep(store)
    assert store.head(ID, rows=5).row_count == 0
    assert everything(store) == []
    with store.open(ID) as sink:
        sink.columns([])
        sink.rows([[], []])
    assert store.head(ID, rows=5).rows == ((), ())


def test_big_batches_come_back_in_small_ones(store: ResultFiles) -> None:
    keep(store, [[i, "x"] for i in range(2500)])
    sizes = [len(batch) for batch in store.stream(ID)[1]]
    assert sum(sizes) == 2500
    assert max(sizes) <= 1000


def test_nothing_is_kept_of_a_result_that_was_given_up(store: ResultFiles, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), store.open(ID) as sink:
        sink.columns(COLUMNS)
        sink.rows([[1, "a"]] * 5000)
        raise RuntimeError
    assert files(tmp_path) == []
    with pytest.raises(NotFound):
        store.head(ID, rows=1)


def test_a_result_cannot_be_seen_before_it_is_complete(store: ResultFiles) -> None:
    with store.open(ID) as sink:
        sink.columns(COLUMNS)
        sink.rows([[1, "a"]] * 5000)
        with pytest.raises(NotFound):
            store.head(ID, rows=1)
    assert store.head(ID, rows=1).row_count == 5000


def test_an_earlier_result_stays_when_its_successor_fails(store: ResultFiles) -> None:
    keep(store, [[1, "old"]])
    with pytest.raises(RuntimeError), store.open(ID) as sink:
        sink.columns(COLUMNS)
        raise RuntimeError
    assert everything(store) == [[1, "old"]]
    keep(store, [[2, "new"]])
    assert everything(store) == [[2, "new"]]


def test_a_result_without_columns_is_none(store: ResultFiles, tmp_path: Path) -> None:
    with pytest.raises(StoreError), store.open(ID):
        pass
    with pytest.raises(StoreError), store.open(ID) as sink:
        sink.rows([[1, "a"]])
    assert files(tmp_path) == []


def test_only_the_owner_may_read(store: ResultFiles, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keep(store, [[1, "a"]])
    finally:
        os.umask(before)
    (stored,) = (tmp_path / "results").iterdir()
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert stat.S_IMODE(stored.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "id",
    [
        "",
        ".",
        "..",
        "../x",
        "/etc/passwd",
        "a" * 36,
        f"{ID}/..",
        f"{ID}\n",
        f"{{{ID}}}",
        f"urn:uuid:{ID}",
        "٣" * 32,
    ],
)
def test_an_id_is_a_uuid_and_no_path(store: ResultFiles, id: str) -> None:
    for use in (lambda: store.head(id, rows=1), lambda: store.stream(id), lambda: keep(store, id=id)):
        with pytest.raises(NotFound):
            use()


def test_both_ways_of_writing_a_uuid_are_one_id(store: ResultFiles) -> None:
    keep(store, [[1, "a"]], id=uuid.UUID(ID).hex)
    assert everything(store, ID.upper()) == [[1, "a"]]


def test_an_unknown_result_is_not_found_at_once(store: ResultFiles) -> None:
    with pytest.raises(NotFound):
        store.stream(ID)


def test_old_results_expire(store: ResultFiles, tmp_path: Path) -> None:
    other = str(uuid.uuid4())
    keep(store, [[1, "old"]])
    keep(store, [[2, "new"]], id=other)
    folder = tmp_path / "results"
    left_by_a_crash, foreign = folder / f".{ID}.rows.0123.part", folder / "README"
    for path in (left_by_a_crash, foreign):
        path.write_bytes(b"x")
    for path in (folder / f"{ID}.rows", left_by_a_crash, foreign):
        os.utime(path, (time.time() - 1000, time.time() - 1000))
    assert store.expire(older_than_seconds=500) == 1
    assert files(folder) == sorted([f"{other}.rows", "README"])
    with pytest.raises(NotFound):
        store.head(ID, rows=1)


def test_expiring_what_never_was_is_nothing(store: ResultFiles) -> None:
    assert store.expire(older_than_seconds=0) == 0


def test_a_stream_reads_on_when_its_result_expires(store: ResultFiles) -> None:
    keep(store, [[i, "x" * 100] for i in range(20_000)])
    _, batches = store.stream(ID)
    first = next(batches)
    assert store.expire(older_than_seconds=-10) == 1
    assert len(first) + sum(len(b) for b in batches) == 20_000


def test_a_stream_that_is_given_up_closes_its_file(store: ResultFiles) -> None:
    keep(store, [[i, "x"] for i in range(5000)])
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        _, batches = store.stream(ID)
        next(batches)
        del batches
        store.head(ID, rows=1)
    assert len(os.listdir("/proc/self/fd")) <= before


@pytest.mark.parametrize("damage", ["cut", "noise", "header", "empty", "fewer"])
def test_a_damaged_file_is_an_error_and_no_short_result(
    store: ResultFiles, tmp_path: Path, damage: str
) -> None:
    keep(store, [[i, str(i)] for i in range(5000)])
    path = tmp_path / "results" / f"{ID}.rows"
    content = path.read_bytes()
    head, _, body = content.partition(b"\n")
    claim = json.loads(head) | {"rows": "5001"}
    damaged = {
        "cut": content[: len(content) // 2],
        "noise": head + b"\n" + body[:100] + bytes(50) + body[150:],
        "header": b"{}\n" + body,
        "empty": b"",
        "fewer": json.dumps(claim).encode() + b"\n" + body,
    }
    path.write_bytes(damaged[damage])
    with pytest.raises(StoreError):
        everything(store)


@pytest.fixture
def small_disk() -> Iterator[None]:
    """Files beyond 64 kB fail as they would on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_is_a_clear_error_and_leaves_nothing(store: ResultFiles, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="disk is full"):
        keep(store, *[[[i, os.urandom(200).hex()] for i in range(100)] for _ in range(100)])
    assert files(tmp_path) == []


def test_a_folder_that_is_none_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file")
    with pytest.raises(StoreError):
        keep(ResultFiles(tmp_path / "results"), [[1, "a"]])


def test_a_killed_process_leaves_no_half_result(store: ResultFiles, tmp_path: Path) -> None:
    script = f"""
import os, signal
from pathlib import Path
from analyst.result import Kind, ResultColumn
from analyst.stores.result_files import ResultFiles
with ResultFiles(Path({str(tmp_path / "results")!r})).open({ID!r}) as sink:
    sink.columns([ResultColumn(name="n", kind=Kind.INTEGER)])
    sink.rows([[i] for i in range(100_000)])
    os.kill(os.getpid(), signal.SIGKILL)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", script], env=environment, check=False).returncode == -9
    with pytest.raises(NotFound):
        store.head(ID, rows=1)
    assert store.expire(older_than_seconds=-10) == 0
    assert files(tmp_path) == []


def test_two_writers_of_one_result_do_not_mix(store: ResultFiles) -> None:
    start = threading.Barrier(2)

    def write(value: int) -> None:
        start.wait()
        for _ in range(5):
            keep(store, [[value, "x"]] * 3000)

    threads = [threading.Thread(target=write, args=(value,)) for value in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = everything(store)
    assert len(rows) == 3000
    assert len({row[0] for row in rows}) == 1


@pytest.mark.slow
def test_a_million_rows_need_little_memory(tmp_path: Path) -> None:
    script = f"""
from pathlib import Path
from analyst.result import Kind, ResultColumn
from analyst.stores.result_files import ResultFiles
store = ResultFiles(Path({str(tmp_path)!r}))
kinds = [Kind.INTEGER, Kind.NUMBER, Kind.DECIMAL, Kind.TEXT, Kind.TIMESTAMP, Kind.BOOLEAN]
with store.open({ID!r}) as sink:
    sink.columns([ResultColumn(name=str(kind), kind=kind) for kind in kinds])
    for start in range(0, 1_000_000, 2000):
        sink.rows([[i, i / 7, f"{{i}}.50", f"name {{i % 100}}", "2013-01-31T17:45:00", i % 2 == 0]
                   for i in range(start, start + 2000)])
assert sum(len(batch) for batch in store.stream({ID!r})[1]) == 1_000_000
assert store.head({ID!r}, rows=50).row_count == 1_000_000
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, check=True, capture_output=True)
    assert int(done.stdout) < 120_000
