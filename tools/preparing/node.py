"""Node with npm, and what npm brings: the deployment's command-line tool."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from preparing.environment import Environment
from preparing.programs import ROOT, CannotPrepare, run, say, version_of

NODE_AT_LEAST = 20
CDK = ROOT / "cdk"
NPM_CI = ("ci", "--no-audit", "--no-fund", "--no-progress", "--ignore-scripts")


def prepare_node(environment: Environment) -> None:
    """See to a Node >= 20 with npm, from the package registry where there is none."""
    if find_node(environment):
        return
    say(f"Node: none >= {NODE_AT_LEAST} with npm was found; bringing one into {environment.name}")
    environment.add_locked("node")


def find_node(environment: Environment) -> Path | None:
    """The folder of a Node that runs, is new enough, and has its npm beside it; Debian's comes without."""
    on_path = shutil.which("node")
    folders = ([Path(on_path).parent] if on_path else []) + [environment.folder / "bin"]
    return next((folder for folder in folders if has_node(folder)), None)


def has_node(folder: Path) -> bool:
    """True when this folder's Node and npm run, and Node is new enough."""
    major = version_of(str(folder / "node")).lstrip("v").partition(".")[0]
    return major.isdigit() and int(major) >= NODE_AT_LEAST and bool(version_of(str(folder / "npm")))


def prepare_cdk(environment: Environment) -> None:
    """Make cdk/node_modules hold what cdk/package-lock.json says."""
    digest = npm_digest()
    prepare_node(environment)
    installed = (CDK / "node_modules" / ".bin" / "cdk").exists()
    if installed and environment.read_state().get("npm") == digest:
        return
    folder = find_node(environment)
    if not folder:
        raise CannotPrepare(f"Node >= {NODE_AT_LEAST} with npm is needed for the deployment; install it.")
    say("Packages: the deployment's tool from cdk/package-lock.json")
    path = f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    failure = "The deployment's tool could not be installed by npm; check the network and try again"
    run([str(folder / "npm"), *NPM_CI], failure=failure, env={**os.environ, "PATH": path}, folder=CDK)
    environment.note(npm=digest)


def npm_digest() -> str:
    """What npm installs depends on, as one digest."""
    try:
        files = [(CDK / name).read_bytes() for name in ("package.json", "package-lock.json")]
    except OSError as error:
        raise CannotPrepare(
            f"{error.filename} is missing: this copy of the project is incomplete."
        ) from error
    return hashlib.sha256(b"\0".join(files)).hexdigest()
