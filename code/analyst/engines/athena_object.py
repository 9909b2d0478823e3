"""The file in S3 that Athena writes a query's result to, which is read much faster than by pages of a thousand rows."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

from analyst.engines.athena_calls import Calls, Patience
from analyst.engines.athena_csv import Row, broken, rows_of
from analyst.engines.athena_errors import lost
from analyst.errors import DatabaseError

_log = logging.getLogger(__name__)

_PIECE = 262_144
"""Bytes that are read at once."""
_OPEN_SECONDS = 10.0
_BREAKS = 2
"""Times that a file may break off with nothing new between them."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the file is."""

    bucket: str
    key: str
    owner: str = ""
    """The account that the bucket should belong to, where the workgroup says so."""

    @property
    def asked(self) -> dict[str, str]:
        """What S3 is asked for."""
        owner = {"ExpectedBucketOwner": self.owner} if self.owner else {}
        return {"Bucket": self.bucket, "Key": self.key, **owner}


def place_of(execution: Mapping[str, Any]) -> Place | None:
    """Where an execution's result is; None where Athena keeps it itself, or where no CSV can be read there."""
    kept = execution.get("ResultConfiguration") or {}
    scheme, _, path = str(kept.get("OutputLocation") or "").partition("://")
    bucket, _, key = path.partition("/")
    # What was encrypted before it was sent to S3 comes back as it lies there.
    sealed = (kept.get("EncryptionConfiguration") or {}).get("EncryptionOption") == "CSE_KMS"
    if scheme != "s3" or not bucket or not key.endswith(".csv") or sealed:
        return None
    return Place(bucket=bucket, key=key, owner=str(kept.get("ExpectedBucketOwner") or ""))


class ResultFile:
    """One result's file, read from its beginning; to be closed. Raises DatabaseError and its kinds."""

    def __init__(self, calls: Calls, place: Place, *, patience: Patience) -> None:
        self._calls, self._place, self._patience = calls, place, patience
        # Where S3 cannot be reached, the pages are not to wait for it long.
        with Patience.of(patience.cancellation, seconds=_OPEN_SECONDS) as opening:
            self._opened = self._open(patience=opening)
        self._reading = False
        self._size, self._tag = int(self._opened["ContentLength"]), str(self._opened.get("ETag") or "")

    def close(self) -> None:
        """Let go of what was not read; a read that hangs does so itself when it ends."""
        if not self._reading:
            self._opened["Body"].close()

    def rows_behind(self, first: Sequence[Row]) -> Iterator[list[Row]] | None:
        """The rows behind the first ones, in lists; None where the file does not begin with these.

        The header is the first of them. Never ends early: a file that breaks off again and again is an error.
        """
        found = rows_of(self._pieces(), columns=len(first[0]))
        begun: list[Row] = []
        for rows in found:
            begun += rows
            if len(begun) >= len(first):
                break
        same = [list(row) for row in begun[: len(first)]] == [list(row) for row in first]
        return chain([begun[len(first) :]], found) if same else None

    def _open(self, *, patience: Patience, behind: int = 0) -> Mapping[str, Any]:
        asked: dict[str, Any] = dict(self._place.asked)
        if behind:
            asked |= {"Range": f"bytes={behind}-", "IfMatch": self._tag}
        return self._calls("s3", "get_object", patience=patience, **asked)

    def _pieces(self) -> Iterator[bytes]:
        """The whole file; where it breaks off, it is asked for again from there."""
        read = breaks = 0
        while read < self._size:
            piece = self._next()
            read, breaks = read + len(piece), 0 if piece else breaks + 1
            if piece:
                yield piece
            elif breaks > _BREAKS:
                raise lost()
            else:
                _log.info("a result's file broke off and is asked for again")
                self.close()
                self._opened = self._open(patience=self._patience, behind=read)
                if int(self._opened["ContentLength"]) != self._size - read:
                    raise broken()
        if self._next():
            raise broken()

    def _next(self) -> bytes:
        body = self._opened["Body"]
        return self._patience.during(lambda: self._piece(body), late=lambda _: body.close())

    def _piece(self, body: Any) -> bytes:
        """The next bytes; none at the end, and where there should be more."""
        from botocore.exceptions import BotoCoreError, FlexibleChecksumError
        from urllib3.exceptions import HTTPError

        # Closing a body that another thread reads would wait for that thread.
        self._reading = True
        try:
            piece: bytes = body.read(_PIECE)
            return piece
        except FlexibleChecksumError:
            raise broken() from None
        except (BotoCoreError, HTTPError, OSError, ValueError) as error:
            _log.debug("no bytes: %s", type(error).__name__)
            return b""
        finally:
            self._reading = False


@contextmanager
def rows_in_file(
    calls: Calls, execution: Mapping[str, Any], *, first: Sequence[Row], patience: Patience
) -> Iterator[Iterator[list[Row]] | None]:
    """The rows of an execution's result behind the first ones, which are the header and what Athena gave itself.

    None where there is no such file, where it may not be read, or where it does not begin with these rows.
    """
    place = place_of(execution)
    with ExitStack() as opened:
        rows = None
        try:
            if place is not None:
                file = opened.enter_context(closing(ResultFile(calls, place, patience=patience)))
                rows = file.rows_behind(first)
        except DatabaseError as error:
            patience.check()
            _log.info("a result is read by pages, since its file cannot be: %s", error.code)
        yield rows
