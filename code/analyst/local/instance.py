"""The data folder of one installation: its files, its key, and who runs it right now."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from analyst.errors import StartupError
from analyst.local.private_files import cannot_write, make_private_folder, read_json, write_private

KEY_BYTES = 32
_LOCK_PATIENCE_SECONDS = 1.0
"""Readers hold the lock for an instant; only what lasts longer is another instance."""


@dataclass(frozen=True)
class DataFolder:
    """Where everything of one installation lies; mode 700."""

    root: Path

    def create(self) -> DataFolder:
        """Make the folder where it is missing; raises StartupError."""
        make_private_folder(self.root)
        make_private_folder(self.logs)
        make_private_folder(self.prompts)
        return self

    @property
    def lock(self) -> Path:
        """Locked by whoever runs the instance."""
        return self.root / "lock"

    @property
    def instance(self) -> Path:
        """Who runs it, and where its parts listen."""
        return self.root / "instance.json"

    @property
    def api_key(self) -> Path:
        """The key of the HTTP interface."""
        return self.root / "api_key"

    @property
    def model_key(self) -> Path:
        """The key of the model's server."""
        return self.root / "model_key"

    @property
    def model_status(self) -> Path:
        """How far the model is."""
        return self.root / "model_status.json"

    @property
    def prompts(self) -> Path:
        """What the model's server has read of prompts, for the next start."""
        return self.root / "prompts"

    @property
    def logs(self) -> Path:
        """One log file a part."""
        return self.root / "logs"

    @property
    def postgres(self) -> Path:
        """The embedded database."""
        return self.root / "postgres"


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A running installation, as it describes itself in `instance.json`."""

    pid: int
    """The process that started the parts and stops them."""
    started_at: str
    """ISO instant."""
    port: int
    """Of the page."""
    api_port: int
    """Of the HTTP interface."""
    model_port: int = 0
    """Of the model's server; 0 when the model is not local."""
    postgres_url: str = ""
    """The embedded server, as superuser and on its own maintenance database."""
    ready: bool = False
    """True once page, HTTP interface and workers are up."""

    @property
    def page_url(self) -> str:
        """What a person opens."""
        return f"http://localhost:{self.port}"

    @property
    def api_url(self) -> str:
        """What a client calls."""
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def model_url(self) -> str:
        """What speaks the OpenAI protocol, or "" when the model is not local."""
        return f"http://127.0.0.1:{self.model_port}" if self.model_port else ""

    def write(self, folder: DataFolder) -> None:
        """Let other processes know; raises OSError."""
        write_private(folder.instance, json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def read(cls, folder: DataFolder) -> Instance | None:
        """What the last instance wrote, whether it still runs or not."""
        found = read_json(folder.instance)
        if found is None:
            return None
        known = {field.name for field in fields(cls)}
        try:
            return cls(**{name: value for name, value in found.items() if name in known})
        except TypeError:
            return None


def running_instance(folder: DataFolder) -> Instance | None:
    """The instance that runs on this data folder now, or None."""
    try:
        handle = os.open(folder.lock, os.O_RDONLY)
    except OSError:
        return None
    try:
        # Shared, so that two readers never take each other for an instance.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return Instance.read(folder)
    finally:
        os.close(handle)
    return None


@contextmanager
def sole_instance(folder: DataFolder) -> Iterator[None]:
    """Be the one instance on this data folder; the lock goes with the process, however it ends.

    Raises StartupError that says where the other one runs.
    """
    try:
        handle = os.open(folder.lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise cannot_write(folder.root, error) from error
    try:
        if not _locked(handle, patience=_LOCK_PATIENCE_SECONDS):
            raise StartupError(_already_running(Instance.read(folder), folder))
        folder.instance.unlink(missing_ok=True)
        try:
            yield
        finally:
            folder.instance.unlink(missing_ok=True)
    finally:
        os.close(handle)


def _locked(handle: int, *, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)


def _already_running(other: Instance | None, folder: DataFolder) -> str:
    if other is None:
        return f"Another instance is just starting on {folder.root}; wait for it, or stop it first."
    if not other.port:
        return f"Another command (process {other.pid}) is using {folder.root}; wait for it to end."
    return f"It is already running at {other.page_url} (process {other.pid}); use that one, or stop it first."


def ensure_key(path: Path) -> str:
    """The secret in a file of mode 600, made of 256 random bits where there is none yet; raises OSError."""
    try:
        key = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        key = ""
    if len(key) < KEY_BYTES:
        key = secrets.token_urlsafe(KEY_BYTES)
        write_private(path, key + "\n")
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return key
