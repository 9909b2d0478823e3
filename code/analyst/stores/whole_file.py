"""Writes a private file that is there as a whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from analyst.errors import StoreError

PART = ".part"
"""How the name of a file ends while it is being written."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextlib.contextmanager
def disk_errors() -> Iterator[None]:
    """Turn an OSError of the file system into a StoreError with a sentence for the user."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreError("The disk is full, so the result could not be stored.") from error
        raise StoreError("The stored result cannot be read or written right now.") from error


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A binary file, mode 600, that takes `path`'s place when the context ends well and vanishes otherwise.

    Raises StoreError where the file system fails here; writes of the caller raise their own OSError.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}{PART}")
    try:
        with disk_errors():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = open(part, "xb", opener=lambda name, flags: os.open(name, flags, 0o600))  # noqa: SIM115
        try:
            yield file
        except BaseException:
            # What is still buffered may not fit on the disk either, and nobody wants it any more.
            with contextlib.suppress(OSError):
                file.close()
            raise
        with disk_errors():
            _finish(file)
            os.replace(part, path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _finish(file: BinaryIO) -> None:
    with file:
        file.flush()
        # Without it a power cut after the rename could leave a complete name with half a content.
        os.fsync(file.fileno())


def remove_older(folder: Path, *, suffixes: tuple[str, ...], seconds: float) -> int:
    """Remove files last written more than `seconds` ago; how many, not counting parts that a crash left."""
    removed = 0
    with disk_errors():
        if not folder.is_dir():
            return 0
        for entry in list(os.scandir(folder)):
            if entry.name.endswith((*suffixes, PART)) and _is_older(entry, seconds=seconds):
                Path(entry.path).unlink(missing_ok=True)
                removed += not entry.name.endswith(PART)
    return removed


def _is_older(entry: os.DirEntry[str], *, seconds: float) -> bool:
    try:
        return entry.is_file(follow_symlinks=False) and entry.stat().st_mtime < time.time() - seconds
    except FileNotFoundError:
        return False
