"""Files and folders that only this user may read, written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analyst.errors import StartupError


def make_private_folder(folder: Path) -> Path:
    """The folder with mode 700, created where it is missing.

    Raises StartupError when it cannot be created, is somebody else's or is no folder.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
    except FileExistsError:
        raise StartupError(f"{folder} is a file, but a folder is needed there.") from None
    except PermissionError:
        raise StartupError(f"{folder} cannot be used by this user; choose another folder.") from None
    except OSError as error:
        raise cannot_write(folder, error) from error
    return folder


def write_private(path: Path, text: str) -> None:
    """Put a file of mode 600 in place in one step, so that no reader ever sees half of it; raises OSError."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_json(path: Path) -> Mapping[str, Any] | None:
    """The JSON object in a file, or None when there is no such file or it holds something else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def is_full(error: OSError) -> bool:
    """True when the disk, or what this user may use of it, is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def cannot_write(folder: Path, error: OSError) -> StartupError:
    """The one sentence for a folder that cannot be written to."""
    if is_full(error):
        return StartupError(f"The disk that holds {folder} is full; free some space and start again.")
    return StartupError(f"{folder} cannot be written to ({error.strerror or 'input/output error'}).")
