"""Who runs the database server, and where its files lie so that this user, and no other, reaches them.

Postgres refuses to run as root. Root therefore runs it as an unprivileged user that is there everywhere,
with a group of its own that no other process has: other processes of that same user cannot pass the
cluster's home (root's, mode 0710), and no folder that was there before gets other permissions.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analyst.errors import StartupError

REACHABLE = Path("/var/lib/data-analyst-bi")
"""Where root keeps a cluster whose folder the server's user cannot reach."""
UNPRIVILEGED = "nobody"
LONGEST_SOCKET = 103
"""Bytes of a unix socket's path: 107 on Linux, 103 on macOS."""
NOTE = "cluster-is-in"
"""File in the folder that says where the cluster lies, when that is not in the folder itself."""


@dataclass(frozen=True, kw_only=True)
class ServerUser:
    """The OS user that the server runs as."""

    name: str
    uid: int
    gid: int
    foreign: bool
    """True when it is another user than ours, because we are root."""

    @classmethod
    def for_folder(cls, folder: Path) -> ServerUser:
        """Ourselves, or as root the unprivileged user with a group for this folder alone.

        Raises StartupError where the user has no entry in the user database.
        """
        if os.geteuid() != 0:
            return cls(name=user_name(os.geteuid()), uid=os.geteuid(), gid=os.getegid(), foreign=False)
        try:
            entry = pwd.getpwnam(UNPRIVILEGED)
        except KeyError:
            raise StartupError(
                f"Postgres does not run as root, and there is no user {UNPRIVILEGED} to run it as."
            ) from None
        return cls(name=entry.pw_name, uid=entry.pw_uid, gid=_own_group(folder), foreign=True)

    def own(self, path: Path) -> None:
        """Make the server's user the owner of `path`."""
        if self.foreign:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def user_name(uid: int) -> str:
    """The name of an OS user; raises StartupError where it has none, as Postgres needs one."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        raise StartupError(
            f"The user with number {uid} has no entry in the user database, which Postgres needs."
        ) from None


def _digest(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()


def _own_group(folder: Path) -> int:
    """A group number from a range that no distribution gives to people or packages."""
    return 61184 + int(_digest(folder)[:8], 16) % 4096


def open_to_others(path: Path) -> bool:
    """True when any user may reach `path`: it and every folder above it can be passed."""
    return all(os.stat(p).st_mode & stat.S_IXOTH for p in (path, *path.parents))


def find_home(folder: Path, *, reachable: Path = REACHABLE) -> Path:
    """Where the cluster of `folder` lies, the same for every process that asks; creates nothing."""
    inside, note = folder / "cluster", folder / NOTE
    if os.geteuid() != 0 or inside.exists():
        return inside
    if note.is_file() and os.lstat(note).st_uid == 0:
        return Path(note.read_text(encoding="utf-8").strip())
    if folder.exists() and open_to_others(folder) and _fits_a_socket(inside / "socket"):
        return inside
    return reachable / _digest(folder)[:16]


def make_home(folder: Path, user: ServerUser, *, reachable: Path = REACHABLE) -> Path:
    """Create the folder and the cluster's home where they are missing, and check whose they are.

    Raises StartupError, or OSError when something cannot be created.
    """
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
        # Made by us, so ours to open: the server's user passes through it to the cluster.
        folder.chmod(0o711 if user.foreign else 0o700)
    home, note = find_home(folder, reachable=reachable), folder / NOTE
    elsewhere = home.parent != folder
    if elsewhere:
        _check_kept(folder, home)
        _make_reachable(home.parent)
    home.mkdir(mode=0o700, exist_ok=True)
    check_own(home, os.geteuid())
    if user.foreign:
        os.chown(home, 0, user.gid)
        home.chmod(0o710)
    # Home first, note second: a note alone reads as a lost database.
    if elsewhere and not note.exists():
        note.write_text(f"{home}\n", encoding="utf-8")
    return home


def _check_kept(folder: Path, home: Path) -> None:
    note = folder / NOTE
    if note.exists() and not home.exists():
        raise StartupError(
            f"The database of {folder} was kept in {home}, which is gone; "
            f"remove {note} to begin with a new one."
        )


def _make_reachable(path: Path) -> None:
    if not path.exists():
        path.mkdir(parents=True)
        path.chmod(0o755)
    check_own(path, os.geteuid())


def socket_folder(home: Path) -> Path:
    """Where the server's socket lies: in the home, or under /tmp where that is too long for a socket."""
    inside = home / "socket"
    return inside if _fits_a_socket(inside) else Path("/tmp") / f"data-analyst-bi-{_digest(home)[:16]}"


def _fits_a_socket(folder: Path) -> bool:
    return len(os.fsencode(folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET


def make_socket_folder(home: Path, user: ServerUser) -> Path:
    """Create the socket's folder, which only the server's user (and root) may enter.

    Raises StartupError where somebody else has put something in its place.
    """
    path = socket_folder(home)
    if not path.exists():
        path.mkdir(mode=0o700)
        user.own(path)
    check_own(path, user.uid)
    if os.lstat(path).st_mode & 0o077:
        raise StartupError(f"{path} must be open to its owner only.")
    return path


def check_own(path: Path, uid: int) -> None:
    """Raise StartupError unless `path` is a real directory of that user which no other may change."""
    found = os.lstat(path)
    if not stat.S_ISDIR(found.st_mode):
        raise StartupError(f"{path} is not a directory.")
    if found.st_uid != uid:
        raise StartupError(f"{path} belongs to another user; start as that user, or choose another folder.")
    if found.st_mode & 0o022:
        raise StartupError(f"{path} may be changed by other users; take their right to write away.")


def _needed(root: Path) -> Iterator[Path]:
    """The server's parts; a Linux wheel keeps shared libraries beside its package, found relative to it."""
    yield from (root / "bin" / name for name in ("postgres", "initdb"))
    yield root / "lib"
    yield root / "share"
    libraries = root.parent.with_name(f"{root.parent.name}.libs")
    if libraries.exists():
        yield libraries


def programs_for(user: ServerUser, root: Path, *, home: Path, version: str) -> Path:
    """The server's programs where its user can run them: `root`, or a copy of it in the home.

    Raises OSError when they cannot be copied.
    """
    if not user.foreign or all(open_to_others(path) for path in _needed(root)):
        return root
    copy = home / f"programs-{version}"
    if not copy.exists():
        _copy(root, copy, home)
    return copy / root.parent.name / root.name


def _copy(root: Path, copy: Path, home: Path) -> None:
    for old in home.glob("programs-*"):
        shutil.rmtree(old)
    part = home / "programs-part"
    for source in _needed(root):
        target = part / source.relative_to(root.parent.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("*.a", "pkgconfig"))
        else:
            shutil.copy2(source, target)
    _let_all_read(part)
    part.rename(copy)


def _let_all_read(tree: Path) -> None:
    for folder, _, names in os.walk(tree):
        os.chmod(folder, 0o755)
        for path in (Path(folder) / name for name in names):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
