"""Bring everything that `make run` and `make test` need into `.venv`; instant when all is there already.

Runs on any Python >= 3.11 with nothing installed, so it imports the standard library only.
"""

from __future__ import annotations

import argparse
import ast
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements"
STATE = VENV / "prepared.json"
NODE_AT_LEAST = 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# What pip calls a setting, and what uv, which does not read pip's files, calls the same.
UV_NAMES = {
    "index-url": "UV_INDEX_URL",
    "extra-index-url": "UV_EXTRA_INDEX_URL",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "HTTPS_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
}
UV_SEPARATOR = {"find-links": ","}


class CannotPrepare(Exception):
    """Set-up cannot go on; `str(error)` is one plain sentence for the terminal."""


def say(text: str) -> None:
    """One line on the terminal, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepare for `run` or `dev`; 0 when all is there, 1 with one sentence otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("purpose", choices=("run", "dev"))
    purpose = parser.parse_args(arguments).purpose
    try:
        with alone():
            prepare(purpose)
    except CannotPrepare as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Set-up was interrupted; the next run takes it up again.\n")
        return 130
    return 0


def prepare(purpose: str) -> None:
    """Make the virtual environment hold what the purpose needs, and the machine what tests need."""
    state = read_state()
    if not is_current(state, purpose):
        if not venv_works(state):
            create_venv()
            state = {}
        install(purpose)
        write_state(purpose)
    if purpose == "dev":
        prepare_browser()
        prepare_node()


@contextmanager
def alone() -> Iterator[None]:
    """Let one set-up at a time work in this folder; a second one waits and then finds all done."""
    handle = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is at work in this folder; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


# --- what is there already


def digest(purpose: str) -> str:
    """What the installed packages depend on, as one digest: the locks and the project's own description."""
    names = ["bootstrap.txt", "run.txt"] + (["dev.txt"] if purpose == "dev" else [])
    files = [REQUIREMENTS / name for name in names] + [ROOT / "pyproject.toml"]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def read_state() -> dict[str, str]:
    """What the last complete set-up noted, or nothing."""
    try:
        state = json.loads(STATE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def write_state(purpose: str) -> None:
    """Note a complete set-up; the tests' packages hold all of the product's, so `dev` counts for both."""
    state = {"root": str(ROOT), "python": venv_version(), "run": digest("run")}
    if purpose == "dev":
        state["dev"] = digest("dev")
    STATE.write_text(json.dumps(state), encoding="utf-8")


def is_current(state: Mapping[str, str], purpose: str) -> bool:
    """True when nothing has to be done: same locks, same folder, and the environment's Python still runs."""
    return (
        state.get(purpose) == digest(purpose)
        and state.get("root") == str(ROOT)
        and (VENV / "bin" / "analyst").exists()
        and venv_works(state)
    )


def venv_works(state: Mapping[str, str]) -> bool:
    """True when a set-up once came to its end there, nothing was moved since, and its Python still runs."""
    version = venv_version()
    return bool(version) and state.get("python") == version and state.get("root") == str(ROOT)


def venv_version() -> str:
    """The environment's Python version ("3.11.7"), or "" when it cannot be used."""
    code = (
        "import sys; print('.'.join(map(str, sys.version_info[:3])) if sys.version_info >= (3, 11) else '')"
    )
    try:
        done = subprocess.run([venv_python(), "-c", code], capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def venv_python() -> str:
    """The path of the environment's Python."""
    return str(VENV / "bin" / "python")


# --- the virtual environment


def base_python() -> str:
    """The Python that does not live in our environment, which may be thrown away."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def create_venv() -> None:
    """Make the environment anew, with pip in it; on Debian the part that does so may be missing."""
    if VENV.exists():
        say("Environment: .venv is incomplete, was moved, or its Python is gone; making it anew")
        shutil.rmtree(VENV)
    say(f"Environment: creating .venv with Python {'.'.join(map(str, sys.version_info[:3]))}")
    if not has_ensurepip() and may_apt() and not has_pip():
        apt_install([f"python3.{sys.version_info.minor}-venv"])
    if has_ensurepip():
        command, installer = ["-m", "venv", str(VENV)], [venv_python(), "-m", "pip"]
    elif has_pip():
        command = ["-m", "venv", "--without-pip", str(VENV)]
        installer = [base_python(), "-m", "pip", "--python", venv_python()]
    else:
        raise CannotPrepare(
            "This Python cannot create virtual environments because its venv package is missing: "
            "run `sudo apt install python3-venv` (Debian, Ubuntu) and try again."
        )
    run([base_python(), *command], failure="The virtual environment .venv could not be created")
    lock = str(REQUIREMENTS / "bootstrap.txt")
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "-r", lock]
    run([*installer, "install", *options], failure=FETCH_FAILED, env=pip_environment())


def has_ensurepip() -> bool:
    """True when `python -m venv` can put pip into an environment."""
    return succeeds([base_python(), "-c", "import venv, ensurepip; ensurepip.version()"])


def has_pip() -> bool:
    """True when the base Python has a pip that can install into another environment."""
    return succeeds([base_python(), "-m", "pip", "--python", base_python(), "--version"])


# --- the packages

FETCH_FAILED = (
    "The packages could not be installed; check the network (the lines above say more) and try again"
)


def install(purpose: str) -> None:
    """Make the environment hold exactly the locked packages, then this project itself."""
    lock = REQUIREMENTS / f"{purpose}.txt"
    count = sum(line[:1].isalnum() for line in lock.read_text(encoding="utf-8").splitlines())
    say(f"Packages: up to {count} pinned ones from requirements/{lock.name}")
    if not uv("sync", "--require-hashes", str(lock)):
        say("Packages: uv could not install them; trying with pip, which is slower")
        pip("install", "--require-hashes", "-r", str(lock))
    if not uv("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)):
        pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def uv(verb: str, *arguments: str) -> bool:
    """Run `uv pip …` on the environment; False when it failed or is not there."""
    command = [str(VENV / "bin" / "uv"), "pip", verb, "--python", venv_python(), *arguments]
    if not sys.stderr.isatty():
        command.insert(1, "--quiet")
    try:
        return subprocess.run(command, env=uv_environment(), cwd=ROOT).returncode == 0
    except OSError:
        return False


def pip(*arguments: str) -> None:
    """Run the environment's pip, or stop with a sentence."""
    options = ["--quiet", "--disable-pip-version-check", "--no-input"]
    run([venv_python(), "-m", "pip", *arguments, *options], failure=FETCH_FAILED, env=pip_environment())


def pip_environment() -> dict[str, str]:
    """The caller's environment; a "user" install by configuration would fail inside an environment."""
    return {**os.environ, "PIP_USER": "0"}


def uv_environment() -> dict[str, str]:
    """The caller's environment, with pip's settings (index, mirror, certificates) said in uv's words."""
    command = [venv_python(), "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, env=pip_environment())
    translated = translate(parse_pip_settings(listed.stdout))
    return {**translated, **os.environ, "UV_PYTHON_DOWNLOADS": "never"}


def parse_pip_settings(listed: str) -> dict[str, str]:
    """pip's settings from `pip config list`: the environment wins over `install`, that over `global`."""
    ranks = {"global": 0, "install": 1, ":env:": 2}
    found: dict[str, tuple[int, str]] = {}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.partition(".")
        rank = ranks.get(section, -1)
        if rank >= found.get(key, (0, ""))[0]:
            found[key] = (rank, str(ast.literal_eval(value)))
    return {key: value for key, (_, value) in found.items()}


def translate(settings: Mapping[str, str]) -> dict[str, str]:
    """pip's settings as uv's environment variables.

    pip takes the best file of all its indexes; uv stops at the first index that knows the name, unless told
    otherwise. The hashes in the locks make both equally safe.
    """
    translated = {
        UV_NAMES[key]: UV_SEPARATOR.get(key, " ").join(value.split())
        for key, value in settings.items()
        if key in UV_NAMES and value.strip()
    }
    if "UV_EXTRA_INDEX_URL" in translated:
        translated["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    if settings.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        translated["UV_NO_INDEX"] = "1"
    return translated


# --- what tests need of the machine


def prepare_browser() -> None:
    """See to a chromium for the browser tests: there, or installed where that is allowed, or said how."""
    if find_browser():
        return
    if may_apt():
        say("Browser: installing Debian's chromium for the browser tests")
        apt_install(["chromium", "fonts-dejavu-core"])
    if not find_browser():
        say(
            "Browser: no chromium was found, so the browser tests will fail; "
            "install it with `sudo apt install chromium` (Debian) and run this again"
        )


def find_browser() -> str | None:
    """The first chromium that really runs; Ubuntu's package may be an empty shell around a snap."""
    return next((path for name in BROWSERS if (path := shutil.which(name)) and version_of(path)), None)


def prepare_node() -> None:
    """See to a Node >= 20 (for the deployment's tests), from the package registry where there is none."""
    if has_node(shutil.which("node")) or has_node(str(VENV / "bin" / "node")):
        return
    say(f"Node: none >= {NODE_AT_LEAST} was found; bringing one into .venv (for the deployment's tests)")
    lock = str(REQUIREMENTS / "node.txt")
    if not uv("install", "--require-hashes", "-r", lock):
        pip("install", "--require-hashes", "-r", lock)


def has_node(path: str | None) -> bool:
    """True when this Node runs and is new enough."""
    major = version_of(path).lstrip("v").partition(".")[0] if path else ""
    return major.isdigit() and int(major) >= NODE_AT_LEAST


def version_of(path: str) -> str:
    """What `path --version` says, or "" when it cannot be run."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def may_apt() -> bool:
    """True when system packages may be installed without asking anyone: as root, with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(packages: Sequence[str]) -> None:
    """Install system packages; what fails is said, and left for the caller to notice."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                ["apt-get", "-q", *command], env=environment, stdout=output, stderr=subprocess.STDOUT
            )
            if done.returncode:
                output.seek(0)
                say(output.read()[-1500:])
                say(f"apt-get {command[0]} failed ({' '.join(packages)}); the lines above say why")
                return


# --- other programs


def run(command: Sequence[str], *, failure: str, env: Mapping[str, str] | None = None) -> None:
    """Run a program with its output on the terminal, or stop with a sentence."""
    if subprocess.run(command, env=env, cwd=ROOT).returncode:
        raise CannotPrepare(f"{failure}.")


def succeeds(command: Sequence[str]) -> bool:
    """True when the program runs and says it went well."""
    try:
        return subprocess.run(command, capture_output=True, cwd=tempfile.gettempdir()).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
