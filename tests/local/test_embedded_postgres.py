"""The embedded Postgres, started for real: as whoever runs the tests, and as root also as another user."""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from analyst.errors import StartupError
from analyst.local import postgres, server_process, unprivileged
from analyst.local.folder_lock import FolderLock
from analyst.local.postgres import EmbeddedPostgres
from analyst.local.postgres_cluster import why
from analyst.local.unprivileged import ServerUser, programs_for

CODE = Path(unprivileged.__file__).parents[2]
ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="only root can act as other users")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

SUPERVISOR = """
import signal, sys, time
from pathlib import Path
from analyst.local.postgres import EmbeddedPostgres
# Whoever started the tests in the background may have had SIGINT ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
server = EmbeddedPostgres(Path(sys.argv[1]), reachable=Path(sys.argv[2]))
server.start()
while True:
    try:
        print(server.pid, flush=True)
        time.sleep(600)
    except KeyboardInterrupt:
        pass
"""
START = """
import sys
from pathlib import Path
from analyst.errors import StartupError
from analyst.local.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), reachable=Path(sys.argv[2]))
try:
    with server:
        server.ensure_database("mine", owner="me")
        print("started", server.home, server.url("mine", user="me"))
except StartupError as error:
    print("refused:", error)
"""
CONNECT = "import sys; psycopg2.connect(sys.argv[1]).close(); print('in')"
BECOME = """
import os, shutil, sys, psycopg2
from analyst.local import postgres
postgres._version()  # reads what only root may reach, while we still are
uid, gid = {uid}, {gid}
if os.geteuid() != uid:
    os.setgroups([]); os.setresgid(gid, gid, gid); os.setresuid(uid, uid, uid)
if not os.access(sys.executable, os.X_OK):
    sys.executable = shutil.which("python3", path="/usr/local/bin:/usr/bin:/bin")
    assert sys.executable, "no Python that an ordinary user can reach"
"""


class Place:
    """A private folder for the data, and one that every user can reach."""

    def __init__(self, root: Path) -> None:
        root.chmod(0o755)
        self.private, self.reachable = root / "private", root / "reachable"
        self.private.mkdir(mode=0o700)
        self.reachable.mkdir(mode=0o755)
        self.reachable.chmod(0o755)
        self.folder = self.private / "database"
        self.notes: list[str] = []
        self.supervisors: list[subprocess.Popen[str]] = []

    def server(self, folder: Path | None = None) -> EmbeddedPostgres:
        return EmbeddedPostgres(folder or self.folder, on_note=self.notes.append, reachable=self.reachable)

    def run(self, script: str, *arguments: str, user: str = "") -> str:
        """What the script says, run as another user; this Python itself may be out of that user's reach."""
        entry = pwd.getpwnam(user) if user else pwd.getpwuid(os.geteuid())
        become = BECOME.format(uid=entry.pw_uid, gid=entry.pw_gid)
        command = [sys.executable, "-c", become + script, *(arguments or (self.folder, self.reachable))]
        return str(subprocess.run(command, **_options({}), timeout=120).stdout)

    def supervisor(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", SUPERVISOR, str(self.folder), str(self.reachable)]
        self.supervisors.append(subprocess.Popen(command, **_options({"start_new_session": True})))
        return self.supervisors[-1]

    def clear(self) -> None:
        """End what a failed test has left behind: its supervisors, and the server that outlived them."""
        for supervisor in self.supervisors:
            supervisor.kill()
            supervisor.communicate()
        if self.supervisors:
            with contextlib.suppress(StartupError), self.server():
                pass


def _options(options: dict[str, Any]) -> dict[str, Any]:
    outputs = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    environment = {"PYTHONPATH": str(CODE), "PATH": os.defpath, "SECRET_OF_OURS": "s3cr3t"}
    return {"text": True, "env": environment, "cwd": "/", **outputs, **options}


@pytest.fixture
def place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as root:
        given = Place(Path(root))
        yield given
        given.clear()


def ask(url: str, sql: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def one_sentence(raised: pytest.ExceptionInfo[StartupError]) -> str:
    text = str(raised.value)
    assert "\n" not in text and text.endswith(".") and "Traceback" not in text
    return text


def eventually(true: Callable[[], bool], *, seconds: float = 15.0) -> bool:
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.05)
    return true()


def gone(pid: int) -> bool:
    """True when the process has ended, also where nobody has reaped it yet."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return not state.strip() or state.strip().startswith("Z")


def children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    return [child for child, parent in pairs if parent == pid]


def test_starts_serves_stops_and_keeps_its_data(place: Place) -> None:
    server = place.server()
    server.start()
    pid = server.pid
    assert pid is not None and place.notes[-1] == "Creating the database cluster."
    family = [pid, *children(pid)]
    assert len(family) > 3
    ask(server.url(), "CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    assert server.pid is None and all(gone(process) for process in family)
    with pytest.raises(psycopg2.OperationalError):
        ask(server.url(), "SELECT 1")
    with place.server() as again:
        assert ask(again.url(), "SELECT answer FROM kept") == [(42,)]
    again.stop()


def test_speaks_utf8_and_utc_and_listens_on_no_network(place: Place) -> None:
    with place.server() as server:
        names = "TimeZone,server_encoding,listen_addresses,fsync,jit,shared_buffers,max_connections"
        shown = [ask(server.url(), f"SHOW {name}")[0][0] for name in names.split(",")]
        assert shown == ["UTC", "UTF8", "", "on", "off", "256MB", "60"]
        locale = "SELECT datlocprovider, datlocale, upper('é') FROM pg_database WHERE datname = 'template1'"
        assert ask(server.url(), locale) == [("b", "C.UTF-8", "É")]
        assert ask(server.url(), "SELECT extversion FROM pg_extension WHERE extname = 'vector'") == []
        ask(server.url(), "CREATE EXTENSION vector")
        assert ask(server.url(), "SELECT '[1,2]'::vector <-> '[1,4]'") == [(2.0,)]
        assert place.run(CONNECT, server.url()) == "in\n"


def test_second_start_is_refused_in_one_sentence(place: Place) -> None:
    with place.server() as server:
        for second in (server, place.server()):
            with pytest.raises(StartupError) as raised:
                second.start()
            assert str(place.folder) in one_sentence(raised)
        assert "in use by another" in place.run(START)
        assert ask(server.url(), "SELECT 1") == [(1,)]


def test_server_outlives_the_thread_that_started_it(place: Place) -> None:
    server = place.server()
    starter = threading.Thread(target=server.start)
    starter.start()
    starter.join()
    try:
        time.sleep(0.3)
        assert ask(server.url(), "SELECT 1") == [(1,)]
    finally:
        server.stop()


@on_linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_dies_with_its_supervisor_and_recovers(place: Place, number: signal.Signals) -> None:
    supervisor = place.supervisor()
    assert supervisor.stdout is not None
    pid = int(supervisor.stdout.readline())
    server = place.server()
    family = [pid, *children(pid)]
    ask(server.url(), "CREATE TABLE kept AS SELECT 42 AS answer")
    with closing(psycopg2.connect(server.url())) as unfinished:
        unfinished.cursor().execute("INSERT INTO kept VALUES (43)")
        os.kill(supervisor.pid, number)
        supervisor.wait()
        assert eventually(lambda: all(gone(process) for process in family))
    with server:
        assert ask(server.url(), "SELECT answer FROM kept") == [(42,)]


@on_linux
def test_starts_again_at_once_after_its_supervisor_was_killed(place: Place) -> None:
    supervisor = place.supervisor()
    assert supervisor.stdout is not None
    first = int(supervisor.stdout.readline())
    os.kill(supervisor.pid, signal.SIGKILL)
    supervisor.wait()
    with place.server() as server:
        assert gone(first) and ask(server.url(), "SELECT 1") == [(1,)]


def test_ends_an_orphan_that_nobody_told_to_end(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a system without a parent-death signal: the server lives on, its supervisor's lock is free."""
    monkeypatch.setattr(postgres, "FORMER_SECONDS", 0.2)
    orphaned = place.server()
    orphaned.start()
    pid = orphaned.pid
    assert pid is not None and orphaned._lock is not None
    orphaned._lock.let_go()
    with place.server() as server:
        assert gone(pid) and ask(server.url(), "SELECT 1") == [(1,)]


def test_recovers_after_the_server_itself_was_killed(place: Place) -> None:
    with place.server() as server:
        ask(server.url(), "CREATE TABLE kept AS SELECT 42 AS answer")
        pid = server.pid
        assert pid is not None
        family = [pid, *children(pid)]
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: server.pid is None)
    assert all(gone(process) for process in family)
    with place.server() as again:
        assert ask(again.url(), "SELECT answer FROM kept") == [(42,)]


def test_stale_files_whose_pid_lives_again_do_not_matter(place: Place) -> None:
    with place.server() as server:
        home, pid = server.home, server.pid
        lines = (home / "data" / "postmaster.pid").read_text().splitlines()
    # Of the server's user: Postgres itself sees through a pid that it may not signal.
    as_server: dict[str, Any] = {"user": (home / "data").stat().st_uid} if ROOT else {}
    with subprocess.Popen(["sleep", "60"], **as_server) as stranger:
        stale = "\n".join([str(stranger.pid), *lines[1:], ""])
        (home / "data" / "postmaster.pid").write_text(stale)
        (home / "socket" / ".s.PGSQL.5432.lock").write_text(stale)
        with place.server() as again:
            assert again.pid != pid and ask(again.url(), "SELECT 1") == [(1,)]
        assert stranger.poll() is None
        stranger.kill()


def test_half_made_cluster_is_made_anew(place: Place) -> None:
    with place.server() as server:
        home = server.home
    (home / "data").rename(home / "data.new")
    (home / "data.new" / "PG_VERSION").unlink()
    with place.server() as again:
        assert ask(again.url(), "SELECT 1") == [(1,)]
    assert not (home / "data.new").exists()


def test_interrupt_of_the_terminal_reaches_the_supervisor_only(place: Place) -> None:
    supervisor = place.supervisor()
    assert supervisor.stdout is not None
    pid = supervisor.stdout.readline()
    os.killpg(supervisor.pid, signal.SIGINT)
    assert supervisor.stdout.readline() == pid
    assert ask(place.server().url(), "SELECT 1") == [(1,)]
    supervisor.kill()
    supervisor.wait()
    assert eventually(lambda: gone(int(pid)))


def test_neither_queries_nor_their_errors_reach_the_log(place: Place) -> None:
    with place.server() as server:
        for sql in (
            "SELECT 'confidential'::int",
            "SELECT confidential",
            "CREATE TABLE t (k text PRIMARY KEY)",
        ):
            with pytest.raises(psycopg2.Error):
                ask(server.url(), f"{sql}; INSERT INTO t VALUES ('confidential'), ('confidential')")
        with closing(psycopg2.connect(server.url())) as victim:
            crash = threading.Timer(0.3, os.kill, (victim.info.backend_pid, signal.SIGKILL))
            crash.start()
            with pytest.raises(psycopg2.Error):
                victim.cursor().execute("SELECT pg_sleep(60) AS confidential")
        log = server.home / "postgres.log"
        assert eventually(lambda: "terminated by signal 9" in log.read_text())
        assert eventually(lambda: log.read_text().count("ready to accept") == 2)
        assert "confidential" not in log.read_text()


@on_linux
def test_server_gets_nothing_of_our_environment(place: Place) -> None:
    supervisor = place.supervisor()
    assert supervisor.stdout is not None
    pid = int(supervisor.stdout.readline())
    given = Path(f"/proc/{pid}/environ").read_bytes()
    supervisor.kill()
    supervisor.wait()
    assert b"TZ=UTC" in given and b"s3cr3t" not in given
    assert eventually(lambda: gone(pid))


def test_databases_are_made_once_and_closed_to_other_roles(place: Place) -> None:
    with place.server() as server:
        for _ in range(2):
            server.ensure_database('Odd "name"', owner="keeper")
        server.ensure_database("other", owner="stranger")
        assert ask(server.url('Odd "name"', user="keeper"), "SELECT current_database()") == [('Odd "name"',)]
        with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
            ask(server.url('Odd "name"', user="stranger"), "SELECT 1")
    with pytest.raises(StartupError, match="could not be created") as raised:
        server.ensure_database("third")
    one_sentence(raised)


def test_a_cluster_of_another_version_is_refused(place: Place) -> None:
    with place.server() as server:
        home = server.home
    (home / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(StartupError, match="made by Postgres 16") as raised:
        place.server().start()
    one_sentence(raised)


def test_damaged_cluster_gives_the_servers_own_reason(place: Place) -> None:
    with place.server() as server:
        home = server.home
    (home / "data" / "global" / "pg_control").unlink()
    with pytest.raises(StartupError, match="did not start") as raised:
        place.server().start()
    assert "could not find the database system" in one_sentence(raised)


def test_folder_that_is_a_file_is_refused(place: Place) -> None:
    place.folder.write_text("in the way")
    with pytest.raises(StartupError) as raised:
        place.server().start()
    one_sentence(raised)


def test_full_disk_is_one_sentence(place: Place) -> None:
    told = postgres._plain(OSError(errno.ENOSPC, "No space left on device"), place.folder)
    assert told == f"There is no space left on the disk that holds {place.folder}."
    log = place.private / "log"
    log.write_text('FATAL:  could not write to file "x": No space left on device\n')
    assert why(log, place.private) == f"There is no space left on the disk that holds {place.private}."


@as_root
@on_linux
@pytest.mark.parametrize("megabytes", [1, 12])
def test_really_full_disk_is_one_sentence(place: Place, megabytes: int) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "none", str(place.reachable)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("this root may not mount")
    try:
        with pytest.raises(StartupError, match="no space left") as raised:
            place.server().start()
        one_sentence(raised)
    finally:
        subprocess.run(["umount", str(place.reachable)], check=True)


def test_long_log_is_emptied_in_place_and_the_former_one_kept(place: Place) -> None:
    log = place.private / "postgres.log"
    with open(log, "ab", buffering=0) as writer:
        writer.write(b"x" * 200)
        server_process.bound_log(log, most_bytes=300)
        assert log.stat().st_size == 200
        server_process.bound_log(log, most_bytes=100)
        writer.write(b"on")
    assert log.read_bytes() == b"on"
    server_process.turn_log(log)
    assert log.with_name("postgres.log.1").read_bytes() == b"on" and not log.exists()


def test_lock_stays_with_the_child_that_was_given_it(place: Place) -> None:
    held, second = FolderLock(place.private / "lock"), FolderLock(place.private / "lock")
    assert held.take() and not second.take()
    with subprocess.Popen(["sleep", "60"], pass_fds=(held.fileno,)) as child:
        held.let_go()
        assert not second.take()
        child.kill()
    assert second.take(wait_seconds=5)
    second.let_go()


# As root: the server is another user's process, and nobody else may come near it.


@as_root
def test_root_leaves_a_folder_that_was_there_closed(place: Place) -> None:
    folder = place.reachable / "database"
    folder.mkdir(mode=0o700)
    with place.server(folder) as server:
        assert server.home.parent == place.reachable
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@as_root
def test_root_leaves_private_folders_closed_and_says_where_the_cluster_is(place: Place) -> None:
    with place.server() as server:
        assert server.home.parent == place.reachable and str(server.home) in place.notes[0]
        owner = os.stat(f"/proc/{server.pid}").st_uid
        assert pwd.getpwuid(owner).pw_name == unprivileged.UNPRIVILEGED
    assert stat.S_IMODE(place.private.stat().st_mode) == 0o700
    server.home.rename(place.reachable / "lost")
    with pytest.raises(StartupError, match="is gone") as raised:
        place.server().start()
    one_sentence(raised)


@as_root
def test_root_keeps_the_cluster_in_a_folder_that_can_be_reached(place: Place) -> None:
    folder = place.reachable / "database"
    with place.server(folder) as server:
        assert server.home == folder / "cluster"
        assert stat.S_IMODE(server.home.stat().st_mode) == 0o710


@as_root
@pytest.mark.parametrize("user", ["daemon", unprivileged.UNPRIVILEGED])
def test_other_users_cannot_come_in_even_where_every_folder_is_open(place: Place, user: str) -> None:
    entry = pwd.getpwnam(user)
    as_other: dict[str, Any] = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    with place.server() as server:
        url = server.url()
        assert "Permission denied" in place.run(CONNECT, url, user=user)
        listed = subprocess.run(["ls", server.home / "data"], capture_output=True, text=True, **as_other)
        assert "Permission denied" in listed.stderr
        server.home.chmod(0o755)
        (server.home / "socket").chmod(0o755)
        (server.home / "socket" / ".s.PGSQL.5432").chmod(0o777)
        assert "eer authentication failed" in place.run(CONNECT, url, user=user)
        assert place.run(CONNECT, url) == "in\n"


@as_root
def test_programs_that_the_servers_user_cannot_reach_are_copied(place: Place) -> None:
    user = ServerUser.for_folder(place.folder)
    installed, home = postgres._programs(), place.reachable
    root = place.private / installed.parent.name / installed.name
    (home / "programs-old").mkdir()
    for part in installed.parent.parent.glob(f"{installed.parent.name}*"):
        subprocess.run(["cp", "-a", part, place.private], check=True)
    subprocess.run(["chmod", "-R", "go=", place.private], check=True)
    copy = programs_for(user, root, home=home, version="1")
    assert programs_for(user, root, home=home, version="1") == copy
    assert [path.name for path in home.iterdir()] == ["programs-1"]
    ran = subprocess.run(
        [copy / "bin" / "initdb", "--version"],
        **_options({"user": user.uid, "group": user.gid}),
    )
    assert "PostgreSQL" in ran.stdout
    assert stat.S_IMODE(place.private.stat().st_mode) == 0o700
    assert programs_for(user, copy, home=home, version="2") == copy


# As an ordinary user, which root plays by becoming one.


def ordinary(place: Place) -> str:
    if not ROOT:
        return ""
    entry = pwd.getpwnam("daemon")
    os.chown(place.private, entry.pw_uid, entry.pw_gid)
    return entry.pw_name


def test_ordinary_user_has_the_cluster_in_its_own_folder(place: Place) -> None:
    user = ordinary(place)
    for _ in range(2):
        said = place.run(START, user=user)
        assert said.startswith(f"started {place.folder / 'cluster'} postgresql://me@/mine?host="), said
    assert stat.S_IMODE((place.folder / "cluster").stat().st_mode) == 0o700


def test_ordinary_user_with_a_long_path_has_a_private_socket_folder(place: Place) -> None:
    user, deep = ordinary(place), place.private / ("d" * 60) / ("e" * 60)
    sockets = unprivileged.socket_folder(deep / "cluster")
    arguments = (str(deep), str(place.reachable))
    try:
        assert f"?host={sockets}&" in place.run(START, *arguments, user=user)
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        sockets.chmod(0o755)
        assert "refused:" in place.run(START, *arguments, user=user)
    finally:
        sockets.rmdir()


@as_root
def test_ordinary_user_is_refused_what_is_not_its_own(place: Place) -> None:
    user = ordinary(place)
    said = place.run(START, str(place.reachable / "folder"), str(place.reachable), user=user)
    assert said == f"refused: The folder {place.reachable / 'folder'} cannot be written.\n"
    (place.folder / "cluster").mkdir(parents=True)
    place.folder.chmod(0o755)
    assert "belongs to another user" in place.run(START, user=user)
