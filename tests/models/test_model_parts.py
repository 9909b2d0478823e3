"""The small parts that models share: events, pieces, waits."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from analyst.errors import Cancelled, ModelError, ModelUnavailable
from analyst.models.collecting import Pieces
from analyst.models.retrying import Retries, TryAgain, seconds_asked, wait
from analyst.models.server_events import data_of
from analyst.ports import Cancellation

STREAM = ": note\r\n\r\nid: 1\ndata: é\ndata:two\r\rdata: 😀\r\n\r\nevent: x\n\ndata: last".encode()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 1000])
def test_events_do_not_depend_on_how_the_bytes_arrive(size: int) -> None:
    pieces = [STREAM[first : first + size] for first in range(0, len(STREAM), size)]
    assert list(data_of(pieces)) == ["é\ntwo", "😀", "last"]


def test_a_line_without_end_is_cut_off() -> None:
    with pytest.raises(ModelError):
        list(data_of(b"x" * 10_000 for _ in range(1000)))


def test_pieces_are_kept_up_to_a_size() -> None:
    pieces = Pieces(longest=5)
    pieces.add("abc")
    pieces.add("de")
    assert (pieces.text(), pieces.full) == ("abcde", False)
    pieces.add("f")
    assert (pieces.text(), pieces.full) == ("abcde", True)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_how_long_a_server_asks_to_wait(header: str | None, seconds: float | None) -> None:
    assert seconds_asked(header) == seconds


def test_a_server_may_ask_to_wait_until_a_date() -> None:
    now = datetime.now(UTC)
    assert 3500 < (seconds_asked(format_datetime(now + timedelta(hours=1), usegmt=True)) or 0) <= 3600
    assert seconds_asked(format_datetime(now - timedelta(hours=1))) == 0.0


def test_the_wait_grows_no_further_than_its_cap() -> None:
    waits: list[float] = []
    retries = Retries(
        tries=8, longest_seconds=4, random=lambda: 1.0, wait=lambda seconds, _: waits.append(seconds)
    )

    def busy() -> None:
        raise TryAgain(ModelUnavailable("busy"))

    with pytest.raises(ModelUnavailable):
        retries.run(busy, ends_at=float("inf"), cancellation=Cancellation())
    assert waits == [0.5, 1, 2, 4, 4, 4, 4]


def test_a_wait_ends_with_the_wish_to_cancel() -> None:
    wish = Cancellation()
    threading.Timer(0.05, wish.wish).start()
    with pytest.raises(Cancelled):
        wait(3600, wish)
    assert not wish._hooks
