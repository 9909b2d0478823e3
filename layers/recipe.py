"""Builds the functions' layers with pip, for Lambda's platform; `build.sh` says what and why.

Runs on any Python >= 3.11 that has pip, and imports nothing else but `rds_bundle.py` beside it.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

import rds_bundle

LAYERS = Path(__file__).resolve().parent
CODE = LAYERS.parent / "code"
NAMES = ("base", "data", "minilm")
RDS = "rds"
"""No layer of packages, but the certificate authorities of RDS: one file for every platform."""
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
GLIBC = {"3.11": 26, "3.12": 34, "3.13": 34, "3.14": 34}
"""The C library (2.x) of Lambda's image for each Python: Amazon Linux 2, then 2023."""
MEGABYTE = 1_000_000
MOST_BYTES = 120 * MEGABYTE
MOST_BYTES_WITH_MINILM = 240 * MEGABYTE
"""Lambda's own limit is 250 MB, layers and code together, unzipped."""
NEVER_CHANGED = 315_532_800
"""1980-01-01, the first moment a ZIP file can name."""

SERVICES = (
    *(
        "athena",
        "bedrock-runtime",
        "glue",
        "lambda",
        "rds",
        "redshift",
        "redshift-data",
        "redshift-serverless",
    ),
    *("s3", "secretsmanager", "ssm", "sts"),
)
"""What of AWS the functions call; botocore describes some 400 services more, at 20 times the size."""
PARTS_NOT_SHIPPED = (
    "bin",
    "boto3/data",
    "boto3/examples",
    "onnxruntime/datasets",
    "onnxruntime/quantization",
    "onnxruntime/tools",
    "onnxruntime/transformers",
)
FOLDERS_NOT_SHIPPED = ("__pycache__", "test", "tests")
ENDINGS_NOT_SHIPPED = (".a", ".c", ".h", ".pxd", ".pyi", ".pyx")
KEPT_OF_DIST_INFO = ("METADATA", "LICENSE", "LICENCE", "NOTICE", "COPYING", "AUTHORS", "licenses")


class CannotBuild(Exception):
    """The layers cannot be built; `str(error)` is one plain sentence for the terminal."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """What the layers are built for."""

    architecture: str
    python: str

    @property
    def folder(self) -> Path:
        """Where its layers lie."""
        return LAYERS / "build" / f"{self.architecture}-{self.python}"

    @property
    def platforms(self) -> list[str]:
        """Wheels that run there, the newest kind first: pip would silently take an old release otherwise."""
        machine = MACHINES[self.architecture]
        newer = [f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC[self.python], 16, -1)]
        return [*newer, f"manylinux2014_{machine}"]

    @property
    def markers(self) -> dict[str, str]:
        """The environment there, as conditions in a lock name it; pip would judge them by this machine."""
        return {
            "implementation_name": "cpython",
            "os_name": "posix",
            "platform_machine": MACHINES[self.architecture],
            "platform_python_implementation": "CPython",
            "platform_system": "Linux",
            "python_full_version": f"{self.python}.0",
            "python_version": self.python,
            "sys_platform": "linux",
        }


@dataclass(frozen=True, kw_only=True)
class Built:
    """What is known of a finished layer."""

    lock: str
    recipe: str
    compiled: bool
    bytes: int
    zipped: int


class OneSentence(argparse.ArgumentParser):
    """Wrong usage is said in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say it and leave with 2."""
        self.exit(2, f"{message[:1].upper()}{message[1:]}.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Build what is not current; 0 when all is there, 1 with one sentence otherwise, 2 for wrong usage."""
    options = parse(arguments)
    target = Target(architecture=options.architecture, python=options.python)
    try:
        if options.rds:
            have_authorities(options)
        if options.check:
            check(target, options.layers)
        elif options.layers:
            build_all(target, options.layers, anew=options.force)
    except (CannotBuild, rds_bundle.CannotFetch) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("The build was interrupted; layers that were finished stay.\n")
        return 130
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options, checked."""
    parser = OneSentence(prog="build.sh", description="Builds the functions' layers with pip; no Docker.")
    known = (*NAMES, RDS)
    parser.add_argument(
        "layers", nargs="*", metavar="LAYER", help=f"{', '.join(known)} (default: base data rds)"
    )
    parser.add_argument("--architecture", choices=MACHINES, default="arm64", help="default: arm64")
    parser.add_argument("--python", choices=GLIBC, default="3.12", help="Lambda's Python (default: 3.12)")
    parser.add_argument("--with-minilm", action="store_true", help="the layer minilm, too")
    parser.add_argument("--without-rds", action="store_true", help="not the certificate authorities of RDS")
    parser.add_argument(
        "--rds-bundle",
        default="",
        metavar="FILE-OR-URL",
        help="a copy of AWS's file, or a mirror that has it",
    )
    parser.add_argument("--force", action="store_true", help="build even what is current")
    parser.add_argument("--check", action="store_true", help="build nothing; exit 1 when one is not current")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.layers if name not in known]:
        parser.error(f"there is no layer {unknown[0]}; there are {', '.join(known)}")
    wanted = {*(options.layers or ("base", "data", RDS)), *(("minilm",) if options.with_minilm else ())}
    options.rds = RDS in wanted and not options.without_rds
    if options.rds_bundle and not options.rds:
        parser.error("--rds-bundle says where rds comes from, which is not among what is built")
    options.layers = [name for name in NAMES if name in wanted]
    if options.architecture == "arm64" and options.python == "3.11":
        parser.error("Python 3.11 on arm64 lacks current database drivers; use 3.12 or newer, or x86_64")
    if "minilm" in wanted and options.python == "3.11":
        parser.error("the layer minilm needs Python 3.12 or newer: its wheels are for Amazon Linux 2023")
    return options


def check(target: Target, names: Sequence[str]) -> None:
    """Stop when a layer is missing or out of date."""
    stamps = read_stamps(target)
    for name in names:
        if not is_current(target, name, stamps):
            raise CannotBuild(f"The layer {name} is not built from its present lock; run layers/build.sh.")
    check_sizes(stamps)


def have_authorities(options: argparse.Namespace) -> None:
    """Fetch the authorities of RDS where they are not; with --check only say that."""
    bundle = rds_bundle.read_pin(LAYERS / "rds.toml", place=LAYERS / "build" / RDS / "global-bundle.pem")
    if bundle.is_there() and (options.check or not options.force):
        return
    if options.check:
        raise CannotBuild("The certificate authorities of RDS are not fetched; run layers/build.sh rds.")
    bundle.fetch(options.rds_bundle)
    say(f"{RDS}: {bundle.certificates} certificates, as layers/rds.toml pins them")


def build_all(target: Target, names: Sequence[str], *, anew: bool) -> None:
    """Build the layers that are not current, one after the other, and say how large they are."""
    target.folder.mkdir(parents=True, exist_ok=True)
    with alone(target.folder):
        for name in names:
            if anew or not is_current(target, name, read_stamps(target)):
                build(target, name)
        stamps = read_stamps(target)
        say_sizes(target, stamps)
        check_sizes(stamps)


def build(target: Target, name: str) -> None:
    """Build one layer beside its place, then put it there in one step."""
    say(f"{name}: installing for {target.architecture}, Python {target.python}")
    with tempfile.TemporaryDirectory(dir=target.folder, prefix=".building-") as temporary:
        root = Path(temporary) / "layer" / "python"
        install(target, name, root)
        prune(root)
        compiled = compile_modules(target, root)
        if not compiled:
            say(
                f"{name}: no Python {target.python} was found to compile it with: cold starts take twice as long"
            )
        settle(root.parent)
        built = Built(
            lock=digest(lock_of(name)),
            recipe=digest(Path(__file__)),
            compiled=compiled,
            bytes=size_of(root),
            zipped=zipped_size(root),
        )
        put(root.parent, place=target.folder / name, aside=Path(temporary) / "old", target=target)
    write_stamps(target, {**read_stamps(target), name: built})


def put(new: Path, *, place: Path, aside: Path, target: Target) -> None:
    """Exchange a layer; were this cut short, the missing stamp has it built again."""
    write_stamps(target, {name: one for name, one in read_stamps(target).items() if name != place.name})
    if place.exists():
        place.rename(aside)
    new.rename(place)


# --- the stamps


def lock_of(name: str) -> Path:
    """The file that pins a layer."""
    return LAYERS / f"{name}.txt"


def digest(path: Path) -> str:
    """A file's SHA-256."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise CannotBuild(f"{path} cannot be read: this copy of the project is incomplete.") from error


def read_stamps(target: Target) -> dict[str, Built]:
    """What is known of the finished layers; nothing when the file is missing or of another shape."""
    try:
        stamps = json.loads((target.folder / "built.json").read_text(encoding="utf-8"))
        return {name: Built(**stamps[name]) for name in NAMES if name in stamps}
    except (OSError, ValueError, TypeError):
        return {}


def write_stamps(target: Target, stamps: Mapping[str, Built]) -> None:
    """Replace the file in one step."""
    text = json.dumps({name: asdict(stamps[name]) for name in NAMES if name in stamps}, indent=1)
    new = target.folder / ".built.json"
    new.write_text(text + "\n", encoding="utf-8")
    new.replace(target.folder / "built.json")


def is_current(target: Target, name: str, stamps: Mapping[str, Built]) -> bool:
    """True when the layer is there and neither its lock nor this recipe changed since."""
    built = stamps.get(name)
    known = built and (built.lock, built.recipe) == (digest(lock_of(name)), digest(Path(__file__)))
    return bool(known) and (target.folder / name / "python").is_dir()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one build at a time work for a target; a second one waits and then finds all done."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


# --- pip

UNREACHABLE = "the package registry cannot be reached; check the network and try again"
TROUBLES = (
    (
        "DO NOT MATCH THE HASHES",
        "what was fetched for the layer {name} is not what its lock names (wrong hash)",
    ),
    ("Connection", UNREACHABLE),
    ("Max retries exceeded", UNREACHABLE),
    (
        "versions: none",
        "the package registry cannot be reached or lacks a package of {name}.txt; check the network",
    ),
    ("No matching distribution", "the package registry has no wheel for this platform that {name}.txt names"),
    ("No space left", "the disk is full"),
)


def install(target: Target, name: str, root: Path) -> None:
    """Put the layer's packages into a folder, and see that they are the pinned ones."""
    pins = select(lock_of(name).read_text(encoding="utf-8"), target.markers)
    chosen = root.parent.parent / "chosen.txt"
    chosen.write_text("".join(pins.values()), encoding="utf-8")
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"),
        *("--require-hashes", "--no-deps", "--no-compile", "--only-binary=:all:", "--implementation", "cp"),
        *("--python-version", target.python, "--target", str(root), "--requirement", str(chosen)),
        *(option for platform in target.platforms for option in ("--platform", platform)),
    ]
    environment = {**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise CannotBuild(trouble(name, done.stderr))
    installed = {folder.name.removesuffix(".dist-info").lower() for folder in root.glob("*.dist-info")}
    if wrong := installed ^ {pin.replace("-", "_").replace("==", "-") for pin in pins}:
        raise CannotBuild(f"The layer {name} did not come out as its lock says ({', '.join(sorted(wrong))}).")


def select(lock: str, markers: Mapping[str, str]) -> dict[str, str]:
    """A lock's pins ("name==version") that hold for an environment, each with its hashes and no condition."""
    try:
        from pip._vendor.packaging.markers import Marker
    except ImportError:
        raise CannotBuild(
            f"pip is missing for {sys.executable}; install it (python3-pip) and try again."
        ) from None
    pins: dict[str, str] = {}
    entries = lock.replace("\\\n", " ").splitlines()
    for entry in entries:
        pin, *hashes = entry.split("--hash=")
        pin, _, condition = pin.partition(";")
        holds = not condition.strip() or Marker(condition.strip()).evaluate(dict(markers))
        if "==" in pin and not pin.startswith("#") and holds:
            pins[pin.strip()] = " ".join([pin.strip(), *(f"--hash={one.strip()}" for one in hashes)]) + "\n"
    return pins


def trouble(name: str, said: str) -> str:
    """What pip said, in one sentence."""
    for sign, sentence in TROUBLES:
        if sign in said:
            return f"The layers could not be built: {sentence.format(name=name)}."
    last = next((line for line in reversed(said.splitlines()) if line.strip()), "no reason given")
    return f"The layers could not be built: pip failed for {name} ({last.strip()[:300]})."


# --- what is shipped


def prune(root: Path) -> None:
    """Take away what no function reads: tests, sources of compiled parts, unused services, installers' notes."""
    for part in PARTS_NOT_SHIPPED:
        shutil.rmtree(root / part, ignore_errors=True)
    for path in sorted(root.rglob("*")):
        if path.is_dir() and path.name in FOLDERS_NOT_SHIPPED:
            shutil.rmtree(path)
        elif path.is_file() and path.suffix in ENDINGS_NOT_SHIPPED:
            path.unlink()
    services = root / "botocore" / "data"
    for folder in services.glob("*/"):
        if folder.is_dir() and folder.name not in SERVICES:
            shutil.rmtree(folder)
    for notes in root.glob("*.dist-info"):
        for path in notes.iterdir():
            if not path.name.startswith(KEPT_OF_DIST_INFO):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def compile_modules(target: Target, root: Path) -> bool:
    """Compile all modules with the target's Python, if this machine has it; see `build.sh`."""
    python = find_python(target.python)
    if not python:
        return False
    # Paths as they are in the function, and one order of hashing: the same bytes from every machine.
    paths = ["-s", str(root.parent), "-p", "/opt"]
    command = [python, "-s", "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash", *paths]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run([*command, str(root)], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise CannotBuild(f"A module of the layers does not compile: {done.stdout.strip()[:300]}.")
    return True


def find_python(version: str) -> str | None:
    """A Python of just this version that runs; a name on PATH may be an empty shim, pyenv's say."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    places = [
        sys.executable,
        shutil.which(f"python{version}"),
        *sorted(pyenv.glob(f"{version}.*/bin/python")),
    ]
    code = "import sys; print(sys.implementation.name, *sys.version_info[:2])"
    for python in filter(None, places):
        said = subprocess.run([str(python), "-c", code], capture_output=True, text=True).stdout
        if said.split() == ["cpython", *version.split(".")]:
            return str(python)
    return None


def settle(root: Path) -> None:
    """Give every file the same time, and the rights that functions need whatever this user's umask is."""
    for path in [root, *root.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (NEVER_CHANGED, NEVER_CHANGED))


# --- sizes


def size_of(root: Path) -> int:
    """Bytes of all files."""
    return sum(path.stat().st_size for path in root.rglob("*") if path.is_file())


def zipped_size(root: Path) -> int:
    """Bytes that are uploaded."""
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(root.rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(root.parent))
        return file.tell()


def code_size() -> int:
    """Bytes of the functions' own code, without what stays on one machine."""
    left_out = {"__pycache__", "local", "cli", ".ruff_cache", ".mypy_cache"}
    files = (path for path in CODE.rglob("*") if path.is_file())
    files = (path for path in files if not left_out & set(path.relative_to(CODE).parts))
    return sum(path.stat().st_size for path in files)


def say_sizes(target: Target, stamps: Mapping[str, Built]) -> None:
    """A line for each layer that is there, and one for the functions that hold most."""
    say(f"{target.folder.relative_to(LAYERS.parent)}:")
    for name, built in stamps.items():
        say(f"  {name:8}{megabytes(built.bytes)} unzipped {megabytes(built.zipped)} zipped")
    say(f"  {'code':8}{megabytes(code_size())} unzipped")
    say(f"  {'all':8}{megabytes(total(stamps))} unzipped")


def check_sizes(stamps: Mapping[str, Built]) -> None:
    """Stop when a function would be larger than it may be."""
    most = MOST_BYTES_WITH_MINILM if "minilm" in stamps else MOST_BYTES
    for known, limit in ((without_minilm(stamps), MOST_BYTES), (stamps, most)):
        if total(known) > limit:
            names = ", ".join([*known, "code"])
            raise CannotBuild(
                f"The function is too large: {names} are {megabytes(total(known)).strip()} unzipped, "
                f"more than {limit // MEGABYTE} MB."
            )


def without_minilm(stamps: Mapping[str, Built]) -> dict[str, Built]:
    """The layers that a function has without the option."""
    return {name: built for name, built in stamps.items() if name != "minilm"}


def total(stamps: Mapping[str, Built]) -> int:
    """Bytes of these layers and the code."""
    return code_size() + sum(built.bytes for built in stamps.values())


def megabytes(count: int) -> str:
    """ " 12.3 MB"."""
    return f"{count / MEGABYTE:6.1f} MB"


def say(text: str) -> None:
    """One line on the terminal, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
