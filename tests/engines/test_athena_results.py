"""Results of Athena that are read from their files in S3: what is in them, and what becomes of broken ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from athena.duck import Result, written
from athena.executions import Executions
from athena.parts import Ask
from athena.parts import ask as ask
from athena.parts import athena as athena
from athena.parts import engine as engine
from athena.parts import world as world
from athena.server import _Requests
from athena.world import Fault, World
from conformance import Collected, run

from analyst.engines import athena_object
from analyst.engines.athena import AthenaEngine
from analyst.engines.athena_csv import rows_of
from analyst.engines.athena_object import place_of
from analyst.errors import Cancelled, DatabaseError, DatabaseUnavailable
from analyst.ports import Cancellation

_ODD = (None, "", '"', '""', ",", "\n", '",\n"', "a\r\nb", "ü😀", 'x","y', '",,"', "plain", "NULL")
_NUMBERS = (
    "SELECT n, CAST(n AS varchar) || ' \"quoted\",\n☃' AS t, CASE n % 3 WHEN 0 THEN '' WHEN 1 THEN 'x' END AS e, "
    "n * 0.5e0 AS f FROM UNNEST(SEQUENCE(1, {count})) AS s(n) ORDER BY n"
)
_COUNT = 9000


def _cut(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
def test_every_value_survives_every_cut(columns: int, size: int) -> None:
    rows: list[list[str | None]] = [
        [_ODD[(place + step * column) % len(_ODD)] for column in range(columns)]
        for place in range(len(_ODD))
        for step in range(len(_ODD))
    ]
    content = written(Result(columns=[{"Name": "ä"}] * columns, rows=rows))
    found = [list(row) for piece in rows_of(_cut(content, size), columns=columns) for row in piece]
    assert found == [["ä"] * columns, *rows]


def test_a_last_line_without_an_end() -> None:
    assert list(rows_of([b'"a","b"\n,"1"'], columns=2)) == [[["a", "b"]], [[None, "1"]]]


@pytest.mark.parametrize(
    "content", [b'"a"\n', b'"a","b","c"\n', b'"a",b"\n', b'"a","b\n', b'"a"x,"b"\n', b"\n", b"\x00\xff\n\n"]
)
def test_what_athena_never_writes(content: bytes) -> None:
    with pytest.raises(DatabaseError, match="cannot be read as one"):
        list(rows_of([content], columns=2))


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"OutputLocation": "s3://results/q.txt"},
        {"OutputLocation": "s3:///q.csv"},
        {"OutputLocation": "s3://results/q.csv", "EncryptionConfiguration": {"EncryptionOption": "CSE_KMS"}},
    ],
)
def test_no_file_to_read(kept: dict[str, Any]) -> None:
    assert place_of({"ResultConfiguration": kept}) is None


def _all_there(engine: AthenaEngine, ask: Ask) -> bool:
    got, more = run(engine, ask(_NUMBERS.format(count=_COUNT), row_limit=_COUNT))
    assert not more
    assert max(got.batches) <= 1000
    return got.all == [[n, f'{n} "quoted",\n☃', ("", "x", None)[n % 3], n / 2] for n in range(1, _COUNT + 1)]


def test_many_rows_take_two_calls(engine: AthenaEngine, world: World, ask: Ask) -> None:
    assert _all_there(engine, ask)
    assert (len(world.calls("GetQueryResults")), len(world.calls("GetObject"))) == (1, 1)


def test_few_rows_are_read_without_s3(engine: AthenaEngine, world: World, ask: Ask) -> None:
    got, more = run(engine, ask(_NUMBERS.format(count=500), row_limit=1000))
    assert (len(got.all), more, world.calls("GetObject")) == (500, False, [])


def test_the_limit_holds_within_the_file(engine: AthenaEngine, world: World, ask: Ask) -> None:
    got, more = run(engine, ask(_NUMBERS.format(count=5000), row_limit=4321))
    assert (len(got.all), got.all[-1][0], more) == (4321, 4321, True)
    assert len(world.calls("GetObject")) == 1


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchKey"])
def test_a_file_that_may_not_be_read_is_no_trouble(
    engine: AthenaEngine, world: World, ask: Ask, code: str
) -> None:
    world.faults["GetObject"] = [Fault(code=code, message="CANARY", status=403)] * 9
    assert _all_there(engine, ask)
    assert len(world.calls("GetQueryResults")) > _COUNT // 1000


def test_a_file_that_holds_something_else_is_left_alone(
    engine: AthenaEngine, world: World, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for content in (b"\x93\x01sealed" * 9000, b'"n","t"\n"2","x"\n' * 9000):
        monkeypatch.setattr(Executions, "file", lambda *_, content=content: content)
        assert _all_there(engine, ask)


def test_a_file_that_breaks_off_is_read_on_from_there(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.faults["GetObject"] = [Fault(cut=True)] * 3
    assert _all_there(engine, ask)
    ranges = [asked["Range"] for asked in world.calls("GetObject")]
    assert len(ranges) == 4
    assert ranges[0] is None
    assert all(behind.startswith("bytes=") for behind in ranges[1:])


def test_a_file_that_breaks_off_for_good(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.faults["GetObject"] = [Fault(cut=True)] * 100
    sink = Collected()
    with pytest.raises(DatabaseUnavailable, match="lost"):
        run(engine, ask(_NUMBERS.format(count=_COUNT), row_limit=_COUNT), sink=sink)
    assert 1000 < len(sink.all) < _COUNT


def test_a_part_that_is_not_the_one_asked_for(
    engine: AthenaEngine, world: World, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.faults["GetObject"] = [Fault(cut=True)]
    send = _Requests._send

    def whole(self: _Requests, status: int, body: bytes, **more: Any) -> None:
        send(self, status, b'"x","x","x","x"\n' + body if status == 206 else body, **more)

    monkeypatch.setattr(_Requests, "_send", whole)
    with pytest.raises(DatabaseError, match="cannot be read as one"):
        run(engine, ask(_NUMBERS.format(count=_COUNT), row_limit=_COUNT))


def test_a_file_that_is_gone_within_the_reading(engine: AthenaEngine, world: World, ask: Ask) -> None:
    gone = Fault(code="NoSuchKey", message="CANARY", status=404)
    world.faults["GetObject"] = [Fault(cut=True), gone]
    with pytest.raises(DatabaseError, match="result is not there any more"):
        run(engine, ask(_NUMBERS.format(count=_COUNT), row_limit=_COUNT))


def test_a_wish_ends_the_reading_of_a_file(engine: AthenaEngine, world: World, ask: Ask) -> None:
    cancellation = Cancellation()
    sink = Collected(after_batch=lambda: cancellation.wish() if len(sink.batches) > 3 else None)
    with pytest.raises(Cancelled):
        run(
            engine, ask(_NUMBERS.format(count=_COUNT), row_limit=_COUNT), sink=sink, cancellation=cancellation
        )
    assert len(sink.batches) == 4


def test_a_wish_does_not_wait_for_a_file_that_hangs(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.faults["GetObject"] = [Fault(stall=True)]
    cancellation = Cancellation()

    def wish() -> None:
        while not world.stalled:
            world.over.wait(0.02)
        cancellation.wish()

    threading.Thread(target=wish, daemon=True).start()
    with pytest.raises(Cancelled):
        run(engine, ask(_NUMBERS.format(count=_COUNT), row_limit=_COUNT), cancellation=cancellation)
    assert world.stalled == 1


def test_s3_that_cannot_be_reached_is_not_waited_for(
    engine: AthenaEngine, world: World, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(athena_object, "_OPEN_SECONDS", 0.3)
    monkeypatch.setattr(Executions, "file", lambda *_: world.stall() or b"")
    assert _all_there(engine, ask)
    assert world.stalled == 1
