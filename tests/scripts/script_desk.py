"""A copy of the scripts in a folder of its own, where every program outside is a stand-in."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jmespath

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
ORDINARY = [
    "awk",
    "bash",
    "cat",
    "chmod",
    "cmp",
    "cp",
    "cut",
    "date",
    "diff",
    "dirname",
    "env",
    "grep",
    "head",
    "lsof",
    "mkdir",
    "mktemp",
    "mv",
    "paste",
    "readlink",
    "rm",
    "sed",
    "sort",
    "ss",
    "tail",
    "tee",
    "touch",
    "tr",
    "uname",
]
"""All that the scripts may use of a computer besides Python and the stand-ins."""
STAND_INS = ("aws", "ssh", "ssh-keygen", "session-manager-plugin", "sleep", "xdg-open")
PACKAGES = str(Path(jmespath.__file__).parents[1])
READING = ("describe", "get", "list", "filter", "batch-get", "wait")


class Desk:
    """One copy of the scripts with its stand-ins: what they answer, what was called."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.project, self.bin = folder, folder / "project", folder / "bin"
        self.environment = {
            "PATH": str(self.bin),
            "HOME": str(folder),
            "TMPDIR": str(folder / "tmp"),
            "AWS_REGION": "eu-west-1",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }
        (folder / "tmp").mkdir()
        (folder / "log.jsonl").touch()
        self._copy_scripts()
        self._put_programs()

    def _copy_scripts(self) -> None:
        for name in ("deploy.sh", "ssh_tunnel.sh", "view_logs.sh"):
            (self.project / name).parent.mkdir(exist_ok=True)
            shutil.copy2(ROOT / name, self.project / name)
        shutil.copytree(ROOT / "tools" / "shell", self.project / "tools" / "shell")
        (self.project / "cdk").mkdir()
        for path in [*(ROOT / "cdk").glob("*.py"), ROOT / "cdk" / "cdk.json"]:
            shutil.copy2(path, self.project / "cdk")
        caches = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "cdk" / "checks", self.project / "cdk" / "checks", ignore=caches)
        self.stand_in(self.project / "layers" / "build.sh", "layers")
        self.stand_in(self.project / "cdk" / "node_modules" / ".bin" / "cdk", "cdk")
        prepare = self.project / "tools" / "prepare.py"
        command = [sys.executable, str(HERE / "stand_in.py"), str(self.folder), "prepare"]
        prepare.write_text(
            f"import subprocess, sys\nsys.exit(subprocess.call([*{command!r}, *sys.argv[1:]]))\n"
        )
        (self.folder / "layers_built").touch()

    def _put_programs(self) -> None:
        for name in ORDINARY:
            if real := shutil.which(name, path="/usr/bin:/bin:/usr/sbin:/sbin"):
                (self.bin / name).parent.mkdir(exist_ok=True)
                (self.bin / name).symlink_to(real)
        (self.bin / "python3").symlink_to(sys.executable)
        for name in STAND_INS:
            self.stand_in(self.bin / name, name)

    def stand_in(self, path: Path, tool: str) -> None:
        """Put an executable that is the stand-in for a tool."""
        # Without site's work a call takes half the time, and there are hundreds of calls.
        command = shlex.join([sys.executable, "-S", str(HERE / "stand_in.py"), str(self.folder), tool])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(PACKAGES)} exec {command} "$@"\n')
        path.chmod(0o755)

    # --- what a test arranges

    def options(self, **given: Any) -> None:
        """Put the deployment's options into cdk.json."""
        path = self.project / "cdk" / "cdk.json"
        settings = json.loads(path.read_text())
        settings["context"]["deployment"] = given
        path.write_text(json.dumps(settings))

    def answer(self, name: str, answer: Any) -> None:
        """`answer("ec2/describe-vpcs", {...})`; text is an error."""
        path = self.folder / "answers" / f"{name}.{'error' if isinstance(answer, str) else 'json'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(answer if isinstance(answer, str) else json.dumps(answer))

    def stack(self, name: str, state: str) -> None:
        """Give a stack another state."""
        stack = {"StackName": name, "StackStatus": state, "CreationTime": "2030-01-01T00:00:00Z"}
        self.answer(f"cloudformation/describe-stacks.{name.replace('-', '_')}", {"Stacks": [stack]})

    def nothing_deployed(self) -> None:
        """No stack is there; what `cdk deploy` makes is there afterwards."""
        (self.folder / "gone").write_text("")
        self.answer("s3api/list-buckets", {"Buckets": []})

    def without(self, program: str) -> None:
        """Take a program away."""
        (self.bin / program).unlink()

    # --- running

    def start(self, *command: str, cwd: Path | None = None, **environment: str) -> subprocess.Popen[str]:
        """Start a script in a process group of its own."""
        given = {key: text for key, text in {**self.environment, **environment}.items() if text}
        return subprocess.Popen(
            [str(self.project / command[0]), *command[1:]],
            cwd=cwd or self.folder,
            env=given,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *command: str, typed: str = "", **more: Any) -> subprocess.CompletedProcess[str]:
        """Run a script to its end."""
        process = self.start(*command, **more)
        try:
            out, err = process.communicate(typed, timeout=120)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def interrupt(self, process: subprocess.Popen[str]) -> tuple[str, str]:
        """Ctrl-C, as a terminal gives it to the whole group; what was said."""
        os.killpg(process.pid, signal.SIGINT)
        return process.communicate(timeout=60)

    def wait_for(self, *words: str) -> None:
        """Until a call with these words was made."""
        for _ in range(600):
            if self.calls(*words):
                return
            time.sleep(0.05)
        raise AssertionError(f"{words} was not called: {self.log}")

    # --- what was called

    @property
    def log(self) -> list[Mapping[str, Any]]:
        """Every call."""
        return [json.loads(line) for line in (self.folder / "log.jsonl").read_text().splitlines()]

    def calls(self, *words: str) -> list[list[str]]:
        """The calls (tool first) that hold all of these words."""
        lines = [[call["tool"], *call["args"]] for call in self.log]
        return [line for line in lines if all(word in line for word in words)]

    @property
    def changes(self) -> list[list[str]]:
        """Calls that change something in the account."""
        return [[c["tool"], *c["args"]] for c in self.log if is_change(c["tool"], c["args"])]

    @property
    def left_behind(self) -> list[str]:
        """Temporary files that a script did not take away."""
        return [path.name for path in (self.folder / "tmp").iterdir()]


def is_change(tool: str, arguments: list[str]) -> bool:
    """True for what does more than read; asking the function for its health, or for a number, is reading."""
    if tool == "cdk":
        return arguments[0] in ("deploy", "destroy", "bootstrap")
    if tool != "aws" or arguments[0] in ("--version", "configure"):
        return False
    if arguments[:2] == ["s3", "cp"]:
        return arguments[3].startswith("s3://")
    return arguments[:2] != ["lambda", "invoke"] and not arguments[1].startswith(READING)
