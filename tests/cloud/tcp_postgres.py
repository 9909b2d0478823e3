"""The embedded Postgres as a server on loopback with passwords, the way functions reach a database in the cloud."""

from __future__ import annotations

import secrets
import signal
import socket
import time
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg2
from houses import execute
from psycopg2 import sql

from analyst.local import postgres as embedded
from analyst.local import unprivileged
from analyst.local.postgres import EmbeddedPostgres
from analyst.local.postgres_settings import SETTINGS
from analyst.local.server_process import Program, ServerProcess
from analyst.local.unprivileged import ServerUser

HOST = "127.0.0.1"
READY_SECONDS = 30


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class TcpPostgres:
    """A cluster of its own in `folder`, which other users must be able to pass; gone when its context ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._password = secrets.token_hex(16)
        self._server: ServerProcess | None = None
        self.port = free_port()

    def __enter__(self) -> Self:
        with EmbeddedPostgres(self._folder / "cluster", reachable=self._folder / "reachable") as first:
            execute(first.url(), f"ALTER ROLE postgres PASSWORD '{self._password}'")
            home = first.home
        self._server = ServerProcess(self._program(home))
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, (home / "tcp.log").read_text()
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.stop(signals=((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0)))

    def url(self, database: str = "postgres") -> str:
        """The superuser's URL."""
        return f"postgresql://postgres:{self._password}@{HOST}:{self.port}/{database}"

    def add_role(self, name: str, password: str) -> None:
        """A role that may log in."""
        statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
            sql.Identifier(name), sql.Literal(password)
        )
        self._run(statement)

    def add_database(self, name: str, *, owner: str) -> None:
        """A database of that role's."""
        self._run(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner)))

    def _run(self, statement: sql.Composable) -> None:
        with closing(psycopg2.connect(self.url())) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)

    def _program(self, home: Path) -> Program:
        user = ServerUser.for_folder(self._folder / "cluster")
        programs = unprivileged.programs_for(
            user, embedded._programs(), home=home, version=embedded._version()
        )
        return Program(
            command=[
                str(programs / "bin" / "postgres"),
                *("-D", str(home / "data")),
                *("-c", f"config_file={self._settings(home)}"),
            ],
            log_file=home / "tcp.log",
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            user=(user.uid, user.gid) if user.foreign else None,
        )

    def _settings(self, home: Path) -> Path:
        callers = home / "settings" / "tcp_hba.conf"
        callers.write_text("host all all 127.0.0.1/32 scram-sha-256\n", encoding="utf-8")
        settings = {
            **SETTINGS,
            "listen_addresses": HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "data_directory": str(home / "data"),
            "hba_file": str(callers),
            "ident_file": str(home / "settings" / "pg_ident.conf"),
        }
        file = home / "settings" / "tcp.conf"
        file.write_text(
            "".join(f"{name} = '{value}'\n" for name, value in settings.items()), encoding="utf-8"
        )
        for written in (callers, file):
            written.chmod(0o644)
        return file

    def _answers(self) -> bool:
        try:
            psycopg2.connect(self.url(), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True
