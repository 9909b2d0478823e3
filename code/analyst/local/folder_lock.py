"""A lock on a folder that ends with the processes that hold it, however they end."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path


class FolderLock:
    """An flock on a file; a child that is given `fileno` keeps the lock after we let go of it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def fileno(self) -> int:
        """The open file that carries the lock; raises ValueError when the lock is not held."""
        if self._descriptor is None:
            raise ValueError("The lock is not held.")
        return self._descriptor

    def take(self, *, wait_seconds: float = 0.0) -> bool:
        """True when it is ours now; raises OSError when the file cannot be made."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        until = time.monotonic() + wait_seconds
        while not _locked(descriptor):
            if time.monotonic() >= until:
                os.close(descriptor)
                return False
            time.sleep(0.05)
        self._descriptor = descriptor
        return True

    def let_go(self) -> None:
        """Close our side; the lock is free once every process that was given it has ended too."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
