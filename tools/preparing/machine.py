"""What the machine itself must have: a browser for the tests, and system packages where we may install them."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence

from preparing.programs import say, version_of

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


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
