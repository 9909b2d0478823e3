"""One Postgres cluster on disk: made whole or not at all, checked, and made ready for its server."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from analyst.errors import StartupError
from analyst.local import unprivileged
from analyst.local.folder_lock import FolderLock
from analyst.local.postgres_settings import write_settings
from analyst.local.server_process import Program, run, turn_log
from analyst.local.unprivileged import ServerUser

MAJOR = "18"
SUPERUSER = "postgres"
FULL_BYTES = 1_000_000
"""With less than this left on a disk, a server that does not start has found it full."""


class PostgresCluster:
    """A cluster in its home; every process that works on it inherits `held`, the server's lock."""

    def __init__(self, home: Path, *, user: ServerUser, programs: Path, held: FolderLock) -> None:
        self._home = home
        self._user = user
        self._programs = programs
        self._held = held
        self.data = home / "data"

    def create(self) -> None:
        """Make a new cluster beside its place and move it there; raises StartupError or OSError."""
        new, log_file = self._home / "data.new", self._home / "initdb.log"
        shutil.rmtree(new, ignore_errors=True)
        log_file.unlink(missing_ok=True)
        new.mkdir(mode=0o700)
        self._user.own(new)
        # The libc locale is "C", which is everywhere; the builtin provider gives UTF-8 its meaning.
        arguments = [
            *("--pgdata", str(new), "--username", SUPERUSER, "--encoding", "UTF8", "--locale", "C"),
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
            *("--auth-local", "peer", "--auth-host", "reject", "--no-instructions"),
        ]
        if run(self._program("initdb", arguments, log_file=log_file)) != 0:
            reason = why(log_file, self._home)
            shutil.rmtree(new, ignore_errors=True)
            raise StartupError(reason)
        new.rename(self.data)

    def server(self) -> Program:
        """The server of this cluster, with all that could hinder its start cleared away.

        Call it only while the server's lock is held: then a pid file is stale, even if its pid lives again.
        Raises StartupError or OSError.
        """
        self._check()
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        sockets = unprivileged.make_socket_folder(self._home, self._user)
        for leftover in sockets.glob(".s.PGSQL.*"):
            leftover.unlink()
        settings = write_settings(
            self._home / "settings",
            data=self.data,
            sockets=sockets,
            users=[unprivileged.user_name(os.geteuid())],
        )
        turn_log(self.log_file)
        arguments = ["-D", str(self.data), "-c", f"config_file={settings}"]
        return self._program("postgres", arguments, log_file=self.log_file)

    @property
    def log_file(self) -> Path:
        """Where the server writes its log."""
        return self._home / "postgres.log"

    def ready(self, pid: int | None) -> bool:
        """True when this very server says that it takes connections."""
        lines = _pid_file(self.data)
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _check(self) -> None:
        if os.lstat(self.data).st_uid != self._user.uid:
            raise StartupError(f"{self.data} does not belong to the user {self._user.name}.")
        version = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        if version != MAJOR:
            raise StartupError(f"The database in {self._home} was made by Postgres {version}, not {MAJOR}.")

    def _program(self, name: str, arguments: Sequence[str], *, log_file: Path) -> Program:
        return Program(
            command=[str(self._programs / "bin" / name), *arguments],
            log_file=log_file,
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            user=(self._user.uid, self._user.gid) if self._user.foreign else None,
            keep_open=(self._held.fileno,),
        )


def postmaster(data: Path) -> int | None:
    """The process that the pid file names; true only while somebody holds the server's lock."""
    lines = _pid_file(data)
    return int(lines[0]) if lines and lines[0].isdigit() else None


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []


def why(log_file: Path, home: Path) -> str:
    """One sentence on why a program of the cluster gave up, from its log and the disk."""
    try:
        text = log_file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        text = ""
    if "No space left on device" in text or shutil.disk_usage(home).free < FULL_BYTES:
        return f"There is no space left on the disk that holds {home}."
    said = re.findall(r"(?:FATAL|PANIC|[Ee]rror|postgres): +(.+)", text)
    detail = said[-1].strip().rstrip(".") if said else f"its log is {log_file}"
    return f"The database server did not start: {detail}."
