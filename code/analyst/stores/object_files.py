"""Finished export files with links that are signed and expire."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

from analyst.errors import ConfigurationError, Forbidden, NotFound
from analyst.stores.object_names import checked_name
from analyst.stores.whole_file import disk_errors, remove_older, whole_file

_SHORTEST_SECRET = 16


class ObjectFiles:
    """A small object store on a folder; `secret` (16 bytes or more) signs its links below `base_url`."""

    def __init__(
        self, folder: Path, *, secret: bytes, base_url: str, clock: Callable[[], float] = time.time
    ) -> None:
        if len(secret) < _SHORTEST_SECRET:
            raise ConfigurationError("The secret that signs download links needs at least 16 bytes.")
        self._folder, self._secret, self._clock = folder, secret, clock
        self._base_url = base_url.rstrip("/")

    @contextlib.contextmanager
    def put(self, name: str) -> Iterator[BinaryIO]:
        """A binary file to write to; it is there under `name` ("<id>.csv") once the context ends well.

        Raises NotFound for a name that is no plain file name, StoreError where the disk is full.
        """
        # The caller writes to the file itself, so a full disk shows in the body.
        with disk_errors(), whole_file(self._path(name)) as file:
            yield file

    def link(self, name: str, *, seconds: int = 900) -> str:
        """A URL that opens the file for so many seconds; raises NotFound when it is not there."""
        if not self._path(name).is_file():
            raise NotFound("There is no file of that name.")
        expires = str(int(self._clock()) + seconds)
        query = urlencode({"expires": expires, "signature": self._signature(name, expires)})
        return f"{self._base_url}/{name}?{query}"

    def open(self, name: str, *, expires: str, signature: str) -> BinaryIO:
        """The file behind a link, to be closed by the caller.

        Raises Forbidden for a signature that does not fit or a link that is too old, NotFound when the
        file is gone. `expires` is the text of the link.
        """
        expected = self._signature(name, expires)
        if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
            raise Forbidden("This download link is not valid.")
        # Only now is `expires` known to be a number that `link` wrote.
        if int(expires) < self._clock():
            raise Forbidden("This download link has expired; ask for a new one.")
        return self.read(name)

    def exists(self, name: str) -> bool:
        """True when a finished file of that name is there."""
        return self._path(name).is_file()

    def size(self, name: str) -> int:
        """Bytes of a finished file; raises NotFound."""
        try:
            return self._path(name).stat().st_size
        except FileNotFoundError:
            raise NotFound("The file is not stored any more.") from None

    def read(self, name: str) -> BinaryIO:
        """A finished file, to be closed by the caller, for whoever needs no link; raises NotFound."""
        with disk_errors():
            try:
                return self._path(name).open("rb")
            except FileNotFoundError:
                raise NotFound("The file is not stored any more.") from None

    def expire(self, *, older_than_seconds: float) -> int:
        """Remove files written longer ago than this; how many."""
        return remove_older(self._folder, suffixes=("",), seconds=older_than_seconds)

    def _path(self, name: str) -> Path:
        return self._folder / checked_name(name)

    def _signature(self, name: str, expires: str) -> str:
        message = f"{name}\n{expires}".encode("utf-8", "replace")
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()
